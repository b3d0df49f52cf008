/*
 * Layouts as data: the fields of every record type with name, kind and
 * offset, and the words of every code.  The text forms (JSON, CSV), the
 * SCHEMA records and the check of exch-stream(5) are made from this.
 */
#ifndef EXCH_REC_SCHEMA_H
#define EXCH_REC_SCHEMA_H

#include "base/err.h"
#include "rec/rec.h"

/* Kind of a field: how many bytes, and how people see it. */
enum exch_kind {
	EXCH_K_U8,
	EXCH_K_U16,
	EXCH_K_U32,
	EXCH_K_U64, /* JSON string: ids and counts exceed 2^53 */
	EXCH_K_I8,
	EXCH_K_I64,
	EXCH_K_PX,   /* decimal, 10^-9 */
	EXCH_K_QTY,  /* decimal by the instrument's exponent */
	EXCH_K_TS,   /* ISO 8601 */
	EXCH_K_DATE, /* u32 YYYYMMDD */
	EXCH_K_C4,   /* NUL padded characters */
	EXCH_K_C12,
	EXCH_K_C16,
	EXCH_K_C24,
	EXCH_K_TEXT, /* off: of its u16 length; the bytes follow the fixed part */
	EXCH_K_CODE8,
	EXCH_K_CODE16,
	EXCH_K_CASH /* decimal, 10^-6 */
};

/* Words of a code; `word` NULL ends a table. */
struct exch_word {
	uint16_t code;
	const char *word; /* lower case, hyphens */
};

struct exch_field {
	const char *name;
	enum exch_kind kind;
	uint16_t off;		       /* from the start of the record */
	const struct exch_word *words; /* for CODE8 and CODE16 */
};

struct exch_schema {
	uint8_t type;
	uint8_t version;
	uint16_t size;	  /* of the fixed part, header included */
	bool var;	  /* has ntext bytes of text at the end */
	const char *name; /* "new", "exec": the word in JSON and CSV */
	const struct exch_field *field;
	unsigned nfields;
};

/* The schema of a type known here, or NULL. */
const struct exch_schema *exch_schema_of(uint8_t type);
const struct exch_schema *exch_schema_by_name(const char *name, size_t n);
/* All of them in order of type; *n receives how many. */
const struct exch_schema *exch_schema_all(unsigned *n);

/* Bytes of a field of this kind; 2 for TEXT (its length). */
size_t exch_kind_size(enum exch_kind kind);
/* "px", "code8"; never NULL. */
const char *exch_kind_name(enum exch_kind kind);
/* EXCH_ERR_ABSENT. */
int exch_kind_by_name(const char *s, size_t n, enum exch_kind *kind);

/*
 * The text of a SCHEMA record: "ack order:u64@16".  Written without a NUL
 * into p, which holds EXCH_SCHEMA_TEXT_MAX bytes; returns the length.
 */
#define EXCH_SCHEMA_TEXT_MAX 1024
size_t exch_schema_text(const struct exch_schema *s, char *p);

/* The word of a code, or NULL when the code has none. */
const char *exch_word_of(const struct exch_word *words, uint16_t code);
/* The code of a word; EXCH_ERR_ABSENT. */
int exch_word_code(
    const struct exch_word *words, const char *s, size_t n, uint16_t *code);

extern const struct exch_word exch_words_side[];
extern const struct exch_word exch_words_ordtype[];
extern const struct exch_word exch_words_tif[];
extern const struct exch_word exch_words_phase[];
extern const struct exch_word exch_words_cross[];
extern const struct exch_word exch_words_reject[];
extern const struct exch_word exch_words_reason[];
extern const struct exch_word exch_words_restate[];
extern const struct exch_word exch_words_mass[];
extern const struct exch_word exch_words_rule[];
extern const struct exch_word exch_words_verdict[];
extern const struct exch_word exch_words_limit[];
extern const struct exch_word exch_words_switch[];
extern const struct exch_word exch_words_cause[];
extern const struct exch_word exch_words_print[];
extern const struct exch_word exch_words_kind[];
extern const struct exch_word exch_words_ordflags[];
extern const struct exch_word exch_words_due[];
extern const struct exch_word exch_words_ledger[];
extern const struct exch_word exch_words_posted[];
extern const struct exch_word exch_words_fail[];
extern const struct exch_word exch_words_compared[];
extern const struct exch_word exch_words_differs[];
extern const struct exch_word exch_words_action[];
extern const struct exch_word exch_words_severity[];
extern const struct exch_word exch_words_command[];
extern const struct exch_word exch_words_status[]; /* of the end block */
extern const struct exch_word exch_words_flag[];   /* bits, one by one */
extern const struct exch_word exch_words_ext[];

#endif
