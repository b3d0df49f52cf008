/*
 * exch-settle: from trades to settled cash and securities.  A filter behind
 * the matcher; every record passes, and what comes of the trades is added,
 * src/settle/settle.h.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/dec.h"
#include "exch-settle/tool.h"
#include "risk/limits.h"
#include "risk/portfolio.h"
#include "store/store.h"

/* ---- before the first record ---- */

/* The zone that --tz or the header of the stream names. */
static int
load_zone(struct settle_tool *t, const struct exch_stream_info *info,
    struct exch_diag *d)
{
	const char *at = strstr(info->text, "zone=");
	char name[64];
	size_t n;

	if (t->zone != NULL)
		return exch_cli_zone(t->zone, &t->tz, d);
	if (at == NULL || (at > info->text && at[-1] != '\n'))
		return EXCH_OK;
	at += strlen("zone=");
	n = strcspn(at, "\n");
	if (n >= sizeof(name))
		return EXCH_OK;
	memcpy(name, at, n);
	name[n] = '\0';
	return exch_cli_zone(name, &t->tz, d);
}

static int
bring(struct settle_tool *t, struct exch_diag *d)
{
	const struct exch_account_row *a = t->accounts.row;
	const struct exch_opening_row *o = t->opening.row;
	const struct exch_money_row *m = t->cash.row;
	int err = EXCH_OK;

	for (size_t i = 0; i < t->cash.n && err == 0; i++)
		err = exch_settle_has_money(
		    t->settle, m[i].account, m[i].currency, m[i].amount, d);
	for (size_t i = 0; i < t->accounts.n && err == 0; i++) {
		/* A stream from before has what has become of it. */
		if (t->from == NULL)
			err = exch_settle_has_cash(
			    t->settle, a[i].account, a[i].balance, d);
		if (err == 0 && t->o.fees != NULL)
			err = exch_settle_member(
			    t->settle, a[i].account, a[i].member, d);
	}
	for (size_t i = 0; i < t->opening.n && err == 0; i++)
		err = exch_settle_has(
		    t->settle, o[i].account, o[i].symbol, o[i].qty, d);
	return err;
}

/* What a day before has left: the records that say so, of another stream. */
static int
take_state(struct settle_tool *t, struct exch_reader *r, struct exch_diag *d)
{
	const struct exch_dir *dir = exch_reader_dir(r);
	const struct exch_rec *rec;
	int got, err = EXCH_OK;

	while (err == 0 && (got = exch_reader_next(r, &rec, d)) != 0) {
		if (got < 0)
			return got;
		t->state |= rec->type == EXCH_REC_BALANCE &&
			    (rec->flags & EXCH_F_SNAPSHOT) != 0;
		err = exch_settle_from(
		    t->settle, rec, exch_dir_instrument(dir, rec->instr), d);
		if (exch_cli_signal != 0)
			return EXCH_ERR_STOP;
	}
	return err;
}

/* Which one it was changes the records. */
static void
name_state(struct settle_tool *t, const struct exch_stream_info *info)
{
	size_t at = strlen(t->words);

	at += (size_t)snprintf(t->words + at, sizeof(t->words) - at, " from=");
	for (unsigned i = 0; i < 8 && at + 3 <= sizeof(t->words); i++)
		at += (size_t)snprintf(
		    t->words + at, sizeof(t->words) - at, "%02x", info->id[i]);
}

static int
load_state(struct settle_tool *t, struct exch_diag *d)
{
	struct exch_reader_opts ro = {.partial = false};
	struct exch_reader *r = NULL;
	struct exch_in *in = NULL;
	int err = exch_cli_open(&t->cli, t->from, &in, d);

	if (err == 0)
		err = exch_reader_open(in, &ro, &r, d);
	if (err == 0)
		err = take_state(t, r, d);
	if (err == 0 && !t->state)
		err = exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
		    "it holds no balances: exch-settle has not settled it");
	if (err == 0)
		name_state(t, exch_reader_info(r));
	else if (d->name[0] == '\0')
		(void)snprintf(d->name, sizeof(d->name), "%s", t->from);
	exch_reader_close(r);
	exch_in_close(in);
	return err;
}

static int
open_engine(void *arg, struct exch_reader *r, struct exch_writer_opts *w,
    struct exch_diag *d)
{
	struct settle_tool *t = arg;
	const struct exch_stream_info *info = exch_reader_info(r);
	int err = load_zone(t, info, d);

	(void)w;
	t->o.tz = t->tz;
	t->o.date = info->date;
	if (err == 0)
		err = exch_settle_new(&t->o, &t->settle, d);
	if (err == 0)
		err = bring(t, d);
	if (err == 0 && t->from == NULL)
		err = exch_settle_has_fund(t->settle, d);
	if (err == 0 && t->from != NULL)
		err = load_state(t, d);
	return err;
}

/* ---- records ---- */

static int
record(void *arg, const struct exch_rec *r, uint64_t seq, struct exch_writer *w,
    struct exch_diag *d)
{
	struct settle_tool *t = arg;
	int err = exch_settle_time(t->settle, r, w, d);

	if (err != 0)
		return err;
	exch_writer_copy(w, r, seq);
	err = exch_settle_record(t->settle, r, w, d);
	if (err == 0 || err == EXCH_ERR_NOMEM || err == EXCH_ERR_EXISTS)
		return err;
	return exch_cli_bad_content(
	    &t->bad, &t->cli, (enum exch_err)err, r, seq, d);
}

/* ---- the end ---- */

static void
cash_text(struct exch_buf *b, exch_u128 v)
{
	char text[48];

	exch_buf_add(b, text,
	    (size_t)(exch_dec128_put(text, (exch_i128)v, 6, 2) - text));
}

/* How much less is to be paid than was traded. */
static void
tell_nets(const struct settle_tool *t, const struct exch_settle_tally *n)
{
	struct exch_settle_sum sum;

	exch_cli_note(&t->cli, "%llu trades, %llu broken; %llu to settle",
	    (unsigned long long)n->trades, (unsigned long long)n->broken,
	    (unsigned long long)n->nets);
	for (unsigned k = 0; exch_settle_sum(t->settle, k, &sum); k++) {
		exch_u128 all = sum.gross_cash + sum.handed_on;
		struct exch_buf b = {0};

		if (sum.gross_cash == 0)
			continue;
		exch_buf_fmt(&b, "%.4s%straded ", sum.currency,
		    sum.currency[0] != '\0' ? " " : "");
		cash_text(&b, sum.gross_cash);
		if (sum.handed_on > 0) {
			exch_buf_str(&b, ", allocated ");
			cash_text(&b, sum.handed_on);
		}
		exch_buf_str(&b, ", to be paid ");
		cash_text(&b, sum.net_cash);
		exch_buf_fmt(&b, ", %.1f %%",
		    100.0 * (double)sum.net_cash / (double)all);
		exch_buf_char(&b, '\0');
		if (!b.failed)
			exch_cli_note(&t->cli, "%s", b.p);
		exch_buf_free(&b);
	}
}

/* All of it in the currency of balances, at the rates of the last day. */
static void
tell_totals(const struct settle_tool *t, uint32_t date)
{
	const struct exch_fx_rate *r = t->rates.row;
	struct exch_settle_sum sum, first;
	exch_i128 gross = 0, net = 0, v[2];
	struct exch_buf b = {0};

	(void)exch_settle_sum(t->settle, 0, &first);
	for (unsigned k = 0; exch_settle_sum(t->settle, k, &sum); k++) {
		struct exch_fraction f;

		if (sum.gross_cash == 0)
			continue;
		if (exch_fx_worth(r, t->rates.n, date, sum.currency,
			first.currency, first.currency, &f) != 0 ||
		    exch_fraction_round((exch_i128)sum.gross_cash, f, &v[0]) !=
			0 ||
		    exch_fraction_round((exch_i128)sum.net_cash, f, &v[1]) !=
			0) {
			exch_cli_note(&t->cli, "no rate of %.4s in %.4s",
			    sum.currency, first.currency);
			return;
		}
		gross += v[0];
		net += v[1];
	}
	exch_buf_str(&b, "all together traded ");
	cash_text(&b, (exch_u128)gross);
	exch_buf_fmt(&b, " %.4s, to be paid ", first.currency);
	cash_text(&b, (exch_u128)net);
	exch_buf_char(&b, '\0');
	if (!b.failed)
		exch_cli_note(&t->cli, "%s", b.p);
	exch_buf_free(&b);
}

static int
finish(void *arg, bool whole, struct exch_writer *w, struct exch_diag *d)
{
	struct settle_tool *t = arg;
	struct exch_settle_tally n;
	int err = EXCH_OK;

	/* Of a day that was cut nothing is settled. */
	if (whole)
		err = exch_settle_end(t->settle, t->until, w, d);
	if (err != 0)
		return err;
	exch_settle_tally(t->settle, &n);
	tell_nets(t, &n);
	if (t->o.rates != NULL && n.trades > 0 && n.date != 0)
		tell_totals(t, n.date);
	if (n.date != 0)
		exch_cli_note(&t->cli,
		    "%llu settled, %llu fails, %llu open after %04u-%02u-%02u",
		    (unsigned long long)n.settled, (unsigned long long)n.fails,
		    (unsigned long long)n.open, n.date / 10000,
		    n.date / 100 % 100, n.date % 100);
	if (n.matched + n.unmatched > 0)
		exch_cli_note(&t->cli,
		    "%llu reported trades matched, %llu reports unmatched, "
		    "%llu of them alleged",
		    (unsigned long long)n.matched,
		    (unsigned long long)n.unmatched,
		    (unsigned long long)n.alleged);
	if (n.blocks > 0)
		exch_cli_note(&t->cli,
		    "%llu blocks divided into %llu parts, %llu with a rest",
		    (unsigned long long)n.blocks, (unsigned long long)n.parts,
		    (unsigned long long)n.rests);
	if (n.idle > 0)
		exch_cli_note(&t->cli,
		    "%llu rows of allocations were of nothing that was traded",
		    (unsigned long long)n.idle);
	if (n.bought_in > 0)
		exch_cli_note(&t->cli, "%llu fails were bought in",
		    (unsigned long long)n.bought_in);
	if (n.borrowed > 0)
		exch_cli_note(&t->cli, "%llu times somebody lent to another",
		    (unsigned long long)n.borrowed);
	if (n.recalled > 0)
		exch_cli_note(&t->cli,
		    "%llu loans that came late were bought in",
		    (unsigned long long)n.recalled);
	if (n.exercised > 0)
		exch_cli_note(&t->cli, "%llu contracts were exercised",
		    (unsigned long long)n.exercised);
	if (n.owing > 0)
		exch_cli_note(&t->cli, "%llu times an account owed cash",
		    (unsigned long long)n.owing);
	if (n.tries > 0 && t->cli.verbose > 0)
		exch_cli_note(&t->cli, "%llu times settling was tried",
		    (unsigned long long)n.tries);
	if (n.unpriced > 0)
		exch_cli_note(&t->cli,
		    "%llu trades have no price and were not captured",
		    (unsigned long long)n.unpriced);
	if (n.forgotten > 0)
		exch_cli_warn(&t->cli,
		    "%llu trades were broken that are not remembered and stay: "
		    "--remember",
		    (unsigned long long)n.forgotten);
	err = exch_cli_bad_end(&t->bad, &t->cli, "could not be captured");
	return n.forgotten > 0 ? EXCH_EXIT_NO : err;
}

int
main(int argc, char **argv)
{
	struct settle_tool t = {.cli = {.tool = "exch-settle",
				    .opts = settle_opts,
				    .history = exch_store_source,
				    .usage = "[FILE]",
				    .about = "settle the trades of a stream"},
	    .o = {.model = 3, .days = 1, .remember = 1u << 20},
	    .need = -1};
	struct exch_cli_filter f = {.options = t.words,
	    .arg = &t,
	    .open = open_engine,
	    .record = record,
	    .finish = finish};
	int code;

	if (argc > 1 && strcmp(argv[1], "report") == 0)
		return settle_report_main(argc - 1, argv + 1);
	code = exch_cli_parse(&t.cli, argc, argv, settle_option, &t);
	if (code < 0)
		code = settle_load(&t);
	if (code < 0)
		code = exch_cli_filter(&t.cli, &f);
	exch_settle_free(t.settle);
	settle_unload(&t);
	return code;
}
