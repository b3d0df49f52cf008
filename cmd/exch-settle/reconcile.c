/* Sums that have to be 0 (reconcile.h). */
#include <config.h>

#include <string.h>

#include "base/dec.h"
#include "exch-settle/reconcile.h"
#include "rec/cash.h"
#include "settle/exercise.h"
#include "settle/settle.h"

const char *
settle_recon_word(uint8_t side)
{
	static const char *const words[] = {[SETTLE_TRADE] = "trade",
	    [SETTLE_NET] = "net",
	    [SETTLE_LEDGER] = "ledger",
	    [SETTLE_ENTRY] = "entry",
	    [SETTLE_BALANCE] = "balance",
	    [SETTLE_OPEN] = "open",
	    [SETTLE_MET] = "settled"};

	return words[side];
}

int
settle_recon_init(struct settle_recon *c)
{
	*c = (struct settle_recon){0};
	return exch_keyed_init(&c->sums, sizeof(struct settle_sum));
}

void
settle_recon_clear(struct settle_recon *c)
{
	exch_keyed_clear(&c->sums);
}

/* In the place of a ledger: a net as it was told, which another replaced. */
#define THEN 1

/* What tells one sum from another, besides the account. */
static uint64_t
id_of(const struct settle_sum *s)
{
	uint64_t unit = s->instr;

	if (s->instr == 0) {
		memcpy(&unit, s->currency, 4);
		unit |= UINT64_C(1) << 32;
	}
	/* Days of a century, and units of 33 bits, below side and ledger. */
	return unit | (uint64_t)(s->date % 1000000 & 0x3fffff) << 33 |
	       (uint64_t)s->side << 55 | (uint64_t)s->ledger << 58;
}

/* The sum of that kind, made if need be. */
static int
find(struct settle_recon *c, uint32_t account, const struct settle_sum *more,
    struct settle_sum **out, struct exch_diag *d)
{
	struct settle_sum *s;
	int err = exch_keyed_add(&c->sums, account, id_of(more), &s);

	if (err != 0 && err != EXCH_ERR_EXISTS)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for what is compared");
	s->instr = more->instr;
	s->date = more->date;
	memcpy(s->currency, more->currency, 4);
	s->side = more->side;
	s->ledger = more->ledger;
	*out = s;
	return EXCH_OK;
}

/* More of it, or (sign -1) less. */
static int
add(struct settle_recon *c, uint32_t account, const struct settle_sum *more,
    int sign, struct exch_diag *d)
{
	struct settle_sum *s = NULL;
	int err = find(c, account, more, &s, d);

	if (err != 0)
		return err;
	s->qty += sign * more->qty;
	s->cash += sign * more->cash;
	return EXCH_OK;
}

/* ---- trades and their obligations, which stand directly behind ---- */

/* What the last trade lacks of obligations is a difference. */
static int
end_trade(struct settle_recon *c, struct exch_diag *d)
{
	struct settle_sum lack = c->trade;

	c->trade = (struct settle_sum){0};
	if (c->parts)
		lack.cash = 0;
	c->parts = c->exercised = false;
	/* What the venue told of people nobody named is not settled. */
	if (c->told && !c->taken)
		return EXCH_OK;
	return lack.qty == 0 && lack.cash == 0 ? EXCH_OK
					       : add(c, 0, &lack, 1, d);
}

static int
trade(struct settle_recon *c, const struct exch_rec *r, uint64_t match,
    exch_px price, exch_qty qty, const struct exch_dir *dir,
    struct exch_diag *d)
{
	const struct exch_rec_instrument *in =
	    exch_dir_instrument(dir, r->instr);
	struct exch_money m;
	int err = end_trade(c, d);

	if (err != 0 || in == NULL || price == EXCH_PX_NONE)
		return err;
	m = exch_money_of(-in->qty_exponent, in->multiplier, in->kind);
	c->trade.side = SETTLE_TRADE;
	c->trade.instr = r->instr;
	c->trade.qty = 2 * (exch_i128)qty;
	c->match = match;
	c->told = r->type == EXCH_REC_TRADE;
	c->taken = false;
	(void)exch_money_cash(&m, price, qty, &c->trade.cash);
	c->trade.cash *= 2;
	return EXCH_OK;
}

/* A part of a block does not tell the number that both its obligations have. */
#define ANY_PART UINT64_MAX
/* Nor do options. */
#define ANY_EXERCISE (UINT64_MAX - 1)

/* What has obligations of its own, as a trade has: both sides of them. */
static int
transfer(struct settle_recon *c, uint32_t instr, uint64_t match, int64_t qty,
    exch_cash cash, struct exch_diag *d)
{
	int sign = qty < 0 ? -1 : 1;
	int err = end_trade(c, d);

	c->match = match;
	c->told = false;
	c->taken = false;
	c->trade.side = SETTLE_TRADE;
	c->trade.instr = instr;
	c->trade.qty = 2 * sign * (exch_i128)qty;
	c->trade.cash = -2 * sign * (exch_i128)cash;
	return err;
}

/* ---- options that are exercised, and what both sides owe for them ---- */

static bool
is_exercise(uint64_t match)
{
	return match >> 61 == 1;
}

/*
 * So many contracts went from the one to the other, and behind that stand
 * obligations of their terms.  What is paid for a part of a unit depends on a
 * price that is not told; then only the ledger is compared with them.
 */
static int
exercise(struct settle_recon *c, const struct exch_rec_posting *p,
    const struct exch_dir *dir, struct exch_diag *d)
{
	const struct exch_rec_instrument *in =
	    exch_dir_instrument(dir, p->h.instr);
	const struct exch_rec_instrument *of =
	    in != NULL ? exch_dir_instrument(dir, in->underlying) : NULL;
	struct exch_expiry x = {0};
	struct exch_exercise got;
	int64_t k = p->qty, cash = 0;
	int err;

	if (of == NULL)
		return end_trade(c, d);
	x.terms.strike = in->strike;
	x.terms.multiplier = x.terms.shares = in->multiplier;
	x.put = (in->iflags & EXCH_INSTR_PUT) != 0;
	x.scale = -of->qty_exponent;
	if (k < 0 || exch_option_exercise(&x, k, &got) != EXCH_OK ||
	    exch_fits_i64(got.cash, &cash) != EXCH_OK)
		got = (struct exch_exercise){0};
	err = transfer(c, in->underlying, ANY_EXERCISE, got.shares, cash, d);
	c->exercised = true;
	c->parts = in->multiplier % (int64_t)exch_pow10[9 - x.scale] != 0;
	c->writer = p->account;
	return err;
}

/* Its two legs of holdings, that of the holder first; others are of the end. */
static int
exercise_leg(struct settle_recon *c, const struct exch_rec_posting *p,
    const struct exch_dir *dir, struct exch_diag *d)
{
	const struct exch_rec_posting was = c->leg;

	c->holder = was.account;
	c->leg = *p;
	if (p->ledger != EXCH_LEDGER_HOLDING || was.entry != p->entry ||
	    was.ledger != p->ledger || was.h.instr != p->h.instr)
		return EXCH_OK;
	return exercise(c, p, dir, d);
}

/* Of the holder first, and then of who was assigned. */
static bool
is_theirs(struct settle_recon *c, const struct exch_rec_obligation *o)
{
	uint32_t who = c->holder;

	c->holder = c->writer;
	c->writer = 0;
	return o->account == who;
}

/* What settles is told of both sides at once, and posted behind it. */
static int
met(struct settle_recon *c, const struct exch_rec_obligation *o,
    struct exch_diag *d)
{
	const uint32_t account[2] = {o->account, o->against};
	int err = EXCH_OK;

	for (unsigned i = 0; i < 2 && err == 0; i++) {
		struct settle_sum s = {
		    .qty = o->qty, .instr = o->h.instr, .side = SETTLE_MET};
		int sign = i == 0 ? 1 : -1;

		err = add(c, account[i], &s, sign, d);
		s.instr = 0;
		s.qty = 0;
		s.cash = o->cash;
		memcpy(s.currency, o->currency, 4);
		if (err == 0)
			err = add(c, account[i], &s, sign, d);
	}
	return err;
}

/* The same sums of an obligation: of the trade, the net and the ledger. */
static int
obligation(struct settle_recon *c, const struct exch_rec_obligation *o,
    struct exch_diag *d)
{
	struct settle_sum s = {.qty = o->qty,
	    .cash = o->cash,
	    .instr = o->h.instr,
	    .date = o->date,
	    .side = SETTLE_NET};
	/* The entry in front tells it: venues number trades as they like. */
	bool exercised = c->exercised && o->status == EXCH_DUE_OPEN;
	int sign = (o->qty < 0) ? -1 : 1;
	int err;

	if (o->status == EXCH_DUE_SETTLED || o->status == EXCH_DUE_PARTIAL)
		return met(c, o, d);
	if ((c->match == ANY_PART && (o->match & EXCH_MATCH_PART) != 0) ||
	    (c->match == ANY_EXERCISE && is_exercise(o->match)))
		c->match = o->match;
	if (o->status == EXCH_DUE_OPEN) {
		/* One behind no trade is a difference, too. */
		c->trade.side = SETTLE_TRADE;
		c->trade.instr = o->h.instr;
		c->taken = true;
		c->trade.qty -= sign * (exch_i128)o->qty;
		c->trade.cash += sign * (exch_i128)o->cash;
		c->trade.qty +=
		    o->match != c->match || (exercised && !is_theirs(c, o));
	}
	/* Nets of pairs are told before, and not again. */
	err = exercised && o->against != EXCH_ACCOUNT_CCP
		  ? EXCH_OK
		  : add(c, o->account, &s, 1, d);
	s.date = 0;
	s.side = SETTLE_LEDGER;
	s.cash = 0;
	if (err == 0)
		err = add(c, o->account, &s, 1, d);
	s.instr = 0;
	s.qty = 0;
	s.cash = o->cash;
	memcpy(s.currency, o->currency, 4);
	if (err == 0)
		err = add(c, o->account, &s, 1, d);
	if (o->against != EXCH_ACCOUNT_CCP || err != 0)
		return err;
	/* Its side of it is told by nobody. */
	err = add(c, EXCH_ACCOUNT_CCP, &s, -1, d);
	s.instr = o->h.instr;
	s.qty = o->qty;
	s.cash = 0;
	return err != 0 ? err : add(c, EXCH_ACCOUNT_CCP, &s, -1, d);
}

/* What is told to be open, of both sides. */
static int
is_open(struct settle_recon *c, const struct exch_rec *r, int64_t qty,
    exch_cash cash, const uint32_t account[2], const char currency[4],
    struct exch_diag *d)
{
	int err = EXCH_OK;

	for (unsigned i = 0; i < 2 && err == 0; i++) {
		struct settle_sum s = {
		    .qty = qty, .instr = r->instr, .side = SETTLE_OPEN};
		int sign = i == 0 ? -1 : 1;

		err = add(c, account[i], &s, sign, d);
		s.instr = 0;
		s.qty = 0;
		s.cash = cash;
		memcpy(s.currency, currency, 4);
		if (err == 0)
			err = add(c, account[i], &s, sign, d);
	}
	return err;
}

/* What a net lacked when it was told, and another may have by the end. */
static int
then(struct settle_recon *c, uint32_t account, const struct settle_sum *lack,
    struct exch_diag *d)
{
	struct settle_sum s = *lack;

	s.side = SETTLE_NET;
	s.ledger = THEN;
	return lack->qty == 0 && lack->cash == 0 ? EXCH_OK
						 : add(c, account, &s, 1, d);
}

static int
net(struct settle_recon *c, const struct exch_rec_net *n, struct exch_diag *d)
{
	struct settle_sum s = {.qty = n->qty,
	    .cash = n->cash,
	    .instr = n->h.instr,
	    .date = n->date,
	    .side = SETTLE_NET};

	struct settle_sum *sum = NULL;
	bool again;
	int err = find(c, n->account, &s, &sum, d);

	if (err != 0)
		return err;
	c->nets = true;
	c->pairs |= n->against != EXCH_ACCOUNT_CCP;
	/*
	 * One of the counterparty takes the place of that before it, unless it
	 * is the same record again.
	 */
	again = sum->net_time == n->h.time && sum->net_qty == n->qty &&
		sum->net_cash == n->cash;
	if (n->against == EXCH_ACCOUNT_CCP && !again) {
		sum->qty += sum->net_qty;
		sum->cash += sum->net_cash;
	}
	sum->net_time = n->h.time;
	sum->net_qty = n->qty;
	sum->net_cash = n->cash;
	sum->qty -= n->qty;
	sum->cash -= n->cash;
	s.qty = sum->qty;
	s.cash = sum->cash;
	return then(c, n->account, &s, d);
}

/* What was netted stands behind its net. */
static int
is_told(struct settle_recon *c, const struct exch_rec_posting *p,
    struct exch_diag *d)
{
	struct settle_sum s = {.qty = p->qty,
	    .instr = p->h.instr,
	    .date = p->date,
	    .side = SETTLE_NET};
	const struct settle_sum *sum =
	    exch_keyed_find(&c->sums, p->account, id_of(&s));

	return sum != NULL && sum->net_time == p->h.time
		   ? EXCH_OK
		   : then(c, p->account, &s, d);
}

/* ---- the ledger ---- */

/* Does it put into the ledger what obligations have told? */
static bool
is_owed(const struct exch_rec_posting *p, bool option)
{
	return p->ledger == EXCH_LEDGER_DUE &&
	       (p->why == EXCH_POSTED_NET ||
		   (p->why == EXCH_POSTED_EXERCISE && !option));
}

static int
posting(struct settle_recon *c, const struct exch_rec_posting *p,
    const struct exch_dir *dir, struct exch_diag *d)
{
	const struct exch_rec_instrument *in =
	    p->h.instr != 0 ? exch_dir_instrument(dir, p->h.instr) : NULL;
	bool option = in != NULL && in->kind == EXCH_KIND_OPTION;
	struct settle_sum s = {.qty = p->qty,
	    .cash = p->amount,
	    .instr = p->h.instr,
	    .side = SETTLE_BALANCE,
	    .ledger = p->ledger};
	int err;

	memcpy(s.currency, p->currency, 4);
	err = add(c, p->account, &s, 1, d);
	s.ledger = 0;
	s.side = SETTLE_ENTRY;
	/* Entries follow each other; a number that is missing is an error. */
	if (p->entry != c->entry) {
		struct settle_sum gap = {
		    .side = SETTLE_ENTRY, .qty = p->entry != c->entry + 1};

		if (err == 0 && gap.qty != 0)
			err = add(c, UINT32_MAX, &gap, 1, d);
		c->entry = p->entry;
	}
	if (err == 0)
		err = add(c, (uint32_t)p->entry, &s, 1, d);
	/* What was due before is in nets of this day, and in no obligation. */
	s.side = SETTLE_NET;
	if (err == 0 && p->ledger == EXCH_LEDGER_DUE &&
	    p->why == EXCH_POSTED_OPENING && p->h.instr != 0)
		return add(c, p->account, &s, 0, d);
	s.side = SETTLE_MET;
	if (err == 0 && p->ledger == EXCH_LEDGER_HOLDING &&
	    p->why == EXCH_POSTED_SETTLE)
		err = add(c, p->account, &s, -1, d);
	s.side = SETTLE_LEDGER;
	if (err == 0 && is_owed(p, option))
		err = add(c, p->account, &s, -1, d);
	if (err == 0 && p->why == EXCH_POSTED_NET && p->h.instr != 0 &&
	    p->ledger == EXCH_LEDGER_DUE && p->account != EXCH_ACCOUNT_CCP)
		err = is_told(c, p, d);
	if (err == 0 && option && p->why == EXCH_POSTED_EXERCISE)
		err = exercise_leg(c, p, dir, d);
	return err;
}

static int
balance(struct settle_recon *c, const struct exch_rec_balance *b,
    struct exch_diag *d)
{
	struct settle_sum s = {.qty = b->qty,
	    .cash = b->amount,
	    .instr = b->h.instr,
	    .side = SETTLE_BALANCE,
	    .ledger = b->ledger};
	int err;

	memcpy(s.currency, b->currency, 4);
	err = add(c, b->account, &s, -1, d);
	s.side = SETTLE_OPEN;
	s.ledger = 0;
	return err != 0 || b->ledger != EXCH_LEDGER_DUE
		   ? err
		   : add(c, b->account, &s, 1, d);
}

/* ---- records ---- */

/* The record as its type, or nothing: others have told of bad content. */
#define WITH(T, var)                                                           \
	const struct T *var = EXCH_REC_AS(r, T);                               \
	if ((var) == NULL)                                                     \
	break

int
settle_recon_take(struct settle_recon *c, const struct exch_rec *r,
    const struct exch_dir *dir, struct exch_diag *d)
{
	bool open = (r->flags & EXCH_F_SNAPSHOT) != 0;

	switch (r->type) {
	case EXCH_REC_EXEC: {
		WITH(exch_rec_exec, e);
		return trade(c, r, e->match, e->price, e->qty, dir, d);
	}
	case EXCH_REC_TRADE: {
		WITH(exch_rec_trade, t);
		return trade(c, r, t->match, t->price, t->qty, dir, d);
	}
	case EXCH_REC_ACCRUED: {
		WITH(exch_rec_accrued, a);
		/* Both sides of the trade it stands behind have it. */
		c->trade.cash += 2 * (exch_i128)a->accrued;
		c->trade.qty += a->match != c->match;
		break;
	}
	case EXCH_REC_ALLOCATION: {
		WITH(exch_rec_allocation, a);
		/* What stays moves nothing. */
		return a->to == a->account ? end_trade(c, d)
					   : transfer(c, r->instr, ANY_PART,
						 a->qty, a->cash, d);
	}
	case EXCH_REC_COMPARED: {
		WITH(exch_rec_compared, m);
		/* Of two that match the sale stands behind the purchase. */
		return m->state == EXCH_COMPARED_MATCHED && m->qty < 0
			   ? transfer(c, r->instr,
				 EXCH_MATCH_REPORT | m->report, m->qty, m->cash,
				 d)
			   : end_trade(c, d);
	}
	case EXCH_REC_OBLIGATION: {
		WITH(exch_rec_obligation, o);
		const uint32_t account[2] = {o->account, o->against};

		return open ? is_open(c, r, o->qty, o->cash, account,
				  o->currency, d)
			    : obligation(c, o, d);
	}
	case EXCH_REC_NET: {
		WITH(exch_rec_net, n);
		const uint32_t account[2] = {n->account, n->against};

		return open ? is_open(c, r, n->qty, n->cash, account,
				  n->currency, d)
			    : net(c, n, d);
	}
	case EXCH_REC_POSTING: {
		WITH(exch_rec_posting, p);
		return posting(c, p, dir, d);
	}
	case EXCH_REC_BALANCE: {
		WITH(exch_rec_balance, b);
		return balance(c, b, d);
	}
	default:
		break;
	}
	return EXCH_OK;
}

/* Not among pairs, and not where a difference is left at the end, too. */
static bool
counts_then(const struct settle_recon *c, const struct settle_sum *then)
{
	struct settle_sum s = *then;
	const struct settle_sum *end;

	s.ledger = 0;
	end = exch_keyed_find(&c->sums, then->key.place, id_of(&s));
	return !c->pairs && (end == NULL || (end->qty == 0 && end->cash == 0));
}

int
settle_recon_end(struct settle_recon *c, struct exch_diag *d)
{
	struct settle_sum *s;
	uint32_t at = 0;
	int err = end_trade(c, d);

	/*
	 * Trades that settle each alone have no nets, and those of an account
	 * that had something due before have more in them.
	 */
	while ((s = exch_keyed_next(&c->sums, &at)) != NULL) {
		struct settle_sum due = {.side = SETTLE_NET, .instr = s->instr};

		if (s->side == SETTLE_NET &&
		    (!c->nets ||
			exch_keyed_find(&c->sums, s->key.place, id_of(&due)) !=
			    NULL ||
			(s->ledger == THEN && !counts_then(c, s))))
			s->qty = s->cash = 0;
	}
	return err;
}
