/*
 * Reports of two sides, compared by sorting (compare.h).  For each thing in
 * which two of them may differ they are sorted by all the others, so that
 * what differs in that thing only is found by bisection.
 */
#include <config.h>

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "settle/compare.h"

static const struct exch_cell_word sides[] = {
    {"buy", EXCH_BUY}, {"sell", EXCH_SELL}, {NULL, 0}};

/* ---- the table ---- */

#define ROW struct exch_reported_row
#define AT(f) .off = (uint16_t)offsetof(ROW, f)
#define ACCOUNT(n, f)                                                          \
	{                                                                      \
		.name = n, .kind = EXCH_CELL_U32, AT(f), .least = 1,           \
		.most = EXCH_ACCOUNT_VENUE - 1                                 \
	}
static const struct exch_column columns[] = {
    {.name = "report",
	.kind = EXCH_CELL_UINT,
	AT(report),
	.least = 1,
	.most = (INT64_C(1) << 62) - 1},
    ACCOUNT("account", account),
    ACCOUNT("against", against),
    {.name = "symbol", .kind = EXCH_CELL_TEXT, AT(symbol), .size = 24},
    {.name = "side", .kind = EXCH_CELL_WORD, AT(side), .words = sides},
    {.name = "quantity",
	.kind = EXCH_CELL_UINT,
	AT(qty),
	.least = 1,
	.most = INT64_MAX},
    {.name = "price",
	.kind = EXCH_CELL_PX,
	AT(price),
	.may_lack = true,
	.lack = EXCH_PX_NONE,
	.least = -(INT64_MAX - 1),
	.most = INT64_MAX - 1},
    {.name = "amount",
	.kind = EXCH_CELL_CASH,
	AT(amount),
	.may_lack = true,
	.lack = EXCH_AMOUNT_NONE,
	.least = -INT64_MAX,
	.most = INT64_MAX},
    {.name = "traded", .kind = EXCH_CELL_DATE, AT(traded)},
    {.name = "settles", .kind = EXCH_CELL_DATE, AT(settles)},
};
static const struct exch_reftable_shape shape = {"a table of reported trades",
    columns, EXCH_ARRAY_LEN(columns), sizeof(ROW)};
#undef AT
#undef ROW

static int
by_number(const void *a, const void *b)
{
	const struct exch_reported_row *x = a, *y = b;

	return (x->report > y->report) - (x->report < y->report);
}

static const char *
wrong(const struct exch_reported_row *r)
{
	if (r->account == r->against)
		return "'against' is the account itself";
	if ((r->price == EXCH_PX_NONE) == (r->amount == EXCH_AMOUNT_NONE))
		return "expected one of 'price' and 'amount'";
	if (r->settles < r->traded)
		return "'settles' is before 'traded'";
	return NULL;
}

int
exch_reported_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d)
{
	int err = exch_reftable_parse(text, n, name, &shape, t, d);

	for (size_t i = 0; err == EXCH_OK && i < t->n; i++) {
		const char *why =
		    wrong((const struct exch_reported_row *)t->row + i);

		if (why != NULL)
			err = exch_reftable_bad(t, i, d, "%s", why);
	}
	if (err == EXCH_OK)
		err = exch_reftable_once(t, sizeof(struct exch_reported_row),
		    by_number, "has the same number", d);
	if (err != EXCH_OK)
		exch_reftable_clear(t);
	return err;
}

/* ---- keys ---- */

/*
 * What a report is found by when it differs from the one that looks for it in
 * one thing.  What is not looked at is 0.
 */
struct probe {
	uint32_t instrument;
	uint32_t a, b; /* buyer and seller; or as the thing needs it */
	uint32_t traded, settles;
	uint8_t side; /* whose report it is */
	exch_qty qty;
	exch_cash cash;
	size_t i; /* of the report */
};

/* `mirror`: as the other side would have to say it. */
static struct probe
probe_of(const struct exch_report *r, unsigned differs, bool mirror)
{
	bool buys = r->side == EXCH_BUY;
	uint32_t who = mirror ? r->against : r->account;
	uint32_t whom = mirror ? r->account : r->against;
	struct probe p = {.instrument = r->instrument,
	    .a = buys ? r->account : r->against,
	    .b = buys ? r->against : r->account,
	    .traded = r->traded,
	    .settles = r->settles,
	    .side = mirror == buys ? EXCH_SELL : EXCH_BUY,
	    .qty = r->qty,
	    .cash = r->cash};

	switch (differs) {
	case EXCH_DIFFERS_QTY:
		p.qty = 0;
		p.cash = 0;
		break;
	case EXCH_DIFFERS_SETTLES:
		p.settles = 0;
		break;
	case EXCH_DIFFERS_TRADED:
		p.traded = 0;
		break;
	case EXCH_DIFFERS_SIDE: /* both say that they buy */
		p.a = who;
		p.b = whom;
		p.side = r->side;
		break;
	case EXCH_DIFFERS_INSTRUMENT:
		p.instrument = 0;
		break;
	case EXCH_DIFFERS_ACCOUNT: /* another says so of the same account */
		p.a = 0;
		p.b = whom;
		break;
	case EXCH_DIFFERS_AGAINST: /* it says so of another account */
		p.a = who;
		p.b = 0;
		break;
	case EXCH_DIFFERS_MUCH:
		p.qty = 0;
		p.cash = 0;
		p.traded = p.settles = 0;
		break;
	default:
		break;
	}
	return p;
}

#define ORDER(f)                                                               \
	if (x->f != y->f)                                                      \
	return x->f < y->f ? -1 : 1

/* But for the cash. */
static int
same_but_cash(const struct probe *x, const struct probe *y)
{
	ORDER(instrument);
	ORDER(a);
	ORDER(b);
	ORDER(qty);
	ORDER(traded);
	ORDER(settles);
	ORDER(side);
	return 0;
}

static int
by_key(const void *a, const void *b)
{
	const struct probe *x = a, *y = b;
	int c = same_but_cash(x, y);

	if (c != 0)
		return c;
	ORDER(cash);
	ORDER(i);
	return 0;
}

/* ---- who matches ---- */

static bool
within(exch_cash a, exch_cash b, exch_cash tolerance)
{
	exch_i128 by = (exch_i128)a - b;

	return by <= tolerance && by >= -(exch_i128)tolerance;
}

/* Two runs that differ in the side only, each by its cash. */
static void
pair_runs(struct exch_report *r, const struct probe *b, size_t nb,
    const struct probe *s, size_t ns, exch_cash tolerance)
{
	size_t i = 0, k = 0;

	while (i < nb && k < ns) {
		if (!within(b[i].cash, s[k].cash, tolerance)) {
			if (b[i].cash < s[k].cash)
				i++;
			else
				k++;
			continue;
		}
		r[b[i].i].state = r[s[k].i].state = EXCH_COMPARED_MATCHED;
		r[b[i].i].differs = r[s[k].i].differs = EXCH_DIFFERS_NOTHING;
		r[b[i].i].other = s[k].i;
		r[s[k].i].other = b[i].i;
		i++;
		k++;
	}
}

/* The first one at `from` or behind it whose key is not that of `from`. */
static size_t
run_end(const struct probe *p, size_t n, size_t from)
{
	size_t i = from;

	while (i < n && same_but_cash(&p[from], &p[i]) == 0)
		i++;
	return i;
}

static void
match(
    struct exch_report *r, const struct probe *p, size_t n, exch_cash tolerance)
{
	for (size_t i = 0, k, end; i < n; i = k) {
		struct probe other = p[i];

		k = run_end(p, n, i);
		other.side = EXCH_SELL;
		if (p[i].side != EXCH_BUY || k == n ||
		    same_but_cash(&other, &p[k]) != 0)
			continue;
		end = run_end(p, n, k);
		pair_runs(r, p + i, k - i, p + k, end - k, tolerance);
		k = end;
	}
}

/* ---- what is nearest ---- */

/* The first one that is not before the key. */
static size_t
lower(const struct probe *p, size_t n, const struct probe *key)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (by_key(&p[mid], key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static size_t
find(const struct probe *p, size_t n, const struct exch_report *r,
    unsigned differs, exch_cash tolerance)
{
	struct probe key = probe_of(r, differs, true);
	exch_cash cash = key.cash;
	size_t i;

	key.i = 0;
	if (differs != EXCH_DIFFERS_CASH) {
		if (__builtin_sub_overflow(cash, tolerance, &key.cash))
			key.cash = INT64_MIN;
		i = lower(p, n, &key);
		return i < n && same_but_cash(&p[i], &key) == 0 &&
			       within(p[i].cash, cash, tolerance)
			   ? p[i].i
			   : SIZE_MAX;
	}
	/* The nearest of those around it. */
	i = lower(p, n, &key);
	if (i > 0 && same_but_cash(&p[i - 1], &key) == 0 &&
	    (i == n || same_but_cash(&p[i], &key) != 0 ||
		(exch_i128)cash - p[i - 1].cash <= (exch_i128)p[i].cash - cash))
		i--;
	return i < n && same_but_cash(&p[i], &key) == 0 ? p[i].i : SIZE_MAX;
}

/* Those that are unmatched, by their keys; how many there are. */
static size_t
collect(
    const struct exch_report *r, size_t n, unsigned differs, struct probe *p)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		if (r[i].state == EXCH_COMPARED_MATCHED)
			continue;
		p[k] = probe_of(&r[i], differs, false);
		p[k++].i = i;
	}
	qsort(p, k, sizeof(*p), by_key);
	return k;
}

int
exch_compare(
    struct exch_report *r, size_t n, exch_cash tolerance, struct exch_diag *d)
{
	struct probe *p = exch_calloc(n + 1, sizeof(*p));
	size_t k;

	if (p == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for what is compared");
	for (size_t i = 0; i < n; i++) {
		r[i].state = EXCH_COMPARED_UNMATCHED;
		r[i].differs = EXCH_DIFFERS_ALL;
		r[i].other = SIZE_MAX;
	}
	k = collect(r, n, EXCH_DIFFERS_NOTHING, p);
	match(r, p, k, tolerance);
	for (unsigned differs = EXCH_DIFFERS_CASH; differs < EXCH_DIFFERS_ALL;
	     differs++) {
		k = collect(r, n, differs, p);
		for (size_t i = 0; i < k; i++) {
			struct exch_report *x = &r[p[i].i];

			if (x->other != SIZE_MAX)
				continue;
			x->other = find(p, k, x, differs, tolerance);
			if (x->other != SIZE_MAX)
				x->differs = (uint8_t)differs;
		}
	}
	exch_free(p);
	return EXCH_OK;
}
