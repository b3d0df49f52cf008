/*
 * --cpu: on which processors a tool and its threads run.
 */
#include <config.h>

#include <errno.h>
#include <sched.h>
#include <string.h>

#include "base/dec.h"
#include "common/cli.h"
#include "common/private.h"

/* The number at *p, which ends at one of `ends` or at the end. */
static bool
number(const char **p, const char *ends, unsigned *out)
{
	size_t n = strcspn(*p, ends);
	uint64_t v;

	if (exch_uint_parse(*p, n, &v) != 0 || v >= CPU_SETSIZE)
		return false;
	*out = (unsigned)v;
	*p += n;
	return true;
}

/* "0,2-5": false when it is no such list. */
static bool
parse(const char *list, cpu_set_t *set)
{
	unsigned first, last;

	CPU_ZERO(set);
	for (;; list++) {
		if (!number(&list, ",-", &first))
			return false;
		last = first;
		if (*list == '-') {
			list++;
			if (!number(&list, ",", &last) || last < first)
				return false;
		}
		for (unsigned i = first; i <= last; i++)
			CPU_SET(i, set);
		if (*list == '\0')
			return true;
		if (*list != ',')
			return false;
	}
}

int
exch_cli_cpu(const struct exch_cli *c, const char *list)
{
	cpu_set_t set, may, both;

	if (!parse(list, &set))
		return exch_cli_usage(c,
		    "--cpu: '%s' is no list of processors such as 0 or 0,2-5",
		    list);
	/* one that is not there would be left out without a word */
	if (sched_getaffinity(0, sizeof(may), &may) == 0) {
		CPU_AND(&both, &set, &may);
		if (!CPU_EQUAL(&both, &set))
			return exch_cli_usage(c,
			    "--cpu %s: not all of them are there, or they "
			    "are not ours",
			    list);
	}
	if (sched_setaffinity(0, sizeof(set), &set) != 0)
		return exch_cli_usage(c, "--cpu %s: %s", list, strerror(errno));
	return 0;
}
