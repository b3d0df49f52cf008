/*
 * Episodes in a stream of commands that was recorded: it goes through the
 * engine record by record, and whenever it is somebody's turn he acts on the
 * book as it is then.  The flow does not answer him, which is said where it
 * matters (README.md).
 */
#include <config.h>

#include <string.h>

#include "abuse.h"

/* What is usual here: sizes, and how far prices are apart. */
static void
learn(struct sim *s, const struct exch_rec *r)
{
	const struct exch_rec_new *n = (const void *)r;
	struct mkt *m = &s->m[0];

	if (r->type != EXCH_REC_NEW || r->instr != m->instr)
		return;
	m->sizes += n->qty < 100 * m->unit ? n->qty : 100 * m->unit;
	m->norders++;
	if (m->norders % 64 == 0) {
		int64_t bid = best(s, 0, EXCH_BUY);
		int64_t ask = best(s, 0, EXCH_SELL);

		m->unit = m->sizes / m->norders / m->lot * m->lot;
		if (m->unit < m->lot)
			m->unit = m->lot;
		if (bid != NO_TICK && ask > bid) {
			m->gap = (reach(s, 0, EXCH_BUY, 5) +
				     reach(s, 0, EXCH_SELL, 5)) /
				 8;
			m->gap = m->gap > 0 ? m->gap : 1;
		}
		m->value = mid(s, 0) * 1000;
	}
}

static void
announced(struct sim *s, const struct exch_rec *r)
{
	const struct exch_rec_instrument *i = (const void *)r;
	struct exch_diag d = {0};

	if (s->nm > 0)
		return;
	s->m[0] = (struct mkt){.instr = r->instr,
	    .tick = i->tick,
	    .gap = 1,
	    .unit = i->lot * 100,
	    .lot = i->lot < 100 ? 100 : i->lot};
	(void)exch_insts_note(&s->insts, r, &d);
	if (exch_insts_place(&s->insts, r->instr, &s->m[0].place, &d) != 0)
		die("%s", d.text);
	s->nm = 1;
}

void
inject(struct sim *s, struct exch_reader *reader)
{
	const struct exch_rec *r;
	struct exch_diag d = {0};
	int n;

	while ((n = exch_reader_next(reader, &r, &d)) > 0) {
		if (r->type == EXCH_REC_INSTRUMENT)
			announced(s, r);
		if (r->type >= EXCH_REC_NEW && r->type < EXCH_REC_BOOK_ADD &&
		    r->time > s->now)
			market_run(s, r->time < s->end ? r->time : s->end);
		/* the venue's executions are not those of this day any more */
		if (r->type == EXCH_REC_EXPECT)
			continue;
		exch_writer_copy(s->out, r, exch_reader_seq(reader));
		market_say(s, r, false);
		learn(s, r);
	}
	if (n < 0)
		die("%s", d.text);
}
