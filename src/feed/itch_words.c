/*
 * ITCH messages that move no order, as words: the text of NOTICE records.
 * One table says where each field stands, so that nothing of a message is
 * lost and a new message is a new row.  What the messages mean for phases
 * and instruments is itch.c's.
 */
#include <config.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/dec.h"
#include "feed/itch.h"

/* How a field is written. */
enum word_kind {
	W_CHAR = 1, /* one character, `-` when blank */
	W_A2,
	W_A4,
	W_U32,
	W_U64,
	W_PX4, /* Price(4) */
	W_PX8  /* Price(8) */
};

struct word {
	const char *name;
	unsigned char kind;
	unsigned char off;
};

struct sentence {
	unsigned char type;
	const char *what;
	struct word word[14];
};

static const struct sentence sentences[] = {
    {'S', "system", {{"event", W_CHAR, 11}}},
    {'R', "directory",
	{{"market", W_CHAR, 19}, {"status", W_CHAR, 20},
	    {"round-lot", W_U32, 21}, {"round-lots-only", W_CHAR, 25},
	    {"class", W_CHAR, 26}, {"subtype", W_A2, 27},
	    {"authenticity", W_CHAR, 29}, {"short-sale", W_CHAR, 30},
	    {"ipo", W_CHAR, 31}, {"luld-tier", W_CHAR, 32}, {"etp", W_CHAR, 33},
	    {"leverage", W_U32, 34}, {"inverse", W_CHAR, 38}}},
    {'Y', "reg-sho", {{"action", W_CHAR, 19}}},
    {'L', "participant",
	{{"mpid", W_A4, 11}, {"primary", W_CHAR, 23}, {"mode", W_CHAR, 24},
	    {"state", W_CHAR, 25}}},
    {'V', "mwcb-levels",
	{{"level1", W_PX8, 11}, {"level2", W_PX8, 19}, {"level3", W_PX8, 27}}},
    {'W', "mwcb-status", {{"level", W_CHAR, 11}}},
    {'K', "ipo-quoting",
	{{"release", W_U32, 19}, {"qualifier", W_CHAR, 23},
	    {"price", W_PX4, 24}}},
    {'J', "luld-collar",
	{{"reference", W_PX4, 19}, {"upper", W_PX4, 23}, {"lower", W_PX4, 27},
	    {"extension", W_U32, 31}}},
    {'h', "operational-halt", {{"market", W_CHAR, 19}, {"action", W_CHAR, 20}}},
    {'N', "retail-interest", {{"flag", W_CHAR, 19}}},
    {'O', "direct-listing",
	{{"eligible", W_CHAR, 19}, {"minimum", W_PX4, 20},
	    {"maximum", W_PX4, 24}, {"near", W_PX4, 28},
	    {"near-time", W_U64, 32}, {"lower", W_PX4, 40},
	    {"upper", W_PX4, 44}}}};

/*
 * Characters of the wire: blanks at the end are padding, an empty field is
 * written `-`, and whatever would break the line of words becomes `?`.
 */
static char *
put_chars(char *o, const unsigned char *p, size_t n)
{
	while (n > 0 && p[n - 1] == ' ')
		n--;
	if (n == 0)
		*o++ = '-';
	for (size_t i = 0; i < n; i++)
		*o++ = p[i] > ' ' && p[i] < 0x7f ? (char)p[i] : '?';
	return o;
}

static char *
put_px8(char *o, uint64_t v)
{
	return exch_dec128_put(o, (exch_i128)v, 8, 2);
}

static char *
put_word(char *o, const struct word *w, const unsigned char *p)
{
	p += w->off;
	switch (w->kind) {
	case W_CHAR:
		return put_chars(o, p, 1);
	case W_A2:
		return put_chars(o, p, 2);
	case W_A4:
		return put_chars(o, p, 4);
	case W_U32:
		return exch_uint_put(o, exch_be32(p));
	case W_U64:
		return exch_uint_put(o, exch_be64(p));
	case W_PX4:
		return exch_dec_put(o, (int64_t)exch_be32(p), 4, 2);
	default:
		return put_px8(o, exch_be64(p));
	}
}

static char *
put_str(char *o, const char *s)
{
	while (*s != '\0')
		*o++ = *s++;
	return o;
}

size_t
exch_itch_words(const unsigned char *p, char out[EXCH_ITCH_TEXT])
{
	const struct sentence *s = NULL;
	char *o = out;

	for (size_t i = 0; i < EXCH_ARRAY_LEN(sentences); i++) {
		if (sentences[i].type == p[0])
			s = &sentences[i];
	}
	if (s == NULL)
		return 0;
	o = put_str(o, s->what);
	for (const struct word *w = s->word; w->kind != 0; w++) {
		*o++ = ' ';
		o = put_str(o, w->name);
		*o++ = '=';
		o = put_word(o, w, p);
	}
	exch_check(o - out <= EXCH_ITCH_TEXT);
	return (size_t)(o - out);
}
