// The port of commands: a skid buffer whose two places hold the two beats of
// a command together, so that nothing else has to keep the first.  A command
// of one beat leaves while the next beat comes in.
module exch_door #(
	parameter W = 256,
	parameter PAIR = 15,		// the bit that says that a second beat follows
	parameter QB = 32		// what of a second beat is used
) (
	input logic clk,
	input logic rst,
	input logic s_valid,
	output logic s_ready,
	input logic [W-1:0] s_data,
	output logic m_valid,
	input logic m_ready,
	output logic [W-1:0] m_data,
	output logic [QB-1:0] m_more	// of the second beat, or 0
);
	logic has, aside_valid, pair;
	logic [W-1:0] aside;

	assign s_ready = !aside_valid;
	assign pair = m_data[PAIR];
	assign m_valid = has && (!pair || aside_valid);
	assign m_more = pair ? aside[QB-1:0] : '0;

	logic takes, moves;
	assign takes = m_valid && m_ready;
	assign moves = takes || !has;

	always_ff @(posedge clk) begin
		if (rst) begin
			has <= 1'b0;
			aside_valid <= 1'b0;
		end else if (moves) begin
			has <= (aside_valid && !(takes && pair)) || (s_valid && s_ready);
			aside_valid <= 1'b0;
		end else if (s_valid && s_ready) begin
			aside_valid <= 1'b1;
		end
		if (moves) m_data <= aside_valid ? aside : s_data;
		if (s_ready) aside <= s_data;
	end

endmodule
