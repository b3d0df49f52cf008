/*
 * Sends the packets of a capture to a multicast group on the loopback, for
 * tests of what comes live.
 *
 *	mcast [-x] [-f FIRST] [-n COUNT] [-p MS] [-e MS] GROUP PORT < day.pcap
 *
 * -x      no capture, but a packet in each line, as hexadecimal digits
 * -f, -n  begin with this packet (1), and send so many (all)
 * -p      wait so long behind each packet (1 ms)
 * -e      and behind the last one, so that others may follow (0)
 *
 * Reads only little-endian captures of Ethernet, IPv4 without options and UDP,
 * and knows nothing of the project's own decoders.
 */
#include <config.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEADERS 42u

static void
fail(const char *why)
{
	perror(why);
	exit(1);
}

static void
sleep_ms(unsigned long ms)
{
	struct timespec t = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};

	(void)nanosleep(&t, NULL); /* a little less does no harm */
}

static int
open_group(const char *group, const char *port, struct sockaddr_in *to)
{
	struct in_addr lo = {.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	*to = (struct sockaddr_in){.sin_family = AF_INET,
	    .sin_port = htons((uint16_t)strtoul(port, NULL, 10))};
	if (fd < 0 || inet_pton(AF_INET, group, &to->sin_addr) != 1 ||
	    setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &lo, sizeof(lo)) != 0)
		fail("mcast: no such group");
	return fd;
}

static unsigned char
digit(int c)
{
	const char *digits = "0123456789abcdef";
	const char *at = c > 0 ? strchr(digits, c) : NULL;

	if (at == NULL) {
		fprintf(stderr, "mcast: no hexadecimal digit\n");
		exit(1);
	}
	return (unsigned char)(at - digits);
}

/* The bytes of a line; 0: there is none. */
static size_t
next_line(unsigned char *p, size_t room)
{
	size_t n = 0;
	int c;

	while ((c = getchar()) != EOF && c != '\n' && n < room) {
		p[n] = (unsigned char)(digit(c) << 4);
		p[n++] |= digit(getchar());
	}
	return n;
}

/* The next packet with its headers; 0: there is none. */
static size_t
next(unsigned char *p, size_t room)
{
	unsigned char h[16];
	uint32_t n;

	if (fread(h, 1, sizeof(h), stdin) != sizeof(h))
		return 0;
	n = (uint32_t)h[8] | (uint32_t)h[9] << 8 | (uint32_t)h[10] << 16;
	if (n < HEADERS || n > room || fread(p, 1, n, stdin) != n)
		fail("mcast: no such capture");
	return n;
}

int
main(int argc, char **argv)
{
	static unsigned char p[65536], head[24];
	unsigned long first = 1, count = 0, pace = 1, end = 0, at = 0;
	struct sockaddr_in to;
	size_t n, skip = HEADERS;
	int c, fd;

	while ((c = getopt(argc, argv, "xf:n:p:e:")) != -1) {
		unsigned long v =
		    optarg != NULL ? strtoul(optarg, NULL, 10) : 0;

		if (c == 'x') {
			skip = 0;
			continue;
		}

		*(c == 'f'     ? &first
		    : c == 'n' ? &count
		    : c == 'p' ? &pace
			       : &end) = v;
	}
	if (argc - optind != 2 ||
	    (skip != 0 && fread(head, 1, sizeof(head), stdin) != sizeof(head)))
		fail("mcast: GROUP PORT < capture");
	fd = open_group(argv[optind], argv[optind + 1], &to);
	while ((n = skip != 0 ? next(p, sizeof(p)) : next_line(p, sizeof(p))) !=
	       0) {
		if (++at < first || (count != 0 && at >= first + count))
			continue;
		if (sendto(fd, p + skip, n - skip, 0, (void *)&to, sizeof(to)) <
		    0)
			fail("mcast: cannot send");
		sleep_ms(pace);
	}
	sleep_ms(end);
	return 0;
}
