/*
 * The other end of a connection, whatever it says: bytes from standard input
 * are sent, what comes is written to standard output.
 *
 *	dial HOST PORT MS	connect; nothing is said behind the bytes
 *	dial -l HOST PORT MS	listen, and talk so to whoever comes
 *	dial -w HOST PORT MS	the same, but say nothing for so many ms
 *	dial -n HOST PORT MS	connect, and read nothing
 *
 * Ends when the other one does, or after so many ms in which nothing came:
 * exits with 0 in the first case, 1 in the second; 2 when nobody is there.
 * With -l and -w it goes on until it is killed.
 */
#include <config.h>

#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/types.h"

static void
die(const char *what)
{
	perror(what);
	exit(2);
}

static int
open_at(const char *host, const char *port, bool listens)
{
	struct addrinfo want = {
	    .ai_socktype = SOCK_STREAM, .ai_family = AF_INET};
	struct addrinfo *a;
	int yes = 1, fd;

	if (getaddrinfo(host, port, &want, &a) != 0)
		die("address");
	fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
	if (fd < 0)
		die("socket");
	if (!listens) {
		if (connect(fd, a->ai_addr, a->ai_addrlen) != 0)
			die("connect");
		return fd;
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(fd, a->ai_addr, a->ai_addrlen) != 0 || listen(fd, 8) != 0)
		die("listen");
	return fd;
}

static char words[65536];
static size_t nwords;

/* All of them; whether the other one takes them is seen by how it ends. */
static void
say(int fd)
{
	ssize_t k;

	for (size_t at = 0; at < nwords; at += (size_t)k) {
		k = write(fd, words + at, nwords - at);
		if (k <= 0)
			return;
	}
}

/* Until it ends: true, or it is silent. */
static bool
hear(int fd, int ms)
{
	struct pollfd f = {.fd = fd, .events = POLLIN};
	char p[65536];
	ssize_t n;

	while (poll(&f, 1, ms) > 0) {
		n = read(fd, p, sizeof(p));
		if (n <= 0)
			return true;
		if (fwrite(p, 1, (size_t)n, stdout) != (size_t)n)
			die("write");
	}
	return false;
}

int
main(int argc, char **argv)
{
	char how = 0;
	int fd, ms, in;
	bool listens, ends;

	if (argc == 5 && argv[1][0] == '-') {
		how = argv[1][1];
		argv++;
		argc--;
	}
	if (argc != 4)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	ms = atoi(argv[3]);
	nwords = fread(words, 1, sizeof(words), stdin);
	listens = how == 'l' || how == 'w';
	fd = open_at(argv[1], argv[2], listens);
	if (listens)
		fprintf(stderr, "listens\n");
	while (listens && (in = accept(fd, NULL, NULL)) >= 0) {
		if (how == 'w')
			usleep((useconds_t)ms * 1000);
		say(in);
		shutdown(in, SHUT_WR);
		(void)hear(in, ms);
		close(in);
	}
	say(fd);
	if (how == 'n') {
		usleep((useconds_t)ms * 1000);
		return 0;
	}
	shutdown(fd, SHUT_WR);
	ends = hear(fd, ms);
	if (fflush(stdout) != 0)
		die("write");
	return ends ? 0 : 1;
}
