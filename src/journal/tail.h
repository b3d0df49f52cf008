/*
 * Following a journal that somebody writes: whole blocks, one after the
 * other, as they come.  What is not whole yet is not there yet.
 *
 * The last segment grows under our eyes, and when its writer dies the next
 * one cuts off what is not whole: so a block that is not whole is read again
 * from its start, whatever was read of it before.
 */
#ifndef EXCH_JOURNAL_TAIL_H
#define EXCH_JOURNAL_TAIL_H

#include "journal/journal.h"
#include "rec/each.h"

struct exch_tail;

/* A block of data, good until the next call. */
struct exch_tail_block {
	const unsigned char *p;
	size_t n;
	struct exch_frame f;
};

/*
 * Begin with the first block of the segment that holds the last record
 * before `from`.  EXCH_ERR_ABSENT while there is no journal or its first
 * segment has no header yet: try again.  EXCH_ERR_CUT when the journal
 * begins later.
 */
int exch_tail_open(const char *dir, uint64_t from, struct exch_tail **out,
    struct exch_diag *d);
/*
 * The next block: 1; 0 when there is none now, or only one that reaches
 * beyond record `limit`.  EXCH_ERR_FORMAT for damage, with file and offset.
 */
int exch_tail_next(struct exch_tail *t, uint64_t limit,
    struct exch_tail_block *b, struct exch_diag *d);
/* The header of the segment read first: a journal's differ in position only.
 */
const struct exch_stream_info *exch_tail_info(const struct exch_tail *t);
/* Numbered records before what comes next. */
uint64_t exch_tail_position(const struct exch_tail *t);
/* The checksum in the header of the last block, 0 before the first. */
uint32_t exch_tail_mark(const struct exch_tail *t);
/* The input had its end, and all before it was delivered. */
bool exch_tail_over(const struct exch_tail *t);
void exch_tail_close(struct exch_tail *t);

#endif
