/* An estimation: its parts are fit_day.c, fit_stream.c and fit_write.c. */
#ifndef EXCH_SIM_FIT_PRIV_H
#define EXCH_SIM_FIT_PRIV_H

#include "sim/fit_day.h"

struct exch_fit {
	struct exch_fit_day day;
	char symbol[24]; /* or "": the first */
	bool known;
	struct exch_rec_instrument instr;
	unsigned parts; /* of a profile; 0: none is written */
	exch_px last;	/* price of the last execution, or none */
	/*
	 * The command at hand, that comes in: what of it is left will rest when
	 * the next record is not about it.
	 */
	struct {
		bool asked, in, took;
		exch_oid order, was; /* `was`: of a replacement */
		unsigned side;
		exch_px price;
		exch_qty qty, whole;
		exch_ts time;
	} now;
};

#endif
