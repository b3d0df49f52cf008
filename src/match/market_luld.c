/*
 * The key luld of a market file: exch-market(5), LIMIT UP, LIMIT DOWN.
 */
#include <config.h>

#include "match/market_line.h"
#include "rec/schema.h"

/* "luld above 3.00 5% double", "luld below 0.75 75% most 0.15". */
static int
take_band(struct exch_market_line *p, uint16_t rel)
{
	struct exch_market_luld *k = &p->m->luld;
	struct exch_market_luld_band b = {.rel = (uint8_t)rel};
	size_t n = p->nwords;
	int rc;

	b.doubles = n > 4 && exch_line_is(p->word[n - 1], "double");
	n -= b.doubles;
	if ((n != 4 && n != 6) || (n == 6 && !exch_line_is(p->word[4], "most")))
		return exch_line_wrong(p, "luld needs above, from or below, a "
					  "price, a percentage, maybe most "
					  "and an amount, and maybe double");
	if (k->nbands == EXCH_MARKET_LULD_BANDS)
		return exch_line_wrong(p, "there are more than 16 bands");
	rc = exch_line_decimal(p, p->word[2], 9, &b.at);
	if (rc == 0)
		rc = exch_line_percent(p, p->word[3], &b.share);
	if (rc == 0 && n == 6)
		rc = exch_line_decimal(p, p->word[5], 9, &b.most);
	if (rc == 0 && n == 6 && b.most == 0)
		return exch_line_bad(p, p->word[5], "is no amount above 0");
	if (rc == 0)
		k->band[k->nbands++] = b;
	p->m->any = true;
	return rc;
}

int
exch_line_luld(struct exch_market_line *p)
{
	static const struct exch_word rel[] = {{EXCH_LULD_ABOVE, "above"},
	    {EXCH_LULD_FROM, "from"}, {EXCH_LULD_BELOW, "below"}, {0, NULL}};
	struct exch_market_luld *k = &p->m->luld;
	struct exch_piece w;
	uint16_t code;

	if (p->nwords < 3)
		return exch_line_wrong(p, "luld needs a word and its value");
	w = p->word[1];
	if (exch_word_code(rel, w.p, w.n, &code) == 0)
		return take_band(p, code);
	if (p->nwords != 3)
		return exch_line_wrong(p, "luld has too many words");
	if (exch_line_is(w, "window"))
		return exch_line_duration(p, p->word[2], &k->window);
	if (exch_line_is(w, "change"))
		return exch_line_percent(p, p->word[2], &k->change);
	if (exch_line_is(w, "hold"))
		return exch_line_duration(p, p->word[2], &k->hold);
	if (exch_line_is(w, "limit"))
		return exch_line_duration(p, p->word[2], &k->limit);
	if (exch_line_is(w, "pause"))
		return exch_line_duration(p, p->word[2], &k->pause);
	if (exch_line_is(w, "double"))
		return exch_line_tod(p, p->word[2], &k->doubles.tod);
	if (!exch_line_is(w, "outside"))
		return exch_line_bad(p, w,
		    "is none of above, from, below, window, change, hold, "
		    "limit, pause, double, outside");
	k->reject = exch_line_is(p->word[2], "reject");
	if (!k->reject && !exch_line_is(p->word[2], "reprice"))
		return exch_line_bad(
		    p, p->word[2], "is neither reprice nor reject");
	return 0;
}
