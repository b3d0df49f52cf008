/* The fate of packets, by chance (impair.h). */
#include <config.h>

#include <string.h>

#include "base/dec.h"
#include "base/time.h"
#include "md/impair.h"

#define MILLION 1000000u
/* A packet that is moved comes behind one of so many that follow. */
#define BEHIND 4u

static const char *const names[] = {
    "loss", "duplicate", "reorder", "delay", "jitter"};

/* Up to 100 in percent, exact to a millionth. */
static bool
parse_rate(const char *s, size_t n, uint32_t *rate)
{
	int64_t v;

	if (n < 2 || s[n - 1] != '%' || exch_dec_parse(s, n - 1, 4, &v) != 0 ||
	    v < 0 || v > (int64_t)MILLION)
		return false;
	*rate = (uint32_t)v;
	return true;
}

static const char *
set(struct exch_impair *m, unsigned which, const char *s, size_t n)
{
	uint32_t *const rate[] = {&m->loss, &m->duplicate, &m->reorder};
	uint64_t *const time[] = {&m->delay, &m->jitter};

	if (which < 3)
		return parse_rate(s, n, rate[which])
			   ? NULL
			   : "not a share from 0% to 100%";
	return exch_duration_parse(s, n, time[which - 3]) == 0 &&
		       *time[which - 3] <= EXCH_IMPAIR_DELAY
		   ? NULL
		   : "not a time up to 10s, such as 5ms";
}

const char *
exch_impair_parse(struct exch_impair *m, const char *s, size_t *where)
{
	const char *begin = s;
	unsigned given = 0;

	*m = (struct exch_impair){0};
	for (;;) {
		size_t n = strcspn(s, ",");
		size_t name = strcspn(s, "=,");
		const char *why;
		unsigned i = 0;

		*where = (size_t)(s - begin) + 1;
		while (i < EXCH_ARRAY_LEN(names) &&
		       (strlen(names[i]) != name ||
			   memcmp(s, names[i], name) != 0))
			i++;
		if (i == EXCH_ARRAY_LEN(names) || name == n)
			return "not loss=, duplicate=, reorder=, delay= or "
			       "jitter=";
		if ((given & 1u << i) != 0)
			return "said twice";
		given |= 1u << i;
		*where += name + 1;
		why = set(m, i, s + name + 1, n - name - 1);
		if (why != NULL)
			return why;
		if (s[n] == '\0')
			return NULL;
		s += n + 1;
	}
}

void
exch_impair_seed(struct exch_impair *m, uint64_t seed, unsigned line)
{
	exch_rng_seed(&m->rng, seed);
	/* as far apart as two seeds are */
	for (unsigned i = 0; i < line; i++)
		exch_rng_seed(&m->rng, exch_rng_u64(&m->rng));
}

/* Every packet takes the same numbers, so that one rate leaves the others. */
struct exch_impaired
exch_impair_next(struct exch_impair *m, unsigned messages)
{
	struct exch_impaired f = {0};
	bool moved;
	uint64_t behind, late;

	f.lost = exch_rng_chance(&m->rng, m->loss, MILLION);
	f.doubled = exch_rng_chance(&m->rng, m->duplicate, MILLION);
	moved = exch_rng_chance(&m->rng, m->reorder, MILLION);
	behind = exch_rng_below(&m->rng, BEHIND) + 1;
	late = exch_rng_below(&m->rng, m->jitter + 1);
	m->seen++;
	if (f.lost) {
		m->lost++;
		m->messages_lost += messages;
		return (struct exch_impaired){.lost = true};
	}
	f.after = moved ? (unsigned)behind : 0;
	f.delay = m->delay + late;
	m->doubled += f.doubled;
	m->moved += moved;
	m->delayed += f.delay != 0;
	return f;
}
