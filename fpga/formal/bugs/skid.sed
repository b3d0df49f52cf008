# exch_skid.sv parts order
# a beat that was put aside is told of as taken, and dropped
s/aside_valid || s_valid;/s_valid;/
