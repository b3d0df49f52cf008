/*
 * Who is behind an account, as European reports ask for it: the firm that is
 * a member of the venue, and whom it acts for.  Made of a table of parties
 * (parties.h) when an account is first met; what is wrong with it is told
 * then, once, with the account's name.
 *
 * The firm is the row whose account is the name of the member, if there is
 * one, else the account's own LEI.  A client is an account with the role
 * client, or without a role that trades as agency; others are the firm's own.
 */
#ifndef EXCH_REPORT_WHO_H
#define EXCH_REPORT_WHO_H

#include "base/keyed.h"
#include "report/ident.h"
#include "report/parties.h"

struct exch_who {
	struct exch_key key;		 /* id: the account's number */
	const struct exch_party *party;	 /* NULL: the table does not say */
	const struct exch_party *member; /* whose LEI is the firm's, or NULL */
	bool client;			 /* the firm acts for somebody else */
	bool person;			 /* `behind` is the number of one */
	bool concat;			 /* it is a CONCAT number */
	bool told;			 /* what its reports lack */
	char firm[EXCH_LEI_LEN + 1];	 /* "": not told */
	char behind[36];		 /* the client's LEI or number, or "" */
};

struct exch_whos {
	struct exch_parties parties;
	struct exch_keyed known;
	bool given; /* there is a table */
};

/* From --parties of the report. */
int exch_whos_init(
    struct exch_whos *w, struct exch_report_run *run, struct exch_diag *d);
/* Of zeros, too. */
void exch_whos_clear(struct exch_whos *w);

int exch_who_of(struct exch_whos *w, struct exch_report_run *run,
    uint32_t account, struct exch_who *out, struct exch_diag *d);

/* A report is made of what the account did: what it lacks is told, once. */
void exch_who_reports(
    struct exch_whos *w, struct exch_report_run *run, uint32_t account);

/* DEAL, MTCH, AOTC; NULL: not told. */
const char *exch_who_capacity(const struct exch_who *who);
/* The account's name, or its number, into `out`, for messages. */
void exch_who_name(
    const struct exch_report_run *run, uint32_t account, char out[40]);

/*
 * What an instrument is with authorities: products' cell, else the record's.
 * ISIN and MIC have no NUL when they are whole.
 */
struct exch_what {
	char isin[12];
	char mic[4];
	char currency[4];
	char symbol[20]; /* letters and digits of it */
	uint8_t nsymbol;
	bool seen;
	const struct exch_product *product; /* or NULL */
};

struct exch_whats {
	struct exch_products products;
	bool tells; /* what instruments lack: of reports that need it */
	struct exch_what *what; /* by place */
	uint32_t n;
};

int exch_whats_init(
    struct exch_whats *w, struct exch_report_run *run, struct exch_diag *d);
void exch_whats_clear(struct exch_whats *w);
/* Good until the next call; it is made anew when an INSTRUMENT changed it. */
int exch_what_of(struct exch_whats *w, struct exch_report_run *run,
    uint32_t place, const struct exch_what **out, struct exch_diag *d);
/* Any record: an INSTRUMENT may make another thing of its place. */
void exch_whats_note(struct exch_whats *w, const struct exch_report_run *run,
    const struct exch_rec *r);

/*
 * Both, of a report that needs all that they know: what instruments lack is
 * told.
 */
int exch_who_what_init(struct exch_whos *who, struct exch_whats *what,
    struct exch_report_run *run, struct exch_diag *d);

/*
 * The venue's number of a trade: the same in RTS 24 field 48 and RTS 22 field
 * 3.  Matches are counted by instrument: behind that of any but the first
 * instrument stands which one it is.
 */
#define EXCH_TVTIC_MAX 48
char *exch_tvtic(char *p, uint32_t instr, uint64_t match);

#endif
