/*
 * exch-report cat: what a stream tells, as events of the Consolidated Audit
 * Trail in the layout of Industry Members that run an ATS: orders accepted
 * (MEOA; MENO of the venue's own customers), modified (MEOM), restated by the
 * venue (MEOJ), cancelled (MEOC), becoming effective (MEOE), trades and broken
 * trades (MEOT).
 *
 * What expires has no event, for its time in force says it; what was refused
 * has none, for its sender tells it.  The venue routes nothing on, and each of
 * its trades is between two orders: MEOR and MEOTS do not come about.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "report/cat_make.h"
#include "report/reports.h"

/* ---- events of orders ---- */

static int
accepted(struct exch_cat *s, const struct exch_change *c, struct exch_diag *d)
{
	const char *name = exch_cat_is_own(s, c->o->account) ? "MENO" : "MEOA";
	int rc;

	if (!exch_cat_fill_begin(s, name, c->place, c->r->time, &rc, d))
		return rc;
	exch_cat_fill_order(s, c->o);
	exch_cat_fill_terms(s, c->o);
	exch_cat_fill_sender(s, c->o);
	exch_cat_fill_book(s, c->o);
	return exch_cat_write(s, d);
}

static int
replaced(struct exch_cat *s, const struct exch_change *c, struct exch_diag *d)
{
	const struct exch_rec_replaced *r =
	    EXCH_CHANGE_REC(c, exch_rec_replaced);
	const struct exch_life *next = c->next;
	int rc;

	if (next == NULL ||
	    !exch_cat_fill_begin(s, "MEOM", c->place, c->r->time, &rc, d))
		return next == NULL ? EXCH_OK : rc;
	exch_cat_fill_order(s, next);
	if (r->new_order != r->order)
		exch_cat_fill_prior(s, c->o);
	exch_cat_fill_terms(s, next);
	exch_cat_fill_sender(s, next);
	exch_cat_fill_initiator(s, true);
	exch_cat_qty(&s->line, EXCH_CATF_LEAVES, r->qty,
	    s->run->insts.inst[c->place].qty_scale);
	exch_cat_fill_book(s, next);
	return exch_cat_write(s, d);
}

static int
restated(struct exch_cat *s, const struct exch_change *c, struct exch_diag *d)
{
	const struct exch_life *o = c->o;
	unsigned scale = s->run->insts.inst[c->place].qty_scale;
	int rc;

	if (!exch_cat_fill_begin(s, "MEOJ", c->place, c->r->time, &rc, d))
		return rc;
	exch_cat_fill_order(s, o);
	exch_cat_fill_initiator(s, false);
	/* of prices and quantities all are told if one has changed (4.8) */
	if (o->price != EXCH_PX_NONE)
		exch_cat_px(&s->line, EXCH_CATF_PRICE, o->price);
	exch_cat_qty(&s->line, EXCH_CATF_QTY, o->qty, scale);
	if (o->terms.min != 0)
		exch_cat_qty(&s->line, EXCH_CATF_MIN_QTY, o->terms.min, scale);
	exch_cat_qty(&s->line, EXCH_CATF_LEAVES, o->open, scale);
	exch_cat_fill_book(s, o);
	return exch_cat_write(s, d);
}

static int
triggered(struct exch_cat *s, const struct exch_change *c, struct exch_diag *d)
{
	int rc;

	if (!exch_cat_fill_begin(s, "MEOE", c->place, c->r->time, &rc, d))
		return rc;
	exch_cat_fill_order(s, c->o);
	exch_cat_fill_terms(s, c->o);
	exch_cat_fill_book(s, c->o);
	return exch_cat_write(s, d);
}

static int
cancelled(struct exch_cat *s, const struct exch_change *c, struct exch_diag *d)
{
	const struct exch_rec_cancelled *r =
	    EXCH_CHANGE_REC(c, exch_rec_cancelled);
	unsigned scale = s->run->insts.inst[c->place].qty_scale;
	int rc;

	if (exch_life_cancel(r->reason) == EXCH_LIFE_EXPIRE)
		return EXCH_OK;
	if (!exch_cat_fill_begin(s, "MEOC", c->place, c->r->time, &rc, d))
		return rc;
	exch_cat_fill_order(s, c->o);
	exch_cat_qty(&s->line, EXCH_CATF_CANCEL_QTY, r->qty, scale);
	exch_cat_qty(&s->line, EXCH_CATF_LEAVES, c->o->open, scale);
	exch_cat_fill_initiator(s, exch_life_by_client(r->reason));
	return exch_cat_write(s, d);
}

/* ---- trades ---- */

static void
set_side(struct exch_cat_side *x, const struct exch_life *o)
{
	*x = (struct exch_cat_side){.order = o->key.id,
	    .entered = o->entered,
	    .account = o->account,
	    .side = o->side,
	    .known = true};
}

static int
change(void *arg, const struct exch_change *c, struct exch_diag *d)
{
	struct exch_cat *s = ((struct exch_report_run *)arg)->state;

	if (c->o == NULL)
		return EXCH_OK;
	switch (c->kind) {
	case EXCH_CHANGE_ACCEPTED:
		return accepted(s, c, d);
	case EXCH_CHANGE_REPLACED:
		return replaced(s, c, d);
	case EXCH_CHANGE_RESTATED:
		return restated(s, c, d);
	case EXCH_CHANGE_TRIGGERED:
		return triggered(s, c, d);
	case EXCH_CHANGE_CANCELLED:
		return cancelled(s, c, d);
	case EXCH_CHANGE_EXECUTED:
		/* told twice, once a side: the trade comes behind both */
		set_side(&s->now.side[c->side == EXCH_BUY ? 0 : 1], c->o);
		return EXCH_OK;
	case EXCH_CHANGE_REJECTED:
		return EXCH_OK;
	}
	return EXCH_OK;
}

static int
remember(
    struct exch_cat *s, const struct exch_cat_trade *t, struct exch_diag *d)
{
	if (s->past == NULL) {
		s->past = exch_big_alloc(EXCH_TAPE_WINDOW * sizeof(*s->past));
		if (s->past == NULL)
			return exch_report_nomem(d);
	}
	s->past[s->npast++ % EXCH_TAPE_WINDOW] = *t;
	return EXCH_OK;
}

static int
put_trade(struct exch_cat *s, struct exch_cat_trade *t, struct exch_diag *d)
{
	const struct exch_quote *q = exch_quotes_of(&s->quotes, t->place);
	int rc;

	if (!t->side[0].known && !t->side[1].known) {
		s->left[EXCH_CAT_LEFT_SIDES]++;
		return EXCH_OK;
	}
	if (t->price == EXCH_PX_NONE) {
		s->left[EXCH_CAT_LEFT_PRICE]++;
		return EXCH_OK;
	}
	t->quote = q != NULL ? *q : (struct exch_quote){.known = false};
	rc = remember(s, t, d);
	if (rc != EXCH_OK ||
	    !exch_cat_fill_begin(s, "MEOT", t->place, t->time, &rc, d))
		return rc;
	exch_cat_fill_trade(s, t);
	return exch_cat_write(s, d);
}

static int
take_exec(struct exch_cat *s, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_exec *e = EXCH_REC_AS(r, exch_rec_exec);

	s->now.match = e->match;
	s->now.time = r->time;
	s->now.price = e->price;
	s->now.qty = e->qty;
	s->now.place = place;
	s->now.source = r->source;
	return put_trade(s, &s->now, d);
}

static void
find_side(
    struct exch_cat *s, struct exch_cat_side *x, uint32_t place, exch_oid order)
{
	const struct exch_life *o =
	    order != 0 ? exch_track_find(s->tracked.track, place, order) : NULL;

	if (o != NULL)
		set_side(x, o);
}

static void
account_side(struct exch_cat_side *x, uint32_t account, uint8_t side)
{
	*x = (struct exch_cat_side){
	    .account = account, .side = side, .known = true};
}

static int
take_trade(struct exch_cat *s, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_trade *t = EXCH_REC_AS(r, exch_rec_trade);
	struct exch_cat_trade x = {.place = place, .source = r->source};

	if (t == NULL)
		return exch_report_short(r, d);
	x.match = t->match;
	x.time = r->time;
	x.price = t->price;
	x.qty = t->qty;
	if (t->kind == EXCH_PRINT_BLOCK && s->block.report == t->buy &&
	    s->block.h.instr == r->instr) {
		account_side(&x.side[0], s->block.buyer, EXCH_BUY);
		account_side(&x.side[1], s->block.seller, EXCH_SELL);
	} else if (t->kind == EXCH_PRINT_CORRECTED && s->broken.source != 0 &&
		   s->broken.place == place) {
		/* its orders are those of the one it stands for */
		memcpy(x.side, s->broken.side, sizeof(x.side));
	} else {
		find_side(s, &x.side[0], place, t->buy);
		find_side(s, &x.side[1], place, t->sell);
	}
	return put_trade(s, &x, d);
}

/* The latest with this number, of this source. */
static struct exch_cat_trade *
find_past(struct exch_cat *s, uint32_t place, uint64_t match, uint8_t source)
{
	uint64_t n = s->npast < EXCH_TAPE_WINDOW ? s->npast : EXCH_TAPE_WINDOW;

	for (uint64_t i = 1; i <= n; i++) {
		struct exch_cat_trade *t =
		    &s->past[(s->npast - i) % EXCH_TAPE_WINDOW];

		if (t->match == match && t->place == place &&
		    t->source == source)
			return t;
	}
	return NULL;
}

static int
take_bust(struct exch_cat *s, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_bust *b = EXCH_REC_AS(r, exch_rec_bust);
	uint8_t source = r->source;
	struct exch_cat_trade *t;
	uint64_t match;
	int rc;

	s->broken.source = 0;
	if (b == NULL)
		return exch_report_short(r, d);
	match = b->match;
	/* the engine did not do it again: it was not told */
	if (exch_redone_of(&s->redone, r->instr, &match, &source) ==
	    EXCH_REDONE_NONE)
		return EXCH_OK;
	t = find_past(s, place, match, source);
	if (t == NULL) {
		s->left[EXCH_CAT_LEFT_BUST]++;
		return EXCH_OK;
	}
	s->broken = *t;
	t->source = 0;
	if (!exch_cat_fill_begin(s, "MEOT", place, s->broken.time, &rc, d))
		return rc;
	exch_cat_fill_trade(s, &s->broken);
	exch_cat_flag(&s->line, EXCH_CATF_CANCEL_FLAG, true);
	exch_cat_time(&s->line, EXCH_CATF_CANCEL_TIME, s->tz, r->time);
	return exch_cat_write(s, d);
}

/* ---- the report ---- */

/* Letters, digits and hyphens. */
static bool
is_code(const char *p, size_t most)
{
	size_t n = strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvw"
			     "xyz0123456789-");

	return n > 0 && n <= most && p[n] == '\0';
}

static int
take_code(struct exch_report_run *run, const char *option, size_t most,
    const char **value, struct exch_diag *d)
{
	const struct exch_given *g = exch_report_given(run, option);

	if (g == NULL)
		return EXCH_OK;
	*value = g->value;
	return is_code(g->value, most)
		   ? EXCH_OK
		   : exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
			 "--%s: '%.60s' is not 1 to %u letters, digits and "
			 "hyphens",
			 option, g->value, (unsigned)most);
}

static int
take_nbbo(struct exch_cat *s, struct exch_report_run *run, struct exch_diag *d)
{
	const struct exch_given *g = exch_report_given(run, "nbbo");

	s->nbbo = g == NULL || strcmp(g->value, "book") == 0;
	if (s->nbbo || strcmp(g->value, "none") == 0)
		return EXCH_OK;
	return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
	    "--nbbo: '%.60s' is neither book nor none", g->value);
}

static int
take_session(
    struct exch_cat *s, struct exch_report_run *run, struct exch_diag *d)
{
	const struct exch_given *g = exch_report_given(run, "trading-session");
	const struct exch_cat_choice *c = s->spec.choices.row;

	if (g == NULL)
		return EXCH_OK;
	s->session = g->value;
	for (size_t i = 0; i < s->spec.choices.n; i++)
		if (strcmp(c[i].list, "tradingSession") == 0 &&
		    strcmp(c[i].value, g->value) == 0)
			return EXCH_OK;
	return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
	    "--trading-session: '%.60s' is no value of tradingSession, such "
	    "as REG or ALL",
	    g->value);
}

static int
take_options(
    struct exch_cat *s, struct exch_report_run *run, struct exch_diag *d)
{
	const char *crd = NULL;
	char *p = s->own;
	int rc;

	s->imid = "EXCH";
	rc = take_code(run, "imid", 20, &s->imid, d);
	if (rc == EXCH_OK)
		rc = take_code(run, "crd", 10, &crd, d);
	if (rc == EXCH_OK)
		rc = take_code(run, "group", 20, &s->group, d);
	if (rc == EXCH_OK)
		rc = take_code(run, "market-center", 8, &s->market_center, d);
	if (rc == EXCH_OK)
		rc = take_nbbo(s, run, d);
	if (rc == EXCH_OK)
		rc = take_session(s, run, d);
	if (rc != EXCH_OK)
		return rc;
	if (crd != NULL && crd[strspn(crd, "0123456789")] != '\0')
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "--crd: '%s' is not a number", crd);
	if (crd != NULL) {
		memcpy(p, crd, strlen(crd));
		p += strlen(crd);
		*p++ = ':';
	}
	memcpy(p, s->imid, strlen(s->imid) + 1);
	return EXCH_OK;
}

/* What the table of accounts says goes into events as it is. */
static int
check_parties(struct exch_cat *s, struct exch_diag *d)
{
	static const struct exch_cat_field imid = {.type = EXCH_CAT_IMID};
	const struct exch_party *p = s->parties.table.row;

	for (size_t i = 0; i < s->parties.table.n; i++) {
		size_t n = strnlen(p[i].imid, sizeof(p[i].imid));
		size_t k = strnlen(p[i].fdid, sizeof(p[i].fdid));

		if (n > 0 &&
		    exch_cat_fault(&s->spec, &imid, p[i].imid, n) != NULL)
			return exch_reftable_bad(&s->parties.table, i, d,
			    "an imid is up to 20 letters and digits, or "
			    "CRD:IMID");
		if (!exch_cat_plain(p[i].fdid, k))
			return exch_reftable_bad(&s->parties.table, i, d,
			    "an fdid has no commas, bars, quotes, @ or "
			    "characters that are not ASCII");
		if (p[i].holder[0] != '\0' &&
		    exch_cat_choice(
			&s->spec, "accountHolderType", p[i].holder, 1) == NULL)
			return exch_reftable_bad(&s->parties.table, i, d,
			    "a holder is a letter of accountHolderType");
	}
	return EXCH_OK;
}

static int
open_tables(
    struct exch_cat *s, struct exch_report_run *run, struct exch_diag *d)
{
	const struct exch_given *days = exch_report_given(run, "calendar");
	int rc = exch_cat_spec_read(&s->spec, run, d);

	if (rc == EXCH_OK)
		rc = exch_parties_read(
		    &s->parties, exch_report_given(run, "parties"), d);
	if (rc == EXCH_OK)
		rc = exch_products_read(
		    &s->products, exch_report_given(run, "products"), d);
	if (rc == EXCH_OK && days != NULL)
		rc = exch_calendar_parse(
		    days->text, days->n, days->value, &s->calendar, d);
	/* any day: what does not hold yet cannot be checked yet */
	if (rc == EXCH_OK)
		rc = exch_cat_spec_at(&s->spec, 20260306, d);
	return rc != EXCH_OK ? rc : check_parties(s, d);
}

static int
open_cat(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_cat *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	s->run = run;
	s->tz = run->o.tz;
	rc = open_tables(s, run, d);
	if (rc == EXCH_OK)
		rc = take_options(s, run, d);
	if (rc == EXCH_OK)
		rc = exch_tracked_open(&s->tracked, run, change, d);
	if (rc == EXCH_OK)
		rc = exch_quotes_init(&s->quotes, run, d);
	if (rc == EXCH_OK &&
	    exch_redone_init(&s->redone, EXCH_REDONE_WINDOW) != EXCH_OK)
		rc = exch_report_nomem(d);
	if (rc == EXCH_OK && !run->o.file)
		rc = exch_cat_files_open(s, d);
	return rc;
}

static int
take_market(struct exch_cat *s, const struct exch_rec *r, struct exch_diag *d)
{
	uint32_t place = 0;
	int rc;

	if (r->type == EXCH_REC_BLOCK) {
		if (EXCH_REC_AS(r, exch_rec_block) != NULL)
			memcpy(&s->block, r, sizeof(s->block));
		return EXCH_OK;
	}
	if (r->type != EXCH_REC_EXEC && r->type != EXCH_REC_TRADE &&
	    r->type != EXCH_REC_BUST)
		return EXCH_OK;
	rc = exch_insts_place(&s->run->insts, r->instr, &place, d);
	if (rc != EXCH_OK)
		return rc;
	if (r->type == EXCH_REC_EXEC)
		return take_exec(s, r, place, d);
	return r->type == EXCH_REC_TRADE ? take_trade(s, r, place, d)
					 : take_bust(s, r, place, d);
}

static int
record_cat(struct exch_report_run *run, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	struct exch_cat *s = run->state;
	int rc;

	s->seq = seq;
	if (exch_redone_record(&s->redone, r) != EXCH_OK)
		return exch_report_nomem(d);
	if (r->type == EXCH_REC_EXEC)
		memset(&s->now, 0, sizeof(s->now));
	rc = exch_tracked_record(&s->tracked, run, r, d);
	if (rc == EXCH_OK)
		rc = take_market(s, r, d);
	return exch_quotes_after(&s->quotes, run, r, rc, d);
}

/* "events (3 of symbols that CAT does not take, 2 trades ...)". */
static void
tell_left(struct exch_cat *s)
{
	static const char *const why[EXCH_CAT_LEFT_N] = {
	    [EXCH_CAT_LEFT_SYMBOL] =
		"of symbols that are none of CAT's: --products names others",
	    [EXCH_CAT_LEFT_SIDES] = "trades of which the stream tells no side",
	    [EXCH_CAT_LEFT_PRICE] = "trades without a price",
	    [EXCH_CAT_LEFT_NUMBER] = "with numbers that have too many digits",
	    [EXCH_CAT_LEFT_BUST] =
		"broken trades that were not told, or too long ago"};
	struct exch_buf b = {0};
	uint64_t n = 0;

	exch_buf_str(&b, "events (");
	for (unsigned i = 0; i < EXCH_CAT_LEFT_N; i++) {
		if (s->left[i] == 0)
			continue;
		exch_buf_fmt(&b, "%s%llu %s", n > 0 ? "; " : "",
		    (unsigned long long)s->left[i], why[i]);
		n += s->left[i];
	}
	exch_buf_str(&b, ")");
	if (n > 0) {
		if (!b.failed)
			memcpy(s->why, b.p,
			    b.len < sizeof(s->why) ? b.len
						   : sizeof(s->why) - 1);
		s->run->left_out = n;
		s->run->left_why = s->why;
		s->run->lacking = true;
	}
	exch_buf_free(&b);
}

static int
close_cat(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_cat *s = run->state;

	exch_tracked_close(&s->tracked, run);
	tell_left(s);
	return exch_cat_files_close(s, d);
}

static void
free_cat(struct exch_report_run *run)
{
	struct exch_cat *s = run->state;

	exch_cat_files_free(s);
	exch_tracked_free(&s->tracked);
	exch_quotes_clear(&s->quotes);
	exch_parties_clear(&s->parties);
	exch_products_clear(&s->products);
	exch_calendar_clear(&s->calendar);
	exch_cat_spec_clear(&s->spec);
	exch_buf_free(&s->text);
	exch_redone_clear(&s->redone);
	exch_free(s->symbol_ok);
	exch_big_free(s->past, EXCH_TAPE_WINDOW * sizeof(*s->past));
}

static const struct exch_report_param params[] = {EXCH_PARAM_PARTIES,
    EXCH_PARAM_PRODUCTS,
    {.name = "imid", .arg = "IMID", .what = "cat: who reports (EXCH)"},
    {.name = "crd", .arg = "N", .what = "cat: the reporter's CRD number"},
    {.name = "submitter",
	.arg = "ID",
	.what = "cat: who submits, in names of files (the reporter)"},
    {.name = "group",
	.arg = "NAME",
	.what = "cat: a name in those of files, and in firmROEID"},
    {.name = "into",
	.arg = "DIR",
	.what = "cat: bzip2 files named for submission in this directory"},
    {.name = "first",
	.arg = "N",
	.what = "cat: the number of the first file of a day (1)"},
    {.name = "split",
	.arg = "N",
	.what = "cat: no more than N events in a file"},
    {.name = "nbbo",
	.arg = "WHAT",
	.what = "cat: book, the venue's own best prices, or none"},
    {.name = "trading-session",
	.arg = "NAME",
	.what = "cat: when orders may trade (REG)"},
    {.name = "market-center",
	.arg = "ID",
	.what = "cat: where trades are reported"},
    {.name = "calendar",
	.arg = "FILE",
	.what = "days without trading",
	.table = true,
	.stock = "../calendars/us-equities.csv"},
    {.name = "cat-fields",
	.arg = "FILE",
	.what = "cat: fields of events",
	.table = true,
	.stock = "cat-fields.csv"},
    {.name = "cat-choices",
	.arg = "FILE",
	.what = "cat: values of fields",
	.table = true,
	.stock = "cat-choices.csv"},
    {.name = "cat-rules",
	.arg = "FILE",
	.what = "cat: numbers of errors",
	.table = true,
	.stock = "cat-rules.csv"},
    {0}};

const struct exch_report exch_report_cat = {
    .name = "cat",
    .what = "events of the Consolidated Audit Trail; --check and --show them",
    .needs = EXCH_NEEDS_MATCH,
    .zone = "America/New_York",
    .params = params,
    .open = open_cat,
    .record = record_cat,
    .file = exch_cat_file,
    .close = close_cat,
    .free = free_cat,
};
