/* Both sides of what was traded (deals.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "report/deals.h"

int
exch_deals_open(struct exch_deals *x, struct exch_report_run *run,
    exch_deal_fn *fn, struct exch_diag *d)
{
	exch_only_open(&x->only, run);
	x->run = run;
	x->fn = fn;
	if (exch_owners_init(&x->owners) != EXCH_OK ||
	    exch_redone_init(&x->redone, EXCH_REDONE_WINDOW) != EXCH_OK)
		return exch_report_nomem(d);
	return EXCH_OK;
}

void
exch_deals_free(struct exch_deals *x)
{
	exch_owners_clear(&x->owners);
	exch_redone_clear(&x->redone);
	exch_free(x->past);
}

/* Room for another one: the ring grows until it holds the window. */
static int
make_room(struct exch_deals *x, struct exch_diag *d)
{
	uint64_t cap = x->cap == 0 ? 1024 : x->cap * 2;
	struct exch_deal *p;

	if (x->next < x->cap || x->cap == EXCH_DEALS_WINDOW)
		return EXCH_OK;
	p = exch_realloc(x->past, cap, sizeof(*p));
	if (p == NULL)
		return exch_report_nomem(d);
	x->past = p;
	x->cap = cap;
	return EXCH_OK;
}

static int
tell(struct exch_deals *x, struct exch_diag *d)
{
	int rc = make_room(x, d);

	if (rc != EXCH_OK)
		return rc;
	if (x->now.price != EXCH_PX_NONE &&
	    exch_money_cash(&x->run->insts.inst[x->now.place].money,
		x->now.price, x->now.qty, &x->now.cash) != EXCH_OK)
		return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
		    "an amount does not fit 128 bits");
	rc = x->fn(x->run, &x->now, d);
	x->past[x->next++ & (x->cap - 1)] = x->now;
	return rc;
}

static struct exch_deal
deal_of(const struct exch_rec *r, uint32_t place, uint64_t seq)
{
	return (struct exch_deal){.time = r->time,
	    .at = r->time,
	    .seq = seq,
	    .place = place,
	    .source = r->source};
}

static int
take_exec(struct exch_deals *x, const struct exch_rec *r, uint32_t place,
    uint64_t seq, struct exch_diag *d)
{
	const struct exch_rec_exec *e = EXCH_REC_AS(r, exch_rec_exec);

	if (e == NULL)
		return exch_report_short(r, d);
	x->now = deal_of(r, place, seq);
	x->now.match = e->match;
	x->now.price = e->price;
	x->now.qty = e->qty;
	x->now.side[0].order = e->buy;
	x->now.side[1].order = e->sell;
	x->now.side[0].how =
	    (uint8_t)exch_fee_liquidity((enum exch_side)e->aggressor, EXCH_BUY);
	x->now.side[1].how = (uint8_t)exch_fee_liquidity(
	    (enum exch_side)e->aggressor, EXCH_SELL);
	for (unsigned i = 0; i < 2; i++) {
		struct exch_deal_side *side = &x->now.side[i];

		side->account =
		    exch_owner_of(&x->owners, r->instr, side->order);
		side->none =
		    side->order == 0 && (r->flags & EXCH_F_IMPOSED) != 0;
	}
	return tell(x, d);
}

/* The venue's own trades, blocks, and what stands for a broken one. */
static int
take_trade(struct exch_deals *x, const struct exch_rec *r, uint32_t place,
    uint64_t seq, struct exch_diag *d)
{
	const struct exch_rec_trade *t = EXCH_REC_AS(r, exch_rec_trade);
	bool block;

	if (t == NULL)
		return exch_report_short(r, d);
	block = t->kind == EXCH_PRINT_BLOCK && t->buy == x->block.report &&
		t->buy != 0;
	x->now = deal_of(r, place, seq);
	x->now.match = t->match;
	x->now.price = t->price;
	x->now.qty = t->qty;
	x->now.kind = t->kind;
	for (unsigned i = 0; i < 2; i++) {
		struct exch_deal_side *side = &x->now.side[i];

		side->order = i == 0 ? t->buy : t->sell;
		side->how =
		    (uint8_t)exch_fee_liquidity((enum exch_side)t->aggressor,
			i == 0 ? EXCH_BUY : EXCH_SELL);
		if (block)
			side->account =
			    i == 0 ? x->block.buyer : x->block.seller;
		else
			side->account =
			    exch_owner_of(&x->owners, r->instr, side->order);
	}
	if (t->kind == EXCH_PRINT_CORRECTED && x->is_broken &&
	    x->broken.place == place) {
		for (unsigned i = 0; i < 2; i++) {
			x->now.side[i].order = x->broken.side[i].order;
			x->now.side[i].account = x->broken.side[i].account;
			x->now.side[i].none = x->broken.side[i].none;
		}
		x->now.time = x->broken.time;
		x->now.state = EXCH_DEAL_CORRECTED;
	}
	x->is_broken = false;
	return tell(x, d);
}

/* The latest with this number that was not broken; NULL: not in the window. */
static struct exch_deal *
find_past(struct exch_deals *x, uint32_t place, uint64_t match, uint8_t source)
{
	uint64_t n = x->next < x->cap ? x->next : x->cap;
	struct exch_deal *other = NULL;

	for (uint64_t i = 1; i <= n; i++) {
		struct exch_deal *p = &x->past[(x->next - i) & (x->cap - 1)];

		if (p->match != match || p->place != place ||
		    p->state == EXCH_DEAL_BROKEN)
			continue;
		if (p->source == source)
			return p;
		/* numbers of the venue and of the engine differ */
		if (other == NULL &&
		    (p->kind == EXCH_PRINT_NONE) == (source == x->run->matcher))
			other = p;
	}
	return other;
}

static int
take_bust(struct exch_deals *x, const struct exch_rec *r, uint32_t place,
    uint64_t seq, struct exch_diag *d)
{
	const struct exch_rec_bust *b = EXCH_REC_AS(r, exch_rec_bust);
	struct exch_deal *p;
	uint8_t source = r->source;
	uint64_t match;

	x->is_broken = false;
	if (b == NULL)
		return exch_report_short(r, d);
	match = b->match;
	if (exch_redone_of(&x->redone, r->instr, &match, &source) ==
	    EXCH_REDONE_NONE)
		return EXCH_OK;
	p = find_past(x, place, match, source);
	x->is_broken = p != NULL;
	if (p == NULL) {
		x->lost++;
		return EXCH_OK;
	}
	p->state = EXCH_DEAL_BROKEN;
	p->at = r->time;
	p->seq = seq;
	x->broken = *p;
	return x->fn(x->run, p, d);
}

static int
take(struct exch_deals *x, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	const struct exch_rec_block *b = EXCH_REC_AS(r, exch_rec_block);
	uint32_t place;
	int rc;

	if (r->type == EXCH_REC_BLOCK && b != NULL)
		memcpy(&x->block, r, sizeof(x->block));
	if (r->type != EXCH_REC_EXEC && r->type != EXCH_REC_TRADE &&
	    r->type != EXCH_REC_BUST)
		return EXCH_OK;
	rc = exch_insts_place(&x->run->insts, r->instr, &place, d);
	if (rc != EXCH_OK)
		return rc;
	if (r->type == EXCH_REC_EXEC)
		return take_exec(x, r, place, seq, d);
	if (r->type == EXCH_REC_TRADE)
		return take_trade(x, r, place, seq, d);
	return take_bust(x, r, place, seq, d);
}

int
exch_deals_record(struct exch_deals *x, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	int rc = take(x, r, seq, d);

	/* an order that is filled has no owner any more */
	if (exch_owners_record(&x->owners, r) != EXCH_OK ||
	    exch_redone_record(&x->redone, r) != EXCH_OK)
		return exch_report_nomem(d);
	return rc;
}

bool
exch_deals_wanted(struct exch_deals *x, uint32_t account)
{
	return exch_only_has(&x->only, account);
}

void
exch_deals_close(struct exch_deals *x)
{
	exch_only_close(&x->only);
	if (x->lost == 0)
		return;
	x->run->left_out = x->lost;
	x->run->left_why = "breaks of trades that are not among the last "
			   "262,144: they stay";
}
