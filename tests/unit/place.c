/* base/place: what is said at a place, and what is only passed on. */
#include <config.h>

#include <errno.h>
#include <string.h>

#include "../tap.h"
#include "base/place.h"

static const struct exch_place at = {.file = "day.scn", .line = 3, .column = 7};

/* Where a diagnosis is, in the words that are printed. */
static const char *
where(const struct exch_diag *d)
{
	static char text[EXCH_DIAG_WHERE];

	exch_diag_where(d, text);
	return text;
}

static void
said(void)
{
	struct exch_place nowhere = {0}, given = at;
	struct exch_diag d = {0};

	tap_is_i64(exch_place_fail(&d, EXCH_ERR_RANGE, &at, "%u is odd", 3u),
	    EXCH_ERR_RANGE, "the code comes back");
	tap_is_str(where(&d), "day.scn:3:7", "  with the place");
	tap_is_str(d.text, "3 is odd", "  and the sentence");
	tap_is_i64(exch_place_fail(&d, EXCH_ERR_FORMAT, &given, "later"),
	    EXCH_ERR_FORMAT, "a second complaint");
	tap_is_str(d.text, "3 is odd", "  does not hide the first");
	tap_is_i64(exch_place_fail(NULL, EXCH_ERR_RANGE, &at, "unheard"),
	    EXCH_ERR_RANGE, "nobody may listen");

	exch_diag_clear(&d);
	exch_place_fail(&d, EXCH_ERR_RANGE, &nowhere, "odd");
	tap_is_str(where(&d), "", "what nobody wrote is nowhere");
	tap_is_i64(d.kind, EXCH_POS_NONE, "  and has no line");

	exch_diag_clear(&d);
	given.given = "qty";
	exch_place_fail(&d, EXCH_ERR_RANGE, &given, "odd");
	tap_is_str(d.text, "odd; -D gives $qty its value",
	    "a value of -D is said to be one");
}

static void
told(void)
{
	struct exch_diag own = {0}, d = {0};

	exch_diag_set(&own, EXCH_ERR_FORMAT, "day.xst", EXCH_POS_RECORD, 17,
	    "it was matched");
	tap_is_i64(exch_place_told(&d, &at, &own), EXCH_ERR_FORMAT,
	    "what is wrong with a file that is named there");
	tap_is_str(where(&d), "day.scn:3:7", "  is told there");
	tap_is_str(d.text, "day.xst:record 17: it was matched",
	    "  with its own place behind");

	exch_diag_clear(&own);
	exch_diag_clear(&d);
	exch_diag_sys(&own, "none", ENOENT, "cannot open");
	tap_is_i64(exch_place_told(&d, &at, &own), EXCH_ERR_IO,
	    "a failure of the system");
	tap_is_i64(d.sys, ENOENT, "  keeps its number");

	exch_diag_clear(&own);
	exch_diag_clear(&d);
	exch_diag_set(&own, EXCH_ERR_FORMAT, "x.market", EXCH_POS_LINE, 2, "x");
	tap_is_i64(exch_place_told(&d, &at, &own), EXCH_ERR_FORMAT,
	    "what has a line of its own");
	tap_is_str(where(&d), "x.market:2", "  is told there");

	exch_diag_clear(&own);
	exch_diag_clear(&d);
	exch_diag_set(&own, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0, "name it");
	tap_is_i64(exch_place_told(&d, &at, &own), EXCH_ERR_FORMAT,
	    "what is needed there is no option");
	tap_is_str(d.text, "name it", "  without a name nothing stands before");

	exch_diag_clear(&own);
	exch_diag_set(&own, EXCH_ERR_LIMIT, NULL, EXCH_POS_NONE, 0, "more");
	tap_is_i64(exch_place_told(&d, &at, &own), EXCH_ERR_LIMIT,
	    "a second one is passed by");
	tap_is_str(d.text, "name it", "  and the first stays");
}

/* Each kind of position as it is printed. */
static void
positions(void)
{
	static const struct {
		enum exch_pos kind;
		uint64_t where, column;
		const char *text;
	} p[] = {{EXCH_POS_NONE, 5, 6, "x"}, {EXCH_POS_BYTE, 5, 0, "x:byte 5"},
	    {EXCH_POS_LINE, 5, 0, "x:5"}, {EXCH_POS_LINE, 5, 6, "x:5:6"},
	    {EXCH_POS_PACKET, 5, 0, "x:packet 5"},
	    {EXCH_POS_PACKET, 5, 6, "x:packet 5, byte 6"},
	    {EXCH_POS_RECORD, 5, 0, "x:record 5"}};
	struct exch_diag d = {.name = "x"};

	for (size_t i = 0; i < sizeof(p) / sizeof(p[0]); i++) {
		d.kind = p[i].kind;
		d.where = p[i].where;
		d.column = p[i].column;
		tap_is_str(where(&d), p[i].text, p[i].text);
	}
	memset(d.name, 'n', sizeof(d.name) - 1);
	d.kind = EXCH_POS_PACKET;
	d.where = d.column = UINT64_MAX;
	tap_is_u64(strlen(where(&d)), sizeof(d.name) - 1 + 8 + 20 + 7 + 20,
	    "the longest has room");
}

int
main(void)
{
	said();
	told();
	positions();
	return tap_done();
}
