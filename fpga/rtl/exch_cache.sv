// A table that is larger than the chip: of its entries those stay here that
// were written or fetched last.  In the place of exch_ram: `q` is there in the
// cycle behind `ren`, or `miss` is up until a fill brings it.
//
// An entry is written whole, so that a write takes its place here without
// looking who had it: everything written also goes to the memory behind, and
// nothing is lost with an entry that makes way.  A fill uses the port of the
// writes; it must not come in the cycle of one.
module exch_cache #(
	parameter W = 8,
	parameter AB = 6,		// bits of an address
	parameter IB = 4,		// log2 of the entries here
	parameter ROT = 0,		// so many bits of an address are turned
	parameter SKIP = 0,		// upper bits of a place that are left alone
	parameter STYLE = "auto"
) (
	input logic clk,
	input logic rst,

	input logic ren,
	input logic [AB-1:0] raddr,
	output logic [W-1:0] q,
	output logic miss,
	output logic [AB-1:0] asked,	// what is missed

	input logic wen,
	input logic [AB-1:0] waddr,
	input logic [W-1:0] wdata,

	input logic fill,
	input logic [AB-1:0] fill_addr,
	input logic [W-1:0] fill_data,

	// Is it here?  Answered in the next cycle.
	input logic look,
	input logic [AB-1:0] look_addr,
	output logic here
);
	localparam TB = AB - IB;

	// All symbols are busy at much the same prices, some or thousands of them.
	// So the bits of an address are turned, for the symbol to be among the low
	// ones or near them; and the high ones change the upper ones of its place,
	// those first that are seldom used: of few symbols, no two prices that
	// are near each other have the same place.
	function automatic logic [AB-1:0] turn(input logic [AB-1:0] a);
		turn = a >> ROT | a << (AB - ROT);
	endfunction
	function automatic logic [IB-1:0] place(input logic [AB-1:0] a);
		logic [AB-1:0] b;
		b = turn(a);
		place = b[IB-1:0];
		for (int i = 0; i < TB; i++)
			place[(2*IB-1-SKIP-i%IB)%IB] = place[(2*IB-1-SKIP-i%IB)%IB] ^ b[IB+i];
	endfunction
	function automatic logic [TB-1:0] tag_of(input logic [AB-1:0] a);
		tag_of = TB'(turn(a) >> IB);
	endfunction

	// After reset nothing is here.
	logic sweeps;
	logic [IB-1:0] sweep;
	always_ff @(posedge clk) begin
		if (rst) begin
			sweeps <= 1'b1;
			sweep <= '0;
		end else if (sweeps) begin
			sweeps <= !(&sweep);
			sweep <= sweep + IB'(1);
		end
	end

	logic put;
	logic [AB-1:0] put_addr;
	logic [IB-1:0] put_at;
	assign put = sweeps || wen || fill;
	assign put_addr = wen ? waddr : fill_addr;
	assign put_at = sweeps ? sweep : place(put_addr);

	logic asks;		// an answer is due
	logic again;
	logic [IB-1:0] get_at;
	logic [TB:0] tag;
	assign again = miss && !ren;
	assign get_at = place(again ? asked : raddr);

	exch_ram #(.W(W + TB + 1), .AB(IB), .STYLE(STYLE)) ram (.clk, .ren(ren || again),
		.raddr(get_at), .q({tag, q}), .wen(put), .waddr(put_at),
		.wdata({!sweeps, tag_of(put_addr), wen ? wdata : fill_data}));

	always_ff @(posedge clk) begin
		if (ren) asked <= raddr;
		if (rst) asks <= 1'b0;
		else if (ren) asks <= 1'b1;
	end
	assign miss = asks && tag != {1'b1, tag_of(asked)};

	logic [TB:0] look_tag;
	logic [TB-1:0] look_want;
	exch_ram #(.W(TB + 1), .AB(IB)) tags (.clk, .ren(look), .raddr(place(look_addr)),
		.q(look_tag), .wen(put), .waddr(put_at), .wdata({!sweeps, tag_of(put_addr)}));
	always_ff @(posedge clk) if (look) look_want <= tag_of(look_addr);
	assign here = look_tag == {1'b1, look_want};

`ifndef SYNTHESIS
	initial if (TB < 1) $fatal(1, "a cache as large as its table");
`endif

endmodule
