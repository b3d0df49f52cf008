// A table with one port to read and one to write.  A read in the cycle of a
// write to the same place gives what is written.  `q` holds until the next
// read.  A word may have parts that are written apart, or with the same.
module exch_ram #(
	parameter W = 8,
	parameter AB = 4,
	parameter DEPTH = 1 << AB,
	parameter PARTS = 1,
	/* verilator lint_off UNUSEDPARAM */
	parameter STYLE = "auto",	// for synthesis: which kind of RAM
	/* verilator lint_on UNUSEDPARAM */
	parameter P = W / PARTS
) (
	input logic clk,
	input logic ren,
	input logic [AB-1:0] raddr,
	output logic [W-1:0] q,
	input logic [PARTS-1:0] wen,
	input logic [AB-1:0] waddr,
	input logic [P-1:0] wdata
);
	localparam N = DEPTH > 2 ? DEPTH : 2;
	localparam IB = $clog2(N);
	logic [IB-1:0] rat, wat;
	assign rat = raddr[IB-1:0];
	assign wat = waddr[IB-1:0];

	(* ram_style = STYLE *) logic [W-1:0] mem[0:N-1];
	logic [W-1:0] out;
	logic [P-1:0] late;
	logic [PARTS-1:0] bypass;

	// What is in it at first the simulator decides, if it can (--x-initial).
`ifndef SYNTHESIS
`ifndef VERILATOR
	initial for (int i = 0; i < N; i++) mem[i] = '0;
`endif
`endif

	always_ff @(posedge clk) begin
		for (int i = 0; i < PARTS; i++)
			if (wen[i]) mem[wat][i*P +: P] <= wdata;
		if (ren) begin
			out <= mem[rat];
			late <= wdata;
			bypass <= waddr == raddr ? wen : '0;
		end
	end

	always_comb
		for (int i = 0; i < PARTS; i++)
			q[i*P +: P] = bypass[i] ? late : out[i*P +: P];

endmodule
