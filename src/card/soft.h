/*
 * The card's commands by the software's own book: what a card is compared
 * with, and what stands in for one.
 */
#ifndef EXCH_CARD_SOFT_H
#define EXCH_CARD_SOFT_H

#include "card/card.h"

extern const struct exch_card_ops exch_card_soft;

#endif
