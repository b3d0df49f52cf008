/*
 * What goes to standard error.  Every message is one write, so that the
 * tools of a pipeline do not cut each other's lines.
 */
#include <config.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "common/cli.h"

/*
 * Bytes of the input may stand in names and sentences: nothing of them may
 * steer a terminal.
 */
static void
add_printable(struct exch_buf *b, const char *s)
{
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c >= 0x20 && c <= 0x7e)
			exch_buf_char(b, *s);
		else
			exch_buf_fmt(b, "\\x%02x", c);
	}
}

/* To stderr, whole; without memory at least the sentence comes out. */
static void
emit(struct exch_buf *b, const char *last_resort)
{
	const char *p = b->p;
	size_t n = b->len;

	exch_cli_progress_end();
	if (b->failed) {
		p = last_resort;
		n = strlen(p);
	}
	while (n > 0) {
		ssize_t k = write(STDERR_FILENO, p, n);

		if (k <= 0)
			break; /* nowhere left to say it */
		p += k;
		n -= (size_t)k;
	}
	exch_buf_free(b);
}

void
exch_cli_report(const struct exch_cli *c, const struct exch_diag *d)
{
	struct exch_buf b = {0};
	char where[EXCH_DIAG_WHERE];

	exch_buf_fmt(&b, "%s: ", c->tool);
	exch_diag_where(d, where);
	add_printable(&b, where);
	if (where[0] != '\0')
		exch_buf_str(&b, ": ");
	add_printable(
	    &b, d->text[0] != '\0' ? d->text : exch_err_text(d->code));
	if (d->sys != 0)
		exch_buf_fmt(&b, ": %s", strerror(d->sys));
	exch_buf_char(&b, '\n');
	emit(&b, "out of memory\n");
}

/* "TOOL: text", with the text's bytes made harmless. */
__attribute__((format(printf, 3, 0))) static void
add_message(
    struct exch_buf *b, const struct exch_cli *c, const char *fmt, va_list ap)
{
	char text[1024];

	(void)vsnprintf(text, sizeof(text), fmt, ap); /* cut when longer */
	exch_buf_fmt(b, "%s: ", c->tool);
	add_printable(b, text);
	exch_buf_char(b, '\n');
}

int
exch_cli_usage(const struct exch_cli *c, const char *fmt, ...)
{
	struct exch_buf b = {0};
	va_list ap;

	va_start(ap, fmt);
	add_message(&b, c, fmt, ap);
	va_end(ap);
	exch_buf_fmt(&b, "Try '%s --help'.\n", c->tool);
	emit(&b, "out of memory\n");
	return EXCH_EXIT_USAGE;
}

void
exch_cli_note(const struct exch_cli *c, const char *fmt, ...)
{
	struct exch_buf b = {0};
	va_list ap;

	if (c->quiet)
		return;
	va_start(ap, fmt);
	add_message(&b, c, fmt, ap);
	va_end(ap);
	emit(&b, "out of memory\n");
}

void
exch_cli_warn(const struct exch_cli *c, const char *fmt, ...)
{
	struct exch_buf b = {0};
	va_list ap;

	va_start(ap, fmt);
	add_message(&b, c, fmt, ap);
	va_end(ap);
	emit(&b, "out of memory\n");
}

int
exch_cli_exit_of(enum exch_err code)
{
	switch (code) {
	case EXCH_OK:
	case EXCH_ERR_STOP:
		return EXCH_EXIT_OK;
	case EXCH_ERR_DIFFERS:
		return EXCH_EXIT_NO;
	case EXCH_ERR_LATE:
		return EXCH_EXIT_LATE;
	case EXCH_ERR_NEED:
		return EXCH_EXIT_USAGE;
	case EXCH_ERR_FORMAT:
	case EXCH_ERR_CUT:
	case EXCH_ERR_RANGE:
	case EXCH_ERR_VERSION:
	case EXCH_ERR_EXISTS:
	case EXCH_ERR_ABSENT:
	case EXCH_ERR_LIMIT:
		return EXCH_EXIT_INPUT;
	case EXCH_ERR_NOMEM:
	case EXCH_ERR_IO:
		break;
	}
	return EXCH_EXIT_SYSTEM;
}

int
exch_cli_fail(const struct exch_cli *c, const struct exch_diag *d)
{
	struct exch_diag silent;

	if (d->code != EXCH_OK) {
		exch_cli_report(c, d);
		return exch_cli_exit_of(d->code);
	}
	/* What failed is not done, whoever forgot to say why. */
	silent = *d;
	(void)snprintf(silent.text, sizeof(silent.text),
	    "it failed and does not say why: this is a fault of the tool");
	exch_cli_report(c, &silent);
	return EXCH_EXIT_SYSTEM;
}
