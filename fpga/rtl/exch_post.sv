// Writes on their way to the memory.  The matcher writes up to five lines in
// a cycle and does not wait; here they stand in line, one leaves in a cycle,
// and until the memory has said that it has it nobody may fetch that line.
//
// All writes have the same id, so that the memory keeps their order.
module exch_post #(
	parameter NB = 32,		// bits of a line's name: kind and index
	parameter D = 4,		// groups that stand in line, a power of 2
	parameter N = 64		// writes without an answer, a power of 2
) (
	input logic clk,
	input logic rst,

	// A group of lines: at most one a cycle, and not while `full`.
	output logic full,
	input logic [4:0] push,
	input logic [5*NB-1:0] push_name,
	input logic [5*256-1:0] push_data,
	input logic [5*32-1:0] push_strb,

	// The one that leaves in this cycle.
	output logic leaves,
	output logic [NB-1:0] name,

	// Does it stand in line; and does it, or wait for its answer.
	input logic [NB-1:0] fill_name,
	output logic fill_waits,
	input logic [NB-1:0] want_name,
	output logic want_waits,

	output logic awvalid,
	input logic awready,
	output logic wvalid,
	input logic wready,
	output logic [255:0] wdata,
	output logic [31:0] wstrb,
	input logic bvalid,
	output logic bready
);
	localparam DB = $clog2(D);
	localparam PB = $clog2(N);

	// ---- those in line ----

	logic [4:0] has[0:D-1];
	logic [5*NB-1:0] names[0:D-1];
	logic [5*256-1:0] datas[0:D-1];
	logic [5*32-1:0] strbs[0:D-1];
	logic [DB:0] head, tail;
	logic [DB-1:0] h, t;
	assign h = head[DB-1:0];
	assign t = tail[DB-1:0];
	assign full = tail - head == (DB+1)'(D);

	logic some;
	logic [2:0] k;
	assign some = tail != head;
	always_comb begin
		k = 3'd0;
		for (int i = 4; i >= 0; i--)
			if (has[h][i]) k = 3'(i);
	end
	assign name = names[h][k*NB +: NB];
	assign wdata = datas[h][k*256 +: 256];
	assign wstrb = strbs[h][k*32 +: 32];

	// ---- those that left ----

	logic [NB-1:0] sent[0:N-1];
	logic [N-1:0] open;
	logic [PB-1:0] first, next;
	logic aw_done, w_done, room;
	assign room = !open[next];
	assign awvalid = some && room && !aw_done;
	assign wvalid = some && room && !w_done;
	assign leaves = some && room && (aw_done || awready) && (w_done || wready);
	assign bready = 1'b1;

	logic [4:0] rest;
	assign rest = has[h] & ~(5'd1 << k);

	always_ff @(posedge clk) begin
		aw_done <= !leaves && (aw_done || (awvalid && awready));
		w_done <= !leaves && (w_done || (wvalid && wready));
		if (leaves) begin
			sent[next] <= name;
			open[next] <= 1'b1;
			next <= next + PB'(1);
			has[h] <= rest;
			if (rest == '0) head <= head + (DB+1)'(1);
		end
		if (bvalid) begin
			open[first] <= 1'b0;
			first <= first + PB'(1);
		end
		if (push != '0) begin
			has[t] <= push;
			names[t] <= push_name;
			datas[t] <= push_data;
			strbs[t] <= push_strb;
			tail <= tail + (DB+1)'(1);
		end
		if (rst) begin
			head <= '0;
			tail <= '0;
			open <= '0;
			first <= '0;
			next <= '0;
			aw_done <= 1'b0;
			w_done <= 1'b0;
			for (int i = 0; i < D; i++) has[i] <= '0;
		end
	end

	// ---- who is asked for ----

	always_comb begin
		fill_waits = 1'b0;
		want_waits = 1'b0;
		for (int i = 0; i < D; i++)
			for (int j = 0; j < 5; j++) begin
				if (has[i][j] && names[i][j*NB +: NB] == fill_name) fill_waits = 1'b1;
				if (has[i][j] && names[i][j*NB +: NB] == want_name) want_waits = 1'b1;
			end
		for (int i = 0; i < N; i++)
			if (open[i] && sent[i] == want_name) want_waits = 1'b1;
	end

endmodule
