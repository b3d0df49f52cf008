/*
 * Fewer records of which two engines make different things: stretches are
 * left out, half of all at first and single ones at last, and stay out if the
 * engines still differ (delta debugging).
 *
 * Every try is made with new engines and a new card.  How many there may be
 * is bounded by what they are given in all, not by time, so that the same
 * difference always shrinks to the same records.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "card/option.h"
#include "exch-match/tool.h"

/* Tries, and records in all of them. */
#define TRIES 250u
#define RECORDS UINT64_C(1000000)
/* Records after which what the card said is compared. */
#define TOGETHER 64u

struct pair_of {
	struct exch_match *card, *soft;
	struct exch_writer *card_draft, *soft_draft;
	size_t at; /* where they differ, as far as that is known */
};

bool
match_flow_needs(const struct exch_rec *rec)
{
	return rec->type < EXCH_REC_CLOCK || rec->type == EXCH_REC_ACCOUNT;
}

/* Without files that a card writes: those of the run are not to be lost. */
static void
card_options(const struct run *r, char *out, size_t size)
{
	const char *files = r->match.card->files;
	const char *o = r->match.card_options;
	size_t at = 0;

	out[0] = '\0';
	while (o != NULL && *o != '\0') {
		size_t n = strcspn(o, ",");

		if (!exch_option_among(o, files) && at + n + 2 < size) {
			if (at > 0)
				out[at++] = ',';
			memcpy(out + at, o, n);
			at += n;
			out[at] = '\0';
		}
		o += n + (o[n] == ',');
	}
}

static int
open_pair(const struct run *r, const struct exch_writer *of, struct pair_of *p,
    struct exch_diag *d)
{
	struct exch_match_opts o = r->match;
	char options[1024];
	int err = exch_writer_draft(of, &p->card_draft);

	card_options(r, options, sizeof(options));

	o.card_options = options;
	if (err == 0)
		err = exch_writer_draft(of, &p->soft_draft);
	if (err == 0)
		err = exch_match_new(&o, p->card_draft, &p->card, d);
	o.card = NULL;
	if (err == 0)
		err = exch_match_new(&o, p->soft_draft, &p->soft, d);
	return err;
}

static void
close_pair(struct pair_of *p)
{
	exch_match_free(p->card);
	exch_match_free(p->soft);
	exch_writer_free(p->card_draft);
	exch_writer_free(p->soft_draft);
}

/* Both have done it with these results; they are not needed any more. */
static bool
is_same(struct pair_of *p, int card, int soft)
{
	const unsigned char *x, *y;
	size_t n = exch_writer_drafted(p->card_draft, &x);
	size_t k = exch_writer_drafted(p->soft_draft, &y);
	bool same = card == soft && n == k && memcmp(x, y, n) == 0;

	exch_writer_draft_clear(p->card_draft);
	exch_writer_draft_clear(p->soft_draft);
	return same;
}

/* The i-th of those that are chosen. */
static bool
step(const struct run *r, struct pair_of *p, const struct exch_rec *rec,
    size_t i)
{
	struct exch_diag d = {0}, e = {0};
	int x, y;

	exch_match_label(p->card, i);
	p->at = i;
	x = exch_match_advance(p->card, rec->time, &d);
	y = exch_match_advance(p->soft, rec->time, &e);
	if (x == 0 && y == 0 && !match_is_passed(r, rec)) {
		x = exch_match_apply(p->card, rec, &d);
		y = exch_match_apply(p->soft, rec, &e);
	}
	return is_same(p, x, y);
}

static bool
settles(struct pair_of *p)
{
	struct exch_diag d = {0};
	uint64_t label = p->at;

	if (exch_match_settle(p->card, &label, &d) == 0)
		return true;
	p->at = (size_t)label;
	return false;
}

static bool
ends_same(struct pair_of *p, size_t n)
{
	struct exch_diag d = {0}, e = {0};
	int x, y;

	exch_match_label(p->card, n);
	p->at = n;
	x = exch_match_advance(p->card, EXCH_TS_NONE, &d);
	y = exch_match_advance(p->soft, EXCH_TS_NONE, &e);
	if (x == 0 && y == 0) {
		x = exch_match_finish(p->card, &d);
		y = exch_match_finish(p->soft, &e);
	}
	return is_same(p, x, y) && settles(p) &&
	       exch_match_hash(p->card) == exch_match_hash(p->soft);
}

/* New engines make the same of those n, or differ at p->at. */
static bool
agree(const struct run *r, const struct match_flow *f, const uint32_t *in,
    size_t n, struct pair_of *p)
{
	bool same = true;

	for (size_t i = 0; same && i < n; i++) {
		same = step(r, p, match_flow_rec(f, in[i]), i);
		/* The card may have failed before that. */
		if (!same || i % TOGETHER == TOGETHER - 1)
			same = settles(p) && same;
	}
	same = same && settles(p);
	return same && f->end ? ends_same(p, n) : same;
}

/* 1 when they differ at *at, 0 when not; negative: there are no engines. */
static int
differs(const struct run *r, const struct match_flow *f, const uint32_t *in,
    size_t n, const struct exch_writer *of, size_t *at, struct exch_diag *d)
{
	struct pair_of p = {0};
	int got = open_pair(r, of, &p, d);

	if (got == 0)
		got = !agree(r, f, in, n, &p);
	*at = p.at;
	close_pair(&p);
	return got;
}

int
match_flow_differs(struct run *r, struct match_flow *f,
    const struct exch_writer *of, struct exch_diag *d)
{
	size_t at;
	int got = differs(r, f, f->in, f->nin, of, &at, d);

	if (got == 1 && at < f->nin) {
		f->nin = at + 1;
		f->end = false;
	}
	return got;
}

/* Those that are chosen without a stretch, as far as that can be. */
static size_t
without(const struct match_flow *f, size_t from, size_t to, uint32_t *out)
{
	size_t n = 0;

	for (size_t i = 0; i < f->nin; i++)
		if (i < from || i >= to ||
		    match_flow_needs(match_flow_rec(f, f->in[i])))
			out[n++] = f->in[i];
	return n;
}

struct budget {
	unsigned tries;
	uint64_t records;
};

/* One pass with stretches of that length; did any go? */
static bool
pass(struct run *r, struct match_flow *f, const struct exch_writer *of,
    size_t length, uint32_t *try, struct budget *b)
{
	bool any = false;
	size_t from = 0;

	while (from < f->nin && b->tries < TRIES && b->records < RECORDS &&
	       exch_cli_signal == 0) {
		size_t n = without(f, from, from + length, try);
		struct exch_diag d = {0};
		size_t at;
		int got;

		if (n == f->nin) {
			from += length;
			continue;
		}
		b->tries++;
		b->records += n;
		got = differs(r, f, try, n, of, &at, &d);
		if (got < 0)
			b->tries = TRIES; /* it will not be had again */
		if (got != 1) {
			from += length;
			continue;
		}
		any = true;
		memcpy(f->in, try, n * sizeof(*try));
		f->nin = n;
		if (at < n) {
			f->nin = at + 1;
			f->end = false;
		}
	}
	return any;
}

void
match_flow_shrink(
    struct run *r, struct match_flow *f, const struct exch_writer *of)
{
	uint32_t *try = exch_calloc(f->nin, sizeof(*try));
	struct budget b = {0};
	size_t length = f->nin / 2;

	if (try == NULL)
		return;
	for (; length > 1; length /= 2)
		(void)pass(r, f, of, length, try, &b);
	while (pass(r, f, of, 1, try, &b))
		;
	exch_free(try);
}
