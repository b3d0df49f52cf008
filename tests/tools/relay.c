/*
 * A line between a standby and its primary that does not tell the truth:
 *
 *	relay LISTEN TO true|hash|output|block|hold
 *	relay LISTEN - WORDS
 *
 * Passes frames on between who connects to LISTEN (HOST:PORT) and TO.  With
 * hash or output that number of the second comparison of states is changed,
 * and the frame has a checksum that fits; with block the first block of the
 * journal has 8 bytes behind it, and with hold none passes.  Ends with the connection; prints how many
 * comparisons there were.  With - it is no primary at all: says the
 * words to each of three who connect, and hangs up.
 */
#include <config.h>

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "journal/wire.h"
#include "sock/conn.h"

static unsigned checks, blocks;

/* A block that is sound, and not all of its frame. */
static int
pass_block(struct exch_wire *to, const struct exch_link_frame *f)
{
	static unsigned char p[EXCH_LINK_MAX];
	size_t n = f->n + 8 <= sizeof(p) ? f->n : sizeof(p) - 8;

	memcpy(p, f->p, n);
	memset(p + n, 0, 8);
	return exch_wire_send(to, f->kind, p, n + 8, 10000, NULL);
}

/* As it came, but for what is to be changed. */
static int
pass(struct exch_wire *to, const struct exch_link_frame *f, const char *what)
{
	unsigned char p[EXCH_LINK_CHECK_SIZE];
	struct exch_link_check c;

	if (f->kind == EXCH_LINK_BLOCK && strcmp(what, "hold") == 0)
		return 0;
	if (f->kind == EXCH_LINK_BLOCK && blocks++ == 0 &&
	    strcmp(what, "block") == 0)
		return pass_block(to, f);
	if (!exch_link_get_check(f, &c))
		return exch_wire_send(to, f->kind, f->p, f->n, 10000, NULL);
	if (++checks == 2) {
		c.hash ^= strcmp(what, "hash") == 0;
		c.output += strcmp(what, "output") == 0;
	}
	exch_link_put_check(p, &c);
	return exch_wire_send(to, f->kind, p, sizeof(p), 10000, NULL);
}

/* All that has come from one for the other; false when one has gone. */
static bool
pass_all(struct exch_wire *from, struct exch_wire *to, const char *what)
{
	struct exch_link_frame f;
	int n;

	while ((n = exch_wire_next(from, &f, 0, NULL)) > 0)
		if (pass(to, &f, what) != 0)
			return false;
	return n == 0;
}

static struct exch_wire *
join(int fd, const char *name)
{
	struct exch_diag d = {0};
	struct exch_wire *w = NULL;

	if (exch_wire_new(fd, name, &w, &d) != 0)
		fprintf(stderr, "relay: %s\n", d.text);
	return w;
}

/* Somebody who speaks something else. */
static int
stranger(int at, const char *words)
{
	char name[128];
	int fd;

	for (unsigned i = 0; i < 3; i++) {
		while ((fd = exch_conn_accept(at, name)) < 0)
			usleep(10000);
		if (write(fd, words, strlen(words)) < 0)
			return 4;
		usleep(50000);
		close(fd);
	}
	close(at);
	return 0;
}

int
main(int argc, char **argv)
{
	struct exch_wire *standby = NULL, *primary = NULL;
	struct exch_diag d = {0};
	char name[128];
	int at, fd;

	if (argc != 4 || exch_conn_listen(argv[1], &at, &d) != 0) {
		fprintf(stderr,
		    "usage: relay LISTEN TO true|hash|output|block %s\n",
		    d.text);
		return 2;
	}
	if (strcmp(argv[2], "-") == 0)
		return stranger(at, argv[3]);
	while ((fd = exch_conn_accept(at, name)) < 0)
		usleep(10000);
	standby = join(fd, name);
	while (exch_conn_connect(argv[2], 1000, &fd, NULL) != 0)
		usleep(10000);
	primary = join(fd, argv[2]);
	if (standby == NULL || primary == NULL)
		return 4;
	for (;;) {
		struct pollfd p[2] = {
		    {.fd = exch_wire_fd(standby), .events = POLLIN},
		    {.fd = exch_wire_fd(primary), .events = POLLIN}};

		(void)poll(p, 2, 1000);
		if (!pass_all(standby, primary, argv[3]) ||
		    !pass_all(primary, standby, argv[3]))
			break;
	}
	/* Who has hung up may have said why. */
	(void)pass_all(standby, primary, argv[3]);
	(void)pass_all(primary, standby, argv[3]);
	printf("%u comparisons\n", checks);
	exch_wire_close(standby);
	exch_wire_close(primary);
	close(at);
	return 0;
}
