/*
 * Calendar dates, ISO 8601 time stamps and time zones, without the C
 * library's locale, environment or clock.
 */
#ifndef EXCH_BASE_TIME_H
#define EXCH_BASE_TIME_H

#include "base/err.h"

/* Days since 1970-01-01 of a proleptic Gregorian date, and back. */
int64_t exch_days_from_civil(int year, int month, int day);
void exch_civil_from_days(int64_t days, int *year, int *month, int *day);

/*
 * "2023-02-07" or "20230207" to 20230207; EXCH_ERR_FORMAT otherwise.
 * EXCH_ERR_RANGE for years outside 1970..2553, which exch_ts cannot hold.
 */
int exch_date_parse(const char *s, size_t n, uint32_t *yyyymmdd);
/* The same for days of birth: of the years 1850 to 2199. */
int exch_birth_parse(const char *s, size_t n, uint32_t *yyyymmdd);
bool exch_birth_is(uint32_t yyyymmdd);
/* Is YYYYMMDD a day that there is, in the years that exch_date_parse takes? */
bool exch_date_is(uint32_t yyyymmdd);
/* Days since 1970-01-01 of a date that is one, and back. */
int64_t exch_date_days(uint32_t yyyymmdd);
uint32_t exch_days_date(int64_t days);
/* Midnight UTC that begins a date, in ns. */
exch_ts exch_date_ts(uint32_t yyyymmdd);
/* The UTC date of a time. */
uint32_t exch_ts_date(exch_ts t);

/*
 * "2023-02-07T09:30:00.123456789Z" (fraction of 0..9 digits, `Z` needed),
 * or digits only: ns since 1970.
 */
int exch_ts_parse(const char *s, size_t n, exch_ts *out);
/* Always 30 bytes: nine decimals and Z.  Returns the end; no NUL. */
char *exch_ts_put(char *p, exch_ts t);

/*
 * Time of day "HH:MM[:SS[.fraction]]" in ns since midnight; up to 9
 * fraction digits; 24:00 is allowed.
 */
int exch_tod_parse(const char *s, size_t n, uint64_t *ns);
/* 18 bytes HH:MM:SS.nnnnnnnnn. */
char *exch_tod_put(char *p, uint64_t ns);

/*
 * A length of time as a whole number and its unit, "250ms", of ns, us, ms,
 * s, m or h, from 1ns to 24h.
 */
int exch_duration_parse(const char *s, size_t n, uint64_t *ns);

/* A zone's table of offsets, made from the bytes of a TZif file (RFC 8536). */
struct exch_tz;

/* Parse a TZif file's bytes; *out is owned by the caller. */
int exch_tz_parse(const void *bytes, size_t n, const char *name,
    struct exch_tz **out, struct exch_diag *d);
/* A fixed offset east of UTC in seconds, -86399..86399. */
int exch_tz_fixed(int seconds, struct exch_tz **out);
void exch_tz_free(struct exch_tz *tz);
/* Offset east of UTC in seconds that holds at a UTC time (NULL: UTC, 0). */
int exch_tz_offset(const struct exch_tz *tz, exch_ts t);
/*
 * The UTC time of local midnight plus `ns` of wall clock on a date.  In a
 * gap or overlap of the clocks the offset before the change is used.
 */
exch_ts exch_tz_local(const struct exch_tz *tz, uint32_t date, uint64_t ns);
/* "+08:00" or "-05:00" to seconds; EXCH_ERR_FORMAT otherwise. */
int exch_tz_offset_parse(const char *s, int *seconds);

#endif
