/*
 * The pictures of a day (day.h): each is made of what was collected, as a
 * description that src/plot draws, lists, or writes a script of.
 */
#ifndef EXCH_REPORT_PICTURES_H
#define EXCH_REPORT_PICTURES_H

#include "plot/plot.h"
#include "report/day.h"

#define EXCH_PICTURE_MEM 160

struct exch_picture {
	struct exch_plot plot;
	/* a sentence, where there is nothing to show: why, and what to do */
	const char *empty;
	void *mem[EXCH_PICTURE_MEM]; /* what the description points to */
	unsigned nmem;
	bool failed; /* no memory */
};

struct exch_picture_kind {
	const char *name;  /* "price" */
	const char *title; /* of its section: "Price and volume" */
	unsigned needs;	   /* enum exch_day_needs */
	bool each;	   /* one for each instrument: `slot` */
	int (*make)(struct exch_day *day, uint32_t slot,
	    struct exch_picture *pic, struct exch_diag *d);
};

/* All kinds, in the order of a page; *n receives how many. */
const struct exch_picture_kind *exch_pictures(unsigned *n);
/* NULL: there is none of this name. */
const struct exch_picture_kind *exch_picture_by_name(
    const char *name, size_t n);

/*
 * Make one of a day that is over.  `slot` is of day->series.  Either it has an
 * `empty` sentence or something to draw.
 */
int exch_picture_make(const struct exch_picture_kind *kind,
    struct exch_day *day, uint32_t slot, struct exch_picture *pic,
    struct exch_diag *d);
/* Of zeros, too. */
void exch_picture_free(struct exch_picture *pic);

/* ---- for those who make them ---- */

/* n values without a value, the picture's; NULL: no memory. */
int64_t *exch_picture_values(struct exch_picture *pic, uint32_t n);
/* n pointers, or anything else of `size` bytes, zeroed. */
void *exch_picture_room(struct exch_picture *pic, size_t n, size_t size);
/* A text, the picture's. */
const char *exch_picture_text(struct exch_picture *pic, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The symbol of an instrument, an account: as they stand in other words. */
const char *exch_picture_symbol(
    struct exch_picture *pic, const struct exch_inst *in);
const char *exch_picture_account(struct exch_picture *pic,
    const struct exch_report_run *run, uint32_t account);
/* A quantity as a value: EXCH_PLOT_NONE beyond 63 bits. */
static inline int64_t
exch_picture_qty(exch_u128 q)
{
	return q >= (exch_u128)INT64_MAX ? EXCH_PLOT_NONE : (int64_t)q;
}
/* The axis of time of the day's bins. */
void exch_picture_time(struct exch_picture *pic, const struct exch_day *day);
/* A new panel, below those that there are. */
struct exch_plot_panel *exch_picture_panel(struct exch_picture *pic,
    const char *what, int scale, int decimals, unsigned height);
/* A new series of a panel. */
struct exch_plot_series *exch_picture_series(struct exch_plot_panel *panel,
    const char *name, uint8_t how, uint8_t colour, const int64_t *y);

/* pictures_inst.c: of an instrument */
int exch_picture_price(struct exch_day *day, uint32_t slot,
    struct exch_picture *pic, struct exch_diag *d);
int exch_picture_depth(struct exch_day *day, uint32_t slot,
    struct exch_picture *pic, struct exch_diag *d);
int exch_picture_spread(struct exch_day *day, uint32_t slot,
    struct exch_picture *pic, struct exch_diag *d);
int exch_picture_auctions(struct exch_day *day, uint32_t slot,
    struct exch_picture *pic, struct exch_diag *d);
/* pictures_gain.c: of accounts */
int exch_picture_inventory(struct exch_day *day, uint32_t slot,
    struct exch_picture *pic, struct exch_diag *d);
int exch_picture_pnl(struct exch_day *day, uint32_t slot,
    struct exch_picture *pic, struct exch_diag *d);
/* pictures_day.c: of all */
int exch_picture_sizes(struct exch_day *day, uint32_t slot,
    struct exch_picture *pic, struct exch_diag *d);
int exch_picture_latency(struct exch_day *day, uint32_t slot,
    struct exch_picture *pic, struct exch_diag *d);
int exch_picture_fidelity(struct exch_day *day, uint32_t slot,
    struct exch_picture *pic, struct exch_diag *d);
int exch_picture_rejects(struct exch_day *day, uint32_t slot,
    struct exch_picture *pic, struct exch_diag *d);
int exch_picture_alerts(struct exch_day *day, uint32_t slot,
    struct exch_picture *pic, struct exch_diag *d);

#endif
