/*
 * What a program behind a pipe says: every line is a command, an answer to the
 * greeting, or a mistake with a sentence; and files of latencies.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sim/latency.h"
#include "sim/pipe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BEGIN (1767623400 * EXCH_SEC)

static struct exch_rec_instrument instr[2] = {
    {.h.instr = 1, .symbol = "ABC", .px_decimals = 2, .tick = 10000000},
    {.h.instr = 5, .symbol = "BTC-USD", .qty_exponent = -5, .tick = 1}};

static void
check(int got, const struct exch_diag *d)
{
	if (got < 0 && (d->code != got || d->text[0] == '\0'))
		abort();
}

/* What a command says is within what the kernel takes. */
static void
command(const struct exch_agent_cmd *c)
{
	if (c->what > EXCH_AGENT_WAKE)
		abort();
	if (c->what == EXCH_AGENT_NEW &&
	    (c->tag == 0 || c->qty == 0 || c->qty > INT64_MAX ||
		(c->instr != 1 && c->instr != 5) || c->side == EXCH_SIDE_NONE))
		abort();
	if (c->what == EXCH_AGENT_WAKE && c->at < BEGIN)
		abort();
}

static void
lines(const struct exch_pipe_words *w, const char *p, size_t n)
{
	struct exch_agent_wants wants;
	struct exch_agent_cmd c;
	uint64_t busy = 0;

	while (n > 0) {
		const char *end = memchr(p, '\n', n);
		size_t len = end != NULL ? (size_t)(end - p) : n;
		struct exch_diag d = {0};
		int got =
		    exch_pipe_command(w, BEGIN + 5, p, len, &c, &busy, &d);

		check(got, &d);
		if (got == 1)
			command(&c);
		exch_diag_clear(&d);
		check(exch_pipe_ready(p, len, &wants, &d), &d);
		p += len + (end != NULL);
		n -= len + (end != NULL);
	}
}

struct bytes {
	const void *p;
	size_t n;
};

static int
slurp(void *arg, const char *path, char **bytes, size_t *n, struct exch_diag *d)
{
	const struct bytes *b = arg;

	(void)path;
	(void)d;
	*bytes = exch_malloc(b->n + 1);
	if (*bytes == NULL)
		abort();
	memcpy(*bytes, b->p, b->n);
	*n = b->n;
	return EXCH_OK;
}

static void
rows(struct bytes b)
{
	static const char *const word[] = {"file", "rows"};
	struct exch_latency *l = NULL;
	struct exch_diag d = {0};
	struct exch_rng rng;
	unsigned taken;
	int err = exch_latency_parse(word, 2, &taken, slurp, &b, &l, &d);

	check(err, &d);
	exch_rng_seed(&rng, 1);
	if (err == EXCH_OK && exch_latency_arrival(l, &rng, BEGIN) <
				  BEGIN + exch_latency_least(l))
		abort();
	exch_latency_free(l);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct exch_agent a = {.begin = BEGIN, .instr = instr};
	struct exch_diag d = {0};

	for (a.ninstr = 0; a.ninstr <= 2; a.ninstr++) {
		struct exch_pipe_words w;

		if (exch_pipe_words_init(&w, &a, &d) != EXCH_OK)
			abort();
		lines(&w, (const char *)data, size);
		exch_pipe_words_clear(&w);
	}
	rows((struct bytes){data, size});
	return 0;
}
