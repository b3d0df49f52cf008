// What command and event words say: operations, kinds and codes.  The layout
// in C is src/card/card.h; exch-fpga(7) tells what each one does.
package exch_p;

	// ---- operations: cmd[3:0] ----
	localparam logic [3:0] OP_NEW = 4'd1;
	localparam logic [3:0] OP_CANCEL = 4'd2;
	localparam logic [3:0] OP_REDUCE = 4'd3;
	localparam logic [3:0] OP_REPLACE = 4'd4;
	localparam logic [3:0] OP_MASS = 4'd5;
	localparam logic [3:0] OP_BARRIER = 4'd6;

	// ---- time in force: cmd[10:9] ----
	localparam logic [1:0] TIF_DAY = 2'd0;
	// 1: what does not trade at once expires
	localparam logic [1:0] TIF_FOK = 2'd2;

	// ---- self-trade prevention: cmd[6:4] ----
	localparam logic [2:0] STP_OFF = 3'd0;
	localparam logic [2:0] STP_NEWEST = 3'd1;
	localparam logic [2:0] STP_OLDEST = 3'd2;
	localparam logic [2:0] STP_BOTH = 3'd3;
	localparam logic [2:0] STP_DECREMENT = 3'd4;

	// ---- kinds of events: evt[7:0] ----
	localparam logic [7:0] EV_RESTED = 8'd1;
	localparam logic [7:0] EV_TRADE = 8'd2;
	localparam logic [7:0] EV_EXPIRED = 8'd3;
	localparam logic [7:0] EV_CANCELLED = 8'd4;
	localparam logic [7:0] EV_REDUCED = 8'd5;
	localparam logic [7:0] EV_REPLACED = 8'd6;
	localparam logic [7:0] EV_PREVENTED = 8'd7;
	localparam logic [7:0] EV_REJECTED = 8'd8;
	localparam logic [7:0] EV_BARRIER = 8'd9;
	localparam logic [7:0] EV_SWEPT = 8'd10;

	// ---- what is done in X; bit 3: to an order or a level of the own side ----
	localparam logic [3:0] A_REJECT = 4'd0;
	localparam logic [3:0] A_FILL = 4'd1;
	localparam logic [3:0] A_EXPIRE = 4'd2;
	localparam logic [3:0] A_STP = 4'd3;
	localparam logic [3:0] A_SWEEP = 4'd4;
	localparam logic [3:0] A_SWEPT = 4'd5;
	localparam logic [3:0] A_BARRIER = 4'd6;
	localparam logic [3:0] A_REST = 4'd8;
	localparam logic [3:0] A_OUT = 4'd9;
	localparam logic [3:0] A_CUT = 4'd10;

	// ---- why: evt[15:12] of REJECTED and EXPIRED ----
	localparam logic [3:0] NO_OP = 4'd1;
	localparam logic [3:0] NO_SYMBOL = 4'd2;
	localparam logic [3:0] NO_SLOT = 4'd3;
	localparam logic [3:0] NO_PRICE = 4'd4;
	localparam logic [3:0] NO_QTY = 4'd5;
	localparam logic [3:0] NO_LIVE = 4'd6;
	localparam logic [3:0] NO_MATCH = 4'd7;
	localparam logic [3:0] NO_POST = 4'd8;
	localparam logic [3:0] NO_FILL = 4'd9;

endpackage
