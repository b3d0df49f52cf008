# exch_core.sv run maker
# a maker keeps what it traded
s/if (rest_best || trades || (cuts/if (rest_best || (cuts/
