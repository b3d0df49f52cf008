/*
 * Options of a card: WORD=VALUE with commas between, in a string; NULL has
 * none.  Each of these is true when the option at *o has that word and such a
 * value; then the value is there, and *o at the next option or at the end.
 * Else neither has changed.  For modules in C++ as well.
 */
#ifndef EXCH_CARD_OPTION_H
#define EXCH_CARD_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Digits at *p, which goes behind them; false: there are none, or too many. */
static inline bool
exch_option_digits(const char **p, uint64_t *v)
{
	const char *s = *p;
	uint64_t n = 0;

	for (; *s >= '0' && *s <= '9'; s++) {
		unsigned digit = (unsigned)(*s - '0');

		if (n > (UINT64_MAX - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	if (s == *p)
		return false;
	*p = s;
	*v = n;
	return true;
}

/* The value behind such a word, "stall=", or NULL. */
static inline const char *
exch_option_value(const char *o, const char *word)
{
	size_t n = strlen(word);

	return strncmp(o, word, n) == 0 ? o + n : NULL;
}

/* What follows is at p, where an option has to end. */
static inline bool
exch_option_next(const char **o, const char *p)
{
	if (*p != ',' && *p != '\0')
		return false;
	*o = p + (*p == ',');
	return true;
}

static inline bool
exch_option_uint(const char **o, const char *word, uint64_t least,
    uint64_t most, uint64_t *v)
{
	const char *p = exch_option_value(*o, word);
	uint64_t n;

	if (p == NULL || !exch_option_digits(&p, &n) || n < least || n > most ||
	    !exch_option_next(o, p))
		return false;
	*v = n;
	return true;
}

/* Two numbers with such a character between, "hbm=20-200". */
static inline bool
exch_option_pair(
    const char **o, const char *word, char between, uint64_t *x, uint64_t *y)
{
	const char *p = exch_option_value(*o, word);
	uint64_t n, k;

	if (p == NULL || !exch_option_digits(&p, &n) || *p++ != between ||
	    !exch_option_digits(&p, &k) || !exch_option_next(o, p))
		return false;
	*x = n;
	*y = k;
	return true;
}

/* Any text but none, of less than so many bytes. */
static inline bool
exch_option_text(const char **o, const char *word, char *text, size_t size)
{
	const char *p = exch_option_value(*o, word);
	size_t n = p != NULL ? strcspn(p, ",") : 0;

	if (n == 0 || n >= size)
		return false;
	memcpy(text, p, n);
	text[n] = '\0';
	return exch_option_next(o, p + n);
}

/* Is its word one of those, which have commas between? */
static inline bool
exch_option_among(const char *o, const char *words)
{
	size_t n = strcspn(o, "=");

	if (o[n] != '=' || words == NULL)
		return false;
	while (*words != '\0') {
		size_t k = strcspn(words, ",");

		if (k == n + 1 && memcmp(o, words, k) == 0)
			return true;
		words += k + (words[k] == ',');
	}
	return false;
}

/* How long the option at o is. */
static inline int
exch_option_len(const char *o)
{
	size_t n = strcspn(o, ",");

	return n < 64 ? (int)n : 64; /* enough to be told */
}

#endif
