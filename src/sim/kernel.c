/*
 * Who is next, and the run from its beginning to its end.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "sim/kernel.h"

/* Acts between two calls of tick(). */
#define ACTS_PER_TICK 256u

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(
	    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
}

/* FNV-1a: names are short, and the generator's seeding mixes the rest. */
void
exch_sim_stream(struct exch_rng *r, uint64_t seed, const char *name)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *name != '\0'; name++)
		h = (h ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
	exch_rng_seed(r, h ^ (seed * UINT64_C(0x9e3779b97f4a7c15)));
}

int
exch_sim_new(const struct exch_sim_opts *o, struct exch_writer *out,
    struct exch_sim **res, struct exch_diag *d)
{
	struct exch_sim *s = exch_calloc(1, sizeof(*s));
	int err;

	if (s == NULL)
		return no_memory(d);
	s->o = *o;
	s->out = out;
	s->next_order = o->first_order != 0 ? o->first_order : 1;
	s->hand.flow = EXCH_SIM_NOBODY;
	if (!o->orders)
		exch_writer_turn(out, true);
	err = exch_writer_draft(out, &s->draft);
	if (!o->orders)
		exch_writer_turn(out, false);
	if (err == EXCH_OK)
		err = exch_keyed_init(&s->orders, sizeof(struct sim_order));
	if (err != EXCH_OK)
		(void)no_memory(d);
	if (err == EXCH_OK)
		err = exch_match_new(&s->o.match, s->draft, &s->match, d);
	if (err != EXCH_OK) {
		exch_sim_free(s);
		return err;
	}
	*res = s;
	return EXCH_OK;
}

void
exch_sim_free(struct exch_sim *s)
{
	if (s == NULL)
		return;
	exch_crowd_close(s);
	exch_desk_close(s);
	exch_where_close(s);
	exch_past_close(s);
	exch_paper_close(s);
	exch_match_free(s->match);
	exch_writer_free(s->draft);
	exch_keyed_clear(&s->orders);
	exch_agenda_clear(&s->agenda);
	exch_buf_free(&s->script);
	for (size_t i = 0; i < s->ninstr; i++)
		exch_free(s->instr[i].levels);
	exch_free(s->instr);
	exch_free(s->place);
	exch_free(s);
}

/* The script's numbers are its own: others begin behind the largest. */
static void
behind(struct exch_sim *s, exch_oid order)
{
	if (order >= s->next_order && order < UINT64_MAX)
		s->next_order = order + 1;
}

int
exch_sim_script(struct exch_sim *s, const struct exch_rec *r)
{
	switch (r->type) {
	case EXCH_REC_NEW:
		behind(s, ((const struct exch_rec_new *)r)->order);
		break;
	case EXCH_REC_REPLACE:
		behind(s, ((const struct exch_rec_replace *)r)->new_order);
		break;
	case EXCH_REC_QUOTE:
		behind(s, ((const struct exch_rec_quote *)r)->bid_order);
		behind(s, ((const struct exch_rec_quote *)r)->ask_order);
		break;
	case EXCH_REC_BLOCK:
		behind(s, ((const struct exch_rec_block *)r)->report);
		break;
	default:
		break;
	}
	exch_buf_add(&s->script, r, exch_rec_len(r));
	return s->script.failed ? EXCH_ERR_NOMEM : EXCH_OK;
}

/* ---- the script ---- */

static struct exch_rec *
script_next(const struct exch_sim *s)
{
	return s->at < s->script.len ? (void *)(s->script.p + s->at) : NULL;
}

/* Records that restate or go back in time are due at once. */
static void
script_due(struct exch_sim *s)
{
	const struct exch_rec *r = script_next(s);
	exch_ts due = r == NULL ? EXCH_TS_NONE : r->time;

	exch_agenda_set(
	    &s->agenda, EXCH_SIM_SCRIPT, due < s->now ? s->now : due);
}

static int
script_act(struct exch_sim *s, struct exch_diag *d)
{
	struct exch_rec *r = script_next(s);

	s->at += exch_rec_len(r);
	return exch_sim_command(s, r, d);
}

/* ---- the run ---- */

static int
act(struct exch_sim *s, uint32_t actor, struct exch_diag *d)
{
	int err;

	if (actor == EXCH_SIM_SCRIPT) {
		err = script_act(s, d);
		script_due(s);
		return err;
	}
	if (actor == EXCH_SIM_DAY)
		return exch_past_act(s, d);
	actor -= EXCH_SIM_FLOWS;
	if (actor < s->nflow)
		return exch_crowd_act(s, actor, d);
	return exch_desk_act(s, actor - s->nflow, d);
}

/* What comes before the beginning: instruments, accounts, first phases. */
static int
prologue(struct exch_sim *s, struct exch_diag *d)
{
	int err = exch_past_open(s, d);
	uint32_t actor = 0;
	exch_ts due = 0;

	script_due(s);
	while (err == EXCH_OK) {
		actor = exch_agenda_first(&s->agenda, &due);
		if (due > s->o.begin || due == EXCH_TS_NONE)
			break;
		s->now = due;
		err = act(s, actor, d);
	}
	if (s->now < s->o.begin)
		s->now = s->o.begin;
	return err;
}

static int
loop(struct exch_sim *s, struct exch_diag *d)
{
	unsigned acts = ACTS_PER_TICK;
	int err = EXCH_OK;
	uint32_t actor;
	exch_ts due;

	while (err == EXCH_OK) {
		actor = exch_agenda_first(&s->agenda, &due);
		if (due > s->o.end)
			break;
		s->now = due;
		err = act(s, actor, d);
		if (--acts == 0 && err == EXCH_OK) {
			acts = ACTS_PER_TICK;
			err = exch_writer_error(s->out, d);
			if (err == EXCH_OK && s->o.tick != NULL)
				err = s->o.tick(s->o.tick_arg, d);
		}
	}
	return err;
}

int
exch_sim_run(struct exch_sim *s, struct exch_diag *d)
{
	int err;

	if (exch_agenda_init(&s->agenda,
		(uint32_t)(EXCH_SIM_FLOWS + s->nflow + s->ndesk)) != EXCH_OK)
		return no_memory(d);
	err = prologue(s, d);
	if (err == EXCH_OK)
		err = exch_crowd_open(s, d);
	if (err == EXCH_OK)
		err = exch_desk_open(s, d);
	if (err == EXCH_OK)
		err = exch_desk_begin(s, d);
	if (err == EXCH_OK)
		err = loop(s, d);
	if (err == EXCH_OK && !exch_past_is_broken(s))
		err = exch_sim_clock(s, EXCH_TS_NONE, d);
	if (err == EXCH_OK)
		err = exch_desk_end(s, d);
	if (err == EXCH_OK && !exch_past_is_broken(s))
		err = exch_match_finish(s->match, d);
	/* Those deep inside have nothing more to say of it. */
	if (err == EXCH_ERR_NOMEM)
		return no_memory(d);
	return err != EXCH_OK ? err : exch_writer_error(s->out, d);
}

const struct exch_sim_stats *
exch_sim_stats(const struct exch_sim *s)
{
	return &s->st;
}

const struct exch_rec_instrument *
exch_sim_instrument(const struct exch_sim *s, uint32_t instr)
{
	const struct sim_instr *in = exch_sim_instr(s, instr);

	return in != NULL ? &in->rec : NULL;
}

const struct exch_sim_market *
exch_sim_market(const struct exch_sim *s, uint32_t instr)
{
	const struct sim_instr *in = exch_sim_instr(s, instr);

	return in != NULL ? &in->m : NULL;
}
