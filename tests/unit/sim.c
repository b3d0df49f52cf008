/*
 * The simulation as a library: a scenario from memory into a stream in
 * memory, the same each time, whole or told that there is no memory, whichever
 * allocation fails; and the order of actors that are due together.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "sim/agenda.h"
#include "sim/plan.h"
#include "tap.h"

static const char scenario[] =
    "instrument ABC tick 0.01 lot 10 reference 10.00\n"
    "begin 09:00\n"
    "end 09:00:02\n"
    "set rate 5\n"
    "flow zero ABC accounts 3 market-rate $rate\n"
    "agent MM maker half-spread 0\n"
    "latency feed 1ms entry lognormal 1ms 0.5\n"
    "fees maker -0.1bp taker 0.3bp\n"
    "outage of MM feed from 09:00:01.2 to 09:00:01.4\n"
    "outage all from 09:00:01.3 to 09:00:01.5\n"
    "turns 100000\n"
    "instrument ABC.X tick 0.01 lot 10\n"
    "instrument ABC.Y tick 0.01 lot 10\n"
    "venue X maker -0.2bp latency all 1ms\n"
    "venue Y taker 0.1bp latency entry lognormal 1ms 0.5\n"
    "agent R router on ABC.X,ABC.Y quantity 9 start 500ms limit 10.01 "
    "rest post\n"
    "09:00:00.1 ANN sell 20 ABC.X @ 10.00\n"
    "+1ms     ANN sell 20 ABC.Y @ 10.01\n"
    "09:00:01 ANN buy 50 ABC @ 10.00 as one\n"
    "+1ms     cancel one\n"
    "instrument ABC max 1000\n"
    "+1ms     ANN buy 50 ABC @ 9.00\n";

static int
none(void *arg, const char *path, struct exch_in **in, struct exch_diag *d)
{
	(void)arg;
	(void)in;
	return exch_diag_set(
	    d, EXCH_ERR_ABSENT, path, EXCH_POS_NONE, 0, "no files here");
}

/* Run what the plan says; 0 and the bytes, or what has failed. */
static int
run_plan(struct exch_plan *p, struct exch_out *out, const char *fill,
    struct exch_diag *d)
{
	struct exch_writer_opts wo = {
	    .tool = "test", .options = "", .guest = "engine"};
	struct exch_sim_opts so = {.seed = 3,
	    .begin = p->begin,
	    .end = p->end,
	    .match = {.phase = EXCH_PHASE_CONTINUOUS}};
	struct exch_writer *w = NULL;
	struct exch_sim *s = NULL;
	int err = exch_fill_parse(fill, strlen(fill), &so.fill);

	if (err == EXCH_OK)
		err = exch_writer_open(out, &wo, &w, d);
	if (err == EXCH_OK)
		err = exch_sim_new(&so, w, &s, d);
	if (err == EXCH_OK)
		err = exch_plan_start(p, s, d);
	if (err == EXCH_OK)
		err = exch_sim_run(s, d);
	exch_sim_free(s);
	if (err == EXCH_OK)
		err = exch_writer_close(w, EXCH_STATUS_COMPLETE, d);
	exch_writer_free(w);
	return err;
}

static int
run(struct exch_out *out, const char *fill, struct exch_diag *d)
{
	struct exch_plan_opts po = {.open = none};
	struct exch_plan p;
	struct exch_in *in = NULL;
	int err;

	exch_plan_init(&p);
	err = exch_in_mem(scenario, strlen(scenario), "scenario", &in, d);
	if (err == EXCH_OK)
		err = exch_plan_read(&p, in, &po, d);
	if (err == EXCH_OK)
		err = run_plan(&p, out, fill, d);
	exch_in_close(in);
	exch_plan_clear(&p);
	return err;
}

static const char *
named(const char *what, const char *fill)
{
	static char text[128];

	snprintf(text, sizeof(text), "%s: %s", fill, what);
	return text;
}

static void
no_memory(const char *fill)
{
	struct exch_out *whole = NULL, *part;
	const unsigned char *a, *b;
	size_t na = 0, nb = 0;
	unsigned told = 0, untold = 0;
	struct exch_diag d = {0};

	if (exch_out_mem(&whole) != 0)
		exit(1);
	tap_is_i64(run(whole, fill, &d), 0, named("it runs", fill));
	a = exch_out_mem_bytes(whole, &na);
	tap_ok(na > 1000, named("into a stream", fill));
	for (uint64_t n = 1; n < 100000; n++) {
		int err;

		part = NULL;
		exch_diag_clear(&d);
		if (exch_out_mem(&part) != 0)
			exit(1);
		exch_alloc_fail_at(n);
		err = run(part, fill, &d);
		exch_alloc_fail_at(0);
		b = exch_out_mem_bytes(part, &nb);
		if (err == EXCH_OK) {
			tap_ok(nb == na && memcmp(a, b, na) == 0,
			    named("with memory it is the same stream", fill));
			exch_out_free(part);
			break;
		}
		told += err == EXCH_ERR_NOMEM;
		untold += err != EXCH_ERR_NOMEM || d.text[0] == '\0';
		exch_out_free(part);
	}
	tap_ok(told > 50, named("allocations were made to fail", fill));
	tap_is_i64(untold, 0, named("each was told as what it was", fill));
	exch_out_free(whole);
}

/* Against a search of all of them. */
static void
agenda(void)
{
	enum { N = 37 };
	struct exch_agenda a;
	exch_ts due[N], first;
	struct exch_rng r;
	unsigned wrong = 0;

	if (exch_agenda_init(&a, N) != EXCH_OK)
		exit(1);
	for (unsigned i = 0; i < N; i++)
		due[i] = EXCH_TS_NONE;
	exch_rng_seed(&r, 1);
	for (unsigned k = 0; k < 20000; k++) {
		uint32_t i = (uint32_t)exch_rng_below(&r, N), best = 0;

		due[i] = exch_rng_chance(&r, 1, 8) ? EXCH_TS_NONE
						   : exch_rng_below(&r, 50);
		exch_agenda_set(&a, i, due[i]);
		for (uint32_t j = 1; j < N; j++) {
			if (due[j] < due[best])
				best = j;
		}
		wrong +=
		    exch_agenda_first(&a, &first) != best || first != due[best];
	}
	tap_is_i64(wrong, 0, "who is next, the lowest number of equal ones");
	exch_agenda_clear(&a);
}

int
main(void)
{
	agenda();
	no_memory("market");
	no_memory("l2:power2");
	no_memory("ghost");
	return tap_done();
}
