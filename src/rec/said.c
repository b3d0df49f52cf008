/* Orders of clients on their way (said.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/image.h"
#include "rec/said.h"

void
exch_said_clear(struct exch_said *s)
{
	exch_free(s->list);
	*s = (struct exch_said){0};
}

/* For one more behind the others. */
static int
room(struct exch_said *s)
{
	uint32_t cap = s->cap == 0 ? 16 : s->cap * 2;
	struct exch_said_order *list;

	if (s->n < s->cap)
		return EXCH_OK;
	if (s->at > s->n / 2) {
		s->n -= s->at;
		memmove(s->list, s->list + s->at, s->n * sizeof(*s->list));
		s->at = 0;
		return EXCH_OK;
	}
	if (cap < s->cap)
		return EXCH_ERR_NOMEM;
	list = exch_realloc(s->list, cap, sizeof(*list));
	if (list == NULL)
		return EXCH_ERR_NOMEM;
	s->list = list;
	s->cap = cap;
	return EXCH_OK;
}

int
exch_said_keep(struct exch_said *s, const struct exch_rec_new *c)
{
	if (exch_rec_ext(&c->h, sizeof(*c), EXCH_EXT_CLIENT) == NULL ||
	    (c->h.flags & EXCH_F_IMPOSED) != 0)
		return EXCH_OK;
	if (room(s) != 0)
		return EXCH_ERR_NOMEM;
	s->list[s->n++] = (struct exch_said_order){c->order, c->h.instr, 0};
	return EXCH_OK;
}

static void
take_out(struct exch_said *s, uint32_t i)
{
	memmove(s->list + s->at + 1, s->list + s->at,
	    (i - s->at) * sizeof(*s->list));
	if (++s->at == s->n)
		s->at = s->n = 0;
}

bool
exch_said_find(struct exch_said *s, const struct exch_rec *r, exch_oid *order)
{
	bool again = (r->flags & EXCH_F_DUP) != 0;

	for (uint32_t i = s->at; i < s->n; i++) {
		if (s->list[i].instr != r->instr ||
		    (!again && s->list[i].order != *order))
			continue;
		*order = s->list[i].order;
		take_out(s, i);
		return true;
	}
	return !again;
}

void
exch_said_image(struct exch_image *im, struct exch_said *s)
{
	struct exch_said own = *s;

	exch_image_bytes(im, s, sizeof(*s));
	s->list = exch_image_array(
	    im, s->list, own.list, s->n, s->cap, sizeof(*s->list));
}
