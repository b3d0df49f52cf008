/*
 * A stream that is there already, read beside the one that comes: see
 * load.c.
 */
#include <config.h>

#include <string.h>

#include "base/bytes.h"
#include "store/load.h"

int
exch_load_writer(struct exch_load *l, struct exch_diag *d)
{
	struct exch_writer_opts o = {.copy_of = &l->info, .tool = "exch-store"};

	if (l->point.blocks != 0)
		o.at = &l->point;
	return exch_writer_open(l->out, &o, &l->w, d);
}

static int
damaged(const struct exch_load *l, const char *why, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_FORMAT, l->name, EXCH_POS_RECORD,
	    l->position, "stream %lu of the history is damaged: %s",
	    (unsigned long)l->result.stream, why);
}

/* The next record that is there: 1, or 0 behind the last. */
static int
next_stored(struct exch_load *l, const struct exch_rec **r, uint64_t *seq,
    struct exch_diag *d)
{
	const char *why;
	int got;

	for (;;) {
		if (!l->in_block) {
			got = exch_blocks_next(&l->there, d);
			if (got <= 0)
				return got;
			why = exch_each_begin(&l->each, l->there.p,
			    &l->there.frame, l->point.next);
			if (why != NULL)
				return damaged(l, why, d);
			l->point.chain =
			    exch_frame_chain(l->point.chain, &l->there.frame);
			l->point.blocks++;
			l->in_block = true;
		}
		got = exch_each_next(&l->each, r, seq, &why);
		if (got < 0)
			return damaged(l, why, d);
		if (got > 0)
			return 1;
		l->in_block = false;
	}
}

static int
no_row(void *arg, const struct exch_row *row, struct exch_diag *d)
{
	(void)arg;
	(void)row;
	(void)d;
	return 0;
}

int
exch_load_advance(struct exch_load *l, struct exch_diag *d)
{
	const struct exch_rec *r;
	uint64_t seq;
	int got, err;

	while ((got = next_stored(l, &r, &seq, d)) > 0) {
		err = exch_derive(
		    &l->derive, r, seq, l->position, no_row, NULL, d);
		if (err != 0)
			return err;
		l->point.time = r->time;
		l->position += !exch_rec_is_framing(r->type);
		l->stored = r;
		l->stored_seq = seq;
		l->framing = seq == 0 ? l->framing + 1 : 0;
		if (seq != 0)
			return 0;
	}
	if (got < 0)
		return got;
	l->stored = NULL;
	l->late = true;
	l->skip = l->framing;
	l->point.position = l->position;
	l->result.known = l->position;
	return exch_load_writer(l, d);
}

/* Equal but for a field about a person, which is there no more? */
static bool
same_but_erased(const struct exch_rec *stored, const struct exch_rec *r)
{
	struct exch_personal p = exch_personal_of(r);
	const unsigned char *a = (const unsigned char *)stored;
	const unsigned char *b = (const unsigned char *)r;
	size_t n = exch_rec_len(r), end = p.off + p.n;

	return p.n != 0 && exch_all_zero(a + p.off, p.n) &&
	       memcmp(a, b, p.off) == 0 &&
	       memcmp(a + end, b + end, n - end) == 0;
}

int
exch_load_compare(struct exch_load *l, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	size_t n = exch_rec_len(r);

	if (exch_rec_is_framing(r->type))
		return 0;
	if (seq != l->stored_seq || n != exch_rec_len(l->stored) ||
	    (memcmp(r, l->stored, n) != 0 && !same_but_erased(l->stored, r)))
		return exch_diag_set(d, EXCH_ERR_EXISTS, l->name,
		    EXCH_POS_RECORD, l->position,
		    "stream %lu of the history has the identity of this one "
		    "and another record here: a different stream is loaded "
		    "under a --label of its own",
		    (unsigned long)l->result.stream);
	/*
	 * The digest is over what comes: of a name that was erased here, only
	 * that knows it.
	 */
	exch_sha256_add(&l->sha, &seq, sizeof(seq));
	exch_sha256_add(&l->sha, r, n);
	return exch_load_advance(l, d);
}
