/*
 * Numbers and rows of reports: digits against the C library's, money
 * against sums done by hand, cells in the three forms.
 */
#include <config.h>

#include <stdlib.h>

#include "base/rng.h"
#include "rec/cash.h"
#include "report/table.h"
#include "tap.h"

/* ---- digits ---- */

static bool
u64_agrees(uint64_t v)
{
	char got[EXCH_FMT_MAX];
	char want[EXCH_FMT_MAX];

	*exch_fmt_u64(got, v) = '\0';
	snprintf(want, sizeof(want), "%" PRIu64, v);
	if (strcmp(got, want) == 0)
		return true;
	printf("# got %s, want %s\n", got, want);
	return false;
}

static void
integers(struct exch_rng *rng)
{
	uint64_t p = 1;
	bool ok = u64_agrees(0) && u64_agrees(UINT64_MAX);

	for (int i = 0; i < 20; i++, p *= 10)
		ok = ok && u64_agrees(p - 1) && u64_agrees(p) &&
		     u64_agrees(p + 1);
	for (int i = 0; i < 64; i++)
		ok = ok && u64_agrees(UINT64_C(1) << i) &&
		     u64_agrees((UINT64_C(1) << i) - 1);
	for (int i = 0; i < 100000; i++)
		ok = ok &&
		     u64_agrees(exch_rng_u64(rng) >> exch_rng_below(rng, 64));
	tap_ok(ok, "integers have the digits printf gives them");
}

/* Every pair of fours, and behind a number that is short nothing but zeros. */
static void
lanes(struct exch_rng *rng)
{
	bool all = true, nine = true, room = true;

	for (uint32_t i = 0; i < 10000; i++) {
		uint32_t v = i * 10000 + (i * 7919 + 1) % 10000;
		char got[16] = "", want[16];

		*exch_fmt_all_eight(got, v) = '\0';
		snprintf(want, sizeof(want), "%08" PRIu32, v);
		all = all && strcmp(got, want) == 0;
		v = (uint32_t)exch_rng_below(rng, 1000000000);
		*exch_fmt_nine(got, v) = '\0';
		snprintf(want, sizeof(want), "%09" PRIu32, v);
		nine = nine && strcmp(got, want) == 0;
		memset(got, 'x', sizeof(got));
		memset(want, 0, sizeof(want));
		(void)exch_fmt_u64(got, i);
		snprintf(want, sizeof(want), "%" PRIu32, i);
		room = room && memcmp(got, want, EXCH_FMT_ROOM) == 0 &&
		       got[EXCH_FMT_ROOM] == 'x';
	}
	tap_ok(all, "eight digits at once");
	tap_ok(nine, "nine of them");
	tap_ok(room, "no more than the room of a number is written");
}

/* The same by printf: all nine decimals, zeros beyond `decimals` cut. */
static bool
px_agrees(exch_px v, unsigned decimals)
{
	char got[EXCH_FMT_MAX];
	char want[64];
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	size_t n;

	snprintf(want, sizeof(want), "%s%" PRIu64 ".%09" PRIu64,
	    v < 0 ? "-" : "", u / 1000000000, u % 1000000000);
	n = strlen(want);
	for (unsigned left = 9; left > decimals && want[n - 1] == '0'; left--)
		want[--n] = '\0';
	if (want[n - 1] == '.')
		want[n - 1] = '\0';
	*exch_fmt_px(got, v, decimals) = '\0';
	if (strcmp(got, want) == 0)
		return true;
	printf("# got %s, want %s\n", got, want);
	return false;
}

static void
prices(struct exch_rng *rng)
{
	bool ok = px_agrees(INT64_MAX - 1, 0) && px_agrees(INT64_MIN, 9);

	for (unsigned d = 0; d <= 9; d++) {
		ok = ok && px_agrees(0, d) && px_agrees(1, d) &&
		     px_agrees(-1, d) && px_agrees(1808080000000, d) &&
		     px_agrees(-5000000000, d);
		for (int i = 0; i < 20000; i++)
			ok = ok && px_agrees((int64_t)(exch_rng_u64(rng) >>
						       exch_rng_below(rng, 64)),
				       d);
	}
	/* on a grid, where they are one number with a point in it */
	for (unsigned d = 0; d <= 9; d++) {
		int64_t unit = (int64_t)exch_pow10[9 - d];

		for (int64_t n = 1; n <= INT64_MAX / unit / 10; n *= 10)
			ok = ok && px_agrees((n - 1) * unit, d) &&
			     px_agrees(n * unit, d) &&
			     px_agrees(-n * unit, d) &&
			     px_agrees(n * unit + 1, d);
		for (int i = 0; i < 20000; i++) {
			uint64_t n =
			    exch_rng_u64(rng) >> exch_rng_below(rng, 64);

			n %= (uint64_t)(INT64_MAX / unit);
			ok = ok && px_agrees((int64_t)n * unit, d) &&
			     px_agrees(-(int64_t)n * unit, d);
		}
	}
	tap_ok(ok, "prices keep every digit and have their decimals");
}

/* The same digit by digit, from the last one on. */
static bool
qty_agrees(exch_qty v, unsigned scale)
{
	char want[64], got[EXCH_FMT_MAX];
	char *p = want + sizeof(want);
	exch_qty rest = v;
	bool any = false;

	*--p = '\0';
	for (unsigned i = 0; i < scale; i++, rest /= 10) {
		any = any || rest % 10 != 0;
		if (any)
			*--p = (char)('0' + rest % 10);
	}
	if (any)
		*--p = '.';
	do {
		*--p = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest != 0);
	*exch_fmt_qty(got, v, scale) = '\0';
	if (strcmp(got, p) == 0)
		return true;
	printf("# got %s, want %s\n", got, p);
	return false;
}

static void
quantities(struct exch_rng *rng)
{
	char p[EXCH_FMT_MAX];
	bool ok = true;

	for (unsigned scale = 0; scale <= 9; scale++) {
		ok =
		    ok && qty_agrees(0, scale) && qty_agrees(UINT64_MAX, scale);
		for (uint64_t n = 1; n <= UINT64_MAX / 10; n *= 10)
			ok = ok && qty_agrees(n - 1, scale) &&
			     qty_agrees(n, scale) && qty_agrees(n + 1, scale);
		for (int i = 0; i < 20000; i++)
			ok = ok && qty_agrees(exch_rng_u64(rng) >>
						  exch_rng_below(rng, 64),
				       scale);
	}
	tap_ok(ok, "quantities of every scale");
	*exch_fmt_qty(p, 1250, 3) = '\0';
	tap_is_str(p, "1.25", "quantity in thousandths");
	*exch_fmt_qty(p, 2000, 3) = '\0';
	tap_is_str(p, "2", "a whole one has no point");
	*exch_fmt_qty(p, UINT64_MAX, 8) = '\0';
	tap_is_str(p, "184467440737.09551615", "the largest one");
}

/* ---- money ---- */

static uint64_t
cash(exch_px price, exch_qty qty)
{
	struct exch_money m = exch_money_of(0, 0, EXCH_KIND_EQUITY);
	exch_i128 v;

	if (exch_money_cash(&m, price, qty, &v) != 0)
		return UINT64_MAX;
	return (uint64_t)v;
}

static void
rounding(void)
{
	tap_is_u64(cash(1808080000000, 100), 180808000000, "100 at 1808.08");
	tap_is_u64(cash(500, 1), 0, "half of 10^-6 goes to even, down");
	tap_is_u64(cash(1500, 1), 2, "and up");
	tap_is_u64(cash(2500, 1), 2, "and down again");
	tap_is_u64(cash(2501, 1), 3, "more than half goes up");
	tap_is_i64((int64_t)cash(-1500, 1), -2, "the same below zero");
	tap_is_i64((int64_t)cash(-2500, 1), -2, "the same below zero, even");
}

/* Both ways of multiplying agree where both can. */
static void
ways(struct exch_rng *rng)
{
	struct exch_money m = exch_money_of(0, 0, EXCH_KIND_EQUITY);
	bool ok = true;

	for (int i = 0; i < 100000 && ok; i++) {
		exch_px p = (exch_px)(exch_rng_u64(rng) >>
				      (1 + exch_rng_below(rng, 60)));
		exch_qty q = exch_rng_u64(rng) >> exch_rng_below(rng, 64);
		exch_i128 a;
		exch_i128 b;

		ok = exch_money_cash(&m, p, q, &a) == 0 &&
		     exch_money_wide(&m, p, q, &b) == 0 && a == b;
	}
	tap_ok(ok, "64 and 128 bits give the same amount");
}

static void
contracts(void)
{
	/* E-mini S&P: 50 dollars a point; 4800.25 x 3 x 50 */
	struct exch_money es =
	    exch_money_of(0, INT64_C(50000000000), EXCH_KIND_FUTURE);
	/* 0.00000001 of a coin at 20000.5 */
	struct exch_money btc = exch_money_of(8, 0, EXCH_KIND_CRYPTO);
	struct exch_money huge = exch_money_of(0, INT64_MAX, EXCH_KIND_FUTURE);
	exch_i128 v;

	tap_is_i64(
	    exch_money_cash(&es, 4800250000000, 3, &v), 0, "with multiplier");
	tap_is_u64((uint64_t)v, 720037500000, "720037.50");
	tap_is_i64(exch_money_cash(&btc, 20000500000000, 1, &v), 0, "coins");
	tap_is_u64((uint64_t)v, 200, "0.000200005 rounds to 0.000200");
	tap_is_i64(exch_money_cash(&huge, INT64_MAX - 1, UINT64_MAX, &v),
	    EXCH_ERR_RANGE, "what does not fit is an error");
}

/* Worked by hand: what a trade of each kind is worth. */
static void
kinds(void)
{
	static const struct {
		uint8_t kind;
		int scale;
		int64_t multiplier;
		exch_px price;
		exch_qty qty;
		int64_t cash; /* 10^-6 */
		const char *what;
	} t[] = {
	    {EXCH_KIND_EQUITY, 0, 1000000000, 10010000000, 100, 1001000000,
		"equity: 100 x 10.01 = 1,001"},
	    {EXCH_KIND_ETF, 3, 1000000000, 412370000000, 1500, 618555000,
		"etf: 1.5 x 412.37 = 618.555"},
	    {EXCH_KIND_BOND, 0, 1000000000, 99515625000, 1000000, 995156250000,
		"bond: 1,000,000 at 99-16+ = 995,156.25"},
	    {EXCH_KIND_BOND, 0, 1000000000, 101374000000, 50000, 50687000000,
		"bond: 50,000 at 101.374 = 50,687"},
	    {EXCH_KIND_BOND, 2, 1000000000, 98500000000, 100050, 985492500,
		"bond: 1,000.50 at 98.5 = 985.4925"},
	    {EXCH_KIND_BOND, 0, 1000000000000, 99515625000, 1000, 995156250000,
		"bond: 1,000 of 1,000 nominal each"},
	    {EXCH_KIND_FUTURE, 0, 50000000000, 4800250000000, 3, 720037500000,
		"future: 3 x 50 x 4800.25 = 720,037.50"},
	    {EXCH_KIND_FUTURE, 0, 1000000000000, -350000000, 20, -7000000000,
		"spread: 20 x 1000 x -0.35 = -7,000"},
	    {EXCH_KIND_FUTURE, 0, 1000000000000, 99515625000, 10, 995156250000,
		"a future on a bond is a future: its multiplier says it all"},
	    {EXCH_KIND_OPTION, 0, 100000000000, 1250000000, 7, 875000000,
		"option: 7 x 100 x 1.25 = 875"},
	    {EXCH_KIND_FX, 0, 1000000000, 1085430000, 25000000, 27135750000000,
		"fx: 25,000,000 x 1.08543 = 27,135,750"},
	    {EXCH_KIND_CRYPTO, 8, 1000000000, 91000500000000, 12345678,
		11234628708, "crypto: 0.12345678 x 91000.5, to the even 10^-6"},
	    {EXCH_KIND_BOND, 0, 1000000000, 50000, 1, 0,
		"bond: half of 10^-6 goes to the even one, down"},
	    {EXCH_KIND_BOND, 0, 1000000000, 150000, 1, 2, "and up"},
	    {EXCH_KIND_FUTURE, 0, 500000000, -1000, 1, 0, "half below zero"},
	    {EXCH_KIND_FUTURE, 0, 500000000, -3000, 1, -2, "and away"},
	};
	exch_i128 v;

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(t); i++) {
		struct exch_money m =
		    exch_money_of(t[i].scale, t[i].multiplier, t[i].kind);

		v = -1;
		tap_ok(exch_money_cash(&m, t[i].price, t[i].qty, &v) == 0 &&
			   v == t[i].cash,
		    t[i].what);
	}
}

static void
means(void)
{
	/* The sums of 600519 on 2023-02-07, as the exchange published them. */
	exch_i128 notional = (exch_i128)437367173548 * 10000000;
	char p[EXCH_FMT_MAX];

	*exch_fmt_px(p, exch_mean_px(notional, 2432171, 4), 4) = '\0';
	tap_is_str(p, "1798.2583", "VWAP of a real day");
	tap_ok(exch_mean_px(0, 0, 4) == EXCH_PX_NONE, "of nothing: none");
	tap_is_i64(exch_mean_px(1, 2, 9), 0, "half to even");
	tap_is_i64(exch_mean_px(3, 2, 9), 2, "half to even, up");
	tap_is_i64(exch_mean_px(-3, 2, 9), -2, "half to even, negative");
	tap_is_i64(
	    exch_mean_px(250000, 1, 4), 200000, "rounded to the decimals");
}

/* ---- rows ---- */

static const struct exch_col cols[] = {
    {"name", EXCH_COL_TEXT, 6},
    {"time", EXCH_COL_TIME, 18},
    {"id", EXCH_COL_ID, 4},
    {"price", EXCH_COL_NUM, 8},
    {"qty", EXCH_COL_NUM, 4},
};

static void
put_rows(struct exch_table *t)
{
	static const char odd[] = "a\"b,\n\x01\xe9";

	exch_table_row(t);
	exch_table_text(t, "ABC", 3);
	exch_table_time(t, UINT64_C(1675733400123456789));
	exch_table_id(t, 42);
	exch_table_px(t, 10010000000, 2);
	exch_table_qty(t, 100, 0);
	exch_table_end(t);
	exch_table_row(t);
	exch_table_none(t);
	exch_table_time(t, 0);
	exch_table_id(t, 0);
	exch_table_px(t, EXCH_PX_NONE, 2);
	exch_table_none(t);
	exch_table_end(t);
	exch_table_row(t);
	exch_table_text(t, odd, sizeof(odd) - 1);
	exch_table_time(t, UINT64_C(1675733400000000001));
	exch_table_id(t, UINT64_MAX);
	exch_table_px(t, -5000000000, 2);
	exch_table_dec(t, 1, 6, 2);
	exch_table_end(t);
	exch_table_row(t);
	exch_table_text(t, "=1+1", 4);
	exch_table_time(t, 0);
	exch_table_none(t);
	exch_table_none(t);
	exch_table_none(t);
	exch_table_end(t);
}

static void
form(enum exch_format format, const struct exch_tz *tz, const char *want,
    const char *what)
{
	struct exch_diag d = {0};
	struct exch_table t;
	struct exch_out *out;
	const unsigned char *p;
	char *got;
	size_t n;

	tap_is_i64(exch_out_mem(&out), 0, "memory to write to");
	tap_is_i64(exch_table_init(&t, out, format, tz, &d), 0, "table");
	tap_is_i64(exch_table_columns(&t, cols, EXCH_ARRAY_LEN(cols), true, &d),
	    0, "columns");
	put_rows(&t);
	tap_is_i64(exch_table_flush(&t, &d), 0, "flush");
	tap_is_u64(t.rows, 4, "rows are counted, the header is none");
	p = exch_out_mem_bytes(out, &n);
	tap_is_u64(t.bytes, n, "bytes are counted");
	got = malloc(n + 1);
	memcpy(got, p, n);
	got[n] = '\0';
	tap_is_str(got, want, what);
	free(got);
	exch_table_clear(&t);
	exch_out_free(out);
}

static void
forms(void)
{
	struct exch_tz *east;
	struct exch_tz *west;

	tap_is_i64(exch_tz_fixed(8 * 3600, &east), 0, "zone");
	tap_is_i64(exch_tz_fixed(-(3 * 3600 + 30 * 60), &west), 0, "zone");
	form(EXCH_FMT_CSV, NULL,
	    "name,time,id,price,qty\n"
	    "ABC,2023-02-07T01:30:00.123456789Z,42,10.01,100\n"
	    ",1970-01-01T00:00:00.000000000Z,,,\n"
	    "\"a\"\"b,\n\x01\xe9\",2023-02-07T01:30:00.000000001Z,"
	    "18446744073709551615,-5.00,0.000001\n"
	    "'=1+1,1970-01-01T00:00:00.000000000Z,,,\n",
	    "CSV");
	form(EXCH_FMT_CSV, east,
	    "name,time,id,price,qty\n"
	    "ABC,2023-02-07T09:30:00.123456789+08:00,42,10.01,100\n"
	    ",1970-01-01T08:00:00.000000000+08:00,,,\n"
	    "\"a\"\"b,\n\x01\xe9\",2023-02-07T09:30:00.000000001+08:00,"
	    "18446744073709551615,-5.00,0.000001\n"
	    "'=1+1,1970-01-01T08:00:00.000000000+08:00,,,\n",
	    "CSV in a zone");
	form(EXCH_FMT_CSV, west,
	    "name,time,id,price,qty\n"
	    "ABC,2023-02-06T22:00:00.123456789-03:30,42,10.01,100\n"
	    ",1969-12-31T20:30:00.000000000-03:30,,,\n"
	    "\"a\"\"b,\n\x01\xe9\",2023-02-06T22:00:00.000000001-03:30,"
	    "18446744073709551615,-5.00,0.000001\n"
	    "'=1+1,1969-12-31T20:30:00.000000000-03:30,,,\n",
	    "CSV west of Greenwich, on the day before");
	form(EXCH_FMT_JSON, east,
	    "{\"name\":\"ABC\",\"time\":\"2023-02-07T01:30:00.123456789Z\","
	    "\"id\":\"42\",\"price\":10.01,\"qty\":100}\n"
	    "{\"name\":null,\"time\":\"1970-01-01T00:00:00.000000000Z\","
	    "\"id\":null,\"price\":null,\"qty\":null}\n"
	    "{\"name\":\"a\\\"b,\\u000a\\u0001\\u00e9\","
	    "\"time\":\"2023-02-07T01:30:00.000000001Z\","
	    "\"id\":\"18446744073709551615\",\"price\":-5.00,"
	    "\"qty\":0.000001}\n"
	    "{\"name\":\"=1+1\",\"time\":\"1970-01-01T00:00:00.000000000Z\","
	    "\"id\":null,\"price\":null,\"qty\":null}\n",
	    "JSON keeps to UTC");
	form(EXCH_FMT_TEXT, east,
	    "name    time                  id     price   qty\n"
	    "ABC     09:30:00.123456789    42     10.01   100\n"
	    "-       08:00:00.000000000     -         -     -\n"
	    "a\"b,???  09:30:00.000000001  18446744073709551615     -5.00"
	    "  0.000001\n"
	    "=1+1    08:00:00.000000000     -         -     -\n",
	    "text");
	exch_tz_free(east);
	exch_tz_free(west);
}

/* Rows far beyond the buffer arrive whole, and the hash is of them. */
static void
many(void)
{
	struct exch_diag d = {0};
	struct exch_table t;
	struct exch_out *out;
	struct exch_sha256 sha;
	const unsigned char *p;
	unsigned char a[32];
	unsigned char b[32];
	size_t n;
	char line[64];
	bool ok = true;

	tap_is_i64(exch_out_mem(&out), 0, "memory to write to");
	tap_is_i64(
	    exch_table_init(&t, out, EXCH_FMT_CSV, NULL, &d), 0, "table");
	t.hash = true;
	tap_is_i64(exch_table_columns(&t, cols + 2, 1, true, &d), 0, "columns");
	for (uint64_t i = 0; i < 200000; i++) {
		exch_table_row(&t);
		exch_table_u64(&t, i);
		exch_table_end(&t);
	}
	tap_is_i64(exch_table_flush(&t, &d), 0, "flush");
	p = exch_out_mem_bytes(out, &n);
	exch_sha256_init(&sha);
	exch_sha256_add(&sha, p, n);
	exch_sha256_end(&sha, a);
	exch_sha256_end(&t.sha, b);
	tap_ok(memcmp(a, b, 32) == 0, "the hash is of the bytes written");
	p += 3; /* "id\n" */
	for (uint64_t i = 0; i < 200000 && ok; i++) {
		int k = snprintf(line, sizeof(line), "%" PRIu64 "\n", i);

		ok = memcmp(p, line, (size_t)k) == 0;
		p += k;
	}
	tap_ok(ok, "200,000 rows in order");
	exch_table_clear(&t);
	exch_out_free(out);
}

int
main(void)
{
	struct exch_rng rng;

	exch_rng_seed(&rng, 7);
	integers(&rng);
	lanes(&rng);
	prices(&rng);
	quantities(&rng);
	rounding();
	ways(&rng);
	contracts();
	kinds();
	means();
	forms();
	many();
	return tap_done();
}
