"""Momentum: it follows the market.  Two averages of the prices of trades, a
quick one and a slow one; where the quick one is above, it wants to have 500,
below, to have sold 500 short, and it takes what the market offers for it."""
import sys

symbol, decimals = "", 2
bid, offer = "-", "-"
quick = slow = None
held = waits = orders = 0

for line in sys.stdin:
    f = line.split()
    if f[0] == "exch":
        print("ready protocol=1 name=momentum sub=bbo,trades wake=trades,own")
    elif f[0] == "instrument" and not symbol:
        symbol = f[1]
    elif f[0] == "bbo" and f[2] == symbol:
        bid, offer = f[3], f[5]
    elif f[0] == "trade" and f[2] == symbol:
        price = float(f[4])
        quick = price if quick is None else quick + (price - quick) / 5
        slow = price if slow is None else slow + (price - slow) / 50
    elif f[0] == "filled":
        held += int(f[6]) if f[4] == "buy" else -int(f[6])
        waits = 0 if f[7] == "0" else waits
    elif f[0] in ("cancelled", "rejected"):
        waits = 0
    elif f[0] == ".":
        wanted = 0 if slow is None else 500 * ((quick > slow) - (quick < slow))
        side, price = ("buy", offer) if wanted > held else ("sell", bid)
        if wanted != held and price != "-" and not waits:
            orders += 1
            waits = orders
            print(f"{side} {abs(wanted - held)} {symbol} @ {price} ioc as {orders}")
        print(".", flush=True)
