/* Sessions of numbered messages (seq.h): what is asked about them. */
#include <config.h>

#include "feed/seq_priv.h"

/* ---- gaps that are asked about ---- */

/* Of those whose first message has come, that lack it, or both. */
static bool
missing(const struct exch_seq *m, bool begun, bool not_begun,
    struct exch_seq_gap *g)
{
	for (size_t i = 0; i < m->nsessions && m->h.waiting > 0; i++) {
		struct exch_seq_session *s = m->session[i];

		if (s->held == NULL ||
		    !(exch_seq_lacks_first(s) ? not_begun : begun))
			continue;
		*g = (struct exch_seq_gap){.session = s,
		    .key = s->h.key,
		    .first = s->h.expected,
		    .count = s->held->q.first - s->h.expected};
		return true;
	}
	return false;
}

bool
exch_seq_missing(const struct exch_seq *m, struct exch_seq_gap *g)
{
	return missing(m, true, true, g);
}

bool
exch_seq_missing_later(const struct exch_seq *m, struct exch_seq_gap *g)
{
	return missing(m, true, false, g);
}

bool
exch_seq_missing_first(const struct exch_seq *m, struct exch_seq_gap *g)
{
	return missing(m, false, true, g);
}

size_t
exch_seq_sessions(const struct exch_seq *m)
{
	return m->nsessions;
}

struct exch_seq_session *
exch_seq_at(const struct exch_seq *m, size_t i)
{
	return m->session[i];
}

const unsigned char *
exch_seq_key(const struct exch_seq_session *s)
{
	return s->h.key;
}

bool
exch_seq_lacks_first(const struct exch_seq_session *s)
{
	return s->held != NULL && s->h.expected == 1;
}

uint64_t
exch_seq_first(const struct exch_seq_session *s)
{
	return s->begin;
}

bool
exch_seq_ended(const struct exch_seq_session *s, uint64_t *next)
{
	*next = s->end;
	return s->ended;
}

bool
exch_seq_over(struct exch_seq *m, bool *any)
{
	*any = false;
	for (size_t i = 0; i < m->nsessions; i++) {
		struct exch_seq_session *s = m->session[i];

		if (s->ended ||
		    (m->kind->over != NULL && m->kind->over(s->h.decoder)))
			*any = true;
		else if (!exch_seq_is_rumour(m, s))
			return false;
	}
	return m->h.waiting == 0;
}
