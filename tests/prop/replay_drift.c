/*
 * Whatever a venue displays, the engine fed by src/replay stays with it.
 *
 * A random venue that keeps to no rule adds, executes, reduces, replaces
 * and crosses orders of two instruments, skips queues, fills too much and
 * speaks of orders it never showed.  After replay and matching:
 *
 *  - the open orders, as the engine's events tell them, are the venue's;
 *  - no execution was missed, none was made up, and those that were not
 *    imposed are all there;
 *  - nothing was refused but what must be;
 *  - the volume is the venue's.
 *
 * Every other venue is replayed in runs of records, the others one by one.
 *
 *	replay_drift [SEED [RUNS [RECORDS]]]
 */
#include <config.h>

#include "base/rng.h"
#include "match/match.h"
#include "replay/replay.h"
#include "tap.h"
#include "../tools/follow.h"

#define MOST 20000u
#define INSTRS 2u
/* So many more that nothing happens to: then replay looks ahead. */
#define IDLE 1200u
#define TICK INT64_C(10000000)

struct order {
	exch_oid id;
	uint32_t instr;
	uint8_t side;
	int64_t px;
	exch_qty qty; /* 0: gone */
};

struct venue {
	struct exch_rng rng;
	struct exch_replay *r;
	struct exch_diag d;
	exch_ts now;
	uint64_t match;
	exch_oid highest;
	struct order order[MOST];
	unsigned n;
	/* Displays not yet given, and how many make a run. */
	uint64_t run[512];
	size_t nrun, longest;
	bool used[4 * MOST]; /* ids given */
	/* What must come out. */
	uint64_t refused;
	exch_qty volume;
};

static uint64_t
below(struct venue *v, uint64_t n)
{
	return exch_rng_below(&v->rng, n);
}

static int
give_run(struct venue *v)
{
	size_t n = v->nrun, taken = n;
	int err;

	v->nrun = 0;
	if (n == 0)
		return 0;
	err = exch_replay_run(v->r, (const void *)v->run, &taken, &v->d);
	return err == 0 && taken != n ? EXCH_ERR_FORMAT : err;
}

static int
feed(struct venue *v, void *rec, uint8_t type, size_t size, uint32_t instr)
{
	struct exch_rec *h = rec;
	int err = 0;

	h->type = type;
	h->len8 = (uint8_t)(size / 8);
	h->instr = instr;
	h->time = v->now;
	if (v->longest > 0 && type >= EXCH_REC_BOOK_ADD &&
	    type <= EXCH_REC_BOOK_PRINT) {
		memcpy((char *)v->run + v->nrun, rec, size);
		v->nrun += size;
		return v->nrun > v->longest ? give_run(v) : 0;
	}
	err = give_run(v);
	return err != 0 ? err : exch_replay_take(v->r, h, &v->d);
}

/* A live order, or NULL. */
static struct order *
any(struct venue *v)
{
	for (int tries = 0; v->n > 0 && tries < 50; tries++) {
		/* Young orders more often. */
		unsigned span = v->n < 60 || below(v, 4) == 0 ? v->n : 60;
		struct order *o = &v->order[v->n - 1 - below(v, span)];

		if (o->qty > 0)
			return o;
	}
	return NULL;
}

/* The first of the best orders of a side, as far as ids tell. */
static struct order *
head(struct venue *v, uint32_t instr, uint8_t side)
{
	struct order *best = NULL;

	for (unsigned i = 0; i < v->n; i++) {
		struct order *o = &v->order[i];
		int64_t better;

		if (o->qty == 0 || o->instr != instr || o->side != side)
			continue;
		better = best == NULL	    ? 1
			 : side == EXCH_BUY ? o->px - best->px
					    : best->px - o->px;
		if (better > 0 || (better == 0 && o->id < best->id))
			best = o;
	}
	return best;
}

/* Mostly the next id, sometimes one that was left out before. */
static exch_oid
new_id(struct venue *v)
{
	exch_oid id = v->highest + 1 + below(v, 3);

	if (v->highest > 40 && below(v, 8) == 0) {
		exch_oid late = v->highest - below(v, 40);

		if (!v->used[late])
			id = late;
	}
	v->used[id] = true;
	if (id > v->highest)
		v->highest = id;
	return id;
}

static void
remember(struct venue *v, exch_oid id, uint32_t instr, uint8_t side, int64_t px,
    exch_qty qty)
{
	v->order[v->n++] = (struct order){id, instr, side, px, qty};
}

/* Around 1000, buys below, sells above, now and then on the wrong side. */
static int64_t
price(struct venue *v, uint8_t side)
{
	int64_t away = (int64_t)below(v, 6) - (below(v, 25) == 0 ? 8 : 0);

	return side == EXCH_BUY ? 999 - away : 1000 + away;
}

static int
do_add(struct venue *v, uint32_t instr)
{
	struct exch_rec_book_add a = {
	    .side = below(v, 2) == 0 ? EXCH_BUY : EXCH_SELL};
	int64_t px = price(v, a.side);
	struct order *o = any(v);

	a.qty = 1 + below(v, 5);
	a.price = px * TICK;
	if (below(v, 100) == 0) { /* off the grid */
		a.order = new_id(v);
		a.price++;
		v->refused++;
	} else if (o != NULL && below(v, 100) == 0) { /* live already */
		a.order = o->id;
		instr = o->instr;
		v->refused++;
	} else {
		a.order = new_id(v);
		remember(v, a.order, instr, a.side, px, a.qty);
	}
	return feed(v, &a, EXCH_REC_BOOK_ADD, sizeof(a), instr);
}

static int
do_exec(struct venue *v, uint32_t instr)
{
	struct order *o =
	    below(v, 5) == 0
		? any(v)
		: head(v, instr, below(v, 4) < 3 ? EXCH_BUY : EXCH_SELL);
	struct exch_rec_book_exec x = {.match = ++v->match,
	    .price = EXCH_PX_NONE,
	    .printable = below(v, 10) != 0};

	if (o == NULL)
		return EXCH_OK;
	x.order = o->id;
	x.qty = below(v, 3) != 0 ? o->qty : 1 + below(v, o->qty);
	if (below(v, 40) == 0)
		x.qty = o->qty + 1;
	if (below(v, 6) == 0)
		x.price = 1000 * TICK;
	o->qty -= x.qty < o->qty ? x.qty : o->qty;
	if (x.printable)
		v->volume += x.qty;
	return feed(v, &x, EXCH_REC_BOOK_EXEC, sizeof(x), o->instr);
}

static int
do_less(struct venue *v)
{
	struct order *o = any(v);
	struct exch_rec_book_reduce x = {.qty = 1 + below(v, 3)};
	struct exch_rec_book_delete e;

	if (o == NULL)
		return EXCH_OK;
	if (below(v, 2) == 0) {
		x.order = o->id;
		o->qty -= x.qty < o->qty ? x.qty : o->qty;
		return feed(v, &x, EXCH_REC_BOOK_REDUCE, sizeof(x), o->instr);
	}
	memset(&e, 0, sizeof(e));
	e.order = o->id;
	o->qty = 0;
	return feed(v, &e, EXCH_REC_BOOK_DELETE, sizeof(e), o->instr);
}

static int
do_replace(struct venue *v)
{
	struct order *o = any(v);
	struct exch_rec_book_replace u = {.qty = 1 + below(v, 5)};
	int64_t px;

	if (o == NULL)
		return EXCH_OK;
	px = price(v, o->side);
	u.order = o->id;
	u.price = px * TICK;
	o->qty = 0;
	if (below(v, 40) == 0) { /* cannot be placed */
		u.new_order = new_id(v);
		u.price++;
		v->refused++;
	} else {
		u.new_order = below(v, 30) == 0 ? o->id : new_id(v);
		remember(v, u.new_order, o->instr, o->side, px, u.qty);
	}
	return feed(v, &u, EXCH_REC_BOOK_REPLACE, sizeof(u), o->instr);
}

/* Of orders never shown; what replaces them is not shown either. */
static int
do_unknown(struct venue *v, uint32_t instr)
{
	exch_oid id = 1000000 + below(v, 20);
	struct exch_rec_book_exec x = {.order = id,
	    .qty = 1 + below(v, 3),
	    .match = ++v->match,
	    .price = EXCH_PX_NONE,
	    .printable = 1};
	struct exch_rec_book_delete e = {.order = id};
	struct exch_rec_book_replace u = {.order = id,
	    .new_order = 1000000 + below(v, 20),
	    .price = 1000 * TICK,
	    .qty = 3};

	switch (below(v, 3)) {
	case 0:
		v->volume += x.qty;
		return feed(v, &x, EXCH_REC_BOOK_EXEC, sizeof(x), instr);
	case 1:
		return feed(v, &e, EXCH_REC_BOOK_DELETE, sizeof(e), instr);
	default:
		return feed(v, &u, EXCH_REC_BOOK_REPLACE, sizeof(u), instr);
	}
}

static int
do_print(struct venue *v, uint32_t instr)
{
	struct exch_rec_book_print p = {.match = ++v->match,
	    .price = price(v, EXCH_BUY) * TICK,
	    .qty = below(v, 4),
	    .side = (uint8_t)below(v, 3),
	    .kind = below(v, 3) == 0 ? EXCH_PRINT_CROSS : EXCH_PRINT_HIDDEN};

	v->volume += p.qty;
	return feed(v, &p, EXCH_REC_BOOK_PRINT, sizeof(p), instr);
}

static int
do_phase(struct venue *v, uint32_t instr)
{
	struct exch_rec_phase p = {
	    .phase = (uint8_t)below(v, 6), .reference = EXCH_PX_NONE};

	if (p.phase == EXCH_PHASE_END)
		p.phase = 99; /* no feed announces that; an unknown one */

	return feed(
	    v, &p, EXCH_REC_PHASE, sizeof(p), below(v, 3) == 0 ? 0 : instr);
}

static int
step(struct venue *v)
{
	uint32_t instr = 1 + (uint32_t)below(v, INSTRS);
	uint64_t what = below(v, 100);

	if (below(v, 3) == 0)
		v->now++;
	if (what < 45)
		return do_add(v, instr);
	if (what < 75)
		return do_exec(v, instr);
	if (what < 84)
		return do_less(v);
	if (what < 92)
		return do_replace(v);
	if (what < 95)
		return do_unknown(v, instr);
	if (what < 98)
		return do_print(v, instr);
	return below(v, 3) == 0 ? do_phase(v, instr) : EXCH_OK;
}

/* ---- through replay and the engine ---- */

static struct exch_writer *
writer_on(struct exch_out **mem, const struct exch_reader *up)
{
	struct exch_writer_opts o = {.format = EXCH_FMT_BIN,
	    .upstream = up,
	    .tool = "test",
	    .options = ""};
	struct exch_writer *w = NULL;
	struct exch_diag d = {.code = EXCH_OK};

	if (exch_out_mem(mem) != EXCH_OK ||
	    exch_writer_open(*mem, &o, &w, &d) != EXCH_OK)
		follow_die("no writer");
	return w;
}

static struct exch_reader *
reader_on(const struct exch_out *mem, struct exch_in **in)
{
	struct exch_reader *r = NULL;
	struct exch_diag d = {.code = EXCH_OK};
	const unsigned char *p;
	size_t n;

	p = exch_out_mem_bytes(mem, &n);
	if (exch_in_mem(p, n, "memory", in, &d) != EXCH_OK ||
	    exch_reader_open(*in, NULL, &r, &d) != EXCH_OK)
		follow_die(d.text);
	return r;
}

static struct exch_replay_stats
venue_run(struct venue *v, uint64_t seed, size_t longest, unsigned records,
    struct exch_out **mem)
{
	struct exch_replay_opts o = {.expect = true, .by_id = true};
	struct exch_writer *w = writer_on(mem, NULL);
	struct exch_replay_stats st;

	memset(v, 0, sizeof(*v));
	v->longest = longest;
	exch_rng_seed(&v->rng, seed);
	if (exch_replay_new(&o, w, &v->r, &v->d) != EXCH_OK)
		follow_die(v->d.text);
	for (uint32_t i = 1; i <= INSTRS + (seed % 3 == 0 ? IDLE : 0); i++) {
		struct exch_rec_instrument in = {.symbol = {'A'},
		    .tick = TICK,
		    .lot = 1,
		    .min_qty = 1,
		    .max_qty = EXCH_QTY_NONE,
		    .reference = EXCH_PX_NONE,
		    .strike = EXCH_PX_NONE,
		    .multiplier = 1000000000};

		in.symbol[1] = (char)('0' + i % 64);
		if (feed(v, &in, EXCH_REC_INSTRUMENT, sizeof(in), i) != 0)
			follow_die(v->d.text);
	}
	for (unsigned i = 0; i < records; i++)
		if (step(v) != EXCH_OK)
			follow_die(v->d.text);
	if (give_run(v) != 0 || exch_replay_finish(v->r, &v->d) != EXCH_OK ||
	    exch_writer_close(w, EXCH_STATUS_COMPLETE, &v->d) != EXCH_OK)
		follow_die(v->d.text);
	st = *exch_replay_stats(v->r);
	exch_replay_free(v->r);
	exch_writer_free(w);
	return st;
}

static struct exch_match_stats
match_run(const struct exch_out *from, struct exch_out **mem)
{
	struct exch_match_opts o = {
	    .phase = EXCH_PHASE_CONTINUOUS, .expect = true};
	struct exch_diag d = {.code = EXCH_OK};
	struct exch_match_stats st;
	struct exch_match *m = NULL;
	struct exch_in *in = NULL;
	struct exch_reader *r = reader_on(from, &in);
	struct exch_writer *w = writer_on(mem, r);
	const struct exch_rec *h;
	int n;

	if (exch_match_new(&o, w, &m, &d) != EXCH_OK)
		follow_die(d.text);
	while ((n = exch_reader_next(r, &h, &d)) > 0) {
		exch_writer_copy(w, h, exch_reader_seq(r));
		if (exch_match_apply(m, h, &d) != EXCH_OK)
			follow_die(d.text);
	}
	if (n < 0 || exch_match_finish(m, &d) != EXCH_OK ||
	    exch_writer_close(w, EXCH_STATUS_COMPLETE, &d) != EXCH_OK)
		follow_die(d.text);
	st = *exch_match_stats(m);
	exch_match_free(m);
	exch_writer_free(w);
	exch_reader_close(r);
	exch_in_close(in);
	return st;
}

static void
follow_all(const struct exch_out *mem, struct follow *f)
{
	struct exch_diag d = {.code = EXCH_OK};
	struct exch_in *in = NULL;
	struct exch_reader *r = reader_on(mem, &in);
	const struct exch_rec *h;

	for (unsigned i = 0; i < INSTRS; i++)
		follow_open(&f[i]);
	while (exch_reader_next(r, &h, &d) > 0)
		if (h->instr >= 1 && h->instr <= INSTRS)
			follow_record(&f[h->instr - 1], h);
	exch_reader_close(r);
	exch_in_close(in);
}

/* Every order of the venue open with its quantity, and no others. */
static const char *
same_orders(const struct venue *v, struct follow *f)
{
	uint32_t live[INSTRS] = {0};

	for (unsigned i = 0; i < v->n; i++) {
		const struct order *o = &v->order[i];
		struct follow *b = &f[o->instr - 1];
		exch_slot s;

		if (o->qty == 0)
			continue;
		live[o->instr - 1]++;
		s = exch_book_find(b->s, &b->b, o->id);
		if (s == EXCH_SLOT_NONE)
			return "an order of the venue is not open";
		if (exch_book_slots(b->s)[s].qty != o->qty)
			return "an order has another quantity";
		if (exch_book_side_of(b->s, s) != o->side ||
		    exch_book_tick_of(b->s, s) != o->px)
			return "an order stands elsewhere";
	}
	for (unsigned i = 0; i < INSTRS; i++)
		if (exch_book_count(f[i].s, &f[i].b) != live[i])
			return "an order is open that the venue has not";
	return NULL;
}

/* What is wrong, or NULL. */
static const char *
judge(uint64_t seed, unsigned records, struct exch_replay_stats *total)
{
	static struct venue v;
	struct exch_out *orders = NULL, *events = NULL;
	struct follow f[INSTRS];
	struct exch_replay_stats rs = venue_run(&v, seed,
	    seed % 2 != 0 ? seed * 40 % 3000 + 1 : 0, records, &orders);
	struct exch_match_stats ms = match_run(orders, &events);
	const char *wrong;

	follow_all(events, f);
	wrong = same_orders(&v, f);
	if (wrong == NULL && (ms.missed != 0 || ms.unexpected != 0))
		wrong = "an execution was missed or made up";
	if (wrong == NULL && (ms.imposed != rs.imposed ||
				 ms.exact != rs.executions - rs.imposed))
		wrong = "executions are missing";
	if (wrong == NULL && ms.rejects != v.refused)
		wrong = "the engine refused something else";
	if (wrong == NULL && f[0].volume + f[1].volume != v.volume)
		wrong = "volume differs";
	total->executions += rs.executions;
	total->imposed += rs.imposed;
	total->remainders += rs.remainders;
	total->crossed_adds += rs.crossed_adds;
	total->late += rs.late;
	total->lost_refs += rs.lost_refs;
	for (int i = 0; i < 16; i++)
		total->cause[i] += rs.cause[i];
	for (unsigned i = 0; i < INSTRS; i++)
		exch_book_store_free(f[i].s);
	exch_out_free(orders);
	exch_out_free(events);
	return wrong;
}

/* The shortest beginning of a failing run that fails as well. */
static void
shrink(uint64_t seed, unsigned records, const char *wrong)
{
	struct exch_replay_stats none = {.commands = 0};

	for (unsigned n = 1; n < records; n++) {
		const char *w = judge(seed, n, &none);

		if (w != NULL) {
			wrong = w;
			records = n;
		}
	}
	printf("# %s: replay_drift %" PRIu64 " 1 %u\n", wrong, seed, records);
}

/* One by one or in runs: the same bytes. */
static bool
same_in_runs(uint64_t seed, unsigned records)
{
	static struct venue v;
	struct exch_out *one = NULL, *runs = NULL;
	const unsigned char *a, *b;
	size_t na, nb;
	bool same;

	(void)venue_run(&v, seed, 0, records, &one);
	(void)venue_run(&v, seed, 3000, records, &runs);
	a = exch_out_mem_bytes(one, &na);
	b = exch_out_mem_bytes(runs, &nb);
	same = na > records && na == nb && memcmp(a, b, na) == 0;
	exch_out_free(one);
	exch_out_free(runs);
	return same;
}

int
main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	unsigned runs = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 120;
	unsigned records =
	    argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 800;
	struct exch_replay_stats t = {.commands = 0};
	unsigned bad = 0;

	if (records > MOST - 1)
		follow_die("too many records");
	for (unsigned i = 0; i < runs && bad < 3; i++) {
		const char *wrong = judge(seed + i, records, &t);

		if (wrong != NULL) {
			bad++;
			shrink(seed + i, records, wrong);
		}
	}
	tap_is_u64(bad, 0, "the engine stays with every venue");
	bad = 0;
	for (unsigned i = 0; i < 20; i++)
		bad += !same_in_runs(seed + i, records);
	tap_is_u64(bad, 0, "runs give what single records give");
	if (argc > 1)
		return tap_done();
	/* A venue that never broke a rule would prove nothing. */
	tap_ok(t.executions > 10000 && t.imposed * 2 < t.executions,
	    "most executions were derived");
	tap_ok(t.cause[EXCH_CAUSE_QUEUE] > 100, "queues were skipped");
	tap_ok(t.cause[EXCH_CAUSE_THROUGH] > 100, "levels were passed over");
	tap_ok(t.cause[EXCH_CAUSE_OVERFILL] > 20, "orders were overfilled");
	tap_ok(t.cause[EXCH_CAUSE_UNKNOWN_ORDER] > 100, "orders were unknown");
	tap_ok(t.remainders > 100, "remainders were joined");
	tap_ok(t.crossed_adds > 100, "orders crossed");
	tap_ok(t.late > 100, "orders were late");
	tap_ok(t.lost_refs > 20, "unknown orders were replaced");
	return tap_done();
}
