/*
 * FIX 4.4 messages as they are written: tag=value fields that end with SOH,
 * of which the first three are BeginString, BodyLength and MsgType and the
 * last is CheckSum.  Fields of the body are put one after another:
 *
 *	exch_fix_begin(f, '8', time);
 *	exch_fix_text(f, 55, "ABC", 3);
 *	exch_fix_end(f, &run->table);
 *
 * Times are UTC with milliseconds, as this version has them.
 */
#ifndef EXCH_MD_FIX_H
#define EXCH_MD_FIX_H

#include "base/buf.h"
#include "report/insts.h"
#include "report/table.h"

struct exch_fix {
	struct exch_buf body;
	uint64_t seq; /* MsgSeqNum of the message in hand, from 1 */
	char type;
};

void exch_fix_free(struct exch_fix *f);
/* What SendingTime is, and the header of the body with it. */
void exch_fix_begin(struct exch_fix *f, char type, exch_ts time);
/* What a field cannot hold becomes '?'. */
void exch_fix_text(struct exch_fix *f, unsigned tag, const char *s, size_t n);
void exch_fix_word(struct exch_fix *f, unsigned tag, const char *s);
void exch_fix_char(struct exch_fix *f, unsigned tag, char c);
void exch_fix_u64(struct exch_fix *f, unsigned tag, uint64_t v);
/* None: no field. */
void exch_fix_px(struct exch_fix *f, unsigned tag, exch_px px, unsigned show);
void exch_fix_qty(
    struct exch_fix *f, unsigned tag, exch_qty qty, unsigned scale);
void exch_fix_time(struct exch_fix *f, unsigned tag, exch_ts t);
/* Date and time of day as two fields. */
void exch_fix_day_time(
    struct exch_fix *f, unsigned date, unsigned tod, exch_ts t);
void exch_fix_symbol(struct exch_fix *f, const struct exch_inst *in);
/* The whole message to the output.  EXCH_ERR_NOMEM. */
int exch_fix_end(
    struct exch_fix *f, struct exch_table *out, struct exch_diag *d);

#endif
