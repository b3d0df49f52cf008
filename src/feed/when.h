/*
 * Times as text inputs write them: a time of day, which needs a date and
 * a zone from elsewhere, or a whole ISO 8601 time stamp.
 */
#ifndef EXCH_FEED_WHEN_H
#define EXCH_FEED_WHEN_H

#include "base/err.h"
#include "base/time.h"

struct exch_when {
	uint32_t date;		  /* YYYYMMDD, 0 unknown */
	const struct exch_tz *tz; /* NULL unknown; borrowed */
	bool utc;		  /* tz is NULL and means UTC */
	/* The minute of the last time and the instant it began. */
	uint64_t minute;
	exch_ts base;
	uint32_t base_date;
	/* The last "HH:MM:SS" and its instant; text 0: none. */
	uint64_t second_text;
	exch_ts second;
};

/* Also whenever the date or the zone changes. */
void exch_when_init(
    struct exch_when *w, uint32_t date, const struct exch_tz *tz, bool utc);

/*
 * Exactly n bytes, one of
 *	[H]H:MM[:SS[.fraction]]               needs date and zone
 *	YYYY-MM-DD(T| )HH:MM[:SS[.fraction]]  needs the zone
 *	the same with Z or +HH:MM behind it, and plain digits: ns since 1970.
 * EXCH_ERR_FORMAT when it is none of them; EXCH_ERR_NEED when it needs what
 * is not known, with *need "--date YYYY-MM-DD" or "--tz ZONE".
 */
int exch_when_parse(struct exch_when *w, const char *s, size_t n, exch_ts *t,
    const char **need);

#endif
