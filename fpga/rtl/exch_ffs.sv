// The lowest bit that is set, in two steps at once: which group of bits has
// one, and where each group has its first.  Any place when none is set.
module exch_ffs #(
	parameter B = 6
) (
	input logic [(1<<B)-1:0] w,
	output logic [B-1:0] at
);
	generate if (B == 1) begin : g_one
		assign at = w[1] && !w[0];
	end else begin : g_many
		localparam LB = (B + 1) / 2;	// bits of a place in its group
		localparam HB = B - LB;
		localparam L = 1 << LB;
		localparam H = 1 << HB;

		logic [HB-1:0] group;
		logic [LB-1:0] place;
		logic [L-1:0] part;

		always_comb begin
			group = '0;
			for (int g = H - 1; g >= 0; g--)
				if (w[g*L +: L] != '0) group = HB'(g);
		end

		// The groups' places are found side by side; synthesis sees to that.
		logic [H*LB-1:0] places;
		always_comb begin
			places = '0;
			part = '0;
			for (int g = 0; g < H; g++) begin
				part = w[g*L +: L];
				for (int i = L - 1; i >= 0; i--)
					if (part[i]) places[g*LB +: LB] = LB'(i);
			end
			place = places[group*LB +: LB];
		end

		assign at = {group, place};
	end endgenerate

endmodule
