/*
 * The layout tables: fields inside their records, no two on one byte,
 * names and words unique; and the text of SCHEMA records read back.
 */
#include <config.h>

#include <stdlib.h>

#include "rec/known.h"
#include "rec/schema.h"
#include "tap.h"

static void
fields(void)
{
	const struct exch_schema *all;
	unsigned n, bad = 0, dup = 0;

	all = exch_schema_all(&n);
	tap_ok(n >= 28, "all types have a schema");
	for (unsigned i = 0; i < n; i++) {
		unsigned char used[2048] = {0};
		const struct exch_schema *s = &all[i];

		bad += i > 0 && all[i - 1].type >= s->type;
		bad += s->size % 8 != 0 || s->size < 16;
		bad += exch_schema_of(s->type) != s;
		bad += exch_schema_by_name(s->name, strlen(s->name)) != s;
		for (unsigned k = 0; k < s->nfields; k++) {
			const struct exch_field *f = &s->field[k];
			size_t size = exch_kind_size(f->kind);

			bad += f->off < 16 || f->off + size > s->size;
			bad += size <= 8 && f->off % size != 0;
			bad +=
			    (f->kind == EXCH_K_CODE8 ||
				f->kind == EXCH_K_CODE16) != (f->words != NULL);
			/* Text comes last: readers rely on it. */
			bad += (f->kind == EXCH_K_TEXT) !=
			       (s->var && k + 1 == s->nfields);
			for (size_t b = 0; b < size; b++)
				dup += used[f->off + b]++;
		}
	}
	tap_is_u64(bad, 0, "fields lie in their records, aligned");
	tap_is_u64(dup, 0, "and not on each other");
	tap_ok(exch_schema_of(0x7f) == NULL, "an unknown type has none");
	tap_ok(exch_schema_by_name("execs", 5) == NULL, "nor a wrong name");
}

static void
words(void)
{
	static const struct exch_word *const tables[] = {exch_words_side,
	    exch_words_ordtype, exch_words_tif, exch_words_phase,
	    exch_words_cross, exch_words_reject, exch_words_reason,
	    exch_words_cause, exch_words_print, exch_words_kind,
	    exch_words_ordflags, exch_words_due, exch_words_ledger,
	    exch_words_posted, exch_words_fail, exch_words_action,
	    exch_words_severity, exch_words_command, exch_words_status,
	    exch_words_flag, exch_words_ext};
	unsigned bad = 0;
	uint16_t code;

	for (size_t t = 0; t < EXCH_ARRAY_LEN(tables); t++)
		for (const struct exch_word *w = tables[t]; w->word != NULL;
		     w++) {
			bad += exch_word_code(tables[t], w->word,
				   strlen(w->word), &code) != 0 ||
			       code != w->code;
			bad += strcmp(exch_word_of(tables[t], w->code),
				   w->word) != 0;
			bad +=
			    strspn(w->word, "abcdefghijklmnopqrstuvwxyz-+") !=
			    strlen(w->word);
		}
	tap_is_u64(bad, 0, "words and codes are one to one");
	/* FIX numbers: 54 side, 40 order type, 59 time in force. */
	tap_is_str(exch_word_of(exch_words_side, 2), "sell", "FIX 54=2");
	tap_is_str(exch_word_of(exch_words_ordtype, 1), "market", "FIX 40=1");
	tap_is_str(exch_word_of(exch_words_tif, 4), "fok", "FIX 59=4");
	tap_ok(exch_word_of(exch_words_side, 9) == NULL, "no such side");
	tap_is_i64(exch_word_code(exch_words_side, "buys", 4, &code),
	    EXCH_ERR_ABSENT, "no such word");
	tap_is_i64(exch_word_code(exch_words_side, "bu", 2, &code),
	    EXCH_ERR_ABSENT, "nor a part of one");
}

static int
teach(struct exch_known *k, uint8_t type, const char *text)
{
	size_t n = strlen(text);
	size_t len = (sizeof(struct exch_rec_schema) + n + 7) & ~(size_t)7;
	struct exch_rec_schema *s = calloc(1, len);
	int err;

	s->h.type = EXCH_REC_SCHEMA;
	s->bytes = len;
	s->rtype = type;
	s->ntext = (uint16_t)n;
	memcpy(s + 1, text, n);
	err = exch_known_note(k, &s->h, NULL);
	free(s);
	return err;
}

static void
learning(void)
{
	static const char *const wrong[] = {"", " a", "Thing a:u8@16",
	    "thing a:u8", "thing a@16:u8", "thing a:u9@16", "thing a:u8@15",
	    "thing a:u8@2040", "thing a:u64@16 b:u8@23",
	    "thing a:u8@16 a:u8@17", "thing seq:u64@16", "thing  a:u8@16",
	    "thing a:u8@16x", "thing a:u8@", "thing a:text@24 b:u8@32",
	    "thing a:text@16", "exec a:u8@16", "thing :u8@16", "thing a:u8@-1",
	    "end", "type a:u8@16", "header",
	    "a-name-that-is-longer-than-names-may-be a:u8@16"};
	struct exch_known *k = exch_known_new();
	const struct exch_schema *s;
	unsigned taken = 0;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(wrong); i++) {
		(void)teach(k, 0x91, wrong[i]);
		if (exch_known_of(k, 0x91) != NULL && taken++ < 3)
			printf("# took \"%s\"\n", wrong[i]);
	}
	tap_is_u64(taken, 0, "nonsense is not learned");
	(void)teach(k, 0x91, "big-thing size:qty@16 tag:c12@36");
	s = exch_known_of(k, 0x91);
	tap_ok(s != NULL && s->nfields == 2 && s->size == 48 && !s->var,
	    "a new type is learned");
	tap_ok(exch_known_by_name(k, "big-thing", 9) == s, "by its name too");
	(void)teach(k, 0x92, "big-thing a:u8@16");
	tap_ok(exch_known_of(k, 0x92) == NULL, "a name stands for one type");
	(void)teach(k, 0x92, "note n:u8@24 text:text@26");
	s = exch_known_of(k, 0x92);
	tap_ok(s != NULL && s->var && s->size == 32, "text may be learned");
	(void)teach(k, EXCH_REC_EXEC, "other a:u8@16");
	tap_ok(exch_known_of(k, EXCH_REC_EXEC) == exch_schema_of(EXCH_REC_EXEC),
	    "a built-in layout stays");
	exch_known_free(k);
}

/* Every schema survives its own text, as type 0x80 and up. */
static void
texts(void)
{
	struct exch_known *k = exch_known_new();
	const struct exch_schema *all, *s;
	char text[EXCH_SCHEMA_TEXT_MAX + 2];
	unsigned n, bad = 0;
	size_t len;

	all = exch_schema_all(&n);
	for (unsigned i = 0; i < n; i++) {
		text[0] = 'x'; /* the name itself is taken */
		len = exch_schema_text(&all[i], text + 1);
		text[len + 1] = 0;
		(void)teach(k, 0xf0, text);
		s = exch_known_of(k, 0xf0);
		/* The instrument's symbol is a key that all records have. */
		if (all[i].type == EXCH_REC_INSTRUMENT)
			continue;
		if (s == NULL || s->size != all[i].size ||
		    s->var != all[i].var || s->nfields != all[i].nfields) {
			printf("# %s\n", text);
			bad++;
		}
	}
	tap_is_u64(bad, 0, "layouts read back from their texts");
	exch_known_free(k);
}

int
main(void)
{
	fields();
	words();
	learning();
	texts();
	return tap_done();
}
