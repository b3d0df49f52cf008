// A matcher with all its tables on the chip, between two AXI4-Stream ports of
// 256 bits.  A command is a beat, or two when cmd[15] is set: the second
// holds what an iceberg shows at a time.  An event is a beat.
module exch_lane #(
	parameter KB = 17,
	parameter WB = 6,
	parameter SB = 20,
	parameter YB = 1,
	parameter SYMS = 1,
	parameter LEVELS = 1 << KB,
	parameter QB = 32,
	parameter OB = 32,
	parameter GB = 32,
	parameter BIG = "ultra"		// RAM of the large tables
) (
	input logic clk,
	input logic rst,
	input logic s_valid,
	output logic s_ready,
	input logic [255:0] s_data,
	output logic m_valid,
	input logic m_ready,
	output logic [255:0] m_data,
	output logic busy,
	output logic seen_go,
	output logic seen_fin,
	output logic [4:0] seen_state,
	output logic [3:0] seen_op
);
	localparam W = 1 << WB;
	localparam TB = 1 << (KB - 2 * WB);
	localparam SW = 2 + KB + 3 * SB + QB + OB;
	localparam IW = 1 + YB + KB + OB + GB;

	// A cycle late, and from a register of its own: so nothing here depends
	// on a port within a cycle, in the chip and in a simulation.
	logic reset;
	always_ff @(posedge clk) reset <= rst;

	// ---- commands in ----

	logic takes;
	assign s_ready = takes && !reset;

	logic c_valid, c_ready;
	logic [255:0] c_cmd;
	logic [QB-1:0] c_peak;
	exch_door #(.QB(QB)) door (.clk, .rst(reset), .s_valid, .s_ready(takes), .s_data,
		.m_valid(c_valid), .m_ready(c_ready), .m_data(c_cmd), .m_more(c_peak));

	// ---- events out ----

	logic e_valid, e_ready;
	logic [255:0] e_data;
	exch_skid #(.W(256)) way_out (.clk, .rst(reset), .s_valid(e_valid), .s_ready(e_ready),
		.s_data(e_data), .m_valid, .m_ready, .m_data);

	// ---- the matcher and its tables ----

`include "exch_tables.svh"

	exch_core #(.KB(KB), .WB(WB), .SB(SB), .YB(YB), .SYMS(SYMS), .LEVELS(LEVELS),
		.QB(QB), .OB(OB), .GB(GB)) core (.clk, .rst(reset), .ce(1'b1),
		.in_valid(c_valid), .in_ready(c_ready), .in_cmd(c_cmd), .in_peak(c_peak),
		.out_valid(e_valid), .out_ready(e_ready), .out_evt(e_data), .busy,
		.seen_go, .seen_fin, .seen_state, .seen_op,
		`EXCH_TABLES);

	exch_ram #(.W(QB+2), .AB(SB), .STYLE(BIG)) qty (.clk, .ren(qty_ren), .raddr(qty_raddr),
		.q(qty_q), .wen(qty_wen), .waddr(qty_waddr), .wdata(qty_wdata));
	exch_ram #(.W(IW), .AB(SB), .STYLE(BIG)) inf (.clk, .ren(inf_ren), .raddr(inf_raddr),
		.q(inf_q), .wen(inf_wen), .waddr(inf_waddr), .wdata(inf_wdata));
	exch_ram #(.W(2*QB), .AB(SB), .STYLE(BIG)) ice (.clk, .ren(ice_ren), .raddr(ice_raddr),
		.q(ice_q), .wen(ice_wen), .waddr(ice_waddr), .wdata(ice_wdata));
	exch_ram #(.W(SB), .AB(SB), .STYLE(BIG)) nxt (.clk, .ren(nxt_ren), .raddr(nxt_raddr),
		.q(nxt_q), .wen(nxt_wen), .waddr(nxt_waddr), .wdata(nxt_wdata));
	exch_ram #(.W(SB), .AB(SB), .STYLE(BIG)) prv (.clk, .ren(prv_ren), .raddr(prv_raddr),
		.q(prv_q), .wen(prv_wen), .waddr(prv_waddr), .wdata(prv_wdata));
	exch_ram #(.W(2*SB), .AB(YB+KB), .DEPTH(SYMS<<KB), .STYLE(BIG)) lvl (.clk, .ren(lvl_ren),
		.raddr(lvl_raddr), .q(lvl_q), .wen(lvl_wen), .waddr(lvl_waddr), .wdata(lvl_wdata));
	exch_ram #(.W(W), .AB(YB+KB-WB+1), .DEPTH(SYMS<<(KB-WB+1))) leaf (.clk, .ren(leaf_ren),
		.raddr(leaf_raddr), .q(leaf_q), .wen(leaf_wen), .waddr(leaf_waddr), .wdata(leaf_wdata));
	exch_ram #(.W(W), .AB(YB+KB-2*WB+1), .DEPTH(SYMS<<(KB-2*WB+1))) mid (.clk, .ren(mid_ren),
		.raddr(mid_raddr), .q(mid_q), .wen(mid_wen), .waddr(mid_waddr), .wdata(mid_wdata));
	exch_ram #(.W(2*TB), .AB(YB), .DEPTH(SYMS), .PARTS(2)) top (.clk, .ren(top_ren),
		.raddr(top_raddr), .q(top_q), .wen(top_wen), .waddr(top_waddr),
		.wdata(top_wdata));
	exch_ram #(.W(2*SW), .AB(YB), .DEPTH(SYMS), .PARTS(2)) ctx (.clk, .ren(ctx_ren),
		.raddr(ctx_raddr), .q(ctx_q), .wen(ctx_wen), .waddr(ctx_waddr),
		.wdata(ctx_wdata));

endmodule
