// A lane that is scaled down, with the fault M in it: what can be seen of it,
// for equal.sh to compare.  Data that nobody may take are not seen.
module exch_same #(
	parameter M = 0
) (
	input logic clk,
	input logic rst,
	input logic s_valid,
	input logic [255:0] s_data,
	input logic m_ready,
	output logic s_ready,
	output logic m_valid,
	output logic [255:0] m_data,
	output logic busy
);
	logic began;
	initial began = 1'b0;
	always_ff @(posedge clk) began <= 1'b1;

	logic [255:0] data;
	/* verilator lint_off PINCONNECTEMPTY */
	exch_lane #(.KB(3), .WB(1), .SB(2), .YB(1), .SYMS(1), .QB(2), .OB(1), .GB(1)) lane (
		.mutant(16'(M)), .clk, .rst(rst || !began), .s_valid, .s_ready, .s_data,
		.m_valid, .m_ready, .m_data(data), .busy,
		.seen_go(), .seen_fin(), .seen_state(), .seen_op());
	/* verilator lint_on PINCONNECTEMPTY */
	assign m_data = m_valid ? data : '0;

endmodule
