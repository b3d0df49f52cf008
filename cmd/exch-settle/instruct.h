/*
 * What is to be settled as instructions, and what was settled as confirmations,
 * with the names of ISO 20022: sese.023 and sese.025.
 *
 *	instruction	a net, or where trades settle each alone an obligation,
 *			of one account; told at the end, when it is final
 *	confirmation	what of it was delivered and paid on one day
 *
 * Their identities are made of what an instruction is for, so that they are the
 * same in every run and on every day.
 */
#ifndef EXCH_CMD_SETTLE_INSTRUCT_H
#define EXCH_CMD_SETTLE_INSTRUCT_H

#include "base/err.h"
#include "base/keyed.h"
#include "rec/dir.h"

/* Characters of an identity; ISO 20022 has room for 35. */
#define SETTLE_ID 29

/* Of one account against another; amounts as in the records. */
struct settle_message {
	char id[SETTLE_ID + 1];
	char confirmed[SETTLE_ID + 1]; /* the confirmation's own; else "" */
	uint32_t instr;
	uint32_t account, against;
	uint32_t date;	    /* to settle */
	uint32_t effective; /* settled; 0: an instruction */
	int64_t qty;
	exch_cash cash;
	int64_t left; /* to be settled; only where `whole` tells */
	bool whole;   /* the instruction is in the stream */
	bool partial; /* more is to come */
	bool again;   /* some was settled before */
	char currency[4];
};

struct settle_instruct {
	struct exch_keyed known; /* instructions, by (account, hash) */
	bool nets;
	struct exch_rec_obligation met; /* of which postings follow */
	bool waits;
};

int settle_instruct_init(struct settle_instruct *c);
void settle_instruct_clear(struct settle_instruct *c);

typedef int settle_message_fn(
    void *arg, const struct settle_message *m, struct exch_diag *d);
/* Any record; `fn`, unless it is NULL, is told of confirmations. */
int settle_instruct_take(struct settle_instruct *c, const struct exch_rec *r,
    const struct exch_dir *dir, settle_message_fn *fn, void *arg,
    struct exch_diag *d);
/* All instructions, by day, instrument, account and the other side. */
int settle_instruct_each(struct settle_instruct *c, settle_message_fn *fn,
    void *arg, struct exch_diag *d);

/* ---- messages.c ---- */

struct exch_table;

/* A row, as the report of instructions or of confirmations declares it. */
void settle_message_row(struct exch_table *o, const struct exch_dir *dir,
    const struct settle_message *m);

/* ---- xml.c ---- */

struct exch_buf;

/* A message as a document of its own, and what stands around all of them. */
void settle_xml_begin(struct exch_buf *b);
void settle_xml_message(struct exch_buf *b, const struct settle_message *m,
    const struct exch_dir *dir);
void settle_xml_end(struct exch_buf *b);

#endif
