/* Lines of a capture (line.h). */
#include <config.h>

#include <string.h>

#include "feed/line.h"

void
exch_line_jump(
    struct exch_feed_line *l, const unsigned char *key, uint64_t first)
{
	if (memcmp(key, l->key, sizeof(l->key)) != 0 || l->next == 0) {
		memcpy(l->key, key, sizeof(l->key));
		l->next = first;
		l->sessions++;
	} else if (first > l->next) {
		l->gaps++;
		l->passed += first - l->next;
	} else {
		l->back++;
		if (l->next - first > l->depth)
			l->depth = l->next - first;
	}
}

struct exch_feed_line *
exch_line_of(struct exch_feed_stats *st, uint8_t family,
    const unsigned char *addr, uint16_t port)
{
	struct exch_feed_line *l = st->line;

	for (; l < st->line + st->nlines; l++)
		if (l->family == family && l->port == port &&
		    memcmp(l->addr, addr, family == 4 ? 4 : 16) == 0)
			return l;
	if (st->nlines == EXCH_FEED_LINES)
		return NULL;
	st->nlines++;
	*l = (struct exch_feed_line){.family = family, .port = port};
	memcpy(l->addr, addr, family == 4 ? 4 : 16);
	return l;
}
