/*
 * The day as an actor, and how far the market drifts away from it.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "sim/day_priv.h"

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for the recorded day");
}

int
exch_sim_add_day(
    struct exch_sim *s, const struct exch_sim_day_opts *o, struct exch_diag *d)
{
	struct sim_day *y = exch_calloc(1, sizeof(*y));

	exch_check(s->day == NULL);
	if (y == NULL)
		return no_memory(d);
	y->o = *o;
	y->drift.first = EXCH_TS_NONE;
	s->day = y;
	if (exch_writer_draft(s->draft, &y->draft) != EXCH_OK)
		return no_memory(d);
	return exch_match_new(&s->o.match, y->draft, &y->match, d);
}

void
exch_past_close(struct exch_sim *s)
{
	struct sim_day *y = s->day;

	if (y == NULL)
		return;
	exch_match_free(y->match);
	exch_writer_free(y->draft);
	exch_free(y->in_s.d);
	exch_free(y->in_h.d);
	exch_buf_free(&y->heard);
	exch_free(y);
	s->day = NULL;
}

bool
exch_past_is_broken(const struct exch_sim *s)
{
	return s->day != NULL && s->day->broken;
}

const struct exch_drift *
exch_sim_drift(const struct exch_sim *s)
{
	return s->day != NULL ? &s->day->drift : NULL;
}

/* Is there anybody who could make a difference? */
static bool
company(const struct exch_sim *s)
{
	return s->ndesk != 0 || s->nflow != 0 || s->script.len != 0;
}

/* ---- the next record ---- */

static int
matched(const struct sim_day *y, struct exch_diag *d)
{
	struct exch_diag own = {0};

	(void)exch_diag_set(&own, EXCH_ERR_FORMAT, y->o.name, EXCH_POS_RECORD,
	    y->seq,
	    "the day was matched already: give the orders alone, as "
	    "exch-replay writes them");
	return exch_place_told(d, &y->o.at, &own);
}

static int
fetch(struct exch_sim *s, struct exch_diag *d)
{
	struct sim_day *y = s->day;
	int n = exch_reader_next(y->o.in, &y->next, d);

	if (n < 0)
		return n;
	if (n == 0) {
		y->next = NULL;
		y->broken = exch_reader_status(y->o.in) != EXCH_STATUS_COMPLETE;
		exch_agenda_set(&s->agenda, EXCH_SIM_DAY, EXCH_TS_NONE);
		/* Nobody goes on alone for ever. */
		if (s->o.end == EXCH_TS_NONE - 1)
			s->o.end = s->now;
		return EXCH_OK;
	}
	y->seq = exch_reader_seq(y->o.in);
	if (y->next->type >= EXCH_REC_ACK && y->next->type <= EXCH_REC_REPLACED)
		return matched(y, d);
	exch_agenda_set(&s->agenda, EXCH_SIM_DAY,
	    y->next->time < s->now ? s->now : y->next->time);
	return EXCH_OK;
}

int
exch_past_open(struct exch_sim *s, struct exch_diag *d)
{
	return s->day != NULL ? fetch(s, d) : EXCH_OK;
}

/* ---- drift ---- */

/* The middle of a market in half ticks, or none. */
static bool
middle(struct exch_match *m, uint32_t instr, int64_t *mid)
{
	struct exch_book *b = exch_match_book(m, instr);
	const struct exch_book_store *st = exch_match_books(m, instr);

	if (b == NULL || b->side[0].best == EXCH_SLOT_NONE ||
	    b->side[1].best == EXCH_SLOT_NONE)
		return false;
	*mid = st->slot[b->side[0].best].tick + st->slot[b->side[1].best].tick;
	return true;
}

/* How far apart the two were since the last look at this instrument. */
static void
measure(struct exch_sim *s, uint32_t instr)
{
	struct sim_day *y = s->day;
	struct sim_instr *in = exch_sim_instr(s, instr);
	struct sim_apart *a;
	int64_t ms, mh;

	if (in == NULL)
		return;
	a = &in->apart;
	if (a->known) {
		y->drift.apart += a->ticks * (double)(s->now - a->since);
		y->drift.watched += (double)(s->now - a->since);
	}
	a->since = s->now;
	a->known = in->phase == EXCH_PHASE_CONTINUOUS &&
		   middle(s->match, instr, &ms) && middle(y->match, instr, &mh);
	if (!a->known)
		return;
	a->ticks = (double)(ms < mh ? mh - ms : ms - mh) / 2;
	if (a->ticks > y->drift.most)
		y->drift.most = a->ticks;
}

/* An execution on either side, and what of it was not met on the other. */
struct deal {
	exch_oid buy, sell;
	exch_px price;
	exch_qty left;
};

/* So many deals of the other side are looked at for the same one. */
#define LOOK_AHEAD 64u

/* The executions among events; refusals are counted on the way. */
static bool
deals(struct day_deals *k, const void *events, size_t n, uint64_t *refused)
{
	const unsigned char *p = events, *end = p + n;

	k->n = 0;
	while (p < end) {
		const struct exch_rec *r = (const void *)p;
		const struct exch_rec_exec *e = (const void *)p;

		p += exch_rec_len(r);
		*refused += r->type == EXCH_REC_REJECT;
		if (r->type != EXCH_REC_EXEC)
			continue;
		if (!exch_room(&k->d, k->n, &k->cap, sizeof(*k->d)))
			return false;
		k->d[k->n++] = (struct deal){e->buy, e->sell, e->price, e->qty};
	}
	return true;
}

static void
differs(struct exch_sim *s)
{
	struct exch_drift *f = &s->day->drift;

	if (f->first != EXCH_TS_NONE)
		return;
	f->first = s->now;
	f->first_record = s->day->seq;
}

/* What the two have in common, order by order, is taken off both. */
static uint64_t
common(struct day_deals *a, struct day_deals *b)
{
	uint64_t same = 0;
	size_t from = 0;

	for (size_t i = 0; i < a->n; i++) {
		struct deal *x = &a->d[i];

		for (size_t j = from; j < b->n && j < from + LOOK_AHEAD; j++) {
			struct deal *y = &b->d[j];
			exch_qty q = x->left < y->left ? x->left : y->left;

			if (x->buy != y->buy || x->sell != y->sell ||
			    x->price != y->price)
				continue;
			same += q;
			x->left -= q;
			y->left -= q;
			from = j;
			if (x->left == 0)
				break;
		}
	}
	return same;
}

static uint64_t
rest(const struct day_deals *k)
{
	uint64_t n = 0;

	for (size_t i = 0; i < k->n; i++)
		n += k->d[i].left;
	return n;
}

/* The events of one record of the day, in S and in H. */
static int
compare(struct exch_sim *s)
{
	struct sim_day *y = s->day;
	uint64_t rs = 0, rh = 0, only_s, only_h;
	const unsigned char *p;
	size_t n = exch_writer_drafted(y->draft, &p);

	if (!deals(&y->in_s, y->heard.p, y->heard.len, &rs) ||
	    !deals(&y->in_h, p, n, &rh))
		return EXCH_ERR_NOMEM;
	y->drift.same += common(&y->in_s, &y->in_h);
	only_s = rest(&y->in_s);
	only_h = rest(&y->in_h);
	y->drift.only_s += only_s;
	y->drift.only_h += only_h;
	y->drift.orphans += rs > rh ? rs - rh : 0;
	if (only_s + only_h != 0 || rs > rh)
		differs(s);
	return EXCH_OK;
}

/* The record in H, which writes nothing. */
static int
recorded(struct exch_sim *s, struct exch_diag *d)
{
	struct sim_day *y = s->day;
	int err = exch_match_advance(y->match, y->next->time, d);

	exch_writer_draft_clear(y->draft);
	if (err == EXCH_OK)
		err = exch_match_apply(y->match, y->next, d);
	return err != EXCH_OK ? err : exch_writer_error(y->draft, d);
}

/* ---- acting ---- */

int
exch_past_act(struct exch_sim *s, struct exch_diag *d)
{
	struct sim_day *y = s->day;
	bool both = company(s);
	int err = both ? recorded(s, d) : EXCH_OK;

	y->drift.records++;
	y->heard.len = 0;
	y->listens = both;
	if (err == EXCH_OK)
		err = exch_sim_pass(s, y->next, y->seq, d);
	y->listens = false;
	if (err == EXCH_OK && y->heard.failed)
		err = no_memory(d);
	if (err == EXCH_OK && both) {
		if (compare(s) != EXCH_OK)
			err = no_memory(d);
		measure(s, y->next->instr);
		if (err == EXCH_OK)
			err = exch_past_resync(s, y->next->instr, d);
	}
	exch_writer_draft_clear(y->draft);
	return err == EXCH_OK ? fetch(s, d) : err;
}

void
exch_past_hear(struct exch_sim *s, const unsigned char *p, size_t n)
{
	if (s->day->listens)
		exch_buf_add(&s->day->heard, p, n);
}

void
exch_past_filled(struct exch_sim *s)
{
	s->day->filled = s->now;
}
