/*
 * exch-report cat --check: a row for each fault of a file of events, whoever
 * has made it; and --show: the events for people, or in the other form.
 *
 * Fields are judged by the tables alone; what they say together is judged
 * here, each rule under its name in cat-rules.csv.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "base/time.h"
#include "report/cat_keys.h"
#include "report/cat_make.h"
#include "report/cat_parse.h"

static const struct exch_col cols[] = {
    {"line", EXCH_COL_NUM, 6},
    {"event", EXCH_COL_TEXT, 5},
    {"firm_roeid", EXCH_COL_TEXT, 16},
    {"field", EXCH_COL_TEXT, 20},
    {"code", EXCH_COL_NUM, 4},
    {"value", EXCH_COL_TEXT, 24},
    {"fault", EXCH_COL_TEXT, 10},
};

struct check {
	struct exch_report_run *run;
	struct exch_cat_spec *spec;
	const struct exch_tz *tz;
	struct exch_cat_reader *r;
	struct exch_cat_keys orders, trades, roeids;
	bool nomem;
	bool clean; /* of the event at hand: its fields are what they may be */
};

/* A value is shown as far as it helps to find it. */
#define SHOWN 80

static void
row(struct check *c, uint64_t line, const char *event, const char *field,
    unsigned code, const char *value, size_t n, const char *why)
{
	struct exch_table *t = &c->run->table;
	const struct exch_cat_value *id = &c->r->line.v[EXCH_CATF_ROEID];
	bool here = line == c->r->number;

	exch_table_row(t);
	if (line == 0)
		exch_table_none(t);
	else
		exch_table_u64(t, line);
	exch_table_text(t, event, strlen(event));
	exch_table_text(t, id->p, here && id->n < SHOWN ? id->n : 0);
	exch_table_text(t, field, strlen(field));
	exch_table_u64(t, code);
	exch_table_text(t, value, n < SHOWN ? n : SHOWN);
	exch_table_text(t, why, strlen(why));
	exch_table_end(t);
	c->run->faults++;
}

static const char *
event_name(const struct check *c)
{
	return c->r->event != NULL ? c->r->event->name : "";
}

static void
on_fault(void *arg, const char *field, unsigned code, const char *value,
    size_t n, const char *why)
{
	struct check *c = arg;

	c->clean = false;
	row(c, c->r->number, event_name(c), field, code, value, n, why);
}

static const struct exch_cat_value *
val(const struct check *c, unsigned id)
{
	return &c->r->line.v[id];
}

static bool
has(const struct check *c, unsigned id)
{
	return val(c, id)->n > 0;
}

static bool
says(const struct check *c, unsigned id, const char *word)
{
	const struct exch_cat_value *v = val(c, id);

	return v->n == strlen(word) && memcmp(v->p, word, v->n) == 0;
}

/* Is the field one of the event? */
static bool
takes(const struct check *c, unsigned id)
{
	const struct exch_cat_event *e = c->r->event;

	for (unsigned i = 0; i < e->n; i++)
		if (e->field[i].id == id && e->field[i].type != EXCH_CAT_BLANK)
			return true;
	return false;
}

static void
break_rule(struct check *c, const char *rule, unsigned id)
{
	const struct exch_cat_rule *x = exch_cat_rule(c->spec, rule);
	const struct exch_cat_value *v = val(c, id);

	row(c, c->r->number, event_name(c), c->spec->name[id], x->code, v->p,
	    v->n, x->text);
}

static void
need(struct check *c, bool ok, const char *rule, unsigned id)
{
	if (!ok)
		break_rule(c, rule, id);
}

/* ---- fields ---- */

static void
check_fields(struct check *c)
{
	const struct exch_cat_event *e = c->r->event;
	unsigned any = exch_cat_rule(c->spec, "field")->code;

	for (unsigned i = 0; i < e->n; i++) {
		const struct exch_cat_field *f = &e->field[i];
		const struct exch_cat_value *v = val(c, f->id);
		unsigned code = f->code != 0 ? f->code : any;
		const char *why = NULL;

		if (f->type == EXCH_CAT_BLANK)
			continue;
		if (v->n > 0)
			why = exch_cat_fault(c->spec, f, v->p, v->n);
		else if (f->need == 'R' &&
			 !(c->r->json && f->type == EXCH_CAT_BOOLEAN))
			why = "missing";
		if (why != NULL)
			on_fault(c, f->name, code, v->p, v->n, why);
	}
}

/* ---- what fields say together ---- */

static bool
time_of(const struct check *c, unsigned id, exch_ts *t, unsigned *digits)
{
	const struct exch_cat_value *v = val(c, id);

	return v->n > 0 && exch_cat_read_time(v->p, v->n, c->tz, t, digits);
}

/* The values of two numbers, which are such. */
static int
compare(const struct exch_cat_value *a, const struct exch_cat_value *b)
{
	int64_t x = 0, y = 0;

	/* twelve digits and six: 18, and no value is beyond them */
	(void)exch_dec_parse(a->p, a->n, 6, &x);
	(void)exch_dec_parse(b->p, b->n, 6, &y);
	return (x > y) - (x < y);
}

static bool
zero(const struct exch_cat_value *v)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->p[i] != '0' && v->p[i] != '.')
			return false;
	return true;
}

static void
check_head(struct check *c)
{
	bool manual = exch_cat_true(val(c, EXCH_CATF_MANUAL));
	uint64_t tod;
	unsigned digits;
	char date[16];
	exch_ts t;

	need(c,
	    says(c, EXCH_CATF_ACTION, "RPR") == has(c, EXCH_CATF_ERROR_ROEID),
	    "action", EXCH_CATF_ERROR_ROEID);
	if (!time_of(c, EXCH_CATF_TIME, &t, &digits))
		return;
	memset(date, 0, sizeof(date));
	(void)exch_uint_put(date, exch_cat_date(c->tz, t, &tod));
	need(c,
	    val(c, EXCH_CATF_ROEID)->n > 8 &&
		memcmp(val(c, EXCH_CATF_ROEID)->p, date, 8) == 0,
	    "roeid-date", EXCH_CATF_ROEID);
	need(c, manual || digits >= 3, "precision", EXCH_CATF_TIME);
	need(c, manual || !exch_cat_true(val(c, EXCH_CATF_DUP)),
	    "duplicate-flag", EXCH_CATF_DUP);
	need(c, manual || !has(c, EXCH_CATF_ELECTRONIC_TIME), "electronic-time",
	    EXCH_CATF_ELECTRONIC_TIME);
}

static void
check_terms(struct check *c)
{
	if (has(c, EXCH_CATF_ORDER_TYPE)) {
		bool price =
		    has(c, EXCH_CATF_PRICE) || has(c, EXCH_CATF_NET_PRICE);

		need(c, !says(c, EXCH_CATF_ORDER_TYPE, "LMT") || price,
		    "price-type", EXCH_CATF_PRICE);
		need(c, !says(c, EXCH_CATF_ORDER_TYPE, "MKT") || !price,
		    "price-type", EXCH_CATF_PRICE);
	}
	need(c, !has(c, EXCH_CATF_PRICE) || !has(c, EXCH_CATF_NET_PRICE),
	    "net-price", EXCH_CATF_NET_PRICE);
	if (has(c, EXCH_CATF_QTY) && has(c, EXCH_CATF_LEAVES))
		need(c,
		    compare(val(c, EXCH_CATF_LEAVES), val(c, EXCH_CATF_QTY)) <=
			0,
		    "leaves", EXCH_CATF_LEAVES);
	if (has(c, EXCH_CATF_SENDER) && has(c, EXCH_CATF_RECEIVER))
		need(c,
		    val(c, EXCH_CATF_SENDER)->n !=
			    val(c, EXCH_CATF_RECEIVER)->n ||
			memcmp(val(c, EXCH_CATF_SENDER)->p,
			    val(c, EXCH_CATF_RECEIVER)->p,
			    val(c, EXCH_CATF_SENDER)->n) != 0,
		    "sender", EXCH_CATF_SENDER);
	need(c, has(c, EXCH_CATF_PRIOR_DATE) == has(c, EXCH_CATF_PRIOR_ORDER),
	    "prior-pair", EXCH_CATF_PRIOR_ORDER);
	if (has(c, EXCH_CATF_PRIOR_ORDER))
		need(c,
		    val(c, EXCH_CATF_PRIOR_ORDER)->n !=
			    val(c, EXCH_CATF_ORDER)->n ||
			memcmp(val(c, EXCH_CATF_PRIOR_ORDER)->p,
			    val(c, EXCH_CATF_ORDER)->p,
			    val(c, EXCH_CATF_ORDER)->n) != 0 ||
			val(c, EXCH_CATF_PRIOR_DATE)->n !=
			    val(c, EXCH_CATF_ORDER_DATE)->n ||
			memcmp(val(c, EXCH_CATF_PRIOR_DATE)->p,
			    val(c, EXCH_CATF_ORDER_DATE)->p,
			    val(c, EXCH_CATF_ORDER_DATE)->n) != 0,
		    "prior-self", EXCH_CATF_PRIOR_ORDER);
}

static void
check_nbbo(struct check *c)
{
	static const unsigned four[] = {EXCH_CATF_NBB_PRICE, EXCH_CATF_NBB_QTY,
	    EXCH_CATF_NBO_PRICE, EXCH_CATF_NBO_QTY};
	bool none = says(c, EXCH_CATF_NBBO_SOURCE, "NA");
	exch_ts t, quote;
	unsigned digits;
	bool ok = has(c, EXCH_CATF_NBBO_TIME) != none;

	if (!has(c, EXCH_CATF_NBBO_SOURCE))
		return;
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(four); i++)
		ok = ok && (none ? zero(val(c, four[i])) : has(c, four[i]));
	/* what was seen was there before */
	if (ok && time_of(c, EXCH_CATF_NBBO_TIME, &quote, &digits) &&
	    time_of(c, EXCH_CATF_TIME, &t, &digits))
		ok = quote <= t;
	need(c, ok, "nbbo", EXCH_CATF_NBBO_SOURCE);
}

/* Fields of an ATS: all of them, or none. */
static void
check_ats(struct check *c)
{
	const struct exch_cat_event *e = c->r->event;
	unsigned there = 0, lacks = 0, first = EXCH_CATF_SEQ;

	for (unsigned i = 0; i < e->n; i++) {
		const struct exch_cat_field *f = &e->field[i];

		if (f->need != 'A' || f->id == EXCH_CATF_NBBO_TIME)
			continue;
		if (has(c, f->id)) {
			there++;
		} else if (lacks++ == 0) {
			first = f->id;
		}
	}
	need(c, there == 0 || lacks == 0, "ats", first);
	check_nbbo(c);
}

/* Member i of an element of the details of a side. */
static struct exch_cat_value
part(const char *p, size_t n, unsigned i)
{
	for (;;) {
		const char *at = memchr(p, '@', n);
		size_t k = at != NULL ? (size_t)(at - p) : n;

		if (i-- == 0)
			return (struct exch_cat_value){p, (uint16_t)k};
		if (at == NULL)
			return (struct exch_cat_value){p, 0};
		p += k + 1;
		n -= k + 1;
	}
}

static struct exch_cat_value
named_part(const struct check *c, const char *p, size_t n, unsigned id)
{
	const struct exch_cat_event *e = c->spec->side;

	for (unsigned i = 0; i < e->n; i++)
		if (e->field[i].id == id)
			return part(p, n, i);
	return (struct exch_cat_value){p, 0};
}

typedef void side_fn(struct check *c, unsigned id, const char *p, size_t n);

static void
each_side(struct check *c, unsigned id, side_fn *fn)
{
	const char *p = val(c, id)->p;
	size_t n = val(c, id)->n;

	while (n > 0) {
		const char *bar = memchr(p, '|', n);
		size_t k = bar != NULL ? (size_t)(bar - p) : n;

		fn(c, id, p, k);
		p += k + (bar != NULL);
		n -= k + (bar != NULL);
	}
}

static void
check_side(struct check *c, unsigned id, const char *p, size_t n)
{
	bool order = named_part(c, p, n, EXCH_CATF_ORDER).n > 0;
	bool fdid = named_part(c, p, n, EXCH_CATF_FDID).n > 0;
	struct exch_cat_value side = named_part(c, p, n, EXCH_CATF_SIDE);
	bool buys = side.n > 0 && side.p[0] == 'B';

	need(c, order != fdid,
	    id == EXCH_CATF_BUY_DETAILS ? "side-buy" : "side-sell", id);
	need(c, fdid == (named_part(c, p, n, EXCH_CATF_HOLDER).n > 0),
	    "side-holder", id);
	need(c, order == (named_part(c, p, n, EXCH_CATF_ORDER_DATE).n > 0),
	    "side-details", id);
	need(c, side.n > 0 && buys == (id == EXCH_CATF_BUY_DETAILS),
	    "side-details", id);
}

static void
check_trade(struct check *c)
{
	bool buy = has(c, EXCH_CATF_BUY_DETAILS),
	     sell = has(c, EXCH_CATF_SELL_DETAILS);

	if (takes(c, EXCH_CATF_SIDES_TOLD)) {
		need(c,
		    says(c, EXCH_CATF_SIDES_TOLD, "NA")	   ? buy && sell
		    : says(c, EXCH_CATF_SIDES_TOLD, "BUY") ? buy && !sell
							   : sell && !buy,
		    "side-details", EXCH_CATF_SIDES_TOLD);
		need(c,
		    exch_cat_true(val(c, EXCH_CATF_CANCEL_FLAG)) ==
			has(c, EXCH_CATF_CANCEL_TIME),
		    "cancel", EXCH_CATF_CANCEL_TIME);
		need(c, has(c, EXCH_CATF_TAPE) != has(c, EXCH_CATF_EXCEPTION),
		    "tape", EXCH_CATF_TAPE);
	} else {
		need(c, buy || sell, "side-details", EXCH_CATF_BUY_DETAILS);
	}
	each_side(c, EXCH_CATF_BUY_DETAILS, check_side);
	each_side(c, EXCH_CATF_SELL_DETAILS, check_side);
}

/* ---- keys ---- */

static void
add(struct exch_sha256 *s, const char *p, size_t n)
{
	uint16_t len = (uint16_t)n;

	exch_sha256_add(s, &len, sizeof(len));
	exch_sha256_add(s, p, n);
}

/*
 * The key of a date, an id and the event's symbol.  A time is the same however
 * it is written.
 */
static struct exch_cat_key *
key_of(struct check *c, struct exch_cat_keys *keys,
    const struct exch_cat_value *date, const struct exch_cat_value *id)
{
	const struct exch_cat_value *symbol = val(c, EXCH_CATF_SYMBOL);
	struct exch_cat_key *k;
	struct exch_sha256 s;
	unsigned char sum[32];
	unsigned digits;
	exch_ts t = 0;

	exch_sha256_init(&s);
	(void)exch_cat_read_time(date->p, date->n, c->tz, &t, &digits);
	add(&s, (const char *)&t, sizeof(t));
	add(&s, id->p, id->n);
	add(&s, symbol->p, symbol->n);
	exch_sha256_end(&s, sum);
	k = exch_cat_keys_find(keys, sum);
	if (k == NULL)
		c->nomem = true;
	return k;
}

enum named_by { BY_EVENT, BY_TRADE };

/* Something speaks of an order, at a time. */
static void
name_order(struct check *c, const struct exch_cat_value *date,
    const struct exch_cat_value *id, uint8_t by)
{
	struct exch_cat_key *k = key_of(c, &c->orders, date, id);
	unsigned digits;
	exch_ts t;

	if (k == NULL || !time_of(c, EXCH_CATF_TIME, &t, &digits))
		return;
	if (k->named_line == 0) {
		k->named_line = c->r->number;
		k->named_by = by;
	}
	if (t < k->named_time) {
		k->named_time = t;
		k->early_line = c->r->number;
	}
}

static void
name_side(struct check *c, unsigned id, const char *p, size_t n)
{
	struct exch_cat_value date = named_part(c, p, n, EXCH_CATF_ORDER_DATE);
	struct exch_cat_value order = named_part(c, p, n, EXCH_CATF_ORDER);

	(void)id;
	if (order.n > 0)
		name_order(c, &date, &order, BY_TRADE);
}

static void
make_order(struct check *c)
{
	struct exch_cat_key *k = key_of(c, &c->orders,
	    val(c, EXCH_CATF_ORDER_DATE), val(c, EXCH_CATF_ORDER));
	unsigned digits;

	if (k == NULL)
		return;
	if (k->line != 0) {
		break_rule(c, "order-twice", EXCH_CATF_ORDER);
		return;
	}
	k->line = c->r->number;
	(void)time_of(c, EXCH_CATF_TIME, &k->time, &digits);
}

static void
check_roeid(struct check *c)
{
	const struct exch_cat_value *v = val(c, EXCH_CATF_ROEID);
	struct exch_cat_key *k;
	struct exch_sha256 s;
	unsigned char sum[32];

	if (v->n == 0)
		return;
	exch_sha256_init(&s);
	add(&s, v->p, v->n);
	add(&s, val(c, EXCH_CATF_REPORTER)->p, val(c, EXCH_CATF_REPORTER)->n);
	exch_sha256_end(&s, sum);
	k = exch_cat_keys_find(&c->roeids, sum);
	if (k == NULL)
		c->nomem = true;
	else if (k->line != 0)
		break_rule(c, "roeid-twice", EXCH_CATF_ROEID);
	else
		k->line = c->r->number;
}

static void
check_trade_key(struct check *c)
{
	struct exch_cat_key *k = key_of(c, &c->trades,
	    val(c, EXCH_CATF_TRADE_DATE), val(c, EXCH_CATF_TRADE));

	if (k == NULL)
		return;
	if (k->line != 0)
		break_rule(c, "trade-twice", EXCH_CATF_TRADE);
	k->line = c->r->number;
}

/* Does the event begin an order? */
static bool
begins(const struct check *c)
{
	return strcmp(c->r->event->name, "MEOA") == 0 ||
	       strcmp(c->r->event->name, "MENO") == 0 ||
	       (strcmp(c->r->event->name, "MEOM") == 0 &&
		   has(c, EXCH_CATF_PRIOR_ORDER));
}

static void
check_keys(struct check *c)
{
	check_roeid(c);
	/* corrections and repairs say again what was said */
	if (!says(c, EXCH_CATF_ACTION, "NEW"))
		return;
	if (takes(c, EXCH_CATF_TRADE)) {
		if (takes(c, EXCH_CATF_CANCEL_FLAG) &&
		    !exch_cat_true(val(c, EXCH_CATF_CANCEL_FLAG)))
			check_trade_key(c);
		each_side(c, EXCH_CATF_BUY_DETAILS, name_side);
		each_side(c, EXCH_CATF_SELL_DETAILS, name_side);
		return;
	}
	if (!takes(c, EXCH_CATF_ORDER))
		return;
	if (begins(c))
		make_order(c);
	else
		name_order(c, val(c, EXCH_CATF_ORDER_DATE),
		    val(c, EXCH_CATF_ORDER), BY_EVENT);
	if (has(c, EXCH_CATF_PRIOR_ORDER))
		name_order(c, val(c, EXCH_CATF_PRIOR_DATE),
		    val(c, EXCH_CATF_PRIOR_ORDER), BY_EVENT);
}

/* At the end: what spoke of orders that never came, or came later. */
static void
check_named(struct check *c)
{
	for (size_t i = 0; i < c->orders.n; i++) {
		const struct exch_cat_key *k = &c->orders.key[i];
		const char *rule =
		    k->named_by == BY_TRADE ? "no-side" : "no-order";
		const struct exch_cat_rule *x;

		if (k->line == 0) {
			x = exch_cat_rule(c->spec, rule);
			row(c, k->named_line, "", "orderID", x->code, "", 0,
			    x->text);
		} else if (k->named_line != 0 && k->named_time < k->time) {
			x = exch_cat_rule(c->spec, "early");
			row(c, k->early_line, "", "eventTimestamp", x->code, "",
			    0, x->text);
		}
	}
}

/* ---- the name of the file ---- */

/* Letters, digits and hyphens up to `end`; moves behind it. */
static bool
name_part(const char **p, char end)
{
	const char *at = strchr(*p, end);

	if (at == NULL || at == *p)
		return false;
	for (const char *q = *p; q < at; q++)
		if (!(*q >= '0' && *q <= '9') && !(*q >= 'A' && *q <= 'Z') &&
		    !(*q >= 'a' && *q <= 'z') && *q != '-')
			return false;
	*p = at + 1;
	return true;
}

static bool
name_digits(const char **p, unsigned n, char end)
{
	const char *from = *p;

	for (unsigned i = 0; i < n; i++, (*p)++)
		if (**p < '0' || **p > '9')
			return false;
	return *(*p)++ == end &&
	       (n != 8 || exch_date_is((uint32_t)((from[0] - '0') * 10000000 +
						  (from[1] - '0') * 1000000 +
						  (from[2] - '0') * 100000 +
						  (from[3] - '0') * 10000 +
						  (from[4] - '0') * 1000 +
						  (from[5] - '0') * 100 +
						  (from[6] - '0') * 10 +
						  (from[7] - '0'))));
}

/* <Submitter>_<IMID>_<date>_[<Group>_]OrderEvents_<6 digits>[.DEL].<form>.bz2 */
static bool
name_ok(const char *p)
{
	static const char kind[] = "OrderEvents_";

	if (!name_part(&p, '_') || !name_part(&p, '_') ||
	    !name_digits(&p, 8, '_'))
		return false;
	if (strncmp(p, kind, strlen(kind)) != 0 && !name_part(&p, '_'))
		return false;
	if (strncmp(p, kind, strlen(kind)) != 0)
		return false;
	p += strlen(kind);
	if (!name_digits(&p, 6, '.'))
		return false;
	if (strncmp(p, "DEL.", 4) == 0)
		p += 4;
	return strcmp(p, "csv.bz2") == 0 || strcmp(p, "json.bz2") == 0 ||
	       strcmp(p, "csv") == 0 || strcmp(p, "json") == 0;
}

/* Only of what is called like one: others are not to be submitted. */
static void
check_name(struct check *c, const struct exch_in *in)
{
	const char *name = exch_in_name(in);
	const char *slash = strrchr(name, '/');
	const char *base = slash != NULL ? slash + 1 : name;
	const struct exch_cat_rule *x = exch_cat_rule(c->spec, "file-name");

	if (strstr(base, "OrderEvents") == NULL || name_ok(base))
		return;
	row(c, 0, "", "", x->code, base, strlen(base), x->text);
}

/* ---- the whole file ---- */

static void
check_event(struct check *c)
{
	if (c->r->event == NULL)
		return;
	check_fields(c);
	/* what cannot be read says nothing together */
	if (!c->clean)
		return;
	if (strcmp(c->r->event->name, "DEL") == 0) {
		need(c,
		    has(c, EXCH_CATF_ROEID) || has(c, EXCH_CATF_ERROR_ROEID),
		    "action", EXCH_CATF_ROEID);
		return;
	}
	check_head(c);
	check_terms(c);
	check_ats(c);
	if (takes(c, EXCH_CATF_BUY_DETAILS))
		check_trade(c);
	check_keys(c);
}

static int
check_file(struct check *c, struct exch_in *in, struct exch_diag *d)
{
	int rc = exch_table_columns(
	    &c->run->table, cols, EXCH_ARRAY_LEN(cols), true, d);

	if (rc != EXCH_OK)
		return rc;
	check_name(c, in);
	for (;;) {
		c->clean = true;
		rc = exch_cat_next(c->r, d);
		if (rc <= 0)
			break;
		check_event(c);
		if (c->nomem)
			return exch_report_nomem(d);
		if (exch_report_stopped(c->run))
			return EXCH_ERR_STOP;
	}
	if (rc < 0 && rc != EXCH_ERR_CUT && rc != EXCH_ERR_FORMAT)
		return rc;
	if (rc < 0) {
		const struct exch_cat_rule *x =
		    exch_cat_rule(c->spec, "unreadable");
		/* what came before was looked at, and is told */
		row(c, c->r->number, "", "", x->code, "", 0,
		    "the file cannot be read further");
		(void)exch_table_flush(&c->run->table, NULL); /* it failed */
		return rc;
	}
	check_named(c);
	return EXCH_OK;
}

/* In a file that is shown every line has to be readable. */
static void
on_unshown(void *arg, const char *field, unsigned code, const char *value,
    size_t n, const char *why)
{
	struct check *c = arg;

	(void)field;
	(void)code;
	(void)value;
	(void)n;
	(void)why;
	c->clean = false;
}

static int
show_event(struct check *c, struct exch_buf *b, struct exch_diag *d)
{
	const struct exch_cat_reader *r = c->r;
	enum exch_format form = c->run->o.format;
	int rc = EXCH_OK;

	b->len = 0;
	if (r->event == NULL || !c->clean) {
		c->run->faults++;
		if (form != EXCH_FMT_TEXT)
			return exch_diag_set(d, EXCH_ERR_FORMAT,
			    exch_in_name(r->in), EXCH_POS_LINE, r->number,
			    "it is no event that can be told in another form: "
			    "--check says why");
		exch_buf_fmt(b, "%s%llu  cannot be read: --check says why\n",
		    r->number > 1 ? "\n" : "", (unsigned long long)r->number);
	} else if (form == EXCH_FMT_TEXT) {
		exch_cat_page(r->event, &r->line, r->number, b);
	} else if (form == EXCH_FMT_CSV) {
		rc = exch_cat_csv(r->event, &r->line, b);
	} else {
		rc = exch_cat_json(c->spec, r->event, &r->line, b);
	}
	if (rc == EXCH_ERR_RANGE)
		return exch_diag_set(d, EXCH_ERR_RANGE, exch_in_name(r->in),
		    EXCH_POS_LINE, r->number,
		    "in that form it has more than %d bytes", EXCH_CAT_LINE);
	if (rc == EXCH_ERR_ABSENT)
		return exch_diag_set(d, EXCH_ERR_FORMAT, exch_in_name(r->in),
		    EXCH_POS_LINE, r->number,
		    "it has an array whose members no table tells, so that it "
		    "stays in its form");
	if (b->failed)
		return exch_report_nomem(d);
	exch_table_raw(&c->run->table, b->p, b->len);
	return EXCH_OK;
}

static int
show_file(struct check *c, struct exch_diag *d)
{
	struct exch_buf b = {0};
	int rc;

	do {
		c->clean = true;
		rc = exch_cat_next(c->r, d);
		if (rc > 0)
			rc = show_event(c, &b, d) == EXCH_OK ? 1 : d->code;
		if (rc > 0 && exch_report_stopped(c->run))
			rc = EXCH_ERR_STOP;
	} while (rc > 0);
	exch_buf_free(&b);
	return rc;
}

int
exch_cat_file(struct exch_report_run *run, enum exch_report_file how,
    struct exch_in *in, struct exch_diag *d)
{
	struct exch_cat *s = run->state;
	struct check c = {.run = run, .spec = &s->spec, .tz = s->tz};
	int rc;

	c.r = exch_calloc(1, sizeof(*c.r));
	if (c.r == NULL)
		return exch_report_nomem(d);
	c.r->in = in;
	c.r->spec = &s->spec;
	c.r->arg = &c;
	c.r->fn = how == EXCH_FILE_CHECK ? on_fault : on_unshown;
	rc = how == EXCH_FILE_CHECK ? check_file(&c, in, d) : show_file(&c, d);
	exch_cat_keys_clear(&c.orders);
	exch_cat_keys_clear(&c.trades);
	exch_cat_keys_clear(&c.roeids);
	exch_free(c.r);
	return rc;
}
