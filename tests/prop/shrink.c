/*
 * A failing flow made small: delta debugging over whole commands.  Every
 * attempt runs in a child process, so that a crash of the engine is a
 * failure to shrink like any other.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "prop/lockstep.h"

bool
flow_fails(const struct flow *f, const struct lockstep_opts *o)
{
	struct lockstep l;
	struct coverage c = {.commands = 0};
	struct flow copy = *f;
	int status = 0;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == -1)
		abort();
	if (pid == 0) {
		/* A check that fails says so; here only the result counts. */
		if (freopen("/dev/null", "w", stderr) == NULL)
			_exit(1);
		lockstep_run(&copy, NULL, o, &l, &c);
		_exit(l.differ ? 1 : 0);
	}
	if (waitpid(pid, &status, 0) != pid)
		abort();
	return status != 0;
}

/* The flow without n commands from `at` on; its commands are borrowed. */
static bool
fails_without(const struct flow *f, const struct lockstep_opts *o, size_t at,
    size_t n, struct flow *try)
{
	union flow_cmd *v = try->cmd;

	memcpy(v, f->cmd, at * sizeof(*v));
	memcpy(v + at, f->cmd + at + n, (f->n - at - n) * sizeof(*v));
	try->n = f->n - n;
	return flow_fails(try, o);
}

/* Remove chunks of one size as long as that helps; true if it did. */
static bool
pass(struct flow *f, const struct lockstep_opts *o, size_t size,
    struct flow *try)
{
	bool shrunk = false;

	for (size_t at = 0; at < f->n;) {
		size_t n = f->n - at < size ? f->n - at : size;

		if (fails_without(f, o, at, n, try)) {
			memcpy(f->cmd, try->cmd, try->n * sizeof(*f->cmd));
			f->n = try->n;
			shrunk = true;
		} else {
			at += n;
		}
	}
	return shrunk;
}

void
flow_shrink(struct flow *f, const struct lockstep_opts *o)
{
	struct flow try = *f;
	size_t size = f->n / 2;

	try.cmd = calloc(f->n + 1, sizeof(*try.cmd));
	if (try.cmd == NULL)
		abort();
	while (size > 1) {
		(void)pass(f, o, size, &try);
		size = size / 2 < f->n / 2 ? size / 2 : f->n / 2;
	}
	while (pass(f, o, 1, &try))
		;
	free(try.cmd);
}
