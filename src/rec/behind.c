/*
 * The thread of an output whose bytes have to wait for something: see
 * behind.h.
 */
#include <config.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "rec/behind.h"

struct exch_behind {
	struct exch_behind_opts o;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t come; /* something to do, or the end */
	pthread_cond_t gone; /* something was done */
	struct exch_buf coming;
	struct exch_buf going; /* the thread's own, without the lock */
	bool asked;	       /* the gate, though nothing may have come */
	bool busy;	       /* with what is going */
	bool over;
	int err; /* the first failure */
	struct exch_diag why;
};

/* One portion; with the lock, which is given back meanwhile. */
static void
portion(struct exch_behind *b)
{
	struct exch_buf all = b->coming;
	struct exch_diag d = {0};
	int err;

	b->coming = b->going;
	b->going = all;
	b->asked = false;
	b->busy = true;
	(void)pthread_cond_broadcast(&b->gone);
	(void)pthread_mutex_unlock(&b->lock);
	err = b->o.gate.ask(b->o.gate.arg, &d);
	if (err == 0 && all.len > 0)
		err = b->o.put(
		    b->o.arg, (const unsigned char *)all.p, all.len, &d);
	(void)pthread_mutex_lock(&b->lock);
	b->going.len = 0;
	b->busy = false;
	if (b->err == 0 && err != 0) {
		b->err = err;
		b->why = d;
	}
	(void)pthread_cond_broadcast(&b->gone);
}

static void *
run(void *arg)
{
	struct exch_behind *b = arg;

	(void)pthread_mutex_lock(&b->lock);
	while (!b->over && b->err == 0)
		if (b->coming.len > 0 || b->asked)
			portion(b);
		else
			(void)pthread_cond_wait(&b->come, &b->lock);
	(void)pthread_mutex_unlock(&b->lock);
	return NULL;
}

/* Signals are for the caller's thread, but that of a pipe without reader. */
static int
start(struct exch_behind *b)
{
	sigset_t most, was;
	int err;

	(void)sigfillset(&most);
	(void)sigdelset(&most, SIGPIPE);
	(void)pthread_sigmask(SIG_SETMASK, &most, &was);
	err = pthread_create(&b->thread, NULL, run, b);
	(void)pthread_sigmask(SIG_SETMASK, &was, NULL);
	return err;
}

int
exch_behind_new(const struct exch_behind_opts *o, struct exch_behind **out,
    struct exch_diag *d)
{
	struct exch_behind *b = exch_calloc(1, sizeof(*b));
	int err;

	if (b == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for output");
	b->o = *o;
	/* These three never fail here. */
	(void)pthread_mutex_init(&b->lock, NULL);
	(void)pthread_cond_init(&b->come, NULL);
	(void)pthread_cond_init(&b->gone, NULL);
	err = start(b);
	if (err != 0) {
		exch_free(b);
		return exch_diag_sys(d, NULL, err, "cannot start a thread");
	}
	*out = b;
	return 0;
}

/* With the lock, which is given back. */
static int
leave(struct exch_behind *b, struct exch_diag *d)
{
	int err = b->err;

	if (err != 0)
		*d = b->why;
	(void)pthread_mutex_unlock(&b->lock);
	return err;
}

int
exch_behind_put(struct exch_behind *b, const unsigned char *p, size_t n,
    struct exch_diag *d)
{
	(void)pthread_mutex_lock(&b->lock);
	while (b->err == 0 && b->coming.len > 0 &&
	       b->coming.len + n > b->o.gate.limit)
		(void)pthread_cond_wait(&b->gone, &b->lock);
	if (b->err == 0) {
		exch_buf_add(&b->coming, p, n);
		if (b->coming.failed)
			b->err = exch_diag_set(&b->why, EXCH_ERR_NOMEM, NULL,
			    EXCH_POS_NONE, 0, "out of memory for output");
		(void)pthread_cond_signal(&b->come);
	}
	return leave(b, d);
}

int
exch_behind_kick(struct exch_behind *b, struct exch_diag *d)
{
	(void)pthread_mutex_lock(&b->lock);
	b->asked = true;
	(void)pthread_cond_signal(&b->come);
	return leave(b, d);
}

int
exch_behind_drain(struct exch_behind *b, struct exch_diag *d)
{
	(void)pthread_mutex_lock(&b->lock);
	while (b->err == 0 && (b->coming.len > 0 || b->asked || b->busy))
		(void)pthread_cond_wait(&b->gone, &b->lock);
	return leave(b, d);
}

void
exch_behind_free(struct exch_behind *b)
{
	if (b == NULL)
		return;
	(void)pthread_mutex_lock(&b->lock);
	b->over = true;
	(void)pthread_cond_signal(&b->come);
	(void)pthread_mutex_unlock(&b->lock);
	(void)pthread_join(b->thread, NULL); /* it is there */
	/* Nobody has them any more. */
	(void)pthread_mutex_destroy(&b->lock);
	(void)pthread_cond_destroy(&b->come);
	(void)pthread_cond_destroy(&b->gone);
	exch_buf_free(&b->coming);
	exch_buf_free(&b->going);
	exch_free(b);
}
