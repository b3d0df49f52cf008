/* Packets onto a line (lines.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "exch-feed/lines.h"

/* A packet that goes out later. */
struct line_late {
	struct line_late *next;
	uint64_t due;
	unsigned after; /* packets that go before it; 0: only the time counts */
	bool doubled;
	size_t n;
	unsigned char p[];
};

int
line_tell(
    const struct line *l, const unsigned char *p, size_t n, struct exch_diag *d)
{
	int sys = exch_udp_send(l->fd, p, n);

	return sys == 0 ? 0
			: exch_diag_sys(d, l->to.name, sys,
			      "cannot send there (--interface names the way)");
}

static int
send_now(struct line *l, const unsigned char *p, size_t n, bool doubled,
    struct exch_diag *d)
{
	int err = line_tell(l, p, n, d);

	if (err == 0 && doubled)
		err = line_tell(l, p, n, d);
	l->sent += doubled ? 2u : 1u;
	return err;
}

/* Behind all that are due before it, or at the same time. */
static void
insert(struct line *l, struct line_late *k)
{
	struct line_late **at = &l->late;

	if (l->last != NULL && l->last->due <= k->due)
		at = &l->last->next;
	while (*at != NULL && (*at)->due <= k->due)
		at = &(*at)->next;
	k->next = *at;
	*at = k;
	if (k->next == NULL)
		l->last = k;
	l->nlate++;
}

static int
hold(struct line *l, const unsigned char *p, size_t n,
    const struct exch_impaired *f, uint64_t now, struct exch_diag *d)
{
	struct line_late *k = exch_malloc(sizeof(*k) + n);

	if (k == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, l->to.name,
		    EXCH_POS_NONE, 0, "no memory for packets that are late");
	*k = (struct line_late){.due = now + f->delay,
	    .after = f->after,
	    .doubled = f->doubled,
	    .n = n};
	memcpy(k->p, p, n);
	insert(l, k);
	return 0;
}

/* Send those for which `ready` says so. */
static int
release(struct line *l, bool ready(const struct line_late *k, uint64_t now),
    uint64_t now, struct exch_diag *d)
{
	struct line_late **at = &l->late;
	struct line_late *before = NULL;
	int err = 0;

	while (*at != NULL && err == 0) {
		struct line_late *k = *at;

		if (!ready(k, now)) {
			before = k;
			at = &k->next;
			continue;
		}
		*at = k->next;
		if (l->last == k)
			l->last = before;
		l->nlate--;
		err = send_now(l, k->p, k->n, k->doubled, d);
		exch_free(k);
	}
	return err;
}

static bool
is_due(const struct line_late *k, uint64_t now)
{
	return k->after == 0 && k->due <= now;
}

static bool
is_due_alone(const struct line_late *k, uint64_t now)
{
	return k->due <= now;
}

int
line_due(struct line *l, uint64_t now, bool all, struct exch_diag *d)
{
	return release(l, all ? is_due_alone : is_due, now, d);
}

int
line_put(struct line *l, const unsigned char *p, size_t n, unsigned messages,
    uint64_t now, struct exch_diag *d)
{
	struct exch_impaired f = {0};
	int err = 0;

	if (!l->impaired)
		return send_now(l, p, n, false, d);
	f = exch_impair_next(&l->impair, messages);
	if (!f.lost && f.after == 0 && f.delay == 0)
		err = send_now(l, p, n, f.doubled, d);
	/* one more has gone before those that wait for it */
	for (struct line_late *k = l->late; k != NULL && !f.lost; k = k->next)
		k->after -= k->after > 0;
	if (err == 0 && !f.lost && (f.after != 0 || f.delay != 0))
		err = hold(l, p, n, &f, now, d);
	return err != 0 ? err : line_due(l, now, false, d);
}

void
line_close(struct line *l)
{
	while (l->late != NULL) {
		struct line_late *k = l->late;

		l->late = k->next;
		exch_free(k);
	}
	exch_udp_close(l->fd);
	l->fd = -1;
}
