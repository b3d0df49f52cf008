// What has to be true of the tables between two steps of the matcher, given
// the book as the events tell it: every table says the same.
module exch_fvi #(
	parameter KB = 3,
	parameter WB = 1,
	parameter SB = 2,
	parameter YB = 1,
	parameter QB = 2,
	parameter OB = 1,
	parameter GB = 1,
	parameter N = 1 << SB,
	parameter W = 1 << WB,
	parameter TB = 1 << (KB - 2 * WB),
	parameter SW = 2 + KB + 3 * SB + QB + OB,
	parameter IW = 1 + YB + KB + OB + GB,
	parameter LEAFS = 1 << (KB - WB),	// words of a side
	parameter MIDS = 1 << (KB - 2 * WB)
) (
	input logic [N*(QB+2)-1:0] qty,
	input logic [N*IW-1:0] inf,
	input logic [N*2*QB-1:0] ice,
	input logic [N*SB-1:0] nxt,
	input logic [N*SB-1:0] prv,
	input logic [(1<<KB)*2*SB-1:0] lvl,
	input logic [2*LEAFS*W-1:0] leaf,
	input logic [2*MIDS*W-1:0] mid,
	input logic [2*TB-1:0] top,
	input logic [2*SW-1:0] ctx,

	input logic [N-1:0] live,
	input logic [N-1:0] sells,
	input logic [N*KB-1:0] pxs,
	input logic [N*QB-1:0] opens,
	input logic [N*OB-1:0] owners,
	input logic [N*GB-1:0] gens,
	input logic [N*N-1:0] earlier,

	output logic [N*QB-1:0] shown,
	output logic [N*QB-1:0] next_part,
	// What is broken, of an order, a bit, or a side each.
	output logic bad_crossed,
	output logic [N-1:0] bad_live,
	output logic [N-1:0] bad_open,
	output logic [N-1:0] bad_place,
	output logic [N-1:0] bad_queue,
	output logic [N-1:0] bad_level,
	output logic [2*LEAFS*W-1:0] bad_leaf,
	output logic [2*MIDS*W-1:0] bad_mid,
	output logic [2*TB-1:0] bad_top,
	output logic [1:0] bad_best,
	output logic [1:0] bad_first,
	output logic bad_time
);
	// ---- the orders, as their tables say ----

	logic [N-1:0] iced;
	logic [N*QB-1:0] hides, peaks;
	logic [N*KB-1:0] keys;
	always_comb begin
		for (int s = 0; s < N; s++) begin
			iced[s] = qty[s*(QB+2) + QB];
			shown[s*QB +: QB] = qty[s*(QB+2) +: QB];
			peaks[s*QB +: QB] = ice[s*2*QB +: QB];
			hides[s*QB +: QB] = iced[s] ? ice[s*2*QB + QB +: QB] : '0;
			next_part[s*QB +: QB] = hides[s*QB +: QB] < peaks[s*QB +: QB] ?
				hides[s*QB +: QB] : peaks[s*QB +: QB];
			keys[s*KB +: KB] = sells[s] ? pxs[s*KB +: KB] : ~pxs[s*KB +: KB];
		end
	end

	// ---- their queues ----

	logic [N*N-1:0] ahead;		// [s*N+t]: s is ahead of t in its queue
	logic [N-1:0] heads, tails;	// nobody is ahead, behind
	logic [N-1:0] best;		// of the best price of its side
	logic [N*N-1:0] close;		// ahead, and nobody between
	always_comb begin
		heads = live;
		tails = live;
		best = live;
		ahead = '0;
		for (int s = 0; s < N; s++)
			for (int t = 0; t < N; t++)
				if (live[s] && live[t] && sells[s] == sells[t]) begin
					if (pxs[s*KB +: KB] == pxs[t*KB +: KB] && earlier[s*N+t]) begin
						ahead[s*N+t] = 1'b1;
						heads[t] = 1'b0;
						tails[s] = 1'b0;
					end
					if (keys[s*KB +: KB] < keys[t*KB +: KB]) best[t] = 1'b0;
				end
		close = ahead;
		for (int s = 0; s < N; s++)
			for (int t = 0; t < N; t++)
				for (int u = 0; u < N; u++)
					if (ahead[s*N+u] && ahead[u*N+t]) close[s*N+t] = 1'b0;
	end

	// ---- the bitmaps, as they ought to be ----

	// Each from the table below, so that what is wrong is told once.
	logic [2*LEAFS*W-1:0] leaf_is;
	logic [2*MIDS*W-1:0] mid_is;
	logic [2*TB-1:0] top_is;
	always_comb begin
		leaf_is = '0;
		for (int s = 0; s < N; s++)
			if (live[s]) leaf_is[{sells[s], keys[s*KB +: KB]}] = 1'b1;
		for (int i = 0; i < 2 * MIDS * W; i++) mid_is[i] = leaf[i*W +: W] != '0;
		for (int i = 0; i < 2 * TB; i++) top_is[i] = mid[i*W +: W] != '0;
	end

	// ---- the best of each side ----

	// Of one side, by the slots and the row of ctx: whether they differ.
	// mine: slots of that side.
	logic [SW-1:0] row;
	logic [N-1:0] mine;
	logic r_v, r_ice, r_one;
	logic [KB-1:0] r_key;
	logic [SB-1:0] r_head, r_tail, r_next;
	logic [QB-1:0] r_qty;
	logic [OB-1:0] r_owner;
	always_comb begin
		bad_best = '0;
		bad_first = '0;
		for (int z = 0; z < 2; z++) begin
			row = ctx[z*SW +: SW];
			{r_v, r_ice, r_key, r_head, r_tail, r_next, r_qty, r_owner} = row;
			mine = (z == 1 ? sells : ~sells) & live;
			r_one = r_head == r_tail;
			if (r_v != (mine != '0)) bad_best[z] = 1'b1;
			for (int s = 0; s < N; s++)
				if (mine[s] && best[s]) begin
					if (r_key != keys[s*KB +: KB]) bad_best[z] = 1'b1;
					if (heads[s] && (r_head != SB'(s) || r_qty != shown[s*QB +: QB] ||
						r_ice != iced[s] || r_owner != owners[s*OB +: OB])) bad_first[z] = 1'b1;
					if (tails[s] && r_tail != SB'(s)) bad_first[z] = 1'b1;
					if (heads[s] && !r_one && r_next != nxt[s*SB +: SB]) bad_first[z] = 1'b1;
				end
		end
	end

	always_comb begin
		bad_crossed = 1'b0;
		bad_live = '0;
		bad_open = '0;
		bad_place = '0;
		bad_queue = '0;
		bad_level = '0;
		bad_time = 1'b0;
		for (int s = 0; s < N; s++) begin
			// live are those that were told to rest and not to go
			if (live[s] != qty[s*(QB+2) + QB + 1]) bad_live[s] = 1'b1;
			if (live[s]) begin
				// they have what they were told to have, and show some of it
				if (shown[s*QB +: QB] == '0 || {1'b0, opens[s*QB +: QB]} !=
					{1'b0, shown[s*QB +: QB]} + {1'b0, hides[s*QB +: QB]}) bad_open[s] = 1'b1;
				if (iced[s] && (hides[s*QB +: QB] == '0 || peaks[s*QB +: QB] == '0)) bad_open[s] = 1'b1;
				// they are where they were told to be, and whose
				if (inf[s*IW +: IW] != {sells[s], YB'(0), pxs[s*KB +: KB], owners[s*OB +: OB],
					gens[s*GB +: GB]}) bad_place[s] = 1'b1;
				// their level has the first and the last of them
				if (heads[s] && lvl[pxs[s*KB +: KB]*2*SB +: SB] != SB'(s)) bad_level[s] = 1'b1;
				if (tails[s] && lvl[pxs[s*KB +: KB]*2*SB+SB +: SB] != SB'(s)) bad_level[s] = 1'b1;
			end
			for (int r = 0; r < N; r++) begin
				// the book is not crossed
				if (live[s] && live[r] && sells[s] && !sells[r] &&
					pxs[s*KB +: KB] <= pxs[r*KB +: KB]) bad_crossed = 1'b1;
				// each knows those before and behind it
				if (close[s*N+r] && (nxt[s*SB +: SB] != SB'(r) || prv[r*SB +: SB] != SB'(s)))
					bad_queue[s] = 1'b1;
				// who came before one that came before came before
				for (int u = 0; u < N; u++)
					if (earlier[s*N+r] && earlier[r*N+u] && !earlier[s*N+u] && s != u) bad_time = 1'b1;
			end
		end
	end

	// A price has its bit exactly if it has orders, a word if it has bits.
	assign bad_leaf = leaf ^ leaf_is;
	assign bad_mid = mid ^ mid_is;
	assign bad_top = top ^ top_is;

endmodule
