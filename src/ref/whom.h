/*
 * Whom the rows of a table are for: all, a member or an account, in every
 * instrument or in one.  Of several the one counts that says most of it.
 * Rows for a group are about all its accounts together, and beside those.
 */
#ifndef EXCH_REF_WHOM_H
#define EXCH_REF_WHOM_H

#include "ref/table.h"

enum exch_scope {
	EXCH_SCOPE_ALL,
	EXCH_SCOPE_MEMBER,
	EXCH_SCOPE_ACCOUNT,
	EXCH_SCOPE_GROUP
};

extern const struct exch_cell_word exch_words_scope[];

/* A row begins with it. */
struct exch_whom {
	uint8_t scope;
	char name[16];	 /* of the member or group, or number of the account */
	char symbol[24]; /* "": every instrument, each for itself */
	int64_t from;	 /* of tiers: where this one begins; else 0 */
};

/* Its first three columns, in a row that begins with it. */
#define EXCH_WHOM_COLUMNS                                                      \
	{.name = "scope",                                                      \
	    .kind = EXCH_CELL_WORD,                                            \
	    .off = offsetof(struct exch_whom, scope),                          \
	    .words = exch_words_scope},                                        \
	    {.name = "name",                                                   \
		.kind = EXCH_CELL_TEXT,                                        \
		.off = offsetof(struct exch_whom, name),                       \
		.size = 16,                                                    \
		.may_lack = true},                                             \
	{                                                                      \
		.name = "symbol", .kind = EXCH_CELL_TEXT,                      \
		.off = offsetof(struct exch_whom, symbol), .size = 24,         \
		.may_lack = true                                               \
	}

/* The rows of a table by whom they are for. */
struct exch_whom_index {
	const struct exch_whom **row;
	size_t n;
};

/*
 * Rows of `size` bytes.  Refused: names where there is none or none where
 * there should be, and the same twice ("limits for the same").  The index is
 * the caller's to clear, after a failure, too.
 */
int exch_whom_index(struct exch_whom_index *x, const struct exch_reftable *t,
    size_t size, const char *what, struct exch_diag *d);
void exch_whom_clear(struct exch_whom_index *x);

/*
 * An account itself (n 0), its member (1) or all (2), in an instrument or
 * (symbol NULL) in every one, from 0.  False: it has no member.
 */
bool exch_whom_of(uint32_t account, const char member[16], unsigned n,
    const char symbol[24], struct exch_whom *out);
/* A group, in an instrument or (symbol NULL) in every one, from 0. */
void exch_whom_group(
    const char name[16], const char symbol[24], struct exch_whom *out);
/*
 * The row for just them: of tiers the last that begins at key->from or
 * before.  NULL: none.
 */
const void *exch_whom_find(
    const struct exch_whom_index *x, const struct exch_whom *key);

#endif
