/*
 * Whole reports over records made here: broken trades, the fidelity
 * account, what a stream lacks, memory that runs out, and records that are
 * too short or make no sense.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "report/manifest.h"
#include "report/report.h"
#include "report_kit.h"
#include "tap.h"

static void
add_expect(struct tape *t, uint64_t match, uint32_t group, uint8_t flags)
{
	struct exch_rec_expect *e =
	    add(t, EXCH_REC_EXPECT, sizeof(*e), FEED, flags);

	e->match = match;
	e->price = 1000 * PX;
	e->qty = 10;
	e->group = group;
	if ((flags & EXCH_F_IMPOSED) != 0)
		e->cause = EXCH_CAUSE_QUEUE;
}

static void
add_miss(struct tape *t, uint64_t match, uint16_t cause)
{
	struct exch_rec_miss *m = add(t, EXCH_REC_MISS, sizeof(*m), MATCHER, 0);

	m->match = match;
	m->cause = cause;
}

static void
add_bust(struct tape *t, uint64_t match)
{
	struct exch_rec_bust *b = add(t, EXCH_REC_BUST, sizeof(*b), FEED, 0);

	b->match = match;
}

/* ---- running ---- */

struct result {
	char *text;
	size_t n;
	int err;
	unsigned lacks;
	uint64_t unknown;
	struct exch_diag d;
};

static const struct exch_stream_info compared = {
    .date = 20240307, .text = "expect=yes\nzone=UTC\n"};
static const struct exch_stream_info plain = {.date = 20240307};

static int
feed(struct exch_report_run *run, const struct tape *t, struct exch_diag *d)
{
	uint64_t seq[256] = {0};
	int err = 0;

	for (size_t i = 0; i < t->n && err == 0;) {
		const struct exch_rec *r =
		    (const struct exch_rec *)(const void *)&t->word[i];

		err = exch_report_record(run, r, ++seq[r->source], d);
		i += exch_rec_len(r) / 8;
	}
	return err;
}

static struct exch_report_opts
options(enum exch_format format)
{
	return (struct exch_report_opts){.format = format,
	    .levels = 3,
	    .interval = EXCH_SEC,
	    .fill = true,
	    .misses = 5,
	    .changed = true,
	    .digest = true,
	    .hash = true};
}

/* The tables of the package, as a command line gives them: read once. */
static const struct exch_given *
stock(const struct exch_report *report)
{
	static const struct exch_report *whose[64];
	static struct exch_given given[64][EXCH_PARAMS_MAX];
	const char *src = getenv("srcdir");
	unsigned at = 0;

	while (whose[at] != NULL && whose[at] != report)
		at++;
	if (whose[at] != NULL)
		return given[at];
	whose[at] = report;
	for (unsigned i = 0;
	     report->params != NULL && report->params[i].name != NULL; i++) {
		const size_t room = 1 << 20;
		char path[512];
		char *text;
		FILE *f;

		if (report->params[i].stock == NULL)
			continue;
		snprintf(path, sizeof(path), "%s/data/report/%s",
		    src != NULL ? src : ".", report->params[i].stock);
		f = fopen(path, "rb");
		text = calloc(1, room);
		if (f == NULL || text == NULL) {
			perror(path);
			exit(1);
		}
		given[at][i].n = fread(text, 1, room - 1, f);
		given[at][i].text = text;
		given[at][i].value = report->params[i].stock;
		fclose(f);
	}
	return given[at];
}

static void
make(const char *name, enum exch_format format,
    const struct exch_stream_info *info, const struct tape *t,
    struct result *res)
{
	struct exch_report_opts o = options(format);
	const struct exch_report *report = exch_report_by_name(name);
	struct exch_report_run *run = NULL;
	struct exch_out *out = NULL;
	char *manifest = NULL;
	const unsigned char *p;
	size_t n;

	memset(res, 0, sizeof(*res));
	o.given = stock(report);
	o.order = "1"; /* of those that are of one */
	res->err = exch_out_mem(&out);
	if (res->err != 0)
		return;
	res->err = exch_report_new(report, &o, info, out, &run, &res->d);
	if (res->err == 0)
		res->err = feed(run, t, &res->d);
	if (res->err == 0)
		res->err = exch_report_finish(
		    run, EXCH_STATUS_COMPLETE, false, &res->d);
	if (res->err == 0)
		res->err = exch_manifest_make(run,
		    &(struct exch_manifest_file){.name = "a.csv"}, &manifest,
		    &n, &res->d);
	exch_free(manifest);
	if (res->err == 0) {
		res->lacks = exch_report_lacks(run);
		res->unknown = run->unknown;
		p = exch_out_mem_bytes(out, &n);
		res->text = malloc(n + 1);
		if (n > 0)
			memcpy(res->text, p, n);
		res->text[n] = '\0';
		res->n = n;
	}
	exch_report_free(run);
	exch_out_free(out);
}

/* The value of a column in the first row of a CSV. */
static void
is_cell(const struct result *res, const char *name, const char *want)
{
	const char *head = res->text;
	const char *row = head == NULL ? NULL : strchr(head, '\n');
	size_t len = strlen(name);
	char got[64] = "(no such column)";

	while (row != NULL) {
		size_t h = strcspn(head, ",\n");
		size_t v;

		row++;
		v = strcspn(row, ",\n");
		if (h == len && memcmp(head, name, h) == 0) {
			snprintf(got, sizeof(got), "%.*s", (int)v, row);
			break;
		}
		if (head[h] == '\n')
			break;
		head += h + 1;
		row += v;
	}
	tap_is_str(got, want, name);
}

static void
is_summary(const struct tape *t, const struct exch_stream_info *info,
    const char *const *cells)
{
	struct result res;

	make("summary", EXCH_FMT_CSV, info, t, &res);
	tap_is_i64(res.err, 0, "summary is made");
	for (; cells[0] != NULL; cells += 2)
		is_cell(&res, cells[0], cells[1]);
	free(res.text);
}

/* ---- tests ---- */

static void
begin(struct tape *t)
{
	memset(t, 0, sizeof(*t));
	t->time = UINT64_C(1709803800) * EXCH_SEC;
	add_instrument(t);
}

/* Two trades of 10 at 10.00, 30 at 10.05; numbers of the venue differ. */
static void
two_trades(struct tape *t)
{
	begin(t);
	add_order(t, 1, EXCH_SELL, 1000, 10, true);
	add_order(t, 2, EXCH_SELL, 1005, 100, true);
	add_order(t, 3, EXCH_BUY, 1000, 10, false);
	add_exec(t, 1, 3, 1, 1000, 10);
	add_expect(t, 77, 1, 0);
	add_order(t, 4, EXCH_BUY, 1005, 30, false);
	add_exec(t, 2, 4, 2, 1005, 30);
}

static void
busts(void)
{
	static struct tape t;

	two_trades(&t);
	is_summary(&t, &compared,
	    (const char *const[]){"trades", "2", "volume", "40", "turnover",
		"401.50", "vwap", "10.0375", "open", "10.00", "close", "10.05",
		"resting", "1", "orders", "4", NULL});
	add_bust(&t, 77);
	is_summary(&t, &compared,
	    (const char *const[]){"trades", "1", "volume", "30", "turnover",
		"301.50", "vwap", "10.0500", "open", "10.00", NULL});
	/* once only */
	add_bust(&t, 77);
	is_summary(&t, &compared,
	    (const char *const[]){"trades", "1", "volume", "30", NULL});
	/* what the engine did not do cannot be broken */
	two_trades(&t);
	add_expect(&t, 78, 1, 0);
	add_miss(&t, 78, EXCH_CAUSE_ABSENT);
	add_bust(&t, 78);
	is_summary(&t, &compared,
	    (const char *const[]){"trades", "2", "volume", "40", NULL});
}

static void
crosses(void)
{
	static struct tape t;
	struct exch_rec_trade *tr;

	two_trades(&t);
	tr = add(&t, EXCH_REC_TRADE, sizeof(*tr), FEED, EXCH_F_IMPOSED);
	tr->match = 90;
	tr->price = 1100 * PX;
	tr->qty = 1000;
	tr->kind = EXCH_PRINT_CROSS;
	tr->cross = EXCH_CROSS_CLOSE;
	is_summary(&t, &compared,
	    (const char *const[]){"trades", "3", "volume", "1040",
		"close_auction_price", "11.00", "close_auction_volume", "1000",
		"open_auction_price", "", "auctions", "1", "close", "11.00",
		NULL});
}

/* 1 s with bid 9.99 ask 10.01, then 3 s with ask 10.03: mean 3.5 ticks. */
static void
spreads(void)
{
	static struct tape t;
	struct exch_rec_cancelled *c;
	struct exch_rec_phase *p;

	begin(&t);
	add_order(&t, 1, EXCH_BUY, 999, 10, true);
	add_order(&t, 2, EXCH_SELL, 1003, 10, true);
	add_order(&t, 3, EXCH_SELL, 1001, 10, true);
	c = add(&t, EXCH_REC_CANCELLED, sizeof(*c), MATCHER, EXCH_F_LAST);
	c->order = 3;
	c->qty = 10;
	t.time += EXCH_SEC;
	p = add(&t, EXCH_REC_PHASE, sizeof(*p), FEED, 0);
	p->phase = EXCH_PHASE_CALL;
	p->h.instr = 0;
	t.time += 100 * EXCH_SEC;
	add_order(&t, 4, EXCH_BUY, 1010, 10, true);
	/*
	 * Order 2 rests from its ACK on; 3's ACK comes 2 s later, its end
	 * 1 s after that, the call 2 s after that.
	 */
	is_summary(&t, &plain,
	    (const char *const[]){"spread_ticks", "3.6000", "spread", "0.036",
		"quoted_seconds", "5.000000000", "resting", "3", NULL});
}

static void
fidelity(void)
{
	static struct tape t;
	struct result res;

	two_trades(&t);
	add_expect(&t, 78, 1, 0);
	add_expect(&t, 79, 2, 0);
	add_miss(&t, 79, EXCH_CAUSE_QTY);
	add_expect(&t, 80, 3, EXCH_F_IMPOSED);
	is_summary(&t, &compared,
	    (const char *const[]){"expected", "3", "exact", "2", "missed", "1",
		"unexpected", "0", "imposed", "1", "fidelity", "50.00", NULL});
	make("fidelity", EXCH_FMT_CSV, &compared, &t, &res);
	tap_ok(res.text != NULL &&
		   strstr(res.text, "\nABC,missed,qty,1,,") != NULL &&
		   strstr(res.text, "\nABC,imposed,queue,1,,") != NULL &&
		   strstr(res.text, "\nABC,groups,,3,,") != NULL &&
		   strstr(res.text, "\nABC,groups-exact,,1,33.33,") != NULL,
	    "causes and groups");
	tap_ok(res.text != NULL &&
		   strstr(res.text, "\nABC,miss,qty,1,,2024-03-07T09:30:14."
				    "000000000Z,2,7,79,") != NULL,
	    "the miss is listed with its place");
	free(res.text);

	two_trades(&t);
	add_miss(&t, 0, EXCH_CAUSE_UNEXPECTED);
	is_summary(&t, &compared,
	    (const char *const[]){"expected", "1", "exact", "1", "unexpected",
		"1", "fidelity", "99.99", NULL});
	/* without a comparison there is no figure to be proud of */
	two_trades(&t);
	is_summary(&t, &plain,
	    (const char *const[]){
		"expected", "0", "exact", "0", "fidelity", "", NULL});
}

static void
lacking(void)
{
	static struct tape t;
	struct exch_rec_new *n;
	struct result res;

	begin(&t);
	make("trades", EXCH_FMT_CSV, &plain, &t, &res);
	tap_is_u64(res.lacks, 0, "an empty day lacks nothing");
	free(res.text);
	n = add(&t, EXCH_REC_NEW, sizeof(*n), FEED, 0);
	n->order = 1;
	make("trades", EXCH_FMT_CSV, &plain, &t, &res);
	tap_is_u64(res.lacks, EXCH_NEEDS_MATCH, "orders without an answer");
	free(res.text);
	make("summary", EXCH_FMT_CSV, &plain, &t, &res);
	tap_is_u64(res.lacks, 0, "the summary says so itself");
	free(res.text);
	two_trades(&t);
	make("fidelity", EXCH_FMT_CSV, &plain, &t, &res);
	tap_is_u64(res.lacks, EXCH_NEEDS_EXPECT, "nothing was compared");
	tap_ok(res.text != NULL && strchr(res.text, '\n') != NULL &&
		   strchr(res.text, '\n')[1] == '\0',
	    "and no figures are given");
	free(res.text);
	make("fidelity", EXCH_FMT_CSV, &compared, &t, &res);
	tap_is_u64(res.lacks, 0, "it was");
	free(res.text);
}

/* Every report, every form, with the n-th allocation failing. */
static void
no_memory(void)
{
	static struct tape t;
	const struct exch_report *const *all;
	struct result res;
	unsigned n;
	bool ok = true;

	two_trades(&t);
	add_expect(&t, 79, 2, 0);
	add_miss(&t, 79, EXCH_CAUSE_QTY);
	all = exch_report_all(&n);
	for (unsigned i = 0; i < n; i++)
		for (int f = EXCH_FMT_TEXT; f <= EXCH_FMT_JSON; f++) {
			uint64_t k = 0;

			do {
				exch_alloc_fail_at(++k);
				make(all[i]->name, (enum exch_format)f,
				    &compared, &t, &res);
				exch_alloc_fail_at(0);
				free(res.text);
				ok = ok && (res.err == 0 ||
					       res.err == EXCH_ERR_NOMEM);
			} while (res.err != 0 && k < 1000);
			ok = ok && k > 3 && k < 1000;
		}
	tap_ok(ok, "every allocation may fail, and is told");
}

/* Headers without bodies, of every type. */
static void
short_records(void)
{
	static struct tape t;
	const struct exch_report *const *all;
	struct result res;
	unsigned n;
	bool ok = true;
	unsigned refused = 0;

	all = exch_report_all(&n);
	for (unsigned i = 0; i < n; i++)
		for (unsigned type = 1; type < 256; type++) {
			begin(&t);
			add(&t, (uint8_t)type, sizeof(struct exch_rec), MATCHER,
			    EXCH_F_LAST);
			make(all[i]->name, EXCH_FMT_CSV, &compared, &t, &res);
			free(res.text);
			refused += res.err != 0;
			ok = ok && (res.err == 0 || res.err == EXCH_ERR_FORMAT);
		}
	tap_ok(ok, "records that are too short are refused or passed over");
	tap_ok(refused >= 3 * n, "those that matter are refused");
}

/* Records of the right size full of anything. */
static void
nonsense(void)
{
	static const struct {
		uint8_t type;
		uint8_t size;
	} kind[] = {{EXCH_REC_PHASE, 32}, {EXCH_REC_GAP, 48},
	    {EXCH_REC_NEW, 48}, {EXCH_REC_CANCEL, 32}, {EXCH_REC_REPLACE, 56},
	    {EXCH_REC_ACK, 24}, {EXCH_REC_REJECT, 32}, {EXCH_REC_EXEC, 64},
	    {EXCH_REC_CANCELLED, 40}, {EXCH_REC_REPLACED, 48},
	    {EXCH_REC_TRADE, 64}, {EXCH_REC_BUST, 32}, {EXCH_REC_EXPECT, 72},
	    {EXCH_REC_MISS, 88}, {EXCH_REC_AUCTION, 64}};
	static struct tape t;
	const struct exch_report *const *all;
	struct exch_rng rng;
	struct result res;
	unsigned n;
	bool ok = true;
	unsigned whole = 0;

	exch_rng_seed(&rng, 3);
	all = exch_report_all(&n);
	for (unsigned round = 0; round < 120; round++) {
		unsigned small = round % 4;

		begin(&t);
		for (unsigned i = 0; i < 100; i++) {
			unsigned k = (unsigned)exch_rng_below(
			    &rng, EXCH_ARRAY_LEN(kind));
			uint64_t *w = add(&t, kind[k].type, kind[k].size,
			    (uint8_t)(1 + exch_rng_below(&rng, 2)),
			    (uint8_t)exch_rng_below(&rng, 32));

			/* small numbers meet each other now and then */
			for (unsigned j = 2; j < kind[k].size / 8; j++)
				w[j] = small != 0 ? exch_rng_below(&rng, 4)
						  : exch_rng_u64(&rng);
		}
		for (unsigned i = 0; i < n; i++) {
			make(all[i]->name,
			    (enum exch_format)(EXCH_FMT_TEXT + round % 3),
			    &compared, &t, &res);
			free(res.text);
			whole += res.err == 0;
			ok = ok && (res.err == 0 || res.err == EXCH_ERR_RANGE ||
				       res.err == EXCH_ERR_FORMAT);
		}
	}
	tap_ok(ok, "nonsense is survived");
	tap_ok(whole > 100, "some of it gives reports");
}

int
main(void)
{
	busts();
	crosses();
	spreads();
	fidelity();
	lacking();
	no_memory();
	short_records();
	nonsense();
	return tap_done();
}
