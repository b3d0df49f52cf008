/* Days, and what happens on them (settle.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "settle/settle_priv.h"

int
exch_settle_nomem(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for what is to be settled");
}

int
exch_settle_narrow(exch_i128 v, int64_t *out, struct exch_diag *d)
{
	*out = (int64_t)v;
	return v <= INT64_MAX && v >= -INT64_MAX
		   ? EXCH_OK
		   : exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
			 "cash is more than numbers can say");
}

/* ---- life ---- */

int
exch_settle_new(const struct exch_settle_opts *o, struct exch_settle **out,
    struct exch_diag *d)
{
	struct exch_settle *s = exch_calloc(1, sizeof(*s));
	size_t members;

	*out = NULL;
	if (s == NULL)
		return exch_settle_nomem(d);
	s->o = *o;
	s->date = o->date;
	s->broken.key.place = UINT32_MAX;
	s->ring = exch_calloc(o->remember, sizeof(*s->ring));
	if (s->ring == NULL || exch_owners_init(&s->owners) != 0 ||
	    exch_redone_init(&s->redone, o->remember) != 0 ||
	    exch_keyed_init(&s->symbol, 24) != 0 ||
	    exch_keyed_init(&s->past, sizeof(struct exch_past)) != 0 ||
	    exch_keyed_init(&s->pairs, sizeof(struct exch_key)) != 0 ||
	    exch_keyed_init(&s->open, sizeof(struct exch_open)) != 0 ||
	    exch_keyed_init(&s->moved, sizeof(struct exch_moved)) != 0 ||
	    exch_ledger_init(&s->ledger) != 0) {
		exch_settle_free(s);
		return exch_settle_nomem(d);
	}
	s->currency = exch_calloc(1, sizeof(*s->currency));
	members = o->members != NULL ? o->members->n : 0;
	s->gone = exch_calloc(members + 1, sizeof(*s->gone));
	s->asked = exch_calloc(members + 1, sizeof(*s->asked));
	if (s->currency == NULL || s->gone == NULL || s->asked == NULL ||
	    exch_settle_rules(s, d) != 0 || exch_settle_fees_init(s) != 0) {
		exch_settle_free(s);
		return exch_settle_nomem(d);
	}
	memcpy(s->currency[0].name, o->currency, 4);
	s->ncurrency = 1;
	s->named = o->currency[0] != '\0';
	*out = s;
	return EXCH_OK;
}

void
exch_settle_free(struct exch_settle *s)
{
	if (s == NULL)
		return;
	exch_free(s->listed);
	exch_free(s->number);
	exch_free(s->currency);
	exch_free(s->ring);
	exch_free(s->carried);
	exch_free(s->before);
	exch_settle_blocks_clear(s);
	exch_free(s->changes);
	exch_free(s->gone);
	exch_free(s->asked);
	exch_settle_fees_clear(s);
	exch_owners_clear(&s->owners);
	exch_redone_clear(&s->redone);
	exch_keyed_clear(&s->symbol);
	exch_keyed_clear(&s->past);
	exch_keyed_clear(&s->pairs);
	exch_keyed_clear(&s->open);
	exch_keyed_clear(&s->moved);
	exch_ledger_clear(&s->ledger);
	exch_free(s);
}

/* ---- what there was before ---- */

static int
bring(struct exch_settle *s, uint32_t account, uint32_t unit, int64_t amount,
    struct exch_diag *d)
{
	struct exch_leg leg = {account, unit, EXCH_LEDGER_HOLDING, amount};
	int err = exch_settle_carry(s, &leg, d);

	leg.ledger = EXCH_LEDGER_OUTSIDE;
	leg.amount = -leg.amount;
	return err != 0 ? err : exch_settle_carry(s, &leg, d);
}

int
exch_settle_has_cash(struct exch_settle *s, uint32_t account, exch_cash amount,
    struct exch_diag *d)
{
	return bring(s, account, EXCH_UNIT_CASH, amount, d);
}

int
exch_settle_has_money(struct exch_settle *s, uint32_t account,
    const char currency[4], exch_cash amount, struct exch_diag *d)
{
	uint32_t k;
	int err = exch_settle_currency(s, currency, &k, d);

	return err != 0 ? err
			: bring(s, account, EXCH_UNIT_CASH + k, amount, d);
}

int
exch_settle_has(struct exch_settle *s, uint32_t account, const char symbol[24],
    int64_t qty, struct exch_diag *d)
{
	uint32_t listed;
	int err = exch_settle_symbol(s, symbol, &listed, d);

	return err != 0 ? err : bring(s, account, listed, qty, d);
}

/* ---- days ---- */

/* A settlement day: what is due, and the fees of days before. */
static int
run(struct exch_settle *s, uint32_t day, struct exch_diag *d)
{
	int err = exch_settle_run(s, day, d);

	return err != 0 ? err : exch_settle_fees_paid(s, day, d);
}

/* Settlement days behind `after`, up to `upto`. */
static int
pass_days(
    struct exch_settle *s, uint32_t after, uint32_t upto, struct exch_diag *d)
{
	uint32_t day = after;
	int err = EXCH_OK;

	while (err == 0 && day < upto) {
		err = exch_settle_step(s->o.calendar, day, 1, &day, d);
		if (err != 0 || day > upto)
			break;
		err = exch_settle_actions(s, day, d);
		if (err == 0)
			err = exch_settle_exercises(s, day, d);
		if (err == 0)
			err = run(s, day, d);
		s->closed = day;
	}
	return err;
}

/* The trade date ends: what came of it, and what settles on it. */
static int
end_day(struct exch_settle *s, struct exch_diag *d)
{
	bool is;
	int err = exch_settle_announce(s, d);

	if (err == 0)
		err = exch_settle_agree(s, d);
	if (err == 0)
		err = exch_settle_divide(s, d);
	if (err == 0)
		err = exch_settle_net(s, d);
	if (err == 0)
		err = exch_settle_exercises(s, s->date, d);
	if (err == 0)
		err = exch_settle_is_day(s->o.calendar, s->date, &is, d);
	if (err == 0 && is)
		err = run(s, s->date, d);
	if (err == 0)
		err = exch_settle_fees(s, d);
	for (uint32_t i = 1; i <= s->nlisted; i++) {
		s->listed[i].cum = s->listed[i].last;
		s->listed[i].fresh = false;
	}
	s->closed = s->date;
	return err;
}

/* The next one begins; the days between them settle first. */
static int
begin_day(struct exch_settle *s, uint32_t date, struct exch_diag *d)
{
	/* Of dates it is only compared with. */
	int err =
	    s->closed != 0 ? pass_days(s, s->closed, date - 1, d) : EXCH_OK;

	s->date = date;
	s->until =
	    exch_tz_local(s->o.tz, exch_days_date(exch_date_days(date) + 1), 0);
	exch_settle_refer(s);
	return err == 0 ? exch_settle_actions(s, date, d) : err;
}

/*
 * What was brought from before is posted, and the first day begins.  Days
 * before it settle when the directory is through: what is open is of
 * instruments that it may announce.
 */
static int
begin(struct exch_settle *s, exch_ts time, uint32_t date, struct exch_diag *d)
{
	int err = EXCH_OK;

	s->now = time;
	s->date = s->date == 0 ? date : s->date;
	if (s->closed >= s->date)
		return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
		    "this stream is of %u, and what is open was so at the end "
		    "of %u",
		    s->date, s->closed);
	for (uint32_t k = 0; s->named && k < s->ncurrency && err == 0; k++)
		err = exch_settle_carried(s, EXCH_UNIT_CASH + k, d);
	s->directory = s->closed != 0 || s->o.actions != NULL;
	if (!s->directory)
		exch_settle_refer(s);
	s->acted = s->closed != 0 ? s->closed
				  : exch_days_date(exch_date_days(s->date) - 1);
	s->defaulted = s->exercised = s->acted;
	s->until = exch_tz_local(
	    s->o.tz, exch_days_date(exch_date_days(s->date) + 1), 0);
	return err;
}

/* The directory is through. */
static int
catch_up(struct exch_settle *s, struct exch_diag *d)
{
	int err = exch_settle_announce(s, d);

	s->directory = false;
	return err != 0 ? err : begin_day(s, s->date, d);
}

static uint32_t
date_of(const struct exch_settle *s, exch_ts t)
{
	int64_t east = exch_tz_offset(s->o.tz, t);

	return exch_ts_date(t + (uint64_t)(east * (int64_t)EXCH_SEC));
}

int
exch_settle_time(struct exch_settle *s, const struct exch_rec *r,
    struct exch_writer *w, struct exch_diag *d)
{
	uint32_t date;
	int err = EXCH_OK;

	if (r->time == EXCH_TS_NONE || r->time == 0)
		return EXCH_OK;
	if (s->directory && r->type >= EXCH_REC_PHASE) {
		s->w = w;
		err = catch_up(s, d);
		if (err != 0)
			return err;
	}
	if (__builtin_expect(r->time < s->until, 1)) {
		s->now = r->time > s->now ? r->time : s->now;
		return EXCH_OK;
	}
	s->w = w;
	date = date_of(s, r->time);
	if (s->until == 0) { /* the first record */
		err = begin(s, r->time, date, d);
		if (err != 0 || r->time < s->until)
			return err;
	}
	if (s->directory)
		err = catch_up(s, d);
	if (err == 0)
		err = end_day(s, d);
	if (err == 0)
		err = begin_day(s, date, d);
	s->now = r->time;
	return err;
}

/* The last day that something is to settle on. */
static uint32_t
last_due(const struct exch_settle *s)
{
	const struct exch_open *o;
	uint32_t at = 0, date = 0;

	while ((o = exch_keyed_next(&s->open, &at)) != NULL)
		date = o->date > date ? o->date : date;
	return date;
}

int
exch_settle_end(struct exch_settle *s, uint32_t until, struct exch_writer *w,
    struct exch_diag *d)
{
	int err;

	s->w = w;
	if (s->until == 0)
		return EXCH_OK; /* there was nothing */
	err = s->directory ? catch_up(s, d) : EXCH_OK;
	if (err == 0)
		err = end_day(s, d);
	if (until == UINT32_MAX)
		until = last_due(s);
	if (err == 0)
		err = pass_days(s, s->date, until, d);
	return err != 0 ? err : exch_settle_put_state(s, d);
}

/* ---- records ---- */

int
exch_settle_record(struct exch_settle *s, const struct exch_rec *r,
    struct exch_writer *w, struct exch_diag *d)
{
	int err;

	if (r->type >= EXCH_REC_OBLIGATION && r->type <= EXCH_REC_POSTING)
		return exch_diag_set(d, EXCH_ERR_EXISTS, NULL, EXCH_POS_NONE, 0,
		    "this stream was settled already");
	s->w = w;
	err = exch_settle_capture(s, r, d);
	if (err == EXCH_ERR_NOMEM)
		return err;
	if (exch_owners_record(&s->owners, r) != 0 ||
	    exch_redone_record(&s->redone, r) != 0)
		return exch_settle_nomem(d);
	return err;
}

/* ---- what was done ---- */

void
exch_settle_tally(const struct exch_settle *s, struct exch_settle_tally *t)
{
	*t = s->tally;
	for (size_t i = 0; s->o.allocations != NULL && i < s->o.allocations->n;
	     i++)
		t->idle += !s->blocks.used[i];
}

bool
exch_settle_sum(
    const struct exch_settle *s, unsigned k, struct exch_settle_sum *sum)
{
	const struct exch_currency *c = &s->currency[k];

	if (k >= s->ncurrency)
		return false;
	*sum = (struct exch_settle_sum){.gross_cash = c->gross_cash,
	    .net_cash = c->net_cash,
	    .handed_on = c->handed_on};
	memcpy(sum->currency, c->name, 4);
	return true;
}

const struct exch_ledger *
exch_settle_ledger(const struct exch_settle *s)
{
	return &s->ledger;
}
