/* Parameters of aml by date, and what is known of accounts from before. */
#include <config.h>

#include <string.h>

#include "ref/dated.h"
#include "report/aml.h"

struct rule_row {
	struct exch_dated span;
	char pattern[12];
	char name[12];
	int64_t value;
	char unit[32];
	char source[EXCH_DATED_SOURCE_MAX];
};

#define NAME(p, n) {#p, #n},
static const char *const names[][2] = {EXCH_AML_RULES(NAME)};

#define TEXT(row, field, lacks)                                                \
	{                                                                      \
		.name = #field, .kind = EXCH_CELL_TEXT,                        \
		.off = (uint16_t)offsetof(row, field),                         \
		.size = sizeof(((row *)0)->field), .may_lack = lacks           \
	}

static const struct exch_column rule_columns[] = {
    EXCH_DATED_COLUMNS(struct rule_row), TEXT(struct rule_row, pattern, false),
    TEXT(struct rule_row, name, false),
    {.name = "value",
	.kind = EXCH_CELL_INT,
	.off = (uint16_t)offsetof(struct rule_row, value),
	.least = 0,
	.most = INT64_C(1000000000000)},
    TEXT(struct rule_row, unit, true), EXCH_DATED_SOURCE(struct rule_row)};

static const struct exch_reftable_shape rule_shape = {
    .what = "a table of parameters",
    .column = rule_columns,
    .ncolumns = EXCH_ARRAY_LEN(rule_columns),
    .row = sizeof(struct rule_row)};

static const struct exch_column history_columns[] = {
    TEXT(struct exch_aml_history, account, false),
    {.name = "last",
	.kind = EXCH_CELL_DATE,
	.off = (uint16_t)offsetof(struct exch_aml_history, last),
	.may_lack = true},
    {.name = "balance",
	.kind = EXCH_CELL_CASH,
	.off = (uint16_t)offsetof(struct exch_aml_history, balance),
	.may_lack = true},
    {.name = "usual",
	.kind = EXCH_CELL_CASH,
	.off = (uint16_t)offsetof(struct exch_aml_history, usual),
	.may_lack = true,
	.least = 0,
	.most = INT64_MAX}};

static const struct exch_reftable_shape history_shape = {
    .what = "a table of history",
    .column = history_columns,
    .ncolumns = EXCH_ARRAY_LEN(history_columns),
    .row = sizeof(struct exch_aml_history)};

static int
by_rule(const void *x, const void *y)
{
	const struct rule_row *a = x, *b = y;
	int c = memcmp(a->pattern, b->pattern, sizeof(a->pattern));

	return c != 0 ? c : memcmp(a->name, b->name, sizeof(a->name));
}

/*
 * What a parameter may be at most: no more movements are counted than are
 * remembered, windows have to end before time does (ten years are enough), and
 * nothing is less by more than itself.
 */
static int64_t
most_of(const struct rule_row *r)
{
	if (strncmp(r->name, "window", sizeof(r->name)) == 0)
		return INT64_C(10) * 366 * 24;
	if (strncmp(r->name, "count", sizeof(r->name)) == 0)
		return EXCH_AML_RING;
	if (strncmp(r->name, "margin", sizeof(r->name)) == 0)
		return 100;
	return INT64_MAX;
}

/* A parameter of a name that there is not is a slip of the pen. */
static int
check_names(struct exch_aml *s, struct exch_diag *d)
{
	const struct rule_row *row = s->rules.row;

	for (size_t i = 0; i < s->rules.n; i++) {
		bool known = false;

		for (unsigned k = 0; k < EXCH_AML_NRULES; k++)
			known = known || (strncmp(row[i].pattern, names[k][0],
					      sizeof(row[i].pattern)) == 0 &&
					     strncmp(row[i].name, names[k][1],
						 sizeof(row[i].name)) == 0);
		if (!known)
			return exch_reftable_bad_cell(&s->rules, i, "name", d,
			    "is no parameter of this pattern");
		if (row[i].value > most_of(&row[i]))
			return exch_reftable_bad_cell(&s->rules, i, "value", d,
			    "is more than %lld, the most that a %.12s may be",
			    (long long)most_of(&row[i]), row[i].name);
	}
	return EXCH_OK;
}

int
exch_aml_read(struct exch_aml *s, struct exch_diag *d)
{
	const struct exch_given *rules =
	    exch_report_given(s->run, "aml-parameters");
	int rc = EXCH_OK;

	if (rules != NULL)
		rc = exch_dated_parse(rules->text, rules->n, rules->value,
		    &rule_shape, &s->rules, by_rule, d);
	if (rc == EXCH_OK)
		rc = check_names(s, d);
	if (rc == EXCH_OK)
		rc = exch_accounts_read(&s->history,
		    exch_report_given(s->run, "history"), &history_shape, d);
	return rc;
}

int
exch_aml_rules_of(struct exch_aml *s, uint32_t date, struct exch_diag *d)
{
	for (unsigned k = 0; k < EXCH_AML_NRULES; k++) {
		struct rule_row key = {0};
		const struct rule_row *r;
		char what[32];

		memcpy(key.pattern, names[k][0], strlen(names[k][0]));
		memcpy(key.name, names[k][1], strlen(names[k][1]));
		r = exch_dated_at(&s->rules, sizeof(key), date, by_rule, &key);
		if (r == NULL) {
			char *p = exch_fmt_copy(
			    what, names[k][0], strlen(names[k][0]));

			*p++ = ' ';
			p = exch_fmt_copy(p, names[k][1], strlen(names[k][1]));
			*p = '\0';
			return exch_dated_absent(&s->rules, date, what, d);
		}
		s->rule[k] = r->value;
	}
	s->ruled = true;
	return EXCH_OK;
}

const struct exch_aml_history *
exch_aml_history_of(const struct exch_aml *s, uint32_t account)
{
	return exch_account_row(&s->history, sizeof(struct exch_aml_history),
	    &s->run->insts, account);
}
