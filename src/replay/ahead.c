/*
 * Looking ahead in a run of records (ahead.h): step by step, each for all
 * of them, because each needs what the one before has fetched.
 */
#include <config.h>

#include "replay/ahead.h"

#define KIND(type) ((unsigned)(type)-EXCH_REC_BOOK_ADD)
#define LEN8(T) (sizeof(struct T) / 8)

static const uint8_t len8[] = {
    [KIND(EXCH_REC_BOOK_ADD)] = LEN8(exch_rec_book_add),
    [KIND(EXCH_REC_BOOK_EXEC)] = LEN8(exch_rec_book_exec),
    [KIND(EXCH_REC_BOOK_REDUCE)] = LEN8(exch_rec_book_reduce),
    [KIND(EXCH_REC_BOOK_DELETE)] = LEN8(exch_rec_book_delete),
    [KIND(EXCH_REC_BOOK_REPLACE)] = LEN8(exch_rec_book_replace),
    [KIND(EXCH_REC_BOOK_PRINT)] = LEN8(exch_rec_book_print),
};

bool
exch_ahead_is_whole(const struct exch_rec *rec)
{
	return rec->len8 >= len8[KIND(rec->type)];
}

/*
 * The two that have a price differ in one bit.  Told without a branch, for
 * what comes next is anybody's guess.
 */
#define OTHER_BIT 4u
_Static_assert((EXCH_REC_BOOK_ADD ^ EXCH_REC_BOOK_REPLACE) == OTHER_BIT &&
		   (EXCH_REC_BOOK_EXEC & OTHER_BIT) == 0 &&
		   (EXCH_REC_BOOK_DELETE | OTHER_BIT) != EXCH_REC_BOOK_REPLACE,
    "displays are told by a mask");

static inline unsigned
is_display(const struct exch_rec *r)
{
	return (r->type | OTHER_BIT) == EXCH_REC_BOOK_REPLACE;
}

/* Its price is the third or the fourth of its words. */
static inline exch_px
price_of(const struct exch_rec *r)
{
	const exch_px *word = (const void *)r;

	return word[3 + ((r->type & OTHER_BIT) != 0)];
}

_Static_assert(offsetof(struct exch_rec_book_add, price) == 3 * 8 &&
		   offsetof(struct exch_rec_book_replace, price) == 4 * 8,
    "where prices stand");

static struct exch_shown *
instrument(struct exch_replay *r, uint32_t instr)
{
	struct exch_shown *page;

	if (__builtin_expect(instr > EXCH_INSTR_MAX, 0))
		return NULL;
	page = r->shadow->page[instr / EXCH_SHOWN_PAGE];
	if (__builtin_expect(page == NULL, 0))
		return exch_shadow_make(r->shadow, instr, r->phase);
	return &page[instr % EXCH_SHOWN_PAGE];
}

/* The instruments, and where the index has the orders. */
static const char *
collect(struct exch_replay *r, struct exch_batch *b, const char *at,
    const char *end)
{
	struct exch_ahead *a = b->one;
	size_t ndisplays = 0;

	for (; a < b->one + EXCH_AHEAD && at < end; a++) {
		/* All that name an order name it first. */
		const struct exch_rec_book_delete *rec = (const void *)at;
		unsigned kind = KIND(rec->h.type);

		if (kind >= EXCH_ARRAY_LEN(len8) || rec->h.len8 < len8[kind])
			break;
		a->in = instrument(r, rec->h.instr);
		if (a->in == NULL)
			break;
		a->rec = &rec->h;
		a->home = exch_ids_home(
		    &r->shadow->store->ids, rec->h.instr, rec->order);
		__builtin_prefetch(a->in);
		__builtin_prefetch((const char *)a->in + 64);
		__builtin_prefetch(&b->index[a->home]);
		b->display[ndisplays] = a;
		ndisplays += is_display(&rec->h);
		at += (size_t)rec->h.len8 * 8;
	}
	b->n = (size_t)(a - b->one);
	b->ndisplays = ndisplays;
	return at;
}

/* The orders; of displays, where the levels may be found. */
static void
orders(struct exch_replay *r, struct exch_batch *b)
{
	const struct exch_slot_data *slot = exch_book_slots(r->shadow->store);

	for (size_t i = 0; i < b->n; i++) {
		struct exch_ahead *a = &b->one[i];

		/* On a page that others have made. */
		if (__builtin_expect(a->in->tick.d == 0, 0))
			(void)exch_shadow_make(
			    r->shadow, a->rec->instr, r->phase);
		a->at = exch_ids_slot(b->index[a->home]);
		__builtin_prefetch(&slot[a->at]);
	}
	for (size_t i = 0; i < b->ndisplays; i++) {
		struct exch_ahead *a = b->display[i];

		a->tick = (int64_t)exch_div_u(
		    &a->in->tick, (uint64_t)price_of(a->rec) & INT64_MAX);
		__builtin_prefetch(
		    exch_book_near(r->shadow->store, &a->in->book, a->tick));
	}
}

/*
 * The levels, and who stands beside.  Slot 0 is as good as any, but no order.
 * With an order that stands alone its level may go: then more is touched.
 */
static void
levels(struct exch_replay *r, struct exch_batch *b)
{
	const struct exch_book_store *s = r->shadow->store;
	const struct exch_slot_data *slot = exch_book_slots(s);
	size_t nlone = 0;

	for (size_t i = 0; i < b->n; i++) {
		struct exch_ahead *a = &b->one[i];
		const struct exch_slot_data *o = &slot[a->at];

		__builtin_prefetch(&slot[o->prev]);
		__builtin_prefetch(&slot[o->next]);
		__builtin_prefetch(&slot[o->level]);
		b->lone[nlone] = a;
		nlone += (o->prev == o->next) & (a->at != EXCH_SLOT_NONE);
	}
	b->nlone = nlone;
	for (size_t i = 0; i < b->ndisplays; i++) {
		struct exch_ahead *a = b->display[i];

		a->level = *exch_book_near(s, &a->in->book, a->tick);
		__builtin_prefetch(&slot[a->level]);
	}
}

/* Behind whom displays will stand; and what has to know of levels that go. */
static void
ends(struct exch_replay *r, struct exch_batch *b)
{
	const struct exch_book_store *s = r->shadow->store;
	const struct exch_slot_data *slot = exch_book_slots(s);
	size_t nfresh = 0;

	for (size_t i = 0; i < b->nlone; i++)
		exch_ahead_end(s, &b->lone[i]->in->book, b->lone[i]->at);
	for (size_t i = 0; i < b->ndisplays; i++) {
		const struct exch_ahead *a = b->display[i];
		const struct exch_slot_data *level = &slot[a->level];

		__builtin_prefetch(&slot[level->prev]);
		b->fresh[nfresh] = a;
		nfresh += level->tick != a->tick;
	}
	for (size_t i = 0; i < nfresh; i++)
		exch_ahead_hang(s, &b->fresh[i]->in->book);
	for (size_t i = 0; i < b->nlone; i++)
		exch_ahead_next(s, &b->lone[i]->in->book, b->lone[i]->at);
}

void
exch_ahead_look(struct exch_replay *r, struct exch_batch *b, const char **at,
    const char *end)
{
	const struct exch_shadow *s = r->shadow;

	b->index = s->store->ids.cell;
	*at = collect(r, b, *at, end);
	orders(r, b);
	if (!exch_ahead_pays(s->store, s->ninstr, sizeof(struct exch_shown)))
		return;
	levels(r, b);
	ends(r, b);
}
