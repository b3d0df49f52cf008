/*
 * exch-feed synthetic: instruments that are sums of others (legs.h), with the
 * books that those imply (implied.h), beside what is quoted for the synthetic
 * itself where it is an instrument of the stream.
 *
 * An event touches the synthetics that have its instrument as a leg, or are
 * it.  A phase touches those of its instrument: books are whole behind it when
 * what the engine answers to it is over, so it waits for the next event or
 * the next time (pending).
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "md/md.h"
#include "md/synthetic.h"

/* ---- names and units ---- */

static bool
percent(const struct exch_inst *in)
{
	return in->kind == EXCH_KIND_BOND;
}

/* The stream has three letters or four of it; the rest is zero. */
static const char *
currency(const struct exch_inst *in)
{
	return in->currency[0] != '\0' ? in->currency : "no currency";
}

static int
differ(const struct exch_synthetic *s, uint32_t row, const struct exch_inst *a,
    const struct exch_inst *b, struct exch_diag *d)
{
	const struct exch_reftable *t = &s->legs.table;

	if (percent(a) != percent(b))
		return exch_diag_set(d, EXCH_ERR_RANGE, t->name, EXCH_POS_LINE,
		    t->line[row],
		    "the price of %.*s is %s, that of %.*s %s: they have no "
		    "sum",
		    a->nsymbol, a->symbol, percent(a) ? "percent" : "money",
		    b->nsymbol, b->symbol, percent(b) ? "percent" : "money");
	return exch_diag_set(d, EXCH_ERR_RANGE, t->name, EXCH_POS_LINE,
	    t->line[row],
	    "%.*s has prices in %s and %.*s in %s: they have no sum",
	    a->nsymbol, a->symbol, currency(a), b->nsymbol, b->symbol,
	    currency(b));
}

/* One more instrument of a synthetic, which has *base already, or none. */
static int
join(const struct exch_synthetic *s, uint32_t row, const struct exch_inst *in,
    const struct exch_inst **base, struct exch_synthetic_sum *sum,
    struct exch_diag *d)
{
	if (*base == NULL) {
		*base = in;
		sum->scale = in->qty_scale;
	}
	if (percent(in) != percent(*base) ||
	    memcmp(in->currency, (*base)->currency, sizeof(in->currency)) != 0)
		return differ(s, row, *base, in, d);
	if (in->qty_scale < sum->scale)
		sum->scale = in->qty_scale;
	if (in->px_decimals > sum->decimals)
		sum->decimals = in->px_decimals;
	return EXCH_OK;
}

/* What a synthetic is made of, as the directory says it now. */
static int
learn(struct exch_report_run *run, uint32_t i, struct exch_diag *d)
{
	struct exch_synthetic *s = run->state;
	const struct exch_legs_sum *l = &s->legs.sum[i];
	const struct exch_inst *inst = run->insts.inst, *base = NULL;
	struct exch_synthetic_sum *sum = &s->sum[i];
	int rc = EXCH_OK;

	sum->scale = 0;
	sum->decimals = 0;
	for (uint32_t j = l->first; j < l->first + l->n; j++) {
		struct exch_implied_leg *leg = &s->leg[j];

		leg->place = s->place[s->legs.number[j]] - 1;
		if (leg->place != UINT32_MAX)
			rc = join(s, j, &inst[leg->place], &base, sum, d);
		if (rc != EXCH_OK)
			return rc;
	}
	sum->own = s->place[l->name] - 1;
	if (sum->own != UINT32_MAX) {
		rc = join(s, l->first, &inst[sum->own], &base, sum, d);
		/* both are counted as what is quoted is */
		sum->scale = inst[sum->own].qty_scale;
	}
	for (uint32_t j = l->first; j < l->first + l->n; j++)
		if (s->leg[j].place != UINT32_MAX)
			exch_implied_units(&s->leg[j], sum->scale,
			    inst[s->leg[j].place].qty_scale);
	sum->known = rc == EXCH_OK;
	return rc;
}

static void
forget(struct exch_synthetic *s, uint32_t number)
{
	for (uint32_t u = s->legs.users[number]; u < s->legs.users[number + 1];
	     u++)
		s->sum[s->legs.user[u]].known = false;
}

/* Of several instruments of one name the first counts. */
static void
let_go(struct exch_synthetic *s, uint32_t place)
{
	uint32_t number = s->name[place];
	uint32_t i = 0;

	s->name[place] = 0;
	if (number == 0 || s->place[number - 1] != place + 1)
		return;
	while (i < s->looked && s->name[i] != number)
		i++;
	s->place[number - 1] = i < s->looked ? i + 1 : 0;
	forget(s, number - 1);
}

static void
name_place(struct exch_report_run *run, uint32_t place)
{
	struct exch_synthetic *s = run->state;
	const struct exch_inst *in = &run->insts.inst[place];
	uint32_t number =
	    exch_legs_number(&s->legs, in->symbol, in->nsymbol) + 1;

	if (s->name[place] != number)
		let_go(s, place);
	s->name[place] = number;
	if (number == 0)
		return;
	if (s->place[number - 1] == 0)
		s->place[number - 1] = place + 1;
	forget(s, number - 1);
}

/* The places that have come to be known since. */
static int
name_new(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_synthetic *s = run->state;
	int rc = exch_report_grow(
	    &s->name, &s->nname, run->insts.n, sizeof(*s->name), d);

	while (rc == EXCH_OK && s->looked < run->insts.n)
		name_place(run, s->looked++);
	return rc;
}

/* ---- what it is worth ---- */

static uint8_t
phase_of(const struct exch_books *b, uint32_t place)
{
	return place < b->n ? b->inst[place].phase : b->first_phase;
}

/* The first of what it is made of that does not trade says it. */
static void
look_phase(struct exch_synthetic *s, uint32_t i, bool *legs, bool *own)
{
	const struct exch_books *b = &s->samples.follow.books;
	const struct exch_legs_sum *l = &s->legs.sum[i];

	s->phase = EXCH_SYNTHETIC_CONTINUOUS;
	*legs = true;
	*own = true;
	for (uint32_t j = l->first; j < l->first + l->n && *legs; j++) {
		uint8_t phase = s->leg[j].place != UINT32_MAX
				    ? phase_of(b, s->leg[j].place)
				    : EXCH_PHASE_CONTINUOUS;

		*legs = phase == EXCH_PHASE_CONTINUOUS;
		s->phase = *legs ? EXCH_SYNTHETIC_CONTINUOUS : phase;
	}
	if (s->sum[i].own == UINT32_MAX)
		return;
	*own = phase_of(b, s->sum[i].own) == EXCH_PHASE_CONTINUOUS;
	if (!*own && s->phase == EXCH_SYNTHETIC_CONTINUOUS)
		s->phase = phase_of(b, s->sum[i].own);
}

static void
look_own(struct exch_synthetic *s, uint32_t place)
{
	struct exch_implied_level *out = &s->now[s->each - 2];

	for (unsigned side = 0; side < 2; side++) {
		exch_px px;
		exch_qty qty;

		exch_books_best(
		    &s->samples.follow.books, place, side, &px, &qty);
		if (qty == 0)
			continue;
		out[side].px = (exch_i128)px * EXCH_PX_ONE;
		out[side].qty = qty;
		out[side].any = 1;
	}
}

/* All of it as it stands, in now[] and phase. */
static int
look(struct exch_report_run *run, uint32_t i, struct exch_diag *d)
{
	struct exch_synthetic *s = run->state;
	const struct exch_legs_sum *l = &s->legs.sum[i];
	unsigned n = run->o.levels;
	bool legs, own;
	int rc = s->sum[i].known ? EXCH_OK : learn(run, i, d);

	if (rc != EXCH_OK)
		return rc;
	memset(s->now, 0, s->each * sizeof(*s->now));
	look_phase(s, i, &legs, &own);
	for (unsigned side = 0; side < 2 && rc == EXCH_OK && legs; side++)
		rc = exch_implied_side(&s->samples.follow.books,
		    &s->leg[l->first], l->n, s->at, side,
		    &s->now[(size_t)side * n], n);
	if (rc != EXCH_OK)
		return exch_diag_set(d, EXCH_ERR_RANGE, s->legs.table.name,
		    EXCH_POS_LINE, s->legs.table.line[l->first],
		    "the price of %.24s does not fit 128 bits",
		    s->legs.name[l->name]);
	if (own && s->sum[i].own != UINT32_MAX)
		look_own(s, s->sum[i].own);
	return EXCH_OK;
}

/* ---- when ---- */

/* A synthetic as it stands, if it is other than it was shown. */
static int
show(struct exch_report_run *run, uint32_t i, exch_ts time, struct exch_diag *d)
{
	struct exch_synthetic *s = run->state;
	struct exch_implied_level *was = s->shown + i * s->each;
	size_t size = s->each * sizeof(*was);
	int rc = look(run, i, d);

	if (rc != EXCH_OK || (s->only_changed && s->phase == s->sum[i].phase &&
				 memcmp(was, s->now, size) == 0))
		return rc;
	s->sum[i].phase = s->phase;
	memcpy(was, s->now, size);
	exch_synthetic_put(run, i, time);
	return EXCH_OK;
}

static int
show_all(struct exch_report_run *run, exch_ts time, struct exch_diag *d)
{
	const struct exch_synthetic *s = run->state;
	int rc = EXCH_OK;

	for (uint32_t i = 0; rc == EXCH_OK && i < s->legs.n; i++)
		rc = show(run, i, time, d);
	return rc;
}

/* Those that depend on a name: its number and 1; 0: it is not in the table. */
static int
show_users(struct exch_report_run *run, uint32_t number, exch_ts time,
    struct exch_diag *d)
{
	const struct exch_synthetic *s = run->state;
	const struct exch_legs *l = &s->legs;
	int rc = EXCH_OK;

	if (number == 0)
		return rc;
	for (uint32_t u = l->users[number - 1];
	     rc == EXCH_OK && u < l->users[number]; u++)
		rc = show(run, l->user[u], time, d);
	return rc;
}

/* A book has changed; or it is time, which each book says. */
static int
put(struct exch_report_run *run, uint32_t place, exch_ts time,
    const struct exch_tape_sum *sum, struct exch_diag *d)
{
	struct exch_synthetic *s = run->state;
	int rc = name_new(run, d);

	(void)sum;
	if (rc != EXCH_OK)
		return rc;
	if (run->o.when == EXCH_WHEN_EVENT)
		return show_users(run, s->name[place], time, d);
	if (s->sampled == time + 1)
		return EXCH_OK;
	s->sampled = time + 1;
	return show_all(run, time, d);
}

/* Not now: the answers to it may change books, too. */
static int
touch(struct exch_report_run *run, const struct exch_rec *r, uint32_t number,
    struct exch_diag *d)
{
	struct exch_synthetic *s = run->state;
	int rc;

	/* at times all are looked at */
	if (run->o.when != EXCH_WHEN_EVENT)
		return EXCH_OK;
	if (r->time != EXCH_TS_NONE && (!s->pending || r->time > s->since))
		s->since = r->time;
	s->pending = true;
	rc = exch_report_grow(
	    &s->touched, &s->room, s->ntouched + 1, sizeof(*s->touched), d);
	if (rc == EXCH_OK)
		s->touched[s->ntouched++] = number;
	return rc;
}

static int
take_phase(
    struct exch_report_run *run, const struct exch_rec *r, struct exch_diag *d)
{
	struct exch_synthetic *s = run->state;
	uint32_t place = exch_insts_known(&run->insts, r->instr);
	int rc = name_new(run, d);

	if (rc != EXCH_OK || (r->instr != 0 && place == UINT32_MAX))
		return rc;
	s->all |= r->instr == 0;
	return touch(run, r, r->instr != 0 ? s->name[place] : 0, d);
}

/* An instrument is told again, or that is taken back. */
static int
take_name(
    struct exch_report_run *run, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_synthetic *s = run->state;
	uint32_t place = exch_insts_known(&run->insts, r->instr);
	uint32_t was;
	int rc;

	/* a new one has no book yet */
	if (place == UINT32_MAX || place >= s->looked)
		return EXCH_OK;
	was = s->name[place];
	name_place(run, place);
	rc = touch(run, r, was, d);
	return rc == EXCH_OK && s->name[place] != was
		   ? touch(run, r, s->name[place], d)
		   : rc;
}

static int
show_pending(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_synthetic *s = run->state;
	int rc = EXCH_OK;

	if (s->all)
		rc = show_all(run, s->since, d);
	for (uint32_t k = 0; rc == EXCH_OK && !s->all && k < s->ntouched; k++)
		rc = show_users(run, s->touched[k], s->since, d);
	s->pending = false;
	s->all = false;
	s->ntouched = 0;
	return rc;
}

/* Does something else begin, so that what was pending is whole? */
static bool
begins(const struct exch_synthetic *s, const struct exch_rec *r)
{
	return r->time != s->since ||
	       (r->type >= EXCH_REC_NEW && r->type <= EXCH_REC_QUOTE);
}

static int
record(struct exch_report_run *run, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	struct exch_synthetic *s = run->state;
	int rc = EXCH_OK;

	if (__builtin_expect(s->pending, 0) && begins(s, r)) {
		rc = exch_follow_before(&s->samples.follow, run, r, d);
		if (rc == EXCH_OK)
			rc = show_pending(run, d);
	}
	if (rc == EXCH_OK)
		rc = exch_samples_record(run, r, seq, d);
	if (rc != EXCH_OK || r->type >= EXCH_REC_NEW)
		return rc;
	if (r->type == EXCH_REC_PHASE)
		return take_phase(run, r, d);
	if (r->instr == 0 ||
	    (r->type != EXCH_REC_INSTRUMENT && r->type != EXCH_REC_ERROR))
		return EXCH_OK;
	return take_name(run, r, d);
}

/* ---- the report ---- */

static int
make_room(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_synthetic *s = run->state;
	const struct exch_legs *l = &s->legs;

	s->each = (size_t)2 * run->o.levels + 2;
	s->leg = exch_calloc(l->table.n, sizeof(*s->leg));
	s->at = exch_calloc(l->most, sizeof(*s->at));
	s->sum = exch_calloc(l->n, sizeof(*s->sum));
	s->place = exch_calloc(l->nnames, sizeof(*s->place));
	s->now = exch_calloc(s->each, sizeof(*s->now));
	s->shown = exch_calloc(l->n, s->each * sizeof(*s->shown));
	if (s->leg == NULL || s->at == NULL || s->sum == NULL ||
	    s->place == NULL || s->now == NULL || s->shown == NULL)
		return exch_report_nomem(d);
	for (uint32_t i = 0; i < l->table.n; i++)
		s->leg[i].ratio = exch_legs_row(l, i)->ratio;
	for (uint32_t i = 0; i < l->n; i++)
		s->sum[i].phase = EXCH_SYNTHETIC_CONTINUOUS;
	return EXCH_OK;
}

static const struct exch_report_param params[] = {
    {.name = "legs",
	.letter = 'l',
	.arg = "FILE",
	.what = "synthetic: what each is the sum of",
	.table = true,
	.needed = true},
    {0},
};

static int
open_synthetic(struct exch_report_run *run, struct exch_diag *d)
{
	int rc = exch_report_state(run, sizeof(struct exch_synthetic), d);
	const struct exch_given *legs = exch_report_given(run, "legs");
	struct exch_synthetic *s = run->state;

	if (rc == EXCH_OK)
		rc = exch_legs_parse(
		    &s->legs, legs->text, legs->n, legs->value, d);
	if (rc == EXCH_OK)
		rc = make_room(run, d);
	if (rc != EXCH_OK)
		return rc;
	/*
	 * After events the books of legs say when; at times all are asked, and
	 * what has changed is known here only.
	 */
	s->only_changed = run->o.changed || run->o.when == EXCH_WHEN_EVENT;
	run->o.changed = run->o.when == EXCH_WHEN_EVENT;
	s->samples.sifted = s->only_changed;
	rc = exch_samples_begin(run, put, d);
	if (rc != EXCH_OK)
		return rc;
	return exch_synthetic_columns(run, d);
}

/* Legs that no instrument is, and units that nothing has asked about yet. */
static int
check_legs(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_synthetic *s = run->state;
	int rc = name_new(run, d);

	for (uint32_t i = 0; rc == EXCH_OK && i < s->legs.n; i++)
		if (!s->sum[i].known)
			rc = learn(run, i, d);
	for (uint32_t i = 0; i < s->legs.table.n; i++) {
		uint32_t number = s->legs.number[i];

		if (s->place[number] != 0)
			continue;
		/* each once, however many have it */
		s->place[number] = UINT32_MAX;
		if (run->absent++ == 0)
			run->absent_name = s->legs.name[number];
		run->absent_from = "legs";
	}
	return rc;
}

static int
close_synthetic(struct exch_report_run *run, struct exch_diag *d)
{
	const struct exch_synthetic *s = run->state;
	int rc = exch_samples_close(run, d);

	if (rc == EXCH_OK && s->pending)
		rc = show_pending(run, d);
	return rc == EXCH_OK ? check_legs(run, d) : rc;
}

static void
free_synthetic(struct exch_report_run *run)
{
	struct exch_synthetic *s = run->state;

	exch_samples_free(run);
	exch_legs_clear(&s->legs);
	exch_free(s->leg);
	exch_free(s->at);
	exch_free(s->sum);
	exch_free(s->place);
	exch_free(s->name);
	exch_free(s->now);
	exch_free(s->shown);
	exch_free(s->touched);
}

const struct exch_report exch_md_synthetic = {
    .name = "synthetic",
    .what = "books of spreads and baskets, implied by those of legs",
    .takes = EXCH_TAKES_DEPTH | EXCH_TAKES_WHEN,
    .params = params,
    .needs = EXCH_NEEDS_BOOK,
    .levels = 1,
    .open = open_synthetic,
    .record = record,
    .close = close_synthetic,
    .free = free_synthetic,
};
