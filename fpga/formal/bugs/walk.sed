# exch_core.sv run fok_all
# the dry walk of a fill-or-kill order finds one too many
s/S_F3: st_n = h_enough/S_F3: st_n = h_enough || lacks == (QB+2)'(1)/
s/if (h_enough) sure/if (h_enough || lacks == (QB+2)'(1)) sure/
