/*
 * Fidelity: the venue's executions (EXPECT) against the engine's.  The
 * engine's fills wait per instrument until an EXPECT asks for them, in
 * order; nothing here reaches the matching.
 */
#include <config.h>

#include "base/alloc.h"
#include "match/engine.h"

void
exch_engine_pend(struct exch_match *m, struct exch_instr *in, exch_oid resting,
    exch_px price, exch_qty qty, uint8_t aggressor)
{
	uint32_t i = m->free_pending;

	if (i != 0) {
		m->free_pending = m->pending[i].next;
	} else {
		if (m->npending == m->cap_pending) {
			uint32_t cap = m->cap_pending * 2 + 64;
			struct exch_pending *p =
			    exch_realloc(m->pending, cap, sizeof(*p));

			if (p == NULL) {
				m->ended = true;
				return;
			}
			m->pending = p;
			m->cap_pending = cap;
			m->npending += m->npending == 0; /* 0 is none */
		}
		i = m->npending++;
	}
	m->pending[i] =
	    (struct exch_pending){resting, price, qty, in->match, 0, aggressor};
	if (in->pending == 0)
		in->pending = i;
	else
		m->pending[in->pending_last].next = i;
	in->pending_last = i;
}

static bool
pop(struct exch_match *m, struct exch_instr *in, struct exch_pending *out)
{
	uint32_t i = in->pending;

	if (i == 0)
		return false;
	*out = m->pending[i];
	in->pending = out->next;
	m->pending[i].next = m->free_pending;
	m->free_pending = i;
	return true;
}

static struct exch_rec_miss *
miss(struct exch_match *m, uint32_t instr, uint16_t cause)
{
	struct exch_rec_miss *r =
	    exch_engine_emit(m, EXCH_REC_MISS, sizeof(*r), instr);

	r->cause = cause;
	m->st.missed++;
	return r;
}

void
exch_engine_unexpected(struct exch_match *m, struct exch_instr *in)
{
	struct exch_pending p;

	while (pop(m, in, &p)) {
		struct exch_rec_miss *r =
		    miss(m, in->book.instr, EXCH_CAUSE_UNEXPECTED);

		r->got_match = p.match;
		r->got_resting = p.resting;
		r->got_price = p.price;
		r->got_qty = p.qty;
		r->aggressor = p.aggressor;
		m->st.unexpected++;
	}
}

void
exch_engine_expect(struct exch_match *m, const struct exch_rec_expect *e)
{
	struct exch_instr *in = exch_engine_instr(m, e->h.instr);
	exch_oid resting = e->aggressor == EXCH_BUY ? e->sell : e->buy;
	struct exch_pending p = {0};
	struct exch_rec_miss *r;
	uint16_t cause = EXCH_CAUSE_NONE;

	if (e->h.flags & EXCH_F_IMPOSED) {
		m->st.imposed++;
		return;
	}
	m->st.expected++;
	if (in == NULL || !pop(m, in, &p))
		cause = EXCH_CAUSE_ABSENT;
	else if (p.resting != resting || p.aggressor != e->aggressor)
		cause = EXCH_CAUSE_ORDER;
	else if (p.qty != e->qty)
		cause = EXCH_CAUSE_QTY;
	else if (p.price != e->price)
		cause = EXCH_CAUSE_PRICE;
	if (cause == EXCH_CAUSE_NONE) {
		m->st.exact++;
		return;
	}
	r = miss(m, e->h.instr, cause);
	r->match = e->match;
	r->got_match = p.match;
	r->resting = resting;
	r->got_resting = p.resting;
	r->price = e->price;
	r->got_price = p.price;
	r->qty = e->qty;
	r->got_qty = p.qty;
	r->aggressor = e->aggressor;
}
