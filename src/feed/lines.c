/* Text line by line (lines.h). */
#include <config.h>

#include <string.h>

#include "feed/lines.h"

static int
tell(struct exch_line_wrong *w, const struct exch_feed_sink *sink,
    struct exch_diag *d)
{
	char text[sizeof(w->text)];

	if (w->text[0] == '\0')
		return 0;
	memcpy(text, w->text, sizeof(text));
	w->text[0] = '\0';
	return sink->trouble(sink->arg, &w->at, text, d);
}

int
exch_lines(struct exch_rows *rows, struct exch_line_wrong *w,
    const struct exch_feed_sink *sink, const char *name,
    int (*line)(void *arg, struct exch_diag *d), void *arg, struct exch_diag *d)
{
	int got = 0, err = 0;

	while (err == 0 && (got = exch_rows_next(rows, d)) > 0) {
		err = tell(w, sink, d);
		if (err == 0)
			err = line(arg, d);
	}
	if (err != 0 || got < 0)
		return err != 0 ? err : got;
	if (w->text[0] == '\0' || !rows->cut)
		return tell(w, sink, d);
	return exch_diag_set(d, EXCH_ERR_CUT, name, EXCH_POS_LINE, w->at.where,
	    "the input ends with half a line: %s", w->text);
}
