/*
 * A transaction report as elements of auth.016.001.01, in the order of
 * data/report/rts22.csv.  The lines are those of the example in
 * exch-regulatory(7): a group of elements each.
 */
#include <config.h>

#include <string.h>

#include "report/rts22.h"
#include "report/xml.h"

#define CELL(row, m) (row)->m, strnlen((row)->m, sizeof((row)->m))

void
exch_tx_id(const struct exch_tx *tx, char out[EXCH_TXID_MAX])
{
	const struct exch_party *m = tx->who.member;
	char *p = out;
	char date[12];

	if (m != NULL && m->imid[0] != '\0')
		p = exch_form_alnum(p, m->imid, sizeof(m->imid), 8);
	if (p == out)
		p = exch_form_alnum(
		    p, tx->who.firm, strlen(tx->who.firm), EXCH_LEI_LEN);
	(void)exch_fmt_u64(date, exch_ts_date(tx->time));
	p = exch_fmt_copy(p, date, 8);
	*p++ = 'T';
	p = exch_fmt_u64(p, tx->match);
	if (tx->in->id != 1) {
		*p++ = 'I';
		p = exch_fmt_u64(p, tx->in->id);
	}
	/* a firm that is on both sides has two reports of a trade */
	if (tx->sells)
		*p++ = 'S';
	*p = '\0';
}

static const char *
decimal(char *cell, exch_i128 v, int scale, unsigned digits, unsigned frac)
{
	char *p = exch_form_decimal(cell, v, scale, digits, frac);

	if (p == NULL)
		return NULL;
	*p = '\0';
	return cell;
}

/* ---- parties ---- */

static void
put_other_id(struct exch_table *t, const char *id, size_t n)
{
	bool concat = exch_ident_is(EXCH_IDENT_CONCAT, id, n);

	exch_xml_open(t, "Othr");
	exch_xml_text(t, "Id", id, n);
	exch_xml_open(t, "SchmeNm");
	exch_xml_put(t, concat ? "Prtry" : "Cd", concat ? "CONCAT" : "NIDN");
	exch_xml_close(t, "SchmeNm");
	exch_xml_close(t, "Othr");
}

static void
put_person(struct exch_table *t, const struct exch_who *who)
{
	const struct exch_party *p = who->party;
	char date[16];

	exch_xml_open(t, "Prsn");
	exch_xml_text(t, "FrstNm", CELL(p, first_names));
	exch_xml_text(t, "Nm", CELL(p, surname));
	*exch_form_date(date, p->born) = '\0';
	exch_xml_put(t, "BirthDt", date);
	put_other_id(t, who->behind, strlen(who->behind));
	exch_xml_close(t, "Prsn");
}

/* Whom the reporting firm acts for, or itself. */
static void
put_own_id(struct exch_table *t, const struct exch_tx *tx)
{
	const struct exch_who *who = &tx->who;
	bool own =
	    !who->client || who->party->capacity == EXCH_CAPACITY_PRINCIPAL;

	if (own)
		exch_xml_put(t, "LEI", who->firm);
	else if (who->behind[0] == '\0')
		exch_xml_put(t, "Intl", "INTC");
	else if (who->person)
		put_person(t, who);
	else
		exch_xml_put(t, "LEI", who->behind);
}

/* Who is on the other side: the market knows its members. */
static void
put_contra_id(struct exch_table *t, const struct exch_tx *tx)
{
	if (tx->ccp != NULL)
		exch_xml_put(t, "LEI", tx->ccp);
	else if (tx->contra.firm[0] != '\0')
		exch_xml_put(t, "LEI", tx->contra.firm);
	else
		exch_xml_text(t, "MIC", CELL(tx->what, mic));
}

static void
put_party(struct exch_table *t, const struct exch_tx *tx, bool seller)
{
	const char *tag = seller ? "Sellr" : "Buyr";
	bool own = seller == tx->sells;
	const struct exch_party *p = tx->who.party;

	exch_xml_open(t, tag);
	exch_xml_open(t, "AcctOwnr");
	exch_xml_open(t, "Id");
	if (own)
		put_own_id(t, tx);
	else
		put_contra_id(t, tx);
	exch_xml_close(t, "Id");
	if (own && tx->who.client && !tx->who.person && p->country[0] != '\0')
		exch_xml_text(t, "CtryOfBrnch", CELL(p, country));
	exch_xml_close(t, "AcctOwnr");
	exch_xml_close(t, tag);
}

/* ---- the transaction ---- */

static void
put_quantity(struct exch_table *t, const struct exch_tx *tx)
{
	char cell[EXCH_FORM_MAX];
	bool bond = tx->in->kind == EXCH_KIND_BOND;
	const char *q =
	    decimal(cell, tx->qty, tx->in->qty_scale, 18, bond ? 5 : 17);

	exch_xml_open(t, "Qty");
	if (bond && q != NULL)
		exch_xml_amount(t, "NmnlVal", CELL(tx->what, currency), q);
	else
		exch_xml_put(t, "Unit", q);
	exch_xml_close(t, "Qty");
}

/* A price of money with its sign, or of percent. */
static void
put_money(struct exch_table *t, const struct exch_tx *tx, exch_px v)
{
	char cell[EXCH_FORM_MAX];
	exch_i128 size = v < 0 ? -(exch_i128)v : v;

	exch_xml_open(t, "MntryVal");
	/* nineteen digits less the last one fit eighteen: never NULL */
	exch_xml_amount(
	    t, "Amt", CELL(tx->what, currency), decimal(cell, size, 9, 18, 13));
	if (v < 0)
		exch_xml_put(t, "Sgn", "false");
	exch_xml_close(t, "MntryVal");
}

static void
put_price(struct exch_table *t, const struct exch_tx *tx)
{
	char cell[EXCH_FORM_MAX];

	exch_xml_open(t, "Pric");
	if (tx->price == EXCH_PX_NONE) {
		exch_xml_open(t, "NoPric");
		exch_xml_put(t, "Pdg", "PNDG");
		exch_xml_text(t, "Ccy", CELL(tx->what, currency));
		exch_xml_close(t, "NoPric");
	} else {
		exch_xml_open(t, "Pric");
		if (tx->in->kind == EXCH_KIND_BOND)
			exch_xml_put(
			    t, "Pctg", decimal(cell, tx->price, 9, 11, 10));
		else
			put_money(t, tx, tx->price);
		exch_xml_close(t, "Pric");
	}
	exch_xml_close(t, "Pric");
}

static void
put_transaction(struct exch_table *t, const struct exch_tx *tx)
{
	char cell[EXCH_TVTIC_MAX];
	const struct exch_party *m = tx->who.member;

	exch_xml_open(t, "Tx");
	*exch_form_time(cell, tx->time) = '\0';
	exch_xml_put(t, "TradDt", cell);
	exch_xml_put(t, "TradgCpcty", exch_who_capacity(&tx->who));
	put_quantity(t, tx);
	put_price(t, tx);
	exch_xml_text(t, "TradVn", CELL(tx->what, mic));
	if (m != NULL && m->country[0] != '\0')
		exch_xml_text(t, "CtryOfBrnch", CELL(m, country));
	*exch_tvtic(cell, tx->in->id, tx->match) = '\0';
	exch_xml_put(t, "TradPlcMtchgId", cell);
	exch_xml_close(t, "Tx");
}

/* ---- the instrument ---- */

static void
put_derivative(struct exch_table *t, const struct exch_tx *tx)
{
	const struct exch_product *p = tx->what->product;
	const struct exch_inst *in = tx->in;
	char cell[EXCH_FORM_MAX];

	exch_xml_open(t, "DerivInstrmAttrbts");
	if (in->expiry != 0) {
		*exch_form_date(cell, in->expiry) = '\0';
		exch_xml_put(t, "XpryDt", cell);
	}
	exch_xml_put(t, "PricMltplr", decimal(cell, in->multiplier, 9, 18, 17));
	exch_xml_open(t, "UndrlygInstrm");
	exch_xml_open(t, "Othr");
	exch_xml_open(t, "Sngl");
	if (p != NULL && p->underlying[0] != '\0')
		exch_xml_text(t, "ISIN", CELL(p, underlying));
	else if (tx->underlying != NULL && tx->underlying->isin[0] != '\0')
		exch_xml_text(t, "ISIN", CELL(tx->underlying, isin));
	exch_xml_close(t, "Sngl");
	exch_xml_close(t, "Othr");
	exch_xml_close(t, "UndrlygInstrm");
	if (in->kind == EXCH_KIND_OPTION) {
		exch_xml_put(t, "OptnTp",
		    (in->iflags & EXCH_INSTR_PUT) != 0 ? "PUTO" : "CALL");
		if (in->strike != EXCH_PX_NONE) {
			exch_xml_open(t, "StrkPric");
			exch_xml_open(t, "Pric");
			put_money(t, tx, in->strike);
			exch_xml_close(t, "Pric");
			exch_xml_close(t, "StrkPric");
		}
		if (p != NULL && p->style[0] != '\0')
			exch_xml_text(t, "OptnExrcStyle", CELL(p, style));
	}
	if (p != NULL && p->delivery[0] != '\0')
		exch_xml_text(t, "DlvryTp", CELL(p, delivery));
	exch_xml_close(t, "DerivInstrmAttrbts");
}

static void
put_instrument(struct exch_table *t, const struct exch_tx *tx)
{
	const struct exch_product *p = tx->what->product;
	uint8_t kind = tx->in->kind;

	exch_xml_open(t, "FinInstrm");
	if (tx->what->isin[0] != '\0') {
		exch_xml_text(t, "Id", CELL(tx->what, isin));
		exch_xml_close(t, "FinInstrm");
		return;
	}
	exch_xml_open(t, "Othr");
	exch_xml_open(t, "FinInstrmGnlAttrbts");
	if (p != NULL && p->name[0] != '\0')
		exch_xml_text(t, "FullNm", CELL(p, name));
	else
		exch_xml_text(t, "FullNm", tx->in->symbol, tx->in->nsymbol);
	if (p != NULL && p->cfi[0] != '\0')
		exch_xml_text(t, "ClssfctnTp", CELL(p, cfi));
	exch_xml_text(t, "NtnlCcy", CELL(tx->what, currency));
	exch_xml_close(t, "FinInstrmGnlAttrbts");
	if (kind == EXCH_KIND_FUTURE || kind == EXCH_KIND_OPTION)
		put_derivative(t, tx);
	exch_xml_close(t, "Othr");
	exch_xml_close(t, "FinInstrm");
}

/* ---- who decided ---- */

/* A person by his number, else an algorithm. */
static void
put_actor(
    struct exch_table *t, const struct exch_tx *tx, const char *s, size_t n)
{
	const struct exch_party *m = tx->who.member;

	if (!exch_ident_is(EXCH_IDENT_CONCAT, s, n)) {
		exch_xml_text(t, "Algo", s, n);
		return;
	}
	exch_xml_open(t, "Prsn");
	if (m != NULL && m->country[0] != '\0')
		exch_xml_text(t, "CtryOfBrnch", CELL(m, country));
	put_other_id(t, s, n);
	exch_xml_close(t, "Prsn");
}

static void
put_actors(struct exch_table *t, const struct exch_tx *tx)
{
	const struct exch_party *p = tx->who.party;
	size_t n = strnlen(p->execution, sizeof(p->execution));
	bool nore = n == 0 || (n == 4 && memcmp(p->execution, "NORE", 4) == 0);

	if (p->decision[0] != '\0') {
		exch_xml_open(t, "InvstmtDcsnPrsn");
		put_actor(t, tx, CELL(p, decision));
		exch_xml_close(t, "InvstmtDcsnPrsn");
	}
	exch_xml_open(t, "ExctgPrsn");
	if (nore)
		exch_xml_put(t, "Clnt", "NORE");
	else
		put_actor(t, tx, p->execution, n);
	exch_xml_close(t, "ExctgPrsn");
}

/* Shares and bonds that are sold: short, or of what is there. */
static const char *
short_sale(const struct exch_tx *tx)
{
	if (!tx->sells || (tx->in->kind != EXCH_KIND_EQUITY &&
			      tx->in->kind != EXCH_KIND_ETF &&
			      tx->in->kind != EXCH_KIND_BOND))
		return NULL;
	if (tx->side == EXCH_SHORT)
		return "SESH";
	return tx->side == EXCH_SHORT_EXEMPT ? "SSEX" : "SELL";
}

static void
put_head(struct exch_table *t, const struct exch_tx *tx)
{
	char id[EXCH_TXID_MAX];

	exch_tx_id(tx, id);
	exch_xml_put(t, "TxId", id);
	exch_xml_put(t, "ExctgPty", tx->who.firm);
}

static const char *
submitting(const struct exch_tx *tx)
{
	return tx->submitting != NULL ? tx->submitting : tx->who.firm;
}

void
exch_tx_new(struct exch_report_run *run, const struct exch_tx *tx)
{
	struct exch_table *t = &run->table;

	exch_xml_open(t, "Tx");
	exch_xml_open(t, "New");
	exch_xml_line(t);
	put_head(t, tx);
	exch_xml_put(t, "InvstmtPtyInd", "true");
	exch_xml_put(t, "SubmitgPty", submitting(tx));
	exch_xml_line(t);
	put_party(t, tx, false);
	put_party(t, tx, true);
	exch_xml_line(t);
	exch_xml_open(t, "OrdrTrnsmssn");
	exch_xml_put(t, "TrnsmssnInd", "false");
	exch_xml_close(t, "OrdrTrnsmssn");
	exch_xml_line(t);
	put_transaction(t, tx);
	exch_xml_line(t);
	put_instrument(t, tx);
	put_actors(t, tx);
	exch_xml_line(t);
	exch_xml_open(t, "AddtlAttrbts");
	exch_xml_put(t, "ShrtSellgInd", short_sale(tx));
	exch_xml_put(t, "SctiesFincgTxInd", "false");
	exch_xml_close(t, "AddtlAttrbts");
	exch_xml_close(t, "New");
	exch_xml_close(t, "Tx");
	t->rows++;
}

void
exch_tx_cancel(struct exch_report_run *run, const struct exch_tx *tx)
{
	struct exch_table *t = &run->table;

	exch_xml_open(t, "Tx");
	exch_xml_open(t, "Cxl");
	exch_xml_line(t);
	put_head(t, tx);
	exch_xml_put(t, "SubmitgPty", submitting(tx));
	exch_xml_close(t, "Cxl");
	exch_xml_close(t, "Tx");
	t->rows++;
}
