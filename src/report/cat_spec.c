/* The tables of the Consolidated Audit Trail, and the layout of a day. */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "report/cat.h"

struct field_row {
	struct exch_dated span;
	char event[8];
	uint32_t position;
	char name[24];
	uint8_t need;
	char type[32];
	uint32_t code;
	char source[EXCH_DATED_SOURCE_MAX];
};

static const struct exch_cell_word needs[] = {
    {"R", 'R'}, {"C", 'C'}, {"O", 'O'}, {"A", 'A'}, {"B", 'B'}, {NULL, 0}};
static const struct exch_cell_word takes[] = {{"date", EXCH_CAT_DATE},
    {"timestamp", EXCH_CAT_TIMESTAMP}, {"seconds", EXCH_CAT_SECONDS},
    {"price", EXCH_CAT_PRICE}, {"quantity", EXCH_CAT_QUANTITY},
    {"text", EXCH_CAT_TEXT}, {NULL, 0}};

#define TEXT(row, field)                                                       \
	.kind = EXCH_CELL_TEXT, .off = (uint16_t)offsetof(row, field),         \
	.size = sizeof(((row *)0)->field) - 1 /* NUL behind */

static const struct exch_column field_columns[] = {
    EXCH_DATED_COLUMNS(struct field_row),
    {.name = "event", TEXT(struct field_row, event)},
    {.name = "position",
	.kind = EXCH_CELL_U32,
	.off = offsetof(struct field_row, position),
	.least = 1,
	.most = EXCH_CAT_POSITIONS},
    {.name = "field", TEXT(struct field_row, name)},
    {.name = "need",
	.kind = EXCH_CELL_WORD,
	.off = offsetof(struct field_row, need),
	.words = needs},
    {.name = "type", TEXT(struct field_row, type)},
    {.name = "code",
	.kind = EXCH_CELL_U32,
	.off = offsetof(struct field_row, code),
	.may_lack = true,
	.most = 9999},
    EXCH_DATED_SOURCE(struct field_row)};
static const struct exch_reftable_shape field_shape = {
    .what = "a table of fields of CAT events",
    .column = field_columns,
    .ncolumns = EXCH_ARRAY_LEN(field_columns),
    .row = sizeof(struct field_row)};

static const struct exch_column choice_columns[] = {
    EXCH_DATED_COLUMNS(struct exch_cat_choice),
    {.name = "list", TEXT(struct exch_cat_choice, list)},
    {.name = "value", TEXT(struct exch_cat_choice, value)},
    {.name = "takes",
	.kind = EXCH_CELL_WORD,
	.off = offsetof(struct exch_cat_choice, takes),
	.may_lack = true,
	.lack = EXCH_CAT_TRUE,
	.words = takes},
    {.name = "ours", TEXT(struct exch_cat_choice, ours), .may_lack = true},
    EXCH_DATED_SOURCE(struct exch_cat_choice)};
static const struct exch_reftable_shape choice_shape = {
    .what = "a table of values of CAT fields",
    .column = choice_columns,
    .ncolumns = EXCH_ARRAY_LEN(choice_columns),
    .row = sizeof(struct exch_cat_choice)};

static const struct exch_column rule_columns[] = {
    EXCH_DATED_COLUMNS(struct exch_cat_rule),
    {.name = "rule", TEXT(struct exch_cat_rule, rule)},
    {.name = "code",
	.kind = EXCH_CELL_U32,
	.off = offsetof(struct exch_cat_rule, code),
	.least = 1,
	.most = 9999},
    {.name = "text", TEXT(struct exch_cat_rule, text)},
    EXCH_DATED_SOURCE(struct exch_cat_rule)};
static const struct exch_reftable_shape rule_shape = {
    .what = "a table of rules of CAT",
    .column = rule_columns,
    .ncolumns = EXCH_ARRAY_LEN(rule_columns),
    .row = sizeof(struct exch_cat_rule)};

static const char *const known[] = {
    [EXCH_CATF_ACTION] = "actionType",
    [EXCH_CATF_ERROR_ROEID] = "errorROEID",
    [EXCH_CATF_ROEID] = "firmROEID",
    [EXCH_CATF_TYPE] = "type",
    [EXCH_CATF_REPORTER] = "CATReporterIMID",
    [EXCH_CATF_ORDER_DATE] = "orderKeyDate",
    [EXCH_CATF_ORDER] = "orderID",
    [EXCH_CATF_SYMBOL] = "symbol",
    [EXCH_CATF_TIME] = "eventTimestamp",
    [EXCH_CATF_MANUAL] = "manualFlag",
    [EXCH_CATF_DUP] = "electronicDupFlag",
    [EXCH_CATF_ELECTRONIC_TIME] = "electronicTimestamp",
    [EXCH_CATF_RECEIVER] = "receiverIMID",
    [EXCH_CATF_SENDER] = "senderIMID",
    [EXCH_CATF_SENDER_TYPE] = "senderType",
    [EXCH_CATF_ROUTED] = "routedOrderID",
    [EXCH_CATF_AFFILIATE] = "affiliateFlag",
    [EXCH_CATF_DEPT] = "deptType",
    [EXCH_CATF_SIDE] = "side",
    [EXCH_CATF_PRICE] = "price",
    [EXCH_CATF_QTY] = "quantity",
    [EXCH_CATF_MIN_QTY] = "minQty",
    [EXCH_CATF_ORDER_TYPE] = "orderType",
    [EXCH_CATF_TIF] = "timeInForce",
    [EXCH_CATF_SESSION] = "tradingSession",
    [EXCH_CATF_ISO] = "isoInd",
    [EXCH_CATF_HANDLING] = "handlingInstructions",
    [EXCH_CATF_CUST_DISPLAY] = "custDspIntrFlag",
    [EXCH_CATF_SEQ] = "seqNum",
    [EXCH_CATF_ATS_DISPLAY] = "atsDisplayInd",
    [EXCH_CATF_DISPLAY_PRICE] = "displayPrice",
    [EXCH_CATF_WORKING_PRICE] = "workingPrice",
    [EXCH_CATF_DISPLAY_QTY] = "displayQty",
    [EXCH_CATF_ATS_TYPE] = "atsOrderType",
    [EXCH_CATF_NBB_PRICE] = "nbbPrice",
    [EXCH_CATF_NBB_QTY] = "nbbQty",
    [EXCH_CATF_NBO_PRICE] = "nboPrice",
    [EXCH_CATF_NBO_QTY] = "nboQty",
    [EXCH_CATF_NBBO_SOURCE] = "nbboSource",
    [EXCH_CATF_NBBO_TIME] = "nbboTimestamp",
    [EXCH_CATF_SOLICITED] = "solicitationFlag",
    [EXCH_CATF_NET_PRICE] = "netPrice",
    [EXCH_CATF_FDID] = "firmDesignatedID",
    [EXCH_CATF_HOLDER] = "accountHolderType",
    [EXCH_CATF_NEGOTIATED] = "negotiatedTradeFlag",
    [EXCH_CATF_REPRESENTATIVE] = "representativeInd",
    [EXCH_CATF_PRIOR_DATE] = "priorOrderKeyDate",
    [EXCH_CATF_PRIOR_ORDER] = "priorOrderID",
    [EXCH_CATF_REQUEST_TIME] = "requestTimestamp",
    [EXCH_CATF_INITIATOR] = "initiator",
    [EXCH_CATF_LEAVES] = "leavesQty",
    [EXCH_CATF_CANCEL_QTY] = "cancelQty",
    [EXCH_CATF_TRADE_DATE] = "tradeKeyDate",
    [EXCH_CATF_TRADE] = "tradeID",
    [EXCH_CATF_CANCEL_FLAG] = "cancelFlag",
    [EXCH_CATF_CANCEL_TIME] = "cancelTimestamp",
    [EXCH_CATF_CAPACITY] = "capacity",
    [EXCH_CATF_TAPE] = "tapeTradeID",
    [EXCH_CATF_MARKET_CENTER] = "marketCenterID",
    [EXCH_CATF_SIDES_TOLD] = "sideDetailsInd",
    [EXCH_CATF_BUY_DETAILS] = "buyDetails",
    [EXCH_CATF_SELL_DETAILS] = "sellDetails",
    [EXCH_CATF_EXCEPTION] = "reportingExceptionCode",
    [EXCH_CATF_MULTI_LEG] = "multiLegInd",
};

static int
by_place(const void *x, const void *y)
{
	const struct field_row *a = x, *b = y;
	int c = memcmp(a->event, b->event, sizeof(a->event));

	return c != 0
		   ? c
		   : (a->position > b->position) - (a->position < b->position);
}

static int
by_value(const void *x, const void *y)
{
	const struct exch_cat_choice *a = x, *b = y;
	int c = memcmp(a->list, b->list, sizeof(a->list));

	return c != 0 ? c : memcmp(a->value, b->value, sizeof(a->value));
}

static int
by_rule(const void *x, const void *y)
{
	const struct exch_cat_rule *a = x, *b = y;

	return memcmp(a->rule, b->rule, sizeof(a->rule));
}

static int
read_one(const struct exch_report_run *run, const char *option,
    const struct exch_reftable_shape *shape, struct exch_reftable *t,
    exch_reftable_compare *by, struct exch_diag *d)
{
	const struct exch_given *g = exch_report_given(run, option);

	if (g == NULL || g->text == NULL)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "the report needs --%s", option);
	return exch_dated_parse(g->text, g->n, g->value, shape, t, by, d);
}

int
exch_cat_spec_read(struct exch_cat_spec *s, const struct exch_report_run *run,
    struct exch_diag *d)
{
	int rc;

	*s = (struct exch_cat_spec){0};
	rc = read_one(run, "cat-fields", &field_shape, &s->fields, by_place, d);
	if (rc == EXCH_OK)
		rc = read_one(run, "cat-choices", &choice_shape, &s->choices,
		    by_value, d);
	if (rc == EXCH_OK)
		rc = read_one(
		    run, "cat-rules", &rule_shape, &s->rules, by_rule, d);
	if (rc != EXCH_OK)
		return rc;
	s->event = exch_calloc(EXCH_CAT_EVENTS, sizeof(*s->event));
	return s->event != NULL ? EXCH_OK : exch_report_nomem(d);
}

void
exch_cat_spec_clear(struct exch_cat_spec *s)
{
	exch_reftable_clear(&s->fields);
	exch_reftable_clear(&s->choices);
	exch_reftable_clear(&s->rules);
	exch_free(s->event);
	*s = (struct exch_cat_spec){0};
}

/* The days around `date` on which no row of a table begins or ends. */
static void
narrow(struct exch_cat_spec *s, const struct exch_reftable *t, size_t size)
{
	const char *row = t->row;

	for (size_t i = 0; i < t->n; i++) {
		const struct exch_dated *x =
		    (const struct exch_dated *)(const void *)(row + i * size);
		uint32_t edge[2] = {x->from, x->until};

		for (unsigned j = 0; j < 2; j++) {
			if (edge[j] <= s->date && edge[j] > s->from)
				s->from = edge[j];
			if (edge[j] > s->date && edge[j] < s->until)
				s->until = edge[j];
		}
	}
}

static struct exch_cat_event *
event_of(struct exch_cat_spec *s, const char *name)
{
	for (unsigned i = 0; i < s->nevents; i++)
		if (strncmp(s->event[i].name, name, sizeof(s->event[i].name)) ==
		    0)
			return &s->event[i];
	if (s->nevents == EXCH_CAT_EVENTS)
		return NULL;
	memcpy(s->event[s->nevents].name, name, sizeof(s->event[0].name));
	return &s->event[s->nevents++];
}

static uint8_t
id_of(struct exch_cat_spec *s, const char *name)
{
	for (unsigned i = 0; i < s->nnames; i++)
		if (strcmp(s->name[i], name) == 0)
			return (uint8_t)i;
	if (s->nnames == EXCH_CAT_FIELDS)
		return EXCH_CAT_FIELDS;
	memcpy(s->name[s->nnames], name, strlen(name) + 1);
	return (uint8_t)s->nnames++;
}

/* "text:64", "choice:side", "price". */
static bool
set_type(struct exch_cat_field *f, const char *type)
{
	static const struct exch_cell_word kinds[] = {{"text", EXCH_CAT_TEXT},
	    {"symbol", EXCH_CAT_SYMBOL}, {"reporter", EXCH_CAT_REPORTER},
	    {"imid", EXCH_CAT_IMID}, {"roeid", EXCH_CAT_ROEID},
	    {"event", EXCH_CAT_EVENT}, {"timestamp", EXCH_CAT_TIMESTAMP},
	    {"boolean", EXCH_CAT_BOOLEAN}, {"unsigned", EXCH_CAT_UNSIGNED},
	    {"price", EXCH_CAT_PRICE}, {"quantity", EXCH_CAT_QUANTITY},
	    {"choice", EXCH_CAT_CHOICE}, {"pairs", EXCH_CAT_PAIRS},
	    {"sides", EXCH_CAT_SIDES}, {"array", EXCH_CAT_ARRAY},
	    {"blank", EXCH_CAT_BLANK}, {NULL, 0}};
	size_t n = strcspn(type, ":");
	const char *more = type[n] == ':' ? type + n + 1 : "";
	const struct exch_cell_word *k = kinds;

	while (k->word != NULL &&
	       (strlen(k->word) != n || memcmp(k->word, type, n) != 0))
		k++;
	if (k->word == NULL)
		return false;
	f->type = k->code;
	if (f->type == EXCH_CAT_CHOICE || f->type == EXCH_CAT_PAIRS) {
		if (*more == '\0' || strlen(more) >= sizeof(f->list))
			return false;
		memcpy(f->list, more, strlen(more) + 1);
		return true;
	}
	if (f->type == EXCH_CAT_TEXT) {
		uint64_t size;

		if (exch_uint_parse(more, strlen(more), &size) != 0 ||
		    size == 0 || size > EXCH_CAT_LINE)
			return false;
		f->size = (uint16_t)size;
		return true;
	}
	return *more == '\0';
}

static int
take_row(struct exch_cat_spec *s, size_t i, struct exch_diag *d)
{
	const struct field_row *r = (const struct field_row *)s->fields.row + i;
	struct exch_cat_event *e = event_of(s, r->event);
	struct exch_cat_field *f;

	if (e == NULL)
		return exch_reftable_bad(&s->fields, i, d,
		    "more than %d kinds of events", EXCH_CAT_EVENTS);
	f = &e->field[r->position - 1];
	memcpy(f->name, r->name, sizeof(f->name));
	f->need = (char)r->need;
	f->code = (uint16_t)r->code;
	f->id = id_of(s, f->name);
	if (f->id == EXCH_CAT_FIELDS)
		return exch_reftable_bad(&s->fields, i, d,
		    "more than %d names of fields", EXCH_CAT_FIELDS);
	if (!set_type(f, r->type))
		return exch_reftable_bad(
		    &s->fields, i, d, "'%s' is no type", r->type);
	if (r->position > e->n)
		e->n = r->position;
	if (f->need == 'R' && r->position > e->least)
		e->least = r->position;
	return EXCH_OK;
}

int
exch_cat_spec_at(struct exch_cat_spec *s, uint32_t date, struct exch_diag *d)
{
	const struct field_row *row = s->fields.row;
	int rc = EXCH_OK;

	if (s->date != 0 && date >= s->from && date < s->until)
		return EXCH_OK;
	s->date = date;
	s->from = 0;
	s->until = EXCH_DATED_FOR_EVER;
	narrow(s, &s->fields, sizeof(struct field_row));
	narrow(s, &s->choices, sizeof(struct exch_cat_choice));
	narrow(s, &s->rules, sizeof(struct exch_cat_rule));
	memset(s->event, 0, EXCH_CAT_EVENTS * sizeof(*s->event));
	memset(s->memo, 0, sizeof(s->memo));
	s->nevents = 0;
	_Static_assert(
	    EXCH_ARRAY_LEN(known) == EXCH_CATF_KNOWN, "every id has one");
	for (s->nnames = 0; s->nnames < EXCH_CATF_KNOWN; s->nnames++)
		memcpy(s->name[s->nnames], known[s->nnames],
		    strlen(known[s->nnames]) + 1);
	for (size_t i = 0; rc == EXCH_OK && i < s->fields.n; i++)
		if (exch_dated_holds(&row[i].span, date))
			rc = take_row(s, i, d);
	if (rc != EXCH_OK)
		return rc;
	for (unsigned i = 0; i < s->nevents; i++)
		for (unsigned j = 0; j < s->event[i].n; j++)
			if (s->event[i].field[j].name[0] == '\0')
				return exch_diag_set(d, EXCH_ERR_FORMAT,
				    s->fields.name, EXCH_POS_NONE, 0,
				    "%s has no position %u on %u",
				    s->event[i].name, j + 1, date);
	s->side = NULL;
	for (unsigned i = 0; i < s->nevents; i++)
		if (strcmp(s->event[i].name, "side") == 0)
			s->side = &s->event[i];
	if (s->side == NULL)
		return exch_dated_absent(&s->fields, date, "side", d);
	return EXCH_OK;
}

const struct exch_cat_event *
exch_cat_event(const struct exch_cat_spec *s, const char *name, size_t n)
{
	for (unsigned i = 0; i < s->nevents; i++)
		if (&s->event[i] != s->side && strlen(s->event[i].name) == n &&
		    memcmp(s->event[i].name, name, n) == 0)
			return &s->event[i];
	return NULL;
}

/* A cell that is NUL padded says just these bytes. */
static bool
says(const char *cell, size_t size, const char *p, size_t n)
{
	return n <= size && memcmp(cell, p, n) == 0 &&
	       (n == size || cell[n] == '\0');
}

const struct exch_cat_choice *
exch_cat_choice(const struct exch_cat_spec *s, const char *list,
    const char *value, size_t n)
{
	const struct exch_cat_choice *c = s->choices.row;

	for (size_t i = 0; i < s->choices.n; i++)
		if (says(c[i].value, sizeof(c[i].value), value, n) &&
		    says(c[i].list, sizeof(c[i].list), list, strlen(list)) &&
		    exch_dated_holds(&c[i].span, s->date))
			return &c[i];
	return NULL;
}

static bool
has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	while (*words != '\0') {
		size_t k = strcspn(words, " ");

		if (k == n && memcmp(words, word, n) == 0)
			return true;
		words += k;
		words += *words == ' ';
	}
	return false;
}

static const char *
find_ours(const struct exch_cat_spec *s, const char *list, const char *word)
{
	const struct exch_cat_choice *c = s->choices.row;

	for (size_t i = 0; i < s->choices.n; i++)
		if (says(c[i].list, sizeof(c[i].list), list, strlen(list)) &&
		    has_word(c[i].ours, word) &&
		    exch_dated_holds(&c[i].span, s->date))
			return c[i].value;
	return "";
}

const char *
exch_cat_ours(struct exch_cat_spec *s, const char *list, const char *word)
{
	uintptr_t at = (uintptr_t)list * 31 + (uintptr_t)word;
	struct exch_cat_memo *m =
	    &s->memo[(at ^ at >> 6) % EXCH_ARRAY_LEN(s->memo)];

	if (word == NULL)
		return "";
	if (m->list != list || m->word != word)
		*m = (struct exch_cat_memo){
		    list, word, find_ours(s, list, word)};
	return m->value;
}

const struct exch_cat_rule *
exch_cat_rule(const struct exch_cat_spec *s, const char *rule)
{
	static const struct exch_cat_rule none = {
	    .text = "a rule that the table does not have"};
	const struct exch_cat_rule *r = s->rules.row;

	for (size_t i = 0; i < s->rules.n; i++)
		if (says(r[i].rule, sizeof(r[i].rule), rule, strlen(rule)) &&
		    exch_dated_holds(&r[i].span, s->date))
			return &r[i];
	return &none;
}
