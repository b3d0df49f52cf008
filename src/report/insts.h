/*
 * What reports need to know of each instrument, by id, in arrays without
 * gaps: reports keep their own figures per instrument under the same index.
 * Also the names of accounts.
 */
#ifndef EXCH_REPORT_INSTS_H
#define EXCH_REPORT_INSTS_H

#include <string.h>

#include "base/div.h"
#include "base/err.h"
#include "base/salted.h"
#include "rec/rec.h"
#include "rec/cash.h"

struct exch_inst {
	uint32_t id;
	uint8_t nsymbol;
	uint8_t px_decimals;
	uint8_t px_show;   /* the same, perhaps with EXCH_SHOW_32NDS */
	uint8_t qty_scale; /* digits after the point */
	uint8_t kind;	   /* enum exch_instr_kind */
	bool announced;	   /* by an INSTRUMENT */
	bool plain;	   /* the symbol needs no escaping anywhere */
	char symbol[24];
	char currency[8];
	char isin[12]; /* NUL padded, as in the record; so is the next */
	char mic[4];
	uint8_t iflags;	     /* enum exch_instr_flag */
	exch_px strike;	     /* or none */
	uint32_t expiry;     /* YYYYMMDD or 0 */
	uint32_t underlying; /* instrument id or 0 */
	int64_t multiplier;  /* 10^-9 */
	exch_px tick;
	exch_qty lot;
	exch_qty min_qty; /* of an order */
	exch_qty max_qty; /* or none */
	struct exch_div by_tick;
	struct exch_money money;
};

struct exch_account {
	uint32_t id;
	uint8_t n;
	bool plain; /* the name needs no escaping anywhere */
	char name[31];
};

struct exch_insts {
	struct exch_inst *inst;
	uint32_t n;
	size_t cap;
	uint32_t *index; /* by id: place + 1, or 0 */
	uint32_t nindex;
	struct exch_account *account; /* open addressing by id; n 0: free */
	uint32_t naccounts;
	uint32_t account_cap;
	uint64_t account_salt; /* even; makes their hash */
	/* the last INSTRUMENT, in case the matcher refuses it */
	struct exch_inst before; /* id 0: nothing to go back to */
	uint32_t before_place;
};

/* Is it called so?  The name of a table, NUL padded. */
static inline bool
exch_inst_is(const struct exch_inst *in, const char symbol[24])
{
	return strnlen(symbol, 24) == in->nsymbol &&
	       memcmp(symbol, in->symbol, in->nsymbol) == 0;
}

/* The first four letters of a currency as a number, for keys. */
static inline uint32_t
exch_letters(const char *currency)
{
	uint32_t code;

	memcpy(&code, currency, sizeof(code));
	return code;
}

void exch_insts_clear(struct exch_insts *x);

/*
 * Take note of an INSTRUMENT or ACCOUNT record, or of an ERROR: one directly
 * behind an INSTRUMENT refuses it, and what held before holds on.
 */
int exch_insts_note(
    struct exch_insts *x, const struct exch_rec *r, struct exch_diag *d);

/*
 * The place of an instrument, made if need be: one that was never announced
 * is called "#7".  EXCH_ERR_RANGE for an impossible id, EXCH_ERR_NOMEM.
 */
int exch_insts_make(
    struct exch_insts *x, uint32_t id, uint32_t *place, struct exch_diag *d);

static inline int
exch_insts_place(
    struct exch_insts *x, uint32_t id, uint32_t *place, struct exch_diag *d)
{
	if (__builtin_expect(id < x->nindex && x->index[id] != 0, 1)) {
		*place = x->index[id] - 1;
		return EXCH_OK;
	}
	return exch_insts_make(x, id, place, d);
}

/* The place of one that has a place already, or UINT32_MAX. */
static inline uint32_t
exch_insts_known(const struct exch_insts *x, uint32_t id)
{
	return id < x->nindex ? x->index[id] - 1 : UINT32_MAX;
}

/* Where the search for an account begins, in a table of `cap`. */
static inline uint32_t
exch_insts_account_home(const struct exch_insts *x, uint32_t cap, uint32_t id)
{
	return exch_salted(id, x->account_salt) & (cap - 1);
}

/* NULL when no ACCOUNT record named it. */
const struct exch_account *exch_insts_account(
    const struct exch_insts *x, uint32_t id);

#endif
