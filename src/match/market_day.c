/*
 * Keys of a market file that go by the phase, the clock and the day:
 * exch-market(5), THE DAY.
 */
#include <config.h>

#include "base/check.h"
#include "base/time.h"
#include "match/market_line.h"
#include "rec/schema.h"
#include "ref/calendar.h"

int
exch_line_cross(struct exch_market_line *p, struct exch_piece w, uint8_t *cross)
{
	uint16_t code;

	if (exch_word_code(exch_words_cross, w.p, w.n, &code) != 0 ||
	    code == EXCH_CROSS_NONE)
		return exch_line_none_of(p, w, exch_words_cross, 1);
	exch_check(code < EXCH_MARKET_CROSSES);
	*cross = (uint8_t)code;
	return 0;
}

/* "random-end close 30s". */
int
exch_line_random_end(struct exch_market_line *p)
{
	uint8_t cross = 0;
	uint64_t ns = 0;
	int rc;

	if (p->nwords != 3)
		return exch_line_wrong(
		    p, "random-end needs an auction and a time");
	rc = exch_line_cross(p, p->word[1], &cross);
	if (rc == 0)
		rc = exch_line_duration(p, p->word[2], &ns);
	if (rc != 0)
		return rc;
	if (p->m->day.random_end[cross] != 0)
		return exch_line_bad(
		    p, p->word[1], "has its random end already");
	p->m->day.random_end[cross] = ns;
	p->m->day.calls = p->m->any = true;
	return 0;
}

/* "phase call orders limit market", "phase pre-open valid day gtc". */
int
exch_line_phase(struct exch_market_line *p)
{
	struct exch_market_day *d = &p->m->day;
	uint16_t phase;

	if (p->nwords < 4)
		return exch_line_wrong(p, "phase needs the phase, orders or "
					  "valid, and words");
	if (exch_word_code(
		exch_words_phase, p->word[1].p, p->word[1].n, &phase) != 0)
		return exch_line_none_of(p, p->word[1], exch_words_phase, 0);
	exch_check(phase < EXCH_MARKET_PHASES);
	if (exch_line_is(p->word[2], "orders"))
		return exch_line_set(p, 3, exch_words_ordtype, d->types[phase]);
	if (exch_line_is(p->word[2], "valid"))
		return exch_line_set(p, 3, exch_words_tif, d->tifs[phase]);
	return exch_line_bad(p, p->word[2], "is neither orders nor valid");
}

static void
add(uint64_t set[4], uint16_t code)
{
	set[code / 64] |= UINT64_C(1) << (code % 64);
}

/* A command, a type or a time in force that a freeze concerns. */
static int
take_frozen(struct exch_market_line *p, struct exch_piece w,
    struct exch_market_freeze *f)
{
	static const struct exch_word what[] = {{EXCH_FREEZE_NEW, "new"},
	    {EXCH_FREEZE_CANCEL, "cancel"}, {EXCH_FREEZE_REPLACE, "replace"},
	    {0, NULL}};
	uint16_t code;

	if (exch_word_code(what, w.p, w.n, &code) == 0)
		f->what |= (uint8_t)code;
	else if (exch_word_code(exch_words_ordtype, w.p, w.n, &code) == 0)
		add(f->types, code);
	else if (exch_word_code(exch_words_tif, w.p, w.n, &code) == 0)
		add(f->tifs, code);
	else
		return exch_line_bad(p, w,
		    "is neither new, cancel, replace nor a word of "
		    "exch-stream(5), CODES");
	return 0;
}

static bool
is_empty(const uint64_t set[4])
{
	return (set[0] | set[1] | set[2] | set[3]) == 0;
}

/* "freeze close 5m new atc". */
int
exch_line_freeze(struct exch_market_line *p)
{
	struct exch_market_day *d = &p->m->day;
	struct exch_market_freeze f = {.before = 0};
	int rc;

	if (p->nwords < 4)
		return exch_line_wrong(p, "freeze needs an auction, a time, "
					  "and new, cancel or replace");
	if (d->nfreeze == EXCH_MARKET_FREEZES)
		return exch_line_wrong(p, "there are more than 16 freezes");
	rc = exch_line_cross(p, p->word[1], &f.cross);
	if (rc == 0)
		rc = exch_line_duration(p, p->word[2], &f.before);
	for (size_t i = 3; i < p->nwords && rc == 0; i++)
		rc = take_frozen(p, p->word[i], &f);
	if (rc != 0)
		return rc;
	if (f.what == 0)
		return exch_line_wrong(
		    p, "freeze names neither new, cancel nor replace");
	if (is_empty(f.types))
		memset(f.types, 0xff, sizeof(f.types));
	if (is_empty(f.tifs))
		memset(f.tifs, 0xff, sizeof(f.tifs));
	d->freeze[d->nfreeze++] = f;
	d->calls = p->m->any = true;
	return 0;
}

int
exch_line_calendar(struct exch_market_line *p)
{
	struct exch_market_day *d = &p->m->day;
	struct exch_piece w = p->word[1];

	if (p->nwords != 2 || w.n >= sizeof(d->calendar))
		return exch_line_wrong(
		    p, "calendar needs one name of at most 31 letters");
	for (size_t i = 0; i < w.n; i++)
		if (w.p[i] == '/' || w.p[i] == '.')
			return exch_line_bad(p, w,
			    "is not the name of a calendar: no directory "
			    "and no suffix");
	memcpy(d->calendar, w.p, w.n);
	return 0;
}

/* ---- times of day ---- */

bool
exch_market_dated(const struct exch_market *m)
{
	for (unsigned i = 0; i < m->nvenues; i++)
		if (m->venue[i].rules->sessions != NULL ||
		    exch_market_dated(m->venue[i].rules))
			return true;
	return m->luld.doubles.tod != EXCH_TS_NONE ||
	       m->breaker.until.tod != EXCH_TS_NONE;
}

void
exch_market_date(struct exch_market *m, uint32_t date, const struct exch_tz *tz,
    const struct exch_calendar *c)
{
	struct exch_market_time *const times[] = {
	    &m->luld.doubles, &m->breaker.until};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(times); i++) {
		uint64_t tod = times[i]->tod;

		times[i]->on = EXCH_TS_NONE;
		if (tod != EXCH_TS_NONE &&
		    (c == NULL || exch_calendar_move(c, date, &tod)))
			times[i]->on = exch_tz_local(tz, date, tod);
	}
}
