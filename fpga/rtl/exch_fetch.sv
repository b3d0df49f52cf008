// Reads that are on their way: up to N lines at once, their answers in any
// order.  A line that is written while it is on its way may come back as it
// was before: it is dropped, and whoever needs it asks again.
module exch_fetch #(
	parameter NB = 32,		// bits of a line's name
	parameter IDB = 4,
	parameter N = 1 << IDB
) (
	input logic clk,
	input logic rst,

	// A line is wanted: it is asked for unless it was before, there is no
	// room, or (`waits`) a write to it has not ended.
	input logic want,
	input logic [NB-1:0] want_name,
	input logic waits,

	// It is written.
	input logic leaves,
	input logic [NB-1:0] leaves_name,

	// A line that came: it is to be put away when `take` is up.
	output logic fill,
	output logic [NB-1:0] fill_name,
	input logic fill_waits,
	input logic take,
	output logic dropped,

	output logic arvalid,
	input logic arready,
	output logic [NB-1:0] ar_name,
	output logic [IDB-1:0] arid,
	input logic rvalid,
	input logic [IDB-1:0] rid
);
	logic [N-1:0] busy, stale;
	logic [NB-1:0] names[0:N-1];

	logic known, free;
	logic [IDB-1:0] at;
	always_comb begin
		known = 1'b0;
		free = 1'b0;
		at = '0;
		for (int i = N - 1; i >= 0; i--) begin
			if (busy[i] && names[i] == want_name) known = 1'b1;
			if (!busy[i]) begin
				free = 1'b1;
				at = IDB'(i);
			end
		end
	end

	logic begins;
	assign begins = want && !known && free && !waits && (!arvalid || arready);

	assign fill_name = names[rid];
	assign fill = rvalid && take && !stale[rid] && !fill_waits;
	assign dropped = rvalid && take && !fill;

	always_ff @(posedge clk) begin
		if (arready) arvalid <= 1'b0;
		if (rvalid && take) busy[rid] <= 1'b0;
		for (int i = 0; i < N; i++)
			if (leaves && names[i] == leaves_name) stale[i] <= 1'b1;
		if (begins) begin
			arvalid <= 1'b1;
			arid <= at;
			ar_name <= want_name;
			busy[at] <= 1'b1;
			stale[at] <= 1'b0;
			names[at] <= want_name;
		end
		if (rst) begin
			arvalid <= 1'b0;
			busy <= '0;
		end
	end

endmodule
