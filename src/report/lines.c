/* Lines of a file (lines.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "rec/zio.h"
#include "report/lines.h"

static int
tell(const char *s, size_t n, uint64_t line, exch_line_fn *fn, void *arg,
    struct exch_diag *d)
{
	if (n > 0 && s[n - 1] == '\r')
		n--;
	return fn(arg, s, n, line, d);
}

/* Whole lines of what there is; *n is what is left of it. */
static int
take(char *buf, size_t *n, uint64_t *line, exch_line_fn *fn, void *arg,
    struct exch_diag *d)
{
	char *p = buf;
	char *end;
	int rc = EXCH_OK;

	while (rc == EXCH_OK &&
	       (end = memchr(p, '\n', *n - (size_t)(p - buf))) != NULL) {
		rc = tell(p, (size_t)(end - p), ++*line, fn, arg, d);
		p = end + 1;
	}
	*n -= (size_t)(p - buf);
	memmove(buf, p, *n);
	return rc;
}

int
exch_lines_each(
    struct exch_in *in, exch_line_fn *fn, void *arg, struct exch_diag *d)
{
	char *buf = exch_malloc(EXCH_LINE_MAX);
	uint64_t line = 0;
	size_t have = 0;
	size_t got = 1;
	int rc = EXCH_OK;

	if (buf == NULL)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
	while (rc == EXCH_OK && got > 0) {
		if (have == EXCH_LINE_MAX) {
			rc = exch_diag_set(d, EXCH_ERR_FORMAT, exch_in_name(in),
			    EXCH_POS_LINE, line + 1, "the line is too long");
			break;
		}
		rc =
		    exch_in_read(in, buf + have, EXCH_LINE_MAX - have, &got, d);
		if (rc != EXCH_OK)
			break;
		have += got;
		rc = take(buf, &have, &line, fn, arg, d);
	}
	if (rc == EXCH_OK && have > 0)
		rc = tell(buf, have, line + 1, fn, arg, d);
	exch_free(buf);
	return rc;
}
