/*
 * exch-match's parts:
 *
 *	main.c     the life of the run
 *	options.c  the command line
 *	rules.c    market, timetable, calendar: files, and the date they need
 *	filter.c   the path of a record: old answers, the engine, bad content
 */
#ifndef EXCH_CMD_MATCH_TOOL_H
#define EXCH_CMD_MATCH_TOOL_H

#include "common/cli.h"
#include "match/match.h"
#include "ref/calendar.h"
#include "ref/timetable.h"

/* What the command line said, and what runs on it. */
struct run {
	struct exch_cli cli;
	struct exch_match_opts match;
	const char *market_path;
	struct exch_market market;
	struct exch_alloc alloc;
	const char *allocation;
	const char *timetable_path;
	const char *calendar_path; /* by option */
	struct exch_calendar calendar;
	bool calendar_on;
	const char *tz_name;
	uint32_t date;
	bool rematch;
	uint8_t old_source; /* of an earlier matcher, 0: none seen */
	bool ladder_given;
	bool strict;
	char *table; /* the timetable's text until it is parsed */
	size_t ntable;
	struct exch_timetable timetable;
	char options[512];
	struct exch_match *engine;
	uint64_t bad;	    /* records with bad content */
	uint64_t refused;   /* instruments among them */
	uint64_t displayed; /* BOOK_* records: nothing to match */
};

/* ---- options.c ---- */

extern const struct exch_opt match_opts[];
/* One option, as exch_cli_parse calls it; `arg` is the run. */
int match_option(void *arg, struct exch_cli *c, int id, const char *value);

/* ---- rules.c ---- */

/*
 * Read the files of the rules, and put the options that change the result
 * into r->options.  Returns -1 to go on, or an exit code.
 */
int match_describe(struct run *r);
/* Date and zone of all times, once the stream's header is known. */
int match_dates(
    struct run *r, const struct exch_stream_info *info, struct exch_diag *d);
/* The value of a key=value line of the header, copied; false without. */
bool match_header_value(
    const struct exch_stream_info *info, const char *key, char *out, size_t n);
/* What reading the rules has taken. */
void match_rules_free(struct run *r);

/* ---- filter.c: the three calls of struct exch_cli_filter ---- */

int match_begin(void *arg, struct exch_reader *in, struct exch_writer *out,
    struct exch_diag *d);
int match_record(void *arg, const struct exch_rec *rec, uint64_t seq,
    struct exch_writer *out, struct exch_diag *d);
int match_finish(
    void *arg, bool whole, struct exch_writer *out, struct exch_diag *d);

#endif
