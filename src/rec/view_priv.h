/* What the text forms share; used by view*.c only. */
#ifndef EXCH_REC_VIEW_PRIV_H
#define EXCH_REC_VIEW_PRIV_H

#include "rec/shape.h"
#include "rec/view.h"

struct exch_view_ops {
	void (*begin)(struct exch_view *v);
	void (*record)(
	    struct exch_view *v, const struct exch_rec *r, uint64_t seq);
	void (*end)(
	    struct exch_view *v, uint64_t records, enum exch_status status);
};

struct exch_view {
	const struct exch_view_ops *ops;
	const struct exch_writer_opts *opts;
	const struct exch_stream_info *info;
	struct exch_known *known;
	struct exch_dir *dir;
	struct exch_buf text;
	/* The second shown last: most records share it. */
	uint64_t sec;
	char stamp[32];
	char day[10]; /* text: the date of the lines, YYYY-MM-DD */
	/* CSV: the table being written */
	bool in_table;
	uint8_t type;	 /* of its rows */
	bool type_known; /* the one type of a single table is settled */
	unsigned columns;
	uint64_t rows;
};

extern const struct exch_view_ops exch_view_json;
extern const struct exch_view_ops exch_view_csv;
extern const struct exch_view_ops exch_view_people;

/* How a value is to be quoted. */
enum exch_val {
	EXCH_VAL_NONE,	 /* nothing was written */
	EXCH_VAL_NUMBER, /* exact in JSON */
	EXCH_VAL_ID,	 /* digits that JSON readers would round */
	EXCH_VAL_WORD	 /* lower case and hyphens, dates, times */
};

struct exch_val_unit exch_val_unit_of(
    const struct exch_view *v, const struct exch_rec *r);
/* The same with 32nds, which programs need not know about. */
struct exch_val_unit exch_val_unit_people(
    const struct exch_view *v, const struct exch_rec *r);

/* Most bytes that a value other than a string takes. */
#define EXCH_VAL_MAX 48u

/* The value of a field that is not a string; returns the end. */
char *exch_val_put(struct exch_view *v, char *p, const struct exch_field *f,
    const unsigned char *rec, const struct exch_val_unit *u,
    enum exch_val *kind);
char *exch_val_time(struct exch_view *v, char *p, exch_ts t);
char *exch_val_px(
    char *p, int64_t v, const struct exch_val_unit *u, enum exch_val *kind);
char *exch_val_qty(
    char *p, uint64_t v, const struct exch_val_unit *u, enum exch_val *kind);
/* The bytes of a string field without its padding; NULL for others. */
const char *exch_val_string(const struct exch_field *f,
    const struct exch_shape *sh, const unsigned char *rec, size_t *n);
/* "last+imposed": n bytes at most 96.  `ext` is shown as entries. */
char *exch_val_flags(char *p, uint8_t flags, bool ext);
/* "cause:4:0;text=6162": at most 4 bytes per byte and 32 besides. */
char *exch_val_ext(char *p, const unsigned char *ext, size_t n);
char *exch_val_hex(char *p, const unsigned char *b, size_t n);
/* The type's word, or "0x91"; at most 32 bytes. */
char *exch_val_type(char *p, const struct exch_shape *sh, uint8_t type);
/* The symbol of the record's instrument, n 0 when there is none. */
const char *exch_val_symbol(
    const struct exch_view *v, const struct exch_rec *r, size_t *n);

/* True for the field that stands in place of the symbol. */
bool exch_val_is_symbol(const struct exch_field *f);

static inline char *
exch_val_str(char *p, const char *s)
{
	while (*s != 0)
		*p++ = *s++;
	return p;
}

#endif
