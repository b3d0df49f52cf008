/* Commands that wait for an answer (waits.h). */
#include <config.h>

#include "report/report.h"
#include "report/waits.h"

int
exch_waits_init(struct exch_waits *w, struct exch_diag *d)
{
	for (unsigned i = 0; i < EXCH_WAITS; i++)
		if (exch_keyed_init(&w->kind[i], sizeof(struct exch_wait)) != 0)
			return exch_report_nomem(d);
	return EXCH_OK;
}

void
exch_waits_clear(struct exch_waits *w)
{
	for (unsigned i = 0; i < EXCH_WAITS; i++)
		exch_keyed_clear(&w->kind[i]);
}

static int
ask(struct exch_waits *w, enum exch_wait_kind kind, uint32_t place,
    const struct exch_wait *as, unsigned *n, struct exch_diag *d)
{
	struct exch_wait *x;
	int rc = exch_keyed_add(&w->kind[kind], place, as->key.id, &x);

	/* one that is said again is answered as the first */
	if (rc == EXCH_ERR_EXISTS)
		return EXCH_OK;
	if (rc != EXCH_OK)
		return exch_report_nomem(d);
	x->time = as->time;
	x->account = as->account;
	x->begun = as->begun;
	(*n)++;
	return EXCH_OK;
}

static int
take_quote(struct exch_waits *w, const struct exch_rec_quote *q, uint32_t place,
    unsigned *n, struct exch_diag *d)
{
	struct exch_wait x = {
	    .key.id = q->bid_order, .time = q->h.time, .account = q->account};
	int rc = EXCH_OK;

	if (q->bid_qty > 0)
		rc = ask(w, EXCH_WAIT_ORDER, place, &x, n, d);
	x.key.id = q->ask_order;
	if (rc == EXCH_OK && q->ask_qty > 0)
		rc = ask(w, EXCH_WAIT_ORDER, place, &x, n, d);
	return rc;
}

int
exch_waits_command(struct exch_waits *w, const struct exch_track *t,
    const struct exch_rec *r, uint32_t place, uint32_t *account, unsigned *n,
    struct exch_diag *d)
{
	const struct exch_rec_quote *q = EXCH_REC_AS_ASKED(r, exch_rec_quote);
	const struct exch_rec_new *o = EXCH_REC_AS_ASKED(r, exch_rec_new);
	const struct exch_rec_cancel *c = EXCH_REC_AS_ASKED(r, exch_rec_cancel);
	struct exch_wait x = {.time = r->time};
	const struct exch_life *live;

	*account = 0;
	*n = 0;
	if (r->type == EXCH_REC_QUOTE) {
		if (q == NULL)
			return EXCH_OK;
		*account = q->account;
		return take_quote(w, q, place, n, d);
	}
	if (c == NULL || (r->type == EXCH_REC_NEW && o == NULL))
		return EXCH_OK;
	/* `order` stands at the same place in all commands */
	x.key.id = c->order;
	live = exch_track_find(t, place, c->order);
	if (r->type == EXCH_REC_NEW)
		x.account = o->account;
	else if (live != NULL)
		x.account = live->account;
	*account = x.account;
	return ask(w,
	    r->type == EXCH_REC_NEW	 ? EXCH_WAIT_ORDER
	    : r->type == EXCH_REC_CANCEL ? EXCH_WAIT_CANCEL
					 : EXCH_WAIT_REPLACE,
	    place, &x, n, d);
}

int
exch_waits_rename(struct exch_waits *w, uint32_t place, exch_oid was,
    exch_oid id, struct exch_diag *d)
{
	struct exch_wait *x = exch_waits_find(w, EXCH_WAIT_ORDER, place, was);
	struct exch_wait as;
	unsigned n = 0;

	if (x == NULL || was == id)
		return EXCH_OK;
	as = *x;
	as.key.id = id;
	exch_waits_drop(w, EXCH_WAIT_ORDER, x);
	return ask(w, EXCH_WAIT_ORDER, place, &as, &n, d);
}

static bool
refused(uint8_t command, enum exch_wait_kind *kind)
{
	switch (command) {
	case EXCH_REC_NEW:
	case EXCH_REC_QUOTE:
		*kind = EXCH_WAIT_ORDER;
		return true;
	case EXCH_REC_CANCEL:
		*kind = EXCH_WAIT_CANCEL;
		return true;
	case EXCH_REC_REPLACE:
		*kind = EXCH_WAIT_REPLACE;
		return true;
	default:
		return false;
	}
}

bool
exch_waits_answers(const struct exch_change *c, enum exch_wait_kind *kind)
{
	switch (c->kind) {
	case EXCH_CHANGE_ACCEPTED:
		*kind = EXCH_WAIT_ORDER;
		return true;
	case EXCH_CHANGE_REPLACED:
		*kind = EXCH_WAIT_REPLACE;
		return true;
	case EXCH_CHANGE_CANCELLED:
		*kind = EXCH_WAIT_CANCEL;
		return EXCH_CHANGE_REC(c, exch_rec_cancelled)->reason ==
		       EXCH_WHY_USER;
	case EXCH_CHANGE_REJECTED:
		return refused(
		    EXCH_CHANGE_REC(c, exch_rec_reject)->command, kind);
	default:
		return false;
	}
}
