/* What did not go as its owner wished (incidents.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "report/incidents.h"

void
exch_incidents_clear(struct exch_incidents *x)
{
	exch_free(x->one);
	x->one = NULL;
	x->n = 0;
	x->cap = 0;
}

/* A new one at the end of the list, or NULL: it is full, or no memory. */
static int
note(struct exch_incidents *x, struct exch_report_run *run,
    const struct exch_rec *r, enum exch_incident_kind kind,
    struct exch_incident **out, struct exch_diag *d)
{
	uint32_t place = UINT32_MAX;
	int rc = EXCH_OK;

	*out = NULL;
	if (x->all++ >= EXCH_INCIDENTS_MAX)
		return EXCH_OK;
	if (r->instr != 0)
		rc = exch_insts_place(&run->insts, r->instr, &place, d);
	if (rc == EXCH_OK)
		rc = exch_report_grow(
		    &x->one, &x->cap, x->n + 1, sizeof(*x->one), d);
	if (rc != EXCH_OK)
		return rc;
	*out = &x->one[x->n++];
	**out = (struct exch_incident){.time = r->time,
	    .kind = (uint8_t)kind,
	    .severity = 1,
	    .place = place};
	return EXCH_OK;
}

/* What follows a record of a stated length. */
static void
text_of(struct exch_incident *to, const struct exch_rec *r, size_t fixed,
    uint16_t ntext)
{
	size_t room = exch_rec_len(r) - fixed;
	size_t n = ntext < room ? ntext : room;

	if (n > sizeof(to->text) - 1)
		n = sizeof(to->text) - 1;
	memcpy(to->text, (const char *)r + fixed, n);
	for (size_t i = 0; i < n; i++)
		if (to->text[i] == '\0')
			to->text[i] = '?';
	to->text[n] = '\0';
}

static int
alert(struct exch_incidents *x, struct exch_report_run *run,
    const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_alert *a = EXCH_REC_AS_LONG(r, exch_rec_alert);
	struct exch_incident *to;
	int rc;

	if (a == NULL)
		return exch_report_short(r, d);
	rc = note(x, run, r, EXCH_INCIDENT_ALERT, &to, d);
	if (rc != EXCH_OK || to == NULL)
		return rc;
	to->account = a->account;
	to->rule = a->rule;
	to->severity = a->severity;
	text_of(to, r, sizeof(*a), a->ntext);
	return EXCH_OK;
}

static int
kill_switch(struct exch_incidents *x, struct exch_report_run *run,
    const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_kill *k = EXCH_REC_AS_LONG(r, exch_rec_kill);
	struct exch_incident *to;
	int rc;

	if (k == NULL)
		return exch_report_short(r, d);
	rc = note(x, run, r, EXCH_INCIDENT_KILL, &to, d);
	if (rc != EXCH_OK || to == NULL)
		return rc;
	to->account = k->account;
	to->rule = EXCH_RULE_KILL;
	to->severity = k->on != 0 ? 3 : 0;
	text_of(to, r, sizeof(*k), k->ntext);
	return EXCH_OK;
}

static int
verdict(struct exch_incidents *x, struct exch_report_run *run,
    const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_risk *v = EXCH_REC_AS(r, exch_rec_risk);
	unsigned rule;
	struct exch_incident *to;
	int rc;

	if (v == NULL)
		return exch_report_short(r, d);
	rule = v->rule < EXCH_RULES ? v->rule : 0;
	/* a decision on what is held is no command for the market */
	if (v->verdict == EXCH_VERDICT_REJECT &&
	    v->command != EXCH_REC_DECISION)
		x->refused[rule]++;
	if (v->verdict != EXCH_VERDICT_HOLD)
		return EXCH_OK;
	x->held[rule] += v->command != EXCH_REC_DECISION;
	rc = note(x, run, r, EXCH_INCIDENT_HOLD, &to, d);
	if (rc != EXCH_OK || to == NULL)
		return rc;
	to->account = v->account;
	to->rule = v->rule;
	return EXCH_OK;
}

/* ---- sizes ---- */

static int
sizes_of(struct exch_incidents *x, struct exch_report_run *run,
    const struct exch_rec *r, struct exch_sizes **out, struct exch_diag *d)
{
	uint32_t place;
	int rc = exch_insts_place(&run->insts, r->instr, &place, d);

	if (rc == EXCH_OK)
		*out = &x->size[run->insts.inst[place].qty_scale];
	return rc;
}

static int
size_order(struct exch_incidents *x, struct exch_report_run *run,
    const struct exch_rec *r, exch_qty qty, struct exch_diag *d)
{
	struct exch_sizes *s;
	int rc = sizes_of(x, run, r, &s, d);

	if (rc == EXCH_OK)
		s->orders[exch_size_class(qty)]++;
	return rc;
}

static int
size_trade(struct exch_incidents *x, struct exch_report_run *run,
    const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_exec *e = EXCH_REC_AS(r, exch_rec_exec);
	struct exch_sizes *s;
	int rc;

	/* a TRADE has price and quantity at the same places */
	if (e == NULL)
		return exch_report_short(r, d);
	rc = sizes_of(x, run, r, &s, d);
	if (rc == EXCH_OK)
		s->trades[exch_size_class(e->qty)]++;
	return rc;
}

int
exch_incidents_record(struct exch_incidents *x, struct exch_report_run *run,
    const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_reject *j;
	const struct exch_rec_book_add *a;
	const struct exch_rec_new *n;

	switch (r->type) {
	case EXCH_REC_NEW:
		n = EXCH_REC_AS(r, exch_rec_new);
		return n == NULL ? exch_report_short(r, d)
				 : size_order(x, run, r, n->qty, d);
	case EXCH_REC_BOOK_ADD:
		a = EXCH_REC_AS(r, exch_rec_book_add);
		return a == NULL ? exch_report_short(r, d)
				 : size_order(x, run, r, a->qty, d);
	case EXCH_REC_EXEC:
	case EXCH_REC_TRADE:
		return size_trade(x, run, r, d);
	case EXCH_REC_REJECT:
		j = EXCH_REC_AS(r, exch_rec_reject);
		if (j == NULL)
			return exch_report_short(r, d);
		if (!exch_report_repeats(r))
			x->reject[j->code < EXCH_INCIDENT_REJECTS ? j->code
								  : 0]++;
		return EXCH_OK;
	case EXCH_REC_RISK:
		return verdict(x, run, r, d);
	case EXCH_REC_KILL:
		return kill_switch(x, run, r, d);
	case EXCH_REC_ALERT:
		return alert(x, run, r, d);
	default:
		return EXCH_OK;
	}
}
