/*
 * The engine's life, its instruments, and the dispatch of records to the
 * parts that know them.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "match/aboard.h"
#include "match/general.h"
#include "match/part.h"

const struct exch_market_guard *
exch_guard_of(const struct exch_match *m)
{
	static const struct exch_market_guard none;

	return m->o.market != NULL ? &m->o.market->guard : &none;
}

/* Whether any of them is on. */
static bool
guards(const struct exch_market_guard *g)
{
	return (g->collar | g->short_sale | g->throttle | g->bump |
		   g->interrupt.still | g->interrupt.dynamic | g->monitor |
		   g->indicative | g->odd_lots) != 0;
}

/* What the market says goes before the options. */
static void
take_market(struct exch_match *m, const struct exch_market *k)
{
	if (k->luld.doubles.on < m->all->doubles)
		m->all->doubles = k->luld.doubles.on;
	m->guarded = guards(&k->guard) || k->day.calls || k->luld.nbands != 0 ||
		     m->all->shard[0]->o.market->breaker.n != 0;
	if (k->alloc.name != NULL)
		m->o.alloc = &k->alloc;
	if (k->stp != EXCH_STP_MARKET)
		m->o.stp = k->stp;
}

/*
 * The rules of a shard.  Where venues have their own, each venue is a shard:
 * what a shard does goes by its rules alone, and what the engine says does not
 * depend on whose instruments are whose.
 */
static const struct exch_market *
market_of(struct exch_match *m)
{
	const struct exch_market *k = m->o.market;

	if (m->no != 0 && k->nvenues != 0)
		m->o.market = k = k->venue[m->no - 1].rules;
	m->all->asked |= k->announced || k->stp_member;
	m->all->midpoints |= k->midpoint;
	return k;
}

/* One more shard, the options being taken by then. */
static struct exch_match *
shard_new(struct exch_shared *all, const struct exch_match_opts *o,
    struct exch_instr **page)
{
	struct exch_match *m = exch_calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->all = all;
	m->no = (uint8_t)all->nshards;
	all->shard[all->nshards++] = m;
	m->o = *o;
	m->first_phase = o->phase;
	if (m->o.ladder == NULL)
		m->o.ladder = exch_ladder_by_name("plain-ref");
	m->out = all->out;
	m->page = page;
	m->store = exch_book_store_new(o->orders);
	if (m->store == NULL)
		return NULL;
	if (o->market != NULL)
		take_market(m, market_of(m));
	m->several = m->guarded || o->shards > 1 || o->parts > 1 ||
		     o->card != NULL ||
		     (o->market != NULL &&
			 (o->market->nvenues != 0 || o->market->midpoint));
	m->g.seed = o->seed;
	m->g.stp = m->o.stp == EXCH_STP_MARKET ? EXCH_STP_NONE : m->o.stp;
	return m;
}

int
exch_match_new(const struct exch_match_opts *o, struct exch_writer *out,
    struct exch_match **pm, struct exch_diag *d)
{
	struct exch_shared *all = exch_calloc(1, sizeof(*all));
	struct exch_instr **page =
	    exch_calloc(EXCH_INSTR_PAGES, sizeof(struct exch_instr *));
	uint32_t n = o->shards > 1 ? o->shards : 1;
	bool venues = o->market != NULL && o->market->nvenues != 0;
	int err;

	if (venues)
		n = o->market->nvenues + 1;
	*pm = NULL;
	if (venues && (o->card != NULL || o->parts > 1)) {
		exch_free(all);
		exch_free(page);
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "venues with rules of their own are matched by the "
		    "software engine, all of them by one process");
	}
	if (all == NULL || page == NULL)
		goto nomem;
	exch_check(n <= EXCH_SHARDS_MAX);
	all->doubles = EXCH_TS_NONE;
	all->out = out;
	while (all->nshards < n)
		if (shard_new(all, o, page) == NULL)
			goto nomem;
	err = o->parts > 1 ? exch_part_new(all->shard[0], d) : EXCH_OK;
	if (err == EXCH_OK && o->card != NULL)
		err = exch_aboard_new(all->shard[0], d);
	if (err == EXCH_ERR_NEED) {
		exch_shared_free(all, page);
		return err;
	}
	if (err != EXCH_OK)
		goto nomem;
	exch_engine_path(all->shard[0]);
	exch_engine_due_all(all->shard[0]);
	*pm = all->shard[0];
	return EXCH_OK;
nomem:
	if (all != NULL)
		exch_shared_free(all, page);
	else
		exch_free(page);
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for the matching engine");
}

void
exch_match_free(struct exch_match *m)
{
	if (m != NULL)
		exch_shared_free(m->all, m->page);
}

/* A market whose rules are about prices and owners only, in this respect. */
static bool
takes(const struct exch_market *k, uint8_t tif)
{
	const struct exch_market_day *d = &k->day;

	return exch_market_takes(k->types, EXCH_ORD_LIMIT) &&
	       exch_market_takes(k->tifs, tif) &&
	       exch_market_takes(
		   d->types[EXCH_PHASE_CONTINUOUS], EXCH_ORD_LIMIT) &&
	       exch_market_takes(d->tifs[EXCH_PHASE_CONTINUOUS], tif);
}

static void
set_path(struct exch_match *m)
{
	const struct exch_market *k =
	    m->o.market != NULL && m->o.market->any ? m->o.market : NULL;
	bool prevents = m->g.stp != EXCH_STP_NONE;
	bool kills = m->all->killed_all || m->all->nkilled != 0;

	m->general = m->guarded || m->o.alloc != NULL || exch_mid_is(m) ||
		     (prevents && k != NULL && k->stp_member);
	m->rules = k != NULL || kills;
	m->careful = m->general || kills ||
		     (k != NULL && (k->announced || !takes(k, EXCH_TIF_DAY)));
	m->strangers = prevents ? 0 : EXCH_SPECIAL;
	m->plain_now = 0;
	if (k == NULL || takes(k, EXCH_TIF_IOC))
		m->plain_now = (uint32_t)EXCH_TIF_IOC << 16;
}

/*
 * Three ways: plain orders that can be seen to be taken (plain.c), ordinary
 * ones (orders.c), and all the others (general.h).  What a market says of
 * prices and owners does not bar the first, what it says of types, accounts
 * and phases does not bar the second.
 */
void
exch_engine_path(struct exch_match *m)
{
	struct exch_match *h = NULL;

	while ((h = exch_shard_after(m, h)) != NULL)
		set_path(h);
}

const struct exch_book_store *
exch_match_books(const struct exch_match *m, uint32_t instr)
{
	const struct exch_instr *in = exch_engine_instr(m, instr);

	return m->all->shard[in != NULL ? in->shard : 0]->store;
}

struct exch_book *
exch_match_book(const struct exch_match *m, uint32_t instr)
{
	struct exch_instr *in = exch_engine_instr(m, instr);

	return in != NULL ? &in->book : NULL;
}

const struct exch_match_stats *
exch_match_stats(const struct exch_match *m)
{
	struct exch_match_stats *sum = &m->all->sum;
	const struct exch_match *h = NULL;

	memset(sum, 0, sizeof(*sum));
	while ((h = exch_shard_after(m, h)) != NULL) {
		const uint64_t *plain = h->plain;

		sum->commands += h->st.commands + plain[EXCH_PLAIN_NEW] +
				 plain[EXCH_PLAIN_CANCEL] +
				 plain[EXCH_PLAIN_REPLACE];
		sum->acks += h->st.acks + plain[EXCH_PLAIN_NEW];
		sum->rejects += h->st.rejects;
		sum->execs += h->st.execs;
		sum->cancels += h->st.cancels + plain[EXCH_PLAIN_CANCEL];
		sum->replaces += h->st.replaces + plain[EXCH_PLAIN_REPLACE];
		sum->auctions += h->st.auctions;
		sum->refused += h->st.refused;
		sum->rows_idle += h->st.rows_idle;
		sum->held += h->st.held;
		sum->walked += h->st.walked;
		sum->expected += h->st.expected;
		sum->exact += h->st.exact;
		sum->missed += h->st.missed;
		sum->unexpected += h->st.unexpected;
		sum->imposed += h->st.imposed;
	}
	return sum;
}

static void
complain(struct exch_match *m, uint32_t instr, const char *text)
{
	struct exch_rec_error *e = exch_writer_new_text(m->out, EXCH_REC_ERROR,
	    sizeof(*e), instr, m->now, text, strlen(text));

	e->code = -EXCH_ERR_RANGE;
	e->severity = 2;
	m->last = &e->h;
	m->st.refused++;
}

/* The next page that has instruments, from one on; EXCH_INSTR_PAGES: none. */
static uint32_t
page_from(const struct exch_shared *all, uint32_t page)
{
	uint64_t bits;
	uint32_t w = page / 64;

	if (page >= EXCH_INSTR_PAGES)
		return EXCH_INSTR_PAGES;
	bits = all->used[w] >> page % 64 << page % 64;
	while (bits == 0 && ++w < EXCH_INSTR_PAGES / 64)
		bits = all->used[w];
	return bits == 0 ? EXCH_INSTR_PAGES
			 : w * 64 + (uint32_t)__builtin_ctzll(bits);
}

struct exch_instr *
exch_engine_after(const struct exch_match *m, const struct exch_instr *in)
{
	uint32_t id = in != NULL ? in->book.instr + 1 : 1;
	uint32_t page;

	while ((page = page_from(m->all, id / EXCH_INSTR_PAGE)) <
	       EXCH_INSTR_PAGES) {
		uint32_t end = (page + 1) * EXCH_INSTR_PAGE;

		if (id < page * EXCH_INSTR_PAGE)
			id = page * EXCH_INSTR_PAGE;
		for (; id < end; id++) {
			struct exch_instr *next =
			    &m->page[page][id % EXCH_INSTR_PAGE];

			if (next->book.instr != 0)
				return next;
		}
	}
	return NULL;
}

static struct exch_instr *
instr_make(struct exch_match *m, uint32_t id)
{
	struct exch_instr **page = &m->page[id / EXCH_INSTR_PAGE];
	struct exch_instr *in;

	if (*page == NULL)
		*page = exch_calloc(EXCH_INSTR_PAGE, sizeof(**page));
	if (*page == NULL) {
		m->ended = true;
		return NULL;
	}
	in = *page + id % EXCH_INSTR_PAGE;
	in->book.instr = id;
	in->shard = m->no;
	in->phase = m->first_phase;
	in->cross = m->first_cross;
	in->last = EXCH_TICK_MARKET;
	in->reference = EXCH_PX_NONE;
	exch_gate_shut(in);
	/* Allocations and protections remember something of each of them. */
	if ((m->o.alloc != NULL || m->guarded) && exch_more_get(m, in) == NULL)
		return NULL;
	if (m->guarded && !exch_luld_get(m, in))
		return NULL;
	m->all->dealt++;
	m->all->used[id / EXCH_INSTR_PAGE / 64] |= UINT64_C(1)
						   << id / EXCH_INSTR_PAGE % 64;
	if (m->guarded)
		exch_monitor_begin(m, in);
	return in;
}

/* The whole lots among the quantities allowed; if there are none, nothing. */
static void
set_lots(struct exch_instr *in, exch_qty min, exch_qty max)
{
	uint64_t first = min / in->lot + (min % in->lot != 0);
	uint64_t last = max / in->lot;

	in->lots = exch_exact_by(in->lot);
	if (first > last || max == EXCH_QTY_NONE) {
		in->lots = (struct exch_exact){0}; /* makes 0 of all */
		first = last = 1;
	}
	in->first_lot = first;
	in->lots_span = last - first;
}

/*
 * Quantities allowed, as one comparison: 0 never is.  A range that holds
 * nothing becomes one that only "none" meets, which is refused by itself.
 */
static void
set_range(struct exch_instr *in, exch_qty min, exch_qty max)
{
	if (min == 0)
		min = 1;
	if (max == EXCH_QTY_NONE)
		max--;
	if (max < min)
		min = max = EXCH_QTY_NONE;
	in->min_qty = min;
	in->qty_span = max - min;
	set_lots(in, min, max);
}

bool
exch_instrument_valid(const struct exch_rec_instrument *r)
{
	return r->h.instr != 0 && r->h.instr <= EXCH_INSTR_MAX && r->tick > 0 &&
	       r->lot != 0 && r->lot <= INT64_MAX;
}

/* An instrument is announced, or announced again with other limits. */
static void
instrument(struct exch_match *m, const struct exch_rec_instrument *r)
{
	uint32_t id = r->h.instr;
	struct exch_instr *in = exch_engine_instr(m, id);
	bool first = in == NULL;
	bool anew = first || in->tick.d != (uint64_t)r->tick;

	if (!exch_instrument_valid(r)) {
		complain(m, id, "instrument without a valid id, tick and lot");
		return;
	}
	if (exch_shard_moves(m, r)) {
		complain(m, id, "instrument at a venue of other rules now");
		return;
	}
	if (in != NULL && in->tick.d != (uint64_t)r->tick) {
		if (!exch_book_is_empty(&in->book) || in->nspecial != 0) {
			complain(m, id, "tick changed while orders rest");
			return;
		}
		in->last = EXCH_TICK_MARKET;
		in->last_half = false;
		if (m->guarded)
			in->more->guard.auction = EXCH_PX_NONE;
	}
	if (in == NULL)
		in = instr_make(m, id);
	if (in == NULL)
		return;
	in->tick = exch_div_by((uint64_t)r->tick);
	in->lot = r->lot;
	in->grid = exch_exact_by((uint64_t)r->tick);
	set_range(in, r->min_qty, r->max_qty);
	in->kind = r->kind;
	in->instr_reference = r->reference;
	exch_gate_shut(in);
	memcpy(in->symbol, r->symbol, sizeof(in->symbol));
	exch_mid_announced(m, in);
	if (first && m->card != NULL)
		exch_aboard_announce(m, in);
	if (m->guarded) {
		exch_luld_announced(m, in, anew);
		exch_breaker_announced(m, in, first);
	}
}

/*
 * The instrument of a command.  Executions nobody asked for are told before
 * anything new happens.  False: a verdict has refused it.
 */
static inline bool
begin(struct exch_match *m, const struct exch_rec *r, struct exch_instr **out)
{
	struct exch_instr *in = exch_engine_instr(m, r->instr);

	m->st.commands++;
	*out = in;
	if (__builtin_expect(
		in == NULL || (in->pending | in->judged.code) == 0, 1))
		return true;
	if (in->pending != 0)
		exch_engine_unexpected(m, in);
	return !exch_verdict_stops(m, in, r);
}

static __attribute__((cold)) int
not_its_type(const struct exch_rec *r, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
	    "record of type 0x%02x, %zu bytes, has not the form of its type",
	    r->type, exch_rec_len(r));
}

bool
exch_engine_goes_on(struct exch_match *m)
{
	if ((m->o.stop == NULL || *m->o.stop == 0) &&
	    exch_writer_error(m->out, NULL) == 0)
		return true;
	m->ended = true;
	return false;
}

__attribute__((cold)) int
exch_engine_why(const struct exch_match *m, struct exch_diag *d)
{
	int err = exch_writer_error(m->out, d);

	if (err != 0)
		return err;
	if (m->card != NULL && m->card->failed)
		return exch_diag_set(d, m->card->why.code, NULL, EXCH_POS_NONE,
		    0, "%s", m->card->why.text);
	if (m->o.stop != NULL && *m->o.stop != 0)
		return exch_diag_set(d, EXCH_ERR_STOP, NULL, EXCH_POS_NONE, 0,
		    "stopped in the middle of a command");
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for live orders");
}

/* The record as its type, or leave with a diagnosis. */
#define TAKE(T, var)                                                           \
	const struct T *var = EXCH_REC_AS(r, T);                               \
	if ((var) == NULL)                                                     \
	return not_its_type(r, d)

/* The same of a command whose entries mean something. */
#define TAKE_ASKED(T, var)                                                     \
	const struct T *var = EXCH_REC_AS_ASKED(r, T);                         \
	if ((var) == NULL)                                                     \
	return not_its_type(r, d)

/* Records that do not come per order; apart, to keep apply() small. */
static __attribute__((noinline)) int
apply_other(struct exch_match *m, const struct exch_rec *r, struct exch_diag *d)
{
	struct exch_instr *in;

	switch (r->type) {
	case EXCH_REC_EXPECT: {
		TAKE(exch_rec_expect, e);
		if (m->o.expect)
			exch_engine_expect(m, e);
		break;
	}
	case EXCH_REC_PHASE: {
		TAKE(exch_rec_phase, p);
		exch_engine_phase(m, p);
		break;
	}
	case EXCH_REC_INSTRUMENT: {
		TAKE(exch_rec_instrument, i);
		instrument(m, i);
		break;
	}
	case EXCH_REC_ACCOUNT: {
		const struct exch_rec_account *a =
		    EXCH_REC_AS_LONG(r, exch_rec_account);

		if (a == NULL)
			return not_its_type(r, d);
		exch_account_add(m, a);
		break;
	}
	case EXCH_REC_TRADE: {
		TAKE(exch_rec_trade, t);
		if (m->guarded)
			exch_breaker_trade(m, t);
		break;
	}
	case EXCH_REC_MASS_CANCEL: {
		TAKE(exch_rec_mass_cancel, c);
		if (begin(m, r, &in))
			exch_general_mass(m, c);
		break;
	}
	case EXCH_REC_QUOTE: {
		TAKE_ASKED(exch_rec_quote, c);
		if (begin(m, r, &in))
			exch_general_quote(m, in, c);
		break;
	}
	case EXCH_REC_ACCEPT: {
		TAKE(exch_rec_accept, c);
		if (begin(m, r, &in))
			exch_general_accept(m, in, c);
		break;
	}
	case EXCH_REC_BLOCK: {
		TAKE(exch_rec_block, c);
		if (begin(m, r, &in))
			exch_general_block(m, in, c);
		break;
	}
	case EXCH_REC_RISK: {
		TAKE(exch_rec_risk, k);
		exch_verdict_note(m, k);
		break;
	}
	case EXCH_REC_BREAK: {
		TAKE(exch_rec_break, c);
		if (begin(m, r, &in))
			exch_general_break(m, in, c);
		break;
	}
	default:
		break;
	}
	return EXCH_OK;
}

static inline int
dispatch(struct exch_match *m, const struct exch_rec *r, struct exch_diag *d)
{
	struct exch_instr *in;

	if (r->type == EXCH_REC_NEW) {
		TAKE_ASKED(exch_rec_new, c);
		if (begin(m, r, &in))
			exch_engine_new(m, in, c);
	} else if (r->type == EXCH_REC_CANCEL) {
		TAKE_ASKED(exch_rec_cancel, c);
		if (begin(m, r, &in))
			exch_engine_cancel(m, in, c);
	} else if (r->type == EXCH_REC_REPLACE) {
		TAKE_ASKED(exch_rec_replace, c);
		if (begin(m, r, &in))
			exch_engine_replace(m, in, c);
	} else {
		return apply_other(m, r, d);
	}
	return EXCH_OK;
}

static __attribute__((noinline)) int
apply_with_card(
    struct exch_match *m, const struct exch_rec *r, struct exch_diag *d)
{
	uint64_t before = m->st.commands;
	int err;

	m->card->busy = false;
	err = dispatch(m, r, d);
	if (m->last != NULL)
		m->last->flags |= EXCH_F_LAST;
	if (m->st.commands != before && m->card->busy)
		m->card->tally.commands++;
	else
		m->card->tally.others += m->st.commands - before;
	return m->ended ? exch_engine_why(m, d) : err;
}

static inline __attribute__((always_inline)) int
apply(struct exch_match *m, const struct exch_rec *r, struct exch_diag *d)
{
	int err;

	m->last = NULL;
	if (__builtin_expect(m->card != NULL, 0))
		return apply_with_card(m, r, d);
	err = dispatch(m, r, d);
	if (__builtin_expect(m->ended, 0))
		return exch_engine_why(m, d);
	if (m->last != NULL)
		m->last->flags |= EXCH_F_LAST;
	return err;
}

/* What a gate has refused waits for nothing. */
static bool
is_refused(const struct exch_match *m, const struct exch_rec *r)
{
	const struct exch_instr *in = exch_engine_instr(m, r->instr);

	return in != NULL && exch_verdict_is_for(&in->judged, r);
}

/* Where the market has protections. */
static __attribute__((noinline)) int
apply_guarded(
    struct exch_match *m, const struct exch_rec *r, struct exch_diag *d)
{
	int err;

	if (exch_guard_of(m)->bump != 0 && !is_refused(m, r) && exch_hold(m, r))
		return m->ended ? exch_engine_why(m, d) : EXCH_OK;
	err = exch_engine_apply(m, r, d);
	if (err == EXCH_OK && m->all->breaker.due != 0)
		exch_breaker_act(m);
	return m->ended ? exch_engine_why(m, d) : err;
}

int
exch_engine_apply(
    struct exch_match *m, const struct exch_rec *r, struct exch_diag *d)
{
	return apply(m, r, d);
}

__attribute__((noinline)) int
exch_engine_other(
    struct exch_match *m, const struct exch_rec *r, struct exch_diag *d)
{
	return m->guarded ? apply_guarded(m, r, d) : apply(m, r, d);
}

/* Markets at the midpoint follow what the record has done elsewhere. */
static int
mids(struct exch_match *m, const struct exch_rec *r, struct exch_diag *d)
{
	if (!m->all->midpoints)
		return EXCH_OK;
	exch_mid_follow(m, r->instr);
	return m->ended ? exch_engine_why(m, d) : EXCH_OK;
}

int
exch_engine_alone(
    struct exch_match *m, const struct exch_rec *r, struct exch_diag *d)
{
	struct exch_match *h = exch_shard_of(m, r);
	int err;

	if (m->all->part != NULL)
		return exch_part_apply(m, r, d);
	if (m->all->nshards == 1) {
		err = exch_engine_take(m, r, m->now, d);
		return err == EXCH_OK ? mids(m, r, d) : err;
	}
	exch_shard_enter(h);
	err = exch_engine_take(h, r, r->time > h->now ? r->time : h->now, d);
	if (err == EXCH_OK)
		err = mids(h, r, d);
	exch_shard_leave(h);
	return err;
}

int
exch_match_finish(struct exch_match *m, struct exch_diag *d)
{
	struct exch_instr *in = NULL;

	if (m->all->nshards > 1)
		exch_shard_enter(m);
	exch_part_step(m, EXCH_TS_NONE, EXCH_PART_END, 0, false);
	exch_part_go(m, EXCH_PART_COMMON, 0); /* it says the time */
	while (m->o.expect && (in = exch_engine_after(m, in)) != NULL) {
		struct exch_match *h = exch_visit(m, in);

		exch_part_go(m, EXCH_PART_EACH, in->book.instr);
		if (in->pending != 0)
			exch_engine_unexpected(h, in);
		exch_back(m, h);
	}
	if (m->card != NULL && !exch_aboard_silent(m->card))
		return exch_engine_why(m, d);
	return exch_writer_error(m->out, d);
}
