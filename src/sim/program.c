/*
 * Programs behind a pipe: not in this build yet.
 */
#include <config.h>

#include "sim/agent.h"

static const struct exch_param params[] = {{.name = "command",
    .what = "what is run",
    .kind = EXCH_PARAM_TEXT,
    .needed = true}};

static int
open_program(struct exch_agent *a, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
	    "agent %s: programs cannot be run yet", a->name);
}

const struct exch_agent_kind exch_agent_program = {
    .name = "program",
    .what = "a program behind a pipe",
    .param = params,
    .nparam = EXCH_ARRAY_LEN(params),
    .open = open_program,
};
