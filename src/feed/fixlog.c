/*
 * Logs of FIX sessions, 4.0 to 5.0 SP2: the messages of one or many sessions
 * one behind the other, with whatever a log writes between them.  New orders,
 * cancels and replacements become commands; everything else is passed over,
 * but for what execution reports say was filled, which the quantity of a
 * replacement includes.
 *
 * An order is known by its ClOrdID and who sent it; ours are numbered in
 * the order in which they came in.  Its account is Account (1), or else who
 * sent it.  Times are SendingTime (52), in UTC.
 *
 * Messages sent again (PossDupFlag) are passed over when they came before;
 * numbers that are missing are told.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "base/keyed.h"
#include "base/time.h"
#include "feed/feed.h"
#include "feed/fixmsg.h"
#include "feed/names.h"
#include "feed/symbols.h"
#include "feed/text.h"
#include "rec/rec.h"

#define BUFFER (4 * EXCH_FIX_MAX)
#define PAIR_MAX 200

/* An order of the log, by the number of its name. */
struct order {
	exch_qty filled;
	uint8_t side;
};

/* What one side of a session has sent. */
struct line {
	uint64_t next; /* MsgSeqNum; 0: nothing yet */
};

struct log {
	const struct exch_feed_opts *o;
	const struct exch_feed_sink *sink;
	struct exch_feed_stats *st;
	struct exch_in *in;
	char *buf;
	size_t have;
	uint64_t offset; /* of buf[0] */
	uint64_t where;	 /* of the message in hand */
	struct exch_symbols symbols;
	struct exch_names *accounts; /* the caller's, or own */
	struct exch_names *own_accounts;
	struct exch_names *orders, *lines;
	struct order *order;
	uint32_t norder;
	struct line *line;
	uint32_t nline;
	struct exch_fix_msg m;
	bool lost; /* what follows up to the next message was told */
	exch_ts t;
};

/* Told, and the message left out. */
#define SKIP 1

static int
trouble(struct log *s, const char *text, struct exch_diag *d)
{
	struct exch_feed_at at = {EXCH_POS_BYTE, s->where, 0};

	s->st->messages_bad++;
	return s->sink->trouble(s->sink->arg, &at, text, d);
}

static int
skip(struct log *s, const char *why, uint32_t tag, struct exch_diag *d)
{
	const struct exch_fix_field *f = exch_fix_get(&s->m, tag);
	const struct exch_fix_field *type = exch_fix_get(&s->m, 35);
	char text[160];
	int rc;

	if (f == NULL)
		(void)snprintf(text, sizeof(text),
		    "FIX message %.*s has no field %u", (int)type->n, type->p,
		    tag);
	else
		(void)snprintf(text, sizeof(text),
		    "FIX message %.*s: %u=%.*s %s", (int)type->n, type->p, tag,
		    f->n < 40 ? (int)f->n : 40, f->p, why);
	rc = trouble(s, text, d);
	return rc != 0 ? rc : SKIP;
}

static int
nomem(const struct log *s, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, exch_in_name(s->in),
	    EXCH_POS_BYTE, s->where, "no memory for a FIX log");
}

/* ---- fields ---- */

static bool
two(const char *p, unsigned most, unsigned *v)
{
	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return false;
	*v = (unsigned)(p[0] - '0') * 10 + (unsigned)(p[1] - '0');
	return *v <= most;
}

/* YYYYMMDD-HH:MM:SS[.fraction], the fraction of up to 12 digits. */
static bool
parse_time(const struct exch_fix_field *f, exch_ts *t)
{
	uint64_t date, ns = 0, unit = 100000000;
	unsigned h, m, sec;
	const char *p = f->p;

	if (f->n < 17 || exch_uint_parse(p, 8, &date) != 0 || date < 19700101 ||
	    date > 22611231 || p[8] != '-' || !two(p + 9, 23, &h) ||
	    p[11] != ':' || !two(p + 12, 59, &m) || p[14] != ':' ||
	    !two(p + 15, 60, &sec))
		return false;
	if (f->n > 17 && (p[17] != '.' || f->n == 18 || f->n > 30))
		return false;
	for (uint32_t i = 18; i < f->n; i++, unit /= 10) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		ns += (uint64_t)(p[i] - '0') * unit;
	}
	if (!exch_date_is((uint32_t)date))
		return false;
	*t = exch_date_ts((uint32_t)date) +
	     ((h * 60 + m) * UINT64_C(60) + sec) * EXCH_SEC + ns;
	return true;
}

static int
take_time(struct log *s, uint32_t tag, exch_ts *t, struct exch_diag *d)
{
	const struct exch_fix_field *f = exch_fix_get(&s->m, tag);

	return f != NULL && parse_time(f, t)
		   ? 0
		   : skip(
			 s, "is no time such as 20260105-09:30:00.000", tag, d);
}

static int
take_qty(struct log *s, uint32_t tag, exch_qty *v, struct exch_diag *d)
{
	const struct exch_fix_field *f = exch_fix_get(&s->m, tag);

	return f != NULL && exch_text_whole(f->p, f->n, v) == 0
		   ? 0
		   : skip(s, "is no whole number", tag, d);
}

static int
take_price(struct log *s, uint32_t tag, exch_px *v, struct exch_diag *d)
{
	const struct exch_fix_field *f = exch_fix_get(&s->m, tag);

	return f != NULL && exch_text_price(f->p, f->n, v) == 0
		   ? 0
		   : skip(s, "is no price", tag, d);
}

/* ---- names ---- */

/* The number of a name, made if need be; *fresh: it was. */
static int
number(struct log *s, struct exch_names *names, const char *p, size_t n,
    uint32_t *id, bool *fresh, struct exch_diag *d)
{
	int rc;

	*fresh = false;
	if (exch_names_find(names, p, n, id) == 0)
		return 0;
	rc = exch_names_add(names, p, n, id);
	*fresh = rc == 0;
	return rc == 0 ? 0 : nomem(s, d);
}

/* "SENDER" and a name of theirs, as one. */
static bool
their(const struct log *s, const struct exch_fix_field *f, bool of_sender,
    char *to, size_t *n)
{
	const struct exch_fix_field *who =
	    exch_fix_get(&s->m, of_sender ? 49 : 56);

	if (who == NULL || f == NULL || who->n + f->n + 1 > PAIR_MAX)
		return false;
	memcpy(to, who->p, who->n);
	to[who->n] = '\001';
	memcpy(to + who->n + 1, f->p, f->n);
	*n = who->n + 1 + f->n;
	return true;
}

static int
grow_orders(struct log *s, uint32_t n, struct exch_diag *d)
{
	uint32_t cap = s->norder == 0 ? 1024 : s->norder;
	struct order *p;

	if (n < s->norder)
		return 0;
	while (cap <= n)
		cap *= 2;
	p = exch_realloc(s->order, cap, sizeof(*p));
	if (p == NULL)
		return nomem(s, d);
	memset(p + s->norder, 0, (cap - s->norder) * sizeof(*p));
	s->order = p;
	s->norder = cap;
	return 0;
}

/* The order that a field names, of who sends the message or receives it. */
static int
take_order(struct log *s, uint32_t tag, bool of_sender, exch_oid *id,
    struct order **o, struct exch_diag *d)
{
	const struct exch_fix_field *f = exch_fix_get(&s->m, tag);
	exch_oid first = s->o->first_order == 0 ? 1 : s->o->first_order;
	char name[PAIR_MAX];
	uint32_t k;
	size_t n;
	bool fresh;
	int rc;

	if (!their(s, f, of_sender, name, &n))
		return skip(s, "is too long", f == NULL ? tag : 49, d);
	rc = number(s, s->orders, name, n, &k, &fresh, d);
	if (rc == 0)
		rc = grow_orders(s, k, d);
	if (rc != 0)
		return rc;
	*id = first + k;
	*o = &s->order[k];
	return 0;
}

static int
take_symbol(struct log *s, uint32_t *instr, struct exch_diag *d)
{
	const struct exch_fix_field *f = exch_fix_get(&s->m, 55);
	int rc;

	if (f == NULL || f->n > EXCH_SYMBOL_MAX)
		return skip(s, "is longer than 24 bytes", 55, d);
	rc = exch_symbols_id(&s->symbols, f->p, f->n, s->t, instr, d);
	if (rc == EXCH_ERR_NEED)
		return exch_diag_set(d, EXCH_ERR_NEED, exch_in_name(s->in),
		    EXCH_POS_BYTE, s->where,
		    "FIX does not tell the price step of %.*s: add --tick STEP",
		    (int)f->n, f->p);
	if (rc == EXCH_ERR_NOMEM || rc == EXCH_ERR_LIMIT)
		return exch_diag_set(d, (enum exch_err)rc, exch_in_name(s->in),
		    EXCH_POS_BYTE, s->where, "no room for another symbol");
	return rc;
}

/* Account, or who sends. */
static int
take_account(struct log *s, uint32_t *account, struct exch_diag *d)
{
	const struct exch_fix_field *f = exch_fix_get(&s->m, 1);
	uint32_t k;
	bool fresh;
	int rc;

	if (f == NULL)
		f = exch_fix_get(&s->m, 49);
	if (f == NULL || f->n > EXCH_TEXT_NAME)
		return skip(
		    s, "is longer than 63 bytes", f == NULL ? 49 : 1, d);
	rc = number(s, s->accounts, f->p, f->n, &k, &fresh, d);
	if (rc != 0)
		return rc;
	*account = k + 1;
	return fresh ? exch_text_account(
			   s->sink, k + 1, f->p, f->n, "", 0, s->t, d)
		     : 0;
}

/* ---- what orders ask for ---- */

/* A command with its entries. */
struct made {
	union {
		struct exch_rec h;
		struct exch_rec_new n;
		struct exch_rec_cancel x;
		struct exch_rec_replace r;
	} u;
	struct exch_ext ext[6];
	unsigned next;
};

static void
entry(struct made *c, uint16_t tag, uint32_t small, uint64_t value)
{
	c->ext[c->next++] =
	    (struct exch_ext){.tag = tag, .small = small, .value = value};
}

static int
take_type(struct log *s, uint8_t *ordtype, struct exch_diag *d)
{
	char c = exch_fix_letter(&s->m, 40);

	if (c < '1' || c > '4')
		return skip(s,
		    "is not 1 market, 2 limit, 3 stop or 4 stop "
		    "limit",
		    40, d);
	*ordtype = (uint8_t)(c - '0');
	return 0;
}

static int
take_tif(struct log *s, struct made *c, uint8_t *tif, struct exch_diag *d)
{
	char l = exch_fix_letter(&s->m, 59);
	exch_ts t = 0;
	int rc;

	*tif = EXCH_TIF_DAY;
	if (exch_fix_get(&s->m, 59) == NULL)
		return 0;
	if (l != '6') {
		if (l < '0' || l > '7' || l == '5')
			return skip(s,
			    "is not 0 day, 1 GTC, 2 at the open, 3 "
			    "IOC, 4 FOK, 6 until a time (126) or 7 "
			    "at the close",
			    59, d);
		*tif = (uint8_t)(l - '0');
		return 0;
	}
	rc = take_time(s, 126, &t, d);
	*tif = EXCH_TIF_GTT;
	if (rc == 0)
		entry(c, EXCH_EXT_EXPIRE, 0, t);
	return rc;
}

/* Shown and least quantities, and whether it may take. */
static int
take_handling(
    struct log *s, struct made *c, uint8_t *flags, struct exch_diag *d)
{
	const struct exch_fix_field *inst = exch_fix_get(&s->m, 18);
	uint32_t shown = exch_fix_get(&s->m, 111) != NULL ? 111 : 210;
	exch_qty q;
	int rc = 0;

	if (exch_fix_get(&s->m, shown) != NULL) {
		rc = take_qty(s, shown, &q, d);
		if (rc == 0)
			entry(c, EXCH_EXT_DISPLAY, 0, q);
	}
	if (rc == 0 && exch_fix_get(&s->m, 110) != NULL) {
		rc = take_qty(s, 110, &q, d);
		if (rc == 0 && q != 0)
			entry(c, EXCH_EXT_MIN_QTY, 0, q);
	}
	/* "participate, do not initiate" */
	if (inst != NULL && memchr(inst->p, '6', inst->n) != NULL)
		*flags |= EXCH_ORD_POST_ONLY;
	return rc;
}

/* Price and stop price, as the type has them. */
static int
take_prices(struct log *s, struct made *c, uint8_t type, exch_px *px,
    struct exch_diag *d)
{
	exch_px stop;
	int rc = 0;

	*px = EXCH_PX_NONE;
	if (type == EXCH_ORD_LIMIT || type == EXCH_ORD_STOP_LIMIT)
		rc = take_price(s, 44, px, d);
	if (rc == 0 && type >= EXCH_ORD_STOP) {
		rc = take_price(s, 99, &stop, d);
		if (rc == 0)
			entry(c, EXCH_EXT_STOP, 0, (uint64_t)stop);
	}
	return rc;
}

/* A ClOrdID that is a number goes along, so that reports can name it. */
static void
name_client(struct log *s, struct made *c)
{
	const struct exch_fix_field *f = exch_fix_get(&s->m, 11);
	uint64_t v;

	if (f != NULL && exch_uint_parse(f->p, f->n, &v) == 0 && v != 0)
		entry(c, EXCH_EXT_CLIENT, 0, v);
}

static int
give(struct log *s, struct made *c, uint8_t type, size_t size, uint32_t instr,
    struct exch_diag *d)
{
	uint64_t out[(sizeof(c->u) + sizeof(c->ext)) / 8];
	size_t n = c->next * sizeof(c->ext[0]);

	c->u.h.type = type;
	c->u.h.len8 = (uint8_t)((size + n) / 8);
	c->u.h.flags = c->next != 0 ? EXCH_F_EXT : 0;
	c->u.h.instr = instr;
	c->u.h.time = s->t;
	memcpy(out, &c->u, size);
	memcpy((char *)out + size, c->ext, n);
	return s->sink->record(
	    s->sink->arg, (const struct exch_rec *)(const void *)out, d);
}

/* ---- messages ---- */

static int
on_new(struct log *s, struct exch_diag *d)
{
	struct made c = {.next = 0};
	struct exch_rec_new *n = &c.u.n;
	char side = exch_fix_letter(&s->m, 54);
	struct order *o = NULL;
	uint32_t instr = 0;
	int rc = take_qty(s, 38, &n->qty, d);

	if (rc == 0 && (side == '\0' || strchr("1256", side) == NULL))
		rc = skip(s, "is neither 1 buy, 2 sell, 5 nor 6 short", 54, d);
	n->side = side == '1' ? EXCH_BUY : EXCH_SELL;
	if (rc == 0)
		rc = take_type(s, &n->ordtype, d);
	if (rc == 0)
		rc = take_prices(s, &c, n->ordtype, &n->price, d);
	if (rc == 0)
		rc = take_tif(s, &c, &n->tif, d);
	if (rc == 0)
		rc = take_handling(s, &c, &n->ordflags, d);
	if (rc == 0)
		rc = take_order(s, 11, true, &n->order, &o, d);
	if (rc == 0)
		rc = take_symbol(s, &instr, d);
	if (rc == 0)
		rc = take_account(s, &n->account, d);
	if (rc != 0)
		return rc;
	o->side = n->side;
	name_client(s, &c);
	return give(s, &c, EXCH_REC_NEW, sizeof(*n), instr, d);
}

static int
on_cancel(struct log *s, struct exch_diag *d)
{
	struct made c = {.next = 0};
	struct exch_rec_cancel *x = &c.u.x;
	struct order *o;
	uint32_t instr = 0;
	int rc = take_order(s, 41, true, &x->order, &o, d);

	if (rc == 0)
		rc = take_symbol(s, &instr, d);
	x->qty = EXCH_QTY_NONE;
	return rc != 0 ? rc
		       : give(s, &c, EXCH_REC_CANCEL, sizeof(*x), instr, d);
}

/* Its quantity has what was filled in it; ours is what is to be open. */
static int
on_replace(struct log *s, struct exch_diag *d)
{
	struct made c = {.next = 0};
	struct exch_rec_replace *r = &c.u.r;
	struct order *o, *next;
	uint8_t type = 0;
	exch_qty filled;
	uint32_t instr = 0;
	int rc = take_order(s, 41, true, &r->order, &o, d);

	if (rc != 0)
		return rc;
	filled = o->filled;
	rc = take_qty(s, 38, &r->qty, d);
	if (rc == 0)
		rc = take_type(s, &type, d);
	if (rc == 0)
		rc = take_prices(s, &c, type, &r->price, d);
	if (rc == 0)
		rc = take_tif(s, &c, &r->tif, d);
	if (rc == 0)
		rc = take_handling(s, &c, &r->ordflags, d);
	if (rc == 0 && r->qty <= filled)
		rc = skip(s, "is not more than was filled", 38, d);
	if (rc == 0)
		rc = take_order(s, 11, true, &r->new_order, &next, d);
	if (rc == 0)
		rc = take_symbol(s, &instr, d);
	if (rc != 0)
		return rc;
	next->filled = filled;
	r->qty -= filled;
	name_client(s, &c);
	return give(s, &c, EXCH_REC_REPLACE, sizeof(*r), instr, d);
}

/* What has been filled of the receiver's order. */
static int
on_report(struct log *s, struct exch_diag *d)
{
	const struct exch_fix_field *f = exch_fix_get(&s->m, 14);
	struct order *o;
	exch_qty filled;
	exch_oid id;
	int rc;

	if (f == NULL || exch_fix_get(&s->m, 11) == NULL ||
	    exch_text_whole(f->p, f->n, &filled) != 0)
		return 0;
	rc = take_order(s, 11, false, &id, &o, d);
	if (rc == 0)
		o->filled = filled;
	return rc;
}

/* ---- numbers ---- */

static int
grow_lines(struct log *s, uint32_t n, struct exch_diag *d)
{
	uint32_t cap = n + 16;
	struct line *p;

	if (n < s->nline)
		return 0;
	p = exch_realloc(s->line, cap, sizeof(*p));
	if (p == NULL)
		return nomem(s, d);
	memset(p + s->nline, 0, (cap - s->nline) * sizeof(*p));
	s->line = p;
	s->nline = cap;
	return 0;
}

/* SKIP: it came before. */
static int
take_number(struct log *s, struct exch_diag *d)
{
	const struct exch_fix_field *f = exch_fix_get(&s->m, 34);
	const struct exch_fix_field *to = exch_fix_get(&s->m, 56);
	char name[PAIR_MAX], text[96];
	uint64_t seq;
	uint32_t k;
	size_t n;
	bool fresh;
	struct line *l;
	int rc;

	if (f == NULL || exch_uint_parse(f->p, f->n, &seq) != 0 || seq == 0)
		return skip(s, "is no number from 1", 34, d);
	if (!their(s, to, true, name, &n))
		return skip(s, "is too long", 49, d);
	rc = number(s, s->lines, name, n, &k, &fresh, d);
	if (rc == 0)
		rc = grow_lines(s, k, d);
	if (rc != 0)
		return rc;
	l = &s->line[k];
	/* a session that begins again, and one that counts on elsewhere */
	if (exch_fix_letter(&s->m, 35) == 'A' || l->next == 0)
		l->next = seq;
	if (seq < l->next && exch_fix_letter(&s->m, 43) == 'Y') {
		s->st->duplicates++;
		return SKIP;
	}
	if (seq > l->next) {
		s->st->gaps++;
		s->st->gap_messages += seq - l->next;
		(void)snprintf(text, sizeof(text),
		    "FIX messages %llu to %llu of %.*s are missing",
		    (unsigned long long)l->next, (unsigned long long)seq - 1,
		    (int)exch_fix_get(&s->m, 49)->n,
		    exch_fix_get(&s->m, 49)->p);
		rc = trouble(s, text, d);
	}
	l->next = seq + 1;
	if (exch_fix_letter(&s->m, 35) == '4' &&
	    exch_fix_get(&s->m, 36) != NULL &&
	    exch_uint_parse(exch_fix_get(&s->m, 36)->p,
		exch_fix_get(&s->m, 36)->n, &seq) == 0 &&
	    seq != 0)
		l->next = seq;
	return rc;
}

static int
message(struct log *s, struct exch_diag *d)
{
	const struct exch_fix_field *type = &s->m.field[0];
	int rc = take_number(s, d);

	s->st->messages++;
	s->st->by_type[(unsigned char)type->p[0]]++;
	if (rc == 0)
		rc = take_time(s, 52, &s->t, d);
	if (rc == 0 && type->n == 1) {
		switch (type->p[0]) {
		case 'D':
			rc = on_new(s, d);
			break;
		case 'F':
			rc = on_cancel(s, d);
			break;
		case 'G':
			rc = on_replace(s, d);
			break;
		case '8':
			rc = on_report(s, d);
			break;
		default:
			break;
		}
	}
	return rc == SKIP ? 0 : rc;
}

/* ---- the input ---- */

/* What is none is told, and the next one looked for behind its beginning. */
static int
not_one(struct log *s, const char *why, struct exch_diag *d)
{
	char text[128];

	(void)snprintf(text, sizeof(text), "FIX message: %s", why);
	return trouble(s, text, d);
}

/*
 * To where the next message begins; as much as may be the beginning of one is
 * left.  Logs write times and names between them, but nothing with an SOH.
 */
static int
pass_over(struct log *s, size_t *at, bool *found, struct exch_diag *d)
{
	size_t left = s->have - *at;
	size_t n = exch_fix_find(s->buf + *at, left);
	int rc = 0;

	s->where = s->offset + *at;
	*found = n < left;
	if (!s->lost && memchr(s->buf + *at, '\001', n) != NULL) {
		s->lost = true;
		rc = not_one(s, "fields without a BeginString (8)", d);
	}
	if (*found)
		s->lost = false;
	else
		n -= n < 4 ? n : 4;
	*at += n;
	s->where = s->offset + *at;
	return rc;
}

/* All messages that are whole; what is left is kept. */
static int
take_all(struct log *s, bool end, struct exch_diag *d)
{
	size_t at = 0;
	bool found;
	int rc = pass_over(s, &at, &found, d);

	while (rc == 0 && found) {
		const char *why = NULL;
		enum exch_fix_read r =
		    exch_fix_read(s->buf + at, s->have - at, &s->m, &why);

		if (r == EXCH_FIX_MORE && end)
			return exch_diag_set(d, EXCH_ERR_CUT,
			    exch_in_name(s->in), EXCH_POS_BYTE, s->where,
			    "the input ends inside a message");
		if (r == EXCH_FIX_MORE)
			break;
		/* where one ends that is none, nobody can tell */
		s->lost = r == EXCH_FIX_BAD;
		rc = s->lost ? not_one(s, why, d) : message(s, d);
		at += s->lost ? 5 : s->m.size;
		if (rc == 0)
			rc = pass_over(s, &at, &found, d);
	}
	memmove(s->buf, s->buf + at, s->have - at);
	s->offset += at;
	s->have -= at;
	return rc;
}

static int
read_all(struct log *s, struct exch_diag *d)
{
	size_t got;
	int rc;

	do {
		rc = exch_in_read(
		    s->in, s->buf + s->have, BUFFER - s->have, &got, d);
		if (rc == 0) {
			s->have += got;
			rc = take_all(s, got == 0, d);
		}
	} while (rc == 0 && got != 0);
	return rc;
}

static int
run(struct exch_in *in, const struct exch_feed_opts *o,
    const struct exch_feed_sink *sink, struct exch_feed_stats *st,
    struct exch_diag *d)
{
	struct log s = {.o = o, .sink = sink, .st = st, .in = in};
	uint64_t before = exch_in_offset(in);
	int rc = EXCH_OK;

	s.offset = before;
	s.buf = exch_malloc(BUFFER);
	s.own_accounts =
	    o->accounts == NULL ? exch_names_new(UINT32_MAX - 1) : NULL;
	s.accounts = o->accounts != NULL ? o->accounts : s.own_accounts;
	s.orders = exch_names_new(UINT32_MAX - 1);
	s.lines = exch_names_new(1u << 16);
	if (exch_symbols_init(&s.symbols, o, sink, o->tick) != 0 ||
	    s.buf == NULL || s.accounts == NULL || s.orders == NULL ||
	    s.lines == NULL)
		rc = nomem(&s, d);
	if (rc == 0)
		rc = read_all(&s, d);
	st->bytes += exch_in_offset(in) - before;
	exch_names_free(s.own_accounts);
	exch_names_free(s.orders);
	exch_names_free(s.lines);
	exch_symbols_clear(&s.symbols);
	exch_free(s.order);
	exch_free(s.line);
	exch_free(s.buf);
	return rc;
}

/* A message within the first bytes, behind what a log writes before it. */
static bool
match(const unsigned char *p, size_t n)
{
	const char *s = (const char *)p;
	size_t at = exch_fix_find(s, n < 256 ? n : 256);

	if (at + 12 > n || at >= 251)
		return false;
	for (size_t i = at + 5; i + 2 < n && i < at + 16; i++)
		if (s[i] == '\001' || s[i] == '|')
			return s[i + 1] == '9' && s[i + 2] == '=';
	return false;
}

const struct exch_feed exch_feed_fix = {
    .name = "fix",
    .what = "logs of FIX sessions, 4.0 to 5.0 SP2: orders of their clients",
    .match = match,
    .run = run,
    .book = false,
};
