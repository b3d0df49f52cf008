/*
 * exch-stream(5) against the tables in schema.c and words.c: every type
 * with its number and size, every field with its offset and kind, nothing
 * more, and every word with its code.
 */
#include <config.h>

#include <stdlib.h>

#include "rec/schema.h"
#include "tap.h"

static char *page;

static bool
load(void)
{
	const char *src = getenv("srcdir");
	char path[1024];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/man/exch-stream.5",
	    src != NULL ? src : ".");
	f = fopen(path, "rb");
	if (f == NULL)
		return false;
	page = calloc(1, 1u << 18);
	n = fread(page, 1, (1u << 18) - 1, f);
	fclose(f);
	/* Line ends inside a row become blanks: rows begin with a dot. */
	for (size_t i = 0; i + 1 < n; i++)
		if (page[i] == '\n' && page[i + 1] != '.')
			page[i] = ' ';
	return true;
}

/* The end of the section that begins at s. */
static const char *
section_end(const char *s)
{
	const char *ss = strstr(s + 1, "\n.Ss ");
	const char *sh = strstr(s + 1, "\n.Sh ");

	return ss != NULL && ss < sh ? ss : sh;
}

static bool
within(const char *s, const char *end, const char *what)
{
	const char *at = strstr(s, what);

	return at != NULL && at < end;
}

static unsigned
rows(const char *s, const char *end)
{
	unsigned n = 0;

	while ((s = strstr(s, "\n.It ")) != NULL && s < end) {
		n++;
		s++;
	}
	return n;
}

static void
type(const struct exch_schema *t)
{
	char what[128];
	const char *s, *end;
	unsigned missing = 0;

	/* Line ends before text were made blanks. */
	snprintf(what, sizeof(what), "\n.Ss %s ", t->name);
	s = strstr(page, what);
	if (!tap_ok(s != NULL, t->name))
		return;
	end = section_end(s);
	snprintf(what, sizeof(what), " Type 0x%02x, %u bytes%s.", t->type,
	    t->size, t->var ? " and the text" : "");
	if (!within(s, end, what)) {
		printf("# no \"%s\"\n", what + 1);
		missing++;
	}
	for (unsigned i = 0; i < t->nfields; i++) {
		const struct exch_field *f = &t->field[i];

		snprintf(what, sizeof(what), "\n.It %u Ta %s Ta %s Ta ", f->off,
		    exch_kind_name(f->kind), f->name);
		if (!within(s, end, what)) {
			printf("# no \"%s\"\n", what + 1);
			missing++;
		}
	}
	tap_is_u64(missing, 0, "its number, size and fields");
	tap_is_u64(rows(s, end), t->nfields + t->var, "and no others");
}

static void
words(const char *name, const struct exch_word *w)
{
	char what[128];
	const char *s, *end;
	unsigned missing = 0;

	snprintf(what, sizeof(what), "\n.It Sy %s Ta ", name);
	s = strstr(page, what);
	if (!tap_ok(s != NULL, name))
		return;
	end = strchr(s + 1, '\n');
	for (; w->word != NULL; w++) {
		snprintf(what, sizeof(what), " %u %s", w->code, w->word);
		if (!within(s, end, what)) {
			printf("# no \"%s\"\n", what + 1);
			missing++;
		}
	}
	tap_is_u64(missing, 0, "its words");
}

int
main(void)
{
	const struct exch_schema *all;
	unsigned n;

	if (!load()) {
		tap_skip("exch-stream(5)", "not found");
		return tap_done();
	}
	all = exch_schema_all(&n);
	for (unsigned i = 0; i < n; i++)
		type(&all[i]);
	words("side", exch_words_side);
	words("ordtype", exch_words_ordtype);
	words("tif", exch_words_tif);
	words("ordflags", exch_words_ordflags);
	words("phase", exch_words_phase);
	words("cross", exch_words_cross);
	words("reject", exch_words_reject);
	words("reason", exch_words_reason);
	words("cause", exch_words_cause);
	words("print", exch_words_print);
	words("kind", exch_words_kind);
	words("due", exch_words_due);
	words("ledger", exch_words_ledger);
	words("posted", exch_words_posted);
	words("fail", exch_words_fail);
	words("action", exch_words_action);
	words("severity", exch_words_severity);
	words("command", exch_words_command);
	words("status", exch_words_status);
	free(page);
	return tap_done();
}
