/*
 * Symbols of inputs that say them with every message, and the instruments that
 * they stand for.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "feed/symbols.h"
#include "feed/text.h"
#include "rec/dir.h"

int
exch_symbols_init(struct exch_symbols *s, const struct exch_feed_opts *o,
    const struct exch_feed_sink *sink, exch_px tick)
{
	*s = (struct exch_symbols){.o = o, .sink = sink, .tick = tick};
	s->next = o->known != NULL ? exch_dir_max(o->known) + 1 : 1;
	s->names = exch_names_new(EXCH_INSTR_MAX);
	return s->names != NULL ? EXCH_OK : EXCH_ERR_NOMEM;
}

void
exch_symbols_clear(struct exch_symbols *s)
{
	exch_names_free(s->names);
	exch_free(s->instr);
	*s = (struct exch_symbols){0};
}

/* One that this input has not had. */
static int
announce(struct exch_symbols *s, const char *p, size_t n, exch_ts t,
    uint32_t *id, struct exch_diag *d)
{
	struct exch_rec_instrument r;

	*id = s->o->known != NULL ? exch_dir_symbol(s->o->known, p, n) : 0;
	if (*id != 0)
		return EXCH_OK;
	if (s->tick <= 0)
		return EXCH_ERR_NEED;
	if (s->next > EXCH_INSTR_MAX)
		return EXCH_ERR_LIMIT;
	*id = s->next++;
	exch_text_instrument(&r, *id, p, n, s->tick, t);
	return s->sink->record(s->sink->arg, &r.h, d);
}

static int
remember(struct exch_symbols *s, uint32_t number, uint32_t id)
{
	if (!exch_room(&s->instr, number, &s->cap, sizeof(id)))
		return EXCH_ERR_NOMEM;
	s->instr[number] = id;
	return EXCH_OK;
}

int
exch_symbols_other(struct exch_symbols *s, const char *p, size_t n, exch_ts t,
    uint32_t *id, struct exch_diag *d)
{
	uint32_t number;
	int err;

	err = exch_names_find(s->names, p, n, &number);
	if (err == EXCH_OK) {
		*id = s->instr[number];
	} else {
		err = announce(s, p, n, t, id, d);
		if (err == EXCH_OK)
			err = exch_names_add(s->names, p, n, &number);
		if (err == EXCH_OK)
			err = remember(s, number, *id);
	}
	if (err == EXCH_OK) {
		memcpy(s->last, p, n);
		s->last_n = n;
		s->last_instr = *id;
	}
	return err;
}
