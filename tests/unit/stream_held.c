/*
 * Writers that hold: released at any place, they have written what a
 * writer writes that was opened there.
 */
#include <config.h>

#include <stdio.h>
#include <unistd.h>

#include "rec/scan.h"
#include "tap.h"
#include "unit/stream_kit.h"

static unsigned char *whole;
static size_t whole_len;
static uint64_t numbered;

/* Blocks are short here, and end after so many records. */
#define EVERY 5

/*
 * A filter over the sample that copies, and says something of its own behind
 * every third record.  With `hold` it is released after `at` records.
 */
static int
filter(struct exch_out *out, const struct exch_writer_opts *want, size_t hold,
    uint64_t at, uint64_t *from, struct exch_diag *d)
{
	struct exch_writer_opts o = *want;
	const struct exch_rec *rec;
	struct exch_reader *r;
	struct exch_writer *w;
	struct exch_in *in;
	unsigned n = 0;
	int err;

	exch_in_mem(whole, whole_len, "mem", &in, d);
	exch_reader_open(in, NULL, &r, d);
	o.upstream = r;
	o.tool = "test";
	o.hold = hold;
	if (hold != 0) {
		o.have = NULL;
		o.from = 0;
	}
	err = exch_writer_open(hold != 0 ? NULL : out, &o, &w, d);
	while (err == 0 && exch_reader_next(r, &rec, d) > 0) {
		if (hold != 0 && n == at) {
			*from = exch_writer_held_from(w);
			err = exch_writer_release(w, out, want, d);
		}
		exch_writer_copy(w, rec, exch_reader_seq(r));
		if (++n % 3 == 0)
			exch_writer_new(w, EXCH_REC_CLOCK, 16, 0, rec->time);
		if (n % 3 == 1)
			exch_writer_new(w, EXCH_REC_ACK,
			    sizeof(struct exch_rec_ack), 1, rec->time);
		if (n % EVERY == 0)
			exch_writer_end_block(w, d);
	}
	if (err == 0)
		err = exch_writer_close(w, EXCH_STATUS_COMPLETE, d);
	numbered = exch_writer_records(w);
	exch_writer_free(w);
	exch_reader_close(r);
	exch_in_close(in);
	return err;
}

static bool
same_bytes(struct exch_out *a, struct exch_out *b)
{
	size_t n, k;
	const unsigned char *p = exch_out_mem_bytes(a, &n);
	const unsigned char *q = exch_out_mem_bytes(b, &k);

	return n == k && memcmp(p, q, n) == 0;
}

/* Every place to begin, released early, in the middle and late. */
static void
from_everywhere(size_t hold)
{
	unsigned bad = 0, refused = 0, same = 0;
	struct exch_diag d = {0};
	struct exch_writer_opts all = {0};
	struct exch_out *out;
	uint64_t held = 0;

	exch_out_mem(&out);
	filter(out, &all, 0, 0, &held, &d);
	exch_out_free(out);
	for (uint64_t from = 0; from <= numbered; from++)
		for (uint64_t at = 0; at < 90; at += 13) {
			struct exch_writer_opts o = {.from = from};
			struct exch_out *a, *b;
			int err;

			memset(&d, 0, sizeof(d));
			exch_out_mem(&a);
			exch_out_mem(&b);
			bad += filter(a, &o, 0, 0, &held, &d) != 0;
			held = 0;
			err = filter(b, &o, hold, at, &held, &d);
			if (err == EXCH_ERR_RANGE && from < held)
				refused++;
			else if (err == 0 && from >= held && same_bytes(a, b))
				same++;
			else
				bad++;
			exch_out_free(a);
			exch_out_free(b);
		}
	printf("# hold %zu: %u the same, %u refused\n", hold, same, refused);
	tap_is_u64(
	    bad, 0, "released anywhere: the bytes of a writer from there");
	tap_ok(same > 0 && (refused > 0) == (hold < 100000),
	    "what is not held any more is refused");
}

/* Released into a file that somebody has left. */
static void
into_file(size_t hold)
{
	struct exch_writer_opts all = {0};
	unsigned bad = 0, same = 0, refused = 0;
	struct exch_diag d = {0};
	const unsigned char *p;
	struct exch_out *ref;
	uint64_t held;
	size_t n;

	all.checksum = true;
	exch_out_mem(&ref);
	filter(ref, &all, 0, 0, &held, &d);
	p = exch_out_mem_bytes(ref, &n);
	for (size_t cut = 0; cut < n; cut += 7) {
		FILE *f = tmpfile();
		unsigned char *got = malloc(n + 1);
		struct exch_writer_opts o = {0};
		struct exch_out *out;
		struct exch_scan s;

		if (f == NULL || write(fileno(f), p, cut) != (ssize_t)cut ||
		    exch_scan_fd(fileno(f), "f", &s, &d) != 0 ||
		    ftruncate(fileno(f), (off_t)s.end.offset) != 0)
			tap_ok(false, "scratch file");
		lseek(fileno(f), 0, SEEK_END);
		if (s.end.blocks != 0)
			o.have = &s.end;
		exch_out_fd(fileno(f), EXCH_OUT_PLAIN, "f", &out, &d);
		if (s.status == EXCH_STATUS_UNKNOWN) {
			int err = filter(out, &o, hold, cut % 90, &held, &d);

			refused += err == EXCH_ERR_RANGE;
			bad += err != 0 && err != EXCH_ERR_RANGE;
		}
		same += pread(fileno(f), got, n + 1, 0) == (ssize_t)n &&
			memcmp(got, p, n) == 0;
		memset(&d, 0, sizeof(d));
		exch_out_free(out);
		free(got);
		fclose(f);
	}
	tap_is_u64(bad, 0, "released into a file that was cut anywhere");
	printf("# hold %zu: %u refused\n", hold, refused);
	tap_is_u64(
	    same + refused, (n + 6) / 7, "which is the undisturbed one then");
	exch_out_free(ref);
}

int
main(void)
{
	whole = kit_whole(EVERY, &whole_len);
	from_everywhere(1);
	from_everywhere(600);
	from_everywhere((size_t)1 << 20);
	into_file(3000);
	into_file((size_t)1 << 20);
	free(whole);
	return tap_done();
}
