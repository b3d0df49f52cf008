/*
 * Agents as actors: messages on their way to them, the turns that these wake
 * them for, and commands on their way back.  A desk is due when a command of
 * its reaches the engine, when something wakes its agent, or when an answer
 * that was left open may be one that is needed.
 *
 *	engine -> latency -> waking, other -> turn -> latency -> flight -> engine
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "sim/agents.h"
#include "sim/kernel.h"

/* Turns that may be open at once: what a program is asked ahead. */
#define ASKED_MOST 65536u
/* Of an agent in a second of the market, when nobody has said otherwise. */
#define TURNS_MOST 1000000u

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for agents");
}

/* ---- life ---- */

static void
drop_desk(const struct exch_sim *s, struct sim_desk *k)
{
	if (k->open && k->a.kind->close != NULL)
		k->a.kind->close(&k->a);
	for (unsigned i = 0; i < EXCH_PATHS; i++)
		exch_latency_free(k->latency[i]);
	exch_where_drop(k, s->nvenue);
	exch_params_free(k->params);
	exch_keyed_clear(&k->tags);
	exch_keyed_clear(&k->aloft);
	exch_free(k->a.state);
	exch_free((void *)(uintptr_t)k->a.name);
	exch_free(k->only);
	exch_free(k->outage);
	exch_free(k->told);
	exch_transit_clear(&k->waking);
	exch_transit_clear(&k->other);
	exch_free(k->turn);
	exch_transit_clear(&k->flight);
	exch_free(k->asked);
	exch_free(k);
}

void
exch_desk_close(struct exch_sim *s)
{
	for (size_t i = 0; i < s->ndesk; i++)
		drop_desk(s, s->desk[i]);
	exch_free(s->desk);
	s->ndesk = 0;
}

static void
streams(struct exch_sim *s, struct sim_desk *k, const char *name)
{
	struct exch_rng r;

	exch_sim_stream(&k->a.rng, s->o.seed, name);
	/* Its latencies and its program's seed are others than its chances. */
	r = k->a.rng;
	exch_rng_seed(&k->rng, exch_rng_u64(&r));
	k->a.seed = exch_rng_u64(&r);
	exch_sim_stream(&r, s->o.seed, "");
	k->a.common = exch_rng_u64(&r);
}

int
exch_sim_add_agent(struct exch_sim *s, const struct exch_sim_agent_opts *o,
    struct exch_diag *d)
{
	struct sim_desk *k = exch_calloc(1, sizeof(*k));

	if (k == NULL ||
	    !exch_room(&s->desk, s->ndesk, &s->cap_desk, sizeof(*s->desk))) {
		exch_free(k);
		exch_params_free(o->p);
		for (unsigned i = 0; i < EXCH_PATHS; i++)
			exch_latency_free(o->latency[i]);
		return no_memory(d);
	}
	k->no = (uint32_t)s->ndesk;
	s->desk[s->ndesk++] = k;
	k->params = o->p;
	k->account = o->account;
	k->wake = EXCH_TS_NONE;
	exch_transit_init(&k->waking, sizeof(*k->turn));
	exch_transit_init(&k->other, sizeof(*k->turn));
	exch_transit_init(&k->flight, sizeof(struct sim_flight));
	memcpy(k->latency, o->latency, sizeof(k->latency));
	k->a.kind = o->kind;
	k->a.params = o->p;
	k->a.name = exch_strdup(o->name);
	k->a.at = o->at;
	k->a.on = o->on;
	k->a.state = exch_calloc(1, o->kind->size + 1);
	k->a.maker_fee = o->maker_fee;
	k->a.taker_fee = o->taker_fee;
	k->fees = o->fees;
	k->a.begin = s->o.begin;
	k->a.end = s->o.end;
	streams(s, k, o->name);
	if (o->ninstr != 0)
		k->only = exch_calloc(o->ninstr, sizeof(*k->only));
	if (o->noutage != 0)
		k->outage = exch_calloc(o->noutage, sizeof(*k->outage));
	if (k->a.name == NULL || k->a.state == NULL ||
	    (o->ninstr != 0 && k->only == NULL) ||
	    (o->noutage != 0 && k->outage == NULL) ||
	    exch_keyed_init(&k->tags, sizeof(struct sim_tag)) != EXCH_OK ||
	    exch_keyed_init(&k->aloft, sizeof(struct sim_tag)) != EXCH_OK)
		return no_memory(d);
	if (o->ninstr != 0)
		memcpy(k->only, o->instr, o->ninstr * sizeof(*k->only));
	k->nonly = o->ninstr;
	if (o->noutage != 0)
		memcpy(k->outage, o->outage, o->noutage * sizeof(*k->outage));
	k->noutage = o->noutage;
	return EXCH_OK;
}

/* What it trades: those that were named, or all that there are. */
static int
instruments(struct exch_sim *s, struct sim_desk *k, struct exch_diag *d)
{
	size_t most = k->only != NULL ? k->nonly : s->ninstr;
	unsigned n = 0;

	k->told = exch_calloc(most + 1, sizeof(*k->told));
	if (k->told == NULL)
		return no_memory(d);
	for (size_t i = 0; i < most; i++) {
		struct sim_instr *in = k->only != NULL
					   ? exch_sim_instr(s, k->only[i])
					   : &s->instr[i];

		if (in == NULL)
			return exch_agent_unfit(&k->a, d,
			    "what it trades is not there when the run begins: "
			    "put the line of the instrument before those with "
			    "a time");
		k->told[n++] = in->rec;
		in->desks++;
	}
	k->a.instr = k->told;
	k->a.ninstr = n;
	return exch_where_open(s, k) == EXCH_OK ? EXCH_OK : no_memory(d);
}

/* It has said what it wants to be told. */
static int
levels(struct exch_sim *s, const struct sim_desk *k)
{
	int err = EXCH_OK;

	for (unsigned i = 0; i < k->a.ninstr && err == EXCH_OK; i++)
		err = exch_desk_levels_open(
		    exch_sim_instr(s, k->told[i].h.instr), k->a.wants.levels);
	return err;
}

static uint64_t
least(const struct sim_desk *k)
{
	uint64_t n = UINT64_MAX;

	for (unsigned i = EXCH_PATH_NEW; i <= EXCH_PATH_CANCEL; i++) {
		uint64_t l = k->latency[i] == NULL
				 ? 0
				 : exch_latency_least(k->latency[i]);

		n = l < n ? l : n;
	}
	return n < EXCH_SIM_STEP ? EXCH_SIM_STEP : n;
}

/* ---- when it is due ---- */

static exch_ts
earlier(exch_ts a, exch_ts b)
{
	return a < b ? a : b;
}

static void
plan(struct exch_sim *s, const struct sim_desk *k)
{
	exch_ts due = earlier(exch_transit_next(&k->waking), k->wake);

	due = earlier(due, exch_transit_next(&k->flight));
	if (k->answered < k->nasked)
		due = earlier(due, k->asked[k->answered] + k->a.least_latency);
	exch_agenda_set(&s->agenda, k->actor, due);
}

int
exch_desk_open(struct exch_sim *s, struct exch_diag *d)
{
	int err = EXCH_OK;

	for (size_t i = 0; i < s->ndesk && err == EXCH_OK; i++) {
		struct sim_desk *k = s->desk[i];

		k->actor = exch_sim_desk_actor(s, i);
		k->a.least_latency = least(k);
		err = instruments(s, k, d);
		if (err == EXCH_OK)
			err = k->a.kind->open(&k->a, d);
		k->open = err == EXCH_OK;
		if (err == EXCH_OK && levels(s, k) != EXCH_OK)
			err = no_memory(d);
		/* Its first turn has no message. */
		k->wake = s->now;
		plan(s, k);
	}
	return err;
}

/* ---- messages ---- */

static bool
wakes(const struct sim_desk *k, const struct exch_agent_msg *m)
{
	return (k->a.wants.wakes >> m->what & 1) != 0 ||
	       m->what == EXCH_TOLD_END || m->what == EXCH_TOLD_TIMER;
}

/*
 * When that comes out of a path which is down now and then.  Outages stand by
 * their beginning, so that one look at each is enough where they overlap; and
 * what was sent first is still the first.
 */
static exch_ts
held_up(const struct sim_desk *k, enum exch_sim_path path, exch_ts at)
{
	for (unsigned i = 0; i < k->noutage; i++) {
		const struct exch_sim_outage *o = &k->outage[i];

		if (o->path == path && at >= o->from && at < o->to)
			at = o->to;
	}
	return at;
}

int
exch_desk_tell(struct exch_sim *s, struct sim_desk *k, enum exch_sim_path path,
    struct exch_agent_msg *m)
{
	bool wakes_it = wakes(k, m), sooner;

	m->time = s->now;
	m->at = exch_where_arrival(s, k, path, m->instr, s->now);
	m->at = held_up(k, path, m->at);
	sooner = wakes_it && m->at < exch_transit_next(&k->waking);
	if (exch_transit_put(wakes_it ? &k->waking : &k->other, m->at,
		k->nmsg++, m) != EXCH_OK)
		return EXCH_ERR_NOMEM;
	if (m->at > k->last)
		k->last = m->at;
	if (sooner)
		plan(s, k);
	return EXCH_OK;
}

/* ---- commands ---- */

static const enum exch_sim_path path_of[] = {
    [EXCH_AGENT_NEW] = EXCH_PATH_NEW,
    [EXCH_AGENT_CANCEL] = EXCH_PATH_CANCEL,
    [EXCH_AGENT_REPLACE] = EXCH_PATH_REPLACE,
    [EXCH_AGENT_CANCEL_ALL] = EXCH_PATH_CANCEL,
};

/* The instrument of a command: those about an order name the order alone. */
static uint32_t
whither(struct sim_desk *k, const struct exch_agent_cmd *c)
{
	const struct sim_tag *t;

	if (c->instr != 0 || k->leg == NULL || c->what == EXCH_AGENT_CANCEL_ALL)
		return c->instr;
	t = exch_keyed_find(&k->tags, 0, c->tag);
	if (t == NULL)
		t = exch_keyed_find(&k->aloft, 0, c->tag);
	return t != NULL ? t->instr : 0;
}

/*
 * It leaves; an order is known by its tag from then on.  Another one with that
 * tag may overtake it on the way to another venue: what is said of the tag
 * means the first, so that the other is refused wherever it comes to.
 */
static int
fly(struct sim_desk *k, const struct exch_agent_cmd *c, exch_ts at)
{
	struct sim_flight f = {.cmd = *c};
	struct sim_tag *t;
	int err;

	if (c->what == EXCH_AGENT_NEW) {
		err = exch_keyed_add(&k->aloft, 0, c->tag, &t);
		f.again = err == EXCH_ERR_EXISTS;
		if (err != EXCH_OK && !f.again)
			return err;
		if (!f.again)
			t->instr = c->instr;
	}
	return exch_transit_put(&k->flight, at, k->nflight++, &f);
}

static void
land(struct sim_desk *k, struct sim_flight *f)
{
	exch_transit_take(&k->flight, f);
	if (f->cmd.what == EXCH_AGENT_NEW && !f->again)
		exch_keyed_drop(
		    &k->aloft, exch_keyed_find(&k->aloft, 0, f->cmd.tag));
}

int
exch_agent_say(struct exch_agent_out *o, const struct exch_agent_cmd *c)
{
	struct sim_desk *k = o->k;
	exch_ts leaves = o->turn + c->busy;
	exch_ts at;

	if (c->what == EXCH_AGENT_WAKE) {
		leaves = o->turn + k->a.least_latency;
		k->wake = c->at < leaves ? leaves : c->at;
		return EXCH_OK;
	}
	at = exch_where_arrival(
	    o->s, k, path_of[c->what], whither(k, c), leaves);
	if (at < o->turn + EXCH_SIM_STEP)
		at = o->turn + EXCH_SIM_STEP;
	return fly(k, c, held_up(k, path_of[c->what], at));
}

static int
send_due(struct exch_sim *s, struct sim_desk *k, struct exch_diag *d)
{
	int err = EXCH_OK;

	while (err == EXCH_OK && exch_transit_next(&k->flight) <= s->now) {
		struct sim_flight f;

		land(k, &f);
		err = exch_desk_send(s, k, &f, d);
	}
	return err;
}

/* ---- turns ---- */

static int
answers(struct exch_sim *s, struct sim_desk *k, struct exch_diag *d)
{
	int err = EXCH_OK;

	while (err == EXCH_OK && k->answered < k->nasked) {
		struct exch_agent_out o = {s, k, k->asked[k->answered++]};

		err = k->a.kind->answer(&k->a, &o, d);
	}
	k->answered = k->nasked = 0;
	return err;
}

/*
 * Nobody who trades has so many turns in a second, but one who wakes himself
 * again and again, or two without latency who answer each other: the market
 * would stand still with them, a nanosecond after the other.
 */
static int
too_often(struct exch_sim *s, struct sim_desk *k, struct exch_diag *d)
{
	uint64_t most = s->o.turns != 0 ? s->o.turns : TURNS_MOST;

	if (k->turns == 0 || s->now - k->second >= EXCH_SEC) {
		k->second = s->now;
		k->turns = 0;
	}
	if (++k->turns <= most)
		return EXCH_OK;
	return exch_place_fail(d, EXCH_ERR_LIMIT, &k->a.at,
	    "agent %s has had %llu turns within %llu ns: it wakes itself all "
	    "the time, or answers somebody without latency; give it a "
	    "\"latency\", or more of them by a line \"turns N\"",
	    k->a.name, (unsigned long long)most,
	    (unsigned long long)(s->now - k->second));
}

static int
give(struct exch_sim *s, struct sim_desk *k, struct exch_diag *d)
{
	const struct exch_agent_msg *m = k->turn;
	size_t n = k->nturn;
	struct exch_agent_out o = {s, k, s->now};
	int err = too_often(s, k, d);

	if (err != EXCH_OK)
		return err;
	s->st.turns++;
	if (k->a.kind->turn != NULL)
		return k->a.kind->turn(&k->a, s->now, m, n, &o, d);
	if (!exch_room(&k->asked, k->nasked, &k->cap_asked, sizeof(*k->asked)))
		return no_memory(d);
	err = k->a.kind->ask(&k->a, s->now, m, n, d);
	k->asked[k->nasked++] = s->now;
	return err == EXCH_OK && k->nasked == ASKED_MOST ? answers(s, k, d)
							 : err;
}

/* What its instruments are, as it has been told by now. */
static void
learn(struct sim_desk *k, const struct exch_agent_msg *m)
{
	for (unsigned i = 0; i < k->a.ninstr; i++) {
		struct exch_rec_instrument *in = &k->told[i];

		if (in->h.instr != m->instr)
			continue;
		in->tick = m->price;
		in->reference = m->price2;
		in->min_qty = m->qty2;
		in->max_qty = m->order;
		in->px_decimals = (uint8_t)m->reason;
	}
}

/* Where the next message is; NULL: none has arrived by now. */
static struct exch_transit *
next_message(const struct exch_sim *s, struct sim_desk *k)
{
	const struct exch_transit_key *a = exch_transit_head(&k->waking);
	const struct exch_transit_key *b = exch_transit_head(&k->other);
	bool other = a == NULL || (b != NULL && exch_transit_is_before(b, a));

	if (other)
		a = b;
	if (a == NULL || a->at > s->now)
		return NULL;
	return other ? &k->other : &k->waking;
}

static int
hear(struct exch_sim *s, struct sim_desk *k)
{
	struct exch_transit *t;

	for (; (t = next_message(s, k)) != NULL; k->nturn++) {
		if (!exch_room(
			&k->turn, k->nturn, &k->cap_turn, sizeof(*k->turn)))
			return EXCH_ERR_NOMEM;
		exch_transit_take(t, &k->turn[k->nturn]);
		if (k->turn[k->nturn].what == EXCH_TOLD_INSTRUMENT)
			learn(k, &k->turn[k->nturn]);
	}
	return EXCH_OK;
}

/* All that has arrived by now; the one that has woken it is the last. */
static int
turn(struct exch_sim *s, struct sim_desk *k, struct exch_diag *d)
{
	bool first = s->now == k->a.begin &&
		     exch_transit_head(&k->waking) == NULL &&
		     exch_transit_head(&k->other) == NULL;

	k->nturn = 0;
	if (hear(s, k) != EXCH_OK)
		return no_memory(d);
	if (k->wake <= s->now) {
		k->wake = EXCH_TS_NONE;
		if (!exch_room(
			&k->turn, k->nturn, &k->cap_turn, sizeof(*k->turn)))
			return no_memory(d);
		if (!first)
			k->turn[k->nturn++] =
			    (struct exch_agent_msg){.what = EXCH_TOLD_TIMER,
				.at = s->now,
				.time = s->now};
	}
	return give(s, k, d);
}

int
exch_desk_act(struct exch_sim *s, size_t i, struct exch_diag *d)
{
	struct sim_desk *k = s->desk[i];
	int err = EXCH_OK;

	if (k->answered < k->nasked &&
	    k->asked[k->answered] + k->a.least_latency <= s->now)
		err = answers(s, k, d);
	if (err == EXCH_OK)
		err = send_due(s, k, d);
	if (err == EXCH_OK &&
	    earlier(exch_transit_next(&k->waking), k->wake) <= s->now)
		err = turn(s, k, d);
	plan(s, k);
	return err;
}

/* What happened before the beginning, where it is not what one expects. */
static int
picture(struct exch_sim *s, struct sim_instr *in)
{
	int err = EXCH_OK;

	if (in->phase != EXCH_PHASE_CONTINUOUS)
		err = exch_desk_phase(s, in->m.instr, in->phase);
	if (err == EXCH_OK && (in->m.book->side[0].best != EXCH_SLOT_NONE ||
				  in->m.book->side[1].best != EXCH_SLOT_NONE))
		err = exch_desk_book(s, in);
	return err;
}

int
exch_desk_begin(struct exch_sim *s, struct exch_diag *d)
{
	int err = EXCH_OK;

	for (size_t i = 0; i < s->ndesk && err == EXCH_OK; i++)
		err = exch_desk_act(s, i, d);
	for (size_t i = 0; i < s->ninstr && err == EXCH_OK; i++) {
		if (s->instr[i].desks != 0 &&
		    picture(s, &s->instr[i]) != EXCH_OK)
			err = no_memory(d);
	}
	return err;
}

int
exch_desk_end(struct exch_sim *s, struct exch_diag *d)
{
	int err = EXCH_OK;

	for (size_t i = 0; i < s->ndesk && err == EXCH_OK; i++) {
		struct sim_desk *k = s->desk[i];
		struct exch_agent_msg m = {.what = EXCH_TOLD_END};

		/* Nothing is on its way any more: it hears all of it. */
		s->now = s->o.end;
		if (k->last > s->now)
			s->now = k->last;
		k->wake = EXCH_TS_NONE;
		if (k->latency[EXCH_PATH_RESPONSE] != NULL) {
			exch_latency_free(k->latency[EXCH_PATH_RESPONSE]);
			k->latency[EXCH_PATH_RESPONSE] = NULL;
		}
		k->noutage = 0;
		err = exch_desk_tell(s, k, EXCH_PATH_RESPONSE, &m);
		if (err == EXCH_OK)
			err = turn(s, k, d);
		if (err == EXCH_OK)
			err = answers(s, k, d);
	}
	return err;
}
