/* What every message of the feed needs (itch_priv.h). */
#include <config.h>

#include <string.h>

#include "md/itch_priv.h"

/* ---- numbers that ITCH has room for ---- */

int
exch_md_no_room(const struct exch_report_run *run, uint32_t place,
    const char *what, struct exch_diag *d)
{
	const struct exch_inst *in = inst_of(run, place);

	return exch_diag_set(d, EXCH_ERR_LIMIT, NULL, EXCH_POS_NONE, 0,
	    "ITCH has no room for %s of %.*s", what, (int)in->nsymbol,
	    in->symbol);
}

int
exch_md_price(const struct exch_report_run *run, uint32_t place, exch_px px,
    uint32_t *out, struct exch_diag *d)
{
	*out = 0;
	if (px < 0 || px % EXCH_ITCH_PX != 0 || px / EXCH_ITCH_PX > UINT32_MAX)
		return exch_md_no_room(run, place,
		    "a price that is below 0, above 429496.7295 or no multiple "
		    "of 0.0001,",
		    d);
	*out = (uint32_t)(px / EXCH_ITCH_PX);
	return EXCH_OK;
}

/* Where there may be none: 0. */
int
exch_md_price_or_none(const struct exch_report_run *run, uint32_t place,
    exch_px px, uint32_t *out, struct exch_diag *d)
{
	*out = 0;
	return px != EXCH_PX_NONE ? exch_md_price(run, place, px, out, d)
				  : EXCH_OK;
}

int
exch_md_shares(const struct exch_report_run *run, uint32_t place, exch_qty qty,
    uint32_t *out, struct exch_diag *d)
{
	*out = 0;
	if (qty > UINT32_MAX)
		return exch_md_no_room(
		    run, place, "a quantity of 4294967296 and more", d);
	*out = (uint32_t)qty;
	return EXCH_OK;
}

/* ---- messages ---- */

/* Time never goes back, and stays within the day's 48 bits. */
int
exch_md_head(struct exch_report_run *run, uint32_t place,
    struct exch_itch_head *h, struct exch_diag *d)
{
	struct exch_md_itch_feed *s = of(run);

	h->time = s->now - s->midnight;
	if (s->now < s->midnight || h->time >= EXCH_ITCH_TIME)
		return exch_diag_set(d, EXCH_ERR_LIMIT, NULL, EXCH_POS_NONE, 0,
		    "ITCH has one day: a record is before its midnight, or "
		    "more than three days behind it (--tz says whose)");
	if (place >= UINT16_MAX)
		return exch_diag_set(d, EXCH_ERR_LIMIT, NULL, EXCH_POS_NONE, 0,
		    "ITCH has room for %u instruments", UINT16_MAX - 1u);
	h->locate = (uint16_t)(place + 1);
	return EXCH_OK;
}

void
exch_md_put(struct exch_md_itch_feed *s, const unsigned char *m, size_t n)
{
	exch_framing_put(&s->framing, m, n, s->now);
}

int
exch_md_system(struct exch_report_run *run, char event, struct exch_diag *d)
{
	unsigned char m[EXCH_ITCH_MESSAGE];
	struct exch_itch_head h;
	int err = exch_md_head(run, 0, &h, d);

	h.locate = 0;
	if (err == 0)
		exch_md_put(of(run), m, exch_itch_put_system(m, &h, event));
	return err;
}

int
exch_md_name(struct exch_report_run *run, uint32_t place, exch_qty lot,
    struct exch_diag *d)
{
	struct exch_md_itch_feed *s = of(run);
	const struct exch_inst *in = inst_of(run, place);
	struct exch_itch_stock *k;
	int err = exch_report_grow(
	    &s->stock, &s->nstock, place + 1, sizeof(*s->stock), d);

	if (err != 0 || s->stock[place].told)
		return err;
	if (in->nsymbol > EXCH_ITCH_SYMBOL)
		return exch_md_no_room(run, place, "the symbol", d);
	k = &s->stock[place].s;
	memset(k->symbol, ' ', sizeof(k->symbol));
	memcpy(k->symbol, in->symbol, in->nsymbol);
	k->lot = lot < UINT32_MAX ? (uint32_t)lot : UINT32_MAX;
	return EXCH_OK;
}

/* The stock of a place, told before anything is told of it. */
int
exch_md_stock(struct exch_report_run *run, uint32_t place,
    struct exch_itch_head *h, const struct exch_itch_stock **out,
    struct exch_diag *d)
{
	struct exch_md_itch_feed *s = of(run);
	unsigned char m[EXCH_ITCH_MESSAGE];
	int err = exch_md_head(run, place, h, d);

	if (err == 0 && (place >= s->nstock || s->stock[place].s.lot == 0))
		err = exch_md_name(run, place, 1, d); /* nobody announced it */
	if (err != 0)
		return err;
	*out = &s->stock[place].s;
	if (!s->stock[place].told)
		exch_md_put(s, m, exch_itch_put_directory(m, h, *out));
	s->stock[place].told = true;
	return EXCH_OK;
}
