/*
 * For the tests of the record stream: a sample stream that has everything
 * in it once, and a reader that collects what a stream holds.
 */
#ifndef EXCH_TESTS_STREAM_KIT_H
#define EXCH_TESTS_STREAM_KIT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "rec/known.h"
#include "rec/stream.h"

/* What a stream held: u64 seq and record, one after the other. */
struct kit_got {
	unsigned char *p;
	size_t len;
	size_t cap;
	size_t records;
	int end; /* what the last exch_reader_next returned */
	enum exch_status status;
	struct exch_stream_info info;
	struct exch_diag d;
};

static inline void
kit_free(struct kit_got *g)
{
	free(g->p);
	memset(g, 0, sizeof(*g));
}

static inline void
kit_keep(struct kit_got *g, const void *p, size_t n)
{
	if (g->cap - g->len < n) {
		g->cap = 2 * (g->len + n) + 4096;
		g->p = realloc(g->p, g->cap);
	}
	memcpy(g->p + g->len, p, n);
	g->len += n;
}

/* What is looked at ahead is what comes. */
static inline int
kit_next(
    struct exch_reader *r, const struct exch_rec **rec, struct exch_diag *d)
{
	const struct exch_rec *ahead[3] = {NULL};
	size_t k = exch_reader_ahead(r, ahead, 3);
	int n = exch_reader_next(r, rec, d);

	if (k > 0 && n > 0 && *rec != ahead[0]) {
		printf("Bail out! another record than looked at\n");
		abort();
	}
	return n;
}

static inline void
kit_read_in(struct exch_in *in, bool partial, struct kit_got *g)
{
	struct exch_reader_opts o = {.partial = partial};
	struct exch_reader *r;
	const struct exch_rec *rec;

	memset(g, 0, sizeof(*g));
	g->end = exch_reader_open(in, &o, &r, &g->d);
	g->status = EXCH_STATUS_UNKNOWN;
	if (g->end != 0)
		return;
	while ((g->end = kit_next(r, &rec, &g->d)) > 0) {
		uint64_t seq = exch_reader_seq(r);

		kit_keep(g, &seq, sizeof(seq));
		kit_keep(g, rec, exch_rec_len(rec));
		g->records++;
	}
	g->status = exch_reader_status(r);
	g->info = *exch_reader_info(r);
	exch_reader_close(r);
}

static inline void
kit_read(const void *p, size_t n, struct kit_got *g)
{
	struct exch_in *in;

	memset(g, 0, sizeof(*g));
	g->end = exch_in_mem(p, n, "mem", &in, &g->d);
	if (g->end != 0)
		return;
	kit_read_in(in, false, g);
	exch_in_close(in);
}

static inline bool
kit_same(const struct kit_got *a, const struct kit_got *b)
{
	return a->len == b->len && memcmp(a->p, b->p, a->len) == 0;
}

static inline void
kit_instrument(struct exch_writer *w, uint32_t id, const char *symbol,
    int decimals, int exponent, exch_px tick)
{
	struct exch_rec_instrument *e = exch_writer_new(
	    w, EXCH_REC_INSTRUMENT, sizeof(*e), id, 1675762200000000000u);

	memcpy(e->symbol, symbol, strlen(symbol));
	memcpy(e->isin, "CNE0000018R8", 12);
	memcpy(e->mic, "XSHG", 4);
	memcpy(e->currency, "CNY", 3);
	e->px_decimals = (uint8_t)decimals;
	e->qty_exponent = (int8_t)exponent;
	e->tick = tick;
	e->lot = 1;
	e->max_qty = EXCH_QTY_NONE;
	e->reference = EXCH_PX_NONE;
	e->strike = EXCH_PX_NONE;
	e->multiplier = EXCH_PX_ONE;
	e->expiry = id == 2 ? 20231229 : 0;
}

/* Fields of a type, each byte random but nothing in the padding. */
static inline void
kit_random_fields(struct exch_rec *r, struct exch_rng *rng)
{
	const struct exch_schema *s = exch_schema_of(r->type);
	unsigned char *p = (unsigned char *)r;

	for (unsigned i = 0; i < s->nfields; i++) {
		const struct exch_field *f = &s->field[i];

		if (f->kind == EXCH_K_TEXT)
			continue;
		for (size_t k = 0; k < exch_kind_size(f->kind); k++)
			p[f->off + k] = (unsigned char)exch_rng_u64(rng);
	}
}

/* Fields with the values at the edges of their kinds. */
static inline void
kit_edge_fields(struct exch_rec *r, unsigned which)
{
	const struct exch_schema *s = exch_schema_of(r->type);
	unsigned char *p = (unsigned char *)r;

	for (unsigned i = 0; i < s->nfields; i++) {
		const struct exch_field *f = &s->field[i];
		size_t n = exch_kind_size(f->kind);

		if (f->kind == EXCH_K_TEXT)
			continue;
		memset(p + f->off, which == 0 ? 0 : 0xff, n);
		if (which == 2 && n == 8)
			p[f->off + 7] = 0x7f; /* INT64_MAX */
		if (which == 3 && n == 8) {
			memset(p + f->off, 0, n);
			p[f->off + 7] = 0x80; /* INT64_MIN */
		}
	}
}

/* A schema nobody was built with, and records of it and of no schema. */
static inline void
kit_unknown(struct exch_writer *w)
{
	static const char text[] = "thing size:qty@16 level:px@24 "
				   "mark:code8@32 tag:c12@36 when:ts@48";
	struct exch_rec_schema *s = exch_writer_new_text(
	    w, EXCH_REC_SCHEMA, sizeof(*s), 0, 0, text, sizeof(text) - 1);
	unsigned char *r;

	s->rtype = 0x91;
	s->version = 3;
	for (unsigned i = 0; i < 3; i++) {
		r = exch_writer_new(w, 0x91, 56, 2, 1675762200000000007u);
		r[16] = 200;
		r[31] = 0x80;
		memcpy(r + 36, "a,\"b\n", 5);
		r[48] = 9;
		if (i == 1)
			r[34] = 1; /* in a gap: cannot be shown by fields */
	}
	r = exch_writer_new(w, 0x92, 40, 1, 1675762200000000008u);
	memset(r + 16, 0xa5, 24);
	r = exch_writer_new(w, 0x93, 2048, 1, 1675762200000000008u);
	memset(r + 24, 0x5a, 2024);
	(void)exch_writer_new(w, 0x94, 16, 1, 1675762200000000008u);
}

static inline void
kit_texts(struct exch_writer *w)
{
	static const char *const texts[] = {"", "plain", "comma, \"quote\"",
	    "line\nand\r\ttab", " blanks ", "\xc3\xa4\xe2\x82\xac",
	    "\xff\xfe broken \xc3", "12345678", "\x7f\x01", "\\u0041"};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(texts); i++) {
		struct exch_rec_notice *r =
		    exch_writer_new_text(w, EXCH_REC_NOTICE, sizeof(*r), 1,
			1675762200000000001u, texts[i], strlen(texts[i]));

		r->h.flags |= EXCH_F_SNAPSHOT;
		if (i == 3)
			(void)exch_writer_ext(w, EXCH_EXT_CAUSE, 4, 0);
	}
}

/* Records whose shape no writer of ours makes. */
static inline void
kit_odd(struct exch_writer *w)
{
	struct exch_rec_ack *a;
	struct exch_rec_exec *e;
	unsigned char *p;

	/* A longer record of a known type, and one with a dirty gap. */
	p = exch_writer_new(w, EXCH_REC_ACK, 40, 1, 5);
	memset(p + 24, 0x77, 16);
	e = exch_writer_new(w, EXCH_REC_EXEC, sizeof(*e), 1, 5);
	e->zero[5] = 1;
	/* Shorter than its type. */
	(void)exch_writer_new(w, EXCH_REC_EXEC, 24, 1, 5);
	/* Times beyond dates. */
	(void)exch_writer_new(w, EXCH_REC_ACK, sizeof(*a), 1, EXCH_TS_NONE);
	(void)exch_writer_new(
	    w, EXCH_REC_ACK, sizeof(*a), 1, UINT64_C(18429292799999999999));
	(void)exch_writer_new(
	    w, EXCH_REC_ACK, sizeof(*a), 1, UINT64_C(18429292800000000000));
	/* Flag without entries; entries; and entries that are none. */
	a = exch_writer_new(w, EXCH_REC_ACK, sizeof(*a), 1, 5);
	a->h.flags = EXCH_F_EXT | EXCH_F_LAST | 0x40;
	a = exch_writer_new(w, EXCH_REC_ACK, sizeof(*a), 2, 5);
	a = exch_writer_ext(w, EXCH_EXT_CAUSE, 3, 0);
	a = exch_writer_ext(w, EXCH_EXT_CAPTURE_TIME, 0, UINT64_MAX);
	a = exch_writer_ext(w, 77, UINT32_MAX, 1);
	a->h.flags |= EXCH_F_IMPOSED;
	p = exch_writer_new(w, EXCH_REC_ACK, 48, 2, 5);
	p[2] = EXCH_F_EXT;
	p[24] = 0x01; /* EXCH_EXT_TEXT, 9 bytes */
	p[25] = 0x80;
	p[26] = 9;
	memcpy(p + 32, "nine\xff here", 9);
	p = exch_writer_new(w, EXCH_REC_ACK, 32, 2, 5);
	p[2] = EXCH_F_EXT;
	p[31] = 1;
}

/* Everything once; records of three sources, with gaps in their numbers. */
static inline void
kit_fill(struct exch_writer *w, uint64_t seed)
{
	const struct exch_schema *all;
	struct exch_rng rng;
	unsigned n;

	exch_rng_seed(&rng, seed);
	kit_instrument(w, 1, "600519", 2, 0, 10000000);
	kit_instrument(w, 2, "BTC/USD", 3, -8, 1000000);
	kit_instrument(w, 70000, "a \"b\",c", 0, -9, 1);
	all = exch_schema_all(&n);
	for (unsigned i = 0; i < n * 6; i++) {
		const struct exch_schema *s = &all[i % n];
		struct exch_rec *r;

		if (s->type == EXCH_REC_SEQ || s->type == EXCH_REC_SCHEMA ||
		    s->type == EXCH_REC_INSTRUMENT)
			continue;
		if (s->var)
			r = exch_writer_new_text(w, s->type, s->size, 2,
			    1675762200123456789u + i, "some text", i % 10);
		else
			r = exch_writer_new(w, s->type, s->size,
			    (uint32_t)exch_rng_below(&rng, 4),
			    1675762200123456789u + i);
		if (i / n < 2)
			kit_random_fields(r, &rng);
		else
			kit_edge_fields(r, i / n - 2);
		r->flags = (uint8_t)exch_rng_below(&rng, 32);
	}
	kit_texts(w);
	kit_odd(w);
	kit_unknown(w);
}

/* A stream of the sample in memory, through a second tool that drops some. */
static inline struct exch_out *
kit_sample(enum exch_format format, bool zstd, uint64_t seed, char digest[96])
{
	struct exch_writer_opts o = {.tool = "kit",
	    .options = "a=1",
	    .text = "market=test\n",
	    .start = 1675728000000000000u,
	    .date = 20230207};
	struct exch_out *first, *out;
	struct exch_writer *w;
	struct exch_reader *r;
	struct exch_in *in;
	const struct exch_rec *rec;
	const unsigned char *p;
	struct exch_diag d = {0};
	size_t n;

	exch_out_mem(&first);
	exch_writer_open(first, &o, &w, &d);
	kit_fill(w, seed);
	exch_writer_close(w, EXCH_STATUS_COMPLETE, &d);
	exch_writer_free(w);
	p = exch_out_mem_bytes(first, &n);
	exch_in_mem(p, n, "mem", &in, &d);
	exch_reader_open(in, NULL, &r, &d);
	o = (struct exch_writer_opts){.tool = "kit2",
	    .options = "",
	    .upstream = r,
	    .format = format,
	    .checksum = true,
	    .csv_multi = true,
	    .trailer = true,
	    .digest = true,
	    .text = "more=1\n"};
	if (zstd)
		exch_out_mem_zstd(&out);
	else
		exch_out_mem(&out);
	exch_writer_open(out, &o, &w, &d);
	while (exch_reader_next(r, &rec, &d) > 0) {
		struct exch_rec_ack *a;

		if (exch_reader_seq(r) % 7 == 3)
			continue;
		exch_writer_copy(w, rec, exch_reader_seq(r));
		if (exch_reader_seq(r) % 5 != 1)
			continue;
		a = exch_writer_new(w, EXCH_REC_ACK, sizeof(*a), 1, rec->time);
		a->order = exch_reader_seq(r);
	}
	exch_writer_close(w, EXCH_STATUS_COMPLETE, &d);
	if (digest != NULL)
		exch_writer_digest(w, digest);
	exch_writer_free(w);
	exch_reader_close(r);
	exch_in_close(in);
	exch_out_free(first);
	return out;
}

/* A stream again from what was read: the same records in another form. */
static inline struct exch_out *
kit_convert(struct exch_out *from, enum exch_format format, char digest[96],
    int *end, struct exch_diag *d)
{
	struct exch_writer_opts o = {.tool = "kit3",
	    .options = "",
	    .format = format,
	    .csv_multi = true,
	    .trailer = true,
	    .digest = true};
	const struct exch_rec *rec;
	const unsigned char *p;
	struct exch_out *out;
	struct exch_writer *w;
	struct exch_reader *r;
	struct exch_in *in;
	size_t n;

	memset(d, 0, sizeof(*d));
	exch_out_mem(&out);
	p = exch_out_mem_bytes(from, &n);
	exch_in_mem(p, n, "mem", &in, d);
	*end = exch_reader_open(in, NULL, &r, d);
	if (*end != 0) {
		exch_in_close(in);
		return out;
	}
	o.upstream = r;
	exch_writer_open(out, &o, &w, d);
	while ((*end = exch_reader_next(r, &rec, d)) > 0)
		exch_writer_copy(w, rec, exch_reader_seq(r));
	if (exch_writer_close(w, EXCH_STATUS_COMPLETE, d) != 0)
		*end = exch_writer_error(w, d);
	if (digest != NULL)
		exch_writer_digest(w, digest);
	exch_writer_free(w);
	exch_reader_close(r);
	exch_in_close(in);
	return out;
}

/* The sample's bytes, in a file's order; to be freed. */
static inline unsigned char *
kit_whole(uint64_t seed, size_t *n)
{
	struct exch_out *o = kit_sample(EXCH_FMT_BIN, false, seed, NULL);
	const unsigned char *p = exch_out_mem_bytes(o, n);
	unsigned char *whole = malloc(*n);

	memcpy(whole, p, *n);
	exch_out_free(o);
	return whole;
}

#endif
