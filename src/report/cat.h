/*
 * Events of the Consolidated Audit Trail: what is known of their layout, one
 * event as it is put together or read, and its two forms.  cat.c makes events
 * of a stream, cat_check.c looks for faults in a file of them.
 *
 * Positions, types, values and numbers of errors are tables with dates
 * (data/report/cat-*.csv), from which writer and checker alike work.
 * exch-regulatory(7).
 */
#ifndef EXCH_REPORT_CAT_H
#define EXCH_REPORT_CAT_H

#include "base/buf.h"
#include "base/err.h"
#include "ref/dated.h"
#include "report/report.h"

/* Positions of an event, names of fields and events, at most; checked. */
#define EXCH_CAT_POSITIONS 64
#define EXCH_CAT_FIELDS 128
#define EXCH_CAT_EVENTS 24
/* Bytes of a line, without its end: the specification, 2.5. */
#define EXCH_CAT_LINE 8190

enum exch_cat_type {
	EXCH_CAT_TEXT, /* up to `size` bytes */
	EXCH_CAT_SYMBOL,
	EXCH_CAT_REPORTER, /* an IMID without a CRD number */
	EXCH_CAT_IMID,
	EXCH_CAT_ROEID,
	EXCH_CAT_EVENT,
	EXCH_CAT_TIMESTAMP,
	EXCH_CAT_BOOLEAN,
	EXCH_CAT_UNSIGNED,
	EXCH_CAT_PRICE,	   /* Numeric(10,8) */
	EXCH_CAT_QUANTITY, /* Numeric(12,6) */
	EXCH_CAT_CHOICE,   /* of `list` */
	EXCH_CAT_PAIRS,	   /* name/value pairs of `list` */
	EXCH_CAT_SIDES,	   /* elements of the event "side" */
	EXCH_CAT_ARRAY,	   /* of anything: kept as it came */
	EXCH_CAT_BLANK,
	/* what stands behind the name of a pair */
	EXCH_CAT_DATE,
	EXCH_CAT_SECONDS,
	EXCH_CAT_TRUE /* nothing */
};

/* Fields that the code knows by name; cat_spec.c has the names. */
enum exch_cat_id {
	EXCH_CATF_ACTION,
	EXCH_CATF_ERROR_ROEID,
	EXCH_CATF_ROEID,
	EXCH_CATF_TYPE,
	EXCH_CATF_REPORTER,
	EXCH_CATF_ORDER_DATE,
	EXCH_CATF_ORDER,
	EXCH_CATF_SYMBOL,
	EXCH_CATF_TIME,
	EXCH_CATF_MANUAL,
	EXCH_CATF_DUP,
	EXCH_CATF_ELECTRONIC_TIME,
	EXCH_CATF_RECEIVER,
	EXCH_CATF_SENDER,
	EXCH_CATF_SENDER_TYPE,
	EXCH_CATF_ROUTED,
	EXCH_CATF_AFFILIATE,
	EXCH_CATF_DEPT,
	EXCH_CATF_SIDE,
	EXCH_CATF_PRICE,
	EXCH_CATF_QTY,
	EXCH_CATF_MIN_QTY,
	EXCH_CATF_ORDER_TYPE,
	EXCH_CATF_TIF,
	EXCH_CATF_SESSION,
	EXCH_CATF_ISO,
	EXCH_CATF_HANDLING,
	EXCH_CATF_CUST_DISPLAY,
	EXCH_CATF_SEQ,
	EXCH_CATF_ATS_DISPLAY,
	EXCH_CATF_DISPLAY_PRICE,
	EXCH_CATF_WORKING_PRICE,
	EXCH_CATF_DISPLAY_QTY,
	EXCH_CATF_ATS_TYPE,
	EXCH_CATF_NBB_PRICE,
	EXCH_CATF_NBB_QTY,
	EXCH_CATF_NBO_PRICE,
	EXCH_CATF_NBO_QTY,
	EXCH_CATF_NBBO_SOURCE,
	EXCH_CATF_NBBO_TIME,
	EXCH_CATF_SOLICITED,
	EXCH_CATF_NET_PRICE,
	EXCH_CATF_FDID,
	EXCH_CATF_HOLDER,
	EXCH_CATF_NEGOTIATED,
	EXCH_CATF_REPRESENTATIVE,
	EXCH_CATF_PRIOR_DATE,
	EXCH_CATF_PRIOR_ORDER,
	EXCH_CATF_REQUEST_TIME,
	EXCH_CATF_INITIATOR,
	EXCH_CATF_LEAVES,
	EXCH_CATF_CANCEL_QTY,
	EXCH_CATF_TRADE_DATE,
	EXCH_CATF_TRADE,
	EXCH_CATF_CANCEL_FLAG,
	EXCH_CATF_CANCEL_TIME,
	EXCH_CATF_CAPACITY,
	EXCH_CATF_TAPE,
	EXCH_CATF_MARKET_CENTER,
	EXCH_CATF_SIDES_TOLD,
	EXCH_CATF_BUY_DETAILS,
	EXCH_CATF_SELL_DETAILS,
	EXCH_CATF_EXCEPTION,
	EXCH_CATF_MULTI_LEG,
	EXCH_CATF_KNOWN
};

struct exch_cat_field {
	char name[24];
	char need; /* R, C, O, A or B */
	uint8_t type;
	uint8_t id; /* enum exch_cat_id, or beyond */
	uint16_t size;
	uint16_t code;
	char list[24];
};

struct exch_cat_event {
	char name[8];
	unsigned n;
	unsigned least; /* positions that a line has: up to the last R */
	struct exch_cat_field field[EXCH_CAT_POSITIONS];
};

struct exch_cat_choice {
	struct exch_dated span;
	char list[24];
	char value[16];
	uint8_t takes; /* enum exch_cat_type */
	char ours[40];
	char source[EXCH_DATED_SOURCE_MAX];
};

struct exch_cat_rule {
	struct exch_dated span;
	char rule[24];
	uint32_t code;
	char text[96];
	char source[EXCH_DATED_SOURCE_MAX];
};

struct exch_cat_memo {
	const char *list, *word, *value; /* list NULL: free */
};

/* The tables, and of them the layout of one day. */
struct exch_cat_spec {
	struct exch_reftable fields, choices, rules;
	uint32_t from, until; /* days for which the rest holds */
	uint32_t date;
	struct exch_cat_event *event; /* EXCH_CAT_EVENTS of them */
	unsigned nevents;
	struct exch_cat_event *side; /* one of them */
	char name[EXCH_CAT_FIELDS][24];
	unsigned nnames;
	struct exch_cat_memo memo[64]; /* of exch_cat_ours() */
};

/* Of the options with the three tables; `run` has been told them. */
int exch_cat_spec_read(struct exch_cat_spec *s,
    const struct exch_report_run *run, struct exch_diag *d);
void exch_cat_spec_clear(struct exch_cat_spec *s);
/*
 * The layout of a day from now on.  EXCH_ERR_ABSENT: no row holds on it;
 * EXCH_ERR_FORMAT: positions are missing in the table.
 */
int exch_cat_spec_at(
    struct exch_cat_spec *s, uint32_t date, struct exch_diag *d);

/* NULL: there is none. */
const struct exch_cat_event *exch_cat_event(
    const struct exch_cat_spec *s, const char *name, size_t n);
const struct exch_cat_choice *exch_cat_choice(const struct exch_cat_spec *s,
    const char *list, const char *value, size_t n);
/*
 * The value of a list that a word of ours becomes, or "".  Both are strings
 * that stay: an answer is remembered by where they are.
 */
const char *exch_cat_ours(
    struct exch_cat_spec *s, const char *list, const char *word);
const struct exch_cat_rule *exch_cat_rule(
    const struct exch_cat_spec *s, const char *rule);

/* ---- an event ---- */

struct exch_cat_value {
	const char *p; /* as it stands in CSV */
	uint16_t n;    /* 0: blank */
};

struct exch_cat_line {
	struct exch_cat_value v[EXCH_CAT_FIELDS];
	char text[2 * EXCH_CAT_LINE];
	size_t used;
	bool bad; /* a value has no such form: it is not to be written */
};

void exch_cat_begin(struct exch_cat_line *l);
void exch_cat_put(
    struct exch_cat_line *l, unsigned id, const char *p, size_t n);
void exch_cat_word(struct exch_cat_line *l, unsigned id, const char *word);
void exch_cat_flag(struct exch_cat_line *l, unsigned id, bool yes);
void exch_cat_u64(struct exch_cat_line *l, unsigned id, uint64_t v);
/* A number with more digits than there may be makes the line bad. */
void exch_cat_px(struct exch_cat_line *l, unsigned id, exch_px v);
/* v x 10^-scale. */
void exch_cat_qty(
    struct exch_cat_line *l, unsigned id, exch_qty v, unsigned scale);
/* Eastern time with all nine digits. */
void exch_cat_time(
    struct exch_cat_line *l, unsigned id, const struct exch_tz *tz, exch_ts t);

/* Behind what stands there, with `between` unless that is nothing. */
void exch_cat_more(struct exch_cat_line *l, unsigned id, char between,
    const char *p, size_t n);

/* The date of a time of that zone; *tod: ns since its midnight. */
uint32_t exch_cat_date(const struct exch_tz *tz, exch_ts t, uint64_t *tod);
/* "20170107T213000.123456789", 25 bytes; returns its end. */
char *exch_cat_stamp(char *p, const struct exch_tz *tz, exch_ts t);

/*
 * The event as a line of CSV or JSON with its LF, behind what is in *out.
 * EXCH_ERR_RANGE: it is longer than a line may be, EXCH_ERR_ABSENT: it has an
 * array in the other form; and nothing was written.
 */
int exch_cat_csv(const struct exch_cat_event *e, const struct exch_cat_line *l,
    struct exch_buf *out);
int exch_cat_json(const struct exch_cat_spec *s, const struct exch_cat_event *e,
    const struct exch_cat_line *l, struct exch_buf *out);
/* For people: a name and a value in each row. */
void exch_cat_page(const struct exch_cat_event *e,
    const struct exch_cat_line *l, uint64_t line, struct exch_buf *out);

/* ---- values ---- */

/* Is that allowed in texts: 0x20 to 0x7e without , | " @ ? */
bool exch_cat_plain(const char *p, size_t n);
/* NULL: it is such a value; else what is wrong. */
const char *exch_cat_fault(const struct exch_cat_spec *s,
    const struct exch_cat_field *f, const char *p, size_t n);
/* The time of a timestamp that is one; *digits of its fraction. */
bool exch_cat_read_time(const char *p, size_t n, const struct exch_tz *tz,
    exch_ts *t, unsigned *digits);
bool exch_cat_true(const struct exch_cat_value *v);

/* ---- files ---- */

/* What report->file is of this report. */
int exch_cat_file(struct exch_report_run *run, enum exch_report_file how,
    struct exch_in *in, struct exch_diag *d);

#endif
