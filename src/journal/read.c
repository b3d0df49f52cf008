/*
 * Reading a journal: its segments are the parts of one stream.  Each is
 * read by a reader of its own, which checks it whole; here it is checked
 * that each begins where the one before ends, and belongs to the same run.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "journal/journal.h"
#include "rec/scan.h"

struct exch_journal_in {
	char *dir;
	struct exch_journal_list list;
	size_t at; /* the part that comes next */
	struct exch_in *in;
	struct exch_reader *reader;
	struct exch_stream_info info;
	uint64_t position;
	bool growing; /* the part at hand may end in an unfinished write */
	bool over;
	bool done;
};

static void
close_part(struct exch_journal_in *j)
{
	exch_reader_close(j->reader);
	exch_in_close(j->in);
	j->reader = NULL;
	j->in = NULL;
}

static bool
is_last(const struct exch_journal_in *j)
{
	return j->at == j->list.n;
}

/* The header of a part; those of one journal differ in position only. */
static int
check_head(struct exch_journal_in *j, bool first, struct exch_diag *d)
{
	const struct exch_stream_info *i = exch_reader_info(j->reader);
	const struct exch_journal_part *p = &j->list.part[j->at - 1];

	int err = exch_journal_known(i, exch_in_name(j->in), d);

	if (err != 0)
		return err;
	if (first)
		j->info = *i;
	if (memcmp(i->id, j->info.id, sizeof(i->id)) != 0 ||
	    strcmp(i->text, j->info.text) != 0 || i->date != j->info.date ||
	    i->start != j->info.start || i->source != j->info.source)
		return exch_diag_set(d, EXCH_ERR_FORMAT, exch_in_name(j->in),
		    EXCH_POS_BYTE, 0,
		    "segment of another run than the one before");
	if (i->position != p->position)
		return exch_diag_set(d, EXCH_ERR_FORMAT, exch_in_name(j->in),
		    EXCH_POS_BYTE, 0,
		    "segment begins at record %llu, and its name says %llu",
		    (unsigned long long)i->position,
		    (unsigned long long)p->position);
	if (!first && i->position != j->position)
		return exch_diag_set(d, EXCH_ERR_CUT, exch_in_name(j->in),
		    EXCH_POS_BYTE, 0,
		    "segment begins at record %llu, and the one before ends "
		    "at %llu",
		    (unsigned long long)i->position,
		    (unsigned long long)j->position);
	j->position = i->position;
	return 0;
}

static int
open_part(struct exch_journal_in *j, bool first, struct exch_diag *d)
{
	struct exch_reader_opts ro = {.partial = true};
	const struct exch_journal_part *p = &j->list.part[j->at++];
	int fd, err;

	err = exch_journal_open_part(j->dir, p->position, &j->in, &fd, d);
	if (err != 0)
		return err;
	j->growing = is_last(j) && exch_journal_is_plain(fd);
	err = exch_reader_open(j->in, &ro, &j->reader, d);
	return err != 0 ? err : check_head(j, first, d);
}

int
exch_journal_in_open(const char *dir, uint64_t from,
    struct exch_journal_in **out, struct exch_diag *d)
{
	struct exch_journal_in *j = exch_calloc(1, sizeof(*j));
	int err;

	if (j == NULL || (j->dir = exch_strdup(dir)) == NULL) {
		exch_free(j);
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, dir, EXCH_POS_NONE, 0, "out of memory");
	}
	err = exch_journal_list(dir, &j->list, d);
	if (err == 0 && j->list.n == 0)
		err = exch_diag_set(d, EXCH_ERR_ABSENT, dir, EXCH_POS_NONE, 0,
		    "no journal: the directory holds no segment");
	if (err == 0 && j->list.part[0].position > from)
		err = exch_diag_set(d, EXCH_ERR_CUT, dir, EXCH_POS_NONE, 0,
		    "the journal begins at record %llu: earlier segments are "
		    "missing",
		    (unsigned long long)j->list.part[0].position);
	while (err == 0 && j->at + 1 < j->list.n &&
	       j->list.part[j->at + 1].position <= from)
		j->at++;
	if (err == 0)
		err = open_part(j, true, d);
	if (err != 0) {
		exch_journal_in_close(j);
		return err;
	}
	*out = j;
	return 0;
}

/* What the file of a part is now; EXCH_ERR_ABSENT: it is compressed. */
static int
scan_part(struct exch_journal_in *j, uint64_t position, struct exch_scan *s)
{
	struct exch_in *in;
	int fd, err;

	err = exch_journal_open_part(j->dir, position, &in, &fd, NULL);
	if (err != 0)
		return err;
	err = exch_journal_is_plain(fd) ? exch_scan_fd(fd, "", s, NULL)
					: (int)EXCH_ERR_ABSENT;
	exch_in_close(in);
	return err;
}

/*
 * A part without its end, with another one behind it.  That is how a run is
 * killed that has just begun the other, which has nothing but its header then;
 * and a run that lives may have written the end since we have looked.
 */
static bool
may_lack_end(struct exch_journal_in *j)
{
	const struct exch_journal_part *p = &j->list.part[j->at - 1];
	struct exch_scan *s = exch_malloc(sizeof(*s));
	bool may = false;
	int err;

	if (s == NULL)
		return false;
	if (j->at + 1 == j->list.n && scan_part(j, p[1].position, s) == 0)
		may = s->end.blocks == 1;
	if (!may) {
		err = scan_part(j, p->position, s);
		may = err == EXCH_ERR_ABSENT ||
		      (err == 0 && s->status == EXCH_STATUS_CONTINUED);
	}
	exch_free(s);
	return may;
}

/*
 * Nothing more can be read of the last part.  Is that because a write was
 * interrupted?  The scan knows it from damage.
 */
static bool
is_torn(struct exch_journal_in *j)
{
	struct exch_scan *s = exch_malloc(sizeof(*s));
	bool torn = s != NULL &&
		    scan_part(j, j->list.part[j->at - 1].position, s) == 0 &&
		    s->end.position == exch_reader_position(j->reader);

	exch_free(s);
	return torn;
}

/* A part is over: 1 go on with the next, 0 that was all. */
static int
end_part(struct exch_journal_in *j, struct exch_diag *d)
{
	enum exch_status status = exch_reader_status(j->reader);
	int err;

	j->position = exch_reader_position(j->reader);
	if (is_last(j)) {
		j->over = status == EXCH_STATUS_COMPLETE;
		j->done = true;
		return 0;
	}
	if (status != EXCH_STATUS_CONTINUED &&
	    (status != EXCH_STATUS_UNKNOWN || !may_lack_end(j)))
		return exch_diag_set(d, EXCH_ERR_FORMAT, exch_in_name(j->in),
		    EXCH_POS_BYTE, exch_in_offset(j->in),
		    status == EXCH_STATUS_COMPLETE
			? "the input ends here, and a segment follows"
			: "segment without its end, and another one follows");
	close_part(j);
	err = open_part(j, false, d);
	return err != 0 ? err : 1;
}

int
exch_journal_in_next(struct exch_journal_in *j, const struct exch_rec **rec,
    uint64_t *seq, struct exch_diag *d)
{
	while (!j->done) {
		int n = exch_reader_next(j->reader, rec, d);

		if (n > 0) {
			*seq = exch_reader_seq(j->reader);
			return 1;
		}
		if (n < 0 && (!j->growing || !is_torn(j)))
			return n;
		if (n < 0)
			exch_diag_clear(d);
		n = end_part(j, d);
		if (n <= 0)
			return n;
	}
	return 0;
}

uint64_t
exch_journal_in_position(const struct exch_journal_in *j)
{
	return j->reader != NULL ? exch_reader_position(j->reader)
				 : j->position;
}

const struct exch_stream_info *
exch_journal_in_info(const struct exch_journal_in *j)
{
	return &j->info;
}

bool
exch_journal_in_over(const struct exch_journal_in *j)
{
	return j->over;
}

void
exch_journal_in_close(struct exch_journal_in *j)
{
	if (j == NULL)
		return;
	close_part(j);
	exch_free(j->list.part);
	exch_free(j->dir);
	exch_free(j);
}
