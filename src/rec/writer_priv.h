/*
 * What the files of the writer share:
 *
 *	writer.c        records, drafts, the end
 *	writer_block.c  blocks, and those of which the output has a part
 *	writer_held.c   blocks that wait until it is known what is needed
 *	writer_open.c   the beginning: header, identity, where it goes on
 *	writer_image.c  its state as bytes
 */
#ifndef EXCH_REC_WRITER_PRIV_H
#define EXCH_REC_WRITER_PRIV_H

#include "base/buf.h"
#include "base/sha256.h"
#include "rec/frame.h"
#include "rec/held.h"
#include "rec/view.h"

/*
 * Beyond a full body: the record that passed the limit, its extension
 * entries, and the SEQ and SCHEMA records put before it.
 */
#define SLACK (2 * EXCH_REC_MAX + 4096u)
#define EXCH_WRITER_BODY_CAP (EXCH_BLOCK_BODY + SLACK)
_Static_assert(
    EXCH_WRITER_BODY_CAP <= EXCH_BLOCK_MAX, "a block holds a full body");

struct exch_writer {
	struct exch_writer_hot hot; /* first: stream.h */

	struct exch_out *out;
	struct exch_view *view; /* text forms; NULL: binary */
	bool checksum;
	bool digest;
	bool directory; /* a directory record is in this block */
	bool closed;
	bool draft; /* records stay in memory; no block is ever written */
	unsigned char *buf;
	unsigned char *body;
	unsigned char *scratch;
	struct exch_stream_info info;
	struct exch_writer_opts opts;

	uint8_t table[EXCH_FRAME_SOURCES];  /* sources in this block */
	uint64_t first[EXCH_FRAME_SOURCES]; /* and their first numbers */
	unsigned nsource;
	uint64_t after[256]; /* number after the last one of earlier blocks */

	uint64_t position; /* numbered records before this block */
	uint64_t blocks;
	uint32_t chain;
	exch_ts time;	      /* of the last record before this block */
	uint64_t skip;	      /* numbered records before it are not written */
	bool written[256];    /* sources with numbered records in the output */
	struct exch_buf kept; /* framing that later blocks cannot do without,
				 behind room for a front ... */
	bool owed;	      /* ... and it is not in the output yet */
	struct exch_held held;
	struct exch_sha256 sha;
	char hex[65];

	int err;
	struct exch_diag diag;
};

/* ---- writer_block.c ---- */

/* Keep the first error; from now on nothing more is written. */
int exch_writer_fail(struct exch_writer *w, int err, const struct exch_diag *d);
/* Write the block, if there is anything in it, and begin the next. */
int exch_writer_next_block(struct exch_writer *w);
/* A block whose body is there; in front of it there is room. */
int exch_writer_put_block(struct exch_writer *w, uint8_t kind,
    unsigned char *body, size_t n, struct exch_diag *d);
int exch_writer_put_text(struct exch_writer *w, struct exch_diag *d);
/* Framing of records that were left out, in front of those that are not. */
int exch_writer_put_kept(struct exch_writer *w, struct exch_diag *d);

/* The block in hand goes out, as far as the output has not got it. */
int exch_writer_put_data(struct exch_writer *w, struct exch_diag *d);

/* ---- writer_held.c ---- */

/* The block in hand waits; older ones that have no room go. */
int exch_writer_hold_block(struct exch_writer *w, struct exch_diag *d);
/* Change the block in hand with another one. */
void exch_writer_swap_block(struct exch_writer *w, struct exch_held_block *b);

/* ---- writer_open.c ---- */

/* Where the output begins, and what of it is there, by the options. */
void exch_writer_point(struct exch_writer *w);
/* The header, unless it is there or comes later. */
int exch_writer_put_header(struct exch_writer *w, struct exch_diag *d);

/* Memory of a writer; EXCH_ERR_NOMEM. */
int exch_writer_allocate(struct exch_writer *w);

#endif
