/*
 * Cells of reports for authorities: decimals that are rounded, times that are
 * cut, formats and codes (src/report/forms.c), and XML that is escaped
 * (src/report/xml.c).
 */
#include <config.h>

#include <string.h>

#include "rec/zio.h"
#include "report/forms.h"
#include "report/xml.h"
#include "tap.h"

static void
decimal(
    exch_i128 v, int scale, unsigned digits, unsigned frac, const char *want)
{
	char cell[EXCH_FORM_MAX + 8] = "";
	char *p = exch_form_decimal(cell, v, scale, digits, frac);

	if (p == NULL || want == NULL) {
		tap_ok(p == NULL && want == NULL, "it does not fit");
		return;
	}
	*p = '\0';
	tap_ok(strcmp(cell, want) == 0, want);
	if (strcmp(cell, want) != 0)
		printf("# got %s\n", cell);
}

static void
test_decimal(void)
{
	decimal(10010000000, 9, 18, 13, "10.01");
	decimal(-1500000000, 9, 18, 13, "-1.5");
	decimal(0, 9, 18, 13, "0");
	decimal(100, 0, 18, 17, "100");
	/* rounded, half to even, not cut */
	decimal(1000005, 6, 18, 5, "1");
	decimal(1000015, 6, 18, 5, "1.00002");
	decimal(1000016, 6, 18, 5, "1.00002");
	decimal(-1000015, 6, 18, 5, "-1.00002");
	decimal(999999999, 9, 18, 5, "1");
	/* eighteen digits, ten of them before the point: eight behind it */
	decimal(INT64_C(1234567890123456789), 9, 18, 13, "1234567890.12345679");
	decimal(INT64_MAX, 9, 18, 13, "9223372036.85477581");
	/* rounding up makes a digit more before the point */
	decimal(INT64_C(9999999999999999), 7, 10, 7, "1000000000");
	decimal((exch_i128)INT64_MAX * 10, 0, 18, 13, NULL);
	decimal(UINT64_C(18446744073709551615), 0, 18, 17, NULL);
	decimal(
	    UINT64_C(18446744073709551615), 9, 18, 17, "18446744073.7095516");
}

static void
test_time(void)
{
	char cell[EXCH_FORM_MAX] = "";

	*exch_form_time(cell, UINT64_C(1795789801000200999)) = '\0';
	tap_ok(strcmp(cell, "2026-11-27T14:30:01.000200Z") == 0,
	    "times are cut, not rounded");
	*exch_form_date(cell, 19491231) = '\0';
	tap_ok(strcmp(cell, "1949-12-31") == 0, "dates");
	*exch_form_alnum(cell, "a-b.C 1\0x", 9, 20) = '\0';
	tap_ok(strcmp(cell, "ABC1") == 0, "letters and digits");
	*exch_form_alnum(cell, "abcdef", 6, 3) = '\0';
	tap_ok(strcmp(cell, "ABC") == 0, "no more than there is room for");
}

static bool
fits(const char *formats, const char *codes, const char *s)
{
	return exch_form_fault(formats, codes, s, strlen(s)) == NULL;
}

static void
test_formats(void)
{
	static const struct {
		const char *format;
		const char *codes;
		const char *s;
		bool good;
	} t[] = {
	    {"DECIMAL-18/13", "", "10.01", true},
	    {"DECIMAL-18/13", "", "-10.01", true},
	    {"AMOUNT-18/13", "", "-10.01", false},
	    {"DECIMAL-18/13", "", "10.", false},
	    {"DECIMAL-18/13", "", ".5", false},
	    {"DECIMAL-18/13", "", "1e5", false},
	    {"DECIMAL-18/13", "", "-", false},
	    {"DECIMAL-18/13", "", "1.2.3", false},
	    {"DECIMAL-18/5", "", "1.123456", false},
	    {"DECIMAL-18/5", "", "1234567890123456789", false},
	    {"DATE_TIME_FORMAT", "", "2026-11-20T14:30:01.000200Z", true},
	    {"DATE_TIME_FORMAT", "", "2026-11-20T14:30:01.0002Z", false},
	    {"DATE_TIME_FORMAT", "", "2026-11-20 14:30:01.000200Z", false},
	    {"DATE_TIME_FORMAT", "", "2026-11-31T14:30:01.000200Z", false},
	    {"DATEFORMAT", "", "2026-11-20", true},
	    {"DATEFORMAT", "", "20261120", false},
	    {"BOOLEAN", "", "true", true},
	    {"BOOLEAN", "", "TRUE", false},
	    {"INTEGER-3", "", "123", true},
	    {"INTEGER-3", "", "1234", false},
	    {"INTEGER-3", "", "-1", false},
	    {"ALPHANUM-4", "", "a-b.", true},
	    {"ALPHANUM-4", "", "abcde", false},
	    {"TEXT-4", "", "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f", true},
	    {"ALPHANUM-4", "", "\xc3\xa4", false},
	    {"TEXT-4", "", "a\nb", false},
	    {"CODE-4", "", "AB12", true},
	    {"CODE-4", "", "ab12", false},
	    {"LEI NATIONAL_ID", "AGGR PNAL", "AGGR", true},
	    {"LEI NATIONAL_ID", "AGGR PNAL", "pnal", false},
	    {"LEI NATIONAL_ID", "AGGR PNAL", "9845EXCHSIMFIRM00160", true},
	    {"", "DAVY own", "XXXX", true},
	    {"", "DAVY own", "XXXXX", false},
	    {"", "DAVY", "XXXX", false},
	    {"NOSUCH", "", "x", false},
	};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(t); i++)
		tap_ok(fits(t[i].format, t[i].codes, t[i].s) == t[i].good,
		    t[i].format);
}

static void
test_xml(void)
{
	static const char want[] =
	    "<a>&lt;&amp;&gt;&quot;&#39;\?\?\xc3\xa4\?\?\?</a>"
	    "<b Ccy=\"E&quot;R\">1</b>";
	struct exch_diag d = {0};
	struct exch_table t;
	struct exch_out *out = NULL;

	tap_ok(exch_out_mem(&out) == 0 &&
		   exch_table_init(&t, out, EXCH_FMT_TEXT, NULL, &d) == 0,
	    "a place to write to");
	exch_xml_text(&t, "a", "<&>\"'\x01\xff\xc3\xa4\xed\xa0\x80", 12);
	exch_xml_amount(&t, "b", "E\"R", 3, "1");
	exch_xml_put(&t, "c", NULL);
	tap_ok((size_t)(t.p - t.buf) == sizeof(want) - 1 &&
		   memcmp(t.buf, want, sizeof(want) - 1) == 0,
	    "what XML cannot say does not get into it");
	printf("# %.*s\n", (int)(t.p - t.buf), t.buf);
	exch_table_clear(&t);
	exch_out_free(out);
}

int
main(void)
{
	test_decimal();
	test_time();
	test_formats();
	test_xml();
	return tap_done();
}
