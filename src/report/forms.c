/* Cells of regulatory reports (forms.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "base/even.h"
#include "base/time.h"
#include "report/fmt.h"
#include "report/forms.h"
#include "report/ident.h"

/* ---- writing ---- */

static unsigned
digits_of(exch_u128 v)
{
	unsigned n = 1;

	while (v >= 10) {
		v /= 10;
		n++;
	}
	return n;
}

char *
exch_form_decimal(
    char *p, exch_i128 v, int scale, unsigned digits, unsigned frac)
{
	/* rounding may make a digit more, and then the next round drops one */
	for (;;) {
		exch_u128 whole = v < 0 ? 0 - (exch_u128)v : (exch_u128)v;
		exch_i128 by = 1;
		unsigned n;

		for (int i = 0; i < scale; i++)
			whole /= 10;
		n = digits_of(whole);
		if (n > digits)
			return NULL;
		if (frac > digits - n)
			frac = digits - n;
		if (scale <= (int)frac)
			return exch_dec128_put(p, v, scale, 0);
		for (; scale > (int)frac; scale--)
			by *= 10;
		v = exch_div_half_even(v, by);
	}
}

char *
exch_form_time(char *p, exch_ts t)
{
	char all[32];

	(void)exch_ts_put(all, t);
	p = exch_fmt_copy(p, all, 26);
	*p++ = 'Z';
	return p;
}

char *
exch_form_date(char *p, uint32_t date)
{
	static const uint8_t at[] = {0, 1, 2, 3, 5, 6, 8, 9};

	for (size_t i = EXCH_ARRAY_LEN(at); i-- > 0; date /= 10)
		p[at[i]] = (char)('0' + date % 10);
	p[4] = '-';
	p[7] = '-';
	return p + 10;
}

static bool
is_alnum(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

char *
exch_form_alnum(char *p, const char *s, size_t n, size_t most)
{
	const char *end = p + most;

	for (size_t i = 0; i < n && s[i] != '\0' && p < end; i++) {
		char c = s[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (is_alnum(c))
			*p++ = c;
	}
	return p;
}

/* ---- checking ---- */

/* "18/13" */
static bool
is_decimal(const char *s, size_t n, const char *shape)
{
	unsigned digits = 0;
	unsigned frac = 0;
	unsigned most = 0;
	unsigned most_frac = 0;
	size_t i = n > 0 && s[0] == '-';
	size_t begin = i;
	bool point = false;

	for (; *shape >= '0' && *shape <= '9'; shape++)
		most = most * 10 + (unsigned)(*shape - '0');
	for (shape += *shape == '/'; *shape >= '0' && *shape <= '9'; shape++)
		most_frac = most_frac * 10 + (unsigned)(*shape - '0');
	for (; i < n; i++) {
		if (s[i] == '.' && !point && i > begin && i + 1 < n) {
			point = true;
			continue;
		}
		if (s[i] < '0' || s[i] > '9')
			return false;
		digits++;
		frac += point;
	}
	return digits > 0 && digits <= most && frac <= most_frac;
}

static bool
is_time(const char *s, size_t n)
{
	exch_ts t;

	return n == 27 && s[10] == 'T' && exch_ts_parse(s, n, &t) == EXCH_OK;
}

/* Up to so many characters that can be seen, of ASCII or of all. */
static bool
is_text(const char *s, size_t n, const char *most, bool ascii)
{
	uint64_t m = 0;
	uint64_t k = 0;

	if (exch_uint_parse(most, strcspn(most, " "), &m) != EXCH_OK)
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x20 || c == 0x7f || (ascii && c > 0x7e))
			return false;
		k += (c & 0xc0) != 0x80;
	}
	return k <= m;
}

static bool
is_capitals(const char *s, size_t n, const char *most)
{
	for (size_t i = 0; i < n; i++)
		if (!is_alnum(s[i]))
			return false;
	return is_text(s, n, most, true);
}

static bool
is_integer(const char *s, size_t n, const char *most)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return is_text(s, n, most, true);
}

static bool
is_word(const char *s, size_t n, const char *w)
{
	return n == strlen(w) && memcmp(s, w, n) == 0;
}

static bool
starts(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* Formats that are identifiers. */
static const struct {
	const char *format;
	enum exch_ident kind;
} idents[] = {{"LEI", EXCH_IDENT_LEI}, {"ISIN", EXCH_IDENT_ISIN},
    {"MIC", EXCH_IDENT_MIC}, {"CFI_CODE", EXCH_IDENT_CFI},
    {"COUNTRYCODE_2", EXCH_IDENT_COUNTRY},
    {"CURRENCYCODE_3", EXCH_IDENT_CURRENCY},
    {"NATIONAL_ID", EXCH_IDENT_NATIONAL}};

static const char *
fault_of(const char *format, const char *s, size_t n)
{
	for (size_t i = 0; i < EXCH_ARRAY_LEN(idents); i++)
		if (is_word(format, strcspn(format, " "), idents[i].format))
			return exch_ident_fault(idents[i].kind, s, n);
	if (starts(format, "AMOUNT-"))
		return s[0] != '-' && is_decimal(s, n, format + 7)
			   ? NULL
			   : "is no decimal number of that length without sign";
	if (starts(format, "DECIMAL-"))
		return is_decimal(s, n, format + 8)
			   ? NULL
			   : "is no decimal number of that length";
	if (starts(format, "ALPHANUM-"))
		return is_text(s, n, format + 9, true)
			   ? NULL
			   : "is too long, or has other characters";
	if (starts(format, "TEXT-"))
		return is_text(s, n, format + 5, false)
			   ? NULL
			   : "is too long, or has control characters";
	if (starts(format, "CODE-"))
		return is_capitals(s, n, format + 5)
			   ? NULL
			   : "is too long, or has other than capital letters "
			     "and digits";
	if (starts(format, "INTEGER-"))
		return is_integer(s, n, format + 8) ? NULL
						    : "is no whole number";
	if (starts(format, "DATE_TIME_FORMAT"))
		return is_time(s, n) ? NULL
				     : "is no time YYYY-MM-DDThh:mm:ss.ddddddZ";
	if (starts(format, "DATEFORMAT")) {
		uint32_t date;

		return n == 10 && exch_birth_parse(s, n, &date) == EXCH_OK
			   ? NULL
			   : "is no date YYYY-MM-DD";
	}
	if (starts(format, "BOOLEAN"))
		return is_word(s, n, "true") || is_word(s, n, "false")
			   ? NULL
			   : "is neither true nor false";
	return "has an unknown format";
}

/* One of the words; "own": four letters or digits of the venue's. */
static bool
is_code(const char *codes, const char *s, size_t n)
{
	while (*codes != '\0') {
		size_t k = strcspn(codes, " ");

		if (k == n && memcmp(codes, s, n) == 0)
			return true;
		if (is_word(codes, k, "own") && n == 4 && is_alnum(s[0]) &&
		    is_alnum(s[1]) && is_alnum(s[2]) && is_alnum(s[3]))
			return true;
		codes += k;
		codes += strspn(codes, " ");
	}
	return false;
}

const char *
exch_form_fault(const char *formats, const char *codes, const char *s, size_t n)
{
	const char *fault = "is none of the codes";

	if (is_code(codes, s, n))
		return NULL;
	while (*formats != '\0') {
		fault = fault_of(formats, s, n);
		if (fault == NULL)
			return NULL;
		formats += strcspn(formats, " ");
		formats += strspn(formats, " ");
	}
	return fault;
}

/* ---- tables ---- */

#define TEXT(m)                                                                \
	{                                                                      \
		.name = #m, .kind = EXCH_CELL_TEXT,                            \
		.off = offsetof(struct exch_form_field, m),                    \
		.size = sizeof(((struct exch_form_field *)0)->m) - 1,          \
		.may_lack = true                                               \
	}

static const struct exch_column columns[] = {
    EXCH_DATED_COLUMNS(struct exch_form_field),
    {.name = "field",
	.kind = EXCH_CELL_U32,
	.off = offsetof(struct exch_form_field, field),
	.least = 1,
	.most = 999},
    {.name = "name",
	.kind = EXCH_CELL_TEXT,
	.off = offsetof(struct exch_form_field, name),
	.size = EXCH_COL_NAME - 3},
    TEXT(format),
    TEXT(codes),
    EXCH_DATED_SOURCE(struct exch_form_field),
};

static const struct exch_reftable_shape shape = {
    .what = "a table of fields",
    .column = columns,
    .ncolumns = EXCH_ARRAY_LEN(columns),
    .row = sizeof(struct exch_form_field),
};

static int
by_field(const void *a, const void *b)
{
	const struct exch_form_field *x = a;
	const struct exch_form_field *y = b;

	return (x->field > y->field) - (x->field < y->field);
}

static int
pick(struct exch_form_table *t, uint32_t date, struct exch_diag *d)
{
	const struct exch_form_field *f = t->table.row;
	uint32_t first = EXCH_DATED_FOR_EVER;

	for (size_t i = 0; i < t->table.n; i++)
		if (f[i].span.from < first)
			first = f[i].span.from;
	t->date = date < first ? first : date;
	t->field = exch_calloc(t->table.n + 1, sizeof(*t->field));
	if (t->field == NULL)
		return exch_report_nomem(d);
	for (size_t i = 0; i < t->table.n; i++)
		if (exch_dated_holds(&f[i].span, t->date))
			t->field[t->n++] = &f[i];
	return t->n > 0 ? EXCH_OK
			: exch_dated_absent(&t->table, t->date, "field", d);
}

int
exch_form_read(struct exch_form_table *t, const struct exch_given *given,
    uint32_t date, struct exch_diag *d)
{
	int rc;

	*t = (struct exch_form_table){0};
	if (given == NULL)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "a table of fields is needed");
	rc = exch_dated_parse(given->text, given->n, given->value, &shape,
	    &t->table, by_field, d);
	return rc == EXCH_OK ? pick(t, date, d) : rc;
}

void
exch_form_clear(struct exch_form_table *t)
{
	exch_free(t->field);
	exch_reftable_clear(&t->table);
	*t = (struct exch_form_table){0};
}

uint32_t
exch_form_day(const struct exch_report_run *run)
{
	if (run->info->date != 0)
		return run->info->date;
	if (run->info->start != 0 && run->info->start != EXCH_TS_NONE)
		return exch_ts_date(run->info->start);
	return EXCH_DATED_FOR_EVER - 1;
}
