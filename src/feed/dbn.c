/*
 * Databento's DBN files, versions 1 to 3, of the schema `mbo`: a head with the
 * names of instruments, then records, each with its length.  What they mean is
 * mbo.c's.  Records of other schemas are counted.
 *
 *	0	length in words of four bytes, with this one
 *	1	type, 0xa0 for mbo
 *	2	publisher
 *	4	instrument
 *	8	time of the venue, ns
 *	16	order, price (10^-9), size, flags, channel, action, side
 *	40	time of capture, its distance, sequence number
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/dec.h"
#include "base/time.h"
#include "feed/dbn.h"
#include "feed/live.h"
#include "feed/symbols.h"

#define BUFFER (512u << 10)
#define RECORD_MAX (255u * 4)
#define TYPE_MBO 0xa0
#define MBO_SIZE 56u

/* Where the head has what; lists begin behind the length of a definition. */
enum {
	HEAD_PREFIX = 8,  /* DBN, version, length of the rest */
	HEAD_SYMBOL = 45, /* bytes of a symbol, from version 2 on */
	HEAD_FIXED = 100, /* all before the length of a definition */
	HEAD_MOST = 64 << 20
};

/* Who has a number of the file, and from when to when. */
struct name {
	uint32_t id;
	uint32_t from, until; /* dates; until: no more */
	char symbol[EXCH_SYMBOL_MAX];
	uint32_t n;
};

/* One that has been announced, and as long as its name holds. */
struct known {
	struct exch_key key; /* publisher and number of the file */
	exch_ts from, until;
	uint64_t instr; /* id in the stream */
};

struct dbn {
	struct exch_in *in;
	struct exch_feed_stats *st;
	const struct exch_feed_sink *sink;
	struct exch_symbols symbols;
	struct exch_mbo *mbo;
	struct exch_keyed known;
	struct name *name;
	uint32_t nnames;
	size_t cap;
	unsigned char *buf;
	size_t have;
	uint64_t offset; /* of buf[0] in the input */
};

static bool
match(const unsigned char *p, size_t n)
{
	return n >= 4 && memcmp(p, "DBN", 3) == 0 && p[3] >= 1 && p[3] < 16;
}

/* ---- the head ---- */

static int
damaged(const struct dbn *x, const char *what, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_FORMAT, exch_in_name(x->in),
	    EXCH_POS_BYTE, x->offset, "%s", what);
}

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "no memory for a DBN file");
}

static int
cut(const struct dbn *x, const char *what, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_CUT, exch_in_name(x->in),
	    EXCH_POS_BYTE, x->offset, "the input ends inside %s", what);
}

/* n bytes into p, or EXCH_ERR_CUT. */
static int
read_whole(struct dbn *x, void *p, size_t n, struct exch_diag *d)
{
	size_t have = 0, got = 1;
	int err = 0;

	while (have < n && got > 0 && err == 0) {
		err = exch_in_read(
		    x->in, (unsigned char *)p + have, n - have, &got, d);
		have += got;
	}
	return err != 0 ? err : have < n ? cut(x, "its head", d) : 0;
}

/* Of characters padded with NULs; NULL: there are none. */
static const char *
text_of(struct exch_cur *c, size_t n)
{
	return (const char *)exch_take(c, n);
}

/* A longer name than ours is left out, as if there were none. */
static int
take_name(struct dbn *x, const char *symbol, size_t nsymbol,
    const struct name *is, struct exch_diag *d)
{
	size_t n = strnlen(symbol, nsymbol);
	struct name *to;

	if (n > EXCH_SYMBOL_MAX)
		return EXCH_OK;
	if (!exch_room(&x->name, x->nnames, &x->cap, sizeof(*is)))
		return no_memory(d);
	to = &x->name[x->nnames++];
	*to = *is;
	to->n = (uint32_t)n;
	memcpy(to->symbol, symbol, to->n);
	return EXCH_OK;
}

/* A symbol, and the numbers it has had. */
static int
mapping(struct dbn *x, struct exch_cur *c, size_t size, struct exch_diag *d)
{
	const char *symbol = text_of(c, size), *number;
	const unsigned char *p = exch_take(c, 4);
	uint32_t n;
	int err = EXCH_OK;

	if (symbol == NULL || p == NULL)
		return cut(x, "its head", d);
	n = exch_le32(p);
	for (uint32_t i = 0; i < n && err == EXCH_OK; i++) {
		struct name is = {0};
		uint64_t id;

		p = exch_take(c, 8);
		number = text_of(c, size);
		if (p == NULL || number == NULL)
			return cut(x, "its head", d);
		is.from = exch_le32(p);
		is.until = exch_le32(p + 4);
		if (exch_uint_parse(number, strnlen(number, size), &id) != 0 ||
		    id > UINT32_MAX || symbol[0] == 0)
			continue; /* it is mapped to something else */
		is.id = (uint32_t)id;
		err = take_name(x, symbol, size, &is, d);
	}
	return err;
}

static int
by_number(const void *a, const void *b)
{
	const struct name *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return (x->from > y->from) - (x->from < y->from);
}

/* Three lists of symbols, which the mappings repeat, and those. */
static int
lists(struct dbn *x, struct exch_cur *c, size_t size, struct exch_diag *d)
{
	const unsigned char *p;
	uint32_t n;
	int err = EXCH_OK;

	for (unsigned i = 0; i < 3; i++) {
		p = exch_take(c, 4);
		if (p == NULL || exch_le32(p) > c->left / size)
			return cut(x, "its head", d);
		(void)exch_take(c, exch_le32(p) * size);
	}
	p = exch_take(c, 4);
	if (p == NULL)
		return cut(x, "its head", d);
	n = exch_le32(p);
	for (uint32_t i = 0; i < n && err == EXCH_OK; i++)
		err = mapping(x, c, size, d);
	if (x->nnames > 1)
		qsort(x->name, x->nnames, sizeof(*x->name), by_number);
	return err;
}

static int
head_of(struct dbn *x, unsigned version, const unsigned char *p, size_t n,
    struct exch_diag *d)
{
	size_t size = 22;
	struct exch_cur c;

	if (n < HEAD_FIXED + 4)
		return cut(x, "its head", d);
	if (version > 1)
		size = exch_le16(p + HEAD_SYMBOL);
	if (size == 0)
		return damaged(
		    x, "its head says that symbols have no bytes", d);
	c = (struct exch_cur){.p = p + HEAD_FIXED, .left = n - HEAD_FIXED};
	p = exch_take(&c, 4);
	if (exch_le32(p) > c.left)
		return cut(x, "its head", d);
	(void)exch_take(&c, exch_le32(p));
	return lists(x, &c, size, d);
}

static int
read_head(struct dbn *x, struct exch_diag *d)
{
	unsigned char prefix[HEAD_PREFIX], *p;
	size_t n;
	int err = read_whole(x, prefix, sizeof(prefix), d);

	if (err != 0)
		return err;
	if (prefix[3] < 1 || prefix[3] > 3)
		return exch_diag_set(d, EXCH_ERR_FORMAT, exch_in_name(x->in),
		    EXCH_POS_BYTE, 3, "DBN of version %u: 1 to 3 are known",
		    prefix[3]);
	n = exch_le32(prefix + 4);
	if (n > HEAD_MOST)
		return damaged(x, "a head of this length is none", d);
	p = exch_malloc(n + 1);
	if (p == NULL)
		return no_memory(d);
	err = read_whole(x, p, n, d);
	if (err == 0)
		err = head_of(x, prefix[3], p, n, d);
	exch_free(p);
	return err;
}

/* ---- instruments ---- */

/* The first of the names of a number, or where they would be. */
static uint32_t
names_of(const struct dbn *x, uint32_t id)
{
	uint32_t lo = 0, hi = x->nnames;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (x->name[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The last name that a number had up to a date, else the first; or NULL. */
static const struct name *
name_of(const struct dbn *x, uint32_t id, uint32_t date)
{
	uint32_t at = names_of(x, id);
	const struct name *best = NULL;

	for (; at < x->nnames && x->name[at].id == id; at++)
		if (best == NULL || x->name[at].from <= date)
			best = &x->name[at];
	return best;
}

/* Midnights between which it has the name, as far as it has another. */
static void
holds(const struct dbn *x, const struct name *name, struct known *k)
{
	const struct name *end = x->name + x->nnames;

	k->from = 0;
	k->until = EXCH_TS_NONE;
	if (name == NULL)
		return;
	if (name > x->name && name[-1].id == name->id &&
	    exch_date_is(name->from))
		k->from = exch_date_ts(name->from);
	if (name + 1 < end && name[1].id == name->id &&
	    exch_date_is(name[1].from))
		k->until = exch_date_ts(name[1].from);
}

/* Of a number without a name the number is the name. */
static int
announce(struct dbn *x, uint32_t publisher, uint32_t id, exch_ts t,
    struct known **k, struct exch_diag *d)
{
	const struct name *name = name_of(x, id, exch_ts_date(t));
	char own[EXCH_SYMBOL_MAX + 1];
	uint32_t instr = 0;
	int err;

	snprintf(own, sizeof(own), "#%u", id);
	err = name != NULL ? exch_symbols_id(&x->symbols, name->symbol, name->n,
				 t, &instr, d)
			   : exch_symbols_id(
				 &x->symbols, own, strlen(own), t, &instr, d);
	if (err == EXCH_ERR_NEED)
		return exch_diag_set(d, EXCH_ERR_NEED, exch_in_name(x->in),
		    EXCH_POS_NONE, 0,
		    "a DBN file does not tell the price step of %.*s: add "
		    "--tick STEP",
		    name != NULL ? (int)name->n : (int)strlen(own),
		    name != NULL ? name->symbol : own);
	if (err == EXCH_ERR_LIMIT)
		return exch_diag_set(d, EXCH_ERR_LIMIT, exch_in_name(x->in),
		    EXCH_POS_BYTE, x->offset, "more instruments than ids");
	if (err == EXCH_ERR_NOMEM)
		return no_memory(d);
	if (err != 0)
		return err;
	err = exch_keyed_add(&x->known, publisher, id, k);
	if (err != 0 && err != EXCH_ERR_EXISTS)
		return no_memory(d);
	(*k)->instr = instr;
	holds(x, name, *k);
	return EXCH_OK;
}

/* ---- records ---- */

static int
on_mbo(struct dbn *x, const unsigned char *p, const struct exch_feed_at *at,
    struct exch_diag *d)
{
	struct exch_mbo_rec r = {
	    .time = exch_le64(p + 8),
	    .order = exch_le64(p + 16),
	    .price = (exch_px)exch_le64(p + 24),
	    .size = exch_le32(p + 32),
	    .flags = p[36],
	    .action = (char)p[38],
	    .side = (char)p[39],
	    .captured = exch_le64(p + 40),
	};
	uint32_t publisher = exch_le16(p + 2), id = exch_le32(p + 4);
	struct known *k = exch_keyed_find(&x->known, publisher, id);
	int err = EXCH_OK;

	x->st->by_type[p[38]]++;
	if (r.time == EXCH_TS_NONE)
		r.time = r.captured;
	if (r.time == EXCH_TS_NONE) {
		x->st->messages_bad++;
		return x->sink->trouble(
		    x->sink->arg, at, "the record has no time", d);
	}
	if (k == NULL || r.time < k->from || r.time >= k->until)
		err = announce(x, publisher, id, r.time, &k, d);
	return err != 0 ? err
			: exch_mbo_take(x->mbo, (uint32_t)k->instr, &r, at, d);
}

/* The whole records in the buffer; what is left is moved to its beginning. */
static int
records(struct dbn *x, struct exch_diag *d)
{
	struct exch_feed_at at = {EXCH_POS_BYTE, 0, 0};
	size_t done = 0;
	int err = EXCH_OK;

	while (done < x->have && err == 0) {
		const unsigned char *p = x->buf + done;
		size_t n = (size_t)p[0] * 4;

		if (n < 16) {
			x->offset += done;
			return damaged(x, "a record of this length is none", d);
		}
		if (n > x->have - done)
			break;
		at.where = x->offset + done;
		x->st->messages++;
		if (p[1] == TYPE_MBO && n >= MBO_SIZE)
			err = on_mbo(x, p, &at, d);
		else
			x->st->messages_unknown++;
		done += n;
	}
	memmove(x->buf, x->buf + done, x->have - done);
	x->have -= done;
	x->offset += done;
	return err;
}

static int
read_all(struct dbn *x, struct exch_diag *d)
{
	size_t got = 1;
	int err = read_head(x, d);

	x->offset = exch_in_offset(x->in);
	while (err == 0 && got > 0) {
		err = exch_in_read(
		    x->in, x->buf + x->have, BUFFER - x->have, &got, d);
		x->have += err == 0 ? got : 0;
		if (err == 0)
			err = records(x, d);
	}
	return err == 0 && x->have > 0 ? cut(x, "a record", d) : err;
}

static int
run(struct exch_in *in, const struct exch_feed_opts *o,
    const struct exch_feed_sink *sink, struct exch_feed_stats *st,
    struct exch_diag *d)
{
	struct dbn x = {.in = in, .st = st, .sink = sink};
	uint64_t start = exch_in_offset(in);
	int last, err = exch_mbo_new(o, sink, st, &x.mbo, d);

	_Static_assert(BUFFER >= 2 * RECORD_MAX, "a record always fits");
	if (err != 0)
		return err;
	x.buf = exch_malloc(BUFFER);
	if (x.buf == NULL ||
	    exch_symbols_init(&x.symbols, o, sink, o->tick) != 0 ||
	    exch_keyed_init(&x.known, sizeof(struct known)) != 0)
		err = no_memory(d);
	else
		err = read_all(&x, d);
	/* What was whole is delivered, whatever came after it. */
	if (err == 0 || err == EXCH_ERR_CUT || err == EXCH_ERR_FORMAT ||
	    err == EXCH_ERR_IO) {
		last = exch_mbo_finish(x.mbo, err == 0 ? d : NULL);
		err = err == 0 ? last : err;
	}
	st->bytes += exch_in_offset(in) - start;
	exch_keyed_clear(&x.known);
	exch_symbols_clear(&x.symbols);
	exch_mbo_free(x.mbo);
	exch_free(x.name);
	exch_free(x.buf);
	return err;
}

const struct exch_feed exch_feed_dbn = {
    .name = "dbn",
    .what = "Databento DBN of the schema mbo: CME and others, order by order",
    .match = match,
    .run = run,
    .book = true,
};
