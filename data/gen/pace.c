/*
 * The pace of the day: how its messages spread over the hours, and the time
 * from one event to the next.
 */
#include <config.h>

#include "gen.h"

/* How the day's messages spread, in 1/1000 per stretch. */
static const struct stretch {
	int64_t from;
	uint32_t share;
} stretches[] = {
    {GEN_HM(4, 0), 8},
    {GEN_HM(7, 0), 32},
    {GEN_HM(9, 30), 170},
    {GEN_HM(10, 0), 100},
    {GEN_HM(10, 30), 80},
    {GEN_HM(11, 0), 110},
    {GEN_HM(12, 0), 90},
    {GEN_HM(13, 0), 90},
    {GEN_HM(14, 0), 105},
    {GEN_HM(15, 0), 80},
    {GEN_HM(15, 30), 115},
    {GEN_HM(16, 0), 14},
    {GEN_HM(18, 0), 6},
    {GEN_HM(20, 0), 0},
};

/* Messages that should have been sent by now; *gap: ns between them. */
static uint64_t
plan(const struct gen *g, int64_t now, uint64_t *gap)
{
	uint64_t share = 0, here;
	size_t i = 0;
	int64_t len;

	while (stretches[i + 1].share != 0 && stretches[i + 1].from <= now)
		share += stretches[i++].share;
	len = stretches[i + 1].from - stretches[i].from;
	here = g->wanted * stretches[i].share / 1000 + 1;
	*gap = (uint64_t)len / here;
	return g->wanted / 1000 * share +
	       here * (uint64_t)((now - stretches[i].from) / GEN_MS) /
		   (uint64_t)(len / GEN_MS);
}

/* log2 with 16 fraction bits, by repeated squaring of the mantissa. */
static int64_t
log2_fix(uint64_t v)
{
	int whole = 63 - __builtin_clzll(v);
	uint64_t m = v << (63 - whole) >> 32; /* 1.31 */
	int64_t frac = 0;

	for (int i = 0; i < 16; i++) {
		m = m * m >> 31;
		frac <<= 1;
		if (m >> 32 != 0) {
			m >>= 1;
			frac |= 1;
		}
	}
	return (int64_t)whole << 16 | frac;
}

/* -ln(u) x mean. */
static int64_t
draw(struct gen *g, uint64_t mean)
{
	/* -ln u = (32 - log2 v) ln 2 for u = v / 2^32; 45426 is ln 2. */
	uint64_t v = (exch_rng_u64(&g->rng) >> 32) + 1;
	int64_t e = (((int64_t)32 << 16) - log2_fix(v)) * 45426 >> 16;

	return (int64_t)((exch_i128)mean * (exch_i128)e >> 16);
}

/*
 * Six of ten follow close on the one before, as people and programs react;
 * the pause before the others is drawn so that the day keeps to its plan.
 * Where more is planned than people could do, everybody is faster.
 */
int64_t
gen_pace_pause(struct gen *g, bool *follows)
{
	static const int64_t react[3] = {3 * GEN_US, 60 * GEN_US, 1 * GEN_MS};
	uint64_t gap, due, mean;
	int64_t least;

	*follows = exch_rng_chance(&g->rng, 6, 10);
	due = plan(g, g->now, &gap);
	least = gap / 4 < 300 ? (int64_t)gap / 4 : 300;
	if (*follows && g->messages < due + 1000) {
		mean = (uint64_t)react[exch_rng_below(&g->rng, 3)];
		return least + draw(g, mean < gap / 2 ? mean : gap / 2);
	}
	mean = gap * 26 / 10;
	if (g->shock < g->nsym)
		mean /= 10;
	else if (g->messages > due)
		mean *= 2;
	else if (g->messages + 100 < due)
		mean /= 4;
	return least + draw(g, mean);
}
