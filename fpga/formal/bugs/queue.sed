# exch_core.sv run fifo
# who comes to the best price goes to the head of its queue
/if (rests && at_best)/,/end/s/n\.tail = slot;/n.head = slot;/
