/* Who has told what, and the limits of each (watch.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/keyed.h"
#include "rec/rec.h"
#include "risk/changes.h"
#include "risk/watch.h"

#define MILLION 1000000

/* As in struct exch_rec_alert. */
enum severity { INFO, WARNING, CRITICAL = 3 };

/* Limits of an account, where instruments are numbers from 1. */
#define OF_CREDIT 0
#define OF_LOSS (UINT64_C(1) << 40)
#define OF_SHARE (UINT64_C(1) << 41) /* and the instrument: concentration */

/* Known by (account, instrument), or one of the above. */
struct watched {
	struct exch_key key;
	int64_t limit;
	uint64_t age; /* of the limit: changes there were when it was read */
	uint8_t told; /* enum severity */
};

struct exch_watch {
	struct exch_watch_opts o;
	struct exch_keyed watched;
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

	*out = NULL;
	if (w == NULL)
		return nomem(d);
	w->o = *o;
	if (exch_keyed_init(&w->watched, sizeof(struct watched)) != 0 ||
	    exch_changes_init(&w->changes) != 0) {
		exch_watch_free(w);
		return nomem(d);
	}
	*out = w;
	return EXCH_OK;
}

void
exch_watch_free(struct exch_watch *w)
{
	if (w == NULL)
		return;
	exch_keyed_clear(&w->watched);
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

static int
watched(struct exch_watch *w, const struct exch_account_row *a, uint64_t what,
    const char *symbol, struct watched **out, struct exch_diag *d)
{
	int err = exch_keyed_add(&w->watched, a->account, what, out);

	if (err != 0 && err != EXCH_ERR_EXISTS)
		return nomem(d);
	if (err == 0 || (*out)->age != w->nchanges) {
		(*out)->limit = limit_of(w, a, what, symbol);
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
tell(const struct exch_watch *w, struct watched *x, exch_i128 observed,
    enum exch_rule rule, struct exch_alert *alert, unsigned *n)
{
	enum severity s = how_bad(w, x->limit, observed);

	if (s == (enum severity)x->told)
		return;
	x->told = (uint8_t)s;
	alert[(*n)++] = (struct exch_alert){.account = x->key.place,
	    .instr = (uint32_t)x->key.id, /* without what it is of */
	    .severity = (uint8_t)s,
	    .rule = (uint8_t)rule,
	    .limit = x->limit,
	    .observed = observed > INT64_MAX   ? INT64_MAX
			: observed < INT64_MIN ? INT64_MIN
					       : (int64_t)observed};
}

/* What the account is asked for in all. */
static int
look_whole(struct exch_watch *w, const struct exch_account_row *row,
    const struct exch_position_view *v, struct exch_alert *alert, unsigned *n,
    struct exch_diag *d)
{
	struct exch_balance_view b = {0};
	exch_i128 gross, all, part;
	struct watched *x;
	int err = watched(w, row, OF_CREDIT, NULL, &x, d);

	if (err != 0)
		return err;
	(void)exch_portfolio_account(w->o.portfolio, row->account, &b.cash);
	tell(w, x, -b.cash, EXCH_RULE_CREDIT, alert, n);
	err = watched(w, row, OF_LOSS, NULL, &x, d);
	if (err == 0 && x->limit != EXCH_LIMIT_NONE &&
	    exch_portfolio_balance(w->o.portfolio, row->account, &b))
		tell(w, x, b.fees - b.realised - b.unrealised, EXCH_RULE_LOSS,
		    alert, n);
	if (err != 0 || v == NULL)
		return err;
	err = watched(w, row, OF_SHARE | v->instr, v->symbol, &x, d);
	if (err != 0 || x->limit == EXCH_LIMIT_NONE ||
	    !exch_portfolio_balance(w->o.portfolio, row->account, &b))
		return err;
	gross = b.longs - b.shorts;
	all = b.cash + b.longs + b.shorts;
	all = gross > all ? gross : all;
	part = v->value < 0 ? -v->value : v->value;
	tell(w, x, all <= 0 ? 0 : (part * MILLION + all - 1) / all,
	    EXCH_RULE_CONCENTRATION, alert, n);
	return EXCH_OK;
}

int
exch_watch_look(struct exch_watch *w, uint32_t account, uint32_t instr,
    struct exch_alert alert[EXCH_ALERTS_MOST], unsigned *n, struct exch_diag *d)
{
	struct exch_account_row nobody = {.account = account};
	const struct exch_account_row *row;
	struct exch_position_view v;
	struct watched *x;
	exch_i128 cash;
	bool has;
	int err;

	*n = 0;
	if (account == 0)
		return EXCH_OK;
	row = exch_portfolio_account(w->o.portfolio, account, &cash);
	if (row == NULL)
		row = &nobody;
	has = exch_portfolio_position(w->o.portfolio, account, instr, &v);
	if (has) {
		err = watched(w, row, instr, v.symbol, &x, d);
		if (err != 0)
			return err;
		tell(w, x, v.qty < 0 ? -(exch_i128)v.qty : v.qty,
		    EXCH_RULE_POSITION, alert, n);
	}
	return look_whole(w, row, has ? &v : NULL, alert, n, d);
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
