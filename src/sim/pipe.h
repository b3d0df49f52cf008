/*
 * What the parts of a program behind a pipe share (pipe.c): how messages are
 * said in lines of text, and what lines mean as commands.  The protocol stands
 * in exch-agent(7).
 */
#ifndef EXCH_SIM_PIPE_H
#define EXCH_SIM_PIPE_H

#include "base/buf.h"
#include "sim/agent.h"

/* The version of the protocol. */
#define EXCH_PIPE_PROTOCOL 1u

/* An instrument as the lines name it. */
struct exch_pipe_name {
	char symbol[24];
	uint8_t len;
	uint8_t scale;	  /* decimals of a quantity */
	uint8_t decimals; /* least of a price */
	uint32_t instr;
};

/* Prices that were written lately: mostly it is one of these again. */
#define EXCH_PIPE_PRICES 256u
struct exch_pipe_price {
	exch_px price;
	uint8_t len, decimals;
	char text[22];
};

/* What is needed to say and to understand. */
struct exch_pipe_words {
	exch_ts begin;
	struct exch_pipe_name *name;
	unsigned n;
	bool mixed;   /* quantities of several scales */
	uint32_t *at; /* by id: place in name plus 1; 0: unknown */
	uint32_t nat;
	struct exch_pipe_price *price;
};

/* For what `a` trades.  EXCH_ERR_NOMEM, EXCH_ERR_LIMIT, EXCH_ERR_FORMAT. */
int exch_pipe_words_init(
    struct exch_pipe_words *w, const struct exch_agent *a, struct exch_diag *d);
void exch_pipe_words_clear(struct exch_pipe_words *w);

/* Blocks, with the full stop that ends them; b->failed: no memory. */
void exch_pipe_say_hello(const struct exch_pipe_words *w,
    const struct exch_agent *a, struct exch_buf *b);
void exch_pipe_say_turn(const struct exch_pipe_words *w, uint64_t turn,
    exch_ts now, const struct exch_agent_msg *m, size_t n, struct exch_buf *b);

/*
 * A line of an answer, without its end.  A command: *c is filled (but for
 * `busy`) and the result 1.  `busy`, which is no command, adds to *busy; that,
 * blanks and comments give 0.  EXCH_ERR_FORMAT, EXCH_ERR_RANGE: d has a
 * sentence and a column.
 */
int exch_pipe_command(const struct exch_pipe_words *w, exch_ts now,
    const char *line, size_t n, struct exch_agent_cmd *c, uint64_t *busy,
    struct exch_diag *d);
/*
 * A line of the answer to hello: 1: it was `ready`, 0: nothing.
 * EXCH_ERR_VERSION, EXCH_ERR_FORMAT.
 */
int exch_pipe_ready(const char *line, size_t n, struct exch_agent_wants *wants,
    struct exch_diag *d);

#endif
