/* Options of exch-settle, and the tables that they name. */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "exch-settle/tool.h"
#include "risk/known.h"
#include "risk/limits.h"
#include "risk/portfolio.h"

enum opt_id {
	OPT_MODEL = 256,
	OPT_BILATERAL,
	OPT_WHOLE,
	OPT_CYCLE,
	OPT_CALENDAR,
	OPT_UNTIL,
	OPT_ACCOUNTS,
	OPT_OPENING,
	OPT_BONDS,
	OPT_PENALTIES,
	OPT_ACTIONS,
	OPT_EXERCISES,
	OPT_ASSIGN,
	OPT_LENDING,
	OPT_COLLATERAL,
	OPT_RECALLS,
	OPT_ALLOCATIONS,
	OPT_CASH,
	OPT_RATES,
	OPT_CONVERT,
	OPT_FUND,
	OPT_DEFAULTS,
	OPT_CLOSE_OUT,
	OPT_PREMIUM,
	OPT_REPORTED,
	OPT_TOLERANCE,
	OPT_FEES,
	OPT_FROM,
	OPT_NEED,
	OPT_CURRENCY,
	OPT_REMEMBER,
	OPT_TZ,
	OPT_STRICT
};

const struct exch_opt settle_opts[] = {
    {"model", 'm', "1|2|3", "delivery versus payment by this model (3)",
	OPT_MODEL},
    {"bilateral", 0, NULL, "models 1 and 2: net the trades of each pair",
	OPT_BILATERAL},
    {"whole", 0, NULL, "models 1 and 2: settle whole or not at all", OPT_WHOLE},
    {"cycle", 'c', "N|FILE", "settle N days after the trade (1), or a table",
	OPT_CYCLE},
    {"calendar", 0, "FILE", "days on which nothing settles", OPT_CALENDAR},
    {"until", 0, "DATE|settled", "let settlement days pass up to this one",
	OPT_UNTIL},
    {"accounts", 'a', "FILE", "what cash accounts have: exch-tables(5)",
	OPT_ACCOUNTS},
    {"opening", 0, "FILE", "what securities they have", OPT_OPENING},
    {"bonds", 0, "FILE", "coupons of bonds, whose trades pay accrued interest",
	OPT_BONDS},
    {"penalties", 0, "FILE", "what fails cost for each settlement day",
	OPT_PENALTIES},
    {"actions", 0, "FILE", "what companies do: corporate actions", OPT_ACTIONS},
    {"exercises", 0, "FILE", "options end, and what their holders wish",
	OPT_EXERCISES},
    {"assign", 0, "random|pro-rata",
	"who has written what is exercised (random)", OPT_ASSIGN},
    {"lending", 0, "FILE", "who lends what others would fail to deliver",
	OPT_LENDING},
    {"collateral", 0, "FILE", "cash that is given for what was borrowed",
	OPT_COLLATERAL},
    {"recalls", 0, "FILE", "what lenders want back, and by when", OPT_RECALLS},
    {"allocations", 0, "FILE", "whom what accounts trade is for",
	OPT_ALLOCATIONS},
    {"cash", 0, "FILE", "what cash they have, in any currency", OPT_CASH},
    {"rates", 0, "FILE", "rates of exchange, by date", OPT_RATES},
    {"convert", 0, NULL, "who lacks a currency changes others at these rates",
	OPT_CONVERT},
    {"default-fund", 0, "FILE", "what members have paid in for losses",
	OPT_FUND},
    {"defaults", 0, "FILE", "model 3: members that default, and when",
	OPT_DEFAULTS},
    {"close-out", 0, "short|long",
	"model 3: buy in what fails, as after such sales", OPT_CLOSE_OUT},
    {"premium", 0, "N", "basis points that it costs more (0)", OPT_PREMIUM},
    {"reported", 0, "FILE", "trades as two sides report them, to be compared",
	OPT_REPORTED},
    {"tolerance", 0, "CASH", "by which what they report may differ (0)",
	OPT_TOLERANCE},
    {"fees", 0, "FILE", "what the venue charges for executions", OPT_FEES},
    {"from", 0, "FILE", "go on with what a settled stream has left", OPT_FROM},
    {"need", 0, "WHAT", "none, cash, securities or both: who is asked for it",
	OPT_NEED},
    {"currency", 0, "CODE", "of that cash (that of the first instrument)",
	OPT_CURRENCY},
    {"remember", 0, "N", "executions that can still be broken (1048576)",
	OPT_REMEMBER},
    {"tz", 0, "ZONE", "of trade dates (that of the stream)", OPT_TZ},
    {"strict", 0, NULL, "stop at the first record with bad content",
	OPT_STRICT},
    {0},
};

static const char *const names[SETTLE_TABLES] = {"cycle", "calendar",
    "accounts", "opening", "penalties", "actions", "allocations", "cash",
    "rates", "default-fund", "defaults", "reported", "fees", "bonds",
    "exercises", "lending", "collateral", "recalls"};

/* ---- values ---- */

/* Days, or else it is the name of a table. */
static int
cycle(struct settle_tool *t, struct exch_cli *c, const char *v)
{
	uint64_t n;

	if (exch_uint_parse(v, strlen(v), &n) != 0) {
		t->path[SETTLE_CYCLE] = v;
		return 0;
	}
	if (n > EXCH_CYCLE_MOST)
		return exch_cli_usage(c,
		    "--cycle: %s are more than %d settlement days", v,
		    EXCH_CYCLE_MOST);
	t->o.days = (uint32_t)n;
	t->path[SETTLE_CYCLE] = NULL;
	return 0;
}

static int
until(struct settle_tool *t, struct exch_cli *c, const char *v)
{
	if (strcmp(v, "settled") == 0) {
		t->until = UINT32_MAX;
		return 0;
	}
	if (exch_date_parse(v, strlen(v), &t->until) == 0)
		return 0;
	return exch_cli_usage(c,
	    "--until: '%s' is neither a date such as 2026-01-05 nor settled",
	    v);
}

static int
currency(struct settle_tool *t, struct exch_cli *c, const char *v)
{
	size_t n = strlen(v);

	if (n == 0 || n > 4)
		return exch_cli_usage(
		    c, "--currency: '%s' is no code such as USD", v);
	memset(t->o.currency, 0, sizeof(t->o.currency));
	memcpy(t->o.currency, v, n);
	return 0;
}

static int
need(struct settle_tool *t, struct exch_cli *c, const char *v)
{
	static const char *const words[] = {
	    "none", "cash", "securities", "both"};

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(words); i++)
		if (strcmp(v, words[i]) == 0) {
			t->need = (int)i;
			return 0;
		}
	return exch_cli_usage(
	    c, "--need: '%s' is none of none, cash, securities and both", v);
}

static int
tolerance(struct settle_tool *t, struct exch_cli *c, const char *v)
{
	if (exch_dec_parse(v, strlen(v), 6, &t->o.tolerance) == 0 &&
	    t->o.tolerance >= 0)
		return 0;
	return exch_cli_usage(
	    c, "--tolerance: '%s' is no amount from 0 such as 2.50", v);
}

static int
remember(struct settle_tool *t, struct exch_cli *c, const char *v)
{
	uint64_t n;

	if (exch_uint_parse(v, strlen(v), &n) != 0 || n == 0 ||
	    n > UINT32_MAX / 2)
		return exch_cli_usage(
		    c, "--remember: '%s' is no number from 1 to 2147483647", v);
	t->o.remember = (uint32_t)n;
	return 0;
}

static int
assign(struct settle_tool *t, struct exch_cli *c, const char *v)
{
	t->o.pro_rata = strcmp(v, "pro-rata") == 0;
	return t->o.pro_rata || strcmp(v, "random") == 0
		   ? 0
		   : exch_cli_usage(
			 c, "--assign: '%s' is neither random nor pro-rata", v);
}

/* Settlement days after the one it should have settled on, of Rule 204. */
static int
close_out(struct settle_tool *t, struct exch_cli *c, const char *v)
{
	t->o.close_out = strcmp(v, "short") == 0  ? 1
			 : strcmp(v, "long") == 0 ? 3
						  : 0;
	return t->o.close_out != 0
		   ? 0
		   : exch_cli_usage(
			 c, "--close-out: '%s' is neither short nor long", v);
}

static int
premium(struct settle_tool *t, struct exch_cli *c, const char *v)
{
	uint64_t n;

	if (exch_uint_parse(v, strlen(v), &n) != 0 || n > 10000)
		return exch_cli_usage(
		    c, "--premium: '%s' is no number from 0 to 10000", v);
	t->o.premium = (uint32_t)n;
	return 0;
}

int
settle_option(void *arg, struct exch_cli *c, int id, const char *v)
{
	struct settle_tool *t = arg;

	switch (id) {
	case OPT_MODEL:
		if (strlen(v) != 1 || *v < '1' || *v > '3')
			return exch_cli_usage(
			    c, "--model: '%s' is none of 1, 2 and 3", v);
		t->o.model = (unsigned)(*v - '0');
		return 0;
	case OPT_BILATERAL:
		t->o.bilateral = true;
		return 0;
	case OPT_WHOLE:
		t->o.whole = true;
		return 0;
	case OPT_CYCLE:
		return cycle(t, c, v);
	case OPT_CALENDAR:
		t->path[SETTLE_CALENDAR] = v;
		return 0;
	case OPT_UNTIL:
		return until(t, c, v);
	case OPT_ACCOUNTS:
		t->path[SETTLE_ACCOUNTS] = v;
		return 0;
	case OPT_OPENING:
		t->path[SETTLE_OPENING] = v;
		return 0;
	case OPT_BONDS:
		t->path[SETTLE_BONDS] = v;
		return 0;
	case OPT_PENALTIES:
		t->path[SETTLE_PENALTIES] = v;
		return 0;
	case OPT_ACTIONS:
		t->path[SETTLE_ACTIONS] = v;
		return 0;
	case OPT_ASSIGN:
		return assign(t, c, v);
	case OPT_LENDING:
		t->path[SETTLE_LENDING] = v;
		return 0;
	case OPT_COLLATERAL:
		t->path[SETTLE_COLLATERAL] = v;
		return 0;
	case OPT_RECALLS:
		t->path[SETTLE_RECALLS] = v;
		return 0;
	case OPT_EXERCISES:
		t->path[SETTLE_EXERCISES] = v;
		return 0;
	case OPT_ALLOCATIONS:
		t->path[SETTLE_ALLOCATIONS] = v;
		return 0;
	case OPT_CASH:
		t->path[SETTLE_CASH] = v;
		return 0;
	case OPT_RATES:
		t->path[SETTLE_RATES] = v;
		return 0;
	case OPT_FUND:
		t->path[SETTLE_FUND] = v;
		return 0;
	case OPT_DEFAULTS:
		t->path[SETTLE_DEFAULTS] = v;
		return 0;
	case OPT_CLOSE_OUT:
		return close_out(t, c, v);
	case OPT_PREMIUM:
		return premium(t, c, v);
	case OPT_CONVERT:
		t->o.convert = true;
		return 0;
	case OPT_REPORTED:
		t->path[SETTLE_REPORTED] = v;
		return 0;
	case OPT_TOLERANCE:
		return tolerance(t, c, v);
	case OPT_FEES:
		t->path[SETTLE_FEES] = v;
		return 0;
	case OPT_FROM:
		t->from = v;
		return 0;
	case OPT_NEED:
		return need(t, c, v);
	case OPT_CURRENCY:
		return currency(t, c, v);
	case OPT_REMEMBER:
		return remember(t, c, v);
	case OPT_TZ:
		t->zone = v;
		return 0;
	default:
		t->bad.strict = true;
		return 0;
	}
}

/* ---- tables ---- */

static int
by_account(const void *x, const void *y)
{
	const struct exch_account_row *a = x, *b = y;

	return (a->account > b->account) - (a->account < b->account);
}

static int
parse_accounts(struct settle_tool *t, const char *text, size_t n,
    const char *path, struct exch_diag *d)
{
	int err = exch_reftable_parse(
	    text, n, path, &exch_accounts_shape, &t->accounts, d);

	return err != 0 ? err
			: exch_reftable_once(&t->accounts,
			      sizeof(struct exch_account_row), by_account,
			      "is about that account already", d);
}

static int
parse(struct settle_tool *t, enum settle_table which, size_t n,
    struct exch_diag *d)
{
	const char *text = t->text[which], *path = t->path[which];

	switch (which) {
	case SETTLE_CYCLE:
		return exch_cycles_parse(text, n, path, &t->cycle, d);
	case SETTLE_CALENDAR:
		return exch_calendar_parse(text, n, path, &t->calendar, d);
	case SETTLE_ACCOUNTS:
		return parse_accounts(t, text, n, path, d);
	case SETTLE_OPENING:
		return exch_opening_parse(text, n, path, &t->opening, d);
	case SETTLE_BONDS:
		return exch_bonds_parse(text, n, path, &t->bonds, d);
	case SETTLE_PENALTIES:
		return exch_penalties_parse(text, n, path, &t->penalties, d);
	case SETTLE_ACTIONS:
		return exch_actions_parse(text, n, path, &t->actions, d);
	case SETTLE_EXERCISES:
		return exch_wishes_parse(text, n, path, &t->exercises, d);
	case SETTLE_LENDING:
		return exch_lending_parse(text, n, path, &t->lending, d);
	case SETTLE_COLLATERAL:
		return exch_collateral_parse(text, n, path, &t->collateral, d);
	case SETTLE_RECALLS:
		return exch_recalls_parse(text, n, path, &t->recalls, d);
	case SETTLE_ALLOCATIONS:
		return exch_allocations_parse(
		    text, n, path, &t->allocations, d);
	case SETTLE_CASH:
		return exch_moneys_parse(text, n, path, &t->cash, d);
	case SETTLE_RATES:
		return exch_fx_parse(text, n, path, &t->rates, d);
	case SETTLE_FUND:
		return exch_members_parse(text, n, path, &t->members, d);
	case SETTLE_DEFAULTS:
		return exch_defaults_parse(text, n, path, &t->defaults, d);
	case SETTLE_REPORTED:
		return exch_reported_parse(text, n, path, &t->reported, d);
	default:
		return exch_fees_parse(text, n, path, &t->fees, d);
	}
}

static int
check_allocations(const struct settle_tool *t, struct exch_diag *d)
{
	const struct exch_account_row *a = t->accounts.row;
	const struct exch_allocation_row *r = t->allocations.row;
	struct exch_keyed known;
	struct exch_key *key;
	int err = exch_keyed_init(&known, sizeof(*key));

	for (size_t i = 0; i < t->accounts.n && err == 0; i++) {
		err = exch_keyed_add(&known, 0, a[i].account, &key);
		err = err == EXCH_ERR_EXISTS ? EXCH_OK : err;
	}
	if (err != 0)
		err = exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for accounts");
	for (size_t i = 0; i < t->allocations.n && err == 0; i++) {
		bool to = exch_keyed_find(&known, 0, r[i].account) != NULL;

		if (!to || exch_keyed_find(&known, 0, r[i].to) == NULL)
			err = exch_reftable_bad(&t->allocations, i, d,
			    "'%s': account %u is not in the table of accounts",
			    to ? "to" : "account", to ? r[i].to : r[i].account);
	}
	exch_keyed_clear(&known);
	return err;
}

/* Where a table tells the accounts there are, others are none. */
static int
check_accounts(const struct settle_tool *t, struct exch_diag *d)
{
	int err = EXCH_OK;

	if (t->path[SETTLE_ACCOUNTS] == NULL)
		return err;
	if (t->path[SETTLE_FEES] != NULL)
		err = exch_known_whom(
		    &t->fees.t, sizeof(struct exch_fee_row), &t->accounts, d);
	return err == 0 ? check_allocations(t, d) : err;
}

/* Without that table nobody is of a member, and such a row charges nobody. */
static void
tell_members(const struct settle_tool *t)
{
	const struct exch_fee_row *r = t->fees.t.row;

	if (t->path[SETTLE_ACCOUNTS] != NULL)
		return;
	for (size_t i = 0; i < t->fees.t.n; i++)
		if (r[i].whom.scope == EXCH_SCOPE_MEMBER)
			exch_cli_note(&t->cli,
			    "%s:%llu: without --accounts nobody is of member "
			    "'%.16s'",
			    t->path[SETTLE_FEES],
			    (unsigned long long)t->fees.t.line[i],
			    r[i].whom.name);
}

/* What changes the records, besides the tables; for SOURCE. */
static void
describe(struct settle_tool *t)
{
	size_t used = strlen(t->words);

	(void)snprintf(t->words + used, sizeof(t->words) - used,
	    "%smodel=%u%s%s need=%d days=%u until=%u seed=%llu remember=%u"
	    "%s%.4s%s close-out=%u premium=%u%s",
	    used > 0 ? " " : "", t->o.model, t->o.bilateral ? " bilateral" : "",
	    t->o.whole ? " whole" : "",
	    t->o.need_cash + 2 * t->o.need_securities, t->o.days, t->until,
	    (unsigned long long)t->o.seed, t->o.remember,
	    t->o.currency[0] != '\0' ? " currency=" : "", t->o.currency,
	    t->o.convert ? " convert" : "", t->o.close_out, t->o.premium,
	    t->o.pro_rata ? " assign=pro-rata" : "");
	if (t->o.tolerance != 0) {
		used = strlen(t->words);
		(void)snprintf(t->words + used, sizeof(t->words) - used,
		    " tolerance=%lld", (long long)t->o.tolerance);
	}
}

/* What accounts have comes from one place; who they are may be said again. */
static int
check_before(struct settle_tool *t)
{
	static const enum settle_table say[] = {SETTLE_OPENING, SETTLE_CASH};

	for (unsigned i = 0; t->from != NULL && i < EXCH_ARRAY_LEN(say); i++)
		if (t->path[say[i]] != NULL)
			return exch_cli_usage(&t->cli,
			    "--from says what accounts have: --%s cannot say "
			    "it again",
			    names[say[i]]);
	if (t->path[SETTLE_CASH] != NULL && t->o.currency[0] == '\0')
		return exch_cli_usage(&t->cli,
		    "--cash: --currency has to say which one is of --accounts "
		    "and deposits");
	return -1;
}

static int
check_convert(struct settle_tool *t)
{
	if (!t->o.convert)
		return -1;
	if (t->path[SETTLE_RATES] == NULL)
		return exch_cli_usage(
		    &t->cli, "--convert changes money at --rates");
	if (t->o.model == 1)
		return exch_cli_usage(&t->cli,
		    "--convert is of models 2 and 3: under model 1 cash moves "
		    "with each trade, and none is changed between them");
	if (!t->o.need_cash)
		return exch_cli_usage(&t->cli,
		    "--convert: nobody is asked for cash: --need cash");
	return -1;
}

static int
check_model(struct settle_tool *t)
{
	static const enum settle_table loans[] = {
	    SETTLE_COLLATERAL, SETTLE_RECALLS};
	static const enum settle_table of3[] = {SETTLE_FUND, SETTLE_DEFAULTS};

	if (t->o.model == 3 && (t->o.bilateral || t->o.whole))
		return exch_cli_usage(&t->cli,
		    "--%s is of models 1 and 2: under model 3 everything is "
		    "netted and settles in parts",
		    t->o.bilateral ? "bilateral" : "whole");
	if (t->o.model != 3 && t->o.close_out != 0)
		return exch_cli_usage(&t->cli,
		    "--close-out is of model 3: the counterparty buys in");
	if (t->o.pro_rata && t->path[SETTLE_EXERCISES] == NULL)
		return exch_cli_usage(
		    &t->cli, "--assign is of what --exercises has exercised");
	if (t->o.premium != 0 && t->o.close_out == 0 &&
	    t->path[SETTLE_RECALLS] == NULL)
		return exch_cli_usage(&t->cli,
		    "--premium is of what --close-out or --recalls buys");
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(loans); i++)
		if (t->path[SETTLE_LENDING] == NULL &&
		    t->path[loans[i]] != NULL)
			return exch_cli_usage(&t->cli,
			    "--%s is of what --lending lends", names[loans[i]]);
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(of3); i++)
		if (t->o.model != 3 && t->path[of3[i]] != NULL)
			return exch_cli_usage(&t->cli,
			    "--%s is of model 3: under the others nobody "
			    "stands between two sides",
			    names[of3[i]]);
	return -1;
}

/* Who is asked for what it has. */
static void
ask(struct settle_tool *t)
{
	/* Beside --from that table does not tell what they have. */
	t->o.need_cash = t->need < 0 ? (t->from == NULL &&
					   t->path[SETTLE_ACCOUNTS] != NULL) ||
					   t->path[SETTLE_CASH] != NULL
				     : (t->need & 1) != 0;
	t->o.need_securities =
	    t->need < 0 ? t->path[SETTLE_OPENING] != NULL : (t->need & 2) != 0;
}

/* The table of an option, or NULL. */
static const struct exch_reftable *
table(const struct settle_tool *t, enum settle_table which,
    const struct exch_reftable *of)
{
	return t->path[which] != NULL ? of : NULL;
}

int
settle_load(struct settle_tool *t)
{
	struct exch_diag d = {0};
	size_t n;
	int code;

	ask(t);
	code = check_model(t);
	if (code < 0)
		code = check_before(t);
	if (code < 0)
		code = check_convert(t);
	if (code >= 0)
		return code;
	for (unsigned i = 0; i < SETTLE_TABLES; i++) {
		if (t->path[i] == NULL)
			continue;
		code = exch_cli_table(&t->cli, names[i], t->path[i], t->words,
		    sizeof(t->words), &t->text[i], &n);
		if (code >= 0)
			return code;
		if (parse(t, (enum settle_table)i, n, &d) != 0)
			return exch_cli_fail(&t->cli, &d);
	}
	if (check_accounts(t, &d) != 0)
		return exch_cli_fail(&t->cli, &d);
	tell_members(t);
	t->o.seed = t->cli.seed;
	t->o.cycle = table(t, SETTLE_CYCLE, &t->cycle);
	t->o.calendar = t->path[SETTLE_CALENDAR] != NULL ? &t->calendar : NULL;
	t->o.allocations = table(t, SETTLE_ALLOCATIONS, &t->allocations);
	t->o.bonds = table(t, SETTLE_BONDS, &t->bonds);
	t->o.penalties = table(t, SETTLE_PENALTIES, &t->penalties);
	t->o.actions = table(t, SETTLE_ACTIONS, &t->actions);
	t->o.exercises = table(t, SETTLE_EXERCISES, &t->exercises);
	t->o.lending = table(t, SETTLE_LENDING, &t->lending);
	t->o.collateral = table(t, SETTLE_COLLATERAL, &t->collateral);
	t->o.recalls = table(t, SETTLE_RECALLS, &t->recalls);
	t->o.rates = table(t, SETTLE_RATES, &t->rates);
	t->o.members = table(t, SETTLE_FUND, &t->members);
	t->o.defaults = table(t, SETTLE_DEFAULTS, &t->defaults);
	t->o.reported = table(t, SETTLE_REPORTED, &t->reported);
	t->o.fees = t->path[SETTLE_FEES] != NULL ? &t->fees : NULL;
	describe(t);
	return -1;
}

void
settle_unload(struct settle_tool *t)
{
	exch_reftable_clear(&t->cycle);
	exch_reftable_clear(&t->accounts);
	exch_reftable_clear(&t->opening);
	exch_reftable_clear(&t->bonds);
	exch_reftable_clear(&t->penalties);
	exch_reftable_clear(&t->actions);
	exch_reftable_clear(&t->exercises);
	exch_reftable_clear(&t->lending);
	exch_reftable_clear(&t->collateral);
	exch_reftable_clear(&t->recalls);
	exch_reftable_clear(&t->allocations);
	exch_reftable_clear(&t->cash);
	exch_reftable_clear(&t->rates);
	exch_reftable_clear(&t->members);
	exch_reftable_clear(&t->defaults);
	exch_reftable_clear(&t->reported);
	exch_fees_clear(&t->fees);
	exch_calendar_clear(&t->calendar);
	exch_tz_free(t->tz);
	for (unsigned i = 0; i < SETTLE_TABLES; i++)
		exch_free(t->text[i]);
}
