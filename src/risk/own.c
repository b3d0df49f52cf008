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

int
exch_risk_gate_own(struct exch_risk_gate *g, const struct exch_rec **own,
    struct exch_judged *v, struct exch_diag *d)
{
	struct head h;
	int err;

	if (g->own_at == g->own.len) {
		g->own.len = g->own_at = 0;
		err =
		    (g->moved | g->traded) != 0 ? exch_risk_act(g, d) : EXCH_OK;
		if (err != 0 || g->own.len == 0)
			return err;
	}
	memcpy(&h, g->own.p + g->own_at, sizeof(h));
	*own = (const void *)(g->own.p + g->own_at + sizeof(h));
	g->own_at += sizeof(h) + h.n;
	*v = h.v;
	return 1;
}
