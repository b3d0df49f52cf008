/*
 * exch-report audit: the whole life of every order as one row per event and
 * order, in the order of the stream: who asked, what the venue did, what
 * was left.  An execution gives two rows, the buyer's first.  Trades without
 * orders, broken trades, phases, auction results, gaps and errors have rows
 * of their own, and so has all that gates and people said, so that nothing
 * the stream says about the day is missing.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "report/audit.h"
#include "report/reports.h"

static int
open_audit(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_audit *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	rc = exch_track_new(exch_audit_change, run, &s->track, d);
	if (rc == EXCH_OK)
		rc = exch_quotes_init(&s->quotes, run, d);
	if (rc == EXCH_OK)
		rc = exch_cases_read(
		    &s->cases, exch_report_given(run, "reviews"), d);
	if (rc != EXCH_OK)
		return rc;
	s->redacts = run->o.secret != NULL;
	if (s->redacts)
		exch_redact_init(&s->redact, run->o.secret, run->o.nsecret);
	return exch_audit_columns(run, d);
}

static int
record_other(
    struct exch_report_run *run, const struct exch_rec *r, struct exch_diag *d)
{
	struct exch_audit_row w = exch_audit_row_of(r);

	if (r->instr != 0) {
		int rc = exch_insts_place(&run->insts, r->instr, &w.place, d);

		if (rc != EXCH_OK)
			return rc;
		w.instrument = true;
	}
	return r->type >= EXCH_REC_RISK ? exch_audit_judged(run, r, &w, d)
					: exch_audit_day(run, r, &w, d);
}

/* What rows of later records need to know of this one. */
static void
note(struct exch_audit *s, const struct exch_rec *r)
{
	bool breaks = r->type == EXCH_REC_BREAK;

	if (r->type == EXCH_REC_BLOCK && EXCH_REC_AS(r, exch_rec_block) != NULL)
		memcpy(&s->block, r, sizeof(s->block));
	else if (r->type == EXCH_REC_MASS_CANCEL &&
		 EXCH_REC_AS(r, exch_rec_mass_cancel) != NULL)
		memcpy(&s->mass, r, sizeof(s->mass));
	s->breaks = breaks;
}

static int
record_audit(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	struct exch_audit *s = run->state;
	uint32_t place = 0;
	int rc = EXCH_OK;

	s->seq = seq;
	if (s->matcher != run->matcher) {
		s->matcher = run->matcher;
		exch_track_first_phase(s->track, exch_report_phase(run));
	}
	/* a phase without an instrument speaks to all */
	if (r->instr != 0 || exch_track_wants(r->type))
		rc = exch_insts_place(&run->insts, r->instr, &place, d);
	if (rc != EXCH_OK)
		return rc;
	if (place >= s->nmarket)
		rc = exch_report_grow(
		    &s->market, &s->nmarket, place + 1, sizeof(*s->market), d);
	if (rc != EXCH_OK)
		return rc;
	if (r->type == EXCH_REC_PHASE &&
	    (r->instr == 0 || run->insts.inst[place].announced))
		rc = exch_track_record(s->track, r, place, d);
	if (rc == EXCH_OK)
		rc = exch_track_wants(r->type)
			 ? exch_track_record(s->track, r, place, d)
			 : record_other(run, r, d);
	if (rc == EXCH_OK || rc == EXCH_ERR_FORMAT)
		note(s, r);
	return exch_quotes_after(&s->quotes, run, r, rc, d);
}

static void
ahead_audit(struct exch_report_run *run, struct exch_reader *in)
{
	struct exch_audit *s = run->state;
	struct exch_fetch_of of = {.insts = &run->insts,
	    .lives = exch_track_lives(s->track),
	    .books = &s->quotes.books};

	if (!exch_fetch_has(&s->fetch))
		exch_fetch_more(&s->fetch, &of, in);
}

static int
close_audit(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_audit *s = run->state;

	(void)d;
	exch_audit_reviews(run);
	run->unknown = exch_track_unknown(s->track);
	return EXCH_OK;
}

static void
free_audit(struct exch_report_run *run)
{
	struct exch_audit *s = run->state;

	exch_track_free(s->track);
	exch_quotes_clear(&s->quotes);
	exch_free(s->market);
	exch_cases_clear(&s->cases);
}

static const struct exch_report_param params[] = {
    {.name = "reviews",
	.arg = "FILE",
	.what = "what became of alerts",
	.table = true},
    {0},
};

const struct exch_report exch_report_audit = {
    .name = "audit",
    .what = "every event of every order, with a manifest",
    .takes = EXCH_TAKES_MANIFEST | EXCH_TAKES_REDACT,
    .needs = EXCH_NEEDS_MATCH,
    .params = params,
    .open = open_audit,
    .record = record_audit,
    .ahead = ahead_audit,
    .close = close_audit,
    .free = free_audit,
};
