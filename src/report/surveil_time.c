/*
 * What depends on when: quote stuffing (a second full of messages that mean
 * nothing), marking the close (the last minutes) and front running (before a
 * client's block, and out after it).
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "report/surveil.h"

/* ---- quote stuffing ---- */

static bool
too_many(const struct exch_surv *s, const struct exch_surv_inst *x, uint64_t n)
{
	uint64_t sd = (uint64_t)EXCH_SURV_RULE(s, stuffing, deviations);
	exch_u128 over, var;

	if (n < (uint64_t)EXCH_SURV_RULE(s, stuffing, messages))
		return false;
	if (x->seconds < 2 || (exch_u128)n * x->seconds <= x->sum)
		return x->seconds < 2;
	/* n above the mean by sd deviations, all times the seconds */
	over = (exch_u128)n * x->seconds - x->sum;
	var = x->squares * x->seconds - x->sum * x->sum;
	return over * over >= var * sd * sd;
}

static int
second_over(struct exch_surv *s, struct exch_surv_actor *a, uint32_t place,
    struct exch_diag *d)
{
	struct exch_surv_inst *x = &s->inst[place];
	uint64_t n = a->messages;
	bool bad = too_many(s, x, n);
	struct exch_surv_hit h;

	if (n == 0)
		return EXCH_OK;
	if (!bad || x->seconds < 2) {
		/* what is usual is learnt from what was not unusual */
		x->seconds++;
		x->sum += n;
		x->squares += (exch_u128)n * n;
	}
	/* every order has its cancel: half of the messages */
	if (!bad ||
	    (uint64_t)a->cancels * 200 <
		n * (uint64_t)EXCH_SURV_RULE(s, stuffing, cancelled) ||
	    (uint64_t)a->fills * 100 >
		n * (uint64_t)EXCH_SURV_RULE(s, stuffing, filled))
		return EXCH_OK;
	h = (struct exch_surv_hit){.pattern = EXCH_SURV_STUFFING,
	    .kind = "messages",
	    .a = a,
	    .start = a->second * EXCH_SEC,
	    .seq = s->seq,
	    .need = EXCH_SURV_RULE(s, stuffing, seconds),
	    .gap = 600 * EXCH_SEC,
	    .score = n};
	return exch_surv_hit(s, &h, d,
	    "messages=%llu cancels=%u fills=%u second=%llu messages>=%lld",
	    (unsigned long long)n, a->cancels, a->fills,
	    (unsigned long long)a->second,
	    (long long)EXCH_SURV_RULE(s, stuffing, messages));
}

int
exch_surv_message(struct exch_surv *s, struct exch_surv_actor *a,
    uint32_t place, bool cancel, bool fill, struct exch_diag *d)
{
	uint64_t second = s->now / EXCH_SEC;
	int rc = exch_report_grow(
	    &s->inst, &s->ninst, place + 1, sizeof(*s->inst), d);

	if (rc == EXCH_OK && second != a->second) {
		rc = second_over(s, a, place, d);
		a->second = second;
		a->messages = 0;
		a->cancels = 0;
		a->fills = 0;
	}
	a->messages += !fill;
	a->cancels += cancel;
	a->fills += fill;
	return rc;
}

/* ---- the windows ---- */

int
exch_surv_remember(
    struct exch_surv *s, const struct exch_surv_fill *f, struct exch_diag *d)
{
	struct exch_surv_inst *x = &s->inst[f->place];
	exch_ts window = exch_surv_ns(EXCH_SURV_RULE(s, close, window));

	while (x->n > 0 && x->ring[x->first].time + window < s->now) {
		x->first = (x->first + 1) % x->cap;
		x->n--;
	}
	if (x->n == x->cap) {
		size_t cap = x->cap != 0 ? 2 * x->cap : 1024;
		struct exch_surv_trade *r = exch_calloc(cap, sizeof(*r));

		if (r == NULL)
			return exch_report_nomem(d);
		for (size_t i = 0; i < x->n; i++)
			r[i] = x->ring[(x->first + i) % x->cap];
		exch_free(x->ring);
		x->ring = r;
		x->cap = cap;
		x->first = 0;
	}
	x->ring[(x->first + x->n++) % x->cap] = (struct exch_surv_trade){s->now,
	    f->price, x->last != 0 ? x->last : f->price, f->qty,
	    f->taker ? f->a->key.slot : 0, f->side};
	x->last = f->price;
	x->total += f->qty;
	x->trades++;
	return EXCH_OK;
}

/* ---- marking the close ---- */

struct tail {
	exch_u128 all;
	uint64_t trades;
	exch_px first; /* before it */
	exch_ts since;
};

static const struct exch_surv_trade *
trade_at(const struct exch_surv_inst *x, size_t i)
{
	return &x->ring[(x->first + i) % x->cap];
}

/* The part of an actor in the tail, in the direction that he traded in. */
static int
judge(struct exch_surv *s, uint32_t place, const struct tail *t,
    const struct exch_surv_trade *by, struct exch_diag *d)
{
	const struct exch_surv_inst *x = &s->inst[place];
	const struct exch_surv_actor *a = exch_surv_at(s, by->taker);
	int64_t bp;
	exch_qty own = 0, usual;
	uint64_t n = 0;
	exch_i128 moved = 0;
	exch_px whole = by->side == 0 ? x->last - t->first : t->first - x->last;
	struct exch_surv_hit h;

	for (size_t i = 0; i < x->n; i++) {
		const struct exch_surv_trade *k = trade_at(x, i);
		exch_px step = k->price - k->before;

		if (k->time < t->since || k->taker != by->taker)
			continue;
		if (k->side != by->side)
			continue;
		own += k->qty;
		n++;
		moved += by->side == 0 ? step : -step;
	}
	bp = t->first != 0 ? (int64_t)(moved * 10000 / t->first) : 0;
	/* of what was traded before the tail he had that much */
	usual = a->taken > own ? a->taken - own : 0;
	if ((exch_u128)own * 100 <
		t->all * (exch_u128)(uint64_t)EXCH_SURV_RULE(s, close, share) ||
	    n < (uint64_t)EXCH_SURV_RULE(s, close, trades) ||
	    bp < EXCH_SURV_RULE(s, close, move) ||
	    moved * 100 < (exch_i128)whole * EXCH_SURV_RULE(s, close, own) ||
	    (exch_u128)own * (x->total - t->all) * 100 <
		(exch_u128)usual * t->all *
		    (exch_u128)(uint64_t)EXCH_SURV_RULE(s, close, usual))
		return EXCH_OK;
	h = (struct exch_surv_hit){.pattern = EXCH_SURV_CLOSE,
	    .kind = by->side == 0 ? "up" : "down",
	    .a = a,
	    .start = t->since,
	    .seq = s->seq,
	    .need = 1,
	    .gap = 3600 * EXCH_SEC,
	    .score = (uint64_t)((exch_u128)own * 100 / t->all)};
	return exch_surv_hit(s, &h, d,
	    "volume=%llu of=%llu trades=%llu move=%lldbp share>=%lld%% "
	    "move>=%lldbp",
	    (unsigned long long)own, (unsigned long long)t->all,
	    (unsigned long long)n, (long long)bp,
	    (long long)EXCH_SURV_RULE(s, close, share),
	    (long long)EXCH_SURV_RULE(s, close, move));
}

static int
tail(struct exch_surv *s, uint32_t place, exch_ts length, struct exch_diag *d)
{
	const struct exch_surv_inst *x = &s->inst[place];
	struct tail t = {.since = s->now > length ? s->now - length : 0};
	uint32_t done[64];
	unsigned ndone = 0;
	int rc = EXCH_OK;

	for (size_t i = x->n; i-- > 0;) {
		const struct exch_surv_trade *k = trade_at(x, i);

		if (k->time < t.since)
			break;
		t.all += k->qty;
		t.first = k->before;
		t.trades++;
	}
	/* the few who traded last: others have no great part in it */
	for (size_t i = x->n; rc == EXCH_OK && i-- > 0;) {
		const struct exch_surv_trade *k = trade_at(x, i);
		unsigned j = 0;

		if (k->time < t.since || ndone == EXCH_ARRAY_LEN(done))
			break;
		while (j < ndone && done[j] != (k->taker << 1 | k->side))
			j++;
		if (k->taker == 0 || j < ndone)
			continue;
		done[ndone++] = k->taker << 1 | k->side;
		rc = judge(s, place, &t, k, d);
	}
	return rc;
}

static int
tails(struct exch_surv *s, uint32_t place, struct exch_diag *d)
{
	int rc =
	    tail(s, place, exch_surv_ns(EXCH_SURV_RULE(s, close, window)), d);

	if (rc == EXCH_OK)
		rc = tail(s, place,
		    exch_surv_ns(EXCH_SURV_RULE(s, close, middle)), d);
	if (rc == EXCH_OK)
		rc = tail(
		    s, place, exch_surv_ns(EXCH_SURV_RULE(s, close, short)), d);
	return rc;
}

int
exch_surv_close(struct exch_surv *s, uint32_t place, struct exch_diag *d)
{
	struct exch_surv_inst *x = &s->inst[place];
	uint64_t seq = s->seq;
	exch_ts now = s->now;
	int rc;

	if (x->judged || x->n == 0)
		return EXCH_OK;
	x->judged = true;
	if (x->shut_at != 0) {
		s->now = x->shut_at;
		s->seq = x->shut_seq;
	}
	rc = tails(s, place, d);
	s->now = now;
	s->seq = seq;
	return rc;
}

void
exch_surv_shut(struct exch_surv *s, uint32_t place)
{
	struct exch_surv_inst *x = &s->inst[place];

	if (x->shut_at != 0)
		return;
	x->shut_at = s->now;
	x->shut_seq = s->seq;
}

void
exch_surv_opens(struct exch_surv *s, uint32_t place)
{
	s->inst[place].shut_at = 0;
}

/* ---- front running ---- */

/* What a house does: lately, on one side, in a hurry. */
static void
house_acts(struct exch_surv *s, const struct exch_surv_fill *f)
{
	struct exch_surv_actor *a = f->a;
	exch_ts before = exch_surv_ns(EXCH_SURV_RULE(s, front, before));

	if (a->ahead_at + before < s->now) {
		a->ahead = 0;
		a->ahead_at = s->now;
		a->ahead_side = f->side;
		a->ahead_mixed = false;
	}
	if (f->side != a->ahead_side || !f->taker) {
		a->ahead_mixed = true;
		return;
	}
	a->ahead += f->qty;
}

static int
house_turns(
    struct exch_surv *s, const struct exch_surv_fill *f, struct exch_diag *d)
{
	struct exch_surv_actor *a = f->a;
	struct exch_surv_hit h;

	if (s->now > a->run_until)
		return EXCH_OK;
	if (f->side == a->before_side) { /* it goes on: it means it */
		a->run_until = 0;
		return EXCH_OK;
	}
	a->turned += f->qty;
	if ((exch_u128)a->turned * 100 <
	    (exch_u128)a->before *
		(exch_u128)(uint64_t)EXCH_SURV_RULE(s, front, reversed))
		return EXCH_OK;
	a->run_until = 0;
	h = exch_surv_once(s, EXCH_SURV_FRONT,
	    a->before_side == 0 ? "buy" : "sell", f, a->before_at);
	return exch_surv_hit(s, &h, d,
	    "before=%llu block=%llu turned=%llu before<=%lldms",
	    (unsigned long long)a->before, (unsigned long long)a->block,
	    (unsigned long long)a->turned,
	    (long long)EXCH_SURV_RULE(s, front, before));
}

/*
 * Is it some usual trades and a part of the block that matters, and more than
 * the house's habit?
 */
static bool
unusual(const struct exch_surv *s, const struct exch_surv_actor *a,
    const struct exch_surv_actor *client)
{
	const struct exch_surv_inst *x = &s->inst[a->key.place];
	exch_ts before = exch_surv_ns(EXCH_SURV_RULE(s, front, before));
	exch_qty rest = a->taken > a->ahead ? a->taken - a->ahead : 0;

	return (exch_u128)a->ahead * x->trades >=
		   x->total *
		       (exch_u128)(uint64_t)EXCH_SURV_RULE(s, front, trades) &&
	       (exch_u128)a->ahead * 100 >=
		   (exch_u128)client->block_qty *
		       (exch_u128)(uint64_t)EXCH_SURV_RULE(s, front, least) &&
	       (exch_u128)a->ahead * (a->ahead_at - a->since) * 100 >=
		   (exch_u128)rest * before *
		       (exch_u128)(uint64_t)EXCH_SURV_RULE(s, front, usual);
}

/* A client's block has become large: who of his member was before it? */
static void
look_for_house(
    struct exch_surv *s, const struct exch_surv_actor *client, uint32_t place)
{
	exch_ts before = exch_surv_ns(EXCH_SURV_RULE(s, front, before));
	struct exch_surv_actor *a;
	uint32_t at = 0;

	while ((a = exch_keyed_next(&s->actors, &at)) != NULL) {
		if (a->key.place != place || a->role != EXCH_ROLE_HOUSE ||
		    a == client || a->ahead == 0 || a->ahead_mixed ||
		    a->ahead_side != client->block_side ||
		    memcmp(a->member, client->member, sizeof(a->member)) != 0)
			continue;
		if (a->ahead_at >= client->block_at ||
		    a->ahead_at + before < client->block_at ||
		    (exch_u128)a->ahead * 100 >
			(exch_u128)client->block_qty *
			    (exch_u128)(uint64_t)EXCH_SURV_RULE(s, front, most))
			continue;
		if (!unusual(s, a, client))
			continue;
		a->before = a->ahead;
		a->before_side = a->ahead_side;
		a->before_at = a->ahead_at;
		a->block = client->block_qty;
		a->turned = 0;
		a->run_until =
		    s->now + exch_surv_ns(EXCH_SURV_RULE(s, front, after));
	}
}

static void
client_acts(struct exch_surv *s, const struct exch_surv_fill *f)
{
	struct exch_surv_actor *a = f->a;
	const struct exch_surv_inst *x = &s->inst[f->place];

	if (a->block_qty == 0 || a->block_side != f->side ||
	    s->now > a->block_last + 30 * EXCH_SEC) {
		a->block_at = s->now;
		a->block_side = f->side;
		a->block_qty = 0;
	}
	a->block_last = s->now;
	a->block_qty += f->qty;
	/* many times a usual trade */
	if ((exch_u128)a->block_qty * x->trades >=
	    x->total * (exch_u128)(uint64_t)EXCH_SURV_RULE(s, front, block))
		look_for_house(s, a, f->place);
}

int
exch_surv_front(
    struct exch_surv *s, const struct exch_surv_fill *f, struct exch_diag *d)
{
	if (f->a == f->contra || f->a->member[0] == '\0')
		return EXCH_OK;
	if (f->a->role == EXCH_ROLE_CLIENT) {
		client_acts(s, f);
		return EXCH_OK;
	}
	if (f->a->role != EXCH_ROLE_HOUSE)
		return EXCH_OK;
	house_acts(s, f);
	return house_turns(s, f, d);
}
