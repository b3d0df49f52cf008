# exch_core.sv run post
# a post-only order at the price of the other side is let in
s/would_take(post && crosses)/would_take(post \&\& opp.v \&\& opp.key < lim)/
