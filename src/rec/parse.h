/*
 * Text forms back into records.  One parser object reads one input and
 * gives records one by one, with their sequence numbers; the reader wraps
 * it, so that nobody else knows that a stream came as text.
 */
#ifndef EXCH_REC_PARSE_H
#define EXCH_REC_PARSE_H

#include "base/err.h"
#include "rec/stream.h"

struct exch_parse;

/* True when a text form begins with these bytes. */
bool exch_parse_is_text(const unsigned char *p, size_t n);

/*
 * A parser of `in`, which has not been read from.  *info receives what a
 * header line says; CSV has none.
 */
int exch_parse_open(struct exch_in *in, struct exch_stream_info *info,
    struct exch_parse **out, struct exch_diag *d);
void exch_parse_free(struct exch_parse *p);

/*
 * The next record, good until the next call: 1; 0 at the end line, with
 * *status; or an error with a line number.  *seq is 0 for framing records.
 */
int exch_parse_next(struct exch_parse *p, const struct exch_rec **rec,
    uint64_t *seq, enum exch_status *status, struct exch_diag *d);

#endif
