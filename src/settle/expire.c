/*
 * Options that are exercised: those that end on a day, and of others what their
 * holders wish, at the end of the day.  Who has written them is assigned by
 * chance or pro rata, each exercised contract goes to one of these, and what both owe each
 * other for it is open from then on:
 *
 *	call, strike 50, of 100 shares		holder	writer
 *	  the option, holding			-1	+1
 *	  shares, due				+100	-100
 *	  cash, due				-5000	+5000
 *
 * What an account exercises and has not been delivered yet, it owes for a
 * moment: of a series that ends nothing is left.  What was not exercised goes, and what
 * is still to be delivered of it is not; premiums that are due stay so.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "settle/exercise.h"
#include "settle/settle_priv.h"

/* What an account has of the series, known by (0, account). */
struct position {
	struct exch_key key;
	exch_i128 qty;
	uint64_t goes; /* exercised, or assigned, and not delivered yet */
};

/* A series at work. */
struct series {
	struct exch_settle *s;
	uint32_t listed, under;
	uint32_t date, due;
	bool ends;
	struct exch_expiry x;
	struct exch_keyed have;
	struct position **list; /* by account, have.live of them */
	struct exch_diag *d;
};

static int
refuse(const struct series *e, const char *what)
{
	return exch_diag_set(e->d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
	    "%.24s on %u: %s", e->s->listed[e->listed].is.symbol, e->date,
	    what);
}

/* ---- what there is ---- */

static int
count(struct series *e, uint32_t account, exch_i128 qty)
{
	struct position *p;
	int err;

	if (qty == 0 || account == 0 || account > EXCH_ACCOUNT_MOST)
		return EXCH_OK;
	err = exch_keyed_add(&e->have, 0, account, &p);
	if (err != EXCH_OK && err != EXCH_ERR_EXISTS)
		return exch_settle_nomem(e->d);
	p->qty += qty;
	return EXCH_OK;
}

static int
count_holding(void *arg, const struct exch_leg *b, struct exch_diag *d)
{
	struct series *e = arg;

	(void)d;
	return b->unit == e->listed && b->ledger == EXCH_LEDGER_HOLDING
		   ? count(e, b->account, b->amount)
		   : EXCH_OK;
}

/* What is bought and not delivered is exercised only when there is no more. */
static int
count_open(struct series *e)
{
	const struct exch_open *o;
	uint32_t at = 0;
	int err = EXCH_OK;

	while (err == 0 && (o = exch_keyed_next(&e->s->open, &at)) != NULL) {
		if (o->listed != e->listed)
			continue;
		err = count(e, o->account, o->qty);
		if (err == 0)
			err = count(e, o->against, -(exch_i128)o->qty);
	}
	return err;
}

static int
take_stock(struct series *e)
{
	int err = exch_ledger_each(&e->s->ledger, count_holding, e, e->d);

	if (err == 0 && e->ends)
		err = count_open(e);
	if (err != 0)
		return err;
	e->list = (struct position **)exch_keyed_sorted(&e->have);
	return e->list != NULL ? EXCH_OK : exch_settle_nomem(e->d);
}

/* ---- what is exercised ---- */

/* Contracts of a wish, of those that are left; more than there are: refused. */
static int
wished(const struct series *e, const struct position *p, enum exch_wish wish,
    uint64_t *left, uint64_t *n)
{
	const struct exch_reftable *t = e->s->o.exercises;
	const struct exch_wish_row *r = t->row;

	*n = 0;
	for (size_t i = 0; i < t->n; i++) {
		uint64_t k = r[i].contracts;

		if (r[i].date <= e->s->exercised || r[i].date > e->date ||
		    r[i].account != p->key.id || r[i].wish != wish ||
		    memcmp(r[i].symbol, e->s->listed[e->listed].is.symbol,
			sizeof(r[i].symbol)) != 0)
			continue;
		if (k == 0)
			k = *left;
		if (k > *left)
			return exch_reftable_bad(t, i, e->d,
			    "account %u has %llu contracts left on that day",
			    r[i].account, (unsigned long long)*left);
		*left -= k;
		*n += k;
	}
	return EXCH_OK;
}

static int
choose(const struct series *e, struct position *p, bool in_money)
{
	uint64_t left = p->qty > 0 ? (uint64_t)p->qty : 0, not = 0;
	int err = wished(e, p, EXCH_WISH_EXERCISE, &left, &p->goes);

	if (err == 0)
		err = wished(e, p, EXCH_WISH_ABANDON, &left, &not );
	if (e->ends && in_money)
		p->goes += left;
	return err;
}

/* *n of them, over all holders. */
static int
choose_all(const struct series *e, uint64_t *n)
{
	bool in_money = false;
	int err = EXCH_OK;

	*n = 0;
	if (e->ends)
		err = exch_option_exercised(&e->x, EXCH_WISH_NONE, &in_money);
	for (uint32_t i = 0; i < e->have.live && err == 0; i++) {
		err = choose(e, e->list[i], in_money);
		*n += e->list[i]->goes;
	}
	return err;
}

/* ---- who is assigned ---- */

static int
assign(const struct series *e, uint64_t contracts)
{
	struct exch_written *w =
	    exch_calloc((size_t)e->have.live + 1, sizeof(*w));
	struct exch_rng rng;
	size_t n = 0;
	int err;

	if (w == NULL)
		return exch_settle_nomem(e->d);
	for (uint32_t i = 0; i < e->have.live; i++) {
		const struct position *p = e->list[i];
		uint32_t account = (uint32_t)p->key.id;

		if (p->qty < 0)
			w[n++] = (struct exch_written){
			    .member = e->s->o.pro_rata ? 0 : account,
			    .account = account,
			    .contracts = (uint64_t)-p->qty};
	}
	exch_rng_seed(
	    &rng, e->s->o.seed ^ (uint64_t)e->listed << 32 ^ (uint64_t)e->date);
	/* Each by itself is a member; or all of them are one. */
	err = exch_assign(&rng, w, n, contracts,
	    e->s->o.pro_rata ? EXCH_ASSIGN_PRO_RATA : EXCH_ASSIGN_RANDOM);
	n = 0;
	for (uint32_t i = 0; i < e->have.live && err == 0; i++)
		if (e->list[i]->qty < 0)
			e->list[i]->goes = w[n++].assigned;
	exch_free(w);
	return err == 0 ? EXCH_OK
			: refuse(e, "more is exercised than anybody has "
				    "written: do opening positions lack?");
}

/* ---- what comes of it ---- */

/* What it is told of either side, as of a trade. */
static int
put_obligation(const struct series *e, const struct exch_open *o)
{
	struct exch_settle *s = e->s;
	const struct exch_listed *l = &s->listed[e->under];
	struct exch_rec_obligation *r = exch_writer_new(
	    s->w, EXCH_REC_OBLIGATION, sizeof(*r), l->id, s->now);

	r->match = o->match;
	r->qty = o->qty;
	r->account = o->account;
	r->against = o->against;
	r->date = o->date;
	memcpy(r->currency, s->currency[l->currency].name, 4);
	r->status = EXCH_DUE_OPEN;
	return exch_settle_narrow(o->cash, &r->cash, e->d);
}

/* `k` contracts of a holder go to a writer: both are open to each other. */
static int
owe(const struct series *e, uint32_t holder, uint32_t writer, int64_t k)
{
	struct exch_settle *s = e->s;
	bool novated = s->o.model == 3;
	struct exch_open o = {.account = holder,
	    .against = novated ? EXCH_ACCOUNT_CCP : writer,
	    .listed = e->under,
	    .date = e->due,
	    .traded = e->date,
	    .trades = 1,
	    .match =
		EXCH_MATCH_EXERCISE | (uint64_t)e->date << 32 | ++s->nexercises,
	    .changed = novated};
	struct exch_open w;
	struct exch_exercise got;
	bool turn;
	int err = exch_option_exercise(&e->x, k, &got);

	if (err != 0)
		return refuse(e, "it delivers more than numbers can say");
	o.qty = got.shares;
	o.cash = got.cash;
	w = o;
	w.account = writer;
	w.against = novated ? EXCH_ACCOUNT_CCP : holder;
	w.qty = -o.qty;
	w.cash = -o.cash;
	err = put_obligation(e, &o);
	if (err == 0)
		err = put_obligation(e, &w);
	/* What is open between a pair is of the lower account. */
	turn = !novated && s->o.bilateral && holder > writer;
	if (err == 0)
		err = exch_settle_owe(
		    s, turn ? &w : &o, EXCH_POSTED_EXERCISE, e->date, e->d);
	return err != 0 || !novated ? err
				    : exch_settle_owe(s, &w,
					  EXCH_POSTED_EXERCISE, e->date, e->d);
}

/* What of an instrument and a day has become another net is told again. */
static int
put_nets(struct exch_settle *s, struct exch_diag *d)
{
	uint32_t n;
	struct exch_open **list = exch_settle_listing(s, UINT32_MAX, 0, &n, d);
	int err = list != NULL ? EXCH_OK : EXCH_ERR_NOMEM;

	for (uint32_t i = 0; err == 0 && i < n; i++) {
		if (!list[i]->changed)
			continue;
		list[i]->changed = false;
		err = exch_settle_put_net(s, list[i], false, 0, d);
	}
	exch_free(list);
	return err;
}

/* Contracts meet, and what comes of them is open. */
static int
meet(const struct series *e, uint32_t holder, uint32_t writer, int64_t k)
{
	const struct exch_leg leg[] = {
	    {holder, e->listed, EXCH_LEDGER_HOLDING, -k},
	    {writer, e->listed, EXCH_LEDGER_HOLDING, k}};
	int err =
	    exch_settle_post(e->s, leg, 2, EXCH_POSTED_EXERCISE, e->date, e->d);

	e->s->tally.exercised += (uint64_t)k;
	return err == 0 ? owe(e, holder, writer, k) : err;
}

/* Holders and writers, both by account. */
static int
deliver(const struct series *e)
{
	uint32_t h = 0, w = 0, n = e->have.live;
	int err = EXCH_OK;

	while (err == 0) {
		uint64_t k;

		while (h < n && (e->list[h]->qty <= 0 || e->list[h]->goes == 0))
			h++;
		while (w < n && (e->list[w]->qty >= 0 || e->list[w]->goes == 0))
			w++;
		if (h == n || w == n)
			return EXCH_OK;
		k = e->list[h]->goes < e->list[w]->goes ? e->list[h]->goes
							: e->list[w]->goes;
		e->list[h]->goes -= k;
		e->list[w]->goes -= k;
		err = meet(e, (uint32_t)e->list[h]->key.id,
		    (uint32_t)e->list[w]->key.id, (int64_t)k);
	}
	return err;
}

/* ---- what is left of it ---- */

/*
 * Of what is still to be delivered, so much as the account has exercised or was
 * assigned without having it: that is delivered.
 */
static int64_t
had_before(const struct exch_settle *s, const struct exch_open *o)
{
	exch_i128 has = exch_ledger_balance(
	    &s->ledger, o->account, o->listed, EXCH_LEDGER_HOLDING);

	if ((has < 0) == (o->qty < 0) || has == 0)
		return 0;
	return (has < 0 ? -has : has) <
		       (o->qty < 0 ? -(exch_i128)o->qty : o->qty)
		   ? (int64_t)-has
		   : o->qty;
}

static int
drop_open(const struct series *e)
{
	uint32_t n;
	struct exch_open **list =
	    exch_settle_listing(e->s, UINT32_MAX, 0, &n, e->d);
	int err = list != NULL ? EXCH_OK : EXCH_ERR_NOMEM;

	for (uint32_t i = 0; err == 0 && i < n; i++) {
		struct exch_open *o = list[i];
		int64_t had;

		if (o->listed != e->listed || o->qty == 0)
			continue;
		had = had_before(e->s, o);
		err = exch_settle_move(e->s, o, had, 0, EXCH_LEDGER_DUE,
		    EXCH_LEDGER_HOLDING, EXCH_POSTED_EXERCISE, e->date, e->d);
		if (err == 0)
			err = exch_settle_move(e->s, o, had - o->qty, 0, 0,
			    EXCH_LEDGER_DUE, EXCH_POSTED_EXERCISE, e->date,
			    e->d);
		o->qty = o->posted_qty = 0;
		if (o->cash == 0)
			exch_keyed_drop(&e->s->open, o);
	}
	exch_free(list);
	return err;
}

/* An account that has some gives them to the world outside, or takes them. */
static int
drop_holding(const struct series *e, const struct exch_leg *b)
{
	const struct exch_leg leg[] = {
	    {b->account, e->listed, EXCH_LEDGER_HOLDING, -b->amount},
	    {b->account, e->listed, EXCH_LEDGER_OUTSIDE, b->amount}};

	return exch_settle_post(
	    e->s, leg, 2, EXCH_POSTED_EXERCISE, e->date, e->d);
}

static int
drop(const struct series *e)
{
	struct exch_leg *had = NULL;
	size_t n = 0;
	int err = drop_open(e);

	if (err == 0)
		err = exch_settle_holders(
		    e->s, e->listed, EXCH_LEDGER_HOLDING, &had, &n, e->d);
	for (size_t i = 0; i < n && err == 0; i++)
		if (had[i].amount != 0)
			err = drop_holding(e, &had[i]);
	exch_free(had);
	return err;
}

/* ---- a day ---- */

static bool
is_wished(const struct exch_settle *s, const char symbol[24], uint32_t date)
{
	const struct exch_reftable *t = s->o.exercises;
	const struct exch_wish_row *r = t->row;

	for (size_t i = 0; i < t->n; i++)
		if (r[i].date > s->exercised && r[i].date <= date &&
		    memcmp(r[i].symbol, symbol, sizeof(r[i].symbol)) == 0)
			return true;
	return false;
}

/* Its terms, and of whom it is one; refused where they are not known. */
static int
terms(struct series *e)
{
	const struct exch_settle *s = e->s;
	const struct exch_listed *l = &s->listed[e->listed];
	const struct exch_rec_instrument *is = &l->is;
	const struct exch_listed *of;

	/* What was brought from before names its underlying by other ids. */
	if (l->id >= s->nnumber || s->number[l->id] != e->listed)
		return refuse(e, "the stream does not announce it");
	if (is->underlying == 0 || is->underlying >= s->nnumber ||
	    s->number[is->underlying] == 0 ||
	    s->number[is->underlying] > EXCH_INSTR_MAX)
		return refuse(e, "its underlying was not announced");
	if (is->strike == EXCH_PX_NONE || is->multiplier <= 0)
		return refuse(e, "it has no strike or no multiplier");
	e->under = s->number[is->underlying];
	of = &s->listed[e->under];
	if (of->currency != l->currency)
		return refuse(e, "its underlying trades in another currency");
	if (of->last == EXCH_PX_NONE)
		return refuse(e, "nobody knows the price of its underlying");
	e->x = (struct exch_expiry){.terms = {.strike = is->strike,
					.multiplier = is->multiplier,
					.shares = is->multiplier},
	    .put = (is->iflags & EXCH_INSTR_PUT) != 0,
	    .price = of->last,
	    .scale = -of->is.qty_exponent};
	return EXCH_OK;
}

static int
exercise(struct series *e)
{
	uint64_t n = 0;
	int err = take_stock(e);

	if (err != 0 || e->have.live == 0)
		return err;
	err = terms(e);
	if (err == 0)
		err = choose_all(e, &n);
	if (err == 0 && n > 0)
		err = assign(e, n);
	if (err == 0 && n > 0)
		err = deliver(e);
	return err == 0 && e->ends ? drop(e) : err;
}

int
exch_settle_exercises(struct exch_settle *s, uint32_t date, struct exch_diag *d)
{
	int err = EXCH_OK;

	if (s->o.exercises == NULL)
		return EXCH_OK;
	s->nexercises = 0;
	/* Numbers are given in the order in which a stream names symbols. */
	for (uint32_t i = 1; i <= s->nlisted && err == 0; i++) {
		const struct exch_rec_instrument *is = &s->listed[i].is;
		struct series e = {.s = s, .listed = i, .date = date, .d = d};

		if (is->kind != EXCH_KIND_OPTION || is->expiry == 0 ||
		    is->expiry <= s->exercised)
			continue;
		e.ends = is->expiry <= date;
		if (!e.ends && !is_wished(s, is->symbol, date))
			continue;
		err = exch_settle_step(
		    s->o.calendar, date, EXCH_OPTION_DAYS, &e.due, d);
		if (err == 0 &&
		    exch_keyed_init(&e.have, sizeof(struct position)) != 0)
			err = exch_settle_nomem(d);
		if (err == 0)
			err = exercise(&e);
		exch_free(e.list);
		exch_keyed_clear(&e.have);
	}
	s->exercised = date;
	return err == 0 && s->nexercises > 0 ? put_nets(s, d) : err;
}
