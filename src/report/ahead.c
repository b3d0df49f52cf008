/*
 * What the short way does once for many records (ahead.h).
 */
#include <config.h>

#include <stddef.h>
#include <string.h>

#include "report/ahead.h"
#include "report/report.h"

/* What records of these two sources look like. */
static void
set_heads(struct exch_ahead *p, uint8_t source, uint8_t matcher)
{
	const uint32_t last = exch_ahead_head(0, 0, EXCH_F_LAST, 0);
	const uint32_t any = exch_ahead_head(0, 0, 0xff & ~EXCH_F_EXT, 0);

	p->source = source;
	p->matcher = matcher;
#define HEAD(type, T, from) exch_ahead_head(type, sizeof(struct T), 0, from)
/* Whatever flags a command has, but an extension. */
#define COMMAND(asked, T, answered, A, side)                                   \
	(struct exch_ahead_form)                                               \
	{                                                                      \
		HEAD(asked, T, source),                                        \
		    exch_ahead_head(0xff, 0xff * 8, EXCH_F_EXT, 0xff),         \
		    HEAD(answered, A, matcher), sizeof(struct T),              \
		    sizeof(struct T) + sizeof(struct A), side,                 \
		{                                                              \
			offsetof(struct T, order), offsetof(struct T, order)   \
		}                                                              \
	}
#define ALONE(type, T, from, flags, by, buy, sell)                             \
	(struct exch_ahead_form)                                               \
	{                                                                      \
		HEAD(type, T, from), ~(flags), HEAD(type, T, from), 0,         \
		    sizeof(struct T), offsetof(struct T, by),                  \
		{                                                              \
			offsetof(struct T, buy), offsetof(struct T, sell)      \
		}                                                              \
	}
	p->form[EXCH_AHEAD_NEW] = COMMAND(EXCH_REC_NEW, exch_rec_new,
	    EXCH_REC_ACK, exch_rec_ack, offsetof(struct exch_rec_new, side));
	p->form[EXCH_AHEAD_CANCEL] = COMMAND(EXCH_REC_CANCEL, exch_rec_cancel,
	    EXCH_REC_CANCELLED, exch_rec_cancelled, 0);
	p->form[EXCH_AHEAD_REPLACE] = COMMAND(EXCH_REC_REPLACE,
	    exch_rec_replace, EXCH_REC_REPLACED, exch_rec_replaced, 0);
	p->form[EXCH_AHEAD_EXEC] = ALONE(
	    EXCH_REC_EXEC, exch_rec_exec, matcher, last, aggressor, buy, sell);
	p->form[EXCH_AHEAD_REST] = ALONE(EXCH_REC_CANCELLED, exch_rec_cancelled,
	    matcher, last, order, order, order);
	p->form[EXCH_AHEAD_EXPECT] = ALONE(
	    EXCH_REC_EXPECT, exch_rec_expect, source, 0u, aggressor, buy, sell);
	p->form[EXCH_AHEAD_SHOW_ADD] = ALONE(EXCH_REC_BOOK_ADD,
	    exch_rec_book_add, source, any, order, order, order);
	p->form[EXCH_AHEAD_SHOW_EXEC] = ALONE(EXCH_REC_BOOK_EXEC,
	    exch_rec_book_exec, source, any, order, order, order);
	p->form[EXCH_AHEAD_SHOW_REDUCE] = ALONE(EXCH_REC_BOOK_REDUCE,
	    exch_rec_book_reduce, source, any, order, order, order);
	p->form[EXCH_AHEAD_SHOW_DELETE] = ALONE(EXCH_REC_BOOK_DELETE,
	    exch_rec_book_delete, source, any, order, order, order);
	p->form[EXCH_AHEAD_SHOW_REPLACE] = ALONE(EXCH_REC_BOOK_REPLACE,
	    exch_rec_book_replace, source, any, order, order, order);
	p->form[EXCH_AHEAD_SHOW_LEVEL] = ALONE(EXCH_REC_BOOK_LEVEL,
	    exch_rec_book_level, source, any, side, price, price);
	p->form[EXCH_AHEAD_SHOW_TOP] = ALONE(
	    EXCH_REC_BOOK_TOP, exch_rec_book_top, source, any, bid, bid, bid);
	p->reject = HEAD(EXCH_REC_REJECT, exch_rec_reject, matcher);
#undef ALONE
#undef COMMAND
#undef HEAD
}

/* The list is kept while it is of this block and its records look so. */
static void
set_list(struct exch_ahead_run *v, uint64_t block, uint8_t source)
{
	struct exch_ahead *p = v->p;

	if (p->source != source || p->matcher != v->run->matcher) {
		set_heads(p, source, v->run->matcher);
		p->n = 0;
	}
	if (p->block != block)
		p->n = 0;
	p->block = block;
	v->soon = p->list + (p->n != 0 ? p->next : 0);
	v->behind = p->list + p->n;
	while (v->soon < v->behind && v->soon->at < v->at)
		v->soon++;
}

bool
exch_ahead_begin(struct exch_ahead_run *v, struct exch_ahead *p,
    struct exch_report_run *run, struct exch_reader *in)
{
	const struct exch_rec *r;

	exch_reader_rest(in, &v->at, &v->end);
	r = EXCH_AHEAD_AT(exch_rec, v->at);
	if (v->at == v->end || v->places == 0 || r->source == run->matcher ||
	    run->how[r->type] != EXCH_HOW_NOTHING ||
	    !exch_reader_has(in, r->source) ||
	    (run->matcher != 0 && !exch_reader_has(in, run->matcher)))
		return false;
	v->run = run;
	v->p = p;
	v->insts = &run->insts;
	v->time = 0;
	memset(v->taken, 0, sizeof(v->taken));
	v->open = false;
	v->from = v->at;
	set_list(v, exch_reader_block(in), r->source);
	return true;
}

/* So many commands and answers were taken. */
static void
count(const struct exch_ahead_run *v, struct exch_reader *in)
{
	static const uint8_t asked[EXCH_AHEAD_KINDS] = {
	    [EXCH_AHEAD_NEW] = EXCH_REC_NEW,
	    [EXCH_AHEAD_CANCEL] = EXCH_REC_CANCEL,
	    [EXCH_AHEAD_REPLACE] = EXCH_REC_REPLACE,
	    [EXCH_AHEAD_EXPECT] = EXCH_REC_EXPECT,
	    [EXCH_AHEAD_SHOW_ADD] = EXCH_REC_BOOK_ADD,
	    [EXCH_AHEAD_SHOW_EXEC] = EXCH_REC_BOOK_EXEC,
	    [EXCH_AHEAD_SHOW_REDUCE] = EXCH_REC_BOOK_REDUCE,
	    [EXCH_AHEAD_SHOW_DELETE] = EXCH_REC_BOOK_DELETE,
	    [EXCH_AHEAD_SHOW_REPLACE] = EXCH_REC_BOOK_REPLACE,
	    [EXCH_AHEAD_SHOW_LEVEL] = EXCH_REC_BOOK_LEVEL,
	    [EXCH_AHEAD_SHOW_TOP] = EXCH_REC_BOOK_TOP,
	};
	static const uint8_t answered[EXCH_AHEAD_KINDS] = {
	    [EXCH_AHEAD_NEW] = EXCH_REC_ACK,
	    [EXCH_AHEAD_CANCEL] = EXCH_REC_CANCELLED,
	    [EXCH_AHEAD_REPLACE] = EXCH_REC_REPLACED,
	    [EXCH_AHEAD_EXEC] = EXCH_REC_EXEC,
	    [EXCH_AHEAD_REST] = EXCH_REC_CANCELLED,
	    [EXCH_AHEAD_ODD] = EXCH_REC_REJECT,
	};
	uint64_t nasked = v->taken[EXCH_AHEAD_ODD]; /* counted by their types */
	uint64_t nanswered = 0;

	for (unsigned i = 0; i < EXCH_AHEAD_KINDS; i++) {
		if (asked[i] != 0) {
			v->run->count[asked[i]] += v->taken[i];
			nasked += v->taken[i];
		}
		if (answered[i] != 0) {
			v->run->count[answered[i]] += v->taken[i];
			nanswered += v->taken[i];
		}
	}
	exch_reader_took(in, v->at, v->p->source, nasked);
	if (nanswered != 0)
		exch_reader_took(in, v->at, v->p->matcher, nanswered);
}

bool
exch_ahead_finish(
    struct exch_ahead_run *v, struct exch_books *books, struct exch_reader *in)
{
	v->p->next = (unsigned)(v->soon - v->p->list);
	v->p->n = (unsigned)(v->behind - v->p->list);
	if (v->at == v->from)
		return false;
	if (v->open)
		exch_books_open(books, &v->in);
	else
		exch_books_took(books);
	if (v->time > v->run->last_time)
		v->run->last_time = v->time;
	count(v, in);
	return true;
}
