/*
 * The filter by symbol.  Instruments are known by number in the records
 * and by symbol to people: the answer is kept per number.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "exch-replay/tool.h"

int
pick_add(struct pick *p, const char *list)
{
	while (*list != '\0') {
		size_t n = strcspn(list, ",");
		char(*v)[25];
		bool *seen;

		if (n == 0 || n > 24)
			return EXCH_ERR_RANGE;
		v = exch_realloc(p->symbol, p->n + 1, sizeof(*v));
		if (v == NULL)
			return EXCH_ERR_NOMEM;
		p->symbol = v;
		seen = exch_realloc(p->seen, p->n + 1, sizeof(*seen));
		if (seen == NULL)
			return EXCH_ERR_NOMEM;
		p->seen = seen;
		memset(v[p->n], 0, sizeof(v[0]));
		memcpy(v[p->n], list, n);
		seen[p->n] = false;
		p->n++;
		list += n + (list[n] == ',');
	}
	return p->n == 0 ? EXCH_ERR_RANGE : 0;
}

void
pick_free(struct pick *p)
{
	exch_free(p->symbol);
	exch_free(p->seen);
	exch_free(p->want);
}

int
pick_note(struct pick *p, uint32_t instr, const char *symbol)
{
	if (p->n == 0)
		return 0;
	if (instr >= p->cap) {
		uint32_t cap = (instr / 1024 + 1) * 1024;
		uint8_t *v = exch_realloc(p->want, cap, 1);

		if (v == NULL)
			return EXCH_ERR_NOMEM;
		memset(v + p->cap, 0, cap - p->cap);
		p->want = v;
		p->cap = cap;
	}
	p->want[instr] = 2;
	for (unsigned i = 0; i < p->n; i++) {
		if (strncmp(p->symbol[i], symbol, 24) == 0) {
			p->want[instr] = 1;
			p->seen[i] = true;
		}
	}
	return 0;
}

const char *
pick_missing(const struct pick *p, unsigned n)
{
	for (unsigned i = 0; i < p->n; i++) {
		if (!p->seen[i] && n-- == 0)
			return p->symbol[i];
	}
	return NULL;
}
