/*
 * lockstep: the same commands to two matchers, every event compared.
 *
 *	lockstep [--commands N] [--profile NAME] [--seed N] [--plain]
 *	    [--batch N] [--symbols N] [--spread N] [--levels N] [--slots N]
 *	    [--reset N] [--options WORDS] MODULE
 *
 * The one is the software's (card/soft.h), the other a module.  Prints a row
 * of figures; a difference is told with the command, and ends it with 1.  So
 * does a first event that came later than after four cycles, of a command that
 * had nothing to wait for.  With --reset the module is reset after so many
 * commands again and again, at whatever it is, and the other begins anew.
 *
 * Where symbols may go ahead of one another, the events of each are looked at
 * for their order, and then put into that of the commands.
 */
#include <config.h>

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "card/load.h"
#include "card/soft.h"
#include "flow.h"

#define EVENTS (1u << 18)
#define FIRST 4 /* cycles */

struct run {
	uint64_t commands;
	size_t batch;
	uint64_t reset, resets;
	const char *options;
	struct flow_opts flow;
	const struct exch_card_ops *ops;
	struct exch_card *soft, *card;
	struct flow *f;
	struct exch_card_cmd *beats;
	struct exch_card_evt *want, *got;
	uint64_t events;
	uint64_t sent[EXCH_CARD_OPS]; /* commands, by operation */
	uint64_t *last; /* by symbol: seq + 1 of the event before */
	struct exch_card_evt *aside;
	uint64_t near; /* commands that waited for nothing, so far */
	bool *is_near; /* symbols that had such */
	uint32_t nnear;
};

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "lockstep: %s\n", what);
	exit(2);
}

static uint64_t
number(const char *s)
{
	char *end;
	unsigned long long v = strtoull(s, &end, 10);

	if (end == s || *end != '\0')
		die("a number is expected");
	return v;
}

static void
print_event(const char *who, const struct exch_card_evt *e)
{
	printf("%s: seq %" PRIu64 ".%u kind %u flags %02x symbol %u slot %u "
	       "maker %u price %u qty %u left %u\n",
	    who, exch_card_get(e->seq, 6), e->index, e->kind, e->flags,
	    e->symbol, e->slot, e->maker, e->price, e->qty, e->left);
}

static void
print_command(const struct exch_card_cmd *k)
{
	printf("command: seq %" PRIu64 " op %u prevention %u flags %02x "
	       "symbol %u slot %u price %u old %u qty %u owner %u gen %u\n",
	    exch_card_get(k->seq, 6), k->op & 15, k->op >> 4, k->flags,
	    k->symbol, k->slot, (unsigned)exch_card_get(k->price, 3),
	    (unsigned)exch_card_get(k->old_price, 3),
	    (unsigned)exch_card_get(k->qty, 4),
	    (unsigned)exch_card_get(k->owner, 4),
	    (unsigned)exch_card_get(k->gen, 4));
}

/* All that it says to what it was given. */
static size_t
hear(const struct exch_card_ops *o, struct exch_card *c,
    struct exch_card_evt *e, size_t most, bool *fault)
{
	size_t n = 0, m;

	while (n < most && (m = o->poll(c, e + n, most - n, fault)) > 0)
		n += m;
	return n;
}

static uint64_t
seq_of(const struct exch_card_evt *e)
{
	return exch_card_get(e->seq, 6);
}

/* A merge of two runs of them, each in order. */
static void
merge(const struct exch_card_evt *e, size_t half, size_t n,
    struct exch_card_evt *to)
{
	size_t i = 0, j = half;

	while (i < half || j < n)
		*to++ = j == n || (i < half && seq_of(&e[i]) <= seq_of(&e[j]))
			    ? e[i++]
			    : e[j++];
}

static void
sort(struct exch_card_evt *e, size_t n, struct exch_card_evt *aside)
{
	if (n < 2)
		return;
	sort(e, n / 2, aside);
	sort(e + n / 2, n - n / 2, aside);
	merge(e, n / 2, n, aside);
	memcpy(e, aside, n * sizeof(*e));
}

/*
 * The events of a command come one behind the other, and commands of a symbol
 * in their order; a barrier's is a symbol's of everybody.
 */
static bool
in_order(struct run *r, size_t n)
{
	static uint64_t most; /* seq + 1 of all before */
	static uint64_t bar;  /* of the last barrier */
	size_t i;

	for (i = 0; i < n; i++) {
		const struct exch_card_evt *e = &r->got[i];
		uint64_t seq = seq_of(e) + 1;
		bool bars = e->kind == EXCH_CARD_BARRIERED;

		if (seq < r->last[e->symbol] || seq < bar ||
		    (bars && seq < most) ||
		    (e->index != 0 && (i == 0 || seq_of(e - 1) + 1 != seq))) {
			print_event(r->ops->name, e);
			printf("it is not in its place\n");
			return false;
		}
		r->last[e->symbol] = seq;
		if (bars)
			bar = seq;
		if (seq > most)
			most = seq;
	}
	sort(r->got, n, r->aside);
	return true;
}

static int
differ(const struct run *r, size_t nbeats, size_t at, size_t nwant, size_t ngot)
{
	const struct exch_card_evt *w = at < nwant ? &r->want[at] : NULL;
	const struct exch_card_evt *g = at < ngot ? &r->got[at] : NULL;
	const struct exch_card_evt *e = w != NULL ? w : g;
	size_t i;

	for (i = 0; i < nbeats; i++) {
		if (memcmp(r->beats[i].seq, e->seq, 6) == 0)
			print_command(&r->beats[i]);
		if (r->beats[i].flags & EXCH_CARD_PEAK)
			i++;
	}
	if (w != NULL)
		print_event(r->soft != NULL ? "soft" : "", w);
	if (g != NULL)
		print_event(r->ops->name, g);
	printf("%s after %" PRIu64 " events\n",
	    g == NULL	? "no answer"
	    : w == NULL ? "one answer too many"
			: "a difference",
	    r->events + at);
	return 1;
}

/*
 * Whoever waits for nothing has the first event after four cycles.  Of one
 * command at a time it is known whose that was.
 */
static int
check_first(struct run *r, size_t nbeats)
{
	struct exch_card_stats s = {0};
	uint64_t near = 0;
	unsigned i;

	r->ops->stats(r->card, &s);
	for (i = 0; i < EXCH_CARD_SPANS; i++) {
		near += s.first[EXCH_CARD_NEAR][i];
		if (i == FIRST || s.first[EXCH_CARD_NEAR][i] == 0)
			continue;
		if (nbeats > 0)
			print_command(&r->beats[0]);
		printf("a first event after %" PRIu64 " cycles, not %d\n",
		    exch_card_span_from(i), FIRST);
		return 1;
	}
	if (near != r->near && r->batch == 1 && !r->is_near[r->got->symbol]) {
		r->is_near[r->got->symbol] = true;
		r->nnear++;
	}
	r->near = near;
	return 0;
}

/* Commands that are not heard to their end. */
static void
reset(struct run *r, size_t n)
{
	size_t nb = 0, i;
	bool fault;
	char why[256] = "";

	for (i = 0; i < n; i++)
		nb += flow_next(r->f, r->beats + nb);
	(void)r->ops->submit(r->card, r->beats, nb); /* some or all */
	(void)r->ops->poll(r->card, r->got, n / 2 + 1, &fault);
	r->ops->reset(r->card);
	exch_card_soft.close(r->soft);
	r->soft = exch_card_soft.open(&r->flow.limits, NULL, why, sizeof(why));
	if (r->soft == NULL)
		die(why);
	flow_reset(r->f);
	r->resets++;
}

/* What the card answers to these beats. */
static size_t
ask(struct run *r, size_t nb)
{
	bool fault = false;
	size_t n = 0, sent = 0;

	while (sent < nb) {
		size_t m = r->ops->submit(r->card, r->beats + sent, nb - sent);

		sent += m;
		n += hear(r->ops, r->card, r->got + n, EVENTS - n, &fault);
		if (m == 0 && fault)
			break;
	}
	return n;
}

/* A batch of commands to both. */
static int
step(struct run *r, size_t n)
{
	size_t nb = 0, i, nw, ng;
	bool fault = false;

	for (i = 0; i < n; i++) {
		size_t at = nb;

		nb += flow_next(r->f, r->beats + nb);
		r->sent[r->beats[at].op % EXCH_CARD_OPS]++;
	}
	if (exch_card_soft.submit(r->soft, r->beats, nb) != nb)
		die("the software does not take all");
	nw = hear(&exch_card_soft, r->soft, r->want, EVENTS, &fault);
	if (fault || nw == EVENTS)
		die("the software's events are too many");
	ng = ask(r, nb);
	if (r->ops->apart && !in_order(r, ng))
		return 1;
	for (i = 0; i < nw || i < ng; i++)
		if (i >= nw || i >= ng ||
		    memcmp(&r->want[i], &r->got[i], sizeof(*r->want)) != 0)
			return differ(r, nb, i, nw, ng);
	for (i = 0; i < nw; i++)
		flow_heard(r->f, &r->want[i]);
	r->events += nw;
	return check_first(r, r->batch == 1 ? nb : 0);
}

/* Cycles until the first event, by what was to be waited for. */
static void
print_first(const struct run *r, const struct exch_card_stats *s)
{
	static const char *const name[] = {"near", "long", "far"};
	unsigned k, i;

	for (k = 0; k < EXCH_CARD_CLASSES; k++)
		for (i = 0; i < EXCH_CARD_SPANS; i++)
			if (s->first[k][i] > 0)
				printf("first_%s,%" PRIu64 ",%" PRIu64 "\n",
				    name[k], exch_card_span_from(i),
				    s->first[k][i]);
	if (r->batch == 1)
		printf("near_symbols,%u\n", r->nnear);
}

/* What it had to wait for, if there is a memory behind it. */
static void
print_memory(const struct exch_card_stats *s)
{
	static const char *const name[] = {"orders", "levels", "leafs"};
	unsigned i;

	printf("late,full,fetched,dropped,written\n");
	printf("%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "\n",
	    s->late, s->full, s->fetched, s->dropped, s->written);
	for (i = 0; i < 3; i++)
		printf("%s,%" PRIu64 ",%" PRIu64 "\n", name[i], s->reads[i],
		    s->misses[i]);
}

/* Its own count of them, by which its cycles are judged; behind a barrier, as
 * a command may go on when its last event has left. */
static bool
counted(struct run *r)
{
	struct exch_card_cmd k = {.op = EXCH_CARD_BARRIER};
	struct exch_card_stats s = {0};
	bool fault = false;
	unsigned i;

	r->sent[EXCH_CARD_BARRIER] += r->ops->submit(r->card, &k, 1);
	(void)hear(r->ops, r->card, r->got, EVENTS, &fault);
	r->ops->stats(r->card, &s);
	for (i = 0; s.cycles > 0 && i < EXCH_CARD_OPS; i++)
		if (s.n[i] != r->sent[i]) {
			printf("it counted %" PRIu64 " of operation %u, not "
			       "%" PRIu64 "\n",
			    s.n[i], i, r->sent[i]);
			return false;
		}
	return true;
}

static void
print_figures(const struct run *r, double seconds)
{
	static const char *const name[] = {"rejected", "new", "cancel",
	    "reduce", "replace", "mass", "barrier"};
	struct exch_card_stats s = {0};
	unsigned i;
	double n = (double)r->commands;

	r->ops->stats(r->card, &s);
	printf("profile,commands,events,live,cycles,per_command,per_event,"
	       "first_least,first_most,stalled\n");
	printf("%s,%" PRIu64 ",%" PRIu64 ",%u,%" PRIu64 ",%.3f,%.3f,%" PRIu64
	       ",%" PRIu64 ",%" PRIu64 "\n",
	    r->flow.profile->name, r->commands, r->events, flow_live(r->f),
	    s.cycles, (double)s.cycles / n,
	    (double)s.cycles / (double)r->events, s.first_least, s.first_most,
	    s.held);
	for (i = 1; i < sizeof(name) / sizeof(*name); i++)
		if (s.n[i] > 0)
			printf("%s,%" PRIu64 ",%.3f,%" PRIu64 "\n", name[i],
			    s.n[i], (double)s.busy[i] / (double)s.n[i],
			    s.most[i]);
	if (r->reset != 0)
		printf("resets,%" PRIu64 "\n", r->resets);
	print_first(r, &s);
	if (r->ops->apart)
		print_memory(&s);
	fprintf(stderr, "lockstep: %.2f s, %.3f million commands a second\n",
	    seconds, n / seconds / 1e6);
}

static void
parse(struct run *r, int argc, char **argv)
{
	static const struct option options[] = {
	    {"commands", required_argument, NULL, 'n'},
	    {"profile", required_argument, NULL, 'p'},
	    {"seed", required_argument, NULL, 's'},
	    {"plain", no_argument, NULL, 'c'},
	    {"batch", required_argument, NULL, 'b'},
	    {"symbols", required_argument, NULL, 'y'},
	    {"spread", required_argument, NULL, 'w'},
	    {"levels", required_argument, NULL, 'l'},
	    {"slots", required_argument, NULL, 'o'},
	    {"reset", required_argument, NULL, 'r'},
	    {"options", required_argument, NULL, 'x'}, {NULL, 0, NULL, 0}};
	struct exch_card_limits *l = &r->flow.limits;
	struct exch_diag d = {0};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (c) {
		case 'n':
			r->commands = number(optarg);
			break;
		case 'p':
			r->flow.profile = flow_profile(optarg);
			break;
		case 's':
			r->flow.seed = number(optarg);
			break;
		case 'c':
			r->flow.plain = true;
			break;
		case 'b':
			r->batch = number(optarg);
			break;
		case 'y':
			l->symbols = (uint32_t)number(optarg);
			break;
		case 'w':
			r->flow.spread = (uint32_t)number(optarg);
			break;
		case 'l':
			l->levels = (uint32_t)number(optarg);
			break;
		case 'o':
			l->slots = (uint32_t)number(optarg);
			break;
		case 'r':
			r->reset = number(optarg);
			break;
		case 'x':
			r->options = optarg;
			break;
		default:
			exit(2);
		}
	if (optind + 1 != argc)
		die("the module is missing");
	if (r->flow.profile == NULL)
		die("no such profile");
	if (exch_card_load(argv[optind], &r->ops, &d) != EXCH_OK)
		die(d.text);
	if (l->symbols == 0)
		l->symbols = r->ops->most.symbols;
	if (l->levels == 0)
		l->levels = r->ops->most.levels;
	if (l->slots == 0)
		l->slots = r->ops->most.slots;
	if (r->flow.spread > l->symbols)
		die("the orders have more symbols than there are");
	if (r->reset != 0 && r->ops->reset == NULL)
		die("the module has no reset");
	if (r->batch == 0 || r->batch > 1000 || r->batch > l->slots)
		die("a batch has 1 to 1000 commands, each may take a slot");
}

int
main(int argc, char **argv)
{
	struct run r = {.commands = 1000000,
	    .batch = 500,
	    .flow = {.profile = flow_profile("dense"), .seed = 1}};
	char why[256] = "";
	clock_t begin;
	uint64_t n;

	parse(&r, argc, argv);
	r.f = flow_new(&r.flow);
	r.beats = calloc(2 * r.batch, sizeof(*r.beats));
	r.want = calloc(EVENTS, sizeof(*r.want));
	r.got = calloc(EVENTS, sizeof(*r.got));
	r.aside = calloc(EVENTS, sizeof(*r.aside));
	r.last = calloc(1u << 16, sizeof(*r.last));
	r.is_near = calloc(1u << 16, sizeof(*r.is_near));
	r.soft = exch_card_soft.open(&r.flow.limits, NULL, why, sizeof(why));
	r.card = r.ops->open(&r.flow.limits, r.options, why, sizeof(why));
	if (r.f == NULL || r.beats == NULL || r.want == NULL || r.got == NULL ||
	    r.aside == NULL || r.last == NULL || r.is_near == NULL)
		die("out of memory");
	if (r.soft == NULL || r.card == NULL)
		die(why);
	begin = clock();
	for (n = 0; n < r.commands; n += r.batch) {
		if (step(&r, r.commands - n < r.batch ? r.commands - n
						      : r.batch) != 0)
			return 1;
		if (r.reset != 0 && n / r.reset != (n + r.batch) / r.reset)
			reset(&r, 1 + (n + r.resets * 7) % r.batch);
	}
	print_figures(&r, (double)(clock() - begin) / CLOCKS_PER_SEC);
	/* How far a reset let them come nobody knows. */
	if (r.resets == 0 && !counted(&r))
		return 1;
	exch_card_soft.close(r.soft);
	r.ops->close(r.card);
	flow_free(r.f);
	free(r.beats);
	free(r.want);
	free(r.got);
	free(r.aside);
	free(r.last);
	free(r.is_near);
	return 0;
}
