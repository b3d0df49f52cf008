/*
 * A complaint about a line of a text stands at the word that it quotes, or at
 * the first one of the line.
 */
#ifndef EXCH_TESTS_QUOTED_H
#define EXCH_TESTS_QUOTED_H

#include <string.h>

#include "base/err.h"

static inline bool
at_its_word(const char *text, const struct exch_diag *d)
{
	const char *quote =
	    d->text[0] == '\'' ? strchr(d->text + 1, '\'') : NULL;
	const char *line = text, *word;

	if (d->kind != EXCH_POS_LINE)
		return d->column == 0;
	if (strncmp(line, "\xef\xbb\xbf", 3) == 0)
		line += 3;
	for (uint64_t i = 1; i < d->where; i++)
		line = strchr(line, '\n') + 1;
	word = line + d->column - 1;
	if (d->column == 0 || d->column > strcspn(line, "\n"))
		return false;
	if (quote == NULL)
		return word == line + strspn(line, " \t");
	return strncmp(word, d->text + 1, (size_t)(quote - d->text) - 1) == 0;
}

#endif
