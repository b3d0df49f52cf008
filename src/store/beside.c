/* The second thread of loading: see beside.h. */
#include <config.h>

#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "store/beside.h"

/* Below this many bytes a block is done sooner than handed over. */
#define SMALL ((size_t)32 << 10)

struct exch_beside {
	pthread_t thread;
	bool threaded;
	pthread_mutex_t lock;
	pthread_cond_t turn; /* a job, the end of one, or of all */
	bool asked, over;
	struct exch_beside_job job;
	struct exch_beside_done done;
	struct exch_packer packer;
	int err;
	struct exch_diag why;
};

void
exch_block_content(const unsigned char *copy, size_t len,
    const unsigned char commits[32], char content[65])
{
	unsigned char sum[32];
	struct exch_sha256 s;

	exch_sha256_init(&s);
	exch_sha256_add(&s, copy, len);
	exch_sha256_add(&s, commits, 32);
	exch_sha256_end(&s, sum);
	exch_sha256_hex(sum, content);
}

static void
digest(const struct exch_beside_job *j)
{
	uint64_t next[256], seq;
	struct exch_each each;
	const struct exch_rec *r;
	const char *why;

	memcpy(next, j->next, sizeof(next));
	why = exch_each_begin(&each, j->block, j->frame, next);
	exch_check(why == NULL); /* the writer made it */
	while (exch_each_next(&each, &r, &seq, &why) > 0) {
		if (exch_rec_is_framing(r->type))
			continue;
		exch_sha256_add(j->digest, &seq, sizeof(seq));
		exch_sha256_add(j->digest, r, exch_rec_len(r));
	}
}

static void
work(struct exch_beside *b)
{
	const struct exch_beside_job *j = &b->job;

	digest(j);
	exch_block_content(j->copy, j->len, j->commits, b->done.content);
	memset(&b->why, 0, sizeof(b->why));
	b->err = exch_packer_pack(
	    &b->packer, j->copy, j->len, &b->done.npacked, &b->why);
	b->done.packed = b->packer.packed;
}

static void *
run(void *arg)
{
	struct exch_beside *b = arg;

	(void)pthread_mutex_lock(&b->lock);
	while (!b->over)
		if (b->asked) {
			(void)pthread_mutex_unlock(&b->lock);
			work(b); /* the other waits before it looks */
			(void)pthread_mutex_lock(&b->lock);
			b->asked = false;
			(void)pthread_cond_signal(&b->turn);
		} else {
			(void)pthread_cond_wait(&b->turn, &b->lock);
		}
	(void)pthread_mutex_unlock(&b->lock);
	return NULL;
}

/* Signals are for the caller's thread. */
static void
start(struct exch_beside *b)
{
	sigset_t all, was;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &was);
	b->threaded = pthread_create(&b->thread, NULL, run, b) == 0;
	(void)pthread_sigmask(SIG_SETMASK, &was, NULL);
}

int
exch_beside_new(struct exch_beside **out, struct exch_diag *d)
{
	struct exch_beside *b = exch_calloc(1, sizeof(*b));

	if (b == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory to load");
	/* These two never fail here. */
	(void)pthread_mutex_init(&b->lock, NULL);
	(void)pthread_cond_init(&b->turn, NULL);
	*out = b;
	return 0;
}

void
exch_beside_free(struct exch_beside *b)
{
	if (b == NULL)
		return;
	if (b->threaded) {
		(void)pthread_mutex_lock(&b->lock);
		b->over = true;
		(void)pthread_cond_signal(&b->turn);
		(void)pthread_mutex_unlock(&b->lock);
		(void)pthread_join(b->thread, NULL); /* it is there */
	}
	/* Nobody has them any more. */
	(void)pthread_mutex_destroy(&b->lock);
	(void)pthread_cond_destroy(&b->turn);
	exch_packer_clear(&b->packer);
	exch_free(b);
}

void
exch_beside_begin(struct exch_beside *b, const struct exch_beside_job *job)
{
	b->job = *job;
	if (!b->threaded && job->len >= SMALL)
		start(b);
	if (!b->threaded || job->len < SMALL) {
		work(b);
		return;
	}
	(void)pthread_mutex_lock(&b->lock);
	b->asked = true;
	(void)pthread_cond_signal(&b->turn);
	(void)pthread_mutex_unlock(&b->lock);
}

int
exch_beside_end(struct exch_beside *b, const struct exch_beside_done **out,
    struct exch_diag *d)
{
	(void)pthread_mutex_lock(&b->lock);
	while (b->asked)
		(void)pthread_cond_wait(&b->turn, &b->lock);
	(void)pthread_mutex_unlock(&b->lock);
	if (b->err != 0 && d != NULL)
		*d = b->why;
	*out = &b->done;
	return b->err;
}
