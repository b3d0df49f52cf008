/*
 * The crew: threads that execute batches, one per shard, and the caller who
 * fills and merges them (crew.h).
 *
 * Batches go round in a ring.  The caller fills one, hands it out and goes on
 * with the next; each thread takes them as they come, at its own pace, and
 * the caller merges the oldest when all are done with it:
 *
 *	merged <= done by a thread <= handed out < merged + RING
 *
 * So a thread with little to do in one batch need not wait for the others,
 * and with fewer processors than threads none of them stands still.
 *
 * What may only be touched by who is alone is changed by the caller while
 * no batch is out; the lock orders that before and behind the work.
 */
#include <config.h>

#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "match/crew.h"
#include "match/crew_batch.h"
#include "match/general.h"

/*
 * A thread's wake-up costs some 10 us, an order a tenth of one.  All batches
 * together are no more than a second cache holds.
 */
#define RING 4u
#define BATCH 2048u
#define FEW 192u

/* Ids of instruments whose shard is remembered. */
#define ROUTES 65536u

struct worker {
	struct exch_crew *crew;
	struct exch_match *m;
	pthread_t thread;
	uint64_t done; /* batches, under the lock */
};

struct exch_crew {
	struct exch_match *m;
	struct exch_shared *all;
	struct exch_writer *writer;
	struct exch_crew_opts o;
	struct exch_crew_stats st;
	struct exch_batch batch[RING]; /* by number */
	struct exch_batch *fill;       /* that of the next number to go out */
	uint64_t merged;	       /* batches: the caller's count */
	/*
	 * Nothing is local from this time on, as the clock may have to do; 0:
	 * whatever comes has to be looked at.
	 */
	exch_ts due;
	uint8_t words[256]; /* least(), in 8 bytes */
	/*
	 * By instrument the shard + 1 of commands that cannot reach further, 0:
	 * ask the instrument.  What it says changes only while somebody is alone,
	 * but beside it the shards write, and to read there is to wait for
	 * another processor's cache.
	 */
	uint8_t route[ROUTES];
	uint32_t nroutes; /* behind the last that is set */
	exch_ts now;
	uint64_t soon; /* the shortest time to an alarm */
	bool never;    /* the market's rules make everything reach further */
	int err;       /* the first failure, for ever */
	struct exch_diag diag;

	struct worker worker[EXCH_SHARDS_MAX];
	uint32_t nworkers;
	pthread_mutex_t lock;
	pthread_cond_t go, done;
	uint64_t out; /* batches handed out; only the caller adds to it */
	bool over;    /* under the lock, as `out` */
};

/* ---- the threads ---- */

static void *
work(void *arg)
{
	struct worker *w = arg;
	struct exch_crew *c = w->crew;

	(void)pthread_mutex_lock(&c->lock);
	for (;;) {
		while (w->done == c->out && !c->over)
			(void)pthread_cond_wait(&c->go, &c->lock);
		if (c->over)
			break;
		(void)pthread_mutex_unlock(&c->lock);
		exch_batch_work(&c->batch[w->done % RING], w->m);
		(void)pthread_mutex_lock(&c->lock);
		w->done++;
		(void)pthread_cond_signal(&c->done);
	}
	(void)pthread_mutex_unlock(&c->lock);
	return NULL;
}

/* Batches that all threads are done with, at least; with the lock. */
static uint64_t
done_by_all(const struct exch_crew *c)
{
	uint64_t least = c->out;

	for (uint32_t i = 0; i < c->nworkers; i++)
		if (c->worker[i].done < least)
			least = c->worker[i].done;
	return least;
}

/* Wait until that many batches are done; says how many are. */
static uint64_t
await(struct exch_crew *c, uint64_t n)
{
	uint64_t done;

	(void)pthread_mutex_lock(&c->lock);
	while ((done = done_by_all(c)) < n)
		(void)pthread_cond_wait(&c->done, &c->lock);
	(void)pthread_mutex_unlock(&c->lock);
	return done;
}

/* ---- batches ---- */

static void
hand_out(struct exch_crew *c)
{
	if (!c->all->apart) /* read by those at work */
		c->all->apart = true;
	c->st.apart += c->fill->n;
	(void)pthread_mutex_lock(&c->lock);
	c->out++;
	(void)pthread_cond_broadcast(&c->go);
	(void)pthread_mutex_unlock(&c->lock);
	c->fill = &c->batch[c->out % RING];
}

/* All that are done, up to number n; behind a failure nothing. */
static int
merge(struct exch_crew *c, uint64_t n)
{
	while (c->merged < n && c->err == 0) {
		struct exch_batch *b = &c->batch[c->merged++ % RING];

		c->err = exch_batch_merge(b, c->writer, &c->diag);
	}
	if (c->err != 0)
		c->due = 0;
	return c->err;
}

/* What was filled goes out; room for the next is made. */
static int
turn(struct exch_crew *c)
{
	hand_out(c);
	return merge(c, await(c, c->out < RING ? 0 : c->out - RING + 1));
}

/* Before the first of some batches: everybody goes on from here. */
static void
begin(struct exch_crew *c, exch_ts time)
{
	struct exch_match *h = NULL;
	exch_ts soonest;

	while ((h = exch_shard_after(c->m, h)) != NULL)
		h->hand.entries = c->all->entries;
	memset(c->route, 0, c->nroutes);
	c->nroutes = 0;
	c->due = c->never ? 0 : c->m->hot.due;
	c->now = c->all->now;
	soonest = exch_later(time > c->now ? time : c->now, c->soon);
	if (soonest < c->due)
		c->due = soonest;
}

/* Behind the last of them: who is alone goes on from where the latest was. */
static void
rest(struct exch_crew *c)
{
	const struct exch_match *h = NULL;

	c->all->apart = false;
	c->all->now = c->now;
	while ((h = exch_shard_after(c->m, h)) != NULL)
		if (h->hand.entries > c->all->entries)
			c->all->entries = h->hand.entries;
	exch_engine_due_all(c->m);
}

static int
alone(struct exch_crew *c)
{
	int err = exch_batch_alone(c->fill, c->m, &c->diag);

	c->err = err;
	return err;
}

static int
catch_up(struct exch_crew *c)
{
	/* Who comes next, comes first: begin(). */
	c->due = 0;
	if (!c->all->apart && c->fill->n <= c->o.few)
		return c->fill->n != 0 ? alone(c) : 0;
	if (c->fill->n != 0)
		hand_out(c);
	while (c->merged < c->out && c->err == 0)
		(void)merge(c, await(c, c->merged + 1));
	(void)await(c, c->out);
	rest(c);
	return c->err;
}

static int
tell(const struct exch_crew *c, struct exch_diag *d)
{
	if (c->err != 0 && d != NULL)
		*d = c->diag;
	return c->err;
}

int
exch_crew_catch_up(struct exch_crew *c, struct exch_diag *d)
{
	if (c->err == 0)
		(void)catch_up(c);
	return tell(c, d);
}

/* ---- what is local ---- */

/*
 * Bytes a record of a command has, its length standing where it should
 * (EXCH_REC_AS); 0: it is not ours.
 */
static size_t
least(uint8_t type)
{
	switch (type) {
	case EXCH_REC_NEW:
		return sizeof(struct exch_rec_new);
	case EXCH_REC_CANCEL:
		return sizeof(struct exch_rec_cancel);
	case EXCH_REC_REPLACE:
		return sizeof(struct exch_rec_replace);
	case EXCH_REC_QUOTE:
		return sizeof(struct exch_rec_quote);
	case EXCH_REC_ACCEPT:
		return sizeof(struct exch_rec_accept);
	case EXCH_REC_BLOCK:
		return sizeof(struct exch_rec_block);
	case EXCH_REC_BREAK:
		return sizeof(struct exch_rec_break);
	case EXCH_REC_EXPECT:
		return sizeof(struct exch_rec_expect);
	case EXCH_REC_RISK:
		return sizeof(struct exch_rec_risk);
	default:
		return 0;
	}
}

/* Nothing but their time concerns the engine: they are copied. */
static bool
passes(const struct exch_crew *c, const struct exch_rec *r)
{
	switch (r->type) {
	case EXCH_REC_PHASE:
	case EXCH_REC_INSTRUMENT:
	case EXCH_REC_ACCOUNT:
	case EXCH_REC_MASS_CANCEL:
		return false;
	case EXCH_REC_TRADE:
		/* one that is too short is told */
		return !c->m->guarded && EXCH_REC_AS(r, exch_rec_trade) != NULL;
	default:
		return true;
	}
}

/* An entry that concerns others; one that may bring the clock sooner. */
static bool
reaches(struct exch_crew *c, const struct exch_rec *r, size_t fixed)
{
	const struct exch_ext *e;

	if ((r->flags & EXCH_F_EXT) == 0)
		return false;
	if (exch_rec_ext(r, fixed, EXCH_EXT_OCO) != NULL ||
	    exch_rec_ext(r, fixed, EXCH_EXT_CLIENT) != NULL)
		return true;
	e = exch_rec_ext(r, fixed, EXCH_EXT_EXPIRE);
	if (e != NULL && e->value < c->due)
		c->due = e->value;
	return false;
}

/* Whose the record is; false: it may reach further. */
static bool
is_local(struct exch_crew *c, const struct exch_rec *r, uint8_t *shard)
{
	size_t fixed = least(r->type);
	const struct exch_instr *in;

	if (c->never || r->time >= c->due)
		return false;
	*shard = EXCH_BATCH_NOBODY;
	if (fixed == 0)
		return passes(c, r);
	/* Whoever is alone refuses it, and the run may go on. */
	if (r->len8 < fixed / 8 || !exch_rec_ext_whole(r, fixed) ||
	    reaches(c, r, fixed))
		return false;
	in = exch_engine_instr(c->m, r->instr);
	*shard = in != NULL ? in->shard : 0;
	return in == NULL ||
	       !(in->wide || (in->grouped && r->type == EXCH_REC_REPLACE));
}

static inline int
add(struct exch_crew *c, const struct exch_rec *r, uint64_t seq, uint8_t shard,
    struct exch_diag *d)
{
	if (r->time > c->now)
		c->now = r->time;
	if (__builtin_expect(
		!exch_batch_add(c->fill, r, seq, shard, c->now), 1))
		return 0;
	(void)turn(c);
	return tell(c, d);
}

/* The next command for the instrument need not ask, if all is local. */
static void
learn(struct exch_crew *c, uint32_t id)
{
	const struct exch_instr *in = exch_engine_instr(c->m, id);

	if (in == NULL || id >= ROUTES || in->wide || in->grouped)
		return;
	c->route[id] = (uint8_t)(in->shard + 1);
	if (id >= c->nroutes)
		c->nroutes = id + 1;
}

static __attribute__((noinline)) int
take_slow(struct exch_crew *c, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	uint8_t shard;

	if (c->fill->n == 0 && !c->all->apart)
		begin(c, r->time);
	if (c->err == 0 && is_local(c, r, &shard)) {
		learn(c, r->instr);
		return add(c, r, seq, shard, d);
	}
	c->st.alone++;
	return exch_crew_catch_up(c, d) != 0 ? c->err : 1;
}

int
exch_crew_take(struct exch_crew *c, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	uint8_t words = c->words[r->type];
	uint8_t route = r->instr < ROUTES ? c->route[r->instr] : 0;

	/* One without entries, in the middle of others: nearly all. */
	if (__builtin_expect(words == 0 || r->len8 < words || route == 0 ||
				 r->time >= c->due ||
				 (r->flags & EXCH_F_EXT) != 0,
		0))
		return take_slow(c, r, seq, d);
	return add(c, r, seq, (uint8_t)(route - 1), d);
}

const struct exch_crew_stats *
exch_crew_stats(const struct exch_crew *c)
{
	return &c->st;
}

/* ---- life ---- */

/*
 * The shortest time after which an alarm may ring that a local command sets:
 * those of calls are set by phases, which are not local.  0: at once.
 */
static uint64_t
soonest_alarm(const struct exch_match *m, uint64_t soon)
{
	const struct exch_market_guard *g = exch_guard_of(m);

	if (g->interrupt.still != 0 && g->still_time < soon)
		soon = g->still_time;
	if (g->interrupt.dynamic != 0 && g->dynamic_time < soon)
		soon = g->dynamic_time;
	if (g->indicative != 0 && g->indicative < soon)
		soon = g->indicative;
	if (m->o.market != NULL && m->o.market->luld.nbands != 0 &&
	    m->o.market->luld.limit < soon)
		soon = m->o.market->luld.limit;
	return soon;
}

/* Signals are for the caller's thread. */
static int
start(struct exch_crew *c)
{
	sigset_t every, was;
	int err = 0;

	(void)sigfillset(&every);
	(void)pthread_sigmask(SIG_SETMASK, &every, &was);
	while (err == 0 && c->nworkers < c->all->nshards) {
		struct worker *w = &c->worker[c->nworkers];

		w->crew = c;
		w->m = c->all->shard[c->nworkers];
		err = pthread_create(&w->thread, NULL, work, w);
		c->nworkers += err == 0;
	}
	(void)pthread_sigmask(SIG_SETMASK, &was, NULL);
	return err;
}

/* Those of all shards: venues may have rules of their own. */
static void
look_at_rules(struct exch_crew *c)
{
	const struct exch_match *h = NULL;

	c->soon = UINT64_MAX;
	while ((h = exch_shard_after(c->m, h)) != NULL) {
		const struct exch_market_guard *g = exch_guard_of(h);

		c->soon = soonest_alarm(h, c->soon);
		c->never |= g->throttle != 0 || g->bump != 0;
	}
	c->never |= c->soon == 0 || c->all->midpoints;
}

int
exch_crew_new(struct exch_match *m, struct exch_writer *out,
    const struct exch_crew_opts *o, struct exch_crew **crew,
    struct exch_diag *d)
{
	struct exch_crew *c = exch_calloc(1, sizeof(*c));
	uint32_t n = o->batch != 0 ? o->batch : BATCH;
	int err;

	*crew = c;
	if (c == NULL)
		goto nomem;
	c->m = m;
	c->all = m->all;
	c->writer = out;
	c->o.few = o->few == 0 ? FEW : o->few == UINT32_MAX ? 0 : o->few;
	look_at_rules(c);
	(void)pthread_mutex_init(&c->lock, NULL);
	(void)pthread_cond_init(&c->go, NULL);
	(void)pthread_cond_init(&c->done, NULL);
	for (unsigned type = 0; type < 256; type++)
		c->words[type] = (uint8_t)(least((uint8_t)type) / 8);
	c->fill = &c->batch[0];
	for (unsigned i = 0; i < RING; i++)
		if (!exch_batch_init(&c->batch[i], n, m->all->nshards, out))
			goto nomem;
	err = start(c);
	if (err == 0)
		return EXCH_OK;
	exch_crew_free(c);
	*crew = NULL;
	return exch_diag_sys(d, NULL, err, "cannot start a thread");
nomem:
	exch_crew_free(c);
	*crew = NULL;
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for batches");
}

void
exch_crew_free(struct exch_crew *c)
{
	if (c == NULL)
		return;
	(void)pthread_mutex_lock(&c->lock);
	c->over = true;
	(void)pthread_cond_broadcast(&c->go);
	(void)pthread_mutex_unlock(&c->lock);
	for (uint32_t i = 0; i < c->nworkers; i++)
		(void)pthread_join(c->worker[i].thread, NULL);
	(void)pthread_cond_destroy(&c->done);
	(void)pthread_cond_destroy(&c->go);
	(void)pthread_mutex_destroy(&c->lock);
	for (unsigned i = 0; i < RING; i++)
		exch_batch_free(&c->batch[i]);
	exch_free(c);
}
