// What is wrong with a command, 0 when nothing is: the first cause in the
// order of exch_p's codes, but for modes that do not exist.
module exch_check #(
	parameter SB = 20,
	parameter SYMS = 1,
	parameter LEVELS = 1 << 17
) (
	input logic asked,
	input logic [3:0] op,
	input logic [2:0] stp,
	input logic [1:0] tif,
	input logic [15:0] sym,
	input logic [31:0] slot,
	input logic [23:0] px,
	input logic [23:0] old_px,
	input logic mkt,		// its price does not matter
	input logic qty_bad,		// zero, or too many bits
	input logic live,		// the slot has an order
	input logic other,		// and not the one that is meant
	input logic would_take,		// post-only, and it crosses
	output logic sym_bad,
	output logic [3:0] code
);
	logic comes, px_bad, old_bad;
	assign comes = op == exch_p::OP_NEW || op == exch_p::OP_REPLACE;
	assign sym_bad = {16'd0, sym} >= 32'(SYMS);
	assign px_bad = {8'd0, px} >= 32'(LEVELS) && !mkt;
	assign old_bad = {8'd0, old_px} >= 32'(LEVELS) && op == exch_p::OP_REPLACE;

	always_comb begin
		code = 4'd0;
		if (!asked || op == exch_p::OP_BARRIER)
			code = 4'd0;
		else if (op == 4'd0 || op > exch_p::OP_BARRIER)
			code = exch_p::NO_OP;
		else if (sym_bad)
			code = exch_p::NO_SYMBOL;
		else if (op == exch_p::OP_MASS)
			code = 4'd0;
		else if ((slot >> SB) != 0)
			code = exch_p::NO_SLOT;
		else if (px_bad || old_bad)
			code = exch_p::NO_PRICE;
		else if (op != exch_p::OP_CANCEL && qty_bad)
			code = exch_p::NO_QTY;
		else if (comes && (stp > exch_p::STP_DECREMENT || tif > exch_p::TIF_FOK))
			code = exch_p::NO_OP;
		else if (op == exch_p::OP_NEW && live)
			code = exch_p::NO_SLOT;
		else if (op != exch_p::OP_NEW && !live)
			code = exch_p::NO_LIVE;
		else if (op != exch_p::OP_NEW && other)
			code = exch_p::NO_MATCH;
		else if (comes && would_take)
			code = exch_p::NO_POST;
	end

endmodule
