/*
 * What the parts of exch-report aml share; exch-regulatory(7) has the method.
 *
 *	aml.c		records become movements of cash and trades
 *	aml_rules.c	parameters by date, history of accounts
 *	aml_look.c	the four patterns
 *	aml_rows.c	alerts, by their time
 *
 * Memory grows with accounts, days on which they trade, and alerts.
 */
#ifndef EXCH_REPORT_AML_H
#define EXCH_REPORT_AML_H

#include "ref/table.h"
#include "report/deals.h"
#include "report/holders.h"

/* X(pattern, name): the rows of the table, all of them. */
#define EXCH_AML_RULES(X)                                                      \
	X(structuring, threshold)                                              \
	X(structuring, margin)                                                 \
	X(structuring, count)                                                  \
	X(structuring, window)                                                 \
	X(velocity, times)                                                     \
	X(velocity, usual)                                                     \
	X(velocity, least)                                                     \
	X(through, window)                                                     \
	X(through, share)                                                      \
	X(through, traded)                                                     \
	X(through, least)                                                      \
	X(dormant, days)                                                       \
	X(dormant, window)                                                     \
	X(dormant, least)

#define EXCH_AML_ENUM(p, n) EXCH_AML_##p##_##n,
enum exch_aml_rule { EXCH_AML_RULES(EXCH_AML_ENUM) EXCH_AML_NRULES };

#define EXCH_AML_RULE(s, p, n) ((s)->rule[EXCH_AML_##p##_##n])
#define EXCH_AML_HOUR (3600 * EXCH_SEC)

/* Most records that an alert names, and movements that are remembered. */
#define EXCH_AML_REFS 16u
#define EXCH_AML_RING 32u

struct exch_aml_history {
	char account[32];
	uint32_t last; /* day of its last activity, or 0 */
	exch_cash balance;
	exch_cash usual; /* turnover of a day; 0: not told */
};

/* A record: its source and its number there. */
struct exch_aml_ref {
	uint64_t seq;
	uint8_t source;
};

/* A movement just under the threshold. */
struct exch_aml_small {
	exch_ts time;
	struct exch_aml_ref ref;
	exch_cash amount;
};

/* The latest ones of a direction, oldest first. */
struct exch_aml_smalls {
	struct exch_aml_small at[EXCH_AML_RING];
	unsigned n;
	size_t alert; /* + 1 of what goes on; 0: none */
};

/* A movement of cash, and what the person had traded before it. */
struct exch_aml_passed {
	exch_ts time;
	struct exch_aml_ref ref;
	exch_cash amount;
	bool out;
	exch_i128 traded;
};

/*
 * Those of the window that no alert has yet, oldest first.  Of too many the
 * smallest go, so that little ones do not push out what matters.
 */
struct exch_aml_passing {
	struct exch_aml_passed at[EXCH_AML_RING + 1];
	unsigned n;
	size_t alert; /* + 1 of what goes on until the next deposit; 0: none */
	exch_i128 traded; /* before the deposit with which that began */
};

/* Of a person: all accounts together. */
struct exch_aml_person {
	struct exch_aml_smalls *small[2]; /* in, out; NULL: none yet */
	exch_i128 had;			  /* cash from before, and put in */
	exch_i128 usual;
	exch_i128 traded;
	struct exch_aml_passing *passing; /* NULL: nothing moved yet */
};

/* Of an account. */
struct exch_aml_account {
	struct exch_key key;
	uint32_t holder;
	uint32_t last;	 /* day of its last activity, or 0 */
	uint32_t before; /* the same when it woke */
	exch_ts woke;	 /* none: it did not */
	exch_i128 done;	 /* since then */
	uint64_t count;
	struct exch_aml_ref ref; /* that woke it */
	size_t alert;		 /* + 1; 0: none */
};

/* Trading of a person on a day in a currency. */
struct exch_aml_day {
	struct exch_key key; /* holder; date and letters of the currency */
	exch_i128 turnover;
	exch_i128 had; /* cash at hand at the last trade */
	uint64_t trades;
	struct exch_aml_ref first, last;
	exch_ts begin, end;
};

struct exch_aml_alert {
	const char *pattern, *kind;
	uint32_t holder;
	uint32_t account;  /* 0: of all of them */
	uint32_t currency; /* letters, or 0 */
	exch_ts start, end;
	exch_i128 amount, limit;
	uint64_t count;
	struct exch_aml_ref ref[EXCH_AML_REFS];
	unsigned nrefs; /* all of them: more than there is room for */
	char evidence[160];
};

struct exch_aml {
	struct exch_report_run *run;
	struct exch_deals deals;
	struct exch_holders holders;
	struct exch_reftable rules, history;
	int64_t rule[EXCH_AML_NRULES];
	bool ruled;
	struct exch_aml_person *person; /* by holder */
	uint32_t npersons;
	struct exch_keyed account;
	struct exch_keyed day;
	struct exch_aml_alert *alert;
	size_t nalerts, capalerts;
	uint64_t nobody;
};

/* Cash that an account got from outside, or took out, or traded for. */
struct exch_aml_move {
	uint32_t account, holder;
	exch_cash amount; /* above 0 */
	bool out;
	exch_ts time;
	struct exch_aml_ref ref;
};

/* ---- aml_rules.c ---- */
int exch_aml_read(struct exch_aml *s, struct exch_diag *d);
/* What holds on a day. */
int exch_aml_rules_of(struct exch_aml *s, uint32_t date, struct exch_diag *d);
/* What is known of an account from before; NULL: nothing. */
const struct exch_aml_history *exch_aml_history_of(
    const struct exch_aml *s, uint32_t account);

/* ---- aml_look.c ---- */
/* A movement of cash, after it was added to what the person has. */
int exch_aml_small(
    struct exch_aml *s, const struct exch_aml_move *m, struct exch_diag *d);
int exch_aml_through(
    struct exch_aml *s, const struct exch_aml_move *m, struct exch_diag *d);
/* Activity of any kind, worth so much; below 0: it is taken back. */
int exch_aml_wake(struct exch_aml *s, struct exch_aml_account *a,
    exch_i128 amount, exch_ts time, struct exch_aml_ref ref,
    struct exch_diag *d);
/* At the end: days of too much trading. */
int exch_aml_days(struct exch_aml *s, struct exch_diag *d);

/* ---- aml_rows.c ---- */
int exch_aml_columns(struct exch_report_run *run, struct exch_diag *d);
/* A new one, or NULL: no memory. */
struct exch_aml_alert *exch_aml_alert_new(struct exch_aml *s);
void exch_aml_alert_ref(
    struct exch_aml_alert *a, exch_ts time, struct exch_aml_ref ref);
void exch_aml_put(struct exch_aml *s);

#endif
