/* From a stream to holdings (fills.h). */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/keyed.h"
#include "rec/dir.h"
#include "risk/fills.h"

/* Of an account that was announced, by (0, number). */
struct name {
	struct exch_key key;
	char text[24];
};

struct exch_fills {
	struct exch_portfolio *portfolio;
	struct exch_dir *dir;
	struct exch_keyed name;
};

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for what accounts hold");
}

int
exch_fills_new(const struct exch_portfolio_opts *o, struct exch_fills **out,
    struct exch_diag *d)
{
	struct exch_fills *f = exch_calloc(1, sizeof(*f));
	int err;

	*out = NULL;
	if (f == NULL)
		return no_memory(d);
	f->dir = exch_dir_new();
	if (f->dir == NULL ||
	    exch_keyed_init(&f->name, sizeof(struct name)) != 0)
		err = no_memory(d);
	else
		err = exch_portfolio_new(o, &f->portfolio, d);
	if (err != 0) {
		exch_fills_free(f);
		return err;
	}
	*out = f;
	return EXCH_OK;
}

void
exch_fills_free(struct exch_fills *f)
{
	if (f == NULL)
		return;
	exch_portfolio_free(f->portfolio);
	exch_dir_free(f->dir);
	exch_keyed_clear(&f->name);
	exch_free(f);
}

static int
note_name(struct exch_fills *f, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_account *a =
	    EXCH_REC_AS_LONG(r, exch_rec_account);
	struct name *x;
	size_t room, n;
	int err;

	if (a == NULL)
		return EXCH_OK;
	err = exch_keyed_add(&f->name, 0, a->id, &x);
	if (err != 0 && err != EXCH_ERR_EXISTS)
		return no_memory(d);
	room = exch_rec_len(r) - sizeof(*a);
	n = a->ntext < room ? a->ntext : room;
	memset(x->text, 0, sizeof(x->text));
	memcpy(x->text, a + 1, n < sizeof(x->text) ? n : sizeof(x->text));
	return EXCH_OK;
}

int
exch_fills_record(
    struct exch_fills *f, const struct exch_rec *r, struct exch_diag *d)
{
	int err = EXCH_OK;

	if (r->type == EXCH_REC_INSTRUMENT)
		err = exch_dir_note(f->dir, r, d);
	else if (r->type == EXCH_REC_ACCOUNT)
		err = note_name(f, r, d);
	if (err == EXCH_ERR_RANGE) { /* of an INSTRUMENT's fields */
		d->code = EXCH_ERR_FORMAT;
		return EXCH_ERR_FORMAT;
	}
	return err != 0 ? err : exch_portfolio_record(f->portfolio, r, d);
}

struct exch_portfolio *
exch_fills_portfolio(const struct exch_fills *f)
{
	return f->portfolio;
}

uint64_t
exch_fills_unpriced(const struct exch_fills *f)
{
	return exch_portfolio_unpriced(f->portfolio);
}

/* ---- as holdings ---- */

struct taking {
	const struct exch_fills *f;
	struct exch_holdings *h;
	uint32_t next; /* place from which the next instrument is looked for */
	size_t cap[2]; /* of holdings and holders */
};

static int
too_much_cash(struct exch_diag *d, uint32_t account)
{
	return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
	    "the cash of account %u is more than numbers can say, "
	    "9223372036854.775807: look for a wrong price or quantity among "
	    "its trades and deposits, and for a wrong balance",
	    account);
}

static int
too_much(const struct exch_portfolio *p, const struct exch_position_view *v,
    struct exch_diag *d)
{
	uint64_t line = exch_portfolio_opening_line(p, v->account, v->symbol);
	char opening[64] = "";

	if (line != 0)
		(void)snprintf(opening, sizeof(opening),
		    " and in line %llu of its opening positions",
		    (unsigned long long)line);
	return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
	    "what account %u has in %.24s is more than cash can say, "
	    "9223372036854.775807: look for a wrong price or quantity among "
	    "its trades%s, or leave the instrument out with "
	    "exch-replay --symbol",
	    v->account, v->symbol, opening);
}

static bool
fits(exch_i128 v)
{
	return v <= INT64_MAX && v >= -(exch_i128)INT64_MAX;
}

static void
describe(struct exch_thing *t, uint32_t id, const struct exch_rec_instrument *r)
{
	*t = (struct exch_thing){.id = id,
	    .strike = EXCH_PX_NONE,
	    .mark = EXCH_PX_NONE,
	    .unit = 1.0};
	if (r == NULL) {
		t->money = exch_money_of(0, 0, EXCH_KIND_EQUITY);
		return;
	}
	memcpy(t->symbol, r->symbol, sizeof(t->symbol));
	memcpy(t->currency, r->currency, sizeof(t->currency));
	t->kind = r->kind;
	t->qty_scale = (uint8_t)-r->qty_exponent;
	t->decimals = r->px_decimals;
	t->put = (r->iflags & EXCH_INSTR_PUT) != 0;
	t->mark = r->reference;
	t->strike = r->strike;
	t->expiry = r->expiry;
	t->underlying = r->underlying;
	t->money = exch_money_of(t->qty_scale, r->multiplier, r->kind);
	if (r->multiplier > 0)
		t->unit = (double)r->multiplier * 1e-9;
	for (unsigned i = 0; i < t->qty_scale; i++)
		t->unit /= 10;
	if (r->kind == EXCH_KIND_BOND)
		t->unit /= 100;
}

/* Instruments stand in order; those of an account come in order, too. */
static struct exch_thing *
thing_of(struct taking *t, uint32_t id)
{
	struct exch_holdings *h = t->h;

	if (t->next < h->nthings && h->thing[t->next].id > id)
		t->next = 0; /* another account begins */
	while (t->next < h->nthings && h->thing[t->next].id < id)
		t->next++;
	return t->next < h->nthings && h->thing[t->next].id == id
		   ? &h->thing[t->next]
		   : NULL;
}

static int
take_position(
    void *arg, const struct exch_position_view *v, struct exch_diag *d)
{
	struct taking *t = arg;
	struct exch_holdings *h = t->h;
	struct exch_thing *g = thing_of(t, v->instr);
	struct exch_held *x;
	double cost;

	if (!exch_room(&h->holding, h->nholdings, &t->cap[0], sizeof(*x)))
		return no_memory(d);
	if (g == NULL)
		return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
		    "instrument %u was traded and never announced", v->instr);
	if (!fits(v->realised) || !fits(v->unrealised) || !fits(v->value))
		return too_much(t->f->portfolio, v, d);
	if (v->mark != EXCH_PX_NONE)
		g->mark = v->mark;
	x = &h->holding[h->nholdings++];
	*x = (struct exch_held){.account = v->account,
	    .place = t->next,
	    .qty = v->qty,
	    .cost = EXCH_PX_NONE,
	    .realised = (exch_cash)v->realised,
	    .unrealised = (exch_cash)v->unrealised,
	    .buys = v->buys,
	    .sells = v->trades - v->buys};
	/* An average that no price can say is not shown. */
	cost = v->qty != 0 ? (double)v->cost / ((double)v->qty * g->unit) * 1e3
			   : INFINITY;
	if (fabs(cost) < 9e18)
		x->cost = (exch_px)rint(cost);
	return EXCH_OK;
}

/* Accounts come in the order of the holdings. */
static int
take_balance(void *arg, const struct exch_balance_view *v, struct exch_diag *d)
{
	struct taking *t = arg;
	struct exch_holdings *h = t->h;
	const struct name *name = exch_keyed_find(&t->f->name, 0, v->account);
	struct exch_holder *who;

	if (!exch_room(&h->holder, h->nholders, &t->cap[1], sizeof(*who)))
		return no_memory(d);
	if (!fits(v->cash) || !fits(v->fees))
		return too_much_cash(d, v->account);
	who = &h->holder[h->nholders];
	*who = (struct exch_holder){.account = v->account,
	    .cash = (exch_cash)v->cash,
	    .fees = (exch_cash)v->fees};
	if (name != NULL)
		memcpy(who->name, name->text, sizeof(who->name));
	if (h->nholders > 0)
		who->first = who[-1].first + who[-1].n;
	while (who->first + who->n < h->nholdings &&
	       h->holding[who->first + who->n].account == v->account)
		who->n++;
	h->nholders++;
	return EXCH_OK;
}

/* Those announced, and number 0 of none. */
static int
take_things(struct taking *t, struct exch_diag *d)
{
	struct exch_holdings *h = t->h;
	uint32_t most = exch_dir_max(t->f->dir);

	h->thing = exch_calloc((size_t)most + 1, sizeof(*h->thing));
	if (h->thing == NULL)
		return no_memory(d);
	for (uint32_t id = 1; id <= most; id++) {
		const struct exch_rec_instrument *r =
		    exch_dir_instrument(t->f->dir, id);

		if (r != NULL)
			describe(&h->thing[h->nthings++], id, r);
	}
	return EXCH_OK;
}

int
exch_fills_holdings(const struct exch_fills *f, uint32_t date,
    const struct exch_prices *prices, struct exch_holdings *h,
    struct exch_diag *d)
{
	struct taking t = {.f = f, .h = h};
	int err;

	*h = (struct exch_holdings){.date = date};
	err = take_things(&t, d);
	if (err == 0)
		err = exch_portfolio_positions(
		    f->portfolio, take_position, &t, d);
	if (err == 0)
		err =
		    exch_portfolio_balances(f->portfolio, take_balance, &t, d);
	for (uint32_t i = 0; err == 0 && prices != NULL && i < h->nthings; i++)
		if (h->thing[i].mark == EXCH_PX_NONE)
			h->thing[i].mark =
			    exch_price_at(prices, h->thing[i].symbol, date);
	if (err != 0)
		exch_holdings_clear(h);
	return err;
}
