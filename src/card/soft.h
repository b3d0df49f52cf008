/*
 * The card's commands by the software's own book: what a card is compared
 * with, and what stands in for one.
 *
 * Options, to see that a wrong answer is noticed: flip=EVENT.BIT, that bit of
 * 256 of that event, counted from 0, is the other way; lose=EVENT, it does
 * not come; jump=1, of three orders and more at a price the second goes first.
 */
#ifndef EXCH_CARD_SOFT_H
#define EXCH_CARD_SOFT_H

#include "card/card.h"

extern const struct exch_card_ops exch_card_soft;

#endif
