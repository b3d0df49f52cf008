// What lies between a matcher (exch_core) and its tables: to be included where
// both are, by a module that has the matcher's parameters and sizes.  The
// matcher's ports of these names are `EXCH_TABLES.
	logic qty_ren, inf_ren, ice_ren, nxt_ren, prv_ren, lvl_ren, leaf_ren, mid_ren, top_ren, ctx_ren;
	logic qty_wen, inf_wen, ice_wen, nxt_wen, prv_wen, lvl_wen, leaf_wen, mid_wen;
	logic [1:0] top_wen, ctx_wen;	// by the halves
	logic [SB-1:0] qty_raddr, inf_raddr, ice_raddr, nxt_raddr, prv_raddr;
	logic [SB-1:0] qty_waddr, inf_waddr, ice_waddr, nxt_waddr, prv_waddr;
	logic [YB+KB-1:0] lvl_raddr, lvl_waddr;
	logic [YB+KB-WB:0] leaf_raddr, leaf_waddr;
	logic [YB+KB-2*WB:0] mid_raddr, mid_waddr;
	logic [YB-1:0] top_raddr, top_waddr, ctx_raddr, ctx_waddr;
	logic [QB+1:0] qty_q, qty_wdata;
	logic [IW-1:0] inf_q, inf_wdata;
	logic [2*QB-1:0] ice_q, ice_wdata;
	logic [SB-1:0] nxt_q, nxt_wdata, prv_q, prv_wdata;
	logic [2*SB-1:0] lvl_q, lvl_wdata;
	logic [W-1:0] leaf_q, leaf_wdata, mid_q, mid_wdata;
	logic [2*TB-1:0] top_q;
	logic [TB-1:0] top_wdata;
	logic [2*SW-1:0] ctx_q;
	logic [SW-1:0] ctx_wdata;

`define EXCH_TABLES \
	.qty_ren, .qty_raddr, .qty_q, .qty_wen, .qty_waddr, .qty_wdata, \
	.inf_ren, .inf_raddr, .inf_q, .inf_wen, .inf_waddr, .inf_wdata, \
	.ice_ren, .ice_raddr, .ice_q, .ice_wen, .ice_waddr, .ice_wdata, \
	.nxt_ren, .nxt_raddr, .nxt_q, .nxt_wen, .nxt_waddr, .nxt_wdata, \
	.prv_ren, .prv_raddr, .prv_q, .prv_wen, .prv_waddr, .prv_wdata, \
	.lvl_ren, .lvl_raddr, .lvl_q, .lvl_wen, .lvl_waddr, .lvl_wdata, \
	.leaf_ren, .leaf_raddr, .leaf_q, .leaf_wen, .leaf_waddr, .leaf_wdata, \
	.mid_ren, .mid_raddr, .mid_q, .mid_wen, .mid_waddr, .mid_wdata, \
	.top_ren, .top_raddr, .top_q, .top_wen, .top_waddr, .top_wdata, \
	.ctx_ren, .ctx_raddr, .ctx_q, .ctx_wen, .ctx_waddr, .ctx_wdata
