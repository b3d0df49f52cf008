/*
 * sese.023 and sese.025 as XML: of the elements that the standard has, those
 * that we know something of, in its order.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/dec.h"
#include "base/even.h"
#include "exch-settle/instruct.h"

/* ---- text ---- */

/* What XML has no place for becomes a question mark. */
static void
text(struct exch_buf *b, const char *s, size_t most)
{
	for (size_t i = 0; i < most && s[i] != '\0'; i++) {
		if (s[i] == '&')
			exch_buf_str(b, "&amp;");
		else if (s[i] == '<')
			exch_buf_str(b, "&lt;");
		else if (s[i] == '>')
			exch_buf_str(b, "&gt;");
		else
			exch_buf_char(b, s[i] < ' ' || s[i] > '~' ? '?' : s[i]);
	}
}

static void
number(struct exch_buf *b, exch_i128 v, int scale, int min_frac)
{
	char digits[48];

	exch_buf_add(b, digits,
	    (size_t)(exch_dec128_put(digits, v, scale, min_frac) - digits));
}

static exch_i128
magnitude(int64_t v)
{
	return v < 0 ? -(exch_i128)v : v;
}

static void
day(struct exch_buf *b, const char *tag, uint32_t v)
{
	exch_buf_fmt(b, "<%s><Dt><Dt>%04u-%02u-%02u</Dt></Dt></%s>", tag,
	    v / 10000, v / 100 % 100, v % 100, tag);
}

/* ---- parts that both messages have ---- */

static void
instrument(struct exch_buf *b, const struct exch_rec_instrument *in)
{
	exch_buf_str(b, "<FinInstrmId>");
	if (in != NULL && in->isin[0] != '\0') {
		exch_buf_str(b, "<ISIN>");
		text(b, in->isin, sizeof(in->isin));
		exch_buf_str(b, "</ISIN>");
	} else {
		exch_buf_str(b, "<OthrId><Id>");
		text(b, in != NULL ? in->symbol : "?", 24);
		exch_buf_str(b, "</Id><Tp><Prtry>SYMBOL</Prtry></Tp></OthrId>");
	}
	exch_buf_str(b, "</FinInstrmId>\n");
}

/* Of bonds the nominal is counted, of all others units. */
static void
quantity(struct exch_buf *b, const struct exch_rec_instrument *in,
    const struct exch_dir *dir, uint32_t instr, int64_t v)
{
	const char *tag =
	    in != NULL && in->kind == EXCH_KIND_BOND ? "FaceAmt" : "Unit";

	exch_buf_fmt(b, "<%s>", tag);
	number(b, magnitude(v), (int)exch_dir_qty_scale(dir, instr), 0);
	exch_buf_fmt(b, "</%s>", tag);
}

static void
party(struct exch_buf *b, uint32_t account)
{
	exch_buf_str(b, "<Pty1><Id><PrtryId><Id>");
	if (account == EXCH_ACCOUNT_CCP)
		exch_buf_str(b, "CCP");
	else
		exch_buf_uint(b, account);
	exch_buf_str(b, "</Id><Issr>EXCH</Issr></PrtryId></Id></Pty1>");
}

/* The other side delivers what we receive. */
static void
other_side(struct exch_buf *b, const struct settle_message *m)
{
	const char *tag = m->qty < 0 ? "RcvgSttlmPties" : "DlvrgSttlmPties";

	exch_buf_str(b, "<SttlmParams><SctiesTxTp><Cd>TRAD</Cd></SctiesTxTp>"
			"</SttlmParams>\n");
	exch_buf_fmt(b, "<%s>", tag);
	party(b, m->against);
	exch_buf_fmt(b, "</%s>\n", tag);
}

/* The standard has five decimals, and a code for no currency. */
static void
amount(struct exch_buf *b, const char *tag, const struct settle_message *m)
{
	static const char none[] = {'X', 'X', 'X', '\0'};

	if (m->cash == 0)
		return;
	exch_buf_fmt(b, "<%s><Amt Ccy=\"", tag);
	text(b, m->currency[0] != '\0' ? m->currency : none, 3);
	exch_buf_str(b, "\">");
	number(b, exch_div_half_even(magnitude(m->cash), 10), 5, 2);
	exch_buf_fmt(b, "</Amt><CdtDbtInd>%s</CdtDbtInd></%s>\n",
	    m->cash < 0 ? "DBIT" : "CRDT", tag);
}

static void
movement(struct exch_buf *b, const struct settle_message *m)
{
	exch_buf_fmt(b, "<SctiesMvmntTp>%s</SctiesMvmntTp><Pmt>%s</Pmt>",
	    m->qty < 0 ? "DELI" : "RECE", m->cash == 0 ? "FREE" : "APMT");
}

static void
account(struct exch_buf *b, const struct settle_message *m)
{
	exch_buf_str(b, "<SfkpgAcct><Id>");
	exch_buf_uint(b, m->account);
	exch_buf_str(b, "</Id></SfkpgAcct></QtyAndAcctDtls>\n");
}

/* ---- messages ---- */

static void
instruction(struct exch_buf *b, const struct settle_message *m,
    const struct exch_rec_instrument *in, const struct exch_dir *dir)
{
	exch_buf_fmt(b,
	    "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:sese.023.001.09\""
	    ">\n<SctiesSttlmTxInstr>\n<TxId>%s</TxId>\n<SttlmTpAndAddtlParams>",
	    m->id);
	movement(b, m);
	exch_buf_str(b, "</SttlmTpAndAddtlParams>\n<TradDtls>");
	day(b, "SttlmDt", m->date);
	exch_buf_str(b, "</TradDtls>\n");
	instrument(b, in);
	exch_buf_str(b, "<QtyAndAcctDtls><SttlmQty><Qty>");
	quantity(b, in, dir, m->instr, m->qty);
	exch_buf_str(b, "</Qty></SttlmQty>");
	account(b, m);
	other_side(b, m);
	amount(b, "SttlmAmt", m);
	exch_buf_str(b, "</SctiesSttlmTxInstr>\n</Document>\n");
}

static void
confirmation(struct exch_buf *b, const struct settle_message *m,
    const struct exch_rec_instrument *in, const struct exch_dir *dir)
{
	exch_buf_fmt(b,
	    "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:sese.025.001.09\""
	    ">\n<SctiesSttlmTxConf>\n<TxIdDtls><AcctOwnrTxId>%s</AcctOwnrTxId>"
	    "<AcctSvcrTxId>%s</AcctSvcrTxId>",
	    m->id, m->confirmed);
	movement(b, m);
	exch_buf_str(b, "</TxIdDtls>\n");
	if (m->partial || m->again)
		exch_buf_fmt(b,
		    "<AddtlParams><PrtlSttlm>%s</PrtlSttlm></AddtlParams>\n",
		    m->partial ? "PAIN" : "PARC");
	exch_buf_str(b, "<TradDtls>");
	day(b, "SttlmDt", m->date);
	day(b, "FctvSttlmDt", m->effective);
	exch_buf_str(b, "</TradDtls>\n");
	instrument(b, in);
	exch_buf_str(b, "<QtyAndAcctDtls><SttldQty><Qty>");
	quantity(b, in, dir, m->instr, m->qty);
	exch_buf_str(b, "</Qty></SttldQty>");
	if (m->whole && m->left != 0) {
		exch_buf_str(b, "<RmngToBeSttldQty>");
		quantity(b, in, dir, m->instr, m->left);
		exch_buf_str(b, "</RmngToBeSttldQty>");
	}
	account(b, m);
	other_side(b, m);
	amount(b, "SttldAmt", m);
	exch_buf_str(b, "</SctiesSttlmTxConf>\n</Document>\n");
}

void
settle_xml_begin(struct exch_buf *b)
{
	exch_buf_str(
	    b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Documents>\n");
}

void
settle_xml_message(struct exch_buf *b, const struct settle_message *m,
    const struct exch_dir *dir)
{
	const struct exch_rec_instrument *in =
	    exch_dir_instrument(dir, m->instr);

	if (m->effective == 0)
		instruction(b, m, in, dir);
	else
		confirmation(b, m, in, dir);
}

void
settle_xml_end(struct exch_buf *b)
{
	exch_buf_str(b, "</Documents>\n");
}
