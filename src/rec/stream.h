/*
 * Reading and writing record streams.  A filter is this:
 *
 *	while ((n = exch_reader_next(in, &r, &diag)) > 0) {
 *		exch_writer_copy(out, r, exch_reader_seq(in));
 *		if (r->type == EXCH_REC_EXEC) {
 *			struct exch_rec_trade *t = exch_writer_new(out,
 *			    EXCH_REC_TRADE, sizeof(*t), r->instr, r->time);
 *			t->price = ...;
 *		}
 *	}
 *
 * The reader accepts the binary form, plain or compressed, and the JSON
 * and CSV forms; the writer makes any of them.  Both deal in whole records
 * only, and the reader hands out pointers into its block: nothing is
 * copied between the read() and the caller.
 */
#ifndef EXCH_REC_STREAM_H
#define EXCH_REC_STREAM_H

#include <stddef.h>
#include <string.h>

#include "base/err.h"
#include "rec/dir.h"
#include "rec/rec.h"
#include "rec/zio.h"

/* Body bytes after which a block is written, and the most it may hold. */
#define EXCH_BLOCK_BODY (256u << 10)
#define EXCH_BLOCK_MAX (1u << 20)

enum exch_status {
	EXCH_STATUS_COMPLETE = 0,
	EXCH_STATUS_UPSTREAM = 1,  /* upstream was incomplete */
	EXCH_STATUS_ERROR = 2,	   /* stopped on an error */
	EXCH_STATUS_SIGNAL = 3,	   /* stopped by a signal */
	EXCH_STATUS_CONTINUED = 4, /* another part goes on with it */
	EXCH_STATUS_UNKNOWN = 255  /* no end seen yet */
};

/* What the H block says. */
struct exch_stream_info {
	uint16_t major;
	uint16_t minor;
	uint64_t position; /* numbered records before it; 0: a whole stream */
	exch_ts start;	   /* from the data */
	uint8_t id[16];	   /* hash of options and of upstream ids */
	uint32_t date;	   /* trading date YYYYMMDD, 0 unknown */
	uint8_t source;	   /* of the writer */
	char text[1024];   /* "key=value\n" lines, NUL-terminated */
};

/*
 * A place between two blocks of a stream, and what a writer has to know to
 * go on there.
 */
struct exch_stream_point {
	uint64_t offset; /* bytes of the stream before it */
	uint64_t position;
	uint64_t blocks;
	uint32_t chain;	    /* CRC of their headers' CRCs */
	exch_ts time;	    /* of the last record before it */
	uint64_t next[256]; /* number after a source's last one; 0: none */
};

/* ---- reader ---- */

struct exch_reader;

struct exch_reader_opts {
	bool partial; /* a missing end is accepted, and a missing beginning */
	bool part;    /* a missing beginning is accepted */
};

/*
 * Read a stream from `in` (not owned).  Reads the header block.
 * EXCH_ERR_FORMAT "not an exch stream"; EXCH_ERR_VERSION; EXCH_ERR_CUT for
 * an empty input, or one whose first records are missing.
 */
int exch_reader_open(struct exch_in *in, const struct exch_reader_opts *opts,
    struct exch_reader **out, struct exch_diag *d);
void exch_reader_close(struct exch_reader *r);

/* What the inlined calls touch: the first member of a reader. */
struct exch_reader_hot {
	const unsigned char *cur; /* next record */
	const unsigned char *end; /* of the records that may be delivered */
	uint64_t seq;		  /* of the record delivered last */
	uint64_t position;
	uint64_t next[256]; /* numbers inside this block; 0: not in it */
};

/* The rare cases of the call below: block ends, framing, directory. */
int exch_reader_next_slow(
    struct exch_reader *r, const struct exch_rec **rec, struct exch_diag *d);

/*
 * The next record: 1 with *rec set; 0 at the end block; negative when the
 * stream is damaged, after all whole records before the damage were
 * delivered.  Framing records (SEQ) are consumed, others are delivered.
 * *rec is good until the next call.  INSTRUMENT and SCHEMA records are
 * noted in the reader's directory before they are delivered.
 */
static inline int
exch_reader_next(
    struct exch_reader *r, const struct exch_rec **rec, struct exch_diag *d)
{
	struct exch_reader_hot *h = (void *)r;
	const unsigned char *p = h->cur;
	size_t left = (size_t)(h->end - p);
	size_t len;
	uint64_t seq;

	/* Types below 0x10 are rare and need a look each. */
	if (__builtin_expect(left < sizeof(struct exch_rec) || p[0] < 0x10, 0))
		return exch_reader_next_slow(r, rec, d);
	len = (size_t)p[1] * 8;
	seq = h->next[p[3]];
	/* One comparison for 16 <= len <= left; one for the number. */
	if (__builtin_expect(
		len - 16 > left - 16 || seq - 1 >= UINT64_MAX - 1, 0))
		return exch_reader_next_slow(r, rec, d);
	h->next[p[3]] = seq + 1;
	h->seq = seq;
	h->position++;
	h->cur = p + len;
	*rec = (const void *)p;
	return 1;
}

/*
 * Look at what comes next without taking it: up to n records of the block
 * that was read, up to the first that needs a look of its own (framing,
 * directory).  0: none is at hand.  They are good until the next call that
 * takes a record from another block.
 */
static inline size_t
exch_reader_ahead(
    const struct exch_reader *r, const struct exch_rec **rec, size_t n)
{
	const struct exch_reader_hot *h = (const void *)r;
	const unsigned char *p = h->cur;
	size_t k = 0;

	while (k < n) {
		size_t left = (size_t)(h->end - p);
		size_t len;

		if (left < sizeof(struct exch_rec) || p[0] < 0x10)
			break;
		len = (size_t)p[1] * 8;
		if (len - 16 > left - 16)
			break;
		rec[k++] = (const void *)p;
		p += len;
	}
	return k;
}

/*
 * Records in place, for those who take many at a time: [*at, *end) lie in
 * the block and were not delivered yet.  Their framing is not checked: the
 * caller looks at every length before it looks at a record.  Whatever it
 * takes it counts by exch_reader_took(), records of types below 0x10 it
 * leaves to exch_reader_next().
 */
static inline void
exch_reader_rest(const struct exch_reader *r, const unsigned char **at,
    const unsigned char **end)
{
	const struct exch_reader_hot *h = (const void *)r;

	*at = h->cur;
	*end = h->end;
}

/*
 * Which block that is: whoever remembers what lay where asks whether it is
 * the same one, as blocks come to lie where others have lain.
 */
uint64_t exch_reader_block(const struct exch_reader *r);

/* Was every record of the block in hand taken? */
static inline bool
exch_reader_between(const struct exch_reader *r)
{
	const struct exch_reader_hot *h = (const void *)r;

	return h->cur == h->end;
}

/* A block with all its records, for those who want none of them. */
struct exch_reader_whole {
	const unsigned char *at; /* front and body, as they were read */
	size_t n;
	uint64_t offset; /* in the bytes that the input gave */
	exch_ts last;	 /* time of the last record */
	struct exch_reader_hot after;
};

/*
 * The next block, if the one in hand is over: true when it is whole and none
 * of its records is of a type below 0x10 or wrong in any way.  Good until the
 * next record is taken, one by one or all at once.  False: they have to be
 * taken one by one, and so has whatever is wrong.
 */
bool exch_reader_whole(struct exch_reader *r, struct exch_reader_whole *b);
void exch_reader_take(struct exch_reader *r, const struct exch_reader_whole *b);

/*
 * Does the reader of a binary stream stand between two blocks, nothing being
 * wrong so far?  *offset: bytes of the stream before the next one.
 */
bool exch_reader_stands(const struct exch_reader *r, uint64_t *offset);
/*
 * Go on at another block of the stream, which is at `raw` in its file
 * (exch_in_jump()): *to is what a reader would know there.  For one that
 * stands between two blocks.  EXCH_ERR_FORMAT of the block before,
 * EXCH_ERR_IO, EXCH_ERR_NOMEM.
 */
int exch_reader_jump(struct exch_reader *r, const struct exch_stream_point *to,
    uint64_t raw, struct exch_diag *d);

/* Whether a source has numbers in this block, enough for any number of it. */
static inline bool
exch_reader_has(const struct exch_reader *r, uint8_t source)
{
	const struct exch_reader_hot *h = (const void *)r;

	return h->next[source] - 1 < UINT64_MAX / 2;
}

/* All records before `at` were taken: n of this source. */
static inline void
exch_reader_took(
    struct exch_reader *r, const unsigned char *at, uint8_t source, uint64_t n)
{
	struct exch_reader_hot *h = (void *)r;

	h->cur = at;
	h->next[source] += n;
	h->position += n;
}

/* Sequence number of the record just delivered (0 for framing records). */
static inline uint64_t
exch_reader_seq(const struct exch_reader *r)
{
	return ((const struct exch_reader_hot *)(const void *)r)->seq;
}

/* Numbered records of the stream up to here. */
uint64_t exch_reader_position(const struct exch_reader *r);
const struct exch_stream_info *exch_reader_info(const struct exch_reader *r);
/* The directory so far; owned by the reader. */
const struct exch_dir *exch_reader_dir(const struct exch_reader *r);
/* Upstream's end status, EXCH_STATUS_UNKNOWN before the end. */
enum exch_status exch_reader_status(const struct exch_reader *r);

/* ---- writer ---- */

struct exch_writer;

enum exch_format { EXCH_FMT_BIN, EXCH_FMT_TEXT, EXCH_FMT_CSV, EXCH_FMT_JSON };

/* What becomes of a record that would be shown. */
enum exch_step {
	EXCH_STEP_SHOW,
	EXCH_STEP_PASS, /* it is left out of the text */
	EXCH_STEP_ASK	/* what was shown is written, and then ask() says it */
};

/*
 * Who looks at a stream step by step: both get a record, and how many bytes of
 * records from it on are there already; look() gets NULL for the end.  ask()
 * waits for somebody, and never answers ASK.
 */
struct exch_stepper {
	enum exch_step (*look)(void *arg, const struct exch_rec *r, size_t n);
	enum exch_step (*ask)(void *arg, const struct exch_rec *r, size_t n);
	void *arg;
};

struct exch_writer_opts {
	enum exch_format format;
	bool checksum;	  /* CRC of bodies (always in files) */
	bool digest;	  /* SHA-256 over the records */
	bool csv_multi;	  /* several types in one CSV */
	uint8_t csv_type; /* or only this one; 0: the first own type */
	bool trailer;
	/* For a filter, the reader it copies from: source ids go on from
	 * its, its schemas are not repeated.  NULL for a first tool. */
	const struct exch_reader *upstream;
	const struct exch_stream_info *upstream_info; /* or its header alone */
	const char *tool;			      /* "exch-match" */
	const char *options; /* "ladder=xetra": those that change results */
	const char *text;    /* more key=value lines for the H block, or NULL */
	/*
	 * Another tool that works inside this one, or NULL: its records have a
	 * source of their own, the next one, as if it stood behind in a pipe.
	 * exch_writer_turn() says whose the records are that are made.
	 */
	const char *guest;
	const char *guest_options;
	exch_ts start; /* first tool only */
	uint32_t date; /* first tool only */
	/*
	 * A copy: this header as it is, text added, and no SOURCE of its
	 * own.  It begins at `at` (NULL: with its first record); where that
	 * is behind a block already, no header is written.
	 */
	const struct exch_stream_info *copy_of;
	const struct exch_stream_point *at;
	/*
	 * The first records are made again and not written: those that the
	 * output holds up to this point, or (NULL) those before `from`.
	 */
	const struct exch_stream_point *have;
	uint64_t from;
	bool keep; /* it may become an image: exch_writer_image() */
	/*
	 * Nothing is written, and there is no output yet: of the last blocks
	 * at least so many bytes are kept for exch_writer_release().  Binary
	 * form only.  A writer that was never released is freed, not closed.
	 */
	size_t hold;
	/* Asked before a block goes out; 0: it may. */
	int (*before)(void *arg, struct exch_diag *d);
	void *before_arg;
	/* Of text forms: asked about each record; NULL: all are shown. */
	const struct exch_stepper *step;
};

/* Write to `out` (not owned).  Emits the header block and SOURCE. */
int exch_writer_open(struct exch_out *out, const struct exch_writer_opts *o,
    struct exch_writer **w, struct exch_diag *d);

/*
 * What the inlined calls touch: the first member of a writer.  Whoever is
 * not in this header or in writer.c keeps away from it.
 */
struct exch_writer_hot {
	unsigned char *cur;    /* end of the block's records */
	unsigned char *soft;   /* the slow path is due from here on */
	unsigned char *own;    /* the same for own records, or NULL */
	struct exch_rec *last; /* record appended last */
	uint64_t records;      /* numbered ones in this block */
	uint64_t next[256];    /* numbers inside this block; 0: not in it */
	bool plain[256]; /* own records of this type need nothing special */
	uint8_t source;
	uint64_t head; /* what the first word of own records has in common */
};

/* The rare cases of the two calls below. */
void *exch_writer_new_slow(struct exch_writer *w, uint8_t type, size_t size,
    uint32_t instr, exch_ts time);
void exch_writer_copy_slow(
    struct exch_writer *w, const struct exch_rec *r, uint64_t seq);

/*
 * Is there room for a record of this writer, of a type that needs nothing
 * special?  Types below 0x10 may carry text or be framing.
 */
static inline bool
exch_writer_ready(const struct exch_writer *w, uint8_t type)
{
	const struct exch_writer_hot *h = (const void *)w;

	return h->cur < h->own && type >= 0x10 && h->plain[type];
}

/* The first word of an own record. */
static inline __attribute__((always_inline)) uint64_t
exch_writer_word(const struct exch_writer *w, uint8_t type, size_t size,
    uint8_t flags, uint32_t instr)
{
	const struct exch_writer_hot *h = (const void *)w;

	return h->head | type | size / 8 << 8 | (uint64_t)flags << 16 |
	       (uint64_t)instr << 32;
}

/* exch_writer_put() below of a writer that is ready for the type. */
static inline __attribute__((always_inline)) void *
exch_writer_append(struct exch_writer *w, uint8_t type, size_t size,
    uint8_t flags, uint32_t instr, exch_ts time)
{
	struct exch_writer_hot *h = (void *)w;
	struct exch_rec *r = (void *)h->cur;
	uint64_t word = exch_writer_word(w, type, size, flags, instr);

	memcpy(r, &word, sizeof(word));
	r->time = time;
	h->next[h->source]++;
	h->records++;
	h->last = r;
	h->cur += size;
	return r;
}

/*
 * Room for a record of this writer, header filled, own sequence number
 * taken; of its body, which may be anything, the caller writes every byte.
 * The pointer is good until the next call on the writer.  Never NULL: on
 * failure it points to scratch and the error comes out of
 * exch_writer_error(), flush and close.  `size` is a multiple of 8.
 * Inlined because it is called per event: with a constant size nothing is
 * left but stores.
 */
static inline __attribute__((always_inline)) void *
exch_writer_put(struct exch_writer *w, uint8_t type, size_t size,
    uint32_t instr, exch_ts time)
{
	if (__builtin_expect(!exch_writer_ready(w, type) || size > 2040 ||
				 size % 8 != 0 ||
				 size < sizeof(struct exch_rec),
		0))
		return exch_writer_new_slow(w, type, size, instr, time);
	return exch_writer_append(w, type, size, 0, instr, time);
}

_Static_assert(offsetof(struct exch_rec, type) == 0 &&
		   offsetof(struct exch_rec, len8) == 1 &&
		   offsetof(struct exch_rec, flags) == 2 &&
		   offsetof(struct exch_rec, source) == 3 &&
		   offsetof(struct exch_rec, instr) == 4 &&
		   __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
    "the first word of a record");

/* The record that came last; scratch, where nothing is written any more. */
static inline struct exch_rec *
exch_writer_last(const struct exch_writer *w)
{
	return ((const struct exch_writer_hot *)(const void *)w)->last;
}

/* exch_writer_put() with a body of zeros. */
static inline void *
exch_writer_new(struct exch_writer *w, uint8_t type, size_t size,
    uint32_t instr, exch_ts time)
{
	unsigned char *r = exch_writer_put(w, type, size, instr, time);

	memset(r + sizeof(struct exch_rec), 0, size - sizeof(struct exch_rec));
	return r;
}

/* For types with text: the fixed part is zeroed, the text copied in. */
void *exch_writer_new_text(struct exch_writer *w, uint8_t type, size_t fixed,
    uint32_t instr, exch_ts time, const char *text, size_t n);
/*
 * Append an extension entry to the record made by the last
 * exch_writer_new (which may move: use the returned record).
 */
void *exch_writer_ext(
    struct exch_writer *w, uint16_t tag, uint32_t small, uint64_t value);
/* Copy somebody else's record byte for byte. */
static inline void
exch_writer_copy(struct exch_writer *w, const struct exch_rec *r, uint64_t seq)
{
	struct exch_writer_hot *h = (void *)w;
	unsigned char *to = h->cur;
	size_t n = (size_t)r->len8 * 8;

	if (__builtin_expect(h->cur >= h->soft || r->type < 0x10 || n == 0 ||
				 seq != h->next[r->source],
		0)) {
		exch_writer_copy_slow(w, r, seq);
		return;
	}
	h->next[r->source] = seq + 1;
	h->records++;
	h->last = (void *)to;
	h->cur = to + n;
	exch_rec_copy(to, r, n);
}

/*
 * A reader's next block, just as it stands, with all its records: 1 if it
 * went out, 0 if they are to be copied one by one, as in whatever is cut into
 * blocks by its content alone.  `in` is what the reader reads: where that is a
 * file and the output a pipe, the kernel brings the block from one to the
 * other (exch_out_move()).  Others may change the file between our look at it
 * and that of the next reader, so this is done with blocks that have a
 * checksum, and keep it: what was changed is found damaged there.
 */
int exch_writer_pass(struct exch_writer *w, struct exch_reader *r,
    const struct exch_in *in, struct exch_diag *d);

/*
 * A draft is a writer in memory of the same source: records are made with it
 * as with the other, which adopts them later, by one thread or another.  It
 * knows no numbers and no blocks, and nothing else may be done with it but
 * what stands here, exch_writer_error and exch_writer_free.  EXCH_ERR_NOMEM.
 */
int exch_writer_draft(const struct exch_writer *of, struct exch_writer **draft);
/* Its records so far, good until its next call; and without them. */
size_t exch_writer_drafted(
    const struct exch_writer *draft, const unsigned char **bytes);
void exch_writer_draft_clear(struct exch_writer *draft);
/* Is there no room without asking for more?  Always so once that failed. */
static inline bool
exch_writer_draft_full(const struct exch_writer *draft)
{
	const struct exch_writer_hot *h = (const void *)draft;

	return h->cur >= h->own;
}

/*
 * Of a writer with a guest: records that are made from now on are the
 * guest's, or the writer's own again, and so are drafts.
 */
void exch_writer_turn(struct exch_writer *w, bool guest);

/*
 * Records of a draft, some or all, become this writer's next ones, as if
 * they had been made with it.
 */
void exch_writer_adopt(
    struct exch_writer *w, const unsigned char *bytes, size_t n);

/*
 * Write out what is there, so that live readers see it.  In files nothing
 * is done: their blocks depend on the records alone (exch_out_is_file).
 */
int exch_writer_flush(struct exch_writer *w, struct exch_diag *d);
/* The same for files: the block ends here, whatever the others hold. */
int exch_writer_end_block(struct exch_writer *w, struct exch_diag *d);
/*
 * A writer that holds begins to write: `have`, `from`, `before` and
 * `checksum` of the options say where and how, as if it had been opened
 * with them on `out`.  EXCH_ERR_RANGE, with nothing done, when what would
 * have to be written first is not kept any more.
 */
int exch_writer_release(struct exch_writer *w, struct exch_out *out,
    const struct exch_writer_opts *o, struct exch_diag *d);
/* Of a writer that holds: the first record that can still be written. */
uint64_t exch_writer_held_from(const struct exch_writer *w);
/* First error so far, 0 if none; EXCH_ERR_STOP is never one. */
int exch_writer_error(const struct exch_writer *w, struct exch_diag *d);
/*
 * End block and exch_out_finish().  The writer stays to be freed.  Records
 * made afterwards are an error.
 */
int exch_writer_close(
    struct exch_writer *w, enum exch_status status, struct exch_diag *d);
void exch_writer_free(struct exch_writer *w);

/* After close, with opts.digest: "sha256:HEX RECORDS". */
int exch_writer_digest(const struct exch_writer *w, char out[96]);
/*
 * A writer of the binary form as bytes (base/image.h), with the records of
 * the block in hand; made with opts.keep.  It is read into a writer that was
 * opened with the same options and has made nothing, whose output has at
 * least the records before exch_writer_block() of the image, or gets none of
 * them.  EXCH_ERR_VERSION: another form, digest or source.
 */
struct exch_image;
int exch_writer_image(struct exch_writer *w, struct exch_image *im);
/* Numbered records before the block in hand; and before what is written. */
uint64_t exch_writer_block(const struct exch_writer *w);
uint64_t exch_writer_skipped(const struct exch_writer *w);
/* What its header says. */
const struct exch_stream_info *exch_writer_info(const struct exch_writer *w);
/* Source id of this writer. */
uint8_t exch_writer_source(const struct exch_writer *w);
uint64_t exch_writer_records(const struct exch_writer *w);

#endif
