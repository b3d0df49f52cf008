// RAM cells as `sta' has to see them: pins and delays, nothing else.  The
// library that comes with yosys has no arcs for these.  Picoseconds, of the
// 7-series cells of the same kind in that library: a block RAM without an
// output register for RAMB18E2, RAMB36E2 and URAM288, whose own figures are
// better; LUT RAM of that library, read as slowly as the slowest input of a LUT6
// (an assumption, as the library has no arc for it).
// Pins that the mapping leaves alone are not here.

(* blackbox *)
module RAMB36E2 (...);
	input CLKARDCLK, CLKBWRCLK, ENARDEN, ENBWREN;
	input [14:0] ADDRARDADDR, ADDRBWRADDR;
	input [31:0] DINADIN, DINBDIN;
	input [3:0] DINPADINP, DINPBDINP, WEA;
	input [7:0] WEBWE;
	input REGCEAREGCE, REGCEB, RSTRAMARSTRAM, RSTRAMB, RSTREGARSTREG, RSTREGB, SLEEP;
	output [31:0] DOUTADOUT, DOUTBDOUT;
	output [3:0] DOUTPADOUTP, DOUTPBDOUTP;
	specify
		(posedge CLKARDCLK => (DOUTADOUT : 32'bx)) = 2454;
		(posedge CLKARDCLK => (DOUTPADOUTP : 4'bx)) = 2454;
		(posedge CLKBWRCLK => (DOUTBDOUT : 32'bx)) = 2454;
		(posedge CLKBWRCLK => (DOUTPBDOUTP : 4'bx)) = 2454;
		$setup(ADDRARDADDR, posedge CLKARDCLK, 566);
		$setup(ADDRBWRADDR, posedge CLKBWRCLK, 566);
		$setup(ENARDEN, posedge CLKARDCLK, 443);
		$setup(ENBWREN, posedge CLKBWRCLK, 443);
		$setup(WEA, posedge CLKARDCLK, 532);
		$setup(WEBWE, posedge CLKBWRCLK, 532);
		$setup(DINADIN, posedge CLKARDCLK, 737);
		$setup(DINBDIN, posedge CLKBWRCLK, 737);
		$setup(DINPADINP, posedge CLKARDCLK, 737);
		$setup(DINPBDINP, posedge CLKBWRCLK, 737);
	endspecify
endmodule

(* blackbox *)
module RAMB18E2 (...);
	input CLKARDCLK, CLKBWRCLK, ENARDEN, ENBWREN;
	input [13:0] ADDRARDADDR, ADDRBWRADDR;
	input [15:0] DINADIN, DINBDIN;
	input [1:0] DINPADINP, DINPBDINP, WEA;
	input [3:0] WEBWE;
	input REGCEAREGCE, REGCEB, RSTRAMARSTRAM, RSTRAMB, RSTREGARSTREG, RSTREGB, SLEEP;
	output [15:0] DOUTADOUT, DOUTBDOUT;
	output [1:0] DOUTPADOUTP, DOUTPBDOUTP;
	specify
		(posedge CLKARDCLK => (DOUTADOUT : 16'bx)) = 2454;
		(posedge CLKARDCLK => (DOUTPADOUTP : 2'bx)) = 2454;
		(posedge CLKBWRCLK => (DOUTBDOUT : 16'bx)) = 2454;
		(posedge CLKBWRCLK => (DOUTPBDOUTP : 2'bx)) = 2454;
		$setup(ADDRARDADDR, posedge CLKARDCLK, 566);
		$setup(ADDRBWRADDR, posedge CLKBWRCLK, 566);
		$setup(ENARDEN, posedge CLKARDCLK, 443);
		$setup(ENBWREN, posedge CLKBWRCLK, 443);
		$setup(WEA, posedge CLKARDCLK, 532);
		$setup(WEBWE, posedge CLKBWRCLK, 532);
		$setup(DINADIN, posedge CLKARDCLK, 737);
		$setup(DINBDIN, posedge CLKBWRCLK, 737);
		$setup(DINPADINP, posedge CLKARDCLK, 737);
		$setup(DINPBDINP, posedge CLKBWRCLK, 737);
	endspecify
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
		(posedge CLK => (DOUT_A : 72'bx)) = 2454;
		(posedge CLK => (DOUT_B : 72'bx)) = 2454;
		$setup(ADDR_A, posedge CLK, 566);
		$setup(ADDR_B, posedge CLK, 566);
		$setup(EN_A, posedge CLK, 443);
		$setup(EN_B, posedge CLK, 443);
		$setup(RDB_WR_A, posedge CLK, 532);
		$setup(RDB_WR_B, posedge CLK, 532);
		$setup(BWE_A, posedge CLK, 532);
		$setup(BWE_B, posedge CLK, 532);
		$setup(DIN_A, posedge CLK, 737);
		$setup(DIN_B, posedge CLK, 737);
	endspecify
endmodule

(* blackbox *)
module RAM64M8 (...);
	input WCLK, WE;
	input [5:0] ADDRA, ADDRB, ADDRC, ADDRD, ADDRE, ADDRF, ADDRG, ADDRH;
	input [0:0] DIA, DIB, DIC, DID, DIE, DIF, DIG, DIH;
	output [0:0] DOA, DOB, DOC, DOD, DOE, DOF, DOG, DOH;
	specify
		(ADDRA *> DOA) = 642;
		(posedge WCLK => (DOA : 1'bx)) = 1153;
		$setup(DIA, posedge WCLK, 384);
		(ADDRB *> DOB) = 642;
		(posedge WCLK => (DOB : 1'bx)) = 1153;
		$setup(DIB, posedge WCLK, 384);
		(ADDRC *> DOC) = 642;
		(posedge WCLK => (DOC : 1'bx)) = 1153;
		$setup(DIC, posedge WCLK, 384);
		(ADDRD *> DOD) = 642;
		(posedge WCLK => (DOD : 1'bx)) = 1153;
		$setup(DID, posedge WCLK, 384);
		(ADDRE *> DOE) = 642;
		(posedge WCLK => (DOE : 1'bx)) = 1153;
		$setup(DIE, posedge WCLK, 384);
		(ADDRF *> DOF) = 642;
		(posedge WCLK => (DOF : 1'bx)) = 1153;
		$setup(DIF, posedge WCLK, 384);
		(ADDRG *> DOG) = 642;
		(posedge WCLK => (DOG : 1'bx)) = 1153;
		$setup(DIG, posedge WCLK, 384);
		(ADDRH *> DOH) = 642;
		(posedge WCLK => (DOH : 1'bx)) = 1153;
		$setup(DIH, posedge WCLK, 384);
		$setup(WE, posedge WCLK, 654);
	endspecify
endmodule

(* blackbox *)
module RAM32M16 (...);
	input WCLK, WE;
	input [4:0] ADDRA, ADDRB, ADDRC, ADDRD, ADDRE, ADDRF, ADDRG, ADDRH;
	input [1:0] DIA, DIB, DIC, DID, DIE, DIF, DIG, DIH;
	output [1:0] DOA, DOB, DOC, DOD, DOE, DOF, DOG, DOH;
	specify
		(ADDRA *> DOA) = 642;
		(posedge WCLK => (DOA : 2'bx)) = 1153;
		$setup(DIA, posedge WCLK, 384);
		(ADDRB *> DOB) = 642;
		(posedge WCLK => (DOB : 2'bx)) = 1153;
		$setup(DIB, posedge WCLK, 384);
		(ADDRC *> DOC) = 642;
		(posedge WCLK => (DOC : 2'bx)) = 1153;
		$setup(DIC, posedge WCLK, 384);
		(ADDRD *> DOD) = 642;
		(posedge WCLK => (DOD : 2'bx)) = 1153;
		$setup(DID, posedge WCLK, 384);
		(ADDRE *> DOE) = 642;
		(posedge WCLK => (DOE : 2'bx)) = 1153;
		$setup(DIE, posedge WCLK, 384);
		(ADDRF *> DOF) = 642;
		(posedge WCLK => (DOF : 2'bx)) = 1153;
		$setup(DIF, posedge WCLK, 384);
		(ADDRG *> DOG) = 642;
		(posedge WCLK => (DOG : 2'bx)) = 1153;
		$setup(DIG, posedge WCLK, 384);
		(ADDRH *> DOH) = 642;
		(posedge WCLK => (DOH : 2'bx)) = 1153;
		$setup(DIH, posedge WCLK, 384);
		$setup(WE, posedge WCLK, 654);
	endspecify
endmodule
