/* The patterns of exch-report aml, as exch-regulatory(7) defines them. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/time.h"
#include "report/aml.h"

static exch_i128
cash(int64_t whole)
{
	return (exch_i128)whole * 1000000;
}

/* Amounts in evidence: whole units, the rest does not matter there. */
static long long
whole(exch_i128 v)
{
	return (long long)(v / 1000000);
}

/* ---- structuring ---- */

static bool
just_under(const struct exch_aml *s, exch_cash amount)
{
	exch_i128 t = cash(EXCH_AML_RULE(s, structuring, threshold));

	return amount <= t &&
	       (exch_i128)amount * 100 >=
		   t * (100 - EXCH_AML_RULE(s, structuring, margin));
}

/* The oldest go that are too old, or too many. */
static void
forget(struct exch_aml_smalls *k, exch_ts since)
{
	unsigned n = k->n == EXCH_AML_RING;

	while (n < k->n && k->at[n].time < since)
		n++;
	k->n -= n;
	memmove(k->at, k->at + n, k->n * sizeof(k->at[0]));
}

static void
more_of(struct exch_aml_alert *a, const struct exch_aml_small *x)
{
	a->amount += x->amount;
	a->count++;
	exch_aml_alert_ref(a, x->time, x->ref);
}

static int
structured(struct exch_aml *s, const struct exch_aml_move *m,
    struct exch_aml_smalls *k, struct exch_diag *d)
{
	struct exch_aml_alert *a;

	if (k->alert != 0) {
		more_of(&s->alert[k->alert - 1], &k->at[k->n - 1]);
		return EXCH_OK;
	}
	a = exch_aml_alert_new(s);
	if (a == NULL)
		return exch_report_nomem(d);
	k->alert = s->nalerts;
	a->pattern = "structuring";
	a->kind = m->out ? "withdrawals" : "deposits";
	a->holder = m->holder;
	a->limit = cash(EXCH_AML_RULE(s, structuring, threshold));
	for (unsigned i = 0; i < k->n; i++)
		more_of(a, &k->at[i]);
	(void)snprintf(a->evidence, sizeof(a->evidence),
	    "each<=%lld each>=%lld%% of it count>=%lld within=%lldh",
	    (long long)EXCH_AML_RULE(s, structuring, threshold),
	    (long long)(100 - EXCH_AML_RULE(s, structuring, margin)),
	    (long long)EXCH_AML_RULE(s, structuring, count),
	    (long long)EXCH_AML_RULE(s, structuring, window));
	return EXCH_OK;
}

int
exch_aml_small(
    struct exch_aml *s, const struct exch_aml_move *m, struct exch_diag *d)
{
	struct exch_aml_smalls **k = &s->person[m->holder].small[m->out];
	exch_ts window =
	    (exch_ts)EXCH_AML_RULE(s, structuring, window) * EXCH_AML_HOUR;
	exch_i128 sum = 0;

	if (!just_under(s, m->amount))
		return EXCH_OK;
	if (*k == NULL && (*k = exch_calloc(1, sizeof(**k))) == NULL)
		return exch_report_nomem(d);
	forget(*k, m->time > window ? m->time - window : 0);
	(*k)->at[(*k)->n++] =
	    (struct exch_aml_small){m->time, m->ref, m->amount};
	if ((*k)->n == 1)
		(*k)->alert = 0; /* what was before is over */
	for (unsigned i = 0; i < (*k)->n; i++)
		sum += (*k)->at[i].amount;
	/* one that is there goes on while they follow each other */
	if ((*k)->alert != 0)
		return structured(s, m, *k, d);
	if ((*k)->n < (uint64_t)EXCH_AML_RULE(s, structuring, count) ||
	    sum <= cash(EXCH_AML_RULE(s, structuring, threshold)))
		return EXCH_OK;
	return structured(s, m, *k, d);
}

/* ---- passing through ---- */

/* What moved since a deposit. */
struct passage {
	const struct exch_aml_passed *first;
	exch_i128 in, out, traded;
	uint64_t ins;
};

static exch_i128
traded_since(const struct exch_aml_person *p, exch_i128 before)
{
	return p->traded > before ? p->traded - before : 0;
}

/* Movements before the window go, and the smallest one of too many. */
static void
keep_passing(struct exch_aml_passing *k, exch_ts since)
{
	unsigned n = 0, least = 0;

	while (n < k->n && k->at[n].time < since)
		n++;
	k->n -= n;
	memmove(k->at, k->at + n, k->n * sizeof(k->at[0]));
	if (k->n <= EXCH_AML_RING)
		return;
	for (unsigned i = 1; i < k->n; i++)
		if (k->at[i].amount < k->at[least].amount)
			least = i;
	k->n--;
	memmove(k->at + least, k->at + least + 1,
	    (k->n - least) * sizeof(k->at[0]));
}

/* The longest one that is a pattern; false: none. */
static bool
passes(const struct exch_aml *s, const struct exch_aml_person *p,
    struct passage *found)
{
	const struct exch_aml_passing *k = p->passing;
	struct passage x = {0};
	bool any = false;

	for (unsigned i = k->n; i-- > 0;) {
		const struct exch_aml_passed *m = &k->at[i];

		if (m->out) {
			x.out += m->amount;
			continue;
		}
		x.in += m->amount;
		x.ins++;
		x.first = m;
		x.traded = traded_since(p, m->traded);
		if (x.in < cash(EXCH_AML_RULE(s, through, least)) ||
		    x.out * 100 < x.in * EXCH_AML_RULE(s, through, share) ||
		    x.traded * 100 > x.in * EXCH_AML_RULE(s, through, traded))
			continue;
		*found = x;
		any = true;
	}
	return any;
}

static void
tell_passage(const struct exch_aml *s, struct exch_aml_alert *a,
    const struct exch_aml_move *m, exch_i128 traded)
{
	exch_aml_alert_ref(a, m->time, m->ref);
	(void)snprintf(a->evidence, sizeof(a->evidence),
	    "in=%lld out=%lld traded=%lld out>=%lld%% traded<=%lld%% "
	    "within=%lldh",
	    whole(a->limit), whole(a->amount), whole(traded),
	    (long long)EXCH_AML_RULE(s, through, share),
	    (long long)EXCH_AML_RULE(s, through, traded),
	    (long long)EXCH_AML_RULE(s, through, window));
}

/* A withdrawal: more of an alert, or a new one, or neither. */
static int
passed(struct exch_aml *s, const struct exch_aml_move *m, exch_ts window,
    struct exch_diag *d)
{
	struct exch_aml_person *p = &s->person[m->holder];
	struct exch_aml_passing *k = p->passing;
	struct exch_aml_alert *a;
	struct passage x;

	if (k->alert != 0) {
		a = &s->alert[k->alert - 1];
		if (m->time > a->start + window)
			return EXCH_OK;
		a->amount += m->amount;
		tell_passage(s, a, m, traded_since(p, k->traded));
		return EXCH_OK;
	}
	if (!passes(s, p, &x))
		return EXCH_OK;
	a = exch_aml_alert_new(s);
	if (a == NULL)
		return exch_report_nomem(d);
	k->alert = s->nalerts;
	k->traded = x.first->traded;
	a->pattern = "through";
	a->kind = "in-and-out";
	a->holder = m->holder;
	a->amount = x.out;
	a->limit = x.in;
	a->count = x.ins;
	exch_aml_alert_ref(a, x.first->time, x.first->ref);
	tell_passage(s, a, m, x.traded);
	k->n = 0; /* what comes now is another thing */
	return EXCH_OK;
}

int
exch_aml_through(
    struct exch_aml *s, const struct exch_aml_move *m, struct exch_diag *d)
{
	struct exch_aml_person *p = &s->person[m->holder];
	exch_ts window =
	    (exch_ts)EXCH_AML_RULE(s, through, window) * EXCH_AML_HOUR;
	exch_ts since = m->time > window ? m->time - window : 0;
	struct exch_aml_passing *k = p->passing;

	if (k == NULL && (k = exch_calloc(1, sizeof(*k))) == NULL)
		return exch_report_nomem(d);
	p->passing = k;
	keep_passing(k, since);
	if (!m->out)
		k->alert = 0;
	if (k->alert == 0)
		k->at[k->n++] = (struct exch_aml_passed){
		    m->time, m->ref, m->amount, m->out, p->traded};
	return m->out ? passed(s, m, window, d) : EXCH_OK;
}

/* ---- accounts that wake ---- */

static int
woken(struct exch_aml *s, struct exch_aml_account *a, exch_ts time,
    struct exch_aml_ref ref, struct exch_diag *d)
{
	struct exch_aml_alert *al;

	if (a->alert == 0 && a->done < cash(EXCH_AML_RULE(s, dormant, least)))
		return EXCH_OK;
	if (a->alert != 0) { /* it goes on */
		al = &s->alert[a->alert - 1];
	} else {
		al = exch_aml_alert_new(s);
		if (al == NULL)
			return exch_report_nomem(d);
		a->alert = s->nalerts;
		al->pattern = "dormant";
		al->kind = "woke";
		al->holder = a->holder;
		al->account = a->key.place;
		al->limit = cash(EXCH_AML_RULE(s, dormant, least));
		exch_aml_alert_ref(al, a->woke, a->ref);
		(void)snprintf(al->evidence, sizeof(al->evidence),
		    "last=%u silent>=%lldd within=%lldh", a->before,
		    (long long)EXCH_AML_RULE(s, dormant, days),
		    (long long)EXCH_AML_RULE(s, dormant, window));
	}
	al->amount = a->done;
	al->count = a->count;
	if (ref.seq != a->ref.seq || ref.source != a->ref.source)
		exch_aml_alert_ref(al, time, ref);
	return EXCH_OK;
}

/* Whole days between two dates, YYYYMMDD. */
static int64_t
days_between(uint32_t from, uint32_t to)
{
	exch_ts a = exch_date_ts(from), b = exch_date_ts(to);

	return b > a ? (int64_t)((b - a) / (24 * EXCH_AML_HOUR)) : 0;
}

int
exch_aml_wake(struct exch_aml *s, struct exch_aml_account *a, exch_i128 amount,
    exch_ts time, struct exch_aml_ref ref, struct exch_diag *d)
{
	uint32_t today = exch_report_day(s->run, time);
	exch_ts window =
	    (exch_ts)EXCH_AML_RULE(s, dormant, window) * EXCH_AML_HOUR;

	if (a->last != 0 &&
	    days_between(a->last, today) >= EXCH_AML_RULE(s, dormant, days)) {
		a->before = a->last;
		a->woke = time;
		a->ref = ref;
		a->done = 0;
		a->count = 0;
		a->alert = 0;
	}
	if (today > a->last)
		a->last = today;
	if (a->before == 0 || time > a->woke + window)
		return EXCH_OK;
	a->done += amount;
	if (amount > 0)
		a->count++;
	else if (amount < 0 && a->count > 0)
		a->count--;
	return woken(s, a, time, ref, d);
}

/* ---- velocity ---- */

static int
fast(struct exch_aml *s, const struct exch_aml_day *x, const char *kind,
    exch_i128 of, int64_t times, struct exch_diag *d)
{
	struct exch_aml_alert *a;

	if (of <= 0 || x->turnover < of * times)
		return EXCH_OK;
	a = exch_aml_alert_new(s);
	if (a == NULL)
		return exch_report_nomem(d);
	a->pattern = "velocity";
	a->kind = kind;
	a->holder = x->key.place;
	a->currency = (uint32_t)x->key.id;
	a->amount = x->turnover;
	a->limit = of * times;
	a->count = x->trades;
	exch_aml_alert_ref(a, x->begin, x->first);
	exch_aml_alert_ref(a, x->end, x->last);
	(void)snprintf(a->evidence, sizeof(a->evidence),
	    "turnover=%lld %s=%lld times>=%lld turnover>=%lld",
	    whole(x->turnover), kind, whole(of), (long long)times,
	    (long long)EXCH_AML_RULE(s, velocity, least));
	return EXCH_OK;
}

int
exch_aml_days(struct exch_aml *s, struct exch_diag *d)
{
	struct exch_aml_day **all =
	    (struct exch_aml_day **)(void *)exch_keyed_sorted(&s->day);
	int rc = EXCH_OK;

	if (all == NULL)
		return exch_report_nomem(d);
	for (uint32_t i = 0; rc == EXCH_OK && i < s->day.live; i++) {
		const struct exch_aml_day *x = all[i];

		if (x->turnover < cash(EXCH_AML_RULE(s, velocity, least)))
			continue;
		rc = fast(
		    s, x, "cash", x->had, EXCH_AML_RULE(s, velocity, times), d);
		if (rc == EXCH_OK)
			rc = fast(s, x, "usual", s->person[x->key.place].usual,
			    EXCH_AML_RULE(s, velocity, usual), d);
	}
	exch_free(all);
	return rc;
}
