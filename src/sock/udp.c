/* Datagrams by the sockets of the system (udp.h). */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/dec.h"
#include "sock/addr.h"
#include "sock/udp.h"

/* What the system keeps for a reader that is busy, if it may be so much. */
#define BUFFER (8 << 20)

/* ---- groups ---- */

const char *
exch_udp_group_parse(
    const char *s, size_t n, struct exch_udp_group *g, size_t *where)
{
	size_t at = 0;

	*g = (struct exch_udp_group){0};
	for (unsigned i = 0; i < 5; i++) {
		uint64_t most = i < 4 ? 255 : 65535;
		uint64_t v;
		size_t k = 0;

		*where = at + 1;
		while (at + k < n && s[at + k] >= '0' && s[at + k] <= '9')
			k++;
		if (k == 0 || k > 5 || exch_uint_parse(s + at, k, &v) != 0 ||
		    v > most)
			return i < 4 ? "not a number from 0 to 255"
				     : "not a port from 1 to 65535";
		if (i < 4)
			g->addr[i] = (unsigned char)v;
		else
			g->port = (uint16_t)v;
		at += k;
		if (i == 4)
			break;
		*where = at + 1;
		if (at == n || s[at] != (i < 3 ? '.' : ':'))
			return i < 3 ? "not a dot" : "not a colon and a port";
		at++;
	}
	if (g->port == 0)
		return "not a port from 1 to 65535";
	*where = at + 1;
	if (at != n)
		return "too much behind the port";
	*where = 1;
	if (g->addr[0] < 224 || g->addr[0] > 239)
		return "no multicast group: 224.0.0.0 to 239.255.255.255";
	(void)snprintf(g->name, sizeof(g->name), "%.*s", (int)n, s); /* fits */
	return NULL;
}

static struct sockaddr_in
address_of(const struct exch_udp_group *g)
{
	struct sockaddr_in a = {
	    .sin_family = AF_INET, .sin_port = htons(g->port)};

	memcpy(&a.sin_addr, g->addr, sizeof(g->addr));
	return a;
}

/* 0: as packets are routed. */
static int
index_of(const char *interface, int *index, struct exch_diag *d)
{
	unsigned i = interface != NULL ? if_nametoindex(interface) : 0;

	*index = (int)i;
	if (interface == NULL || i != 0)
		return 0;
	return exch_diag_set(d, EXCH_ERR_NEED, interface, EXCH_POS_NONE, 0,
	    "there is no such network interface");
}

static int
datagrams(int family, int *fd)
{
	*fd = socket(family, SOCK_DGRAM, 0);
	return *fd >= 0 && fcntl(*fd, F_SETFL, O_NONBLOCK) == 0 &&
		       fcntl(*fd, F_SETFD, FD_CLOEXEC) == 0
		   ? 0
		   : -1;
}

static int
failed(int *fd, const char *at, const char *what, struct exch_diag *d)
{
	int sys = errno;

	exch_udp_close(*fd);
	*fd = -1;
	return exch_diag_sys(d, at, sys, "%s", what);
}

/* Not an error where it may not be so much: it is only faster. */
static void
want_buffer(int fd, int force, int plain)
{
	int n = BUFFER;

	if (setsockopt(fd, SOL_SOCKET, force, &n, sizeof(n)) != 0)
		(void)setsockopt(fd, SOL_SOCKET, plain, &n, sizeof(n));
}

int
exch_udp_send_to(const struct exch_udp_group *g, const char *interface,
    unsigned ttl, int *fd, struct exch_diag *d)
{
	struct sockaddr_in a = address_of(g);
	struct ip_mreqn from = {0};
	int hops = (int)ttl;
	int err;

	*fd = -1;
	err = index_of(interface, &from.imr_ifindex, d);
	if (err != 0)
		return err;
	if (datagrams(AF_INET, fd) != 0 ||
	    setsockopt(
		*fd, IPPROTO_IP, IP_MULTICAST_TTL, &hops, sizeof(hops)) != 0 ||
	    (interface != NULL && setsockopt(*fd, IPPROTO_IP, IP_MULTICAST_IF,
				      &from, sizeof(from)) != 0) ||
	    connect(*fd, (const void *)&a, sizeof(a)) != 0)
		return failed(fd, g->name, "cannot send there", d);
	return 0;
}

int
exch_udp_join(const struct exch_udp_group *g, const char *interface, int *fd,
    struct exch_diag *d)
{
	struct sockaddr_in a = address_of(g);
	struct ip_mreqn who = {.imr_multiaddr = a.sin_addr};
	int yes = 1;
	int err;

	*fd = -1;
	err = index_of(interface, &who.imr_ifindex, d);
	if (err != 0)
		return err;
	/* Bound to the group: what goes to others at this port is not ours. */
	if (datagrams(AF_INET, fd) != 0 ||
	    setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0 ||
	    bind(*fd, (const void *)&a, sizeof(a)) != 0 ||
	    setsockopt(*fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &who, sizeof(who)) !=
		0)
		return failed(fd, g->name, "cannot join", d);
	want_buffer(*fd, SO_RCVBUFFORCE, SO_RCVBUF);
	return 0;
}

/* ---- questions ---- */

/* The first address that does. */
static int
open_at(const char *at, bool serve, int *fd, struct exch_diag *d)
{
	struct addrinfo *list = NULL;
	int sys = 0;
	int err = exch_addr_resolve(at, SOCK_DGRAM, serve, &list, d);

	*fd = -1;
	if (err != 0)
		return err;
	for (struct addrinfo *a = list; a != NULL; a = a->ai_next) {
		if (datagrams(a->ai_family, fd) == 0 &&
		    (serve ? bind : connect)(*fd, a->ai_addr, a->ai_addrlen) ==
			0)
			break;
		sys = errno;
		exch_udp_close(*fd);
		*fd = -1;
	}
	freeaddrinfo(list);
	if (*fd < 0)
		return exch_diag_sys(d, at, sys,
		    serve ? "cannot be asked there" : "cannot ask there");
	want_buffer(*fd, SO_RCVBUFFORCE, SO_RCVBUF);
	return 0;
}

int
exch_udp_serve(const char *at, int *fd, struct exch_diag *d)
{
	return open_at(at, true, fd, d);
}

int
exch_udp_ask(const char *at, int *fd, struct exch_diag *d)
{
	return open_at(at, false, fd, d);
}

void
exch_udp_close(int fd)
{
	if (fd >= 0)
		(void)close(fd); /* a datagram has left or is lost */
}

/* ---- datagrams ---- */

int
exch_udp_recv(
    int fd, void *p, size_t room, size_t *n, struct exch_udp_peer *peer)
{
	socklen_t len = peer != NULL ? sizeof(peer->addr) : 0;
	ssize_t k =
	    recvfrom(fd, p, room, 0, peer != NULL ? (void *)peer->addr : NULL,
		peer != NULL ? &len : NULL);

	/* Of those we asked some may not be there (ECONNREFUSED): no news. */
	if (k < 0)
		return 0;
	if (peer != NULL)
		peer->n = len;
	*n = (size_t)k;
	return 1;
}

int
exch_udp_send(int fd, const void *p, size_t n)
{
	struct pollfd f = {.fd = fd, .events = POLLOUT};

	while (send(fd, p, n, MSG_NOSIGNAL) < 0) {
		if (errno == EAGAIN || errno == EWOULDBLOCK)
			(void)poll(&f, 1, 1); /* the card is busy */
		else if (errno != EINTR && errno != ENOBUFS)
			return errno;
	}
	return 0;
}

void
exch_udp_reply(
    int fd, const void *p, size_t n, const struct exch_udp_peer *peer)
{
	(void)sendto(fd, p, n, MSG_NOSIGNAL, (const void *)peer->addr, peer->n);
}

void
exch_udp_wait(const int *fd, unsigned n, int ms)
{
	struct pollfd f[8];

	for (unsigned i = 0; i < n && i < EXCH_ARRAY_LEN(f); i++)
		f[i] = (struct pollfd){.fd = fd[i], .events = POLLIN};
	(void)poll(f, n < EXCH_ARRAY_LEN(f) ? n : EXCH_ARRAY_LEN(f),
	    ms); /* the sockets are looked at */
}
