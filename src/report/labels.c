/* Words of codes as labels (labels.h). */
#include <config.h>

#include <string.h>

#include "base/check.h"
#include "report/labels.h"

const struct exch_label exch_label_none = {"", 0};

static struct exch_label
label(const char *word)
{
	struct exch_label l = {.n = (uint8_t)strlen(word)};

	exch_check(strlen(word) <= sizeof(l.s));
	memcpy(l.s, word, l.n);
	return l;
}

static void
make(struct exch_code_labels *l, const struct exch_word *words)
{
	*l = (struct exch_code_labels){0};
	for (; words->word != NULL; words++) {
		exch_check(words->code < EXCH_LABEL_CODES);
		l->of[words->code] = label(words->word);
	}
}

void
exch_labels_make(struct exch_labels *l)
{
	make(&l->ordtype, exch_words_ordtype);
	make(&l->tif, exch_words_tif);
	make(&l->phase, exch_words_phase);
	make(&l->cross, exch_words_cross);
	make(&l->reason, exch_words_reason);
	l->status[EXCH_LIFE_NONE] = exch_label_none;
	for (unsigned i = EXCH_LIFE_NONE + 1; i < EXCH_LIFE_SHOWN; i++)
		l->status[i] = label(exch_life_word((uint8_t)i));
}
