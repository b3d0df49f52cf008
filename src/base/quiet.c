/*
 * A pipe whose reader has gone kills the writer by a signal, where a device or
 * a socket gives an error.  The signal is kept back, and taken if it came from
 * here: a program's own rule for its standard output stays as it is.
 */
#include <config.h>

#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "base/quiet.h"

ssize_t
exch_write_quietly(int fd, const void *p, size_t n)
{
	const struct timespec now = {0};
	sigset_t pipes, before, pending;
	bool was;
	ssize_t k;
	int sys;

	(void)sigemptyset(&pipes); /* these cannot fail */
	(void)sigaddset(&pipes, SIGPIPE);
	(void)sigpending(&pending);
	was = sigismember(&pending, SIGPIPE) == 1;
	(void)pthread_sigmask(SIG_BLOCK, &pipes, &before);
	k = write(fd, p, n);
	sys = errno;
	if (k < 0 && sys == EPIPE && !was)
		while (sigtimedwait(&pipes, NULL, &now) < 0 && errno == EINTR)
			;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = sys;
	return k;
}
