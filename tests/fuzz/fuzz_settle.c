/*
 * The tables of exch-settle and the stream that it settles: whatever they say
 * there is an error or every entry balances, which the ledger checks itself;
 * and what the ledger holds in the end adds up to 0 in each unit.
 *
 * An input has sections.  A line "=NAME WORDS" begins the table of that name,
 * "=stream" records as JSON lines; what stands before the first one tells of
 * the options, a letter for each.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "settle/action.h"
#include "settle/allocation.h"
#include "settle/bond.h"
#include "settle/compare.h"
#include "settle/exercise.h"
#include "settle/fx.h"
#include "settle/lending.h"
#include "settle/loss.h"
#include "settle/penalty.h"
#include "settle/settle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Days that go by between two records take their time: not all of history. */
#define SPAN (400 * 86400 * EXCH_SEC)

static const char header[] = "{\"t\":\"header\",\"major\":1,\"minor\":0,"
			     "\"start\":\"2026-07-14T00:00:00.000000000Z\","
			     "\"id\":\"000102030405060708090a0b0c0d0e0f\","
			     "\"date\":20260714,\"source\":6,\"text\":\"\"}\n";

typedef int parse(const char *text, size_t n, const char *name,
    struct exch_reftable *t, struct exch_diag *d);

static const struct {
	const char *name;
	parse *parse;
} kinds[] = {{"cycles", exch_cycles_parse}, {"bonds", exch_bonds_parse},
    {"penalties", exch_penalties_parse}, {"actions", exch_actions_parse},
    {"allocations", exch_allocations_parse}, {"reported", exch_reported_parse},
    {"rates", exch_fx_parse}, {"members", exch_members_parse},
    {"defaults", exch_defaults_parse}, {"exercises", exch_wishes_parse},
    {"lending", exch_lending_parse}, {"collateral", exch_collateral_parse},
    {"recalls", exch_recalls_parse}, {"cash", exch_moneys_parse}};
enum { KINDS = EXCH_ARRAY_LEN(kinds), CASH = KINDS - 1 };

struct input {
	struct exch_reftable table[KINDS];
	bool has[KINDS];
	const char *stream;
	size_t nstream;
	struct exch_settle_opts o;
	uint32_t until;
	bool had; /* two accounts have something before */
};

static void
options(struct input *in, const char *text, size_t n)
{
	struct exch_settle_opts *o = &in->o;

	for (size_t i = 0; i < n; i++)
		switch (text[i]) {
		case '1':
		case '2':
		case '3':
			o->model = (unsigned)(text[i] - '0');
			break;
		case 'b':
			o->bilateral = true;
			break;
		case 'w':
			o->whole = true;
			break;
		case 's':
			o->need_securities = true;
			break;
		case 'c':
			o->need_cash = true;
			break;
		case 'x':
			o->convert = true;
			break;
		case 'k':
			o->close_out = 1;
			break;
		case 'p':
			o->premium = 200;
			break;
		case 'd':
			o->days++;
			break;
		case 'r':
			o->remember = 1;
			break;
		case 'h':
			in->had = true;
			break;
		case 'u':
			in->until = UINT32_MAX;
			break;
		default:
			break;
		}
	if (o->days > EXCH_CYCLE_MOST)
		o->days = EXCH_CYCLE_MOST;
	/* As the tool has it. */
	if (o->model == 3)
		o->bilateral = o->whole = false;
	else
		o->close_out = o->premium = 0;
	memcpy(o->currency, "USD", 3);
}

static void
table(struct input *in, unsigned k, const char *text, size_t n)
{
	struct exch_diag d = {0};

	if (in->has[k])
		return;
	if (kinds[k].parse(text, n, "fuzz", &in->table[k], &d) == EXCH_OK)
		in->has[k] = true;
	else
		exch_check(d.code != EXCH_OK && in->table[k].n == 0);
}

static void
section(struct input *in, const char *text, size_t n)
{
	const char *line = memchr(text, '\n', n);
	size_t name;

	if (line == NULL)
		return;
	name = (size_t)(line - text);
	line++;
	n -= name + 1;
	if (name == 6 && memcmp(text, "stream", 6) == 0) {
		in->stream = line;
		in->nstream = n;
		return;
	}
	for (unsigned k = 0; k < KINDS; k++)
		if (strlen(kinds[k].name) == name &&
		    memcmp(kinds[k].name, text, name) == 0)
			table(in, k, line, n);
}

static void
split(struct input *in, const char *text, size_t n)
{
	bool first = true;

	while (n > 0) {
		const char *next = memchr(text, '=', n);
		size_t here;

		/* Only at the beginning of a line. */
		while (next != NULL && next > text && next[-1] != '\n')
			next = memchr(
			    next + 1, '=', n - (size_t)(next + 1 - text));
		here = next == NULL ? n : (size_t)(next - text);
		if (first)
			options(in, text, here);
		else
			section(in, text, here);
		first = false;
		here += next != NULL;
		text += here;
		n -= here;
	}
	if (first)
		options(in, "", 0);
}

/* What all accounts have of it. */
static int
sum_up(void *arg, const struct exch_leg *balance, struct exch_diag *d)
{
	exch_i128 *sum = arg;

	(void)d;
	/* Units are few here; one cell each would be more than is needed. */
	sum[balance->unit % 4096] += balance->amount;
	return EXCH_OK;
}

static void
settle(struct input *in, struct exch_reader *r, struct exch_writer *w)
{
	static const char symbol[24] = "ABC";
	static exch_i128 sum[4096];
	const struct exch_money_row *m = in->table[CASH].row;
	const struct exch_rec *rec;
	struct exch_settle *s;
	struct exch_diag d = {0};
	exch_ts begin = 0;
	int err = exch_settle_new(&in->o, &s, &d);

	if (err != 0)
		return;
	for (size_t i = 0; i < in->table[CASH].n && err == 0; i++)
		err = exch_settle_has_money(
		    s, m[i].account, m[i].currency, m[i].amount, &d);
	for (uint32_t a = 5; a <= 6 && in->had && err == 0; a++)
		err = exch_settle_has(s, a, symbol, 1000 * (int64_t)a, &d);
	if (err == 0)
		err = exch_settle_has_fund(s, &d);
	while (err == 0 && exch_reader_next(r, &rec, &d) > 0) {
		if (rec->source >= exch_writer_source(w))
			continue;
		if (rec->time != EXCH_TS_NONE && rec->time != 0) {
			begin = begin == 0 ? rec->time : begin;
			if (rec->time > begin && rec->time - begin > SPAN)
				break;
		}
		err = exch_settle_time(s, rec, w, &d);
		if (err != 0)
			break;
		exch_writer_copy(w, rec, exch_reader_seq(r));
		err = exch_settle_record(s, rec, w, &d);
		if (err == EXCH_ERR_RANGE || err == EXCH_ERR_ABSENT)
			err = EXCH_OK;
	}
	if (err == 0)
		err = exch_settle_end(s, in->until, w, &d);
	memset(sum, 0, sizeof(sum));
	exch_check(exch_ledger_each(exch_settle_ledger(s), sum_up, sum, &d) ==
		   EXCH_OK);
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(sum); i++)
		exch_check(sum[i] == 0);
	exch_settle_free(s);
}

static void
run(struct input *in)
{
	size_t n = sizeof(header) - 1 + in->nstream;
	unsigned char *p = malloc(n);
	struct exch_reader_opts ro = {.partial = true};
	struct exch_writer_opts wo = {.tool = "fuzz", .options = ""};
	struct exch_diag d = {0};
	struct exch_in *from;
	struct exch_out *to;
	struct exch_reader *r = NULL;
	struct exch_writer *w;

	exch_check(p != NULL);
	memcpy(p, header, sizeof(header) - 1);
	if (in->nstream > 0)
		memcpy(p + sizeof(header) - 1, in->stream, in->nstream);
	exch_check(exch_in_mem(p, n, "input", &from, NULL) == 0);
	exch_out_mem(&to);
	if (exch_reader_open(from, &ro, &r, &d) == 0) {
		wo.upstream = r;
		if (exch_writer_open(to, &wo, &w, &d) == 0) {
			settle(in, r, w);
			(void)exch_writer_close(w, EXCH_STATUS_COMPLETE, &d);
			exch_writer_free(w);
		}
	}
	exch_reader_close(r);
	exch_in_close(from);
	exch_out_free(to);
	free(p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {.o = {.model = 3, .days = 1, .remember = 1024}};
	const struct exch_reftable **of[KINDS] = {&in.o.cycle, &in.o.bonds,
	    &in.o.penalties, &in.o.actions, &in.o.allocations, &in.o.reported,
	    &in.o.rates, &in.o.members, &in.o.defaults, &in.o.exercises,
	    &in.o.lending, &in.o.collateral, &in.o.recalls};

	if (size > 100000)
		return 0;
	split(&in, (const char *)data, size);
	for (unsigned k = 0; k < CASH; k++)
		if (in.has[k])
			*of[k] = &in.table[k];
	if (in.o.model != 3)
		in.o.members = in.o.defaults = NULL;
	if (in.o.rates == NULL)
		in.o.convert = false;
	if (in.stream != NULL)
		run(&in);
	for (unsigned k = 0; k < KINDS; k++)
		exch_reftable_clear(&in.table[k]);
	return 0;
}
