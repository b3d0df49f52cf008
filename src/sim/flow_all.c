/*
 * The models of background flow there are.
 */
#include <config.h>

#include <string.h>

#include "sim/flow_kinds.h"

static const struct exch_flow_kind *const all[] = {
    &exch_flow_zero,
    &exch_flow_cst,
    &exch_flow_hawkes,
    &exch_flow_queue,
    &exch_flow_mike,
};

const struct exch_flow_kind *const *
exch_flow_all(unsigned *n)
{
	*n = EXCH_ARRAY_LEN(all);
	return all;
}

const struct exch_flow_kind *
exch_flow_find(const char *name, size_t n)
{
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(all); i++)
		if (strlen(all[i]->name) == n &&
		    memcmp(all[i]->name, name, n) == 0)
			return all[i];
	return NULL;
}
