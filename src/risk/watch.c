/* Who has told what, and the limits of each (watch.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/keyed.h"
#include "rec/rec.h"
#include "risk/changes.h"
#include "risk/watch.h"
#include "risk/watch_group.h"

#define MILLION 1000000

/* As in struct exch_rec_alert. */
enum severity { INFO, WARNING, CRITICAL = 3 };

/* Limits of an account, where instruments are numbers from 1. */
#define OF_CREDIT 0
#define OF_LOSS (UINT64_C(1) << 40)
#define OF_SHARE (UINT64_C(1) << 41) /* and the instrument: concentration */
#define OF_GROSS (UINT64_C(1) << 42) /* and the instrument: of a group */
#define OF_NOTIONAL (UINT64_C(1) << 43)

/*
 * Known by (account, instrument), or one of the above; those of groups by the
 * group's slot instead of the account.
 */
struct watched {
	struct exch_key key;
	int64_t limit;
	uint64_t age; /* of the limit: changes there were when it was read */
	uint8_t told; /* enum severity */
};

struct exch_watch {
	struct exch_watch_opts o;
	struct exch_keyed watched, of_group;
	struct exch_watch_groups groups;
	struct exch_changes changes;
	uint64_t nchanges;
};

static int
nomem(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for what is watched");
}

int
exch_watch_new(const struct exch_watch_opts *o, struct exch_watch **out,
    struct exch_diag *d)
{
	struct exch_watch *w = exch_calloc(1, sizeof(*w));
	int err;

	*out = NULL;
	if (w == NULL)
		return nomem(d);
	w->o = *o;
	err = exch_keyed_init(&w->watched, sizeof(struct watched)) != 0 ||
		      exch_keyed_init(&w->of_group, sizeof(struct watched)) !=
			  0 ||
		      exch_changes_init(&w->changes) != 0
		  ? nomem(d)
		  : exch_watch_groups_init(&w->groups, o->accounts, d);
	if (err != 0)
		exch_watch_free(w);
	else
		*out = w;
	return err;
}

void
exch_watch_free(struct exch_watch *w)
{
	if (w == NULL)
		return;
	exch_keyed_clear(&w->watched);
	exch_keyed_clear(&w->of_group);
	exch_watch_groups_clear(&w->groups);
	exch_changes_clear(&w->changes);
	exch_free(w);
}

/* A share that nobody set is a limit that nobody set. */
static int64_t
share(uint32_t ppm)
{
	return ppm == EXCH_COLLAR_NONE ? EXCH_LIMIT_NONE : ppm;
}

static int64_t
limit_of(const struct exch_watch *w, const struct exch_account_row *a,
    uint64_t what, const char *symbol)
{
	struct exch_account_limits all;
	struct exch_order_limits in;

	if (symbol != NULL) {
		exch_limits_in(w->o.limits, &w->changes, a, symbol, &in);
		return (what & OF_SHARE) != 0 ? share(in.concentration)
					      : in.position;
	}
	exch_limits_of(w->o.limits, &w->changes, a, &all);
	return what == OF_LOSS ? all.loss : all.credit;
}

/* An account that is looked at, and what there is to tell. */
struct look {
	struct exch_watch *w;
	const struct exch_account_row *row;
	struct exch_alert *alert;
	unsigned *n;
	struct exch_diag *d;
};

static int
watched(const struct look *k, uint64_t what, const char *symbol,
    struct watched **out)
{
	struct exch_watch *w = k->w;
	int err = exch_keyed_add(&w->watched, k->row->account, what, out);

	if (err != 0 && err != EXCH_ERR_EXISTS)
		return nomem(k->d);
	if (err == 0 || (*out)->age != w->nchanges) {
		(*out)->limit = limit_of(w, k->row, what, symbol);
		(*out)->age = w->nchanges;
	}
	return EXCH_OK;
}

static enum severity
how_bad(const struct exch_watch *w, int64_t limit, exch_i128 observed)
{
	if (limit == EXCH_LIMIT_NONE || observed <= 0)
		return INFO;
	if (observed > limit)
		return CRITICAL;
	return w->o.warn < MILLION &&
		       observed * MILLION >= (exch_i128)limit * w->o.warn
		   ? WARNING
		   : INFO;
}

static void
tell(const struct look *k, struct watched *x, exch_i128 observed,
    enum exch_rule rule, const char *group)
{
	enum severity s = how_bad(k->w, x->limit, observed);

	if (s == (enum severity)x->told)
		return;
	x->told = (uint8_t)s;
	k->alert[(*k->n)++] = (struct exch_alert){.account = k->row->account,
	    .group = group,
	    .instr = (uint32_t)x->key.id, /* without what it is of */
	    .severity = (uint8_t)s,
	    .rule = (uint8_t)rule,
	    .limit = x->limit,
	    .observed = observed > INT64_MAX   ? INT64_MAX
			: observed < INT64_MIN ? INT64_MIN
					       : (int64_t)observed,
	    .cut = observed > INT64_MAX || observed < INT64_MIN};
}

/* What the account is asked for in all. */
static int
look_whole(const struct look *k, const struct exch_position_view *v)
{
	const struct exch_portfolio *of = k->w->o.portfolio;
	struct exch_balance_view b = {0};
	exch_i128 gross, all, part;
	struct watched *x;
	int err = watched(k, OF_CREDIT, NULL, &x);

	if (err != 0)
		return err;
	(void)exch_portfolio_account(of, k->row->account, &b.cash);
	tell(k, x, -b.cash, EXCH_RULE_CREDIT, NULL);
	err = watched(k, OF_LOSS, NULL, &x);
	if (err == 0 && x->limit != EXCH_LIMIT_NONE &&
	    exch_portfolio_balance(of, k->row->account, &b))
		tell(k, x, b.fees - b.realised - b.unrealised, EXCH_RULE_LOSS,
		    NULL);
	if (err != 0 || v == NULL)
		return err;
	err = watched(k, OF_SHARE | v->instr, v->symbol, &x);
	if (err != 0 || x->limit == EXCH_LIMIT_NONE ||
	    !exch_portfolio_balance(of, k->row->account, &b))
		return err;
	gross = b.longs - b.shorts;
	all = b.cash + b.longs + b.shorts;
	all = gross > all ? gross : all;
	part = v->value < 0 ? -v->value : v->value;
	tell(k, x, all <= 0 ? 0 : (part * MILLION + all - 1) / all,
	    EXCH_RULE_CONCENTRATION, NULL);
	return EXCH_OK;
}

/* ---- groups ---- */

static int64_t
limit_of_group(const struct exch_watch *w, const char *name, uint64_t what,
    const char *symbol)
{
	struct exch_account_limits all;
	struct exch_group_limits in;
	int64_t position;

	if (symbol != NULL) {
		exch_limits_in_group(
		    w->o.limits, &w->changes, name, symbol, &position, &in);
		return (what & OF_GROSS) != 0	   ? in.gross
		       : (what & OF_NOTIONAL) != 0 ? in.notional
						   : position;
	}
	exch_limits_of_group(w->o.limits, &w->changes, name, &all);
	return what == OF_LOSS ? all.loss : all.credit;
}

static int
watched_group(const struct look *k, const struct exch_watch_group *p,
    uint64_t what, const char *symbol, struct watched **out)
{
	struct exch_watch *w = k->w;
	int err = exch_keyed_add(&w->of_group, p->key.slot, what, out);

	if (err != 0 && err != EXCH_ERR_EXISTS)
		return nomem(k->d);
	if (err == 0 || (*out)->age != w->nchanges) {
		(*out)->limit = limit_of_group(w, p->name, what, symbol);
		(*out)->age = w->nchanges;
	}
	return EXCH_OK;
}

/* What all of them have in the instrument. */
static int
look_group_holding(const struct look *k, const struct exch_watch_group *p,
    const struct exch_watch_group_holding *h, const char *symbol)
{
	uint32_t instr = (uint32_t)h->key.id;
	exch_i128 worth;
	struct watched *x;
	int err = watched_group(k, p, instr, symbol, &x);

	if (err == 0)
		tell(k, x, h->qty < 0 ? -h->qty : h->qty,
		    EXCH_RULE_GROUP_POSITION, p->name);
	if (err == 0)
		err = watched_group(k, p, OF_GROSS | instr, symbol, &x);
	if (err == 0)
		tell(k, x, h->gross, EXCH_RULE_GROUP_GROSS, p->name);
	if (err == 0)
		err = watched_group(k, p, OF_NOTIONAL | instr, symbol, &x);
	if (err != 0 || x->limit == EXCH_LIMIT_NONE)
		return err;
	worth = exch_portfolio_worth(k->w->o.portfolio, instr, h->gross);
	tell(k, x, worth < 0 ? -worth : worth, EXCH_RULE_GROUP_NOTIONAL,
	    p->name);
	return EXCH_OK;
}

static int
look_group(
    const struct look *k, exch_i128 cash, const struct exch_position_view *v)
{
	struct exch_watch *w = k->w;
	struct exch_watch_group_holding *h;
	struct exch_watch_group *p;
	struct watched *x;
	int err = exch_watch_groups_note(
	    &w->groups, k->row->account, cash, v, &p, &h, k->d);

	if (err != 0 || p == NULL)
		return err;
	if (h != NULL)
		err = look_group_holding(k, p, h, v->symbol);
	if (err == 0)
		err = watched_group(k, p, OF_CREDIT, NULL, &x);
	if (err == 0)
		tell(k, x, -p->cash, EXCH_RULE_GROUP_CREDIT, p->name);
	if (err == 0)
		err = watched_group(k, p, OF_LOSS, NULL, &x);
	if (err == 0 && x->limit != EXCH_LIMIT_NONE)
		tell(k, x, exch_watch_group_loss(&w->groups, p, w->o.portfolio),
		    EXCH_RULE_GROUP_LOSS, p->name);
	return err;
}

/* ---- all of it ---- */

int
exch_watch_look(struct exch_watch *w, uint32_t account, uint32_t instr,
    struct exch_alert alert[EXCH_ALERTS_MOST], unsigned *n, struct exch_diag *d)
{
	struct exch_account_row who;
	struct look k = {w, &who, alert, n, d};
	struct exch_position_view v;
	struct watched *x;
	exch_i128 cash;
	bool has;
	int err;

	*n = 0;
	if (account == 0)
		return EXCH_OK;
	who = exch_portfolio_account(w->o.portfolio, account, &cash);
	has = exch_portfolio_position(w->o.portfolio, account, instr, &v);
	if (has) {
		err = watched(&k, instr, v.symbol, &x);
		if (err != 0)
			return err;
		tell(&k, x, v.qty < 0 ? -(exch_i128)v.qty : v.qty,
		    EXCH_RULE_POSITION, NULL);
	}
	err = look_whole(&k, has ? &v : NULL);
	return err == 0 ? look_group(&k, cash, has ? &v : NULL) : err;
}

void
exch_watch_again(struct exch_watch *w)
{
	w->nchanges++;
}

int
exch_watch_change(struct exch_watch *w, const struct exch_rec_limit *r,
    const char symbol[24], struct exch_diag *d)
{
	struct exch_whom whom;
	int err;

	exch_change_whom(r, symbol, &whom);
	err = exch_changes_set(&w->changes, &whom, r->what, r->value);
	w->nchanges++;
	return err == EXCH_ERR_NOMEM ? nomem(d) : EXCH_OK;
}
