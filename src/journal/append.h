/*
 * What the files that write a journal share.
 *
 *	append.c  records, syncs, the next segment
 *	head.c    lines of the header
 *	open.c    what a run before has left, and where to go on
 */
#ifndef EXCH_JOURNAL_APPEND_H
#define EXCH_JOURNAL_APPEND_H

#include <pthread.h>

#include "journal/journal.h"

struct exch_journal {
	char *dir;
	bool lazy;
	uint64_t limit;
	struct exch_stream_info head; /* with the run's lines */
	struct exch_journal_state found;
	int lock;
	int fd; /* of the last segment, -1: the input is over */
	struct exch_out *out;
	struct exch_writer *w;
	uint64_t position;
	bool dirty; /* records that are not written */
	/*
	 * exch_journal_wait() may be another thread's: it has this while it
	 * waits for the disk.  Whoever takes another descriptor, looks at
	 * `durable` or is the first to fail needs it, too; once err is set,
	 * `why` stays as it is.
	 */
	pthread_mutex_t disk;
	_Atomic uint64_t written; /* blocks */
	uint64_t durable;	  /* of them */
	_Atomic int err; /* the first failure; nothing is durable any more */
	struct exch_diag why;
};

/* To the disk, unless the system may take its time. */
int exch_journal_settle(
    const struct exch_journal *j, int fd, struct exch_diag *d);
/* The writer of a segment that is open as fd, which it takes, behind `at`. */
int exch_journal_writer(struct exch_journal *j, int fd,
    const struct exch_stream_point *at, struct exch_diag *d);
/* Begin a segment at the position that is reached. */
int exch_journal_begin(struct exch_journal *j, struct exch_diag *d);
void exch_journal_close_part(struct exch_journal *j);

/*
 * head.c: the word of a line "key=value" with this key, n bytes of a text of
 * lines; NULL when there is none.
 */
const char *exch_journal_line(
    const char *text, const char *key, size_t nkey, size_t *n);

/* open.c: the directory is there and locked. */
int exch_journal_resume(struct exch_journal *j,
    const struct exch_stream_info *input, struct exch_diag *d);

#endif
