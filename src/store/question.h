/*
 * Questions with names, and answers row by row.  What is asked can be
 * restricted to an instrument, an account, a stream, a day: the tables of records are
 * then shadowed by views of what is left of them, and all views are made
 * again over these, in the connection's own schema.  So no question needs to
 * know of it.
 */
#ifndef EXCH_STORE_QUESTION_H
#define EXCH_STORE_QUESTION_H

#include "store/store.h"

struct exch_question {
	const char *name;  /* one word */
	const char *title; /* as a person asks */
	const char *sql;
};

/* Is it about one order, so that it has to be told which? */
bool exch_question_of_order(const struct exch_question *q);

/* All of them, in the order of exch-schema(5). */
const struct exch_question *exch_questions(unsigned *n);

struct exch_ask_opts {
	const char *instr; /* symbol or number; NULL: all */
	uint32_t stream;   /* 0: all */
	uint32_t account;  /* 0: all */
	uint32_t date;	   /* 0: all */
	uint64_t order;	   /* of a question of an order */
};

struct exch_ask;

/* A cell of the row at hand, good until the next. */
struct exch_ask_cell {
	const char *text; /* NULL: nothing; bytes that are no text as hex */
	size_t n;
	bool number;
};

/*
 * EXCH_ERR_VERSION: the history has to be migrated first.  Restrictions stay
 * with `s` until it is closed.
 */
int exch_ask_open(struct exch_store *s, const struct exch_question *q,
    const struct exch_ask_opts *o, struct exch_ask **out, struct exch_diag *d);
void exch_ask_close(struct exch_ask *a);
unsigned exch_ask_columns(const struct exch_ask *a);
const char *exch_ask_heading(const struct exch_ask *a, unsigned column);
/* 1: a row; 0: no more, and the next one is the first again. */
int exch_ask_next(struct exch_ask *a, struct exch_diag *d);
/* EXCH_ERR_NOMEM. */
int exch_ask_cell(struct exch_ask *a, unsigned column,
    struct exch_ask_cell *out, struct exch_diag *d);

#endif
