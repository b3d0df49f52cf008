/*
 * exch-feed fix-books: market data in FIX 4.4.  The first time that an
 * instrument has a book it is told as a whole, MarketDataSnapshotFullRefresh,
 * then each event that has changed the levels shown is a
 * MarketDataIncrementalRefresh with what is new, other or gone, by side and
 * price; and one for each trade.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "md/fix.h"
#include "md/md.h"
#include "report/sample.h"

/* What has been told of an instrument: both sides, as in struct exch_samples. */
struct told {
	bool any;
	exch_px tick;
	struct exch_sample_level *level;
};

struct fix_book {
	struct exch_samples samples; /* first: it is run->state to sample.c */
	struct exch_fix fix;
	struct told *told; /* by place */
	uint32_t ntold;
	struct exch_buf entries; /* of the message in hand */
	unsigned nentries;
};

static struct fix_book *
state(const struct exch_report_run *run)
{
	return run->state;
}

/* ---- entries ---- */

struct entry {
	char act;  /* MDUpdateAction, 0: of a snapshot */
	char type; /* MDEntryType */
	exch_px price;
	exch_qty qty;
	bool sized;
};

static void
put_entry(struct exch_fix *f, const struct exch_inst *in, const struct entry *e,
    exch_ts time)
{
	if (e->act != 0)
		exch_fix_char(f, 279, e->act);
	exch_fix_char(f, 269, e->type);
	if (e->act != 0)
		exch_fix_symbol(f, in);
	exch_fix_px(f, 270, e->price, in->px_show);
	if (e->sized)
		exch_fix_qty(f, 271, e->qty, in->qty_scale);
	exch_fix_day_time(f, 272, 273, time);
}

/* A level as it is, or was. */
static exch_px
price_of(const struct exch_sample_level *l, exch_px tick)
{
	return l->tick * tick;
}

/* ---- snapshots ---- */

static unsigned
count(const struct exch_sample_level *l, unsigned n)
{
	unsigned i = 0;

	while (i < n && l[i].qty != 0)
		i++;
	return i;
}

static int
put_whole(struct exch_report_run *run, uint32_t place, exch_ts time,
    exch_px tick, struct exch_diag *d)
{
	struct fix_book *s = state(run);
	const struct exch_inst *in = &run->insts.inst[place];
	const struct exch_sample_level *now = s->samples.now;
	unsigned n = run->o.levels;
	struct exch_fix *f = &s->fix;

	exch_fix_begin(f, 'W', time);
	exch_fix_symbol(f, in);
	exch_fix_u64(f, 268, count(now, n) + count(now + n, n));
	for (unsigned side = 0; side < 2; side++)
		for (unsigned i = 0; i < n && now[side * n + i].qty != 0; i++) {
			const struct exch_sample_level *l = &now[side * n + i];
			struct entry e = {0, (char)('0' + side),
			    price_of(l, tick), l->qty, true};

			put_entry(f, in, &e, time);
		}
	return exch_fix_end(f, &run->table, d);
}

/* ---- changes ---- */

typedef void entry_fn(void *arg, const struct entry *e);

/* True: the first is better, on a side. */
static bool
is_better(unsigned side, exch_px a, exch_px b)
{
	return side == 0 ? a > b : a < b;
}

/* What has changed of a side: both lists are sorted, best first. */
static void
compare(const struct told *was, const struct exch_sample_level *now,
    exch_px tick, unsigned side, unsigned n, entry_fn *fn, void *arg)
{
	const struct exch_sample_level *old = was->level + side * n;
	unsigned i = 0, k = 0;
	char type = (char)('0' + side);

	now += side * n;
	while ((i < n && old[i].qty != 0) || (k < n && now[k].qty != 0)) {
		bool has_old = i < n && old[i].qty != 0;
		bool has_now = k < n && now[k].qty != 0;
		exch_px a = has_old ? price_of(&old[i], was->tick) : 0;
		exch_px b = has_now ? price_of(&now[k], tick) : 0;
		struct entry e = {'1', type, b, 0, true};

		if (has_now)
			e.qty = now[k].qty;
		if (has_old && has_now && a == b) {
			if (old[i].qty != now[k].qty)
				fn(arg, &e);
			i++;
			k++;
		} else if (has_old && (!has_now || is_better(side, a, b))) {
			fn(arg, &(struct entry){'2', type, a, 0, false});
			i++;
		} else {
			e.act = '0';
			fn(arg, &e);
			k++;
		}
	}
}

static void
count_entry(void *arg, const struct entry *e)
{
	unsigned *n = arg;

	(void)e;
	++*n;
}

struct putting {
	struct exch_fix *f;
	const struct exch_inst *in;
	exch_ts time;
};

static void
add_entry(void *arg, const struct entry *e)
{
	struct putting *p = arg;

	put_entry(p->f, p->in, e, p->time);
}

static int
put_changes(struct exch_report_run *run, uint32_t place, exch_ts time,
    exch_px tick, struct exch_diag *d)
{
	struct fix_book *s = state(run);
	struct putting p = {&s->fix, &run->insts.inst[place], time};
	const struct told *t = &s->told[place];
	unsigned levels = run->o.levels;
	unsigned n = 0;

	for (unsigned side = 0; side < 2; side++)
		compare(t, s->samples.now, tick, side, levels, count_entry, &n);
	if (n == 0)
		return EXCH_OK;
	exch_fix_begin(&s->fix, 'X', time);
	exch_fix_u64(&s->fix, 268, n);
	for (unsigned side = 0; side < 2; side++)
		compare(t, s->samples.now, tick, side, levels, add_entry, &p);
	return exch_fix_end(&s->fix, &run->table, d);
}

/* One sample: sample.c has seen that it is another one than before. */
static int
put(struct exch_report_run *run, uint32_t place, exch_ts time,
    const struct exch_tape_sum *sum, struct exch_diag *d)
{
	struct fix_book *s = state(run);
	exch_px tick = exch_samples_tick(&s->samples, place);
	size_t size = (size_t)2 * run->o.levels * sizeof(*s->samples.now);
	struct told *t;
	int rc;

	(void)sum;
	rc = exch_report_grow(
	    &s->told, &s->ntold, place + 1, sizeof(*s->told), d);
	if (rc != EXCH_OK)
		return rc;
	t = &s->told[place];
	if (t->level == NULL)
		t->level = exch_calloc(1, size);
	if (t->level == NULL)
		return exch_report_nomem(d);
	rc = t->any ? put_changes(run, place, time, tick, d)
		    : put_whole(run, place, time, tick, d);
	t->any = true;
	t->tick = tick;
	memcpy(t->level, s->samples.now, size);
	return rc;
}

/* ---- trades ---- */

static int
put_trade(struct exch_report_run *run, uint32_t place, const struct exch_rec *r,
    const struct exch_tape_print *p, struct exch_diag *d)
{
	struct fix_book *s = state(run);
	struct entry e = {'0', '2', p->price, p->qty, true};

	if (!exch_report_watched(run, place))
		return EXCH_OK;
	exch_fix_begin(&s->fix, 'X', r->time);
	exch_fix_u64(&s->fix, 268, 1);
	put_entry(&s->fix, &run->insts.inst[place], &e, r->time);
	return exch_fix_end(&s->fix, &run->table, d);
}

/* ---- the feed ---- */

static int
open_books(struct exch_report_run *run, struct exch_diag *d)
{
	int rc = exch_report_state(run, sizeof(struct fix_book), d);

	if (rc != EXCH_OK)
		return rc;
	/* what is told is news */
	run->o.changed = true;
	state(run)->samples.print = put_trade;
	return exch_samples_begin(run, put, d);
}

static void
free_books(struct exch_report_run *run)
{
	struct fix_book *s = state(run);

	for (uint32_t i = 0; i < s->ntold; i++)
		exch_free(s->told[i].level);
	exch_free(s->told);
	exch_fix_free(&s->fix);
	exch_samples_free(run);
}

const struct exch_report exch_md_fix_books = {
    .name = "fix-books",
    .what = "FIX 4.4: books and trades, as snapshots and changes",
    .takes = EXCH_TAKES_DEPTH | EXCH_TAKES_WHEN | EXCH_TAKES_WATCH,
    .needs = EXCH_NEEDS_BOOK,
    .binary = true,
    .open = open_books,
    .record = exch_samples_record,
    .close = exch_samples_close,
    .free = free_books,
};
