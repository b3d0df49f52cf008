/*
 * The allocations by name (alloc.h), and their parameters.
 *
 * Sources: the lists of CME Globex by the letter of tag 1142 and its notice
 * of 7 February 2005 (TOP, minimum of two lots, rest by time); the options
 * rule of Nasdaq PHLX (round up, largest first); parity as NYSE describes
 * it.  Where those do not say how a whole number comes out, the rule in
 * alloc.h is a choice made here; so are the 40 percent of cme-k, which the
 * exchange sets product by product.
 */
#include <config.h>

#include <string.h>

#include "base/err.h"
#include "match/alloc.h"

#define TOP                                                                    \
	{                                                                      \
		.kind = EXCH_ALLOC_TOP, .percent = 100                         \
	}
#define LMM                                                                    \
	{                                                                      \
		.kind = EXCH_ALLOC_LMM                                         \
	}
#define PRO_RATA(least)                                                        \
	{                                                                      \
		.kind = EXCH_ALLOC_PRO_RATA, .min = (least)                    \
	}
#define FIFO                                                                   \
	{                                                                      \
		.kind = EXCH_ALLOC_FIFO                                        \
	}

static const struct exch_alloc allocs[] = {
    {.name = "fifo", .step = {FIFO}},
    {.name = "time", .by_time = true, .step = {FIFO}},
    {.name = "size", .step = {{.kind = EXCH_ALLOC_SIZE}}},
    {.name = "pro-rata", .step = {PRO_RATA(1), FIFO}},
    {.name = "cme-a", .step = {TOP, PRO_RATA(2), FIFO}},
    {.name = "cme-c", .step = {PRO_RATA(1), FIFO}},
    {.name = "cme-f", .step = {FIFO}},
    {.name = "cme-k",
	.step = {TOP, LMM, {.kind = EXCH_ALLOC_SPLIT, .percent = 40}, FIFO,
	    PRO_RATA(2), {.kind = EXCH_ALLOC_LEVELING, .min = 1}, FIFO}},
    {.name = "cme-o", .step = {TOP, PRO_RATA(1), FIFO}},
    {.name = "cme-q", .step = {TOP, LMM, PRO_RATA(1), FIFO}},
    {.name = "cme-s", .step = {TOP, LMM, FIFO}},
    {.name = "cme-t", .step = {LMM, FIFO}},
    {.name = "options", .step = {{.kind = EXCH_ALLOC_SIZE_UP}, FIFO}},
    {.name = "time-pro-rata",
	.step = {{.kind = EXCH_ALLOC_TIME_PRO_RATA, .min = 1}, FIFO}},
    {.name = "parity", .step = {{.kind = EXCH_ALLOC_PARITY, .lot = 100}, FIFO}},
};

const struct exch_alloc *
exch_alloc_all(unsigned *n)
{
	*n = EXCH_ARRAY_LEN(allocs);
	return allocs;
}

const struct exch_alloc *
exch_alloc_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < EXCH_ARRAY_LEN(allocs); i++)
		if (strcmp(allocs[i].name, name) == 0)
			return &allocs[i];
	return NULL;
}

bool
exch_alloc_is_queue(const struct exch_alloc *a)
{
	return !a->by_time && a->step[0].kind == EXCH_ALLOC_FIFO;
}

#define BIT(kind) (1U << (unsigned)(kind))
#define SHARES                                                                 \
	(BIT(EXCH_ALLOC_PRO_RATA) | BIT(EXCH_ALLOC_TIME_PRO_RATA) |            \
	    BIT(EXCH_ALLOC_SIZE_UP))

enum field { FIELD_MIN, FIELD_MAX, FIELD_LOT, FIELD_PERCENT };

static const struct param {
	const char *name;
	unsigned kinds; /* whose parameter it is, BIT() each */
	enum field field;
	uint64_t most;
} params[] = {
    {"top-min", BIT(EXCH_ALLOC_TOP), FIELD_MIN, EXCH_QTY_NONE - 1},
    {"top-max", BIT(EXCH_ALLOC_TOP), FIELD_MAX, EXCH_QTY_NONE - 1},
    {"top-percent", BIT(EXCH_ALLOC_TOP), FIELD_PERCENT, 100},
    {"lmm-min", BIT(EXCH_ALLOC_LMM), FIELD_MIN, EXCH_QTY_NONE - 1},
    {"lmm-max", BIT(EXCH_ALLOC_LMM), FIELD_MAX, EXCH_QTY_NONE - 1},
    {"fifo-percent", BIT(EXCH_ALLOC_SPLIT), FIELD_PERCENT, 100},
    {"min", SHARES, FIELD_MIN, EXCH_QTY_NONE - 1},
    {"max", SHARES, FIELD_MAX, EXCH_QTY_NONE - 1},
    {"leveling", BIT(EXCH_ALLOC_LEVELING), FIELD_MIN, 1},
    {"lot", BIT(EXCH_ALLOC_PARITY), FIELD_LOT, EXCH_QTY_NONE - 1},
};

static void
set_field(struct exch_alloc_step *s, enum field f, uint64_t value)
{
	switch (f) {
	case FIELD_MIN:
		s->min = value;
		break;
	case FIELD_MAX:
		s->max = value;
		break;
	case FIELD_LOT:
		s->lot = value;
		break;
	case FIELD_PERCENT:
		s->percent = (uint8_t)value;
		break;
	}
}

int
exch_alloc_set(struct exch_alloc *a, const char *param, uint64_t value)
{
	const struct param *p = params;
	bool any = false;
	size_t i;

	while (strcmp(p->name, param) != 0)
		if (++p == params + EXCH_ARRAY_LEN(params))
			return EXCH_ERR_ABSENT;
	for (i = 0; i < EXCH_ALLOC_STEPS; i++)
		any = any || (BIT(a->step[i].kind) & p->kinds) != 0;
	if (!any)
		return EXCH_ERR_ABSENT;
	if (value > p->most)
		return EXCH_ERR_RANGE;
	for (i = 0; i < EXCH_ALLOC_STEPS; i++)
		if ((BIT(a->step[i].kind) & p->kinds) != 0)
			set_field(&a->step[i], p->field, value);
	return EXCH_OK;
}
