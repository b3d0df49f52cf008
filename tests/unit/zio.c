/*
 * Bytes in and out: compression recognised, frames one after the other,
 * cuts and damage told, the wait hook, and files that zstd and gzip agree
 * about.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "rec/zio.h"
#include "stream_kit.h"
#include "tap.h"

/* "hello\n" as gzip 1.12 and zstd 1.5.4 wrote it. */
static const unsigned char gz[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xe7, 0x02, 0x00, 0x20,
    0x30, 0x3a, 0x36, 0x06, 0x00, 0x00, 0x00};
static const unsigned char zst[] = {0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x31,
    0x00, 0x00, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 0x0a, 0x53, 0x88, 0xbd, 0x91};

/* Everything that comes out, at most 63 bytes; returns the error. */
static int
all(const void *p, size_t n, char out[64], struct exch_diag *d)
{
	struct exch_in *in;
	size_t len = 0, got = 1;
	int err;

	memset(d, 0, sizeof(*d));
	err = exch_in_mem(p, n, "mem", &in, d);
	while (err == 0 && got > 0) {
		err = exch_in_read(in, out + len, 63 - len, &got, d);
		len += got;
	}
	out[len] = 0;
	exch_in_close(in);
	return err;
}

static void
packed(const unsigned char *one, size_t n, const char *name)
{
	unsigned char buf[128];
	char out[64], what[80];
	struct exch_diag d;
	size_t quiet = 0;

	printf("# %s\n", name);
	snprintf(what, sizeof(what), "%s: unpacks", name);
	tap_ok(all(one, n, out, &d) == 0, what);
	tap_is_str(out, "hello\n", "to what went in");
	memcpy(buf, one, n);
	memcpy(buf + n, one, n);
	tap_ok(all(buf, 2 * n, out, &d) == 0, "two in a row unpack");
	tap_is_str(out, "hello\nhello\n", "to both");
	for (size_t len = 4; len < 2 * n; len++)
		if (len != n)
			quiet += all(buf, len, out, &d) != EXCH_ERR_CUT;
	tap_is_u64(quiet, 0, "every cut is told");
	tap_is_str(out, "hello\nhello\n", "after what was whole");
	memcpy(buf + n, "garbage!", 8);
	tap_ok(all(buf, n + 8, out, &d) == EXCH_ERR_FORMAT, "garbage is told");
	tap_is_str(out, "hello\n", "after what was whole");
	memcpy(buf, one, n);
	buf[n - 5]++;
	tap_ok(all(buf, n, out, &d) == EXCH_ERR_FORMAT,
	    "a wrong checksum is told");
}

static void
skippable(void)
{
	unsigned char buf[64] = {0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3};
	char out[64];
	struct exch_diag d;

	memcpy(buf + 11, zst, sizeof(zst));
	tap_ok(all(buf, 11 + sizeof(zst), out, &d) == 0, "skippable frame");
	tap_is_str(out, "hello\n", "is skipped");
	tap_ok(all("plain", 5, out, &d) == 0, "plain bytes");
	tap_is_str(out, "plain", "are left alone");
	tap_ok(all("", 0, out, &d) == 0, "nothing is nothing");
}

static void
peeking(void)
{
	struct exch_in *in;
	const unsigned char *p;
	char out[8];
	size_t got;

	exch_in_mem(zst, sizeof(zst), "z", &in, NULL);
	exch_in_peek(in, &p, 3, &got, NULL);
	tap_ok(got == 3 && memcmp(p, "hel", 3) == 0, "peek sees plain bytes");
	exch_in_read(in, out, 2, &got, NULL);
	tap_ok(got == 2 && memcmp(out, "he", 2) == 0, "and takes none");
	exch_in_peek(in, &p, 100, &got, NULL);
	tap_ok(got == 4 && memcmp(p, "llo\n", 4) == 0, "the rest");
	tap_is_u64(exch_in_offset(in), 2, "offset counts what was taken");
	exch_in_close(in);
}

static int waits;

static int
stop_third(void *arg, struct exch_diag *d)
{
	(void)arg;
	(void)d;
	return ++waits == 3 ? EXCH_ERR_STOP : 0;
}

static void
waiting(void)
{
	struct exch_in *in;
	char out[8];
	size_t got;
	int fd[2];

	if (pipe(fd) != 0 || write(fd[1], "12345678", 8) != 8)
		return;
	exch_in_fd(fd[0], true, "pipe", &in, NULL);
	exch_in_on_wait(in, stop_third, NULL);
	tap_ok(exch_in_read(in, out, 8, &got, NULL) == 0 && got == 8,
	    "what is there is read");
	tap_is_i64(waits, 0, "without asking the hook");
	tap_is_i64(exch_in_read(in, out, 8, &got, NULL), EXCH_ERR_STOP,
	    "the hook ends a wait");
	tap_is_i64(waits, 3, "after it was asked again");
	(void)!write(fd[1], "x", 1);
	close(fd[1]);
	tap_ok(exch_in_read(in, out, 8, &got, NULL) == 0 && got == 1,
	    "the input can be used on");
	tap_ok(exch_in_read(in, out, 8, &got, NULL) == 0 && got == 0,
	    "to its end");
	exch_in_close(in);
}

/* Exit status of a shell command. */
static int
run(const char *cmd)
{
	int st = system(cmd);

	return WIFEXITED(st) ? WEXITSTATUS(st) : -1;
}

static bool
save(const char *path, const unsigned char *p, size_t n)
{
	FILE *f = fopen(path, "wb");
	bool ok = f != NULL && fwrite(p, 1, n, f) == n;

	return f != NULL && fclose(f) == 0 && ok;
}

/* Every frame is one, and begins with the block that its row says. */
static bool
is_frame(const unsigned char *p, size_t n, const unsigned char *row)
{
	struct exch_in *in;
	char block[40];
	size_t got;
	bool good;

	exch_in_mem(p, n, "f", &in, NULL);
	good = exch_le32(p) == 0xfd2fb528 &&
	       exch_in_read(in, block, 40, &got, NULL) == 0 && got == 40 &&
	       memcmp(block, "XST1", 4) == 0 &&
	       exch_le64(block + 16) == exch_le64(row + 16);
	exch_in_close(in);
	return good;
}

/* The index and the seek table, read as exch-stream(5) describes them. */
static void
tables(const unsigned char *p, size_t n)
{
	uint32_t frames = exch_le32(p + n - 9);
	size_t table = n - 9 - 8u * frames - 8;
	size_t index = 0, at = 0, plain = 0;
	const unsigned char *row;
	unsigned bad = 0;

	tap_is_u64(exch_le32(p + n - 4), 0x8f92eab1, "seekable magic");
	tap_is_u64(p[n - 5], 0, "no checksums in the table");
	tap_is_u64(exch_le32(p + table), 0x184d2a5e, "seek table frame");
	tap_is_u64(exch_le32(p + table + 4), 8u * frames + 9, "its size");
	for (uint32_t i = 0; i < frames; i++)
		index += exch_le32(p + table + 8 + 8 * i);
	tap_is_u64(exch_le32(p + index), 0x184d2a53, "our index frame");
	tap_is_u64(index + 8 + exch_le32(p + index + 4), table,
	    "ends where that begins");
	tap_ok(memcmp(p + index + 8, "XSTI\2\0\x50\0", 8) == 0,
	    "its mark and version");
	tap_is_u64(exch_le64(p + index + 16), frames, "of as many frames");
	tap_is_u64(exch_le64(p + index + 32), 0, "of the file it is in");
	row = p + index + 8 + 80;
	tap_is_u64(row[44], 1, "the first holds directories");
	for (uint32_t i = 0; i < frames; i++) {
		size_t len = exch_le32(p + table + 8 + 8 * i);

		bad += exch_le64(row) != plain || exch_le64(row + 8) != at ||
		       !is_frame(p + at, len, row);
		at += len;
		plain += exch_le32(p + table + 12 + 8 * i);
		row += 48 + 16 * row[45];
	}
	tap_is_u64(bad, 0, "frames begin with blocks and their positions");
	tap_is_u64((size_t)(row - p), table, "rows end where the index does");
	tap_ok(frames > 3, "there are several");
}

static struct exch_out *
long_stream(bool zstd)
{
	struct exch_writer_opts o = {
	    .tool = "t", .options = "", .checksum = true};
	struct exch_out *out;
	struct exch_writer *w;

	if (zstd)
		exch_out_mem_zstd(&out);
	else
		exch_out_mem(&out);
	exch_writer_open(out, &o, &w, NULL);
	for (uint64_t i = 0; i < 40000; i++) {
		struct exch_rec_new *r =
		    exch_writer_new(w, EXCH_REC_NEW, sizeof(*r), 1, i);

		r->order = i;
	}
	exch_writer_close(w, EXCH_STATUS_COMPLETE, NULL);
	exch_writer_free(w);
	return out;
}

static void
files(void)
{
	struct exch_out *plain = long_stream(false);
	struct exch_out *zstd = long_stream(true);
	struct exch_out *again = long_stream(true);
	const unsigned char *p, *z, *q;
	size_t np, nz, nq;
	struct kit_got a, b;

	p = exch_out_mem_bytes(plain, &np);
	z = exch_out_mem_bytes(zstd, &nz);
	q = exch_out_mem_bytes(again, &nq);
	tap_ok(nz == nq && memcmp(z, q, nz) == 0, "the same bytes twice");
	tap_ok(nz < np / 3, "smaller than plain");
	kit_read(p, np, &a);
	kit_read(z, nz, &b);
	tap_ok(
	    a.end == 0 && b.end == 0 && kit_same(&a, &b), "the same records");
	tables(z, nz);
	if (run("zstd -V >/dev/null 2>&1") != 0) {
		tap_skip("zstd -d gives the plain stream", "no zstd");
	} else {
		tap_ok(
		    save("zio.tmp.xst", p, np) && save("zio.tmp.zst", z, nz) &&
			run("zstd -dqc zio.tmp.zst | cmp - zio.tmp.xst") == 0,
		    "zstd -d gives the plain stream");
		(void)unlink("zio.tmp.xst");
		(void)unlink("zio.tmp.zst");
	}
	kit_free(&a);
	kit_free(&b);
	exch_out_free(plain);
	exch_out_free(zstd);
	exch_out_free(again);
}

/* Without marks a frame may end anywhere. */
static void
no_marks(void)
{
	struct exch_out *out;
	struct exch_in *in;
	const unsigned char *p;
	static char big[600000], back[600000];
	size_t n, len = 0, got = 1;

	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)(i * i >> 7);
	exch_out_mem_zstd(&out);
	exch_out_write(out, big, sizeof(big), NULL);
	exch_out_finish(out, NULL);
	exch_out_finish(out, NULL);
	p = exch_out_mem_bytes(out, &n);
	exch_in_mem(p, n, "m", &in, NULL);
	while (
	    got > 0 &&
	    exch_in_read(in, back + len, sizeof(back) - len, &got, NULL) == 0 &&
	    len < sizeof(back))
		len += got;
	tap_ok(len == sizeof(big) && memcmp(big, back, len) == 0,
	    "any bytes come back");
	exch_in_close(in);
	exch_out_free(out);
}

static void
failures(void)
{
	struct exch_diag d = {0};
	struct exch_out *out;
	struct exch_in *in;
	char c;
	size_t got;
	int fd;

	tap_is_i64(exch_in_fd(-1, false, "none", &in, &d), EXCH_ERR_IO,
	    "no such descriptor");
	tap_is_i64(d.sys, EBADF, "errno is kept");
	fd = open("/", O_RDONLY);
	exch_diag_clear(&d);
	tap_is_i64(exch_in_fd(fd, true, "/", &in, &d), 0, "a directory opens");
	tap_is_i64(exch_in_read(in, &c, 1, &got, &d), EXCH_ERR_IO,
	    "but cannot be read");
	exch_in_close(in);
	fd = open("/dev/full", O_WRONLY);
	if (fd < 0) {
		tap_skip("a full disk", "no /dev/full");
		return;
	}
	exch_diag_clear(&d);
	exch_out_fd(fd, EXCH_OUT_PLAIN, "full", &out, &d);
	tap_is_i64(exch_out_write(out, "x", 1, &d), EXCH_ERR_IO,
	    "a full disk is told");
	tap_is_i64(d.sys, ENOSPC, "as such");
	exch_out_free(out);
	close(fd);
}

int
main(void)
{
	packed(gz, sizeof(gz), "gzip");
	packed(zst, sizeof(zst), "zstd");
	skippable();
	peeking();
	waiting();
	files();
	no_marks();
	failures();
	return tap_done();
}
