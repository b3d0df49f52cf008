/*
 * verify: what the history says of itself, and how to tell it later.
 */
#include <config.h>

#include "exch-store/tool.h"

/* Faults that are told one by one. */
#define TOLD 50

struct telling {
	const struct exch_cli *cli;
	const char *path;
	unsigned n;
};

static void
tell(void *arg, const char *fault)
{
	struct telling *t = arg;

	if (t->n++ < TOLD)
		exch_cli_warn(t->cli, "%s: %s", t->path, fault);
}

static void
report(const struct tool *t, const struct exch_verify_result *r,
    struct exch_buf *b)
{
	exch_buf_fmt(b,
	    "%s: %llu records in %llu blocks, %llu rows, %llu links\n", t->path,
	    (unsigned long long)r->records, (unsigned long long)r->blocks,
	    (unsigned long long)r->rows, (unsigned long long)r->links);
	if (r->erased != 0)
		exch_buf_fmt(b,
		    "erased: %llu personal fields; digests of their streams "
		    "cannot be made any more\n",
		    (unsigned long long)r->erased);
	if (r->purged != 0)
		exch_buf_fmt(b,
		    "purged: parts of %llu streams; list tells which\n",
		    (unsigned long long)r->purged);
	if (r->noted != 0)
		exch_buf_fmt(b, "noted: link %llu of %llu\n",
		    (unsigned long long)r->noted, (unsigned long long)r->links);
	exch_buf_fmt(b, "chain: %s\n%s\n", r->tip[0] != '\0' ? r->tip : "empty",
	    r->faults == 0 ? "everything fits" : "DAMAGED");
}

int
tool_verify(struct tool *t)
{
	struct telling telling = {.cli = &t->cli, .path = t->path};
	struct exch_verify_result r;
	struct exch_buf b = {0};
	struct exch_store *s = NULL;
	struct exch_diag d = {0};
	int err = exch_store_open(t->path, EXCH_STORE_READ, &s, &d);

	if (err == 0)
		err = exch_store_verify(s, t->tip, tell, &telling, &r, &d);
	exch_store_close(s);
	if (err == 0) {
		report(t, &r, &b);
		err = tool_put(t, &b, &d);
	}
	if (err != 0)
		return exch_cli_fail(&t->cli, &d);
	if (telling.n > TOLD)
		exch_cli_warn(
		    &t->cli, "%s: %u more faults", t->path, telling.n - TOLD);
	return r.faults == 0 ? EXCH_EXIT_OK : EXCH_EXIT_NO;
}
