// A table with one port to read and one to write.  A read in the cycle of a
// write to the same place gives what is written.  `q` holds until the next
// read.
module exch_ram #(
	parameter W = 8,
	parameter AB = 4,
	parameter DEPTH = 1 << AB,
	/* verilator lint_off UNUSEDPARAM */
	parameter STYLE = "auto"	// for synthesis: which kind of RAM
	/* verilator lint_on UNUSEDPARAM */
) (
	input logic clk,
	input logic ren,
	input logic [AB-1:0] raddr,
	output logic [W-1:0] q,
	input logic wen,
	input logic [AB-1:0] waddr,
	input logic [W-1:0] wdata
);
	localparam N = DEPTH > 2 ? DEPTH : 2;
	localparam IB = $clog2(N);
	logic [IB-1:0] rat, wat;
	assign rat = raddr[IB-1:0];
	assign wat = waddr[IB-1:0];

	(* ram_style = STYLE *) logic [W-1:0] mem[0:N-1];
	logic [W-1:0] out;
	logic [W-1:0] late;
	logic bypass;

`ifndef SYNTHESIS
	initial for (int i = 0; i < N; i++) mem[i] = '0;
`endif

	always_ff @(posedge clk) begin
		if (wen) mem[wat] <= wdata;
		if (ren) begin
			out <= mem[rat];
			late <= wdata;
			bypass <= wen && waddr == raddr;
		end
	end

	assign q = bypass ? late : out;

endmodule
