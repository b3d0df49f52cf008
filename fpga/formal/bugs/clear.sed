# exch_core.sv reset top
# a reset leaves bits in the highest map
s/top_wdata = clears ? '0 :/top_wdata = clears ? '1 :/
