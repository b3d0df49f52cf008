/*
 * ref/timetable: rows, refusals, and that its words have the numbers of
 * rec/rec.h, which it may not include.
 */
#include <config.h>

#include "../tap.h"
#include "base/alloc.h"
#include "base/time.h"
#include "rec/rec.h"
#include "ref/timetable.h"
#include "ref/venue.h"
#include "quoted.h"

#define DATE 20230207

static struct exch_timetable t;
static struct exch_diag diag;

static int
parse(const char *s, const struct exch_tz *tz)
{
	exch_timetable_clear(&t);
	exch_diag_clear(&diag);
	return exch_timetable_parse(
	    s, strlen(s), "day.txt", DATE, tz, &t, &diag);
}

static void
is_row(size_t i, const char *time, unsigned phase, unsigned cross,
    const char *symbol)
{
	char got[100];
	char want[100];
	char at[32] = "";
	char s[25] = "";

	if (i < t.n) {
		*exch_ts_put(at, t.row[i].time) = '\0';
		memcpy(s, t.row[i].symbol, 24);
	}
	snprintf(got, sizeof(got), "%.8s %u %u %s", at + 11,
	    i < t.n ? t.row[i].phase : 99, i < t.n ? t.row[i].cross : 99, s);
	snprintf(want, sizeof(want), "%s %u %u %s", time, phase, cross, symbol);
	tap_is_str(got, want, "row");
}

static void
test_rows(void)
{
	struct exch_tz *tz = NULL;

	tap_ok(exch_tz_fixed(8 * 3600, &tz) == 0, "Shanghai");
	tap_is_i64(parse("\xef\xbb\xbf# the SSE's day\n"
			 "\n"
			 "09:15\tcall open\r\n"
			 "09:25 closed\n"
			 "  09:30  continuous # in the morning\n"
			 "14:57 call close",
		       tz),
	    0, "a day");
	tap_is_u64(t.n, 4, "four rows");
	is_row(0, "01:15:00", EXCH_PHASE_CALL, EXCH_CROSS_OPEN, "");
	is_row(1, "01:25:00", EXCH_PHASE_CLOSED, EXCH_CROSS_NONE, "");
	is_row(2, "01:30:00", EXCH_PHASE_CONTINUOUS, EXCH_CROSS_NONE, "");
	is_row(3, "06:57:00", EXCH_PHASE_CALL, EXCH_CROSS_CLOSE, "");
	exch_tz_free(tz);

	tap_is_i64(parse("08:00 pre-open\n"
			 "09:00 halt - ABC\n"
			 "09:00 call halt XYZ\n"
			 "09:05:00.5 call intraday ABCDEFGHIJKLMNOPQRSTUVWX\n"
			 "24:00 closed -\n",
		       NULL),
	    0, "instruments");
	is_row(0, "08:00:00", EXCH_PHASE_PRE_OPEN, EXCH_CROSS_NONE, "");
	is_row(1, "09:00:00", EXCH_PHASE_HALT, EXCH_CROSS_NONE, "ABC");
	is_row(2, "09:00:00", EXCH_PHASE_CALL, EXCH_CROSS_HALT, "XYZ");
	is_row(3, "09:05:00", EXCH_PHASE_CALL, EXCH_CROSS_INTRADAY,
	    "ABCDEFGHIJKLMNOPQRSTUVWX");
	is_row(4, "00:00:00", EXCH_PHASE_CLOSED, EXCH_CROSS_NONE, "");
	tap_is_i64(parse("", NULL), 0, "no rows");
	tap_is_u64(t.n, 0, "are none");
}

static void
refused(const char *text, uint64_t line, const char *says)
{
	tap_is_i64(parse(text, NULL), EXCH_ERR_FORMAT, says);
	tap_is_u64(diag.where, line, "its line");
	tap_ok(at_its_word(text, &diag), "its column");
	if (!tap_ok(strstr(diag.text, says) != NULL, "its reason"))
		printf("# got \"%s\"\n", diag.text);
	tap_ok(t.n == 0 && t.row == NULL, "nothing is left");
}

static void
test_refused(void)
{
	refused("09:15 call open\n9:30 closed\n", 2, "'9:30' is not a time");
	refused("\n\n25:00 closed\n", 3, "'25:00' is not a time");
	refused("09:15\n", 1, "a phase must follow");
	refused("09:15 open\n", 1, "'open' is not a phase");
	refused("09:15 Closed\n", 1, "'Closed' is not a phase");
	refused("  09:15\tcall   ABC # x\n", 1, "'ABC' is not an auction");
	refused("09:15 call\n", 1, "needs its auction");
	refused("09:15 call - ABC\n", 1, "needs its auction");
	refused("09:15 continuous open\n", 1, "not call");
	refused("09:15 halt - ABC DEF\n", 1, "more words");
	refused("09:15 halt - ABCDEFGHIJKLMNOPQRSTUVWXY\n", 1, "longer than");
	refused("09:15 closed\n09:14:59.999 closed\n", 2, "earlier than");
	refused("09:15 closed\n09:15 halt\n", 2, "earlier row, too");
	refused("09:15 halt - A\n09:15 halt - B\n09:15 closed - A\n", 3,
	    "earlier row, too");
	refused("09:15 call open\n09:15 call close\n", 2, "earlier row, too");
	refused(
	    "09:15 call open\n09:15 halt\n09:15 halt\n", 3, "earlier row, too");
	refused("09:15 halt\n09:15 call open\n", 2, "earlier row, too");
}

static void
test_no_memory(void)
{
	char text[20 * 32];
	size_t n = 0;

	for (int i = 0; i < 20; i++)
		n += (size_t)snprintf(
		    text + n, sizeof(text) - n, "09:%02d closed\n", i);
	exch_alloc_fail_at(2);
	tap_is_i64(parse(text, NULL), EXCH_ERR_NOMEM, "memory runs out");
	exch_alloc_fail_at(0);
	tap_is_u64(diag.where, 17, "at the line that needed it");
	tap_is_i64(parse(text, NULL), 0, "and with memory");
	tap_is_u64(t.n, 20, "twenty rows");
}

/* The rows of a venue among those of all. */
static void
test_join(void)
{
	struct exch_timetable own;

	(void)parse("09:00 closed\n09:30 call open\n16:00 end\n", NULL);
	own = t;
	memset(&t, 0, sizeof(t));
	(void)parse("09:30 continuous\n10:00 halt - ABC.X\n", NULL);
	tap_is_i64(exch_timetable_join(&t, &own, "Y"), 0, "joined");
	tap_is_u64(t.n, 5, "all rows");
	tap_ok(own.row == NULL && own.n == 0, "the other one is cleared");
	is_row(0, "09:00:00", 0, 0, "*.Y");
	is_row(1, "09:30:00", 3, 0, "");
	is_row(2, "09:30:00", 2, 1, "*.Y");
	is_row(3, "10:00:00", 4, 0, "ABC.X");
	is_row(4, "16:00:00", 5, 0, "*.Y");
	exch_alloc_fail_at(1);
	tap_is_i64(exch_timetable_join(&t, &own, "Y"), EXCH_ERR_NOMEM,
	    "memory runs out");
	exch_alloc_fail_at(0);
	tap_is_u64(t.n, 5, "and it is as before");
}

static bool
among(const char *word, const char *symbol)
{
	char w[EXCH_VENUE_SYMBOL] = "", s[EXCH_VENUE_SYMBOL] = "";

	memcpy(w, word, strlen(word));
	memcpy(s, symbol, strlen(symbol));
	return exch_venue_among(w, s);
}

static void
test_venues(void)
{
	tap_is_u64(exch_venue_thing("ABC.X", 5), 3, "ABC at X");
	tap_is_u64(exch_venue_thing("ABC.B.X", 7), 5, "the last point counts");
	tap_is_u64(exch_venue_thing("ABC", 3), 3, "no venue");
	tap_is_u64(exch_venue_thing(".X", 2), 2, "no thing");
	tap_is_u64(exch_venue_thing("", 0), 0, "nothing");
	tap_ok(exch_venue_is("ABC.X", 5, "X"), "at X");
	tap_ok(!exch_venue_is("ABC.XY", 6, "X"), "XY is not X");
	tap_ok(!exch_venue_is("ABC.", 4, ""), "no name is no venue");
	tap_ok(among("", "ABC.X"), "all");
	tap_ok(among("*.X", "ABC.X"), "those at X");
	tap_ok(!among("*.X", "ABC.Y") && !among("*.X", "X"), "not others");
	tap_ok(among("ABC.X", "ABC.X") && !among("ABC", "ABC.X"), "one");
	tap_ok(among("ABCDEFGHIJKLMNOPQRSTUV.X", "ABCDEFGHIJKLMNOPQRSTUV.X"),
	    "as long as a symbol may be");
	tap_ok(among("*.X", "ABCDEFGHIJKLMNOPQRSTUV.X"), "  at X");
}

int
main(void)
{
	test_rows();
	test_join();
	test_venues();
	test_refused();
	test_no_memory();
	exch_timetable_clear(&t);
	return tap_done();
}
