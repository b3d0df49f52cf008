/*
 * The distance of Damerau and Levenshtein between short words, without the
 * swaps that are undone later: nobody mistypes a word of ten letters in
 * three ways.
 */
#include <config.h>

#include <string.h>

#include "base/near.h"

/* The most letters of a word that is looked at, and the distance beyond. */
#define LETTERS 16
#define FAR 3

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

unsigned
exch_near(const char *a, size_t n, const char *b, size_t m)
{
	unsigned d[LETTERS + 1][LETTERS + 1];

	if (n > LETTERS || m > LETTERS)
		return FAR;
	for (size_t i = 0; i <= n; i++)
		d[i][0] = (unsigned)i;
	for (size_t j = 0; j <= m; j++)
		d[0][j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		for (size_t j = 1; j <= m; j++) {
			char x = lower(a[i - 1]), y = lower(b[j - 1]);
			unsigned v = d[i - 1][j - 1] + (x != y);

			if (d[i - 1][j] + 1 < v)
				v = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < v)
				v = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && x == lower(b[j - 2]) &&
			    lower(a[i - 2]) == y && d[i - 2][j - 2] + 1 < v)
				v = d[i - 2][j - 2] + 1;
			d[i][j] = v;
		}
	}
	return d[n][m] < FAR ? d[n][m] : FAR;
}

const char *
exch_nearest(const char *p, size_t n, const char *const *words, unsigned count)
{
	const char *best = NULL;
	unsigned least = FAR;

	for (unsigned i = 0; i < count; i++) {
		size_t m = strlen(words[i]);
		unsigned k = exch_near(p, n, words[i], m);

		if (k < least && k < n && k < m) {
			least = k;
			best = words[i];
		}
	}
	return best;
}
