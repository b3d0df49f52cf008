/*
 * The day in bins: whatever the times, each bin holds what a recount of its
 * time gives, and who trades most is kept.
 */
#include <config.h>

#include <stdlib.h>

#include "base/rng.h"
#include "base/alloc.h"
#include "rec/zio.h"
#include "report/day.h"
#include "report_kit.h"
#include "tap.h"

#define DAY UINT64_C(1672963200000000000)

struct trade {
	exch_ts time;
	uint32_t instr;
	exch_px price;
	exch_qty qty;
};

static struct exch_out *out;

static struct exch_report_run *
begin(unsigned top, struct exch_day **day)
{
	static const struct exch_stream_info info = {.text = ""};
	const struct exch_report *plot = exch_report_by_name("plot");
	struct exch_report_opts o = {.format = EXCH_FMT_CSV};
	struct exch_report_run *run = NULL;
	struct exch_diag d = {0};

	if (exch_out_mem(&out) != 0 ||
	    exch_report_new(plot, &o, &info, out, &run, &d) != 0) {
		printf("# %s\n", d.text);
		exit(1);
	}
	/* its state begins with a day */
	*day = run->state;
	exch_day_free(*day);
	memset(*day, 0, sizeof(**day));
	if (exch_day_open(*day, run, EXCH_DAY_SERIES, top, &d) != 0)
		exit(1);
	return run;
}

static void
end(struct exch_report_run *run)
{
	exch_report_free(run);
	exch_out_free(out);
}

static void
feed(struct exch_report_run *run, const struct exch_rec *r)
{
	static uint64_t seq;
	struct exch_diag d = {0};

	if (exch_report_record(run, r, ++seq, &d) != 0) {
		printf("# %s\n", d.text);
		exit(1);
	}
}

static void
announce(struct exch_report_run *run, uint32_t instr)
{
	static struct tape t;

	t.n = 0;
	add_instrument(&t);
	((struct exch_rec *)(void *)t.word)->instr = instr;
	feed(run, (const struct exch_rec *)(const void *)t.word);
}

static void
execute(struct exch_report_run *run, const struct trade *x)
{
	static struct tape t;
	static uint64_t match;
	struct exch_rec_exec *e;

	t.n = 0;
	t.time = x->time;
	add_exec(&t, ++match, 1, 2, 0, x->qty);
	e = (struct exch_rec_exec *)(void *)t.word;
	e->h.instr = x->instr;
	e->price = x->price;
	feed(run, &e->h);
}

/* ---- bins against a recount ---- */

static bool
same_cell(const struct exch_series_cell *c, const struct trade *x, size_t n,
    exch_ts from, exch_ts to)
{
	struct exch_series_cell want = {.open = EXCH_PX_NONE,
	    .high = EXCH_PX_NONE,
	    .low = EXCH_PX_NONE,
	    .last = EXCH_PX_NONE};

	for (size_t i = 0; i < n; i++) {
		if (x[i].time < from || x[i].time >= to)
			continue;
		if (want.trades++ == 0)
			want.open = want.high = want.low = x[i].price;
		want.high = x[i].price > want.high ? x[i].price : want.high;
		want.low = x[i].price < want.low ? x[i].price : want.low;
		want.last = x[i].price;
		want.volume += x[i].qty;
		want.notional += (exch_i128)x[i].price * (exch_i128)x[i].qty;
	}
	return c->trades == want.trades && c->volume == want.volume &&
	       c->notional == want.notional && c->open == want.open &&
	       c->high == want.high && c->low == want.low &&
	       c->last == want.last;
}

/* Trades whose distances are of every size up to 2^shift ns. */
static bool
recount(struct exch_rng *rng, unsigned shift, size_t n)
{
	struct trade *x = calloc(n, sizeof(*x));
	struct exch_day *day;
	struct exch_report_run *run = begin(1, &day);
	const struct exch_series *s = &day->series;
	struct exch_diag d = {0};
	exch_ts t = DAY + exch_rng_below(rng, EXCH_SEC);
	bool ok;

	announce(run, 1);
	for (size_t i = 0; i < n; i++) {
		x[i] = (struct trade){t, 1,
		    (exch_px)(1 + exch_rng_below(rng, 1000)) * PX,
		    1 + exch_rng_below(rng, 100)};
		execute(run, &x[i]);
		t += exch_rng_u64(rng) >> (64 - shift) >>
		     exch_rng_below(rng, shift);
	}
	ok = exch_day_finish(day, &d) == 0 && s->nslots == 1 &&
	     s->bins.n >= 1 && s->bins.n <= EXCH_SERIES_BINS &&
	     x[0].time >= s->bins.start &&
	     x[0].time - s->bins.start < s->bins.width;
	for (uint32_t i = 0; ok && i < s->bins.n; i++) {
		ok = same_cell(&s->slot[0].cell[i], x, n,
		    s->bins.start + s->bins.width * i,
		    s->bins.start + s->bins.width * (i + 1));
		if (!ok)
			printf("# bin %u of %u, width %" PRIu64 "\n", i,
			    s->bins.n, s->bins.width);
	}
	end(run);
	free(x);
	return ok;
}

static void
bins(struct exch_rng *rng)
{
	bool ok = true;

	for (unsigned shift = 8; ok && shift <= 46; shift++)
		for (unsigned i = 0; ok && i < 4; i++)
			ok = recount(rng, shift, 300);
	tap_ok(ok, "each bin holds what a recount of its time gives");
}

static void
widths(void)
{
	uint64_t w = 0;
	bool ok = true;

	for (unsigned i = 0; i < 60; i++) {
		uint64_t next = exch_bins_next(w);

		/* so that bins become one without being cut */
		ok = ok && next >= w && (w == 0 || next % w == 0);
		w = next;
	}
	tap_ok(ok, "each width is a multiple of the one before");
	tap_ok(w > UINT64_MAX / 2 / EXCH_SERIES_BINS,
	    "the last ones hold all of time");
}

/* ---- who is kept ---- */

static void
kept(void)
{
	struct exch_day *day;
	struct exch_report_run *run = begin(1, &day);
	struct exch_series *s = &day->series;
	struct exch_diag d = {0};
	uint32_t *order = NULL, n = 0;
	exch_ts t = DAY;

	for (uint32_t i = 1; i <= 40; i++)
		announce(run, i);
	/* one trade of each: the first 16 are kept */
	for (uint32_t i = 1; i <= 40; i++, t += EXCH_SEC)
		execute(run, &(struct trade){t, i, 1000 * PX, 1});
	tap_is_u64(s->nslots, 16, "sixteen are kept");
	for (unsigned k = 0; k < 63; k++, t += EXCH_SEC)
		execute(run, &(struct trade){t, 39, 1000 * PX, 1});
	tap_is_u64(s->nslots, 16, "no more of them");
	tap_ok(exch_day_finish(day, &d) == 0 &&
		   exch_series_order(s, &order, &n, &d) == 0 && n == 16,
	    "they are put in order");
	tap_is_u64(run->insts.inst[s->slot[order[0]].place].id, 39,
	    "one that came to trade most is the first");
	tap_ok(s->slot[order[0]].since > DAY + 40 * EXCH_SEC,
	    "and says since when it is kept");
	tap_is_u64(s->slot[order[1]].since, 0, "others are whole");
	exch_free(order);
	end(run);
}

/* Nothing before the first command or event begins a day. */
static void
early(void)
{
	struct exch_day *day;
	struct exch_report_run *run = begin(1, &day);
	struct exch_rec_phase p = {.h = {.type = EXCH_REC_PHASE,
				       .len8 = sizeof(p) / 8,
				       .source = MATCHER,
				       .time = DAY - 9 * 3600 * EXCH_SEC},
	    .phase = EXCH_PHASE_CONTINUOUS,
	    .reference = EXCH_PX_NONE};

	announce(run, 1);
	feed(run, &p.h);
	tap_ok(day->series.bins.start == EXCH_TS_NONE,
	    "a phase at night begins no day");
	execute(run, &(struct trade){DAY, 1, 1000 * PX, 1});
	tap_is_u64(day->series.bins.start, DAY, "a trade does");
	end(run);
}

int
main(void)
{
	struct exch_rng rng;

	exch_rng_seed(&rng, 20230106);
	widths();
	bins(&rng);
	kept();
	early();
	return tap_done();
}
