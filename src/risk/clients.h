/*
 * Clients, to whom accounts belong: who they are decides what their accounts
 * may do.  exch-tables(5) has every column.
 */
#ifndef EXCH_RISK_CLIENTS_H
#define EXCH_RISK_CLIENTS_H

#include "risk/limits.h"

struct exch_client_row {
	char client[16];
	struct exch_permit permit;
};

extern const struct exch_reftable_shape exch_clients_shape;

/* The rows of a table by name. */
struct exch_clients {
	struct exch_reftable t;
	const struct exch_client_row **row;
};

/*
 * Parse a table of clients; one that comes twice is refused.  *c is the
 * caller's to clear, after a failure, too.
 */
int exch_clients_parse(const char *text, size_t n, const char *name,
    struct exch_clients *c, struct exch_diag *d);
void exch_clients_clear(struct exch_clients *c);
/* NULL: there is none of that name. */
const struct exch_client_row *exch_clients_find(
    const struct exch_clients *c, const char name[16]);

#endif
