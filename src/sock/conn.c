/*
 * Connections (conn.h).  Sockets do not block; waiting is poll() with a limit.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sock/addr.h"
#include "sock/conn.h"

/* Of those who come at once some may be the right ones. */
#define BACKLOG 128

int
exch_conn_set(int fd)
{
	int yes = 1;

	/* What is small must not wait for company. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	return fcntl(fd, F_SETFL, O_NONBLOCK) == 0 &&
		       fcntl(fd, F_SETFD, FD_CLOEXEC) == 0
		   ? 0
		   : -1;
}

int
exch_conn_listen(const char *at, int *fd, struct exch_diag *d)
{
	struct addrinfo *list = NULL, *a;
	int yes = 1, sys = 0;
	int err = exch_addr_resolve(at, SOCK_STREAM, true, &list, d);

	if (err != 0)
		return err;
	*fd = -1;
	for (a = list; a != NULL && *fd < 0; a = a->ai_next) {
		*fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
		if (*fd >= 0 &&
		    setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &yes,
			sizeof(yes)) == 0 &&
		    exch_conn_set(*fd) == 0 &&
		    bind(*fd, a->ai_addr, a->ai_addrlen) == 0 &&
		    listen(*fd, BACKLOG) == 0)
			break;
		sys = errno;
		if (*fd >= 0)
			(void)close(*fd); /* nothing was written */
		*fd = -1;
	}
	freeaddrinfo(list);
	return *fd >= 0 ? 0 : exch_diag_sys(d, at, sys, "cannot listen");
}

int
exch_conn_begin(const struct addrinfo *a, int *fd)
{
	int sys = 0;

	*fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
	if (*fd < 0 || exch_conn_set(*fd) != 0 ||
	    connect(*fd, a->ai_addr, a->ai_addrlen) != 0)
		sys = errno;
	if (sys == 0 || sys == EINPROGRESS)
		return 0;
	if (*fd >= 0)
		(void)close(*fd); /* nothing was written */
	*fd = -1;
	return sys;
}

int
exch_conn_made(int fd, int ms)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	socklen_t len = sizeof(int);
	int sys = 0;
	int n = poll(&p, 1, ms);

	if (n < 0)
		return errno;
	if (n == 0)
		return ETIMEDOUT;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &sys, &len) == 0 ? sys
								     : errno;
}

int
exch_conn_connect(const char *at, int ms, int *fd, struct exch_diag *d)
{
	struct addrinfo *list = NULL, *a;
	int sys = 0;
	int err = exch_addr_resolve(at, SOCK_STREAM, false, &list, d);

	if (err != 0)
		return err;
	*fd = -1;
	for (a = list; a != NULL && *fd < 0; a = a->ai_next) {
		sys = exch_conn_begin(a, fd);
		if (sys == 0)
			sys = exch_conn_made(*fd, ms);
		if (sys != 0)
			exch_conn_close(*fd);
		if (sys != 0)
			*fd = -1;
	}
	freeaddrinfo(list);
	return *fd >= 0 ? 0 : exch_diag_sys(d, at, sys, "cannot connect");
}

int
exch_conn_accept(int fd, char name[128])
{
	struct sockaddr_storage a = {0};
	socklen_t len = sizeof(a);
	char host[64] = "?", port[16] = "?";
	int n = accept(fd, (struct sockaddr *)&a, &len);

	if (n < 0)
		return errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
			       errno == ENOMEM
			   ? -2
			   : -1;
	(void)getnameinfo((const struct sockaddr *)&a, len, host, sizeof(host),
	    port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
	(void)snprintf(name, 128, "%s:%s", host, port); /* fits */
	return n;
}

void
exch_conn_close(int fd)
{
	if (fd >= 0)
		(void)close(fd); /* what counts was acknowledged */
}

int
exch_conn_recv(int fd, void *p, size_t room, size_t *n)
{
	ssize_t k = recv(fd, p, room, 0);

	*n = k > 0 ? (size_t)k : 0;
	if (k < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR
			   ? 0
			   : -1;
	return 1;
}

int
exch_conn_send(int fd, const void *p, size_t n, size_t *sent)
{
	ssize_t k = send(fd, p, n, MSG_NOSIGNAL);

	*sent = k > 0 ? (size_t)k : 0;
	return k >= 0 || errno == EAGAIN || errno == EWOULDBLOCK ||
		       errno == EINTR
		   ? 0
		   : -1;
}
