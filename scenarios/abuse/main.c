/*
 * gen-abuse --laws FILE [--seed N] [--patterns LIST] [--labels FILE]
 *	[--parties FILE] [--minutes N] [--inject FROM,TO <STREAM] >STREAM
 *
 * A day of commands with episodes of abuse among innocent orders, or those
 * episodes among the commands of a stream; README.md.  The same options give
 * the same bytes.
 */
#include <config.h>

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abuse.h"
#include "base/alloc.h"
#include "base/dec.h"
#include "base/time.h"

#define ACCOUNTS 600

static const char *const names[PATTERNS] = {
    [SPOOFING] = "spoofing",
    [LAYERING] = "layering",
    [WASH] = "wash",
    [CLOSE] = "close",
    [FRONT] = "front",
    [STUFFING] = "stuffing",
    [MOMENTUM] = "momentum",
    [RAMPING] = "ramping",
    [PUMP] = "pump",
};

static void (*const episodes[PATTERNS])(struct sim *, unsigned) = {
    [SPOOFING] = episode_spoofing,
    [LAYERING] = episode_layering,
    [WASH] = episode_wash,
    [CLOSE] = episode_close,
    [FRONT] = episode_front,
    [STUFFING] = episode_stuffing,
    [MOMENTUM] = episode_momentum,
    [RAMPING] = episode_ramping,
    [PUMP] = episode_pump,
};

struct options {
	const char *laws, *labels, *parties;
	const char *patterns; /* NULL: all; "": none */
	uint64_t seed, minutes;
	exch_ts from, to; /* inject */
};

void
die(const char *fmt, ...)
{
	va_list ap;

	(void)fputs("gen-abuse: ", stderr);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	exit(EXIT_FAILURE);
}

void *
need(void *p)
{
	if (p == NULL)
		die("out of memory");
	return p;
}

static void
window(struct options *o, const char *text)
{
	const char *comma = strchr(text, ',');

	if (comma == NULL ||
	    exch_ts_parse(text, (size_t)(comma - text), &o->from) != 0 ||
	    exch_ts_parse(comma + 1, strlen(comma + 1), &o->to) != 0 ||
	    o->to <= o->from)
		die("--inject wants two times");
}

static void
options(struct options *o, int argc, char **argv)
{
	static const struct option longs[] = {{"laws", 1, NULL, 'l'},
	    {"seed", 1, NULL, 's'}, {"labels", 1, NULL, 'L'},
	    {"parties", 1, NULL, 'p'}, {"patterns", 1, NULL, 'P'},
	    {"minutes", 1, NULL, 'm'}, {"inject", 1, NULL, 'i'},
	    {NULL, 0, NULL, 0}};
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'l')
			o->laws = optarg;
		else if (c == 'L')
			o->labels = optarg;
		else if (c == 'p')
			o->parties = optarg;
		else if (c == 'P')
			o->patterns = optarg;
		else if (c == 'i')
			window(o, optarg);
		else if ((c != 's' && c != 'm') ||
			 exch_uint_parse(optarg, strlen(optarg),
			     c == 's' ? &o->seed : &o->minutes) != 0)
			die("see scenarios/abuse/README.md");
	}
	if (o->laws == NULL || o->minutes == 0)
		die("--laws is needed");
}

/* ---- people ---- */

static void
people(struct sim *s, uint32_t *pool)
{
	for (uint32_t i = 0; i < ACCOUNTS; i++) {
		uint32_t k = (uint32_t)between(s, 0, i);

		pool[i] = pool[k];
		pool[k] = i + 1 + (s->injects ? 20000000 : 0);
	}
	s->pool = pool;
	s->npool = ACCOUNTS;
	/* indexed by account number, whatever it begins with */
	s->role = need(exch_calloc(20000000 + ACCOUNTS + 1, 1));
	s->member = need(exch_calloc(20000000 + ACCOUNTS + 1, 1));
	s->group = need(exch_calloc(20000000 + ACCOUNTS + 1, 4));
	for (uint32_t i = 0; i < ACCOUNTS; i++) {
		s->role[pool[i]] = percent(s, 25) ? 'h' : 'c';
		s->member[pool[i]] = (uint8_t)between(s, 1, 12);
	}
}

static void
write_parties(const struct sim *s, const char *name)
{
	FILE *f = fopen(name, "wb");

	if (f == NULL)
		die("%s cannot be written", name);
	(void)fputs("account,member,role,group\n", f);
	for (uint32_t i = 0; i < s->taken; i++) {
		uint32_t a = s->pool[i];

		(void)fprintf(f, "%u,M%02u,%s,", a, s->member[a],
		    s->role[a] == 'h' ? "house" : "client");
		if (s->group[a] != 0)
			(void)fprintf(f, "G%u", s->group[a]);
		(void)fputc('\n', f);
	}
	if (fclose(f) != 0)
		die("%s cannot be written", name);
}

/* ---- labels ---- */

static void
put_time(FILE *f, exch_ts t)
{
	char text[32];

	*exch_ts_put(text, t) = '\0';
	(void)fputs(text, f);
}

static void
write_labels(const struct sim *s, const char *name)
{
	FILE *f = fopen(name, "wb");

	if (f == NULL)
		die("%s cannot be written", name);
	(void)fputs("pattern,accounts,instrument,start,end,orders\n", f);
	for (size_t i = 0; i < s->nlabels; i++) {
		const struct label *l = s->label[i];

		if (l->start == 0) /* it never came to it */
			continue;
		(void)fprintf(f, "%s,%u", names[l->pattern], l->acct[0]);
		for (unsigned k = 1; k < 3 && l->acct[k] != 0; k++)
			(void)fprintf(f, " %u", l->acct[k]);
		(void)fprintf(f, ",%u,", s->injects ? s->m[0].instr : l->instr);
		put_time(f, l->start);
		(void)fputc(',', f);
		put_time(f, l->end);
		(void)fputc(',', f);
		(void)fwrite(l->orders.p, 1, l->orders.len, f);
		(void)fputc('\n', f);
	}
	if (fclose(f) != 0)
		die("%s cannot be written", name);
}

/* ---- the day ---- */

static bool
wanted(const struct options *o, enum pattern p)
{
	size_t n = strlen(names[p]);
	const char *at;

	if (o->patterns == NULL)
		return true;
	for (at = o->patterns; (at = strstr(at, names[p])) != NULL; at += n)
		if ((at == o->patterns || at[-1] == ',') &&
		    (at[n] == ',' || at[n] == '\0'))
			return true;
	return false;
}

static void
cast(struct sim *s, const struct options *o)
{
	int64_t turn = between(s, 0, 2);

	for (unsigned p = 0; p < PATTERNS; p++) {
		unsigned inst = (unsigned)(turn + p) % 3;

		/* a pump takes a share of its own */
		if (p == PUMP)
			inst = INSTS - 1;
		if (s->injects)
			inst = 0;
		if (wanted(o, (enum pattern)p))
			episodes[p](s, inst);
	}
}

static void
say_phase(struct sim *s, uint8_t phase)
{
	struct exch_rec_phase r = {
	    .h = exch_embed_head(EXCH_REC_PHASE, sizeof(r), 0, s->now),
	    .phase = phase,
	    .reference = EXCH_PX_NONE};

	market_say(s, &r.h, true);
}

static void
synthetic(struct sim *s, const struct options *o)
{
	static const char *const symbols[INSTS] = {
	    "ALFA", "BETA", "GAMA", "TINY"};

	for (unsigned i = 0; i < INSTS; i++) {
		bool thin = i == INSTS - 1;

		market_instrument(s, i, symbols[i], 10000000,
		    thin ? 300 : between(s, 4000, 12000), 100);
		s->m[i].thin = thin;
	}
	say_phase(s, EXCH_PHASE_CONTINUOUS);
	for (unsigned i = 0; i < INSTS; i++)
		innocents(s, i);
	decoys(s);
	cast(s, o);
	market_run(s, s->end);
	say_phase(s, EXCH_PHASE_CLOSED);
}

static void
run(struct sim *s, const struct options *o)
{
	struct exch_writer_opts wo = {.tool = "gen-abuse"};
	struct exch_reader *reader = NULL;
	struct exch_in *in = NULL;
	struct exch_out *out;
	struct exch_diag d = {0};
	char said[64];

	(void)snprintf(
	    said, sizeof(said), "seed=%llu", (unsigned long long)o->seed);
	wo.options = said;
	if (s->injects && (exch_in_fd(0, false, "stream", &in, &d) != 0 ||
			      exch_reader_open(in, NULL, &reader, &d) != 0))
		die("%s", d.text);
	wo.upstream = reader;
	wo.start = s->begin;
	wo.date = exch_ts_date(s->begin);
	if (exch_out_fd(1, EXCH_OUT_PLAIN, "stdout", &out, &d) != 0 ||
	    exch_writer_open(out, &wo, &s->out, &d) != 0)
		die("%s", d.text);
	if (s->injects) {
		s->nm = 0;
		cast(s, o);
		inject(s, reader);
	} else {
		synthetic(s, o);
	}
	if (exch_writer_close(s->out, EXCH_STATUS_COMPLETE, &d) != 0)
		die("%s", d.text);
	exch_writer_free(s->out);
	exch_out_free(out);
	exch_reader_close(reader);
	exch_in_close(in);
}

int
main(int argc, char **argv)
{
	struct options o = {.minutes = 60, .seed = 1};
	static uint32_t pool[ACCOUNTS];
	struct sim s = {.next = 1};

	options(&o, argc, argv);
	exch_rng_seed(&s.rng, o.seed);
	laws_read(&s, o.laws);
	s.injects = o.to != 0;
	s.begin =
	    s.injects ? o.from : exch_date_ts(20260302) + 34200 * EXCH_SEC;
	s.end = s.injects ? o.to : s.begin + o.minutes * 60 * EXCH_SEC;
	s.now = s.begin;
	if (s.injects) /* such ids are for orders that are added */
		s.next |= UINT64_C(1) << 63;
	people(&s, pool);
	market_open(&s);
	run(&s, &o);
	if (o.labels != NULL)
		write_labels(&s, o.labels);
	if (o.parties != NULL)
		write_parties(&s, o.parties);
	market_close(&s);
	for (size_t i = 0; i < s.nagents; i++)
		exch_free(s.agent[i]);
	for (size_t i = 0; i < s.nlabels; i++) {
		exch_buf_free(&s.label[i]->orders);
		exch_free(s.label[i]);
	}
	exch_free(s.agent);
	exch_free(s.label);
	exch_free(s.heap);
	exch_free(s.law);
	exch_free(s.role);
	exch_free(s.member);
	exch_free(s.group);
	return EXIT_SUCCESS;
}
