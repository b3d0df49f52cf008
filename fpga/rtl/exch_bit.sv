// A word of a bitmap with one bit set or cleared.  The place is decoded in
// two halves, so that a bit of the result is one small function.
module exch_bit #(
	parameter B = 6,
	parameter W = 1 << B
) (
	input logic [W-1:0] w,
	input logic [B-1:0] at,
	input logic set,
	output logic [W-1:0] q
);
	localparam LB = (B + 1) / 2;
	localparam HB = B - LB;

	logic [(1<<LB)-1:0] low;
	logic [(1<<HB)-1:0] high;
	assign low = (1<<LB)'(1) << at[LB-1:0];
	assign high = (1<<HB)'(1) << (at >> LB);

	always_comb
		for (int i = 0; i < W; i++)
			q[i] = high[i>>LB] && low[i&((1<<LB)-1)] ? set : w[i];

endmodule
