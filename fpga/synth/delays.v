// RAM cells as `sta' has to see them: pins and delays, nothing else.  The
// library that comes with yosys has no arcs for these.  Picoseconds, of the
// 7-series cells of the same kind in that library: a block RAM without an
// output register for RAMB18E2, RAMB36E2 and URAM288, whose own figures are
// better; LUT RAM of that library, read as slowly as the slowest input of a LUT6
// (an assumption, as the library has no arc for it).
// Pins that the mapping leaves alone are not here.

`define OUT(C, P, X) (posedge C => (P : X)) = 2454;
`define ADDR(C, P) $setup(P, posedge C, 566);
`define ENABLE(C, P) $setup(P, posedge C, 443);
`define WRITE(C, P) $setup(P, posedge C, 532);
`define DATA(C, P) $setup(P, posedge C, 737);

`define BLOCK_RAM(D, P) \
	input CLKARDCLK, CLKBWRCLK, ENARDEN, ENBWREN; \
	input [3:0] WEA; \
	input [7:0] WEBWE; \
	input REGCEAREGCE, REGCEB, RSTRAMARSTRAM, RSTRAMB, RSTREGARSTREG, RSTREGB, SLEEP; \
	specify \
		`OUT(CLKARDCLK, DOUTADOUT, D) \
		`OUT(CLKARDCLK, DOUTPADOUTP, P) \
		`OUT(CLKBWRCLK, DOUTBDOUT, D) \
		`OUT(CLKBWRCLK, DOUTPBDOUTP, P) \
		`ADDR(CLKARDCLK, ADDRARDADDR) \
		`ADDR(CLKBWRCLK, ADDRBWRADDR) \
		`ENABLE(CLKARDCLK, ENARDEN) \
		`ENABLE(CLKBWRCLK, ENBWREN) \
		`WRITE(CLKARDCLK, WEA) \
		`WRITE(CLKBWRCLK, WEBWE) \
		`DATA(CLKARDCLK, DINADIN) \
		`DATA(CLKBWRCLK, DINBDIN) \
		`DATA(CLKARDCLK, DINPADINP) \
		`DATA(CLKBWRCLK, DINPBDINP) \
	endspecify

(* blackbox *)
module RAMB36E2 (...);
	input [14:0] ADDRARDADDR, ADDRBWRADDR;
	input [31:0] DINADIN, DINBDIN;
	input [3:0] DINPADINP, DINPBDINP;
	output [31:0] DOUTADOUT, DOUTBDOUT;
	output [3:0] DOUTPADOUTP, DOUTPBDOUTP;
	`BLOCK_RAM(32'bx, 4'bx)
endmodule

(* blackbox *)
module RAMB18E2 (...);
	input [13:0] ADDRARDADDR, ADDRBWRADDR;
	input [15:0] DINADIN, DINBDIN;
	input [1:0] DINPADINP, DINPBDINP;
	output [15:0] DOUTADOUT, DOUTBDOUT;
	output [1:0] DOUTPADOUTP, DOUTPBDOUTP;
	`BLOCK_RAM(16'bx, 2'bx)
endmodule

(* blackbox *)
module URAM288 (...);
	input CLK, EN_A, EN_B, RDB_WR_A, RDB_WR_B;
	input [22:0] ADDR_A, ADDR_B;
	input [8:0] BWE_A, BWE_B;
	input [71:0] DIN_A, DIN_B;
	input INJECT_DBITERR_A, INJECT_DBITERR_B, INJECT_SBITERR_A, INJECT_SBITERR_B;
	input OREG_CE_A, OREG_CE_B, OREG_ECC_CE_A, OREG_ECC_CE_B, RST_A, RST_B, SLEEP;
	output [71:0] DOUT_A, DOUT_B;
	specify
		`OUT(CLK, DOUT_A, 72'bx)
		`OUT(CLK, DOUT_B, 72'bx)
		`ADDR(CLK, ADDR_A)
		`ADDR(CLK, ADDR_B)
		`ENABLE(CLK, EN_A)
		`ENABLE(CLK, EN_B)
		`WRITE(CLK, RDB_WR_A)
		`WRITE(CLK, RDB_WR_B)
		`WRITE(CLK, BWE_A)
		`WRITE(CLK, BWE_B)
		`DATA(CLK, DIN_A)
		`DATA(CLK, DIN_B)
	endspecify
endmodule

`define COLUMN(A, D, Q, X) \
		(A *> Q) = 642; \
		(posedge WCLK => (Q : X)) = 1153; \
		$setup(D, posedge WCLK, 384);

`define LUT_RAM(X) \
	input WCLK, WE; \
	specify \
		`COLUMN(ADDRA, DIA, DOA, X) \
		`COLUMN(ADDRB, DIB, DOB, X) \
		`COLUMN(ADDRC, DIC, DOC, X) \
		`COLUMN(ADDRD, DID, DOD, X) \
		`COLUMN(ADDRE, DIE, DOE, X) \
		`COLUMN(ADDRF, DIF, DOF, X) \
		`COLUMN(ADDRG, DIG, DOG, X) \
		`COLUMN(ADDRH, DIH, DOH, X) \
		$setup(WE, posedge WCLK, 654); \
	endspecify

(* blackbox *)
module RAM64M8 (...);
	input [5:0] ADDRA, ADDRB, ADDRC, ADDRD, ADDRE, ADDRF, ADDRG, ADDRH;
	input [0:0] DIA, DIB, DIC, DID, DIE, DIF, DIG, DIH;
	output [0:0] DOA, DOB, DOC, DOD, DOE, DOF, DOG, DOH;
	`LUT_RAM(1'bx)
endmodule

(* blackbox *)
module RAM32M16 (...);
	input [4:0] ADDRA, ADDRB, ADDRC, ADDRD, ADDRE, ADDRF, ADDRG, ADDRH;
	input [1:0] DIA, DIB, DIC, DID, DIE, DIF, DIG, DIH;
	output [1:0] DOA, DOB, DOC, DOD, DOE, DOF, DOG, DOH;
	`LUT_RAM(2'bx)
endmodule
