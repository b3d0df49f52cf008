/*
 * Check digits and the CONCAT number (ident.h).
 */
#include <config.h>

#include <string.h>

#include "base/time.h"
#include "report/ident.h"

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* 0..35, or -1. */
static int
value(char c)
{
	if (is_digit(c))
		return c - '0';
	return is_upper(c) ? c - 'A' + 10 : -1;
}

static bool
all_upper(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_upper(s[i]))
			return false;
	return true;
}

static bool
all_alnum(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (value(s[i]) < 0)
			return false;
	return true;
}

/* Letters as numbers from 10, the whole as one number, modulo 97. */
static unsigned
mod97(const char *s, size_t n)
{
	unsigned r = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned v = (unsigned)value(s[i]);

		r = (r * (v > 9 ? 100 : 10) + v) % 97;
	}
	return r;
}

/*
 * Luhn's sum over letters written as two digits, from the right; `first` says
 * whether the last digit is doubled.
 */
static unsigned
luhn(const char *s, size_t n, bool twice)
{
	unsigned sum = 0;

	while (n-- > 0) {
		unsigned v = (unsigned)value(s[n]);

		for (unsigned k = v > 9 ? 2 : 1; k > 0; k--) {
			unsigned d = v % 10 * (twice ? 2 : 1);

			sum += d / 10 + d % 10;
			twice = !twice;
			v /= 10;
		}
	}
	return sum;
}

int
exch_ident_lei_digits(const char *s, char out[2])
{
	char all[EXCH_LEI_LEN];
	unsigned check;

	if (strnlen(s, EXCH_LEI_LEN - 2) < EXCH_LEI_LEN - 2 ||
	    !all_alnum(s, EXCH_LEI_LEN - 2))
		return EXCH_ERR_FORMAT;
	memcpy(all, s, EXCH_LEI_LEN - 2);
	memcpy(all + EXCH_LEI_LEN - 2, "00", 2);
	check = 98 - mod97(all, sizeof(all));
	out[0] = (char)('0' + check / 10);
	out[1] = (char)('0' + check % 10);
	return EXCH_OK;
}

int
exch_ident_isin_digit(const char *s, char *out)
{
	size_t n = EXCH_ISIN_LEN - 1;

	if (strnlen(s, n) < n || !all_alnum(s, n))
		return EXCH_ERR_FORMAT;
	*out = (char)('0' + (10 - luhn(s, n, true) % 10) % 10);
	return EXCH_OK;
}

static const char digits[] = "has wrong check digits";

static const char *
lei(const char *s, size_t n)
{
	if (n != EXCH_LEI_LEN || !all_alnum(s, n) || !is_digit(s[18]) ||
	    !is_digit(s[19]))
		return "is not 18 capital letters or digits and two digits";
	return mod97(s, n) == 1 ? NULL : digits;
}

static const char *
isin(const char *s, size_t n)
{
	if (n != EXCH_ISIN_LEN || !all_upper(s, 2) || !all_alnum(s + 2, 9) ||
	    !is_digit(s[11]))
		return "is not two capital letters, nine letters or digits "
		       "and a digit";
	return luhn(s, n, false) % 10 == 0 ? NULL : digits;
}

/* Letters, and number signs behind them up to five. */
static bool
five(const char *s)
{
	size_t i = 0;

	while (i < 5 && is_upper(s[i]))
		i++;
	if (i == 0)
		return false;
	while (i < 5 && s[i] == '#')
		i++;
	return i == 5;
}

static const char *
concat(const char *s, size_t n)
{
	uint32_t born;

	if (n != EXCH_CONCAT_LEN || !all_upper(s, 2) || !five(s + 10) ||
	    !five(s + 15))
		return "is not a country, a day of birth and twice five "
		       "letters or number signs";
	if (exch_birth_parse(s + 2, 8, &born) != EXCH_OK)
		return "has no day of birth";
	return NULL;
}

const char *
exch_ident_fault(enum exch_ident kind, const char *s, size_t n)
{
	switch (kind) {
	case EXCH_IDENT_LEI:
		return lei(s, n);
	case EXCH_IDENT_ISIN:
		return isin(s, n);
	case EXCH_IDENT_MIC:
		return n == 4 && all_alnum(s, n)
			   ? NULL
			   : "is not four capital letters or digits";
	case EXCH_IDENT_CFI:
		return n == 6 && all_upper(s, n) ? NULL
						 : "is not six capital letters";
	case EXCH_IDENT_COUNTRY:
		return n == 2 && all_upper(s, n) ? NULL
						 : "is not two capital letters";
	case EXCH_IDENT_CURRENCY:
		return n == 3 && all_upper(s, n)
			   ? NULL
			   : "is not three capital letters";
	case EXCH_IDENT_CONCAT:
		return concat(s, n);
	case EXCH_IDENT_NATIONAL:
		break;
	}
	/* a CONCAT number is the only one with other signs */
	if (n >= 3 && n <= 35 && all_upper(s, 2) && all_alnum(s + 2, n - 2))
		return NULL;
	return concat(s, n) == NULL
		   ? NULL
		   : "is not a country and up to 33 capital letters or digits";
}

const char *
exch_ident_name(enum exch_ident kind)
{
	static const char *const name[] = {"LEI", "ISIN", "MIC", "CFI code",
	    "country", "currency", "CONCAT number", "national number"};

	return name[kind];
}

/* ---- CONCAT ---- */

/*
 * The Latin letters with accents and those without, as ESMA's guidelines on
 * transaction reporting write them: what stands before '=' becomes the
 * capital letter behind it.
 */
static const char *const plain[] = {"ÄäÀàÁáÂâÃãÅåǍǎĄąĂăÆæĀā=A", "ÇçĆćĈĉČčĊċ=C",
    "ĎđĐďðÐ=D", "ÈèÉéÊêËëĚěĘęĖėĒē=E", "ĜĝĢģĞğĠġ=G", "ĤĥĦħ=H",
    "ÌìÍíÎîÏïıİĪīĮį=I", "Ĵĵ=J", "Ķķ=K", "ĹĺĻļŁłĽľ=L", "ÑñŃńŇňŅņ=N",
    "ÖöÒòÓóÔôÕõŐőØøŒœŌō=O", "ŔŕŘř=R", "ẞßŚśŜŝŞşŠšȘș=S", "ŤťŢţÞþȚț=T",
    "ÜüÙùÚúÛûŰűŨũŲųŮůŪū=U", "Ŵŵ=W", "ÝýŸÿŶŷ=Y", "ŹźŽžŻż=Z"};

/* Bytes of the character at s, from its first one. */
static size_t
utf8(const char *s)
{
	unsigned char c = (unsigned char)s[0];
	size_t n = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;

	return strnlen(s, n);
}

/*
 * The capital letter a character is written as; 0: it is none, such as a
 * blank or an apostrophe; -1: it is a letter of another script.
 */
static int
letter(const char *s, size_t n)
{
	char c = s[0];

	if (n == 1 && is_upper(c))
		return c;
	if (n == 1 && ((unsigned char)c & 0x80) != 0)
		return -1;
	if (n == 1)
		return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : 0;
	for (size_t i = 0; i < EXCH_ARRAY_LEN(plain); i++)
		for (const char *p = plain[i]; *p != '='; p += utf8(p))
			if (utf8(p) == n && memcmp(p, s, n) == 0)
				return plain[i][strlen(plain[i]) - 1];
	/* U+00A0..U+00BF and U+2000..U+206F: signs */
	if (memcmp(s, "\xc2", 1) == 0 || memcmp(s, "\xe2\x80", 2) == 0)
		return 0;
	return -1;
}

/* Particles of several words are those words, one behind another. */
static const char *const particles[] = {"AM", "AUF", "DEM", "AUS", "DER", "D",
    "DA", "DE", "L", "DEL", "LA", "LE", "DI", "DO", "DOS", "DU", "IM", "MAC",
    "MC", "MHAC", "MHIC", "GIOLLA", "MIC", "NI", "NIC", "O", "UA", "UI", "VAN",
    "DEN", "VOM", "VON"};
static const char *const titles[] = {"ATTY", "COACH", "DAME", "DR", "FR", "GOV",
    "HONORABLE", "MADAME", "MAID", "MASTER", "MISS", "MONSIEUR", "MR", "MRS",
    "MS", "MX", "OFC", "PHD", "PRES", "PROF", "REV", "SIR"};

static bool
is_one_of(const char *const *list, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], word) == 0)
			return true;
	return false;
}

/*
 * The next word in capital letters, cut to `room`; *s moves behind it and the
 * blanks that follow.
 */
static int
word(const char **s, char *out, size_t room)
{
	size_t n = 0;

	while (**s != '\0' && **s != ' ' && **s != ',') {
		size_t k = utf8(*s);
		int c = letter(*s, k);

		if (c < 0)
			return EXCH_ERR_FORMAT;
		if (c > 0 && n + 1 < room)
			out[n++] = (char)c;
		*s += k;
	}
	out[n] = '\0';
	while (**s == ' ')
		(*s)++;
	return EXCH_OK;
}

/*
 * Five letters of a name.  Words of the list go as long as something stands
 * behind them: a man may be called Le.
 */
static int
five_of(const char *s, const char *const *list, size_t nlist, char *out)
{
	char w[64];
	size_t n = 0;
	bool front = true;

	while (*s == ' ')
		s++;
	while (*s != '\0' && *s != ',') {
		if (word(&s, w, sizeof(w)) != EXCH_OK)
			return EXCH_ERR_FORMAT;
		if (front && *s != '\0' && *s != ',' &&
		    is_one_of(list, nlist, w))
			continue;
		front = front && w[0] == '\0';
		for (size_t i = 0; w[i] != '\0' && n < 5; i++)
			out[n++] = w[i];
	}
	if (n == 0)
		return EXCH_ERR_FORMAT;
	memset(out + n, '#', 5 - n);
	return EXCH_OK;
}

int
exch_ident_concat(const char *country, uint32_t born, const char *first,
    const char *surname, char out[EXCH_CONCAT_LEN + 1])
{
	uint32_t v = born;

	if (strnlen(country, 3) != 2 || !all_upper(country, 2) ||
	    !exch_birth_is(born))
		return EXCH_ERR_FORMAT;
	memcpy(out, country, 2);
	for (size_t i = 10; i > 2; i--) {
		out[i - 1] = (char)('0' + v % 10);
		v /= 10;
	}
	out[EXCH_CONCAT_LEN] = '\0';
	if (five_of(first, titles, EXCH_ARRAY_LEN(titles), out + 10) != 0 ||
	    five_of(surname, particles, EXCH_ARRAY_LEN(particles), out + 15) !=
		0)
		return EXCH_ERR_FORMAT;
	return EXCH_OK;
}
