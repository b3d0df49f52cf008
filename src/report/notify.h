/*
 * What exch-report notify says something about: rules, a line each, as
 * exch-report(1) has them.
 */
#ifndef EXCH_REPORT_NOTIFY_H
#define EXCH_REPORT_NOTIFY_H

#include "base/keyed.h"
#include "report/report.h"

enum exch_notify_kind {
	EXCH_NOTIFY_ORDER,  /* states of orders of an account, or of all */
	EXCH_NOTIFY_PRICE,  /* it crosses a number */
	EXCH_NOTIFY_MOVE,   /* it has moved by so much since it was told */
	EXCH_NOTIFY_VALUE,  /* worth of an account crosses a number */
	EXCH_NOTIFY_HALT,   /* of an instrument, or of all, and its end */
	EXCH_NOTIFY_REJECT, /* the market refuses */
	EXCH_NOTIFY_RISK    /* the gate refuses, or holds */
};

/* States of an order that a rule may name. */
enum exch_notify_state {
	EXCH_NOTIFY_ACCEPTED = 1,
	EXCH_NOTIFY_PARTLY = 2,
	EXCH_NOTIFY_FILLED = 4,
	EXCH_NOTIFY_CANCELLED = 8,
	EXCH_NOTIFY_REPLACED = 16,
	EXCH_NOTIFY_REJECTED = 32,
	EXCH_NOTIFY_TRIGGERED = 64,
	EXCH_NOTIFY_ALL = 127
};

struct exch_notify_rule {
	enum exch_notify_kind kind;
	uint64_t line;
	char name[64]; /* account or symbol; "": all */
	bool below;    /* of a crossing */
	int64_t limit; /* a price, 10^-9; a rate, 10^-9; cash, 10^-6 */
	int64_t rearm; /* so far back until it may be said again */
	unsigned states;
	/* how it stands */
	bool known, armed;
	int64_t from; /* of a move: price that was told last */
	/* of a worth */
	exch_i128 cash;
	struct exch_keyed held; /* by place */
};

struct exch_notify_rules {
	struct exch_notify_rule *rule;
	size_t n, cap;
};

/* Words of states by bit, NULL at the end. */
extern const char *const exch_notify_states[];

/* What is wrong is refused with its line and column. */
int exch_notify_parse(struct exch_notify_rules *x, const char *text, size_t n,
    const char *name, struct exch_diag *d);
/* Of zeros, too. */
void exch_notify_clear(struct exch_notify_rules *x);

/*
 * A number is at `at` now: has it crossed the rule's?  Once, and then not
 * again before it was `rearm` on the other side; where it is first is no
 * crossing.
 */
bool exch_notify_crossed(struct exch_notify_rule *r, int64_t at);

#endif
