/*
 * The binary stream: what is written is read, identity of records, end and
 * status, and that no cut and no flipped bit goes unnoticed.
 */
#include <config.h>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "base/sha256.h"
#include "stream_kit.h"
#include "tap.h"

static struct exch_writer *
writer(struct exch_out *out, bool checksum)
{
	struct exch_writer_opts o = {.tool = "t",
	    .options = "x=1",
	    .checksum = checksum,
	    .digest = true,
	    .date = 20230207};
	struct exch_writer *w = NULL;
	struct exch_diag d = {0};

	if (exch_writer_open(out, &o, &w, &d) != 0)
		printf("# %s\n", d.text);
	return w;
}

/* A few records in two blocks. */
static struct exch_out *
small(bool checksum, enum exch_status status)
{
	struct exch_out *out;
	struct exch_writer *w;
	struct exch_rec_new *n;

	exch_out_mem(&out);
	w = writer(out, checksum);
	kit_instrument(w, 1, "ABC", 2, 0, 10000000);
	n = exch_writer_new(w, EXCH_REC_NEW, sizeof(*n), 1, 7);
	n->order = 1;
	exch_writer_flush(w, NULL);
	for (uint64_t i = 0; i < 3; i++) {
		struct exch_rec_ack *a =
		    exch_writer_new(w, EXCH_REC_ACK, sizeof(*a), 1, 8 + i);

		a->order = i;
	}
	exch_writer_close(w, status, NULL);
	exch_writer_free(w);
	return out;
}

static void
ahead(void)
{
	struct exch_out *out = small(true, EXCH_STATUS_COMPLETE);
	const struct exch_rec *rec, *seen[8];
	struct exch_reader *r;
	struct exch_in *in;
	const unsigned char *p;
	size_t n;

	p = exch_out_mem_bytes(out, &n);
	if (exch_in_mem(p, n, "mem", &in, NULL) != 0 ||
	    exch_reader_open(in, NULL, &r, NULL) != 0)
		abort();
	tap_is_u64(exch_reader_ahead(r, seen, 8), 0, "nothing was read yet");
	while (exch_reader_next(r, &rec, NULL) > 0 && rec->type != EXCH_REC_ACK)
		;
	tap_is_u64(exch_reader_ahead(r, seen, 8), 2, "two of a block are left");
	tap_is_u64(exch_reader_ahead(r, seen, 1), 1, "not more than asked for");
	tap_is_u64(((const struct exch_rec_ack *)(const void *)seen[1])->order,
	    2, "the last of them");
	exch_reader_close(r);
	exch_in_close(in);
	exch_out_free(out);
}

/* True when b holds the first records of a and nothing else. */
static bool
is_prefix(const struct kit_got *b, const struct kit_got *a)
{
	return b->len <= a->len &&
	       (b->len == 0 || memcmp(a->p, b->p, b->len) == 0);
}

static void
cuts(struct exch_out *out, const char *what, bool packed)
{
	struct kit_got all, g;
	unsigned char *copy;
	const unsigned char *p;
	size_t n, unnoticed = 0, strange = 0, wrong_code = 0;

	p = exch_out_mem_bytes(out, &n);
	kit_read(p, n, &all);
	tap_ok(all.end == 0, "the whole stream reads");
	/* All of a small stream; of a long one the ends and a sample. */
	for (size_t len = 0;
	     len<n; len += n> 8000 && len > 300 && len < n - 300 ? 101 : 1) {
		/* A copy of this size, so that ASan sees a step too far. */
		copy = malloc(len > 0 ? len : 1);
		memcpy(copy, p, len);
		kit_read(copy, len, &g);
		unnoticed += g.end == 0;
		strange += !is_prefix(&g, &all);
		/* Magic numbers cut short are no stream at all. */
		wrong_code += g.end != EXCH_ERR_CUT && len >= 4;
		kit_free(&g);
		free(copy);
	}
	/*
	 * A compressed file without its index or its seek table has lost
	 * no record: those two cuts are between frames.
	 */
	tap_is_u64(unnoticed, packed ? 2 : 0, what);
	tap_is_u64(strange, 0, "what came out before the cut is right");
	tap_is_u64(wrong_code, packed ? 2 : 0, "the code says it was cut");
	kit_free(&all);
}

static void
flips(struct exch_out *out)
{
	struct kit_got all, g;
	unsigned char *copy;
	const unsigned char *p;
	size_t n, unnoticed = 0, strange = 0;

	p = exch_out_mem_bytes(out, &n);
	kit_read(p, n, &all);
	copy = malloc(n);
	memcpy(copy, p, n);
	for (size_t bit = 0; bit < 8 * n; bit++) {
		copy[bit / 8] ^= (unsigned char)(1u << bit % 8);
		kit_read(copy, n, &g);
		if (g.end == 0 && unnoticed++ < 5)
			printf("# bit %zu of byte %zu\n", bit % 8, bit / 8);
		strange += !is_prefix(&g, &all);
		kit_free(&g);
		copy[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
	tap_is_u64(unnoticed, 0, "every flipped bit is noticed");
	tap_is_u64(strange, 0, "and nothing damaged is delivered");
	free(copy);
	kit_free(&all);
}

static void
followed(struct exch_out *out)
{
	struct kit_got g;
	unsigned char *copy;
	const unsigned char *p;
	size_t n;

	p = exch_out_mem_bytes(out, &n);
	copy = calloc(n + 1, 1);
	memcpy(copy, p, n);
	kit_read(copy, n + 1, &g);
	tap_is_i64(g.end, EXCH_ERR_FORMAT, "a byte after the end is noticed");
	tap_is_u64(g.d.where, n, "and its place is told");
	kit_free(&g);
	free(copy);
}

/* Layout against the manual, byte by byte, without our own reader. */
static void
layout(void)
{
	struct exch_out *out = small(false, EXCH_STATUS_COMPLETE);
	const unsigned char *p;
	size_t n, at;

	p = exch_out_mem_bytes(out, &n);
	tap_ok(memcmp(p, "XST1H", 5) == 0, "header block first");
	tap_is_u64(exch_le16(p + 6), 0, "without a sequence table");
	tap_is_u64(exch_le32(p + 8), 40, "of 40 bytes");
	tap_is_u64(exch_le16(p + 40), 1, "major 1");
	tap_is_u64(exch_le32(p + 44), 0x01020304, "endian mark");
	tap_is_u64(exch_le32(p + 72), 20230207, "trading date");
	tap_is_u64(p[76], 0xf7, "prices in 10^-9");
	tap_is_u64(p[77], 0xfa, "cash in 10^-6");
	tap_is_u64(p[78], 1, "first tool");
	at = 80;
	tap_ok(memcmp(p + at, "XST1D", 5) == 0, "a data block next");
	tap_is_u64(p[at + 5], 1, "with directory records, no checksum");
	tap_is_u64(exch_le16(p + at + 6), 1, "records of one source");
	tap_is_u64(exch_le32(p + at + 12), 2, "two that count");
	tap_is_u64(exch_le64(p + at + 16), 0, "none before");
	tap_is_u64(p[at + 40], 1, "the source");
	tap_is_u64(exch_le64(p + at + 48), 1, "its first number");
	tap_is_u64(p[at + 56], EXCH_REC_SCHEMA, "first a schema");
	at += 56 + exch_le32(p + at + 8);
	tap_is_u64(exch_le32(p + at + 12), 3, "three in the second block");
	tap_is_u64(exch_le64(p + at + 16), 2, "two before");
	tap_is_u64(exch_le64(p + at + 24), 7, "time of the one before");
	tap_is_u64(exch_le64(p + at + 48), 3, "numbers go on");
	at += 56 + exch_le32(p + at + 8);
	tap_ok(memcmp(p + at, "XST1E", 5) == 0, "the end block last");
	tap_is_u64(exch_le64(p + at + 40), 5, "five records");
	tap_is_u64(exch_le64(p + at + 48), 3, "three blocks before it");
	tap_is_u64(exch_le32(p + at + 56), 0, "complete");
	tap_is_u64(p[at + 64], 1, "source 1");
	tap_is_u64(exch_le64(p + at + 72), 5, "ended with 5");
	tap_is_u64(at + 80, n, "and nothing follows");
	exch_out_free(out);
}

static void
statuses(void)
{
	static const enum exch_status all[] = {EXCH_STATUS_COMPLETE,
	    EXCH_STATUS_UPSTREAM, EXCH_STATUS_ERROR, EXCH_STATUS_SIGNAL};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(all); i++) {
		struct exch_out *out = small(false, all[i]);
		struct kit_got g;
		const unsigned char *p;
		size_t n;

		p = exch_out_mem_bytes(out, &n);
		kit_read(p, n, &g);
		tap_ok(g.end == 0 && g.status == all[i], "end status");
		kit_free(&g);
		exch_out_free(out);
	}
}

/* A pipe without checksums, cut inside a block: whole records come out. */
static void
cut_without_checksum(void)
{
	struct exch_out *out = small(false, EXCH_STATUS_COMPLETE);
	struct exch_in *in;
	struct kit_got all, g;
	const unsigned char *p;
	size_t n;

	p = exch_out_mem_bytes(out, &n);
	kit_read(p, n, &all);
	/* Behind: the end block of 80 bytes, and one and a half acks. */
	kit_read(p, n - 80 - 36, &g);
	tap_is_i64(g.end, EXCH_ERR_CUT, "a cut block is noticed");
	tap_is_u64(g.records, all.records - 2, "its whole records came out");
	tap_is_u64(g.d.where, n - 80 - 36, "the message says where");
	kit_free(&g);
	exch_in_mem(p, n - 80, "mem", &in, NULL);
	kit_read_in(in, true, &g);
	tap_is_i64(g.end, 0, "--partial accepts a missing end");
	tap_ok(g.status == EXCH_STATUS_UNKNOWN, "and does not make one up");
	tap_ok(kit_same(&g, &all), "with all records");
	exch_in_close(in);
	kit_free(&g);
	kit_free(&all);
	exch_out_free(out);
}

static void
versions(void)
{
	struct exch_out *out = small(false, EXCH_STATUS_COMPLETE);
	unsigned char *copy;
	const unsigned char *p;
	struct kit_got g;
	size_t n;

	p = exch_out_mem_bytes(out, &n);
	copy = malloc(n);
	memcpy(copy, p, n);
	copy[40] = 2;
	kit_read(copy, n, &g);
	tap_is_i64(g.end, EXCH_ERR_VERSION, "a newer major is refused");
	kit_free(&g);
	copy[40] = 1;
	copy[42] = 9;
	kit_read(copy, n, &g);
	/* Only the chain in the end block does not know of the change. */
	tap_is_i64(g.end, 0, "a higher minor is read");
	tap_is_u64(g.info.minor, 9, "and told");
	kit_free(&g);
	memcpy(copy, "XST2", 4);
	kit_read(copy, n, &g);
	tap_is_i64(g.end, EXCH_ERR_VERSION, "so is a newer magic");
	kit_free(&g);
	kit_read("hello, world", 12, &g);
	tap_is_i64(g.end, EXCH_ERR_FORMAT, "text is no stream");
	tap_ok(strncmp(g.d.text, "not an exch stream: ", 20) == 0,
	    "and is told so");
	kit_free(&g);
	kit_read("", 0, &g);
	tap_is_i64(g.end, EXCH_ERR_CUT, "neither is nothing");
	kit_free(&g);
	free(copy);
	exch_out_free(out);
}

/* Numbers survive a filter that drops records; a gap is where it dropped. */
static void
identity(void)
{
	struct exch_out *out = kit_sample(EXCH_FMT_BIN, false, 3, NULL);
	struct kit_got g;
	const unsigned char *p;
	uint64_t last[3] = {0, 0, 0};
	size_t n, dropped = 0, back = 0, at = 0;

	p = exch_out_mem_bytes(out, &n);
	kit_read(p, n, &g);
	tap_is_i64(g.end, 0, "a filter's stream reads");
	while (at < g.len) {
		uint64_t seq = exch_le64(g.p + at);
		const struct exch_rec *r = (const void *)(g.p + at + 8);

		at += 8 + exch_rec_len(r);
		if (seq == 0)
			continue;
		if (r->source == 1) {
			back += seq <= last[1] || seq % 7 == 3;
			dropped += seq - last[1] - 1;
		} else {
			back += seq != last[2] + 1;
		}
		last[r->source] = seq;
	}
	tap_is_u64(back, 0, "every record has the number it was given");
	tap_ok(dropped > 20, "those of dropped records are missing");
	tap_is_u64(g.info.source, 2, "the second tool is source 2");
	tap_is_str(g.info.text, "market=test\nmore=1\n",
	    "header lines are handed on and added to");
	tap_is_u64(g.info.date, 20230207, "so is the date");
	kit_free(&g);
	exch_out_free(out);
}

/* Blocks are cut by size; many of them read like one. */
static void
big(void)
{
	struct exch_out *out;
	struct exch_writer *w;
	struct kit_got g;
	const unsigned char *p;
	size_t n, blocks = 0;
	char digest[96], again[96];

	for (int round = 0; round < 2; round++) {
		exch_out_mem(&out);
		w = writer(out, false);
		for (uint64_t i = 0; i < 50000; i++) {
			struct exch_rec_new *r =
			    exch_writer_new(w, EXCH_REC_NEW, sizeof(*r), 1, i);

			r->order = i;
			if (i % 100 == 0)
				exch_writer_ext(w, EXCH_EXT_CAUSE, 1, i);
			/* The second time in many small blocks. */
			if (round == 1 && i % 17 == 0)
				exch_writer_flush(w, NULL);
		}
		exch_writer_close(w, EXCH_STATUS_COMPLETE, NULL);
		exch_writer_digest(w, round == 0 ? digest : again);
		exch_writer_free(w);
		p = exch_out_mem_bytes(out, &n);
		kit_read(p, n, &g);
		tap_is_i64(g.end, 0, "reads");
		tap_is_u64(g.records, 50003, "all of it");
		kit_free(&g);
		for (size_t at = 0; round == 0 && at < n; blocks++)
			at += 40 + 16u * exch_le16(p + at + 6) +
			      exch_le32(p + at + 8);
		exch_out_free(out);
	}
	tap_is_u64(blocks, 12, "header, 10 blocks of 256 KiB, end");
	tap_is_str(again, digest, "the digest does not see blocks");
}

/* FIPS 180-4 over number and record, computed here from what is read. */
static void
digest_is_what_the_manual_says(void)
{
	struct exch_out *out = small(false, EXCH_STATUS_COMPLETE);
	struct exch_diag d;
	struct exch_out *other;
	struct exch_sha256 s;
	struct kit_got g;
	const unsigned char *p;
	unsigned char sum[32];
	char hex[65], want[96], got[96];
	size_t n, at = 0;
	int end;

	p = exch_out_mem_bytes(out, &n);
	kit_read(p, n, &g);
	exch_sha256_init(&s);
	while (at < g.len) {
		const struct exch_rec *r = (const void *)(g.p + at + 8);
		size_t len = 8 + exch_rec_len(r);

		if (!exch_rec_is_framing(r->type))
			exch_sha256_add(&s, g.p + at, len);
		at += len;
	}
	exch_sha256_end(&s, sum);
	exch_sha256_hex(sum, hex);
	snprintf(want, sizeof(want), "sha256:%s 5", hex);
	other = kit_convert(out, EXCH_FMT_BIN, got, &end, &d);
	tap_is_str(got, want, "digest");
	kit_free(&g);
	exch_out_free(out);
	exch_out_free(other);
}

static void
refusals(void)
{
	struct exch_rec_ack a = {
	    .h = {.type = EXCH_REC_ACK, .len8 = 3, .source = 9}};
	struct exch_diag d = {0};
	struct exch_out *out;
	struct exch_writer *w;

	exch_out_mem(&out);
	w = writer(out, false);
	exch_writer_copy(w, &a.h, 5);
	exch_writer_copy(w, &a.h, 7);
	tap_is_i64(exch_writer_error(w, &d), 0, "a gap is fine");
	exch_writer_copy(w, &a.h, 7);
	tap_is_i64(exch_writer_error(w, &d), EXCH_ERR_RANGE,
	    "the same number again is not");
	tap_ok(exch_writer_new(w, EXCH_REC_ACK, 24, 1, 1) != NULL,
	    "records can be made after a failure");
	tap_ok(
	    exch_writer_new_text(w, EXCH_REC_NOTICE, 32, 1, 1, "x", 1) != NULL,
	    "and texts");
	tap_ok(exch_writer_ext(w, 1, 1, 1) != NULL, "and entries");
	tap_is_i64(exch_writer_close(w, EXCH_STATUS_COMPLETE, &d),
	    EXCH_ERR_RANGE, "the first error comes out at the end");
	exch_writer_free(w);
	exch_out_free(out);
}

/* A block that a writer of ours would not make, with right checksums. */
static void
forged(const char *what, void (*change)(unsigned char *body, size_t n))
{
	struct exch_out *out = small(false, EXCH_STATUS_COMPLETE);
	unsigned char *copy, *d;
	const unsigned char *p;
	struct kit_got g;
	size_t n, body;

	p = exch_out_mem_bytes(out, &n);
	copy = malloc(n);
	memcpy(copy, p, n);
	d = copy + 80;
	body = exch_le32(d + 8);
	d += 56 + body; /* the second data block: three acks */
	change(d, exch_le32(d + 8));
	exch_put_le32(d + 36, 0);
	exch_put_le32(d + 36, exch_crc32c(0, d, 56));
	kit_read(copy, n, &g);
	tap_is_i64(g.end, EXCH_ERR_FORMAT, what);
	kit_free(&g);
	free(copy);
	exch_out_free(out);
}

/* In that block: front, the schema of acks, three acks. */
#define ACK (56 + 48)

static void
zero_len(unsigned char *d, size_t n)
{
	(void)n;
	d[ACK + 24 + 1] = 0; /* length in the body: the order id 1 */
}

static void
tiny_len(unsigned char *d, size_t n)
{
	(void)n;
	d[ACK + 1] = 1;
}

static void
long_len(unsigned char *d, size_t n)
{
	(void)n;
	d[ACK + 48 + 1] = 4;
}

static void
other_source(unsigned char *d, size_t n)
{
	(void)n;
	d[ACK + 3] = 7;
}

static void
no_records(unsigned char *d, size_t n)
{
	(void)n;
	d[12] = 2;
}

static void
seq_back(unsigned char *d, size_t n)
{
	(void)n;
	d[48] = 2;
}

static void
position(unsigned char *d, size_t n)
{
	(void)n;
	d[16]++;
}

static void
notice_text(unsigned char *d, size_t n)
{
	/* One notice of 72 bytes whose text is longer than it. */
	(void)n;
	d[ACK] = EXCH_REC_NOTICE;
	d[ACK + 1] = 0;
	memset(d + ACK + 16, 0, 56);
	d[ACK + 16] = 72;
	d[ACK + 24] = 41;
	d[12] = 1;
}

static void
second_header(unsigned char *d, size_t n)
{
	(void)n;
	d[4] = 'H';
}

int
main(void)
{
	struct exch_out *out;

	layout();
	ahead();
	statuses();
	out = small(true, EXCH_STATUS_COMPLETE);
	cuts(out, "every cut is noticed", false);
	flips(out);
	followed(out);
	exch_out_free(out);
	out = kit_sample(EXCH_FMT_BIN, true, 1, NULL);
	cuts(out, "every cut of a compressed stream is noticed", true);
	exch_out_free(out);
	out = kit_sample(EXCH_FMT_JSON, false, 1, NULL);
	cuts(out, "every cut of a JSON stream is noticed", false);
	exch_out_free(out);
	cut_without_checksum();
	versions();
	identity();
	big();
	digest_is_what_the_manual_says();
	refusals();
	forged("a record without a length", zero_len);
	forged("a record shorter than its header", tiny_len);
	forged("a record longer than its block", long_len);
	forged("a record of a source not in the table", other_source);
	forged("another count of records", no_records);
	forged("sequence numbers that go back", seq_back);
	forged("a hole before the block", position);
	forged("a text longer than its record", notice_text);
	forged("a second header", second_header);
	return tap_done();
}
