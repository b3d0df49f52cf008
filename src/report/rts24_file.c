/*
 * Reading tables of order records: every cell against its format, what an
 * event has to say, and the arithmetic of quantities from event to event.
 */
#include <config.h>

#include <string.h>

#include "base/csv.h"
#include "base/dec.h"
#include "base/keyed.h"
#include "rec/zio.h"
#include "report/lines.h"
#include "report/rts24.h"

/* Fields that rules speak of. */
enum { LAST = 51 };

/* An order that lives, by a hash of its book, date and code. */
struct live {
	struct exch_key key;
	int64_t remaining; /* 10^-9, or INT64_MAX: not known */
};

struct file {
	struct exch_report_run *run;
	const struct exch_form_table *fields;
	enum exch_report_file how;
	const char *name;
	uint64_t line;
	bool headed;
	uint64_t seq;
	struct exch_keyed lives;
	const struct exch_csv_row *row;
};

static const struct exch_col fault_cols[] = {
    {"line", EXCH_COL_NUM, 6},
    {"field", EXCH_COL_NUM, 5},
    {"name", EXCH_COL_TEXT, 21},
    {"value", EXCH_COL_TEXT, 20},
    {"fault", EXCH_COL_TEXT, 10},
};

/* What is shown of a row, by field. */
static const struct exch_col show_cols[] = {
    {"date_time", EXCH_COL_TEXT, 27},
    {"member", EXCH_COL_TEXT, 20},
    {"order_book", EXCH_COL_TEXT, 8},
    {"order_code", EXCH_COL_TEXT, 8},
    {"event", EXCH_COL_TEXT, 5},
    {"buy_sell", EXCH_COL_TEXT, 4},
    {"order_type", EXCH_COL_TEXT, 8},
    {"limit_price", EXCH_COL_TEXT, 9},
    {"price", EXCH_COL_TEXT, 9},
    {"traded", EXCH_COL_TEXT, 8},
    {"remaining", EXCH_COL_TEXT, 8},
    {"passive", EXCH_COL_TEXT, 4},
    {"phase", EXCH_COL_TEXT, 10},
};
static const uint8_t show_field[] = {
    9, 1, 17, 20, 21, 32, 22, 24, 28, 39, 37, 44, 49};

static void
fault(struct file *f, unsigned field, const char *name, const char *value,
    const char *what)
{
	struct exch_table *t = &f->run->table;

	f->run->faults++;
	if (f->how != EXCH_FILE_CHECK)
		return;
	exch_table_row(t);
	exch_table_u64(t, f->line);
	if (field == 0)
		exch_table_none(t);
	else
		exch_table_u64(t, field);
	exch_table_text(t, name, strlen(name));
	exch_table_text(t, value, strlen(value));
	exch_table_text(t, what, strlen(what));
	exch_table_end(t);
}

/* The cell of a field; "" if the table has none. */
static const char *
cell(const struct file *f, unsigned field)
{
	for (unsigned i = 0; i < f->fields->n && i < f->row->nfields; i++)
		if (f->fields->field[i]->field == field)
			return f->row->field[i];
	return "";
}

static bool
is(const struct file *f, unsigned field, const char *word)
{
	return strcmp(cell(f, field), word) == 0;
}

static void
at(struct file *f, unsigned field, const char *what)
{
	const char *name = "";

	for (unsigned i = 0; i < f->fields->n; i++)
		if (f->fields->field[i]->field == field)
			name = f->fields->field[i]->name;
	fault(f, field, name, cell(f, field), what);
}

static void
need(struct file *f, const uint8_t *field, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (cell(f, field[i])[0] == '\0')
			at(f, field[i], "is missing");
}

static int64_t
amount(const struct file *f, unsigned field)
{
	const char *s = cell(f, field);
	int64_t v;

	return exch_dec_parse(s, strlen(s), 9, &v) == EXCH_OK ? v : INT64_MAX;
}

/* FNV-1a: who names orders so that two meet has checked his own file. */
static uint64_t
hash(uint64_t h, const char *s)
{
	for (;; s++) {
		h = (h ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
		if (*s == '\0')
			return h;
	}
}

static uint64_t
order_of(const struct file *f)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	h = hash(h, cell(f, 16));
	h = hash(h, cell(f, 17));
	h = hash(h, cell(f, 18));
	return hash(h, cell(f, 20));
}

/* What an event leaves, from what there was. */
static void
check_quantity(struct file *f, const struct live *o)
{
	int64_t left = amount(f, 37);
	int64_t traded = amount(f, 39);

	if (is(f, 21, "FILL") && left != 0)
		at(f, 37, "is not 0 although all was traded");
	if (is(f, 21, "PARF") && left == 0)
		at(f, 37, "is 0 although only a part was traded");
	if ((!is(f, 21, "PARF") && !is(f, 21, "FILL")) ||
	    o->remaining == INT64_MAX || left == INT64_MAX ||
	    traded == INT64_MAX)
		return;
	if (left != o->remaining - traded)
		at(f, 37, "is not what remained before less what was traded");
}

static bool
ends(const struct file *f)
{
	static const char *const word[] = {"FILL", "CAME", "CAMO", "EXPI"};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(word); i++)
		if (is(f, 21, word[i]))
			return true;
	return false;
}

static int
check_life(struct file *f, struct exch_diag *d)
{
	uint64_t id = order_of(f);
	struct live *o = exch_keyed_find(&f->lives, 0, id);

	if (is(f, 21, "NEWO")) {
		if (o != NULL)
			at(f, 20, "is the code of an order that lives");
		else if (exch_keyed_add(&f->lives, 0, id, &o) != EXCH_OK)
			return exch_report_nomem(d);
	} else if (o == NULL) {
		if (!is(f, 21, "REMO"))
			at(f, 20, "is the code of no order that lives");
		return EXCH_OK;
	} else {
		check_quantity(f, o);
	}
	o->remaining = amount(f, 37);
	if (ends(f))
		exch_keyed_drop(&f->lives, o);
	return EXCH_OK;
}

/* Cells that depend on others. */
static int
check_row(struct file *f, struct exch_diag *d)
{
	static const uint8_t always[] = {9, 15, 16, 17, 18};
	static const uint8_t order[] = {19, 20, 22, 23, 31, 32, 33, 34, 36, 37};
	static const uint8_t trade[] = {28, 39, 48};
	static const uint8_t till[] = {12};
	uint64_t seq;

	need(f, always, sizeof(always));
	if (exch_uint_parse(cell(f, 15), strlen(cell(f, 15)), &seq) == 0) {
		if (seq <= f->seq)
			at(f, 15, "is not above the one before");
		f->seq = seq;
	}
	if (cell(f, 21)[0] == '\0')
		return EXCH_OK;
	need(f, order, sizeof(order));
	if (is(f, 21, "PARF") || is(f, 21, "FILL"))
		need(f, trade, sizeof(trade));
	else if (cell(f, 44)[0] != '\0')
		at(f, 44, "stands without a trade");
	if (is(f, 10, "GTTV") || is(f, 10, "GTDV") || is(f, 10, "GTSV"))
		need(f, till, sizeof(till));
	return check_life(f, d);
}

static void
check_cells(struct file *f)
{
	for (unsigned i = 0; i < f->fields->n; i++) {
		const struct exch_form_field *x = f->fields->field[i];
		const char *s = f->row->field[i];
		const char *what;

		if (s[0] == '\0' ||
		    (x->format[0] == '\0' && x->codes[0] == '\0'))
			continue;
		what = exch_form_fault(x->format, x->codes, s, f->row->len[i]);
		if (what != NULL)
			fault(f, x->field, x->name, s, what);
	}
}

static void
check_header(struct file *f)
{
	for (unsigned i = 0; i < f->fields->n; i++) {
		const struct exch_form_field *x = f->fields->field[i];
		const char *s = i < f->row->nfields ? f->row->field[i] : "";
		char want[48];
		char *p = exch_fmt_u64(want, x->field);

		*p++ = '_';
		p = exch_fmt_copy(p, x->name, strlen(x->name));
		*p = '\0';
		if (strcmp(s, want) != 0)
			fault(f, x->field, x->name, s,
			    "is not the name of this column");
	}
}

static void
show_row(struct file *f)
{
	struct exch_table *t = &f->run->table;

	exch_table_row(t);
	for (size_t i = 0; i < EXCH_ARRAY_LEN(show_field); i++)
		exch_table_text(
		    t, cell(f, show_field[i]), strlen(cell(f, show_field[i])));
	exch_table_end(t);
}

static int
take_row(void *arg, const struct exch_csv_row *row, struct exch_diag *d)
{
	struct file *f = arg;
	bool header = !f->headed;

	f->row = row;
	f->headed = true;
	if (header) {
		check_header(f);
	} else if (row->nfields != f->fields->n) {
		fault(f, 0, "", "", "the row has another number of cells");
	} else if (f->how == EXCH_FILE_SHOW) {
		show_row(f);
	} else {
		check_cells(f);
		return check_row(f, d);
	}
	return EXCH_OK;
}

static int
take_line(
    void *arg, const char *s, size_t n, uint64_t line, struct exch_diag *d)
{
	struct file *f = arg;
	struct exch_diag bad = {0};
	int rc;

	f->line = line;
	if (n == 0)
		return EXCH_OK;
	rc = exch_csv_parse(s, n, f->name, take_row, f, &bad);
	if (rc == EXCH_ERR_FORMAT) {
		fault(f, 0, "", "", bad.text);
		return EXCH_OK;
	}
	if (rc != EXCH_OK && d != NULL && d->code == EXCH_OK)
		*d = bad;
	return rc;
}

int
exch_rts24_file(struct exch_report_run *run,
    const struct exch_form_table *fields, enum exch_report_file how,
    struct exch_in *in, struct exch_diag *d)
{
	struct file f = {
	    .run = run, .fields = fields, .how = how, .name = exch_in_name(in)};
	bool check = how == EXCH_FILE_CHECK;
	int rc = exch_keyed_init(&f.lives, sizeof(struct live));

	if (rc != EXCH_OK)
		return exch_report_nomem(d);
	rc = exch_table_columns(&run->table, check ? fault_cols : show_cols,
	    check ? EXCH_ARRAY_LEN(fault_cols) : EXCH_ARRAY_LEN(show_cols),
	    true, d);
	if (rc == EXCH_OK)
		rc = exch_lines_each(in, take_line, &f, d);
	if (rc == EXCH_OK && !f.headed)
		fault(&f, 0, "", "", "the file is empty");
	exch_keyed_clear(&f.lives);
	return rc;
}
