// A register between two AXI4-Stream ports that costs no throughput: what
// arrives in the cycle in which the taker stops is kept aside.
module exch_skid #(
	parameter W = 256
) (
	input logic clk,
	input logic rst,
	input logic s_valid,
	output logic s_ready,
	input logic [W-1:0] s_data,
	output logic m_valid,
	input logic m_ready,
	output logic [W-1:0] m_data
);
	logic aside_valid;
	logic [W-1:0] aside;

	assign s_ready = !aside_valid;

	always_ff @(posedge clk) begin
		if (rst) begin
			m_valid <= 1'b0;
			aside_valid <= 1'b0;
		end else if (m_ready || !m_valid) begin
			m_valid <= aside_valid || s_valid;
			aside_valid <= 1'b0;
		end else if (s_valid && s_ready) begin
			aside_valid <= 1'b1;
		end
		if (m_ready || !m_valid) m_data <= aside_valid ? aside : s_data;
		if (s_ready) aside <= s_data;
	end

endmodule
