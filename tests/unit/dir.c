/* The directory: ids and symbols, replaced entries, refused ones. */
#include <config.h>

#include <stdlib.h>

#include "base/rng.h"
#include "base/salted.h"
#include "rec/dir.h"
#include "tap.h"

static struct exch_rec_instrument
make(uint32_t id, const char *symbol)
{
	struct exch_rec_instrument e = {
	    .h = {.type = EXCH_REC_INSTRUMENT,
		.len8 = sizeof(e) / 8,
		.source = 1,
		.instr = id},
	    .tick = 1,
	    .lot = 1,
	};

	memcpy(e.symbol, symbol, strlen(symbol));
	return e;
}

static int
note(struct exch_dir *d, uint32_t id, const char *symbol)
{
	struct exch_rec_instrument e = make(id, symbol);

	return exch_dir_note(d, &e.h, NULL);
}

static void
refused(struct exch_dir *dir)
{
	struct exch_rec_instrument e;
	struct exch_diag d = {0};

	e = make(0, "X");
	tap_is_i64(exch_dir_note(dir, &e.h, &d), EXCH_ERR_RANGE, "id 0");
	e = make(EXCH_INSTR_MAX + 1, "X");
	tap_is_i64(exch_dir_note(dir, &e.h, &d), EXCH_ERR_RANGE, "big id");
	e = make(9, "X");
	e.tick = 0;
	tap_is_i64(exch_dir_note(dir, &e.h, &d), EXCH_ERR_RANGE, "tick 0");
	e = make(9, "X");
	e.lot = 0;
	tap_is_i64(exch_dir_note(dir, &e.h, &d), EXCH_ERR_RANGE, "lot 0");
	e = make(9, "X");
	e.qty_exponent = 1;
	tap_is_i64(exch_dir_note(dir, &e.h, &d), EXCH_ERR_RANGE, "exponent");
	e = make(9, "X");
	e.px_decimals = 10;
	tap_is_i64(exch_dir_note(dir, &e.h, &d), EXCH_ERR_RANGE, "decimals");
	e = make(9, "X");
	e.h.len8 = 10;
	tap_is_i64(exch_dir_note(dir, &e.h, &d), EXCH_ERR_RANGE, "too short");
	tap_ok(exch_dir_instrument(dir, 9) == NULL, "nothing was kept");
}

#define IDS 3000u
#define NAMES 500u

/*
 * Ids whose symbols change, again and again, and often to one that others have:
 * a symbol is that of the id that took it last and has it still.  With a search
 * of all of them for each change this would take minutes.
 */
static void
renamed(void)
{
	struct exch_dir *dir = exch_dir_new();
	struct exch_rng rng;
	static uint32_t has[IDS + 1], when[IDS + 1];
	unsigned bad = 0;
	char s[24];

	exch_rng_seed(&rng, 7);
	for (uint32_t t = 1; t <= 400 * IDS; t++) {
		uint32_t id = 1 + (uint32_t)exch_rng_below(&rng, IDS);
		uint32_t name = (uint32_t)exch_rng_below(&rng, NAMES);

		snprintf(s, sizeof(s), "N%u", name);
		bad += note(dir, id, name == 0 ? "" : s) != 0;
		has[id] = name;
		when[id] = t;
	}
	for (uint32_t name = 1; name < NAMES; name++) {
		uint32_t last = 0;

		for (uint32_t id = 1; id <= IDS; id++)
			if (has[id] == name && when[id] > when[last])
				last = id;
		snprintf(s, sizeof(s), "N%u", name);
		bad += exch_dir_symbol(dir, s, strlen(s)) != last;
	}
	tap_is_u64(bad, 0, "symbols that ids take from each other");
	exch_dir_free(dir);
}

/* Symbols that all want one place of the table, chosen by the first salt. */
static void
meeting(void)
{
	enum { N = 600, SIZE = 2048 };
	struct exch_dir *dir = exch_dir_new();
	static char s[N][16];
	uint32_t n = 0;
	uint32_t bad = 0;

	for (uint32_t i = 0; n < N; i++) {
		size_t len = (size_t)snprintf(s[n], sizeof(s[n]), "M%u", i);

		if (exch_salted(exch_fnv(EXCH_FNV_BEGIN, s[n], len), 0) %
			SIZE ==
		    0)
			n++;
	}
	for (uint32_t i = 0; i < 100; i++)
		bad += note(dir, i + 1, s[i]) != 0;
	tap_is_u64(exch_dir_reach(dir), 99, "100 that want one place");
	for (uint32_t i = 100; i < N; i++)
		bad += note(dir, i + 1, s[i]) != 0;
	for (uint32_t i = 0; i < N; i++)
		bad += exch_dir_symbol(dir, s[i], strlen(s[i])) != i + 1;
	tap_is_u64(bad, 0, "600 symbols that want one place are found");
	tap_ok(exch_dir_reach(dir) < 128, "within 128 steps");
	exch_dir_free(dir);
}

int
main(void)
{
	struct exch_dir *dir = exch_dir_new();
	char s[24];
	unsigned bad = 0;

	tap_ok(exch_dir_instrument(dir, 1) == NULL, "empty");
	tap_is_u64(exch_dir_symbol(dir, "A", 1), 0, "no symbol");
	tap_is_u64(exch_dir_max(dir), 0, "no id");
	for (uint32_t i = 1; i <= 20000; i++) {
		snprintf(s, sizeof(s), "S%u", i);
		bad += note(dir, i * 7, s) != 0;
	}
	for (uint32_t i = 1; i <= 20000; i++) {
		snprintf(s, sizeof(s), "S%u", i);
		bad += exch_dir_symbol(dir, s, strlen(s)) != i * 7;
		bad += exch_dir_instrument(dir, i * 7)->h.instr != i * 7;
		bad += exch_dir_instrument(dir, i * 7 - 1) != NULL;
	}
	tap_is_u64(bad, 0, "20,000 instruments by id and symbol");
	tap_is_u64(exch_dir_max(dir), 140000, "the highest");
	note(dir, 14, "NEW");
	tap_is_u64(exch_dir_symbol(dir, "NEW", 3), 14, "renamed");
	tap_is_u64(exch_dir_symbol(dir, "S2", 2), 0, "the old name is gone");
	tap_is_u64(exch_dir_symbol(dir, "S3", 2), 21, "others are not");
	note(dir, EXCH_INSTR_MAX, "LAST");
	tap_is_u64(exch_dir_symbol(dir, "LAST", 4), EXCH_INSTR_MAX, "top id");
	note(dir, 5, "123456789012345678901234");
	tap_is_u64(exch_dir_symbol(dir, "123456789012345678901234", 24), 5,
	    "a symbol without a NUL");
	refused(dir);
	renamed();
	meeting();
	exch_dir_free(dir);
	exch_dir_free(NULL);
	return tap_done();
}
