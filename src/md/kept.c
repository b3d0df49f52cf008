/* The last messages, by their numbers (kept.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/check.h"
#include "md/itch_out.h"
#include "md/kept.h"

/* As it stands in a packet: behind its length. */
struct exch_kept_slot {
	unsigned char p[2 + EXCH_ITCH_MESSAGE];
};

int
exch_kept_init(struct exch_kept *k, uint64_t room)
{
	exch_check(room > 0 && room <= EXCH_KEPT_MAX);
	*k = (struct exch_kept){.room = room, .next = 1};
	k->slot = exch_malloc(room * sizeof(*k->slot));
	return k->slot != NULL ? EXCH_OK : EXCH_ERR_NOMEM;
}

void
exch_kept_clear(struct exch_kept *k)
{
	exch_free(k->slot);
	k->slot = NULL;
}

void
exch_kept_put(struct exch_kept *k, const unsigned char *p, size_t n)
{
	unsigned count = exch_be16(p + 18);

	memcpy(k->session, p, sizeof(k->session));
	exch_check(exch_be64(p + 10) == k->next);
	if (count == EXCH_MOLD_OVER)
		return;
	p += EXCH_MOLD_HEAD;
	n -= EXCH_MOLD_HEAD;
	for (; count > 0; count--) {
		size_t len = 2 + (size_t)exch_be16(p);

		exch_check(len <= n && len <= sizeof(k->slot->p));
		memcpy(k->slot[k->next++ % k->room].p, p, len);
		p += len;
		n -= len;
	}
}

static size_t
head(const struct exch_kept *k, unsigned char *to, uint64_t first,
    uint16_t count)
{
	memcpy(to, k->session, sizeof(k->session));
	exch_put_be64(to + 10, first);
	exch_put_be16(to + 18, count);
	return EXCH_MOLD_HEAD;
}

enum exch_kept_answer
exch_kept_answer(const struct exch_kept *k, const unsigned char *request,
    size_t n, unsigned char *to, size_t *len)
{
	uint64_t first, at;
	unsigned count;

	*len = 0;
	if (n != EXCH_MOLD_HEAD)
		return EXCH_KEPT_BAD;
	if (memcmp(request, k->session, sizeof(k->session)) != 0)
		return EXCH_KEPT_FOREIGN;
	first = exch_be64(request + 10);
	count = exch_be16(request + 18);
	if (first == 0 || count == 0 || count == EXCH_MOLD_OVER)
		return EXCH_KEPT_BAD;
	if (first >= k->next)
		return EXCH_KEPT_FUTURE;
	if (first < exch_kept_oldest(k)) {
		*len = head(k, to, exch_kept_oldest(k), 0);
		return EXCH_KEPT_OLD;
	}
	*len = EXCH_MOLD_HEAD;
	for (at = first; at < k->next && at - first < count; at++) {
		const unsigned char *p = k->slot[at % k->room].p;
		size_t one = 2 + (size_t)exch_be16(p);

		if (*len + one > EXCH_KEPT_PACKET)
			break;
		memcpy(to + *len, p, one);
		*len += one;
	}
	(void)head(k, to, first, (uint16_t)(at - first));
	return EXCH_KEPT_SENT;
}
