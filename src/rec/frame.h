/*
 * Blocks and what stands in the first and the last of them: encoding and
 * decoding of exch-stream(5)'s BLOCKS, HEADER and END, for the reader and
 * the writer.
 */
#ifndef EXCH_REC_FRAME_H
#define EXCH_REC_FRAME_H

#include "base/err.h"
#include "rec/stream.h"

#define EXCH_FRAME_HEAD 40u
#define EXCH_FRAME_ENTRY 16u /* of the sequence table */
#define EXCH_FRAME_SOURCES 255u
#define EXCH_FRAME_FRONT_MAX                                                   \
	(EXCH_FRAME_HEAD + EXCH_FRAME_ENTRY * EXCH_FRAME_SOURCES)

#define EXCH_FRAME_DIRECTORY 1u
#define EXCH_FRAME_CHECKSUM 2u

struct exch_frame {
	uint8_t kind; /* 'H', 'D', 'E' */
	uint8_t flags;
	uint16_t nseq;
	uint32_t body;
	uint32_t records;
	uint64_t position;
	exch_ts time;
	uint32_t body_crc;
	uint32_t head_crc;
};

/* Bytes before the body. */
static inline size_t
exch_frame_front(const struct exch_frame *f)
{
	return EXCH_FRAME_HEAD + (size_t)f->nseq * EXCH_FRAME_ENTRY;
}

/*
 * Write the header at p; the sequence table stands behind it already.
 * Fills in f->head_crc.
 */
void exch_frame_put(unsigned char *p, struct exch_frame *f);
void exch_frame_put_entry(unsigned char *p, uint8_t source, uint64_t seq);

/*
 * Read the 40 bytes of a header.  Only what later steps need to be safe is
 * checked here; the checksum needs the table too.  Returns NULL or what is
 * wrong.
 */
const char *exch_frame_get(const unsigned char *p, struct exch_frame *f);
/* Header and table against the header's checksum. */
bool exch_frame_intact(const unsigned char *p, const struct exch_frame *f);

/*
 * Length of the record at p, of which `left` bytes are there; 0 with *why
 * when its framing is broken.
 */
size_t exch_frame_record(const unsigned char *p, size_t left, const char **why);

/* ---- header block ---- */

#define EXCH_HEAD_FIXED 40u
#define EXCH_HEAD_MAX                                                          \
	(EXCH_HEAD_FIXED + sizeof(((struct exch_stream_info *)0)->text))

/* Body of the H block at p (EXCH_HEAD_MAX bytes); returns its length. */
size_t exch_head_put(unsigned char *p, const struct exch_stream_info *info);
/* The whole H block, with checksums, at p (EXCH_FRAME_HEAD + EXCH_HEAD_MAX). */
size_t exch_frame_put_head(
    unsigned char *p, const struct exch_stream_info *info);
/* EXCH_ERR_FORMAT, EXCH_ERR_VERSION. */
int exch_head_get(const unsigned char *p, size_t n,
    struct exch_stream_info *info, const char *name, struct exch_diag *d);

/* ---- end block ---- */

#define EXCH_END_FIXED 24u
#define EXCH_END_MAX (EXCH_END_FIXED + EXCH_FRAME_ENTRY * EXCH_FRAME_SOURCES)

struct exch_end {
	uint64_t records;
	uint64_t blocks;
	uint32_t status;
	uint32_t chain; /* CRC-32C over the CRCs of all headers before */
};

/*
 * next[s] is the number after the last one of source s, or 0.  Returns the
 * length of the body at p (EXCH_END_MAX bytes).
 */
size_t exch_end_put(
    unsigned char *p, const struct exch_end *e, const uint64_t next[256]);
/* The status alone, of a body that has EXCH_END_FIXED bytes. */
uint32_t exch_end_status(const unsigned char *p);
/* NULL or what is wrong. */
const char *exch_end_get(const unsigned char *p, size_t n, struct exch_end *e,
    const uint64_t next[256]);

/* Continue the chain by one block's header CRC. */
uint32_t exch_frame_chain(uint32_t chain, const struct exch_frame *f);

#endif
