/*
 * What the tools with a gate have in common: its tables, as files that the
 * command line names, and what it said, counted and in words.
 */
#ifndef EXCH_CMD_RISK_TABLES_H
#define EXCH_CMD_RISK_TABLES_H

#include "common/cli.h"
#include "risk/gate.h"
#include "risk/portfolio.h"
#include "risk/rulebook.h"

enum risk_table {
	RISK_LIMITS,
	RISK_ACCOUNTS,
	RISK_RESTRICTED,
	RISK_INSTRUMENTS,
	RISK_CLIENTS,
	RISK_RATES,	 /* margin rules */
	RISK_DAY_TRADES, /* of the days before */
	/* of who watches what accounts have */
	RISK_OPENING,
	RISK_FEES,
	RISK_TABLES
};

/* Words of the options for all of them, and their end. */
#define RISK_WORDS 256u

struct risk_tables {
	const char *path[RISK_TABLES]; /* NULL: there is none */
	char *text[RISK_TABLES];
	struct exch_limits limits;
	struct exch_reftable accounts, restricted, instruments, opening;
	struct exch_clients clients;
	struct exch_fees fees;
	struct exch_reftable margin;
	struct exch_margin_rates rates; /* of margin, on the day */
	struct exch_day_trades day_trades;
	struct exch_day_trading trading; /* by both, on the day */
	char words[RISK_WORDS];		 /* "limits=HASH accounts=HASH" */
	uint64_t unknown;		 /* rows that name nobody */
};

/*
 * Read those that have a path; t->words says what is in them.  -1 to go on,
 * or an exit code, of which the user was told.
 */
int risk_tables_load(struct risk_tables *t, struct exch_cli *c);
/*
 * The rules of the day YYYYMMDD, if there is a table of them, with the business
 * days of the calendar (NULL: all but weekends).  EXCH_ERR_NEED: no day is
 * told; EXCH_ERR_ABSENT.
 */
int risk_tables_date(struct risk_tables *t, uint32_t date,
    const struct exch_calendar *calendar, struct exch_diag *d);
/* What a gate is made with; it borrows the tables. */
struct exch_risk_opts risk_tables_opts(const struct risk_tables *t);
/* All instruments were announced that are: notices of symbols without one. */
void risk_tables_look(struct risk_tables *t, const struct exch_cli *c,
    const struct exch_risk_gate *g);
void risk_tables_clear(struct risk_tables *t);

/* The order of --explain. */
struct risk_asked {
	bool on;
	bool again; /* the option stood twice */
	bool told;  /* of some command */
	exch_oid order;
};

/* The option's value: 0, or an exit code. */
int risk_ask(struct risk_asked *a, struct exch_cli *c, const char *value);
/*
 * Can it be told, after all options are read?  Of one order, and not silently:
 * -1 to go on, or an exit code.
 */
int risk_asked_check(const struct risk_asked *a, const struct exch_cli *c);
/* A notice of a verdict of a gate on a command, if it was asked for. */
void risk_explain(struct risk_asked *a, const struct exch_cli *c,
    const struct exch_risk_gate *g, const struct exch_rec *command,
    const struct exch_judged *v);
/* At the end: that nothing was told, and why. */
void risk_asked_end(const struct risk_asked *a, const struct exch_cli *c);

/*
 * What a gate has said.  A command is here once: it was refused, if at all,
 * once, also when it was held before and by several rules.
 */
struct risk_tally {
	uint64_t commands, refused[EXCH_RULES];
	uint64_t held; /* new orders */
};

/* Of a record of the stream, or a command that the gate gives. */
void risk_tally_add(struct risk_tally *t, const struct exch_rec *r,
    const struct exch_judged *v);
/* A notice with the sums, and what the gate holds still. */
void risk_tally_tell(const struct risk_tally *t, const struct exch_risk_gate *g,
    const struct exch_cli *c);

#endif
