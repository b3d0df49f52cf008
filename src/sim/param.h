/*
 * Parameters that a scenario gives by name: of flow models, of agents, of
 * latencies.  Whoever takes them says so in a table, from which come the
 * reading of a scenario's words, the complaints, and what exch-sim models
 * prints.
 */
#ifndef EXCH_SIM_PARAM_H
#define EXCH_SIM_PARAM_H

#include "base/place.h"
#include "base/types.h"

enum exch_param_kind {
	EXCH_PARAM_NUMBER = 0,
	EXCH_PARAM_TIME, /* "50us"; the value is in nanoseconds */
	EXCH_PARAM_WORD, /* one of `words`; the value is its place, from 0 */
	EXCH_PARAM_TEXT	 /* as it stands */
};

struct exch_param {
	const char *name; /* "limit-rate" */
	const char *unit; /* of a number: "1/s", "ticks", or "" */
	const char *what; /* a line for people */
	uint8_t kind;
	bool needed;   /* there is no default */
	unsigned most; /* numbers it may have, by commas; 0: one */
	double def, min, max;
	const char *const *words; /* up to NULL */
	/* the default of a list; NULL: def alone */
	const double *defs;
	unsigned ndefs;
};

/* What was given for it; v is n numbers, or the default. */
struct exch_param_value {
	const double *v;
	unsigned n;
	bool given;
	const char *text;     /* of a TEXT, or NULL */
	struct exch_place at; /* where it was given */
};

/* "NAME VALUE" as it was said, and where the value stands. */
struct exch_param_said {
	const char *name;
	size_t nname;
	const char *value;
	size_t nvalue;
	struct exch_place at;
};

struct exch_params; /* values for one table */

/* Of somebody who stands at `of`, or (NULL) nowhere.  EXCH_ERR_NOMEM. */
int exch_params_new(const struct exch_param *table, unsigned n,
    const struct exch_place *of, struct exch_params **p);
void exch_params_free(struct exch_params *p);
/*
 * One is given: EXCH_ERR_ABSENT for a name that is none of the table's (`near`
 * receives what is alike, or NULL), EXCH_ERR_FORMAT or EXCH_ERR_RANGE with a
 * sentence in d for a value, EXCH_ERR_EXISTS when it was given.
 */
int exch_params_set(struct exch_params *p, const struct exch_param_said *said,
    const char **near, struct exch_diag *d);
/* Was everything given that has to be?  Its name otherwise. */
const char *exch_params_missing(const struct exch_params *p);
/* By its place in the table. */
const struct exch_param_value *exch_params_get(
    const struct exch_params *p, unsigned i);
/* The same of a single number. */
double exch_params_number(const struct exch_params *p, unsigned i);
/*
 * A time in nanoseconds as people write it, into text: "1us", "60s", "24h";
 * more than 24 hours are those.
 */
#define EXCH_PARAM_TIME_ROOM 32
const char *exch_param_time(double ns, char text[EXCH_PARAM_TIME_ROOM]);
/* Where it stands; a default stands where whoever has it does. */
const struct exch_place *exch_params_place(
    const struct exch_params *p, unsigned i);
/* A value that was taken does not go together with others.  EXCH_ERR_RANGE. */
int exch_params_refuse(const struct exch_params *p, unsigned i,
    struct exch_diag *d, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
