/*
 * What positions are valued at, as --mark chooses: and of the middle of a
 * book, the books, which are rebuilt from the stream (report/books.h).
 */
#ifndef EXCH_CMD_RISK_MARK_H
#define EXCH_CMD_RISK_MARK_H

#include "common/cli.h"
#include "report/books.h"
#include "risk/portfolio.h"

/* All zero: nothing is asked for. */
struct risk_marks {
	const char *word; /* of the option, or NULL */
	enum exch_mark how;
	struct exch_insts insts;
	struct exch_books books;
	uint8_t matcher; /* source of its answers */
};

#define RISK_MARK_WORDS "last|mid|reference|close"

/* The option's value: 0, or an exit code, of which the user was told. */
int risk_mark_option(
    struct risk_marks *m, struct exch_cli *c, const char *value);
/* Before the first record, when options are there.  EXCH_ERR_NOMEM. */
int risk_marks_begin(struct risk_marks *m, struct exch_diag *d);
/*
 * Any record, after the portfolio has it.  Errors of exch_books_record(): the
 * record does not go with those before it.
 */
int risk_marks_record(struct risk_marks *m, const struct exch_rec *r,
    struct exch_portfolio *p, struct exch_diag *d);
void risk_marks_end(struct risk_marks *m);

#endif
