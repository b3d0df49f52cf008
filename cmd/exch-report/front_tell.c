/* What a run says of its stream at the end, and the exit code (front_run.h). */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/plural.h"
#include "exch-report/front_run.h"

void
front_code(struct front_run *t, int code)
{
	if (code > t->code)
		t->code = code;
}

const char *
front_header(const struct front_run *t, const char *key)
{
	const char *p = exch_reader_info(t->reader)->text;
	size_t n = strlen(key);

	while (*p != '\0' && strncmp(p, key, n) != 0) {
		p += strcspn(p, "\n");
		p += *p == '\n';
	}
	return *p != '\0' ? p + n : NULL;
}

static void
tell_status(struct front_run *t)
{
	enum exch_status up = exch_reader_status(t->reader);

	if (up == EXCH_STATUS_COMPLETE || up == EXCH_STATUS_UNKNOWN ||
	    (up == EXCH_STATUS_CONTINUED && t->cli.partial))
		return;
	exch_cli_note(&t->cli,
	    "%s: the stream is complete only up to here: "
	    "the tool before this one %s",
	    exch_in_name(t->in),
	    up == EXCH_STATUS_SIGNAL	  ? "was stopped by a signal"
	    : up == EXCH_STATUS_ERROR	  ? "stopped on an error"
	    : up == EXCH_STATUS_CONTINUED ? "goes on in another part"
					  : "had incomplete input");
	front_code(t, EXCH_EXIT_INPUT);
}

/* The output of one shard is a stream like others, and not the whole. */
static void
tell_shard(const struct front_run *t)
{
	const char *p = front_header(t, "shard=");

	if (p != NULL)
		exch_cli_note(&t->cli,
		    "%s: only the events of shard %.*s are here: exch-replay "
		    "merges those of all shards",
		    exch_in_name(t->in), (int)strcspn(p, ":\n"), p);
}

static void
tell_unwatched(struct front_run *t)
{
	const char *name;
	char others[48] = "";
	size_t all, n = exch_report_unwatched(t->run, &name, &all);

	if (n == 0)
		return;
	if (all > 1)
		(void)snprintf(others, sizeof(others),
		    ", nor %zu other%s of the list", all - 1,
		    exch_plural(all - 1));
	exch_cli_note(&t->cli,
	    "--symbols: the stream has no instrument '%.*s'%s", (int)n, name,
	    others);
	front_code(t, EXCH_EXIT_NO);
}

static void
tell_lacks(struct front_run *t)
{
	unsigned lacks = exch_report_lacks(t->run);

	if ((lacks & (EXCH_NEEDS_MATCH | EXCH_NEEDS_BOOK)) != 0) {
		exch_cli_warn(&t->cli,
		    "the stream has orders but no answers: put exch-match in "
		    "the pipe: exch-replay FILE | exch-match | %s %s",
		    t->front->tool, t->report->name);
		front_code(t, EXCH_EXIT_INPUT);
	} else if ((lacks & EXCH_NEEDS_EXPECT) != 0) {
		exch_cli_warn(&t->cli,
		    "nothing was compared: the stream does not carry the "
		    "venue's own executions, which exch-replay takes from "
		    "market data");
		front_code(t, EXCH_EXIT_INPUT);
	}
	if (t->bad != 0) {
		exch_cli_note(&t->cli,
		    "%llu record%s had bad content and could not go into the "
		    "%s",
		    (unsigned long long)t->bad, exch_plural(t->bad),
		    t->front->one);
		front_code(t, EXCH_EXIT_NO);
	}
	tell_unwatched(t);
	if (t->run->absent != 0) {
		exch_cli_note(&t->cli,
		    "--%s: the stream has no instrument '%.24s'%s",
		    t->run->absent_from, t->run->absent_name,
		    t->run->absent > 1 ? ", nor others of the table" : "");
		front_code(t, EXCH_EXIT_NO);
	}
	if (t->run->left_out != 0)
		exch_cli_note(&t->cli, "left out: %llu %s",
		    (unsigned long long)t->run->left_out, t->run->left_why);
	if (t->run->faults != 0) {
		exch_cli_note(&t->cli, "%llu of what was compared differ",
		    (unsigned long long)t->run->faults);
		front_code(t, EXCH_EXIT_NO);
	}
	if (t->run->lacking)
		front_code(t, EXCH_EXIT_NO);
	if (t->run->unknown != 0) {
		exch_cli_note(&t->cli,
		    "%llu records speak of orders that the stream does not "
		    "hold: was a part of it left out?",
		    (unsigned long long)t->run->unknown);
		front_code(t, EXCH_EXIT_NO);
	}
}

static void
tell_notes(struct front_run *t)
{
	const struct exch_report_notes *x = &t->run->notes;

	for (unsigned i = 0; i < x->n; i++)
		exch_cli_note(&t->cli, "%s", x->text[i]);
	if (x->more != 0)
		exch_cli_note(&t->cli, "and %llu more of that kind",
		    (unsigned long long)x->more);
	if (x->n != 0 || x->more != 0)
		front_code(t, EXCH_EXIT_NO);
}

void
front_tell(struct front_run *t)
{
	tell_status(t);
	tell_shard(t);
	tell_lacks(t);
	tell_notes(t);
}
