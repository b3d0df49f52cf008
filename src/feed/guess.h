/*
 * Feeds that are known when they are seen and not read, so that who brings one
 * is told what it is.
 */
#ifndef EXCH_FEED_GUESS_H
#define EXCH_FEED_GUESS_H

#include "base/types.h"

/* What the n bytes of a UDP datagram look like; NULL: like nothing known. */
const char *exch_guess_udp(const unsigned char *p, size_t n);

#endif
