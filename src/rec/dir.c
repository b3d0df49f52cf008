/*
 * The directory of a stream.  Ids map to entries through two levels of
 * pages that exist only where instruments do: one load per level and no
 * hashing on the hot path, and a stream with three instruments costs one
 * page.  Symbols go through a small hash; when two ids have one symbol the
 * latest wins, as a venue that reuses a symbol means the new one.  Those it has
 * won against are kept behind it, one behind the other: when it takes another
 * symbol, as ids do whose numbers are given anew every day, the one before has
 * the symbol again, and nothing else is looked at.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/salted.h"
#include "rec/dir.h"

#define PAGE_BITS 12u
#define PAGE_SIZE (1u << PAGE_BITS)
#define TOP_SIZE ((EXCH_INSTR_MAX >> PAGE_BITS) + 1)

struct entry {
	struct exch_rec_instrument in; /* first */
	uint32_t newer, older;	       /* ids of its symbol; 0: none */
};

struct exch_dir {
	/* top[id / PAGE_SIZE][id % PAGE_SIZE]; NULL where nothing is known. */
	struct entry ***top;
	uint32_t max;
	uint32_t count;
	uint32_t *hash; /* newest ids by symbol, open addressing; 0: empty */
	uint32_t hash_size; /* a power of two, at least twice the count */
	uint64_t salt;	    /* even; of the hash (base/salted.h) */
};

/* A search as long as that is no accident in a table half empty. */
#define FAR 128u

struct exch_dir *
exch_dir_new(void)
{
	struct exch_dir *dir = exch_calloc(1, sizeof(*dir));

	if (dir == NULL)
		return NULL;
	dir->top = exch_calloc(TOP_SIZE, sizeof(*dir->top));
	dir->hash_size = 64;
	dir->hash = exch_calloc(dir->hash_size, sizeof(*dir->hash));
	if (dir->top == NULL || dir->hash == NULL) {
		exch_dir_free(dir);
		return NULL;
	}
	return dir;
}

void
exch_dir_free(struct exch_dir *dir)
{
	if (dir == NULL)
		return;
	if (dir->top != NULL) {
		for (uint32_t i = 0; i <= dir->max >> PAGE_BITS; i++) {
			if (dir->top[i] == NULL)
				continue;
			for (uint32_t k = 0; k < PAGE_SIZE; k++)
				exch_free(dir->top[i][k]);
			exch_free(dir->top[i]);
		}
	}
	exch_free(dir->top);
	exch_free(dir->hash);
	exch_free(dir);
}

static struct entry *
entry_of(const struct exch_dir *dir, uint32_t id)
{
	struct entry **page;

	if (id > dir->max)
		return NULL;
	page = dir->top[id >> PAGE_BITS];
	return page != NULL ? page[id & (PAGE_SIZE - 1)] : NULL;
}

const struct exch_rec_instrument *
exch_dir_instrument(const struct exch_dir *dir, uint32_t id)
{
	const struct entry *e = entry_of(dir, id);

	return e != NULL ? &e->in : NULL;
}

uint32_t
exch_dir_max(const struct exch_dir *dir)
{
	return dir->max;
}

int
exch_dir_qty_scale(const struct exch_dir *dir, uint32_t id)
{
	const struct exch_rec_instrument *e = exch_dir_instrument(dir, id);

	return e != NULL ? -e->qty_exponent : 0;
}

int
exch_dir_px_decimals(const struct exch_dir *dir, uint32_t id)
{
	const struct exch_rec_instrument *e = exch_dir_instrument(dir, id);

	return e != NULL ? e->px_decimals : 0;
}

/* Where the search for a symbol begins. */
static uint32_t
home_of(const struct exch_dir *dir, const char *s, size_t n)
{
	uint64_t h = exch_fnv(EXCH_FNV_BEGIN ^ dir->salt, s, n);

	return exch_salted(h, dir->salt) & (dir->hash_size - 1);
}

static size_t
symbol_len(const struct exch_rec_instrument *e)
{
	return strnlen(e->symbol, sizeof(e->symbol));
}

static bool
symbol_is(const struct exch_rec_instrument *e, const char *s, size_t n)
{
	return e != NULL && symbol_len(e) == n && memcmp(e->symbol, s, n) == 0;
}

/* The slot that holds this symbol, or the empty one where it would go. */
static uint32_t *
slot_of(const struct exch_dir *dir, const char *s, size_t n)
{
	uint32_t at = home_of(dir, s, n);

	while (dir->hash[at] != 0) {
		if (symbol_is(exch_dir_instrument(dir, dir->hash[at]), s, n))
			break;
		at = (at + 1) & (dir->hash_size - 1);
	}
	return &dir->hash[at];
}

uint32_t
exch_dir_reach(const struct exch_dir *dir)
{
	uint32_t most = 0;

	for (uint32_t i = 0; i < dir->hash_size; i++) {
		const struct exch_rec_instrument *e =
		    exch_dir_instrument(dir, dir->hash[i]);
		uint32_t far = 0;

		if (e != NULL)
			far = (i - home_of(dir, e->symbol, symbol_len(e))) &
			      (dir->hash_size - 1);
		most = far > most ? far : most;
	}
	return most;
}

uint32_t
exch_dir_symbol(const struct exch_dir *dir, const char *s, size_t n)
{
	return *slot_of(dir, s, n);
}

static int
check(const struct exch_rec_instrument *e, struct exch_diag *d)
{
	const char *what = NULL;

	if (e->h.instr == 0 || e->h.instr > EXCH_INSTR_MAX)
		what = "instrument id out of range";
	else if (e->tick <= 0 || e->tick == EXCH_PX_NONE)
		what = "tick is not positive";
	else if (e->lot == 0)
		what = "lot is zero";
	else if (e->qty_exponent > 0 || e->qty_exponent < -9)
		what = "quantity exponent out of range";
	else if (e->px_decimals > 9)
		what = "price decimals out of range";
	if (what == NULL)
		return 0;
	return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
	    "instrument %u: %s", e->h.instr, what);
}

/* The same symbols in a table of `size` slots. */
static int
rebuild(struct exch_dir *dir, uint32_t size, uint64_t salt)
{
	uint32_t *was = dir->hash, had = dir->hash_size;
	uint32_t *hash = exch_calloc(size, sizeof(*hash));

	if (hash == NULL)
		return EXCH_ERR_NOMEM;
	dir->hash = hash;
	dir->hash_size = size;
	dir->salt = salt;
	for (uint32_t i = 0; i < had; i++) {
		const struct exch_rec_instrument *e;

		if (was[i] == 0)
			continue;
		e = exch_dir_instrument(dir, was[i]);
		*slot_of(dir, e->symbol, symbol_len(e)) = was[i];
	}
	exch_free(was);
	return 0;
}

/* Close the hole with whoever probed past it. */
static void
empty_slot(struct exch_dir *dir, uint32_t *slot)
{
	uint32_t mask = dir->hash_size - 1;
	uint32_t i = (uint32_t)(slot - dir->hash);

	for (uint32_t j = (i + 1) & mask; dir->hash[j] != 0;
	     j = (j + 1) & mask) {
		const struct exch_rec_instrument *e =
		    exch_dir_instrument(dir, dir->hash[j]);
		uint32_t home = home_of(dir, e->symbol, symbol_len(e));

		if (((j - home) & mask) < ((j - i) & mask))
			continue;
		dir->hash[i] = dir->hash[j];
		i = j;
	}
	dir->hash[i] = 0;
}

/* It has the symbol no more: the one before has it, or nobody. */
static void
leave(struct exch_dir *dir, struct entry *e)
{
	uint32_t *slot;

	if (e->older != 0)
		entry_of(dir, e->older)->newer = e->newer;
	if (e->newer != 0) {
		entry_of(dir, e->newer)->older = e->older;
		return;
	}
	slot = slot_of(dir, e->in.symbol, symbol_len(&e->in));
	if (e->older != 0)
		*slot = e->older;
	else
		empty_slot(dir, slot);
}

/* It is the newest of its symbol.  Says how far from home it stands. */
static uint32_t
enter(struct exch_dir *dir, struct entry *e)
{
	size_t n = symbol_len(&e->in);
	uint32_t *slot = slot_of(dir, e->in.symbol, n);
	uint32_t at = (uint32_t)(slot - dir->hash);

	e->newer = 0;
	e->older = *slot;
	if (*slot != 0)
		entry_of(dir, *slot)->newer = e->in.h.instr;
	*slot = e->in.h.instr;
	return (at - home_of(dir, e->in.symbol, n)) & (dir->hash_size - 1);
}

/* The entry of an id, made when it is new. */
static struct entry *
make_entry(struct exch_dir *dir, uint32_t id)
{
	struct entry ***page = &dir->top[id >> PAGE_BITS];
	struct entry **slot;

	if (*page == NULL) {
		*page = exch_calloc(PAGE_SIZE, sizeof(**page));
		if (*page == NULL)
			return NULL;
	}
	if (id > dir->max)
		dir->max = id;
	slot = &(*page)[id & (PAGE_SIZE - 1)];
	if (*slot == NULL) {
		*slot = exch_calloc(1, sizeof(**slot));
		if (*slot != NULL)
			dir->count++;
	}
	return *slot;
}

int
exch_dir_note(
    struct exch_dir *dir, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_instrument *in;
	struct entry *e;
	int err;

	if (r->type != EXCH_REC_INSTRUMENT)
		return 0;
	in = EXCH_REC_AS(r, exch_rec_instrument);
	if (in == NULL)
		return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
		    "instrument record of %zu bytes is too short",
		    exch_rec_len(r));
	err = check(in, d);
	if (err != 0)
		return err;
	if (dir->count >= dir->hash_size / 2) {
		err = rebuild(dir, dir->hash_size * 2, dir->salt);
		if (err != 0)
			goto nomem;
	}
	e = make_entry(dir, in->h.instr);
	if (e == NULL)
		goto nomem;
	if (symbol_len(&e->in) != 0)
		leave(dir, e);
	memcpy(&e->in, in, sizeof(e->in));
	/* symbols may be chosen so that they meet: not with the next salt */
	if (symbol_len(&e->in) != 0 && enter(dir, e) >= FAR &&
	    rebuild(dir, dir->hash_size, dir->salt + EXCH_SALTED_NEXT) != 0)
		goto nomem;
	return 0;
nomem:
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for instruments");
}
