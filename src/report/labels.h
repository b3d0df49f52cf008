/*
 * Words of codes as labels, for rows of which there are many: found by the
 * code itself, and with their lengths.
 */
#ifndef EXCH_REPORT_LABELS_H
#define EXCH_REPORT_LABELS_H

#include "rec/life.h"
#include "rec/schema.h"
#include "report/table.h"

/* Codes from here on are no labels'; that of a letter is one. */
#define EXCH_LABEL_CODES 128u

/* By code; codes without a word have a label of none. */
struct exch_code_labels {
	struct exch_label of[EXCH_LABEL_CODES];
};

/* What the rows of an order say of it. */
struct exch_labels {
	struct exch_code_labels ordtype, tif, phase, cross, reason;
	struct exch_label status[EXCH_LIFE_SHOWN]; /* none of EXCH_LIFE_NONE */
};

extern const struct exch_label exch_label_none;

void exch_labels_make(struct exch_labels *l);

static inline const struct exch_label *
exch_label_of(const struct exch_code_labels *l, unsigned code)
{
	return code < EXCH_LABEL_CODES ? &l->of[code] : &exch_label_none;
}

#endif
