/*
 * Addresses as people write them: "HOST:PORT", "[::1]:PORT", ":PORT".
 */
#ifndef EXCH_SOCK_ADDR_H
#define EXCH_SOCK_ADDR_H

#include "base/err.h"

struct addrinfo;

/*
 * What it stands for, to be freed with freeaddrinfo().  `kind` is SOCK_STREAM
 * or SOCK_DGRAM; `passive`: without a host all addresses of this machine, else
 * its loopback.  EXCH_ERR_NEED for what is no address, EXCH_ERR_IO when nobody
 * answers who could say.
 */
int exch_addr_resolve(const char *at, int kind, bool passive,
    struct addrinfo **list, struct exch_diag *d);

#endif
