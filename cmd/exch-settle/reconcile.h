/*
 * Do trades, ledger and positions of a settled stream say the same?  Each is
 * added on one side and taken away on the other; what is not 0 at the end is a
 * difference.
 */
#ifndef EXCH_CMD_SETTLE_RECONCILE_H
#define EXCH_CMD_SETTLE_RECONCILE_H

#include "base/err.h"
#include "base/keyed.h"
#include "rec/dir.h"
#include "rec/rec.h"

enum settle_side {
	SETTLE_TRADE = 1, /* executions, and their obligations */
	SETTLE_NET,	  /* obligations, and nets of a day */
	SETTLE_LEDGER,	  /* obligations, and what was posted as due */
	SETTLE_ENTRY,	  /* legs of an entry */
	SETTLE_BALANCE,	  /* postings, and balances */
	SETTLE_OPEN,	  /* what is due, and what is told to be open */
	SETTLE_MET	  /* obligations that settled, and their postings */
};

/* Known by (account, what and unit). */
struct settle_sum {
	struct exch_key key;
	exch_i128 qty, cash;
	int64_t net_qty; /* of the net that was told last */
	exch_cash net_cash;
	exch_ts net_time;
	uint32_t instr;
	uint32_t date; /* or 0 */
	char currency[4];
	uint8_t side; /* enum settle_side */
	uint8_t ledger;
	uint8_t zero[2];
};

struct settle_recon {
	struct exch_keyed sums;
	struct settle_sum trade; /* obligations that the last one lacks */
	uint64_t match, entry;
	struct exch_rec_posting leg; /* the last one of options exercised */
	uint32_t holder, writer;     /* whose obligations come behind it */
	bool parts;	  /* of units, which are paid at an unknown price */
	bool exercised;	  /* they stand behind an entry of options */
	bool told, taken; /* it is a TRADE; it has obligations */
	bool nets, pairs; /* there are any; there are such */
};

/* EXCH_ERR_NOMEM. */
int settle_recon_init(struct settle_recon *c);
void settle_recon_clear(struct settle_recon *c);
/* Any record, in its order. */
int settle_recon_take(struct settle_recon *c, const struct exch_rec *r,
    const struct exch_dir *dir, struct exch_diag *d);
/* All were taken: what is in c->sums and not 0 are the differences. */
int settle_recon_end(struct settle_recon *c, struct exch_diag *d);
const char *settle_recon_word(uint8_t side);

#endif
