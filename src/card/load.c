/*
 * Modules by dlopen(3): load.h.
 */
#include <config.h>

#include <dlfcn.h>

#include "card/load.h"

int
exch_card_load(
    const char *path, const struct exch_card_ops **ops, struct exch_diag *d)
{
	void *h = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	const struct exch_card_ops *o;

	if (h == NULL)
		return exch_diag_set(
		    d, EXCH_ERR_IO, path, EXCH_POS_NONE, 0, "%s", dlerror());
	o = dlsym(h, EXCH_CARD_SYMBOL);
	if (o == NULL)
		return exch_diag_set(d, EXCH_ERR_FORMAT, path, EXCH_POS_NONE, 0,
		    "no module with a matcher: it has no %s", EXCH_CARD_SYMBOL);
	if (o->abi != EXCH_CARD_ABI)
		return exch_diag_set(d, EXCH_ERR_VERSION, path, EXCH_POS_NONE,
		    0,
		    "a module of interface %u, where this program has %d: "
		    "build both from the same sources",
		    o->abi, EXCH_CARD_ABI);
	*ops = o;
	return EXCH_OK;
}
