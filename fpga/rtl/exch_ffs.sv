// The lowest bit that is set, in two steps at once: which group of bits has
// one, and where each group has its first.  Any place when none is set.
//
// What is found of a block of bits stands at the place of its lowest one, so
// that a few words say it of all blocks: synthesis drops the other places, and
// a simulator takes a word at a time.
module exch_ffs #(
	parameter B = 6
) (
	input logic [(1<<B)-1:0] w,
	output logic [B-1:0] at
);
	localparam W = 1 << B;
	localparam LB = (B + 1) / 2;	// bits of a place in its group
	localparam L = 1 << LB;

	/* verilator lint_off UNUSEDSIGNAL */
	logic [B-1:0] group;		// where the group begins
	/* verilator lint_on UNUSEDSIGNAL */

	// Bit b says whether the first block of 1 << b bits that has one, of its
	// group or of the first blocks of all groups, is an odd one.
	generate for (genvar b = 0; b < B; b++) begin : g_bit
		localparam S = 1 << b;
		localparam N = (b < LB ? L : W) / S;
		logic [W-1:0] some, odd;

		if (b == 0) assign some = w;
		else assign some = g_bit[b-1].some | g_bit[b-1].some >> (S / 2);

		always_comb begin
			odd = '1;
			for (int i = N - 2; i >= 0; i -= 2)
				odd = ~(some >> (i * S)) & (some >> ((i + 1) * S) | odd);
		end

		if (b < LB) assign group[b] = 1'b0;
		else assign group[b] = odd[0];
		if (b < LB) assign at[b] = 1'(odd >> group);
		else assign at[b] = odd[0];
	end endgenerate

endmodule
