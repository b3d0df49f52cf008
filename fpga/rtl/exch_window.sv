// Commands that wait for what they need.  As one comes its lines are asked
// for; the oldest that has them goes to the matcher, but never before an
// older one of its symbol.  Nobody passes a barrier, nor does it pass anybody.
//
// Who finds the matcher without work goes to it at once, if it has its lines
// and nobody waits whom it may not pass, so that others' misses cost it
// nothing; and if nobody waits at all: what is missing then the matcher waits
// for.
module exch_window #(
	parameter KB = 17,
	parameter WB = 6,
	parameter SB = 20,
	parameter YB = 13,
	parameter SYMS = 5000,
	parameter NB = 32,
	parameter EB = 4,
	parameter N = 1 << EB,
	parameter PB = 10		// log2 of the cycles that the oldest waits
) (
	input logic clk,
	input logic rst,

	input logic s_valid,
	output logic s_ready,
	input logic [255:0] s_cmd,
	input logic [31:0] s_peak,
	input logic s_here,		// its lines are here; it may not be true any more

	input logic idle,		// the matcher has nothing in hand
	output logic m_valid,
	input logic m_ready,
	output logic [255:0] m_cmd,
	output logic [31:0] m_peak,
	output logic quiet,		// who comes now finds it so in the next cycle

	// Which lines are here, answered in the next cycle; not while `busy`.
	input logic busy,
	output logic look,
	output logic [SB-1:0] look_slot,
	output logic [YB+KB-1:0] look_lvl,
	output logic [YB+KB-WB:0] look_leaf,
	input logic here_qty,
	input logic here_order,		// all of it
	input logic here_lvl,
	input logic here_leaf,

	// Those that are not.
	output logic want,
	output logic [NB-1:0] want_name
);
	// ---- those that wait ----

	logic [287:0] cmds[0:N-1];
	logic [15:0] syms[0:N-1];
	logic [N-1:0] older[0:N-1];	// whom it has to let go first
	logic [N-1:0] valid, ready, bars;
	logic [EB:0] head, tail;
	logic [EB-1:0] h, t;
	assign h = head[EB-1:0];
	assign t = tail[EB-1:0];

	function automatic logic [EB-1:0] from(input logic [N-1:0] set, input logic [EB-1:0] start);
		from = start;
		for (int i = N - 1; i >= 0; i--)
			if (set[start + EB'(i)]) from = start + EB'(i);
	endfunction

	// ---- in ----

	logic empty, full, direct, enters, s_bar, s_none;
	logic pick_valid;
	logic [N-1:0] clash;		// whom it may not pass
	assign empty = tail == head;
	assign full = tail - head == (EB+1)'(N);
	assign direct = (empty || ((s_here || s_none) && clash == '0)) && !pick_valid && idle;
	assign s_ready = direct ? m_ready : !full;
	assign enters = s_valid && !direct && !full;
	assign s_bar = s_cmd[3:0] == exch_p::OP_BARRIER;
	// It needs no lines.
	assign s_none = s_cmd[3:0] == 4'd0 || s_cmd[3:0] >= exch_p::OP_MASS ||
		{16'd0, s_cmd[31:16]} >= 32'(SYMS);

	// ---- out ----

	logic [N-1:0] can;
	logic [EB-1:0] pick;
	logic picks;
	always_comb
		for (int i = 0; i < N; i++)
			can[i] = valid[i] && ready[i] && older[i] == '0;
	// Lines can drive one another out for ever, and others go round: when
	// nobody here has his for so long, the oldest goes, and the matcher waits.
	logic [PB-1:0] since;
	logic forced;
	assign forced = &since && can == '0 && valid[h];
	assign pick = from(can, h);
	assign picks = (can != '0 || forced) && (!pick_valid || m_ready);

	logic [287:0] picked;
	assign m_valid = pick_valid || (direct && s_valid);
	assign {m_peak, m_cmd} = pick_valid ? picked : {s_peak, s_cmd};

	assign quiet = idle && !pick_valid && !picks;

	always_comb
		for (int i = 0; i < N; i++)
			clash[i] = valid[i] && (syms[i] == s_cmd[31:16] || bars[i] || s_bar);
	logic [N-1:0] gone;
	assign gone = picks ? N'(1) << pick : '0;

	always_ff @(posedge clk) begin
		since <= empty || picks || pick_valid ? '0 : &since ? since : since + PB'(1);
		if (m_ready) pick_valid <= 1'b0;
		if (judges && all_here && valid[e]) ready[e] <= 1'b1;
		if (picks) begin
			picked <= cmds[pick];
			pick_valid <= 1'b1;
			valid[pick] <= 1'b0;
			ready[pick] <= 1'b0;
			for (int i = 0; i < N; i++) older[i][pick] <= 1'b0;
		end
		if (!empty && !valid[h]) head <= head + (EB+1)'(1);
		if (enters) begin
			cmds[t] <= {s_peak, s_cmd};
			syms[t] <= s_cmd[31:16];
			bars[t] <= s_bar;
			older[t] <= clash & ~gone;
			valid[t] <= 1'b1;
			ready[t] <= s_none || (s_here && s_cmd[3:0] != exch_p::OP_REPLACE);
			tail <= tail + (EB+1)'(1);
		end
		if (rst) begin
			head <= '0;
			tail <= '0;
			valid <= '0;
			pick_valid <= 1'b0;
		end
	end

	// ---- what they need ----

	// LOOK at the tables; JUDGE: all is here, or ask: ORDER, LVL, LEAF.  A
	// replace has two prices and two passes.
	typedef enum logic [2:0] {P_LOOK, P_JUDGE, P_ORDER, P_LVL, P_LEAF} look_t;
	look_t p;
	logic [EB-1:0] last, at, e;
	logic pass, fine, miss_order, miss_lvl, miss_leaf;
	logic judges, all_here, n_order;
	logic [N-1:0] asking;
	/* verilator lint_off UNUSEDSIGNAL */
	logic [287:0] c;
	/* verilator lint_on UNUSEDSIGNAL */

	assign asking = valid & ~ready;
	assign at = pass ? e : from(asking, last + EB'(1));
	assign c = cmds[at];
	logic c_new, c_rep, second;
	logic [KB-1:0] c_px;
	logic [KB-WB-1:0] c_word;
	assign c_new = c[3:0] == exch_p::OP_NEW;
	assign c_rep = c[3:0] == exch_p::OP_REPLACE;
	assign c_px = c_rep && !pass ? c[88 +: KB] : c[64 +: KB];
	assign c_word = c[8] ? c_px[KB-1:WB] : ~c_px[KB-1:WB];
	assign look = p == P_LOOK && !busy && (pass || asking != '0);
	assign look_slot = c[32 +: SB];
	assign look_lvl = {c[16 +: YB], c_px};
	assign look_leaf = {c[16 +: YB], c[8], c_word};

	logic [SB-1:0] e_slot;
	logic [YB+KB-1:0] e_lvl;
	logic [YB+KB-WB:0] e_leaf;
	logic e_new, now_here;
	assign n_order = e_new ? here_qty : here_order;
	assign now_here = n_order && here_lvl && here_leaf;
	assign judges = p == P_JUDGE;
	assign all_here = now_here && (second ? fine : 1'b1) && !(e_rep && !second);

	logic e_rep;
	assign want = (p == P_ORDER && miss_order) || (p == P_LVL && miss_lvl) ||
		(p == P_LEAF && miss_leaf);
	assign want_name = p == P_ORDER ? {2'd0, (NB-2)'(e_slot)} :
		p == P_LVL ? {2'd1, (NB-2)'(e_lvl)} : {2'd2, (NB-2)'(e_leaf)};

	always_ff @(posedge clk) begin
		case (p)
		P_LOOK: if (look) begin
			e <= at;
			last <= at;
			e_slot <= look_slot;
			e_lvl <= look_lvl;
			e_leaf <= look_leaf;
			e_new <= c_new;
			e_rep <= c_rep;
			second <= pass;
			p <= P_JUDGE;
		end
		P_JUDGE: begin
			miss_order <= !n_order;
			miss_lvl <= !here_lvl;
			miss_leaf <= !here_leaf;
			fine <= now_here;
			pass <= e_rep && !second;
			p <= now_here ? P_LOOK : P_ORDER;
		end
		P_ORDER: p <= P_LVL;
		P_LVL: p <= P_LEAF;
		default: p <= P_LOOK;
		endcase
		if (rst) begin
			p <= P_LOOK;
			pass <= 1'b0;
			last <= '0;
		end
	end

endmodule
