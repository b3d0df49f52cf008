/* Ranges of parameters: a table of names, lows and highs (README.md). */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abuse.h"
#include "base/alloc.h"
#include "base/csv.h"
#include "base/dec.h"

static int
take_law(void *arg, const struct exch_csv_row *row, struct exch_diag *d)
{
	struct sim *s = arg;
	struct law l = {0};

	(void)d;
	if (row->line == 1 || row->field[0][0] == '#')
		return 0;
	if (row->nfields < 3 || row->len[0] >= sizeof(l.name) ||
	    exch_dec_parse(row->field[1], row->len[1], 0, &l.low) != 0 ||
	    exch_dec_parse(row->field[2], row->len[2], 0, &l.high) != 0 ||
	    l.low > l.high)
		die("line %llu is no law", (unsigned long long)row->line);
	memcpy(l.name, row->field[0], row->len[0]);
	if (!exch_room(&s->law, s->nlaws, &s->caplaws, sizeof(*s->law)))
		die("out of memory");
	s->law[s->nlaws++] = l;
	return 0;
}

void
laws_read(struct sim *s, const char *name)
{
	static char text[1 << 16];
	FILE *f = fopen(name, "rb");
	struct exch_diag d = {0};
	size_t n;

	if (f == NULL)
		die("%s cannot be read", name);
	n = fread(text, 1, sizeof(text), f);
	(void)fclose(f);
	if (exch_csv_parse(text, n, name, take_law, s, &d) != 0)
		die("%s: %s", name, d.text);
}

int64_t
law(struct sim *s, const char *name)
{
	for (size_t i = 0; i < s->nlaws; i++)
		if (strcmp(s->law[i].name, name) == 0)
			return between(s, s->law[i].low, s->law[i].high);
	die("no law '%s'", name);
}
