/*
 * Connections: who listens, who accepts, who connects.  Their sockets do not
 * block.
 */
#ifndef EXCH_SOCK_CONN_H
#define EXCH_SOCK_CONN_H

#include "base/err.h"

struct addrinfo;

/*
 * Listen at "HOST:PORT", "[::1]:PORT" or ":PORT" (all addresses).
 * EXCH_ERR_NEED for what is no address, EXCH_ERR_IO.
 */
int exch_conn_listen(const char *at, int *fd, struct exch_diag *d);
/*
 * Accept one connection that waits: its descriptor and a name, -1 when it has
 * gone; -2 when there is no room for it here, errno says of what, and it goes
 * on waiting.  It may block until exch_conn_set().
 */
int exch_conn_accept(int fd, char name[128]);
/* Connect within `ms`; EXCH_ERR_IO when there is nobody. */
int exch_conn_connect(const char *at, int ms, int *fd, struct exch_diag *d);
/*
 * Begin to connect to one address, without waiting: 0 and *fd, or errno.
 */
int exch_conn_begin(const struct addrinfo *a, int *fd);
/* Until the connection is made, `ms` at most: 0; errno, ETIMEDOUT: not yet. */
int exch_conn_made(int fd, int ms);
/* Small things leave at once, nothing blocks, no child has it: 0, or -1. */
int exch_conn_set(int fd);
/* -1: it is not open. */
void exch_conn_close(int fd);

/*
 * What has come: 1, and *n is 0 when the peer says nothing more; 0 nothing; -1
 * the peer has gone.
 */
int exch_conn_recv(int fd, void *p, size_t room, size_t *n);
/* What leaves at once; -1: the peer has gone. */
int exch_conn_send(int fd, const void *p, size_t n, size_t *sent);

#endif
