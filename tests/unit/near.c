/* base/near: distances counted by hand, and the word that is meant. */
#include <config.h>

#include <string.h>

#include "../tap.h"
#include "base/near.h"

static void
distances(void)
{
	static const struct {
		const char *a, *b;
		unsigned far;
	} d[] = {{"tick", "tick", 0}, {"TicK", "tick", 0}, {"tck", "tick", 1},
	    {"ticks", "tick", 1}, {"tack", "tick", 1}, {"tikc", "tick", 1},
	    {"tcki", "tick", 2}, {"tock", "task", 2}, {"", "ab", 2},
	    {"", "abc", 3}, {"abcdef", "uvwxyz", 3},
	    {"abcdefghijklmnop", "abcdefghijklmno", 1},
	    {"abcdefghijklmnopq", "abcdefghijklmnop", 3}};

	for (size_t i = 0; i < sizeof(d) / sizeof(d[0]); i++) {
		size_t n = strlen(d[i].a), m = strlen(d[i].b);

		tap_is_u64(exch_near(d[i].a, n, d[i].b, m), d[i].far, d[i].a);
		tap_is_u64(
		    exch_near(d[i].b, m, d[i].a, n), d[i].far, "and back");
	}
}

static const char *
of(const char *s)
{
	static const char *const words[] = {
	    "buy", "sell", "short", "short-exempt", "at"};

	return exch_nearest(s, strlen(s), words, 5);
}

int
main(void)
{
	distances();
	tap_is_str(of("byu"), "buy", "a swap");
	tap_is_str(of("SELLS"), "sell", "a letter more");
	tap_is_str(of("shot"), "short", "the nearest of several");
	tap_is_str(of("short-exmpt"), "short-exempt", "a long one");
	tap_ok(of("cancel") == NULL, "none is near");
	tap_ok(of("xy") == NULL, "as far as the word has letters is not near");
	tap_ok(of("") == NULL, "nothing is near to nothing");
	return tap_done();
}
