/*
 * The gate's tables, and what is counted for an order (gate.h).  The rules
 * themselves are in rules.c, what the matcher says in gate_event.c.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "risk/gate_priv.h"

int
exch_risk_nomem(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for accounts and their orders");
}

/* ---- accounts, instruments and what the ones have in the others ---- */

const struct exch_account_row *
exch_risk_row(const struct exch_risk_gate *g, const struct exch_risk_account *a)
{
	const struct exch_account_row *row =
	    g->o.accounts != NULL ? g->o.accounts->row : NULL;

	return a->row != 0 ? &row[a->row - 1] : NULL;
}

/* Or what is known of one that is in no table: its number, and member. */
static struct exch_account_row
row_of(const struct exch_risk_gate *g, const struct exch_risk_account *a)
{
	const struct exch_account_row *row = exch_risk_row(g, a);
	struct exch_account_row known = {.account = (uint32_t)a->key.id};

	if (row != NULL)
		known = *row;
	memcpy(known.member, exch_risk_member(g, a), sizeof(known.member));
	return known;
}

/* What is due is told in ns x messages: rules.c. */
void
exch_risk_account_limits(struct exch_risk_gate *g, struct exch_risk_account *a)
{
	struct exch_account_row row = row_of(g, a);
	int64_t was = a->limit.messages;

	exch_limits_of(g->o.limits, &g->changes, &row, &a->limit);
	if (was != a->limit.messages)
		a->due =
		    was == EXCH_LIMIT_NONE
			? 0
			: a->due / (uint64_t)was * (uint64_t)a->limit.messages;
	if (a->limit.duplicate != EXCH_LIMIT_NONE &&
	    a->limit.duplicate > g->window)
		g->window = a->limit.duplicate;
}

bool
exch_risk_approves(const struct exch_risk_gate *g,
    const struct exch_risk_account *a, const struct exch_risk_instr *in,
    const char by[16])
{
	struct exch_account_row row = row_of(g, a);

	return exch_limits_approves(g->o.limits, &row, in->symbol, by);
}

/* With the n-th row of the table, from 1; 0: without. */
static int
add_account(struct exch_risk_gate *g, uint32_t id, uint32_t n,
    struct exch_risk_account **out)
{
	int err = exch_keyed_add(&g->account, 0, id, out);
	struct exch_risk_account *a = *out;
	const struct exch_account_row *row;

	if (err != 0)
		return err;
	a->row = n;
	row = exch_risk_row(g, a);
	a->may_enter = row == NULL ? g->o.accounts == NULL && id != 0
				   : exch_permit_enters(&row->permit);
	a->sells_short = row == NULL || row->sells_short;
	a->products = row == NULL || row->permit.products == 0
			  ? UINT32_MAX
			  : row->permit.products;
	a->cash = row == NULL ? 0 : row->balance;
	a->opening = a->cash;
	a->limit.messages = EXCH_LIMIT_NONE;
	exch_risk_account_limits(g, a);
	exch_risk_trader(g, a);
	return exch_risk_member_known(g, exch_risk_member(g, a));
}

/* An account may do what its client may, too. */
static int
ask_client(const struct exch_risk_gate *g, size_t i,
    struct exch_risk_account *a, struct exch_diag *d)
{
	const struct exch_account_row *row = g->o.accounts->row;
	const struct exch_client_row *c;

	if (g->o.clients == NULL || row[i].client[0] == '\0')
		return EXCH_OK;
	c = exch_clients_find(g->o.clients, row[i].client);
	if (c == NULL)
		return exch_reftable_bad(g->o.accounts, i, d,
		    "client '%.16s' is in no line of %s", row[i].client,
		    g->o.clients->t.name);
	a->may_enter = a->may_enter && exch_permit_enters(&c->permit);
	if (c->permit.products != 0)
		a->products &= c->permit.products;
	return EXCH_OK;
}

static int
add_table(struct exch_risk_gate *g, struct exch_diag *d)
{
	const struct exch_reftable *t = g->o.accounts;
	const struct exch_account_row *row = t != NULL ? t->row : NULL;

	for (size_t i = 0; t != NULL && i < t->n; i++) {
		struct exch_risk_account *a;
		int err = add_account(g, row[i].account, (uint32_t)i + 1, &a);

		if (err == EXCH_ERR_EXISTS)
			return exch_reftable_bad(t, i, d,
			    "account %u stands in line %llu already",
			    row[i].account,
			    (unsigned long long)t->line[a->row - 1]);
		if (err != 0)
			return exch_risk_nomem(d);
		err = ask_client(g, i, a, d);
		if (err != 0)
			return err;
	}
	return EXCH_OK;
}

struct exch_risk_account *
exch_risk_account(struct exch_risk_gate *g, uint32_t id, struct exch_diag *d)
{
	struct exch_risk_account *a = exch_keyed_find(&g->account, 0, id);

	if (a == NULL && add_account(g, id, 0, &a) != 0) {
		(void)exch_risk_nomem(d);
		return NULL;
	}
	return a;
}

/* Of an instrument that nobody announced: whole units, no reference. */
struct exch_risk_instr *
exch_risk_instr(struct exch_risk_gate *g, uint32_t id, struct exch_diag *d)
{
	struct exch_risk_instr *in = exch_keyed_find(&g->instr, 0, id);

	if (in != NULL)
		return in;
	if (exch_keyed_add(&g->instr, 0, id, &in) != 0) {
		(void)exch_risk_nomem(d);
		return NULL;
	}
	in->money = exch_money_of(0, 0, EXCH_KIND_EQUITY);
	in->reference = in->last = in->first = EXCH_PX_NONE;
	in->base = in->low = in->high = EXCH_PX_NONE;
	in->most = EXCH_QTY_NONE;
	return in;
}

static uint64_t
hash_of(const char symbol[24])
{
	return exch_fnv(EXCH_FNV_BEGIN, symbol, 24);
}

int
exch_risk_symbol(struct exch_risk_gate *g, const char symbol[24])
{
	struct exch_key *k;
	int err = exch_keyed_add(&g->symbol, 0, hash_of(symbol), &k);

	return err == EXCH_ERR_EXISTS ? EXCH_OK : err;
}

bool
exch_risk_gate_knows(const struct exch_risk_gate *g, const char symbol[24])
{
	return exch_keyed_find(&g->symbol, 0, hash_of(symbol)) != NULL;
}

void
exch_risk_limits(const struct exch_risk_gate *g, struct exch_risk_holding *h,
    const struct exch_risk_instr *in)
{
	const struct exch_risk_account *a =
	    exch_keyed_at(&g->account, h->account);
	struct exch_account_row row = row_of(g, a);

	exch_limits_in(g->o.limits, &g->changes, &row, in->symbol, &h->limit);
	h->barred = (in->kind < 32 && (a->products >> in->kind & 1) == 0) ||
		    exch_risk_is_barred(g, row.account, in);
}

/* Its account and instrument come with it. */
struct exch_risk_holding *
exch_risk_new_holding(struct exch_risk_gate *g, uint32_t account,
    uint32_t instr, struct exch_diag *d)
{
	const struct exch_risk_instr *in = exch_risk_instr(g, instr, d);
	struct exch_risk_account *a =
	    in != NULL ? exch_risk_account(g, account, d) : NULL;
	struct exch_risk_holding *h;

	if (a == NULL)
		return NULL;
	if (exch_keyed_add(&g->holding, account, instr, &h) != 0) {
		(void)exch_risk_nomem(d);
		return NULL;
	}
	h->account = a->key.slot;
	h->instr = in->key.slot;
	h->next = a->holdings;
	a->holdings = h->key.slot;
	a->nholdings++;
	if (exch_risk_member_stops(g, a, instr))
		h->killed |= EXCH_KILLED_MEMBER;
	exch_risk_limits(g, h, in);
	exch_risk_watch(g, h);
	if (a->group != 0 && exch_group_join(g, a, h, d) != 0)
		return NULL;
	return h;
}

/* ---- what is counted ---- */

exch_i128
exch_risk_wide_value(const struct exch_money *m, exch_px price, exch_qty qty)
{
	exch_i128 v;

	if (price == EXCH_PX_NONE)
		return 0;
	/* What does not fit is more than any limit. */
	if (exch_money_cash(m, price, qty, &v) != 0)
		return price < 0 ? -EXCH_RISK_TOO_MUCH : EXCH_RISK_TOO_MUCH;
	return v > EXCH_RISK_TOO_MUCH	 ? EXCH_RISK_TOO_MUCH
	       : v < -EXCH_RISK_TOO_MUCH ? -EXCH_RISK_TOO_MUCH
					 : v;
}

void
exch_risk_drop(struct exch_risk_gate *g, struct exch_risk_order *o)
{
	bool here = o == exch_keyed_at(&g->order, o->key.slot);
	struct exch_risk_holding *h = exch_keyed_at(&g->holding, o->holding);
	struct exch_risk_account *a = exch_keyed_at(&g->account, h->account);

	if ((o->rests[0] | o->rests[1]) != 0)
		exch_risk_rest_ends(g, o);
	a->open_orders--;
	exch_risk_count(g, a, h, o, 0, 0);
	if (here && h->quote[o->sell] == o->key.slot)
		h->quote[o->sell] = 0;
	exch_keyed_drop(here ? &g->order : &g->waiting, o);
}

/* ---- life ---- */

/*
 * Each may be by itself in an instrument of an account, and each side's best
 * is kept.  Where there is not so much memory things grow as they come.
 */
static void
make_room(struct exch_risk_gate *g, size_t orders)
{
	(void)exch_keyed_reserve(&g->order, orders);
	(void)exch_keyed_reserve(&g->holding, orders);
	(void)exch_keyed_reserve(&g->bounds.part, orders);
	(void)exch_keyed_reserve(&g->best.node, orders);
}

int
exch_risk_gate_new(const struct exch_risk_opts *o, struct exch_risk_gate **out,
    struct exch_diag *d)
{
	struct exch_risk_gate *g = exch_calloc(1, sizeof(*g));
	int err;

	*out = g;
	if (g == NULL)
		return exch_risk_nomem(d);
	g->o = *o;
	if (exch_keyed_init(&g->instr, sizeof(struct exch_risk_instr)) != 0 ||
	    exch_keyed_init(&g->account, sizeof(struct exch_risk_account)) !=
		0 ||
	    exch_keyed_init(&g->holding, sizeof(struct exch_risk_holding)) !=
		0 ||
	    exch_keyed_init(&g->symbol, sizeof(struct exch_key)) != 0 ||
	    exch_keyed_init(&g->waiting, sizeof(struct exch_risk_order)) != 0 ||
	    exch_keyed_init(&g->order, sizeof(struct exch_risk_order)) != 0 ||
	    exch_keyed_init(&g->held, sizeof(struct exch_risk_held)) != 0 ||
	    exch_keyed_init(
		&g->members.stopped, sizeof(struct exch_risk_stopped)) != 0 ||
	    exch_changes_init(&g->changes) != 0 ||
	    exch_best_init(&g->best) != 0 ||
	    exch_bounds_init(&g->bounds) != 0 ||
	    exch_groups_init(&g->groups) != 0 || exch_same_init(&g->same) != 0)
		err = exch_risk_nomem(d);
	else
		err = exch_risk_index(g, d);
	if (err == 0)
		err = add_table(g, d);
	if (err == 0 && o->limits->groups)
		err = exch_groups_make(g, d);
	if (err == 0 && !o->fills)
		err = exch_limits_plain(o->limits, d);
	if (err == 0 && o->limits->dated && o->rates == NULL)
		err = exch_diag_set(d, EXCH_ERR_NEED, o->limits->t.name,
		    EXCH_POS_NONE, 0,
		    "a margin-rule goes by dated rates: add --margin FILE, "
		    "such as risk/margin.csv of the package");
	if (err == 0 && o->limits->day_traders && o->trading == NULL)
		err = exch_diag_set(d, EXCH_ERR_NEED, o->limits->t.name,
		    EXCH_POS_NONE, 0,
		    "the rule of day traders goes by dated numbers: add "
		    "--margin FILE, such as risk/margin.csv of the package");
	if (err != 0) {
		exch_risk_gate_free(g);
		*out = NULL;
		return err;
	}
	make_room(g, o->orders);
	return EXCH_OK;
}

void
exch_risk_gate_free(struct exch_risk_gate *g)
{
	struct exch_risk_instr *in;
	struct exch_risk_held *h;
	uint32_t at = 0;

	if (g == NULL)
		return;
	while ((in = exch_keyed_next(&g->instr, &at)) != NULL) {
		exch_free(in->exec);
		exch_free(in->was);
	}
	at = 0;
	while ((h = exch_keyed_next(&g->held, &at)) != NULL)
		exch_free(h->rec);
	exch_risk_index_clear(g);
	exch_keyed_clear(&g->held);
	exch_changes_clear(&g->changes);
	exch_keyed_clear(&g->members.stopped);
	exch_groups_clear(&g->groups);
	exch_bounds_clear(&g->bounds);
	exch_best_clear(&g->best);
	exch_buf_free(&g->own);
	exch_keyed_clear(&g->instr);
	exch_keyed_clear(&g->account);
	exch_keyed_clear(&g->holding);
	exch_keyed_clear(&g->symbol);
	exch_keyed_clear(&g->waiting);
	exch_keyed_clear(&g->order);
	exch_said_clear(&g->said);
	exch_same_clear(&g->same);
	exch_free(g);
}

const char *
exch_risk_gate_group(const struct exch_risk_gate *g, uint32_t account)
{
	const struct exch_risk_account *a =
	    exch_keyed_find(&g->account, 0, account);

	return a != NULL && a->row != 0 ? exch_risk_row(g, a)->group : "";
}

uint64_t
exch_risk_gate_held(const struct exch_risk_gate *g)
{
	return g->held.live;
}

struct exch_risk_looks
exch_risk_gate_looks(const struct exch_risk_gate *g)
{
	return g->looks;
}

int
exch_risk_gate_holding(const struct exch_risk_gate *g, uint32_t account,
    uint32_t instr, struct exch_holding_view *out)
{
	const struct exch_risk_holding *h =
	    exch_keyed_find(&g->holding, account, instr);

	if (h == NULL)
		return EXCH_ERR_ABSENT;
	*out = (struct exch_holding_view){h->position, h->open[0], h->open[1]};
	return EXCH_OK;
}

int
exch_risk_gate_account(const struct exch_risk_gate *g, uint32_t account,
    struct exch_account_view *out)
{
	const struct exch_risk_account *a =
	    exch_keyed_find(&g->account, 0, account);

	if (a == NULL)
		return EXCH_ERR_ABSENT;
	*out =
	    (struct exch_account_view){a->cash, a->open_value, a->open_orders};
	return EXCH_OK;
}
