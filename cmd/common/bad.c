/* Records of bad content (cli.h). */
#include <config.h>

#include "base/plural.h"
#include "common/cli.h"

/* That are told one by one. */
#define BAD_TOLD 5

int
exch_cli_name_record(
    const struct exch_rec *r, uint64_t seq, struct exch_diag *d)
{
	struct exch_diag was = *d;

	if (was.kind != EXCH_POS_NONE || was.code == EXCH_ERR_NOMEM)
		return was.code;
	exch_diag_clear(d);
	return exch_diag_set(d, was.code, was.name[0] != '\0' ? was.name : NULL,
	    EXCH_POS_NONE, 0, "source %u, record %llu: %s", r->source,
	    (unsigned long long)seq, was.text);
}

int
exch_cli_bad_content(struct exch_cli_bad *b, const struct exch_cli *c,
    enum exch_err survived, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	if (b->strict || d->code != survived)
		return exch_cli_name_record(r, seq, d);
	if (b->n++ < BAD_TOLD)
		exch_cli_note(c, "source %u, record %llu: %s", r->source,
		    (unsigned long long)seq, d->text);
	exch_diag_clear(d);
	return EXCH_OK;
}

int
exch_cli_bad_end(
    const struct exch_cli_bad *b, const struct exch_cli *c, const char *what)
{
	if (b->n == 0)
		return 0;
	exch_cli_note(c, "%llu record%s had bad content and %s",
	    (unsigned long long)b->n, exch_plural(b->n), what);
	return EXCH_EXIT_NO;
}
