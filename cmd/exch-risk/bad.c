/* Records of bad content (tool.h). */
#include <config.h>

#include "exch-risk/tool.h"

/* That are told one by one. */
#define BAD_TOLD 5

int
risk_bad_content(struct risk_bad *b, const struct exch_cli *c,
    enum exch_err survived, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	if (b->strict || d->code != survived)
		return d->code;
	if (b->n++ < BAD_TOLD)
		exch_cli_note(c, "source %u, record %llu: %s", r->source,
		    (unsigned long long)seq, d->text);
	exch_diag_clear(d);
	return EXCH_OK;
}

int
risk_bad_end(
    const struct risk_bad *b, const struct exch_cli *c, const char *what)
{
	if (b->n == 0)
		return 0;
	exch_cli_note(c, "%llu records had bad content and %s",
	    (unsigned long long)b->n, what);
	return EXCH_EXIT_NO;
}
