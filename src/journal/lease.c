/*
 * The file is read and changed under a lock, which is held for two system
 * calls: a process that is stopped then stops the others as well, and that is
 * the safe side.  What counts for the holder is the time before the change.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/crc32c.h"
#include "journal/lease.h"
#include "journal/wire.h"

struct exch_lease {
	struct exch_lease_opts o;
	char *path;
	int fd;
	/* Of who wants it: what was seen last, and since when. */
	struct exch_lease_state seen;
	uint64_t since;
	bool looked;

	/* Of the holder. */
	pthread_t thread;
	bool running;
	struct exch_bell wake;	     /* ends the thread */
	pthread_mutex_t lock;	     /* for `own` */
	struct exch_lease_state own; /* as written last */
	_Atomic uint64_t renewed;    /* when the last good renewal began */
	_Atomic int err;	     /* it is lost, and `why` says how */
	struct exch_diag why;
};

/* ---- the file's bytes ---- */

static const char magic[4] = {'X', 'L', 'S', '1'};

void
exch_lease_put(
    unsigned char p[EXCH_LEASE_SIZE], const struct exch_lease_state *s)
{
	memset(p, 0, EXCH_LEASE_SIZE);
	memcpy(p, magic, sizeof(magic));
	exch_put_le32(p + 4, EXCH_LINK_VERSION);
	exch_put_le64(p + 8, s->epoch);
	exch_put_le64(p + 16, s->counter);
	exch_put_le32(p + 24, s->period);
	exch_put_le32(p + 28, s->held);
	memcpy(p + 32, s->holder.id, 16);
	memcpy(p + 48, s->partner.id, 16);
	exch_put_le32(p + 76, exch_crc32c(0, p, 76));
}

const char *
exch_lease_get(const unsigned char *p, size_t n, struct exch_lease_state *s)
{
	if (n != EXCH_LEASE_SIZE || memcmp(p, magic, sizeof(magic)) != 0)
		return "not a lease";
	if (exch_le32(p + 4) != EXCH_LINK_VERSION)
		return "lease of a newer version";
	if (exch_le32(p + 76) != exch_crc32c(0, p, 76))
		return "checksum of the lease is wrong";
	s->epoch = exch_le64(p + 8);
	s->counter = exch_le64(p + 16);
	s->period = exch_le32(p + 24);
	s->held = exch_le32(p + 28) != 0;
	memcpy(s->holder.id, p + 32, 16);
	memcpy(s->partner.id, p + 48, 16);
	return NULL;
}

/* ---- reading and changing ---- */

/* 1 read, 0 there is none, or an error. */
static int
load(
    const struct exch_lease *l, struct exch_lease_state *s, struct exch_diag *d)
{
	unsigned char p[EXCH_LEASE_SIZE + 1];
	const char *why;
	ssize_t n;

	do {
		n = pread(l->fd, p, sizeof(p), 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return exch_diag_sys(d, l->path, errno, "cannot read");
	if (n == 0)
		return 0;
	why = exch_lease_get(p, (size_t)n, s);
	if (why == NULL)
		return 1;
	return exch_diag_set(
	    d, EXCH_ERR_FORMAT, l->path, EXCH_POS_NONE, 0, "%s", why);
}

static int
store(const struct exch_lease *l, const struct exch_lease_state *s,
    struct exch_diag *d)
{
	unsigned char p[EXCH_LEASE_SIZE];
	ssize_t n;

	exch_lease_put(p, s);
	do {
		n = pwrite(l->fd, p, sizeof(p), 0);
	} while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(p)
		   ? 0
		   : exch_diag_sys(d, l->path, n < 0 ? errno : ENOSPC,
			 "cannot write the lease");
}

static int
guard(const struct exch_lease *l, short type, struct exch_diag *d)
{
	struct flock k = {.l_type = type, .l_whence = SEEK_SET};
	int n;

	do {
		n = fcntl(l->fd, F_SETLKW, &k);
	} while (n != 0 && errno == EINTR);
	return n == 0 ? 0 : exch_diag_sys(d, l->path, errno, "cannot lock");
}

static bool
same_state(const struct exch_lease_state *a, const struct exch_lease_state *b)
{
	return a->epoch == b->epoch && a->counter == b->counter &&
	       a->held == b->held;
}

static int
settle(const struct exch_lease *l, struct exch_diag *d)
{
	int n;

	do {
		n = fdatasync(l->fd);
	} while (n != 0 && errno == EINTR);
	return n == 0 ? 0
		      : exch_diag_sys(
			    d, l->path, errno, "cannot make the lease durable");
}

/*
 * Replace `old` (NULL: no lease at all) by `new`: 1 done, 0 somebody else
 * was faster, or an error.
 */
static int
change(const struct exch_lease *l, const struct exch_lease_state *old,
    const struct exch_lease_state *new, struct exch_diag *d)
{
	struct exch_lease_state now;
	int err = guard(l, F_WRLCK, d);
	int n;

	if (err != 0)
		return err;
	n = load(l, &now, d);
	if (n == 0 ? old == NULL
		   : n > 0 && old != NULL && same_state(old, &now)) {
		n = store(l, new, d);
		n = n == 0 ? 1 : n;
	} else if (n >= 0) {
		n = 0;
	}
	err = guard(l, F_UNLCK, d);
	if (n == 1)
		err = err != 0 ? err : settle(l, d);
	return err != 0 ? err : n;
}

/* ---- the holder ---- */

/*
 * With the mutex: write what is ours, with the counter moved on.  When that
 * fails, the lease may still be had: check() finds out by the time.
 */
static int
renew(struct exch_lease *l, const struct exch_lease_state *next,
    struct exch_diag *d)
{
	struct exch_lease_state new = *next;
	uint64_t began = l->o.now();
	int n;

	if (atomic_load(&l->err) != 0)
		return EXCH_ERR_IO;
	new.counter++;
	n = change(l, &l->own, &new, d);
	if (n > 0) {
		l->own = new;
		atomic_store(&l->renewed, began);
		return 0;
	}
	if (n == 0) {
		(void)exch_diag_set(&l->why, EXCH_ERR_IO, l->path,
		    EXCH_POS_NONE, 0,
		    "the lease was taken by another: it was ours under "
		    "number %llu",
		    (unsigned long long)l->own.epoch);
		atomic_store(&l->err, EXCH_ERR_IO);
	}
	return EXCH_ERR_IO;
}

static void *
keep(void *arg)
{
	struct exch_lease *l = arg;
	int ms = (int)(l->o.period / 4000000);

	while (!exch_bell_wait(&l->wake, ms > 0 ? ms : 1) &&
	       atomic_load(&l->err) == 0) {
		(void)pthread_mutex_lock(&l->lock);
		(void)renew(l, &l->own, NULL);
		(void)pthread_mutex_unlock(&l->lock);
	}
	return NULL;
}

int
exch_lease_check(struct exch_lease *l, struct exch_diag *d)
{
	uint64_t age = l->o.now() - atomic_load(&l->renewed);

	if (atomic_load(&l->err) != 0) {
		if (d != NULL && d->code == EXCH_OK)
			*d = l->why;
		return EXCH_ERR_IO;
	}
	if (age < l->o.period - l->o.period / 4)
		return 0;
	return exch_diag_set(d, EXCH_ERR_IO, l->path, EXCH_POS_NONE, 0,
	    "the lease was not renewed for %llu ms: another may have it",
	    (unsigned long long)(age / 1000000));
}

int
exch_lease_name(
    struct exch_lease *l, const struct exch_node *partner, struct exch_diag *d)
{
	struct exch_lease_state new;
	int err = 0;

	(void)pthread_mutex_lock(&l->lock);
	new = l->own;
	new.partner = partner != NULL ? *partner : (struct exch_node){{0}};
	if (!exch_node_same(&new.partner, &l->own.partner))
		err = renew(l, &new, d);
	if (err != 0 && atomic_load(&l->err) != 0 && d != NULL &&
	    d->code == EXCH_OK)
		*d = l->why;
	(void)pthread_mutex_unlock(&l->lock);
	return err;
}

uint64_t
exch_lease_epoch(const struct exch_lease *l)
{
	return l->running ? l->own.epoch : 0;
}

/* ---- who wants it ---- */

/* What is seen now; l->since is when it was first seen so. */
static int
observe(struct exch_lease *l, struct exch_diag *d)
{
	struct exch_lease_state s;
	uint64_t now = l->o.now();
	int n = load(l, &s, NULL);

	/* Read while it was written: that does not last. */
	for (unsigned i = 0; n == EXCH_ERR_FORMAT && i < 100; i++)
		n = load(l, &s, i == 99 ? d : NULL);
	if (n <= 0)
		return n;
	if (!l->looked || !same_state(&s, &l->seen)) {
		l->seen = s;
		l->since = now;
		l->looked = true;
	}
	return 1;
}

void
exch_lease_watch(struct exch_lease *l)
{
	if (!l->running)
		(void)observe(l, NULL); /* a torn read is seen as a change */
}

static int
may_take(const struct exch_lease *l, struct exch_diag *d)
{
	const struct exch_lease_state *s = &l->seen;

	if (exch_node_same(&s->holder, &l->o.me) ||
	    exch_node_same(&s->partner, &l->o.me))
		return 0;
	return exch_diag_set(d, EXCH_ERR_NEED, l->path, EXCH_POS_NONE, 0,
	    "another has the lease and does not name this journal as in "
	    "step: results may be missing in it; to use it all the same, see "
	    "that the other is dead and remove the lease");
}

/* Ours, from `began` on. */
static int
begin(struct exch_lease *l, const struct exch_lease_state *own, uint64_t began,
    struct exch_diag *d)
{
	l->own = *own;
	atomic_store(&l->renewed, began);
	if (pthread_create(&l->thread, NULL, keep, l) != 0)
		return exch_diag_set(d, EXCH_ERR_NOMEM, l->path, EXCH_POS_NONE,
		    0, "cannot start a thread");
	l->running = true;
	return 1;
}

int
exch_lease_take(struct exch_lease *l, struct exch_diag *d)
{
	struct exch_lease_state new = {0};
	uint64_t began = l->o.now(), period = l->o.period;
	int n = observe(l, d);

	if (n < 0 || l->running)
		return n < 0 ? n : 1;
	if (n == 0 && !l->o.first)
		return exch_diag_set(d, EXCH_ERR_NEED, l->path, EXCH_POS_NONE,
		    0, "there is no lease: the primary makes it");
	if (n > 0) {
		n = may_take(l, d);
		if (n != 0)
			return n;
		if (l->seen.period * UINT64_C(1000000) > period)
			period = l->seen.period * UINT64_C(1000000);
		/* The holder itself has died: its journal is locked by us. */
		if (l->seen.held &&
		    !exch_node_same(&l->seen.holder, &l->o.me) &&
		    l->o.now() - l->since < period)
			return 0;
		new = l->seen;
	}
	new.epoch++;
	new.counter++;
	new.period = (uint32_t)(l->o.period / 1000000);
	new.held = true;
	new.holder = l->o.me;
	new.partner = (struct exch_node){{0}};
	n = change(l, l->looked ? &l->seen : NULL, &new, d);
	return n <= 0 ? n : begin(l, &new, began, d);
}

/* ---- life ---- */

int
exch_lease_open(const struct exch_lease_opts *o, struct exch_lease **out,
    struct exch_diag *d)
{
	struct exch_lease *l = exch_calloc(1, sizeof(*l));
	int err;

	if (l == NULL || (l->path = exch_strdup(o->path)) == NULL) {
		exch_free(l);
		return exch_diag_set(d, EXCH_ERR_NOMEM, o->path, EXCH_POS_NONE,
		    0, "out of memory");
	}
	l->o = *o;
	if (l->o.period == 0)
		l->o.period = EXCH_LEASE_PERIOD;
	(void)pthread_mutex_init(&l->lock, NULL); /* never fails here */
	l->fd = -1;
	err = exch_bell_open(&l->wake, d);
	if (err == 0) {
		l->fd = open(o->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
		if (l->fd < 0)
			err = exch_diag_sys(d, o->path, errno, "cannot open");
	}
	if (err != 0) {
		exch_lease_close(l);
		return err;
	}
	*out = l;
	return 0;
}

void
exch_lease_close(struct exch_lease *l)
{
	struct exch_lease_state new;

	if (l == NULL)
		return;
	if (l->running) {
		exch_bell_ring(&l->wake);
		(void)pthread_join(l->thread, NULL);
		new = l->own;
		new.held = false;
		/* If it cannot be given back, it runs out. */
		(void)renew(l, &new, NULL);
	}
	exch_bell_close(&l->wake);
	if (l->fd >= 0)
		(void)close(l->fd);	       /* what counts was synced */
	(void)pthread_mutex_destroy(&l->lock); /* nobody has it */
	exch_free(l->path);
	exch_free(l);
}
