/*
 * A module that is none of this program's: of another interface, or with
 * -DNAMELESS without the table of functions altogether.
 */
#include "card/card.h"

extern const struct exch_card_ops exch_card_module, exch_card_other;

#ifdef NAMELESS
const struct exch_card_ops exch_card_other = {.abi = EXCH_CARD_ABI};
#else
const struct exch_card_ops exch_card_module = {.abi = EXCH_CARD_ABI + 1};
#endif
