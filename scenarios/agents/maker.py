"""A market maker, the same as maker.awk, which says what it does."""
import sys

symbol, tick, digits = "", 1.0, 0
bid = offer = held = orders = 0
tag, price = {"buy": 0, "sell": 0}, {"buy": 0, "sell": 0}


def keep(side, at, wanted):
    """Its order of a side shall stand at this price, or not at all."""
    global orders
    if tag[side] and (not wanted or price[side] != at):
        print("cancel", tag[side])
        tag[side] = 0
    if not tag[side] and wanted:
        orders += 1
        tag[side], price[side] = orders, at
        print(f"{side} 100 {symbol} @ {at * tick:.{digits}f} post-only as {orders}")


for line in sys.stdin:
    f = line.split()
    if f[0] == "exch":
        print("ready protocol=1 name=maker sub=bbo wake=bbo,own")
    elif f[0] == "instrument" and not symbol:
        symbol, tick, digits = f[1], float(f[3]), int(f[9])
    elif f[0] == "bbo" and f[2] == symbol and "-" not in (f[3], f[5]):
        bid, offer = round(float(f[3]) / tick), round(float(f[5]) / tick)
    elif f[0] in ("filled", "cancelled", "rejected"):
        if f[0] == "filled":
            held += int(f[6]) if f[4] == "buy" else -int(f[6])
        for side in tag:
            if tag[side] == int(f[3]) and (f[0] != "filled" or f[7] == "0"):
                tag[side] = 0
    elif f[0] == ".":
        if bid:
            keep("buy", bid - (held >= 300), held < 500)
            keep("sell", offer + (held <= -300), held > -500)
        print(".", flush=True)
