/*
 * Instruments of inputs that name them by symbol in every message: an id for
 * each, and its INSTRUMENT record when it is seen for the first time.
 */
#ifndef EXCH_FEED_SYMBOLS_H
#define EXCH_FEED_SYMBOLS_H

#include <string.h>

#include "feed/feed.h"
#include "feed/names.h"

/* The longest symbol. */
#define EXCH_SYMBOL_MAX 24u

struct exch_symbols {
	const struct exch_feed_opts *o;
	const struct exch_feed_sink *sink;
	exch_px tick; /* of what is announced; 0: it is not known */
	struct exch_names *names;
	uint32_t *instr; /* id by number of the name */
	size_t cap;
	uint32_t next;
	/* The one before: most inputs hold runs of one. */
	char last[EXCH_SYMBOL_MAX];
	size_t last_n;
	uint32_t last_instr;
};

/*
 * Ids of earlier inputs (o->known) are used, and others are above them.
 * Both are borrowed.  EXCH_ERR_NOMEM.
 */
int exch_symbols_init(struct exch_symbols *s, const struct exch_feed_opts *o,
    const struct exch_feed_sink *sink, exch_px tick);
/* Good after a failed init, and of zeros, too. */
void exch_symbols_clear(struct exch_symbols *s);
/* exch_symbols_id() of another one than before. */
int exch_symbols_other(struct exch_symbols *s, const char *p, size_t n,
    exch_ts t, uint32_t *id, struct exch_diag *d);

/*
 * The id of a symbol of 1 to EXCH_SYMBOL_MAX bytes.  Without a diagnosis:
 * EXCH_ERR_NEED, it is new and there is no tick; EXCH_ERR_LIMIT, there are
 * more of them than ids; EXCH_ERR_NOMEM.  Else what the sink says.
 */
static inline int
exch_symbols_id(struct exch_symbols *s, const char *p, size_t n, exch_ts t,
    uint32_t *id, struct exch_diag *d)
{
	if (n != s->last_n || memcmp(p, s->last, n) != 0)
		return exch_symbols_other(s, p, n, t, id, d);
	*id = s->last_instr;
	return EXCH_OK;
}

#endif
