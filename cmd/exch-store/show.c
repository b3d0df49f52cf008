/*
 * list: the streams that are in a history.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "exch-store/tool.h"

static const char *
status_word(enum exch_status s)
{
	static const char *const words[] = {
	    "complete", "upstream", "error", "signal", "continued"};

	return (unsigned)s < EXCH_ARRAY_LEN(words) ? words[s] : "cut";
}

void
tool_put_csv(struct exch_buf *b, const char *s, size_t n)
{
	bool quote = false;

	for (size_t i = 0; i < n; i++)
		quote |=
		    s[i] == ',' || s[i] == '"' || s[i] == '\r' || s[i] == '\n';
	if (!quote) {
		exch_buf_add(b, s, n);
		return;
	}
	exch_buf_char(b, '"');
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '"')
			exch_buf_char(b, '"');
		exch_buf_char(b, s[i]);
	}
	exch_buf_char(b, '"');
}

static int
line(void *arg, const struct exch_store_stream *st, struct exch_diag *d)
{
	struct exch_buf *b = arg;

	(void)d;
	exch_buf_fmt(b, "%lu,%s,%lu,", (unsigned long)st->number, st->identity,
	    (unsigned long)st->date);
	tool_put_csv(b, st->label, strlen(st->label));
	exch_buf_fmt(b, ",%llu,%s,%s,", (unsigned long long)st->records,
	    status_word(st->status), st->digest);
	for (unsigned k = 0, n = 0; k < EXCH_KEPT_KINDS; k++)
		if ((st->purged & 1u << k) != 0)
			exch_buf_fmt(b, "%s%s", n++ != 0 ? " " : "",
			    exch_kept_words[k].word);
	exch_buf_char(b, '\n');
	return 0;
}

int
tool_put(struct tool *t, struct exch_buf *b, struct exch_diag *d)
{
	struct exch_cli_out *out = NULL;
	int err = 0;

	if (b->failed)
		err = exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for the output");
	if (err == 0)
		err = exch_cli_out_open(&t->cli, &out, d);
	if (err == 0)
		err = exch_out_write(exch_cli_out_stream(out), b->p, b->len, d);
	if (err == 0)
		err = exch_cli_out_commit(out, d);
	else
		exch_cli_out_abort(out);
	exch_buf_free(b);
	return err;
}

int
tool_list(struct tool *t)
{
	struct exch_buf b = {0};
	struct exch_store *s = NULL;
	struct exch_diag d = {0};
	int err = exch_store_open(t->path, EXCH_STORE_READ, &s, &d);

	exch_buf_str(
	    &b, "stream,identity,date,label,records,status,digest,purged\n");
	if (err == 0)
		err = exch_store_each(s, line, &b, &d);
	if (err == 0)
		err = tool_put(t, &b, &d);
	exch_buf_free(&b);
	exch_store_close(s);
	return err != 0 ? exch_cli_fail(&t->cli, &d) : EXCH_EXIT_OK;
}
