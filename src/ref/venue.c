/*
 * What of a symbol is the thing, and what the venue (venue.h).
 */
#include <config.h>

#include <string.h>

#include "ref/venue.h"

size_t
exch_venue_thing(const char *symbol, size_t n)
{
	for (size_t i = n; i-- > 1;)
		if (symbol[i] == '.')
			return i;
	return n;
}

bool
exch_venue_is(const char *symbol, size_t n, const char *venue)
{
	size_t thing = exch_venue_thing(symbol, n);
	size_t len = strlen(venue);

	return len > 0 && n - thing == len + 1 &&
	       memcmp(symbol + thing + 1, venue, len) == 0;
}

size_t
exch_venue_len(const char symbol[EXCH_VENUE_SYMBOL])
{
	size_t n = 0;

	while (n < EXCH_VENUE_SYMBOL && symbol[n] != '\0')
		n++;
	return n;
}

bool
exch_venue_among(
    const char word[EXCH_VENUE_SYMBOL], const char symbol[EXCH_VENUE_SYMBOL])
{
	size_t n = exch_venue_len(symbol), at = exch_venue_thing(symbol, n);
	size_t len = exch_venue_len(word);

	if (len == 0)
		return true;
	if (len > 2 && word[0] == '*' && word[1] == '.')
		return n - at == len - 1 &&
		       memcmp(symbol + at, word + 1, len - 1) == 0;
	return len == n && memcmp(word, symbol, n) == 0;
}
