/*
 * Who is behind the accounts of a stream, and what its instruments are called
 * elsewhere: two tables of the user's that reports for authorities share.
 * Every column but the first may be left out; an empty text is "not told".
 *
 *	account,member,lei,fdid,capacity,role,group,strategy
 *	ALPHA,M1,9845EXCHSIMFIRM00160,F100,principal,house,7,momentum
 *
 * exch-tables(5).
 */
#ifndef EXCH_REPORT_PARTIES_H
#define EXCH_REPORT_PARTIES_H

#include "ref/table.h"
#include "report/report.h"

/* FIX LastCapacity, CAT capacity, MiFIR field 29. */
enum exch_capacity {
	EXCH_CAPACITY_NONE = 0,
	EXCH_CAPACITY_AGENCY = 1,    /* A, AOTC */
	EXCH_CAPACITY_PRINCIPAL = 2, /* P, DEAL */
	EXCH_CAPACITY_RISKLESS = 3   /* R, MTCH */
};

enum exch_role {
	EXCH_ROLE_NONE = 0,
	EXCH_ROLE_CLIENT = 1,
	EXCH_ROLE_HOUSE = 2,
	EXCH_ROLE_MAKER = 3
};

/* Texts fill their field at most, without a NUL then. */
struct exch_party {
	char account[32]; /* as the stream names it, or its number */
	char member[16];
	char imid[32]; /* or CRD:IMID */
	char lei[20];
	char fdid[40];
	char holder[1]; /* CAT accountHolderType, a letter */
	char group[32]; /* accounts of one owner have the same */
	char strategy[32];
	char country[2]; /* of the branch */
	char first_names[140];
	char surname[140];
	char person[35];   /* national id; CONCAT is made of the others */
	char decision[50]; /* who or which algorithm decides */
	char execution[50];
	char name[64];
	char address[160];
	char mail[80];
	uint32_t born;	  /* YYYYMMDD, or 0 */
	uint8_t capacity; /* enum exch_capacity */
	uint8_t role;	  /* enum exch_role */
};

struct exch_product {
	char symbol[24];
	char isin[12];
	char mic[4];
	char currency[4];
	char cfi[6];
	char name[64];	      /* full name */
	char underlying[12];  /* its ISIN */
	char listed[24];      /* its symbol with the authority */
	char style[4];	      /* of an option: EURO, AMER, ... */
	char delivery[4];     /* PHYS, CASH, OPTL */
	exch_px close_before; /* of the day before, or none */
	uint64_t outstanding; /* shares, or 0 */
};

struct exch_parties {
	struct exch_reftable table; /* of struct exch_party, by account */
};

struct exch_products {
	struct exch_reftable table; /* of struct exch_product, by symbol */
};

/*
 * What `given` holds (exch_report_given(run, "parties")); NULL: an empty
 * table.  An account that stands there twice is refused.
 */
int exch_parties_read(struct exch_parties *p, const struct exch_given *given,
    struct exch_diag *d);
/* Of zeros, too. */
void exch_parties_clear(struct exch_parties *p);
/*
 * Who is behind an account, by the name that the stream gave it, or by its
 * number.  NULL: the table does not say.
 */
const struct exch_party *exch_parties_of(
    const struct exch_parties *p, const struct exch_insts *x, uint32_t account);

/*
 * Of other tables whose rows begin with an account's name, char[32]: read as
 * exch_parties_read does, and the row of an account.  `size` is that of a row.
 */
int exch_accounts_read(struct exch_reftable *t, const struct exch_given *given,
    const struct exch_reftable_shape *shape, struct exch_diag *d);
const void *exch_account_row(const struct exch_reftable *t, size_t size,
    const struct exch_insts *x, uint32_t account);

/* By the name alone, such as a member's own row; NULL: none. */
const struct exch_party *exch_parties_named(
    const struct exch_parties *p, const char *name, size_t n);

int exch_products_read(struct exch_products *p, const struct exch_given *given,
    struct exch_diag *d);
void exch_products_clear(struct exch_products *p);
const struct exch_product *exch_products_of(
    const struct exch_products *p, const struct exch_inst *in);

/* Of struct exch_report: the options that name the two tables. */
#define EXCH_PARAM_PARTIES                                                     \
	{                                                                      \
		.name = "parties", .arg = "FILE",                              \
		.what = "who is behind the accounts", .table = true            \
	}
#define EXCH_PARAM_PRODUCTS                                                    \
	{                                                                      \
		.name = "products", .arg = "FILE",                             \
		.what = "what instruments are called elsewhere", .table = true \
	}

#endif
