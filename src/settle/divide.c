/*
 * Blocks: what an account with a rule of allocation.h has traded today is
 * added up, and at the end of the trade date it is handed on at its average
 * price.  Each part is a transfer of its own between the two accounts, of
 * which come obligations as of a trade; so it is under every model, and the
 * account that traded is left with what no row gives away.
 *
 * Parts are differences of rounded sums: shares and cash of all of them and
 * of the rest are those of the block.
 *
 * A block stays while one of its trades can be broken.  Where that comes after
 * the trade date, its parts go back, and are made again of what is left of it.
 */
#include <config.h>

#include <stdlib.h>

#include "base/alloc.h"
#include "settle/allocation.h"
#include "settle/settle_priv.h"

/*
 * The rules of an account, known by (account, order); those for no order by
 * order 0, and there are such of each account that has any.
 */
struct exch_rules {
	struct exch_key key;
	size_t first, n; /* rows, in the order of rules */
	bool orders;	 /* of order 0: there are others */
};

/* Which rule it is today, known by (account, instrument and side). */
struct found {
	struct exch_key key;
	size_t rule; /* its first row, from 1; 0: none */
};

/* Known by (rule; trade date, instrument and side). */
struct exch_block {
	struct exch_key key;
	exch_u128 qty;
	exch_i128 cash;
	exch_i128 accrued; /* of it */
	uint32_t account;
	uint32_t listed;
	uint32_t due;
	uint32_t date; /* trade date */
	uint32_t held; /* sides of trades that can be broken */
	uint8_t side;
	bool again; /* it is divided once more */
};

static const struct exch_allocation_row *
row_at(const struct exch_settle *s, size_t i)
{
	return (const struct exch_allocation_row *)s->o.allocations->row +
	       s->blocks.order[i];
}

/* ---- the rules ---- */

static int
rules_of(struct exch_settle *s, uint32_t account, uint64_t order, size_t at,
    struct exch_rules **out, struct exch_diag *d)
{
	int err = exch_keyed_add(&s->blocks.rules, account, order, out);

	if (err == 0)
		(*out)->first = at;
	return err == 0 || err == EXCH_ERR_EXISTS ? EXCH_OK
						  : exch_settle_nomem(d);
}

int
exch_settle_rules(struct exch_settle *s, struct exch_diag *d)
{
	const struct exch_reftable *t = s->o.allocations;
	struct exch_rules *r;
	int err = EXCH_OK;

	if (t == NULL)
		return EXCH_OK;
	if (exch_keyed_init(&s->blocks.rules, sizeof(struct exch_rules)) != 0 ||
	    exch_keyed_init(&s->blocks.found, sizeof(struct found)) != 0 ||
	    exch_keyed_init(&s->blocks.live, sizeof(struct exch_block)) != 0)
		return exch_settle_nomem(d);
	s->blocks.used = exch_calloc(t->n + 1, sizeof(*s->blocks.used));
	s->blocks.order = exch_reftable_order(
	    t, sizeof(struct exch_allocation_row), exch_allocation_compare, d);
	if (s->blocks.order == NULL || s->blocks.used == NULL)
		return exch_settle_nomem(d);
	for (size_t i = 0; i < t->n && err == 0; i++) {
		const struct exch_allocation_row *row = row_at(s, i);

		err = rules_of(s, row->account, row->order, i, &r, d);
		if (err != 0)
			break;
		r->n++;
		if (row->order == 0)
			continue;
		err = rules_of(s, row->account, 0, i + 1, &r, d);
		if (err != 0)
			break;
		r->orders = true;
		r->first = i + 1;
	}
	return err;
}

/* The first row of the rule that says most, from 1; 0: none does. */
static size_t
match(const struct exch_settle *s, const struct exch_rules *r,
    const struct exch_listed *l, enum exch_side side)
{
	for (size_t i = r->first; i < r->first + r->n; i++) {
		const struct exch_allocation_row *row = row_at(s, i);

		if ((row->date == 0 || row->date == s->date) &&
		    (row->side == EXCH_SIDE_NONE || row->side == side) &&
		    (row->symbol[0] == '\0' || memcmp(row->symbol, l->is.symbol,
						   sizeof(row->symbol)) == 0))
			return i + 1;
	}
	return 0;
}

static int
rule_of(struct exch_settle *s, const struct exch_listed *l, uint32_t account,
    uint64_t order, enum exch_side side, size_t *rule, struct exch_diag *d)
{
	const struct exch_rules *r =
	    exch_keyed_find(&s->blocks.rules, account, 0);
	uint64_t id = (uint64_t)(l - s->listed) << 2 | side;
	const struct exch_rules *of;
	struct found *f;
	int err;

	*rule = 0;
	if (r == NULL)
		return EXCH_OK;
	of = r->orders && order != 0
		 ? exch_keyed_find(&s->blocks.rules, account, order)
		 : NULL;
	if (of != NULL)
		*rule = match(s, of, l, side);
	if (*rule != 0)
		return EXCH_OK;
	err = exch_keyed_add(&s->blocks.found, account, id, &f);
	if (err == 0)
		f->rule = match(s, r, l, side);
	else if (err != EXCH_ERR_EXISTS)
		return exch_settle_nomem(d);
	*rule = f->rule;
	return EXCH_OK;
}

int
exch_settle_block(struct exch_settle *s, const struct exch_listed *l,
    uint32_t account, uint64_t order, enum exch_side side, uint32_t *block,
    struct exch_diag *d)
{
	uint64_t id =
	    (uint64_t)s->date << 32 | (uint64_t)(l - s->listed) << 2 | side;
	struct exch_block *b;
	size_t rule;
	int err;

	*block = 0;
	if (s->o.allocations == NULL)
		return EXCH_OK;
	err = rule_of(s, l, account, order, side, &rule, d);
	if (err != 0 || rule == 0)
		return err;
	err = exch_keyed_add(&s->blocks.live, (uint32_t)rule, id, &b);
	if (err != 0 && err != EXCH_ERR_EXISTS)
		return exch_settle_nomem(d);
	b->account = account;
	b->listed = (uint32_t)(l - s->listed);
	b->date = s->date;
	b->side = (uint8_t)side;
	*block = b->key.slot;
	return EXCH_OK;
}

void
exch_settle_hold_block(struct exch_settle *s, uint32_t block, bool hold)
{
	struct exch_block *b;

	if (block == 0)
		return;
	b = exch_keyed_at(&s->blocks.live, block);
	b->held += hold ? 1 : UINT32_MAX;
	/* Of today it is yet to be divided, and may be traded again. */
	if (b->held == 0 && b->date != s->date)
		exch_keyed_drop(&s->blocks.live, b);
}

void
exch_settle_in_block(struct exch_settle *s, uint32_t block, exch_qty qty,
    exch_cash cash, exch_cash accrued, uint32_t due, bool back)
{
	struct exch_block *b;

	if (block == 0)
		return;
	b = exch_keyed_at(&s->blocks.live, block);
	b->qty += back ? -(exch_u128)qty : qty;
	b->cash += back ? -(exch_i128)cash : cash;
	b->accrued += back ? -(exch_i128)accrued : accrued;
	b->due = due;
}

/* ---- parts ---- */

/* Of a block, by a row of its rule; `back`: it is taken back. */
struct part {
	const struct exch_allocation_row *row;
	exch_i128 cash;
	exch_qty qty;
	uint32_t to;
	bool back;
};

/* What is told of a part, or of the rest, which stays where it is. */
static int
put(struct exch_settle *s, const struct exch_block *b, const struct part *p,
    struct exch_diag *d)
{
	const struct exch_listed *l = &s->listed[b->listed];
	int sign = (b->side == EXCH_BUY) != p->back ? 1 : -1;
	struct exch_rec_allocation *r = exch_writer_new(
	    s->w, EXCH_REC_ALLOCATION, sizeof(*r), l->id, s->now);
	exch_px price;
	int err = exch_settle_narrow(-sign * p->cash, &r->cash, d);

	/* Of the block, at most that precise: it is for people. */
	price = exch_money_mean(&l->money, b->cash - b->accrued, b->qty);
	r->order = p->row->order;
	r->price = price;
	r->qty = sign * (int64_t)p->qty;
	r->account = b->account;
	r->to = p->to;
	r->date = b->due;
	memcpy(r->currency, s->currency[l->currency].name, 4);
	return err;
}

static int
give(struct exch_settle *s, const struct exch_block *b, const struct part *p,
    struct exch_diag *d)
{
	bool buys = (b->side == EXCH_BUY) != p->back;
	exch_u128 *handed =
	    &s->currency[s->listed[b->listed].currency].handed_on;
	exch_u128 cash = (exch_u128)(p->cash < 0 ? -p->cash : p->cash);
	struct exch_transfer x = {.listed = b->listed,
	    .due = b->due,
	    .account = {buys ? p->to : b->account, buys ? b->account : p->to},
	    .qty = p->qty,
	    .match = EXCH_MATCH_PART | (uint64_t)s->date << 32 | ++s->nparts};
	int err = exch_settle_narrow(p->cash, &x.cash, d);

	if (err == 0)
		err = put(s, b, p, d);
	if (err == 0)
		err = exch_settle_transfer(s, &x, d);
	*handed += p->back ? -cash : cash;
	s->tally.parts += p->back ? UINT64_MAX : 1;
	return err;
}

/* How much of it the parts up to this row have. */
static int
upto(const struct exch_settle *s, const struct exch_block *b, size_t i,
    exch_qty before, uint64_t *ppm, exch_qty *now, struct exch_diag *d)
{
	const struct exch_allocation_row *row = row_at(s, i);
	exch_qty all = (exch_qty)b->qty;

	*ppm += row->ratio;
	*now = row->shares == 0 ? exch_allocation_upto(all, *ppm)
				: before + row->shares;
	if (row->shares <= all - before)
		return EXCH_OK;
	/* It was enough, until a trade of it was broken. */
	*now = all;
	if (b->again)
		return EXCH_OK;
	return exch_reftable_bad(s->o.allocations, s->blocks.order[i], d,
	    "'shares': %llu of %.24s are more than the %llu that are left of "
	    "what account %u %s",
	    (unsigned long long)row->shares, s->listed[b->listed].is.symbol,
	    (unsigned long long)(all - before), b->account,
	    b->side == EXCH_BUY ? "bought" : "sold");
}

/* All parts of a block, and what stays; or (`back`) the parts again. */
static int
divide(struct exch_settle *s, const struct exch_block *b, bool back,
    struct exch_diag *d)
{
	size_t first = b->key.place - 1;
	exch_qty all = (exch_qty)b->qty, before = 0, now;
	exch_i128 paid = 0, cash;
	struct part p = {.back = back};
	uint64_t ppm = 0;
	int err = b->qty <= INT64_MAX
		      ? EXCH_OK
		      : exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
			    "a block is more than numbers can say");

	if (b->qty == 0)
		return EXCH_OK; /* all of it was broken */
	s->tally.blocks += back ? UINT64_MAX : 1;
	for (size_t i = first; err == 0 && i < s->o.allocations->n; i++) {
		p.row = row_at(s, i);
		if (exch_allocation_compare(row_at(s, first), p.row))
			break;
		s->blocks.used[i] = true;
		err = upto(s, b, i, before, &ppm, &now, d);
		if (err != 0 || now == before)
			continue;
		cash = exch_cash_part(b->cash, now, all);
		p.to = p.row->to;
		p.qty = now - before;
		p.cash = cash - paid;
		err = give(s, b, &p, d);
		paid = cash;
		before = now;
	}
	if (err != 0 || before == all)
		return err;
	s->tally.rests += back ? UINT64_MAX : 1;
	p = (struct part){
	    row_at(s, first), b->cash - paid, all - before, b->account, false};
	return back ? EXCH_OK : put(s, b, &p, d);
}

int
exch_settle_divide_again(struct exch_settle *s, uint32_t block,
    const struct exch_past *p, uint32_t due, struct exch_diag *d)
{
	struct exch_block *b;
	int err;

	if (block == 0)
		return EXCH_OK;
	b = exch_keyed_at(&s->blocks.live, block);
	b->due = due;
	err = divide(s, b, true, d);
	exch_settle_in_block(s, block, p->qty, p->cash, p->accrued, due, true);
	b->again = true;
	return err == 0 ? divide(s, b, false, d) : err;
}

/* A rule for this day by shares is of something. */
static int
missed(const struct exch_settle *s, struct exch_diag *d)
{
	for (size_t i = 0; i < s->o.allocations->n; i++) {
		const struct exch_allocation_row *row = row_at(s, i);

		if (row->date == s->date && row->shares != 0 &&
		    !s->blocks.used[i])
			return exch_reftable_bad(s->o.allocations,
			    s->blocks.order[i], d,
			    "'shares': account %u has traded nothing that they "
			    "could be of",
			    row->account);
	}
	return EXCH_OK;
}

int
exch_settle_divide(struct exch_settle *s, struct exch_diag *d)
{
	void **list;
	uint32_t n;
	int err = EXCH_OK;

	if (s->o.allocations == NULL)
		return EXCH_OK;
	list = exch_keyed_sorted(&s->blocks.live);
	if (list == NULL)
		return exch_settle_nomem(d);
	n = s->blocks.live.live;
	for (uint32_t i = 0; i < n && err == 0; i++) {
		struct exch_block *b = list[i];

		if (b->date != s->date)
			continue;
		err = divide(s, b, false, d);
		if (b->held == 0) /* its trades cannot be broken any more */
			exch_keyed_drop(&s->blocks.live, b);
	}
	exch_free(list);
	if (err == 0)
		err = missed(s, d);
	s->nparts = 0;
	exch_keyed_clear(&s->blocks.found);
	if (err == 0 &&
	    exch_keyed_init(&s->blocks.found, sizeof(struct found)) != 0)
		err = exch_settle_nomem(d);
	return err;
}

void
exch_settle_blocks_clear(struct exch_settle *s)
{
	exch_keyed_clear(&s->blocks.rules);
	exch_keyed_clear(&s->blocks.found);
	exch_keyed_clear(&s->blocks.live);
	exch_free(s->blocks.order);
	exch_free(s->blocks.used);
}
