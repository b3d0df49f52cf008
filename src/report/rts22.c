/*
 * exch-report rts22: transaction reports modelled on RTS 22, as a file of
 * auth.016.001.01: for each firm that traded a New for each trade, and a Cxl
 * for each of them that was broken.  exch-regulatory(7).
 *
 * A BUST names a trade of before: the last trades are kept, a stated number of
 * them, so that memory does not grow with the day.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "rec/redone.h"
#include "rec/schema.h"
#include "report/report.h"
#include "report/reports.h"
#include "report/rts22.h"
#include "report/tape.h"
#include "report/tracked.h"
#include "report/xml.h"

/* Who dealt: what a broken trade needs besides its number. */
struct deal {
	struct exch_key key; /* id: deal_id(), place: its instrument's */
	uint32_t account[2]; /* buyer, seller */
	exch_ts time;
};

/* The key of one of the last deals. */
struct past {
	uint64_t id;
	uint32_t place;
};

struct rts22 {
	struct exch_tracked tracked;
	struct exch_whos whos;
	struct exch_whats whats;
	struct exch_keyed deals;
	struct exch_redone redone;
	struct past *ring; /* of EXCH_TAPE_WINDOW, once it is full */
	size_t cap;
	uint64_t next;
	struct exch_rec_block block; /* the last one reported */
	struct deal broken;	     /* the last one broken */
	/* the buyer's half of an execution, until the seller's follows */
	uint32_t account;
	uint8_t side[2];
	uint64_t nobody; /* sides of trades without an account */
	uint64_t lost;	 /* busts of trades that are not known any more */
	uint64_t reports;
	const char *submitting;
	const char *ccp;
	const char *firm; /* of one firm only */
};

/* ---- deals ---- */

/* Each source counts its own trades. */
static uint64_t
deal_id(uint64_t match, uint8_t source)
{
	return match ^ (uint64_t)source << 56;
}

/* What is kept of a trade; the oldest goes. */
static int
keep(struct rts22 *s, uint32_t place, uint64_t id, const uint32_t account[2],
    exch_ts time, struct exch_diag *d)
{
	size_t at = (size_t)(s->next % EXCH_TAPE_WINDOW);
	struct deal *x;
	int rc;

	if (!exch_room(&s->ring, at, &s->cap, sizeof(*s->ring)))
		return exch_report_nomem(d);
	if (s->next >= EXCH_TAPE_WINDOW &&
	    (x = exch_keyed_find(
		 &s->deals, s->ring[at].place, s->ring[at].id)) != NULL)
		exch_keyed_drop(&s->deals, x);
	s->ring[at] = (struct past){id, place};
	s->next++;
	rc = exch_keyed_add(&s->deals, place, id, &x);
	if (rc != EXCH_OK && rc != EXCH_ERR_EXISTS)
		return exch_report_nomem(d);
	x->account[0] = account[0];
	x->account[1] = account[1];
	x->time = time;
	return EXCH_OK;
}

/* ---- reports ---- */

static bool
wanted(const struct rts22 *s, const struct exch_who *who)
{
	return who->firm[0] != '\0' &&
	       (s->firm == NULL || strcmp(s->firm, who->firm) == 0);
}

static void
put(struct exch_report_run *run, struct rts22 *s, const struct exch_tx *tx,
    bool cancel)
{
	if (s->reports++ > 0)
		exch_xml_line(&run->table);
	exch_table_row(&run->table);
	if (cancel)
		exch_tx_cancel(run, tx);
	else
		exch_tx_new(run, tx);
}

/* Both sides' reports of a trade. */
static int
report(struct exch_report_run *run, struct exch_tx *tx, uint32_t place,
    const uint32_t account[2], bool cancel, struct exch_diag *d)
{
	struct rts22 *s = run->state;
	struct exch_who who[2];
	uint32_t under;
	int rc = exch_what_of(&s->whats, run, place, &tx->what, d);

	for (unsigned i = 0; rc == EXCH_OK && i < 2; i++)
		rc = exch_who_of(&s->whos, run, account[i], &who[i], d);
	if (rc != EXCH_OK)
		return rc;
	tx->in = &run->insts.inst[place];
	under = exch_insts_known(&run->insts, tx->in->underlying);
	if (tx->in->underlying != 0 && under != UINT32_MAX)
		tx->underlying = &run->insts.inst[under];
	tx->submitting = s->submitting;
	tx->ccp = s->ccp;
	for (unsigned i = 0; i < 2; i++) {
		if (!wanted(s, &who[i]))
			continue;
		tx->who = who[i];
		tx->contra = who[1 - i];
		tx->account = account[i];
		tx->sells = i == 1;
		tx->side = s->side[i];
		if (!cancel)
			exch_who_reports(&s->whos, run, account[i]);
		put(run, s, tx, cancel);
	}
	return EXCH_OK;
}

static int
trade(struct exch_report_run *run, const struct exch_rec *r, uint32_t place,
    struct exch_tx *tx, const uint32_t account[2], struct exch_diag *d)
{
	struct rts22 *s = run->state;
	int rc =
	    keep(s, place, deal_id(tx->match, r->source), account, r->time, d);

	tx->time = r->time;
	return rc == EXCH_OK ? report(run, tx, place, account, false, d) : rc;
}

static int
change(void *arg, const struct exch_change *c, struct exch_diag *d)
{
	struct exch_report_run *run = arg;
	struct rts22 *s = run->state;
	const struct exch_rec_exec *e;
	uint32_t own = c->o != NULL ? c->o->account : 0, account[2];
	struct exch_tx tx;

	if (c->kind != EXCH_CHANGE_EXECUTED)
		return EXCH_OK;
	s->nobody += own == 0 && !exch_change_nobody(c);
	s->side[c->side == EXCH_SELL] = c->o != NULL ? c->o->side : c->side;
	if (c->side == EXCH_BUY) {
		s->account = own;
		return EXCH_OK;
	}
	e = EXCH_CHANGE_REC(c, exch_rec_exec);
	account[0] = s->account;
	account[1] = own;
	tx = (struct exch_tx){
	    .match = e->match, .price = e->price, .qty = e->qty};
	return trade(run, c->r, c->place, &tx, account, d);
}

/* A trade without two orders: agreed, corrected, or of people unknown. */
static int
take_trade(struct exch_report_run *run, const struct exch_rec *r,
    uint32_t place, struct exch_diag *d)
{
	const struct exch_rec_trade *t = EXCH_REC_AS(r, exch_rec_trade);
	struct rts22 *s = run->state;
	uint32_t account[2] = {0, 0};
	struct exch_tx tx;

	if (t == NULL)
		return exch_report_short(r, d);
	if (t->kind == EXCH_PRINT_BLOCK && s->block.report == t->buy) {
		account[0] = s->block.buyer;
		account[1] = s->block.seller;
	} else if (t->kind == EXCH_PRINT_CORRECTED &&
		   s->broken.key.place == place) {
		account[0] = s->broken.account[0];
		account[1] = s->broken.account[1];
	}
	/* the value of an index is a trade of nothing */
	if (t->qty == 0)
		return EXCH_OK;
	s->nobody += (uint64_t)(account[0] == 0) + (account[1] == 0);
	s->side[0] = EXCH_BUY;
	s->side[1] = EXCH_SELL;
	tx = (struct exch_tx){
	    .match = t->match, .price = t->price, .qty = t->qty};
	return trade(run, r, place, &tx, account, d);
}

static int
take_bust(struct exch_report_run *run, const struct exch_rec *r, uint32_t place,
    struct exch_diag *d)
{
	const struct exch_rec_bust *b = EXCH_REC_AS(r, exch_rec_bust);
	struct rts22 *s = run->state;
	uint8_t source = r->source;
	struct exch_tx tx;
	struct deal *x;
	uint64_t match;

	if (b == NULL)
		return exch_report_short(r, d);
	match = b->match;
	s->broken = (struct deal){.key.place = UINT32_MAX};
	/* the engine did not do it again: no report was made */
	if (exch_redone_of(&s->redone, r->instr, &match, &source) ==
	    EXCH_REDONE_NONE)
		return EXCH_OK;
	x = exch_keyed_find(&s->deals, place, deal_id(match, source));
	if (x == NULL) {
		s->lost++;
		return EXCH_OK;
	}
	s->broken = *x;
	exch_keyed_drop(&s->deals, x);
	tx = (struct exch_tx){.match = match, .time = s->broken.time};
	return report(run, &tx, place, s->broken.account, true, d);
}

/* ---- the report ---- */

/* A LEI that an option gives. */
static int
take_lei(const struct exch_report_run *run, const char *name, const char **out,
    struct exch_diag *d)
{
	const struct exch_given *g = exch_report_given(run, name);
	const char *fault;

	if (g == NULL)
		return EXCH_OK;
	fault = exch_ident_fault(EXCH_IDENT_LEI, g->value, strlen(g->value));
	*out = g->value;
	return fault == NULL
		   ? EXCH_OK
		   : exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
			 "--%s: the LEI '%.40s' %s", name, g->value, fault);
}

static int
open_rts22(struct exch_report_run *run, struct exch_diag *d)
{
	struct rts22 *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK || run->o.file)
		return rc;
	s = run->state;
	s->broken.key.place = UINT32_MAX;
	rc = exch_tracked_open(&s->tracked, run, change, d);
	if (rc == EXCH_OK)
		rc = exch_who_what_init(&s->whos, &s->whats, run, d);
	if (rc == EXCH_OK &&
	    (exch_keyed_init(&s->deals, sizeof(struct deal)) != EXCH_OK ||
		exch_redone_init(&s->redone, EXCH_REDONE_WINDOW) != EXCH_OK))
		rc = exch_report_nomem(d);
	if (rc == EXCH_OK)
		rc = take_lei(run, "submitting", &s->submitting, d);
	if (rc == EXCH_OK)
		rc = take_lei(run, "ccp", &s->ccp, d);
	if (rc == EXCH_OK)
		rc = take_lei(run, "firm", &s->firm, d);
	if (rc != EXCH_OK)
		return rc;
	exch_xml_open(&run->table, "Document xmlns=\"" EXCH_AUTH016 "\"");
	exch_xml_open(&run->table, "FinInstrmRptgTxRpt");
	return EXCH_OK;
}

static int
record_rts22(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	struct rts22 *s = run->state;
	uint32_t place;
	int rc;

	(void)seq;
	exch_whats_note(&s->whats, run, r);
	if (exch_redone_record(&s->redone, r) != EXCH_OK)
		return exch_report_nomem(d);
	if (r->type == EXCH_REC_BLOCK && EXCH_REC_AS(r, exch_rec_block) != NULL)
		memcpy(&s->block, r, sizeof(s->block));
	if (r->type != EXCH_REC_TRADE && r->type != EXCH_REC_BUST)
		return exch_tracked_record(&s->tracked, run, r, d);
	rc = exch_insts_place(&run->insts, r->instr, &place, d);
	if (rc != EXCH_OK)
		return rc;
	return r->type == EXCH_REC_TRADE ? take_trade(run, r, place, d)
					 : take_bust(run, r, place, d);
}

static int
close_rts22(struct exch_report_run *run, struct exch_diag *d)
{
	struct rts22 *s = run->state;

	(void)d;
	exch_xml_close(&run->table, "FinInstrmRptgTxRpt");
	exch_xml_close(&run->table, "Document");
	exch_xml_line(&run->table);
	exch_tracked_close(&s->tracked, run);
	run->left_out = s->nobody;
	run->left_why =
	    "sides of trades, whose account the stream does not tell";
	if (s->lost != 0)
		exch_report_tell(run,
		    "%llu trades were broken that are not among the last %u: "
		    "their reports are not cancelled here",
		    (unsigned long long)s->lost, EXCH_TAPE_WINDOW);
	return EXCH_OK;
}

static void
free_rts22(struct exch_report_run *run)
{
	struct rts22 *s = run->state;

	exch_tracked_free(&s->tracked);
	exch_keyed_clear(&s->deals);
	exch_redone_clear(&s->redone);
	exch_whos_clear(&s->whos);
	exch_whats_clear(&s->whats);
	exch_free(s->ring);
}

static const struct exch_report_param params[] = {
    {.name = "parties",
	.arg = "FILE",
	.what = "who is behind the accounts",
	.table = true,
	.needed = true},
    EXCH_PARAM_PRODUCTS,
    {.name = "firm", .arg = "LEI", .what = "rts22: reports of this one only"},
    {.name = "submitting",
	.arg = "LEI",
	.what = "rts22: who sends the file, if not the firms"},
    {.name = "ccp",
	.arg = "LEI",
	.what = "rts22: the central counterparty on the other side"},
    {.name = "elements",
	.arg = "FILE",
	.what = "rts22: its elements, instead of those of the package",
	.table = true,
	.stock = "rts22.csv"},
    {.name = "xsd",
	.arg = "FILE",
	.what = "rts22 --check: a schema that holds besides",
	.table = true},
    {0},
};

const struct exch_report exch_report_rts22 = {
    .name = "rts22",
    .what = "transaction reports, modelled on RTS 22 (XML)",
    .needs = EXCH_NEEDS_MATCH,
    .form = true,
    .params = params,
    .open = open_rts22,
    .record = record_rts22,
    .file = exch_rts22_file,
    .close = close_rts22,
    .free = free_rts22,
};
