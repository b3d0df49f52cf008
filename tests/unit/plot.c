/*
 * Pictures: ticks against the rule by which they are chosen, labels, texts of
 * strangers, and descriptions at the edges: nothing, one value, all of 64 bits.
 */
#include <config.h>

#include <stdlib.h>

#include "base/rng.h"
#include "plot/markup.h"
#include "plot/svg.h"
#include "plot/ticks.h"
#include "tap.h"

/* ---- ticks ---- */

static bool
is_nice(uint64_t step)
{
	while (step % 10 == 0)
		step /= 10;
	return step == 1 || step == 2 || step == 5;
}

/* The next finer step would give more than `most`: counted one by one. */
static uint64_t
count(int64_t lo, int64_t hi, uint64_t step)
{
	exch_i128 v = (exch_i128)lo / (exch_i128)step * (exch_i128)step;
	uint64_t n = 0;

	while (v < lo)
		v += (exch_i128)step;
	while (v - (exch_i128)step >= lo)
		v -= (exch_i128)step;
	for (; v <= hi && n < 1000; v += (exch_i128)step)
		n++;
	return n;
}

static uint64_t
finer(uint64_t step)
{
	uint64_t head = step;

	while (head % 10 == 0)
		head /= 10;
	return head == 5 ? step / 5 * 2 : step / 2;
}

static bool
right(int64_t lo, int64_t hi, unsigned most)
{
	struct exch_ticks t;
	exch_i128 last;

	exch_ticks_of(lo, hi, 0, most, &t);
	last = (exch_i128)t.first + (exch_i128)t.step * (t.n - 1);
	if (!is_nice(t.step) || t.n == 0 || t.n > most || t.first < lo ||
	    last > hi || t.first % (exch_i128)t.step != 0)
		return false;
	if (count(lo, hi, t.step) != t.n)
		return false;
	/* the finest: 1, 2 and 5 only */
	return t.step == 1 || count(lo, hi, finer(t.step)) > most;
}

static void
number_ticks(struct exch_rng *rng)
{
	bool ok = right(0, 100, 6) && right(-7, 3, 5) &&
		  right(INT64_MIN, INT64_MAX, 5) &&
		  right(INT64_MIN, INT64_MAX, 9) &&
		  right(INT64_MAX - 1, INT64_MAX, 5) &&
		  right(INT64_MIN, INT64_MIN + 3, 5);

	for (int i = 0; ok && i < 20000; i++) {
		int64_t a =
		    (int64_t)(exch_rng_u64(rng) >> exch_rng_below(rng, 64));
		int64_t b =
		    (int64_t)(exch_rng_u64(rng) >> exch_rng_below(rng, 64));
		unsigned most = 5 + (unsigned)exch_rng_below(rng, 8);

		if (exch_rng_below(rng, 2) == 0)
			a = -a;
		if (a == b)
			continue;
		ok = right(a < b ? a : b, a < b ? b : a, most);
		if (!ok)
			printf("# %" PRId64 " %" PRId64 " %u\n", a, b, most);
	}
	tap_ok(ok, "ticks are the finest of 1, 2, 5 that are not too many");
}

static void
label(int64_t lo, int64_t hi, int scale, int64_t v, const char *want)
{
	char got[EXCH_TICK_LABEL];
	struct exch_ticks t;

	exch_ticks_of(lo, hi, scale, 6, &t);
	exch_ticks_label(&t, v, got);
	tap_is_str(got, want, want);
}

static void
labels(void)
{
	const int64_t px = 1000000000;

	label(1750 * px, 1760 * px, 9, 1752 * px, "1752");
	label(0, px, 9, px / 5, "0.2");
	label(-3, 3, 2, -1, "-0.01");
	label(0, 5000000, 0, 2000000, "2M");
	label(0, 250000, 0, 50000, "50k");
	label(0, 1500000, 0, 500000, "0.5M");
	label(INT64_C(150000500), INT64_C(150001000), 0, INT64_C(150000600),
	    "150000.6k");
	label(0, INT64_MAX, 0, INT64_C(2000000000000000000), "2e18");
	label(INT64_MIN, INT64_MAX, 9, 0, "0");
	label(1800 * px, 1800 * px, 9, 1800 * px, "1800");
	label(0, 0, 9, 0, "0");
}

static void
time_label(
    exch_ts start, uint64_t span, int offset, unsigned i, const char *want)
{
	char got[EXCH_TICK_LABEL];
	struct exch_time_ticks t;
	struct exch_tz *tz = NULL;

	(void)exch_tz_fixed(offset, &tz);
	exch_ticks_of_time(start, start + span, tz, 8, &t);
	exch_ticks_time_label(&t, t.first + t.step * i, tz, got);
	tap_ok(t.n > 0 && t.n <= 8 && t.first >= start &&
		   t.first + t.step * (t.n - 1) <= start + span,
	    "ticks of time are inside and not too many");
	tap_is_str(got, want, want);
	exch_tz_free(tz);
}

static void
times(void)
{
	exch_ts day = exch_date_ts(20230207);
	const uint64_t m = 60 * EXCH_SEC;

	time_label(day + 75 * m, 345 * m, 8 * 3600, 0, "10:00");
	time_label(day + 75 * m, 345 * m, 0, 1, "03:00");
	time_label(day, 30 * EXCH_SEC, 0, 1, "00:00:05");
	time_label(day + 250000000, 1000000000, 0, 0, "00:00:00.4");
	time_label(day, 7, 0, 3, "00:00:00.000000003");
	time_label(day, 3 * 24 * 60 * m, 0, 2, "02-08");
	time_label(day, 0, 0, 0, "00:00:00");
	time_label(0, UINT64_MAX, 0, 0, "01-01");
	/* an offset that is no multiple of an hour */
	time_label(day, 6 * 60 * m, 19800, 0, "06:00");
}

/* ---- texts ---- */

static void
escapes(const char *s, size_t n, const char *want, const char *what)
{
	struct exch_buf b = {0};

	exch_markup_name(&b, s, n);
	exch_buf_char(&b, '\0');
	tap_is_str(b.p, want, what);
	exch_buf_free(&b);
}

static void
texts(void)
{
	escapes("<a href=\"x\">&'", 14,
	    "&lt;a href=&quot;x&quot;&gt;&amp;&#39;", "what means something");
	escapes("\x01\x7f\0\xff", 4, "????", "what XML cannot say");
	escapes(
	    "\xc0\xbc\xed\xa0\x80", 5, "?????", "an overlong <, a surrogate");
	escapes("\xd7\x90\xd7\x91", 4,
	    "\xe2\x81\xa8\xd7\x90\xd7\x91\xe2\x81\xa9",
	    "letters from the right stand alone");
	escapes("\xc3", 1, "?", "half a character");
	escapes("\xc2\x85", 2, "??", "a control of the second set");
}

/* ---- pictures ---- */

/* No number that is none, and every tag that begins ends. */
static bool
is_sound(const struct exch_buf *b)
{
	unsigned open = 0;

	if (b->failed)
		return false;
	for (size_t i = 0; i + 1 < b->len; i++) {
		if (b->p[i] == '<' && b->p[i + 1] != '?')
			open++;
		if (b->p[i] == '>' && b->p[i - 1] != '?')
			open--;
	}
	exch_buf_char((struct exch_buf *)(uintptr_t)b, '\0');
	return open <= 1 && strstr(b->p, "nan") == NULL &&
	       strstr(b->p, "inf") == NULL;
}

static struct exch_plot
panel_of(const int64_t *y, uint32_t n, uint8_t how)
{
	struct exch_plot p = {.name = "test",
	    .title = "A <title> & more",
	    .about = "about",
	    .form = EXCH_PLOT_TIME,
	    .start = exch_date_ts(20230207),
	    .width = EXCH_SEC,
	    .n = n,
	    .npanels = 1};

	p.panel[0] = (struct exch_plot_panel){
	    .label = "y", .height = 100, .n = 1, .scale = 2};
	p.panel[0].series[0] = (struct exch_plot_series){
	    .name = "a <series>", .how = how, .y = y, .low_name = "low"};
	if (how == EXCH_PLOT_RANGE)
		p.panel[0].series[0].low = y;
	return p;
}

static void
draws(const int64_t *y, uint32_t n, bool want, const char *what)
{
	bool ok = true;

	for (uint8_t how = EXCH_PLOT_LINE; how <= EXCH_PLOT_DOT; how++) {
		struct exch_plot p = panel_of(y, n, how);
		struct exch_buf b = {0};

		ok = ok && exch_svg_put(&p, true, "x", &b) == want &&
		     (want ? is_sound(&b) : b.len == 0);
		exch_buf_free(&b);
		exch_plot_data(&p, &b);
		ok = ok && !b.failed && b.len > 0;
		exch_buf_free(&b);
		exch_plot_gnuplot(&p, "pngcairo", &b);
		ok = ok && !b.failed;
		exch_buf_free(&b);
	}
	tap_ok(ok, what);
}

static void
pictures(void)
{
	const int64_t none[] = {EXCH_PLOT_NONE, EXCH_PLOT_NONE};
	const int64_t one[] = {EXCH_PLOT_NONE, 5, EXCH_PLOT_NONE};
	const int64_t zeros[] = {0, 0, 0};
	const int64_t huge[] = {INT64_MIN, INT64_MAX - 1, 0};
	const int64_t below[] = {-5, -7, EXCH_PLOT_NONE, -1};
	const int64_t high[] = {INT64_MAX - 1};

	draws(none, 0, false, "a picture of nothing is none");
	draws(none, 2, false, "nor one of gaps");
	draws(one, 3, true, "one value between gaps");
	draws(zeros, 3, true, "zeros");
	draws(huge, 3, true, "all of 64 bits");
	draws(below, 4, true, "below zero");
	draws(high, 1, true, "one value at the end of the range");
}

/* Coordinates have two digits, whatever the value. */
static void
coordinates(void)
{
	static const double v[] = {
	    0, -0.001, 1.005, 12.3456, -7.5, 1e9, -1e300};
	static const char *const want[] = {
	    "0", "0", "1", "12.35", "-7.5", "1000000", "-1000000"};
	bool ok = true;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(v); i++) {
		struct exch_buf b = {0};

		exch_svg_num(&b, v[i]);
		exch_buf_char(&b, '\0');
		if (strcmp(b.p, want[i]) != 0) {
			printf("# got %s, want %s\n", b.p, want[i]);
			ok = false;
		}
		exch_buf_free(&b);
	}
	tap_ok(ok, "coordinates have at most two digits behind the point");
}

static void
columns(void)
{
	const int64_t y[] = {100, EXCH_PLOT_NONE, 250};
	struct exch_plot p = panel_of(y, 3, EXCH_PLOT_RANGE);
	struct exch_buf b = {0};

	exch_plot_data(&p, &b);
	exch_buf_char(&b, '\0');
	tap_is_str(b.p,
	    "# time\tlow\ta <series>\n00:00:00\t1\t1\n"
	    "00:00:02\t2.5\t2.5\n",
	    "columns: times, values, no row of gaps");
	exch_buf_free(&b);
}

/* What gnuplot would read inside quotes is not there. */
static void
script(void)
{
	const int64_t y[] = {1};
	struct exch_plot p = panel_of(y, 1, EXCH_PLOT_LINE);
	struct exch_buf b = {0};

	p.title = "a'; system('id') `id` \\ \n \xff";
	exch_plot_gnuplot(&p, "pngcairo", &b);
	exch_buf_char(&b, '\0');
	tap_ok(strstr(b.p, "'a ; system( id )  id  ? ? ?'") != NULL,
	    "no quote of a stranger reaches gnuplot");
	exch_buf_free(&b);
}

int
main(void)
{
	struct exch_rng rng;

	exch_rng_seed(&rng, 20260105);
	number_ticks(&rng);
	labels();
	times();
	texts();
	coordinates();
	pictures();
	columns();
	script();
	return tap_done();
}
