/* Commands that the gate gives by itself, in the order it gave them (gate.h). */
#include <config.h>

#include <string.h>

#include "risk/gate_priv.h"

/* In front of each. */
struct head {
	struct exch_judged v;
	size_t n; /* bytes of the record */
};
_Static_assert(sizeof(struct head) % 8 == 0, "records are aligned");

int
exch_risk_give(struct exch_risk_gate *g, const struct exch_rec *r,
    const struct exch_judged *v, struct exch_diag *d)
{
	struct head h = {*v, exch_rec_len(r)};
	size_t at = g->own.len + sizeof(h);
	struct exch_rec *own;

	exch_buf_add(&g->own, &h, sizeof(h));
	exch_buf_add(&g->own, r, h.n);
	if (g->own.failed)
		return exch_risk_nomem(d);
	own = (void *)(g->own.p + at);
	own->flags |= EXCH_F_GATE;
	own->time = g->now;
	return EXCH_OK;
}

const struct exch_rec *
exch_risk_gate_own(struct exch_risk_gate *g, struct exch_judged *v)
{
	struct head h;
	const char *p = g->own.p + g->own_at;

	if (g->own_at == g->own.len) {
		g->own.len = g->own_at = 0;
		return NULL;
	}
	memcpy(&h, p, sizeof(h));
	g->own_at += sizeof(h) + h.n;
	*v = h.v;
	return (const void *)(p + sizeof(h));
}
