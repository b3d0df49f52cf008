/*
 * Going on with a journal that is there: is it of this run, how far is it
 * whole, and what has an interrupted write left?
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "journal/append.h"
#include "rec/scan.h"

/* How far the words of both are the same. */
static size_t
same_words(const char *a, size_t na, const char *b, size_t nb)
{
	size_t same = 0;

	for (size_t i = 0; i < na && i < nb && a[i] == b[i]; i++)
		if (a[i] == ' ')
			same = i + 1;
	return same;
}

static int
most(size_t n)
{
	return (int)(n > 80 ? 80 : n);
}

/* Name the first line that two headers do not share, from where it differs. */
static int
text_differs(
    const char *name, const char *had, const char *now, struct exch_diag *d)
{
	for (const char *p = had; *p != '\0';) {
		size_t len = strcspn(p, "\n");
		size_t key = strcspn(p, "=\n");
		size_t n, same, from = key + 1;
		const char *v = exch_journal_line(now, p, key, &n);

		if (key < len && (v == NULL || n != len - key - 1 ||
				     memcmp(v, p + from, n) != 0)) {
			same = v == NULL
				   ? 0
				   : same_words(p + from, len - from, v, n);
			return exch_diag_set(d, EXCH_ERR_NEED, name,
			    EXCH_POS_NONE, 0,
			    "the journal was written with %.*s%s%.*s, and now "
			    "it is %s%.*s",
			    most(from), p, same > 0 ? "... " : "",
			    most(len - from - same), p + from + same,
			    v != NULL ? "" : "missing",
			    v != NULL ? most(n - same) : 0,
			    v != NULL ? v + same : "");
		}
		p += len + (p[len] == '\n');
	}
	return exch_diag_set(d, EXCH_ERR_NEED, name, EXCH_POS_NONE, 0,
	    "the journal was written with fewer words in its header");
}

static bool
same_input(const struct exch_stream_info *a, const struct exch_stream_info *b)
{
	return memcmp(a->id, b->id, sizeof(a->id)) == 0 && a->date == b->date &&
	       a->start == b->start && a->source == b->source;
}

static int
other_input(const struct exch_stream_info *had,
    const struct exch_stream_info *now, const char *name, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NEED, name, EXCH_POS_NONE, 0,
	    "the journal is of another input: stream id "
	    "%02x%02x%02x%02x..., and this one has %02x%02x%02x%02x...",
	    had->id[0], had->id[1], had->id[2], had->id[3], now->id[0],
	    now->id[1], now->id[2], now->id[3]);
}

int
exch_journal_is_of(const struct exch_journal *j,
    const struct exch_stream_info *input, struct exch_diag *d)
{
	if (same_input(&j->head, input))
		return 0;
	return other_input(&j->head, input, j->dir, d);
}

static int
check_head(const struct exch_journal *j, const struct exch_stream_info *had,
    const char *name, struct exch_diag *d)
{
	const struct exch_stream_info *now = &j->head;
	int err = exch_journal_known(had, name, d);

	if (err != 0)
		return err;
	if (!same_input(had, now))
		return other_input(had, now, name, d);
	if (strcmp(had->text, now->text) != 0)
		return text_differs(name, had->text, now->text, d);
	return 0;
}

/*
 * The segment before an empty one lacks its end: it was about to get it.
 * With a journal of its own, so that the empty one stays open.
 */
static int
finish_part(const struct exch_journal *j, const struct exch_journal_part *p,
    struct exch_scan *s, struct exch_diag *d)
{
	struct exch_journal part = *j;
	struct exch_diag own = {0};
	char path[4096];
	int err, fd;

	if (p->packed)
		return 0;
	err = exch_journal_path(
	    path, sizeof(path), j->dir, p->position, ".xst", d);
	if (err != 0)
		return err;
	err = exch_journal_open_file(path, O_RDWR, &fd, &own);
	if (err != 0 && own.sys == ENOENT)
		return 0; /* compressed by now: it had its end */
	if (err != 0) {
		if (d != NULL)
			*d = own;
		return err;
	}
	err = exch_scan_fd(fd, path, s, d);
	if (err == 0 && s->end.position != j->position)
		err = exch_diag_set(d, EXCH_ERR_CUT, path, EXCH_POS_BYTE,
		    s->end.offset,
		    "segment ends at record %llu, and the one behind it "
		    "begins at %llu",
		    (unsigned long long)s->end.position,
		    (unsigned long long)j->position);
	if (err != 0 || s->status != EXCH_STATUS_UNKNOWN) {
		(void)close(fd); /* was only read */
		return err;
	}
	if (ftruncate(fd, (off_t)s->end.offset) != 0 ||
	    lseek(fd, 0, SEEK_END) < 0) {
		err = exch_diag_sys(d, path, errno, "cannot cut");
		(void)close(fd); /* the first failure is what counts */
		return err;
	}
	part.w = NULL;
	part.out = NULL;
	part.fd = -1;
	err = exch_journal_writer(&part, fd, &s->end, d);
	if (err == 0)
		err = exch_writer_close(part.w, EXCH_STATUS_CONTINUED, d);
	if (err == 0)
		err = exch_journal_settle(&part, fd, d);
	exch_journal_close_part(&part);
	return err;
}

/* Go on behind the last whole block of the last segment. */
static int
take_last(struct exch_journal *j, const char *path, int fd,
    const struct exch_scan *s, struct exch_diag *d)
{
	int err;

	if (s->torn != 0) {
		j->found.torn = s->torn;
		j->found.torn_at = s->end.offset;
		(void)snprintf(j->found.torn_name, sizeof(j->found.torn_name),
		    "%.127s", path); /* for a message */
	}
	j->position = s->end.position;
	if (s->status == EXCH_STATUS_COMPLETE) {
		j->found.over = true;
		(void)close(fd); /* was only read */
		return 0;
	}
	if (ftruncate(fd, (off_t)s->end.offset) != 0 ||
	    lseek(fd, 0, SEEK_END) < 0) {
		err = exch_diag_sys(d, path, errno, "cannot cut");
		(void)close(fd); /* the first failure is what counts */
		return err;
	}
	err = exch_journal_writer(j, fd, &s->end, d);
	return err != 0 ? err : exch_journal_settle(j, fd, d);
}

/*
 * The last segment is compressed: the ones behind it were removed by hand.
 * The next one begins where it ends.
 */
static int
open_packed(struct exch_journal *j, uint64_t position, struct exch_diag *d)
{
	const struct exch_rec *rec;
	struct exch_journal_in *in;
	uint64_t seq;
	int n, err = exch_journal_in_open(j->dir, position, &in, d);

	if (err != 0)
		return err;
	err = check_head(j, exch_journal_in_info(in), j->dir, d);
	while (err == 0 && (n = exch_journal_in_next(in, &rec, &seq, d)) != 0)
		err = n < 0 ? n : 0;
	j->position = exch_journal_in_position(in);
	j->found.over = exch_journal_in_over(in);
	exch_journal_in_close(in);
	return err == 0 && !j->found.over ? exch_journal_begin(j, d) : err;
}

static int
open_last(struct exch_journal *j, const struct exch_journal_list *l,
    struct exch_scan *s, struct exch_diag *d)
{
	const struct exch_journal_part *last = &l->part[l->n - 1];
	char path[4096];
	int err = exch_journal_path(path, sizeof(path), j->dir, last->position,
	    last->packed ? ".xst.zst" : ".xst", d);
	int fd;

	if (err != 0)
		return err;
	if (last->packed)
		return open_packed(j, last->position, d);
	err = exch_journal_open_file(path, O_RDWR, &fd, d);
	if (err != 0)
		return err;
	err = exch_scan_fd(fd, path, s, d);
	if (err == 0 && s->end.blocks == 0)
		err = exch_diag_set(d, EXCH_ERR_CUT, path, EXCH_POS_BYTE, 0,
		    "segment without its header block");
	if (err == 0)
		err = check_head(j, &s->info, path, d);
	if (err == 0 && s->info.position != last->position)
		err = exch_diag_set(d, EXCH_ERR_FORMAT, path, EXCH_POS_BYTE, 0,
		    "segment begins at record %llu, and its name says %llu",
		    (unsigned long long)s->info.position,
		    (unsigned long long)last->position);
	if (err != 0) {
		(void)close(fd); /* was only read */
		return err;
	}
	err = take_last(j, path, fd, s, d);
	if (err == 0 && s->end.blocks == 1 && l->n > 1)
		err = finish_part(j, &l->part[l->n - 2], s, d);
	return err;
}

int
exch_journal_resume(struct exch_journal *j,
    const struct exch_stream_info *input, struct exch_diag *d)
{
	struct exch_journal_list l;
	struct exch_scan *s;
	int err = exch_journal_list(j->dir, &l, d);

	if (err != 0)
		return err;
	j->found.parts = l.n;
	s = exch_malloc(sizeof(*s));
	if (s == NULL)
		err = exch_diag_set(d, EXCH_ERR_NOMEM, j->dir, EXCH_POS_NONE, 0,
		    "out of memory for the journal");
	else if (l.n > 0)
		err = open_last(j, &l, s, d);
	exch_free(s);
	exch_free(l.part);
	if (err == 0 && input->position > j->position)
		err = exch_diag_set(d, EXCH_ERR_CUT, j->dir, EXCH_POS_NONE, 0,
		    "the input begins at record %llu, and the journal ends "
		    "at %llu: begin it there or before",
		    (unsigned long long)input->position,
		    (unsigned long long)j->position);
	if (err == 0 && j->found.parts == 0)
		err = exch_journal_begin(j, d);
	j->found.position = j->position;
	return err;
}
