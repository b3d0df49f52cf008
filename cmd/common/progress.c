/*
 * The progress line.  Only where a person sees it: standard error is a
 * terminal and we are in its foreground, or --progress always, or SIGUSR1.
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "common/cli.h"
#include "common/private.h"

#define SECOND UINT64_C(1000000000)

/* One process, one terminal, one line. */
static struct {
	bool begun;
	bool terminal; /* standard error is one */
	bool standing; /* a line to be wiped */
	uint64_t start;
	uint64_t last; /* when it was shown, or looked at */
	uint64_t records;
} line;

uint64_t
exch_cli_now(void)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_MONOTONIC, &ts) != 0)
		return 0;
	return (uint64_t)ts.tv_sec * SECOND + (uint64_t)ts.tv_nsec;
}

/* 12.3 with the prefix of a thousand, million or thousand million. */
static void
add_scaled(struct exch_buf *b, uint64_t v, const char *unit)
{
	static const char prefix[] = " kMG";
	uint64_t div = 1;
	int i = 0;

	while (v / div >= 1000 && i < 3) {
		div *= 1000;
		i++;
	}
	if (i == 0)
		exch_buf_fmt(b, "%" PRIu64 " %s", v, unit);
	else
		exch_buf_fmt(b, "%" PRIu64 ".%" PRIu64 " %c%s", v / div,
		    v % div * 10 / div, prefix[i], unit);
}

static void
show(struct exch_cli *c, const struct exch_in *in, uint64_t records,
    uint64_t now, bool own_line)
{
	struct exch_buf b = {0};
	uint64_t ms = (now - line.start) / 1000000 + 1;
	uint64_t size = in != NULL ? exch_in_size(in) : 0;
	uint64_t read = in != NULL ? exch_in_consumed(in) : 0;

	if (line.standing)
		exch_buf_str(&b, "\r\033[K");
	exch_buf_fmt(&b, "%s: ", c->tool);
	if (size > 0 && read <= size)
		exch_buf_fmt(&b, "%" PRIu64 "%%, ", read * 100 / size);
	add_scaled(&b, records, "records");
	exch_buf_str(&b, ", ");
	add_scaled(&b, records * 1000 / ms, "records/s");
	if (size > 0 && read > 0 && read <= size && ms > 1000) {
		uint64_t left =
		    ms * ((size - read) / 1024 + 1) / (read / 1024 + 1) / 1000;

		exch_buf_fmt(&b, ", %" PRIu64 ":%02" PRIu64 " left", left / 60,
		    left % 60);
	}
	if (own_line)
		exch_buf_char(&b, '\n');
	/* Progress that cannot be shown is no loss. */
	if (!b.failed && write(STDERR_FILENO, b.p, b.len) > 0)
		line.standing = !own_line;
	exch_buf_free(&b);
}

static bool
foreground(void)
{
	return line.terminal && tcgetpgrp(STDERR_FILENO) == getpgrp();
}

void
exch_cli_progress(
    struct exch_cli *c, const struct exch_in *in, uint64_t records)
{
	uint64_t now;
	bool asked = exch_cli_usr1();

	if (!line.begun) {
		line.begun = true;
		line.terminal = isatty(STDERR_FILENO);
		line.start = line.last = exch_cli_now();
	}
	if (asked) {
		show(c, in, records, exch_cli_now(), true);
		return;
	}
	if (c->progress < 0 || c->quiet || (c->progress == 0 && !line.terminal))
		return;
	now = exch_cli_now();
	if (now - line.last < SECOND)
		return;
	line.last = now;
	if (c->progress > 0 || foreground())
		show(c, in, records, now, !line.terminal);
}

void
exch_cli_progress_end(void)
{
	static const char wipe[] = "\r\033[K";

	if (!line.standing)
		return;
	line.standing = false;
	if (write(STDERR_FILENO, wipe, sizeof(wipe) - 1) < 0)
		return; /* the same: no loss */
}
