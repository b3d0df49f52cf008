/* Parameters of surveillance by date, linked accounts, and cases. */
#include <config.h>

#include <string.h>

#include "report/surveil.h"

struct rule_row {
	uint32_t from, until;
	char pattern[12];
	char name[16];
	int64_t value;
	char unit[16];
	char source[128];
};

#define NAME(p, n) {#p, #n},
static const char *const names[][2] = {EXCH_SURV_RULES(NAME)};

#define TEXT(row, field, column, lacks)                                        \
	{                                                                      \
		.name = column, .kind = EXCH_CELL_TEXT,                        \
		.off = offsetof(row, field),                                   \
		.size = sizeof(((row *)0)->field), .may_lack = lacks           \
	}

static const struct exch_column rule_columns[] = {
    {.name = "from",
	.kind = EXCH_CELL_DATE,
	.off = offsetof(struct rule_row, from),
	.may_lack = true},
    {.name = "until",
	.kind = EXCH_CELL_DATE,
	.off = offsetof(struct rule_row, until),
	.may_lack = true,
	.lack = 99991231},
    TEXT(struct rule_row, pattern, "pattern", false),
    TEXT(struct rule_row, name, "name", false),
    {.name = "value",
	.kind = EXCH_CELL_INT,
	.off = offsetof(struct rule_row, value),
	.least = 0,
	.most = INT64_C(1000000000)},
    TEXT(struct rule_row, unit, "unit", true),
    TEXT(struct rule_row, source, "source", true),
};

static const struct exch_reftable_shape rule_shape = {
    .what = "a table of surveillance parameters",
    .column = rule_columns,
    .ncolumns = EXCH_ARRAY_LEN(rule_columns),
    .row = sizeof(struct rule_row)};

static const struct exch_column label_columns[] = {
    TEXT(struct exch_surv_label, pattern, "pattern", false),
    TEXT(struct exch_surv_label, accounts, "accounts", false),
    {.name = "instrument",
	.kind = EXCH_CELL_U32,
	.off = offsetof(struct exch_surv_label, instrument)},
    TEXT(struct exch_surv_label, start, "start", false),
    TEXT(struct exch_surv_label, end, "end", false),
    TEXT(struct exch_surv_label, orders, "orders", true),
};

static const struct exch_reftable_shape label_shape = {
    .what = "a table of labels",
    .column = label_columns,
    .ncolumns = EXCH_ARRAY_LEN(label_columns),
    .row = sizeof(struct exch_surv_label)};

static int
read_one(struct exch_surv *s, const char *name,
    const struct exch_reftable_shape *shape, struct exch_reftable *t,
    struct exch_diag *d)
{
	const struct exch_given *g = exch_report_given(s->run, name);

	if (g == NULL)
		return EXCH_OK;
	return exch_reftable_parse(g->text, g->n, g->value, shape, t, d);
}

static bool
is_pattern(const char *word)
{
	for (unsigned i = 0; i < EXCH_SURV_PATTERNS; i++) {
		if (strcmp(word, exch_surv_words[i]) == 0)
			return true;
	}
	return false;
}

/* What no alert could ever meet is a mistake, and no alert that is missing. */
static int
check_labels(const struct exch_reftable *t, struct exch_diag *d)
{
	static const char no_time[] =
	    "is no time: expected one such as 2026-03-02T09:01:02Z";
	const struct exch_surv_label *l = t->row;
	exch_ts start, end;

	for (size_t i = 0; i < t->n; i++) {
		if (!is_pattern(l[i].pattern))
			return exch_reftable_bad_cell(t, i, "pattern", d,
			    "is no pattern that surveil looks for");
		if (exch_ts_parse(l[i].start, strlen(l[i].start), &start) != 0)
			return exch_reftable_bad_cell(
			    t, i, "start", d, "%s", no_time);
		if (exch_ts_parse(l[i].end, strlen(l[i].end), &end) != 0)
			return exch_reftable_bad_cell(
			    t, i, "end", d, "%s", no_time);
		if (end < start)
			return exch_reftable_bad_cell(
			    t, i, "end", d, "is before the start");
	}
	return EXCH_OK;
}

int
exch_surv_rules_read(struct exch_surv *s, struct exch_diag *d)
{
	int rc = exch_parties_read(
	    &s->parties, exch_report_given(s->run, "parties"), d);

	if (rc == EXCH_OK)
		rc = read_one(s, "parameters", &rule_shape, &s->rules, d);
	if (rc == EXCH_OK)
		rc = exch_cases_read(
		    &s->cases, exch_report_given(s->run, "cases"), d);
	if (rc == EXCH_OK)
		rc = read_one(s, "score", &label_shape, &s->labels, d);
	if (rc == EXCH_OK)
		rc = check_labels(&s->labels, d);
	s->scores = exch_report_given(s->run, "score") != NULL;
	return rc;
}

int
exch_surv_rules_of(struct exch_surv *s, uint32_t date, struct exch_diag *d)
{
	const struct rule_row *row = s->rules.row;

	for (unsigned k = 0; k < EXCH_SURV_NRULES; k++) {
		bool found = false;

		for (size_t i = 0; i < s->rules.n; i++) {
			if (strcmp(row[i].pattern, names[k][0]) != 0 ||
			    strcmp(row[i].name, names[k][1]) != 0 ||
			    date < row[i].from || date > row[i].until)
				continue;
			found = true;
			s->rule[k] = row[i].value;
		}
		if (!found) {
			exch_diag_set(d, EXCH_ERR_NEED, s->rules.name,
			    EXCH_POS_NONE, 0, "no value of %s %s holds on %u",
			    names[k][0], names[k][1], date);
			return EXCH_ERR_NEED;
		}
	}
	s->ruled = true;
	return EXCH_OK;
}

/*
 * Groups are named in the table, so that linking is by name: the group's hash,
 * with a bit that no account number has.
 */
uint64_t
exch_surv_group(const struct exch_surv *s, uint32_t account)
{
	const struct exch_party *p =
	    exch_parties_of(&s->parties, &s->run->insts, account);
	uint64_t h = UINT64_C(14695981039346656037);

	if (p == NULL || p->group[0] == '\0')
		return account;
	for (size_t i = 0; i < sizeof(p->group) && p->group[i] != '\0'; i++)
		h = (h ^ (unsigned char)p->group[i]) * UINT64_C(1099511628211);
	return h | UINT64_C(1) << 63;
}
