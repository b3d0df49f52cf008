/* The thread that empties the log: see drain.h. */
#include <config.h>

#include <pthread.h>
#include <signal.h>

#include "base/alloc.h"
#include "store/drain.h"

struct exch_drain {
	struct exch_sql *writer;
	unsigned seen; /* pages in the log when last asked */
	pthread_t thread;
	bool threaded, alone; /* the thread is there, or cannot be */
	pthread_mutex_t lock;
	pthread_cond_t turn; /* asked, done, or the end of all */
	bool asked, busy, over;
	struct exch_sql *own; /* connection of the thread */
};

/*
 * What fails here is in the log still: the next time tries it again, and a
 * disk that is full stops the writer by itself.
 */
static void *
run(void *arg)
{
	struct exch_drain *x = arg;

	(void)pthread_mutex_lock(&x->lock);
	while (!x->over)
		if (x->asked) {
			x->asked = false;
			x->busy = true;
			(void)pthread_mutex_unlock(&x->lock);
			exch_sql_drain(x->own);
			(void)pthread_mutex_lock(&x->lock);
			x->busy = false;
			(void)pthread_cond_signal(&x->turn);
		} else {
			(void)pthread_cond_wait(&x->turn, &x->lock);
		}
	(void)pthread_mutex_unlock(&x->lock);
	return NULL;
}

/* Signals are for the caller's thread. */
static void
start(struct exch_drain *x)
{
	sigset_t all, was;
	int64_t n;

	/* A connection knows of the log when it has read something. */
	if (exch_sql_open(
		exch_sql_name(x->writer), EXCH_SQL_WRITE, &x->own, NULL) == 0 &&
	    exch_sql_number(x->own, "SELECT count(*) FROM sqlite_schema", 0, &n,
		NULL) == 0) {
		(void)sigfillset(&all);
		(void)pthread_sigmask(SIG_SETMASK, &all, &was);
		x->threaded = pthread_create(&x->thread, NULL, run, x) == 0;
		(void)pthread_sigmask(SIG_SETMASK, &was, NULL);
	}
	x->alone = !x->threaded;
}

/* Two conditions share `turn`; there is one who waits at a time. */
static void
ask(struct exch_drain *x, bool wait)
{
	(void)pthread_mutex_lock(&x->lock);
	x->asked = true;
	(void)pthread_cond_signal(&x->turn);
	while (wait && (x->asked || x->busy))
		(void)pthread_cond_wait(&x->turn, &x->lock);
	(void)pthread_mutex_unlock(&x->lock);
}

static void
committed(void *arg, unsigned pages)
{
	struct exch_drain *x = arg;

	if (pages < x->seen)
		x->seen = 0; /* it has begun again */
	if (pages - x->seen < EXCH_DRAIN_PORTION && pages < EXCH_DRAIN_FULL)
		return;
	x->seen = pages;
	if (!x->threaded && !x->alone)
		start(x);
	if (x->alone)
		exch_sql_drain(x->writer);
	else
		ask(x, pages >= EXCH_DRAIN_FULL);
}

int
exch_drain_new(
    struct exch_sql *writer, struct exch_drain **out, struct exch_diag *d)
{
	struct exch_drain *x = exch_calloc(1, sizeof(*x));

	if (x == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory to load");
	/* These two never fail here. */
	(void)pthread_mutex_init(&x->lock, NULL);
	(void)pthread_cond_init(&x->turn, NULL);
	x->writer = writer;
	exch_sql_on_commit(writer, committed, x);
	*out = x;
	return 0;
}

void
exch_drain_free(struct exch_drain *x)
{
	if (x == NULL)
		return;
	exch_sql_on_commit(x->writer, NULL, NULL);
	if (x->threaded) {
		(void)pthread_mutex_lock(&x->lock);
		x->over = true;
		(void)pthread_cond_signal(&x->turn);
		(void)pthread_mutex_unlock(&x->lock);
		(void)pthread_join(x->thread, NULL); /* it is there */
	}
	/* Nobody has them any more. */
	(void)pthread_mutex_destroy(&x->lock);
	(void)pthread_cond_destroy(&x->turn);
	exch_sql_close(x->own);
	exch_free(x);
}
