/*
 * Matchers in modules: files that are loaded when they are asked for, so that
 * nobody who does not has to have what they need.
 */
#ifndef EXCH_CARD_LOAD_H
#define EXCH_CARD_LOAD_H

#include "base/err.h"
#include "card/card.h"

/* The name under which a module has its struct exch_card_ops. */
#define EXCH_CARD_SYMBOL "exch_card_module"

/*
 * The matcher of a module; it stays loaded.  EXCH_ERR_IO: there is no such
 * file, or it cannot be loaded; EXCH_ERR_FORMAT: it is no module of this
 * version.
 */
int exch_card_load(
    const char *path, const struct exch_card_ops **ops, struct exch_diag *d);

#endif
