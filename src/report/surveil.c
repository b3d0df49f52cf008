/*
 * exch-report surveil: episodes of abuse, each with its evidence.  Records
 * become what actors did: entered, changed or withdrew orders, and traded.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "report/reports.h"
#include "report/surveil.h"

/* ---- actors and their orders ---- */

static int
actor_of(struct exch_surv *s, uint32_t place, uint32_t account,
    struct exch_surv_actor **out, struct exch_diag *d)
{
	uint64_t group = exch_surv_group(s, account);
	struct exch_surv_actor *a = exch_keyed_find(&s->actors, place, group);
	const struct exch_party *p;

	*out = a;
	if (a != NULL) {
		a->account = account;
		return EXCH_OK;
	}
	if (exch_keyed_add(&s->actors, place, group, &a) != EXCH_OK)
		return exch_report_nomem(d);
	a->account = account;
	a->since = s->now;
	p = exch_parties_of(&s->parties, &s->run->insts, account);
	if (p != NULL) {
		a->role = p->role;
		memcpy(a->member, p->member, sizeof(a->member));
	}
	*out = a;
	return EXCH_OK;
}

static struct exch_surv_order *
order_at(const struct exch_surv *s, uint32_t slot)
{
	return exch_keyed_at(&s->orders, slot);
}

static void
unlink_order(struct exch_surv *s, struct exch_surv_order *o)
{
	struct exch_surv_actor *a = exch_surv_at(s, o->actor);

	a->open[o->side] -= o->open;
	if (o->next != 0)
		order_at(s, o->next)->prev = o->prev;
	if (o->prev != 0)
		order_at(s, o->prev)->next = o->next;
	else
		a->head[o->side] = o->next;
	exch_keyed_drop(&s->orders, o);
}

static int
enter(struct exch_surv *s, const struct exch_life *l, uint32_t place,
    struct exch_diag *d)
{
	struct exch_surv_actor *a;
	struct exch_surv_order *o;
	int rc = actor_of(s, place, l->account, &a, d);

	if (rc != EXCH_OK)
		return rc;
	rc = exch_keyed_add(&s->orders, place, l->key.id, &o);
	if (rc == EXCH_ERR_EXISTS)
		return EXCH_OK;
	if (rc != EXCH_OK)
		return exch_report_nomem(d);
	o->actor = a->key.slot;
	o->side = l->side != EXCH_BUY;
	o->price = l->price;
	o->open = l->open;
	o->entered = s->now;
	o->next = a->head[o->side];
	if (o->next != 0)
		order_at(s, o->next)->prev = o->key.slot;
	a->head[o->side] = o->key.slot;
	a->open[o->side] += o->open;
	if (a->open[o->side] >= a->most[o->side] ||
	    a->most_at[o->side] +
		    exch_surv_ns(EXCH_SURV_RULE(s, spoofing, quoted)) <
		s->now) {
		a->most[o->side] = a->open[o->side];
		a->most_at[o->side] = s->now;
	}
	exch_surv_bait_enter(s, a, o);
	exch_surv_probe_enter(s, a, l, place);
	return exch_surv_message(s, a, place, false, false, d);
}

/* It was withdrawn, wholly or in part, or stands elsewhere now. */
static int
withdraw(struct exch_surv *s, struct exch_surv_order *o, exch_qty left,
    struct exch_diag *d)
{
	struct exch_surv_actor *a = exch_surv_at(s, o->actor);
	exch_qty gone = o->open > left ? o->open - left : 0;
	int rc;

	exch_surv_smoke_gone(s, a, o);
	rc = exch_surv_bait_gone(s, a, o, gone, d);
	if (rc == EXCH_OK)
		rc = exch_surv_message(s, a, o->key.place, true, false, d);
	if (left == 0) {
		unlink_order(s, o);
		return rc;
	}
	a->open[o->side] -= gone;
	o->open -= gone;
	return rc;
}

static int
replaced(struct exch_surv *s, const struct exch_change *c, struct exch_diag *d)
{
	struct exch_surv_order *o =
	    exch_keyed_find(&s->orders, c->place, c->order);
	int rc;

	if (c->next == NULL)
		return EXCH_OK;
	if (o != NULL && o->price == c->next->price &&
	    o->key.id == c->next->key.id && c->next->open <= o->open)
		return withdraw(s, o, c->next->open, d);
	if (o != NULL) {
		rc = withdraw(s, o, 0, d);
		if (rc != EXCH_OK)
			return rc;
	}
	return enter(s, c->next, c->place, d);
}

static int
change(void *arg, const struct exch_change *c, struct exch_diag *d)
{
	struct exch_surv *s = arg;
	struct exch_surv_order *o;

	if (c->kind == EXCH_CHANGE_ACCEPTED)
		return c->o != NULL ? enter(s, c->o, c->place, d) : EXCH_OK;
	if (c->kind == EXCH_CHANGE_REPLACED)
		return replaced(s, c, d);
	o = exch_keyed_find(&s->orders, c->place, c->order);
	if (o == NULL)
		return EXCH_OK;
	if (c->kind == EXCH_CHANGE_CANCELLED)
		return withdraw(
		    s, o, c->ended || c->o == NULL ? 0 : c->o->open, d);
	if (c->kind == EXCH_CHANGE_EXECUTED) {
		exch_qty left = c->ended || c->o == NULL ? 0 : c->o->open;

		exch_surv_at(s, o->actor)->open[o->side] -= o->open - left;
		o->open = left;
		if (left == 0)
			unlink_order(s, o);
	}
	return EXCH_OK;
}

/* ---- executions: before the orders change ---- */

static int
inst_at(struct exch_surv *s, uint32_t place, struct exch_diag *d)
{
	return exch_report_grow(
	    &s->inst, &s->ninst, place + 1, sizeof(*s->inst), d);
}

static int
side_of(
    struct exch_surv *s, const struct exch_surv_fill *f, struct exch_diag *d)
{
	int rc = EXCH_OK;

	f->a->volume[f->side] += f->qty;
	if (f->taker)
		f->a->taken += f->qty;
	rc = exch_surv_bait_fill(s, f, d);
	if (rc == EXCH_OK)
		rc = exch_surv_smoke_fill(s, f, d);
	if (rc == EXCH_OK)
		rc = exch_surv_probe_fill(s, f, d);
	if (rc == EXCH_OK)
		rc = exch_surv_message(s, f->a, f->place, false, true, d);
	if (rc == EXCH_OK)
		rc = exch_surv_move(s, f, d);
	if (rc == EXCH_OK)
		rc = exch_surv_front(s, f, d);
	return rc;
}

static int
executed(struct exch_surv *s, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_exec *x = EXCH_REC_AS(r, exch_rec_exec);
	struct exch_surv_fill f = {.place = place}, g;
	int rc = inst_at(s, place, d);

	if (x == NULL)
		return exch_report_short(r, d);
	f.o = exch_track_find(s->track, place, x->buy);
	f.with = exch_track_find(s->track, place, x->sell);
	if (rc != EXCH_OK || f.o == NULL || f.with == NULL)
		return rc;
	rc = actor_of(s, place, f.o->account, &f.a, d);
	if (rc == EXCH_OK)
		rc = actor_of(s, place, f.with->account, &f.contra, d);
	if (rc != EXCH_OK)
		return rc;
	/* the first one may have moved */
	f.a = exch_keyed_find(
	    &s->actors, place, exch_surv_group(s, f.o->account));
	f.price = x->price;
	f.qty = x->qty;
	f.taker = x->aggressor == EXCH_BUY;
	f.before = s->inst[place].last;
	g = f;
	g.a = f.contra;
	g.contra = f.a;
	g.o = f.with;
	g.with = f.o;
	g.side = 1;
	g.taker = x->aggressor != EXCH_SIDE_NONE && !f.taker;
	rc = exch_surv_remember(s, g.taker ? &g : &f, d);
	if (rc == EXCH_OK)
		rc = exch_surv_wash(s, &f, d);
	if (rc == EXCH_OK)
		rc = side_of(s, &f, d);
	return rc == EXCH_OK ? side_of(s, &g, d) : rc;
}

/* ---- the day ---- */

static int
phase_of(struct exch_surv *s, uint32_t place, const struct exch_rec_phase *p,
    struct exch_diag *d)
{
	switch (p->phase) {
	case EXCH_PHASE_CALL:
		if (p->cross == EXCH_CROSS_CLOSE)
			return exch_surv_close(s, place, d);
		return EXCH_OK;
	case EXCH_PHASE_CONTINUOUS:
		exch_surv_opens(s, place);
		return EXCH_OK;
	case EXCH_PHASE_CLOSED:
	case EXCH_PHASE_END:
		exch_surv_shut(s, place);
		return EXCH_OK;
	default:
		return EXCH_OK;
	}
}

static int
phase(struct exch_surv *s, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_phase *p = EXCH_REC_AS(r, exch_rec_phase);
	int rc = EXCH_OK;

	/* there is room for more instruments than there are */
	for (uint32_t i = 0;
	     p != NULL && rc == EXCH_OK && i < s->ninst && i < s->run->insts.n;
	     i++)
		if (r->instr == 0 || s->run->insts.inst[i].id == r->instr)
			rc = phase_of(s, i, p, d);
	return rc;
}

static int
rules_of_day(struct exch_surv *s, exch_ts t, struct exch_diag *d)
{
	uint32_t date = s->run->info->date;

	if (s->ruled)
		return EXCH_OK;
	return exch_surv_rules_of(s, date != 0 ? date : exch_ts_date(t), d);
}

static int
record_surveil(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	struct exch_surv *s = run->state;
	uint32_t place = 0;
	int rc = EXCH_OK;

	s->seq = seq;
	if (r->type < EXCH_REC_PHASE)
		return EXCH_OK;
	if (s->matcher != run->matcher) {
		s->matcher = run->matcher;
		exch_track_first_phase(s->track, exch_report_phase(run));
	}
	if (r->time > s->now)
		s->now = r->time;
	rc = rules_of_day(s, r->time, d);
	if (rc == EXCH_OK && (r->instr != 0 || exch_track_wants(r->type)))
		rc = exch_insts_place(&run->insts, r->instr, &place, d);
	if (rc == EXCH_OK && r->type == EXCH_REC_PHASE)
		rc = phase(s, r, d);
	if (rc == EXCH_OK && r->type == EXCH_REC_PHASE &&
	    (r->instr == 0 || run->insts.inst[place].announced))
		rc = exch_track_record(s->track, r, place, d);
	if (rc == EXCH_OK && r->type == EXCH_REC_EXEC)
		rc = executed(s, r, place, d);
	if (rc == EXCH_OK && exch_track_wants(r->type))
		rc = exch_track_record(s->track, r, place, d);
	if (rc == EXCH_OK)
		rc = exch_quotes_record(&s->quotes, run, r, d);
	return rc;
}

static int
open_surveil(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_surv *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	s->run = run;
	rc = exch_track_new(change, s, &s->track, d);
	if (rc == EXCH_OK)
		rc = exch_quotes_init(&s->quotes, run, d);
	if (rc == EXCH_OK &&
	    (exch_keyed_init(&s->orders, sizeof(struct exch_surv_order)) != 0 ||
		exch_keyed_init(&s->actors, sizeof(struct exch_surv_actor)) !=
		    0 ||
		exch_keyed_init(&s->pairs, 64) != 0))
		rc = exch_report_nomem(d);
	if (rc == EXCH_OK)
		rc = exch_surv_rules_read(s, d);
	if (rc == EXCH_OK)
		rc = exch_surv_stream_open(s, d);
	return rc == EXCH_OK && run->writer == NULL ? exch_surv_columns(run, d)
						    : rc;
}

/* Whoever reads the stream sees what there is. */
static int
wait_surveil(struct exch_report_run *run, struct exch_diag *d)
{
	return run->writer != NULL ? exch_writer_flush(run->writer, d)
				   : EXCH_OK;
}

static int
close_surveil(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_surv *s = run->state;
	int rc = EXCH_OK;

	/* there is room for more instruments than there are */
	for (uint32_t i = 0;
	     rc == EXCH_OK && i < s->ninst && i < s->run->insts.n; i++)
		rc = exch_surv_close(s, i, d);
	exch_surv_settle(s);
	if (rc == EXCH_OK && run->writer != NULL)
		rc = exch_surv_stream_close(s, d);
	else if (rc == EXCH_OK)
		exch_surv_put(s);
	run->unknown = exch_track_unknown(s->track);
	return rc;
}

static void
free_surveil(struct exch_report_run *run)
{
	struct exch_surv *s = run->state;

	if (s == NULL)
		return;
	exch_track_free(s->track);
	exch_quotes_clear(&s->quotes);
	exch_parties_clear(&s->parties);
	exch_reftable_clear(&s->rules);
	exch_cases_clear(&s->cases);
	exch_reftable_clear(&s->labels);
	exch_keyed_clear(&s->orders);
	exch_keyed_clear(&s->actors);
	exch_keyed_clear(&s->pairs);
	for (uint32_t i = 0; i < s->ninst; i++)
		exch_free(s->inst[i].ring);
	exch_free(s->inst);
	exch_free(s->alert);
	exch_surv_stream_free(s);
}

static const struct exch_report_param params[] = {EXCH_PARAM_PARTIES,
    {.name = "parameters",
	.arg = "FILE",
	.what = "thresholds of surveil",
	.table = true,
	.stock = "surveillance.csv"},
    {.name = "cases",
	.arg = "FILE",
	.what = "what became of earlier alerts",
	.table = true},
    {.name = "score",
	.arg = "FILE",
	.what = "labels: how many were found, instead of alerts",
	.table = true},
    {.name = "add",
	.what = "the stream goes on, with an ALERT record for each alert",
	.filter = true},
    {.name = "extract",
	.arg = "ALERT",
	.what = "the stream of one alert's instrument, up to its end",
	.filter = true},
    {0}};

const struct exch_report exch_report_surveil = {
    .name = "surveil",
    .what = "alerts of market abuse, with their evidence",
    .needs = EXCH_NEEDS_MATCH,
    .params = params,
    .open = open_surveil,
    .record = record_surveil,
    .pass = exch_surv_stream_pass,
    .wait = wait_surveil,
    .close = close_surveil,
    .free = free_surveil,
};
