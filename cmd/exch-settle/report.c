/*
 * exch-settle report: tables from the records that exch-settle has added.
 * The balances of the ledger are made again from its postings alone.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "exch-settle/cells.h"
#include "exch-settle/report.h"
#include "rec/schema.h"
#include "settle/closeout.h"
#include "store/store.h"

enum opt_id { OPT_CALENDAR = 256, OPT_IN, OPT_XML };

/* Known by (account, unit and ledger). */
struct entry {
	struct exch_key key;
	exch_i128 amount;
};

/* Currencies have this bit, and their name above the ledger. */
#define CASH (UINT64_C(1) << 48)

static uint64_t
id_of(uint32_t instr, const char name[4], uint8_t ledger)
{
	uint64_t id = instr;

	if (instr == 0) {
		for (unsigned i = 0; i < 4; i++)
			id = id << 8 | (unsigned char)name[i];
		id |= CASH;
	}
	return id << 8 | ledger;
}

/* ---- cells ---- */

/* A symbol or a currency, by the number of an entry. */
static void
unit(struct tool *t, uint64_t id)
{
	uint64_t u = id >> 8;
	char name[4];

	if ((u & CASH) == 0) {
		settle_cell_symbol(&t->out, t->dir, (uint32_t)u);
		return;
	}
	for (unsigned i = 0; i < 4; i++)
		name[i] = (char)(u >> (24 - 8 * i));
	settle_cell_text(&t->out, name, 4);
}

static void
amount(struct tool *t, uint64_t id, exch_i128 v)
{
	if ((id >> 8 & CASH) != 0)
		settle_cell_cash(&t->out, v);
	else
		settle_cell_qty(&t->out, t->dir, (uint32_t)(id >> 8), v);
}

/* ---- the ledger ---- */

static int
post(struct tool *t, const struct exch_rec_posting *p, struct exch_diag *d)
{
	struct entry *e;
	int err = exch_keyed_add(&t->ledger, p->account,
	    id_of(p->h.instr, p->currency, p->ledger), &e);

	if (err != 0 && err != EXCH_ERR_EXISTS)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for the ledger");
	e->amount += p->h.instr != 0 ? p->qty : p->amount;
	return EXCH_OK;
}

static int
by_account(const void *a, const void *b)
{
	const struct entry *x = *(struct entry *const *)a;
	const struct entry *y = *(struct entry *const *)b;

	if (x->key.place != y->key.place)
		return x->key.place < y->key.place ? -1 : 1;
	return x->key.id < y->key.id ? -1 : x->key.id > y->key.id;
}

static int
by_unit(const void *a, const void *b)
{
	const struct entry *x = *(struct entry *const *)a;
	const struct entry *y = *(struct entry *const *)b;

	if (x->key.id != y->key.id)
		return x->key.id < y->key.id ? -1 : 1;
	return x->key.place < y->key.place ? -1 : x->key.place > y->key.place;
}

static struct entry **
sorted(const struct tool *t, uint32_t *n,
    int (*by)(const void *a, const void *b), struct exch_diag *d)
{
	struct entry **list =
	    exch_calloc((size_t)t->ledger.live + 1, sizeof(*list));
	struct entry *e;
	uint32_t at = 0;

	*n = 0;
	if (list == NULL) {
		exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for the ledger");
		return NULL;
	}
	while ((e = exch_keyed_next(&t->ledger, &at)) != NULL)
		list[(*n)++] = e;
	qsort(list, *n, sizeof(*list), by);
	return list;
}

static const struct exch_col balance_cols[] = {{"account", EXCH_COL_TEXT, 7},
    {"ledger", EXCH_COL_TEXT, 8}, {"unit", EXCH_COL_TEXT, 8},
    {"amount", EXCH_COL_NUM, 16}};

static int
balances(struct tool *t, struct exch_diag *d)
{
	uint32_t n;
	struct entry **list = sorted(t, &n, by_account, d);

	if (list == NULL)
		return EXCH_ERR_NOMEM;
	for (uint32_t i = 0; i < n; i++) {
		if (list[i]->amount == 0)
			continue;
		exch_table_row(&t->out);
		settle_cell_account(&t->out, list[i]->key.place);
		exch_table_word(&t->out,
		    exch_word_of(exch_words_ledger, list[i]->key.id & 0xff));
		unit(t, list[i]->key.id);
		amount(t, list[i]->key.id, list[i]->amount);
		exch_table_end(&t->out);
	}
	exch_free(list);
	return EXCH_OK;
}

/* ---- what the next day begins with: tables of exch-tables(5) ---- */

static const struct exch_col accounts_cols[] = {
    {"account", EXCH_COL_NUM, 7}, {"balance", EXCH_COL_NUM, 16}};
static const struct exch_col opening_cols[] = {{"account", EXCH_COL_NUM, 7},
    {"symbol", EXCH_COL_TEXT, 8}, {"quantity", EXCH_COL_NUM, 12},
    {"price", EXCH_COL_NUM, 10}};

static bool
holds(const struct entry *e, bool money)
{
	return (e->key.id & 0xff) == EXCH_LEDGER_HOLDING && e->key.place != 0 &&
	       e->key.place <= EXCH_ACCOUNT_MOST &&
	       ((e->key.id >> 8 & CASH) != 0) == money;
}

/* The cash that balances are of: --in, or the only one that is held. */
static uint64_t
one_currency(struct tool *t, struct entry **list, uint32_t n)
{
	uint64_t is = 0;

	if (t->totals.in[0] != '\0')
		return id_of(0, t->totals.in, EXCH_LEDGER_HOLDING);
	for (uint32_t i = 0; i < n; i++) {
		if (!holds(list[i], true) || list[i]->amount == 0)
			continue;
		if (is != 0 && is != list[i]->key.id)
			t->unsound = "cash is of several currencies: --in";
		is = list[i]->key.id;
	}
	return is;
}

/* Everybody who is in the ledger, and the cash that has settled. */
static int
accounts(struct tool *t, struct exch_diag *d)
{
	uint32_t n;
	struct entry **list = sorted(t, &n, by_account, d);
	uint64_t money;

	if (list == NULL)
		return EXCH_ERR_NOMEM;
	money = one_currency(t, list, n);
	for (uint32_t i = 0, k; i < n && t->unsound == NULL; i = k) {
		uint32_t who = list[i]->key.place;
		exch_i128 has = 0;

		for (k = i; k < n && list[k]->key.place == who; k++)
			if (list[k]->key.id == money)
				has = list[k]->amount;
		if (who == 0 || who > EXCH_ACCOUNT_MOST)
			continue;
		exch_table_row(&t->out);
		exch_table_u64(&t->out, who);
		settle_cell_cash(&t->out, has);
		exch_table_end(&t->out);
	}
	exch_free(list);
	return EXCH_OK;
}

/* The securities that have settled, at the last price or the reference. */
static int
opening(struct tool *t, struct exch_diag *d)
{
	uint32_t n;
	struct entry **list = sorted(t, &n, by_account, d);

	if (list == NULL)
		return EXCH_ERR_NOMEM;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t instr = (uint32_t)(list[i]->key.id >> 8);
		const struct exch_rec_instrument *in =
		    exch_dir_instrument(t->dir, instr);
		const struct entry *last = exch_keyed_find(&t->last, 0, instr);
		exch_px price = in != NULL ? in->reference : EXCH_PX_NONE;

		if (!holds(list[i], false) || list[i]->amount == 0)
			continue;
		if (last != NULL)
			price = (exch_px)last->amount;
		exch_table_row(&t->out);
		exch_table_u64(&t->out, list[i]->key.place);
		settle_cell_symbol(&t->out, t->dir, instr);
		settle_cell_qty(&t->out, t->dir, instr, list[i]->amount);
		exch_table_px(&t->out, price != EXCH_PX_NONE ? price : 0,
		    (unsigned)exch_dir_px_decimals(t->dir, instr));
		exch_table_end(&t->out);
	}
	exch_free(list);
	return EXCH_OK;
}

/* Postings, and prices of executions. */
static int
opening_take(struct tool *t, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_posting *p = EXCH_REC_AS(r, exch_rec_posting);
	const struct exch_rec_exec *e = EXCH_REC_AS(r, exch_rec_exec);
	struct entry *last;
	int err;

	if (r->type == EXCH_REC_POSTING && p != NULL)
		return post(t, p, d);
	if (r->type != EXCH_REC_EXEC || e == NULL || e->price == EXCH_PX_NONE)
		return EXCH_OK;
	err = exch_keyed_add(&t->last, 0, r->instr, &last);
	if (err != 0 && err != EXCH_ERR_EXISTS)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for prices");
	last->amount = e->price;
	return EXCH_OK;
}

/* ---- sums ---- */

static const struct exch_col trial_cols[] = {{"unit", EXCH_COL_TEXT, 8},
    {"ledger", EXCH_COL_TEXT, 8}, {"accounts", EXCH_COL_NUM, 8},
    {"debit", EXCH_COL_NUM, 16}, {"credit", EXCH_COL_NUM, 16}};

/* The sums of a unit: what they differ by is nothing, or the ledger is bad. */
static void
trial_row(struct tool *t, uint64_t id, const char *ledger, uint64_t accounts,
    exch_i128 debit, exch_i128 credit)
{
	exch_table_row(&t->out);
	unit(t, id);
	exch_table_word(&t->out, ledger);
	exch_table_u64(&t->out, accounts);
	amount(t, id, debit);
	amount(t, id, credit);
	exch_table_end(&t->out);
}

static int
trial_balance(struct tool *t, struct exch_diag *d)
{
	exch_i128 all[2] = {0, 0};
	uint64_t everybody = 0;
	uint32_t n;
	struct entry **list = sorted(t, &n, by_unit, d);

	if (list == NULL)
		return EXCH_ERR_NOMEM;
	for (uint32_t i = 0, k; i < n; i = k) {
		uint64_t id = list[i]->key.id, accounts = 0;
		exch_i128 sum[2] = {0, 0};

		for (k = i; k < n && list[k]->key.id == id; k++) {
			exch_i128 v = list[k]->amount;

			sum[v < 0] += v < 0 ? -v : v;
			accounts += v != 0;
		}
		trial_row(t, id, exch_word_of(exch_words_ledger, id & 0xff),
		    accounts, sum[0], sum[1]);
		all[0] += sum[0];
		all[1] += sum[1];
		everybody += accounts;
		if (k < n && list[k]->key.id >> 8 == id >> 8)
			continue;
		trial_row(t, id, "all", everybody, all[0], all[1]);
		if (all[0] != all[1])
			t->unsound = "the ledger does not balance";
		all[0] = all[1] = 0;
		everybody = 0;
	}
	exch_free(list);
	return EXCH_OK;
}

/* ---- messages ---- */

#define MESSAGE_COLS                                                           \
	{"SctiesMvmntTp", EXCH_COL_TEXT, 4}, {"Pmt", EXCH_COL_TEXT, 4},        \
	{                                                                      \
		"SttlmDt", EXCH_COL_TEXT, 10                                   \
	}
#define PARTY_COLS                                                             \
	{"SfkpgAcct", EXCH_COL_TEXT, 9},                                       \
	    {"DlvrgSttlmPties", EXCH_COL_TEXT, 9},                             \
	{                                                                      \
		"RcvgSttlmPties", EXCH_COL_TEXT, 9                             \
	}
static const struct exch_col instruction_cols[] = {
    {"TxId", EXCH_COL_TEXT, SETTLE_ID}, MESSAGE_COLS,
    {"ISIN", EXCH_COL_TEXT, 12}, {"OthrId", EXCH_COL_TEXT, 8},
    {"SttlmQty", EXCH_COL_NUM, 10}, PARTY_COLS, {"SttlmAmt", EXCH_COL_NUM, 14},
    {"Ccy", EXCH_COL_TEXT, 3}, {"CdtDbtInd", EXCH_COL_TEXT, 9}};
static const struct exch_col confirmation_cols[] = {
    {"AcctOwnrTxId", EXCH_COL_TEXT, SETTLE_ID},
    {"AcctSvcrTxId", EXCH_COL_TEXT, SETTLE_ID}, MESSAGE_COLS,
    {"FctvSttlmDt", EXCH_COL_TEXT, 10}, {"PrtlSttlm", EXCH_COL_TEXT, 9},
    {"ISIN", EXCH_COL_TEXT, 12}, {"OthrId", EXCH_COL_TEXT, 8},
    {"SttldQty", EXCH_COL_NUM, 10}, {"RmngToBeSttldQty", EXCH_COL_NUM, 10},
    PARTY_COLS, {"SttldAmt", EXCH_COL_NUM, 14}, {"Ccy", EXCH_COL_TEXT, 3},
    {"CdtDbtInd", EXCH_COL_TEXT, 9}};

/* Out with the text that there is, when there is much of it or (`all`) any. */
static int
put_text(struct tool *t, bool all, struct exch_diag *d)
{
	int err = EXCH_OK;

	if (t->text.failed)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for messages");
	if (all || t->text.len > 65536) {
		err = exch_out_write(t->out.out, t->text.p, t->text.len, d);
		t->text.len = 0;
	}
	return err;
}

static int
message(void *arg, const struct settle_message *m, struct exch_diag *d)
{
	struct tool *t = arg;

	if (!t->xml) {
		settle_message_row(&t->out, t->dir, m);
		return EXCH_OK;
	}
	settle_xml_message(&t->text, m, t->dir);
	return put_text(t, false, d);
}

static int
instruct(struct tool *t, const struct exch_rec *r, struct exch_diag *d)
{
	return settle_instruct_take(&t->instruct, r, t->dir, NULL, NULL, d);
}

static int
confirm(struct tool *t, const struct exch_rec *r, struct exch_diag *d)
{
	return settle_instruct_take(&t->instruct, r, t->dir, message, t, d);
}

static int
instructions(struct tool *t, struct exch_diag *d)
{
	return settle_instruct_each(&t->instruct, message, t, d);
}

/* ---- differences ---- */

static const struct exch_col recon_cols[] = {{"what", EXCH_COL_TEXT, 8},
    {"account", EXCH_COL_TEXT, 7}, {"date", EXCH_COL_TEXT, 10},
    {"symbol", EXCH_COL_TEXT, 8}, {"qty", EXCH_COL_NUM, 12},
    {"currency", EXCH_COL_TEXT, 8}, {"cash", EXCH_COL_NUM, 14}};

static int
reconcile(struct tool *t, struct exch_diag *d)
{
	const struct settle_sum *s;
	struct exch_table *o = &t->out;
	uint32_t at = 0;
	int err = settle_recon_end(&t->recon, d);

	while (err == 0 && (s = exch_keyed_next(&t->recon.sums, &at)) != NULL) {
		if (s->qty == 0 && s->cash == 0)
			continue;
		t->unsound = "trades, ledger and positions differ";
		exch_table_row(o);
		exch_table_word(o, settle_recon_word(s->side));
		/* Of an entry it is the number of that. */
		settle_cell_account(o, s->key.place);
		settle_cell_date(o, s->date);
		settle_cell_symbol(&t->out, t->dir, s->instr);
		settle_cell_qty(&t->out, t->dir, s->instr, s->qty);
		settle_cell_text(o, s->currency, 4);
		settle_cell_cash(o, s->cash);
		exch_table_end(o);
	}
	return err;
}

static int
recon_take(struct tool *t, const struct exch_rec *r, struct exch_diag *d)
{
	return settle_recon_take(&t->recon, r, t->dir, d);
}

/* ---- defaults ---- */

static const struct exch_col waterfall_cols[] = {{"date", EXCH_COL_TEXT, 10},
    {"defaulter", EXCH_COL_TEXT, 9}, {"layer", EXCH_COL_TEXT, 10},
    {"account", EXCH_COL_TEXT, 7}, {"amount", EXCH_COL_NUM, 16},
    {"currency", EXCH_COL_TEXT, 8}};

static void
layer_row(struct tool *t, const char *layer, uint32_t who, exch_i128 amount,
    const char *currency)
{
	struct exch_table *o = &t->out;

	exch_table_row(o);
	settle_cell_date(o, t->defaulted);
	settle_cell_account(o, t->defaulter);
	exch_table_word(o, layer);
	if (who == 0)
		exch_table_none(o);
	else
		settle_cell_account(o, who);
	settle_cell_cash(o, amount);
	settle_cell_text(o, currency, 4);
	exch_table_end(o);
	t->loss += amount;
}

/* All of one default, when the next one begins or the stream ends. */
static int
waterfall_end(struct tool *t, struct exch_diag *d)
{
	(void)d;
	if (t->defaulter != 0)
		layer_row(t, "all", 0, t->loss, "");
	t->defaulter = 0;
	t->loss = 0;
	return EXCH_OK;
}

/* The layer that a leg of a default has been taken from, or NULL. */
static const char *
layer_of(const struct tool *t, const struct exch_rec_posting *p)
{
	if (p->ledger == EXCH_LEDGER_MARGIN)
		return p->amount < 0 ? "margin" : "gain";
	if (p->amount > 0)
		return NULL;
	if (p->ledger == EXCH_LEDGER_FUND)
		return p->account == t->defaulter	? "own-fund"
		       : p->account == EXCH_ACCOUNT_CCP ? "capital"
							: "mutual";
	if (p->ledger == EXCH_LEDGER_HOLDING && p->account != EXCH_ACCOUNT_CCP)
		return "assessment";
	return p->ledger == EXCH_LEDGER_LOSS ? "uncovered" : NULL;
}

/* What a member has open is taken from it first: so it is told who it is. */
static int
waterfall_take(struct tool *t, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_posting *p = EXCH_REC_AS(r, exch_rec_posting);
	const char *layer;

	if (r->type != EXCH_REC_POSTING || p == NULL ||
	    p->why != EXCH_POSTED_DEFAULT)
		return EXCH_OK;
	if (p->ledger == EXCH_LEDGER_DUE) {
		if (p->account == EXCH_ACCOUNT_CCP ||
		    p->account == t->defaulter)
			return EXCH_OK;
		(void)waterfall_end(t, d);
		t->defaulter = p->account;
		t->defaulted = p->date;
		return EXCH_OK;
	}
	layer = layer_of(t, p);
	if (layer != NULL)
		layer_row(
		    t, layer, p->account, -(exch_i128)p->amount, p->currency);
	return EXCH_OK;
}

/* ---- totals ---- */

static const struct exch_col total_cols[] = {{"why", EXCH_COL_TEXT, 8},
    {"ledger", EXCH_COL_TEXT, 8}, {"currency", EXCH_COL_TEXT, 8},
    {"amount", EXCH_COL_NUM, 16}, {"value", EXCH_COL_NUM, 16}};

static int
total_take(struct tool *t, const struct exch_rec *r, struct exch_diag *d)
{
	return settle_totals_take(&t->totals, r, d);
}

static void
total_row(struct tool *t, const struct settle_total *s, const char *currency,
    const exch_i128 *sum, const exch_i128 *value)
{
	struct exch_table *o = &t->out;

	exch_table_row(o);
	exch_table_word(o, exch_word_of(exch_words_posted, s->why));
	exch_table_word(o, exch_word_of(exch_words_ledger, s->ledger));
	settle_cell_text(o, currency, 4);
	if (sum != NULL)
		settle_cell_cash(o, *sum);
	else
		exch_table_none(o);
	if (value != NULL)
		settle_cell_cash(o, *value);
	else
		exch_table_none(o);
	exch_table_end(o);
}

/* Of each kind its currencies, and all of them together. */
static int
totals(struct tool *t, struct exch_diag *d)
{
	bool valued = t->totals.in[0] != '\0';
	exch_i128 all = 0, value;
	bool whole = true;
	uint32_t n;
	void **list = settle_totals_list(&t->totals, &n, d);

	if (list == NULL)
		return EXCH_ERR_NOMEM;
	for (uint32_t i = 0; i < n; i++) {
		const struct settle_total *s = list[i];
		const struct settle_total *next =
		    i + 1 < n ? list[i + 1] : NULL;
		bool known =
		    valued && settle_totals_value(&t->totals, s, &value);

		total_row(t, s, s->currency, &s->amount, known ? &value : NULL);
		whole &= known;
		all += known ? value : 0;
		if (valued && !known)
			t->unsound = "the stream tells no rate of a currency";
		if (next != NULL && next->key.place == s->key.place)
			continue;
		if (valued)
			total_row(t, s, "all", NULL, whole ? &all : NULL);
		all = 0;
		whole = true;
	}
	exch_free(list);
	return EXCH_OK;
}

#define COLS(c) c, EXCH_ARRAY_LEN(c)
static const struct report own[] = {
    {"trial-balance", COLS(trial_cols), 0, NULL, trial_balance, NULL},
    {"balances", COLS(balance_cols), 0, NULL, balances, NULL},
    {"accounts", COLS(accounts_cols), 0, NULL, accounts, NULL},
    {"opening", COLS(opening_cols), 0, NULL, opening, opening_take},
    {"waterfall", COLS(waterfall_cols), 0, NULL, waterfall_end, waterfall_take},
    {"instructions", COLS(instruction_cols), 0, NULL, instructions, instruct},
    {"confirmations", COLS(confirmation_cols), 0, NULL, NULL, confirm},
    {"totals", COLS(total_cols), 0, NULL, totals, total_take},
    {"reconcile", COLS(recon_cols), 0, NULL, reconcile, recon_take},
};

static const struct report *const of_rows[] = {&settle_report_nets,
    &settle_report_fails, &settle_report_penalties, &settle_report_actions,
    &settle_report_allocations, &settle_report_comparison,
    &settle_report_accrued};

static const struct report *
by_name(const char *name)
{
	for (size_t i = 0; i < EXCH_ARRAY_LEN(own); i++)
		if (strcmp(name, own[i].name) == 0)
			return &own[i];
	for (size_t i = 0; i < EXCH_ARRAY_LEN(of_rows); i++)
		if (strcmp(name, of_rows[i]->name) == 0)
			return of_rows[i];
	return NULL;
}

/* ---- the stream ---- */

static int
read_stream(struct tool *t, struct exch_in *in, struct exch_reader *reader,
    struct exch_diag *d)
{
	const struct report *p = t->report;
	const struct exch_rec *r;
	uint64_t n = 0;
	int got, err = EXCH_OK;

	while ((got = exch_reader_next(reader, &r, d)) > 0 && err == 0) {
		const struct exch_rec_posting *o =
		    EXCH_REC_AS(r, exch_rec_posting);

		if (p->take != NULL)
			err = p->take(t, r, d);
		else if (p->type == 0 && r->type == EXCH_REC_POSTING &&
			 o != NULL)
			err = post(t, o, d);
		else if (p->type != 0 && r->type == p->type)
			err = p->row(t, r);
		if (++n % 4096 == 0)
			exch_cli_progress(&t->cli, in, n);
		if (exch_cli_signal != 0)
			return EXCH_ERR_STOP;
	}
	exch_cli_progress_end();
	return err != 0 ? err : got;
}

static int
report(struct tool *t, struct exch_in *in, struct exch_reader *reader,
    struct exch_diag *d)
{
	const struct report *p = t->report;
	int err = exch_table_columns(&t->out, p->cols, p->ncols, !t->xml, d);

	t->dir = exch_reader_dir(reader);
	if (t->xml)
		settle_xml_begin(&t->text);
	if (err == 0)
		err = read_stream(t, in, reader, d);
	if (err == 0 && p->all != NULL)
		err = p->all(t, d);
	if (t->xml)
		settle_xml_end(&t->text);
	if (err == 0 && t->xml)
		return put_text(t, true, d);
	return err != 0 ? err : exch_table_flush(&t->out, d);
}

static int
run(struct tool *t, struct exch_diag *d)
{
	struct exch_reader_opts ro = {.partial = t->cli.partial};
	struct exch_reader *reader = NULL;
	struct exch_cli_out *out = NULL;
	struct exch_in *in = NULL;
	int err = exch_cli_open(
	    &t->cli, t->cli.noperands > 1 ? t->cli.operand[1] : NULL, &in, d);

	if (err == 0)
		err = exch_reader_open(in, &ro, &reader, d);
	if (err == 0)
		err = exch_cli_out_open(&t->cli, &out, d);
	if (err == 0)
		err = exch_table_init(
		    &t->out, exch_cli_out_stream(out), t->cli.format, NULL, d);
	if (err == 0)
		err = report(t, in, reader, d);
	exch_table_clear(&t->out);
	exch_reader_close(reader);
	exch_in_close(in);
	if (err == 0)
		return exch_cli_out_commit(out, d);
	exch_cli_out_abort(out);
	return err;
}

static int
option(void *arg, struct exch_cli *c, int id, const char *value)
{
	struct tool *t = arg;

	if (id == OPT_XML) {
		t->xml = true;
		return 0;
	}
	if (id == OPT_CALENDAR) {
		t->path = value;
		return 0;
	}
	if (strlen(value) < 3 || strlen(value) > 4)
		return exch_cli_usage(
		    c, "--in: '%s' is no code such as USD", value);
	memset(t->totals.in, 0, 4);
	memcpy(t->totals.in, value, strlen(value));
	return 0;
}

/* The days on which nothing settles.  -1 to go on, or an exit code. */
static int
load_calendar(struct tool *t)
{
	struct exch_diag d = {0};
	char words[64] = "";
	char *text = NULL;
	size_t n;
	int code;

	if (t->path == NULL)
		return -1;
	code = exch_cli_table(
	    &t->cli, "calendar", t->path, words, sizeof(words), &text, &n);
	if (code < 0 &&
	    exch_calendar_parse(text, n, t->path, &t->calendar, &d) != 0)
		code = exch_cli_fail(&t->cli, &d);
	exch_free(text);
	return code;
}

static int
pick(struct tool *t)
{
	const char *name = t->cli.noperands > 0 ? t->cli.operand[0] : NULL;

	if (name == NULL)
		return exch_cli_usage(&t->cli,
		    "which report? One of trial-balance, balances, accounts, "
		    "opening, nets, fails, penalties, actions, allocations, "
		    "comparison, accrued, instructions, confirmations, "
		    "waterfall, totals, reconcile");
	t->report = by_name(name);
	if (t->report == NULL)
		return exch_cli_usage(&t->cli, "there is no report '%s'", name);
	if (t->xml && t->report->take != instruct && t->report->take != confirm)
		return exch_cli_usage(&t->cli,
		    "--xml is a form of instructions and confirmations");
	if (t->xml && t->cli.format_given)
		return exch_cli_usage(&t->cli, "--xml is a form of its own");
	if (t->cli.noperands > 2)
		return exch_cli_usage(&t->cli,
		    "one input only, '%s' is too many", t->cli.operand[2]);
	return -1;
}

int
settle_report_main(int argc, char **argv)
{
	static const struct exch_opt opts[] = {
	    {"calendar", 0, "FILE", "fails: days on which nothing settles",
		OPT_CALENDAR},
	    {"in", 0, "CODE", "totals, accounts: in this currency", OPT_IN},
	    {"xml", 0, NULL,
		"instructions and confirmations: messages of ISO 20022",
		OPT_XML},
	    {0}};
	struct tool t = {
	    .cli = {.tool = "exch-settle report",
		.opts = opts,
		.history = exch_store_source,
		.usage = "REPORT [FILE]",
		.about = "tables of what was settled: "
			 "trial-balance, balances, accounts, opening, nets, "
			 "fails, penalties, actions, allocations, comparison, "
			 "accrued, instructions, confirmations, waterfall, "
			 "totals, reconcile",
		.groups = EXCH_CLI_VIEW | EXCH_CLI_PARTIAL | EXCH_CLI_ZSTD}};
	struct exch_diag d = {0};
	int code = exch_cli_parse(&t.cli, argc, argv, option, &t);

	if (code < 0)
		code = pick(&t);
	if (code < 0)
		code = load_calendar(&t);
	if (code < 0) {
		int err = exch_keyed_init(&t.ledger, sizeof(struct entry));

		if (err == 0)
			err = exch_keyed_init(&t.last, sizeof(struct entry));
		if (err == 0)
			err = settle_recon_init(&t.recon);
		if (err == 0)
			err = settle_totals_init(&t.totals);
		if (err == 0)
			err = settle_instruct_init(&t.instruct);
		if (err == 0)
			err = run(&t, &d);
		code = err == 0 || exch_cli_signal != 0
			   ? 0
			   : exch_cli_fail(&t.cli, &d);
		if (code == 0 && t.unsound != NULL) {
			exch_cli_note(&t.cli, "%s", t.unsound);
			code = EXCH_EXIT_NO;
		}
	}
	exch_calendar_clear(&t.calendar);
	exch_keyed_clear(&t.ledger);
	exch_keyed_clear(&t.last);
	settle_recon_clear(&t.recon);
	settle_totals_clear(&t.totals);
	settle_instruct_clear(&t.instruct);
	exch_buf_free(&t.text);
	exch_cli_reraise();
	return code;
}
