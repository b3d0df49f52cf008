/*
 * A run with a gate (src/risk/gate.h): each command is judged before the
 * engine has it, and the gate is shown every event.  A verdict that says no
 * goes into the output directly before its command and to the engine, which
 * then refuses the command as it does for a gate in front.
 *
 * Events wait in a draft until the gate has seen them: a block of the output
 * may go out at any record.  With a card they wait beside the engine anyway,
 * and the gate is shown those (aside.c): the software has made them before
 * the card says that they are due.
 */
#include <config.h>

#include "base/image.h"
#include "exch-match/tool.h"

int
match_gate_start(
    struct run *r, uint32_t date, struct exch_writer *out, struct exch_diag *d)
{
	struct match_gate *g = &r->gate;
	struct exch_risk_opts o;
	int err = risk_tables_date(
	    &g->tables, date, r->calendar_on ? &r->calendar : NULL, d);

	/* Of a standby that begins anew. */
	match_gate_free(r);
	if (err != 0)
		return err;
	o = risk_tables_opts(&g->tables);
	o.fills = true;
	o.orders = r->match.orders;
	g->tally = (struct risk_tally){0};
	if (exch_writer_draft(out, &g->draft) != 0)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for results that wait");
	return exch_risk_gate_new(&o, &g->gate, d);
}

int
match_gate_look(struct run *r, const struct exch_writer *draft, size_t *seen,
    struct exch_diag *d)
{
	const unsigned char *p;
	size_t n = exch_writer_drafted(draft, &p);
	int err = 0;

	while (*seen < n && err == 0) {
		const struct exch_rec *e = (const void *)(p + *seen);

		err = exch_risk_gate_event(r->gate.gate, e, d);
		*seen += exch_rec_len(e);
	}
	return err;
}

int
match_gate_judge(struct run *r, const struct exch_rec *rec,
    struct exch_writer *w, struct exch_rec_risk *no, struct exch_diag *d)
{
	struct exch_judged v;
	int err = exch_risk_gate_judge(r->gate.gate, rec, &v, d);

	no->rule = EXCH_RULE_NONE;
	/* The engine will say so, too. */
	if (err == EXCH_ERR_FORMAT) {
		exch_diag_clear(d);
		return 0;
	}
	risk_tally_add(&r->gate.tally, rec, &v);
	if (err == 0)
		risk_explain(&r->gate.explain, &r->cli, r->gate.gate, rec, &v);
	if (err == 0 && (v.verdict != EXCH_VERDICT_PASS || v.overrules))
		*no = *exch_judged_put(w, rec, &v);
	return err;
}

int
match_gate_own(struct run *r, struct exch_writer *w,
    const struct exch_rec **own, struct exch_rec_risk *no, struct exch_diag *d)
{
	struct exch_judged v;
	int got = exch_risk_gate_own(r->gate.gate, own, &v, d);

	no->rule = EXCH_RULE_NONE;
	if (got <= 0)
		return got;
	risk_tally_add(&r->gate.tally, *own, &v);
	risk_explain(&r->gate.explain, &r->cli, r->gate.gate, *own, &v);
	if (v.rule != EXCH_RULE_NONE)
		*no = *exch_judged_put(w, *own, &v);
	exch_judged_give(w, *own);
	return 1;
}

/* What the engine has said goes past the gate into the output. */
static int
pour(struct run *r, struct exch_writer *out, struct exch_diag *d)
{
	const unsigned char *p;
	size_t n = exch_writer_drafted(r->gate.draft, &p), seen = 0;
	int err;

	if (n == 0)
		return exch_writer_error(r->gate.draft, d);
	err = match_gate_look(r, r->gate.draft, &seen, d);
	exch_writer_adopt(out, p, n);
	exch_writer_draft_clear(r->gate.draft);
	return err;
}

/* The engine has failed, or not; what it said before goes out. */
static int
pour_after(struct run *r, int err, struct exch_writer *out, struct exch_diag *d)
{
	struct exch_diag own = {0};
	int n = pour(r, out, err != 0 ? &own : d);

	return err != 0 ? err : n;
}

/* An announcement that the engine refuses is none for the gate either. */
static int
announced(struct run *r, const struct exch_rec *rec, uint64_t seq,
    struct exch_writer *out, struct exch_diag *d)
{
	struct exch_rec_risk no;

	if (exch_match_stats(r->engine)->refused != r->refused)
		return match_instrument_refused(r, rec, seq, d);
	return match_gate_judge(r, rec, out, &no, d);
}

/* What the gate gives by itself, until it gives no more. */
static int
give(struct run *r, struct exch_writer *out, struct exch_diag *d)
{
	const struct exch_rec *own;
	struct exch_rec_risk no;
	int err = 0, got = 0;

	while (err == 0 && (got = match_gate_own(r, out, &own, &no, d)) > 0) {
		if (no.rule != EXCH_RULE_NONE)
			err = exch_match_apply(r->engine, &no.h, d);
		if (err == 0)
			err = exch_match_apply(r->engine, own, d);
		err = pour_after(r, err, out, d);
	}
	return got < 0 ? got : err;
}

bool
match_gate_gave(const struct run *r, const struct exch_rec *rec)
{
	const struct exch_rec_risk *k;
	exch_oid order;

	if (!r->rematch || r->gate.gate == NULL)
		return false;
	switch (rec->type) {
	case EXCH_REC_RISK:
		k = EXCH_REC_AS(rec, exch_rec_risk);
		return k != NULL && k->verdict == EXCH_VERDICT_PASS;
	case EXCH_REC_MASS_CANCEL:
		return (rec->flags & EXCH_F_GATE) != 0;
	case EXCH_REC_NEW:
		return (rec->flags & EXCH_F_GATE) != 0 &&
		       exch_rec_judged(rec, &order) &&
		       (order & EXCH_OID_GATE) != 0;
	default:
		return false;
	}
}

static int
gated(struct run *r, const struct exch_rec *rec, uint64_t seq,
    struct exch_writer *out, struct exch_diag *d)
{
	bool announces = rec->type == EXCH_REC_INSTRUMENT;
	struct exch_rec_risk no;
	int err;

	if (match_gate_gave(r, rec))
		return 0;
	err = exch_match_advance(r->engine, rec->time, d);
	err = pour_after(r, err, out, d);
	if (err != 0)
		return err;
	if (rec->type >= EXCH_REC_ACK && match_take_old(r, rec, out, d, &err)) {
		err = pour_after(r, err, out, d);
		return err == 0 ? give(r, out, d) : err;
	}
	if (!announces) {
		err = match_gate_judge(r, rec, out, &no, d);
		if (err == 0 && no.rule != EXCH_RULE_NONE)
			err = exch_match_apply(r->engine, &no.h, d);
		if (err != 0)
			return err;
	}
	exch_writer_copy(out, rec, seq);
	err = pour_after(r, exch_match_apply(r->engine, rec, d), out, d);
	if (err != 0)
		err = match_bad_content(r, rec, seq, out, d);
	if (err == 0)
		err = give(r, out, d);
	if (err != 0)
		return err;
	return announces ? announced(r, rec, seq, out, d) : 0;
}

/* What a position cannot be is told with the record that made it so. */
int
match_gated_record(struct run *r, const struct exch_rec *rec, uint64_t seq,
    struct exch_writer *out, struct exch_diag *d)
{
	int err = gated(r, rec, seq, out, d);

	return err == EXCH_ERR_RANGE ? exch_cli_name_record(rec, seq, d) : err;
}

int
match_gated_finish(struct run *r, struct exch_writer *out, struct exch_diag *d)
{
	int err = exch_match_advance(r->engine, EXCH_TS_NONE, d);

	if (err == 0)
		err = exch_match_finish(r->engine, d);
	return pour_after(r, err, out, d);
}

void
match_gate_tell(struct run *r, bool whole)
{
	if (r->gate.gate == NULL)
		return;
	if (whole)
		risk_tables_look(&r->gate.tables, &r->cli, r->gate.gate);
	risk_asked_end(&r->gate.explain, &r->cli);
	risk_tally_tell(&r->gate.tally, r->gate.gate, &r->cli);
}

uint64_t
match_state_hash(const struct run *r)
{
	uint64_t h = exch_match_hash(r->engine);

	return r->gate.gate != NULL ? h ^ exch_risk_gate_hash(r->gate.gate) : h;
}

void
match_gate_layout(struct exch_image *im, const struct run *r)
{
	if (r->gate.gate != NULL)
		exch_risk_gate_layout(im);
}

void
match_gate_image(struct exch_image *im, struct run *r)
{
	if (r->gate.gate == NULL)
		return;
	exch_risk_gate_image(im, r->gate.gate);
	exch_image_bytes(im, &r->gate.tally, sizeof(r->gate.tally));
}

void
match_gate_free(struct run *r)
{
	exch_risk_gate_free(r->gate.gate);
	exch_writer_free(r->gate.draft);
	r->gate.gate = NULL;
	r->gate.draft = NULL;
}
