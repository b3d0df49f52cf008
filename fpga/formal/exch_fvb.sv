// The book as the events tell it, and what they have to keep to.  Nothing
// here looks at the matcher or its tables, but for what is shown of an order.
// Of N slots: which live, where and with how much, and which came first.
module exch_fvb #(
	parameter KB = 3,
	parameter SB = 2,
	parameter QB = 2,
	parameter OB = 1,
	parameter GB = 1,
	parameter N = 1 << SB,
	parameter AB = QB + 1 + SB	// bits of a sum over the book
) (
	input logic clk,
	input logic rst,

	// the command in hand and what is left of its quantity
	input logic [3:0] op,
	input logic [2:0] stp,
	input logic side,
	input logic mkt,
	input logic post,
	input logic [1:0] tif,
	input logic [KB-1:0] px,
	input logic [SB-1:0] slot,
	input logic [QB-1:0] left,
	input logic [QB-1:0] peak,
	input logic [OB-1:0] owner,
	input logic [GB-1:0] gen,
	input logic heard,		// it had an event
	input logic traded,
	input logic [3:0] code,		// why it has to be rejected

	input logic evt,
	/* verilator lint_off UNUSEDSIGNAL */
	input logic [255:0] out_evt,
	/* verilator lint_on UNUSEDSIGNAL */
	input logic [N*QB-1:0] shown,	// by each order
	input logic [N*QB-1:0] next_part,	// and after that, of an iceberg

	output logic [N-1:0] live,
	output logic [N-1:0] sells,
	output logic [N*KB-1:0] pxs,
	output logic [N*QB-1:0] opens,	// open in all
	output logic [N*OB-1:0] owners,
	output logic [N*GB-1:0] gens,
	output logic [N*N-1:0] earlier,	// [s*N+t]: s came before t

	output logic crosses,		// somebody is there for the command
	output logic [AB-1:0] avail,	// and so much in all
	// What is broken.
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
	output logic [11:0] met
);
	// ---- the event ----

	logic [7:0] kind;
	logic e_last, e_side, e_gone, e_again;
	logic [3:0] e_code;
	logic [31:0] e_slot, e_maker, e_px, e_qty, e_rem;
	assign {e_rem, e_qty, e_px, e_maker, e_slot} = out_evt[191:32];
	assign {e_code, e_again, e_gone, e_side, e_last, kind} = out_evt[15:0];
	logic [SB-1:0] m;
	assign m = e_maker[SB-1:0];

	logic is_trade, is_rest, is_expire, is_prevent, is_reject, is_cancel;
	logic is_reduce, is_replace, is_swept, takes;
	assign is_trade = evt && kind == exch_p::EV_TRADE;
	assign is_rest = evt && kind == exch_p::EV_RESTED;
	assign is_expire = evt && kind == exch_p::EV_EXPIRED;
	assign is_prevent = evt && kind == exch_p::EV_PREVENTED;
	assign is_reject = evt && kind == exch_p::EV_REJECTED;
	assign is_cancel = evt && kind == exch_p::EV_CANCELLED;
	assign is_reduce = evt && kind == exch_p::EV_REDUCED;
	assign is_replace = evt && kind == exch_p::EV_REPLACED;
	assign is_swept = evt && kind == exch_p::EV_SWEPT;
	assign takes = op == exch_p::OP_NEW || op == exch_p::OP_REPLACE;

	// ---- the book ----

	// order[s*N+t], for s < t: s came before t
	logic [N*N-1:0] order;
	always_comb begin
		earlier = '0;
		for (int s = 0; s < N; s++)
			for (int t = 0; t < N; t++)
				earlier[s*N+t] = s < t ? order[s*N+t] : s > t ? !order[t*N+s] : 1'b0;
	end

	logic [SB-1:0] back;	// who goes to the end of all queues
	assign back = is_rest ? e_slot[SB-1:0] : m;

	always_ff @(posedge clk) begin
		if (evt && e_gone) live[m] <= 1'b0;
		if (is_trade || is_reduce || (is_prevent && stp == exch_p::STP_DECREMENT))
			opens[m*QB +: QB] <= opens[m*QB +: QB] - e_qty[QB-1:0];
		for (int s = 0; s < N; s++)
			for (int t = s + 1; t < N; t++) begin
				if ((is_rest || (evt && e_again)) && back == SB'(s)) order[s*N+t] <= 1'b0;
				if ((is_rest || (evt && e_again)) && back == SB'(t)) order[s*N+t] <= 1'b1;
			end
		if (is_rest) begin
			live[back] <= 1'b1;
			sells[back] <= e_side;
			pxs[back*KB +: KB] <= e_px[KB-1:0];
			opens[back*QB +: QB] <= e_qty[QB-1:0];
			owners[back*OB +: OB] <= owner;
			gens[back*GB +: GB] <= gen;
		end
		if (rst) begin
			live <= '0;
			order <= '1;
		end
	end

	// ---- who is there for the command ----

	logic [N-1:0] reach;	// of the other side, within the limit
	logic [N-1:0] first;	// nobody of the other side comes before it
	logic [N-1:0] older;	// a live order of its price came before it
	logic [N-1:0] better;	// one of its side has a better price
	always_comb begin
		reach = '0;
		older = '0;
		better = '0;
		avail = '0;
		for (int s = 0; s < N; s++) begin
			reach[s] = live[s] && sells[s] != side && (mkt || (side ?
				pxs[s*KB +: KB] >= px : pxs[s*KB +: KB] <= px));
			for (int t = 0; t < N; t++)
				if (live[t] && sells[t] == sells[s]) begin
					if (pxs[t*KB +: KB] == pxs[s*KB +: KB] && earlier[t*N+s]) older[s] = 1'b1;
					if (sells[s] ? pxs[t*KB +: KB] < pxs[s*KB +: KB] :
						pxs[t*KB +: KB] > pxs[s*KB +: KB]) better[s] = 1'b1;
				end
			if (reach[s]) avail = avail + AB'(opens[s*QB +: QB]);
		end
		crosses = reach != '0;
		first = live & ~older & ~better & (side ? ~sells : sells);
	end

	// ---- what is told of the maker ----

	logic m_first, same_owner, noself;
	logic [QB-1:0] m_open, m_shown, m_next;
	assign m_first = e_maker == 32'(m) && first[m];
	assign m_open = opens[m*QB +: QB];
	assign m_shown = shown[m*QB +: QB];
	assign m_next = next_part[m*QB +: QB];
	assign noself = stp == exch_p::STP_OFF || owner == '0;
	assign same_owner = !noself && owners[m*OB +: OB] == owner;

	logic [31:0] rests;	// what an order shows that rests now
	assign rests = 32'(peak != '0 && peak < left ? peak : left);

	logic [QB-1:0] gives;	// what prevention takes, or a trade
	assign gives = stp == exch_p::STP_DECREMENT && is_prevent ?
		(m_open < left ? m_open : left) : m_shown < left ? m_shown : left;

	always_comb begin
		// a trade keeps to the limit, at the price of its maker
		bad_limit = is_trade && (!reach[m] || e_px != 32'(pxs[m*KB +: KB]));
		// what trades, rests or expires adds up to the quantity
		bad_adds = (is_trade && (e_qty != 32'(gives) || e_last != (e_qty == 32'(left)))) ||
			((is_rest || is_expire) && e_qty != 32'(left));
		// a maker lives, keeps what it does not trade, and goes with the last
		bad_maker = is_trade && (e_maker != 32'(m) || !live[m] || e_qty == '0 || m_open < e_qty[QB-1:0] ||
			e_gone != (m_open == e_qty[QB-1:0]) ||
			e_again != (m_shown == e_qty[QB-1:0] && !e_gone) ||
			e_rem != 32'(e_again ? m_next : QB'(m_shown - e_qty[QB-1:0])));
		// first in, first out within a price
		bad_fifo = is_trade && older[m];
		// the better price trades first
		bad_price = is_trade && better[m];
		// all or none
		bad_fok_all = takes && tif == exch_p::TIF_FOK && noself && ((is_expire && traded) ||
			is_rest || (is_trade && e_last && e_qty != 32'(left)));
		// and it fills if it can
		bad_fok_can = takes && tif == exch_p::TIF_FOK && is_expire && !traded && noself &&
			avail >= AB'(left);
		// post-only never takes
		bad_post = post && takes && (is_trade || is_prevent);
		// who does not rest does not rest, nor where somebody is to trade with
		bad_rests = is_rest && (mkt || tif != exch_p::TIF_DAY || !takes || crosses || live[slot] ||
			e_slot != 32'(slot) || e_px != 32'(px) || e_side != side || e_rem != rests || !e_last);
		// who may trade does not expire
		bad_expires = is_expire && (!takes || !e_last || !(mkt || tif != exch_p::TIF_DAY) ||
			(tif != exch_p::TIF_FOK && crosses));
		// a reject is the only event, with its reason, and nothing else is one
		bad_reject = (is_reject && (heard || !e_last || e_code != code)) ||
			(evt && !is_reject && !heard && code != '0);
		// nobody trades with himself who does not want to
		bad_self = is_trade && same_owner;
		// prevention: with the first, of the same owner, each mode by its rule
		bad_prevent = is_prevent && (!takes || !m_first || !reach[m] || !same_owner ||
			e_gone != (stp == exch_p::STP_OLDEST || stp == exch_p::STP_BOTH ||
				(stp == exch_p::STP_DECREMENT && gives == m_open)) ||
			e_last != (stp == exch_p::STP_NEWEST || stp == exch_p::STP_BOTH ||
				(stp == exch_p::STP_DECREMENT && gives == left)) ||
			e_qty != 32'(stp == exch_p::STP_NEWEST ? left :
				stp == exch_p::STP_DECREMENT ? gives : m_open));
		// cancel, reduce and replace: of the order named, what is open
		bad_names = ((is_cancel && op != exch_p::OP_MASS) || is_replace || is_reduce) &&
			(heard || e_maker != 32'(slot) || !live[slot] || (is_reduce ?
			op != exch_p::OP_REDUCE || e_gone || e_qty != 32'(left) ||
			e_rem != 32'(m_open) - e_qty || e_rem == '0 :
			!e_gone || e_qty != 32'(m_open) || (is_cancel ?
			op != exch_p::OP_CANCEL && !(op == exch_p::OP_REDUCE && left >= m_open) :
			op != exch_p::OP_REPLACE)) || e_last == is_replace);
		// a sweep takes all of its side, best first, and counts them
		bad_sweeps = (is_cancel && op == exch_p::OP_MASS && (e_last || !m_first || !e_gone ||
			e_qty != 32'(m_open))) || (is_swept && (op != exch_p::OP_MASS || !e_last ||
			e_qty != 32'(left) || (live & (side ? ~sells : sells)) != '0));
	end

	// What has to be possible, or the above would say little.
	always_comb begin
		met = '0;
		met[0] = is_trade && e_last;
		met[1] = is_trade && !e_last && e_gone;
		met[2] = is_rest && traded;
		met[3] = is_expire && !traded && tif == exch_p::TIF_FOK && noself && crosses;
		met[4] = is_trade && e_last && traded && tif == exch_p::TIF_FOK && noself;
		met[5] = is_trade && e_again;
		met[6] = is_reject && post && e_code == exch_p::NO_POST;
		met[7] = is_prevent && stp == exch_p::STP_DECREMENT && !e_last;
		met[8] = is_replace;
		// the older of two trades
		for (int s = 0; s < N; s++)
			if (live[s] && older[s] && is_trade && m_first && SB'(s) != m &&
				pxs[s*KB +: KB] == pxs[m*KB +: KB]) met[9] = 1'b1;
		met[10] = is_swept && e_qty > 32'd1;
		met[11] = is_reduce;
	end

endmodule
