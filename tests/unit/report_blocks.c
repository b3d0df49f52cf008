/*
 * A summary takes events the short way where they lie in one block, and
 * record by record where they do not.  So it has to say the same however
 * blocks are cut, of streams that no matcher has written, too: those are
 * made here, and come as from a live pipe, block by block.
 */
#include <config.h>

#include <stdlib.h>
#include <unistd.h>

#include "base/rng.h"
#include "report/report.h"
#include "report_kit.h"
#include "tap.h"

#define BLOCKS 8

/* A stream on its way; a block ends behind each record, or at `end`. */
struct live {
	const struct tape *t;
	bool each;
	size_t end[BLOCKS]; /* words; ascending, 0: no more */
	size_t at;
	uint64_t seq[256];
	struct exch_writer *w;
	int fd; /* of the pipe's end, -1: it is over */
};

static bool
is_end(const struct live *l)
{
	for (size_t i = 0; i < BLOCKS; i++)
		if (l->end[i] == l->at)
			return true;
	return l->each || l->at == l->t->n;
}

/* The reader would wait: the next block comes. */
static int
next_block(void *arg, struct exch_diag *d)
{
	struct live *l = arg;

	if (l->at == l->t->n) {
		int err = exch_writer_close(l->w, EXCH_STATUS_COMPLETE, d);

		close(l->fd);
		l->fd = -1;
		return err;
	}
	do {
		const struct exch_rec *r = (const void *)&l->t->word[l->at];

		exch_writer_copy(l->w, r, ++l->seq[r->source]);
		l->at += exch_rec_len(r) / 8;
	} while (!is_end(l));
	return exch_writer_end_block(l->w, d);
}

/* All records; those with bad content are passed over. */
static int
read_all(
    struct exch_report_run *run, struct exch_reader *in, struct exch_diag *d)
{
	const struct exch_rec *bad;
	int n;

	do {
		n = exch_report_read(run, in, 4096, &bad, d);
	} while (n > 0 || bad != NULL);
	return n;
}

static char *
text_of(struct exch_in *in, struct exch_diag *d)
{
	struct exch_report_opts o = {.format = EXCH_FMT_JSON};
	struct exch_report_run *run = NULL;
	struct exch_reader *r = NULL;
	struct exch_out *out = NULL;
	const unsigned char *p;
	char *text = NULL;
	size_t n;
	int err = exch_reader_open(in, NULL, &r, d);

	if (err == 0)
		err = exch_out_mem(&out);
	if (err == 0)
		err = exch_report_new(exch_report_by_name("summary"), &o,
		    exch_reader_info(r), out, &run, d);
	if (err == 0)
		err = read_all(run, r, d);
	if (err == 0)
		err = exch_report_finish(run, EXCH_STATUS_COMPLETE, false, d);
	if (err == 0) {
		p = exch_out_mem_bytes(out, &n);
		text = strndup((const char *)p, n);
	}
	exch_report_free(run);
	exch_out_free(out);
	exch_reader_close(r);
	return text;
}

/* The summary of a stream that comes so; NULL: there is none. */
static char *
summary(struct live *l)
{
	struct exch_writer_opts wo = {
	    .tool = "test", .options = "", .text = "expect=yes\n"};
	struct exch_diag d = {0};
	struct exch_out *out = NULL;
	struct exch_in *in = NULL;
	char *text = NULL;
	int fd[2];

	if (pipe(fd) != 0)
		return NULL;
	l->fd = fd[1];
	if (exch_out_fd(fd[1], EXCH_OUT_PLAIN, "pipe", &out, &d) == 0 &&
	    exch_writer_open(out, &wo, &l->w, &d) == 0 &&
	    exch_in_fd(fd[0], false, "pipe", &in, &d) == 0) {
		exch_in_on_wait(in, next_block, l);
		text = text_of(in, &d);
	}
	if (text == NULL)
		printf("# %s\n", d.text);
	exch_in_close(in);
	exch_writer_free(l->w);
	exch_out_free(out);
	close(fd[0]);
	if (l->fd >= 0)
		close(l->fd);
	return text;
}

/* So cut, it says what it says of single records; that is returned. */
static char *
is_same(const struct tape *t, const size_t *end, const char *what)
{
	struct live one = {.t = t, .each = true}, cut = {.t = t};
	char *want = summary(&one), *got;

	for (size_t i = 0; end != NULL && end[i] != 0; i++)
		cut.end[i] = end[i];
	got = summary(&cut);
	tap_is_str(got, want != NULL ? want : "a summary", what);
	free(got);
	return want;
}

static void
is_resting(char *text, const char *n)
{
	const char *p = text != NULL ? strstr(text, "\"resting\":") : NULL;
	char got[24] = "nothing";

	if (p != NULL)
		snprintf(got, sizeof(got), "%.*s", (int)strcspn(p + 10, ","),
		    p + 10);
	tap_is_str(got, n, "orders rest");
	free(text);
}

static void
begin(struct tape *t)
{
	memset(t, 0, sizeof(*t));
	t->time = UINT64_C(1709803800) * EXCH_SEC;
	add_instrument(t);
}

static struct exch_rec_cancelled *
add_cancel(struct tape *t, exch_oid id, exch_qty qty)
{
	struct exch_rec_cancel *c =
	    add(t, EXCH_REC_CANCEL, sizeof(*c), FEED, 0);
	struct exch_rec_cancelled *a =
	    add(t, EXCH_REC_CANCELLED, sizeof(*a), MATCHER, EXCH_F_LAST);

	c->order = a->order = id;
	c->qty = a->qty = qty;
	a->reason = EXCH_WHY_USER;
	return a;
}

static struct exch_rec_replaced *
add_replace(
    struct tape *t, exch_oid id, exch_oid next, int64_t px, exch_qty qty)
{
	struct exch_rec_replace *c =
	    add(t, EXCH_REC_REPLACE, sizeof(*c), FEED, 0);
	struct exch_rec_replaced *a =
	    add(t, EXCH_REC_REPLACED, sizeof(*a), MATCHER, EXCH_F_LAST);

	c->order = a->order = id;
	c->new_order = a->new_order = next;
	c->price = px * PX;
	c->qty = a->qty = qty;
	a->kept = id == next;
	return a;
}

/* ---- what was one of the ways only ---- */

/*
 * Two blocks of one length, of which the first ends with a cancel that is
 * looked at ahead and not taken: where it lay the second has a replacement
 * of the same order.
 */
static void
blocks_in_one_place(void)
{
	static struct tape t;
	size_t end[3] = {0};

	begin(&t);
	add_order(&t, 5, EXCH_BUY, 1000, 30, true);
	end[0] = t.n;
	add_order(&t, 1, EXCH_BUY, 1000, 10, true);
	add_cancel(&t, 5, 10)->open = 1;
	(void)add(&t, 0x90, 32, MATCHER, 0);
	end[1] = t.n;
	add_order(&t, 2, EXCH_BUY, 1000, 10, true);
	(void)add_replace(&t, 5, 6, 1001, 20);
	end[2] = t.n;
	tap_is_u64(end[2] - end[1], end[1] - end[0], "blocks of one length");
	(void)add_cancel(&t, 6, 20);
	{
		const size_t cut[] = {end[0], end[1], end[2], 0};

		is_resting(is_same(&t, cut, "a block where another lay"), "2");
	}
}

/* The last order's successor is on the grid of a later announcement. */
static void
another_grid(void)
{
	static struct tape t;
	struct exch_rec_instrument *in;

	begin(&t);
	add_order(&t, 1, EXCH_BUY, 1000, 10, true);
	in = (void *)&t.word[t.n];
	add_instrument(&t);
	in->tick = 2 * PX;
	(void)add_replace(&t, 1, 2, 1001, 10);
	is_resting(is_same(&t, NULL, "a grid that has changed"), "0");
}

/* An order that trades with itself, under an id that rests as well. */
static void
itself(void)
{
	static struct tape t;

	begin(&t);
	add_order(&t, 3, EXCH_BUY, 999, 10, true);
	add_order(&t, 1, EXCH_SELL, 1000, 30, true);
	add_order(&t, 1, EXCH_BUY, 1000, 40, false);
	add_exec(&t, 1, 1, 1, 1000, 30);
	add_order(&t, 4, EXCH_BUY, 990, 10, true);
	is_resting(is_same(&t, NULL, "one order on both sides"), "3");
}

/* An order that is kept with nothing left. */
static void
nothing_left(void)
{
	static struct tape t;

	begin(&t);
	add_order(&t, 1, EXCH_BUY, 1000, 10, true);
	add_order(&t, 2, EXCH_BUY, 1000, 10, true);
	(void)add_replace(&t, 1, 1, 1000, 0);
	is_resting(is_same(&t, NULL, "a replacement by nothing"), "1");
}

/* One id, of an order that is displayed and of one that is not. */
static void
twins(void)
{
	static struct tape t;
	struct exch_rec_new *n;

	begin(&t);
	add_order(&t, 1, EXCH_BUY, 1000, 10, true);
	n = (void *)&t.word[t.n];
	add_order(&t, 1, EXCH_BUY, 1000, 10, true);
	n->ordflags = EXCH_ORD_HIDDEN;
	is_resting(is_same(&t, NULL, "an id of two orders"), "1");
}

/* ---- anything ---- */

/* Now and then a field is another one than it should be. */
static void
spoil(struct exch_rng *rng, uint64_t *word)
{
	size_t n = exch_rec_len((const void *)word) / 8;

	if (exch_rng_below(rng, 16) != 0)
		return;
	word += 2 + exch_rng_below(rng, n - 2); /* behind the head */
	if (*word >> 48 == 0)
		*word = exch_rng_below(rng, 12);
}

static void
any_event(struct exch_rng *rng, struct tape *t)
{
	exch_oid id = 1 + exch_rng_below(rng, 12);
	exch_oid other = 1 + exch_rng_below(rng, 12);
	uint8_t side = exch_rng_below(rng, 2) ? EXCH_BUY : EXCH_SELL;
	int64_t px = 1000 + (int64_t)exch_rng_below(rng, 6);
	size_t from = t->n, last = from;

	switch (exch_rng_below(rng, 16)) {
	case 0:
		(void)add(t, 0x90, 32, MATCHER, 0);
		break;
	case 1:
	case 2:
		(void)add_cancel(t, id, 10);
		break;
	case 3:
		add_cancel(t, id, 10)->open = 1;
		break;
	case 4:
	case 5:
		(void)add_replace(t, id, other, px, 10);
		break;
	case 6:
		(void)add_replace(t, id, id, px, 5);
		break;
	case 7:
	case 8:
	case 9:
		add_order(t, id, EXCH_BUY, px, 10, false);
		last = t->n;
		add_exec(t, 1, id, other, px, 10);
		break;
	case 10:
		add_instrument(t);
		((struct exch_rec_instrument *)(void *)&t->word[from])->tick =
		    PX * (int64_t)(1 + exch_rng_below(rng, 2));
		return;
	default:
		add_order(t, id, side, px, 10, true);
	}
	spoil(rng, &t->word[exch_rng_below(rng, 2) ? from : last]);
}

static void
anything(uint64_t seed)
{
	static struct tape t;
	struct exch_rng rng;
	size_t cut[BLOCKS] = {0};
	char what[64];

	exch_rng_seed(&rng, seed);
	begin(&t);
	while (t.n + 64 < EXCH_ARRAY_LEN(t.word))
		any_event(&rng, &t);
	snprintf(what, sizeof(what), "anything, seed %" PRIu64, seed);
	free(is_same(&t, cut, what));
}

int
main(void)
{
	blocks_in_one_place();
	another_grid();
	itself();
	nothing_left();
	twins();
	for (uint64_t seed = 1; seed <= 40; seed++)
		anything(seed);
	return tap_done();
}
