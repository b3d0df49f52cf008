/*
 * Instruments and accounts by id (insts.h).
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "report/fmt.h"
#include "report/insts.h"
#include "report/table.h"

void
exch_insts_clear(struct exch_insts *x)
{
	exch_free(x->inst);
	exch_free(x->index);
	exch_free(x->account);
	memset(x, 0, sizeof(*x));
}

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(
	    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
}

static int
grow_index(struct exch_insts *x, uint32_t id, struct exch_diag *d)
{
	uint32_t n = x->nindex == 0 ? 64 : x->nindex;
	uint32_t *p;

	while (n <= id)
		n *= 2;
	p = exch_realloc(x->index, n, sizeof(*p));
	if (p == NULL)
		return no_memory(d);
	memset(p + x->nindex, 0, (n - x->nindex) * sizeof(*p));
	x->index = p;
	x->nindex = n;
	return EXCH_OK;
}

/* What is assumed of an instrument that nobody announced. */
static void
set_unknown(struct exch_inst *in, uint32_t id)
{
	char *p = in->symbol;

	memset(in, 0, sizeof(*in));
	*p++ = '#';
	p = exch_fmt_u64(p, id);
	in->nsymbol = (uint8_t)(p - in->symbol);
	in->id = id;
	in->px_decimals = 2;
	in->px_show = in->px_decimals;
	in->plain = true;
	in->tick = 1;
	in->lot = 1;
	in->max_qty = EXCH_QTY_NONE;
	in->strike = EXCH_PX_NONE;
	in->multiplier = EXCH_PX_ONE;
	in->by_tick = exch_div_by(1);
	in->money = exch_money_of(0, 0, EXCH_KIND_EQUITY);
}

int
exch_insts_make(
    struct exch_insts *x, uint32_t id, uint32_t *place, struct exch_diag *d)
{
	int rc;

	/* No instrument can have such an id: whoever names it names none. */
	if (id > EXCH_INSTR_MAX)
		id = 0;
	if (id >= x->nindex && (rc = grow_index(x, id, d)) != EXCH_OK)
		return rc;
	if (x->index[id] == 0) {
		if (!exch_room(&x->inst, x->n, &x->cap, sizeof(*x->inst)))
			return no_memory(d);
		set_unknown(&x->inst[x->n], id);
		x->index[id] = ++x->n;
	}
	*place = x->index[id] - 1;
	return EXCH_OK;
}

static int
note_instrument(struct exch_insts *x, const struct exch_rec_instrument *r,
    struct exch_diag *d)
{
	struct exch_inst *in;
	uint32_t place = 0;
	int rc;

	if (r->h.instr > EXCH_INSTR_MAX)
		return EXCH_OK;
	rc = exch_insts_make(x, r->h.instr, &place, d);
	if (rc != EXCH_OK)
		return rc;
	in = &x->inst[place];
	x->before = *in;
	x->before_place = place;
	in->announced = true;
	in->nsymbol = (uint8_t)strnlen(r->symbol, sizeof(r->symbol));
	memcpy(in->symbol, r->symbol, sizeof(in->symbol));
	in->plain = exch_table_plain(in->symbol, in->nsymbol);
	memset(in->currency, 0, sizeof(in->currency));
	memcpy(in->currency, r->currency, sizeof(r->currency));
	memcpy(in->isin, r->isin, sizeof(in->isin));
	memcpy(in->mic, r->mic, sizeof(in->mic));
	in->iflags = r->iflags;
	in->strike = r->strike;
	in->expiry = r->expiry;
	in->underlying = r->underlying;
	in->multiplier = r->multiplier;
	in->px_decimals = r->px_decimals > 9 ? 9 : r->px_decimals;
	in->px_show = in->px_decimals;
	if ((r->iflags & EXCH_INSTR_32NDS) != 0)
		in->px_show = (uint8_t)(in->px_show | EXCH_SHOW_32NDS);
	in->qty_scale = r->qty_exponent >= 0 || r->qty_exponent < -9
			    ? 0
			    : (uint8_t)-r->qty_exponent;
	in->lot = r->lot;
	in->min_qty = r->min_qty;
	in->max_qty = r->max_qty;
	in->tick = r->tick > 0 ? r->tick : 1;
	in->by_tick = exch_div_by((uint64_t)in->tick);
	in->kind = r->kind;
	in->money = exch_money_of(in->qty_scale, r->multiplier, r->kind);
	return EXCH_OK;
}

/* Ids whose search is longer were chosen so that they meet. */
#define FAR 1024u

static uint32_t
account_place(const struct exch_insts *x, const struct exch_account *t,
    uint32_t cap, uint32_t id)
{
	uint32_t i = exch_insts_account_home(x, cap, id);

	while (t[i].n != 0 && t[i].id != id)
		i = (i + 1) & (cap - 1);
	return i;
}

/* The same accounts in another table, by another hash. */
static int
move_accounts(
    struct exch_insts *x, uint32_t cap, uint64_t salt, struct exch_diag *d)
{
	struct exch_account *t = exch_calloc(cap, sizeof(*t));

	if (t == NULL)
		return no_memory(d);
	x->account_salt = salt;
	for (uint32_t i = 0; i < x->account_cap; i++)
		if (x->account[i].n != 0)
			t[account_place(x, t, cap, x->account[i].id)] =
			    x->account[i];
	exch_free(x->account);
	x->account = t;
	x->account_cap = cap;
	return EXCH_OK;
}

/* The place of an account, or a free one for it. */
static int
make_account(
    struct exch_insts *x, uint32_t id, uint32_t *at, struct exch_diag *d)
{
	uint32_t cap = x->account_cap == 0 ? 64 : x->account_cap * 2;
	int rc = EXCH_OK;

	if (x->naccounts * 2 >= x->account_cap)
		rc = move_accounts(x, cap, x->account_salt, d);
	if (rc != EXCH_OK)
		return rc;
	cap = x->account_cap;
	*at = account_place(x, x->account, cap, id);
	if (((*at - exch_insts_account_home(x, cap, id)) & (cap - 1)) <= FAR)
		return EXCH_OK;
	rc = move_accounts(x, cap, x->account_salt + EXCH_SALTED_NEXT, d);
	if (rc == EXCH_OK)
		*at = account_place(x, x->account, cap, id);
	return rc;
}

static int
note_account(
    struct exch_insts *x, const struct exch_rec_account *r, struct exch_diag *d)
{
	size_t n = r->ntext;
	struct exch_account *a;
	uint32_t at;
	int rc;

	if (n > exch_rec_len(&r->h) - sizeof(*r))
		n = exch_rec_len(&r->h) - sizeof(*r);
	if (n == 0)
		return EXCH_OK;
	if (n > sizeof(a->name))
		n = sizeof(a->name);
	rc = make_account(x, r->id, &at, d);
	if (rc != EXCH_OK)
		return rc;
	a = &x->account[at];
	if (a->n == 0)
		x->naccounts++;
	a->id = r->id;
	a->n = (uint8_t)n;
	memcpy(a->name, r + 1, n);
	a->plain = exch_table_plain(a->name, n);
	return EXCH_OK;
}

int
exch_insts_note(
    struct exch_insts *x, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_instrument *in;
	const struct exch_rec_account *ac;

	if (r->type == EXCH_REC_ERROR && x->before.id != 0 &&
	    x->before.id == r->instr) {
		x->inst[x->before_place] = x->before;
		x->before.id = 0;
		return EXCH_OK;
	}
	if (r->type == EXCH_REC_INSTRUMENT &&
	    (in = EXCH_REC_AS(r, exch_rec_instrument)) != NULL)
		return note_instrument(x, in, d);
	if (r->type == EXCH_REC_ACCOUNT &&
	    (ac = EXCH_REC_AS_LONG(r, exch_rec_account)) != NULL)
		return note_account(x, ac, d);
	return EXCH_OK;
}

const struct exch_account *
exch_insts_account(const struct exch_insts *x, uint32_t id)
{
	const struct exch_account *a;

	if (x->account_cap == 0)
		return NULL;
	a = &x->account[account_place(x, x->account, x->account_cap, id)];
	return a->n != 0 ? a : NULL;
}
