/*
 * Identifiers of regulatory reports, and whether they can be what they say
 * they are: shape and check digits.  Whether somebody has the number is
 * known to registers only.
 *
 *	LEI	ISO 17442: 18 letters or digits, two check digits (mod 97)
 *	ISIN	ISO 6166: country, nine letters or digits, Luhn's digit
 *	MIC	ISO 10383: four letters or digits
 *	CFI	ISO 10962: six letters
 *	CONCAT	Delegated Regulation (EU) 2017/590, Article 6(4): a person's
 *		country, day of birth and five letters of both names
 */
#ifndef EXCH_REPORT_IDENT_H
#define EXCH_REPORT_IDENT_H

#include "base/err.h"

#define EXCH_LEI_LEN 20
#define EXCH_ISIN_LEN 12
#define EXCH_CONCAT_LEN 20

enum exch_ident {
	EXCH_IDENT_LEI,
	EXCH_IDENT_ISIN,
	EXCH_IDENT_MIC,
	EXCH_IDENT_CFI,
	EXCH_IDENT_COUNTRY,  /* ISO 3166: two letters */
	EXCH_IDENT_CURRENCY, /* ISO 4217: three letters */
	EXCH_IDENT_CONCAT,
	EXCH_IDENT_NATIONAL /* a country and up to 33 letters or digits */
};

/* What is wrong with it: "has wrong check digits"; NULL: nothing. */
const char *exch_ident_fault(enum exch_ident kind, const char *s, size_t n);

static inline bool
exch_ident_is(enum exch_ident kind, const char *s, size_t n)
{
	return exch_ident_fault(kind, s, n) == NULL;
}

/* "LEI", "ISIN", ... */
const char *exch_ident_name(enum exch_ident kind);

/* The two digits behind 18 letters and digits; the digit behind 11. */
int exch_ident_lei_digits(const char *s, char out[2]);
int exch_ident_isin_digit(const char *s, char *out);

/*
 * The number of a person without a better one: country of nationality, day
 * of birth (YYYYMMDD) and names as UTF-8; of several first names, with
 * commas between them, the first counts.  Titles in front of the first name
 * and particles in front of the surname ("van der") are left out, what is
 * joined to the name (O'Brian) stays, accents go, and short names are filled
 * up with number signs.
 *
 * EXCH_ERR_FORMAT: no country, no date, or a letter that is not written in
 * Latin script.
 */
int exch_ident_concat(const char *country, uint32_t born, const char *first,
    const char *surname, char out[EXCH_CONCAT_LEN + 1]);

#endif
