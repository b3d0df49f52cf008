// The event of an action: which of its numbers belong where.
module exch_event #(
	parameter QB = 32,
	parameter SB = 20,
	parameter KB = 17
) (
	input logic asked,
	input logic [3:0] act,		// exch_p::A_...
	input logic [2:0] stp,
	input logic replacing,
	input logic fok,
	input logic side,
	input logic more,		// others follow
	input logic gone,		// the maker leaves the book,
	input logic again,		// or shows its next part
	input logic [3:0] code,
	input logic [15:0] sym,
	input logic [31:0] slot,	// of the command
	input logic [23:0] px,
	input logic [47:0] seq,
	input logic [15:0] idx,
	input logic [SB-1:0] at_slot,	// of the order that changes
	input logic [KB-1:0] at_px,
	input logic [QB-1:0] left,	// of the command
	input logic [QB-1:0] amount,	// that is taken off
	input logic [QB-1:0] all,	// of the order before
	input logic [QB-1:0] shows,	// it then
	input logic [QB-1:0] rest,	// of it, hidden ones included
	output logic [255:0] evt
);
	logic [7:0] kind;
	logic [3:0] why;
	logic takes_newer, cuts_both;
	assign takes_newer = act == exch_p::A_STP && stp == exch_p::STP_NEWEST;
	assign cuts_both = act == exch_p::A_STP && stp == exch_p::STP_DECREMENT;

	logic [31:0] maker, where, qty, then_;
	logic as_told, nowhere, of_order;
	// No order is changed: of these the price is as the command has it.
	assign as_told = act == exch_p::A_REJECT || act == exch_p::A_EXPIRE;
	assign nowhere = act == exch_p::A_SWEPT || act == exch_p::A_BARRIER;
	assign of_order = !as_told && !nowhere && act != exch_p::A_REST;

	always_comb begin
		kind = exch_p::EV_REJECTED;
		why = 4'd0;
		maker = '0;
		where = '0;
		qty = 32'(left);
		then_ = '0;
		if (asked) begin
			case (act)
			exch_p::A_REST: kind = exch_p::EV_RESTED;
			exch_p::A_FILL: kind = exch_p::EV_TRADE;
			exch_p::A_EXPIRE: begin
				kind = exch_p::EV_EXPIRED;
				why = fok ? exch_p::NO_FILL : 4'd0;
			end
			exch_p::A_OUT: kind = replacing ? exch_p::EV_REPLACED : exch_p::EV_CANCELLED;
			exch_p::A_CUT: kind = exch_p::EV_REDUCED;
			exch_p::A_STP: kind = exch_p::EV_PREVENTED;
			exch_p::A_SWEEP: kind = exch_p::EV_CANCELLED;
			exch_p::A_SWEPT: kind = exch_p::EV_SWEPT;
			exch_p::A_BARRIER: kind = exch_p::EV_BARRIER;
			default: why = code;
			endcase
			if (of_order) maker = 32'(at_slot);
			if (!nowhere) where = as_told ? {8'd0, px} : 32'(at_px);
			if (act == exch_p::A_FILL || act == exch_p::A_CUT || cuts_both)
				qty = 32'(amount);
			else if (of_order && !takes_newer)
				qty = 32'(all);
			if (act == exch_p::A_REST || act == exch_p::A_FILL)
				then_ = 32'(shows);
			else if (act == exch_p::A_CUT || cuts_both)
				then_ = 32'(rest);
			else if (act == exch_p::A_STP && stp == exch_p::STP_BOTH)
				then_ = 32'(left);
		end
	end

	logic e_gone;
	assign e_gone = gone || act == exch_p::A_OUT;
	assign evt = {idx, seq, then_, qty, where, maker, slot, sym,
		why, again, e_gone, side, !more, kind};

endmodule
