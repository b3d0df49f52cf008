/*
 * Processes that a test starts, feeds, listens to and kills, several at a
 * time: what each wrote on its output and on its standard error is kept.
 */
#ifndef EXCH_TESTS_LIVES_H
#define EXCH_TESTS_LIVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Bytes for a standard input, as they become due. */
struct feed {
	const unsigned char *p;
	size_t n;
	uint64_t began; /* when the first was due, by now() */
	uint64_t pace;	/* bytes per second, 0: all at once */
};

struct bytes {
	char *p; /* a NUL stands behind it */
	size_t n, cap;
};

struct life {
	pid_t pid;
	const struct feed *feed; /* NULL: reads nothing */
	size_t fed;
	int in, out, err; /* pipes, -1: none, or closed */
	struct bytes got; /* a record stream */
	struct bytes said;
	size_t seen;   /* of got, in whole blocks */
	uint64_t upto; /* records before what comes next */
};

/* Those that are listened to together. */
struct lives {
	struct life *l[4]; /* NULL: nobody */
};

/* Start a program, found by PATH; with a feed, or with input from nowhere. */
void life_start(
    struct life *l, const char *const *argv, const struct feed *feed);
bool life_said(const struct life *l, const char *word);
/* What it still writes finds no reader. */
void life_close_output(struct life *l);
/* Nothing comes from it any more. */
bool life_is_over(const struct life *l);
/*
 * Read the rest; the status of waitpid().  One of which nothing comes for a
 * minute, or no end in ten, is killed, and that is told as a comment: then
 * LIFE_HUNG, which is neither an exit nor a signal.
 */
#define LIFE_HUNG (-1)
int life_reap(struct life *l);
/* The last of its words as a comment of TAP. */
void life_complain(const struct life *l, const char *what);
void life_forget(struct life *l);

/*
 * Feed and listen until `enough` says so (true), or the time has come or one
 * of them is over (false).
 */
bool lives_listen(const struct lives *all, uint64_t until,
    bool (*enough)(const void *arg), const void *arg);
/* The same until `l`, one of them, has said a word. */
bool lives_until_said(const struct lives *all, uint64_t until,
    const struct life *l, const char *word);

/* A TCP port of this machine that nobody listens at. */
unsigned free_port(void);

#endif
