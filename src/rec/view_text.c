/*
 * Records for people: one short line each, aligned at the front.  Nobody
 * reads this back, so it says what matters and leaves out the rest.
 *
 * What a line says is a sentence per type:
 *
 *	{qty}                 the field's value, "-" when it has none
 *	[ account {account}]  only if every field inside has a value that is
 *	                      not zero or "none"
 *	[?open (rest stays)]  only if the field named first is such; it is
 *	                      not printed itself
 *
 * Types without a sentence show their fields as name=value.
 */
#include <config.h>

#include <string.h>

#include "base/bytes.h"
#include "base/dec.h"
#include "base/time.h"
#include "rec/view_priv.h"

static const char *const sentences[256] = {
    [EXCH_REC_SOURCE] = "{id} is {text}",
    [EXCH_REC_INSTRUMENT] = "{kind} tick {tick} lot {lot}[ {currency}]"
			    "[ mic {mic}][ isin {isin}]"
			    "[ reference {reference}]"
			    "[ strike {strike}][ expires {expiry}]",
    [EXCH_REC_ACCOUNT] = "{id} is {text}[ of {member}]",
    [EXCH_REC_PHASE] = "{phase}[ for {cross}][ reason {reason}]"
		       "[ reference {reference}]",
    [EXCH_REC_GAP] = "session {session}: {count} missing from {first}",
    [EXCH_REC_NOTICE] = "{text}",
    [EXCH_REC_ERROR] = "{severity}: {text}[ (source {ref_source} record "
		       "{ref_seq})]",
    [EXCH_REC_NEW] = "{side} {qty}[ @ {price}] {ordtype} {tif} order "
		     "{order}[ account {account}][ {ordflags}]",
    [EXCH_REC_CANCEL] = "order {order}[ by {qty}]",
    [EXCH_REC_REPLACE] = "order {order} as {new_order}: {qty}[ @ {price}] "
			 "{tif}[ account {account}][ {ordflags}]",
    [EXCH_REC_ACK] = "order {order}",
    [EXCH_REC_REJECT] = "{command} of order {order}: {code}",
    [EXCH_REC_EXEC] = "{qty} @ {price} buy {buy} sell {sell}"
		      "[ ({aggressor}er took)][ in the {cross} auction]",
    [EXCH_REC_CANCELLED] = "order {order} by {qty}: {reason}"
			   "[?open (the rest stays)]",
    [EXCH_REC_REPLACED] = "order {order} as {new_order}: {qty}"
			  "[?kept (place kept)]",
    [EXCH_REC_TRADE] = "{qty} @ {price}[ buy {buy}][ sell {sell}]"
		       "[ {kind}][ in the {cross} auction]"
		       "[ cause {cause}] match {match}",
    [EXCH_REC_BUST] = "match {match}",
    [EXCH_REC_EXPECT] = "{qty} @ {price} buy {buy} sell {sell}"
			"[ ({aggressor}er took)][ cause {cause}]"
			" match {match}",
    [EXCH_REC_MISS] = "{cause}: venue order {resting} {qty} @ {price}, "
		      "engine order {got_resting} {got_qty} @ {got_price}",
    [EXCH_REC_MASS_CANCEL] = "{kind} all[ {side}][ of account {account}]"
			     "[ of session {session}]",
    [EXCH_REC_QUOTE] = "account {account}[ bid {bid_qty} @ {bid}]"
		       "[ offer {ask_qty} @ {ask}][ mass {mass}]",
    [EXCH_REC_ACCEPT] = "order {order} takes {answer}[ by {qty}]",
    [EXCH_REC_BLOCK] = "{qty} @ {price} account {buyer} bought from "
		       "{seller}, report {report}",
    [EXCH_REC_BREAK] = "match {match}[: {qty} @ {price} instead]",
    [EXCH_REC_RESTATED] = "order {order} {reason}:[ @ {price}] {leaves} open, "
			  "{shown} shown",
    [EXCH_REC_TRIGGERED] = "order {order}[ by {price}]",
    [EXCH_REC_MASS_DONE] = "{kind}: {count} orders cancelled",
    [EXCH_REC_BOOK_ADD] = "{side} {qty} @ {price} order {order}[ {mpid}]",
    [EXCH_REC_BOOK_EXEC] = "{qty}[ @ {price}] of order {order} match "
			   "{match}",
    [EXCH_REC_BOOK_REDUCE] = "order {order} by {qty}",
    [EXCH_REC_BOOK_DELETE] = "order {order}",
    [EXCH_REC_BOOK_REPLACE] = "order {order} as {new_order}: {qty} @ "
			      "{price}",
    [EXCH_REC_BOOK_PRINT] = "{qty} @ {price} {kind}[ of order {order}]"
			    "[ in the {cross} auction] match {match}",
    [EXCH_REC_BOOK_LEVEL] = "[{side} ]{qty}[ @ {price}]",
    [EXCH_REC_BOOK_TOP] = "[bid {bid_qty} @ {bid} ][ask {ask_qty} @ {ask}]",
    [EXCH_REC_AUCTION] = "{cross} {paired} @ {price}"
			 "[ imbalance {imbalance} {side}]"
			 "[ reference {reference}][?final (result)]",
    [EXCH_REC_RISK] = "{verdict} the {command} of order {order}, account "
		      "{account}: {rule} {observed} of {limit}[ as {ref}]",
    [EXCH_REC_POSITION] = "account {account} has {qty}[ marked {mark}] cost "
			  "{cost} realised {realised} unrealised {unrealised} "
			  "fees {fees}",
    [EXCH_REC_ALERT] = "{severity}: account {account}: {text}",
    [EXCH_REC_LIMIT] = "{what} {value} for[ member {member}]"
		       "[ account {account}][ by {by}][: {text}]",
    [EXCH_REC_KILL] = "{on}[ member {member}][ account {account}]"
		      "[ by {by}][: {text}]",
    [EXCH_REC_DECISION] = "{verdict} order {order}[ by {by}][: {text}]",
    [EXCH_REC_DEPOSIT] = "account {account}: {amount}",
};

/*
 * What a type says; refusals of some commands name no order, and limits are of
 * different owners.
 */
static const char *
sentence_of(const struct exch_rec *r)
{
	const struct exch_rec_reject *j = (const void *)r;
	const struct exch_rec_limit *l = (const void *)r;
	const struct exch_rec_risk *k = (const void *)r;

	/* Some rules have no numbers, and some of what they judge no order. */
	if (r->type == EXCH_REC_RISK && k->limit == 0 && k->observed == 0)
		return "{verdict} the {command}[ of order {order}], account "
		       "{account}: {rule}[ as {ref}]";
	if (r->type == EXCH_REC_REJECT && j->command == EXCH_REC_BLOCK)
		return "{command} of report {order}: {code}";
	if (r->type == EXCH_REC_REJECT && j->command == EXCH_REC_BREAK)
		return "{command} of match {order}: {code}";
	if (r->type == EXCH_REC_LIMIT && exch_limit_is_of_group(l->what))
		return "{what} {value} for group {member}[ by {by}][: {text}]";
	if (r->type == EXCH_REC_LIMIT && l->account == 0 &&
	    l->member[0] == '\0')
		return "{what} {value} for all[ by {by}][: {text}]";
	return sentences[r->type];
}

/* One record on its way into a line. */
struct line {
	struct exch_view *v;
	const struct exch_rec *r;
	const struct exch_shape *sh;
	struct exch_val_unit unit;
	bool hidden; /* some value of this bracket was zero or none */
};

/* Bytes that a terminal might obey are shown as \xNN. */
static char *
put_string(char *p, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c >= 0x20 && c < 0x7f) {
			*p++ = (char)c;
			continue;
		}
		*p++ = '\\';
		*p++ = 'x';
		p = exch_val_hex(p, &c, 1);
	}
	return p;
}

/* "250ms": in the largest unit that it is a whole number of. */
static char *
put_duration(char *p, int64_t ns)
{
	static const struct {
		int64_t ns;
		const char *name;
	} units[] = {{1000000000, "s"}, {1000000, "ms"}, {1000, "us"}};

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(units); i++)
		if (ns != 0 && ns % units[i].ns == 0)
			return exch_val_str(
			    exch_dec_put(p, ns / units[i].ns, 0, 0),
			    units[i].name);
	return exch_val_str(exch_dec_put(p, ns, 0, 0), "ns");
}

/* A limit's value, as the table of limits has it. */
static char *
put_limit(const struct line *l, char *p)
{
	const struct exch_rec_limit *r = (const void *)l->r;
	enum exch_val kind;

	switch (exch_limit_unit(r->what)) {
	case EXCH_LIMIT_IN_UNITS:
		return r->value < 0 ? exch_dec_put(p, r->value, 0, 0)
				    : exch_val_qty(p, (uint64_t)r->value,
					  &l->unit, &kind);
	case EXCH_LIMIT_IN_CASH:
		return exch_dec_put(p, r->value, 6, 2);
	case EXCH_LIMIT_IN_SHARES:
		p = exch_dec_put(p, r->value, 4, 0);
		*p++ = '%';
		return p;
	case EXCH_LIMIT_IN_TIME:
		return put_duration(p, r->value);
	default:
		return exch_dec_put(p, r->value, 0, 0);
	}
}

static char *
put_value(struct line *l, char *p, const struct exch_field *f)
{
	const unsigned char *rec = (const unsigned char *)l->r;
	char *start = p;
	enum exch_val kind;
	const char *s;
	size_t n;

	s = exch_val_string(f, l->sh, rec, &n);
	if (s != NULL)
		p = put_string(p, s, n);
	else if (l->r->type == EXCH_REC_LIMIT && strcmp(f->name, "value") == 0)
		p = put_limit(l, p);
	else
		p = exch_val_put(l->v, p, f, rec, &l->unit, &kind);
	if (p == start || (p - start == 1 && *start == '0') ||
	    (p - start == 4 && memcmp(start, "none", 4) == 0))
		l->hidden = true;
	if (p == start)
		*p++ = '-';
	return p;
}

static char *
put_named(struct line *l, char *p, const char *name, size_t n)
{
	const struct exch_schema *s = l->sh->s;

	for (unsigned i = 0; i < s->nfields; i++)
		if (strncmp(s->field[i].name, name, n) == 0 &&
		    s->field[i].name[n] == 0)
			return put_value(l, p, &s->field[i]);
	return p;
}

static char *
put_sentence(struct line *l, char *p, const char *s)
{
	char *bracket = p;

	while (*s != 0) {
		const char *end;

		switch (*s) {
		case '[':
			bracket = p;
			l->hidden = false;
			s++;
			if (*s == '?') {
				end = strchr(s, ' ');
				(void)put_named(
				    l, p, s + 1, (size_t)(end - s - 1));
				s = end;
			}
			break;
		case ']':
			if (l->hidden)
				p = bracket;
			s++;
			break;
		case '{':
			end = strchr(s, '}');
			p = put_named(l, p, s + 1, (size_t)(end - s - 1));
			s = end + 1;
			break;
		default:
			*p++ = *s++;
		}
	}
	return p;
}

static char *
put_fields(struct line *l, char *p)
{
	const struct exch_schema *s = l->sh->s;

	for (unsigned i = 0; i < s->nfields; i++) {
		if (i > 0)
			*p++ = ' ';
		p = exch_val_str(p, s->field[i].name);
		*p++ = '=';
		p = put_value(l, p, &s->field[i]);
	}
	return p;
}

/* ---- instructions ---- */

static const char *const peg_words[] = {
    [EXCH_PEG_MID] = "mid",
    [EXCH_PEG_PRIMARY] = "primary",
    [EXCH_PEG_MARKET] = "market",
};

static const char *const stp_words[] = {
    [EXCH_STP_MARKET] = "market",
    [EXCH_STP_NEWEST] = "newest",
    [EXCH_STP_OLDEST] = "oldest",
    [EXCH_STP_BOTH] = "both",
    [EXCH_STP_DECREMENT] = "decrement",
    [EXCH_STP_NONE] = "none",
};

static char *
put_px(const struct line *l, char *p, uint64_t value)
{
	enum exch_val kind;

	return exch_val_px(p, (int64_t)value, &l->unit, &kind);
}

static char *
put_qty(const struct line *l, char *p, uint64_t value)
{
	enum exch_val kind;

	return exch_val_qty(p, value, &l->unit, &kind);
}

/* " offset 0.01", with its sign. */
static char *
put_peg(const struct line *l, char *p, uint32_t kind, uint64_t offset)
{
	p = exch_val_str(p, "peg ");
	p = exch_val_str(p, peg_words[kind]);
	if (offset == 0)
		return p;
	p = exch_val_str(p, " offset ");
	return put_px(l, p, offset);
}

static char *
put_trail(const struct line *l, char *p, uint32_t kind, uint64_t value)
{
	p = exch_val_str(p, "trail ");
	if (kind == EXCH_TRAIL_AMOUNT)
		return put_px(l, p, value);
	p = exch_dec_put(p, (int64_t)value, 6, 0);
	*p++ = '%';
	return p;
}

static char *
put_number(char *p, const char *what, uint64_t value)
{
	p = exch_val_str(p, what);
	return exch_uint_put(p, value);
}

/* An entry in the words of exch-scenario(5); NULL: it has none. */
static char *
put_entry(const struct line *l, char *p, const unsigned char *e)
{
	uint32_t small = exch_le32(e + 4);
	uint64_t value = exch_le64(e + 8);
	const char *word;

	switch (exch_le16(e)) {
	case EXCH_EXT_CAUSE:
		word = small > UINT16_MAX
			   ? NULL
			   : exch_word_of(exch_words_cause, (uint16_t)small);
		if (word == NULL)
			return NULL;
		return exch_val_str(exch_val_str(p, "cause "), word);
	case EXCH_EXT_STOP:
		return put_px(l, exch_val_str(p, "stop "), value);
	case EXCH_EXT_DISCRETION:
		return put_px(l, exch_val_str(p, "discretion "), value);
	case EXCH_EXT_DISPLAY:
		p = put_qty(l, exch_val_str(p, "show "), value);
		if (small == 0)
			return p;
		p = put_number(p, " vary ", small);
		*p++ = '%';
		return p;
	case EXCH_EXT_MIN_QTY:
		return put_qty(l,
		    exch_val_str(
			p, small == EXCH_MIN_EACH ? "min-each " : "min "),
		    value);
	case EXCH_EXT_EXPIRE:
		return exch_val_time(l->v, exch_val_str(p, "until "), value);
	case EXCH_EXT_PEG:
		if (small < EXCH_PEG_MID || small > EXCH_PEG_MARKET)
			return NULL;
		return put_peg(l, p, small, value);
	case EXCH_EXT_TRAIL:
		if (small > EXCH_TRAIL_PERCENT)
			return NULL;
		return put_trail(l, p, small, value);
	case EXCH_EXT_STP:
		if (small > EXCH_STP_NONE)
			return NULL;
		p = exch_val_str(exch_val_str(p, "stp "), stp_words[small]);
		return value == 0 ? p : put_number(p, " group ", value);
	case EXCH_EXT_CLIENT:
		return put_number(p, "client ", value);
	case EXCH_EXT_OCO:
		return put_number(p, "oco ", value);
	case EXCH_EXT_PARENT:
		return put_number(p, "child of ", value);
	case EXCH_EXT_SESSION:
		return put_number(p, "session ", value);
	case EXCH_EXT_REQUEST:
		return put_number(p, "answers ", value);
	case EXCH_EXT_ACCOUNT:
		return put_number(p, "of ", value);
	default:
		return NULL;
	}
}

static char *
put_ext(const struct line *l, char *p, const unsigned char *ext, size_t n)
{
	const unsigned char *end;

	if (n == 0)
		return p; /* ext may be NULL */
	end = ext + n;
	for (const unsigned char *e = ext; e < end;) {
		size_t len = exch_shape_entry(e, (size_t)(end - e));
		char *q = NULL;

		*p++ = ' ';
		if (len == sizeof(struct exch_ext))
			q = put_entry(l, p, e);
		p = q != NULL ? q : exch_val_ext(p, e, len);
		e += len;
	}
	return p;
}

static char *
pad_to(char *p, const char *start, size_t width)
{
	while ((size_t)(p - start) < width)
		*p++ = ' ';
	*p++ = ' ';
	return p;
}

/*
 * The lines have times of day: where they begin to be of another day than the
 * header's or those before, a line says of which.
 */
static char *
put_day(struct exch_view *v, char *p, const char *stamp)
{
	if (memcmp(stamp, v->day, sizeof(v->day)) == 0)
		return p;
	memcpy(v->day, stamp, sizeof(v->day));
	memcpy(p, "day ", 4);
	memcpy(p + 4, stamp, sizeof(v->day));
	p[4 + sizeof(v->day)] = '\n';
	return p + 4 + sizeof(v->day) + 1;
}

/* Time of day, symbol and type. */
static char *
put_front(struct line *l, char *p)
{
	char stamp[EXCH_VAL_MAX];
	char *start;
	const char *s;
	size_t n;

	if (exch_val_time(l->v, stamp, l->r->time) != stamp + 30)
		memset(stamp, '-', sizeof(stamp)); /* not a date */
	else
		p = put_day(l->v, p, stamp);
	memcpy(p, stamp + 11, 18);
	p += 18;
	*p++ = ' ';
	start = p;
	s = exch_val_symbol(l->v, l->r, &n);
	if (n > 0) {
		p = put_string(p, s, n);
	} else if (l->r->instr != 0) {
		*p++ = '#';
		p = exch_uint_put(p, l->r->instr);
	}
	p = pad_to(p, start, 8);
	start = p;
	p = exch_val_type(p, l->sh, l->r->type);
	return pad_to(p, start, 12);
}

/* Room for all that is said of a record. */
static size_t
room_for(const struct exch_rec *r, const struct exch_shape *sh)
{
	return 2048 + 6 * exch_rec_len(r) +
	       (sh->s != NULL ? sh->s->nfields * 96u : 0);
}

/* What it says, behind `start`, which is not before p. */
static char *
put_said(struct line *l, char *p, const char *start)
{
	const struct exch_rec *r = l->r;
	const struct exch_shape *sh = l->sh;
	uint8_t flags =
	    (uint8_t)(r->flags & ~(unsigned)(EXCH_F_LAST | EXCH_F_EXT));

	if (sh->raw || sh->ntail > 0 || sh->s == NULL)
		p = exch_val_hex(p, sh->tail, sh->ntail);
	else if (sentence_of(r) != NULL)
		p = put_sentence(l, p, sentence_of(r));
	else
		p = put_fields(l, p);
	p = put_ext(l, p, sh->ext, sh->next);
	if (flags != 0) {
		*p++ = ' ';
		*p++ = '(';
		p = exch_val_flags(p, flags, false);
		*p++ = ')';
	}
	while (p > start && p[-1] == ' ')
		p--;
	return p;
}

static void
text_record(struct exch_view *v, const struct exch_rec *r, uint64_t seq)
{
	struct exch_shape sh;
	struct line l = {v, r, &sh, exch_val_unit_people(v, r), false};
	char *start, *p;

	(void)seq;
	/* Layouts are for programs. */
	if (r->type == EXCH_REC_SCHEMA)
		return;
	exch_shape_of(v->known, r, &sh);
	start = exch_buf_room(&v->text, room_for(r, &sh));
	if (start == NULL)
		return;
	p = put_said(&l, put_front(&l, start), start);
	*p++ = '\n';
	v->text.len += (size_t)(p - start);
}

int
exch_view_said(
    struct exch_view *v, const struct exch_rec *r, struct exch_buf *b)
{
	struct exch_shape sh;
	struct line l = {v, r, &sh, exch_val_unit_people(v, r), false};
	char *start;

	exch_shape_of(v->known, r, &sh);
	start = exch_buf_room(b, room_for(r, &sh));
	if (start == NULL)
		return EXCH_ERR_NOMEM;
	b->len += (size_t)(put_said(&l, start, start) - start);
	return EXCH_OK;
}

static void
text_begin(struct exch_view *v)
{
	const struct exch_stream_info *in = v->info;
	struct exch_buf *b = &v->text;
	char stamp[EXCH_VAL_MAX];
	const char *p;

	exch_buf_str(b, "stream");
	if (in->date != 0) {
		exch_buf_str(b, " of ");
		exch_buf_uint(b, in->date);
		p = exch_val_time(v, stamp, exch_date_ts(in->date));
		if (p == stamp + 30)
			memcpy(v->day, stamp, sizeof(v->day));
	}
	exch_buf_str(b, ", times are UTC\n");
}

static void
text_end(struct exch_view *v, uint64_t records, enum exch_status status)
{
	struct exch_buf *b = &v->text;

	exch_buf_str(b, "end of stream: ");
	exch_buf_uint(b, records);
	exch_buf_str(b, " records, ");
	exch_buf_str(b, exch_word_of(exch_words_status, (uint16_t)status));
	exch_buf_char(b, '\n');
}

const struct exch_view_ops exch_view_people = {
    text_begin, text_record, text_end};
