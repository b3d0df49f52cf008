#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hands.h"
#include "undisturbed.h"

/* The module that has tables with bits says what it did in a file. */
static bool
is_probe(const struct hand *h)
{
	return strstr(h->card, "probe") != NULL;
}

/*
 * A bit of a table turns over, or nothing is answered any more; of a card in
 * software, an event has a wrong bit or is kept back.
 */
static void
spoil(struct hand *h, struct hands *all, struct exch_rng *rng)
{
	size_t n = strlen(h->card);
	char *p = h->card + n;
	bool lost = exch_rng_below(rng, 6) == 0;
	/* Cycles and events of an undisturbed run, about. */
	unsigned cycle = (unsigned)exch_rng_below(rng, all->records * 5 / 2);
	unsigned event = (unsigned)exch_rng_below(rng, all->records / 2);
	unsigned any = (unsigned)exch_rng_below(rng, 1u << 30);

	if (is_probe(h) && lost)
		snprintf(p, sizeof(h->card) - n, ",lost=%u", cycle);
	else if (is_probe(h))
		snprintf(p, sizeof(h->card) - n, ",flips=%u.%u,told=told", any,
		    cycle + 1);
	else if (lost)
		snprintf(p, sizeof(h->card) - n, ",lose=%u", event);
	else
		snprintf(
		    p, sizeof(h->card) - n, ",flip=%u.%u", event, any % 256);
	h->faulty = true;
	all->ready++;
}

void
hand_deal(struct hand *h, struct hands *all, struct exch_rng *rng, bool may)
{
	const char *card;

	memset(h, 0, sizeof(*h));
	if (all->n == 0)
		return;
	card = all->cards[all->turn++ % all->n];
	if (strcmp(card, "-") == 0)
		return;
	snprintf(h->card, sizeof(h->card), "%s", card);
	h->at.card = h->card;
	if (may && all->happened < all->wanted && exch_rng_below(rng, 4) != 0)
		spoil(h, all, rng);
}

bool
hand_noticed(struct hand *h, struct hands *all, const struct life *l,
    int status, unsigned *as)
{
	bool noticed = h->faulty && WIFEXITED(status) &&
		       WEXITSTATUS(status) == 4 && life_said(l, "card: ");
	size_t n = 0;

	if (h->faulty && !noticed && access("told", R_OK) == 0)
		free(slurp("told", &n));
	all->happened += noticed || n > 0;
	*as += noticed;
	h->faulty = false;
	remove("told");
	return noticed;
}
