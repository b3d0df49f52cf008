/*
 * From what a feed displayed to commands: the life of it, and the records
 * that are passed on.  Records of the decoder have no source: all are made
 * anew here.
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "replay/own.h"

int
exch_replay_new(const struct exch_replay_opts *o, struct exch_writer *out,
    struct exch_replay **r, struct exch_diag *d)
{
	struct exch_replay *n = exch_calloc(1, sizeof(*n));

	if (n == NULL)
		goto fail;
	n->o = *o;
	n->out = out;
	n->phase = EXCH_PHASE_CONTINUOUS; /* as in exch-match */
	n->shadow = exch_shadow_new(o->orders);
	if (n->shadow == NULL)
		goto fail;
	*r = n;
	return EXCH_OK;
fail:
	exch_free(n);
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for the displayed orders");
}

void
exch_replay_free(struct exch_replay *r)
{
	if (r == NULL)
		return;
	exch_group_free(r);
	exch_shadow_free(r->shadow);
	exch_free(r);
}

const struct exch_replay_stats *
exch_replay_stats(const struct exch_replay *r)
{
	return &r->st;
}

/* A record passed on as it is, but numbered by our writer. */
static void
pass(struct exch_replay *r, const struct exch_rec *rec, uint8_t flags)
{
	size_t n = exch_rec_len(rec);
	struct exch_rec *q =
	    exch_writer_new(r->out, rec->type, n, rec->instr, rec->time);

	memcpy(q + 1, rec + 1, n - sizeof(*rec));
	q->len8 = rec->len8;
	q->flags = rec->flags | flags;
}

/* ---- other records ---- */

int
exch_replay_cut(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
	    "a record is shorter than its type");
}

int
exch_replay_far(const struct exch_rec *rec, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
	    "instrument id %u is too large", rec->instr);
}

/* All else is passed on, behind what was held back of its instrument. */
static int
take_other(
    struct exch_replay *r, const struct exch_rec *rec, struct exch_diag *d)
{
	const struct exch_rec_phase *p;
	const struct exch_rec_instrument *i;
	struct exch_shown *in = NULL;
	uint8_t flags = 0;

	if (rec->instr != 0) {
		in = exch_shadow_get(r->shadow, rec->instr, r->phase);
		if (in == NULL)
			return exch_diag_set(d, EXCH_ERR_NOMEM, NULL,
			    EXCH_POS_NONE, 0, "out of memory for instruments");
		exch_group_end(r, in);
	} else {
		exch_group_flush_all(r);
	}
	if (rec->type == EXCH_REC_PHASE) {
		p = EXCH_REC_AS(rec, exch_rec_phase);
		if (p == NULL)
			return exch_replay_cut(d);
		exch_venue_phase(r, in, p->phase);
		flags = EXCH_F_IMPOSED;
	} else if (rec->type == EXCH_REC_INSTRUMENT && in != NULL) {
		i = EXCH_REC_AS(rec, exch_rec_instrument);
		if (i == NULL)
			return exch_replay_cut(d);
		exch_shadow_announce(in, i->tick);
	}
	pass(r, rec, flags);
	return EXCH_OK;
}

int
exch_replay_take(
    struct exch_replay *r, const struct exch_rec *rec, struct exch_diag *d)
{
	size_t n = exch_rec_len(rec);

	if (exch_replay_is_display(rec))
		return exch_replay_run(r, rec, &n, d);
	exch_replay_begin(r, rec);
	if (rec->instr > EXCH_INSTR_MAX)
		return exch_replay_far(rec, d);
	return take_other(r, rec, d);
}

void
exch_replay_by_arrival(struct exch_replay *r)
{
	r->o.by_id = false;
}

exch_ts
exch_replay_last(const struct exch_replay *r)
{
	return r->last_time;
}

void
exch_replay_until(struct exch_replay *r, exch_ts time)
{
	if (r->npending != 0 && time != r->pending_time)
		exch_group_flush_all(r);
}

int
exch_replay_finish(struct exch_replay *r, struct exch_diag *d)
{
	char text[96];
	int n;

	exch_group_flush_all(r);
	if (r->st.unknown_refs + r->st.lost_refs == 0)
		return exch_writer_error(r->out, d);
	n = snprintf(text, sizeof(text),
	    "unknown-orders references=%" PRIu64 " successors=%" PRIu64,
	    r->st.unknown_refs, r->st.lost_refs);
	(void)exch_writer_new_text(r->out, EXCH_REC_NOTICE,
	    sizeof(struct exch_rec_notice), 0, r->last_time, text, (size_t)n);
	return exch_writer_error(r->out, d);
}
