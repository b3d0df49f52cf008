// A lane between shift registers, as its own ports have more bits than a
// small part has pins.  For the estimate of timing: small enough for an
// iCE40 HX8K, with every state and every table of the large one.
module exch_ice (
	input logic clk,
	input logic rst,
	input logic din,
	input logic load,
	input logic take,
	output logic dout,
	output logic ready
);
	logic [255:0] sin, sout, m_data;
	logic s_valid, s_ready, m_valid, busy;

	always_ff @(posedge clk) begin
		sin <= {sin[254:0], din};
		s_valid <= load;
		sout <= m_valid ? m_data : {sout[254:0], 1'b0};
		dout <= sout[255];
		ready <= s_ready ^ busy;
	end

	/* verilator lint_off PINMISSING */
	exch_lane #(.KB(11), .WB(5), .SB(7), .QB(12), .OB(4), .GB(4), .BIG("auto")) lane (
		.clk, .rst, .s_valid, .s_ready, .s_data(sin),
		.m_valid, .m_ready(take), .m_data, .busy);
	/* verilator lint_on PINMISSING */

endmodule
