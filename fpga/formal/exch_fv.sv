// What is proven of the matcher.  A core of 32 prices, four orders and
// quantities of three bits, among tables that the properties can look into:
// they do what exch_ram does, to which nothing here is tied.  Commands come
// without any restriction, events are taken whenever it pleases.  Nothing is
// said of the clearing after reset, of the skid buffers, or of larger sizes.
//
// Each bit of `bad' says that a property is broken in this cycle, each bit of
// `met' that something happened that has to be possible; prove.sh has their
// names.
module exch_fv #(
	parameter KB = 5,
	parameter WB = 2,
	parameter SB = 2,
	parameter YB = 1,
	parameter QB = 3,
	parameter OB = 2,
	parameter GB = 1
) (
	input logic clk,
	input logic in_valid,
	input logic [255:0] in_cmd,
	input logic [QB-1:0] in_peak,
	input logic out_ready,
	input logic [SB-1:0] pick_a,
	input logic [SB-1:0] pick_b,
	output logic [31:0] bad,
	output logic [9:0] met
);
	localparam W = 1 << WB;
	localparam TB = 1 << (KB - 2 * WB);
	localparam SW = 2 + KB + 3 * SB + QB + OB;
	localparam IW = 1 + YB + KB + OB + GB;
	localparam LW = KB - WB + 1;	// address of a leaf word, symbol 0
	localparam MW = KB - 2 * WB + 1;

	logic rst;
	assign rst = 1'b0;

	logic in_ready, out_valid, busy;
	logic [255:0] out_evt;
	logic go, fin;
	logic [4:0] state;

	// ---- the tables ----

	logic qty_ren, qty_wen;
	logic [SB-1:0] qty_raddr, qty_waddr;
	logic [QB+2-1:0] qty_q, qty_wdata;
	logic [QB+2-1:0] qty_m[0:(1<<(SB))-1];
	logic inf_ren, inf_wen;
	logic [SB-1:0] inf_raddr, inf_waddr;
	logic [IW-1:0] inf_q, inf_wdata;
	logic [IW-1:0] inf_m[0:(1<<(SB))-1];
	logic ice_ren, ice_wen;
	logic [SB-1:0] ice_raddr, ice_waddr;
	logic [2*QB-1:0] ice_q, ice_wdata;
	logic [2*QB-1:0] ice_m[0:(1<<(SB))-1];
	logic nxt_ren, nxt_wen;
	logic [SB-1:0] nxt_raddr, nxt_waddr;
	logic [SB-1:0] nxt_q, nxt_wdata;
	logic [SB-1:0] nxt_m[0:(1<<(SB))-1];
	logic prv_ren, prv_wen;
	logic [SB-1:0] prv_raddr, prv_waddr;
	logic [SB-1:0] prv_q, prv_wdata;
	logic [SB-1:0] prv_m[0:(1<<(SB))-1];
	logic lvl_ren, lvl_wen;
	logic [YB+KB-1:0] lvl_raddr, lvl_waddr;
	logic [2*SB-1:0] lvl_q, lvl_wdata;
	logic [2*SB-1:0] lvl_m[0:(1<<(KB))-1];
	logic leaf_ren, leaf_wen;
	logic [YB+KB-WB+1-1:0] leaf_raddr, leaf_waddr;
	logic [W-1:0] leaf_q, leaf_wdata;
	logic [W-1:0] leaf_m[0:(1<<(LW))-1];
	logic mid_ren, mid_wen;
	logic [YB+KB-2*WB+1-1:0] mid_raddr, mid_waddr;
	logic [W-1:0] mid_q, mid_wdata;
	logic [W-1:0] mid_m[0:(1<<(MW))-1];
	logic top_ren;
	logic [1:0] top_wen;
	logic [YB-1:0] top_raddr, top_waddr;
	logic [2*TB-1:0] top_q;
	logic [TB-1:0] top_wdata;
	logic [2*TB-1:0] top_m[0:(1<<(1))-1];
	logic ctx_ren;
	logic [1:0] ctx_wen;
	logic [YB-1:0] ctx_raddr, ctx_waddr;
	logic [2*SW-1:0] ctx_q;
	logic [SW-1:0] ctx_wdata;
	logic [2*SW-1:0] ctx_m[0:(1<<(1))-1];

	always_ff @(posedge clk) begin
		if (qty_wen) qty_m[qty_waddr] <= qty_wdata;
		if (qty_ren) qty_q <= qty_wen && qty_waddr == qty_raddr ? qty_wdata : qty_m[qty_raddr];
		if (inf_wen) inf_m[inf_waddr] <= inf_wdata;
		if (inf_ren) inf_q <= inf_wen && inf_waddr == inf_raddr ? inf_wdata : inf_m[inf_raddr];
		if (ice_wen) ice_m[ice_waddr] <= ice_wdata;
		if (ice_ren) ice_q <= ice_wen && ice_waddr == ice_raddr ? ice_wdata : ice_m[ice_raddr];
		if (nxt_wen) nxt_m[nxt_waddr] <= nxt_wdata;
		if (nxt_ren) nxt_q <= nxt_wen && nxt_waddr == nxt_raddr ? nxt_wdata : nxt_m[nxt_raddr];
		if (prv_wen) prv_m[prv_waddr] <= prv_wdata;
		if (prv_ren) prv_q <= prv_wen && prv_waddr == prv_raddr ? prv_wdata : prv_m[prv_raddr];
		if (lvl_wen) lvl_m[lvl_waddr[KB-1:0]] <= lvl_wdata;
		if (lvl_ren) lvl_q <= lvl_wen && lvl_waddr == lvl_raddr ? lvl_wdata : lvl_m[lvl_raddr[KB-1:0]];
		if (leaf_wen) leaf_m[leaf_waddr[LW-1:0]] <= leaf_wdata;
		if (leaf_ren) leaf_q <= leaf_wen && leaf_waddr == leaf_raddr ? leaf_wdata : leaf_m[leaf_raddr[LW-1:0]];
		if (mid_wen) mid_m[mid_waddr[MW-1:0]] <= mid_wdata;
		if (mid_ren) mid_q <= mid_wen && mid_waddr == mid_raddr ? mid_wdata : mid_m[mid_raddr[MW-1:0]];
		if (top_wen[0]) top_m[top_waddr][TB-1:0] <= top_wdata;
		if (top_wen[1]) top_m[top_waddr][2*TB-1:TB] <= top_wdata;
		if (top_ren) begin
			top_q <= top_m[top_raddr];
			if (top_wen[0] && top_waddr == top_raddr) top_q[TB-1:0] <= top_wdata;
			if (top_wen[1] && top_waddr == top_raddr) top_q[2*TB-1:TB] <= top_wdata;
		end
		if (ctx_wen[0]) ctx_m[ctx_waddr][SW-1:0] <= ctx_wdata;
		if (ctx_wen[1]) ctx_m[ctx_waddr][2*SW-1:SW] <= ctx_wdata;
		if (ctx_ren) begin
			ctx_q <= ctx_m[ctx_raddr];
			if (ctx_wen[0] && ctx_waddr == ctx_raddr) ctx_q[SW-1:0] <= ctx_wdata;
			if (ctx_wen[1] && ctx_waddr == ctx_raddr) ctx_q[2*SW-1:SW] <= ctx_wdata;
		end
	end

	exch_core #(.KB(KB), .WB(WB), .SB(SB), .YB(YB), .SYMS(1), .LEVELS(1<<KB),
		.QB(QB), .OB(OB), .GB(GB)) core (.clk, .rst, .ce(1'b1),
		.in_valid, .in_ready, .in_cmd, .in_peak, .out_valid, .out_ready, .out_evt, .busy,
		.seen_go(go), .seen_fin(fin), .seen_state(state),
		.qty_ren, .qty_raddr, .qty_q, .qty_wen, .qty_waddr, .qty_wdata,
		.inf_ren, .inf_raddr, .inf_q, .inf_wen, .inf_waddr, .inf_wdata,
		.ice_ren, .ice_raddr, .ice_q, .ice_wen, .ice_waddr, .ice_wdata,
		.nxt_ren, .nxt_raddr, .nxt_q, .nxt_wen, .nxt_waddr, .nxt_wdata,
		.prv_ren, .prv_raddr, .prv_q, .prv_wen, .prv_waddr, .prv_wdata,
		.lvl_ren, .lvl_raddr, .lvl_q, .lvl_wen, .lvl_waddr, .lvl_wdata,
		.leaf_ren, .leaf_raddr, .leaf_q, .leaf_wen, .leaf_waddr, .leaf_wdata,
		.mid_ren, .mid_raddr, .mid_q, .mid_wen, .mid_waddr, .mid_wdata,
		.top_ren, .top_raddr, .top_q, .top_wen, .top_waddr, .top_wdata,
		.ctx_ren, .ctx_raddr, .ctx_q, .ctx_wen, .ctx_waddr, .ctx_wdata);

	// ---- the command in hand, as given ----

	logic open;		// it has not had its last event
	logic [3:0] op;
	logic side, mkt, post, noself;
	logic [1:0] tif;
	logic [2:0] stp;
	logic [KB-1:0] px;
	logic [QB-1:0] left;	// of its quantity, what no event has told
	logic heard, traded;
	logic [15:0] count;
	logic [47:0] seq;

	logic is_op;		// one that takes or rests
	assign is_op = op == exch_p::OP_NEW || op == exch_p::OP_REPLACE;

	// ---- the event that leaves ----

	logic evt, e_last, e_gone, e_again;
	logic [7:0] kind;
	logic [KB-1:0] e_px;
	logic [SB-1:0] maker;
	logic [QB-1:0] e_qty, e_rem;
	assign evt = out_valid && out_ready;
	assign kind = out_evt[7:0];
	assign e_last = out_evt[8];
	assign e_gone = out_evt[10];
	assign e_again = out_evt[11];
	assign maker = out_evt[64 +: SB];
	assign e_px = out_evt[96 +: KB];
	assign e_qty = out_evt[128 +: QB];
	assign e_rem = out_evt[160 +: QB];

	logic is_trade, is_rest, is_expire, is_prevent, is_reject;
	assign is_trade = evt && kind == exch_p::EV_TRADE;
	assign is_rest = evt && kind == exch_p::EV_RESTED;
	assign is_expire = evt && kind == exch_p::EV_EXPIRED;
	assign is_prevent = evt && kind == exch_p::EV_PREVENTED;
	assign is_reject = evt && kind == exch_p::EV_REJECTED;

	logic was_held;
	logic [255:0] held;

	always_ff @(posedge clk) begin
		was_held <= out_valid && !out_ready;
		held <= out_evt;
		if (evt) begin
			open <= !e_last;
			heard <= 1'b1;
			traded <= traded || is_trade;
			count <= count + 16'd1;
			if (is_trade || (is_prevent && stp == exch_p::STP_DECREMENT))
				left <= left - e_qty;
		end
		if (go) begin
			open <= 1'b1;
			heard <= 1'b0;
			traded <= 1'b0;
			count <= '0;
			op <= in_cmd[3:0];
			stp <= in_cmd[6:4];
			noself <= in_cmd[6:4] == exch_p::STP_OFF || in_cmd[144 +: OB] == '0;
			side <= in_cmd[8];
			tif <= in_cmd[10:9];
			mkt <= in_cmd[11] && in_cmd[3:0] == exch_p::OP_NEW;
			post <= in_cmd[12];
			px <= in_cmd[64 +: KB];
			left <= in_cmd[112 +: QB];
			seq <= in_cmd[255:208];
		end
	end

	// ---- the book between two commands ----

	// Nothing of a command has been done: idle, or the first cycle of one.
	logic quiet, begun;
	always_ff @(posedge clk) begun <= go;
	assign quiet = state == 5'd1 || begun;

	logic bid_v, ask_v, bid_ice, ask_ice;
	logic [KB-1:0] bid_key, ask_key;
	logic [SB-1:0] bid_head, ask_head, bid_tail, ask_tail, bid_next, ask_next;
	logic [QB-1:0] bid_qty, ask_qty;
	logic [OB-1:0] bid_owner, ask_owner;
	assign {ask_v, ask_ice, ask_key, ask_head, ask_tail, ask_next, ask_qty, ask_owner,
		bid_v, bid_ice, bid_key, bid_head, bid_tail, bid_next, bid_qty, bid_owner} = ctx_m[0];

	// What the bitmaps say: the lowest key of each side.
	logic [KB-1:0] low[0:1];
	logic [(1<<KB)-1:0] leaf_all[0:1];
	logic mid_bad, top_bad;
	always_comb begin
		mid_bad = 1'b0;
		top_bad = 1'b0;
		for (int s = 0; s < 2; s++) begin
			low[s] = '0;
			leaf_all[s] = '0;
			for (int i = 0; i < (1 << (KB - WB)); i++) begin
				leaf_all[s][i*W +: W] = leaf_m[(s << (KB - WB)) + i];
				if (mid_m[(s << (KB - 2*WB)) + (i >> WB)][i & (W - 1)] !=
					(leaf_m[(s << (KB - WB)) + i] != '0)) mid_bad = 1'b1;
			end
			for (int i = 0; i < TB; i++)
				if (top_m[0][s*TB + i] != (mid_m[(s << (KB - 2*WB)) + i] != '0))
					top_bad = 1'b1;
			for (int i = (1 << KB) - 1; i >= 0; i--)
				if (leaf_all[s][i]) low[s] = KB'(i);
		end
	end

	// ---- any two orders, chosen once ----

	logic [SB-1:0] a, b;
	logic chosen;
	always_ff @(posedge clk) begin
		chosen <= 1'b1;
		if (!chosen) begin
			a <= pick_a;
			b <= pick_b;
		end
	end

	logic a_live, b_live, a_side, b_side, older;
	logic [KB-1:0] a_px, b_px;
	logic [31:0] slot;
	assign slot = out_evt[63:32];
	logic a_rests, b_rests, a_goes, b_goes;
	assign a_rests = is_rest && slot == 32'(a);
	assign b_rests = is_rest && slot == 32'(b);
	assign a_goes = evt && e_gone && maker == a;
	assign b_goes = evt && e_gone && maker == b;
	// The own order of STP_BOTH and NEWEST is not in the book.
	always_ff @(posedge clk) begin
		if (!chosen) begin
			a_live <= 1'b0;
			b_live <= 1'b0;
			older <= 1'b0;
		end else begin
			if (a_goes) a_live <= 1'b0;
			if (b_goes) b_live <= 1'b0;
			if (a_goes || b_goes || (evt && e_again && maker == a)) older <= 1'b0;
			if (a_rests) begin
				a_live <= 1'b1;
				a_side <= side;
				a_px <= px;
				older <= 1'b0;
			end
			if (b_rests) begin
				b_live <= 1'b1;
				b_side <= side;
				b_px <= px;
				older <= a_live && a != b && a_side == side && a_px == px;
			end
			if (evt && e_again && maker == b) older <= a_live && b_live && a != b &&
				a_side == b_side && a_px == b_px;
		end
	end

	// Better than the price of this trade, on the maker's side.
	logic a_better;
	assign a_better = a_live && a_side == !side && (side ? a_px > e_px : a_px < e_px);

	always_comb begin
		bad = '0;
		// ---- between commands ----
		// the book is not crossed
		bad[0] = quiet && bid_v && ask_v && ask_key <= ~bid_key;
		// a word is in the map above it exactly if it has bits
		bad[1] = quiet && mid_bad;
		bad[2] = quiet && top_bad;
		// the best is there exactly if the bitmaps have bits
		bad[3] = quiet && (ask_v != (leaf_all[1] != '0) || bid_v != (leaf_all[0] != '0));
		// and is the lowest of them
		bad[4] = quiet && ((ask_v && ask_key != low[1]) || (bid_v && bid_key != low[0]));
		// its first order is live and has the quantity that is told
		bad[5] = quiet && ((ask_v && qty_m[ask_head] != {1'b1, ask_ice, ask_qty}) ||
			(bid_v && qty_m[bid_head] != {1'b1, bid_ice, bid_qty}));
		// and the level's record has the same first and last order
		bad[6] = quiet && ((ask_v && lvl_m[ask_key] != {ask_tail, ask_head}) ||
			(bid_v && lvl_m[~bid_key] != {bid_tail, bid_head}));
		// and the one behind it is the next of its queue
		bad[7] = quiet && ((ask_v && ask_head != ask_tail && nxt_m[ask_head] != ask_next) ||
			(bid_v && bid_head != bid_tail && nxt_m[bid_head] != bid_next));
		// and its record has the side, the price and the owner
		bad[8] = quiet && ((ask_v && inf_m[ask_head][IW-1:GB] != {1'b1, YB'(0), ask_key, ask_owner}) ||
			(bid_v && inf_m[bid_head][IW-1:GB] != {1'b0, YB'(0), ~bid_key, bid_owner}));
		// an order that was told to rest and not to go is live, no other
		bad[9] = quiet && chosen && qty_m[a][QB+1] != a_live;
		// and no live order has nothing
		bad[10] = quiet && qty_m[a][QB+1] && qty_m[a][QB-1:0] == '0;
		// nothing waits for an event
		bad[11] = state == 5'd1 && open;

		// ---- events ----
		// a trade keeps to the limit
		bad[16] = is_trade && !mkt && (side ? e_px < px : e_px > px);
		// what trades, rests or expires adds up to the quantity
		bad[17] = (is_trade && (e_qty > left || (e_last && e_qty != left))) ||
			((is_rest || is_expire) && e_qty != left);
		// a trade has a quantity
		bad[18] = is_trade && e_qty == '0;
		// a maker is live, has what it trades, and keeps the rest
		bad[19] = is_trade && (!qty_m[maker][QB+1] || qty_m[maker][QB-1:0] < e_qty ||
			(!e_again && qty_m[maker][QB-1:0] - e_qty != e_rem) ||
			(e_gone && e_rem != '0));
		// an earlier order of the same price trades first
		bad[20] = is_trade && older && a_live && maker == b;
		// an order of a better price trades first
		bad[21] = is_trade && a_better && maker != a;
		// events belong to commands, and the next waits for the last
		bad[22] = (evt && !open) || (go && open && !(evt && e_last));
		// numbered from 0, with the number of the command
		bad[23] = evt && (out_evt[255:240] != count || out_evt[239:192] != seq);
		// all or none
		bad[24] = is_op && tif == exch_p::TIF_FOK && noself && ((is_expire && traded) ||
			is_rest || (is_trade && e_last && e_qty != left));
		// who only posts does not take
		bad[25] = is_trade && post;
		// an event stays until it is taken
		bad[26] = was_held && (!out_valid || out_evt != held);
		// a reject is the only event
		bad[27] = is_reject && (heard || !e_last);
		// who does not rest does not rest
		bad[28] = is_rest && (mkt || tif != exch_p::TIF_DAY || !is_op);
		// a command says each thing of which it consists
		bad[29] = is_trade && !is_op;
		// a maker is of the other side
		bad[30] = is_trade && inf_m[maker][IW-1] == side;
	end


	// What has to be possible, or the above would say little.
	assign met[0] = is_trade && e_last;
	assign met[1] = is_trade && !e_last && e_gone;
	assign met[2] = is_rest && traded;
	assign met[3] = is_expire && !traded && tif == exch_p::TIF_FOK;
	assign met[4] = is_trade && e_last && traded && tif == exch_p::TIF_FOK && noself;
	assign met[5] = is_trade && e_again;
	assign met[6] = is_reject && post;
	assign met[7] = is_prevent && stp == exch_p::STP_DECREMENT && !e_last;
	assign met[8] = evt && kind == exch_p::EV_REPLACED && !e_last;
	assign met[9] = is_trade && older && a_live && b_live && maker == a;

endmodule
