/*
 * A card behind two pipes, as it would be behind two character devices: it
 * takes commands from one, and gives the events of the software's matcher to
 * the other.
 *
 *	fakecard [-b BYTES] [-d EVENTS | -m EVENTS | -s EVENTS] [-l LEVELS]
 *	    [-n SYMBOLS] [-o ORDERS] H2C C2H
 *
 * -b: so many bytes in a write, and a moment between two, so that reads are
 * short and end in the middle of an event.  After so many events, and half of
 * the next one, it is gone (-d), mute (-m) or goes on with bits turned over
 * (-s).  -n, -l: it has so many symbols, of so many levels (8, 131072); it has
 * 65,536 slots.  -o: as if a user had died, it has so many orders in its books
 * and their events are on their way.
 */
#include <config.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "card/soft.h"

static unsigned long step, most, given;
static char end;

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

static int
serve(struct exch_card *c, int in, int out)
{
	unsigned char b[8192];
	size_t n = 0, took;
	ssize_t k;

	while ((k = read(in, b + n, sizeof(b) - n)) > 0) {
		n += (size_t)k;
		took = 32 * exch_card_soft.submit(c, b, n / 32);
		memmove(b, b + took, n - took);
		n -= took;
		if (answer(c, out)) {
			/* Mute: it takes commands and says nothing. */
			while (end == 'm' && read(in, b, sizeof(b)) > 0)
				;
			return 0;
		}
	}
	return 0;
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

int
main(int argc, char **argv)
{
	struct exch_card_limits l = {8, 1u << 17, 1u << 16};
	unsigned long orders = 0;
	struct exch_card *c;
	char why[100];
	int o, in, out;

	while ((o = getopt(argc, argv, "b:d:m:s:l:n:o:")) != -1) {
		unsigned long v = o != '?' ? strtoul(optarg, NULL, 10) : 0;

		if (o == '?')
			return 2;
		if (o == 'b')
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
	c = exch_card_soft.open(&l, NULL, why, sizeof(why));
	in = open(argv[optind], O_RDONLY);
	out = open(argv[optind + 1], O_WRONLY);
	if (c == NULL || in < 0 || out < 0) {
		perror("fakecard");
		return 1;
	}
	o = leave(c, out, orders) != 0 ? 1 : serve(c, in, out);
	exch_card_soft.close(c);
	return o;
}
