/* The parts of rts22: a transaction's XML, and files of transactions. */
#ifndef EXCH_REPORT_RTS22_H
#define EXCH_REPORT_RTS22_H

#include "report/forms.h"
#include "report/who.h"

struct exch_in;

#define EXCH_AUTH016 "urn:iso:std:iso:20022:tech:xsd:auth.016.001.01"

/* One side's report of a trade. */
struct exch_tx {
	struct exch_who who; /* the firm that reports, and whom it acts for */
	struct exch_who contra;
	uint32_t account;
	const struct exch_inst *in;
	const struct exch_inst *underlying; /* or NULL */
	const struct exch_what *what;
	bool sells;
	uint8_t side; /* enum exch_side, with shorts */
	uint64_t match;
	exch_ts time;
	exch_px price; /* or none */
	exch_qty qty;
	/* options: NULL, or LEIs */
	const char *submitting;
	const char *ccp;
};

/* The number of the report, up to 52 bytes and a NUL; room to write numbers. */
#define EXCH_TXID_MAX (53 + EXCH_FMT_ROOM)
void exch_tx_id(const struct exch_tx *tx, char out[EXCH_TXID_MAX]);
/* New, and its cancellation, of which only who, match, time and sells count. */
void exch_tx_new(struct exch_report_run *run, const struct exch_tx *tx);
void exch_tx_cancel(struct exch_report_run *run, const struct exch_tx *tx);

/*
 * Check a file of auth.016.001.01 against the table of elements, and against a
 * schema if one is given; or show it.
 */
int exch_rts22_file(struct exch_report_run *run, enum exch_report_file how,
    struct exch_in *in, struct exch_diag *d);

#endif
