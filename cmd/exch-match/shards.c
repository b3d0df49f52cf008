/*
 * Matching with several threads: which instrument is whose, and records on
 * their way to the crew.  What comes out is what one thread gives.
 */
#include <config.h>

#include <stdio.h>

#include "exch-match/tool.h"

int
match_shards_plan(struct run *r, struct exch_diag *d)
{
	uint32_t parts = r->match.parts;
	int err = 0;

	/* Old executions become records of ours in front of new ones. */
	if (r->rematch)
		r->jobs = 1;
	/* What an account may do depends on what it did anywhere. */
	if (r->jobs > 1 && r->gate.tables.path[RISK_LIMITS] != NULL) {
		exch_cli_note(&r->cli, "--risk matches on one thread");
		r->jobs = 1;
	}
	if (r->planned || (r->jobs == 1 && parts <= 1))
		return 0;
	r->planned = true;
	if (r->shard_table != NULL)
		err = match_plan_table(&r->plan, r->shard_table, d);
	else
		err = match_plan_ahead(&r->plan, &r->cli, parts > 1, d);
	if (err == 0)
		err = match_plan_deal(&r->plan, parts > 1 ? parts : r->jobs, d);
	if (err != 0)
		return err;
	if (parts > 1)
		(void)snprintf(r->shard_text, sizeof(r->shard_text),
		    "shard=%u/%u:%08x\n", r->match.part + 1, parts,
		    r->plan.crc); /* fits */
	r->match.shards = r->jobs;
	r->match.deal = match_plan_shard;
	r->match.deal_arg = &r->plan;
	return 0;
}

int
match_shards_start(struct run *r, struct exch_writer *out, struct exch_diag *d)
{
	struct exch_crew_opts o = {0};

	return r->jobs == 1 ? 0
			    : exch_crew_new(r->engine, out, &o, &r->crew, d);
}

int
match_offer(struct run *r, const struct exch_rec *rec, uint64_t seq,
    struct exch_diag *d)
{
	int n;

	if (rec->type >= EXCH_REC_ACK && match_is_answer(r, rec)) {
		n = exch_crew_catch_up(r->crew, d);
		return n != 0 ? n : 1;
	}
	n = exch_crew_take(r->crew, rec, seq, d);
	if (n == 0)
		match_note_other(r, rec);
	return n;
}

int
match_settle(void *arg, struct exch_diag *d)
{
	struct run *r = arg;

	if (r->aside != NULL)
		return match_aside_settle(r, d);
	return r->crew != NULL ? exch_crew_catch_up(r->crew, d) : 0;
}
