/*
 * One cancels the others: orders of one account and group.  A group may have
 * orders in several instruments, and these in several shards.
 */
#include <config.h>

#include "match/general.h"

static struct exch_chain_key
key_of(uint64_t group, uint32_t account)
{
	return (struct exch_chain_key){group, account};
}

/* A walk over the orders of a group by entry, in whatever shard they are. */
struct walk {
	/* per shard the next one, or NULL */
	struct exch_special *at[EXCH_SHARDS_MAX];
};

/* Only those of this shard while each is at its own work. */
static void
walk_begin(
    const struct exch_match *m, struct walk *w, struct exch_chain_key group)
{
	const struct exch_match *h = NULL;

	while ((h = exch_shard_after(m, h)) != NULL)
		w->at[h->no] = m->all->apart && h != m
				   ? NULL
				   : exch_chain_first(h, EXCH_CHAIN_OCO, group);
}

/* The next one and its shard; it may go before the walk goes on. */
static struct exch_special *
walk_next(const struct exch_match *m, struct walk *w, struct exch_match **of)
{
	struct exch_special *first = NULL;
	struct exch_match *h = NULL;

	while ((h = exch_shard_after(m, h)) != NULL) {
		struct exch_special *s = w->at[h->no];

		if (s == NULL || (first != NULL && s->entry > first->entry))
			continue;
		first = s;
		*of = h;
	}
	if (first != NULL)
		w->at[(*of)->no] = exch_chain_next(*of, EXCH_CHAIN_OCO, first);
	return first;
}

static void
link_one(const struct exch_match *m, struct exch_special *s)
{
	struct exch_instr *in = exch_engine_instr(m, s->instr);

	s->linked = true;
	in->more->nlinked++;
	in->wide = true;
}

/*
 * A group with orders in several shards: whatever is done to the instrument
 * of one of them may reach another shard from now on.  The others are
 * linked already, or all in one.
 */
static void
link_all(struct exch_match *m, struct exch_special *s)
{
	struct exch_chain_key group = key_of(s->oco, s->account);
	struct exch_special *o;
	struct exch_match *h = m;
	struct walk w;

	if (m->all->apart || m->all->nshards == 1)
		return;
	walk_begin(m, &w, group);
	o = walk_next(m, &w, &h); /* there is *s itself */
	if (o == s || (h == m && !o->linked))
		return;
	if (o->linked) {
		link_one(m, s);
		return;
	}
	walk_begin(m, &w, group);
	while ((o = walk_next(m, &w, &h)) != NULL)
		link_one(m, o);
}

void
exch_oco_join(struct exch_match *m, struct exch_special *s)
{
	struct exch_instr *in = exch_engine_instr(m, s->instr);

	in->more->ngrouped++;
	/* Read by a crew's caller while shards work: then it is set already. */
	if (!in->grouped)
		in->grouped = true;
	if (exch_chain_join(m, EXCH_CHAIN_OCO, s))
		link_all(m, s);
}

void
exch_oco_leave(struct exch_match *m, const struct exch_special *s)
{
	struct exch_instr *in = exch_engine_instr(m, s->instr);
	struct exch_more *more = in->more;

	exch_chain_leave(m, EXCH_CHAIN_OCO, s);
	if (s->linked && --more->nlinked == 0)
		in->wide = more->guard.index;
	/* It stays for a while when each is at its own work. */
	if (--more->ngrouped == 0 && !m->all->apart)
		in->grouped = false;
}

void
exch_oco_fire(struct exch_match *m, uint64_t group, uint32_t account,
    const struct exch_special *but)
{
	struct exch_special *s;
	struct exch_match *h;
	struct walk w;

	walk_begin(m, &w, key_of(group, account));
	while ((s = walk_next(m, &w, &h)) != NULL) {
		struct exch_instr *in = exch_engine_instr(m, s->instr);

		/* One that is nowhere is on its way out already. */
		if (s == but || s->where == EXCH_AT_NONE)
			continue;
		h = exch_visit(m, in);
		exch_drop(h, in, s, EXCH_WHY_OCO);
		exch_back(m, h);
	}
}

void
exch_oco_look(struct exch_match *m)
{
	m->g.look++;
}

/* All of the group in the shard get the mark: the others need no search. */
void
exch_oco_see(struct exch_match *m, const struct exch_special *s)
{
	struct exch_special *o;

	if (s->oco == 0)
		return;
	o = exch_chain_first(m, EXCH_CHAIN_OCO, key_of(s->oco, s->account));
	for (; o != NULL; o = exch_chain_next(m, EXCH_CHAIN_OCO, o))
		o->seen = m->g.look;
}

bool
exch_oco_seen(const struct exch_match *m, const struct exch_special *s)
{
	return s->oco != 0 && s->seen == m->g.look;
}
