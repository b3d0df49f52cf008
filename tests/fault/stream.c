/*
 * The record stream when the system refuses: the n-th allocation, read or
 * write fails, for n = 1, 2, ... until none does.  Every failure has to
 * come out as an error with a sentence, and nothing may leak or crash
 * (the sanitizers' build sees that).
 */
#include <config.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "unit/stream_kit.h"
#include "tap.h"

/* The linker sends the library's calls here (--wrap). */
ssize_t __real_read(int fd, void *p, size_t n);
ssize_t __real_write(int fd, const void *p, size_t n);
ssize_t __wrap_read(int fd, void *p, size_t n);
ssize_t __wrap_write(int fd, const void *p, size_t n);

static long read_fails; /* counts down; the one that reaches 0 fails */
static long write_fails;
static bool trickle; /* one byte at a time */
static bool interrupted;

ssize_t
__wrap_read(int fd, void *p, size_t n)
{
	if (read_fails > 0 && --read_fails == 0) {
		errno = EIO;
		return -1;
	}
	/* Every other call is interrupted before anything was read. */
	if (interrupted && (errno = EINTR, random() % 2 == 0))
		return -1;
	return __real_read(fd, p, trickle && n > 7 ? 7 : n);
}

ssize_t
__wrap_write(int fd, const void *p, size_t n)
{
	if (write_fails > 0 && --write_fails == 0) {
		errno = ENOSPC;
		return -1;
	}
	if (interrupted && (errno = EINTR, random() % 2 == 0))
		return -1;
	return __real_write(fd, p, trickle && n > 1000 ? 1000 : n);
}

/*
 * A stream from one descriptor to another, through the given form.  The
 * first error, with its diagnosis in *d.
 */
static int
pass(int from, int to, enum exch_out_kind kind, enum exch_format format,
    char digest[96], struct exch_diag *d)
{
	struct exch_writer_opts o = {.tool = "pass",
	    .options = "",
	    .format = format,
	    .csv_multi = true,
	    .digest = true};
	const struct exch_rec *rec;
	struct exch_writer *w = NULL;
	struct exch_reader *r = NULL;
	struct exch_out *out = NULL;
	struct exch_in *in = NULL;
	int err, n;

	memset(d, 0, sizeof(*d));
	err = exch_in_fd(from, false, "in", &in, d);
	if (err == 0)
		err = exch_out_fd(to, kind, "out", &out, d);
	if (err == 0)
		err = exch_reader_open(in, NULL, &r, d);
	o.upstream = r;
	if (err == 0)
		err = exch_writer_open(out, &o, &w, d);
	while (err == 0) {
		n = exch_reader_next(r, &rec, d);
		if (n <= 0) {
			err = n;
			break;
		}
		exch_writer_copy(w, rec, exch_reader_seq(r));
	}
	if (err == 0)
		err = exch_writer_close(w, EXCH_STATUS_COMPLETE, d);
	if (err == 0)
		err = exch_writer_digest(w, digest);
	exch_writer_free(w);
	exch_reader_close(r);
	exch_out_free(out);
	exch_in_close(in);
	return err;
}

static FILE *
sample(enum exch_format format, bool zstd)
{
	struct exch_out *o = kit_sample(format, zstd, 1, NULL);
	const unsigned char *p;
	FILE *f = tmpfile();
	size_t n;

	p = exch_out_mem_bytes(o, &n);
	if (f == NULL || fwrite(p, 1, n, f) != n || fflush(f) != 0)
		exit(1);
	exch_out_free(o);
	return f;
}

enum what { ALLOC, READ, WRITE };

static int
once(FILE *f, enum exch_out_kind kind, enum exch_format format, char digest[96],
    struct exch_diag *d)
{
	FILE *to = tmpfile();
	int err;

	if (to == NULL || lseek(fileno(f), 0, SEEK_SET) != 0)
		exit(1);
	err = pass(fileno(f), fileno(to), kind, format, digest, d);
	fclose(to);
	return err;
}

/* Let the n-th fail until nothing does any more. */
static void
all(enum what what, FILE *f, enum exch_out_kind kind, enum exch_format format,
    const char *name)
{
	static const char *const words[] = {"allocation", "read", "write"};
	const int want = what == ALLOC ? EXCH_ERR_NOMEM : EXCH_ERR_IO;
	char digest[96], whole[96], line[128];
	unsigned wrong = 0, n;
	struct exch_diag d;
	int err = 1;

	if (once(f, kind, format, whole, &d) != 0)
		printf("# %s\n", d.text);
	for (n = 1; err != 0 && n < 3000; n++) {
		exch_alloc_fail_at(what == ALLOC ? n : 0);
		read_fails = what == READ ? n : 0;
		write_fails = what == WRITE ? n : 0;
		digest[0] = 0;
		err = once(f, kind, format, digest, &d);
		exch_alloc_fail_at(0);
		if (err != 0 && (err != want || d.text[0] == 0) && wrong++ < 3)
			printf("# %u: %d %s\n", n, err, d.text);
	}
	read_fails = write_fails = 0;
	snprintf(line, sizeof(line), "%s: the n-th %s fails, up to %u", name,
	    words[what], n - 2);
	tap_is_u64(wrong, 0, line);
	tap_ok(n > 2 && err == 0, "then it works");
	tap_is_str(digest, whole, "and gives the same");
}

static void
form(enum exch_format from, bool zstd, enum exch_format to, bool pack,
    const char *name)
{
	FILE *f = sample(from, zstd);
	enum exch_out_kind kind = pack ? EXCH_OUT_ZSTD : EXCH_OUT_PLAIN;

	all(ALLOC, f, kind, to, name);
	all(READ, f, kind, to, name);
	all(WRITE, f, kind, to, name);
	fclose(f);
}

int
main(void)
{
	char digest[96], again[96];
	struct exch_diag d;
	FILE *f;

	form(EXCH_FMT_BIN, false, EXCH_FMT_BIN, false, "binary");
	form(EXCH_FMT_BIN, true, EXCH_FMT_BIN, true, "zstd");
	form(EXCH_FMT_BIN, false, EXCH_FMT_JSON, false, "to JSON");
	form(EXCH_FMT_BIN, false, EXCH_FMT_CSV, false, "to CSV");
	form(EXCH_FMT_BIN, false, EXCH_FMT_TEXT, false, "to text");
	form(EXCH_FMT_JSON, false, EXCH_FMT_BIN, false, "from JSON");
	form(EXCH_FMT_CSV, false, EXCH_FMT_BIN, false, "from CSV");
	f = sample(EXCH_FMT_BIN, false);
	once(f, EXCH_OUT_PLAIN, EXCH_FMT_BIN, digest, &d);
	trickle = interrupted = true;
	tap_ok(once(f, EXCH_OUT_PLAIN, EXCH_FMT_BIN, again, &d) == 0,
	    "seven bytes at a time, with signals between them");
	tap_is_str(again, digest, "give the same");
	fclose(f);
	return tap_done();
}
