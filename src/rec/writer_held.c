/*
 * Writers that hold: what they have made waits, until it is known from where
 * on it is needed.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "rec/writer_priv.h"

void
exch_writer_swap_block(struct exch_writer *w, struct exch_held_block *b)
{
	struct exch_held_block now = {.next = b->next,
	    .body = w->body,
	    .n = (size_t)(w->hot.cur - w->body),
	    .position = w->position,
	    .records = w->hot.records,
	    .time = w->time,
	    .directory = w->directory,
	    .nsource = w->nsource};

	memcpy(now.table, w->table, sizeof(now.table));
	memcpy(now.first, w->first, sizeof(now.first));
	w->body = b->body;
	w->hot.cur = b->body + b->n;
	w->position = b->position;
	w->hot.records = b->records;
	w->time = b->time;
	w->directory = b->directory;
	w->nsource = b->nsource;
	memcpy(w->table, b->table, sizeof(w->table));
	memcpy(w->first, b->first, sizeof(w->first));
	*b = now;
}

/* What is held goes its way: all of it, or what there is no room for. */
static int
put_held(struct exch_writer *w, bool all, struct exch_diag *d)
{
	struct exch_held_block *b;
	int err = 0;

	while (err == 0 && (b = exch_held_take(&w->held, all)) != NULL) {
		exch_writer_swap_block(w, b);
		err = exch_writer_put_data(w, d);
		exch_writer_swap_block(w, b);
		exch_free(b);
	}
	return err;
}

int
exch_writer_hold_block(struct exch_writer *w, struct exch_diag *d)
{
	struct exch_held_block *b =
	    exch_held_push(&w->held, w->body, (size_t)(w->hot.cur - w->body));

	if (b == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for results that wait");
	b->position = w->position;
	b->records = w->hot.records;
	b->time = w->time;
	b->directory = w->directory;
	b->nsource = w->nsource;
	memcpy(b->table, w->table, sizeof(b->table));
	memcpy(b->first, w->first, sizeof(b->first));
	return put_held(w, false, d);
}

int
exch_writer_release(struct exch_writer *w, struct exch_out *out,
    const struct exch_writer_opts *o, struct exch_diag *d)
{
	uint64_t skip = o->have != NULL ? o->have->position : o->from;
	struct exch_diag own = {0};
	int err = exch_writer_error(w, d);

	if (err != 0)
		return err;
	if (skip < w->held.gone)
		return exch_diag_set(d, EXCH_ERR_RANGE, NULL, EXCH_POS_NONE, 0,
		    "the output goes on at record %llu, and results are held "
		    "from record %llu on",
		    (unsigned long long)skip, (unsigned long long)w->held.gone);
	w->out = out;
	w->checksum = o->checksum || exch_out_is_file(out);
	w->held.limit = 0;
	if (o->have != NULL && !w->opts.keep)
		exch_buf_free(&w->kept); /* it is in the output */
	w->opts.have = o->have;
	w->opts.from = o->from;
	w->opts.before = o->before;
	w->opts.before_arg = o->before_arg;
	exch_writer_point(w);
	err = exch_writer_put_header(w, &own);
	if (err == 0)
		err = put_held(w, true, &own);
	if (err != 0)
		(void)exch_writer_fail(w, err, &own);
	return exch_writer_error(w, d);
}

uint64_t
exch_writer_held_from(const struct exch_writer *w)
{
	return w->held.gone;
}
