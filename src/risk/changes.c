/* Limits that changed, by whom they are for (changes.h). */
#include <config.h>

#include <string.h>

#include "base/check.h"
#include "risk/changes.h"

struct exch_change {
	struct exch_key key;
	struct exch_limits_row row;
};

/* Where a limit stands in a row, and what is no value of it. */
enum kind { LIMIT, SHARE };
static const struct {
	enum kind kind;
	uint16_t off;
	bool of_account; /* or of all that a group does: of no instrument */
	int64_t least;
} cells[] = {
#define CELL(K, f, acc, low)                                                   \
	{                                                                      \
		K, (uint16_t)offsetof(struct exch_limits_row, f), acc, low     \
	}
#define GROUP(f, acc) CELL(LIMIT, f, acc, 0)
    [EXCH_LIMIT_OF_SIZE] = CELL(LIMIT, order.size, false, 0),
    [EXCH_LIMIT_OF_VALUE] = CELL(LIMIT, order.value, false, 0),
    [EXCH_LIMIT_OF_POSITION] = CELL(LIMIT, order.position, false, 0),
    [EXCH_LIMIT_OF_COLLAR] = CELL(SHARE, order.collar, false, 0),
    [EXCH_LIMIT_OF_MARGIN_LONG] = CELL(SHARE, order.margin_long, false, 0),
    [EXCH_LIMIT_OF_MARGIN_SHORT] = CELL(SHARE, order.margin_short, false, 0),
    [EXCH_LIMIT_OF_CONCENTRATION] = CELL(SHARE, order.concentration, false, 0),
    [EXCH_LIMIT_OF_MESSAGES] = CELL(LIMIT, account.messages, true, 1),
    [EXCH_LIMIT_OF_PER] = CELL(LIMIT, account.per, true, 1),
    [EXCH_LIMIT_OF_DUPLICATE] = CELL(LIMIT, account.duplicate, true, 0),
    [EXCH_LIMIT_OF_OPEN_ORDERS] = CELL(LIMIT, account.open_orders, true, 0),
    [EXCH_LIMIT_OF_CREDIT] = CELL(LIMIT, account.credit, true, 0),
    [EXCH_LIMIT_OF_SECTOR] = CELL(SHARE, account.sector, true, 0),
    [EXCH_LIMIT_OF_LOSS] = CELL(LIMIT, account.loss, true, 0),
    [EXCH_LIMIT_OF_GROUP_OPEN_ORDERS] = GROUP(account.open_orders, true),
    [EXCH_LIMIT_OF_GROUP_POSITION] = GROUP(order.position, false),
    [EXCH_LIMIT_OF_GROUP_GROSS] = GROUP(group.gross, false),
    [EXCH_LIMIT_OF_GROUP_NOTIONAL] = GROUP(group.notional, false),
    [EXCH_LIMIT_OF_GROUP_CREDIT] = GROUP(account.credit, true),
    [EXCH_LIMIT_OF_GROUP_LOSS] = GROUP(account.loss, true),
#undef GROUP
#undef CELL
};

int
exch_changes_init(struct exch_changes *c)
{
	return exch_keyed_init(&c->row, sizeof(struct exch_change));
}

void
exch_changes_clear(struct exch_changes *c)
{
	exch_keyed_clear(&c->row);
}

void
exch_change_whom(const struct exch_rec_limit *r, const char symbol[24],
    struct exch_whom *out)
{
	static const char none[16]; /* an account's change is of no group */
	unsigned n = r->account != 0 ? 0 : r->member[0] != '\0' ? 1 : 2;

	if (exch_limit_is_of_group(r->what)) {
		exch_whom_group(
		    r->account == 0 ? r->member : none, symbol, out);
		return;
	}
	(void)exch_whom_of(r->account, r->member, n, symbol, out);
}

static uint64_t
hash_of(const struct exch_whom *w)
{
	uint64_t h = exch_fnv(EXCH_FNV_BEGIN, w->name, sizeof(w->name));

	return exch_fnv(h, w->symbol, sizeof(w->symbol)) + w->scope;
}

static bool
same(const struct exch_whom *a, const struct exch_whom *b)
{
	return a->scope == b->scope &&
	       memcmp(a->name, b->name, sizeof(a->name)) == 0 &&
	       memcmp(a->symbol, b->symbol, sizeof(a->symbol)) == 0;
}

/* Two of one hash differ in the place: 0, 1, and so on without a gap. */
static struct exch_change *
find(const struct exch_changes *c, const struct exch_whom *whom, uint32_t *at)
{
	uint64_t h = hash_of(whom);
	struct exch_change *x;

	for (*at = 0; (x = exch_keyed_find(&c->row, *at, h)) != NULL; ++*at)
		if (same(&x->row.whom, whom))
			return x;
	return NULL;
}

const struct exch_limits_row *
exch_changes_find(const struct exch_changes *c, const struct exch_whom *whom)
{
	uint32_t at;
	const struct exch_change *x =
	    c->row.live == 0 ? NULL : find(c, whom, &at);

	return x != NULL ? &x->row : NULL;
}

int
exch_changes_set(struct exch_changes *c, const struct exch_whom *whom,
    uint8_t what, int64_t value)
{
	uint32_t at, share = (uint32_t)value;
	struct exch_change *x = find(c, whom, &at);
	char *cell;

	if (what == 0 || what >= EXCH_ARRAY_LEN(cells) ||
	    value < cells[what].least ||
	    value >= (cells[what].kind == SHARE ? EXCH_COLLAR_NONE
						: EXCH_LIMIT_NONE) ||
	    (cells[what].of_account && whom->symbol[0] != '\0') ||
	    exch_limit_is_of_group(what) != (whom->scope == EXCH_SCOPE_GROUP) ||
	    (whom->scope == EXCH_SCOPE_GROUP && whom->name[0] == '\0'))
		return EXCH_ERR_RANGE;
	if (x == NULL) {
		if (exch_keyed_add(&c->row, at, hash_of(whom), &x) != 0)
			return EXCH_ERR_NOMEM;
		exch_limits_nothing(&x->row);
		x->row.whom = *whom;
	}
	cell = (char *)&x->row + cells[what].off;
	if (cells[what].kind == SHARE)
		memcpy(cell, &share, sizeof(share));
	else
		memcpy(cell, &value, sizeof(value));
	return EXCH_OK;
}

uint64_t
exch_changes_hash(const struct exch_changes *c)
{
	const struct exch_change *x;
	uint64_t h = EXCH_FNV_BEGIN;
	uint32_t at = 0;

	while ((x = exch_keyed_next(&c->row, &at)) != NULL) {
		h = exch_fnv(h, &x->key.id, sizeof(x->key.id));
		for (size_t i = 1; i < EXCH_ARRAY_LEN(cells); i++)
			h = exch_fnv(h, (const char *)&x->row + cells[i].off,
			    cells[i].kind == SHARE ? 4 : 8);
	}
	return h;
}

void
exch_changes_image(struct exch_image *im, struct exch_changes *c)
{
	exch_keyed_image(im, &c->row);
}
