// A word of a bitmap with one bit set or cleared.  The place is decoded in
// two halves, so that a bit of the result is one small function; all is said
// of whole words, which a simulator takes one at a time.
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

	logic [(1<<LB)-1:0] low;
	logic [W-1:0] one;
	assign low = (1<<LB)'(1) << at[LB-1:0];
	assign one = W'(low) << ((at >> LB) << LB);
	assign q = set ? w | one : w & ~one;

endmodule
