/*
 * A program that trades nothing (exch-agent(7)): it reads what it is told in
 * large pieces, and answers each block as shortly as it may.
 *
 *	listener WHAT WHEN	what it subscribes to, and what wakes it
 *
 * At its end it says on standard error how many lines and blocks it was told.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char in[1 << 18];
static char out[sizeof(in) + 1024]; /* at most as many answers, and `ready' */

static bool
say(const char *p, size_t n)
{
	while (n > 0) {
		ssize_t k = write(STDOUT_FILENO, p, n);

		if (k < 0)
			return false;
		p += k;
		n -= (size_t)k;
	}
	return true;
}

int
main(int argc, char **argv)
{
	unsigned long lines = 0, blocks = 0;
	bool stop = false; /* the line so far is a full stop */
	bool fresh = true; /* there is nothing of it yet */
	ssize_t n;

	if (argc != 3 || strlen(argv[1]) + strlen(argv[2]) > 500) {
		fputs("usage: listener WHAT WHEN\n", stderr);
		return 2;
	}
	while ((n = read(STDIN_FILENO, in, sizeof(in))) > 0) {
		size_t put = 0;

		for (const char *p = in; p < in + n; p++) {
			if (*p != '\n') {
				stop = fresh && *p == '.';
				fresh = false;
				continue;
			}
			lines++;
			if (stop && blocks++ == 0)
				put += (size_t)snprintf(out, 1024,
				    "ready protocol=1 name=listener sub=%s "
				    "wake=%s\n",
				    argv[1], argv[2]);
			if (stop) {
				out[put++] = '.';
				out[put++] = '\n';
			}
			stop = false;
			fresh = true;
		}
		if (!say(out, put))
			return 1;
	}
	fprintf(stderr, "%lu lines %lu blocks\n", lines, blocks);
	return n == 0 ? 0 : 1;
}
