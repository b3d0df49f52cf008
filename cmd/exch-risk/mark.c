/* The option --mark, and the middles of books (mark.h). */
#include <config.h>

#include <string.h>

#include "exch-risk/mark.h"

static const struct {
	const char *word;
	enum exch_mark how;
} words[] = {{"last", EXCH_MARK_LAST}, {"mid", EXCH_MARK_GIVEN},
    {"reference", EXCH_MARK_REFERENCE}, {"close", EXCH_MARK_CLOSE}};

int
risk_mark_option(struct risk_marks *m, struct exch_cli *c, const char *value)
{
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(words); i++)
		if (strcmp(value, words[i].word) == 0) {
			m->word = words[i].word;
			m->how = words[i].how;
			return 0;
		}
	return exch_cli_usage(
	    c, "--mark: '%s' is none of last, mid, reference and close", value);
}

int
risk_marks_begin(struct risk_marks *m, struct exch_diag *d)
{
	return m->how == EXCH_MARK_GIVEN
		   ? exch_books_init(&m->books, &m->insts, d)
		   : EXCH_OK;
}

void
risk_marks_end(struct risk_marks *m)
{
	if (m->how != EXCH_MARK_GIVEN)
		return;
	exch_books_clear(&m->books);
	exch_insts_clear(&m->insts);
}

/* Half a unit is rounded down; none with an empty side. */
static exch_px
middle(const struct exch_books *b, uint32_t place)
{
	exch_px bid, ask;
	exch_qty nbid, nask;
	exch_i128 sum;

	exch_books_best(b, place, 0, &bid, &nbid);
	exch_books_best(b, place, 1, &ask, &nask);
	if (nbid == 0 || nask == 0 || bid == EXCH_PX_NONE ||
	    ask == EXCH_PX_NONE)
		return EXCH_PX_NONE;
	sum = (exch_i128)bid + ask;
	return (exch_px)(sum / 2 - (sum < 0 && sum % 2 != 0));
}

int
risk_marks_record(struct risk_marks *m, const struct exch_rec *r,
    struct exch_portfolio *p, struct exch_diag *d)
{
	uint32_t place = 0;
	int err = EXCH_OK;

	if (m->how != EXCH_MARK_GIVEN)
		return EXCH_OK;
	if (r->type == EXCH_REC_INSTRUMENT ||
	    (r->type == EXCH_REC_ERROR && r->source == m->matcher))
		return exch_insts_note(&m->insts, r, d);
	if (r->type >= EXCH_REC_ACK && r->type <= EXCH_REC_REPLACED)
		m->matcher = r->source;
	if (!exch_books_wants(r, m->matcher))
		return EXCH_OK;
	/* A phase without an instrument speaks to all. */
	if (r->instr != 0 || r->type != EXCH_REC_PHASE)
		err = exch_insts_place(&m->insts, r->instr, &place, d);
	if (err == 0)
		err = exch_books_record(&m->books, r, place, m->matcher, d);
	if (err != 0 || !m->books.boundary)
		return err;
	for (uint32_t i = 0; i < m->books.ntouched && err == 0; i++) {
		uint32_t at = m->books.touched[i];

		err = exch_portfolio_mark(
		    p, m->insts.inst[at].id, middle(&m->books, at), d);
	}
	return err;
}
