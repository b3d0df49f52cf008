/*
 * ITCH messages that move no order, as words: every field after the stock.
 */
#include <config.h>

#include "feed/itch.h"
#include "feed/words.h"

static const struct exch_sentence sentences[] = {
    {'S', "system", {{"event", EXCH_W_CHAR, 11}}},
    {'R', "directory",
	{{"market", EXCH_W_CHAR, 19}, {"status", EXCH_W_CHAR, 20},
	    {"round-lot", EXCH_W_U32, 21}, {"round-lots-only", EXCH_W_CHAR, 25},
	    {"class", EXCH_W_CHAR, 26}, {"subtype", EXCH_W_A2, 27},
	    {"authenticity", EXCH_W_CHAR, 29}, {"short-sale", EXCH_W_CHAR, 30},
	    {"ipo", EXCH_W_CHAR, 31}, {"luld-tier", EXCH_W_CHAR, 32},
	    {"etp", EXCH_W_CHAR, 33}, {"leverage", EXCH_W_U32, 34},
	    {"inverse", EXCH_W_CHAR, 38}}},
    {'Y', "reg-sho", {{"action", EXCH_W_CHAR, 19}}},
    {'L', "participant",
	{{"mpid", EXCH_W_A4, 11}, {"primary", EXCH_W_CHAR, 23},
	    {"mode", EXCH_W_CHAR, 24}, {"state", EXCH_W_CHAR, 25}}},
    {'V', "mwcb-levels",
	{{"level1", EXCH_W_PX8, 11}, {"level2", EXCH_W_PX8, 19},
	    {"level3", EXCH_W_PX8, 27}}},
    {'W', "mwcb-status", {{"level", EXCH_W_CHAR, 11}}},
    {'K', "ipo-quoting",
	{{"release", EXCH_W_U32, 19}, {"qualifier", EXCH_W_CHAR, 23},
	    {"price", EXCH_W_PX4, 24}}},
    {'J', "luld-collar",
	{{"reference", EXCH_W_PX4, 19}, {"upper", EXCH_W_PX4, 23},
	    {"lower", EXCH_W_PX4, 27}, {"extension", EXCH_W_U32, 31}}},
    {'h', "operational-halt",
	{{"market", EXCH_W_CHAR, 19}, {"action", EXCH_W_CHAR, 20}}},
    {'N', "retail-interest", {{"flag", EXCH_W_CHAR, 19}}},
    {'O', "direct-listing",
	{{"eligible", EXCH_W_CHAR, 19}, {"minimum", EXCH_W_PX4, 20},
	    {"maximum", EXCH_W_PX4, 24}, {"near", EXCH_W_PX4, 28},
	    {"near-time", EXCH_W_U64, 32}, {"lower", EXCH_W_PX4, 40},
	    {"upper", EXCH_W_PX4, 44}}}};

size_t
exch_itch_words(const unsigned char *p, char out[EXCH_SENTENCE_TEXT])
{
	return exch_sentence(sentences, EXCH_ARRAY_LEN(sentences), p, out);
}
