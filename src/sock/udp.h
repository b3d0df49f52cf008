/*
 * Datagrams: multicast groups to send to and to join, a server that is asked
 * by datagrams, and those who ask it.  No call waits but exch_udp_wait().
 * IPv4 only for groups.
 */
#ifndef EXCH_SOCK_UDP_H
#define EXCH_SOCK_UDP_H

#include "base/err.h"

/* A multicast group. */
struct exch_udp_group {
	unsigned char addr[4];
	uint16_t port;
	char name[24]; /* "239.1.2.3:40000" */
};

/*
 * "GROUP:PORT", numbers only, of n bytes.  Returns NULL, or what is wrong
 * with it, *where being the place in it, from 1.
 */
const char *exch_udp_group_parse(
    const char *s, size_t n, struct exch_udp_group *g, size_t *where);

/*
 * To send to a group.  `interface` is a name, or NULL: as packets to it are
 * routed; `ttl` 0 to 255: networks it may go through.  EXCH_ERR_NEED: there is
 * no such interface; EXCH_ERR_IO.
 */
int exch_udp_send_to(const struct exch_udp_group *g, const char *interface,
    unsigned ttl, int *fd, struct exch_diag *d);
/* To receive what is sent to a group; others here may do so, too. */
int exch_udp_join(const struct exch_udp_group *g, const char *interface,
    int *fd, struct exch_diag *d);
/* To be asked at "HOST:PORT", alone. */
int exch_udp_serve(const char *at, int *fd, struct exch_diag *d);
/* To ask whoever is at "HOST:PORT". */
int exch_udp_ask(const char *at, int *fd, struct exch_diag *d);
void exch_udp_close(int fd);

/* Who sent a datagram. */
struct exch_udp_peer {
	_Alignas(8) unsigned char addr[128];
	unsigned n;
};

/*
 * A datagram that has come, cut to `room` bytes: 1; 0: there is none, or one
 * that could not be received.  `peer` may be NULL.
 */
int exch_udp_recv(
    int fd, void *p, size_t room, size_t *n, struct exch_udp_peer *peer);
/* Send one; 0, or the errno. */
int exch_udp_send(int fd, const void *p, size_t n);
/* To a peer: whether it arrives is not known, nor whether it left. */
void exch_udp_reply(
    int fd, const void *p, size_t n, const struct exch_udp_peer *peer);
/*
 * Until something has come to one of at most eight sockets (-1: none), a signal
 * has, or `ms` are over.
 */
void exch_udp_wait(const int *fd, unsigned n, int ms);

#endif
