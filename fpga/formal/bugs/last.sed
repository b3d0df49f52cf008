# exch_event.sv run last
# an order that expires has no last event
s/!more, kind}/!more \&\& act != exch_p::A_EXPIRE, kind}/
