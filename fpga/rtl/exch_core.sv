// The matcher: one command at a time, in price-time priority.
//
// A command takes two cycles, V and X, and each execution beyond the first
// two more.  In V the tables answer, what matters is compared, and the next
// record is asked for that X may need (the order behind the best one); in X
// everything is written at once, one event leaves, and the next command's
// reads begin.  The side of the best order is in `ctx`, one row a symbol, so
// that the first event depends on nothing that may be far away.
//
// Prices are keys: an ask's own, a bid's inverted, so that the best is the
// lowest on both sides.  Levels are found in three bitmaps, W bits a word:
// leaf (a bit per key), mid (a bit per leaf word), top (a bit per mid word).
//
// Tables (their ports are named after them):
//	qty  slot -> live, iceberg, open quantity shown
//	inf  slot -> side, symbol, price, owner, generation
//	ice  slot -> hidden quantity, peak
//	nxt, prv  slot -> neighbours in the queue of its level
//	lvl  symbol, price -> first and last slot; valid where the leaf bit is
//	leaf, mid  symbol, side, word -> bits;  top  symbol -> both sides' bits
//	ctx  symbol -> the best level of each side and its first order
module exch_core #(
	parameter KB = 17,		// bits of a price
	parameter WB = 6,		// log2 of the bits in a word
	parameter SB = 20,		// bits of a slot
	parameter YB = 1,		// bits of a symbol
	parameter SYMS = 1,
	parameter LEVELS = 1 << KB,	// prices 0 to LEVELS-1
	parameter QB = 32,		// bits of a quantity
	parameter OB = 32,		// bits of an owner
	parameter GB = 32,		// bits of a generation
	// bits of the addresses that are cleared after reset
	parameter CB = YB + KB - WB + 1 > SB ? YB + KB - WB + 1 : SB,
	parameter W = 1 << WB,
	parameter TB = 1 << (KB - 2 * WB),
	parameter SW = 2 + KB + 3 * SB + QB + OB,
	parameter IW = 1 + YB + KB + OB + GB
) (
	input logic clk,
	input logic rst,
	// Without it nothing moves: what a table was asked for is not there.
	input logic ce,

	input logic in_valid,
	output logic in_ready,
	/* verilator lint_off UNUSEDSIGNAL */
	input logic [255:0] in_cmd,
	/* verilator lint_on UNUSEDSIGNAL */
	input logic [QB-1:0] in_peak,

	output logic out_valid,
	input logic out_ready,
	output logic [255:0] out_evt,

	output logic busy,
	// for those who watch: a command begins, ends, and where it is
	output logic seen_go,
	output logic seen_fin,
	output logic [4:0] seen_state,
	output logic [3:0] seen_op,

	output logic qty_ren,
	output logic [SB-1:0] qty_raddr,
	input logic [QB+1:0] qty_q,
	output logic qty_wen,
	output logic [SB-1:0] qty_waddr,
	output logic [QB+1:0] qty_wdata,

	output logic inf_ren,
	output logic [SB-1:0] inf_raddr,
	input logic [IW-1:0] inf_q,
	output logic inf_wen,
	output logic [SB-1:0] inf_waddr,
	output logic [IW-1:0] inf_wdata,

	output logic ice_ren,
	output logic [SB-1:0] ice_raddr,
	input logic [2*QB-1:0] ice_q,
	output logic ice_wen,
	output logic [SB-1:0] ice_waddr,
	output logic [2*QB-1:0] ice_wdata,

	output logic nxt_ren,
	output logic [SB-1:0] nxt_raddr,
	input logic [SB-1:0] nxt_q,
	output logic nxt_wen,
	output logic [SB-1:0] nxt_waddr,
	output logic [SB-1:0] nxt_wdata,

	output logic prv_ren,
	output logic [SB-1:0] prv_raddr,
	input logic [SB-1:0] prv_q,
	output logic prv_wen,
	output logic [SB-1:0] prv_waddr,
	output logic [SB-1:0] prv_wdata,

	output logic lvl_ren,
	output logic [YB+KB-1:0] lvl_raddr,
	input logic [2*SB-1:0] lvl_q,
	output logic lvl_wen,
	output logic [YB+KB-1:0] lvl_waddr,
	output logic [2*SB-1:0] lvl_wdata,

	output logic leaf_ren,
	output logic [YB+KB-WB:0] leaf_raddr,
	input logic [W-1:0] leaf_q,
	output logic leaf_wen,
	output logic [YB+KB-WB:0] leaf_waddr,
	output logic [W-1:0] leaf_wdata,

	output logic mid_ren,
	output logic [YB+KB-2*WB:0] mid_raddr,
	input logic [W-1:0] mid_q,
	output logic mid_wen,
	output logic [YB+KB-2*WB:0] mid_waddr,
	output logic [W-1:0] mid_wdata,

	output logic top_ren,
	output logic [YB-1:0] top_raddr,
	input logic [2*TB-1:0] top_q,
	output logic [1:0] top_wen,	// of the half of each side
	output logic [YB-1:0] top_waddr,
	output logic [TB-1:0] top_wdata,

	output logic ctx_ren,
	output logic [YB-1:0] ctx_raddr,
	input logic [2*SW-1:0] ctx_q,
	output logic [1:0] ctx_wen,	// of the half of each side
	output logic [YB-1:0] ctx_waddr,
	output logic [SW-1:0] ctx_wdata
);
	// ---- what is kept ----

	// The best level of a side and its first order.
	typedef struct packed {
		logic v;		// there is one
		logic ice;		// of the first order more is hidden
		logic [KB-1:0] key;
		logic [SB-1:0] head;
		logic [SB-1:0] tail;
		logic [SB-1:0] next;	// behind the head, if that is not the tail
		logic [QB-1:0] qty;	// shown by the head
		logic [OB-1:0] owner;
	} side_t;

	typedef struct packed {
		logic side;
		logic [YB-1:0] sym;
		logic [KB-1:0] px;
		logic [OB-1:0] owner;
		logic [GB-1:0] gen;
	} inf_t;

	typedef enum logic [4:0] {
		S_CLEAR, S_IDLE, S_V, S_X, S_AGAIN, S_H1, S_H2,
		S_L1, S_L2, S_L3, S_M1, S_M2, S_T1, S_T2,
		S_F1, S_F2, S_F3, S_F4, S_F5
	} state_t;

	state_t st, st_n;
	logic [3:0] act, act_n;	// exch_p::A_...

	// The command in hand.
	logic [3:0] op;
	logic [2:0] stp;
	logic side, mkt, post;
	logic [1:0] tif;
	logic [15:0] sym16;
	logic [31:0] slot32;
	logic [23:0] px24, opx24;
	logic [QB-1:0] left;	// of MASS, how many it has cancelled
	logic [OB-1:0] owner;
	logic [GB-1:0] gen;
	logic [47:0] seq;
	logic [QB-1:0] peak;	// all bits set: nothing is hidden
	logic [15:0] idx;
	logic qwide;		// the quantity has bits beyond QB
	logic first;		// no V of this command before
	logic fresh;		// this V takes what the tables say of its price
	logic tried, sure;	// a dry walk was done, and found enough

	logic [YB-1:0] sym;
	logic [SB-1:0] slot;
	logic [KB-1:0] px;
	assign sym = sym16[YB-1:0];
	assign slot = slot32[SB-1:0];
	assign px = px24[KB-1:0];

	// Of the order's own price, as the tables said in V.  Zero while the
	// tables are cleared, as what is written comes from here.
	logic [W-1:0] own_leaf, own_mid;
	logic [SB-1:0] own_head, own_tail;
	// Of the order of `slot`.
	logic [SB-1:0] o_nxt, o_prv;

	// Decided in V for X.
	logic [3:0] code;
	logic bad;		// it is rejected, for that
	logic is_new_best, at_best, lvl_used;
	logic o_head, o_tail, o_best;
	logic m_done, t_done, m_only;
	logic [QB-1:0] amount;	// in a dry walk, what is still to be found

	// Looking for the next level.
	logic [W-1:0] w;
	logic none;		// there is no next level
	logic [KB-1:0] sk;
	logic sk_side;		// whose levels: 1 asks
	logic sk_more;		// the command goes on behind it
	logic walk;		// a dry walk: nothing changes
	logic [SB-1:0] wk_slot, wk_tail;

	// The order that changes, or that a dry walk counts; of a new one that
	// rests, all is hidden at first.
	logic [QB-1:0] h_qty, h_hidden, h_peak;
	logic [QB:0] h_all;
	assign h_all = {1'b0, h_qty} + {1'b0, h_hidden};

	// What it is compared with: left or to be found, less all it has.
	logic [QB+1:0] lacks;
	logic h_enough, h_exact;
	assign lacks = {2'b0, amount} - {1'b0, h_all};
	assign h_exact = lacks == '0;
	assign h_enough = lacks[QB+1] || h_exact;

	logic [CB-1:0] clr;

	// ---- the command at the door ----

	logic [3:0] i_op;
	logic [15:0] i_sym;
	logic i_side;
	logic [31:0] i_slot;
	logic [23:0] i_px, i_opx;
	logic [KB-1:0] i_at;
	assign i_op = in_cmd[3:0];
	assign i_side = in_cmd[8];
	assign i_sym = in_cmd[31:16];
	assign i_slot = in_cmd[63:32];
	assign i_px = in_cmd[87:64];
	assign i_opx = in_cmd[111:88];
	assign i_at = i_op == exch_p::OP_REPLACE ? i_opx[KB-1:0] : i_px[KB-1:0];

	logic fin;		// the command in hand ends in this cycle
	logic x_go;		// X is not held up by the taker of events
	logic go;		// the next command begins in this cycle

	assign go = in_valid && in_ready;
	assign in_ready = (st == S_IDLE || fin) && !rst && ce;
	assign busy = st != S_IDLE;
	assign seen_go = go;
	assign seen_fin = fin && ce;
	assign seen_state = st;
	assign seen_op = i_op;

	// ---- V ----

	inf_t q_inf;
	assign q_inf = inf_q;

	// The sides of the symbol; the table holds them until the next command.
	side_t q_bid, q_ask, opp;
	/* verilator lint_off UNUSEDSIGNAL */
	side_t own;
	/* verilator lint_on UNUSEDSIGNAL */
	assign {q_ask, q_bid} = ctx_q;
	assign own = side ? q_ask : q_bid;
	assign opp = side ? q_bid : q_ask;

	logic [KB-1:0] lim, okey, cpx, ckey;
	logic replacing;
	assign lim = mkt ? {KB{1'b1}} : side ? ~px : px;
	assign okey = side ? px : ~px;
	// The price whose level the tables were asked about.
	assign replacing = op == exch_p::OP_REPLACE;
	assign cpx = replacing ? opx24[KB-1:0] : px;
	assign ckey = side ? cpx : ~cpx;

	logic crosses, is_new, is_mass, is_own;
	assign crosses = opp.v && opp.key <= lim;
	assign is_new = op == exch_p::OP_NEW;
	assign is_mass = op == exch_p::OP_MASS;
	assign is_own = stp != exch_p::STP_OFF && owner != '0 && owner == opp.owner;

	logic in_v;
	assign in_v = st == S_V;

	logic o_other, sym_bad;
	logic [3:0] code_n;
	assign o_other = q_inf.gen != gen || q_inf.side != side || q_inf.sym != sym ||
		q_inf.px != cpx;
	exch_check #(.SB(SB), .SYMS(SYMS), .LEVELS(LEVELS)) check (.asked(in_v && first), .op, .stp, .tif,
		.sym(sym16), .slot(slot32), .px(px24), .old_px(opx24), .mkt,
		.qty_bad(left == '0 || qwide), .live(qty_q[QB+1]), .other(o_other),
		.would_take(post && crosses), .sym_bad, .code(code_n));

	// A dry walk has to be done first.  Nothing here waits for what the table
	// says of the order of `slot`; a rejected command takes no harm by it.
	logic dry;
	assign dry = is_new && tif == exch_p::TIF_FOK && !tried && crosses && !sym_bad;

	// The first order of the other side has all taken that it shows.
	logic m_done_n, m_same;
	assign m_done_n = opp.qty <= left;
	assign m_same = opp.qty == left;

	// What an iceberg hides matters, and comes a cycle later.
	logic deep;
	always_comb begin
		deep = opp.ice && is_mass;
		if (opp.ice && is_new && crosses)
			deep = is_own ? stp != exch_p::STP_NEWEST : m_done_n;
	end

	always_comb begin
		act_n = exch_p::A_REST;
		if (first ? code_n != 4'd0 : bad)
			act_n = exch_p::A_REJECT;
		else case (op)
		exch_p::OP_BARRIER:
			act_n = exch_p::A_BARRIER;
		exch_p::OP_MASS:
			act_n = opp.v ? exch_p::A_SWEEP : exch_p::A_SWEPT;
		exch_p::OP_CANCEL, exch_p::OP_REPLACE:
			act_n = exch_p::A_OUT;
		exch_p::OP_REDUCE:
			// of an iceberg, H2 sees
			act_n = left >= qty_q[QB-1:0] && !qty_q[QB] ? exch_p::A_OUT : exch_p::A_CUT;
		default:
			if (tif == exch_p::TIF_FOK && !sure)
				act_n = exch_p::A_EXPIRE;
			else if (crosses)
				act_n = is_own ? exch_p::A_STP : exch_p::A_FILL;
			else if (mkt || tif != exch_p::TIF_DAY)
				act_n = exch_p::A_EXPIRE;
		endcase
	end

	// ---- X: what happens ----

	logic rests, outs, reduces, trades, sweeps, decrements, cuts;
	assign rests = act == exch_p::A_REST;
	assign outs = act == exch_p::A_OUT;
	assign reduces = act == exch_p::A_CUT;
	assign trades = act == exch_p::A_FILL;
	assign decrements = act == exch_p::A_STP && stp == exch_p::STP_DECREMENT;
	assign sweeps = act == exch_p::A_SWEEP || (decrements && m_done) ||
		(act == exch_p::A_STP && (stp == exch_p::STP_OLDEST || stp == exch_p::STP_BOTH));
	assign cuts = reduces || (decrements && !m_done);

	// The one order, level and side that changes: of the own side or of the
	// other.
	logic at_own, at_side;
	side_t at;
	logic [SB-1:0] at_slot;
	logic [KB-1:0] at_px, at_key;
	assign at_own = act[3];
	assign at_side = side == at_own;
	assign at = at_side ? q_ask : q_bid;
	assign at_slot = at_own ? slot : opp.head;
	assign at_px = at_own ? cpx : side ? ~opp.key : opp.key;
	assign at_key = at_own ? ckey : opp.key;

	// Does the first order of the other side leave, refresh, or stay.
	logic m_gone, m_again;
	assign m_gone = sweeps || (trades && m_done && !opp.ice);
	assign m_again = trades && m_done && opp.ice;

	logic empties;		// the level has no orders any more
	logic e_best;		// and was the best of its side
	assign empties = (m_gone && m_only) || (outs && o_head && o_tail);
	assign e_best = !outs || o_best;

	// Whether the command goes on after this X.
	logic more;
	always_comb begin
		more = 1'b0;
		case (act)
		exch_p::A_FILL: more = !t_done;
		exch_p::A_STP: more = stp == exch_p::STP_OLDEST || (decrements && !t_done);
		exch_p::A_SWEEP: more = 1'b1;
		exch_p::A_OUT: more = replacing;
		default: ;
		endcase
	end

	// When the best level is empty, the next one is looked for; that there is
	// none is seen a cycle later.
	logic seeks, ends;
	assign x_go = out_ready && ce;
	assign seeks = empties && e_best;
	assign ends = st == S_L3 || (st == S_T1 && none);
	assign fin = (st == S_X && x_go && !more && !seeks) || (ends && !sk_more);

	logic x_do, l_next, clears;
	assign x_do = st == S_X && x_go && !rst;
	assign l_next = st == S_L3;
	assign clears = st == S_CLEAR;

	// ---- X: quantities ----

	// What is cut or taken comes out of the hidden part first.  A new order,
	// or the next part of an iceberg, shows its peak, and hides the rest.
	logic parts;
	logic [QB:0] hid;
	logic [QB-1:0] n_hidden, n_qty, n_all;
	logic n_ice;
	assign parts = rests || m_again;
	assign hid = {1'b0, h_hidden} - {1'b0, parts ? h_peak : amount};
	assign n_all = h_qty + hid[QB-1:0];
	assign n_hidden = hid[QB] ? '0 : hid[QB-1:0];
	assign n_qty = parts ? (hid[QB] ? h_hidden : h_peak) : (hid[QB] ? n_all : h_qty);
	assign n_ice = trades && !m_again ? opp.ice : n_hidden != '0;

	// ---- X: bitmaps ----

	logic [W-1:0] n_leaf, n_mid;
	logic [TB-1:0] n_top, at_top;
	assign at_top = at_side ? top_q[2*TB-1:TB] : top_q[TB-1:0];
	exch_bit #(.B(WB)) bit_leaf (.w(at_own ? own_leaf : leaf_q), .at(at_key[WB-1:0]),
		.set(rests), .q(n_leaf));
	exch_bit #(.B(WB)) bit_mid (.w(at_own ? own_mid : mid_q), .at(at_key[2*WB-1:WB]),
		.set(rests), .q(n_mid));
	exch_bit #(.B(KB-2*WB)) bit_top (.w(at_top), .at(at_key[KB-1:2*WB]),
		.set(rests), .q(n_top));

	logic leaf_none, mid_none;
	assign leaf_none = n_leaf == '0;
	assign mid_none = n_mid == '0;

	// ---- the next level ----

	// Nobody looks at what is not asked for, here and below; a simulator need
	// not work it out.
	logic seeking;
	logic [WB-1:0] ffs_at;
	assign seeking = st == S_T1 || st == S_M1 || st == S_L1;
	exch_ffs #(.B(WB)) ffs (.asked(seeking), .w(w), .at(ffs_at));

	function automatic logic [W-1:0] above(input logic [WB-1:0] b);
		above = ~((W'(2) << b) - W'(1));
	endfunction

	logic [W-1:0] wk_leaf, wk_mid;
	logic [TB-1:0] wk_top;
	logic [KB-2*WB-1:0] sk_t;
	assign sk_t = sk[KB-1:2*WB];
	always_comb begin
		wk_leaf = '0;
		wk_mid = '0;
		wk_top = '0;
		if (st == S_F5) begin
			wk_leaf = leaf_q & above(sk[WB-1:0]);
			wk_mid = mid_q & above(sk[2*WB-1:WB]);
			wk_top = (sk_side ? top_q[2*TB-1:TB] : top_q[TB-1:0]) &
				~((TB'(2) << sk_t) - TB'(1));
		end
	end

	logic wk_far;
	assign wk_far = {sk[KB-1:WB], ffs_at} > lim;

	// ---- states ----

	state_t st_more;
	assign st_more = replacing ? S_AGAIN : S_V;

	always_comb begin
		st_n = st;
		case (st)
		S_CLEAR: if (&clr) st_n = S_IDLE;
		S_IDLE: if (go) st_n = S_V;
		S_V:
			if (dry) st_n = S_F1;
			else if (op == exch_p::OP_REDUCE && qty_q[QB]) st_n = S_H2;
			else if (deep) st_n = S_H1;
			else st_n = S_X;
		S_H1: st_n = decrements ? S_H2 : S_X;
		S_H2: st_n = S_X;
		S_X: if (x_go) begin
			if (seeks) st_n = !leaf_none ? S_L1 : !mid_none ? S_M1 : S_T1;
			else if (more) st_n = st_more;
			else st_n = go ? S_V : S_IDLE;
		end
		S_AGAIN: st_n = S_V;
		S_T1:
			if (!none) st_n = S_T2;
			else if (sk_more) st_n = st_more;
			else st_n = go ? S_V : S_IDLE;
		S_T2: st_n = S_M1;
		S_M1: st_n = S_M2;
		S_M2: st_n = S_L1;
		S_L1: st_n = walk && wk_far ? S_V : S_L2;
		S_L2: st_n = walk ? S_F2 : S_L3;
		S_L3:
			if (sk_more) st_n = st_more;
			else st_n = go ? S_V : S_IDLE;
		// F1 asks for the first order; F2 has one, and F3 counts it
		S_F1: st_n = S_F2;
		S_F2: st_n = S_F3;
		S_F3: st_n = h_enough ? S_V : wk_slot == wk_tail ? S_F4 : S_F2;
		// the words of its level, and what is above it there
		S_F4: st_n = S_F5;
		S_F5: st_n = wk_leaf != '0 ? S_L1 : wk_mid != '0 ? S_M1 : wk_top != '0 ? S_T1 : S_V;
		default: st_n = S_IDLE;
		endcase
	end

	// ---- reads ----

	logic [SB-1:0] v_next, v_head;
	logic v_opp;
	logic [KB-WB-1:0] v_word;
	// Whose next order X may need: the maker's, or that behind the order that goes.
	assign v_opp = is_new || is_mass;
	assign v_next = v_opp ? opp.next : own.next;
	assign v_head = opp.head;
	assign v_word = opp.key[KB-1:WB];

	logic [KB-WB-1:0] i_word;
	assign i_word = i_side ? i_at[KB-1:WB] : ~i_at[KB-1:WB];

	// What cannot matter is not asked for: a table may have to fetch it, from
	// an address that says nothing.  Of a new order, who has its slot; of all
	// others the whole record.
	logic i_about, i_known;
	assign i_about = go && {16'd0, i_sym} < 32'(SYMS) && i_op != 4'd0 && i_op < exch_p::OP_MASS;
	assign i_known = i_about && i_op != exch_p::OP_NEW;
	// In V: the first of the other side may go, and with it the next one, or
	// the level.
	logic v_takes, v_leaves, v_more, f_more;
	assign v_takes = in_v && !sym_bad && opp.v && (is_new ? crosses : is_mass);
	assign v_leaves = in_v && !sym_bad && !v_opp && own.v && own.key == ckey && own.head == slot;
	assign v_more = (v_takes && opp.head != opp.tail) || (v_leaves && own.head != own.tail);
	assign f_more = st == S_F1 || (st == S_F3 && !h_enough && wk_slot != wk_tail);

	assign qty_ren = ce && (i_about || v_more || st == S_L2 || f_more);
	assign inf_ren = ce && (i_known || v_more || st == S_L2);
	assign nxt_ren = ce && (i_known || v_more || st == S_L2 || f_more);
	assign prv_ren = ce && i_known;
	assign ice_ren = ce && (i_known || (v_takes && opp.ice) || st == S_L2 || f_more);
	assign lvl_ren = ce && (i_about || (st == S_L1 && !(walk && wk_far)) || st == S_AGAIN);
	assign leaf_ren = ce && (i_about || (v_takes && opp.head == opp.tail) || st == S_M1 ||
		st == S_AGAIN || st == S_F4);
	assign mid_ren = ce && (go || in_v || st == S_T1 || st == S_AGAIN || st == S_F4);
	// These stay with the symbol of the command in hand: what is written comes
	// back at once.
	assign top_ren = go || x_do;
	assign ctx_ren = go || x_do || (l_next && ce);

	always_comb begin
		qty_raddr = i_slot[SB-1:0];
		nxt_raddr = i_slot[SB-1:0];
		ice_raddr = i_slot[SB-1:0];
		case (st)
		S_V: begin
			qty_raddr = v_next;
			nxt_raddr = v_next;
			ice_raddr = v_head;
		end
		S_L2: begin
			qty_raddr = lvl_q[SB-1:0];
			nxt_raddr = lvl_q[SB-1:0];
			ice_raddr = lvl_q[SB-1:0];
		end
		S_F1: begin
			qty_raddr = opp.head;
			nxt_raddr = opp.head;
			ice_raddr = opp.head;
		end
		S_F3: begin
			qty_raddr = o_nxt;
			nxt_raddr = o_nxt;
			ice_raddr = o_nxt;
		end
		default: ;
		endcase
		inf_raddr = qty_raddr;
		prv_raddr = i_slot[SB-1:0];

		lvl_raddr = {i_sym[YB-1:0], i_at};
		if (st == S_L1)
			lvl_raddr = {sym, sk_side ? {sk[KB-1:WB], ffs_at} : ~{sk[KB-1:WB], ffs_at}};
		else if (st == S_AGAIN)
			lvl_raddr = {sym, px};

		leaf_raddr = {i_sym[YB-1:0], i_side, i_word};
		mid_raddr = {i_sym[YB-1:0], i_side, i_word[KB-WB-1:WB]};
		case (st)
		S_V: begin
			leaf_raddr = {sym, !side, v_word};
			mid_raddr = {sym, !side, v_word[KB-WB-1:WB]};
		end
		S_AGAIN: begin
			leaf_raddr = {sym, side, okey[KB-1:WB]};
			mid_raddr = {sym, side, okey[KB-1:2*WB]};
		end
		S_M1: leaf_raddr = {sym, sk_side, sk[KB-1:2*WB], ffs_at};
		// with none, the next command may begin
		S_T1: if (!none) mid_raddr = {sym, sk_side, ffs_at[KB-2*WB-1:0]};
		S_F4: begin
			leaf_raddr = {sym, sk_side, sk[KB-1:WB]};
			mid_raddr = {sym, sk_side, sk[KB-1:2*WB]};
		end
		default: ;
		endcase
		ctx_raddr = in_ready ? i_sym[YB-1:0] : sym;
		top_raddr = ctx_raddr;
	end

	// ---- writes ----

	// An order leaves the queue of its level.
	logic between;
	assign between = outs && !o_head && !o_tail;

	// The side that changes.  The next order comes to be the first: of its
	// level, or of the level that was found.
	logic x_next, best_out, rest_best;
	side_t n;
	assign best_out = outs && o_best;
	assign rest_best = rests && is_new_best;
	assign x_next = m_gone || (m_again && !m_only) || (best_out && o_head);
	always_comb begin
		n = at;
		if (rest_best) begin
			n.v = 1'b1;
			n.key = okey;
			n.head = slot;
			n.tail = slot;
			n.next = slot;
			n.owner = owner;
		end
		if (rests && at_best) begin
			n.tail = slot;
			if (at.head == at.tail) n.next = slot;
		end
		if (best_out && !o_head) begin
			if (o_tail) n.tail = o_prv;
			if (o_prv == at.head) n.next = o_nxt;
		end
		if (x_next) begin
			n.v = m_again || !(outs ? o_tail : m_only);
			n.head = at.next;
			n.next = m_again && at.next == at.tail ? at.head : nxt_q;
			if (m_again) n.tail = at.head;
		end
		if (rest_best || trades || (cuts && (decrements || (o_best && o_head)))) begin
			n.qty = n_qty;
			n.ice = n_ice;
		end
		if (l_next) begin
			n.v = 1'b1;
			n.key = sk;
			n.head = wk_slot;
			n.tail = wk_tail;
			n.next = nxt_q;
		end
		if (x_next || l_next) begin
			n.qty = qty_q[QB-1:0];
			n.ice = qty_q[QB];
			n.owner = q_inf.owner;
		end
		if (clears) n.v = 1'b0;
	end

	logic keeps, changes;
	assign keeps = rests || cuts || (trades && !m_gone);
	assign changes = keeps || outs || m_gone;

	always_comb begin
		qty_wen = (x_do && changes) || clears;
		qty_waddr = clears ? SB'(clr) : at_slot;
		qty_wdata = {keeps && !clears, keeps && n_ice && !clears, n_qty};

		inf_wen = x_do && rests;
		inf_waddr = at_slot;
		inf_wdata = {side, sym, px, owner, gen};

		ice_wen = x_do && ((rests && n_ice) || m_again || (cuts && h_hidden != '0));
		ice_waddr = at_slot;
		ice_wdata = {n_hidden, h_peak};

		// A queue grows at its end, or closes over one that went.
		nxt_wen = x_do && ((rests && lvl_used) || (m_again && !m_only) || between);
		nxt_waddr = rests ? own_tail : outs ? o_prv : opp.tail;
		nxt_wdata = rests ? slot : outs ? o_nxt : opp.head;
		prv_wen = x_do && (rests || (m_again && !m_only) || between);
		prv_waddr = outs ? o_nxt : at_slot;
		prv_wdata = rests ? own_tail : outs ? o_prv : opp.tail;

		lvl_wen = x_do && (rests || (outs && o_head != o_tail) || ((m_gone || m_again) && !m_only));
		lvl_waddr = {sym, at_px};
		if (rests) lvl_wdata = {slot, lvl_used ? own_head : slot};
		else if (outs) lvl_wdata = o_head ? {own_tail, o_nxt} : {o_prv, own_head};
		else lvl_wdata = {m_again ? opp.head : opp.tail, opp.next};

		// While the tables are cleared the words are of the own side, and zero.
		leaf_wen = (x_do && ((rests && !lvl_used) || empties)) || clears;
		leaf_waddr = clears ? (YB+KB-WB+1)'(clr) : {sym, at_side, at_key[KB-1:WB]};
		leaf_wdata = n_leaf;
		mid_wen = (x_do && (rests || (empties && leaf_none))) || clears;
		mid_waddr = clears ? (YB+KB-2*WB+1)'(clr) : {sym, at_side, at_key[KB-1:2*WB]};
		mid_wdata = n_mid;
		top_wen = {2{clears}};
		if (x_do && (rests || (empties && leaf_none && mid_none))) top_wen[at_side] = 1'b1;
		top_waddr = clears ? YB'(clr) : sym;
		top_wdata = clears ? '0 : n_top;

		ctx_wen = {2{clears}};
		if (l_next && ce && !rst) ctx_wen[sk_side] = 1'b1;
		if (x_do && changes) ctx_wen[at_side] = 1'b1;
		ctx_waddr = clears ? YB'(clr) : sym;
		ctx_wdata = n;
	end

	// ---- events ----

	assign out_valid = st == S_X && ce && !rst;
	exch_event #(.QB(QB), .SB(SB), .KB(KB)) event_of (.asked(st == S_X), .act, .stp, .replacing,
		.fok(tif == exch_p::TIF_FOK), .side, .more, .gone(m_gone), .again(m_again), .code,
		.sym(sym16), .slot(slot32), .px(px24), .seq, .idx, .at_slot, .at_px, .left,
		.amount, .all(h_all[QB-1:0]), .shows(n_qty), .rest(n_all), .evt(out_evt));

	// ---- registers ----

	always_ff @(posedge clk) begin
		if (in_v && ce) begin
			first <= 1'b0;
			fresh <= 1'b0;
			act <= act_n;
			if (first) begin
				bad <= code_n != 4'd0;
				code <= code_n;
				o_nxt <= nxt_q;
				o_prv <= prv_q;
				o_head <= slot == lvl_q[SB-1:0];
				o_tail <= slot == lvl_q[2*SB-1:SB];
				o_best <= own.v && own.key == ckey;
			end
			if (fresh) begin
				own_leaf <= leaf_q;
				own_mid <= mid_q;
				{own_tail, own_head} <= lvl_q;
				lvl_used <= leaf_q[okey[WB-1:0]];
			end
			is_new_best <= !own.v || okey < own.key;
			at_best <= own.v && okey == own.key;
			m_done <= m_done_n;
			t_done <= !m_done_n || m_same;
			m_only <= opp.head == opp.tail;
			none <= 1'b0;
			if (is_mass) amount <= '1;	// so that `left' counts up
			else amount <= is_new && m_done_n && !dry ? opp.qty : left;

			h_qty <= v_opp ? opp.qty : qty_q[QB-1:0];
			h_hidden <= '0;
			h_peak <= ice_q[QB-1:0];
			if (is_new) begin
				if (!crosses) h_hidden <= left;
				h_peak <= peak;
			end else if (!is_mass && qty_q[QB])
				h_hidden <= ice_q[2*QB-1:QB];

			// for a dry walk
			sk <= opp.key;
			sk_side <= !side;
			walk <= dry;
			tried <= tried || dry;
			wk_slot <= opp.head;
			wk_tail <= opp.tail;
		end

		if (st == S_H1 && ce) begin
			{h_hidden, h_peak} <= ice_q;
			if (decrements) amount <= left;
		end
		// It is taken from the whole of an iceberg.
		if (st == S_H2 && ce) begin
			if (reduces && (!h_enough || h_exact)) act <= exch_p::A_OUT;
			m_done <= !h_enough || h_exact;
			t_done <= h_enough;
			if (!h_enough) amount <= h_all[QB-1:0];
		end

		if (x_do) begin
			idx <= idx + 16'd1;
			if (trades || decrements || act == exch_p::A_SWEEP) left <= left - amount;
			sk <= at_key;
			sk_side <= at_side;
			sk_more <= more;
			walk <= 1'b0;
			none <= leaf_none && mid_none && n_top == '0;
			w <= !leaf_none ? n_leaf : !mid_none ? n_mid : W'(n_top);
		end

		if (ce) case (st)
		S_T1: sk[KB-1:2*WB] <= ffs_at[KB-2*WB-1:0];
		S_T2: w <= mid_q;
		S_M1: sk[2*WB-1:WB] <= ffs_at;
		S_M2: w <= leaf_q;
		S_L1: sk[WB-1:0] <= ffs_at;
		S_L2: {wk_tail, wk_slot} <= lvl_q;
		S_F2: begin
			h_qty <= qty_q[QB-1:0];
			h_hidden <= qty_q[QB] ? ice_q[2*QB-1:QB] : '0;
			o_nxt <= nxt_q;
		end
		S_F3: begin
			if (h_enough) sure <= 1'b1;
			amount <= lacks[QB-1:0];
			wk_slot <= o_nxt;
		end
		S_F5: w <= wk_leaf != '0 ? wk_leaf : wk_mid != '0 ? wk_mid : W'(wk_top);
		S_AGAIN: begin
			op <= exch_p::OP_NEW;
			fresh <= 1'b1;
		end
		default: ;
		endcase

		// The next one: last, as it may begin in the cycle that ends this one.
		if (go) begin
			op <= i_op;
			stp <= in_cmd[6:4];
			side <= i_side ^ (i_op == exch_p::OP_MASS);
			tif <= in_cmd[10:9];
			mkt <= in_cmd[11] && i_op == exch_p::OP_NEW;
			post <= in_cmd[12];
			sym16 <= i_sym;
			slot32 <= i_slot;
			px24 <= i_px;
			opx24 <= i_opx;
			left <= i_op == exch_p::OP_MASS || i_op == exch_p::OP_BARRIER ? '0 : in_cmd[112 +: QB];
			qwide <= (in_cmd[143:112] >> QB) != 0;
			owner <= in_cmd[144 +: OB];
			gen <= in_cmd[176 +: GB];
			seq <= in_cmd[255:208];
			peak <= in_peak == '0 ? '1 : in_peak;
			idx <= '0;
			first <= 1'b1;
			fresh <= 1'b1;
			tried <= 1'b0;
			sure <= 1'b0;
			walk <= 1'b0;
		end

		if (ce) st <= st_n;
		if (ce) clr <= clears ? clr + CB'(1) : '0;
		if (rst) begin
			st <= S_CLEAR;
			clr <= '0;
			act <= exch_p::A_OUT;
			own_leaf <= '0;
			own_mid <= '0;
		end
	end

endmodule
