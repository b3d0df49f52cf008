// What is proven of the parts, each for itself: the table, the register
// between two ports, and the search for a bit.
module exch_fvp (
	input logic clk,
	input logic rst,
	input logic ren,
	input logic [1:0] raddr,
	input logic [1:0] wen,
	input logic [1:0] waddr,
	input logic [1:0] wdata,
	input logic s_valid,
	input logic m_ready,
	input logic [63:0] w,
	output logic bad_ram,
	output logic bad_skid,
	output logic bad_order,
	output logic bad_ffs
);
	// ---- a table is what the proofs of the matcher take it for ----

	logic [3:0] is, ought;
	/* verilator lint_off UNUSEDSIGNAL */
	logic [15:0] all;
	/* verilator lint_on UNUSEDSIGNAL */
	exch_ram #(.W(4), .AB(2), .PARTS(2)) ram (.clk, .ren, .raddr, .q(is), .wen, .waddr, .wdata);
	exch_fvt #(.W(4), .AB(2), .PARTS(2)) table_i (.clk, .ren, .raddr, .q(ought), .wen, .waddr, .wdata, .all);
	assign bad_ram = is != ought;

	// ---- AXI4-Stream: what is offered stays; all comes out, in order ----

	logic s_ready, m_valid;
	logic [1:0] m_data;
	exch_skid #(.W(2)) skid (.clk, .rst, .s_valid, .s_ready, .s_data(wdata),
		.m_valid, .m_ready, .m_data);
	logic waits;
	logic [1:0] offered, front, behind, n, n_out;
	assign n_out = n - (m_valid && m_ready ? 2'd1 : 2'd0);
	always_ff @(posedge clk) begin
		waits <= m_valid && !m_ready && !rst;
		offered <= m_data;
		n <= n_out + (s_valid && s_ready ? 2'd1 : 2'd0);
		if (m_valid && m_ready) front <= behind;
		if (s_valid && s_ready) begin
			if (n_out == 2'd0) front <= wdata;
			behind <= wdata;
		end
		if (rst) n <= 2'd0;
	end
	assign bad_skid = waits && (!m_valid || m_data != offered);
	assign bad_order = m_valid != (n != 2'd0) || (m_valid && m_data != front) || s_ready != (n != 2'd2);

	// ---- the lowest bit ----

	logic [5:0] at;
	exch_ffs #(.B(6)) ffs (.asked(1'b1), .w, .at);
	assign bad_ffs = w != '0 && (!w[at] || (w & ((64'd1 << at) - 64'd1)) != '0);

endmodule
