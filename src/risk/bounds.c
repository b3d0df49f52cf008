/* What all that somebody holds is worth, nearly (bounds.h). */
#include <config.h>

#include "base/image.h"
#include "risk/exact.h"

/* A band is that part of its base, up and down. */
#define PART 64
/*
 * How far roundings take a part from what it is at the mark, in 10^-6: a value
 * two units, what a margin asks of it times the highest rate, 4,295.
 */
#define ROUNDING 10000

/* ---- life ---- */

int
exch_bounds_init(struct exch_bounds *b)
{
	return exch_keyed_init(&b->sum, sizeof(struct exch_bounds_sum)) != 0 ||
		       exch_keyed_init(
			   &b->part, sizeof(struct exch_bounds_part)) != 0 ||
		       exch_keyed_init(
			   &b->sector, sizeof(struct exch_bounds_sector)) != 0
		   ? EXCH_ERR_NOMEM
		   : EXCH_OK;
}

void
exch_bounds_clear(struct exch_bounds *b)
{
	const struct exch_bounds_sum *s;
	uint32_t at = 0;

	while ((s = exch_keyed_next(&b->sum, &at)) != NULL)
		exch_exact_free(s->exact);
	exch_keyed_clear(&b->sum);
	exch_keyed_clear(&b->part);
	exch_keyed_clear(&b->sector);
}

/* Nobody needs what can be made again; an image has the pointers alone. */
static void
forget_exact(struct exch_bounds *b)
{
	struct exch_bounds_sum *s;
	struct exch_bounds_sector *t;
	struct exch_bounds_part *x;
	uint32_t at = 0;

	while ((s = exch_keyed_next(&b->sum, &at)) != NULL)
		s->exact = NULL;
	for (at = 0; (x = exch_keyed_next(&b->part, &at)) != NULL;)
		x->line = 0;
	for (at = 0; (t = exch_keyed_next(&b->sector, &at)) != NULL;)
		t->exact = 0;
}

void
exch_bounds_image(struct exch_image *im, struct exch_bounds *b)
{
	exch_keyed_image(im, &b->sum);
	exch_keyed_image(im, &b->part);
	exch_keyed_image(im, &b->sector);
	exch_image_bytes(im, &b->nleft, sizeof(b->nleft));
	exch_image_bytes(im, b->left, sizeof(b->left));
	if (im->reading)
		forget_exact(b);
}

/* ---- bands ---- */

/*
 * On one side of the price below which shorts need another margin: there it is
 * in proportion to the price.
 */
void
exch_bounds_leave(struct exch_risk_gate *g, struct exch_risk_instr *in)
{
	const struct exch_margin_rates *r = g->o.rates;
	exch_px base = exch_risk_mark(in);
	exch_px step = base / PART < 0 ? -(base / PART) : base / PART;

	in->base = in->low = in->high = base;
	if (base != EXCH_PX_NONE && base < EXCH_PX_NONE - step)
		in->high = base + step;
	if (base != EXCH_PX_NONE && base >= INT64_MIN + step)
		in->low = base - step;
	if (r != NULL && base >= r->cheap && in->low < r->cheap)
		in->low = r->cheap;
	if (r != NULL && base < r->cheap && in->high >= r->cheap)
		in->high = r->cheap - 1;
	g->bounds.left[g->bounds.nleft++ % EXCH_BOUNDS_LEFT] = in->key.slot;
}

void
exch_bounds_anew(struct exch_risk_gate *g, const struct exch_risk_account *a)
{
	struct exch_bounds_sum *s = exch_keyed_at(&g->bounds.sum, a->bounds);

	if (a->bounds != 0)
		s->anew = true;
}

/* ---- counting ---- */

/* What a holding is worth at its base. */
static void
look_at(const struct exch_risk_gate *g, const struct exch_bounds_part *x,
    const struct exch_risk_instr *in, bool group, struct exch_risk_part *out)
{
	const struct exch_group_holding *p;

	if (!group) {
		exch_risk_part(g, exch_keyed_at(&g->holding, x->holding),
		    in->base, NULL, out);
		return;
	}
	p = exch_keyed_at(&g->groups.holding, x->holding);
	out->equity = exch_risk_worth(in, in->base, p->position);
	out->margin = 0;
	out->gross = out->equity < 0 ? -out->equity : out->equity;
}

static int
sector_of(struct exch_bounds *b, uint32_t sum, uint32_t sector, uint32_t *slot)
{
	struct exch_bounds_sector *t;
	int err;

	*slot = 0;
	if (sector == 0)
		return EXCH_OK;
	err = exch_keyed_add(&b->sector, sum, sector, &t);
	if (err != 0 && err != EXCH_ERR_EXISTS)
		return err;
	*slot = t->key.slot;
	return EXCH_OK;
}

static void
add(struct exch_bounds *b, struct exch_bounds_sum *s,
    const struct exch_bounds_part *x, int sign)
{
	struct exch_bounds_sector *t = exch_keyed_at(&b->sector, x->sector);

	s->equity += sign * (exch_i128)x->equity;
	s->margin += sign * (exch_i128)x->margin;
	s->gross += sign * (exch_i128)x->gross;
	s->huge += (uint32_t)(sign * (int)x->huge);
	if (x->sector != 0)
		t->gross += sign * (exch_i128)x->gross;
}

static int
count(struct exch_risk_gate *g, struct exch_bounds_sum *s,
    struct exch_bounds_part *x)
{
	struct exch_bounds *b = &g->bounds;
	const struct exch_risk_instr *in =
	    exch_keyed_at(&g->instr, (uint32_t)x->key.id);
	struct exch_risk_part now;
	uint32_t sector;
	int err = sector_of(b, s->key.slot, in->sector, &sector);

	if (err != 0)
		return err;
	look_at(g, x, in, s->key.place != 0, &now);
	add(b, s, x, -1);
	x->sector = sector;
	/* Equity is within gross. */
	x->huge = now.gross > INT64_MAX || now.margin > INT64_MAX;
	x->equity = x->huge ? 0 : (int64_t)now.equity;
	x->margin = x->huge ? 0 : (int64_t)now.margin;
	x->gross = x->huge ? 0 : (int64_t)now.gross;
	add(b, s, x, 1);
	return exch_exact_told(g, s, x);
}

static int
count_changed(struct exch_risk_gate *g, struct exch_bounds_sum *s)
{
	while (s->changed != 0) {
		struct exch_bounds_part *x =
		    exch_keyed_at(&g->bounds.part, s->changed);

		if (count(g, s, x) != 0)
			return EXCH_ERR_NOMEM;
		x->changed = false;
		s->changed = x->next;
	}
	return EXCH_OK;
}

/* ---- who has what ---- */

/* A holding's part, which is made when it is new, has changed. */
static int
take(struct exch_risk_gate *g, struct exch_bounds_sum *s, uint32_t instr,
    uint32_t holding, uint32_t *slot)
{
	struct exch_bounds_part *x;

	if (*slot == 0) {
		if (exch_keyed_add(&g->bounds.part, s->key.slot, instr, &x) !=
		    0)
			return EXCH_ERR_NOMEM;
		*slot = x->key.slot;
		x->holding = holding;
		s->n++;
	}
	exch_bounds_told(&g->bounds, *slot);
	return EXCH_OK;
}

/* All holdings, or those alone that are new, which come first. */
static int
take_them(struct exch_risk_gate *g, struct exch_bounds_sum *s, uint32_t first,
    bool all)
{
	bool group = s->key.place != 0;
	int err = EXCH_OK;

	for (uint32_t i = first, next; i != 0 && err == 0; i = next) {
		struct exch_group_holding *p = NULL;
		struct exch_risk_holding *h = NULL;
		uint32_t *slot;

		if (group)
			p = exch_keyed_at(&g->groups.holding, i);
		else
			h = exch_keyed_at(&g->holding, i);
		slot = group ? &p->bounds : &h->bounds;
		if (!all && *slot != 0)
			break;
		next = group ? p->next : h->next;
		err = take(g, s, group ? p->instr : h->instr, i, slot);
	}
	s->anew = s->anew && err != 0;
	return err;
}

static void
look_up_missed(struct exch_risk_gate *g, struct exch_bounds_sum *s)
{
	struct exch_bounds *b = &g->bounds;

	for (uint64_t i = s->seen; i < b->nleft; i++) {
		const struct exch_bounds_part *x = exch_keyed_find(
		    &b->part, s->key.slot, b->left[i % EXCH_BOUNDS_LEFT]);

		if (x != NULL)
			exch_bounds_told(b, x->key.slot);
	}
}

/* The sum as it is now, of `n` holdings that are a list. */
static struct exch_bounds_sum *
sum_of(struct exch_risk_gate *g, bool group, uint32_t owner, uint32_t first,
    uint32_t n, uint32_t *slot)
{
	struct exch_bounds *b = &g->bounds;
	struct exch_bounds_sum *s;
	uint64_t missed;

	if (n <= EXCH_BOUNDS_FEW)
		return NULL;
	if (*slot == 0) {
		if (exch_keyed_add(&b->sum, group, owner, &s) != 0)
			return NULL;
		*slot = s->key.slot;
	}
	s = exch_keyed_at(&b->sum, *slot);
	missed = b->nleft - s->seen;
	s->anew = s->anew || missed > n || missed > EXCH_BOUNDS_LEFT;
	if ((s->anew || s->n != n) && take_them(g, s, first, s->anew) != 0)
		return NULL;
	if (missed <= EXCH_BOUNDS_LEFT)
		look_up_missed(g, s);
	s->seen = b->nleft;
	return count_changed(g, s) == 0 ? s : NULL;
}

struct exch_bounds_sum *
exch_bounds_sum_of(struct exch_risk_gate *g, struct exch_risk_account *a)
{
	return sum_of(
	    g, false, a->key.slot, a->holdings, a->nholdings, &a->bounds);
}

struct exch_bounds_sum *
exch_bounds_sum_of_group(struct exch_risk_gate *g, struct exch_risk_group *p)
{
	return sum_of(
	    g, true, p->key.slot, p->holdings, p->nholdings, &p->bounds);
}

int
exch_bounds_tell_all(struct exch_risk_gate *g, struct exch_bounds_sum *s)
{
	uint32_t first;

	if (s->key.place != 0) {
		const struct exch_risk_group *p =
		    exch_keyed_at(&g->groups.group, (uint32_t)s->key.id);

		first = p->holdings;
	} else {
		const struct exch_risk_account *a =
		    exch_keyed_at(&g->account, (uint32_t)s->key.id);

		first = a->holdings;
	}
	return take_them(g, s, first, true) == 0 ? count_changed(g, s)
						 : EXCH_ERR_NOMEM;
}

/* ---- at the worst ---- */

/* So much may have become of what was that much when it was counted. */
static exch_i128
off(exch_i128 v, uint32_t n)
{
	return v / PART + (exch_i128)n * ROUNDING;
}

bool
exch_bounds_whole(struct exch_risk_gate *g, struct exch_risk_account *a,
    const struct exch_risk_holding *h, const struct exch_entry *e,
    struct exch_whole *w)
{
	const struct exch_risk_instr *in = exch_keyed_at(&g->instr, h->instr);
	const struct exch_bounds_sum *s = exch_bounds_sum_of(g, a);
	const struct exch_bounds_part *x;
	const struct exch_bounds_sector *t;
	struct exch_risk_part mine;
	exch_i128 gross, margin, sector;

	if (s == NULL || s->huge != 0)
		return false;
	x = exch_keyed_at(&g->bounds.part, h->bounds);
	t = exch_keyed_at(&g->bounds.sector, x->sector);
	exch_risk_part(g, h, exch_risk_mark(in), e, &mine);
	gross = s->gross - x->gross;
	margin = s->margin - x->margin;
	sector = x->sector != 0 ? t->gross - x->gross : 0;
	*w = (struct exch_whole){.equity = a->cash + s->equity - x->equity +
					   mine.equity - off(gross, s->n),
	    .margin = margin + mine.margin + off(margin, s->n),
	    .gross = gross + mine.gross + off(gross, s->n),
	    .mine = mine.gross,
	    .sector = sector + mine.gross + off(sector, s->n)};
	gross += mine.gross - off(gross, s->n);
	w->all = w->equity > gross ? w->equity : gross;
	if (x->sector == 0)
		w->sector = 0;
	return exch_risk_adds_up(a->cash, w->gross, w->margin);
}

bool
exch_bounds_group(
    struct exch_risk_gate *g, struct exch_risk_group *p, exch_i128 *equity)
{
	const struct exch_bounds_sum *s = exch_bounds_sum_of_group(g, p);

	if (s == NULL || s->huge != 0)
		return false;
	*equity = p->cash + s->equity - off(s->gross, s->n);
	return true;
}
