/*
 * exch-risk watch: a filter behind the matcher that follows what accounts
 * have, src/risk/portfolio.h.  Every record passes; POSITION records are added
 * at times and at the end, ALERT records when a limit is neared, passed or
 * kept again.
 */
#include <config.h>

#include <string.h>

#include "base/buf.h"
#include "base/dec.h"
#include "base/time.h"
#include "exch-risk/flow.h"
#include "exch-risk/known.h"
#include "exch-risk/mark.h"
#include "exch-risk/tables.h"
#include "exch-risk/tool.h"
#include "rec/schema.h"
#include "risk/watch.h"
#include "store/store.h"

enum opt_id {
	OPT_LIMITS = 256,
	OPT_ACCOUNTS,
	OPT_OPENING,
	OPT_FEES,
	OPT_LOTS,
	OPT_MARK,
	OPT_EVERY,
	OPT_WARN,
	OPT_FAIL,
	OPT_STRICT
};

static const struct exch_opt opts[] = {
    {"limits", 'l', "FILE", "what accounts may have: exch-tables(5)",
	OPT_LIMITS},
    {"accounts", 'a', "FILE", "their members and balances", OPT_ACCOUNTS},
    {"opening", 0, "FILE", "what they had before", OPT_OPENING},
    {"fees", 0, "FILE", "what executions cost them", OPT_FEES},
    {"lots", 0, "fifo|average", "what is closed first (average)", OPT_LOTS},
    {"mark", 0, RISK_MARK_WORDS, "what positions are valued at (last)",
	OPT_MARK},
    {"every", 0, "TIME", "positions also so often, such as 15m", OPT_EVERY},
    {"warn", 0, "SHARE", "warn at this share of a limit (80%)", OPT_WARN},
    {"fail-on-breach", 0, NULL, "exit 1 when a limit was passed", OPT_FAIL},
    {"strict", 0, NULL, "stop at the first record with bad content",
	OPT_STRICT},
    {0},
};

struct tool {
	struct exch_cli cli;
	struct risk_tables tables;
	struct exch_portfolio *portfolio;
	struct exch_watch *watch;
	struct exch_writer *w; /* of the records being written */
	enum exch_lot_method lots;
	const char *lots_word;
	struct risk_marks marks;
	uint64_t every; /* ns, 0: at the end only */
	exch_ts due, now;
	uint32_t warn; /* ppm */
	bool fail;
	bool void_limit; /* the gate said so of the one that comes */
	struct exch_cli_bad bad;
	uint64_t alerts[4]; /* by severity */
	uint64_t alerts_cut;
	bool last;	 /* positions of the end */
	uint64_t beyond; /* of them, worth more than numbers can say */
	struct {
		uint64_t n; /* POSITION records with a number cut short */
		uint32_t account, instr;
		const char *what;
		exch_i128 is;
	} cut; /* of the first */
	struct risk_flow flow;
	char words[RISK_WORDS + 96];
};

/* ---- options ---- */

static int
warn_at(struct tool *t, struct exch_cli *c, const char *v)
{
	size_t n = strlen(v);
	bool percent = n > 0 && v[n - 1] == '%';
	int64_t ppm;

	if (exch_dec_parse(v, n - percent, percent ? 4 : 6, &ppm) != 0 ||
	    ppm <= 0 || ppm > 1000000)
		return exch_cli_usage(c,
		    "--warn: '%s' is no share such as 80%% or 0.8, up to 1", v);
	t->warn = (uint32_t)ppm;
	return 0;
}

static int
option(void *arg, struct exch_cli *c, int id, const char *v)
{
	struct tool *t = arg;

	switch (id) {
	case OPT_LIMITS:
		t->tables.path[RISK_LIMITS] = v;
		return 0;
	case OPT_ACCOUNTS:
		t->tables.path[RISK_ACCOUNTS] = v;
		return 0;
	case OPT_OPENING:
		t->tables.path[RISK_OPENING] = v;
		return 0;
	case OPT_FEES:
		t->tables.path[RISK_FEES] = v;
		return 0;
	case OPT_LOTS:
		if (strcmp(v, "fifo") != 0 && strcmp(v, "average") != 0)
			return exch_cli_usage(
			    c, "--lots: '%s' is neither fifo nor average", v);
		t->lots_word = v;
		t->lots = v[0] == 'f' ? EXCH_LOTS_FIFO : EXCH_LOTS_AVERAGE;
		return 0;
	case OPT_MARK:
		return risk_mark_option(&t->marks, c, v);
	case OPT_EVERY:
		if (exch_duration_parse(v, strlen(v), &t->every) == 0)
			return 0;
		return exch_cli_usage(
		    c, "--every: '%s' is no time such as 15m", v);
	case OPT_WARN:
		return warn_at(t, c, v);
	case OPT_FAIL:
		t->fail = true;
		return 0;
	default:
		t->bad.strict = true;
		return 0;
	}
}

/* What changes the records, for SOURCE. */
static int
describe(struct tool *t)
{
	struct exch_buf b = {0};
	bool fits;

	exch_buf_fmt(&b, "watch %s", t->tables.words);
	if (t->lots_word != NULL)
		exch_buf_fmt(&b, " lots=%s", t->lots_word);
	if (t->marks.word != NULL)
		exch_buf_fmt(&b, " mark=%s", t->marks.word);
	if (t->every != 0)
		exch_buf_fmt(&b, " every=%lluns", (unsigned long long)t->every);
	exch_buf_fmt(&b, " warn=%uppm", (unsigned)t->warn);
	fits = !b.failed && b.len < sizeof(t->words);
	if (fits)
		memcpy(t->words, b.p, b.len);
	exch_buf_free(&b);
	return fits ? EXCH_OK : EXCH_ERR_NOMEM;
}

static int
prepare(struct tool *t)
{
	struct exch_portfolio_opts po = {
	    .method = t->lots, .mark = t->marks.how};
	struct exch_watch_opts wo = {.warn = t->warn};
	struct exch_diag d = {0};
	int err, code;

	code = risk_tables_load(&t->tables, &t->cli);

	if (code >= 0)
		return code;
	if (t->tables.path[RISK_ACCOUNTS] != NULL)
		po.accounts = wo.accounts = &t->tables.accounts;
	if (t->tables.path[RISK_OPENING] != NULL)
		po.opening = &t->tables.opening;
	if (t->tables.path[RISK_FEES] != NULL)
		po.fees = &t->tables.fees;
	err = exch_portfolio_new(&po, &t->portfolio, &d);
	if (err == 0)
		err = risk_marks_begin(&t->marks, &d);
	wo.portfolio = t->portfolio;
	wo.limits = &t->tables.limits;
	if (err == 0 && t->tables.path[RISK_LIMITS] != NULL)
		err = exch_watch_new(&wo, &t->watch, &d);
	if (err == 0 && describe(t) != 0)
		err = exch_diag_set(&d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory");
	return err != 0 ? exch_cli_fail(&t->cli, &d) : -1;
}

/* ---- records of our own ---- */

/* What the record says of it, which has 64 bits. */
static exch_cash
within(struct tool *t, const struct exch_position_view *v, const char *what,
    exch_i128 is, bool *cut)
{
	exch_cash said = is > INT64_MAX	  ? INT64_MAX
			 : is < INT64_MIN ? INT64_MIN
					  : (exch_cash)is;

	if (said == is)
		return said;
	if (t->cut.n == 0 && !*cut) {
		t->cut.account = v->account;
		t->cut.instr = v->instr;
		t->cut.what = what;
		t->cut.is = is;
	}
	*cut = true;
	return said;
}

static int
put_position(void *arg, const struct exch_position_view *v, struct exch_diag *d)
{
	struct tool *t = arg;
	struct exch_rec_position *p = exch_writer_new(
	    t->w, EXCH_REC_POSITION, sizeof(*p), v->instr, t->now);
	bool cut = false;

	(void)d;
	t->beyond += t->last && v->beyond;
	p->qty = v->qty;
	p->mark = v->mark;
	p->cost = within(t, v, "a cost", v->cost, &cut);
	p->realised = within(t, v, "a gain", v->realised, &cut);
	p->unrealised = within(t, v, "an unrealised gain", v->unrealised, &cut);
	p->fees = within(t, v, "fees", v->fees, &cut);
	p->account = v->account;
	p->trades = v->trades > UINT32_MAX ? UINT32_MAX : (uint32_t)v->trades;
	t->cut.n += cut;
	return EXCH_OK;
}

static int
positions(struct tool *t, struct exch_writer *w, struct exch_diag *d)
{
	t->w = w;
	return exch_portfolio_positions(t->portfolio, put_position, t, d);
}

static int
put_alert(struct tool *t, struct exch_writer *w, const struct exch_alert *a,
    struct exch_diag *d)
{
	static const char *const how[] = {
	    "kept again", "nearly reached", [3] = "passed"};
	struct exch_buf b = {0};
	struct exch_rec_alert *r;

	exch_buf_fmt(&b, "%s limit %s", exch_word_of(exch_words_rule, a->rule),
	    how[a->severity]);
	if (a->group != NULL)
		exch_buf_fmt(&b, " by %.16s", a->group);
	if (b.failed) {
		exch_buf_free(&b);
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for an alert");
	}
	r = exch_writer_new_text(
	    w, EXCH_REC_ALERT, sizeof(*r), a->instr, t->now, b.p, b.len);
	exch_buf_free(&b);
	r->limit = a->limit;
	r->observed = a->observed;
	r->account = a->account;
	r->severity = a->severity;
	r->rule = a->rule;
	t->alerts[a->severity]++;
	t->alerts_cut += a->cut;
	return EXCH_OK;
}

static int
look_at(struct tool *t, uint32_t account, uint32_t instr, struct exch_writer *w,
    struct exch_diag *d)
{
	struct exch_alert alert[EXCH_ALERTS_MOST];
	unsigned n;
	int err = exch_watch_look(t->watch, account, instr, alert, &n, d);

	for (unsigned k = 0; err == 0 && k < n; k++)
		err = put_alert(t, w, &alert[k], d);
	return err;
}

/* An instrument was announced: who had it before. */
static int
look_at_opening(struct tool *t, const struct exch_rec_instrument *in,
    struct exch_writer *w, struct exch_diag *d)
{
	size_t n;
	const struct exch_opening_row *const *row =
	    exch_portfolio_opening(t->portfolio, in->symbol, &n);
	int err = EXCH_OK;

	for (size_t i = 0; i < n && err == 0; i++)
		err = look_at(t, row[i]->account, in->h.instr, w, d);
	return err;
}

/* A limit from now on, unless it is of an instrument that nobody knows. */
static int
change(struct tool *t, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_limit *l = EXCH_REC_AS_LONG(r, exch_rec_limit);
	const char *symbol = exch_portfolio_symbol(t->portfolio, r->instr);
	bool is_void = t->void_limit;

	t->void_limit = false;
	if (is_void || l == NULL || (r->instr != 0 && symbol[0] == '\0'))
		return EXCH_OK;
	return exch_watch_change(t->watch, l, symbol, d);
}

/* Whom the record has moved. */
static int
look(struct tool *t, const struct exch_rec *r, struct exch_writer *w,
    struct exch_diag *d)
{
	const struct exch_rec_instrument *in =
	    EXCH_REC_AS(r, exch_rec_instrument);
	const struct exch_rec_deposit *cash = EXCH_REC_AS(r, exch_rec_deposit);
	const struct exch_rec_risk *said = EXCH_REC_AS(r, exch_rec_risk);
	struct exch_booked b;
	unsigned moved = exch_portfolio_booked(t->portfolio, &b);
	int err = EXCH_OK;

	for (unsigned i = 0; i < moved && err == 0; i++)
		err = look_at(t, b.account[i], b.instr, w, d);
	if (err == 0 && r->type == EXCH_REC_INSTRUMENT && in != NULL)
		err = look_at_opening(t, in, w, d);
	if (err == 0 && r->type == EXCH_REC_DEPOSIT && cash != NULL)
		err = look_at(t, cash->account, 0, w, d);
	if (r->type == EXCH_REC_ACCOUNT)
		exch_watch_again(t->watch);
	if (r->type == EXCH_REC_RISK && said != NULL)
		t->void_limit = said->command == EXCH_REC_LIMIT &&
				said->verdict == EXCH_VERDICT_REJECT;
	if (err == 0 && r->type == EXCH_REC_LIMIT)
		err = change(t, r, d);
	return err;
}

/* ---- those of the stream ---- */

/* Positions as they are at each time that is due before the record's. */
static int
pass_time(
    struct tool *t, exch_ts time, struct exch_writer *w, struct exch_diag *d)
{
	int err = EXCH_OK;

	if (time <= t->now || time == EXCH_TS_NONE)
		return EXCH_OK;
	if (t->every != 0 && t->due == 0)
		t->due = time - time % t->every + t->every;
	if (t->every != 0 && time >= t->due && t->due > t->now) {
		t->now = t->due;
		err = positions(t, w, d);
		/* Times at which nothing has happened have nothing new. */
		t->due = time - time % t->every + t->every;
	}
	t->now = time;
	return err;
}

static int
record(void *arg, const struct exch_rec *r, uint64_t seq, struct exch_writer *w,
    struct exch_diag *d)
{
	struct tool *t = arg;
	int err = pass_time(t, r->time, w, d);

	if (err != 0)
		return err;
	exch_writer_copy(w, r, seq);
	risk_flow_note(&t->flow, r);
	err = exch_portfolio_record(t->portfolio, r, d);
	if (err != 0)
		return exch_cli_bad_content(
		    &t->bad, &t->cli, EXCH_ERR_RANGE, r, seq, d);
	err = risk_marks_record(&t->marks, r, t->portfolio, d);
	if (err != 0)
		return exch_cli_bad_content(
		    &t->bad, &t->cli, EXCH_ERR_FORMAT, r, seq, d);
	return t->watch != NULL ? look(t, r, w, d) : EXCH_OK;
}

static void
tell_cut(const struct tool *t)
{
	char is[48];

	if (t->beyond > 0)
		exch_cli_note(&t->cli,
		    "%llu positions are worth more than numbers can say, and "
		    "count as the largest one",
		    (unsigned long long)t->beyond);
	if (t->alerts_cut > 0)
		exch_cli_note(&t->cli,
		    "%llu ALERT records say the largest number there is where "
		    "more was observed",
		    (unsigned long long)t->alerts_cut);
	if (t->cut.n == 0)
		return;
	*exch_dec128_put(is, t->cut.is, 6, 2) = '\0';
	exch_cli_note(&t->cli,
	    "%llu POSITION records say the largest number there is where cash "
	    "is beyond it: the first is of account %u in %.24s, with %s of %s; "
	    "look for a wrong quantity or price among its trades",
	    (unsigned long long)t->cut.n, t->cut.account,
	    exch_portfolio_symbol(t->portfolio, t->cut.instr), t->cut.what, is);
}

static void
tell(const struct tool *t)
{
	tell_cut(t);
	if (t->watch != NULL)
		exch_cli_note(&t->cli,
		    "%llu limits passed, %llu nearly reached, %llu kept again",
		    (unsigned long long)t->alerts[3],
		    (unsigned long long)t->alerts[1],
		    (unsigned long long)t->alerts[0]);
	if (exch_portfolio_unpriced(t->portfolio) > 0)
		exch_cli_note(&t->cli,
		    "%llu trades have no price and were not booked",
		    (unsigned long long)exch_portfolio_unpriced(t->portfolio));
}

static int
finish(void *arg, bool whole, struct exch_writer *w, struct exch_diag *d)
{
	struct tool *t = arg;
	int err;

	t->last = true;
	err = whole ? risk_known_symbols(&t->cli, t->portfolio,
			  &t->tables.opening, &t->tables.fees.t, NULL, d)
		    : EXCH_OK;
	if (err == 0 && whole) {
		risk_known_members(&t->cli, t->portfolio, &t->tables.limits.t,
		    sizeof(struct exch_limits_row));
		risk_known_members(&t->cli, t->portfolio, &t->tables.fees.t,
		    sizeof(struct exch_fee_row));
	}
	if (err == 0)
		err = positions(t, w, d);
	if (err != 0)
		return err;
	tell(t);
	err = exch_cli_bad_end(&t->bad, &t->cli, "could not be booked");
	if (whole && risk_flow_lacks(&t->flow, &t->cli, "watch", ""))
		return EXCH_EXIT_INPUT;
	return (t->fail && t->alerts[3] > 0) || t->cut.n > 0 ||
		       t->alerts_cut > 0
		   ? EXCH_EXIT_NO
		   : err;
}

int
risk_watch_main(int argc, char **argv)
{
	struct tool t = {.cli = {.tool = "exch-risk watch",
			     .opts = opts,
			     .history = exch_store_source,
			     .usage = "[FILE]",
			     .about = "follow what accounts have, behind the "
				      "matcher"},
	    .lots = EXCH_LOTS_AVERAGE,
	    .warn = 800000};
	struct exch_cli_filter f = {
	    .options = t.words, .arg = &t, .record = record, .finish = finish};
	int code = exch_cli_parse(&t.cli, argc, argv, option, &t);

	if (code < 0 && t.fail && t.tables.path[RISK_LIMITS] == NULL)
		code = exch_cli_usage(&t.cli,
		    "--fail-on-breach: of which limits? Add --limits FILE: "
		    "exch-tables(5)");
	if (code < 0)
		code = prepare(&t);
	if (code < 0)
		code = exch_cli_filter(&t.cli, &f);
	exch_watch_free(t.watch);
	risk_marks_end(&t.marks);
	exch_portfolio_free(t.portfolio);
	risk_tables_clear(&t.tables);
	return code;
}
