/*
 * gen-sample: writes a synthetic trading day to standard output.
 *
 *	gen-sample [--seed N] [--messages N] [--symbols N] [--live N]
 *	    [--trades FILE]
 *
 * Without options it is the bundled sample day.  Larger days for
 * measuring come from the same program: memory depends on --live (orders
 * resting at a time, all symbols together) and not on --messages.
 * --trades lists what displayed orders executed, to compare with: symbol,
 * number of the resting order, quantity, price.
 */
#include <config.h>

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/dec.h"
#include "gen.h"

/* Symbols of the sample; further ones are numbered. */
static const struct {
	const char *name;
	uint32_t px;
} named[] = {
    {"ALFA", 1875000},
    {"BRVO", 421000},
    {"CHRL", 3128500},
    {"DLTA", 96400},
    {"ECHO", 752000},
};

void
gen_die(const char *what)
{
	fprintf(stderr, "gen-sample: %s\n", what);
	exit(4);
}

void *
gen_grow(void *p, uint32_t *cap, uint32_t n, size_t size)
{
	uint32_t want = *cap != 0 ? *cap : 64;

	if (n <= *cap)
		return p;
	while (want < n)
		want *= 2;
	p = realloc(p, want * size);
	if (p == NULL)
		gen_die("out of memory");
	*cap = want;
	return p;
}

struct options {
	uint64_t seed;
	uint64_t messages;
	uint64_t symbols;
	uint64_t live;
	const char *trades;
};

static void
usage(void)
{
	fputs("usage: gen-sample [--seed N] [--messages N] [--symbols N] "
	      "[--live N] [--trades FILE] > FILE\n",
	    stderr);
	exit(2);
}

static void
options(struct options *o, int argc, char **argv)
{
	const struct {
		const char *name;
		uint64_t *value;
		uint64_t min;
		uint64_t max;
	} table[] = {
	    {"--seed", &o->seed, 0, UINT64_MAX},
	    {"--messages", &o->messages, 10000, UINT64_C(4000000000)},
	    {"--symbols", &o->symbols, 1, 65000},
	    {"--live", &o->live, 100, 50000000},
	};
	size_t k;

	for (int i = 1; i < argc; i += 2) {
		if (strcmp(argv[i], "--trades") == 0 && i + 1 < argc) {
			o->trades = argv[i + 1];
			continue;
		}
		for (k = 0; k < EXCH_ARRAY_LEN(table); k++)
			if (strcmp(argv[i], table[k].name) == 0)
				break;
		if (k == EXCH_ARRAY_LEN(table) || i + 1 == argc ||
		    exch_uint_parse(argv[i + 1], strlen(argv[i + 1]),
			table[k].value) != 0 ||
		    *table[k].value < table[k].min ||
		    *table[k].value > table[k].max)
			usage();
	}
}

static void
symbols(struct gen *g, const struct options *o)
{
	uint64_t sum = 0;

	g->nsym = (unsigned)o->symbols;
	g->shock = g->nsym;
	g->sym = calloc(g->nsym, sizeof(*g->sym));
	g->weight = calloc(g->nsym, sizeof(*g->weight));
	if (g->sym == NULL || g->weight == NULL)
		gen_die("out of memory");
	/* The k-th symbol is busy in proportion to 1/k (Zipf). */
	for (unsigned i = 0; i < g->nsym; i++) {
		sum += (UINT64_C(1) << 32) / (i + 1);
		g->weight[i] = sum;
	}
	for (unsigned i = 0; i < g->nsym; i++) {
		struct gen_sym *s = &g->sym[i];

		s->locate = (uint16_t)(i + 1);
		s->target =
		    16 +
		    (uint32_t)(o->live * ((UINT64_C(1) << 32) / (i + 1)) / sum);
		if (i < EXCH_ARRAY_LEN(named)) {
			snprintf(s->name, sizeof(s->name), "%s", named[i].name);
			s->last = s->fair = named[i].px;
			continue;
		}
		snprintf(s->name, sizeof(s->name), "T%05u", (i + 1) % 100000);
		s->last =
		    GEN_TICK * (uint32_t)(500 + exch_rng_below(&g->rng, 30000));
		s->fair = s->last;
	}
}

static void
release(struct gen *g)
{
	for (unsigned i = 0; i < g->nsym; i++) {
		free(g->sym[i].live);
		free(g->sym[i].interest);
	}
	free(g->sym);
	free(g->weight);
	free(g->order);
	free(g->level);
}

int
main(int argc, char **argv)
{
	struct options o = {20260105, 200000, 5, 5000, NULL};
	struct gen g = {.next_ref = 1, .next_match = 1};

	options(&o, argc, argv);
	if (isatty(STDOUT_FILENO))
		usage();
	if (o.trades != NULL) {
		g.trades = fopen(o.trades, "w");
		if (g.trades == NULL)
			gen_die("cannot open the list of trades");
	}
	exch_rng_seed(&g.rng, o.seed);
	g.wanted = o.messages;
	symbols(&g, &o);
	gen_wire_open(&g.wire, stdout, o.seed + 1);
	gen_day(&g);
	gen_wire_close(&g.wire);
	if (g.trades != NULL && fclose(g.trades) != 0)
		gen_die("cannot write the list of trades");
	fprintf(stderr,
	    "gen-sample: %" PRIu64 " messages, %" PRIu64 " executions\n",
	    g.messages, g.next_match - 1);
	release(&g);
	return 0;
}
