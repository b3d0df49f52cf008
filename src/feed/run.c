/*
 * Handing records on (run.h).
 */
#include <config.h>

#include <string.h>

#include "base/bytes.h"
#include "base/check.h"
#include "feed/run.h"

static int
one_by_one(struct exch_run *u, size_t n, struct exch_diag *d)
{
	const char *p = (const char *)u->buf;
	int err = 0;

	for (size_t i = 0; i < n && err == 0;) {
		const struct exch_rec *r = (const void *)(p + i);

		i += exch_rec_len(r);
		err = u->sink->record(u->sink->arg, r, d);
	}
	return err;
}

int
exch_run_flush(struct exch_run *u, struct exch_diag *d)
{
	size_t n = u->n;

	/* What the taker refuses is not offered again. */
	u->n = 0;
	if (n == 0)
		return 0;
	if (u->sink->run == NULL)
		return one_by_one(u, n, d);
	return u->sink->run(u->sink->arg, (const void *)u->buf, n, d);
}

int
exch_run_trouble(struct exch_run *u, const struct exch_feed_at *at,
    const char *text, struct exch_diag *d)
{
	int err = exch_run_flush(u, d);

	return err != 0 ? err : u->sink->trouble(u->sink->arg, at, text, d);
}

int
exch_run_copy(struct exch_run *u, const struct exch_rec *r, struct exch_diag *d)
{
	size_t n = exch_rec_len(r);

	exch_check(n <= EXCH_RUN_RECORD);
	memcpy(exch_run_room(u), r, n);
	return exch_run_add(u, n, d);
}

size_t
exch_run_captured(struct exch_run *u, size_t n, exch_ts captured)
{
	struct exch_rec *r = exch_run_room(u);
	struct exch_ext *x = (void *)((char *)r + n);

	if (captured == EXCH_TS_NONE)
		return n;
	*x = (struct exch_ext){.tag = EXCH_EXT_CAPTURE_TIME, .value = captured};
	r->flags |= EXCH_F_EXT;
	n += sizeof(*x);
	if (r->len8 != 0)
		r->len8 = (uint8_t)(n / 8);
	else
		exch_put_le64(r + 1, n);
	return n;
}
