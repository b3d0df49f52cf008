/*
 * One block that lies in memory whole: is it sound, and which records with
 * which numbers are in it.  For those who deal in blocks and not in
 * streams: scans of files, journals that are followed, links.
 */
#ifndef EXCH_REC_EACH_H
#define EXCH_REC_EACH_H

#include "rec/frame.h"

/*
 * The block at p, of which n bytes are there: its length, with *f filled
 * in; 0 when more bytes are needed; or -1 with what is wrong with it.
 * Checks header and body against their checksums.
 */
long exch_each_block(
    const unsigned char *p, size_t n, struct exch_frame *f, const char **why);

struct exch_each {
	const unsigned char *at, *end;
	uint64_t records; /* numbered ones so far */
	uint64_t want;	  /* and what the header says */
	uint64_t *next;
	bool here[256];
};

/*
 * Begin with the records of a sound block of kind D.  next[256] are the
 * numbers after the last ones of each source, zeros before the first block;
 * they are moved on.  Returns NULL or what is wrong.
 */
const char *exch_each_begin(struct exch_each *w, const unsigned char *p,
    const struct exch_frame *f, uint64_t next[256]);
/*
 * The next record as a reader delivers it: 1; 0 behind the last; or -1 with
 * what is wrong at w->at.  seq is 0 for framing.
 */
int exch_each_next(struct exch_each *w, const struct exch_rec **rec,
    uint64_t *seq, const char **why);

#endif
