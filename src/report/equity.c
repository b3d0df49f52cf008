/* What accounts gained, bin by bin (equity.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "base/even.h"
#include "report/day.h"
#include "report/equity.h"

#define BINS EXCH_SERIES_BINS

/* What an account holds of an instrument. */
struct held {
	struct exch_key key; /* account; instrument */
	exch_i128 qty;
};

static uint32_t
letters(const char *currency)
{
	uint32_t code;

	memcpy(&code, currency, sizeof(code));
	return code;
}

/* "1,5,12" behind "agents=" in the header. */
static void
read_agents(struct exch_equities *e, const struct exch_report_run *run)
{
	const char *p = strstr(run->info->text, "agents=");

	if (p == NULL || (p != run->info->text && p[-1] != '\n'))
		return;
	p += strlen("agents=");
	while (e->nagents < EXCH_EQUITY_AGENTS) {
		size_t n = strspn(p, "0123456789");
		uint64_t id;

		if (exch_uint_parse(p, n, &id) != 0 || id > UINT32_MAX)
			break;
		e->agent[e->nagents++] = (uint32_t)id;
		p += n;
		if (*p++ != ',')
			break;
	}
}

bool
exch_equities_first(const struct exch_equities *e,
    const struct exch_report_run *run, uint32_t account)
{
	if (e->accounts != NULL)
		return exch_report_among(run, e->accounts, account) >= 0;
	for (unsigned i = 0; i < e->nagents; i++) {
		if (e->agent[i] == account)
			return true;
	}
	return false;
}

bool
exch_equities_alerted(const struct exch_equities *e,
    const struct exch_report_run *run, uint32_t account)
{
	(void)run;
	return exch_keyed_find(&e->alerted, account, 0) != NULL;
}

/* Bins for a new line, if there are not too many of them. */
static int
keep(struct exch_equities *e, const struct exch_report_run *run,
    struct exch_equity *x, struct exch_diag *d)
{
	size_t n = (size_t)EXCH_EQUITY_SERIES * BINS;
	int64_t *bins;
	int rc;

	if (e->nkept >= EXCH_EQUITIES_MAX &&
	    !exch_equities_first(e, run, x->key.place) &&
	    !exch_equities_alerted(e, run, x->key.place))
		return EXCH_OK;
	rc = exch_report_grow(
	    &e->bins, &e->cap, e->nkept + 1, n * sizeof(*e->bins), d);
	if (rc != EXCH_OK)
		return rc;
	x->bin = ++e->nkept;
	bins = exch_equity_bins(e, x, EXCH_EQUITY_GAIN);
	for (size_t i = 0; i < n; i++)
		bins[i] = 0;
	return EXCH_OK;
}

static int
side(struct exch_report_run *run, struct exch_deal *x,
    const struct exch_charge *c, struct exch_diag *d)
{
	struct exch_equities *e = &((struct exch_day *)run->state)->equity;
	uint32_t account = x->side[c->side].account;
	const char *currency = run->insts.inst[x->place].currency;
	exch_i128 sign = x->state == EXCH_DEAL_BROKEN ? -1 : 1;
	exch_i128 takes = c->side == 0 ? sign : -sign;
	struct exch_equity *line;
	struct held *h;
	int rc = exch_keyed_add(&e->line, account, letters(currency), &line);

	if (rc == EXCH_OK)
		rc = keep(e, run, line, d);
	else if (rc != EXCH_ERR_EXISTS)
		return exch_report_nomem(d);
	else
		rc = EXCH_OK;
	if (rc != EXCH_OK)
		return rc;
	line->cash -= takes * x->cash + sign * c->fee;
	line->trades += x->state == EXCH_DEAL_NEW;
	rc = exch_keyed_add(&e->held, account, x->place, &h);
	if (rc != EXCH_OK && rc != EXCH_ERR_EXISTS)
		return exch_report_nomem(d);
	h->qty += takes * (exch_i128)x->qty;
	return EXCH_OK;
}

static int
deal(struct exch_report_run *run, struct exch_deal *x, struct exch_diag *d)
{
	struct exch_equities *e = &((struct exch_day *)run->state)->equity;
	int rc = exch_charges_sides(&e->charges, x, side, d);

	return rc == EXCH_OK ? exch_marks_deal(&e->marks, x, d) : rc;
}

int
exch_equities_open(
    struct exch_equities *e, struct exch_report_run *run, struct exch_diag *d)
{
	const struct exch_given *accounts = exch_report_given(run, "accounts");
	int rc = exch_charges_open(&e->charges, run, deal, d);

	e->accounts = accounts != NULL ? accounts->value : NULL;
	read_agents(e, run);
	if (rc == EXCH_OK &&
	    (exch_keyed_init(&e->line, sizeof(struct exch_equity)) != 0 ||
		exch_keyed_init(&e->held, sizeof(struct held)) != 0 ||
		exch_keyed_init(&e->alerted, sizeof(struct exch_key)) != 0))
		rc = exch_report_nomem(d);
	return rc;
}

void
exch_equities_free(struct exch_equities *e)
{
	exch_charges_free(&e->charges);
	exch_marks_clear(&e->marks);
	exch_keyed_clear(&e->line);
	exch_keyed_clear(&e->held);
	exch_keyed_clear(&e->alerted);
	exch_free(e->bins);
}

static int
alert(struct exch_equities *e, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_alert *a = EXCH_REC_AS_LONG(r, exch_rec_alert);
	struct exch_key *x;
	int rc;

	if (a == NULL)
		return exch_report_short(r, d);
	if (a->account == 0)
		return EXCH_OK;
	rc = exch_keyed_add(&e->alerted, a->account, 0, &x);
	return rc == EXCH_OK || rc == EXCH_ERR_EXISTS ? EXCH_OK
						      : exch_report_nomem(d);
}

int
exch_equities_record(struct exch_equities *e, const struct exch_rec *r,
    struct exch_report_run *run, uint64_t seq, struct exch_diag *d)
{
	if (r->type == EXCH_REC_INSTRUMENT)
		return exch_marks_instrument(&e->marks, run, r, d);
	if (r->type == EXCH_REC_ALERT)
		return alert(e, r, d);
	return exch_charges_record(&e->charges, r, seq, d);
}

static void
value_all(struct exch_equities *e, struct exch_report_run *run)
{
	struct exch_equity *x;
	struct held *h;
	uint32_t at = 0;

	while ((x = exch_keyed_next(&e->line, &at)) != NULL)
		x->value = x->held = 0;
	for (at = 0; (h = exch_keyed_next(&e->held, &at)) != NULL;) {
		uint32_t place = (uint32_t)h->key.id;
		const struct exch_inst *in = &run->insts.inst[place];
		exch_i128 v;
		int rc;

		if (h->qty == 0)
			continue;
		rc = exch_marks_value(&e->marks, in, place, h->qty, &v);
		e->unmarked |= rc == EXCH_ERR_ABSENT;
		e->overflow |= rc == EXCH_ERR_RANGE;
		x = exch_keyed_find(
		    &e->line, h->key.place, letters(in->currency));
		if (rc == EXCH_OK && x != NULL)
			x->value += v;
		if (x != NULL)
			x->held += h->qty;
		e->mixed |= e->scaled && e->scale != in->qty_scale;
		e->scale = in->qty_scale;
		e->scaled = true;
	}
}

/* What 64 bits cannot say is at their ends. */
static int64_t
cut(exch_i128 v)
{
	if (v >= INT64_MAX)
		return INT64_MAX - 1;
	return v < INT64_MIN ? INT64_MIN : (int64_t)v;
}

static int64_t
hundredths(exch_i128 cash)
{
	return cut(exch_div_half_even(cash, 10000));
}

int
exch_equities_over(
    struct exch_equities *e, struct exch_report_run *run, uint32_t bin)
{
	struct exch_equity *x;
	uint32_t at = 0;

	if (e->line.live == 0)
		return EXCH_OK;
	value_all(e, run);
	while ((x = exch_keyed_next(&e->line, &at)) != NULL) {
		exch_i128 gain = exch_equity_gain(x);

		if (gain > x->peak)
			x->peak = gain;
		if (x->peak - gain > x->fall)
			x->fall = x->peak - gain;
		if (x->bin == 0)
			continue;
		exch_equity_bins(e, x, EXCH_EQUITY_GAIN)[bin] =
		    hundredths(gain);
		exch_equity_bins(e, x, EXCH_EQUITY_WORTH)[bin] =
		    hundredths(x->value);
		exch_equity_bins(e, x, EXCH_EQUITY_HELD)[bin] = cut(x->held);
	}
	return EXCH_OK;
}

void
exch_equities_merge(
    struct exch_equities *e, uint32_t n, uint32_t factor, uint32_t shift)
{
	for (size_t line = 0; line < (size_t)e->nkept * EXCH_EQUITY_SERIES;
	     line++) {
		int64_t *bins = e->bins + line * BINS;

		for (uint32_t i = 0; i < n; i++)
			bins[(i + shift) / factor] = bins[i];
	}
}
