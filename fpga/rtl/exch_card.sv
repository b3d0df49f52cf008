// A matcher of many symbols, between two AXI4-Stream ports as exch_lane and
// an AXI4 port to the memory that holds what does not fit the chip.
//
// Of every symbol the chip has the best level of both sides, the top bitmap
// and the middle one.  Levels, leaf words and orders are in the memory, and
// in caches those that were used last.  Commands wait in a window until
// their lines are here, so that symbols go ahead of one another; what a
// command turns out to need beyond that, the matcher stops for.
//
// The memory is all zero at first; 32 bytes are read or written at a time.
//
//	0			levels: 8 bytes each, [sym][price]
//		bits 0 to SB-1 first slot, SB to 2*SB-1 last slot
//	SYMS << (KB + 3)	leaf words: 8 bytes each, [sym][side][word]
//	+ SYMS << (KB - WB + 4)	orders: 32 bytes each, [slot]
//		byte 0 quantity, flags; 5 side, symbol, price, owner,
//		generation; 17 hidden quantity, peak; 25 next; 28 previous
module exch_card #(
	parameter KB = 17,
	parameter WB = 6,
	parameter SB = 20,
	parameter YB = 13,
	parameter SYMS = 5000,
	parameter LEVELS = 1 << KB,
	parameter QB = 32,
	parameter OB = 32,
	parameter GB = 32,
	// log2 of the entries here: of orders, levels, leaf words
	parameter ORDERS = 18,
	parameter LVLS = 18,
	parameter LEAFS = 17,
	parameter PB = 10,		// and of the cycles that the oldest command waits
	parameter BIG = "ultra"
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
	output logic [3:0] seen_op,
	output logic seen_late,		// the matcher waits for a line
	output logic seen_full,		// or for its writes
	output logic [2:0] seen_reads,	// orders, levels, leaf words: it reads
	output logic [2:0] seen_misses,	// and what it read is not here
	output logic seen_dropped,	// a line came too early
	output logic seen_came,		// one came, that had this number
	output logic [3:0] seen_rid,
	output logic seen_quiet,	// who comes now finds nobody at the matcher

	output logic arvalid,
	input logic arready,
	output logic [32:0] araddr,
	output logic [3:0] arid,
	output logic [7:0] arlen,
	output logic [2:0] arsize,
	output logic [1:0] arburst,
	input logic rvalid,
	output logic rready,
	input logic [255:0] rdata,
	input logic [3:0] rid,
	output logic awvalid,
	input logic awready,
	output logic [32:0] awaddr,
	output logic [3:0] awid,
	output logic [7:0] awlen,
	output logic [2:0] awsize,
	output logic [1:0] awburst,
	output logic wvalid,
	input logic wready,
	output logic [255:0] wdata,
	output logic [31:0] wstrb,
	output logic wlast,
	input logic bvalid,
	output logic bready
);
	localparam W = 1 << WB;
	localparam TB = 1 << (KB - 2 * WB);
	localparam SW = 2 + KB + 3 * SB + QB + OB;
	localparam IW = 1 + YB + KB + OB + GB;
	localparam NB = 32;

	localparam logic [63:0] LEAF_BASE = 64'(SYMS) << (KB + 3);
	localparam logic [63:0] ORDER_BASE = LEAF_BASE + (64'(SYMS) << (KB - WB + 4));

	// Where the line of a name is.
	function automatic logic [32:0] address(input logic [NB-1:0] n);
		case (n[NB-1:NB-2])
		2'd0: address = 33'(ORDER_BASE) + {n[27:0], 5'd0};
		2'd1: address = {n[29:2], 5'd0};
		default: address = 33'(LEAF_BASE) + {n[29:2], 5'd0};
		endcase
	endfunction

	// As in exch_lane: a cycle late, and from a register.
	logic reset;
	always_ff @(posedge clk) reset <= rst;

	// ---- commands in ----

	logic takes;
	assign s_ready = takes && !reset;

	logic d_valid, d_ready;
	logic [255:0] d_data;
	exch_skid #(.W(256)) door (.clk, .rst(reset), .s_valid, .s_ready(takes), .s_data,
		.m_valid(d_valid), .m_ready(d_ready), .m_data(d_data));

	logic held_valid;
	logic [255:0] held;
	logic i_valid, i_ready;
	logic [255:0] i_cmd;
	logic [31:0] i_peak;
	assign i_valid = d_valid && (held_valid || !d_data[15]);
	assign i_cmd = held_valid ? held : d_data;
	assign i_peak = held_valid ? d_data[31:0] : '0;
	assign d_ready = i_valid ? i_ready : 1'b1;

	always_ff @(posedge clk) begin
		if (reset) held_valid <= 1'b0;
		else if (i_valid && i_ready) held_valid <= 1'b0;
		else if (d_valid && !i_valid) held_valid <= 1'b1;
		if (d_valid && !i_valid) held <= d_data;
	end

	// Who comes to an empty door is looked for while it does, or its second
	// beat; the answer is there with it.
	logic s_second, s_asks, s_look, looked, i_looked, i_here, was_here;
	/* verilator lint_off UNUSEDSIGNAL */
	logic [255:0] s_cmd;
	/* verilator lint_on UNUSEDSIGNAL */
	logic [KB-1:0] s_px;
	logic [KB-WB-1:0] s_word;
	assign s_second = d_valid ? !i_valid : held_valid;
	assign s_cmd = !s_second ? s_data : d_valid ? d_data : held;
	assign s_asks = s_valid && s_ready && s_cmd[3:0] != 4'd0 && s_cmd[3:0] < exch_p::OP_MASS;
	assign s_look = s_asks && (!d_valid || d_ready);
	assign s_px = s_cmd[3:0] == exch_p::OP_REPLACE ? s_cmd[88 +: KB] : s_cmd[64 +: KB];
	assign s_word = s_cmd[8] ? s_px[KB-1:WB] : ~s_px[KB-1:WB];

	logic look, want_look, want_ahead;
	logic [SB-1:0] look_slot, want_slot;
	logic [YB+KB-1:0] look_lvl, want_lvl;
	logic [YB+KB-WB:0] look_leaf, want_leaf;
	assign look = s_asks || want_look;
	assign look_slot = s_asks ? s_cmd[32 +: SB] : want_slot;
	assign look_lvl = s_asks ? {s_cmd[16 +: YB], s_px} : want_lvl;
	assign look_leaf = s_asks ? {s_cmd[16 +: YB], s_cmd[8], s_word} : want_leaf;

	logic here_qty, here_inf, here_ice, here_nxt, here_prv, here_lvl, here_leaf;
	logic here_order;
	assign here_order = here_qty && here_inf && here_ice && here_nxt && here_prv;
	assign i_here = i_looked && (looked ? now_here : was_here);
	logic now_here, s_new, quiet;
	assign now_here = (s_new ? here_qty : here_order) && here_lvl && here_leaf;
	always_ff @(posedge clk) begin
		looked <= s_look;
		if (s_look) s_new <= s_cmd[3:0] == exch_p::OP_NEW;
		if (looked) was_here <= now_here;
		if (s_look || (i_valid && i_ready)) i_looked <= s_look;
		if (reset) i_looked <= 1'b0;
	end

	logic [NB-1:0] ahead_name;
	logic c_valid, c_ready, core_busy;
	logic [255:0] c_cmd;
	/* verilator lint_off UNUSEDSIGNAL */
	logic [31:0] c_peak;
	/* verilator lint_on UNUSEDSIGNAL */
	exch_window #(.KB(KB), .WB(WB), .SB(SB), .YB(YB), .SYMS(SYMS), .NB(NB), .PB(PB)) window (
		.clk, .rst(reset), .s_valid(i_valid), .s_ready(i_ready), .s_cmd(i_cmd), .s_peak(i_peak),
		.s_here(i_here), .idle(!core_busy), .m_valid(c_valid), .m_ready(c_ready), .m_cmd(c_cmd),
		.m_peak(c_peak), .quiet, .busy(s_asks), .look(want_look), .look_slot(want_slot),
		.look_lvl(want_lvl), .look_leaf(want_leaf), .here_qty, .here_order,
		.here_lvl, .here_leaf, .want(want_ahead), .want_name(ahead_name));
	assign busy = core_busy || c_valid;
	assign seen_quiet = quiet && !i_valid;

	// ---- events out ----

	logic e_valid, e_ready;
	logic [255:0] e_data;
	exch_skid #(.W(256)) way_out (.clk, .rst(reset), .s_valid(e_valid), .s_ready(e_ready),
		.s_data(e_data), .m_valid, .m_ready, .m_data);

	// ---- the matcher ----

`include "exch_tables.svh"

	logic qty_miss, inf_miss, ice_miss, nxt_miss, prv_miss, lvl_miss, leaf_miss;
	logic late, full, ce;
	assign late = qty_miss || inf_miss || ice_miss || nxt_miss || prv_miss || lvl_miss || leaf_miss;
	assign ce = !late && !full;
	assign seen_late = late;
	assign seen_full = full && !late;

	exch_core #(.KB(KB), .WB(WB), .SB(SB), .YB(YB), .SYMS(SYMS), .LEVELS(LEVELS),
		.QB(QB), .OB(OB), .GB(GB), .CB(YB + KB - 2 * WB + 1)) core (.clk, .rst(reset), .ce,
		.in_valid(c_valid), .in_ready(c_ready), .in_cmd(c_cmd), .in_peak(c_peak[QB-1:0]),
		.out_valid(e_valid), .out_ready(e_ready), .out_evt(e_data), .busy(core_busy),
		.seen_go, .seen_fin, .seen_state, .seen_op,
		`EXCH_TABLES);

	// What the matcher writes while it clears its tables is not meant.
	logic clears, x_writes;
	assign clears = seen_state == 5'd0;
	assign x_writes = !clears && (qty_wen || lvl_wen || leaf_wen);

	// ---- a line that came ----

	logic r_valid, r_ready;
	logic [3:0] r_id;
	logic [255:0] r_data;
	exch_skid #(.W(260)) way_in (.clk, .rst(reset), .s_valid(rvalid), .s_ready(rready),
		.s_data({rid, rdata}), .m_valid(r_valid), .m_ready(r_ready),
		.m_data({r_id, r_data}));

	logic fill, fill_order, fill_lvl, fill_leaf;
	logic [NB-1:0] fill_name;
	logic [63:0] r_word;
	assign fill_order = fill && fill_name[NB-1:NB-2] == 2'd0;
	assign fill_lvl = fill && fill_name[NB-1:NB-2] == 2'd1;
	assign fill_leaf = fill && fill_name[NB-1:NB-2] == 2'd2;
	assign r_word = r_data[{fill_name[1:0], 6'd0} +: 64];

	// ---- the tables ----

	logic [SB-1:0] qty_asked;
	exch_cache #(.W(QB+2), .AB(SB), .IB(ORDERS), .STYLE(BIG)) qty (.clk, .rst(reset),
		.ren(qty_ren), .raddr(qty_raddr), .q(qty_q), .miss(qty_miss), .asked(qty_asked),
		.wen(qty_wen && !clears), .waddr(qty_waddr), .wdata(qty_wdata),
		.fill(fill_order), .fill_addr(fill_name[SB-1:0]), .fill_data(r_data[0 +: QB+2]),
		.look, .look_addr(look_slot), .here(here_qty));
	logic [SB-1:0] inf_asked;
	exch_cache #(.W(IW), .AB(SB), .IB(ORDERS), .STYLE(BIG)) inf (.clk, .rst(reset),
		.ren(inf_ren), .raddr(inf_raddr), .q(inf_q), .miss(inf_miss), .asked(inf_asked),
		.wen(inf_wen && !clears), .waddr(inf_waddr), .wdata(inf_wdata),
		.fill(fill_order), .fill_addr(fill_name[SB-1:0]), .fill_data(r_data[40 +: IW]),
		.look, .look_addr(look_slot), .here(here_inf));
	logic [SB-1:0] ice_asked;
	exch_cache #(.W(2*QB), .AB(SB), .IB(ORDERS), .STYLE(BIG)) ice (.clk, .rst(reset),
		.ren(ice_ren), .raddr(ice_raddr), .q(ice_q), .miss(ice_miss), .asked(ice_asked),
		.wen(ice_wen && !clears), .waddr(ice_waddr), .wdata(ice_wdata),
		.fill(fill_order), .fill_addr(fill_name[SB-1:0]), .fill_data(r_data[136 +: 2*QB]),
		.look, .look_addr(look_slot), .here(here_ice));
	logic [SB-1:0] nxt_asked;
	exch_cache #(.W(SB), .AB(SB), .IB(ORDERS), .STYLE(BIG)) nxt (.clk, .rst(reset),
		.ren(nxt_ren), .raddr(nxt_raddr), .q(nxt_q), .miss(nxt_miss), .asked(nxt_asked),
		.wen(nxt_wen && !clears), .waddr(nxt_waddr), .wdata(nxt_wdata),
		.fill(fill_order), .fill_addr(fill_name[SB-1:0]), .fill_data(r_data[200 +: SB]),
		.look, .look_addr(look_slot), .here(here_nxt));
	logic [SB-1:0] prv_asked;
	exch_cache #(.W(SB), .AB(SB), .IB(ORDERS), .STYLE(BIG)) prv (.clk, .rst(reset),
		.ren(prv_ren), .raddr(prv_raddr), .q(prv_q), .miss(prv_miss), .asked(prv_asked),
		.wen(prv_wen && !clears), .waddr(prv_waddr), .wdata(prv_wdata),
		.fill(fill_order), .fill_addr(fill_name[SB-1:0]), .fill_data(r_data[224 +: SB]),
		.look, .look_addr(look_slot), .here(here_prv));
	logic [YB+KB-1:0] lvl_asked;
	exch_cache #(.W(2*SB), .AB(YB+KB), .IB(LVLS), .SKIP(1),
		.STYLE(BIG)) lvl (.clk, .rst(reset),
		.ren(lvl_ren), .raddr(lvl_raddr), .q(lvl_q), .miss(lvl_miss), .asked(lvl_asked),
		.wen(lvl_wen && !clears), .waddr(lvl_waddr), .wdata(lvl_wdata),
		.fill(fill_lvl), .fill_addr(fill_name[YB+KB-1:0]), .fill_data(r_word[2*SB-1:0]),
		.look, .look_addr(look_lvl), .here(here_lvl));
	logic [YB+KB-WB+1-1:0] leaf_asked;
	exch_cache #(.W(W), .AB(YB+KB-WB+1), .IB(LEAFS), .ROT(KB-WB),
		.SKIP(3), .STYLE(BIG)) leaf (.clk, .rst(reset),
		.ren(leaf_ren), .raddr(leaf_raddr), .q(leaf_q), .miss(leaf_miss), .asked(leaf_asked),
		.wen(leaf_wen && !clears), .waddr(leaf_waddr), .wdata(leaf_wdata),
		.fill(fill_leaf), .fill_addr(fill_name[YB+KB-WB+1-1:0]), .fill_data(r_word[W-1:0]),
		.look, .look_addr(look_leaf), .here(here_leaf));
	exch_ram #(.W(W), .AB(YB+KB-2*WB+1), .DEPTH(SYMS<<(KB-2*WB+1)), .STYLE(BIG)) mid (.clk,
		.ren(mid_ren), .raddr(mid_raddr), .q(mid_q), .wen(mid_wen), .waddr(mid_waddr),
		.wdata(mid_wdata));
	exch_ram #(.W(2*TB), .AB(YB), .DEPTH(SYMS), .PARTS(2)) top (.clk, .ren(top_ren),
		.raddr(top_raddr), .q(top_q), .wen(top_wen), .waddr(top_waddr),
		.wdata(top_wdata));
	exch_ram #(.W(2*SW), .AB(YB), .DEPTH(SYMS), .PARTS(2)) ctx (.clk, .ren(ctx_ren),
		.raddr(ctx_raddr), .q(ctx_q), .wen(ctx_wen), .waddr(ctx_waddr),
		.wdata(ctx_wdata));

	assign seen_reads = {leaf_ren, lvl_ren, qty_ren || ice_ren};
	logic was_late;
	always_ff @(posedge clk) was_late <= late;
	assign seen_misses = was_late ? 3'd0 : {leaf_miss, lvl_miss,
		qty_miss || inf_miss || ice_miss || nxt_miss || prv_miss};

	// ---- writes ----

	logic prv_too;		// in the line of the others
	assign prv_too = prv_wen && prv_waddr == qty_waddr && qty_wen;
	logic [5*NB-1:0] push_name;
	logic [5*256-1:0] push_data;
	logic [5*32-1:0] push_strb;
	assign push_name = {2'd2, (NB-2)'(leaf_waddr), 2'd1, (NB-2)'(lvl_waddr),
		2'd0, (NB-2)'(prv_waddr), 2'd0, (NB-2)'(nxt_waddr), 2'd0, (NB-2)'(qty_waddr)};
	logic [255:0] d_order, d_nxt, d_prv;
	always_comb begin
		d_order = 256'(qty_wdata);
		d_order[40 +: IW] = inf_wdata;
		d_order[136 +: 2*QB] = ice_wdata;
		d_order[224 +: SB] = prv_wdata;
		d_nxt = '0;
		d_nxt[200 +: SB] = nxt_wdata;
		d_prv = '0;
		d_prv[224 +: SB] = prv_wdata;
	end
	assign push_data = {{4{64'(leaf_wdata)}}, {4{64'(lvl_wdata)}}, d_prv, d_nxt, d_order};
	assign push_strb = {32'hff << {leaf_waddr[1:0], 3'd0}, 32'hff << {lvl_waddr[1:0], 3'd0},
		32'h70000000, 32'h0e000000, {1'b0, {3{prv_too}}, 3'b0, {8{ice_wen}},
		{12{inf_wen}}, 5'h1f}};

	logic leaves, want, waits, fill_waits;
	logic [NB-1:0] leaves_name, want_name;
	exch_post #(.NB(NB)) post (.clk, .rst(reset), .full,
		.push(clears ? 5'd0 : {leaf_wen, lvl_wen, prv_wen && !prv_too, nxt_wen, qty_wen}),
		.push_name, .push_data, .push_strb, .leaves, .name(leaves_name),
		.fill_name, .fill_waits, .want_name, .want_waits(waits),
		.awvalid, .awready, .wvalid, .wready, .wdata, .wstrb, .bvalid, .bready);
	assign awaddr = address(leaves_name);

	// ---- reads ----

	// What the matcher waits for goes first: each kind in turn, and again
	// until it is there.
	logic [3:0] lacks, asked, todo;
	assign lacks = {ice_miss, qty_miss || inf_miss || nxt_miss || prv_miss, lvl_miss, leaf_miss};
	assign todo = lacks & ~asked;
	logic [1:0] turn;
	logic [NB-1:0] late_name;
	logic [SB-1:0] order_asked;
	assign order_asked = qty_miss ? qty_asked : inf_miss ? inf_asked :
		nxt_miss ? nxt_asked : prv_asked;
	always_comb begin
		turn = 2'd3;
		late_name = {2'd0, (NB-2)'(ice_asked)};
		if (todo[0]) begin
			turn = 2'd0;
			late_name = {2'd2, (NB-2)'(leaf_asked)};
		end else if (todo[1]) begin
			turn = 2'd1;
			late_name = {2'd1, (NB-2)'(lvl_asked)};
		end else if (todo[2]) begin
			turn = 2'd2;
			late_name = {2'd0, (NB-2)'(order_asked)};
		end
	end

	// Wishes are those of the cycle before.  One of the matcher's is void
	// when its line has come since.
	logic late_q, ahead_q;
	logic [1:0] turn_q;
	logic [NB-1:0] want_q;
	always_ff @(posedge clk) begin
		late_q <= todo != '0 && !reset;
		ahead_q <= want_ahead && todo == '0 && !reset;
		want_q <= todo != '0 ? late_name : ahead_name;
		turn_q <= turn;
		asked <= todo != '0 ? asked | 4'd1 << turn : 4'd0;
	end
	assign want = (late_q && lacks[turn_q]) || ahead_q;
	assign want_name = want_q;

	logic [NB-1:0] ar_name;
	exch_fetch #(.NB(NB)) fetch (.clk, .rst(reset), .want, .want_name, .waits,
		.leaves, .leaves_name, .fill, .fill_name, .fill_waits, .take(r_ready),
		.dropped(seen_dropped), .arvalid, .arready, .ar_name, .arid,
		.rvalid(r_valid), .rid(r_id));
	assign araddr = address(ar_name);
	assign r_ready = !x_writes;
	assign seen_came = r_valid && r_ready;
	assign seen_rid = r_id;

	assign {arlen, awlen} = '0;
	assign {arsize, awsize} = {3'd5, 3'd5};
	assign {arburst, awburst} = {2'd1, 2'd1};
	assign awid = '0;
	assign wlast = 1'b1;

`ifndef SYNTHESIS
	initial if (SB > 24 || SB <= ORDERS || QB > 32 || IW > 96 || 2 * SB > 64 ||
	    ORDER_BASE + (64'd32 << SB) > 64'h2_0000_0000)
		$fatal(1, "the memory map has no place for that");
`endif

endmodule
