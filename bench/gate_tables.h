/*
 * Tables for measuring the gate: accounts with clients and groups, sectors,
 * what is restricted, and limits, as few or as many as one wants to pay for.
 */
#ifndef EXCH_BENCH_GATE_TABLES_H
#define EXCH_BENCH_GATE_TABLES_H

#include "risk/gate.h"

/* Each has the rules of those before it. */
enum gate_checks {
	GATE_ORDER, /* the order by itself, position and credit */
	GATE_WHOLE, /* tables, and what an account has in all */
	GATE_ALL,   /* groups, own orders, day traders */
	/* As all, but some accounts have a limit that they run into. */
	GATE_TIGHT,
	/* As all, but everybody has as much margin as there is cash for. */
	GATE_LIMIT
};

/* The accounts of bench/load.h, from 1. */
#define GATE_ACCOUNTS 1000u
/* Of which this one's switch is to be pulled, when they are tight. */
#define GATE_KILLED 15u

struct gate_tables {
	struct exch_risk_opts opts;
	struct exch_limits limits;
	struct exch_reftable accounts, restricted, instruments;
	struct exch_clients clients;
	struct exch_margin_rates rates;
	struct exch_day_trading trading;
	char *text[5]; /* of the tables */
};

/* Aborts when out of memory. */
void gate_tables_make(
    struct gate_tables *t, enum gate_checks checks, uint32_t instruments);
void gate_tables_free(struct gate_tables *t);

#endif
