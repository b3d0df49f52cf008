/*
 * The feeds that are known, in the order in which they are tried.  Those
 * with a magic number come first, text that anything might be comes last.
 */
#include <config.h>

#include <string.h>

#include "base/buf.h"
#include "feed/feed.h"

/* As many bytes as exch_in_peek gives. */
#define PEEK 4096

static const struct exch_feed *const feeds[] = {
    &exch_feed_pcap,
    &exch_feed_dbn,
    &exch_feed_itchfile,
    &exch_feed_iextp,
    &exch_feed_pitchbin,
    &exch_feed_tcp,
    &exch_feed_fix,
    &exch_feed_pitch,
    &exch_feed_sselog,
    &exch_feed_bitstamp,
    &exch_feed_lobster,
    &exch_feed_orders,
    &exch_feed_scenario,
};

const struct exch_feed *const *
exch_feed_all(unsigned *n)
{
	*n = EXCH_ARRAY_LEN(feeds);
	return feeds;
}

/* "pcap, itch50, lobster, ..." */
static void
names(struct exch_buf *b)
{
	for (size_t i = 0; i < EXCH_ARRAY_LEN(feeds); i++) {
		if (i > 0)
			exch_buf_str(b, ", ");
		exch_buf_str(b, feeds[i]->name);
	}
	exch_buf_char(b, '\0');
}

static int
complain(struct exch_in *in, const char *as, size_t got, struct exch_diag *d)
{
	struct exch_buf b = {0};
	int err;

	names(&b);
	if (b.failed)
		err = exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory for a message");
	else if (as != NULL)
		err = exch_diag_set(d, EXCH_ERR_ABSENT, NULL, EXCH_POS_NONE, 0,
		    "no feed is called \"%s\": there are %s", as, b.p);
	else if (got == 0)
		err = exch_diag_set(d, EXCH_ERR_FORMAT, exch_in_name(in),
		    EXCH_POS_NONE, 0, "the input is empty");
	else
		err = exch_diag_set(d, EXCH_ERR_FORMAT, exch_in_name(in),
		    EXCH_POS_NONE, 0,
		    "this is none of the kinds of input known: %s", b.p);
	exch_buf_free(&b);
	return err;
}

/* Control characters that no text has. */
static bool
is_binary(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] < '\t')
			return true;
	}
	return false;
}

/* A line end with something before it. */
static bool
has_line(const unsigned char *p, size_t n)
{
	size_t i = 0;

	while (i < n && (p[i] <= ' ' || p[i] >= 0x7f))
		i++;
	return i < n && memchr(p + i, '\n', n - i) != NULL;
}

int
exch_feed_peek(
    struct exch_in *in, const unsigned char **p, size_t *n, struct exch_diag *d)
{
	size_t want = 4;
	int err;

	for (;;) {
		err = exch_in_peek(in, p, want, n, d);
		if (err != 0 || *n < want || want == PEEK ||
		    exch_feed_pcap.match(*p, *n) || memcmp(*p, "XST1", 4) == 0)
			return err;
		if (is_binary(*p, *n))
			want = PEEK;
		else if (has_line(*p, *n))
			return 0;
		else
			want++;
	}
}

int
exch_feed_recognise(struct exch_in *in, const struct exch_feed_opts *o,
    const struct exch_feed **feed, struct exch_diag *d)
{
	const unsigned char *p;
	size_t n;
	int err;

	*feed = NULL;
	err = exch_feed_peek(in, &p, &n, d);
	if (err != 0)
		return err;
	for (size_t i = 0; i < EXCH_ARRAY_LEN(feeds) && *feed == NULL; i++) {
		if (o->as != NULL
			? strcmp(o->as, feeds[i]->name) == 0
			: feeds[i]->match != NULL && feeds[i]->match(p, n))
			*feed = feeds[i];
	}
	if (*feed == NULL)
		return complain(in, o->as, n, d);
	/* The name of a feed goes for what a capture holds, too. */
	if ((*feed == &exch_feed_itchfile || *feed == &exch_feed_iextp ||
		*feed == &exch_feed_pitchbin || *feed == &exch_feed_tcp) &&
	    exch_feed_pcap.match(p, n))
		*feed = &exch_feed_pcap;
	return 0;
}
