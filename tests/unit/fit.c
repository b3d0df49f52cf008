/*
 * sim/fit: days made by a model with known parameters go as a matched stream
 * into the estimation, and the parameters come out, within three standard
 * errors; what it writes is what the models read.
 */
#include <config.h>

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "flow_kit.h"
#include "sim/fit.h"
#include "sim/fit_day.h"
#include "sim/hawkes.h"

#define INSTR 7u
#define TICK 10000000 /* 0.01 */
#define LOT 100u

static const char *const none[] = {NULL};

/* ---- the stream of a market ---- */

static void
head(struct exch_rec *h, uint8_t type, size_t size, exch_ts t)
{
	*h = (struct exch_rec){.type = type,
	    .len8 = (uint8_t)(size / 8),
	    .instr = INSTR,
	    .time = t};
}

#define TELL(f, r) exch_check(exch_fit_record((f), &(r).h, NULL) == EXCH_OK)

static void
tell_begin(struct exch_fit *f)
{
	struct exch_rec_instrument i = {.symbol = "ABC",
	    .tick = TICK,
	    .lot = LOT,
	    .max_qty = EXCH_QTY_NONE,
	    .px_decimals = 2,
	    .reference = EXCH_PX_NONE,
	    .strike = EXCH_PX_NONE};
	struct exch_rec_phase p = {.phase = EXCH_PHASE_CONTINUOUS};

	head(&i.h, EXCH_REC_INSTRUMENT, sizeof(i), 1);
	TELL(f, i);
	head(&p.h, EXCH_REC_PHASE, sizeof(p), 1);
	p.h.instr = 0; /* of all */
	TELL(f, p);
}

static void
tell_new(
    struct exch_fit *f, exch_ts t, exch_oid id, const struct exch_flow_order *o)
{
	struct exch_rec_new n = {.order = id,
	    .price =
		o->what == EXCH_FLOW_MARKET ? EXCH_PX_NONE : o->tick * TICK,
	    .qty = o->lots * LOT,
	    .side = o->side == 0 ? EXCH_BUY : EXCH_SELL};
	struct exch_rec_ack a = {.order = id};

	head(&n.h, EXCH_REC_NEW, sizeof(n), t);
	TELL(f, n);
	head(&a.h, EXCH_REC_ACK, sizeof(a), t);
	TELL(f, a);
}

static void
tell_cancel(struct exch_fit *f, exch_ts t, exch_oid id, uint64_t lots)
{
	struct exch_rec_cancel n = {.order = id, .qty = EXCH_QTY_NONE};
	struct exch_rec_cancelled c = {.order = id, .qty = lots * LOT};

	head(&n.h, EXCH_REC_CANCEL, sizeof(n), t);
	TELL(f, n);
	head(&c.h, EXCH_REC_CANCELLED, sizeof(c), t);
	TELL(f, c);
}

static void
tell_exec(
    struct exch_fit *f, const struct world *w, unsigned side, exch_oid other)
{
	struct exch_rec_exec e = {.buy = side == 0 ? w->events : other,
	    .sell = side == 0 ? other : w->events,
	    .price = w->m.last * TICK,
	    .qty = LOT};

	head(&e.h, EXCH_REC_EXEC, sizeof(e), w->m.now);
	TELL(f, e);
}

static exch_oid
first(const struct world *w, unsigned side)
{
	exch_slot l = w->book.side[side].best;

	return l == EXCH_SLOT_NONE
		   ? 0
		   : w->store->slot[exch_book_first(w->store, l)].id;
}

/* Orders are of one lot: each trades with one other. */
static void
step(struct world *w, struct exch_fit *f)
{
	exch_oid best[2] = {first(w, 0), first(w, 1)};
	uint64_t trades = w->m.trades;

	world_step(w);
	if (w->order.what == EXCH_FLOW_CANCEL)
		tell_cancel(f, w->m.now, w->order.id, 1);
	else if (w->order.what != EXCH_FLOW_NOTHING)
		tell_new(f, w->m.now, w->events, &w->order);
	if (w->m.trades > trades)
		tell_exec(f, w, w->order.side, best[!w->order.side]);
}

/* The text that comes of so many events of a flow. */
static void
fit(const char *kind, const char *const *words, unsigned events, uint64_t seed,
    struct exch_buf *text, double *seconds)
{
	struct exch_diag d = {0};
	struct exch_fit *f;
	struct world w;

	exch_check(world_open(&w, kind, words, seed, 1000, &d) == 0);
	exch_check(exch_fit_new("ABC", &f, &d) == 0);
	tell_begin(f);
	for (unsigned i = 0; i < events; i++)
		step(&w, f);
	exch_check(exch_fit_finish(f, &d) == 0);
	tap_is_i64(exch_fit_write(f, kind, text, &d), EXCH_OK, kind);
	exch_buf_char(text, '\0');
	*seconds = world_seconds(&w);
	exch_fit_free(f);
	world_close(&w);
}

/* The i-th number of a parameter in the text. */
static double
number(const struct exch_buf *text, const char *name, unsigned i)
{
	char key[64];
	const char *p;
	char *end;
	double v = NAN;

	snprintf(key, sizeof(key), " %s ", name);
	p = strstr(text->p, key);
	if (p == NULL)
		return NAN;
	p += strlen(key);
	for (;; p = end + 1, i--) {
		v = strtod(p, &end);
		if (i == 0 || *end != ',')
			return i == 0 ? v : NAN;
	}
}

/* Does the model read the line, and live by it? */
static void
read_back(const struct exch_buf *text, const char *kind)
{
	static char copy[8192], store[64][4096];
	const char *words[65] = {NULL};
	struct exch_diag d;
	struct world w;
	unsigned n = 0;
	char *p;

	snprintf(copy, sizeof(copy), "%s", strstr(text->p, "\nflow ") + 1);
	strtok(copy, " \n");
	strtok(NULL, " \n");
	tap_is_str(strtok(NULL, " \n"), "ABC", "of that symbol");
	while ((p = strtok(NULL, " \n")) != NULL) {
		snprintf(store[n], 4096, "%s %s", p, strtok(NULL, " \n"));
		words[n] = store[n];
		n++;
	}
	tap_is_i64(world_open(&w, kind, words, 1, 10, &d), EXCH_OK,
	    "the model reads what was written");
	printf("# %s\n", d.text);
	for (unsigned i = 0; i < 50000; i++)
		world_step(&w);
	tap_ok(w.m.trades > 300 && world_two_sided(&w), "and lives by it");
	world_close(&w);
}

static void
within(double got, double want, double error, const char *what)
{
	tap_near(got, want, 3 * error, what);
}

static void
zero(void)
{
	static const char *const words[] = {"market-rate 8", "limit-rate 1.5",
	    "cancel-rate 0.25", "window 25", NULL};
	struct exch_buf b = {0};
	double t;

	fit("zero", words, 300000, 1, &b, &t);
	tap_ok(strncmp(
		   b.p, "instrument ABC tick 0.01 lot 100 reference ", 43) == 0,
	    "an instrument");
	within(number(&b, "market-rate", 0), 8, sqrt(8 / t), "mu");
	within(number(&b, "limit-rate", 0), 1.5, sqrt(1.5 / 50 / t), "alpha");
	within(number(&b, "cancel-rate", 0), 0.25,
	    0.25 / sqrt((2 * 25 * 1.5 - 8) * t), "delta");
	within(number(&b, "window", 0), 25, 0, "the window");
	within(number(&b, "size", 0), 1, 0, "the size");
	read_back(&b, "zero");
	exch_buf_free(&b);
}

static void
cst(void)
{
	static const double lambda[] = {1.85, 1.51, 1.09, 0.88, 0.77};
	static const double theta[] = {0.71, 0.81, 0.68, 0.56, 0.47};
	struct exch_buf b = {0};
	double t;

	fit("cst", none, 400000, 2, &b, &t);
	within(number(&b, "market-rate", 0), 0.94, sqrt(0.94 / 2 / t), "mu");
	for (unsigned i = 0; i < 5; i++) {
		within(number(&b, "limit-rates", i), lambda[i],
		    sqrt(lambda[i] / 2 / t), "lambda");
		/* All that come go: cancels are as many, less the markets. */
		within(number(&b, "cancel-rates", i), theta[i],
		    theta[i] / sqrt(0.5 * lambda[i] * t), "theta");
	}
	tap_ok(number(&b, "cancel-rates", 63) > 0 &&
		   isnan(number(&b, "cancel-rates", 64)),
	    "and one of all beyond");
	tap_ok(isnan(number(&b, "limit-rates", 5)), "nothing comes beyond");
	read_back(&b, "cst");
	exch_buf_free(&b);
}

/*
 * The reference that it finds is where the middle is, which is a tick off when
 * two levels of one side are empty; so second levels are hardly ever empty here.
 */
static void
queue(void)
{
	static const char *const words[] = {"theta 0", "levels 3",
	    "limit-1 1.5,1.2,1,0.9,0.8", "cancel-1 0,0.3,0.5,0.8,1",
	    "market-1 0,0.6,0.4,0.3", "limit-2 4,3,1.4,1.3",
	    "cancel-2 0,0.1,0.2,0.4,1.5,1.8", "market-2 0",
	    "limit-3 4,3,1.4,1.3", "cancel-3 0,0.1,0.2,0.4,1.5,1.8",
	    "market-3 0", NULL};
	static const double limit[] = {1.5, 1.2, 1, 0.9},
			    cancel[] = {0, 0.3, 0.5, 0.8},
			    market[] = {0, 0.6, 0.4, 0.3};
	/* of level 1: 0.0948, 0.158, 0.211, 0.192 of the time (flow_queue.c) */
	static const double share[] = {0.095, 0.158, 0.21, 0.19};
	struct exch_buf b = {0};
	double t;

	fit("queue", words, 600000, 3, &b, &t);
	for (unsigned i = 0; i < 4; i++) {
		double seen = 2 * t * share[i];

		within(number(&b, "limit-1", i), limit[i],
		    sqrt(limit[i] / seen) + 0.002, "limits by length");
		within(number(&b, "cancel-1", i), cancel[i],
		    sqrt(cancel[i] / seen) + 0.002, "cancels by length");
		within(number(&b, "market-1", i), market[i],
		    sqrt(market[i] / seen) + 0.002, "markets by length");
	}
	read_back(&b, "queue");
	exch_buf_free(&b);
}

/* Over eight paths: the mean of what is found, by its own standard error. */
static void
hawkes(void)
{
	static double time[40000];
	static uint8_t kind[40000];
	struct exch_hawkes is = {.kinds = 2,
	    .decays = 2,
	    .mu = {0.5, 0.8},
	    .a = {{0.4, 0.1}, {0.3, 0.35}},
	    .beta = {50, 1.5},
	    .share = {0.6, 0.4}};
	double want[10] = {0.5, 0.8, 0.4, 0.1, 0.3, 0.35, 50, 1.5, 0.6, 0.4};
	double sum[10] = {0}, two[10] = {0};

	for (uint64_t seed = 1; seed <= 8; seed++) {
		struct exch_hawkes h = is, found = {.kinds = 2,
					       .decays = 2,
					       .beta = {20, 5}};
		struct exch_rng r;
		unsigned k;
		double t = 0;

		exch_rng_seed(&r, seed);
		exch_hawkes_begin(&h);
		for (unsigned i = 0; i < EXCH_ARRAY_LEN(time); i++) {
			time[i] = t += exch_hawkes_next(&h, &r, &k);
			kind[i] = (uint8_t)k;
		}
		exch_fit_hawkes(
		    &found, time, kind, EXCH_ARRAY_LEN(time), t, 120);
		for (unsigned i = 0; i < 10; i++) {
			double v = i < 2   ? found.mu[i]
				   : i < 6 ? found.a[(i - 2) / 2][i % 2]
				   : i < 8 ? found.beta[i - 6]
					   : found.share[i - 8];

			sum[i] += v / 8;
			two[i] += v * v / 8;
		}
	}
	for (unsigned i = 0; i < 10; i++) {
		double error = sqrt((two[i] - sum[i] * sum[i]) / 7);

		/* What is left of EM after a number of turns: 1 % more. */
		within(sum[i], want[i], error + want[i] / 300,
		    "what is most likely is what it was");
		tap_ok(error < 0.05 * want[i], "and that is sharp");
		printf(
		    "# %.4f, was %.4f, error %.4f\n", sum[i], want[i], error);
	}
}

static void
hawkes_text(void)
{
	struct exch_buf b = {0};
	double t;

	fit("hawkes", none, 40000, 4, &b, &t);
	tap_ok(number(&b, "base-rates", 11) >= 0 &&
		   number(&b, "excite", 143) >= 0 &&
		   isnan(number(&b, "excite", 144)),
	    "twelve kinds");
	/* Market buys call for market buys, 0.30 of 1.11 of a branching 0.9. */
	printf("# %.3f of its own\n", number(&b, "excite", 0));
	read_back(&b, "hawkes");
	exch_buf_free(&b);
}

/* A replacement, an order that takes and then rests, a halt. */
static void
corners(void)
{
	struct exch_flow_order sell = {.side = 1, .tick = 105, .lots = 3};
	struct exch_flow_order buy = {.side = 0, .tick = 105, .lots = 5};
	struct exch_flow_order last = {.side = 1, .tick = 108, .lots = 1};
	struct exch_rec_replace p = {
	    .order = 2, .new_order = 3, .price = 104 * TICK, .qty = 100};
	struct exch_rec_replaced pd = {.order = 2, .new_order = 3, .qty = 100};
	struct exch_rec_exec e = {
	    .buy = 2, .sell = 1, .price = 105 * TICK, .qty = 300};
	struct exch_rec_phase halt = {.phase = EXCH_PHASE_HALT};
	struct exch_diag d = {0};
	struct exch_buf b = {0};
	struct exch_fit *f;

	sell.what = buy.what = last.what = EXCH_FLOW_LIMIT;
	exch_check(exch_fit_new(NULL, &f, &d) == 0);
	tap_is_i64(exch_fit_finish(f, &d), EXCH_ERR_ABSENT, "an empty stream");
	exch_diag_clear(&d);
	tell_begin(f);
	tell_new(f, EXCH_SEC, 1, &sell);
	tell_new(f, 2 * EXCH_SEC, 2, &buy);
	head(&e.h, EXCH_REC_EXEC, sizeof(e), 2 * EXCH_SEC);
	TELL(f, e);
	head(&p.h, EXCH_REC_REPLACE, sizeof(p), 5 * EXCH_SEC);
	TELL(f, p);
	head(&pd.h, EXCH_REC_REPLACED, sizeof(pd), 5 * EXCH_SEC);
	TELL(f, pd);
	tell_new(f, 7 * EXCH_SEC, 4, &last);
	head(&halt.h, EXCH_REC_PHASE, sizeof(halt), 9 * EXCH_SEC + 1);
	TELL(f, halt);
	/* None of this counts. */
	tell_cancel(f, 100 * EXCH_SEC, 3, 1);
	tap_is_i64(exch_fit_finish(f, &d), EXCH_OK, "a little day");
	tap_is_i64(exch_fit_write(f, "zero", &b, &d), EXCH_OK, "is written");
	exch_buf_char(&b, '\0');
	/*
	 * One took in nine seconds; one order went, of 1 + 3 + 4 + 2 s of orders;
	 * one has come where the other side had a best, and 4 ticks from it, which
	 * is the middle of 7: 1 / (2 x 7 x 9 s).
	 */
	tap_is_str(b.p,
	    "instrument ABC tick 0.01 lot 100 reference 1.05\n"
	    "flow zero ABC market-rate 0.111111 limit-rate 0.00793651 "
	    "cancel-rate 0.1 window 7 size 1,3,5 size-shares 0.5,0.25,0.25\n",
	    "as counted by hand");
	tap_is_i64(exch_fit_write(f, "queue", &b, &d), EXCH_ERR_ABSENT,
	    "too little for queues");
	exch_diag_clear(&d);
	tap_is_i64(exch_fit_write(f, "noise", &b, &d), EXCH_ERR_ABSENT,
	    "nobody estimates that");
	tap_is_str(d.text,
	    "\"noise\" cannot be estimated; zero, cst, hawkes, queue and mike "
	    "can",
	    "which is said");
	exch_buf_free(&b);
	exch_fit_free(f);
}

/* The n-th allocation fails: an error, and no more than that. */
static void
no_memory(void)
{
	bool failed = true;
	unsigned errors = 0;

	for (uint64_t at = 1; failed && at < 200; at++) {
		struct exch_rec_instrument i = {
		    .symbol = "ABC", .tick = TICK, .lot = LOT};
		struct exch_diag d = {0};
		struct exch_fit *f = NULL;
		int rc;

		exch_alloc_fail_at(at);
		rc = exch_fit_new("ABC", &f, &d);
		head(&i.h, EXCH_REC_INSTRUMENT, sizeof(i), 1);
		for (exch_oid id = 1; rc == 0 && id < 40; id++) {
			struct exch_rec_new n = {.order = id,
			    .price = TICK * (100 + (exch_px)id),
			    .qty = LOT,
			    .side = EXCH_SELL};
			struct exch_rec_ack a = {.order = id};

			head(&n.h, EXCH_REC_NEW, sizeof(n), id);
			head(&a.h, EXCH_REC_ACK, sizeof(a), id);
			rc = exch_fit_record(f, &i.h, &d);
			rc = rc == 0 ? exch_fit_record(f, &n.h, &d) : rc;
			rc = rc == 0 ? exch_fit_record(f, &a.h, &d) : rc;
		}
		failed = rc != 0;
		errors += failed && rc == EXCH_ERR_NOMEM;
		exch_alloc_fail_at(0);
		exch_fit_free(f);
	}
	tap_ok(!failed && errors > 5, "memory that runs out");
}

/*
 * A day that is as busy all the time has the profile 1 in any number of parts,
 * wherever these begin; 20699.58 s of 48 have one whose beginning, divided by
 * their length, is less than its number.
 */
static void
even_day(void)
{
	static const double seconds[] = {
	    1, 47.3, 1023.9, 14400, 20699.5799, 23400.000000001, 604800};
	struct exch_fit_day y;
	double factor[EXCH_FIT_PARTS], worst = 0, off;

	for (unsigned s = 0; s < sizeof(seconds) / sizeof(*seconds); s++) {
		memset(&y, 0, sizeof(y));
		y.seconds = seconds[s];
		y.span_long = 1;
		while (y.seconds >= y.span_long * EXCH_FIT_SPANS)
			y.span_long *= 2;
		for (unsigned i = 0; i * y.span_long < y.seconds; i++)
			y.span[i] =
			    fmin(y.span_long, y.seconds - i * y.span_long);
		for (unsigned n = 1; n <= EXCH_FIT_PARTS; n++) {
			exch_fit_day_profile(&y, n, factor);
			for (unsigned k = 0; k < n; k++) {
				off = fabs(factor[k] - 1);
				worst = off > worst ? off : worst;
			}
		}
	}
	tap_ok(worst < 1e-9, "an even day, in any number of parts");
}

int
main(void)
{
	even_day();
	zero();
	cst();
	queue();
	hawkes();
	hawkes_text();
	corners();
	no_memory();
	return tap_done();
}
