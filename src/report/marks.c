/* What instruments are worth (marks.h). */
#include <config.h>

#include "base/alloc.h"
#include "report/marks.h"

void
exch_marks_clear(struct exch_marks *m)
{
	exch_free(m->px);
	m->px = NULL;
	m->n = 0;
}

int
exch_marks_set(
    struct exch_marks *m, uint32_t place, exch_px price, struct exch_diag *d)
{
	uint32_t old = m->n;
	int rc = exch_report_grow(&m->px, &m->n, place + 1, sizeof(*m->px), d);

	for (uint32_t i = old; rc == EXCH_OK && i < m->n; i++)
		m->px[i] = EXCH_PX_NONE;
	if (rc == EXCH_OK)
		m->px[place] = price;
	return rc;
}

int
exch_marks_deal(
    struct exch_marks *m, const struct exch_deal *x, struct exch_diag *d)
{
	if (x->price == EXCH_PX_NONE || x->state != EXCH_DEAL_NEW ||
	    x->kind == EXCH_PRINT_BLOCK || x->kind == EXCH_PRINT_CORRECTED)
		return EXCH_OK;
	return exch_marks_set(m, x->place, x->price, d);
}

int
exch_marks_instrument(struct exch_marks *m, struct exch_report_run *run,
    const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_instrument *in =
	    EXCH_REC_AS(r, exch_rec_instrument);
	uint32_t place = exch_insts_known(&run->insts, r->instr);

	if (in == NULL || place >= run->insts.n ||
	    exch_marks_of(m, place) != EXCH_PX_NONE)
		return EXCH_OK;
	return exch_marks_set(m, place, in->reference, d);
}

int
exch_marks_value(const struct exch_marks *m, const struct exch_inst *in,
    uint32_t place, exch_i128 qty, exch_i128 *value)
{
	exch_px px = exch_marks_of(m, place);

	if (px == EXCH_PX_NONE)
		return EXCH_ERR_ABSENT;
	if (__builtin_mul_overflow((exch_i128)px, qty, value) ||
	    exch_money_sum(&in->money, *value, 1, value) != EXCH_OK)
		return EXCH_ERR_RANGE;
	return EXCH_OK;
}
