/*
 * A card behind two pipes, as it would be behind two character devices: it
 * takes commands from one, and gives the events of the software's matcher to
 * the other.
 *
 *	fakecard [-ajr] [-b BYTES] [-d EVENTS | -m EVENTS | -s EVENTS]
 *	    [-l LEVELS] [-n SYMBOLS] [-o ORDERS] H2C C2H
 *
 * -b: so many bytes in a write, and a moment between two, so that reads are
 * short and end in the middle of an event.  After so many events, and half of
 * the next one, it is gone (-d), mute (-m, and says so) or goes on with bits turned over
 * (-s).  -n, -l: it has so many symbols, of so many levels (8, 131072); it has
 * 65,536 slots.  -o: as if a user had died, it has so many orders in its books
 * and their events are on their way.  -a: of what it reads at a time, it
 * answers the last symbol first.  -j: of three orders at a price the second
 * goes first.  -r: it serves one user after the other; else the first, and
 * whoever opens H2C after that one finds nobody there.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "card/soft.h"

static unsigned long step, most, given;
static char end;
static bool apart, again;

static void
pause_for(long ns)
{
	const struct timespec t = {.tv_nsec = ns};

	nanosleep(&t, NULL);
}

static int
put(int fd, const unsigned char *p, size_t n)
{
	while (n > 0) {
		size_t k = step != 0 && step < n ? step : n;
		ssize_t done = write(fd, p, k);

		if (done < 0 && errno == EPIPE && again)
			return 0; /* its user has gone, and will not know */
		if (done <= 0)
			return -1;
		p += done;
		n -= (size_t)done;
		if (step != 0)
			pause_for(100000);
	}
	return 0;
}

/* 1 when that was the last one. */
static int
give(int fd, struct exch_card_evt e)
{
	unsigned char b[sizeof(e)];

	memcpy(b, &e, sizeof(b));
	if (end != 0 && given++ >= most && end == 's')
		b[17] ^= 0x10;
	else if (end != 0 && given > most) {
		(void)put(fd, b, sizeof(b) / 2);
		return 1;
	}
	return put(fd, b, sizeof(b)) != 0;
}

static int
answer(struct exch_card *c, int fd)
{
	struct exch_card_evt e;
	bool fault;

	while (exch_card_soft.poll(c, &e, 1, &fault) == 1)
		if (give(fd, e))
			return 1;
	return 0;
}

/* Until all of that symbol's are at the front, they go behind the others. */
static size_t
symbol_first(unsigned char *b, size_t n, unsigned symbol, size_t from)
{
	for (size_t i = from; i < n; i++) {
		unsigned char k[32];

		memcpy(k, b + 32 * i, 32);
		if ((unsigned)(k[2] | k[3] << 8) != symbol)
			continue;
		memmove(b + 32 * (from + 1), b + 32 * from, 32 * (i - from));
		memcpy(b + 32 * from++, k, 32);
	}
	return from;
}

/* Symbols go ahead of one another: commands of one beat and no barrier. */
static void
reorder(unsigned char *b, size_t n)
{
	size_t from = 0;

	for (unsigned symbol = 8; symbol-- > 0;)
		from = symbol_first(b, n, symbol, from);
}

/* 1: another user has come, 0: none comes. */
static int
next_user(const char *h2c, int *in)
{
	int fd;

	if (!again)
		return 0;
	/* Before the end of the old one, so that there is always a reader. */
	fd = open(h2c, O_RDONLY);
	close(*in);
	*in = fd;
	return fd >= 0;
}

static int
serve(struct exch_card *c, const char *h2c, int in, int out)
{
	unsigned char b[8192];
	size_t n = 0, took;
	ssize_t k;

	for (;;) {
		k = read(in, b + n, sizeof(b) - n);
		if (k <= 0) {
			n = 0;
			if (next_user(h2c, &in))
				continue;
			return 0;
		}
		n += (size_t)k;
		if (apart)
			reorder(b, n / 32);
		took = 32 * exch_card_soft.submit(c, b, n / 32);
		memmove(b, b + took, n - took);
		n -= took;
		if (answer(c, out)) {
			/* Mute: it takes commands and says nothing. */
			if (end == 'm')
				fprintf(stderr, "mute\n");
			while (end == 'm' && read(in, b, sizeof(b)) > 0)
				;
			return 0;
		}
	}
}

/* What a user has left. */
static int
leave(struct exch_card *c, int fd, unsigned long orders)
{
	struct exch_card_cmd k = {.op = EXCH_CARD_NEW};

	for (unsigned long i = 0; i < orders; i++) {
		k.symbol = (uint16_t)(i % 2);
		k.slot = (uint32_t)i;
		k.flags = i % 3 == 0 ? EXCH_CARD_SELL : 0;
		exch_card_put(k.price, i % 3 == 0 ? 65600 : 65500, 3);
		exch_card_put(k.qty, 7, 4);
		exch_card_put(k.gen, 1, 4);
		exch_card_put(k.seq, i + 1, 6);
		if (exch_card_soft.submit(c, &k, 1) != 1 || answer(c, fd))
			return -1;
	}
	return 0;
}

/*
 * A second user could open the pipe before the end of the first is seen, and
 * be taken for it: its name leads to another pipe, which nobody reads.
 */
static int
nobody_at(const char *h2c)
{
	return unlink(h2c) != 0 || mkfifo(h2c, 0600) != 0 ? -1 : 0;
}

int
main(int argc, char **argv)
{
	struct exch_card_limits l = {8, 1u << 17, 1u << 16};
	unsigned long orders = 0;
	const char *options = NULL;
	struct exch_card *c;
	char why[100];
	int o, in, out;

	while ((o = getopt(argc, argv, "ab:d:jm:s:l:n:o:r")) != -1) {
		unsigned long v =
		    optarg != NULL ? strtoul(optarg, NULL, 10) : 0;

		if (o == '?')
			return 2;
		if (o == 'a')
			apart = true;
		else if (o == 'j')
			options = "jump=1";
		else if (o == 'r')
			again = true;
		else if (o == 'b')
			step = v;
		else if (o == 'l')
			l.levels = (uint32_t)v;
		else if (o == 'n')
			l.symbols = (uint32_t)v;
		else if (o == 'o')
			orders = v;
		else {
			end = (char)o;
			most = v;
		}
	}
	if (argc - optind != 2)
		return 2;
	c = exch_card_soft.open(&l, options, why, sizeof(why));
	signal(SIGPIPE, SIG_IGN);
	in = open(argv[optind], O_RDONLY);
	out = open(argv[optind + 1], O_WRONLY);
	if (c == NULL || in < 0 || out < 0 ||
	    (!again && nobody_at(argv[optind]) != 0)) {
		perror("fakecard");
		return 1;
	}
	o = leave(c, out, orders) != 0 ? 1 : serve(c, argv[optind], in, out);
	exch_card_soft.close(c);
	return o;
}
