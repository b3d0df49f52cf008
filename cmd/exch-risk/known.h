/*
 * Symbols in tables of what accounts have, against the instruments that the
 * stream announced: known when it has come to its end.
 */
#ifndef EXCH_CMD_RISK_KNOWN_H
#define EXCH_CMD_RISK_KNOWN_H

#include "common/cli.h"
#include "ref/table.h"
#include "risk/portfolio.h"

/*
 * A position in an instrument that there is not cannot be told, and is an
 * error, EXCH_ERR_FORMAT with its place.  Rows of fees and of scenarios may be
 * of instruments of other streams: each is a notice, the first few with their
 * place.  Tables may be empty, `scenarios` NULL.
 */
int risk_known_symbols(const struct exch_cli *c, const struct exch_portfolio *p,
    const struct exch_reftable *opening, const struct exch_reftable *fees,
    const struct exch_reftable *scenarios, struct exch_diag *d);
/*
 * Rows for members that no account has, neither by the table nor by the stream:
 * notices, the first few with their line.  Rows of `size` bytes begin with
 * struct exch_whom; a table may be empty.
 */
void risk_known_members(const struct exch_cli *c,
    const struct exch_portfolio *p, const struct exch_reftable *t, size_t size);

#endif
