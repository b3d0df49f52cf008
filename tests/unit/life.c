/*
 * The life of an order: the table of exch-ordertypes(7), LIFE OF AN ORDER,
 * written out here once more, and every step that is not in it refused.
 */
#include <config.h>

#include "base/err.h"
#include "rec/life.h"
#include "tap.h"

/* One letter per state, in the order of the page. */
static const char letter[] = "0?NPITSFCRJE";
/*   none, pending-new, New, Partial, Inactive, Triggered, Suspended,
 *   Filled, Cancelled, Replaced, reJected, Expired */

/*
 * Rows: events in the order of the enumeration.  Columns: states as above.
 * A letter is the next state, '=' the same one, '.' refused, '<' back into
 * the market (N, or P with fills).
 */
static const struct {
	enum exch_life_event e;
	const char *next;
} table[] = {
    /*                           0?NPITSFCRJE */
    {EXCH_LIFE_ASK, /*        */ "?..........."},
    {EXCH_LIFE_ASK_CANCEL, /* */ ".======....."},
    {EXCH_LIFE_ASK_REPLACE, /**/ ".======....."},
    {EXCH_LIFE_ACCEPT, /*     */ ".N.........."},
    {EXCH_LIFE_PARK, /*       */ ".I.........."},
    {EXCH_LIFE_REJECT, /*     */ ".J.........."},
    {EXCH_LIFE_REFUSE_CANCEL, ".======....."},
    {EXCH_LIFE_REFUSE_REPLACE, ".======....."},
    {EXCH_LIFE_FILL_PART, /*  */ "..P==P......"},
    {EXCH_LIFE_FILL, /*       */ "..FFFF......"},
    {EXCH_LIFE_CANCEL_PART, /**/ "..=====....."},
    {EXCH_LIFE_CANCEL, /*     */ "..CCCCC....."},
    {EXCH_LIFE_EXPIRE, /*     */ "..EEEEE....."},
    {EXCH_LIFE_CHANGE, /*     */ "..=====....."},
    {EXCH_LIFE_REPLACE, /*    */ "..RRRRR....."},
    {EXCH_LIFE_INHERIT, /*    */ "N..........."},
    {EXCH_LIFE_RESTATE, /*    */ "..=====....."},
    {EXCH_LIFE_LEAVE, /*      */ "..SS.S......"},
    {EXCH_LIFE_ENTER, /*      */ "....<.<....."},
    {EXCH_LIFE_TRIGGER, /*    */ "....T......."},
    {EXCH_LIFE_DAY_END, /*    */ ".======....."},
    {EXCH_LIFE_DAY_BEGIN, /*  */ ".======....."},
};

static bool
same(const struct exch_stage *a, const struct exch_stage *b)
{
	return a->state == b->state && a->filled == b->filled &&
	       a->over == b->over && a->cancels == b->cancels &&
	       a->replaces == b->replaces;
}

/* What the row says comes next, or -1. */
static int
wanted(char c, uint8_t state, bool filled)
{
	const char *p;

	if (c == '.')
		return -1;
	if (c == '=')
		return state;
	if (c == '<')
		return filled ? EXCH_LIFE_PARTIAL : EXCH_LIFE_NEW;
	p = strchr(letter, c);
	return p != NULL ? (int)(p - letter) : -2;
}

/* Every state, event and combination of conditions. */
static void
check_step(uint8_t state, unsigned row, unsigned with)
{
	enum exch_life_event e = table[row].e;
	struct exch_stage s = {.state = state,
	    .filled = with & 1,
	    .over = with & 2,
	    .cancels = with & 4 ? 2 : 0,
	    .replaces = with & 8 ? 2 : 0};
	struct exch_stage was = s;
	int want = wanted(table[row].next[state], state, s.filled);
	bool fills = e == EXCH_LIFE_FILL || e == EXCH_LIFE_FILL_PART;
	char what[128];
	bool ok;
	int rc;

	if ((fills && s.over) ||
	    (e == EXCH_LIFE_REFUSE_CANCEL && s.cancels == 0) ||
	    ((e == EXCH_LIFE_REFUSE_REPLACE || e == EXCH_LIFE_CHANGE ||
		 e == EXCH_LIFE_REPLACE) &&
		s.replaces == 0))
		want = -1;
	rc = exch_life_step(&s, e);
	if (want < 0) {
		ok = rc == EXCH_ERR_FORMAT && same(&s, &was);
	} else {
		was.state = (uint8_t)want;
		was.filled |= fills;
		was.over = e == EXCH_LIFE_DAY_END ||
			   (was.over && e != EXCH_LIFE_DAY_BEGIN);
		was.cancels += (e == EXCH_LIFE_ASK_CANCEL) -
			       (e == EXCH_LIFE_REFUSE_CANCEL);
		was.replaces +=
		    (e == EXCH_LIFE_ASK_REPLACE) -
		    (e == EXCH_LIFE_REFUSE_REPLACE || e == EXCH_LIFE_CHANGE ||
			e == EXCH_LIFE_REPLACE);
		ok = rc == EXCH_OK && same(&s, &was);
	}
	if (ok && with != 0)
		return;
	snprintf(what, sizeof(what), "%s: %s%s (%u)", exch_life_word(state),
	    exch_life_verb(e), want < 0 ? " is refused" : "", with);
	tap_ok(ok, what);
}

static void
test_table(void)
{
	tap_is_u64(sizeof(table) / sizeof(table[0]), EXCH_LIFE_EVENTS,
	    "a row for every event");
	tap_is_u64(strlen(letter), EXCH_LIFE_STATES, "a letter per state");
	for (unsigned row = 0; row < EXCH_LIFE_EVENTS; row++) {
		tap_is_u64(table[row].e, row, exch_life_verb(table[row].e));
		for (uint8_t s = 0; s < EXCH_LIFE_STATES; s++)
			for (unsigned with = 0; with < 16; with++)
				check_step(s, row, with);
	}
}

static void
test_outside(void)
{
	struct exch_stage s = {.state = EXCH_LIFE_NEW};
	struct exch_stage bad = {.state = EXCH_LIFE_SHOWN};

	tap_is_i64(exch_life_step(&s, (enum exch_life_event)EXCH_LIFE_EVENTS),
	    EXCH_ERR_FORMAT, "no such event");
	tap_is_i64(exch_life_step(&bad, EXCH_LIFE_FILL), EXCH_ERR_FORMAT,
	    "no such state");
	s.cancels = s.replaces = UINT16_MAX;
	tap_ok(exch_life_step(&s, EXCH_LIFE_ASK_CANCEL) == 0 &&
		   exch_life_step(&s, EXCH_LIFE_ASK_REPLACE) == 0 &&
		   s.cancels == UINT16_MAX && s.replaces == UINT16_MAX,
	    "counts do not wrap");
}

/* FIX's order of precedence. */
static void
test_shown(void)
{
	struct exch_stage s = {.state = EXCH_LIFE_PARTIAL};

	tap_is_u64(exch_life_shown(&s), EXCH_LIFE_PARTIAL, "partially filled");
	s.over = true;
	tap_is_u64(exch_life_shown(&s), EXCH_LIFE_DONE_FOR_DAY, "the day");
	s.replaces = 1;
	tap_is_u64(exch_life_shown(&s), EXCH_LIFE_PENDING_REPLACE,
	    "a replacement hides the day");
	s.cancels = 1;
	tap_is_u64(exch_life_shown(&s), EXCH_LIFE_PENDING_CANCEL,
	    "a cancel hides the replacement");
	s.state = EXCH_LIFE_FILLED;
	tap_is_u64(exch_life_shown(&s), EXCH_LIFE_FILLED, "an end hides all");
	s.state = EXCH_LIFE_PENDING_NEW;
	tap_is_u64(exch_life_shown(&s), EXCH_LIFE_PENDING_NEW,
	    "nothing is pending of what is pending");
}

static void
test_words(void)
{
	/* as FIX 4.4 numbers them in field 39 */
	static const char fix[] = "\0"
				  "A0"
				  "1"
				  "0"
				  "0"
				  "9"
				  "2"
				  "4"
				  "5"
				  "8"
				  "C"
				  "3"
				  "E"
				  "6";
	bool ok = true;

	for (uint8_t s = 0; s < EXCH_LIFE_SHOWN; s++)
		ok = ok && exch_life_fix(s) == fix[s] &&
		     exch_life_word(s) != NULL &&
		     exch_life_is_end(s) ==
			 (s >= EXCH_LIFE_FILLED && s <= EXCH_LIFE_EXPIRED);
	tap_ok(ok, "OrdStatus");
	tap_ok(
	    exch_life_fix(EXCH_LIFE_SHOWN) == '\0' &&
		exch_life_word(EXCH_LIFE_SHOWN) == NULL &&
		exch_life_verb((enum exch_life_event)EXCH_LIFE_EVENTS) == NULL,
	    "nothing behind the last");
}

/* Who ended it: u the user, v the venue, t its own terms and time. */
static void
test_reasons(void)
{
	static const char by[] = "vuttttvvtvtuuvvvvuvvv";
	bool ok = true;

	for (uint16_t r = 0; r < sizeof(by) + 2; r++) {
		char c = r < sizeof(by) - 1 ? by[r] : 'v';
		bool good =
		    exch_life_by_client(r) == (c == 'u') &&
		    exch_life_cancel(r) ==
			(c == 't' ? EXCH_LIFE_EXPIRE : EXCH_LIFE_CANCEL);

		if (!good)
			printf("# reason %u\n", r);
		ok = ok && good;
	}
	tap_ok(ok, "who ended an order");
}

int
main(void)
{
	test_table();
	test_outside();
	test_shown();
	test_words();
	test_reasons();
	return tap_done();
}
