/*
 * A batch of records on its way through the shards of a crew: the records,
 * whose they are, and what each shard says to its own.
 */
#ifndef EXCH_MATCH_CREW_BATCH_H
#define EXCH_MATCH_CREW_BATCH_H

#include "match/engine.h"

/* A batch is full with so many bytes, before the last record. */
#define EXCH_BATCH_BYTES (512u << 10)

#define EXCH_BATCH_NOBODY UINT8_MAX

struct exch_batch_entry {
	uint32_t at;   /* offset of the record */
	uint8_t shard; /* or nobody's: it is copied only */
	uint64_t seq;
	exch_ts now; /* the engine's time */
};

/* The part of one shard; written by its thread alone. */
struct exch_lane {
	uint32_t *list; /* its entries, ascending */
	uint32_t n;
	size_t *end; /* where in the draft the events of each end */
	struct exch_writer *draft;
	uint32_t done; /* entries executed; the last one failed if err */
	int err;
	struct exch_diag diag;
	uint32_t merged;	    /* entries merged */
	const unsigned char *bytes; /* of the draft, while it is merged */
};

struct exch_batch {
	unsigned char *bytes;
	size_t used;
	struct exch_batch_entry *entry;
	uint32_t n, cap;
	uint32_t nlanes;
	struct exch_lane lane[EXCH_SHARDS_MAX];
};

/* Room for n entries of so many shards; false: out of memory, to be freed. */
bool exch_batch_init(struct exch_batch *b, uint32_t n, uint32_t nlanes,
    const struct exch_writer *out);
void exch_batch_free(struct exch_batch *b);

/* One more record; there is room.  True: the batch is full with it. */
static inline bool
exch_batch_add(struct exch_batch *b, const struct exch_rec *r, uint64_t seq,
    uint8_t shard, exch_ts now)
{
	size_t n = exch_rec_len(r);

	b->entry[b->n] =
	    (struct exch_batch_entry){(uint32_t)b->used, shard, seq, now};
	exch_rec_copy(b->bytes + b->used, r, n);
	b->used += n;
	if (shard != EXCH_BATCH_NOBODY) {
		struct exch_lane *l = &b->lane[shard];

		l->list[l->n++] = b->n;
	}
	b->n++;
	return b->n == b->cap || b->used >= EXCH_BATCH_BYTES;
}

/* A shard executes its part; m is that shard. */
void exch_batch_work(struct exch_batch *b, struct exch_match *m);
/* All of it by the caller, straight into the writer. */
int exch_batch_alone(
    struct exch_batch *b, const struct exch_match *m, struct exch_diag *d);
/*
 * The records in their order, each with what was said to it; the batch is
 * empty then.  The first failure, behind its record.
 */
int exch_batch_merge(
    struct exch_batch *b, struct exch_writer *out, struct exch_diag *d);

#endif
