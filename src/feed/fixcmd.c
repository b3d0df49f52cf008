/*
 * Messages of FIX to commands (fixcmd.h).
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "base/time.h"
#include "feed/fixcmd.h"
#include "feed/text.h"

/* What one side of a session has sent. */
struct line {
	uint64_t next; /* MsgSeqNum; 0: nothing yet */
};

struct exch_fixcmd {
	const struct exch_feed_sink *sink;
	struct exch_feed_stats *st;
	const char *name;	      /* of the input */
	struct exch_feed_at at;	      /* of the message in hand */
	struct exch_clients *clients; /* borrowed */
	struct exch_names *lines;
	struct line *line;
	uint32_t nline;
	struct exch_fix_msg m;
	exch_ts t;
};

/* Told, and the message left out. */
#define SKIP 1

static int
trouble(struct exch_fixcmd *s, const char *text, struct exch_diag *d)
{
	s->st->messages_bad++;
	return s->sink->trouble(s->sink->arg, &s->at, text, d);
}

static int
skip(struct exch_fixcmd *s, const char *why, uint32_t tag, struct exch_diag *d)
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
nomem(const struct exch_fixcmd *s, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, s->name, s->at.kind,
	    s->at.where, "no memory for a FIX log");
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
take_time(struct exch_fixcmd *s, uint32_t tag, exch_ts *t, struct exch_diag *d)
{
	const struct exch_fix_field *f = exch_fix_get(&s->m, tag);

	return f != NULL && parse_time(f, t)
		   ? 0
		   : skip(
			 s, "is no time such as 20260105-09:30:00.000", tag, d);
}

static int
take_qty(struct exch_fixcmd *s, uint32_t tag, exch_qty *v, struct exch_diag *d)
{
	const struct exch_fix_field *f = exch_fix_get(&s->m, tag);

	return f != NULL && exch_text_whole(f->p, f->n, v) == 0
		   ? 0
		   : skip(s, "is no whole number", tag, d);
}

static int
take_price(struct exch_fixcmd *s, uint32_t tag, exch_px *v, struct exch_diag *d)
{
	const struct exch_fix_field *f = exch_fix_get(&s->m, tag);

	return f != NULL && exch_text_price(f->p, f->n, v) == 0
		   ? 0
		   : skip(s, "is no price", tag, d);
}

/* ---- names ---- */

/* What a field names, among those of who sends the message or receives it. */
static bool
theirs(const struct exch_fixcmd *s, const struct exch_fix_field *f,
    bool of_sender, struct exch_client_name *name)
{
	const struct exch_fix_field *who =
	    exch_fix_get(&s->m, of_sender ? 49 : 56);

	if (who == NULL || f == NULL)
		return false;
	*name = (struct exch_client_name){who->p, who->n, f->p, f->n};
	return true;
}

/* The order that a field names. */
static int
take_order(struct exch_fixcmd *s, uint32_t tag, bool of_sender, exch_oid *id,
    struct exch_client_order **o, struct exch_diag *d)
{
	const struct exch_fix_field *f = exch_fix_get(&s->m, tag);
	struct exch_client_name name = {0};
	int rc = theirs(s, f, of_sender, &name)
		     ? exch_clients_order(s->clients, &name, id, o)
		     : EXCH_ERR_RANGE;

	if (rc == EXCH_ERR_RANGE)
		return skip(s, "is too long",
		    f == NULL || f->n >= name.nwho ? tag : 49, d);
	return rc == 0 ? 0 : nomem(s, d);
}

static int
take_symbol(struct exch_fixcmd *s, uint32_t *instr, struct exch_diag *d)
{
	const struct exch_fix_field *f = exch_fix_get(&s->m, 55);
	int rc;

	if (f == NULL || f->n > EXCH_SYMBOL_MAX)
		return skip(s, "is longer than 24 bytes", 55, d);
	rc = exch_clients_symbol(
	    s->clients, f->p, f->n, s->clients->o->tick, s->t, instr, d);
	if (rc == EXCH_ERR_NEED)
		return exch_diag_set(d, EXCH_ERR_NEED, s->name, s->at.kind,
		    s->at.where,
		    "FIX does not tell the price step of %.*s: add --tick STEP",
		    (int)f->n, f->p);
	if (rc == EXCH_ERR_NOMEM || rc == EXCH_ERR_LIMIT)
		return exch_diag_set(d, (enum exch_err)rc, s->name, s->at.kind,
		    s->at.where, "no room for another symbol");
	return rc;
}

/* Account, or who sends. */
static int
take_account(struct exch_fixcmd *s, uint32_t *account, struct exch_diag *d)
{
	const struct exch_fix_field *f = exch_fix_get(&s->m, 1);
	int rc;

	if (f == NULL)
		f = exch_fix_get(&s->m, 49);
	if (f == NULL || f->n > EXCH_TEXT_NAME)
		return skip(
		    s, "is longer than 63 bytes", f == NULL ? 49 : 1, d);
	rc = exch_clients_account(s->clients, f->p, f->n, s->t, account, d);
	return rc == EXCH_ERR_NOMEM ? nomem(s, d) : rc;
}

/* ---- what orders ask for ---- */

static int
take_type(struct exch_fixcmd *s, uint8_t *ordtype, struct exch_diag *d)
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
take_tif(struct exch_fixcmd *s, struct exch_command *c, uint8_t *tif,
    struct exch_diag *d)
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
		exch_command_entry(c, EXCH_EXT_EXPIRE, 0, t);
	return rc;
}

/* Shown and least quantities, and whether it may take. */
static int
take_handling(struct exch_fixcmd *s, struct exch_command *c, uint8_t *flags,
    struct exch_diag *d)
{
	const struct exch_fix_field *inst = exch_fix_get(&s->m, 18);
	uint32_t shown = exch_fix_get(&s->m, 111) != NULL ? 111 : 210;
	exch_qty q;
	int rc = 0;

	if (exch_fix_get(&s->m, shown) != NULL) {
		rc = take_qty(s, shown, &q, d);
		if (rc == 0)
			exch_command_entry(c, EXCH_EXT_DISPLAY, 0, q);
	}
	if (rc == 0 && exch_fix_get(&s->m, 110) != NULL) {
		rc = take_qty(s, 110, &q, d);
		if (rc == 0 && q != 0)
			exch_command_entry(c, EXCH_EXT_MIN_QTY, 0, q);
	}
	/* "participate, do not initiate" */
	if (inst != NULL && memchr(inst->p, '6', inst->n) != NULL)
		*flags |= EXCH_ORD_POST_ONLY;
	return rc;
}

/* Price and stop price, as the type has them. */
static int
take_prices(struct exch_fixcmd *s, struct exch_command *c, uint8_t type,
    exch_px *px, struct exch_diag *d)
{
	exch_px stop;
	int rc = 0;

	*px = EXCH_PX_NONE;
	if (type == EXCH_ORD_LIMIT || type == EXCH_ORD_STOP_LIMIT)
		rc = take_price(s, 44, px, d);
	if (rc == 0 && type >= EXCH_ORD_STOP) {
		rc = take_price(s, 99, &stop, d);
		if (rc == 0)
			exch_command_entry(c, EXCH_EXT_STOP, 0, (uint64_t)stop);
	}
	return rc;
}

/* A ClOrdID that is a number goes along, so that reports can name it. */
static void
name_client(struct exch_fixcmd *s, struct exch_command *c)
{
	const struct exch_fix_field *f = exch_fix_get(&s->m, 11);
	uint64_t v;

	if (f != NULL && exch_uint_parse(f->p, f->n, &v) == 0 && v != 0)
		exch_command_entry(c, EXCH_EXT_CLIENT, 0, v);
}

/*
 * Marked as an intermarket sweep.  The mark changes nothing in the matching and
 * is for orders that are executed at once: of others it is left out.
 */
static bool
is_sweep(const struct exch_fixcmd *s, const struct exch_rec_new *n)
{
	const struct exch_fix_field *inst = exch_fix_get(&s->m, 18);

	return inst != NULL && memchr(inst->p, 'f', inst->n) != NULL &&
	       n->ordtype == EXCH_ORD_LIMIT && n->tif == EXCH_TIF_IOC &&
	       n->ordflags == 0;
}

/* ---- messages ---- */

static int
on_new(struct exch_fixcmd *s, struct exch_diag *d)
{
	struct exch_command c = {.next = 0};
	struct exch_rec_new *n = &c.u.n;
	char side = exch_fix_letter(&s->m, 54);
	struct exch_client_order *o = NULL;
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
	if (rc == 0 && is_sweep(s, n))
		n->ordflags = EXCH_ORD_SWEEP;
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
	return exch_command_give(
	    s->sink, &c, EXCH_REC_NEW, sizeof(*n), instr, s->t, d);
}

static int
on_cancel(struct exch_fixcmd *s, struct exch_diag *d)
{
	struct exch_command c = {.next = 0};
	struct exch_rec_cancel *x = &c.u.x;
	struct exch_client_order *o;
	uint32_t instr = 0;
	int rc = take_order(s, 41, true, &x->order, &o, d);

	if (rc == 0)
		rc = take_symbol(s, &instr, d);
	x->qty = EXCH_QTY_NONE;
	return rc != 0 ? rc
		       : exch_command_give(s->sink, &c, EXCH_REC_CANCEL,
			     sizeof(*x), instr, s->t, d);
}

/* Its quantity has what was filled in it; ours is what is to be open. */
static int
on_replace(struct exch_fixcmd *s, struct exch_diag *d)
{
	struct exch_command c = {.next = 0};
	struct exch_rec_replace *r = &c.u.r;
	struct exch_client_order *o, *next;
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
	return exch_command_give(
	    s->sink, &c, EXCH_REC_REPLACE, sizeof(*r), instr, s->t, d);
}

/* What has been filled of the receiver's order. */
static int
on_report(struct exch_fixcmd *s, struct exch_diag *d)
{
	const struct exch_fix_field *f = exch_fix_get(&s->m, 14);
	struct exch_client_order *o;
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
grow_lines(struct exch_fixcmd *s, uint32_t n, struct exch_diag *d)
{
	uint32_t cap = n < UINT32_MAX / 2 ? n * 2 + 16 : UINT32_MAX;
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
take_number(struct exch_fixcmd *s, struct exch_diag *d)
{
	const struct exch_fix_field *f = exch_fix_get(&s->m, 34);
	const struct exch_fix_field *to = exch_fix_get(&s->m, 56);
	char pair[EXCH_CLIENTS_PAIR], text[96];
	struct exch_client_name name;
	uint64_t seq;
	uint32_t k;
	size_t n;
	struct line *l;
	int rc;

	if (f == NULL || exch_uint_parse(f->p, f->n, &seq) != 0 || seq == 0)
		return skip(s, "is no number from 1", 34, d);
	if (!theirs(s, to, true, &name) || !exch_client_pair(&name, pair, &n))
		return skip(s, "is too long", 49, d);
	rc = exch_names_find(s->lines, pair, n, &k);
	if (rc != 0 && exch_names_add(s->lines, pair, n, &k) != 0)
		return nomem(s, d);
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
message(struct exch_fixcmd *s, struct exch_diag *d)
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

int
exch_fixcmd_new(struct exch_clients *c, struct exch_feed_stats *st,
    const char *name, struct exch_fixcmd **out, struct exch_diag *d)
{
	struct exch_fixcmd *s = exch_calloc(1, sizeof(*s));

	*out = s;
	if (s != NULL) {
		s->clients = c;
		s->sink = c->sink;
		s->st = st;
		s->name = name;
		s->lines = exch_names_new(UINT32_MAX - 1);
		if (s->lines != NULL)
			return EXCH_OK;
	}
	exch_fixcmd_free(s);
	*out = NULL;
	return exch_diag_set(
	    d, EXCH_ERR_NOMEM, name, EXCH_POS_NONE, 0, "no memory for FIX");
}

void
exch_fixcmd_free(struct exch_fixcmd *s)
{
	if (s == NULL)
		return;
	exch_names_free(s->lines);
	exch_free(s->line);
	exch_free(s);
}

/* ---- bytes ---- */

/* Whole messages lie in it, and what a log has between them. */
#define BUFFER_MIN (16u << 10)
#define BUFFER_MAX (4 * (size_t)EXCH_FIX_MAX)
/* Bytes by which a message is found. */
#define HEAD 5u

/* Where it is told that something at buf[at] was. */
static void
stand_at(struct exch_fixcmd *s, const struct exch_fixscan *c, size_t at)
{
	s->at = c->at.kind != EXCH_POS_NONE
		    ? c->at
		    : (struct exch_feed_at){EXCH_POS_BYTE, c->offset + at, 0};
}

/* What is none is told, and the next one looked for behind its beginning. */
static int
not_one(struct exch_fixcmd *s, const char *why, struct exch_diag *d)
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
pass_over(struct exch_fixcmd *s, struct exch_fixscan *c, size_t *at,
    bool *found, struct exch_diag *d)
{
	size_t left = c->have - *at;
	size_t n = exch_fix_find(c->buf + *at, left);
	int rc = 0;

	stand_at(s, c, *at);
	*found = n < left;
	if (!c->lost && memchr(c->buf + *at, '\001', n) != NULL) {
		c->lost = true;
		rc = not_one(s, "fields without a BeginString (8)", d);
	}
	if (*found)
		c->lost = false;
	else
		n -= n < 4 ? n : 4;
	*at += n;
	stand_at(s, c, *at);
	return rc;
}

/*
 * The input ends before the message at *at does.  When another one begins behind
 * its beginning, it is its length that is wrong, and not the end.
 */
static int
not_whole(struct exch_fixcmd *s, const struct exch_fixscan *c, size_t *at,
    struct exch_diag *d)
{
	size_t left = c->have - *at - HEAD;

	if (exch_fix_find(c->buf + *at + HEAD, left) == left)
		return exch_diag_set(d, EXCH_ERR_CUT, s->name, s->at.kind,
		    s->at.where, "the input ends inside a message");
	*at += HEAD;
	return not_one(s, "BodyLength (9) goes beyond the end of the input", d);
}

/* All messages that are whole; what is left is kept. */
static int
take_all(struct exch_fixcmd *s, struct exch_fixscan *c, bool end,
    struct exch_diag *d)
{
	size_t at = 0;
	bool found;
	int rc = pass_over(s, c, &at, &found, d);

	while (rc == 0 && found) {
		const char *why = NULL;
		enum exch_fix_read r =
		    exch_fix_read(c->buf + at, c->have - at, &s->m, &why);

		if (r == EXCH_FIX_MORE && !end)
			break;
		/* where one ends that is none, nobody can tell */
		c->lost = r != EXCH_FIX_OK;
		if (r == EXCH_FIX_MORE) {
			rc = not_whole(s, c, &at, d);
		} else {
			rc = c->lost ? not_one(s, why, d) : message(s, d);
			at += c->lost ? HEAD : s->m.size;
		}
		if (rc == 0)
			rc = pass_over(s, c, &at, &found, d);
	}
	memmove(c->buf, c->buf + at, c->have - at);
	c->offset += at;
	c->have -= at;
	return rc;
}

/* What is left is a quarter at most: part of one message. */
char *
exch_fixscan_room(struct exch_fixcmd *s, struct exch_fixscan *c, size_t *n,
    struct exch_diag *d)
{
	size_t cap = c->cap == 0 ? BUFFER_MIN : c->cap * 2;
	char *p;

	if (c->cap - c->have < BUFFER_MIN / 2 && c->cap < BUFFER_MAX) {
		p = exch_realloc(c->buf, cap, 1);
		if (p == NULL) {
			(void)nomem(s, d);
			return NULL;
		}
		c->buf = p;
		c->cap = cap;
	}
	*n = c->cap - c->have;
	return c->buf + c->have;
}

int
exch_fixscan_take(struct exch_fixcmd *s, struct exch_fixscan *c, size_t n,
    struct exch_diag *d)
{
	c->have += n;
	return take_all(s, c, false, d);
}

int
exch_fixscan_end(
    struct exch_fixcmd *s, struct exch_fixscan *c, struct exch_diag *d)
{
	return c->buf == NULL ? EXCH_OK : take_all(s, c, true, d);
}

void
exch_fixscan_lose(struct exch_fixscan *c)
{
	c->offset += c->have;
	c->have = 0;
	c->lost = true;
}

void
exch_fixscan_clear(struct exch_fixscan *c)
{
	exch_free(c->buf);
	*c = (struct exch_fixscan){0};
}
