/* Options of single reports (params.h). */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/sha256.h"
#include "exch-report/params.h"

static void
add(struct params *p, unsigned *nopt, const struct exch_report_param *x)
{
	for (unsigned i = 0; i < *nopt; i++)
		if (strcmp(p->opt[i].name, x->name) == 0) {
			exch_check(p->opt[i].id >= PARAMS_FIRST);
			exch_check((p->opt[i].arg != NULL) == (x->arg != NULL));
			return;
		}
	exch_check(p->n < PARAMS_MAX && *nopt < EXCH_ARRAY_LEN(p->opt) - 1);
	p->opt[(*nopt)++] = (struct exch_opt){.name = x->name,
	    .letter = x->letter,
	    .arg = x->arg,
	    .help = x->what,
	    .id = PARAMS_FIRST + (int)p->n};
	p->param[p->n++] = x;
}

void
params_build(struct params *p, const struct exch_opt *own,
    const struct exch_report *const *all, unsigned n)
{
	unsigned nopt = 0;

	p->all = all;
	p->nall = n;
	for (; own[nopt].name != NULL; nopt++) {
		exch_check(nopt < PARAMS_MAX);
		p->opt[nopt] = own[nopt];
	}
	for (unsigned i = 0; i < n; i++) {
		const struct exch_report_param *x = all[i]->params;

		for (unsigned j = 0; x != NULL && x[j].name != NULL; j++) {
			exch_check(j < EXCH_PARAMS_MAX);
			add(p, &nopt, &x[j]);
		}
	}
}

void
params_take(struct params *p, int id, const char *value)
{
	/* a flag has no argument, and was given */
	p->value[id - PARAMS_FIRST] = value != NULL ? value : "";
}

/* Where a report has the parameter; UINT_MAX: it does not know it. */
static unsigned
place_of(const struct exch_report *report, const char *name)
{
	const struct exch_report_param *x = report->params;

	for (unsigned i = 0; x != NULL && x[i].name != NULL; i++)
		if (strcmp(x[i].name, name) == 0)
			return i;
	return ~0u;
}

/* Of an option that the report does not know: who does. */
static int
refuse(const struct params *p, const struct exch_cli *c, const char *name,
    const char *one, const struct exch_report *report)
{
	char who[256] = "";
	size_t n = 0;

	for (unsigned i = 0; i < p->nall && n < sizeof(who); i++)
		if (place_of(p->all[i], name) != ~0u)
			n += (size_t)snprintf(who + n, sizeof(who) - n, "%s%s",
			    n == 0 ? "" : ", ", p->all[i]->name);
	return exch_cli_usage(c,
	    "--%s is not an option of the %s '%s', but of %s", name, one,
	    report->name, who);
}

static int
load(struct params *p, const struct exch_cli *c,
    const struct exch_report_param *x, unsigned at)
{
	char words[96] = ""; /* nothing is written that could name it */
	struct exch_given *g = &p->given[at];
	int code = exch_cli_table(
	    c, x->name, g->value, words, sizeof(words), &p->text[at], &g->n);

	g->text = p->text[at];
	return code;
}

/* A table of the package, under the name of where it is. */
static int
load_stock(struct params *p, const struct exch_cli *c,
    const struct exch_report_param *x, unsigned at, const char *rules)
{
	struct exch_given *g = &p->given[at];
	static char path[EXCH_PARAMS_MAX][4096];
	struct exch_diag d = {0};
	size_t end;

	(void)snprintf(path[at], sizeof(path[at]), "%s/%s", rules, x->stock);
	g->value = path[at];
	if (exch_cli_slurp(g->value, &p->text[at], &g->n, &d) != 0) {
		end = strlen(d.text);
		(void)snprintf(d.text + end, sizeof(d.text) - end,
		    " (a table of the package; where it is not installed, "
		    "--rules DIR names data/report of its source)");
		return exch_cli_fail(c, &d);
	}
	g->text = p->text[at];
	return -1;
}

int
params_settle(struct params *p, const struct exch_cli *c,
    const struct exch_report *report, const char *one, const char *rules,
    const struct exch_report_opts *o)
{
	int code = -1;

	for (unsigned i = 0; i < p->n; i++) {
		unsigned at = place_of(report, p->param[i]->name);

		if (p->value[i] == NULL)
			continue;
		if (at == ~0u)
			return refuse(p, c, p->param[i]->name, one, report);
		p->given[at].value = p->value[i];
	}
	for (unsigned i = 0; code < 0 && report->params != NULL &&
			     report->params[i].name != NULL;
	     i++) {
		const struct exch_report_param *x = &report->params[i];

		if (p->given[i].value != NULL && x->table)
			code = load(p, c, x, i);
		else if (p->given[i].value == NULL && x->stock != NULL &&
			 (report->looks == NULL || report->looks(o, x)))
			code = load_stock(p, c, x, i, rules);
		else if (p->given[i].value == NULL && x->needed && !o->file)
			return exch_cli_usage(c, "'%s' needs --%s %s",
			    report->name, x->name,
			    x->arg != NULL ? x->arg : "");
	}
	return code;
}

int
params_open(struct params *p, struct exch_cli *c,
    const struct exch_report *report, struct exch_diag *d)
{
	const struct exch_report_param *x = report->params;
	int err = 0;

	for (unsigned i = 0; err == 0 && x != NULL && x[i].name != NULL; i++) {
		if (!x[i].stream || p->given[i].value == NULL)
			continue;
		err = exch_cli_open(c, p->given[i].value, &p->in[i], d);
		p->given[i].in = p->in[i];
	}
	return err;
}

static void
put_hash(struct exch_buf *b, const char *text, size_t n)
{
	unsigned char sum[32];
	struct exch_sha256 sha;
	char hex[65];

	exch_sha256_init(&sha);
	exch_sha256_add(&sha, text, n);
	exch_sha256_end(&sha, sum);
	exch_sha256_hex(sum, hex);
	exch_buf_add(b, hex, 16);
}

void
params_words(const struct params *p, const struct exch_report *report,
    struct exch_buf *b)
{
	const struct exch_report_param *x = report->params;

	for (unsigned i = 0; x != NULL && x[i].name != NULL; i++) {
		const struct exch_given *g = &p->given[i];

		if (g->value == NULL)
			continue;
		if (b->len > 0)
			exch_buf_char(b, ' ');
		exch_buf_str(b, x[i].name);
		if (x[i].arg == NULL)
			continue;
		exch_buf_char(b, '=');
		if (g->text != NULL)
			put_hash(b, g->text, g->n);
		else
			exch_buf_str(b, g->value);
	}
}

void
params_free(struct params *p)
{
	for (unsigned i = 0; i < EXCH_PARAMS_MAX; i++) {
		exch_free(p->text[i]);
		exch_in_close(p->in[i]);
	}
}
