# exch_ram.sv parts ram
# a read in the cycle of a write gives what was there before
s/bypass <= waddr == raddr ? wen : '0;/bypass <= '0;/
