/*
 * Synthetic instruments: the index of their table, phases with answers behind
 * them, instruments that change their names or are refused, and memory that
 * runs out.
 */
#include <config.h>

#include <stdlib.h>

#include "base/alloc.h"
#include "md/legs.h"
#include "md/md.h"
#include "report_kit.h"
#include "tap.h"

static const char table[] = "name,leg,ratio\n"
			    "SUM,ABC,1\n"
			    "SUM,DEF,2\n"
			    "DIFF,DEF,1\n"
			    "DIFF,ABC,-1\n";

static const struct exch_stream_info plain = {.date = 20240307};

struct result {
	char *text;
	int err;
	uint64_t absent;
	struct exch_diag d;
};

static int
feed(struct exch_report_run *run, const struct tape *t, struct exch_diag *d)
{
	uint64_t seq = 0;
	int err = 0;

	for (size_t i = 0; i < t->n && err == 0;) {
		const struct exch_rec *r =
		    (const struct exch_rec *)(const void *)&t->word[i];

		err = exch_report_record(run, r, ++seq, d);
		i += exch_rec_len(r) / 8;
	}
	return err;
}

static const struct exch_given legs = {
    .value = "legs.csv", .text = table, .n = sizeof(table) - 1};

static void
make(const struct tape *t, enum exch_format format, unsigned levels,
    struct result *res)
{
	struct exch_report_opts o = {
	    .format = format, .levels = levels, .given = &legs};
	struct exch_report_run *run = NULL;
	struct exch_out *out = NULL;
	const unsigned char *p;
	size_t n;

	memset(res, 0, sizeof(*res));
	res->err = exch_out_mem(&out);
	if (res->err == 0)
		res->err = exch_report_new(
		    &exch_md_synthetic, &o, &plain, out, &run, &res->d);
	if (res->err == 0)
		res->err = feed(run, t, &res->d);
	if (res->err == 0)
		res->err = exch_report_finish(
		    run, EXCH_STATUS_COMPLETE, false, &res->d);
	if (res->err == 0) {
		res->absent = run->absent;
		p = exch_out_mem_bytes(out, &n);
		res->text = malloc(n + 1);
		memcpy(res->text, p, n);
		res->text[n] = '\0';
	}
	exch_report_free(run);
	exch_out_free(out);
}

/* The rows without their header, times and what is not implied. */
static void
is_rows(const struct tape *t, const char *want, const char *what)
{
	struct result res;
	char got[2048] = "";
	size_t n = 0;
	char *save = NULL;

	make(t, EXCH_FMT_CSV, 1, &res);
	for (char *l = strtok_r(res.text, "\n", &save); l != NULL;
	     l = strtok_r(NULL, "\n", &save)) {
		char *p = l;
		char *phase, *px;

		if (strncmp(l, "time,", 5) == 0)
			continue;
		p = strchr(p, ',') + 1;
		phase = strchr(p, ',');
		px = phase;
		for (unsigned i = 0; i < 12; i++)
			px = strchr(px + 1, ',');
		*phase++ = '\0';
		n += (size_t)snprintf(got + n, sizeof(got) - n, "%s %.*s%s\n",
		    p, (int)strcspn(phase, ","), phase, px);
	}
	tap_is_i64(res.err, 0, what);
	tap_is_str(got, want, what);
	free(res.text);
}

static struct exch_rec_instrument *
instrument(struct tape *t, uint32_t id, const char *symbol)
{
	struct exch_rec_instrument *r;
	size_t at = t->n;

	add_instrument(t);
	r = (struct exch_rec_instrument *)(void *)&t->word[at];
	r->h.instr = id;
	memset(r->symbol, 0, sizeof(r->symbol));
	memcpy(r->symbol, symbol, strlen(symbol));
	return r;
}

/* What was added from `at` on is of this instrument. */
static void
of(struct tape *t, size_t at, uint32_t id)
{
	while (at < t->n) {
		struct exch_rec *r = (struct exch_rec *)(void *)&t->word[at];

		r->instr = id;
		at += exch_rec_len(r) / 8;
	}
}

static void
order(struct tape *t, uint32_t instr, exch_oid id, uint8_t side, int64_t px,
    exch_qty qty)
{
	size_t at = t->n;

	add_order(t, id, side, px, qty, true);
	of(t, at, instr);
}

static void
phase(struct tape *t, uint32_t instr, uint8_t to)
{
	struct exch_rec_phase *p = add(t, EXCH_REC_PHASE, sizeof(*p), FEED, 0);

	p->phase = to;
	p->h.instr = instr;
}

static void
begin(struct tape *t)
{
	struct exch_rec_source *s;

	memset(t, 0, sizeof(*t));
	t->time = UINT64_C(1709803800) * EXCH_SEC;
	s = add(t, EXCH_REC_SOURCE, sizeof(*s) + 16, MATCHER, 0);
	s->h.len8 = 0;
	s->bytes = sizeof(*s) + 16;
	s->id = MATCHER;
	s->ntext = 11;
	memcpy(s + 1, "exch-match ", 11);
	(void)instrument(t, 1, "ABC");
	(void)instrument(t, 2, "DEF");
	order(t, 1, 1, EXCH_BUY, 1000, 50);
	order(t, 2, 1, EXCH_BUY, 300, 70);
	order(t, 2, 2, EXCH_SELL, 301, 30);
}

#define BEGUN                                                                  \
	"SUM ,16.00,35,DEF,,,\n"                                               \
	"DIFF ,,,,-6.99,30,DEF\n"

/* ---- tests ---- */

static void
names(void)
{
	struct exch_diag d = {0};
	struct exch_legs l;
	uint32_t abc, sum;

	tap_is_i64(exch_legs_parse(&l, table, sizeof(table) - 1, "legs", &d), 0,
	    "a table");
	tap_is_u64(l.n, 2, "two synthetics");
	tap_is_u64(l.nnames, 4, "four names");
	tap_is_u64(l.most, 2, "of two legs at most");
	abc = exch_legs_number(&l, "ABC", 3);
	sum = exch_legs_number(&l, "SUM", 3);
	tap_ok(exch_legs_number(&l, "AB", 2) == EXCH_LEGS_NONE &&
		   exch_legs_number(&l, "", 0) == EXCH_LEGS_NONE &&
		   exch_legs_number(&l, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 26) ==
		       EXCH_LEGS_NONE,
	    "others are none of them");
	tap_ok(l.users[abc + 1] - l.users[abc] == 2 &&
		   l.user[l.users[abc]] == 0 && l.user[l.users[abc] + 1] == 1,
	    "a leg moves both, in the order of the table");
	tap_ok(
	    l.users[sum + 1] - l.users[sum] == 1 && l.user[l.users[sum]] == 0,
	    "a synthetic itself");
	exch_legs_clear(&l);
	exch_legs_clear(&l);
}

/* What the engine answers to a phase is over before there is a row. */
static void
phases(void)
{
	static struct tape t;
	size_t at;

	begin(&t);
	is_rows(&t, BEGUN, "two books");
	phase(&t, 1, EXCH_PHASE_CALL);
	order(&t, 1, 5, EXCH_SELL, 990, 20);
	phase(&t, 1, EXCH_PHASE_CONTINUOUS);
	t.time -= EXCH_SEC;
	at = t.n;
	add_exec(&t, 1, 1, 5, 1000, 20);
	of(&t, at, 1);
	is_rows(&t,
	    BEGUN "SUM call,,,,,,\nDIFF call,,,,,,\n"
		  "SUM ,16.00,30,ABC,,,\nDIFF ,,,,-6.99,30,DEF\n",
	    "never crossed on the way");
	phase(&t, 0, EXCH_PHASE_HALT);
	is_rows(&t,
	    BEGUN "SUM call,,,,,,\nDIFF call,,,,,,\n"
		  "SUM ,16.00,30,ABC,,,\nDIFF ,,,,-6.99,30,DEF\n"
		  "SUM halt,,,,,,\nDIFF halt,,,,,,\n",
	    "the last record, of all instruments");
}

static void
renamed(void)
{
	static struct tape t;
	struct exch_rec_error *e;
	struct result res;

	begin(&t);
	(void)instrument(&t, 1, "XYZ");
	is_rows(&t, BEGUN "SUM ,,,,,,\nDIFF ,,,,,,\n", "another name");
	make(&t, EXCH_FMT_CSV, 1, &res);
	tap_is_u64(res.absent, 1, "of the old one there is none");
	free(res.text);

	begin(&t);
	(void)instrument(&t, 1, "XYZ");
	t.time -= EXCH_SEC;
	e = add(&t, EXCH_REC_ERROR, sizeof(*e), MATCHER, 0);
	e->h.len8 = 0;
	e->bytes = sizeof(*e);
	e->h.instr = 1;
	is_rows(&t, BEGUN, "one that is refused");

	begin(&t);
	(void)instrument(&t, 3, "ABC");
	order(&t, 3, 1, EXCH_BUY, 2000, 90);
	is_rows(&t, BEGUN, "of two of one name the first counts");
	(void)instrument(&t, 1, "XYZ");
	is_rows(&t, BEGUN "SUM ,26.00,35,DEF,,,\nDIFF ,,,,-16.99,30,DEF\n",
	    "then the other");
}

/* Cut off, and with every allocation failing once. */
static void
no_memory(void)
{
	static struct tape t;
	struct result whole, res;
	bool ok = true;

	begin(&t);
	phase(&t, 1, EXCH_PHASE_HALT);
	(void)instrument(&t, 2, "XYZ");
	make(&t, EXCH_FMT_JSON, 3, &whole);
	tap_is_i64(whole.err, 0, "it can be made");
	for (uint64_t k = 1; ok; k++) {
		exch_alloc_fail_at(k);
		make(&t, EXCH_FMT_JSON, 3, &res);
		exch_alloc_fail_at(0);
		ok = res.err == EXCH_ERR_NOMEM ||
		     (res.err == 0 && strcmp(res.text, whole.text) == 0);
		free(res.text);
		if (res.err == 0)
			break;
	}
	tap_ok(ok, "every allocation may fail, and is told");
	free(whole.text);
}

int
main(void)
{
	names();
	phases();
	renamed();
	no_memory();
	return tap_done();
}
