// The lowest bit that is set, in two steps at once: which group of bits has
// one, and where each group has its first.  Any place when none is set, or it
// is not asked for.
//
// What is found of a block of bits stands at the place of its lowest one, so
// that a few words say it of all blocks: synthesis drops the other places, and
// a simulator takes a word at a time.
module exch_ffs #(
	parameter B = 6
) (
	input logic asked,
	input logic [(1<<B)-1:0] w,
	output logic [B-1:0] at
);
	localparam W = 1 << B;
	localparam LB = (B + 1) / 2;	// bits of a place in its group
	localparam L = 1 << LB;

	// Bit b says whether the first block of 1 << b bits that has one, of its
	// group or of the first blocks of all groups, is an odd one: upper bits
	// first, as they say which group it is.
	logic [W-1:0] some, odd;
	always_comb begin
		at = '0;
		some = w;
		odd = '0;
		if (asked) begin
			for (int b = 0; b < LB; b++) some = some | some >> (1 << b);
			for (int b = LB; b < B; b++) begin
				odd = '1;
				for (int i = (W >> b) - 2; i >= 0; i -= 2)
					odd = ~(some >> (i << b)) & (some >> ((i + 1) << b) | odd);
				at[b] = odd[0];
				some = some | some >> (1 << b);
			end
			some = w;
			for (int b = 0; b < LB; b++) begin
				odd = '1;
				for (int i = (L >> b) - 2; i >= 0; i -= 2)
					odd = ~(some >> (i << b)) & (some >> ((i + 1) << b) | odd);
				at[b] = 1'(odd >> ((at >> LB) << LB));
				some = some | some >> (1 << b);
			end
		end
	end

endmodule
