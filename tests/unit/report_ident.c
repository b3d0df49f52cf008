/*
 * Identifiers of reports: check digits of LEI and ISIN, shapes, and the
 * CONCAT number of persons (src/report/ident.c).
 */
#include <config.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "report/ident.h"
#include "tap.h"

static void ok(bool yes, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
ok(bool yes, const char *fmt, ...)
{
	char what[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	tap_ok(yes, what);
}

static bool
is(enum exch_ident kind, const char *s)
{
	return exch_ident_is(kind, s, strlen(s));
}

/*
 * Real ones, and those that the standards print; one of the project's own
 * for examples.
 */
static void
test_lei(void)
{
	static const char *const good[] = {"5493001KJTIIGC8Y1R12",
	    "529900T8BM49AURSDO55", "213800WAVVOPS85N2205",
	    "9845EXCHSIMFIRM00160"};
	char s[EXCH_LEI_LEN + 1];
	unsigned found = 0;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(good); i++) {
		char end[2];

		ok(is(EXCH_IDENT_LEI, good[i]), "%s is a LEI", good[i]);
		ok(exch_ident_lei_digits(good[i], end) == 0 &&
			memcmp(end, good[i] + 18, 2) == 0,
		    "and its digits are computed");
	}
	/* mod 97 finds every single wrong character and swapped neighbours */
	for (size_t i = 0; i < 20; i++) {
		strcpy(s, good[0]);
		if (s[i] >= 'A')
			s[i] = s[i] == 'M' ? 'N' : 'M';
		else
			s[i] = s[i] == '7' ? '8' : '7';
		found += !is(EXCH_IDENT_LEI, s);
	}
	ok(found == 20, "every wrong character is found: %u", found);
	found = 0;
	for (size_t i = 0; i < 19; i++) {
		strcpy(s, good[3]);
		s[i] = good[3][i + 1];
		s[i + 1] = good[3][i];
		found += s[i] == s[i + 1] || !is(EXCH_IDENT_LEI, s);
	}
	ok(found == 19, "and every swap: %u", found);
	ok(strcmp(exch_ident_fault(EXCH_IDENT_LEI, "5493001KJTIIGC8Y1R13", 20),
	       "has wrong check digits") == 0,
	    "what is wrong is told");
	ok(!is(EXCH_IDENT_LEI, "5493001kjtiigc8y1r12"), "small letters");
	ok(!is(EXCH_IDENT_LEI, "5493001KJTIIGC8Y1R1"), "too short");
	ok(!is(EXCH_IDENT_LEI, "5493001KJTIIGC8Y1R122"), "too long");
	ok(!is(EXCH_IDENT_LEI, ""), "empty");
	ok(exch_ident_lei_digits("5493001KJTIIGC8Y1", s) != 0,
	    "no digits for a short one");
}

static void
test_isin(void)
{
	static const char *const good[] = {
	    "US0378331005", "GB0002634946", "DE0007164600"};
	char c;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(good); i++) {
		ok(is(EXCH_IDENT_ISIN, good[i]), "%s is an ISIN", good[i]);
		ok(exch_ident_isin_digit(good[i], &c) == 0 && c == good[i][11],
		    "and its digit is computed");
	}
	ok(!is(EXCH_IDENT_ISIN, "US0378331006"), "US0378331006 is none");
	ok(!is(EXCH_IDENT_ISIN, "US0378330105"), "nor with digits swapped");
	ok(!is(EXCH_IDENT_ISIN, "0S0378331005"), "no country");
	ok(!is(EXCH_IDENT_ISIN, "US037833100"), "too short");
	ok(!is(EXCH_IDENT_ISIN, "US037833100X"), "a letter at the end");
	ok(exch_ident_isin_digit("US03783", &c) != 0, "no digit for it");
}

static void
test_shapes(void)
{
	ok(is(EXCH_IDENT_MIC, "XSIM") && is(EXCH_IDENT_MIC, "A2XX"), "MIC");
	ok(!is(EXCH_IDENT_MIC, "xsim") && !is(EXCH_IDENT_MIC, "XSI") &&
		!is(EXCH_IDENT_MIC, "XSIMX") && !is(EXCH_IDENT_MIC, "XS,M"),
	    "and none");
	ok(is(EXCH_IDENT_CFI, "ESVUFR"), "CFI");
	ok(!is(EXCH_IDENT_CFI, "ESVUF") && !is(EXCH_IDENT_CFI, "ESVUF1"),
	    "and none");
	ok(is(EXCH_IDENT_COUNTRY, "DE") && !is(EXCH_IDENT_COUNTRY, "D1") &&
		!is(EXCH_IDENT_COUNTRY, "DEU"),
	    "countries");
	ok(is(EXCH_IDENT_CURRENCY, "EUR") && !is(EXCH_IDENT_CURRENCY, "EU") &&
		!is(EXCH_IDENT_CURRENCY, "eur"),
	    "currencies");
	ok(is(EXCH_IDENT_NATIONAL, "ES12345678Z") &&
		is(EXCH_IDENT_NATIONAL, "IE19800113JOHN#OBRIA") &&
		!is(EXCH_IDENT_NATIONAL, "ES") &&
		!is(EXCH_IDENT_NATIONAL, "ES1234#") &&
		!is(EXCH_IDENT_NATIONAL,
		    "ES1234567890123456789012345678901234"),
	    "national numbers");
	ok(strcmp(exch_ident_name(EXCH_IDENT_LEI), "LEI") == 0 &&
		strcmp(exch_ident_name(EXCH_IDENT_NATIONAL),
		    "national number") == 0,
	    "what they are called");
}

static void
concat(const char *country, uint32_t born, const char *first,
    const char *surname, const char *want)
{
	char s[EXCH_CONCAT_LEN + 1] = "";
	int rc = exch_ident_concat(country, born, first, surname, s);

	if (want == NULL) {
		ok(rc == EXCH_ERR_FORMAT, "'%s' '%s' has none", first, surname);
		return;
	}
	ok(rc == 0 && strcmp(s, want) == 0, "%s %s is %s: %s", first, surname,
	    want, s);
	ok(is(EXCH_IDENT_CONCAT, s), "and looks like one");
}

static void
test_concat(void)
{
	concat("IE", 19800113, "John", "O'Brian", "IE19800113JOHN#OBRIA");
	/* the other examples of ESMA's guidelines */
	concat(
	    "HU", 19810214, "Ludwig", "Van der Rohe", "HU19810214LUDWIROHE#");
	concat("US", 19730322, "Victor", "Vandenberg", "US19730322VICTOVANDE");
	concat("FR", 19760314, "Jean-Paul", "d'Ormesson-Élan",
	    "FR19760314JEANPDORME");
	concat("SE", 19491231, "Åke, Bo", "Öström", "SE19491231AKE##OSTRO");
	concat("DE", 19650704, "Dr. Jürgen", "von und zu Weiß",
	    "DE19650704JURGEUNDZU");
	concat(
	    "GB", 20000229, "Prof Dr  Ann", "McDonald", "GB20000229ANN##MCDON");
	/* a particle alone is a name */
	concat("FR", 19800101, "Yi", "Le", "FR19800101YI###LE###");
	concat("FR", 19800101, "Dr", "de la Le", "FR19800101DR###LE###");
	concat("GR", 19800101, "\xce\x9d\xce\xaf\xce\xba\xce\xbf\xcf\x82",
	    "Papas", NULL);
	concat("IE", 19800113, "", "O'Brian", NULL);
	concat("IE", 19800113, "John", "'", NULL);
	concat("IE", 19800230, "John", "O'Brian", NULL);
	concat("I", 19800113, "John", "O'Brian", NULL);
	concat("ie", 19800113, "John", "O'Brian", NULL);
	/* cut inside a character: nothing is read beyond it */
	concat("IE", 19800113, "John\xc3", "O'Brian", NULL);
	concat("IE", 19800113, "Jo\xe2\x80\x93hn", "O'Brian",
	    "IE19800113JOHN#OBRIA");
	ok(!is(EXCH_IDENT_CONCAT, "IE19800113#OHN#OBRIA") &&
		!is(EXCH_IDENT_CONCAT, "IE19800113JO#N#OBRIA") &&
		!is(EXCH_IDENT_CONCAT, "IE19801313JOHN#OBRIA") &&
		!is(EXCH_IDENT_CONCAT, "IE19800113JOHN#OBRI"),
	    "what looks like none");
}

static void
test_birth(void)
{
	uint32_t d = 0;

	ok(exch_birth_parse("1949-12-31", 10, &d) == 0 && d == 19491231,
	    "a day before 1970");
	ok(exch_birth_parse("20000229", 8, &d) == 0 && d == 20000229,
	    "without hyphens");
	ok(exch_birth_parse("1900-02-29", 10, &d) != 0, "no such day");
	ok(exch_birth_parse("1980/01/13", 10, &d) != 0 &&
		exch_birth_parse("1980-1-13", 9, &d) != 0 &&
		exch_birth_parse("", 0, &d) != 0 &&
		exch_birth_parse("18491231", 8, &d) != 0,
	    "and others that are none");
}

int
main(void)
{
	test_lei();
	test_isin();
	test_shapes();
	test_concat();
	test_birth();
	return tap_done();
}
