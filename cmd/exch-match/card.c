/*
 * Which engine matches: the software alone, or with a card that is found
 * here; and what there is to be told of it.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "card/load.h"
#include "card/soft.h"
#include "card/xdma.h"
#include "exch-match/tool.h"

/* What is looked for without --card: the first, and one with more symbols. */
static const char *const module[] = {"exch-card-vsim.so", "exch-card-hbm.so"};

int
match_set_engine(struct run *r, struct exch_cli *c, const char *value)
{
	r->card.both = strcmp(value, "both") == 0;
	r->card.on = r->card.both || strcmp(value, "fpga") == 0;
	if (!r->card.on && strcmp(value, "soft") != 0)
		return exch_cli_usage(
		    c, "--engine: '%s' is none of soft, fpga, both", value);
	return 0;
}

/* "FILE,OPTION,...": a name has no commas. */
void
match_set_card(struct run *r, const char *value)
{
	size_t n = strcspn(value, ",");

	r->card.name = value;
	r->card.nname = n;
	r->match.card_options = value[n] == ',' ? value + n + 1 : NULL;
}

int
match_card_agrees(const struct run *r, struct exch_cli *c)
{
	if (!r->card.on && (r->card.name != NULL || r->card.stats))
		return exch_cli_usage(
		    c, "--card and --card-stats go with --engine fpga or both");
	if (!r->card.both && r->card.difference != NULL)
		return exch_cli_usage(
		    c, "--difference goes with --engine both");
	if (r->card.on && (r->jobs > 1 || r->match.parts > 1))
		return exch_cli_usage(c,
		    "a card matches for one thread: leave out -j and --shard");
	if (r->card.both && (r->journal.dir != NULL || r->journal.recover))
		return exch_cli_usage(c,
		    "--engine both keeps no journal: a standby with another "
		    "engine than its primary's compares them there");
	return -1;
}

/* Where it was built, or else where it is installed. */
static void
find_module(const char *name, char *path, size_t size)
{
	static const char *const place[] = {"fpga", "."};

	if (!exch_cli_beside(place, EXCH_ARRAY_LEN(place), name, path, size))
		(void)snprintf(
		    path, size, EXCH_CARD_DIR "/%s", name); /* it fits */
}

/* The one that is taken when there are too many instruments, if it is there. */
static void
find_more(struct run *r)
{
	char path[4096];
	struct exch_diag why = {0};

	find_module(module[1], path, sizeof(path));
	if (exch_card_load(path, &r->match.card_more, &why) != 0)
		r->match.card_more = NULL;
}

/* What is no file. */
static bool
is_word(const struct run *r)
{
	return r->card.nname == 4 && (memcmp(r->card.name, "soft", 4) == 0 ||
					 memcmp(r->card.name, "xdma", 4) == 0);
}

/* Of a card behind devices only its options say what it has. */
static int
load_xdma(struct run *r, struct exch_diag *d)
{
	char text[200];

	r->match.card = &r->card.own;
	if (exch_xdma_ops(
		r->match.card_options, &r->card.own, text, sizeof(text)))
		return 0;
	return exch_diag_set(
	    d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0, "card xdma: %s", text);
}

int
match_card_load(struct run *r, struct exch_diag *d)
{
	char path[4096];
	struct exch_diag why = {0};

	if (!r->card.on)
		return 0;
	if (r->match.alloc != NULL ||
	    (r->match.market != NULL && r->match.market->alloc.name != NULL))
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "the card serves who comes first at a price: another "
		    "allocation needs --engine soft");
	if (r->card.name == NULL)
		find_module(module[0], path, sizeof(path));
	else if (r->card.nname + 3 < sizeof(path))
		(void)snprintf(path, sizeof(path), "%s%.*s",
		    is_word(r) || memchr(r->card.name, '/', r->card.nname)
			? ""
			: "./",
		    (int)r->card.nname, r->card.name); /* it fits */
	else
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "--card: a name that long is none");
	if (strcmp(path, "soft") == 0) {
		r->match.card = &exch_card_soft;
		return 0;
	}
	if (strcmp(path, "xdma") == 0)
		return load_xdma(r, d);
	if (exch_card_load(path, &r->match.card, &why) == 0) {
		if (r->card.name == NULL)
			find_more(r);
		return 0;
	}
	if (why.code != EXCH_ERR_IO)
		return exch_diag_set(
		    d, EXCH_ERR_NEED, path, EXCH_POS_NONE, 0, "%s", why.text);
	return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
	    "no card at %.100s (%.100s): build with Verilator, or name one "
	    "with --card",
	    path, why.text);
}

/* ---- what was done ---- */

static const char *const ashore[EXCH_ASHORES] = {
    [EXCH_ASHORE_PHASE] = "phase",
    [EXCH_ASHORE_CROSSED] = "crossed",
    [EXCH_ASHORE_UNPRICED] = "unpriced",
    [EXCH_ASHORE_PRICES] = "prices",
    [EXCH_ASHORE_QUANTITY] = "quantity",
    [EXCH_ASHORE_PLACE] = "place",
    [EXCH_ASHORE_FULL] = "full",
};

static void
tell_tally(const struct run *r, const struct exch_card_tally *t)
{
	char why[256] = "";
	size_t at = 0;

	for (unsigned i = 0; i < EXCH_ASHORES; i++)
		if (t->ashore[i] != 0 && at < sizeof(why) - 1)
			at += (size_t)snprintf(why + at, sizeof(why) - at,
			    "%s %s %llu", at == 0 ? "; ashore:" : ",",
			    ashore[i], (unsigned long long)t->ashore[i]);
	exch_cli_note(&r->cli,
	    "card: %llu commands, the host alone %llu; %llu orders matched, "
	    "%llu changes sent; aboard %llu times with %llu orders%s",
	    (unsigned long long)t->commands, (unsigned long long)t->others,
	    (unsigned long long)t->orders, (unsigned long long)t->changes,
	    (unsigned long long)t->boarded, (unsigned long long)t->moved, why);
}

/* a / b with two places, cut. */
static void
tell_ratio(const char *what, uint64_t a, uint64_t b)
{
	uint64_t x = b == 0 ? 0 : (uint64_t)((exch_u128)a * 100 / b);

	(void)fprintf(stderr, "%s%llu.%02llu", what,
	    (unsigned long long)(x / 100), (unsigned long long)(x % 100));
}

/* Of commands that met an idle card: how many waited so long for what. */
static void
tell_first(const struct exch_card_stats *s)
{
	if (s->first_n == 0)
		return;
	(void)fprintf(
	    stderr, "%-9s %12s %12s %12s\n", "cycles", "near", "long", "far");
	for (unsigned i = 0; i < EXCH_CARD_SPANS; i++) {
		uint64_t near = s->first[EXCH_CARD_NEAR][i];
		uint64_t counted = s->first[EXCH_CARD_LONG][i];
		uint64_t far = s->first[EXCH_CARD_FAR][i];

		if (near + counted + far != 0)
			(void)fprintf(stderr, "%-9llu %12llu %12llu %12llu\n",
			    (unsigned long long)exch_card_span_from(i),
			    (unsigned long long)near,
			    (unsigned long long)counted,
			    (unsigned long long)far);
	}
}

/* What was read from the chip, and what was not there. */
static void
tell_memory(const struct exch_card_stats *s)
{
	static const char *const name[] = {"orders", "levels", "words"};

	if (s->written == 0)
		return;
	(void)fprintf(stderr, "%-9s %12s %12s\n", "memory", "read", "missed");
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(name); i++)
		(void)fprintf(stderr, "%-9s %12llu %12llu\n", name[i],
		    (unsigned long long)s->reads[i],
		    (unsigned long long)s->misses[i]);
	(void)fprintf(stderr,
	    "%llu lines fetched, %llu in vain, %llu written; %llu cycles "
	    "waited for reads, %llu for writes\n",
	    (unsigned long long)s->fetched, (unsigned long long)s->dropped,
	    (unsigned long long)s->written, (unsigned long long)s->late,
	    (unsigned long long)s->full);
}

/* Cycles as the card counts them; of its clock they are 4 ns each. */
static void
tell_cycles(const struct exch_card_stats *s)
{
	static const char *const op[] = {"rejected", "new", "cancel", "reduce",
	    "replace", "mass", "barrier"};

	(void)fprintf(stderr, "%-9s %12s %8s %8s\n", "operation", "commands",
	    "cycles", "most");
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(op); i++) {
		if (s->n[i] == 0)
			continue;
		(void)fprintf(
		    stderr, "%-9s %12llu", op[i], (unsigned long long)s->n[i]);
		tell_ratio("     ", s->busy[i], s->n[i]);
		(void)fprintf(
		    stderr, " %8llu\n", (unsigned long long)s->most[i]);
	}
	(void)fprintf(stderr, "%llu commands, %llu events",
	    (unsigned long long)s->commands, (unsigned long long)s->events);
	tell_ratio(", events per busy cycle ", s->events, s->cycles - s->idle);
	(void)fprintf(stderr, ", %llu cycles held by the reader\n",
	    (unsigned long long)s->held);
	if (s->first_n != 0) {
		tell_ratio(
		    "first event after cycles: ", s->first_sum, s->first_n);
		(void)fprintf(stderr, ", least %llu, most %llu\n",
		    (unsigned long long)s->first_least,
		    (unsigned long long)s->first_most);
	}
	tell_first(s);
	tell_memory(s);
	(void)fprintf(stderr,
	    "%llu cycles, %llu of them idle: %llu ns simulated at 250 MHz\n",
	    (unsigned long long)s->cycles, (unsigned long long)s->idle,
	    (unsigned long long)s->cycles * 4);
}

void
match_card_tell(const struct run *r)
{
	const struct exch_card_tally *t = exch_match_card_tally(r->engine);
	struct exch_card_stats s;

	if (t == NULL)
		return;
	if (t->commands == 0 && t->others != 0)
		exch_cli_note(&r->cli,
		    "none of %llu commands was for the card: exch-match(1), "
		    "ENGINES, says which are",
		    (unsigned long long)t->others);
	if (r->cli.verbose != 0)
		tell_tally(r, t);
	if (!r->card.stats)
		return;
	exch_match_card_stats(r->engine, &s);
	tell_cycles(&s);
}
