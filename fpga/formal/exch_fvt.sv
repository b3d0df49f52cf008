// A table as exch_ram is one, all of it in sight, its parts written apart.
// Only the low bits of an address count.
module exch_fvt #(
	parameter W = 8,
	parameter AB = 4,
	parameter N = 1 << AB,
	parameter PARTS = 1,
	parameter P = W / PARTS
) (
	input logic clk,
	input logic ren,
	input logic [AB-1:0] raddr,
	output logic [W-1:0] q,
	input logic [PARTS-1:0] wen,
	input logic [AB-1:0] waddr,
	input logic [P-1:0] wdata,
	output logic [N*W-1:0] all
);
	localparam IB = N > 1 ? $clog2(N) : 1;
	logic [IB-1:0] rat, wat;
	assign rat = N > 1 ? raddr[IB-1:0] : '0;
	assign wat = N > 1 ? waddr[IB-1:0] : '0;

	logic [W-1:0] mem[0:N-1];
	logic [W-1:0] is;
	assign is = mem[rat];
	always_ff @(posedge clk)
		for (int i = 0; i < PARTS; i++) begin
			if (wen[i]) mem[wat][i*P +: P] <= wdata;
			if (ren) q[i*P +: P] <= wen[i] && waddr == raddr ? wdata : is[i*P +: P];
		end

	generate
		for (genvar i = 0; i < N; i++) begin : g
			assign all[i*W +: W] = mem[i];
		end
	endgenerate

endmodule
