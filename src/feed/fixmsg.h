/*
 * One message of FIX in memory: where it ends, whether its length and sum are
 * right, and its fields.  Fields end with SOH, or in logs that people read
 * with a bar.
 */
#ifndef EXCH_FEED_FIXMSG_H
#define EXCH_FEED_FIXMSG_H

#include "base/types.h"

/* Longer than any message about an order. */
#define EXCH_FIX_MAX (64u << 10)
#define EXCH_FIX_FIELDS 512

struct exch_fix_field {
	uint32_t tag;
	uint32_t n;
	const char *p; /* in the message */
};

struct exch_fix_msg {
	size_t size; /* of the whole message */
	unsigned n;
	struct exch_fix_field field[EXCH_FIX_FIELDS];
};

enum exch_fix_read {
	EXCH_FIX_OK,
	EXCH_FIX_MORE, /* it does not end here */
	EXCH_FIX_BAD   /* *why says what is wrong with it */
};

/* Where a message begins among n bytes; n: nowhere. */
size_t exch_fix_find(const char *p, size_t n);
/* The message at p. */
enum exch_fix_read exch_fix_read(
    const char *p, size_t n, struct exch_fix_msg *m, const char **why);

/* The first field of a tag, or NULL. */
const struct exch_fix_field *exch_fix_get(
    const struct exch_fix_msg *m, uint32_t tag);
/* Its only byte; 0: it is not there, or longer. */
char exch_fix_letter(const struct exch_fix_msg *m, uint32_t tag);

#endif
