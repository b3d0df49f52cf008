/*
 * The crew: threads that execute batches, one per shard, and the caller who
 * fills and merges them (crew.h).
 *
 * Two batches take turns.  The caller hands a full one out as soon as the
 * threads are done with the one before, and merges that while they work:
 *
 *	fill      the batch being filled
 *	out       the other one, if it is with the threads or not merged yet
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

/* A thread's wake-up costs some 10 us, an order a tenth of one. */
#define BATCH 8192u
#define FEW 192u

struct worker {
	struct exch_crew *crew;
	struct exch_match *m;
	pthread_t thread;
};

struct exch_crew {
	struct exch_match *m;
	struct exch_shared *all;
	struct exch_writer *writer;
	struct exch_crew_opts o;
	struct exch_crew_stats st;
	struct exch_batch batch[2];
	struct exch_batch *fill;
	struct exch_batch *out; /* or NULL */
	/*
	 * Nothing is local from this time on, as the clock may have to do; 0:
	 * whatever comes has to be looked at.
	 */
	exch_ts due;
	uint8_t words[256]; /* least(), in 8 bytes */
	exch_ts now;
	uint64_t soon; /* the shortest time to an alarm */
	bool never;    /* the market's rules make everything reach further */
	int err;       /* the first failure, for ever */
	struct exch_diag diag;

	struct worker worker[EXCH_SHARDS_MAX];
	uint32_t nworkers;
	pthread_mutex_t lock;
	pthread_cond_t go, done;
	struct exch_batch *job; /* under the lock, as all that follows */
	uint64_t round;		/* number of the job */
	uint32_t working;	/* threads that are not done with it */
	bool over;
};

/* ---- the threads ---- */

static void *
work(void *arg)
{
	struct worker *w = arg;
	struct exch_crew *c = w->crew;
	uint64_t seen = 0;

	(void)pthread_mutex_lock(&c->lock);
	for (;;) {
		struct exch_batch *job;

		while (c->round == seen && !c->over)
			(void)pthread_cond_wait(&c->go, &c->lock);
		if (c->over)
			break;
		seen = c->round;
		job = c->job;
		(void)pthread_mutex_unlock(&c->lock);
		exch_batch_work(job, w->m);
		(void)pthread_mutex_lock(&c->lock);
		if (--c->working == 0)
			(void)pthread_cond_signal(&c->done);
	}
	(void)pthread_mutex_unlock(&c->lock);
	return NULL;
}

static void
hand_out(struct exch_crew *c)
{
	(void)pthread_mutex_lock(&c->lock);
	c->job = c->fill;
	c->round++;
	c->working = c->nworkers;
	(void)pthread_cond_broadcast(&c->go);
	(void)pthread_mutex_unlock(&c->lock);
	c->st.apart += c->fill->n;
}

static void
await(struct exch_crew *c)
{
	(void)pthread_mutex_lock(&c->lock);
	while (c->working != 0)
		(void)pthread_cond_wait(&c->done, &c->lock);
	(void)pthread_mutex_unlock(&c->lock);
}

/* ---- batches ---- */

static int
merge(struct exch_crew *c, struct exch_batch *b)
{
	struct exch_diag d = {0};
	int err = exch_batch_merge(b, c->writer, &d);

	if (err != 0 && c->err == 0) {
		c->err = err;
		c->diag = d;
		c->due = 0;
	}
	return c->err;
}

/* The threads get what was filled; what they are done with is merged. */
static int
turn(struct exch_crew *c)
{
	struct exch_batch *done = c->out;

	if (done != NULL)
		await(c);
	c->all->apart = true;
	hand_out(c);
	c->out = c->fill;
	c->fill = c->fill == &c->batch[0] ? &c->batch[1] : &c->batch[0];
	return done != NULL ? merge(c, done) : c->err;
}

/* Before the first of a batch: everybody goes on from here. */
static void
begin(struct exch_crew *c, exch_ts time)
{
	struct exch_match *h = NULL;
	exch_ts soonest;

	while ((h = exch_shard_after(c->m, h)) != NULL)
		h->hand.entries = c->all->entries;
	c->due = c->never ? 0 : c->m->hot.due;
	c->now = c->all->now;
	soonest = exch_later(time > c->now ? time : c->now, c->soon);
	if (soonest < c->due)
		c->due = soonest;
}

/* Behind the last: who is alone goes on from where the latest was. */
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
	struct exch_batch *done = c->out;

	/* Who comes next, comes first: begin(). */
	c->due = 0;
	if (done == NULL && c->fill->n == 0)
		return 0;
	if (done == NULL && c->fill->n <= c->o.few)
		return alone(c);
	if (c->fill->n != 0 && turn(c) != 0)
		return c->err;
	await(c);
	done = c->out;
	c->out = NULL;
	rest(c);
	return merge(c, done);
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
	default:
		return 0;
	}
}

/* Nothing but their time concerns the engine: they are copied. */
static bool
passes(const struct exch_crew *c, uint8_t type)
{
	switch (type) {
	case EXCH_REC_PHASE:
	case EXCH_REC_INSTRUMENT:
	case EXCH_REC_ACCOUNT:
	case EXCH_REC_MASS_CANCEL:
		return false;
	case EXCH_REC_TRADE:
		return !c->m->guarded;
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
		return passes(c, r->type);
	/* Whoever is alone refuses it, and the run may go on. */
	if (r->len8 < fixed / 8 || reaches(c, r, fixed))
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

static __attribute__((noinline)) int
take_slow(struct exch_crew *c, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	uint8_t shard;

	if (c->fill->n == 0 && c->out == NULL)
		begin(c, r->time);
	if (c->err == 0 && is_local(c, r, &shard))
		return add(c, r, seq, shard, d);
	c->st.alone++;
	return exch_crew_catch_up(c, d) != 0 ? c->err : 1;
}

int
exch_crew_take(struct exch_crew *c, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	uint8_t words = c->words[r->type];
	const struct exch_instr *in;

	/* One without entries, in the middle of others: nearly all. */
	if (__builtin_expect(words == 0 || r->len8 < words ||
				 r->time >= c->due ||
				 (r->flags & EXCH_F_EXT) != 0,
		0))
		return take_slow(c, r, seq, d);
	in = exch_engine_instr(c->m, r->instr);
	if (__builtin_expect(in == NULL || in->wide || in->grouped, 0))
		return take_slow(c, r, seq, d);
	return add(c, r, seq, in->shard, d);
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
soonest_alarm(const struct exch_match *m)
{
	const struct exch_market_guard *g = exch_guard_of(m);
	uint64_t soon = UINT64_MAX;

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
	c->soon = soonest_alarm(m);
	c->never = exch_guard_of(m)->throttle != 0 ||
		   exch_guard_of(m)->bump != 0 || c->soon == 0;
	(void)pthread_mutex_init(&c->lock, NULL);
	(void)pthread_cond_init(&c->go, NULL);
	(void)pthread_cond_init(&c->done, NULL);
	for (unsigned type = 0; type < 256; type++)
		c->words[type] = (uint8_t)(least((uint8_t)type) / 8);
	c->fill = &c->batch[0];
	for (unsigned i = 0; i < 2; i++)
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
	exch_batch_free(&c->batch[0]);
	exch_batch_free(&c->batch[1]);
	exch_free(c);
}
