/* Who has told what, and the limits of each (watch.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/keyed.h"
#include "rec/rec.h"
#include "risk/watch.h"

#define MILLION 1000000

/* As in struct exch_rec_alert. */
enum severity { INFO, WARNING, CRITICAL = 3 };

/* Known by (account, instrument), or instrument 0 for what is an account's. */
struct watched {
	struct exch_key key;
	int64_t limit;
	uint8_t told; /* enum severity */
};

struct exch_watch {
	struct exch_watch_opts o;
	struct exch_keyed watched;
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
	if (exch_keyed_init(&w->watched, sizeof(struct watched)) != 0) {
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
	exch_free(w);
}

static int64_t
limit_of(const struct exch_watch *w, const struct exch_account_row *a,
    const char *symbol)
{
	struct exch_account_limits all;
	struct exch_order_limits in;

	if (symbol != NULL) {
		exch_limits_in(w->o.limits, NULL, a, symbol, &in);
		return in.position;
	}
	exch_limits_of(w->o.limits, NULL, a, &all);
	return all.credit;
}

static int
watched(struct exch_watch *w, const struct exch_account_row *a, uint32_t instr,
    const char *symbol, struct watched **out, struct exch_diag *d)
{
	int err = exch_keyed_add(&w->watched, a->account, instr, out);

	if (err == EXCH_ERR_EXISTS)
		return EXCH_OK;
	if (err != 0)
		return nomem(d);
	(*out)->limit = limit_of(w, a, symbol);
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
	    .instr = (uint32_t)x->key.id,
	    .severity = (uint8_t)s,
	    .rule = (uint8_t)rule,
	    .limit = x->limit,
	    .observed = observed > INT64_MAX   ? INT64_MAX
			: observed < INT64_MIN ? INT64_MIN
					       : (int64_t)observed};
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
	int err;

	*n = 0;
	if (account == 0)
		return EXCH_OK;
	row = exch_portfolio_account(w->o.portfolio, account, &cash);
	if (row == NULL)
		row = &nobody;
	if (exch_portfolio_position(w->o.portfolio, account, instr, &v)) {
		err = watched(w, row, instr, v.symbol, &x, d);
		if (err != 0)
			return err;
		tell(w, x, v.qty < 0 ? -(exch_i128)v.qty : v.qty,
		    EXCH_RULE_POSITION, alert, n);
	}
	err = watched(w, row, 0, NULL, &x, d);
	if (err == 0)
		tell(w, x, -cash, EXCH_RULE_CREDIT, alert, n);
	return err;
}
