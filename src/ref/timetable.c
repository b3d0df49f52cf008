/*
 * The timetable's text to rows.  Turning rows into phases of instruments
 * is the engine's part.
 *
 * The words stand here and not in rec, which this part may not include; a
 * unit test compares their numbers with rec/rec.h.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/place.h"
#include "base/time.h"
#include "ref/timetable.h"

struct word {
	const char *word;
	uint8_t code;
};

static const struct word phases[] = {
    {"closed", 0},
    {"pre-open", 1},
    {"call", 2},
    {"continuous", 3},
    {"halt", 4},
    {"end", 5},
};

static const struct word crosses[] = {
    {"-", 0},
    {"open", 1},
    {"close", 2},
    {"halt", 3},
    {"intraday", 4},
};

#define PHASE_CALL 2

/* A piece of the text. */
struct piece {
	const char *p;
	size_t n;
};

struct parse {
	struct exch_timetable *t;
	size_t cap;
	const char *name;
	uint32_t date;
	const struct exch_tz *tz;
	uint64_t line;
	struct piece whole; /* the line */
	struct exch_diag *d;
};

static bool
find_word(const struct word *words, size_t n, struct piece s, uint8_t *code)
{
	for (size_t i = 0; i < n; i++) {
		if (strlen(words[i].word) == s.n &&
		    memcmp(words[i].word, s.p, s.n) == 0) {
			*code = words[i].code;
			return true;
		}
	}
	return false;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Cut a line into at most max words; one more counts but is not kept. */
static size_t
split(struct piece line, struct piece *word, size_t max)
{
	size_t n = 0;
	size_t i = 0;

	for (;;) {
		size_t start;

		while (i < line.n && is_blank(line.p[i]))
			i++;
		if (i == line.n || line.p[i] == '#')
			return n;
		start = i;
		while (i < line.n && !is_blank(line.p[i]))
			i++;
		if (n < max)
			word[n] = (struct piece){line.p + start, i - start};
		n++;
	}
}

/* The quoted word, short enough for a message. */
#define QUOTE(w) (int)((w).n < 40 ? (w).n : 40), (w).p

static int
bad(struct parse *p, const char *what, struct piece word)
{
	struct exch_place at = {.file = p->name,
	    .line = p->line,
	    .column = (uint64_t)(word.p - p->whole.p) + 1};

	return exch_place_fail(
	    p->d, EXCH_ERR_FORMAT, &at, "'%.*s' %s", QUOTE(word), what);
}

static int
no_memory(struct parse *p)
{
	return exch_diag_set(p->d, EXCH_ERR_NOMEM, p->name, EXCH_POS_LINE,
	    p->line, "out of memory");
}

static int
parse_row(struct parse *p, const struct piece *w, size_t n,
    struct exch_timetable_row *row)
{
	uint64_t tod;

	memset(row, 0, sizeof(*row));
	if (exch_tod_parse(w[0].p, w[0].n, &tod) != 0)
		return bad(p, "is not a time HH:MM[:SS[.fraction]]", w[0]);
	row->time = exch_tz_local(p->tz, p->date, tod);
	if (n < 2)
		return bad(p, "stands alone: a phase must follow", w[0]);
	if (!find_word(phases, EXCH_ARRAY_LEN(phases), w[1], &row->phase))
		return bad(p,
		    "is not a phase (closed, pre-open, call, continuous, halt, "
		    "end)",
		    w[1]);
	if (n > 2 &&
	    !find_word(crosses, EXCH_ARRAY_LEN(crosses), w[2], &row->cross))
		return bad(p,
		    "is not an auction (open, close, halt, intraday, or - )",
		    w[2]);
	if (row->phase == PHASE_CALL && row->cross == 0)
		return bad(p,
		    "needs its auction: open, close, halt or intraday", w[1]);
	if (row->phase != PHASE_CALL && row->cross != 0)
		return bad(p, "stands at a phase that is not call", w[2]);
	if (n > 3 && w[3].n > sizeof(row->symbol))
		return bad(p, "is longer than a symbol", w[3]);
	if (n > 3)
		memcpy(row->symbol, w[3].p, w[3].n);
	if (n > 4)
		return bad(p, "is followed by more words than a row has", w[3]);
	return 0;
}

/*
 * Times ascend; at the same time every instrument has one row, or a call
 * and what ends it.
 */
static int
check_order(
    struct parse *p, const struct exch_timetable_row *row, struct piece time)
{
	for (size_t i = p->t->n; i > 0; i--) {
		const struct exch_timetable_row *r = &p->t->row[i - 1];

		if (r->time > row->time)
			return bad(p, "is earlier than the row before", time);
		if (r->time < row->time)
			return 0;
		if (memcmp(r->symbol, row->symbol, sizeof(r->symbol)) != 0)
			continue;
		return r->phase == PHASE_CALL && row->phase != PHASE_CALL
			   ? 0
			   : bad(p, "is the time of an earlier row, too", time);
	}
	return 0;
}

static int
add_row(struct parse *p, const struct exch_timetable_row *row)
{
	struct exch_timetable *t = p->t;

	if (!exch_room(&t->row, t->n, &p->cap, sizeof(*row)))
		return no_memory(p);
	t->row[t->n++] = *row;
	return 0;
}

static int
parse_line(struct parse *p)
{
	struct piece w[4];
	struct exch_timetable_row row;
	size_t n = split(p->whole, w, EXCH_ARRAY_LEN(w));
	int err;

	if (n == 0)
		return 0;
	err = parse_row(p, w, n, &row);
	if (err == 0)
		err = check_order(p, &row, w[0]);
	return err == 0 ? add_row(p, &row) : err;
}

int
exch_timetable_parse(const char *text, size_t n, const char *name,
    uint32_t date, const struct exch_tz *tz, struct exch_timetable *t,
    struct exch_diag *d)
{
	struct parse p = {.t = t, .name = name, .date = date, .tz = tz, .d = d};
	int err = 0;

	memset(t, 0, sizeof(*t));
	/* A byte order mark, as editors write it that think of Windows. */
	if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		n -= 3;
	}
	while (n > 0 && err == 0) {
		const char *nl = memchr(text, '\n', n);
		size_t len = nl != NULL ? (size_t)(nl - text) : n;

		p.line++;
		p.whole = (struct piece){text, len};
		err = parse_line(&p);
		len += nl != NULL;
		text += len;
		n -= len;
	}
	if (err != 0)
		exch_timetable_clear(t);
	return err;
}

void
exch_timetable_clear(struct exch_timetable *t)
{
	exch_free(t->row);
	memset(t, 0, sizeof(*t));
}

int
exch_timetable_join(
    struct exch_timetable *t, struct exch_timetable *own, const char *venue)
{
	struct exch_timetable all = {0};
	size_t i = 0, k = 0;

	all.row = exch_calloc(t->n + own->n + 1, sizeof(*all.row));
	if (all.row == NULL) {
		exch_timetable_clear(own);
		return EXCH_ERR_NOMEM;
	}
	while (i < t->n || k < own->n) {
		struct exch_timetable_row *r = &all.row[all.n++];

		if (k == own->n ||
		    (i < t->n && t->row[i].time <= own->row[k].time)) {
			*r = t->row[i++];
			continue;
		}
		*r = own->row[k++];
		if (r->symbol[0] == '\0') {
			r->symbol[0] = '*';
			r->symbol[1] = '.';
			memcpy(r->symbol + 2, venue, strlen(venue));
		}
	}
	exch_timetable_clear(own);
	exch_timetable_clear(t);
	*t = all;
	return 0;
}
