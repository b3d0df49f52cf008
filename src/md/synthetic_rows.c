/*
 * Rows of exch-feed synthetic (synthetic.h).  CSV and JSON: one each time.
 * Text: a line for each level.
 */
#include <config.h>

#include <string.h>

#include "md/synthetic.h"
#include "rec/schema.h"

static const struct exch_col first_cols[] = {
    {"time", EXCH_COL_TIME, 18},
    {"symbol", EXCH_COL_TEXT, 8},
    {"phase", EXCH_COL_TEXT, 5},
    {"state", EXCH_COL_TEXT, 7},
    {"bid_px", EXCH_COL_NUM, 11},
    {"bid_qty", EXCH_COL_NUM, 9},
    {"bid_from", EXCH_COL_TEXT, 7},
    {"ask_px", EXCH_COL_NUM, 11},
    {"ask_qty", EXCH_COL_NUM, 9},
    {"ask_from", EXCH_COL_TEXT, 7},
    {"own_bid_px", EXCH_COL_NUM, 11},
    {"own_bid_qty", EXCH_COL_NUM, 9},
    {"own_ask_px", EXCH_COL_NUM, 11},
    {"own_ask_qty", EXCH_COL_NUM, 9},
};

static const char *const level_cols[] = {
    "bid_px_", "bid_qty_", "bid_leg_", "ask_px_", "ask_qty_", "ask_leg_"};

static const struct exch_col text_cols[] = {
    {"time", EXCH_COL_TIME, 18},
    {"symbol", EXCH_COL_TEXT, 8},
    {"phase", EXCH_COL_TEXT, 5},
    {"state", EXCH_COL_TEXT, 7},
    {"level", EXCH_COL_TEXT, 5},
    {"bid_px", EXCH_COL_NUM, 11},
    {"bid_qty", EXCH_COL_NUM, 9},
    {"bid_leg", EXCH_COL_TEXT, 8},
    {"ask_px", EXCH_COL_NUM, 11},
    {"ask_qty", EXCH_COL_NUM, 9},
    {"ask_leg", EXCH_COL_TEXT, 8},
};

/* The best of what is implied and what is quoted, and which it is. */
static const char *
best_of(const struct exch_synthetic *s, const struct exch_report_run *run,
    unsigned side, struct exch_implied_level *out)
{
	const struct exch_implied_level *implied =
	    &s->now[(size_t)side * run->o.levels];
	const struct exch_implied_level *own = &s->now[s->each - 2 + side];

	memset(out, 0, sizeof(*out));
	/* at a price where nothing can be had there is nothing */
	if (implied->qty == 0 && own->qty == 0)
		return NULL;
	*out = *own;
	if (implied->qty == 0)
		return "own";
	if (own->qty > 0 && implied->px == own->px) {
		out->qty += implied->qty;
		return "both";
	}
	if (own->qty > 0 && (implied->px > own->px) == (side != 0))
		return "own";
	*out = *implied;
	return "implied";
}

static const char *
state_of(
    const struct exch_implied_level *bid, const struct exch_implied_level *ask)
{
	if (bid->qty == 0 || ask->qty == 0 || bid->px < ask->px)
		return NULL;
	return bid->px == ask->px ? "locked" : "crossed";
}

static void
put_level(struct exch_table *t, const struct exch_synthetic_sum *sum,
    const struct exch_implied_level *l)
{
	if (l->any == 0) {
		exch_table_none(t);
		exch_table_none(t);
		return;
	}
	exch_table_dec(t, l->px, EXCH_IMPLIED_SCALE, sum->decimals);
	exch_table_dec(t, (exch_i128)l->qty, sum->scale, 0);
}

static void
put_leg(struct exch_table *t, const struct exch_synthetic *s, uint32_t i,
    const struct exch_implied_level *l)
{
	const char *name =
	    exch_legs_row(&s->legs, s->legs.sum[i].first + (uint32_t)l->leg)
		->leg;

	exch_table_text(
	    t, name, l->any == 0 ? 0 : strnlen(name, EXCH_LEGS_NAME));
}

/* The cells that all rows and lines begin with. */
static void
put_first(
    struct exch_report_run *run, uint32_t i, exch_ts time, const char *state)
{
	const struct exch_synthetic *s = run->state;
	struct exch_table *t = &run->table;
	const char *name = s->legs.name[s->legs.sum[i].name];

	exch_table_row(t);
	exch_table_time(t, time);
	exch_table_text(t, name, strnlen(name, EXCH_LEGS_NAME));
	exch_table_word(t, s->phase == EXCH_SYNTHETIC_CONTINUOUS
			       ? NULL
			       : exch_word_of(exch_words_phase, s->phase));
	exch_table_word(t, state);
}

static void
put_row(struct exch_report_run *run, uint32_t i, exch_ts time)
{
	const struct exch_synthetic *s = run->state;
	const struct exch_synthetic_sum *sum = &s->sum[i];
	struct exch_table *t = &run->table;
	struct exch_implied_level best[2];
	const char *from[2];

	for (unsigned side = 0; side < 2; side++)
		from[side] = best_of(s, run, side, &best[side]);
	put_first(run, i, time, state_of(&best[0], &best[1]));
	for (unsigned side = 0; side < 2; side++) {
		put_level(t, sum, &best[side]);
		exch_table_word(t, from[side]);
	}
	put_level(t, sum, &s->now[s->each - 2]);
	put_level(t, sum, &s->now[s->each - 1]);
	for (size_t k = 0; k < s->each - 2; k++) {
		/* names that have to be escaped are longer than their cell */
		if (t->p > t->limit)
			exch_table_drain(t);
		put_level(t, sum, &s->now[k]);
		put_leg(t, s, i, &s->now[k]);
	}
	exch_table_end(t);
}

static void
put_line(struct exch_report_run *run, uint32_t i, const char *level,
    const struct exch_implied_level *bid, const struct exch_implied_level *ask)
{
	const struct exch_synthetic *s = run->state;
	struct exch_table *t = &run->table;
	bool own = bid == &s->now[s->each - 2];

	exch_table_text(t, level, strlen(level));
	put_level(t, &s->sum[i], bid);
	if (own)
		exch_table_none(t);
	else
		put_leg(t, s, i, bid);
	put_level(t, &s->sum[i], ask);
	if (own)
		exch_table_none(t);
	else
		put_leg(t, s, i, ask);
	exch_table_end(t);
}

/* What is quoted first, then what is implied, of which there is a line. */
static void
put_lines(struct exch_report_run *run, uint32_t i, exch_ts time)
{
	const struct exch_synthetic *s = run->state;
	unsigned n = run->o.levels;
	const struct exch_implied_level *own = &s->now[s->each - 2];
	struct exch_implied_level best[2];
	const char *state;

	for (unsigned side = 0; side < 2; side++)
		(void)best_of(s, run, side, &best[side]); /* which: seen */
	state = state_of(&best[0], &best[1]);
	if (s->sum[i].own != UINT32_MAX) {
		put_first(run, i, time, state);
		put_line(run, i, "own", &own[0], &own[1]);
	}
	for (unsigned k = 0; k < n; k++) {
		char level[12];

		if (k > 0 && s->now[k].any == 0 && s->now[n + k].any == 0)
			return;
		*exch_fmt_u64(level, k) = '\0';
		put_first(run, i, time, state);
		put_line(run, i, level, &s->now[k], &s->now[n + k]);
	}
}

void
exch_synthetic_put(struct exch_report_run *run, uint32_t i, exch_ts time)
{
	if (run->o.format == EXCH_FMT_TEXT)
		put_lines(run, i, time);
	else
		put_row(run, i, time);
}

int
exch_synthetic_columns(struct exch_report_run *run, struct exch_diag *d)
{
	if (run->o.format == EXCH_FMT_TEXT)
		return exch_table_columns(
		    &run->table, text_cols, EXCH_ARRAY_LEN(text_cols), true, d);
	return exch_samples_columns(run,
	    &(struct exch_sample_columns){
		first_cols, EXCH_ARRAY_LEN(first_cols), level_cols, 3},
	    true, d);
}
