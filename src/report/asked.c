/*
 * Commands without an answer (asked.h).
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "report/asked.h"
#include "report/report.h"

/*
 * A stream whose answers were filtered out must not fill the memory: of
 * more open commands than this the older half is forgotten.
 */
#define MOST (UINT32_C(1) << 16)

void
exch_asked_clear(struct exch_asked *a)
{
	exch_free(a->wait);
	memset(a, 0, sizeof(*a));
}

void
exch_terms_read(struct exch_terms *t, const struct exch_rec *r, size_t fixed)
{
	const struct exch_ext *e;

	*t = (struct exch_terms){.stop = EXCH_PX_NONE,
	    .offset = EXCH_PX_NONE,
	    .discretion = EXCH_PX_NONE};
	/* entries of imposed commands are not looked at */
	if ((r->flags & EXCH_F_EXT) == 0 || (r->flags & EXCH_F_IMPOSED) != 0)
		return;
	t->any = true;
#define ENTRY(TAG) (e = exch_rec_ext(r, fixed, EXCH_EXT_##TAG)) != NULL
	if (ENTRY(STOP))
		t->stop = (exch_px)e->value;
	if (ENTRY(DISPLAY))
		t->display = e->value;
	if (ENTRY(MIN_QTY)) {
		t->min = e->value;
		t->each = e->small == EXCH_MIN_EACH;
	}
	if (ENTRY(EXPIRE))
		t->expire = e->value;
	if (ENTRY(PEG)) {
		t->peg = (uint8_t)e->small;
		t->offset = (exch_px)e->value;
	}
	if (ENTRY(DISCRETION))
		t->discretion = (exch_px)e->value;
	if (ENTRY(CLIENT))
		t->client = e->value;
	if (ENTRY(PARENT)) {
		t->parent = e->value;
		t->has_parent = true;
	}
	if (ENTRY(OCO))
		t->oco = e->value;
	if (ENTRY(SESSION))
		t->session = e->value;
	if (ENTRY(STP))
		t->stp = e->small != EXCH_STP_NONE;
	if (ENTRY(REQUEST)) {
		t->request = e->value;
		t->answers = true;
	}
#undef ENTRY
}

static int
push(struct exch_asked *a, struct exch_diag *d)
{
	int rc;

	if (a->n == MOST) {
		a->n = MOST / 2;
		memmove(a->wait, a->wait + MOST / 2, a->n * sizeof(*a->wait));
	}
	rc = exch_report_grow(&a->wait, &a->cap, a->n + 1, sizeof(*a->wait), d);
	if (rc == EXCH_OK)
		a->wait[a->n++] = a->now;
	return rc;
}

static int
quote(struct exch_asked *a, const struct exch_rec_quote *q, struct exch_diag *d)
{
	int rc = EXCH_OK;

	for (unsigned side = 0; side < 2 && rc == EXCH_OK; side++) {
		struct exch_rec_new n = {.h = q->h,
		    .order = side == 0 ? q->bid_order : q->ask_order,
		    .price = side == 0 ? q->bid : q->ask,
		    .qty = side == 0 ? q->bid_qty : q->ask_qty,
		    .account = q->account,
		    .side = side == 0 ? EXCH_BUY : EXCH_SELL,
		    .ordtype = EXCH_ORD_LIMIT,
		    .tif = EXCH_TIF_DAY};

		if (n.qty == 0)
			continue;
		if (a->now.cmd.h.type != 0)
			rc = push(a, d);
		memset(&a->now, 0, sizeof(a->now));
		a->now.cmd.n = n;
		exch_terms_read(&a->now.terms, &q->h, sizeof(*q));
		a->now.other = side == 0 ? q->ask_order : q->bid_order;
	}
	return rc;
}

int
exch_asked_put(
    struct exch_asked *a, const struct exch_rec *r, struct exch_diag *d)
{
	size_t fixed = r->type == EXCH_REC_NEW ? sizeof(a->now.cmd.n)
					       : sizeof(a->now.cmd.r);
	struct exch_ask gone;
	int rc = EXCH_OK;

	if (r->type == EXCH_REC_QUOTE)
		return EXCH_REC_AS_ASKED(r, exch_rec_quote) == NULL
			   ? exch_report_short(r, d)
			   : quote(a, (const void *)r, d);
	if (exch_rec_len(r) < fixed || !exch_rec_ext_whole(r, fixed))
		return exch_report_short(r, d);
	/* a gate gives an order again that it has held: it is asked for once */
	if (r->type == EXCH_REC_NEW && (r->flags & EXCH_F_GATE) != 0)
		(void)exch_asked_take(a, EXCH_REC_NEW, r->instr,
		    ((const struct exch_rec_new *)(const void *)r)->order,
		    &gone);
	if (a->now.cmd.h.type != 0)
		rc = push(a, d);
	if (rc != EXCH_OK)
		return rc;
	memcpy(&a->now.cmd, r, fixed);
	exch_terms_read(&a->now.terms, r, fixed);
	a->now.stage = (struct exch_stage){0};
	return EXCH_OK;
}

/* `order` stands at the same place in both commands. */
_Static_assert(offsetof(struct exch_rec_new, order) ==
		   offsetof(struct exch_rec_replace, order),
    "commands begin alike");

static bool
is_it(const struct exch_ask *k, uint8_t type, uint32_t instr, exch_oid order)
{
	return k->cmd.h.type == type && k->cmd.h.instr == instr &&
	       k->cmd.n.order == order;
}

bool
exch_asked_take(struct exch_asked *a, uint8_t type, uint32_t instr,
    exch_oid order, struct exch_ask *out)
{
	for (uint32_t i = 0; i < a->n; i++)
		if (is_it(&a->wait[i], type, instr, order)) {
			*out = a->wait[i];
			a->n--;
			memmove(a->wait + i, a->wait + i + 1,
			    (a->n - i) * sizeof(*a->wait));
			return true;
		}
	if (!is_it(&a->now, type, instr, order))
		return false;
	*out = a->now;
	a->now.cmd.h.type = 0;
	return true;
}

void
exch_asked_repeated(
    struct exch_asked *a, uint32_t instr, const uint64_t *client)
{
	struct exch_ask gone;

	for (uint32_t i = 0; i < a->n; i++) {
		const struct exch_ask *k = &a->wait[i];

		if (k->cmd.h.type == EXCH_REC_NEW && k->cmd.h.instr == instr &&
		    client != NULL && k->terms.client == *client) {
			(void)exch_asked_take(
			    a, EXCH_REC_NEW, instr, k->cmd.n.order, &gone);
			return;
		}
	}
	if (a->now.cmd.h.type == EXCH_REC_NEW && a->now.cmd.h.instr == instr)
		a->now.cmd.h.type = 0;
}

static bool
asks_for(const struct exch_ask *k, uint32_t instr, exch_oid order)
{
	return is_it(k, EXCH_REC_NEW, instr, order) ||
	       is_it(k, EXCH_REC_QUOTE, instr, order);
}

struct exch_ask *
exch_asked_new(struct exch_asked *a, uint32_t instr, exch_oid order)
{
	for (uint32_t i = 0; i < a->n; i++)
		if (asks_for(&a->wait[i], instr, order))
			return &a->wait[i];
	return asks_for(&a->now, instr, order) ? &a->now : NULL;
}

bool
exch_asked_has(const struct exch_asked *a, uint32_t instr, exch_oid order)
{
	for (uint32_t i = 0; i < a->n; i++)
		if (asks_for(&a->wait[i], instr, order))
			return true;
	return asks_for(&a->now, instr, order);
}
