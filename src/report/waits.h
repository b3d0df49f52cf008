/*
 * Commands that wait for an answer, with the time at which they came: for
 * reports of how long it takes, or of what was never answered.  Who asks takes
 * them out when they are answered.
 */
#ifndef EXCH_REPORT_WAITS_H
#define EXCH_REPORT_WAITS_H

#include "base/keyed.h"
#include "report/track.h"

enum exch_wait_kind {
	EXCH_WAIT_ORDER, /* NEW, and each side of a QUOTE */
	EXCH_WAIT_CANCEL,
	EXCH_WAIT_REPLACE,
	EXCH_WAITS
};

struct exch_wait {
	struct exch_key key; /* the order it speaks of */
	exch_ts time;
	uint32_t account;
	bool begun; /* the report's own: executed */
};

struct exch_waits {
	struct exch_keyed kind[EXCH_WAITS];
};

int exch_waits_init(struct exch_waits *w, struct exch_diag *d);
/* Of zeros, too. */
void exch_waits_clear(struct exch_waits *w);

static inline bool
exch_waits_wants(uint8_t type)
{
	return type == EXCH_REC_NEW || type == EXCH_REC_CANCEL ||
	       type == EXCH_REC_REPLACE || type == EXCH_REC_QUOTE;
}

/*
 * Take a command that it wants: it waits from now on, and *account is whose it
 * is, or 0.  *n: how many wait more than before; of one that is said again
 * none does.
 */
int exch_waits_command(struct exch_waits *w, const struct exch_track *t,
    const struct exch_rec *r, uint32_t place, uint32_t *account, unsigned *n,
    struct exch_diag *d);

/* NULL: nothing of it waits. */
static inline struct exch_wait *
exch_waits_find(const struct exch_waits *w, enum exch_wait_kind kind,
    uint32_t place, exch_oid id)
{
	return exch_keyed_find(&w->kind[kind], place, id);
}

static inline void
exch_waits_drop(
    struct exch_waits *w, enum exch_wait_kind kind, struct exch_wait *x)
{
	exch_keyed_drop(&w->kind[kind], x);
}

/* An order goes on under another id. */
int exch_waits_rename(struct exch_waits *w, uint32_t place, exch_oid was,
    exch_oid id, struct exch_diag *d);

/* What a change answers: false, nothing that was asked for. */
bool exch_waits_answers(const struct exch_change *c, enum exch_wait_kind *kind);

#endif
