/*
 * The ITCH decoder's memory and what its files share: itch.c decodes
 * orders, itch_rare.c everything else, itch_instr.c knows the instruments.
 */
#ifndef EXCH_FEED_ITCH_PRIV_H
#define EXCH_FEED_ITCH_PRIV_H

#include "base/bytes.h"
#include "feed/itch.h"
#include "feed/run.h"

#define EXCH_ITCH_LOCATES 65536

/* Symbols that came with locate 0, by open addressing. */
struct exch_itch_symbol {
	uint64_t stock; /* eight characters, as on the wire */
	uint32_t id;	/* 0: free */
};

struct exch_itch {
	struct exch_run *run;
	struct exch_feed_stats *st;
	exch_ts midnight;
	exch_ts now;
	exch_px tick;
	uint8_t px_decimals;
	bool capture_time;
	exch_ts captured;
	const unsigned char *from; /* what the caller's offset is of */
	bool mapped;		   /* ids are never the locates */
	struct exch_itch_ids *ids;
	struct exch_itch_ids own_ids;
	struct exch_itch_symbol *symbols;
	size_t nsymbols;
	size_t symbols_cap; /* a power of two, or 0 */
	/*
	 * Per locate: 0 never seen, else the instrument id, with EXCH_ITCH_NAMED once
	 * its symbol is known.
	 */
	uint32_t instr[EXCH_ITCH_LOCATES];
};

#define EXCH_ITCH_NAMED (UINT32_C(1) << 31)
#define EXCH_ITCH_ID (EXCH_ITCH_NAMED - 1)

/* The header of a record of type T. */
#define EXCH_ITCH_HEAD(kind, T, id, t)                                         \
	{                                                                      \
		.type = (kind), .len8 = sizeof(struct T) / 8, .instr = (id),   \
		.time = (t)                                                    \
	}

/* Price(4) to 10^-9. */
static inline exch_px
exch_itch_px4(const unsigned char *p)
{
	return (exch_px)exch_be32(p) * 100000;
}

/* The record of n bytes that was made in the run's room. */
static inline int
exch_itch_put(struct exch_itch *it, size_t n, struct exch_diag *d)
{
	if (__builtin_expect(it->capture_time, 0))
		n = exch_run_captured(it->run, n, it->captured);
	return exch_run_add(it->run, n, d);
}

/* A record made elsewhere. */
static inline int
exch_itch_emit(
    struct exch_itch *it, const struct exch_rec *r, struct exch_diag *d)
{
	size_t n = exch_rec_len(r);

	memcpy(exch_run_room(it->run), r, n);
	return exch_itch_put(it, n, d);
}

/* Trouble with a message, which is left out. */
int exch_itch_bad(struct exch_itch *it, const unsigned char *p, size_t n,
    const struct exch_feed_at *at, const char *what, struct exch_diag *d);

/*
 * First sight of a locate, or of its name.  `stock` is NULL when the
 * message names none.  *id is 0 when ids are used up.
 */
int exch_itch_first_sight(struct exch_itch *it, uint16_t locate,
    const unsigned char *stock, exch_ts t, uint32_t *id, struct exch_diag *d);

/* R: announces an instrument again, whatever was known of it. */
int exch_itch_directory(struct exch_itch *it, const unsigned char *p, exch_ts t,
    uint32_t *id, struct exch_diag *d);

/* Instrument of a message that carries its stock. */
static inline int
exch_itch_named(struct exch_itch *it, const unsigned char *p,
    const unsigned char *stock, exch_ts t, uint32_t *id, struct exch_diag *d)
{
	uint16_t locate = exch_be16(p + 1);
	uint32_t v = it->instr[locate];

	*id = v & EXCH_ITCH_ID;
	if (__builtin_expect((v & EXCH_ITCH_NAMED) != 0, 1))
		return 0;
	return exch_itch_first_sight(it, locate, stock, t, id, d);
}

/* Instrument of a message that knows its locate only. */
static inline int
exch_itch_plain(struct exch_itch *it, const unsigned char *p, exch_ts t,
    uint32_t *id, struct exch_diag *d)
{
	uint16_t locate = exch_be16(p + 1);
	uint32_t v = it->instr[locate];

	*id = v & EXCH_ITCH_ID;
	if (__builtin_expect(v != 0, 1))
		return 0;
	return exch_itch_first_sight(it, locate, NULL, t, id, d);
}

/* Messages that are no orders; p is whole and of a known type. */
int exch_itch_rare(struct exch_itch *it, const unsigned char *p, size_t n,
    exch_ts t, const struct exch_feed_at *at, struct exch_diag *d);

#endif
