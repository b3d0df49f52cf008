/*
 * What inputs share in which clients name their orders and accounts (FIX,
 * OUCH): names become numbers in the order in which they come, an account is
 * announced when it is first seen, of every order is kept what later messages
 * about it go by, and commands are made with their entries.
 */
#ifndef EXCH_FEED_CLIENTS_H
#define EXCH_FEED_CLIENTS_H

#include "feed/symbols.h"

/* An order, by its client's name for it. */
struct exch_client_order {
	exch_qty asked;	 /* in all, what was filled included; 0: never seen */
	exch_qty filled; /* as reports to the client say */
	uint32_t first;	 /* order whose next life it is, by number; or itself */
	uint32_t instr;
	uint8_t side;
};

struct exch_clients {
	const struct exch_feed_opts *o;
	const struct exch_feed_sink *sink;
	struct exch_symbols symbols;
	struct exch_names *accounts; /* of all inputs of a run, or own */
	struct exch_names *own_accounts;
	struct exch_names *orders;
	struct exch_client_order *order; /* by number of the name */
	uint32_t norder;
};

/* Both are borrowed.  EXCH_ERR_NOMEM. */
int exch_clients_init(struct exch_clients *c, const struct exch_feed_opts *o,
    const struct exch_feed_sink *sink);
/* Good after a failed init, and of zeros, too. */
void exch_clients_clear(struct exch_clients *c);

/* The longest pair of names that is kept. */
#define EXCH_CLIENTS_PAIR 200

/* A name among somebody's. */
struct exch_client_name {
	const char *who;
	size_t nwho;
	const char *name;
	size_t n;
};
/*
 * Both as one name of *n bytes; false: they are too long, or `who` has the byte
 * in it that stands between them.
 */
bool exch_client_pair(const struct exch_client_name *name,
    char to[static EXCH_CLIENTS_PAIR], size_t *n);
/*
 * The number of an order and what is known of it, good until the next one is
 * asked for.  Without a diagnosis: EXCH_ERR_RANGE, the names are too long;
 * EXCH_ERR_NOMEM.
 */
int exch_clients_order(struct exch_clients *c,
    const struct exch_client_name *name, exch_oid *id,
    struct exch_client_order **o);
/* The same of one that came before.  EXCH_ERR_ABSENT: none did. */
int exch_clients_find(const struct exch_clients *c,
    const struct exch_client_name *name, exch_oid *id,
    struct exch_client_order **o);
/*
 * The instrument of a symbol, as exch_symbols_id() has it, with the price step
 * `tick` if it is new; 0: that is not known.
 */
static inline int
exch_clients_symbol(struct exch_clients *c, const char *p, size_t n,
    exch_px tick, exch_ts t, uint32_t *instr, struct exch_diag *d)
{
	c->symbols.tick = tick;
	return exch_symbols_id(&c->symbols, p, n, t, instr, d);
}
/*
 * The account of a name of 1 to EXCH_TEXT_NAME bytes, announced at time t when
 * it is new.  EXCH_ERR_NOMEM without a diagnosis, or what the sink says.
 */
int exch_clients_account(struct exch_clients *c, const char *p, size_t n,
    exch_ts t, uint32_t *account, struct exch_diag *d);

/* ---- commands ---- */

/* A command in the making, of zeros at first, and its entries. */
struct exch_command {
	union {
		struct exch_rec h;
		struct exch_rec_new n;
		struct exch_rec_cancel x;
		struct exch_rec_replace r;
		struct exch_rec_mass_cancel m;
	} u;
	struct exch_ext ext[6];
	unsigned next;
};

/* There is room for six entries. */
void exch_command_entry(
    struct exch_command *c, uint16_t tag, uint32_t small, uint64_t value);
/* Give it to the sink; size: of the record without entries. */
int exch_command_give(const struct exch_feed_sink *sink, struct exch_command *c,
    uint8_t type, size_t size, uint32_t instr, exch_ts t, struct exch_diag *d);

#endif
