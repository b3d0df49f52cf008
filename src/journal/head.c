/*
 * The text in the header of a segment: the input's lines, and behind them
 * those of the run, which begin with the format of the journal.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "journal/append.h"

static const char key_format[] = "journal-format";

const char *
exch_journal_line(const char *text, const char *key, size_t nkey, size_t *n)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		if (len > nkey && memcmp(text, key, nkey) == 0 &&
		    text[nkey] == '=') {
			*n = len - nkey - 1;
			return text + nkey + 1;
		}
		text += len + (text[len] == '\n');
	}
	*n = 0;
	return NULL;
}

/*
 * The value of the last such line: the input may be a segment of another
 * journal, whose lines stand before ours.
 */
static const char *
format_of(const char *text, size_t *n)
{
	size_t nkey = sizeof(key_format) - 1, len;
	const char *last = NULL;
	const char *p = exch_journal_line(text, key_format, nkey, &len);

	while (p != NULL) {
		last = p;
		*n = len;
		p = exch_journal_line(p + len, key_format, nkey, &len);
	}
	return last;
}

int
exch_journal_known(
    const struct exch_stream_info *part, const char *name, struct exch_diag *d)
{
	size_t n;
	const char *v = format_of(part->text, &n);

	if (v == NULL || n == 0)
		return exch_diag_set(d, EXCH_ERR_FORMAT, name, EXCH_POS_NONE, 0,
		    "a stream, but no segment of a journal");
	if (n != 1 || *v != '1')
		return exch_diag_set(d, EXCH_ERR_VERSION, name, EXCH_POS_NONE,
		    0, "journal has format %.*s, this program knows 1", (int)n,
		    v);
	return 0;
}

void
exch_journal_split(const struct exch_stream_info *part,
    struct exch_stream_info *input, char run[1024])
{
	const char *v;
	size_t n;

	*input = *part;
	input->position = 0;
	run[0] = '\0';
	v = format_of(part->text, &n);
	if (v == NULL)
		return;
	input->text[(size_t)(v - part->text) - sizeof(key_format)] = '\0';
	v += n;
	(void)snprintf(run, 1024, "%s", v + (*v == '\n')); /* fits */
}
