/*
 * The key breaker of a market file: exch-market(5), MARKET-WIDE BREAKER.
 */
#include <config.h>

#include "match/market_line.h"

/* "breaker index SPX". */
static int
take_index(struct exch_market_line *p)
{
	struct exch_market_breaker *k = &p->m->breaker;
	struct exch_piece w = p->word[2];

	if (p->nwords != 3)
		return exch_line_wrong(p, "breaker index needs one symbol");
	if (k->symbol[0] != '\0')
		return exch_line_wrong(p, "there is an index already");
	if (w.n > sizeof(k->symbol))
		return exch_line_bad(p, w, "is longer than a symbol can be");
	memcpy(k->symbol, w.p, w.n);
	return 0;
}

/* "breaker fall 7% halt 15m", "breaker fall 20% close". */
static int
take_fall(struct exch_market_line *p)
{
	struct exch_market_breaker *k = &p->m->breaker;
	struct exch_market_fall f = {.halt = 0};
	bool halts = p->nwords == 5 && exch_line_is(p->word[3], "halt");
	int rc;

	if (!halts && (p->nwords != 4 || !exch_line_is(p->word[3], "close")))
		return exch_line_wrong(p, "breaker fall needs a percentage, "
					  "and halt and a time, or close");
	if (k->n == EXCH_MARKET_FALLS)
		return exch_line_wrong(p, "there are more than 9 levels");
	rc = exch_line_percent(p, p->word[2], &f.share);
	if (rc == 0 && halts)
		rc = exch_line_duration(p, p->word[4], &f.halt);
	if (rc != 0)
		return rc;
	if (k->n > 0 && f.share <= k->fall[k->n - 1].share)
		return exch_line_bad(
		    p, p->word[2], "is not farther than the level before it");
	k->fall[k->n++] = f;
	return 0;
}

int
exch_line_breaker(struct exch_market_line *p)
{
	if (p->nwords < 3)
		return exch_line_wrong(p, "breaker needs a word and its value");
	if (exch_line_is(p->word[1], "index"))
		return take_index(p);
	if (exch_line_is(p->word[1], "fall"))
		return take_fall(p);
	if (!exch_line_is(p->word[1], "until"))
		return exch_line_bad(
		    p, p->word[1], "is none of index, fall, until");
	if (p->nwords != 3)
		return exch_line_wrong(p, "breaker until needs one time");
	return exch_line_tod(p, p->word[2], &p->m->breaker.until.tod);
}

/* An index without levels, or the other way round, is a mistake. */
int
exch_line_breaker_whole(struct exch_market_line *p)
{
	const struct exch_market_breaker *k = &p->m->breaker;

	if ((k->symbol[0] != '\0') == (k->n != 0))
		return 0;
	return exch_diag_set(p->d, EXCH_ERR_FORMAT, p->name, EXCH_POS_NONE, 0,
	    "the breaker needs both an index and levels: breaker index, "
	    "breaker fall");
}
