/*
 * feed/names: words get numbers in the order in which they come, through many
 * growths, and also when somebody has chosen them so that they meet.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "base/salted.h"
#include "feed/names.h"

#define MANY 200000u
#define MEET 2500u /* more than a search may be long */

/* Words number from 0; *wrong counts those that are not what was said. */
static void
add(struct exch_names *t, const char *word, uint32_t want, uint32_t *wrong)
{
	uint32_t id = UINT32_MAX;

	if (exch_names_find(t, word, strlen(word), &id) != EXCH_ERR_ABSENT)
		++*wrong;
	if (exch_names_add(t, word, strlen(word), &id) != 0 || id != want)
		++*wrong;
}

static void
find(const struct exch_names *t, const char *word, uint32_t want,
    uint32_t *wrong)
{
	uint32_t id = UINT32_MAX;

	if (exch_names_find(t, word, strlen(word), &id) != 0 || id != want)
		++*wrong;
}

static void
many(void)
{
	struct exch_names *t = exch_names_new(MANY);
	uint32_t wrong = 0;
	uint32_t id;
	char word[32];

	if (t == NULL)
		abort();
	for (uint32_t i = 0; i < MANY; i++) {
		snprintf(word, sizeof(word), "A%07u", i);
		add(t, word, i, &wrong);
	}
	tap_ok(wrong == 0, "words are new, and numbered");
	for (uint32_t i = 0; i < MANY; i++) {
		snprintf(word, sizeof(word), "A%07u", i);
		find(t, word, i, &wrong);
	}
	tap_ok(wrong == 0, "and all are found");
	tap_ok(exch_names_find(t, "A000000", 7, &id) == EXCH_ERR_ABSENT,
	    "the beginning of one is none");
	tap_ok(exch_names_find(t, "", 0, &id) == EXCH_ERR_ABSENT,
	    "nor is nothing");
	tap_ok(exch_names_add(t, "B", 1, &id) == EXCH_ERR_LIMIT &&
		   exch_names_count(t) == MANY,
	    "as many as allowed");
	exch_names_free(t);
}

/* The next word from *i on that begins its search at the first slot. */
static void
next_that_meets(uint32_t *i, char word[static 32])
{
	uint32_t tag;

	do {
		int n = snprintf(word, 32, "M%010u", (*i)++);

		tag =
		    exch_salted_mix(exch_fnv(EXCH_FNV_BEGIN, word, (size_t)n));
	} while ((tag & 4095) != 0);
}

static void
meet(void)
{
	struct exch_names *t = exch_names_new(MANY);
	uint32_t wrong = 0;
	uint32_t at = 0;
	char word[32];

	if (t == NULL)
		abort();
	for (uint32_t i = 0; i < MEET; i++) {
		next_that_meets(&at, word);
		add(t, word, i, &wrong);
	}
	at = 0;
	for (uint32_t i = 0; i < MEET; i++) {
		next_that_meets(&at, word);
		find(t, word, i, &wrong);
	}
	tap_ok(wrong == 0, "words that meet are told apart");
	exch_names_free(t);
}

int
main(void)
{
	many();
	meet();
	return tap_done();
}
