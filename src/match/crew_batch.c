/*
 * Batches: filled by one thread, worked off by many, each in its own lane,
 * and merged by the first.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "match/crew_batch.h"

static const struct exch_rec *
record_of(const struct exch_batch *b, const struct exch_batch_entry *e)
{
	return (const void *)(b->bytes + e->at);
}

bool
exch_batch_init(struct exch_batch *b, uint32_t n, uint32_t nlanes,
    const struct exch_writer *out)
{
	*b = (struct exch_batch){.cap = n};
	b->bytes = exch_malloc(EXCH_BATCH_BYTES + EXCH_REC_MAX);
	b->entry = exch_calloc(n, sizeof(*b->entry));
	if (b->bytes == NULL || b->entry == NULL)
		return false;
	while (b->nlanes < nlanes) {
		struct exch_lane *l = &b->lane[b->nlanes++];

		l->list = exch_calloc(n, sizeof(*l->list));
		l->end = exch_calloc(n, sizeof(*l->end));
		if (l->list == NULL || l->end == NULL ||
		    exch_writer_draft(out, &l->draft) != EXCH_OK)
			return false;
	}
	return true;
}

void
exch_batch_free(struct exch_batch *b)
{
	for (uint32_t i = 0; i < b->nlanes; i++) {
		exch_free(b->lane[i].list);
		exch_free(b->lane[i].end);
		exch_writer_free(b->lane[i].draft);
	}
	exch_free(b->bytes);
	exch_free(b->entry);
}

/* What the next entries need is fetched; says how many those are. */
static uint32_t
look_ahead(const struct exch_batch *b, const struct exch_lane *l,
    const struct exch_match *m)
{
	const struct exch_rec *rec[EXCH_MATCH_AHEAD];
	uint32_t n = l->n - l->done;

	if (n > EXCH_MATCH_AHEAD)
		n = EXCH_MATCH_AHEAD;
	for (uint32_t i = 0; i < n; i++)
		rec[i] = record_of(b, &b->entry[l->list[l->done + i]]);
	exch_match_ahead(m, rec, n);
	return n;
}

void
exch_batch_work(struct exch_batch *b, struct exch_match *m)
{
	struct exch_lane *l = &b->lane[m->no];
	bool far = exch_match_is_far(m);
	const unsigned char *bytes;
	uint32_t ahead = 0; /* entries up to here were looked at */
	size_t n;

	m->out = l->draft;
	while (l->done < l->n && l->err == 0) {
		const struct exch_batch_entry *e = &b->entry[l->list[l->done]];

		if (far && l->done == ahead)
			ahead += look_ahead(b, l, m);
		l->err = exch_engine_take(m, record_of(b, e), e->now, &l->diag);
		n = exch_writer_drafted(l->draft, &bytes);
		if (__builtin_expect(exch_writer_draft_full(l->draft), 0) &&
		    l->err == 0)
			l->err = exch_writer_error(l->draft, &l->diag);
		l->end[l->done++] = n;
	}
}

static void
empty(struct exch_batch *b)
{
	for (uint32_t i = 0; i < b->nlanes; i++) {
		struct exch_lane *l = &b->lane[i];

		exch_writer_draft_clear(l->draft);
		l->n = l->done = l->merged = 0;
	}
	b->n = 0;
	b->used = 0;
}

int
exch_batch_alone(
    struct exch_batch *b, const struct exch_match *m, struct exch_diag *d)
{
	struct exch_shared *all = m->all;
	int err = 0;

	for (uint32_t i = 0; i < b->n && err == 0; i++) {
		const struct exch_batch_entry *e = &b->entry[i];
		const struct exch_rec *r = record_of(b, e);
		struct exch_match *h;

		exch_writer_copy(all->out, r, e->seq);
		if (e->shard == EXCH_BATCH_NOBODY) {
			all->now = e->now;
			continue;
		}
		h = all->shard[e->shard];
		exch_shard_enter(h);
		err = exch_engine_take(h, r, e->now, d);
		exch_shard_leave(h);
	}
	empty(b);
	return err;
}

/* What the shard said to its next entry; its failure, if that was one. */
static int
merge_events(struct exch_lane *l, struct exch_writer *out, struct exch_diag *d)
{
	uint32_t i = l->merged++;
	size_t from = i == 0 ? 0 : l->end[i - 1];

	exch_writer_adopt(out, l->bytes + from, l->end[i] - from);
	if (l->err == 0 || l->merged != l->done)
		return 0;
	*d = l->diag;
	return l->err;
}

int
exch_batch_merge(
    struct exch_batch *b, struct exch_writer *out, struct exch_diag *d)
{
	int err = 0;

	for (uint32_t i = 0; i < b->nlanes; i++)
		(void)exch_writer_drafted(b->lane[i].draft, &b->lane[i].bytes);
	for (uint32_t i = 0; i < b->n && err == 0; i++) {
		const struct exch_batch_entry *e = &b->entry[i];

		exch_writer_copy(out, record_of(b, e), e->seq);
		if (e->shard != EXCH_BATCH_NOBODY)
			err = merge_events(&b->lane[e->shard], out, d);
	}
	empty(b);
	return err;
}
