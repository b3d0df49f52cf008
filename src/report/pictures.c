/* The table of pictures, and what all of them need (pictures.h). */
#include <config.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "plot/markup.h"
#include "report/pictures.h"

static const struct exch_picture_kind kinds[] = {
    {"price", "Price and volume", EXCH_DAY_SERIES, true, exch_picture_price},
    {"depth", "Depth over time", EXCH_DAY_SERIES, true, exch_picture_depth},
    {"spread", "Spread", EXCH_DAY_SERIES, true, exch_picture_spread},
    {"auctions", "Auctions", EXCH_DAY_SERIES, true, exch_picture_auctions},
    {"pnl", "Gains and drawdown of accounts", EXCH_DAY_SERIES | EXCH_DAY_EQUITY,
	false, exch_picture_pnl},
    {"inventory", "Positions of accounts", EXCH_DAY_SERIES | EXCH_DAY_EQUITY,
	false, exch_picture_inventory},
    {"latency", "Latency", EXCH_DAY_LATENCY, false, exch_picture_latency},
    {"size", "Sizes of orders and trades", EXCH_DAY_INCIDENTS, false,
	exch_picture_sizes},
    {"fidelity", "Fidelity", EXCH_DAY_FIDELITY, false, exch_picture_fidelity},
    {"rejects", "Refusals", EXCH_DAY_INCIDENTS, false, exch_picture_rejects},
    {"alerts", "Alerts",
	EXCH_DAY_SERIES | EXCH_DAY_INCIDENTS | EXCH_DAY_SURVEIL, false,
	exch_picture_alerts},
};

const struct exch_picture_kind *
exch_pictures(unsigned *n)
{
	*n = EXCH_ARRAY_LEN(kinds);
	return kinds;
}

const struct exch_picture_kind *
exch_picture_by_name(const char *name, size_t n)
{
	for (size_t i = 0; i < EXCH_ARRAY_LEN(kinds); i++)
		if (strlen(kinds[i].name) == n &&
		    memcmp(kinds[i].name, name, n) == 0)
			return &kinds[i];
	return NULL;
}

int
exch_picture_make(const struct exch_picture_kind *kind, struct exch_day *day,
    uint32_t slot, struct exch_picture *pic, struct exch_diag *d)
{
	int rc;

	pic->plot.name = kind->name;
	rc = kind->make(day, slot, pic, d);
	pic->plot.empty = pic->empty;
	if (rc == EXCH_OK && pic->failed)
		rc = exch_report_nomem(d);
	return rc;
}

void
exch_picture_free(struct exch_picture *pic)
{
	for (unsigned i = 0; i < pic->nmem; i++)
		exch_free(pic->mem[i]);
	*pic = (struct exch_picture){0};
}

/* What is made belongs to the picture. */
static void *
own(struct exch_picture *pic, void *p)
{
	if (p == NULL || pic->nmem == EXCH_PICTURE_MEM) {
		exch_free(p);
		pic->failed = true;
		return NULL;
	}
	return pic->mem[pic->nmem++] = p;
}

void *
exch_picture_room(struct exch_picture *pic, size_t n, size_t size)
{
	return own(pic, exch_calloc(n == 0 ? 1 : n, size));
}

int64_t *
exch_picture_values(struct exch_picture *pic, uint32_t n)
{
	int64_t *y = exch_picture_room(pic, n, sizeof(*y));

	for (uint32_t i = 0; y != NULL && i < n; i++)
		y[i] = EXCH_PLOT_NONE;
	return y;
}

const char *
exch_picture_text(struct exch_picture *pic, const char *fmt, ...)
{
	char text[1024];
	const char *p;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	p = own(pic, exch_strdup(text));
	return p != NULL ? p : "";
}

struct exch_plot_panel *
exch_picture_panel(struct exch_picture *pic, const char *what, int scale,
    int decimals, unsigned height)
{
	struct exch_plot_panel *p = &pic->plot.panel[pic->plot.npanels++];

	p->label = what;
	p->scale = scale;
	p->decimals = decimals;
	p->height = height;
	return p;
}

static const char *
name_of(struct exch_picture *pic, const char *s, size_t n)
{
	struct exch_buf b = {0};
	const char *p;

	exch_markup_bare_name(&b, s, n);
	exch_buf_char(&b, '\0');
	p = own(pic, b.failed ? NULL : exch_strdup(b.p));
	exch_buf_free(&b);
	return p != NULL ? p : "";
}

const char *
exch_picture_symbol(struct exch_picture *pic, const struct exch_inst *in)
{
	return name_of(pic, in->symbol, in->nsymbol);
}

const char *
exch_picture_account(struct exch_picture *pic,
    const struct exch_report_run *run, uint32_t account)
{
	const struct exch_account *a = exch_insts_account(&run->insts, account);

	if (a != NULL)
		return name_of(pic, a->name, a->n);
	return exch_picture_text(pic, "account %u", account);
}

void
exch_picture_time(struct exch_picture *pic, const struct exch_day *day)
{
	const struct exch_bins *b = &day->series.bins;

	pic->plot.form = EXCH_PLOT_TIME;
	pic->plot.start = b->start;
	pic->plot.width = b->width;
	pic->plot.n = b->n;
	pic->plot.tz = day->run->o.tz;
}

struct exch_plot_series *
exch_picture_series(struct exch_plot_panel *panel, const char *name,
    uint8_t how, uint8_t colour, const int64_t *y)
{
	struct exch_plot_series *s = &panel->series[panel->n++];

	*s = (struct exch_plot_series){
	    .name = name, .how = how, .colour = colour, .y = y};
	return s;
}
