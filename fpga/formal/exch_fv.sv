// What is proven of the matcher: a small core, its tables (exch_fvt), the
// book as its events tell it and the properties of those (exch_fvb), and what
// the tables have to say then (exch_fvi).  Commands come without any
// restriction.
//
// The matcher is looked at between its steps, at a cut: it is idle, or in V,
// or looks for the next level in one of the bitmaps, or is about to count an
// order for a fill-or-kill one.  With STEP = 0 all begins
// with an empty book.  With STEP = 1 it begins at any cut in which everything
// below holds, and ends at the next one: what is not broken on the way, nor
// there, is broken never.  With STEP = 2 it begins with a reset in any state,
// and ends when the tables are cleared.
//
// Each bit of `bad' says that a property is broken in this cycle, each bit of
// `met' that something happened that has to be possible; prove.sh has their
// names.
module exch_fv #(
	parameter STEP = 0,
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
	parameter LEAFS = 1 << (KB - WB),
	parameter MIDS = 1 << (KB - 2 * WB),
	parameter AB = QB + 1 + SB
) (
	input logic clk,
	input logic in_valid,
	input logic [255:0] in_cmd,
	input logic [QB-1:0] in_peak,
	input logic out_ready,
	input logic ready,		// the tables have what they were asked for
	output logic held,		// nothing may move; clearing may, again
	// what is broken: of events,
	output logic bad_limit,
	output logic bad_adds,
	output logic bad_maker,
	output logic bad_fifo,
	output logic bad_price,
	output logic bad_fok_all,
	output logic bad_fok_can,
	output logic bad_post,
	output logic bad_rests,
	output logic bad_expires,
	output logic bad_reject,
	output logic bad_self,
	output logic bad_prevent,
	output logic bad_names,
	output logic bad_sweeps,
	output logic bad_last,
	output logic bad_numbers,
	output logic bad_stays,
	output logic bad_long,
	// and at a cut, of the tables and of the registers
	output logic bad_crossed,
	output logic [N-1:0] bad_live,
	output logic [N-1:0] bad_open,
	output logic [N-1:0] bad_place,
	output logic [N-1:0] bad_queue,
	output logic [N-1:0] bad_level,
	output logic [2*LEAFS*W-1:0] bad_leaf,
	output logic [2*MIDS*W-1:0] bad_mid,
	output logic [2*TB-1:0] bad_top,
	output logic [2-1:0] bad_best,
	output logic [2-1:0] bad_first,
	output logic bad_time,
	output logic bad_cmd,
	output logic bad_asked,
	output logic bad_own,
	output logic bad_later,
	output logic bad_walk,
	output logic bad_at,
	output logic bad_seek,
	output logic bad_row,
	output logic bad_over,
	output logic [11:0] met
);
	// States of the matcher between its steps.
	localparam logic [4:0] AT_CLEAR = 5'd0;
	localparam logic [4:0] AT_IDLE = 5'd1;
	localparam logic [4:0] AT_V = 5'd2;
	localparam logic [4:0] AT_LEAF = 5'd7;
	localparam logic [4:0] AT_MID = 5'd10;
	localparam logic [4:0] AT_TOP = 5'd12;
	localparam logic [4:0] AT_WALK = 5'd15;
	// Cycles from one to the next, and of clearing.
	localparam MOST = STEP == 2 ? (1 << (YB + KB - WB + 1)) + 2 : 5;

	// cycles since the beginning
	logic [7:0] age;
	logic ended, was_sound;
	initial age = '0;
	initial ended = 1'b0;

	logic rst, ce, taken;
	assign rst = STEP == 2 && age == '0;
	// What a step does does not depend on waiting, as nothing moves meanwhile:
	// that is a proof of its own.
	assign taken = out_ready || STEP != 0;
	assign ce = ready || STEP != 0;

	logic in_ready, out_valid, busy;
	logic [255:0] out_evt;
	logic go, fin;
	logic [4:0] state;
	assign held = STEP == 0 && state != AT_CLEAR && (!ce || (out_valid && !taken));

	// ---- the matcher and its tables ----

`include "exch_tables.svh"

	exch_core #(.KB(KB), .WB(WB), .SB(SB), .YB(YB), .SYMS(1), .LEVELS(1<<KB),
		.QB(QB), .OB(OB), .GB(GB)) core (.clk, .rst, .ce,
		.in_valid, .in_ready, .in_cmd, .in_peak, .out_valid, .out_ready(taken), .out_evt, .busy,
		.seen_go(go), .seen_fin(fin), .seen_state(state), .seen_op(),
		`EXCH_TABLES);

	logic [N*(QB+2)-1:0] qty_m;
	logic [N*IW-1:0] inf_m;
	logic [N*2*QB-1:0] ice_m;
	logic [N*SB-1:0] nxt_m, prv_m;
	logic [(1<<KB)*2*SB-1:0] lvl_m;
	logic [2*LEAFS*W-1:0] leaf_m;
	logic [2*MIDS*W-1:0] mid_m;
	logic [2*TB-1:0] top_m;
	logic [2*SW-1:0] ctx_m;
	exch_fvt #(.W(QB+2), .AB(SB)) qty (.clk, .ren(qty_ren), .raddr(qty_raddr), .q(qty_q),
		.wen(qty_wen), .waddr(qty_waddr), .wdata(qty_wdata), .all(qty_m));
	exch_fvt #(.W(IW), .AB(SB)) inf (.clk, .ren(inf_ren), .raddr(inf_raddr), .q(inf_q),
		.wen(inf_wen), .waddr(inf_waddr), .wdata(inf_wdata), .all(inf_m));
	exch_fvt #(.W(2*QB), .AB(SB)) ice (.clk, .ren(ice_ren), .raddr(ice_raddr), .q(ice_q),
		.wen(ice_wen), .waddr(ice_waddr), .wdata(ice_wdata), .all(ice_m));
	exch_fvt #(.W(SB), .AB(SB)) nxt (.clk, .ren(nxt_ren), .raddr(nxt_raddr), .q(nxt_q),
		.wen(nxt_wen), .waddr(nxt_waddr), .wdata(nxt_wdata), .all(nxt_m));
	exch_fvt #(.W(SB), .AB(SB)) prv (.clk, .ren(prv_ren), .raddr(prv_raddr), .q(prv_q),
		.wen(prv_wen), .waddr(prv_waddr), .wdata(prv_wdata), .all(prv_m));
	exch_fvt #(.W(2*SB), .AB(YB+KB), .N(1<<KB)) lvl (.clk, .ren(lvl_ren), .raddr(lvl_raddr), .q(lvl_q),
		.wen(lvl_wen), .waddr(lvl_waddr), .wdata(lvl_wdata), .all(lvl_m));
	exch_fvt #(.W(W), .AB(YB+KB-WB+1), .N(2*LEAFS)) leaf (.clk, .ren(leaf_ren), .raddr(leaf_raddr),
		.q(leaf_q), .wen(leaf_wen), .waddr(leaf_waddr), .wdata(leaf_wdata), .all(leaf_m));
	exch_fvt #(.W(W), .AB(YB+KB-2*WB+1), .N(2*MIDS)) mid (.clk, .ren(mid_ren), .raddr(mid_raddr),
		.q(mid_q), .wen(mid_wen), .waddr(mid_waddr), .wdata(mid_wdata), .all(mid_m));
	exch_fvt #(.W(2*TB), .AB(YB), .N(1), .PARTS(2)) top (.clk, .ren(top_ren), .raddr(top_raddr), .q(top_q),
		.wen(top_wen), .waddr(top_waddr), .wdata(top_wdata), .all(top_m));
	exch_fvt #(.W(2*SW), .AB(YB), .N(1), .PARTS(2)) ctx (.clk, .ren(ctx_ren), .raddr(ctx_raddr), .q(ctx_q),
		.wen(ctx_wen), .waddr(ctx_waddr), .wdata(ctx_wdata), .all(ctx_m));

	// ---- the command in hand, as it was given ----

	logic [255:0] cmd;
	logic [QB-1:0] peak, left;	// left: what no event has told
	logic open, heard, traded;	// it had no last event; any; a trade
	logic [15:0] count;
	logic [3:0] op;
	logic [2:0] stp;
	logic side, given_side, mkt, post;
	logic [1:0] tif;
	logic [15:0] sym16;
	logic [31:0] slot32;
	logic [23:0] px24, opx24;
	logic [OB-1:0] owner;
	logic [GB-1:0] gen;
	logic [SB-1:0] slot;
	logic [KB-1:0] px, opx;
	logic qwide;
	assign op = cmd[3:0];
	assign stp = cmd[6:4];
	assign given_side = cmd[8];
	// Whoever sweeps asks takes like a buyer.
	assign side = cmd[8] ^ (op == exch_p::OP_MASS);
	assign tif = cmd[10:9];
	assign mkt = cmd[11] && op == exch_p::OP_NEW;
	assign post = cmd[12];
	assign sym16 = cmd[31:16];
	assign slot32 = cmd[63:32];
	assign px24 = cmd[87:64];
	assign opx24 = cmd[111:88];
	assign qwide = (cmd[143:112] >> QB) != 0;
	assign owner = cmd[144 +: OB];
	assign gen = cmd[176 +: GB];
	assign slot = slot32[SB-1:0];
	assign px = px24[KB-1:0];
	assign opx = opx24[KB-1:0];

	logic evt, takes_left;
	assign evt = out_valid && taken;
	assign takes_left = out_evt[7:0] == exch_p::EV_TRADE ||
		(out_evt[7:0] == exch_p::EV_PREVENTED && stp == exch_p::STP_DECREMENT);

	always_ff @(posedge clk) begin
		if (evt) begin
			open <= !out_evt[8];
			heard <= 1'b1;
			traded <= traded || out_evt[7:0] == exch_p::EV_TRADE;
			count <= count + 16'd1;
			if (takes_left) left <= left - out_evt[128 +: QB];
			if (op == exch_p::OP_MASS) left <= left + QB'(1);
		end
		if (go) begin
			open <= 1'b1;
			heard <= 1'b0;
			traded <= 1'b0;
			count <= '0;
			cmd <= in_cmd;
			peak <= in_peak;
			left <= in_cmd[3:0] == exch_p::OP_MASS || in_cmd[3:0] == exch_p::OP_BARRIER ?
				'0 : in_cmd[112 +: QB];
		end
		if (rst) open <= 1'b0;
	end

	// ---- the book as told, and the tables ----

	logic [N*QB-1:0] shown, next_part, opens;
	logic [N-1:0] live, sells;
	logic [N*KB-1:0] pxs;
	logic [N*OB-1:0] owners;
	logic [N*GB-1:0] gens;
	logic [N*N-1:0] earlier;
	logic crosses;
	logic [AB-1:0] avail;
	logic [11:0] possible;
	assign met = STEP == 0 ? possible : '0;
	logic t_limit;
	logic t_adds;
	logic t_maker;
	logic t_fifo;
	logic t_price;
	logic t_fok_all;
	logic t_fok_can;
	logic t_post;
	logic t_rests;
	logic t_expires;
	logic t_reject;
	logic t_self;
	logic t_prevent;
	logic t_names;
	logic t_sweeps;

	logic [3:0] code;

	exch_fvb #(.KB(KB), .SB(SB), .QB(QB), .OB(OB), .GB(GB)) told (.clk, .rst,
		.op, .stp, .side, .mkt, .post, .tif, .px, .slot, .left, .peak, .owner, .gen,
		.heard, .traded, .code, .evt, .out_evt, .shown, .next_part,
		.live, .sells, .pxs, .opens, .owners, .gens, .earlier, .crosses, .avail,
		.bad_limit(t_limit), .bad_adds(t_adds), .bad_maker(t_maker), .bad_fifo(t_fifo),
			.bad_price(t_price), .bad_fok_all(t_fok_all), .bad_fok_can(t_fok_can),
			.bad_post(t_post), .bad_rests(t_rests), .bad_expires(t_expires),
			.bad_reject(t_reject), .bad_self(t_self), .bad_prevent(t_prevent),
			.bad_names(t_names), .bad_sweeps(t_sweeps), .met(possible));

	logic i_crossed;
	logic [N-1:0] i_live;
	logic [N-1:0] i_open;
	logic [N-1:0] i_place;
	logic [N-1:0] i_queue;
	logic [N-1:0] i_level;
	logic [2*LEAFS*W-1:0] i_leaf;
	logic [2*MIDS*W-1:0] i_mid;
	logic [2*TB-1:0] i_top;
	logic [2-1:0] i_best;
	logic [2-1:0] i_first;
	logic i_time;
	exch_fvi #(.KB(KB), .WB(WB), .SB(SB), .YB(YB), .QB(QB), .OB(OB), .GB(GB)) said (
		.qty(qty_m), .inf(inf_m), .ice(ice_m), .nxt(nxt_m), .prv(prv_m), .lvl(lvl_m),
		.leaf(leaf_m), .mid(mid_m), .top(top_m), .ctx(ctx_m),
		.live, .sells, .pxs, .opens, .owners, .gens, .earlier,
		.shown, .next_part, .bad_crossed(i_crossed), .bad_live(i_live),
			.bad_open(i_open), .bad_place(i_place), .bad_queue(i_queue),
			.bad_level(i_level), .bad_leaf(i_leaf), .bad_mid(i_mid), .bad_top(i_top),
			.bad_best(i_best), .bad_first(i_first), .bad_time(i_time));

	// Why a command has to be rejected, before its first event.
	logic is_new, is_replace, wrong;
	logic [KB-1:0] at;
	assign is_new = op == exch_p::OP_NEW;
	assign is_replace = op == exch_p::OP_REPLACE;
	assign at = is_replace ? opx : px;
	assign wrong = sells[slot] != side || pxs[slot*KB +: KB] != at || gens[slot*GB +: GB] != gen;
	always_comb begin
		code = '0;
		if ((is_new || is_replace) && post && crosses) code = exch_p::NO_POST;
		if (!is_new && wrong) code = exch_p::NO_MATCH;
		if (!is_new && !live[slot]) code = exch_p::NO_LIVE;
		if (is_new && live[slot]) code = exch_p::NO_SLOT;
		if ((is_new || is_replace) && (stp > exch_p::STP_DECREMENT || tif > exch_p::TIF_FOK))
			code = exch_p::NO_OP;
		if (op != exch_p::OP_CANCEL && (qwide || left == '0)) code = exch_p::NO_QTY;
		if (((px24 >> KB) != 0 && !mkt) || (is_replace && (opx24 >> KB) != 0))
			code = exch_p::NO_PRICE;
		if ((slot32 >> SB) != 0) code = exch_p::NO_SLOT;
		if (op == exch_p::OP_MASS) code = '0;
		if (sym16 != 16'd0) code = exch_p::NO_SYMBOL;
		if (op == 4'd0 || op > exch_p::OP_BARRIER) code = exch_p::NO_OP;
		if (op == exch_p::OP_BARRIER) code = '0;
	end

	// ---- its registers, at a cut ----

	logic at_v, at_walk, at_leaf, at_mid, at_top, at_idle, seeks, cut;
	assign at_idle = state == AT_IDLE;
	assign at_v = state == AT_V;
	assign at_walk = state == AT_WALK;
	assign at_leaf = state == AT_LEAF;
	assign at_mid = state == AT_MID;
	assign at_top = state == AT_TOP;
	assign seeks = at_leaf || at_mid || at_top;
	assign cut = at_idle || at_v || at_walk || seeks;

	// They are the matcher's own, by their names in it.
	(* hierconn *) logic [3:0] \core.op , \core.code ;
	(* hierconn *) logic [2:0] \core.stp ;
	(* hierconn *) logic [1:0] \core.tif ;
	(* hierconn *) logic \core.side , \core.mkt , \core.post , \core.qwide , \core.bad ;
	(* hierconn *) logic \core.first , \core.fresh , \core.tried , \core.sure ;
	(* hierconn *) logic [15:0] \core.sym16 , \core.idx ;
	(* hierconn *) logic [31:0] \core.slot32 ;
	(* hierconn *) logic [23:0] \core.px24 , \core.opx24 ;
	(* hierconn *) logic [47:0] \core.seq ;
	(* hierconn *) logic [QB-1:0] \core.left , \core.peak , \core.amount ;
	(* hierconn *) logic [OB-1:0] \core.owner ;
	(* hierconn *) logic [GB-1:0] \core.gen ;
	(* hierconn *) logic [W-1:0] \core.own_leaf , \core.own_mid , \core.w ;
	(* hierconn *) logic [SB-1:0] \core.own_head , \core.own_tail ;
	(* hierconn *) logic [SB-1:0] \core.wk_slot , \core.wk_tail ;
	(* hierconn *) logic [KB-1:0] \core.sk ;
	(* hierconn *) logic \core.lvl_used , \core.sk_side , \core.sk_more , \core.walk ;
	(* hierconn *) logic \core.none ;

	logic first, fresh, later;
	assign first = \core.first ;
	assign fresh = \core.fresh ;
	assign later = !first || !at_v;

	// Where it is within the command: looking for the best, for a dry walk,
	// after the last event, or after the first half of a replacement.
	logic best_gone, walks, over, half, none;
	assign walks = at_walk || (seeks && \core.walk );
	assign best_gone = seeks && !\core.walk ;
	assign none = at_top && \core.none ;	// and found that there is no other
	assign over = at_idle || (best_gone && !\core.sk_more );
	assign half = best_gone && \core.op == exch_p::OP_REPLACE;

	// of its price, or of that where it was
	logic [KB-1:0] key, at_key;
	assign key = side ? px : ~px;
	assign at_key = given_side ? at : ~at;

	// what it does may go on
	logic ranges, about, noself;
	assign ranges = sym16 == 16'd0 && (slot32 >> SB) == 0 && ((px24 >> KB) == 0 || mkt) &&
		left != '0 && !qwide && stp <= exch_p::STP_DECREMENT && tif <= exch_p::TIF_FOK;
	assign about = sym16 == 16'd0 && op != 4'd0 && op < exch_p::OP_MASS;
	assign noself = stp == exch_p::STP_OFF || owner == '0;

	// The first price that may be next, as far as it is known: the rest of its
	// bits are zeros, and `mask' has those that are known.
	logic sought;
	logic [KB-1:0] next, mask;
	logic [WB-1:0] low;
	always_comb begin
		low = '0;
		for (int i = W - 1; i >= 0; i--) if (\core.w [i]) low = WB'(i);
		next = \core.sk ;
		mask = '1;
		if (at_leaf) next[WB-1:0] = low;
		if (at_mid) begin
			next[2*WB-1:WB] = low;
			mask[WB-1:0] = '0;
		end
		if (at_top) begin
			next[KB-1:2*WB] = low[KB-2*WB-1:0];
			mask[2*WB-1:0] = '0;
		end
		next = next & mask;
	end

	// Of the side that is looked at, what is before that price: open in all,
	// and whether there is any; and whether any is there.
	logic [AB-1:0] passed;
	logic any_before, any_there, any_at_all;
	logic [SB-1:0] wk;
	logic [KB-1:0] wk_key, s_key;
	assign sought = \core.sk_side ;
	assign wk = \core.wk_slot ;
	assign wk_key = sells[wk] ? pxs[wk*KB +: KB] : ~pxs[wk*KB +: KB];
	always_comb begin
		passed = '0;
		any_before = 1'b0;
		any_there = 1'b0;
		any_at_all = 1'b0;
		s_key = '0;
		for (int s = 0; s < N; s++) begin
			s_key = (sells[s] ? pxs[s*KB +: KB] : ~pxs[s*KB +: KB]) & mask;
			if (live[s] && sells[s] == sought) begin
				any_at_all = 1'b1;
				if (s_key == next) any_there = 1'b1;
				if (s_key < next) any_before = 1'b1;
				if (s_key < next || (at_walk && s_key == next && earlier[s*N+wk]))
					passed = passed + AB'(opens[s*QB +: QB]);
			end
		end
	end

	logic r_cmd, r_asked, r_own, r_later, r_walk, r_at, r_seek, r_row;
	always_comb begin
		// the command
		r_cmd = \core.op != (is_replace && later && !half ? exch_p::OP_NEW : op) ||
			\core.stp != stp || \core.tif != tif || \core.side != side || \core.mkt != mkt ||
			\core.post != post || \core.sym16 != sym16 || \core.slot32 != slot32 ||
			\core.px24 != px24 || \core.opx24 != opx24 || \core.seq != cmd[255:208] ||
			\core.left != left || \core.peak != (peak == '0 ? '1 : peak) || \core.owner != owner ||
			\core.gen != gen || \core.qwide != qwide || \core.idx != count ||
			(!heard && count != '0) || (traded && !heard);
		// at first the tables answer what they were asked
		r_asked = at_v && first && (heard || !fresh || \core.tried || \core.sure ||
			(about && (qty_q != qty_m[slot*(QB+2) +: QB+2] || lvl_q != lvl_m[at*2*SB +: 2*SB] ||
			leaf_q != leaf_m[{given_side, at_key[KB-1:WB]}*W +: W] ||
			mid_q != mid_m[{given_side, at_key[KB-1:2*WB]}*W +: W])) ||
			(about && !is_new && (inf_q != inf_m[slot*IW +: IW] ||
				ice_q != ice_m[slot*2*QB +: 2*QB] ||
			nxt_q != nxt_m[slot*SB +: SB] || prv_q != prv_m[slot*SB +: SB])) ||
			(sym16 == 16'd0 && (top_q != top_m || ctx_q != ctx_m)));
		// later what is known of its own price stays true
		r_own = later && op != exch_p::OP_MASS && !half && (fresh ? !at_v ||
			lvl_q != lvl_m[px*2*SB +: 2*SB] || leaf_q != leaf_m[{side, key[KB-1:WB]}*W +: W] ||
			mid_q != mid_m[{side, key[KB-1:2*WB]}*W +: W] :
			\core.own_leaf != leaf_m[{side, key[KB-1:WB]}*W +: W] ||
			\core.own_mid != mid_m[{side, key[KB-1:2*WB]}*W +: W] ||
			\core.lvl_used != leaf_m[{side, key}] || (\core.lvl_used &&
			{\core.own_tail , \core.own_head } != lvl_m[px*2*SB +: 2*SB]));
		// and of the book, and what was decided
		r_later = later && (first || !(is_new || is_replace || (op == exch_p::OP_MASS && heard)) ||
			(is_replace && !heard) ||
			(!heard && (\core.bad != (code != '0) || \core.code != code || sym16 != 16'd0)) ||
			(heard && (\core.bad || (op != exch_p::OP_MASS && (!ranges || live[slot] ||
				(post && crosses))) || (op == exch_p::OP_MASS && sym16 != 16'd0))) ||
			(!heard && !\core.tried ) || (\core.tried && op == exch_p::OP_MASS) ||
				(!heard && best_gone) ||
			(\core.sure && (!\core.tried || tif != exch_p::TIF_FOK ||
				(noself && avail < AB'(left)))) ||
			(\core.tried && !\core.sure && (at_v || best_gone) && avail >= AB'(left)) ||
			(traded && op != exch_p::OP_MASS && tif == exch_p::TIF_FOK && !\core.sure ));
		// a dry walk has not found enough so far
		r_walk = walks && (!\core.walk || !\core.tried || \core.sure || traded ||
			tif != exch_p::TIF_FOK ||
			op == exch_p::OP_MASS || sought == side || !any_there ||
			\core.none || (\core.amount == '0 && (seeks || passed != '0)) ||
				AB'(\core.amount ) + passed != AB'(left));
		// it is at an order within the limit, and the tables answer for it
		r_at = at_walk && (!live[wk] || sells[wk] != sought || \core.sk != wk_key ||
			(!mkt && (side ? pxs[wk*KB +: KB] < px : pxs[wk*KB +: KB] > px)) ||
			\core.wk_tail != lvl_m[pxs[wk*KB +: KB]*2*SB+SB +: SB] ||
			qty_q != qty_m[wk*(QB+2) +: QB+2] || ice_q != ice_m[wk*2*QB +: 2*QB] ||
			nxt_q != nxt_m[wk*SB +: SB]);
		// the next best is looked for where it is
		r_seek = (best_gone && ((none ? any_at_all : !any_there || any_before) ||
			(!over && sought != (side ^ !half)))) ||
			(seeks && (none != (\core.w == '0) || \core.sym16 != 16'd0 ||
				(at_leaf && !leaf_m[{sought, next}]) ||
			(at_mid && !mid_m[{sought, next[KB-1:WB]}]) ||
			(at_top && !none && !top_m[{sought, next[KB-1:2*WB]}])));
		// and the tables still answer with the row of the symbol
		r_row = later && (ctx_q != ctx_m || top_q != top_m);
	end

	// ---- from one cut to the next ----

	always_ff @(posedge clk) begin
		if (STEP != 0 && age != '0 && cut) ended <= 1'b1;
		if (age == '0) was_sound <= sound;
		age <= age == '1 ? age : age + 8'd1;
	end

	logic was_held;
	logic [255:0] was;
	always_ff @(posedge clk) begin
		was_held <= out_valid && !taken && ce;
		was <= out_evt;
	end

	// ---- what is told ----

	logic on, cuts, steps, sound;
	logic [1:0] known;		// the best of this side is
	// of a step only what began with everything in order
	assign on = !ended && (STEP == 0 ||
		(age == '0 ? sound && STEP == 1 : was_sound || STEP == 2));
	assign cuts = on && cut;
	assign steps = cuts && !over;
	assign known = best_gone && !none ? sought ? 2'b01 : 2'b10 : 2'b11;
	assign bad_limit = on && t_limit;
	assign bad_adds = on && t_adds;
	assign bad_maker = on && t_maker;
	assign bad_fifo = on && t_fifo;
	assign bad_price = on && t_price;
	assign bad_fok_all = on && t_fok_all;
	assign bad_fok_can = on && t_fok_can;
	assign bad_post = on && t_post;
	assign bad_rests = on && t_rests;
	assign bad_expires = on && t_expires;
	assign bad_reject = on && t_reject;
	assign bad_self = on && t_self;
	assign bad_prevent = on && t_prevent;
	assign bad_names = on && t_names;
	assign bad_sweeps = on && t_sweeps;
	// events belong to commands, and the next waits for the last
	assign bad_last = on && ((evt && !open) || (go && open && !(evt && out_evt[8])));
	// numbered from 0, with the number and the names of the command
	assign bad_numbers = on && evt && (out_evt[255:240] != count || out_evt[239:192] != cmd[255:208] ||
		out_evt[63:32] != slot32 || out_evt[31:16] != sym16);
	// an event stays until it is taken
	assign bad_stays = STEP == 0 && was_held && ce && (!out_valid || out_evt != was);
	// and no step takes longer than it may
	assign bad_long = STEP != 0 && on && age > 8'(MOST);
	assign bad_crossed = cuts ? i_crossed : '0;
	assign bad_live = cuts ? i_live : '0;
	assign bad_open = cuts ? i_open : '0;
	assign bad_place = cuts ? i_place : '0;
	assign bad_queue = cuts ? i_queue : '0;
	assign bad_level = cuts ? i_level : '0;
	assign bad_leaf = cuts ? i_leaf : '0;
	assign bad_mid = cuts ? i_mid : '0;
	assign bad_top = cuts ? i_top : '0;
	assign bad_best = cuts ? i_best & known : '0;
	assign bad_first = cuts ? i_first & known : '0;
	assign bad_time = cuts ? i_time : '0;
	assign bad_cmd = steps && r_cmd;
	assign bad_asked = steps && r_asked;
	assign bad_own = steps && r_own;
	assign bad_later = steps && r_later;
	assign bad_walk = steps && r_walk;
	assign bad_at = steps && r_at;
	assign bad_seek = cuts && r_seek;
	assign bad_row = cuts && !at_idle && r_row;
	// no more events are waited for exactly when all were told
	assign bad_over = cuts && open == over;

	assign sound = cut && open == !over && !(i_crossed != '0 || i_live != '0 || i_open != '0 ||
		i_place != '0 || i_queue != '0 || i_level != '0 || i_leaf != '0 || i_mid != '0 ||
		i_top != '0 || i_time != '0) && (i_best & known) == '0 && (i_first & known) == '0 &&
		!r_seek && (at_idle || !r_row) && (over || !(r_cmd || r_asked || r_own ||
			r_later || r_walk || r_at));

endmodule
