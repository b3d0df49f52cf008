/* What the files of exch-settle share. */
#ifndef EXCH_CMD_SETTLE_TOOL_H
#define EXCH_CMD_SETTLE_TOOL_H

#include "common/cli.h"
#include "settle/action.h"
#include "settle/allocation.h"
#include "settle/bond.h"
#include "settle/compare.h"
#include "settle/exercise.h"
#include "settle/fx.h"
#include "settle/lending.h"
#include "settle/loss.h"
#include "settle/penalty.h"
#include "settle/settle.h"

/* Tables that options name. */
enum settle_table {
	SETTLE_CYCLE,
	SETTLE_CALENDAR,
	SETTLE_ACCOUNTS,
	SETTLE_OPENING,
	SETTLE_PENALTIES,
	SETTLE_ACTIONS,
	SETTLE_ALLOCATIONS,
	SETTLE_CASH,
	SETTLE_RATES,
	SETTLE_FUND,
	SETTLE_DEFAULTS,
	SETTLE_REPORTED,
	SETTLE_FEES,
	SETTLE_BONDS,
	SETTLE_EXERCISES,
	SETTLE_LENDING,
	SETTLE_COLLATERAL,
	SETTLE_RECALLS,
	SETTLE_TABLES
};

/* Words of the options that change the records. */
#define SETTLE_WORDS 512u

struct settle_tool {
	struct exch_cli cli;
	const char *path[SETTLE_TABLES]; /* NULL: there is none */
	char *text[SETTLE_TABLES];
	struct exch_reftable cycle, accounts, opening, bonds, penalties,
	    actions, exercises, lending, collateral, recalls, allocations,
	    reported;
	struct exch_reftable cash, rates, members, defaults;
	struct exch_fees fees;
	struct exch_calendar calendar;
	struct exch_tz *tz;
	const char *zone; /* --tz, or NULL: as the stream says */
	struct exch_settle_opts o;
	struct exch_settle *settle;
	const char *from; /* --from, or NULL */
	bool state;	  /* it had balances */
	int need;	/* bits: 1 cash, 2 securities; -1: as the tables say */
	uint32_t until; /* as of exch_settle_end() */
	struct exch_cli_bad bad;
	char words[SETTLE_WORDS];
};

/* options.c: the table of them; their handler; and the tables they name. */
extern const struct exch_opt settle_opts[];
int settle_option(void *arg, struct exch_cli *c, int id, const char *value);
/* -1 to go on, or an exit code. */
int settle_load(struct settle_tool *t);
void settle_unload(struct settle_tool *t);

/* report.c; argv[0] is the word "report".  Returns the exit code. */
int settle_report_main(int argc, char **argv);

#endif
