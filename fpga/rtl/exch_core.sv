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
	output logic top_wen,
	output logic [YB-1:0] top_waddr,
	output logic [2*TB-1:0] top_wdata,

	output logic ctx_ren,
	output logic [YB-1:0] ctx_raddr,
	input logic [2*SW-1:0] ctx_q,
	output logic ctx_wen,
	output logic [YB-1:0] ctx_waddr,
	output logic [2*SW-1:0] ctx_wdata
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

	typedef enum logic [3:0] {
		A_REJECT, A_REST, A_FILL, A_EXPIRE, A_OUT, A_CUT, A_STP, A_SWEEP,
		A_SWEPT, A_BARRIER
	} act_t;

	state_t st, st_n;
	act_t act, act_n;

	// The command in hand.
	logic [3:0] op;
	logic [2:0] stp;
	logic side, mkt, post;
	logic [1:0] tif;
	logic [15:0] sym16;
	logic [31:0] slot32;
	logic [23:0] px24, opx24;
	logic [QB-1:0] left;
	logic [OB-1:0] owner;
	logic [GB-1:0] gen;
	logic [47:0] seq;
	logic [QB-1:0] peak;
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

	// Of the symbol.
	// Each a side_t; yosys takes an array of structures for one structure.
	(* mem2reg *) logic [SW-1:0] cx[0:1];
	logic [TB-1:0] top_r[0:1];

	// Of the order's own price, as the tables said in V.
	logic [W-1:0] own_leaf, own_mid;
	logic [SB-1:0] own_head, own_tail;
	// Of the order of `slot`.
	logic [QB-1:0] o_qty, o_hidden;
	logic [SB-1:0] o_nxt, o_prv;

	// Decided in V for X.
	logic [3:0] code;
	logic bad;		// it is rejected, for that
	logic is_new_best, at_best, lvl_used;
	logic o_head, o_tail, o_best;
	logic m_done, t_done, m_only;
	logic [QB-1:0] amount;

	// Looking for the next level.
	logic [W-1:0] w;
	logic [KB-1:0] sk;
	logic sk_side;		// whose levels: 1 asks
	logic sk_more;		// the command goes on behind it
	logic walk;		// a dry walk: nothing changes
	logic [SB-1:0] wk_slot, wk_tail;
	logic [QB-1:0] need;

	// An order that is cut, looked at whole: of icebergs this takes longer.
	logic [QB-1:0] h_qty, h_hidden, h_peak;
	logic [QB:0] h_all;
	assign h_all = {1'b0, h_qty} + {1'b0, h_hidden};

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

	side_t q_bid, q_ask;
	assign {q_ask, q_bid} = ctx_q;
	inf_t q_inf;
	assign q_inf = inf_q;

	side_t own, opp;
	logic [KB-1:0] lim, okey, ckey;
	logic replacing;
	assign own = first ? (side ? q_ask : q_bid) : cx[side];
	assign opp = first ? (side ? q_bid : q_ask) : cx[!side];
	assign lim = mkt ? {KB{1'b1}} : side ? ~px : px;
	assign okey = side ? px : ~px;
	// The key of the price whose level the tables were asked about.
	assign replacing = op == exch_p::OP_REPLACE;
	assign ckey = replacing ? (side ? opx24[KB-1:0] : ~opx24[KB-1:0]) : okey;

	logic crosses, is_new, is_own;
	assign crosses = opp.v && opp.key <= lim;
	assign is_new = op == exch_p::OP_NEW;
	assign is_own = stp != exch_p::STP_OFF && owner != '0 && owner == opp.owner;

	logic sym_bad, px_bad, opx_bad, slot_bad, o_bad;
	assign sym_bad = {16'd0, sym16} >= 32'(SYMS);
	assign px_bad = {8'd0, px24} >= 32'(LEVELS);
	assign opx_bad = {8'd0, opx24} >= 32'(LEVELS);
	assign slot_bad = (slot32 >> SB) != 0;
	assign o_bad = q_inf.gen != gen || q_inf.side != side || q_inf.sym != sym ||
		q_inf.px != (replacing ? opx24[KB-1:0] : px);

	logic [3:0] code_n;
	always_comb begin
		code_n = 4'd0;
		if (op == exch_p::OP_BARRIER)
			code_n = 4'd0;
		else if (op == 4'd0 || op > exch_p::OP_BARRIER)
			code_n = exch_p::NO_OP;
		else if (sym_bad)
			code_n = exch_p::NO_SYMBOL;
		else if (op == exch_p::OP_MASS)
			code_n = 4'd0;
		else if (slot_bad)
			code_n = exch_p::NO_SLOT;
		else if ((px_bad && !(is_new && mkt)) || (replacing && opx_bad))
			code_n = exch_p::NO_PRICE;
		else if (op != exch_p::OP_CANCEL && (left == '0 || qwide))
			code_n = exch_p::NO_QTY;
		else if ((is_new || replacing) && (stp > exch_p::STP_DECREMENT || tif > exch_p::TIF_FOK))
			code_n = exch_p::NO_OP;
		else if (is_new && qty_q[QB+1])
			code_n = exch_p::NO_SLOT;
		else if (!is_new && !qty_q[QB+1])
			code_n = exch_p::NO_LIVE;
		else if (!is_new && o_bad)
			code_n = exch_p::NO_MATCH;
		else if ((is_new || replacing) && post && crosses)
			code_n = exch_p::NO_POST;
	end

	// A dry walk has to be done first.  Nothing here waits for what the table
	// says of the order of `slot`; a rejected command takes no harm by it.
	logic dry;
	assign dry = is_new && tif == exch_p::TIF_FOK && !tried && crosses && !sym_bad;

	always_comb begin
		act_n = A_REST;
		if (first ? code_n != 4'd0 : bad)
			act_n = A_REJECT;
		else case (op)
		exch_p::OP_BARRIER:
			act_n = A_BARRIER;
		exch_p::OP_MASS:
			act_n = opp.v ? A_SWEEP : A_SWEPT;
		exch_p::OP_CANCEL, exch_p::OP_REPLACE:
			act_n = A_OUT;
		exch_p::OP_REDUCE:
			// of an iceberg, H2 sees
			act_n = left >= qty_q[QB-1:0] && !qty_q[QB] ? A_OUT : A_CUT;
		default:
			if (tif == exch_p::TIF_FOK && !sure)
				act_n = A_EXPIRE;
			else if (crosses)
				act_n = is_own ? A_STP : A_FILL;
			else if (mkt || tif != exch_p::TIF_DAY)
				act_n = A_EXPIRE;
		endcase
	end

	// ---- X ----

	side_t me, it;		// own and other side as V left them
	assign me = cx[side];
	assign it = cx[!side];

	logic [QB-1:0] shown, hidden, m_left, m_hidden, m_shown;
	assign shown = peak != '0 && peak < left ? peak : left;
	assign hidden = left - shown;
	assign m_left = it.qty - amount;
	// The next part of an iceberg.
	logic [QB-1:0] i_hidden, i_peak;
	assign {i_hidden, i_peak} = ice_q;
	assign m_shown = i_hidden < i_peak ? i_hidden : i_peak;
	assign m_hidden = i_hidden < i_peak ? '0 : i_hidden - i_peak;

	logic [KB-1:0] m_px;	// the price of the maker
	assign m_px = side ? ~it.key : it.key;
	logic [QB-1:0] m_all;	// all that the maker has
	assign m_all = it.qty + (it.ice ? i_hidden : '0);

	// Does the first order of the other side leave, refresh, or stay.
	logic trades, sweeps, m_gone, m_again;
	assign trades = act == A_FILL;
	assign sweeps = act == A_SWEEP || (act == A_STP && (stp == exch_p::STP_OLDEST ||
		stp == exch_p::STP_BOTH || (stp == exch_p::STP_DECREMENT && m_done)));
	assign m_gone = sweeps || (trades && m_done && !it.ice);
	assign m_again = trades && m_done && it.ice;

	logic empties;		// the level has no orders any more
	logic e_best;		// and was the best of its side
	logic e_side;
	logic [KB-1:0] e_key;
	logic [W-1:0] e_leaf, e_mid;
	logic [TB-1:0] e_top;
	logic out_only;
	assign out_only = act == A_OUT && o_head && o_tail;
	assign empties = (m_gone && m_only) || out_only;
	assign e_best = act != A_OUT || o_best;
	assign e_side = act == A_OUT ? side : !side;
	assign e_key = act == A_OUT ? ckey : it.key;
	assign e_leaf = (act == A_OUT ? own_leaf : leaf_q) & ~(W'(1) << e_key[WB-1:0]);
	assign e_mid = (act == A_OUT ? own_mid : mid_q) & ~(W'(1) << e_key[2*WB-1:WB]);
	assign e_top = top_r[e_side] & ~(TB'(1) << e_key[KB-1:2*WB]);

	// Whether the command goes on after this X.
	logic more;
	always_comb begin
		more = 1'b0;
		case (act)
		A_FILL: more = !t_done;
		A_STP: more = stp == exch_p::STP_OLDEST || (stp == exch_p::STP_DECREMENT && !t_done);
		A_SWEEP: more = 1'b1;
		A_OUT: more = replacing;
		default: ;
		endcase
	end

	assign x_go = out_ready && ce;

	logic seeks;
	assign seeks = empties && e_best && (e_leaf != '0 || e_mid != '0 || e_top != '0);

	assign fin = (st == S_X && x_go && !more && !seeks) || (st == S_L3 && !sk_more);

	// ---- the next level ----

	logic [WB-1:0] ffs_at;
	exch_ffs #(.B(WB)) ffs (.w(w), .at(ffs_at));

	function automatic logic [W-1:0] above(input logic [WB-1:0] b);
		above = ~((W'(2) << b) - W'(1));
	endfunction

	logic [W-1:0] wk_leaf, wk_mid;
	logic [TB-1:0] wk_top;
	logic [KB-2*WB-1:0] sk_t;
	assign sk_t = sk[KB-1:2*WB];
	assign wk_leaf = leaf_q & above(sk[WB-1:0]);
	assign wk_mid = mid_q & above(sk[2*WB-1:WB]);
	assign wk_top = top_r[sk_side] & ~((TB'(2) << sk_t) - TB'(1));

	logic wk_enough, wk_far;
	assign wk_enough = {1'b0, need} <= h_all;
	assign wk_far = {sk[KB-1:WB], ffs_at} > lim;

	// ---- states ----

	always_comb begin
		st_n = st;
		case (st)
		S_CLEAR: if (&clr) st_n = S_IDLE;
		S_IDLE: if (go) st_n = S_V;
		S_V:
			if (dry) st_n = S_F1;
			else if (op == exch_p::OP_REDUCE && qty_q[QB]) st_n = S_H2;
			else if (is_new && crosses && is_own && stp == exch_p::STP_DECREMENT && opp.ice)
				st_n = S_H1;
			else st_n = S_X;
		S_H1: st_n = S_H2;
		S_H2: st_n = S_X;
		S_X: if (x_go) begin
			if (seeks) st_n = e_leaf != '0 ? S_L1 : e_mid != '0 ? S_M1 : S_T1;
			else if (more) st_n = replacing ? S_AGAIN : S_V;
			else st_n = go ? S_V : S_IDLE;
		end
		S_AGAIN: st_n = S_V;
		S_T1: st_n = S_T2;
		S_T2: st_n = S_M1;
		S_M1: st_n = S_M2;
		S_M2: st_n = S_L1;
		S_L1: st_n = walk && wk_far ? S_V : S_L2;
		S_L2: st_n = walk ? S_F2 : S_L3;
		S_L3:
			if (sk_more) st_n = replacing ? S_AGAIN : S_V;
			else st_n = go ? S_V : S_IDLE;
		// F1 asks for the first order; F2 has one, and F3 counts it
		S_F1: st_n = S_F2;
		S_F2: st_n = S_F3;
		S_F3: st_n = wk_enough ? S_V : wk_slot == wk_tail ? S_F4 : S_F2;
		// the words of its level, and what is above it there
		S_F4: st_n = S_F5;
		S_F5: st_n = wk_leaf != '0 ? S_L1 : wk_mid != '0 ? S_M1 : wk_top != '0 ? S_T1 : S_V;
		default: st_n = S_IDLE;
		endcase
	end

	// ---- reads ----

	logic in_v;
	logic [SB-1:0] v_next, v_head;
	logic v_opp;
	logic [KB-WB-1:0] v_word;
	assign in_v = st == S_V;
	// Whose next order X may need: the maker's, or that behind the order that goes.
	assign v_opp = op == exch_p::OP_NEW || op == exch_p::OP_MASS;
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
	assign v_takes = in_v && !sym_bad && opp.v && (is_new ? crosses : op == exch_p::OP_MASS);
	assign v_leaves = in_v && !sym_bad && !v_opp && own.v && own.key == ckey && own.head == slot;
	assign v_more = (v_takes && opp.head != opp.tail) || (v_leaves && own.head != own.tail);
	assign f_more = st == S_F1 || (st == S_F3 && !wk_enough && wk_slot != wk_tail);

	assign qty_ren = ce && (i_about || v_more || st == S_L2 || f_more);
	assign inf_ren = ce && (i_known || v_more || st == S_L2);
	assign nxt_ren = ce && (i_known || v_more || st == S_L2 || f_more);
	assign prv_ren = ce && i_known;
	assign ice_ren = ce && (i_known || (v_takes && opp.ice) || st == S_L2 || f_more);
	assign lvl_ren = ce && (i_about || (st == S_L1 && !(walk && wk_far)) || st == S_AGAIN);
	assign leaf_ren = ce && (i_about || (v_takes && opp.head == opp.tail) || st == S_M1 ||
		st == S_AGAIN || st == S_F4);
	assign mid_ren = ce && (go || in_v || st == S_T1 || st == S_AGAIN || st == S_F4);
	assign top_ren = go;
	assign ctx_ren = go;

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
			qty_raddr = it.head;
			nxt_raddr = it.head;
			ice_raddr = it.head;
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
		S_T1: mid_raddr = {sym, sk_side, ffs_at[KB-2*WB-1:0]};
		S_F4: begin
			leaf_raddr = {sym, sk_side, sk[KB-1:WB]};
			mid_raddr = {sym, sk_side, sk[KB-1:2*WB]};
		end
		default: ;
		endcase
		top_raddr = i_sym[YB-1:0];
		ctx_raddr = i_sym[YB-1:0];
	end

	// ---- writes ----

	logic x_do;
	assign x_do = st == S_X && x_go && !rst;

	logic rests, outs, cuts;
	assign rests = act == A_REST;
	assign outs = act == A_OUT;
	assign cuts = act == A_CUT || (act == A_STP && stp == exch_p::STP_DECREMENT && !m_done);

	// What is cut comes out of the hidden part first.
	logic [SB-1:0] c_slot;
	logic [QB-1:0] c_qty, c_hidden, c_from, c_peak;
	logic c_ice;
	logic [QB-1:0] h_from;
	assign h_from = act == A_CUT ? h_qty : it.qty;
	assign c_slot = act == A_CUT ? slot : it.head;
	assign c_from = act == A_CUT || it.ice ? h_hidden : '0;
	assign c_peak = h_peak;
	assign c_hidden = c_from > amount ? c_from - amount : '0;
	assign c_qty = h_from - (c_from > amount ? '0 : amount - c_from);
	assign c_ice = c_hidden != '0;

	side_t me_n, it_n;
	always_comb begin
		me_n = me;
		it_n = it;
		if (rests) begin
			if (is_new_best)
				me_n = {1'b1, hidden != '0, okey, slot, slot, slot, shown, owner};
			else if (at_best) begin
				me_n.tail = slot;
				if (me.head == me.tail) me_n.next = slot;
			end
		end
		if (outs && o_best) begin
			if (o_head) begin
				me_n.v = !o_tail;
				me_n.head = me.next;
				me_n.next = nxt_q;
				me_n.qty = qty_q[QB-1:0];
				me_n.ice = qty_q[QB];
				me_n.owner = q_inf.owner;
			end else begin
				if (o_tail) me_n.tail = o_prv;
				if (o_prv == me.head) me_n.next = o_nxt;
			end
		end
		if (act == A_CUT && o_best && o_head) begin
			me_n.qty = c_qty;
			me_n.ice = c_ice;
		end
		if (m_gone) begin
			it_n.v = !m_only;
			it_n.head = it.next;
			it_n.next = nxt_q;
			it_n.qty = qty_q[QB-1:0];
			it_n.ice = qty_q[QB];
			it_n.owner = q_inf.owner;
		end else if (m_again && m_only) begin
			it_n.qty = m_shown;
			it_n.ice = m_hidden != '0;
		end else if (m_again) begin
			it_n.head = it.next;
			it_n.tail = it.head;
			it_n.next = it.next == it.tail ? it.head : nxt_q;
			it_n.qty = qty_q[QB-1:0];
			it_n.ice = qty_q[QB];
			it_n.owner = q_inf.owner;
		end else if (trades) begin
			it_n.qty = m_left;
		end else if (cuts && act == A_STP) begin
			it_n.qty = c_qty;
			it_n.ice = c_ice;
		end
	end

	side_t found;
	assign found = {1'b1, qty_q[QB], sk, wk_slot, wk_tail, nxt_q, qty_q[QB-1:0], q_inf.owner};

	always_comb begin
		qty_wen = x_do && (rests || outs || trades || sweeps || cuts);
		qty_waddr = rests || outs || act == A_CUT ? slot : it.head;
		qty_wdata = '0;
		if (rests) qty_wdata = {1'b1, hidden != '0, shown};
		else if (m_again) qty_wdata = {1'b1, m_hidden != '0, m_shown};
		else if (cuts) qty_wdata = {1'b1, c_ice, c_qty};
		else if (trades && !m_done) qty_wdata = {1'b1, it.ice, m_left};

		inf_wen = x_do && rests;
		inf_waddr = slot;
		inf_wdata = {side, sym, px, owner, gen};

		ice_wen = x_do && ((rests && hidden != '0) || m_again || (cuts && c_from != '0));
		ice_waddr = rests ? slot : m_again ? it.head : c_slot;
		ice_wdata = rests ? {hidden, peak} : m_again ? {m_hidden, i_peak} : {c_hidden, c_peak};

		// A queue grows at its end, or closes over one that went.
		nxt_wen = x_do && ((rests && lvl_used) || (m_again && !m_only) ||
			(outs && !o_head && !o_tail));
		nxt_waddr = rests ? own_tail : outs ? o_prv : it.tail;
		nxt_wdata = rests ? slot : outs ? o_nxt : it.head;
		prv_wen = x_do && (rests || (m_again && !m_only) || (outs && !o_head && !o_tail));
		prv_waddr = rests ? slot : outs ? o_nxt : it.head;
		prv_wdata = rests ? own_tail : outs ? o_prv : it.tail;

		lvl_wen = x_do && (rests || (outs && o_head != o_tail) || ((m_gone || m_again) && !m_only));
		lvl_waddr = {sym, rests || outs ? (replacing ? opx24[KB-1:0] : px) : m_px};
		if (rests) lvl_wdata = {slot, lvl_used ? own_head : slot};
		else if (outs) lvl_wdata = o_head ? {own_tail, o_nxt} : {o_prv, own_head};
		else lvl_wdata = {m_again ? it.head : it.tail, it.next};

		leaf_wen = (x_do && ((rests && !lvl_used) || empties)) || st == S_CLEAR;
		leaf_waddr = rests ? {sym, side, okey[KB-1:WB]} : {sym, e_side, e_key[KB-1:WB]};
		leaf_wdata = rests ? own_leaf | W'(1) << okey[WB-1:0] : e_leaf;
		mid_wen = (x_do && (rests || (empties && e_leaf == '0))) || st == S_CLEAR;
		mid_waddr = rests ? {sym, side, okey[KB-1:2*WB]} : {sym, e_side, e_key[KB-1:2*WB]};
		mid_wdata = rests ? own_mid | W'(1) << okey[2*WB-1:WB] : e_mid;
		top_wen = (x_do && (rests || (empties && e_leaf == '0 && e_mid == '0))) || st == S_CLEAR;
		top_waddr = sym;
		top_wdata = {top_r[1], top_r[0]};
		if (rests) begin
			if (side) top_wdata[2*TB-1:TB] = top_r[1] | TB'(1) << okey[KB-1:2*WB];
			else top_wdata[TB-1:0] = top_r[0] | TB'(1) << okey[KB-1:2*WB];
		end else begin
			if (e_side) top_wdata[2*TB-1:TB] = e_top;
			else top_wdata[TB-1:0] = e_top;
		end

		ctx_wen = (x_do && (rests || outs || trades || sweeps || cuts)) || (st == S_L3 && !walk && ce && !rst) || st == S_CLEAR;
		ctx_waddr = sym;
		ctx_wdata = side ? {me_n, it_n} : {it_n, me_n};
		if (st == S_L3)
			ctx_wdata = sk_side ? {found, cx[0]} : {cx[1], found};

		if (st == S_CLEAR) begin
			qty_wen = 1'b1;
			qty_waddr = SB'(clr);
			qty_wdata = '0;
			leaf_waddr = (YB+KB-WB+1)'(clr);
			leaf_wdata = '0;
			mid_waddr = (YB+KB-2*WB+1)'(clr);
			mid_wdata = '0;
			top_waddr = YB'(clr);
			top_wdata = '0;
			ctx_waddr = YB'(clr);
			ctx_wdata = '0;
		end
	end

	// ---- events ----

	logic [7:0] e_kind;
	logic [31:0] e_qty, e_rem, e_maker, e_px;
	logic [3:0] e_code;
	logic e_last, e_gone;

	always_comb begin
		e_kind = exch_p::EV_REJECTED;
		e_maker = 32'(it.head);
		e_px = 32'(m_px);
		e_qty = 32'(left);
		e_rem = '0;
		e_code = 4'd0;
		e_last = !more;
		e_gone = m_gone;
		case (act)
		A_REST: begin
			e_kind = exch_p::EV_RESTED;
			e_maker = '0;
			e_px = {8'd0, px24};
			e_rem = 32'(shown);
		end
		A_FILL: begin
			e_kind = exch_p::EV_TRADE;
			e_qty = 32'(amount);
			e_rem = 32'(m_again ? m_shown : m_left);
		end
		A_EXPIRE: begin
			e_kind = exch_p::EV_EXPIRED;
			e_maker = '0;
			e_px = {8'd0, px24};
			e_code = tif == exch_p::TIF_FOK ? exch_p::NO_FILL : 4'd0;
		end
		A_OUT: begin
			e_kind = replacing ? exch_p::EV_REPLACED : exch_p::EV_CANCELLED;
			e_maker = slot32;
			e_px = {8'd0, replacing ? opx24 : px24};
			e_qty = 32'(o_qty + o_hidden);
			e_gone = 1'b1;
		end
		A_CUT: begin
			e_kind = exch_p::EV_REDUCED;
			e_maker = slot32;
			e_px = {8'd0, px24};
			e_qty = 32'(amount);
			e_rem = 32'(c_qty + c_hidden);
		end
		A_STP: begin
			e_kind = exch_p::EV_PREVENTED;
			case (stp)
			exch_p::STP_NEWEST: e_qty = 32'(left);
			exch_p::STP_DECREMENT: begin
				e_qty = 32'(amount);
				e_rem = cuts ? 32'(c_qty + c_hidden) : '0;
			end
			exch_p::STP_BOTH: begin
				e_qty = m_all;
				e_rem = 32'(left);
			end
			default: e_qty = m_all;
			endcase
		end
		A_SWEEP: begin
			e_kind = exch_p::EV_CANCELLED;
			e_qty = m_all;
		end
		A_SWEPT: begin
			e_kind = exch_p::EV_SWEPT;
			e_maker = '0;
			e_px = '0;
		end
		A_BARRIER: begin
			e_kind = exch_p::EV_BARRIER;
			e_maker = '0;
			e_px = '0;
			e_qty = '0;
		end
		default: begin
			e_maker = '0;
			e_px = {8'd0, px24};
			e_code = code;
		end
		endcase
	end

	assign out_valid = st == S_X && ce && !rst;
	assign out_evt = {idx, seq, e_rem, e_qty, e_px, e_maker, slot32, sym16,
		e_code, m_again, e_gone, side, e_last, e_kind};

	// ---- registers ----

	always_ff @(posedge clk) begin
		if (in_v && ce) begin
			first <= 1'b0;
			fresh <= 1'b0;
			cx[side] <= own;
			cx[!side] <= opp;
			act <= act_n;
			if (first) {bad, code} <= {code_n != 4'd0, code_n};
			if (first) begin
				{top_r[1], top_r[0]} <= top_q;
				o_qty <= qty_q[QB-1:0];
				o_hidden <= qty_q[QB] ? ice_q[2*QB-1:QB] : '0;
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
			m_done <= opp.qty <= left;
			t_done <= left <= opp.qty;
			m_only <= opp.head == opp.tail;
			amount <= is_new && opp.qty <= left ? opp.qty : left;
			// for a dry walk
			sk <= opp.key;
			sk_side <= !side;
			walk <= dry;
			tried <= tried || dry;
			wk_slot <= opp.head;
			wk_tail <= opp.tail;
			need <= left;
		end

		if (in_v && ce) begin
			h_qty <= op == exch_p::OP_REDUCE ? qty_q[QB-1:0] : opp.qty;
			h_hidden <= qty_q[QB] ? ice_q[2*QB-1:QB] : '0;
			h_peak <= ice_q[QB-1:0];
		end
		if (st == S_H1 && ce) {h_hidden, h_peak} <= ice_q;
		if (st == S_H2 && ce) begin
			if (act == A_CUT && h_all <= {1'b0, left}) act <= A_OUT;
			// Prevention by decrement takes from the whole of it.
			if (act == A_STP) begin
				m_done <= h_all <= {1'b0, left};
				t_done <= {1'b0, left} <= h_all;
				amount <= h_all <= {1'b0, left} ? h_all[QB-1:0] : left;
			end
		end

		if (x_do) begin
			idx <= idx + 16'd1;
			cx[side] <= me_n;
			cx[!side] <= it_n;
			if (rests || empties) begin
				if (top_wen) {top_r[1], top_r[0]} <= top_wdata;
			end
			if (trades || (act == A_STP && stp == exch_p::STP_DECREMENT))
				left <= left - amount;
			if (act == A_SWEEP) left <= left + QB'(1);
			sk <= e_key;
			sk_side <= e_side;
			sk_more <= more;
			walk <= 1'b0;
			w <= e_leaf != '0 ? e_leaf : e_mid != '0 ? e_mid : W'(e_top);
		end

		if (ce) case (st)
		S_T1: sk[KB-1:2*WB] <= ffs_at[KB-2*WB-1:0];
		S_T2: w <= mid_q;
		S_M1: sk[2*WB-1:WB] <= ffs_at;
		S_M2: w <= leaf_q;
		S_L1: sk[WB-1:0] <= ffs_at;
		S_L2: {wk_tail, wk_slot} <= lvl_q;
		S_L3: cx[sk_side] <= found;
		S_F2: begin
			h_qty <= qty_q[QB-1:0];
			h_hidden <= qty_q[QB] ? ice_q[2*QB-1:QB] : '0;
			o_nxt <= nxt_q;
		end
		S_F3: begin
			if (wk_enough) sure <= 1'b1;
			need <= need - h_all[QB-1:0];
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
			left <= i_op == exch_p::OP_MASS ? '0 : in_cmd[112 +: QB];
			qwide <= (in_cmd[143:112] >> QB) != 0;
			owner <= in_cmd[144 +: OB];
			gen <= in_cmd[176 +: GB];
			seq <= in_cmd[255:208];
			peak <= in_peak;
			idx <= '0;
			first <= 1'b1;
			fresh <= 1'b1;
			tried <= 1'b0;
			sure <= 1'b0;
			walk <= 1'b0;
		end

		if (ce) st <= st_n;
		if (ce) clr <= st == S_CLEAR ? clr + CB'(1) : '0;
		if (rst) begin
			st <= S_CLEAR;
			clr <= '0;
		end
	end

endmodule
