/*
 * The journal as a library: what was appended comes back, from the start or
 * the middle, over several segments, plain and compressed; and damage at
 * every byte and bit is noticed or harmless.
 */
#include <config.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crc32c.h"
#include "base/image.h"
#include "journal/journal.h"
#include "journal/tail.h"
#include "rec/scan.h"
#include "tap.h"
#include "unit/stream_kit.h"

static char dir[64];
static unsigned char *whole;
static size_t whole_len;
static struct kit_got want;
static uint64_t numbered;

static void
make_whole(void)
{
	whole = kit_whole(9, &whole_len);
	kit_read(whole, whole_len, &want);
}

static void
clean(void)
{
	char cmd[128];

	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", dir);
	if (system(cmd) != 0)
		tap_ok(false, "cannot clean up");
}

/* Append records from where the journal is, at most `n`; end it or not. */
static int
fill(uint64_t segment, uint64_t n, bool end, struct exch_journal_state *state,
    struct exch_diag *d)
{
	struct exch_journal_opts o = {
	    .dir = dir, .segment = segment, .run = "journal-run=test\n"};
	const struct exch_rec *rec;
	struct exch_journal *j;
	struct exch_reader *r;
	struct exch_in *in;
	unsigned i = 0;
	int err;

	exch_in_mem(whole, whole_len, "mem", &in, d);
	exch_reader_open(in, NULL, &r, d);
	err = exch_journal_open(&o, exch_reader_info(r), &j, d);
	if (err != 0)
		goto out;
	*state = *exch_journal_state(j);
	while (err == 0 && exch_reader_next(r, &rec, d) > 0) {
		if (exch_reader_position(r) <= state->position &&
		    (state->position != 0 || exch_reader_seq(r) != 0))
			continue;
		if (exch_reader_position(r) > n)
			break;
		exch_journal_append(j, rec, exch_reader_seq(r));
		if (++i % 11 == 0)
			err = exch_journal_sync(j, NULL, d);
	}
	if (err == 0)
		err = end ? exch_journal_end(j, d)
			  : exch_journal_sync(j, NULL, d);
	exch_journal_close(j);
out:
	exch_reader_close(r);
	exch_in_close(in);
	return err;
}

/* Read it back: 0, or the error. */
static int
read_back(uint64_t from, struct kit_got *g, bool *over, uint64_t *position,
    struct exch_diag *d)
{
	const struct exch_rec *rec;
	struct exch_journal_in *in;
	uint64_t seq;
	int n = exch_journal_in_open(dir, from, &in, d);

	memset(g, 0, sizeof(*g));
	*over = false;
	*position = 0;
	if (n != 0)
		return n;
	while ((n = exch_journal_in_next(in, &rec, &seq, d)) > 0) {
		kit_keep(g, &seq, sizeof(seq));
		kit_keep(g, rec, exch_rec_len(rec));
		g->records++;
	}
	*over = exch_journal_in_over(in);
	*position = exch_journal_in_position(in);
	exch_journal_in_close(in);
	return n;
}

static void
round_trip(uint64_t segment, const char *what)
{
	static const volatile int never;
	struct exch_journal_state s;
	struct exch_diag d = {0};
	struct exch_journal_list l;
	struct kit_got g;
	uint64_t position;
	bool over;

	clean();
	tap_is_i64(fill(segment, UINT64_MAX, true, &s, &d), 0, what);
	tap_is_i64(read_back(0, &g, &over, &position, &d), 0, "read back");
	tap_ok(over && kit_same(&g, &want), "the same records");
	numbered = position;
	kit_free(&g);
	exch_journal_list(dir, &l, &d);
	printf("# %zu segments\n", l.n);
	if (l.n > 2) {
		uint64_t middle = l.part[l.n / 2].position;

		tap_is_i64(read_back(middle + 1, &g, &over, &position, &d), 0,
		    "read from the middle");
		tap_ok(g.len < want.len &&
			   memcmp(g.p, want.p + want.len - g.len, g.len) == 0,
		    "the records behind it");
		kit_free(&g);
		tap_is_i64(exch_journal_pack(dir, &never, &d), 0,
		    "all but the last is compressed");
		tap_is_i64(
		    read_back(0, &g, &over, &position, &d), 0, "and read back");
		tap_ok(kit_same(&g, &want), "the same records");
		kit_free(&g);
	}
	free(l.part);
}

/* Written in many sittings, it is the same. */
static void
in_pieces(void)
{
	struct exch_journal_state s = {0};
	struct exch_diag d = {0};
	struct kit_got g;
	uint64_t position;
	unsigned bad = 0;
	bool over;

	clean();
	for (uint64_t n = 0; n < numbered; n += 37)
		bad += fill(3000, n, false, &s, &d) != 0 || s.over ||
		       s.torn != 0 || s.position != (n < 37 ? 0 : n - 37);
	bad += fill(3000, UINT64_MAX, true, &s, &d) != 0;
	tap_is_u64(bad, 0, "written in many sittings");
	tap_is_i64(read_back(0, &g, &over, &position, &d), 0, "read back");
	tap_is_u64(position, numbered, "all numbered records");
	tap_ok(over, "and its end");
	kit_free(&g);
	tap_is_i64(fill(3000, UINT64_MAX, true, &s, &d), 0, "opened once more");
	tap_ok(s.over && s.position == numbered, "it knows that it is over");
}

/* The bytes of a segment, to be spoiled and put back. */
struct file {
	char path[128];
	unsigned char *p;
	size_t n;
	int fd;
};

static void
open_file(struct file *f)
{
	ssize_t n;

	f->p = malloc(1u << 20);
	f->fd = open(f->path, O_RDWR);
	n = pread(f->fd, f->p, 1u << 20, 0);
	f->n = n > 0 ? (size_t)n : 0;
}

static void
load(struct file *f, uint64_t position)
{
	exch_journal_path(
	    f->path, sizeof(f->path), dir, position, ".xst", NULL);
	open_file(f);
}

static void
unload(struct file *f)
{
	close(f->fd);
	free(f->p);
}

static void
cut(const struct file *f, size_t n)
{
	if (ftruncate(f->fd, (off_t)n) != 0)
		tap_ok(false, "scratch file");
}

/* Bytes of the file as they are in memory. */
static void
put(const struct file *f, size_t at, size_t n)
{
	if (pwrite(f->fd, f->p + at, n, (off_t)at) != (ssize_t)n)
		tap_ok(false, "scratch file");
}

/*
 * Is what comes out right?  An error is; so is the whole; and so, with the
 * end missing, is a front of it.
 */
static bool
noticed(bool may_end, unsigned *errors, unsigned *fronts)
{
	struct exch_diag d = {0};
	struct kit_got g;
	uint64_t position;
	bool over;
	int err = read_back(0, &g, &over, &position, &d);
	bool same = kit_same(&g, &want);
	bool front =
	    g.len <= want.len && (g.len == 0 || !memcmp(g.p, want.p, g.len));

	kit_free(&g);
	*errors += err != 0;
	*fronts += err == 0 && !same;
	if (err != 0)
		return front && d.name[0] != '\0';
	return same || (may_end && front && !over);
}

static void
spoil_everything(void)
{
	unsigned bad = 0, errors = 0, fronts = 0, cuts = 0, flips = 0;
	struct exch_journal_list l;
	struct exch_journal_state s;
	struct exch_diag d = {0};

	clean();
	fill(3000, UINT64_MAX, true, &s, &d);
	exch_journal_list(dir, &l, &d);
	tap_ok(l.n >= 3, "a journal of some segments");
	for (size_t i = 0; i < l.n; i++) {
		struct file f;

		load(&f, l.part[i].position);
		for (size_t n = f.n; n-- > 0; cuts++) {
			cut(&f, n);
			bad += !noticed(i + 1 == l.n, &errors, &fronts);
		}
		put(&f, 0, f.n);
		for (size_t bit = 0; bit < f.n * 8; bit++, flips++) {
			f.p[bit / 8] ^= (unsigned char)(1u << bit % 8);
			put(&f, bit / 8, 1);
			bad += !noticed(i + 1 == l.n, &errors, &fronts);
			f.p[bit / 8] ^= (unsigned char)(1u << bit % 8);
			put(&f, bit / 8, 1);
		}
		unload(&f);
	}
	printf("# %u cuts, %u flips: %u errors, %u fronts\n", cuts, flips,
	    errors, fronts);
	tap_is_u64(
	    bad, 0, "every cut and every flipped bit is noticed or harmless");
	tap_ok(errors > cuts / 2 + flips * 9 / 10, "most are errors");
	free(l.part);
}

/* A segment that is gone, or of somebody else. */
static void
holes(void)
{
	struct exch_journal_list l;
	struct exch_journal_state s;
	struct exch_diag d = {0};
	char path[128];
	struct kit_got g;
	uint64_t position;
	bool over;

	exch_journal_list(dir, &l, &d);
	exch_journal_path(
	    path, sizeof(path), dir, l.part[1].position, ".xst", NULL);
	unlink(path);
	tap_is_i64(read_back(0, &g, &over, &position, &d), EXCH_ERR_CUT,
	    "a segment in the middle is missing");
	kit_free(&g);
	exch_journal_path(
	    path, sizeof(path), dir, l.part[0].position, ".xst", NULL);
	unlink(path);
	memset(&d, 0, sizeof(d));
	tap_is_i64(read_back(0, &g, &over, &position, &d), EXCH_ERR_CUT,
	    "the first segment is missing");
	kit_free(&g);
	free(l.part);
	clean();
	memset(&d, 0, sizeof(d));
	tap_is_i64(read_back(0, &g, &over, &position, &d), EXCH_ERR_ABSENT,
	    "no directory");
	mkdir(dir, 0777);
	memset(&d, 0, sizeof(d));
	tap_is_i64(read_back(0, &g, &over, &position, &d), EXCH_ERR_ABSENT,
	    "nothing in it");
	memset(&d, 0, sizeof(d));
	tap_is_i64(fill(0, UINT64_MAX, false, &s, &d), 0, "filled");
}

/*
 * Half a journal, whose last segment becomes empty; the one before is loaded
 * and scanned.
 */
static void
last_empty(
    struct exch_journal_list *l, struct file *f, struct exch_scan *before)
{
	struct exch_journal_state s;
	struct exch_diag d = {0};

	clean();
	fill(3000, numbered / 2, false, &s, &d);
	exch_journal_list(dir, l, &d);
	load(f, l->part[l->n - 1].position);
	cut(f, 40 + f->p[8] + f->p[9] * 256u);
	unload(f);
	load(f, l->part[l->n - 2].position);
	exch_scan_fd(f->fd, f->path, before, &d);
}

/* Killed between the next segment and the end of the one before. */
static void
half_rotated(void)
{
	struct exch_journal_list l;
	struct exch_journal_state s;
	struct exch_diag d = {0};
	struct exch_scan scan;
	struct file f;
	struct kit_got g;
	uint64_t position;
	bool over;

	last_empty(&l, &f, &scan);
	/* It loses its end. */
	tap_is_u64(scan.status, EXCH_STATUS_CONTINUED, "a closed segment");
	cut(&f, scan.end.offset);
	unload(&f);
	tap_is_i64(fill(3000, UINT64_MAX, true, &s, &d), 0,
	    "gone on with after half a rotation");
	tap_is_u64(s.position, l.part[l.n - 1].position, "at the empty one");
	tap_is_i64(read_back(0, &g, &over, &position, &d), 0, "read back");
	tap_ok(over && position == numbered, "it is whole");
	kit_free(&g);
	free(l.part);
}

/* The checksums of the block at `at`, as they should be. */
static void
seal(struct file *f, size_t at)
{
	struct exch_frame b;

	exch_frame_get(f->p + at, &b);
	b.body_crc = exch_crc32c(0, f->p + at + exch_frame_front(&b), b.body);
	exch_frame_put(f->p + at, &b);
	put(f, 0, f->n);
}

static size_t
end_of(const struct file *f)
{
	struct exch_scan s;
	struct exch_diag d = {0};

	(void)exch_scan_fd(f->fd, f->path, &s, &d); /* the end may be wrong */
	return s.end.offset;
}

/* Is it refused, by reader, follower and writer, with `err`? */
static void
all_refuse(int err, const char *why, const char *what)
{
	struct exch_journal_state s;
	struct exch_tail_block b;
	struct exch_tail *t = NULL;
	struct exch_diag d = {0};
	struct kit_got g;
	uint64_t position;
	bool over;
	int n;

	tap_is_i64(read_back(0, &g, &over, &position, &d), err, what);
	tap_ok(strstr(d.text, why) != NULL, "  and says why");
	kit_free(&g);
	memset(&d, 0, sizeof(d));
	n = exch_tail_open(dir, 0, &t, &d);
	while (n == 0 && (n = exch_tail_next(t, UINT64_MAX, &b, &d)) > 0)
		n = 0;
	tap_ok(n < 0 || !exch_tail_over(t), "  whoever follows as well");
	exch_tail_close(t);
	memset(&d, 0, sizeof(d));
	n = fill(3000, UINT64_MAX, true, &s, &d);
	if (n == 0) {
		n = read_back(0, &g, &over, &position, &d);
		kit_free(&g);
	}
	tap_is_i64(n, err, "  and who would go on with it");
}

/* Whole by its checksums, and wrong all the same. */
static void
wrong_and_whole(void)
{
	struct exch_journal_list l;
	struct exch_journal_state s;
	struct exch_diag d = {0};
	struct file f;
	char *p;

	clean();
	fill(0, UINT64_MAX, true, &s, &d);
	load(&f, 0);
	p = memmem(f.p, 1024, "journal-format=1", 16);
	tap_ok(p != NULL, "a header with its format");
	p[15] = '2';
	seal(&f, 0);
	cut(&f, end_of(&f));
	all_refuse(EXCH_ERR_VERSION, "format 2", "a journal of a newer format");
	p[0] = 'x';
	seal(&f, 0);
	all_refuse(EXCH_ERR_FORMAT, "no segment", "a stream in its place");
	unload(&f);

	clean();
	fill(3000, UINT64_MAX, true, &s, &d);
	exch_journal_list(dir, &l, &d);
	load(&f, l.part[1].position);
	p = (char *)f.p + end_of(&f);
	p[EXCH_FRAME_HEAD + 16] = EXCH_STATUS_COMPLETE;
	seal(&f, end_of(&f));
	all_refuse(EXCH_ERR_FORMAT, "a segment follows",
	    "a segment behind the end of the input");
	cut(&f, end_of(&f));
	all_refuse(EXCH_ERR_FORMAT, "without its end",
	    "a segment in the middle without its end");
	unload(&f);
	free(l.part);
}

/* A block that is lost where a run was killed in a rotation. */
static void
hole_before_empty(void)
{
	struct exch_journal_list l;
	struct exch_journal_state s;
	struct exch_diag d = {0};
	struct exch_scan scan;
	struct stat st;
	struct file f;

	last_empty(&l, &f, &scan);
	cut(&f, scan.last.offset);
	tap_is_i64(fill(3000, UINT64_MAX, true, &s, &d), EXCH_ERR_CUT,
	    "a hole before an empty segment is told");
	tap_ok(strcmp(d.name, f.path) == 0 && d.where == scan.last.offset,
	    "with its place");
	tap_ok(
	    fstat(f.fd, &st) == 0 && (uint64_t)st.st_size == scan.last.offset,
	    "and left as it is");
	unload(&f);
	free(l.part);
}

/* The last segment was removed: its place is waited for, and filled. */
static void
follow_removed(void)
{
	struct exch_journal_list l;
	struct exch_journal_state s;
	struct exch_tail_block b;
	struct exch_tail *t;
	struct exch_diag d = {0};
	char path[128];
	int n;

	for (unsigned packed = 0; packed < 2; packed++) {
		static const volatile int never;

		clean();
		fill(3000, UINT64_MAX, true, &s, &d);
		exch_journal_list(dir, &l, &d);
		if (packed)
			exch_journal_pack(dir, &never, &d);
		exch_journal_path(path, sizeof(path), dir,
		    l.part[l.n - 1].position, ".xst", NULL);
		unlink(path);
		tap_is_i64(exch_tail_open(dir, 0, &t, &d), 0, "followed");
		while ((n = exch_tail_next(t, UINT64_MAX, &b, &d)) > 0)
			;
		tap_ok(n == 0 && !exch_tail_over(t) &&
			   exch_tail_position(t) == l.part[l.n - 1].position,
		    "without its last segment it is not over");
		tap_is_i64(fill(3000, UINT64_MAX, true, &s, &d), 0,
		    "it is gone on with");
		while ((n = exch_tail_next(t, UINT64_MAX, &b, &d)) > 0)
			;
		tap_ok(n == 0 && exch_tail_over(t) &&
			   exch_tail_position(t) == numbered,
		    "and followed to its end");
		exch_tail_close(t);
		free(l.part);
	}
}

/* What is no file where one should be, and names that are none. */
static void
strange_files(void)
{
	struct exch_journal_list l;
	struct exch_journal_state s;
	struct exch_diag d = {0};
	char path[128];
	struct kit_got g;
	uint64_t position;
	bool over;

	clean();
	fill(3000, numbered / 2, false, &s, &d);
	exch_journal_list(dir, &l, &d);
	snprintf(path, sizeof(path), "%s/0000000000077.xst", dir);
	close(open(path, O_WRONLY | O_CREAT, 0666));
	free(l.part);
	exch_journal_list(dir, &l, &d);
	tap_is_i64(read_back(0, &g, &over, &position, &d), 0,
	    "a name with a zero too many is none of a segment");
	kit_free(&g);
	exch_journal_path(
	    path, sizeof(path), dir, l.part[l.n - 1].position, ".xst", NULL);
	unlink(path);
	mkfifo(path, 0666);
	tap_is_i64(read_back(0, &g, &over, &position, &d), EXCH_ERR_FORMAT,
	    "a pipe in place of a segment is not waited for");
	kit_free(&g);
	memset(&d, 0, sizeof(d));
	tap_is_i64(fill(3000, UINT64_MAX, true, &s, &d), EXCH_ERR_FORMAT,
	    "nor written");
	unlink(path);
	close(open(path, O_WRONLY | O_CREAT, 0666));
	memset(&d, 0, sizeof(d));
	tap_is_i64(read_back(0, &g, &over, &position, &d), EXCH_ERR_CUT,
	    "nor is an empty file a segment");
	kit_free(&g);
	free(l.part);
}

/* ---- snapshots ---- */

static unsigned char state[3000];

static int
walk_state(void *arg, struct exch_image *im)
{
	uint64_t *read = arg;

	exch_image_bytes(im, state, sizeof(state));
	*read += im->reading;
	return im->err;
}

static void
make_state(void)
{
	for (size_t i = 0; i < sizeof(state); i++)
		state[i] = (unsigned char)(i * i / 7);
}

static bool
is_state(void)
{
	for (size_t i = 0; i < sizeof(state); i++)
		if (state[i] != (unsigned char)(i * i / 7))
			return false;
	return true;
}

/* A spoiled snapshot is refused, or what it gives is right. */
static bool
refused(const struct exch_snapshot *s, unsigned *harmless)
{
	struct exch_diag d = {0};
	struct exch_snapshot got;
	uint64_t read = 0;

	if (exch_snapshot_check(dir, 77, &d) != 0)
		return d.name[0] != '\0';
	*harmless += 1;
	memset(state, 0, sizeof(state));
	return exch_snapshot_head(dir, 77, &got, &d) == 0 &&
	       memcmp(&got, s, sizeof(got)) == 0 &&
	       exch_snapshot_read(dir, 77, walk_state, &read, &d) == 0 &&
	       is_state();
}

static void
snapshots(void)
{
	struct exch_snapshot s = {
	    .position = 77, .framing = 2, .output = 99, .hash = 5, .run = "r"};
	unsigned bad = 0, harmless = 0;
	uint64_t position[EXCH_SNAPSHOTS], read = 0;
	struct exch_diag d = {0};
	struct file f;
	size_t n;

	clean();
	mkdir(dir, 0777);
	make_state();
	for (uint64_t at = 75; at < 80; at++) {
		s.position = at;
		tap_is_i64(exch_snapshot_write(dir, &s, walk_state, &read, &d),
		    0, "a snapshot is written");
	}
	s.position = 77;
	exch_snapshot_prune(dir, 3, &d);
	tap_is_i64(exch_snapshot_list(dir, position, &n, &d), 0, "listed");
	tap_ok(n == 3 && position[0] == 79 && position[2] == 77,
	    "the newest stay");
	tap_ok(refused(&s, &harmless) && harmless == 1, "it is read back");
	snprintf(f.path, sizeof(f.path), "%s/000000000077.img", dir);
	open_file(&f);
	for (size_t bit = 0; bit < f.n * 8; bit++) {
		f.p[bit / 8] ^= (unsigned char)(1u << bit % 8);
		put(&f, bit / 8, 1);
		bad += !refused(&s, &harmless);
		f.p[bit / 8] ^= (unsigned char)(1u << bit % 8);
		put(&f, bit / 8, 1);
	}
	for (n = f.n; n-- > 0;) {
		cut(&f, n);
		bad += !refused(&s, &harmless);
	}
	printf("# %zu bytes, %u changes are harmless\n", f.n, harmless);
	tap_is_u64(
	    bad, 0, "a snapshot with a flipped bit or cut is refused or right");
	unload(&f);
}

/* Of records that are lost; others will come in their place. */
static void
snapshots_ahead(void)
{
	struct exch_snapshot s = {.run = "r"};
	struct exch_journal_state js;
	uint64_t position[EXCH_SNAPSHOTS], read = 0;
	struct exch_diag d = {0};
	size_t n;

	clean();
	fill(0, 50, false, &js, &d);
	for (uint64_t at = 49; at < 49 + EXCH_SNAPSHOTS + 10; at++) {
		s.position = at;
		exch_snapshot_write(dir, &s, walk_state, &read, &d);
	}
	tap_is_i64(fill(0, 60, false, &js, &d), 0, "gone on with");
	tap_is_i64(exch_snapshot_list(dir, position, &n, &d), 0, "listed");
	tap_ok(n == 2 && position[0] == 50,
	    "snapshots ahead of the journal are gone");
}

int
main(void)
{
	snprintf(dir, sizeof(dir), "/tmp/exch-journal-%ld", (long)getpid());
	make_whole();
	round_trip(0, "one segment");
	round_trip(3000, "several segments");
	in_pieces();
	half_rotated();
	spoil_everything();
	holes();
	wrong_and_whole();
	hole_before_empty();
	follow_removed();
	strange_files();
	snapshots();
	snapshots_ahead();
	clean();
	kit_free(&want);
	free(whole);
	return tap_done();
}
