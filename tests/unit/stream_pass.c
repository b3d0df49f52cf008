/*
 * Blocks that pass whole (exch_writer_pass): what comes out has the records
 * and the errors of a copy record by record, whatever is wrong with a block
 * and wherever bytes come from and go to.
 */
#include <config.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "rec/frame.h"
#include "stream_kit.h"
#include "tap.h"

#define RECORDS 40000

/* A day of orders of two sources, in several blocks. */
struct day {
	unsigned char *p;
	size_t n;
	size_t block[64]; /* where blocks begin */
	unsigned blocks;
};

static void
index_blocks(struct day *day)
{
	struct exch_frame f;

	for (size_t at = 0; at < day->n; day->blocks++) {
		if (exch_frame_get(day->p + at, &f) != NULL)
			abort();
		day->block[day->blocks] = at;
		at += exch_frame_front(&f) + f.body;
	}
}

static void
make(struct day *day, bool checksum)
{
	struct exch_writer_opts o = {
	    .tool = "kit", .start = 1675728000000000000u, .checksum = checksum};
	const unsigned char *p;
	struct exch_writer *w;
	struct exch_out *out;

	memset(day, 0, sizeof(*day));
	exch_out_mem(&out);
	exch_writer_open(out, &o, &w, NULL);
	kit_instrument(w, 1, "ABC", 2, 0, 10000000);
	for (uint64_t i = 0; i < RECORDS; i++) {
		struct exch_rec_new n = {.h = {.type = EXCH_REC_NEW,
					     .len8 = sizeof(n) / 8,
					     .source = (uint8_t)(7 + i % 2),
					     .instr = 1,
					     .time = o.start + i},
		    .order = i,
		    .qty = 100};

		exch_writer_copy(w, &n.h, 1 + i / 2);
	}
	exch_writer_close(w, EXCH_STATUS_COMPLETE, NULL);
	exch_writer_free(w);
	p = exch_out_mem_bytes(out, &day->n);
	day->p = malloc(day->n);
	memcpy(day->p, p, day->n);
	exch_out_free(out);
	index_blocks(day);
}

/* Copy all: blocks where they can pass, if `pass`; how many did. */
static unsigned
copy(struct exch_in *in, struct exch_out *out, bool pass, bool checksum,
    struct exch_diag *d, int *err)
{
	struct exch_writer_opts o = {.tool = "copy", .checksum = checksum};
	const struct exch_rec *rec;
	struct exch_reader *r;
	struct exch_writer *w;
	unsigned passed = 0;
	int n = 1;

	memset(d, 0, sizeof(*d));
	if (exch_reader_open(in, NULL, &r, d) != 0)
		abort();
	o.upstream = r;
	exch_writer_open(out, &o, &w, d);
	while (n > 0) {
		while (pass && (n = exch_writer_pass(w, r, in, d)) > 0)
			passed++;
		if (n >= 0)
			n = exch_reader_next(r, &rec, d);
		if (n > 0)
			exch_writer_copy(w, rec, exch_reader_seq(r));
	}
	*err = n;
	exch_writer_close(
	    w, n == 0 ? EXCH_STATUS_COMPLETE : EXCH_STATUS_ERROR, NULL);
	exch_writer_free(w);
	exch_reader_close(r);
	return passed;
}

static void
read_out(const struct exch_out *out, struct kit_got *g)
{
	size_t n;
	const unsigned char *p = exch_out_mem_bytes(out, &n);

	kit_read(p, n, g);
}

/* What a copy record by record has, or one of whole blocks. */
static unsigned
copied(const struct day *day, size_t n, bool pass, bool checksum,
    struct kit_got *g, struct exch_diag *d, int *err)
{
	struct exch_out *out;
	struct exch_in *in;
	unsigned passed;

	exch_out_mem(&out);
	exch_in_mem(day->p, n, "day", &in, NULL);
	passed = copy(in, out, pass, checksum, d, err);
	exch_in_close(in);
	read_out(out, g);
	exch_out_free(out);
	return passed;
}

/* Both ways; how many blocks passed. */
static unsigned
compare(const struct day *day, size_t n, bool checksum, const char *what)
{
	struct exch_diag d1, d2;
	struct kit_got a, b;
	unsigned passed;
	int e1, e2;
	bool same;

	(void)copied(day, n, false, checksum, &a, &d1, &e1);
	passed = copied(day, n, true, checksum, &b, &d2, &e2);
	same = e1 == e2 && d1.where == d2.where &&
	       strcmp(d1.text, d2.text) == 0 && a.end == 0 && b.end == 0 &&
	       a.status == b.status && kit_same(&a, &b);
	if (!same)
		printf("# %d %d, %s, %s; %zu %zu records, ends %d %d\n", e1, e2,
		    d1.text, d2.text, a.records, b.records, a.end, b.end);
	tap_ok(same, what);
	kit_free(&a);
	kit_free(&b);
	return passed;
}

static void
whole(void)
{
	struct day sure, bare;

	make(&sure, true);
	make(&bare, false);
	tap_ok(sure.blocks > 6, "a day has several blocks");
	/* The first has a directory; the last of the orders may be short. */
	tap_ok(
	    compare(&sure, sure.n, false, "with checksums") + 4 >= sure.blocks,
	    "all but the ends pass");
	tap_ok(
	    compare(&sure, sure.n, true, "into checksums") + 4 >= sure.blocks,
	    "all but the ends pass");
	tap_ok(compare(&bare, bare.n, false, "without checksums") + 4 >=
		   bare.blocks,
	    "all but the ends pass");
	tap_is_u64(compare(&bare, bare.n, true, "made on the way"), 0,
	    "what lacks a checksum that is wanted does not pass");
	free(sure.p);
	free(bare.p);
}

static void
cuts(void)
{
	struct day day;
	const size_t *at;

	make(&day, true);
	at = day.block;
	(void)compare(&day, at[3], false, "cut behind a block");
	(void)compare(&day, at[3] + 20, false, "cut in a header");
	(void)compare(&day, at[3] + 50, false, "cut in a table");
	(void)compare(&day, at[3] + 9000, false, "cut in a body");
	(void)compare(&day, at[day.blocks - 1], false, "no end");
	free(day.p);
}

/* The checksums of a block are those of what it has become. */
static void
seal(unsigned char *block, uint32_t records)
{
	struct exch_frame f;

	exch_frame_get(block, &f);
	f.records = records != 0 ? records : f.records;
	f.body_crc = exch_crc32c(0, block + exch_frame_front(&f), f.body);
	exch_frame_put(block, &f);
}

/* Something wrong with block 3 or in the middle of it. */
static void
wrong(const char *what, size_t at, uint8_t value, bool sealed)
{
	unsigned char *block;
	struct exch_frame f;
	struct day day;
	unsigned passed;
	char text[80];

	make(&day, true);
	block = day.p + day.block[3];
	exch_frame_get(block, &f);
	/* A record in the middle, or the front. */
	if (at < 48)
		at += exch_frame_front(&f) + 1000 * sizeof(struct exch_rec_new);
	else
		at -= 48;
	block[at] = value;
	if (sealed)
		seal(block, 0);
	passed = compare(&day, day.n, false, what);
	snprintf(text, sizeof(text), "%s: blocks before pass", what);
	tap_ok(passed >= 1 && passed < day.blocks - 3, text);
	free(day.p);
}

static void
damage(void)
{
	unsigned char *block;
	struct exch_frame f;
	struct day day;

	wrong("a wrong checksum", 20, 0xaa, false);
	wrong("a wrong header", 48 + 12, 0xaa, false);
	wrong("no magic", 48, 'Y', false);
	wrong("a record without length", 1, 0, true);
	wrong("a record too short", 1, 1, true);
	wrong("a record too long", 1, 0xff, true);
	wrong("a source that the block lacks", 3, 9, true);
	wrong("a directory record", 0, EXCH_REC_INSTRUMENT, true);
	wrong("a record of framing", 0, EXCH_REC_CLOCK, true);
	make(&day, true);
	block = day.p + day.block[3];
	exch_frame_get(block, &f);
	seal(block, f.records + 1);
	(void)compare(&day, day.n, false, "other records than it says");
	free(day.p);
}

/* ---- files and pipes ---- */

#define TEMP "stream_pass.tmp"

static int
temp_file(const void *p, size_t n)
{
	int fd = open(TEMP, O_RDWR | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, p, n) != (ssize_t)n || lseek(fd, 0, 0) != 0)
		abort();
	(void)unlink(TEMP);
	return fd;
}

/* Through a pipe of so many bytes, from another process. */
static void
through(const struct day *day, int skip, int size, const char *what)
{
	struct exch_in *in;
	struct exch_diag d;
	struct kit_got a, b;
	int p[2], err = 1, status = 1;
	pid_t child;

	(void)copied(day, day->n, false, false, &a, &d, &err);
	if (pipe(p) != 0)
		abort();
	child = fork();
	if (child == 0) {
		int fd = temp_file(day->p - skip, day->n + (size_t)skip);
		struct exch_out *out;
		unsigned passed;

		close(p[0]);
		(void)lseek(fd, skip, SEEK_SET);
		exch_out_fd(p[1], EXCH_OUT_PLAIN, "pipe", &out, NULL);
#ifdef F_SETPIPE_SZ
		(void)fcntl(p[1], F_SETPIPE_SZ, size);
#endif
		exch_in_fd(fd, true, "file", &in, NULL);
		passed = copy(in, out, true, false, &d, &err);
		_exit(err != 0 || passed + 4 < day->blocks);
	}
	close(p[1]);
	exch_in_fd(p[0], true, "pipe", &in, NULL);
#ifdef F_SETPIPE_SZ
	(void)fcntl(p[0], F_SETPIPE_SZ, size);
#endif
	kit_read_in(in, false, &b);
	exch_in_close(in);
	(void)waitpid(child, &status, 0);
	tap_ok(b.end == 0 && b.status == a.status && kit_same(&a, &b), what);
	tap_is_i64(status, 0, "in whole blocks");
	kit_free(&a);
	kit_free(&b);
}

static void
pipes(void)
{
	struct day day;

	make(&day, true);
	through(&day, 0, 1 << 20, "a file into a pipe");
	through(&day, 0, 4096, "a pipe of one page");
	/* Somebody has read the first bytes of standard input. */
	day.p = realloc(day.p, day.n + 13);
	memmove(day.p + 13, day.p, day.n);
	day.p += 13;
	through(&day, 13, 1 << 20, "a file from its middle on");
	free(day.p - 13);
}

/* Does the system itself move bytes of a file here into a pipe? */
static bool
can_splice(void)
{
	bool can = false;
#ifdef SPLICE_F_MOVE
	int fd = temp_file("abcd", 4), p[2];

	if (pipe(p) != 0)
		abort();
	can = splice(fd, &(off_t){1}, p[1], NULL, 2, 0) == 2;
	close(p[0]);
	close(p[1]);
	close(fd);
#endif
	return can;
}

/* What move() brings: of the file, or of memory. */
static void
moved(size_t file, size_t n, bool piped, const char *want, const char *what)
{
	char f[16], got[16] = "";
	struct exch_out *out;
	int fd, p[2];

	memset(f, 'f', sizeof(f));
	fd = temp_file(f, file);
	if (pipe(p) != 0)
		abort();
	if (!piped) {
		close(p[1]);
		p[1] = temp_file("", 0);
	}
	exch_out_fd(p[1], EXCH_OUT_PLAIN, "out", &out, NULL);
	exch_out_move(out, fd, 2, "mmmmmmmm", n, NULL);
	exch_out_free(out);
	if (!piped) {
		close(p[0]);
		p[0] = dup(p[1]);
		(void)lseek(p[0], 0, SEEK_SET);
	}
	close(p[1]);
	if (read(p[0], got, sizeof(got) - 1) < 0)
		got[0] = '!';
	close(p[0]);
	close(fd);
	if (want[0] == 'f' && !can_splice())
		tap_skip(what, "files here are not moved into pipes");
	else
		tap_is_str(got, want, what);
}

static void
moves(void)
{
	moved(16, 8, true, "ffffffff", "the kernel brings a file's bytes");
	moved(6, 8, true, "ffffmmmm", "what it lacks is written");
	moved(1, 8, true, "mmmmmmmm", "all of it, if need be");
	moved(16, 8, false, "mmmmmmmm", "into a file they are written");
}

/* ---- a stop while it is asked whether anything is behind the end ---- */

/* The bytes of a day; where there are no more, stops first. */
struct source {
	const struct day *day;
	size_t at;
	unsigned stops;
	bool ended;
};

static int
give(void *arg, unsigned char *p, size_t n, size_t *got, struct exch_diag *d)
{
	struct source *s = arg;

	(void)d;
	*got = s->day->n - s->at < n ? s->day->n - s->at : n;
	memcpy(p, s->day->p + s->at, *got);
	s->at += *got;
	if (*got > 0)
		return EXCH_OK;
	if (s->stops > 0) {
		s->stops--;
		return EXCH_ERR_STOP;
	}
	s->ended = true;
	return EXCH_OK;
}

static void
nothing(void *arg)
{
	(void)arg;
}

/* It is the end only when the source has said so. */
static void
stopped(bool pass, const char *what)
{
	struct day day;
	struct source s = {.day = &day, .stops = 3};
	struct exch_in_source from = {give, nothing, &s};
	const struct exch_rec *rec;
	struct exch_reader_whole b;
	struct exch_reader *r;
	struct exch_in *in;
	struct exch_diag d;
	unsigned stops = 0;
	int n = 1;

	make(&day, true);
	exch_in_from(&from, "source", &in, &d);
	if (exch_reader_open(in, NULL, &r, &d) != 0)
		abort();
	while (n > 0 || n == EXCH_ERR_STOP) {
		while (pass && exch_reader_whole(r, &b))
			exch_reader_take(r, &b);
		n = exch_reader_next(r, &rec, &d);
		stops += n == EXCH_ERR_STOP;
	}
	tap_ok(n == 0 && s.ended && stops > 0, what);
	tap_is_u64(exch_reader_position(r), RECORDS + 1, "all records");
	tap_is_i64(exch_reader_status(r), EXCH_STATUS_COMPLETE, "and its end");
	exch_reader_close(r);
	exch_in_close(in);
	free(day.p);
}

int
main(void)
{
	whole();
	cuts();
	damage();
	stopped(false, "a stop behind the end block is no end");
	stopped(true, "nor is it where blocks pass whole");
	pipes();
	moves();
	return tap_done();
}
