/*
 * Messages that move no order, as words: the text of NOTICE records
 * ("reg-sho action=1").  A table says where each field stands, so that nothing
 * of a message is lost and a new message is a new row.  What the messages mean
 * for phases and instruments is their decoders'.
 */
#ifndef EXCH_FEED_WORDS_H
#define EXCH_FEED_WORDS_H

#include "base/types.h"

/* How a field is written.  Big-endian, and with L little-endian. */
enum exch_field_word {
	EXCH_W_CHAR = 1, /* one character, `-` when blank */
	EXCH_W_A2,
	EXCH_W_A4,
	EXCH_W_HEX, /* one byte of flags */
	EXCH_W_U8,
	EXCH_W_U32,
	EXCH_W_U64,
	EXCH_W_PX4, /* four bytes of 10^-4 */
	EXCH_W_PX8, /* eight bytes of 10^-8 */
	EXCH_W_U32L,
	EXCH_W_PXL /* eight signed bytes of 10^-4 */
};

struct exch_sentence_word {
	const char *name;
	unsigned char kind;
	unsigned char off; /* from the type on */
};

struct exch_sentence {
	unsigned char type; /* the first byte of a message */
	const char *what;
	struct exch_sentence_word word[14];
};

/* Room for the longest notice. */
#define EXCH_SENTENCE_TEXT 400

/*
 * The words of a message, by the row of its type among n.  Returns the length,
 * 0 for types that have none.  p holds all fields of its type.
 */
size_t exch_sentence(const struct exch_sentence *row, size_t n,
    const unsigned char *p, char out[EXCH_SENTENCE_TEXT]);

#endif
