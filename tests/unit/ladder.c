/*
 * The uncrossing price on the worked books A to G: numbers that were
 * computed by hand from the rule books of two venues; the rules that other
 * venues add, and their bands.  Each goes through
 * exch_ladder_find, through the naive engine's price, and as orders
 * through a whole call auction with its fills.
 */
#include <config.h>

#include "book/book.h"
#include "naive/naive.h"
#include "rig.h"
#include "tap.h"

#define M EXCH_TICK_MARKET

struct line {
	exch_qty qty;
	int64_t limit; /* M: market order */
};

/* The ladders of the table, in the order of its columns. */
static const char *const ladders[] = {
    "xetra", "euronext", "lse", "nasdaq", "nyse", "sse-open"};
#define LADDERS EXCH_ARRAY_LEN(ladders)

struct result {
	int64_t ref;	 /* M: none */
	int64_t want[6]; /* M: no price */
};

/*
 * Nasdaq goes by the quote, here the best limits: A 101 to 99, B, C and D 102
 * to 99, E 100 to 98, G 101 to 99.
 */
static const struct worked {
	const char *name;
	struct line buy[4];
	struct line sell[4];
	exch_qty volume;
	struct result row[5]; /* ref 0 ends them */
	/* fills of the xetra run with the first reference: buy/sell qty */
	const char *fills;
} books[] = {
    {"A", {{300, 101}, {400, 100}, {200, 99}},
	{{100, 99}, {500, 100}, {500, 101}}, 600,
	{{95, {100, 100, 100, 100, 100, 100}},
	    {100, {100, 100, 100, 100, 100, 100}},
	    {105, {100, 100, 100, 100, 100, 100}},
	    {M, {100, 100, 100, 100, 100, 100}}},
	"1/11 100@100, 1/12 200@100, 2/12 300@100"},
    /* Buyers are left over at 99 and at 100, those who named 100. */
    {"B", {{500, 102}, {100, 100}}, {{500, 99}, {300, 102}}, 500,
	{{99, {100, 99, 100, 100, 99, 100}},
	    {103, {100, 100, 100, 100, 100, 100}},
	    {98, {100, 99, 100, 100, 99, 100}},
	    {M, {100, 100, 100, 100, 100, 100}}},
	"1/11 500@100"},
    /* Nobody is left over from 99 to 102. */
    {"C", {{500, 102}}, {{500, 99}}, 500,
	{{98, {99, 99, 99, 102, 99, 101}}, {100, {100, 99, 99, 102, 99, 101}},
	    {101, {101, 102, 102, 102, 102, 101}},
	    {103, {102, 102, 102, 102, 102, 101}},
	    {M, {100, 102, 102, 102, 102, 101}}},
	"1/11 500@99"},
    /* +100 at 99 and 100, -100 at 102; 99 nobody named who is left over. */
    {"D", {{400, 102}, {100, 100}}, {{400, 99}, {100, 102}}, 400,
	{{98, {100, 99, 99, 100, 99, 101}},
	    {101, {101, 102, 102, 100, 102, 101}},
	    {103, {102, 102, 102, 100, 102, 101}},
	    {M, {101, 102, 102, 100, 102, 101}},
	    {100, {100, 100, 100, 100, 100, 101}}},
	"1/11 400@100"},
    {"E", {{300, M}, {200, 100}}, {{100, M}, {250, 98}, {100, 101}}, 350,
	{{98, {100, 98, 100, 100, 98, 100}},
	    {100, {100, 100, 100, 100, 100, 100}},
	    {105, {100, 100, 100, 100, 100, 100}},
	    {M, {100, 100, 100, 100, 100, 100}}},
	"1/11 100@100, 1/12 200@100, 2/12 50@100"},
    {"F", {{100, 99}}, {{100, 101}}, 0,
	{{100, {M, M, M, M, M, M}}, {M, {M, M, M, M, M, M}}}, ""},
    {"G", {{200, 101}, {100, 100}}, {{300, 99}, {200, 100}}, 300,
	{{98, {99, 99, 99, 99, 99, 99}}, {103, {99, 99, 99, 99, 99, 99}},
	    {M, {99, 99, 99, 99, 99, 99}}},
	"1/11 200@99, 2/11 100@99"},
};

/* Lines of a side summed per price in ascending order, market apart. */
static size_t
levels(const struct line *v, struct exch_ladder_level *out, exch_qty *market)
{
	size_t n = 0;

	*market = 0;
	for (int i = 0; i < 4 && v[i].qty != 0; i++) {
		size_t k = n;

		if (v[i].limit == M) {
			*market += v[i].qty;
			continue;
		}
		while (k > 0 && out[k - 1].tick > v[i].limit) {
			out[k] = out[k - 1];
			k--;
		}
		out[k] = (struct exch_ladder_level){v[i].limit, v[i].qty};
		n++;
	}
	return n;
}

static void
check_price(
    const struct worked *w, const char *ladder, int64_t ref, int64_t want)
{
	struct exch_ladder_level buy[4];
	struct exch_ladder_level sell[4];
	struct exch_ladder_book b = {
	    .buy = buy, .sell = sell, .reference = ref, .mid2 = EXCH_MID2_NONE};
	struct exch_ladder_price p;
	char what[128];

	b.nbuy = levels(w->buy, buy, &b.market_buy);
	b.nsell = levels(w->sell, sell, &b.market_sell);
	if (b.nbuy != 0 && b.nsell != 0)
		b.mid2 = (exch_i128)buy[b.nbuy - 1].tick + sell[0].tick;
	p = exch_ladder_find(exch_ladder_by_name(ladder), &b);
	snprintf(what, sizeof(what), "%s %s ref %lld: engine's price", w->name,
	    ladder, (long long)(ref == M ? -1 : ref));
	tap_is_i64(p.found ? p.tick : M, want, what);
	if (want != M)
		tap_is_u64(p.volume, w->volume, "  and volume");
}

static size_t
orders(const struct worked *w, struct naive_order *o)
{
	size_t n = 0;

	for (int s = 0; s < 2; s++) {
		const struct line *v = s == 0 ? w->buy : w->sell;

		for (int i = 0; i < 4 && v[i].qty != 0; i++)
			o[n++] = (struct naive_order){
			    .id = (exch_oid)(i + 1 + s * 10),
			    .price =
				v[i].limit == M ? EXCH_PX_NONE : v[i].limit,
			    .qty = v[i].qty,
			    .side = s == 0 ? EXCH_BUY : EXCH_SELL};
	}
	return n;
}

static void
check_naive(
    const struct worked *w, const char *ladder, int64_t ref, int64_t want)
{
	const struct naive_grid grid = {.tick = 1};
	struct naive_order o[8];
	size_t n = orders(w, o);
	struct naive_price p = naive_uncross_price(
	    ladder, o, n, &grid, ref == M ? EXCH_PX_NONE : ref);
	char what[128];

	snprintf(what, sizeof(what), "%s %s ref %lld: naive price", w->name,
	    ladder, (long long)(ref == M ? -1 : ref));
	tap_is_i64(p.found ? p.price : M, want, what);
	if (want != M)
		tap_is_u64(p.volume, w->volume, "  and volume");
}

/* The fills of an auction's events: "1/11 100@100, ...". */
static void
fills_of(const char *events, char *out, size_t size)
{
	size_t n = 0;

	out[0] = '\0';
	for (const char *p = events; (p = strstr(p, "exec ")) != NULL;) {
		size_t len;

		p = strchr(p + 5, ' ') + 1;
		len = strcspn(p, ";.");
		/* The kind of auction follows the price. */
		while (len > 0 && p[len - 1] != ' ')
			len--;
		n += (size_t)snprintf(out + n, size - n, "%s%.*s",
		    n == 0 ? "" : ", ", (int)(len - 1), p);
	}
}

/* The same orders through a call: price told, everybody paid in turn. */
static void
check_auction(const struct worked *w, const char *ladder, int64_t ref,
    int64_t want, const char *fills)
{
	struct naive_order o[8];
	size_t n = orders(w, o);
	struct rig r;
	char what[128];
	char head[96];
	char got[512];
	const char *ev;

	rig_open(&r, ladder, EXCH_PHASE_CONTINUOUS);
	rig_phase(&r, (struct rig_phase){.phase = EXCH_PHASE_CALL,
			  .cross = EXCH_CROSS_OPEN,
			  .reference = ref == M ? 0 : ref});
	for (size_t i = 0; i < n; i++)
		rig_new(&r, (struct rig_order){.id = o[i].id,
				.side = o[i].side,
				.qty = o[i].qty,
				.px = o[i].price});
	ev = rig_to(&r, EXCH_PHASE_CONTINUOUS);
	if (want == M)
		snprintf(head, sizeof(head), "auction open none paired=0 ");
	else
		snprintf(head, sizeof(head), "auction open %lld paired=%llu ",
		    (long long)want, (unsigned long long)w->volume);
	snprintf(what, sizeof(what), "%s %s: auction says %s", w->name, ladder,
	    head);
	if (!tap_ok(strncmp(ev, head, strlen(head)) == 0, what))
		printf("# %s\n", ev);
	if (fills != NULL) {
		fills_of(ev, got, sizeof(got));
		tap_is_str(got, fills, "  and fills");
	}
	rig_close(&r);
}

/* What the tables leave out: the other ladders on book C. */
static void
check_plain(void)
{
	const struct worked *c = &books[2];
	struct exch_ladder_level buy[4];
	struct exch_ladder_level sell[4];
	struct exch_ladder_book b = {.buy = buy, .sell = sell, .reference = M};
	const struct exch_ladder *l = exch_ladder_by_name("nasdaq");

	check_price(c, "plain-high", 98, 102);
	check_price(c, "plain-low", 103, 99);
	check_price(c, "plain-ref", 100, 99);
	check_price(c, "plain-ref", M, 102);
	check_naive(c, "plain-high", 98, 102);
	check_naive(c, "plain-low", 103, 99);
	check_naive(c, "plain-ref", 100, 99);
	/* Bid 102 and ask 99: the midpoint 100.5 is as near to both. */
	check_naive(c, "nasdaq", M, 102);
	b.nbuy = levels(c->buy, buy, &b.market_buy);
	b.nsell = levels(c->sell, sell, &b.market_sell);
	b.mid2 = 200;
	tap_is_i64(exch_ladder_find(l, &b).tick, 99, "nasdaq: mid 100");
	b.mid2 = 201;
	tap_is_i64(exch_ladder_find(l, &b).tick, 102, "nasdaq: mid 100.5");
	b.mid2 = 202;
	tap_is_i64(exch_ladder_find(l, &b).tick, 102, "nasdaq: mid 101");
	check_auction(c, "nasdaq", M, 102, "1/11 500@102");
	tap_ok(exch_ladder_by_name("no such") == NULL, "an unknown name");
}

/* Every ladder on every book. */
static void
check_table(void)
{
	for (size_t i = 0; i < EXCH_ARRAY_LEN(books); i++) {
		const struct worked *w = &books[i];

		for (size_t k = 0; k < 5 && w->row[k].ref != 0; k++)
			for (size_t l = 0; l < LADDERS; l++) {
				const char *name = ladders[l];
				int64_t ref = w->row[k].ref;
				int64_t want = w->row[k].want[l];

				check_price(w, name, ref, want);
				check_naive(w, name, ref, want);
				check_auction(w, name, ref, want,
				    k == 0 && l == 0 ? w->fills : NULL);
			}
	}
	/* Both calls of Shanghai have the same rules. */
	check_price(&books[2], "sse-close", 99, 101);
	check_naive(&books[3], "sse-close", 99, 101);
}

/* Sellers below the price must be filled, too: 9, where plain takes 10. */
static void
check_filled(void)
{
	static const struct worked w = {
	    "filled", {{100, 10}}, {{300, 9}}, 100, {{0, {0}}}, ""};
	/* A tie of volume and surplus that the better priced decide. */
	static const struct worked open = {
	    "open", {{428, 1008}}, {{427, 1000}}, 427, {{0, {0}}}, ""};
	/* Nothing fills 500 at market: the rule is passed over. */
	static const struct worked over = {
	    "market", {{500, M}}, {{100, 10}}, 100, {{0, {0}}}, ""};

	check_price(&w, "plain-high", M, 10);
	check_price(&w, "sse-open", M, 9);
	check_naive(&w, "sse-open", M, 9);
	check_price(&open, "plain-low", M, 1000);
	check_price(&open, "sse-open", M, 1008);
	check_naive(&open, "sse-close", M, 1008);
	check_price(&over, "sse-open", M, 10);
	check_naive(&over, "sse-open", M, 10);
	check_auction(&w, "sse-close", M, 9, "1/11 100@9");
}

/* A book, a quote and the reference, in cents; the price with the band. */
static const struct banded {
	const char *what;
	const char *ladder;
	struct line buy[4];
	struct line sell[4];
	int64_t bid;
	int64_t offer;
	int64_t clearing;
	int64_t ref;
	int64_t want;
	exch_qty volume;
} bands[] = {
    /* Midpoint 10.50, x = 1.05: 8.95 .. 12.05. */
    {"all above", "nasdaq", {{500, 1300}}, {{500, 1250}}, 1000, 1100, M, M, M,
	0},
    {"inside", "nasdaq", {{500, 1300}}, {{500, 1100}}, 1000, 1100, M, M, 1100,
	500},
    /* No surplus at 13.00 and above 10.00, +100 up to there. */
    {"upper end", "nasdaq", {{500, 1300}, {100, 1000}}, {{500, 800}}, 1000,
	1100, M, M, 1205, 500},
    {"lower end", "nasdaq", {{500, 1300}}, {{500, 800}, {100, 1100}}, 1000,
	1100, M, M, 895, 500},
    /* 8.95 and 12.05 are as good and as near. */
    {"the higher end", "nasdaq", {{500, 1290}}, {{500, 800}}, 1000, 1100, M, M,
	1205, 500},
    /* 400 at 12.00 and at 12.05: the limit is nearer. */
    {"a limit near the end", "nasdaq", {{500, 1300}, {100, 900}},
	{{400, 1200}, {100, 1250}}, 1000, 1100, M, M, 1200, 400},
    {"a limit near the lower end", "nasdaq", {{300, 850}, {50, 900}},
	{{350, 800}}, 1000, 1100, M, M, 900, 50},
    /* Midpoint 1.05, x = 0.50: 0.50 .. 1.60. */
    {"half a unit", "nasdaq", {{500, 200}}, {{100, 40}, {400, 190}}, 100, 110,
	M, M, 160, 100},
    {"no offer, no band", "nasdaq", {{500, 1300}}, {{500, 1250}}, 1000, M, M, M,
	1300, 500},
    {"market orders", "nasdaq", {{500, M}}, {{300, M}}, 1000, 1100, M, 1300,
	1205, 300},
    {"inside", "nyse", {{500, 1010}}, {{500, 1000}}, M, M, 1020, 990, 1000,
	500},
    /* 100 at 10.00, 10.10 and 10.20, where the surplus is smallest. */
    {"clearing price is the end", "nyse", {{500, 1030}, {100, 1010}},
	{{100, 1000}, {400, 1025}}, M, M, 1020, 990, 1020, 100},
    {"below the reference", "nyse", {{500, 980}}, {{500, 970}}, M, M, 985, 1000,
	M, 0},
    {"reference above", "nyse", {{500, 1030}}, {{200, 970}, {300, 975}}, M, M,
	980, 1000, 1000, 500},
    {"only the end", "nyse", {{500, 1030}}, {{200, 970}, {300, 1028}}, M, M,
	1025, 1000, 1000, 200},
    {"no clearing price, no band", "nyse", {{500, 980}}, {{500, 970}}, M, M, M,
	1000, 980, 500},
};

static void
check_band(const struct banded *v)
{
	const struct worked w = {.name = v->what,
	    .buy = {v->buy[0], v->buy[1], v->buy[2], v->buy[3]},
	    .sell = {v->sell[0], v->sell[1], v->sell[2], v->sell[3]}};
	struct exch_ladder_level buy[4];
	struct exch_ladder_level sell[4];
	struct exch_ladder_book b = {.buy = buy,
	    .sell = sell,
	    .reference = v->ref,
	    .mid2 = EXCH_MID2_NONE,
	    .tick = EXCH_PX_ONE / 100,
	    .bid = v->bid,
	    .offer = v->offer,
	    .clearing = v->clearing};
	struct exch_ladder_price p;
	char what[128];

	b.nbuy = levels(w.buy, buy, &b.market_buy);
	b.nsell = levels(w.sell, sell, &b.market_sell);
	if (v->bid != M && v->offer != M)
		b.mid2 = (exch_i128)v->bid + v->offer;
	p = exch_ladder_find(exch_ladder_by_name(v->ladder), &b);
	snprintf(what, sizeof(what), "%s band: %s", v->ladder, v->what);
	tap_is_i64(p.found ? p.tick : M, v->want, what);
	tap_is_u64(p.found ? p.volume : 0, v->volume, "  and volume");
	/* Nothing is known of a quote where there is no tick. */
	b.tick = 0;
	p = exch_ladder_find(exch_ladder_by_name(v->ladder), &b);
	tap_ok(p.found, "  and a price without the band");
}

/* Without any limit the reference is the price, or there is none. */
static void
check_market_only(void)
{
	static const struct worked w = {
	    "market", {{300, M}}, {{200, M}}, 200, {{0, {0}}}, ""};
	unsigned n;
	const struct exch_ladder *l = exch_ladder_all(&n);

	tap_is_u64(n, 10, "ten ladders");
	for (unsigned i = 0; i < n; i++) {
		check_price(&w, l[i].name, 77, 77);
		check_price(&w, l[i].name, M, M);
		check_naive(&w, l[i].name, 77, 77);
		check_naive(&w, l[i].name, M, M);
	}
	check_auction(&w, "xetra", 77, 77, "1/11 200@77");
	check_auction(&w, "xetra", M, M, "");
}

/* Sums beyond 64 bits, and ticks at the ends of their type. */
static void
check_extremes(void)
{
	const exch_qty big = UINT64_MAX - 1;
	const struct exch_ladder_level buy[] = {
	    {INT64_MAX - 2, big}, {INT64_MAX - 1, big}};
	const struct exch_ladder_level sell[] = {
	    {INT64_MIN + 1, big}, {INT64_MIN + 2, big}};
	const struct exch_ladder_book b = {.buy = buy,
	    .nbuy = 2,
	    .sell = sell,
	    .nsell = 2,
	    .market_buy = big,
	    .reference = 5,
	    .mid2 = 0};
	struct exch_ladder_price p =
	    exch_ladder_find(exch_ladder_by_name("xetra"), &b);

	tap_ok(p.found, "huge: found");
	tap_ok((exch_u128)p.volume == (exch_u128)big * 2, "huge: volume");
	tap_ok(p.surplus == 0, "huge: surplus");
	tap_is_i64(p.tick, INT64_MAX - 1, "huge: price");
}

int
main(void)
{
	check_table();
	check_plain();
	check_filled();
	for (size_t i = 0; i < EXCH_ARRAY_LEN(bands); i++)
		check_band(&bands[i]);
	check_market_only();
	check_extremes();
	return tap_done();
}
