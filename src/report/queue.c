/* Places in queues (queue.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "report/queue.h"
#include "report/report.h"

struct exch_queue_link {
	uint32_t prev, next; /* 0: none */
};

struct exch_queue_level {
	uint32_t head, tail;
	uint64_t event; /* in which so much of it was executed */
	exch_qty eaten;
};

/* Room for an order and its level. */
static bool
make_room(struct exch_queue *q, uint32_t order, uint32_t level)
{
	struct exch_diag d = {0};

	if (exch_report_grow(&q->link, &q->nlinks, order + 1, sizeof(*q->link),
		&d) != EXCH_OK ||
	    exch_report_grow(&q->level, &q->nlevels, level + 1,
		sizeof(*q->level), &d) != EXCH_OK)
		q->failed = true;
	return !q->failed;
}

/* Put it behind `after`; 0: in front. */
static void
link_behind(
    struct exch_queue *q, uint32_t level, uint32_t order, uint32_t after)
{
	struct exch_queue_level *l = &q->level[level];
	uint32_t next = after != 0 ? q->link[after].next : l->head;

	q->link[order] = (struct exch_queue_link){after, next};
	if (after != 0)
		q->link[after].next = order;
	else
		l->head = order;
	if (next != 0)
		q->link[next].prev = order;
	else
		l->tail = order;
}

static exch_qty
ahead_of(const struct exch_queue *q, uint32_t order)
{
	exch_qty sum = 0;

	for (uint32_t i = q->link[order].prev; i != 0; i = q->link[i].prev)
		sum += q->books->tally.order[i].qty;
	return sum;
}

static void
enter(void *arg, const struct exch_tally_new *o, bool by_id)
{
	struct exch_queue *q = arg;
	const struct exch_tally *t = &q->books->tally;
	uint32_t order = exch_tally_look(t, o->place, o->id);
	uint32_t level, after;

	if (q->failed || order == 0)
		return;
	level = t->order[order].level;
	if (!make_room(q, order, level))
		return;
	after = q->level[level].tail;
	while (by_id && after != 0 && t->order[after].id > o->id)
		after = q->link[after].prev;
	link_behind(q, level, order, after);
	q->joined(q->arg, o->place, o->id,
	    q->link[order].next == 0 ? t->level[level].qty - o->qty
				     : ahead_of(q, order));
}

static void
leave(void *arg, uint32_t place, exch_oid id)
{
	struct exch_queue *q = arg;
	const struct exch_tally *t = &q->books->tally;
	uint32_t order = exch_tally_look(t, place, id);
	struct exch_queue_link *k;
	struct exch_queue_level *l;

	if (q->failed || order == 0 || order >= q->nlinks)
		return;
	k = &q->link[order];
	l = &q->level[t->order[order].level];
	if (k->prev != 0)
		q->link[k->prev].next = k->next;
	else
		l->head = k->next;
	if (k->next != 0)
		q->link[k->next].prev = k->prev;
	else
		l->tail = k->prev;
	/* its slot may be another price's soon */
	if (l->head == 0)
		l->event = 0;
}

void
exch_queue_init(struct exch_queue *q, struct exch_books *books,
    exch_queue_fn *joined, void *arg)
{
	memset(q, 0, sizeof(*q));
	q->books = books;
	q->joined = joined;
	q->arg = arg;
	q->watch =
	    (struct exch_books_watch){.arg = q, .enter = enter, .leave = leave};
	books->watch = &q->watch;
}

void
exch_queue_clear(struct exch_queue *q)
{
	exch_free(q->link);
	exch_free(q->level);
	memset(q, 0, sizeof(*q));
}

bool
exch_queue_exec(struct exch_queue *q, uint32_t place, exch_oid id, exch_qty qty,
    bool ask, exch_qty *ahead)
{
	const struct exch_tally *t = &q->books->tally;
	/* the record at hand may be the first of its event */
	uint64_t event = q->books->event + (q->books->boundary ? 1 : 0);
	struct exch_queue_level *l;
	uint32_t order;

	if (q->failed || place >= t->nbooks)
		return false;
	order = exch_tally_look(t, place, id);
	if (order == 0 || order >= q->nlinks)
		return false;
	l = &q->level[t->order[order].level];
	if (l->event != event) {
		l->event = event;
		l->eaten = 0;
	}
	*ahead = ask ? l->eaten + ahead_of(q, order) : 0;
	l->eaten += qty;
	return true;
}
