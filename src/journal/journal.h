/*
 * The journal: a directory that holds all the input of a run, so that the
 * run can be made again up to its last durable record.
 *
 *	DIR/lock                   held by the process that writes
 *	DIR/000000000000.xst.zst   segments: parts of one stream, named by
 *	DIR/000004718592.xst       the position of their first record
 *
 * A segment is a whole stream file (exch-stream(5)) with checksums and with
 * the header of the input, to which lines are added that say what the run
 * was.  Only the last one may lack its end: where it has one, the input was
 * over.
 *
 *	dir.c    names, the list, the lock     append.c    writing
 *	open.c   what a run before has left    read.c      reading
 *	pack.c   compressing what is closed    snapshot.c  shortcuts
 *	head.c   what the header says
 */
#ifndef EXCH_JOURNAL_JOURNAL_H
#define EXCH_JOURNAL_JOURNAL_H

#include "base/err.h"
#include "rec/stream.h"

/* Bytes of a segment after which the next one begins. */
#define EXCH_JOURNAL_SEGMENT (UINT64_C(256) << 20)

/* ---- dir.c ---- */

struct exch_journal_part {
	uint64_t position; /* of its first record */
	bool packed;	   /* compressed */
};

struct exch_journal_list {
	struct exch_journal_part *part; /* by position */
	size_t n;
};

/*
 * The segments of a directory; none is fine.  EXCH_ERR_IO, EXCH_ERR_ABSENT
 * when there is no such directory.  Free with exch_free(l->part).
 */
int exch_journal_list(
    const char *dir, struct exch_journal_list *l, struct exch_diag *d);
/* "DIR/000000000000.xst"; EXCH_ERR_LIMIT when that is too long. */
int exch_journal_path(char *out, size_t size, const char *dir,
    uint64_t position, const char *end, struct exch_diag *d);
/*
 * Open a file of a journal by open(2)'s flags.  EXCH_ERR_FORMAT when it is
 * there and is none.
 */
int exch_journal_open_file(
    const char *path, int flags, int *fd, struct exch_diag *d);
/* Open for reading: the plain file, or else the compressed one. */
int exch_journal_open_part(const char *dir, uint64_t position,
    struct exch_in **in, int *fd, struct exch_diag *d);
/*
 * Is it plain?  By what is in it: the list does not know what others have
 * compressed since.  What is not there yet will be plain.
 */
bool exch_journal_is_plain(int fd);
/* Make the directory, if it is not there. */
int exch_journal_make(const char *dir, struct exch_diag *d);
/* Make names in a directory durable. */
int exch_journal_sync_dir(const char *dir, struct exch_diag *d);
/*
 * The lock, as a descriptor to be closed at the end; dies with its process,
 * and children do not inherit it.  EXCH_ERR_IO with a sentence that names
 * the process that has it.
 */
int exch_journal_lock(const char *dir, int *fd, struct exch_diag *d);
/* Whoever has the lock: what a killed process had begun is removed. */
int exch_journal_tidy(const char *dir, struct exch_diag *d);
/*
 * The same in two steps, for whoever waits for it: the descriptor, and then
 * tries: 1 it is ours, 0 another has it, or an error.
 */
int exch_journal_lock_open(const char *dir, int *fd, struct exch_diag *d);
int exch_journal_lock_try(const char *dir, int fd, struct exch_diag *d);
/*
 * The process that holds the lock, or 0.  Not to be asked by that process,
 * which would lose it.
 */
long exch_journal_holder(const char *dir);

/* ---- append.c ---- */

struct exch_journal;

struct exch_journal_opts {
	const char *dir; /* made when it is not there */
	bool locked;	 /* the lock is had already, as `lock`, and is taken */
	int lock;
	bool lazy;	  /* leave it to the system when to write */
	uint64_t segment; /* bytes, or 0 for EXCH_JOURNAL_SEGMENT */
	const char *run;  /* key=value lines: what the run is; all keys
			      begin with "journal-" */
};

/* What was there when it was opened. */
struct exch_journal_state {
	uint64_t position; /* numbered records */
	bool over;	   /* the input had its end */
	size_t parts;
	/* The end of the last segment was an interrupted write: cut off. */
	uint64_t torn; /* bytes */
	uint64_t torn_at;
	char torn_name[128];
};

/*
 * Open for writing, take the lock, repair what an interrupted write left,
 * and be ready behind the last whole block.  Of a journal that is not
 * empty, header and run must be those given.  EXCH_ERR_NEED where they
 * differ, with what does; EXCH_ERR_FORMAT for damage, with file and offset.
 */
int exch_journal_open(const struct exch_journal_opts *o,
    const struct exch_stream_info *input, struct exch_journal **out,
    struct exch_diag *d);
const struct exch_journal_state *exch_journal_state(
    const struct exch_journal *j);
/* Is it the journal of this input?  EXCH_ERR_NEED when it is not. */
int exch_journal_is_of(const struct exch_journal *j,
    const struct exch_stream_info *input, struct exch_diag *d);
/* The next record of the input, before anything is done with it. */
void exch_journal_append(
    struct exch_journal *j, const struct exch_rec *r, uint64_t seq);
/* Records so far. */
uint64_t exch_journal_position(const struct exch_journal *j);
/*
 * The records so far end a block, which is written and may be lost until the
 * next sync.
 */
int exch_journal_block(struct exch_journal *j, struct exch_diag *d);
/*
 * All records so far are durable when this returns 0.  May begin the next
 * segment: *rotated tells so, if it is not NULL.
 */
int exch_journal_sync(
    struct exch_journal *j, bool *rotated, struct exch_diag *d);
/*
 * The same in two steps.  After the first the records are the system's, and
 * outlive this process but not the machine.  The second may be called by one
 * other thread while this one goes on: what was written before it began is
 * durable when it returns 0.  A failure of either stays: neither returns 0
 * any more.
 */
int exch_journal_write(
    struct exch_journal *j, bool *rotated, struct exch_diag *d);
int exch_journal_wait(struct exch_journal *j, struct exch_diag *d);
/* The input is over. */
int exch_journal_end(struct exch_journal *j, struct exch_diag *d);
void exch_journal_close(struct exch_journal *j);

/* ---- head.c ---- */

/*
 * Is it the header of a segment, of a format that is known?  `name` is the
 * file's.  EXCH_ERR_FORMAT, EXCH_ERR_VERSION.
 */
int exch_journal_known(
    const struct exch_stream_info *part, const char *name, struct exch_diag *d);
/*
 * The header as it was before the run's lines were added; and those lines,
 * or "".
 */
void exch_journal_split(const struct exch_stream_info *part,
    struct exch_stream_info *input, char run[1024]);

/* ---- read.c ---- */

struct exch_journal_in;

/*
 * Read the records from the segment on that holds `from` (0: all).  The
 * last segment may end early; what is whole is delivered.
 */
int exch_journal_in_open(const char *dir, uint64_t from,
    struct exch_journal_in **out, struct exch_diag *d);
/* As exch_reader_next; EXCH_ERR_CUT for a hole between segments. */
int exch_journal_in_next(struct exch_journal_in *in,
    const struct exch_rec **rec, uint64_t *seq, struct exch_diag *d);
/* Numbered records of the whole stream up to here. */
uint64_t exch_journal_in_position(const struct exch_journal_in *in);
const struct exch_stream_info *exch_journal_in_info(
    const struct exch_journal_in *in);
/* After the end: the input was over. */
bool exch_journal_in_over(const struct exch_journal_in *in);
void exch_journal_in_close(struct exch_journal_in *in);

/* ---- snapshot.c ---- */

struct exch_image;

/* More than a run ever leaves. */
#define EXCH_SNAPSHOTS 64

/* What a snapshot is of. */
struct exch_snapshot {
	uint64_t position;     /* numbered records of the journal ... */
	uint64_t framing;      /* ... and framing behind them that are in it */
	uint64_t output;       /* records that the output has to have */
	uint64_t hash;	       /* of the engine's state */
	unsigned char run[32]; /* SHA-256 of all that says what the run is */
};

/*
 * Write one; `image` walks the state (base/image.h).  It has its name when
 * it is durable.
 */
int exch_snapshot_write(const char *dir, const struct exch_snapshot *s,
    int (*image)(void *arg, struct exch_image *im), void *arg,
    struct exch_diag *d);
/* Their positions, newest first. */
int exch_snapshot_list(const char *dir, uint64_t position[EXCH_SNAPSHOTS],
    size_t *n, struct exch_diag *d);
int exch_snapshot_head(const char *dir, uint64_t position,
    struct exch_snapshot *s, struct exch_diag *d);
/* Read it all and prove it by its checksum. */
int exch_snapshot_check(
    const char *dir, uint64_t position, struct exch_diag *d);
/* Put the state back; of one that was proved. */
int exch_snapshot_read(const char *dir, uint64_t position,
    int (*image)(void *arg, struct exch_image *im), void *arg,
    struct exch_diag *d);
/* All but the newest `keep` go. */
int exch_snapshot_prune(const char *dir, size_t keep, struct exch_diag *d);
/*
 * Those go that are of later records: of a journal that ends at `from` they
 * would be of records that come to be others.
 */
int exch_snapshot_forget(const char *dir, uint64_t from, struct exch_diag *d);

/* ---- pack.c ---- */

/*
 * Compress all segments but the last, oldest first.  Each is durable in its
 * new form before the old one goes.  For a process of its own.  *stop not 0:
 * end early.
 */
int exch_journal_pack(
    const char *dir, const volatile int *stop, struct exch_diag *d);

#endif
