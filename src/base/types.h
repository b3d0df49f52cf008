/*
 * Scalar kinds that every part shares.  Money, quantity and time are
 * integers; the units are fixed here and nowhere else.
 */
#ifndef EXCH_BASE_TYPES_H
#define EXCH_BASE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Price in 10^-9 of the quote currency; may be negative (spreads). */
typedef int64_t exch_px;
/* Cash amount in 10^-6 of its currency. */
typedef int64_t exch_cash;
/* Quantity in 10^qty_exponent units of the instrument (0: shares). */
typedef uint64_t exch_qty;
/* Time in nanoseconds since 1970-01-01T00:00:00 UTC. */
typedef uint64_t exch_ts;
/* Order id: unique per instrument among live orders. */
typedef uint64_t exch_oid;

/*
 * Sides carry their FIX numbers.  Short sales are sells that a command marks;
 * books and executions know two sides.
 */
enum exch_side {
	EXCH_SIDE_NONE = 0,
	EXCH_BUY = 1,
	EXCH_SELL = 2,
	EXCH_SHORT = 5,
	EXCH_SHORT_EXEMPT = 6
};

/* "None" is the maximum of its type. */
#define EXCH_PX_NONE INT64_MAX
#define EXCH_QTY_NONE UINT64_MAX
#define EXCH_TS_NONE UINT64_MAX

#define EXCH_PX_ONE INT64_C(1000000000)
#define EXCH_CASH_ONE INT64_C(1000000)
#define EXCH_SEC UINT64_C(1000000000)

#define EXCH_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

__extension__ typedef __int128 exch_i128;
__extension__ typedef unsigned __int128 exch_u128;

#endif
