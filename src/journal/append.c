/*
 * Writing a journal.  The last segment is open; records collect in its
 * block, and a sync writes the block and waits for the disk; the two can be
 * had one by one, and the second in another thread.  When the segment is
 * large enough, writing goes on to the next one:
 *
 *	1 the next segment with its header, under another name; durable
 *	2 its name; durable
 *	3 the end of this one; durable
 *
 * A run that is killed on the way leaves a segment without an end and an
 * empty one behind it, which the next opening sees and puts right.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "journal/append.h"

static int
nomem(const char *dir, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, dir, EXCH_POS_NONE, 0,
	    "out of memory for the journal");
}

/* To the disk, unless the system may take its time. */
int
exch_journal_settle(const struct exch_journal *j, int fd, struct exch_diag *d)
{
	int n = 0;

	if (j->lazy)
		return 0;
	do {
		n = fdatasync(fd);
	} while (n != 0 && errno == EINTR);
	return n == 0 ? 0
		      : exch_diag_sys(d, j->dir, errno,
			    "cannot make the journal durable");
}

static void
close_files(struct exch_writer *w, struct exch_out *out, int fd)
{
	exch_writer_free(w);
	exch_out_free(out);
	if (fd >= 0)
		(void)close(fd); /* what counts was synced */
}

void
exch_journal_close_part(struct exch_journal *j)
{
	close_files(j->w, j->out, j->fd);
	j->w = NULL;
	j->out = NULL;
	j->fd = -1;
}

/* The writer of a segment that is open as fd, behind `at`. */
int
exch_journal_writer(struct exch_journal *j, int fd,
    const struct exch_stream_point *at, struct exch_diag *d)
{
	struct exch_writer_opts wo = {
	    .copy_of = &j->head, .at = at, .checksum = true};
	int err = exch_out_fd(fd, EXCH_OUT_PLAIN, j->dir, &j->out, d);

	if (err != 0) {
		(void)close(fd); /* the first failure is what counts */
		return err;
	}
	j->fd = fd;
	return exch_writer_open(j->out, &wo, &j->w, d);
}

/* Begin a segment at the position that is reached. */
int
exch_journal_begin(struct exch_journal *j, struct exch_diag *d)
{
	struct exch_stream_point at = {.position = j->position};
	char temp[4096], path[4096];
	int fd;
	int err = exch_journal_path(
	    path, sizeof(path), j->dir, j->position, ".xst", d);

	if (err == 0 && (size_t)snprintf(temp, sizeof(temp), "%s/.next",
			    j->dir) >= sizeof(temp))
		err = exch_diag_set(d, EXCH_ERR_LIMIT, j->dir, EXCH_POS_NONE, 0,
		    "name of the directory is too long");
	if (err != 0)
		return err;
	fd = open(temp, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return exch_diag_sys(d, temp, errno, "cannot create");
	err = exch_journal_writer(j, fd, &at, d);
	if (err == 0)
		err = exch_journal_settle(j, fd, d);
	if (err == 0 && rename(temp, path) != 0)
		err = exch_diag_sys(d, path, errno, "cannot rename");
	if (err == 0 && !j->lazy)
		err = exch_journal_sync_dir(j->dir, d);
	return err;
}

/* ---- opening ---- */

int
exch_journal_make(const char *dir, struct exch_diag *d)
{
	size_t n = strlen(dir);
	char up[4096];

	if (mkdir(dir, 0777) != 0)
		return errno == EEXIST
			   ? 0
			   : exch_diag_sys(d, dir, errno, "cannot make it");
	/* The directory that it is in: "a/b//" is in "a". */
	while (n > 1 && dir[n - 1] == '/')
		n--;
	while (n > 0 && dir[n - 1] != '/')
		n--;
	while (n > 1 && dir[n - 1] == '/')
		n--;
	(void)snprintf(up, sizeof(up), "%.*s", (int)n, dir); /* mkdir took it */
	return exch_journal_sync_dir(n == 0 ? "." : up, d);
}

int
exch_journal_open(const struct exch_journal_opts *o,
    const struct exch_stream_info *input, struct exch_journal **out,
    struct exch_diag *d)
{
	struct exch_journal *j = exch_calloc(1, sizeof(*j));
	size_t n = strlen(input->text);
	int err;

	if (j == NULL)
		return nomem(o->dir, d);
	j->lock = o->locked ? o->lock : -1;
	j->fd = -1;
	(void)pthread_mutex_init(&j->disk, NULL); /* never fails here */
	j->lazy = o->lazy;
	j->limit = o->segment != 0 ? o->segment : EXCH_JOURNAL_SEGMENT;
	j->head = *input;
	j->head.position = 0;
	j->dir = exch_strdup(o->dir);
	if (j->dir == NULL)
		err = nomem(o->dir, d);
	else if ((size_t)snprintf(j->head.text + n, sizeof(j->head.text) - n,
		     "journal-format=1\n%s",
		     o->run) >= sizeof(j->head.text) - n)
		err = exch_diag_set(d, EXCH_ERR_LIMIT, o->dir, EXCH_POS_NONE, 0,
		    "the header has no room for the options of the run");
	else
		err = exch_journal_make(j->dir, d);
	if (err == 0 && !o->locked)
		err = exch_journal_lock(j->dir, &j->lock, d);
	if (err == 0)
		err = exch_journal_tidy(j->dir, d);
	if (err == 0)
		err = exch_journal_resume(j, input, d);
	if (err == 0)
		err = exch_snapshot_forget(j->dir, j->position, d);
	if (err != 0) {
		exch_journal_close(j);
		return err;
	}
	*out = j;
	return 0;
}

const struct exch_journal_state *
exch_journal_state(const struct exch_journal *j)
{
	return &j->found;
}

uint64_t
exch_journal_position(const struct exch_journal *j)
{
	return j->position;
}

/* ---- writing ---- */

/* With the lock; the first failure stays. */
static int
fail_locked(struct exch_journal *j, int err, const struct exch_diag *own)
{
	if (j->err != 0)
		return j->err;
	j->why = *own;
	/* Of a writer without a name of its own. */
	if (j->why.name[0] == '\0')
		(void)snprintf(j->why.name, sizeof(j->why.name), "%.127s",
		    j->dir); /* for a message */
	j->err = err;
	return err;
}

static void
fail(struct exch_journal *j, int err, const struct exch_diag *own)
{
	(void)pthread_mutex_lock(&j->disk);
	(void)fail_locked(j, err, own);
	(void)pthread_mutex_unlock(&j->disk);
}

/* What has failed, if anything has. */
static int
failed(const struct exch_journal *j, struct exch_diag *d)
{
	int err = j->err;

	if (err != 0)
		*d = j->why;
	return err;
}

void
exch_journal_append(
    struct exch_journal *j, const struct exch_rec *r, uint64_t seq)
{
	struct exch_diag d = {0};

	if (j->w == NULL) {
		fail(j,
		    exch_diag_set(&d, EXCH_ERR_FORMAT, j->dir, EXCH_POS_NONE, 0,
			"the input was over at record %llu, and now it goes on",
			(unsigned long long)j->position),
		    &d);
		return;
	}
	exch_writer_copy(j->w, r, seq);
	j->position += !exch_rec_is_framing(r->type);
	j->dirty = true;
}

/* All blocks so far to the disk; with the lock. */
static int
settle_all(struct exch_journal *j, struct exch_diag *d)
{
	uint64_t n = j->written;
	int err = n != j->durable ? exch_journal_settle(j, j->fd, d) : 0;

	if (err == 0)
		j->durable = n;
	return err;
}

/* The end of a segment that was the open one. */
static int
end_part(struct exch_journal *j, struct exch_writer *w, int fd,
    enum exch_status status, struct exch_diag *d)
{
	int err = exch_writer_close(w, status, d);

	return err != 0 ? err : exch_journal_settle(j, fd, d);
}

/*
 * Put the open segment aside, begin the next, then end the first: whose
 * blocks are durable before the next one has its name.
 */
static int
rotate(struct exch_journal *j, struct exch_diag *d)
{
	struct exch_writer *w = j->w;
	struct exch_out *out = j->out;
	int fd = j->fd;
	int err = settle_all(j, d);

	if (err != 0)
		return err;
	j->w = NULL;
	j->out = NULL;
	j->fd = -1;
	err = exch_journal_begin(j, d);
	if (err == 0)
		err = end_part(j, w, fd, EXCH_STATUS_CONTINUED, d);
	close_files(w, out, fd);
	return err;
}

int
exch_journal_block(struct exch_journal *j, struct exch_diag *d)
{
	struct exch_diag own = {0};
	int err = 0;

	if (j->err == 0 && j->w != NULL)
		err = exch_writer_end_block(j->w, &own);
	if (err != 0)
		fail(j, err, &own);
	return failed(j, d);
}

int
exch_journal_write(struct exch_journal *j, bool *rotated, struct exch_diag *d)
{
	struct exch_diag own = {0};
	off_t size;
	int err;

	if (rotated != NULL)
		*rotated = false;
	if (j->err != 0 || !j->dirty)
		return failed(j, d);
	err = exch_writer_end_block(j->w, &own);
	if (err != 0) {
		fail(j, err, &own);
		return failed(j, d);
	}
	j->written++;
	j->dirty = false;
	size = lseek(j->fd, 0, SEEK_CUR);
	if (size < 0 || (uint64_t)size < j->limit)
		return 0;
	(void)pthread_mutex_lock(&j->disk);
	err = j->err != 0 ? j->err : rotate(j, &own);
	if (err != 0)
		(void)fail_locked(j, err, &own);
	(void)pthread_mutex_unlock(&j->disk);
	if (rotated != NULL)
		*rotated = err == 0;
	return failed(j, d);
}

int
exch_journal_wait(struct exch_journal *j, struct exch_diag *d)
{
	struct exch_diag own = {0};
	int err;

	(void)pthread_mutex_lock(&j->disk);
	err = j->err != 0 ? j->err : settle_all(j, &own);
	if (err != 0)
		(void)fail_locked(j, err, &own);
	(void)pthread_mutex_unlock(&j->disk);
	return failed(j, d);
}

int
exch_journal_sync(struct exch_journal *j, bool *rotated, struct exch_diag *d)
{
	int err = exch_journal_write(j, rotated, d);

	return err != 0 ? err : exch_journal_wait(j, d);
}

int
exch_journal_end(struct exch_journal *j, struct exch_diag *d)
{
	struct exch_diag own = {0};
	int err = exch_journal_write(j, NULL, d);

	if (err != 0 || j->w == NULL)
		return err;
	(void)pthread_mutex_lock(&j->disk);
	err = j->err != 0
		  ? j->err
		  : end_part(j, j->w, j->fd, EXCH_STATUS_COMPLETE, &own);
	if (err != 0) {
		(void)fail_locked(j, err, &own);
	} else {
		j->durable = j->written;
		exch_journal_close_part(j);
		j->found.over = true;
	}
	(void)pthread_mutex_unlock(&j->disk);
	return failed(j, d);
}

void
exch_journal_close(struct exch_journal *j)
{
	if (j == NULL)
		return;
	exch_journal_close_part(j);
	if (j->lock >= 0)
		(void)close(j->lock);	       /* gives the lock back */
	(void)pthread_mutex_destroy(&j->disk); /* nobody has it */
	exch_free(j->dir);
	exch_free(j);
}
