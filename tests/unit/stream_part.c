/*
 * Streams that are begun in the middle or gone on with: every place to begin,
 * every place a file may be cut at, and every bit that may flip in it.
 */
#include <config.h>

#include <stdio.h>
#include <unistd.h>

#include "rec/scan.h"
#include "tap.h"
#include "unit/stream_kit.h"

/* The sample that all is compared with. */
static unsigned char *whole;
static size_t whole_len;
static struct kit_got want;
static uint64_t numbered;

static void
make_whole(void)
{
	whole = kit_whole(5, &whole_len);
	kit_read(whole, whole_len, &want);
	for (size_t at = 0; at < want.len;) {
		uint64_t seq;

		memcpy(&seq, want.p + at, 8);
		at += 8 + exch_rec_len((const void *)(want.p + at + 8));
		numbered += seq != 0;
	}
}

/* Copy the sample, a block after every `every` records. */
static int
copy(struct exch_out *out, struct exch_writer_opts *o, unsigned every,
    uint64_t until, struct exch_diag *d)
{
	const struct exch_rec *rec;
	struct exch_reader *r;
	struct exch_writer *w;
	struct exch_in *in;
	unsigned i = 0;
	int n = 1, err;

	exch_in_mem(whole, whole_len, "mem", &in, d);
	exch_reader_open(in, NULL, &r, d);
	o->copy_of = exch_reader_info(r);
	o->checksum = true;
	err = exch_writer_open(out, o, &w, d);
	while (err == 0 && (n = exch_reader_next(r, &rec, d)) > 0) {
		if (o->at != NULL && exch_reader_position(r) <= o->at->position)
			continue;
		exch_writer_copy(w, rec, exch_reader_seq(r));
		if (++i % every == 0)
			err = exch_writer_end_block(w, d);
		if (until != 0 && exch_reader_position(r) == until)
			break;
	}
	if (err == 0 && n < 0)
		err = n;
	if (err == 0)
		err = exch_writer_close(w, EXCH_STATUS_COMPLETE, d);
	exch_writer_free(w);
	exch_reader_close(r);
	exch_in_close(in);
	return err;
}

/* The numbered records of the sample from `from` up to `until`. */
static bool
is_part(const struct kit_got *g, uint64_t from, uint64_t until)
{
	size_t at = 0, b = 0;
	uint64_t n = 0, seq;

	while (at < want.len) {
		const struct exch_rec *r = (const void *)(want.p + at + 8);
		size_t len = 8 + exch_rec_len(r);

		memcpy(&seq, want.p + at, 8);
		at += len;
		if (seq == 0 || n++ < from || n > until)
			continue;
		for (; b < g->len; b += 8 + exch_rec_len(r)) {
			memcpy(&seq, g->p + b, 8);
			r = (const void *)(g->p + b + 8);
			if (seq != 0)
				break;
		}
		if (g->len - b < len ||
		    memcmp(g->p + b, want.p + at - len, len))
			return false;
		b += len;
	}
	for (; b < g->len; b += 8 + exch_rec_len((void *)(g->p + b + 8))) {
		memcpy(&seq, g->p + b, 8);
		if (seq != 0)
			return false;
	}
	return true;
}

static void
read_part(struct exch_out *o, bool partial, struct kit_got *g)
{
	const unsigned char *p;
	struct exch_in *in;
	size_t n;

	memset(g, 0, sizeof(*g));
	p = exch_out_mem_bytes(o, &n);
	exch_in_mem(p, n, "mem", &in, &g->d);
	kit_read_in(in, partial, g);
	exch_in_close(in);
}

static void
from_everywhere(unsigned every)
{
	unsigned bad = 0, taken = 0;

	for (uint64_t from = 0; from <= numbered; from++) {
		struct exch_writer_opts o = {.from = from};
		struct exch_diag d = {0};
		struct exch_out *out;
		struct kit_got g;

		exch_out_mem(&out);
		bad += copy(out, &o, every, 0, &d) != 0;
		read_part(out, true, &g);
		bad += g.end != 0 || g.status != EXCH_STATUS_COMPLETE ||
		       g.info.position != from || !is_part(&g, from, numbered);
		kit_free(&g);
		read_part(out, false, &g);
		taken += g.end == 0;
		bad += g.end != (from == 0 ? 0 : EXCH_ERR_CUT);
		kit_free(&g);
		exch_out_free(out);
	}
	tap_is_u64(bad, 0, "from every record: the records behind it");
	tap_is_u64(taken, 1, "only a whole stream is one without --partial");
}

static void
from_beyond(void)
{
	struct exch_writer_opts o = {.from = numbered + 1};
	struct exch_diag d = {0};
	struct exch_out *out;

	exch_out_mem(&out);
	tap_is_i64(copy(out, &o, 3, 0, &d), EXCH_ERR_RANGE,
	    "a beginning behind the end is refused");
	exch_out_free(out);
}

/* Text begins there too, and knows the instruments before it. */
static void
from_text(void)
{
	struct exch_writer_opts o = {
	    .format = EXCH_FMT_JSON, .from = numbered / 2};
	struct exch_writer_opts all = {.format = EXCH_FMT_JSON};
	const unsigned char *p, *q, *line;
	struct exch_diag d = {0};
	struct exch_out *a, *b;
	size_t n, k;

	exch_out_mem(&a);
	exch_out_mem(&b);
	copy(a, &all, 5, 0, &d);
	copy(b, &o, 5, 0, &d);
	p = exch_out_mem_bytes(a, &n);
	q = exch_out_mem_bytes(b, &k);
	/* Behind its header line it is the end of the whole text. */
	line = memchr(q, '\n', k);
	k -= (size_t)(line + 1 - q);
	tap_ok(k > 100 && k < n && memcmp(p + n - k, line + 1, k) == 0,
	    "text from the middle is the end of the whole text");
	exch_out_free(a);
	exch_out_free(b);
}

static FILE *
file_of(const void *p, size_t n)
{
	FILE *f = tmpfile();

	if (f != NULL && write(fileno(f), p, n) != (ssize_t)n)
		tap_ok(false, "scratch file");
	return f;
}

static bool
file_is(FILE *f, const unsigned char *p, size_t n)
{
	unsigned char *got = malloc(n + 1);
	ssize_t k = pread(fileno(f), got, n + 1, 0);
	bool same = k == (ssize_t)n && memcmp(got, p, n) == 0;

	free(got);
	return same;
}

/* The sample as a file of several blocks. */
static struct exch_out *
blocks_of(unsigned every, const unsigned char **p, size_t *n)
{
	struct exch_writer_opts o = {.checksum = true};
	struct exch_diag d = {0};
	struct exch_out *out;

	exch_out_mem(&out);
	copy(out, &o, every, 0, &d);
	*p = exch_out_mem_bytes(out, n);
	return out;
}

/* Cut at every byte, go on behind the last whole block: the same file. */
static void
resume_everywhere(void)
{
	unsigned bad = 0, torn = 0, again = 0;
	const unsigned char *p;
	struct exch_out *src;
	size_t n;

	src = blocks_of(9, &p, &n);
	for (size_t cut = 0; cut <= n; cut += 1 + (cut % 3)) {
		FILE *f = file_of(p, cut);
		struct exch_diag d = {0};
		struct exch_out *out;
		struct exch_scan s;

		bad += exch_scan_fd(fileno(f), "f", &s, &d) != 0;
		bad += s.size != cut || (s.status == EXCH_STATUS_UNKNOWN
						? s.torn != cut - s.end.offset
						: cut != n || s.torn != 0);
		torn += s.torn != 0;
		if (s.status == EXCH_STATUS_UNKNOWN) {
			struct exch_writer_opts o = {.have = &s.end};

			bad += ftruncate(fileno(f), (off_t)s.end.offset) != 0;
			lseek(fileno(f), 0, SEEK_END);
			exch_out_fd(fileno(f), EXCH_OUT_PLAIN, "f", &out, &d);
			bad += copy(out, &o, 9, 0, &d) != 0;
			exch_out_free(out);
			again++;
		}
		bad += !file_is(f, p, n);
		fclose(f);
	}
	tap_is_u64(bad, 0, "cut anywhere and gone on with: the same file");
	tap_ok(torn > n / 3 && again > torn, "most places are inside a block");
	exch_out_free(src);
}

/* A copy in parts that follow each other. */
static void
parts(void)
{
	struct exch_stream_point at = {.position = numbered / 3};
	struct exch_writer_opts o = {.at = &at};
	struct exch_diag d = {0};
	struct exch_out *out;
	struct kit_got g;

	exch_out_mem(&out);
	tap_is_i64(copy(out, &o, 4, numbered / 2, &d), 0, "a part is written");
	read_part(out, true, &g);
	tap_ok(g.end == 0 && g.info.position == numbered / 3 &&
		   is_part(&g, numbered / 3, numbered / 2),
	    "and has the records of its place");
	kit_free(&g);
	exch_out_free(out);
}

/* A part that was left without its end: the rest is put behind it. */
static void
part_goes_on(void)
{
	struct exch_stream_point at = {.position = numbered / 3};
	struct exch_writer_opts o = {.at = &at}, more = {0};
	struct exch_diag d = {0};
	struct exch_out *out;
	struct exch_scan s;
	struct kit_got g;
	struct exch_in *in;
	FILE *f = tmpfile();

	exch_out_fd(fileno(f), EXCH_OUT_PLAIN, "f", &out, &d);
	copy(out, &o, 4, numbered / 2, &d);
	exch_out_free(out);
	tap_is_i64(exch_scan_fd(fileno(f), "f", &s, &d), 0, "a part is whole");
	tap_is_u64(s.end.position, numbered / 2, "up to its end");
	tap_is_u64(s.status, EXCH_STATUS_COMPLETE, "and has one");
	tap_is_u64(s.info.position, numbered / 3, "it begins at its place");
	if (ftruncate(fileno(f), (off_t)s.end.offset) != 0)
		tap_ok(false, "cannot cut");
	lseek(fileno(f), 0, SEEK_END);
	more.at = &s.end;
	exch_out_fd(fileno(f), EXCH_OUT_PLAIN, "f", &out, &d);
	tap_is_i64(copy(out, &more, 4, 0, &d), 0, "it is gone on with");
	exch_out_free(out);
	lseek(fileno(f), 0, SEEK_SET);
	exch_in_fd(fileno(f), false, "f", &in, &d);
	kit_read_in(in, true, &g);
	tap_ok(g.end == 0 && is_part(&g, numbered / 3, numbered),
	    "and has all records from its place on");
	kit_free(&g);
	exch_in_close(in);
	fclose(f);
}

/* Every bit of a file: noticed by reader and scan, or without effect. */
static void
every_bit(void)
{
	unsigned read_bad = 0, scan_bad = 0, torn = 0;
	const unsigned char *p;
	struct exch_out *src;
	struct exch_scan good;
	struct exch_diag d = {0};
	unsigned char *b;
	FILE *f;
	size_t n;

	src = blocks_of(40, &p, &n);
	b = malloc(n);
	memcpy(b, p, n);
	f = file_of(p, n);
	exch_scan_fd(fileno(f), "f", &good, &d);
	for (size_t bit = 0; bit < n * 8; bit++) {
		struct exch_scan s;
		struct kit_got g;

		b[bit / 8] ^= (unsigned char)(1u << bit % 8);
		kit_read(b, n, &g);
		read_bad += g.end == 0 && !kit_same(&g, &want);
		kit_free(&g);
		if (pwrite(fileno(f), &b[bit / 8], 1, (off_t)(bit / 8)) != 1)
			scan_bad++;
		memset(&d, 0, sizeof(d));
		if (exch_scan_fd(fileno(f), "f", &s, &d) == 0) {
			torn += s.torn != 0;
			scan_bad += s.torn == 0 &&
				    (s.end.position != good.end.position ||
					s.status != good.status);
		}
		b[bit / 8] ^= (unsigned char)(1u << bit % 8);
		if (pwrite(fileno(f), &b[bit / 8], 1, (off_t)(bit / 8)) != 1)
			scan_bad++;
	}
	tap_is_u64(read_bad, 0, "no flipped bit changes what is read");
	tap_is_u64(scan_bad, 0, "none is taken for a whole file by a scan");
	printf("# %u of %zu flips look like a torn end\n", torn, n * 8);
	/* Lengths in the last header alone may reach beyond the file. */
	tap_ok(torn <= 64, "few look like an interrupted write");
	free(b);
	fclose(f);
	exch_out_free(src);
}

/* Where power was lost, sectors may have stayed zero: that is torn too. */
static void
holes(void)
{
	const unsigned char *p;
	struct exch_out *src = blocks_of(100000, &p, &whole_len);
	size_t n = whole_len;
	struct exch_diag d = {0};
	struct exch_scan s;
	FILE *f = file_of(p, n);
	static const char zero[1024];
	uint64_t before;

	exch_scan_fd(fileno(f), "f", &s, &d);
	before = s.last.offset;
	/* Without its end block, a sector in the last data block missing. */
	if (ftruncate(fileno(f), (off_t)s.end.offset) != 0 ||
	    pwrite(fileno(f), zero, 512, 1024) != 512)
		tap_ok(false, "scratch file");
	tap_is_i64(exch_scan_fd(fileno(f), "f", &s, &d), 0,
	    "a hole in the last block is an interrupted write");
	tap_is_u64(s.end.offset, before, "the block before it is the last");
	/* The same where something follows is damage. */
	if (pwrite(fileno(f), p, n, 0) != (ssize_t)n ||
	    pwrite(fileno(f), zero, 512, 1024) != 512)
		tap_ok(false, "scratch file");
	tap_is_i64(exch_scan_fd(fileno(f), "f", &s, &d), EXCH_ERR_FORMAT,
	    "a hole with a block behind it is damage");
	tap_ok(d.kind == EXCH_POS_BYTE && d.where != 0, "told with its place");
	/* Room that nothing was written to. */
	if (pwrite(fileno(f), p, n, 0) != (ssize_t)n ||
	    ftruncate(fileno(f), (off_t)before) != 0 ||
	    ftruncate(fileno(f), (off_t)before + 70000) != 0)
		tap_ok(false, "scratch file");
	memset(&d, 0, sizeof(d));
	tap_is_i64(exch_scan_fd(fileno(f), "f", &s, &d), 0,
	    "room at the end is an interrupted write");
	tap_is_u64(s.torn, 70000, "all of it");
	fclose(f);
	exch_out_free(src);
}

int
main(void)
{
	make_whole();
	tap_ok(numbered > 200 && want.end == 0, "a sample");
	from_everywhere(7);
	from_everywhere(1);
	from_everywhere(100000);
	from_beyond();
	from_text();
	resume_everywhere();
	parts();
	part_goes_on();
	every_bit();
	holes();
	kit_free(&want);
	free(whole);
	return tap_done();
}
