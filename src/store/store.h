/*
 * The history: streams in an SQLite database that people can ask.
 *
 * What counts are the blocks of the streams, as they are (exch-stream(5)),
 * guarded by a chain of hashes; whoever reads a stream gets them back, byte
 * for byte, unknown and private records included.  Tables are made from the
 * records for those who ask questions, and can be made again at any time.
 * exch-schema(5) describes every table.
 */
#ifndef EXCH_STORE_STORE_H
#define EXCH_STORE_STORE_H

#include "rec/stream.h"
#include "store/retention.h"

/* "EXCH", the application id of a history, and its version. */
#define EXCH_STORE_APPLICATION 0x45584348
#define EXCH_STORE_VERSION 4

struct exch_store;

enum exch_store_mode {
	EXCH_STORE_READ,  /* nothing is changed */
	EXCH_STORE_WRITE, /* it is there */
	EXCH_STORE_CREATE /* it is made where it is not there */
};

/*
 * EXCH_ERR_ABSENT: it is not there; EXCH_ERR_FORMAT: no history, or damaged;
 * EXCH_ERR_VERSION: of a newer version; EXCH_ERR_IO, EXCH_ERR_NOMEM.  One of
 * an older version can be read, copied and migrated.
 */
int exch_store_open(const char *path, enum exch_store_mode mode,
    struct exch_store **out, struct exch_diag *d);
void exch_store_close(struct exch_store *s);

/* ---- loading ---- */

struct exch_load;

/* What came of it. */
struct exch_load_result {
	uint32_t stream;       /* its number */
	uint64_t known;	       /* records that were there before */
	uint64_t added;	       /* and those that were not */
	uint64_t blocks;       /* added */
	uint64_t strange;      /* records too short for their type: no row */
	uint64_t plain_bytes;  /* of the blocks added ... */
	uint64_t packed_bytes; /* ... and compressed */
	bool indexed;	       /* indexes were built */
	char digest[96];       /* as --digest prints it */
};

/*
 * Begin with a stream.  Where a stream of its identity and `label` is there,
 * its records are compared with those that come, and loading goes on behind
 * them: whatever was loaded before changes nothing.  EXCH_ERR_CUT: it does
 * not begin at its beginning.
 */
int exch_load_begin(struct exch_store *s, const struct exch_stream_info *info,
    const char *label, struct exch_load **out, struct exch_diag *d);
/*
 * The next record with its number, as the reader delivers it.  Whole blocks
 * are stored, each in a transaction.  EXCH_ERR_EXISTS: another record is
 * there in its place, or the stream had its end before it.
 */
int exch_load_record(struct exch_load *l, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d);
/* The stream ends: what is left is stored, and how it ended. */
int exch_load_end(
    struct exch_load *l, enum exch_status status, struct exch_diag *d);
/* Those that are missing; may take as long as loading. */
int exch_load_index(struct exch_load *l, struct exch_diag *d);
const struct exch_load_result *exch_load_result(const struct exch_load *l);
void exch_load_free(struct exch_load *l);

/* ---- reading ---- */

/* A stream of the database. */
struct exch_store_stream {
	uint32_t number;
	uint32_t date; /* YYYYMMDD or 0 */
	char identity[33];
	char label[64];
	uint64_t records;
	enum exch_status status; /* UNKNOWN: its loading was cut */
	char digest[96];	 /* or "" */
	unsigned purged;	 /* what is gone: 1 << enum exch_kept */
};

/*
 * The one that `which` names: its number, its date, the first digits of its
 * identity, or its label; NULL: the only one there is.  EXCH_ERR_NEED, with
 * those that are there, where that is none or more than one.
 */
int exch_store_find(struct exch_store *s, const char *which,
    struct exch_store_stream *out, struct exch_diag *d);
/* All of them; what `each` returns other than 0 is returned. */
int exch_store_each(struct exch_store *s,
    int (*each)(
	void *arg, const struct exch_store_stream *st, struct exch_diag *d),
    void *arg, struct exch_diag *d);

/* A stream of the database at `path` as the bytes of a stream file. */
int exch_store_source(const char *path, const char *which, struct exch_in **in,
    struct exch_diag *d);

/* ---- keeping ---- */

/*
 * Copy the history into a new file, while it may be written.  `between` is
 * asked now and then, and ends it by a result other than 0.  EXCH_ERR_EXISTS:
 * a database is there.
 */
int exch_store_backup(struct exch_store *s, const char *path,
    int (*between)(void *arg, struct exch_diag *d), void *arg,
    struct exch_diag *d);
/* The other way: the history at `path` becomes what `from` is. */
int exch_store_restore(const char *path, struct exch_store *from,
    int (*between)(void *arg, struct exch_diag *d), void *arg,
    struct exch_diag *d);

/*
 * Somebody was reading when something was erased or purged: what went is gone
 * from the history, and from its log when the reader has ended and the history
 * is opened again.
 */
bool exch_store_stays(const struct exch_store *s);

/*
 * Take away every personal field that says `name`, and its copies in tables;
 * the chain gets a link that says how many there were.
 */
int exch_store_erase(struct exch_store *s, const char *name, uint64_t *fields,
    struct exch_diag *d);

/* What is to stay whatever the table of years says. */
struct exch_hold {
	uint32_t stream;  /* its number; or 0, and */
	uint32_t account; /* what this one has a part in */
	uint64_t link; /* to release: the hold, by its link; 0: the only one */
	const char *who; /* says so, without '|' */
	const char *why;
};

/*
 * Hold, or release what is held; a link of the chain either way.  Several
 * holds may be on one thing, by others or for other reasons, and each is
 * released by itself.  EXCH_ERR_EXISTS: held already, by the same for the
 * same; EXCH_ERR_ABSENT: it is not; EXCH_ERR_NEED: nobody says it, or not why,
 * no stream has the account, or which of several to release.
 */
int exch_store_hold(struct exch_store *s, const struct exch_hold *h, bool on,
    struct exch_diag *d);

enum exch_purge_state {
	EXCH_PURGE_DUE,
	EXCH_PURGE_EARLY,
	EXCH_PURGE_HELD,
	EXCH_PURGE_UNDATED, /* nobody knows how old it is: it stays */
	EXCH_PURGE_GONE
};

/* What one kind of one stream comes to. */
struct exch_purge_item {
	uint32_t stream;
	uint32_t date; /* of the stream, or 0 */
	uint32_t last; /* day that it tells of, from which years count */
	enum exch_kept kind;
	enum exch_purge_state state;
	unsigned years;
	uint32_t until; /* the first day on which it may go */
	uint64_t rows;	/* or blocks */
	uint64_t bytes; /* of blocks */
	bool done;
};

struct exch_purge_opts {
	const struct exch_reftable *policy; /* of exch_retention_parse */
	uint32_t on;			    /* the day on which it is done */
	uint32_t stream;		    /* this one alone; 0 all */
	bool apply;			    /* else nothing is changed */
	/* Behind the last item, before anything has gone for good; or NULL. */
	int (*ready)(void *arg, struct exch_diag *d);
};

/*
 * What is due goes: rows, and blocks as the last; the chain gets a link for
 * each kind of each stream.  `each` gets everything that there is, in one
 * transaction; what it, or `ready`, returns other than 0 ends it, and nothing
 * has gone.
 * EXCH_ERR_ABSENT: the table has no row for a day.
 */
int exch_store_purge(struct exch_store *s, const struct exch_purge_opts *o,
    int (*each)(
	void *arg, const struct exch_purge_item *item, struct exch_diag *d),
    void *arg, struct exch_diag *d);

struct exch_rollup_result {
	uint32_t added;	 /* streams that were added up */
	uint32_t there;	 /* and those that had been, as they are */
	uint32_t purged; /* whose rows have gone before */
};

/* Add up the day of every stream that has records it was not added up with. */
int exch_store_rollup(
    struct exch_store *s, struct exch_rollup_result *r, struct exch_diag *d);

/* From an older version to ours; *from the one it was of. */
int exch_store_migrate(
    struct exch_store *s, int64_t *from, struct exch_diag *d);

/* Make all tables, views and indexes again, from the blocks. */
int exch_store_rebuild(struct exch_store *s, struct exch_diag *d);

/* ---- verification ---- */

struct exch_verify_result {
	uint64_t links; /* of the chain */
	uint64_t blocks;
	uint64_t records;
	uint64_t rows;	 /* compared */
	uint64_t erased; /* personal fields that are gone */
	uint64_t purged; /* streams of which something was purged */
	uint64_t faults; /* told one by one */
	char tip[65];	 /* of the chain, hex */
	uint64_t noted;	 /* the link whose hash was noted earlier, or 0 */
};

/*
 * Everything against everything: the chain link by link, blocks against
 * their hashes, streams against their digests, each row of each table
 * against the record that made it.  Every fault is told by `tell` and
 * counted; only what makes it impossible to go on is an error.  `noted` is a
 * tip that was written down before, 64 hex digits, or NULL: a chain that does
 * not have it was cut, or made again.
 */
int exch_store_verify(struct exch_store *s, const char *noted,
    void (*tell)(void *arg, const char *fault), void *arg,
    struct exch_verify_result *out, struct exch_diag *d);

#endif
