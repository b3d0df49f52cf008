/*
 * A LOBSTER book file against the events of exch-match: from each row to
 * the next, what the events changed must give the row's levels.
 *
 *	transitions ORDERBOOK.csv < events
 *
 * The file shows ten levels a side after every message.  A level that
 * leaves uncovers one the file did not show before: those are taken as they
 * come, everything else must be equal.
 *
 * One message is one displayed order, one cancel, or one execution; EXPECT
 * and TRADE records stand in the venue's order, so executions are counted
 * where they stand, with what the engine did.  Orders seeded before their
 * first message (SYNTHETIC, not executed) are in the file's book already.
 */
#include <config.h>

#include "follow.h"

#define LEVELS 10
#define FIELDS (4 * LEVELS)
#define MOST 4096

struct level {
	int64_t px; /* 10^-4 */
	int64_t qty;
};

/* A row: offers and bids, best first. */
struct row {
	struct level side[2][LEVELS + 1]; /* 0 buy, 1 sell */
	int n[2];
};

struct change {
	uint8_t side;
	int64_t px;
	int64_t qty;
};

struct run {
	struct follow f;
	FILE *book;
	struct row row;
	bool first;
	uint64_t equal, differ;
	struct change exec[MOST]; /* not yet claimed by an EXPECT */
	int nexec, claimed;
	bool incoming; /* a NEW whose rest is not counted yet */
	bool executed; /* and it executed */
};

static int
row_read(FILE *in, struct row *r)
{
	char text[2048], *p = text;

	if (fgets(text, sizeof(text), in) == NULL)
		return 0;
	r->n[0] = r->n[1] = 0;
	for (int i = 0; i < 2 * LEVELS; i++) {
		int k = i % 2 == 0; /* ask first */
		struct level l;

		l.px = strtoll(p, &p, 10);
		p += *p == ',';
		l.qty = strtoll(p, &p, 10);
		p += *p == ',';
		if (l.px > 0 && l.px < 9999999999)
			r->side[k][r->n[k]++] = l;
	}
	if (*p != '\n' && *p != '\r' && *p != '\0')
		follow_die("a book row has not 40 columns");
	return 1;
}

/* Apply a change to the levels known; true when all of it is explained. */
static bool
row_change(struct row *r, const struct change *c)
{
	int k = c->side == EXCH_SELL, i = 0;
	struct level *v = r->side[k];
	int64_t sign = k == 1 ? 1 : -1;

	while (i < r->n[k] && sign * v[i].px < sign * c->px)
		i++;
	if (i < r->n[k] && v[i].px == c->px) {
		v[i].qty += c->qty;
		if (v[i].qty < 0)
			return false;
		if (v[i].qty == 0)
			memmove(&v[i], &v[i + 1],
			    (size_t)(--r->n[k] - i) * sizeof(*v));
		return true;
	}
	if (c->qty < 0)
		return i == r->n[k]; /* beyond the window */
	if (i == LEVELS)
		return true;
	if (i == r->n[k] && r->n[k] < LEVELS)
		r->n[k]++;
	else if (r->n[k] < LEVELS)
		memmove(&v[i + 1], &v[i], (size_t)(r->n[k]++ - i) * sizeof(*v));
	else
		memmove(
		    &v[i + 1], &v[i], (size_t)(LEVELS - 1 - i) * sizeof(*v));
	v[i] = (struct level){c->px, c->qty};
	return true;
}

/* Are the levels still known those of the next row, from the best on? */
static bool
row_is(const struct row *known, const struct row *next)
{
	for (int k = 0; k < 2; k++) {
		if (known->n[k] > next->n[k])
			return false;
		for (int i = 0; i < known->n[k]; i++)
			if (known->side[k][i].px != next->side[k][i].px ||
			    known->side[k][i].qty != next->side[k][i].qty)
				return false;
	}
	return true;
}

/* One message: its change (or none) leads to the next row. */
static void
message(struct run *r, const struct change *c)
{
	struct row next;
	bool ok = true;

	if (!row_read(r->book, &next))
		follow_die("more messages than rows");
	if (!r->first) {
		if (c != NULL && c->qty != 0)
			ok = row_change(&r->row, c);
		ok = ok && row_is(&r->row, &next);
		r->equal += ok;
		r->differ += !ok;
		if (!ok)
			printf("row %llu differs\n",
			    (unsigned long long)(r->equal + r->differ + 1));
	}
	r->first = false;
	r->row = next;
}

/* What is left of the order that came in last. */
static void
settle(struct run *r)
{
	struct follow *f = &r->f;
	exch_slot o;

	if (!r->incoming)
		return;
	r->incoming = false;
	if (r->claimed != r->nexec)
		follow_die("an execution the venue did not have");
	r->claimed = r->nexec = 0;
	if ((f->in.h.flags & EXCH_F_SYNTHETIC) != 0 && !r->executed)
		return; /* seeded */
	o = exch_book_find(f->s, &f->b, f->in.order);
	if (o != EXCH_SLOT_NONE) {
		struct change c = {f->in.side, f->in.price / 100000,
		    (int64_t)exch_book_slots(f->s)[o].qty};

		message(r, &c);
	}
}

static void
executed(struct run *r, const struct exch_rec_exec *x)
{
	bool sold = x->buy == r->f.in.order; /* the resting order */

	if (r->nexec == MOST)
		follow_die("too many executions");
	r->executed = true;
	r->exec[r->nexec++] = (struct change){
	    sold ? EXCH_SELL : EXCH_BUY, x->price / 100000, -(int64_t)x->qty};
}

static void
cancelled(struct run *r, const struct exch_rec_cancelled *c)
{
	exch_slot o = follow_find(&r->f, c->order);
	struct change ch = {exch_book_side_of(r->f.s, o),
	    exch_book_tick_of(r->f.s, o) * r->f.tick / 100000,
	    -(int64_t)c->qty};

	if (c->reason == EXCH_WHY_USER || c->reason == EXCH_WHY_IMPOSED)
		message(r, &ch);
}

static void
record(struct run *r, const struct exch_rec *h)
{
	const void *p = h;
	const struct exch_rec_trade *t = p;

	switch (h->type) {
	case EXCH_REC_NEW:
	case EXCH_REC_CANCEL:
	case EXCH_REC_REPLACE:
		settle(r);
		r->incoming = h->type == EXCH_REC_NEW;
		r->executed = false;
		break;
	case EXCH_REC_EXEC:
		executed(r, p);
		break;
	case EXCH_REC_CANCELLED:
		cancelled(r, p);
		break;
	case EXCH_REC_EXPECT:
		if ((h->flags & EXCH_F_IMPOSED) != 0)
			break;
		if (r->claimed == r->nexec)
			follow_die("an execution the engine did not have");
		message(r, &r->exec[r->claimed++]);
		break;
	case EXCH_REC_TRADE:
		if (t->kind != EXCH_PRINT_HIDDEN)
			break;
		/* Of the same event it stands before the rest. */
		if (h->time != r->f.in.h.time)
			settle(r);
		message(r, NULL);
		break;
	default:
		break;
	}
	follow_record(&r->f, h);
	if (r->f.boundary && !r->executed)
		settle(r);
}

int
main(int argc, char **argv)
{
	static struct run r;
	struct exch_diag d = {.code = EXCH_OK};
	struct exch_reader *rd;
	const struct exch_rec *h;
	struct exch_in *in = NULL;
	int n;

	r.book = argc == 2 ? fopen(argv[1], "r") : NULL;
	if (r.book == NULL)
		follow_die("usage: transitions ORDERBOOK.csv < events");
	r.first = true;
	follow_open(&r.f);
	rd = follow_input(&in, &d);
	while ((n = exch_reader_next(rd, &h, &d)) > 0)
		record(&r, h);
	if (n < 0)
		follow_die(d.text);
	settle(&r);
	printf("%llu transitions equal, %llu not\n",
	    (unsigned long long)r.equal, (unsigned long long)r.differ);
	exch_reader_close(rd);
	exch_in_close(in);
	exch_book_store_free(r.f.s);
	fclose(r.book);
	return r.differ != 0;
}
