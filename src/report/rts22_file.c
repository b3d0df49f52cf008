/*
 * Reading files of auth.016.001.01: every element against the table of
 * elements (data/report/rts22.csv): whether it may stand there, in which
 * order, how often, and what it says.  Memory holds the numbers of reports,
 * which may not come twice.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/keyed.h"
#include "rec/zio.h"
#include "report/rts22.h"
#include "report/xmlin.h"

#define NONE UINT16_MAX
/* Elements deep; what is deeper is no report. */
#define DEEP 24u
#define ROWS 400u

struct element {
	struct exch_dated span;
	char path[128];
	uint32_t least;
	uint32_t most; /* 0: as many as wanted */
	char choice[2];
	char format[40];
	char codes[160];
	uint32_t field; /* 0: none */
	char name[48];
	uint16_t parent; /* row, or NONE */
	bool leaf;
};

struct level {
	uint16_t row;  /* NONE: unknown, and so is all in it */
	uint16_t last; /* the child that came last, or NONE */
	uint64_t line;
	uint16_t count[ROWS]; /* of children, by row */
};

struct file {
	struct exch_report_run *run;
	enum exch_report_file how;
	struct exch_reftable table;
	struct element *e;
	size_t n;
	uint32_t date;
	struct level level[DEEP];
	unsigned depth;
	uint64_t line;
	struct exch_keyed ids; /* of reports, by their hash */
	char txid[EXCH_TXID_MAX];
	char firm[EXCH_LEI_LEN + 1];
	uint64_t reports;
};

#define TEXT(m)                                                                \
	{                                                                      \
		.name = #m, .kind = EXCH_CELL_TEXT,                            \
		.off = offsetof(struct element, m),                            \
		.size = sizeof(((struct element *)0)->m) - 1, .may_lack = true \
	}
#define NUMBER(m)                                                              \
	{                                                                      \
		.name = #m, .kind = EXCH_CELL_U32,                             \
		.off = offsetof(struct element, m), .may_lack = true           \
	}

static const struct exch_column columns[] = {
    EXCH_DATED_COLUMNS(struct element),
    TEXT(path),
    NUMBER(least),
    NUMBER(most),
    TEXT(choice),
    TEXT(format),
    TEXT(codes),
    NUMBER(field),
    TEXT(name),
};

static const struct exch_reftable_shape shape = {
    .what = "a table of elements",
    .column = columns,
    .ncolumns = EXCH_ARRAY_LEN(columns),
    .row = sizeof(struct element),
};

static int
by_path(const void *a, const void *b)
{
	const struct element *x = a;
	const struct element *y = b;

	return memcmp(x->path, y->path, sizeof(x->path));
}

static const struct exch_col fault_cols[] = {
    {"line", EXCH_COL_NUM, 6},
    {"field", EXCH_COL_NUM, 5},
    {"element", EXCH_COL_TEXT, 24},
    {"value", EXCH_COL_TEXT, 20},
    {"fault", EXCH_COL_TEXT, 10},
};
static const struct exch_col show_cols[] = {
    {"report", EXCH_COL_NUM, 6},
    {"field", EXCH_COL_NUM, 5},
    {"name", EXCH_COL_TEXT, 36},
    {"value", EXCH_COL_TEXT, 10},
};

/* ---- the table ---- */

static uint16_t
find_path(const struct file *f, const char *path, size_t n)
{
	for (size_t i = 0; i < f->n; i++)
		if (exch_dated_holds(&f->e[i].span, f->date) &&
		    strlen(f->e[i].path) == n &&
		    memcmp(f->e[i].path, path, n) == 0)
			return (uint16_t)i;
	return NONE;
}

/* Elements know their parent, which stands above them. */
static int
link_rows(struct file *f, struct exch_diag *d)
{
	for (size_t i = 0; i < f->n; i++) {
		struct element *e = &f->e[i];
		const char *slash = strrchr(e->path, '/');

		e->leaf = true;
		e->parent = NONE;
		if (slash == NULL)
			continue;
		e->parent = find_path(f, e->path, (size_t)(slash - e->path));
		if (e->parent == NONE || e->parent >= i)
			return exch_reftable_bad(&f->table, i, d,
			    "the element around it does not stand above it");
		if (slash[1] != '@')
			f->e[e->parent].leaf = false;
	}
	return EXCH_OK;
}

static int
read_table(struct file *f, struct exch_diag *d)
{
	const struct exch_given *g = exch_report_given(f->run, "elements");
	int rc;

	if (g == NULL)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "a table of elements is needed");
	rc = exch_dated_parse(
	    g->text, g->n, g->value, &shape, &f->table, by_path, d);
	if (rc != EXCH_OK)
		return rc;
	f->e = f->table.row;
	f->n = f->table.n;
	f->date = EXCH_DATED_FOR_EVER - 1;
	if (f->n > ROWS)
		return exch_diag_set(d, EXCH_ERR_LIMIT, g->value, EXCH_POS_NONE,
		    0, "more than %u elements", ROWS);
	return link_rows(f, d);
}

/* ---- faults ---- */

static const char *
last_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static void
put_fault(struct file *f, uint64_t line, uint32_t field, const char *element,
    const char *value, const char *what)
{
	struct exch_table *t = &f->run->table;

	f->run->faults++;
	if (f->how != EXCH_FILE_CHECK)
		return;
	exch_table_row(t);
	exch_table_id(t, line);
	exch_table_id(t, field);
	exch_table_text(t, element, strlen(element));
	exch_table_text(t, value, strlen(value));
	exch_table_text(t, what, strlen(what));
	exch_table_end(t);
}

static void
fault(struct file *f, uint16_t row, const char *value, const char *what)
{
	put_fault(
	    f, f->line, f->e[row].field, last_of(f->e[row].path), value, what);
}

/* ---- structure ---- */

static struct level *
top(struct file *f)
{
	return f->depth > 0 && f->depth <= DEEP ? &f->level[f->depth - 1]
						: NULL;
}

static uint16_t
child_of(const struct file *f, uint16_t parent, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->e[i].parent == parent &&
		    exch_dated_holds(&f->e[i].span, f->date) &&
		    strcmp(last_of(f->e[i].path), name) == 0)
			return (uint16_t)i;
	return NONE;
}

/* It stands where it may, or that is a fault. */
static void
enter(struct file *f, struct level *in, uint16_t row)
{
	const struct element *e = &f->e[row];

	if (in->last != NONE && row < in->last)
		fault(f, row, last_of(f->e[in->last].path),
		    "stands behind what has to follow it");
	if (in->last == NONE || row > in->last)
		in->last = row;
	if (in->count[row] < UINT16_MAX)
		in->count[row]++;
	if (e->most != 0 && in->count[row] > e->most)
		fault(f, row, "", "comes too often");
}

static void
on_start(void *arg, const char *name, uint64_t line)
{
	struct file *f = arg;
	struct level *in = top(f);
	uint16_t row = NONE;
	bool known = in == NULL ? f->depth == 0 : in->row != NONE;

	f->line = line;
	if (known) {
		row = child_of(f, in != NULL ? in->row : NONE, name);
		if (row == NONE)
			put_fault(f, line, 0, name,
			    in != NULL ? last_of(f->e[in->row].path) : "",
			    "may not stand in that element");
		else if (in != NULL)
			enter(f, in, row);
	}
	f->depth++;
	if (f->depth == DEEP + 1)
		put_fault(f, line, 0, name, "", "is nested too deep");
	in = top(f);
	if (in == NULL)
		return;
	memset(in, 0, sizeof(*in));
	in->row = row;
	in->last = NONE;
	in->line = line;
}

static void
show(struct file *f, uint16_t row, const char *text)
{
	struct exch_table *t = &f->run->table;
	const struct element *e = &f->e[row];

	if (f->how != EXCH_FILE_SHOW || e->field == 0)
		return;
	exch_table_row(t);
	exch_table_u64(t, f->reports);
	exch_table_u64(t, e->field);
	exch_table_text(t, e->name, strlen(e->name));
	exch_table_text(t, text, strlen(text));
	exch_table_end(t);
}

static void
check_value(struct file *f, uint16_t row, const char *text)
{
	const struct element *e = &f->e[row];
	const char *what;

	show(f, row, text);
	if (e->format[0] == '\0' && e->codes[0] == '\0')
		return;
	what = text[0] == '\0'
		   ? "is empty"
		   : exch_form_fault(e->format, e->codes, text, strlen(text));
	if (what != NULL)
		fault(f, row, text, what);
}

static void
on_attribute(void *arg, const char *name, const char *value)
{
	struct file *f = arg;
	struct level *in = top(f);
	char at[40] = "@";
	uint16_t row;

	if (in == NULL || in->row == NONE)
		return;
	(void)strncat(at, name, sizeof(at) - 2);
	row = child_of(f, in->row, at);
	if (row == NONE) {
		put_fault(f, f->line, 0, name, value,
		    "is no attribute of that element");
		return;
	}
	in->count[row]++;
	check_value(f, row, value);
}

/* Of a choice exactly one stands; `row` is the first of its letter. */
static void
check_choice(struct file *f, const struct level *in, uint16_t row)
{
	const char *letter = f->e[row].choice;
	unsigned n = 0;

	for (size_t i = row; i < f->n; i++)
		if (f->e[i].parent == in->row &&
		    strcmp(f->e[i].choice, letter) == 0)
			n += in->count[i] != 0;
	if (n != 1)
		fault(f, in->row, "",
		    n == 0 ? "lacks one of those that may stand in it"
			   : "has several of those of which one may stand");
}

static void
check_children(struct file *f, const struct level *in)
{
	char seen[8] = "";

	for (size_t i = 0; i < f->n; i++) {
		const struct element *e = &f->e[i];

		if (e->parent != in->row ||
		    !exch_dated_holds(&e->span, f->date))
			continue;
		if (e->choice[0] == '\0') {
			if (in->count[i] < e->least)
				fault(f, (uint16_t)i, "", "is missing");
		} else if (strchr(seen, e->choice[0]) == NULL) {
			check_choice(f, in, (uint16_t)i);
			seen[strlen(seen)] = e->choice[0];
		}
	}
}

/* ---- what reports say together ---- */

static uint64_t
hash(uint64_t h, const char *s)
{
	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
	return h;
}

static void
end_report(struct file *f, uint16_t row, bool cancel)
{
	uint64_t h = hash(UINT64_C(0xcbf29ce484222325), f->firm);
	void *x;

	h = hash(h * 31, f->txid);
	/* a report that is taken back may be sent anew */
	if (cancel) {
		x = exch_keyed_find(&f->ids, 0, h);
		if (x != NULL)
			exch_keyed_drop(&f->ids, x);
		return;
	}
	if (exch_keyed_add(&f->ids, 0, h, &x) == EXCH_ERR_EXISTS)
		fault(f, row, f->txid, "has the number of a report before it");
}

static void
note(char *out, size_t room, const char *text)
{
	size_t n = strnlen(text, room - 1);

	memcpy(out, text, n);
	out[n] = '\0';
}

static void
on_end(void *arg, const char *text)
{
	struct file *f = arg;
	struct level *in = top(f);
	const char *name;

	if (in != NULL && in->row != NONE) {
		name = last_of(f->e[in->row].path);
		if (f->e[in->row].leaf)
			check_value(f, in->row, text);
		check_children(f, in);
		if (f->depth == 5 && strcmp(name, "TxId") == 0)
			note(f->txid, sizeof(f->txid), text);
		else if (f->depth == 5 && strcmp(name, "ExctgPty") == 0)
			note(f->firm, sizeof(f->firm), text);
		else if (f->depth == 4)
			end_report(f, in->row, strcmp(name, "Cxl") == 0);
		else if (f->depth == 3)
			f->reports++;
	}
	f->depth -= f->depth > 0;
}

static void
on_fault(void *arg, uint64_t line, const char *what)
{
	put_fault(arg, line, 0, "", "", what);
}

static int
run_file(struct file *f, struct exch_in *in, struct exch_diag *d)
{
	const struct exch_given *xsd = exch_report_given(f->run, "xsd");
	bool check = f->how == EXCH_FILE_CHECK;
	struct exch_xml_reader r = {.arg = f,
	    .ns = EXCH_AUTH016,
	    .start = on_start,
	    .attribute = on_attribute,
	    .end = on_end,
	    .fault = on_fault};
	int rc;

	if (xsd != NULL) {
		r.schema = xsd->text;
		r.nschema = xsd->n;
		r.schema_name = xsd->value;
	}
	rc = exch_table_columns(&f->run->table, check ? fault_cols : show_cols,
	    check ? EXCH_ARRAY_LEN(fault_cols) : EXCH_ARRAY_LEN(show_cols),
	    true, d);
	f->reports = 1;
	return rc == EXCH_OK ? exch_xml_read(in, &r, d) : rc;
}

int
exch_rts22_file(struct exch_report_run *run, enum exch_report_file how,
    struct exch_in *in, struct exch_diag *d)
{
	struct file *f = exch_calloc(1, sizeof(*f));
	int rc;

	if (f == NULL)
		return exch_report_nomem(d);
	f->run = run;
	f->how = how;
	rc = read_table(f, d);
	if (rc == EXCH_OK &&
	    exch_keyed_init(&f->ids, sizeof(struct exch_key)) != EXCH_OK)
		rc = exch_report_nomem(d);
	if (rc == EXCH_OK)
		rc = run_file(f, in, d);
	exch_keyed_clear(&f->ids);
	exch_reftable_clear(&f->table);
	exch_free(f);
	return rc;
}
