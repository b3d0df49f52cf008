/*
 * Signals.  The first one asks: it sets a flag, interrupts a blocking read
 * and lets the tool end its stream in order.  The second one kills, after
 * removing temporary files, since a tool may be stuck in a write.  One that
 * comes at once behind the first is the same wish: timeout(1) signals the
 * tool, and then the group that the tool is in.
 */
#include <config.h>

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "common/cli.h"
#include "common/private.h"

volatile int exch_cli_signal;
volatile int exch_cli_usr2;

/* Signals so close together are one. */
#define SAME_WISH (EXCH_SEC / 5)

static volatile sig_atomic_t usr1;
static volatile uint64_t asked; /* when the first one came */
/* The output, and a file beside it. */
#define PATHS 2
static const char *volatile unlink_path[PATHS];

static void
on_end(int sig)
{
	struct sigaction dfl = {.sa_handler = SIG_DFL};

	if (exch_cli_signal == 0) {
		asked = exch_cli_now();
		exch_cli_signal = sig;
		return;
	}
	if (exch_cli_now() - asked < SAME_WISH)
		return;
	for (unsigned i = 0; i < PATHS; i++)
		if (unlink_path[i] != NULL)
			(void)unlink(
			    unlink_path[i]); /* dying, nobody to tell */
	(void)sigaction(sig, &dfl, NULL);
	(void)raise(sig); /* arrives when this handler returns */
}

static void
on_usr1(int sig)
{
	(void)sig;
	usr1 = 1;
}

/* Without SA_RESTART, so that a waiting read comes back. */
static void catch (int sig, void (*handler)(int))
{
	struct sigaction old;
	struct sigaction sa = {.sa_handler = handler};

	/* What the parent ignores (nohup, a shell's &) stays ignored. */
	if (sigaction(sig, NULL, &old) == 0 && old.sa_handler == SIG_IGN)
		return;
	(void)sigaction(sig, &sa, NULL); /* fails for bad numbers only */
}

void
exch_cli_signals(void)
{
	struct sigaction dfl = {.sa_handler = SIG_DFL};

	/* A parent that ignores SIGPIPE would turn `| head` into an error. */
	(void)sigaction(SIGPIPE, &dfl, NULL);
	catch (SIGHUP, on_end);
	catch (SIGINT, on_end);
	catch (SIGTERM, on_end);
	catch (SIGUSR1, on_usr1);
}

static void
on_usr2(int sig)
{
	(void)sig;
	exch_cli_usr2 = 1;
}

void
exch_cli_want_usr2(void)
{
	catch (SIGUSR2, on_usr2);
}

void
exch_cli_reraise(void)
{
	struct sigaction dfl = {.sa_handler = SIG_DFL};

	if (exch_cli_signal == 0)
		return;
	(void)sigaction(exch_cli_signal, &dfl, NULL);
	(void)raise(exch_cli_signal);
}

void
exch_cli_signal_unlink(const char *path)
{
	unsigned i = 0;

	while (i < PATHS - 1 && unlink_path[i] != NULL)
		i++;
	unlink_path[i] = path;
}

void
exch_cli_signal_keep(const char *path)
{
	for (unsigned i = 0; i < PATHS; i++)
		if (unlink_path[i] == path)
			unlink_path[i] = NULL;
}

bool
exch_cli_usr1(void)
{
	if (!usr1)
		return false;
	usr1 = 0;
	return true;
}
