/* Writing to pipes whose reader may have gone. */
#ifndef EXCH_BASE_QUIET_H
#define EXCH_BASE_QUIET_H

#include <sys/types.h>

#include "base/types.h"

/*
 * write(2), but a pipe without a reader is the error EPIPE and no signal,
 * whatever the program does with SIGPIPE.
 */
ssize_t exch_write_quietly(int fd, const void *p, size_t n);

#endif
