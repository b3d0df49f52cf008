/*
 * Logs of FIX sessions: the messages of one or many sessions one behind the
 * other, with whatever a log writes between them (fixcmd.h).
 */
#include <config.h>

#include "feed/fixcmd.h"

static int
read_all(struct exch_in *in, struct exch_fixcmd *f, struct exch_fixscan *s,
    struct exch_diag *d)
{
	size_t room, got = 1;
	int rc = 0;

	while (rc == 0 && got != 0) {
		char *p = exch_fixscan_room(f, s, &room, d);

		if (p == NULL)
			return EXCH_ERR_NOMEM;
		rc = exch_in_read(in, p, room, &got, d);
		if (rc == 0)
			rc = exch_fixscan_take(f, s, got, d);
	}
	return rc != 0 ? rc : exch_fixscan_end(f, s, d);
}

static int
run(struct exch_in *in, const struct exch_feed_opts *o,
    const struct exch_feed_sink *sink, struct exch_feed_stats *st,
    struct exch_diag *d)
{
	uint64_t before = exch_in_offset(in);
	uint64_t had = st->messages + st->messages_bad;
	struct exch_fixscan s = {.offset = before};
	struct exch_clients c;
	struct exch_fixcmd *f = NULL;
	int rc = exch_clients_init(&c, o, sink);

	if (rc != 0)
		rc = exch_diag_set(d, EXCH_ERR_NOMEM, exch_in_name(in),
		    EXCH_POS_NONE, 0, "no memory for FIX");
	if (rc == 0)
		rc = exch_fixcmd_new(&c, st, exch_in_name(in), &f, d);
	if (rc == 0)
		rc = read_all(in, f, &s, d);
	if (rc == 0 && st->messages + st->messages_bad == had)
		rc = exch_diag_set(d, EXCH_ERR_FORMAT, exch_in_name(in),
		    EXCH_POS_NONE, 0, "no message of FIX is in it");
	st->bytes += exch_in_offset(in) - before;
	exch_fixscan_clear(&s);
	exch_fixcmd_free(f);
	exch_clients_clear(&c);
	return rc;
}

/* A message within the first bytes, behind what a log writes before it. */
static bool
match(const unsigned char *p, size_t n)
{
	const char *s = (const char *)p;
	size_t at = exch_fix_find(s, n < 256 ? n : 256);

	if (at + 12 > n || at >= 251)
		return false;
	for (size_t i = at + 5; i + 2 < n && i < at + 16; i++)
		if (s[i] == '\001' || s[i] == '|')
			return s[i + 1] == '9' && s[i + 2] == '=';
	return false;
}

const struct exch_feed exch_feed_fix = {
    .name = "fix",
    .what = "logs of FIX sessions, 4.0 to 5.0 SP2: orders of their clients",
    .match = match,
    .run = run,
    .book = false,
};
