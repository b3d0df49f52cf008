/*
 * Time zones from TZif files (RFC 8536, versions 1 to 4) and from fixed
 * offsets.  The bytes come from the caller and are not trusted; where the
 * file lies is cmd/common's part.
 *
 * After the last transition the footer's rule holds, a POSIX TZ string
 * such as "EST5EDT,M3.2.0,M11.1.0".
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/time.h"

#define DAY 86400
/* RFC 8536 3.2: offsets lie between -25 and +26 hours. */
#define OFF_MIN (-25 * 3600 + 1)
#define OFF_MAX (26 * 3600 - 1)

/* One of the two yearly changes of the footer's rule. */
struct change {
	char kind; /* 'J': 1..365 without 29 Feb, 'N': 0..365, 'M' */
	int day;   /* J, N: day; M: weekday 0..6, 0 is Sunday */
	int month;
	int week; /* 1..5, 5 is the last */
	int time; /* seconds of local time from midnight, may be < 0 */
};

struct exch_tz {
	int first; /* offset before the first transition */
	size_t n;
	int64_t *at; /* seconds UTC, ascending */
	int32_t *off;
	bool rule; /* the fields below hold after the last transition */
	bool has_dst;
	int std;
	int dst;
	struct change start; /* of daylight saving time */
	struct change end;
};

/* ---- the footer ---- */

static bool
is_alpha(unsigned char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool
is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

/* "EST" or "<+0330>"; what it says does not matter here. */
static bool
skip_abbreviation(struct exch_cur *c)
{
	size_t n = 0;

	if (c->left > 0 && *c->p == '<') {
		while (n < c->left && c->p[n] != '>')
			n++;
		return exch_take(c, n + 1) != NULL && n > 1;
	}
	while (n < c->left && is_alpha(c->p[n]))
		n++;
	return n >= 3 && exch_take(c, n) != NULL;
}

static bool
take_char(struct exch_cur *c, char want)
{
	if (c->left == 0 || *c->p != (unsigned char)want)
		return false;
	return exch_take(c, 1) != NULL;
}

static bool
take_number(struct exch_cur *c, int min, int max, int *out)
{
	int v = 0;
	int n = 0;

	while (c->left > 0 && is_digit(*c->p) && n < 4) {
		v = v * 10 + (*exch_take(c, 1) - '0');
		n++;
	}
	*out = v;
	return n > 0 && v >= min && v <= max;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool
take_time(struct exch_cur *c, int max_hours, int *out)
{
	int h;
	int m = 0;
	int s = 0;
	bool neg = take_char(c, '-');

	if (!neg)
		(void)take_char(c, '+'); /* may be absent */
	if (!take_number(c, 0, max_hours, &h))
		return false;
	if (take_char(c, ':')) {
		if (!take_number(c, 0, 59, &m))
			return false;
		if (take_char(c, ':') && !take_number(c, 0, 59, &s))
			return false;
	}
	*out = h * 3600 + m * 60 + s;
	if (neg)
		*out = -*out;
	return true;
}

static bool
take_change(struct exch_cur *c, struct change *g)
{
	bool ok;

	if (!take_char(c, ','))
		return false;
	if (take_char(c, 'M')) {
		g->kind = 'M';
		ok = take_number(c, 1, 12, &g->month) && take_char(c, '.') &&
		     take_number(c, 1, 5, &g->week) && take_char(c, '.') &&
		     take_number(c, 0, 6, &g->day);
	} else if (take_char(c, 'J')) {
		g->kind = 'J';
		ok = take_number(c, 1, 365, &g->day);
	} else {
		g->kind = 'N';
		ok = take_number(c, 0, 365, &g->day);
	}
	g->time = 2 * 3600;
	if (ok && take_char(c, '/'))
		ok = take_time(c, 167, &g->time);
	return ok;
}

/* True when the whole string is a rule; its offsets are west of UTC. */
static bool
parse_rule(struct exch_tz *tz, const unsigned char *s, size_t n)
{
	struct exch_cur c = {.p = s, .left = n};

	if (!skip_abbreviation(&c) || !take_time(&c, 24, &tz->std))
		return false;
	tz->std = -tz->std;
	tz->rule = true;
	if (c.left == 0)
		return true;
	tz->has_dst = true;
	if (!skip_abbreviation(&c))
		return false;
	tz->dst = tz->std + 3600;
	if (c.left > 0 && *c.p != ',') {
		if (!take_time(&c, 24, &tz->dst))
			return false;
		tz->dst = -tz->dst;
	}
	return take_change(&c, &tz->start) && take_change(&c, &tz->end) &&
	       c.left == 0;
}

/* ---- the file ---- */

/* Counts of one header (RFC 8536 3.1). */
struct counts {
	uint32_t isut, isstd, leap, time, type, chars;
};

static bool
take_header(struct exch_cur *c, int *version, struct counts *n)
{
	const unsigned char *p = exch_take(c, 44);

	if (p == NULL || memcmp(p, "TZif", 4) != 0)
		return false;
	*version = p[4];
	n->isut = exch_be32(p + 20);
	n->isstd = exch_be32(p + 24);
	n->leap = exch_be32(p + 28);
	n->time = exch_be32(p + 32);
	n->type = exch_be32(p + 36);
	n->chars = exch_be32(p + 40);
	return true;
}

/* Bytes of a data block whose times have `size` bytes. */
static size_t
block_size(const struct counts *n, size_t size)
{
	return n->time * (size + 1) + (size_t)n->type * 6 + n->chars +
	       n->leap * (size + 4) + n->isstd + n->isut;
}

static int
take_types(const unsigned char *types, uint32_t ntypes, unsigned i)
{
	int32_t off;

	if (i >= ntypes)
		return INT32_MIN;
	off = (int32_t)exch_be32(types + (size_t)6 * i);
	return off < OFF_MIN || off > OFF_MAX ? INT32_MIN : off;
}

/* Fill the tables from a data block; NULL, or what is wrong with it. */
static const char *
take_block(
    struct exch_tz *tz, struct exch_cur *c, const struct counts *n, size_t size)
{
	const unsigned char *p = exch_take(c, block_size(n, size));
	const unsigned char *index, *types;

	if (p == NULL)
		return "ends early";
	if (n->leap > 0)
		return "counts leap seconds, which time stamps here do not";
	if (n->type == 0)
		return "has no local time type";
	index = p + (size_t)n->time * size;
	types = index + n->time;
	tz->first = take_types(types, n->type, 0);
	if (tz->first == INT32_MIN)
		return "has an offset beyond a day";
	tz->at = exch_calloc(n->time, sizeof(*tz->at));
	tz->off = exch_calloc(n->time, sizeof(*tz->off));
	if (tz->at == NULL || tz->off == NULL)
		return "";
	for (size_t i = 0; i < n->time; i++, p += size) {
		tz->at[i] =
		    size == 8 ? (int64_t)exch_be64(p) : (int32_t)exch_be32(p);
		tz->off[i] = take_types(types, n->type, index[i]);
		if (tz->off[i] == INT32_MIN)
			return "has a wrong local time type";
		if (i > 0 && tz->at[i] <= tz->at[i - 1])
			return "has transitions out of order";
	}
	tz->n = n->time;
	return NULL;
}

static const char *
take_footer(struct exch_tz *tz, struct exch_cur *c)
{
	const unsigned char *end;

	if (!take_char(c, '\n'))
		return "has no footer";
	end = memchr(c->p, '\n', c->left);
	if (end == NULL)
		return "has a footer that ends early";
	if (end > c->p && !parse_rule(tz, c->p, (size_t)(end - c->p)))
		return "has a footer that is not a TZ string";
	return NULL;
}

static const char *
parse_file(struct exch_tz *tz, struct exch_cur *c)
{
	struct counts n;
	int version;
	const char *bad;

	if (!take_header(c, &version, &n))
		return "is not a TZif file";
	if (version < '2')
		return take_block(tz, c, &n, 4);
	/* The first block is there for readers of version 1 only. */
	if (exch_take(c, block_size(&n, 4)) == NULL ||
	    !take_header(c, &version, &n))
		return "ends early";
	bad = take_block(tz, c, &n, 8);
	return bad != NULL ? bad : take_footer(tz, c);
}

int
exch_tz_parse(const void *bytes, size_t n, const char *name,
    struct exch_tz **out, struct exch_diag *d)
{
	struct exch_cur c = {.p = bytes, .left = n};
	struct exch_tz *tz = exch_calloc(1, sizeof(*tz));
	const char *bad = tz != NULL ? parse_file(tz, &c) : "";

	if (bad == NULL) {
		*out = tz;
		return 0;
	}
	exch_tz_free(tz);
	if (*bad == '\0')
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, name, EXCH_POS_NONE, 0, "out of memory");
	return exch_diag_set(d, EXCH_ERR_FORMAT, name, EXCH_POS_NONE, 0,
	    "time zone file %s", bad);
}

int
exch_tz_fixed(int seconds, struct exch_tz **out)
{
	struct exch_tz *tz;

	if (seconds <= -DAY || seconds >= DAY)
		return EXCH_ERR_RANGE;
	tz = exch_calloc(1, sizeof(*tz));
	if (tz == NULL)
		return EXCH_ERR_NOMEM;
	tz->first = seconds;
	*out = tz;
	return 0;
}

void
exch_tz_free(struct exch_tz *tz)
{
	if (tz == NULL)
		return;
	exch_free(tz->at);
	exch_free(tz->off);
	exch_free(tz);
}

/* ---- use ---- */

static bool
is_leap(int y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

/* Local time of a change in a year, as if it were UTC. */
static int64_t
change_time(const struct change *g, int year)
{
	int64_t day = exch_days_from_civil(year, 1, 1);

	if (g->kind == 'N') {
		day += g->day;
	} else if (g->kind == 'J') {
		day += g->day - 1 + (is_leap(year) && g->day >= 60);
	} else {
		int64_t next =
		    g->month == 12
			? exch_days_from_civil(year + 1, 1, 1)
			: exch_days_from_civil(year, g->month + 1, 1);
		int weekday;

		day = exch_days_from_civil(year, g->month, 1);
		/* 1970-01-01 was a Thursday. */
		weekday = (int)((day + 4) % 7 + 7) % 7;
		day += (g->day - weekday + 7) % 7 + 7 * (g->week - 1);
		if (day >= next)
			day -= 7;
	}
	return day * DAY + g->time;
}

/*
 * The latest change at or before t decides.  Changes may lie in the
 * neighbouring years (version 3 allows a week either way).  When both fall
 * together daylight saving time never ends, as RFC 8536 3.3.1 has it.
 */
static int
rule_offset(const struct exch_tz *tz, int64_t t)
{
	int64_t best = INT64_MIN;
	int off = tz->std;
	int year, month, day;

	if (!tz->has_dst)
		return tz->std;
	exch_civil_from_days(t / DAY, &year, &month, &day);
	for (int y = year - 1; y <= year + 1; y++) {
		int64_t s = change_time(&tz->start, y) - tz->std;
		int64_t e = change_time(&tz->end, y) - tz->dst;

		if (e <= t && e > best) {
			best = e;
			off = tz->std;
		}
		if (s <= t && s >= best) {
			best = s;
			off = tz->dst;
		}
	}
	return off;
}

/* Of a time in seconds, which may lie before 1970. */
static int
offset_at(const struct exch_tz *tz, int64_t t)
{
	size_t lo = 0;
	size_t hi = tz->n;

	if (tz->rule && (tz->n == 0 || t >= tz->at[tz->n - 1]))
		return rule_offset(tz, t);
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (tz->at[mid] <= t)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo > 0 ? tz->off[lo - 1] : tz->first;
}

int
exch_tz_offset(const struct exch_tz *tz, exch_ts t)
{
	return tz != NULL ? offset_at(tz, (int64_t)(t / EXCH_SEC)) : 0;
}

exch_ts
exch_tz_local(const struct exch_tz *tz, uint32_t date, uint64_t ns)
{
	int64_t local =
	    (int64_t)(exch_date_ts(date) / EXCH_SEC) + (int64_t)(ns / EXCH_SEC);
	int64_t utc = local;

	if (tz != NULL) {
		/* No offset reaches further than OFF_MAX either way. */
		int before = offset_at(tz, local - OFF_MAX);
		int after = offset_at(tz, local + OFF_MAX);

		utc = local - before;
		if (offset_at(tz, utc) != before &&
		    offset_at(tz, local - after) == after)
			utc = local - after;
	}
	return utc > 0 ? (uint64_t)utc * EXCH_SEC + ns % EXCH_SEC : 0;
}

int
exch_tz_offset_parse(const char *s, int *seconds)
{
	uint64_t tod;

	if (strlen(s) != 6 || (*s != '+' && *s != '-') ||
	    exch_tod_parse(s + 1, 5, &tod) != 0 || tod >= DAY * EXCH_SEC)
		return EXCH_ERR_FORMAT;
	*seconds = (int)(tod / EXCH_SEC);
	if (*s == '-')
		*seconds = -*seconds;
	return 0;
}
