/*
 * What a scenario says of an order behind its quantity; the words are those
 * of exch-scenario(5).
 */
#ifndef EXCH_FEED_SCENARIO_TERMS_H
#define EXCH_FEED_SCENARIO_TERMS_H

#include "feed/scenario.h"

#define EXCH_SCN_EXT 16

struct scn_terms {
	int8_t qty_exponent; /* of the instrument; set by the caller */
	bool in32;	     /* its prices in 32nds; by the caller, too */
	exch_px price;	     /* set to none by the caller */
	bool priced;	     /* a price, or what stands for one, was given */
	uint8_t ordtype;
	uint8_t tif;
	uint8_t ordflags;
	uint8_t flags; /* of the record */
	exch_oid id;   /* 0 none given */
	const struct scn_word *name;
	struct exch_ext ext[EXCH_SCN_EXT];
	unsigned next; /* entries there are */
	/* inside */
	uint8_t trigger;
	bool pegged;
	uint32_t classes;
	uint64_t said;
};

/* Does an order's terms begin with this word? */
bool exch_scn_is_term(struct scn *s, const struct scn_word *w);
/* Everything up to the end of the line. */
int exch_scn_terms(struct scn *s, struct scn_terms *t);

#endif
