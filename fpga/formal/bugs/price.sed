# exch_core.sv run price
# a worse price becomes the best
s/is_new_best <= !own\.v || okey < own\.key;/is_new_best <= !own.v || okey > own.key;/
