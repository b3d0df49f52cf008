/*
 * OUCH to commands (ouch.h): who sends, which version, and what becomes of an
 * order.  The layouts are in ouch_ask.c.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/dec.h"
#include "feed/ouch.h"
#include "feed/ouch_ask.h"
#include "feed/text.h"

/* Of what a session is called, its own or its address. */
#define NAME 48

struct session {
	char name[NAME];
	size_t n;
	unsigned versions; /* EXCH_OUCH_42, EXCH_OUCH_50, or both: not known */
	unsigned char id[10]; /* of the exchange's day */
	uint64_t served;      /* the last of its answers */
	uint32_t last;	      /* UserRefNum of 5.0 */
	bool firms;	      /* its orders name firms */
};

struct exch_ouch {
	const struct exch_feed_sink *sink;
	struct exch_feed_stats *st;
	struct exch_clients *clients; /* borrowed */
	exch_px tick;
	struct exch_names *names; /* of sessions */
	struct session *session;
	uint32_t nsession;
	size_t cap;
};

/* Told, and the message left out. */
#define SKIP 1

int
exch_ouch_new(struct exch_clients *c, struct exch_feed_stats *st,
    struct exch_ouch **out, struct exch_diag *d)
{
	struct exch_ouch *u = exch_calloc(1, sizeof(*u));

	*out = u;
	if (u != NULL) {
		u->clients = c;
		u->sink = c->sink;
		u->st = st;
		/* the step that ITCH has, unless told */
		u->tick = c->o->tick > 0 ? c->o->tick : EXCH_OUCH_STEP;
		u->names = exch_names_new(UINT32_MAX - 1);
		if (u->names != NULL)
			return EXCH_OK;
	}
	exch_ouch_free(u);
	*out = NULL;
	return exch_diag_set(
	    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "no memory for OUCH");
}

void
exch_ouch_free(struct exch_ouch *u)
{
	if (u == NULL)
		return;
	exch_names_free(u->names);
	exch_free(u->session);
	exch_free(u);
}

int
exch_ouch_session(
    struct exch_ouch *u, const char *name, size_t n, uint32_t *session)
{
	struct session *p;
	int rc = exch_names_find(u->names, name, n, session);

	if (rc == 0)
		return 0;
	rc = exch_names_add(u->names, name, n, session);
	if (rc != 0)
		return rc;
	if (!exch_room(&u->session, u->nsession, &u->cap, sizeof(*p)))
		return EXCH_ERR_NOMEM;
	p = &u->session[u->nsession++];
	*p = (struct session){
	    .n = n < NAME ? n : NAME, .versions = EXCH_OUCH_42 | EXCH_OUCH_50};
	memcpy(p->name, name, p->n);
	return 0;
}

bool
exch_ouch_is_from(const unsigned char *p, size_t n)
{
	return exch_ouch_versions_from(p, n) != 0;
}

bool
exch_ouch_is_to(const unsigned char *p, size_t n)
{
	return exch_ouch_versions_to(p, n) != 0;
}

/* ---- trouble ---- */

static int
skip(struct exch_ouch *u, const struct exch_ouch_msg *m, const char *why,
    struct exch_diag *d)
{
	char text[128];
	int rc;

	(void)snprintf(text, sizeof(text), "OUCH message %c: %s",
	    m->n > 0 && m->p[0] > ' ' && m->p[0] < 0x7f ? m->p[0] : '?', why);
	u->st->messages_bad++;
	rc = u->sink->trouble(u->sink->arg, &m->at, text, d);
	return rc != 0 ? rc : SKIP;
}

static int
nomem(const struct exch_ouch_msg *m, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, m->at.kind, m->at.where,
	    "no memory for the orders of OUCH");
}

/* ---- names ---- */

static int
order_of(struct exch_ouch *u, const struct session *s,
    const struct exch_ouch_msg *m, const struct exch_ouch_token *token,
    exch_oid *id, struct exch_client_order **o, struct exch_diag *d)
{
	const struct exch_client_name name = {
	    s->name, s->n, (const char *)token->p, token->n};
	int rc = exch_clients_order(u->clients, &name, id, o);

	if (rc == EXCH_ERR_RANGE)
		return skip(u, m, "the name of its session is too long", d);
	return rc == 0 ? 0 : nomem(m, d);
}

static int
symbol_of(struct exch_ouch *u, const struct exch_ouch_msg *m,
    const unsigned char *p, uint32_t *instr, struct exch_diag *d)
{
	size_t n = 8;
	int rc;

	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == 0))
		n--;
	for (size_t i = 0; i < n; i++)
		if (p[i] <= ' ' || p[i] > '~')
			n = 0;
	if (n == 0)
		return skip(u, m, "its symbol is no text", d);
	rc = exch_clients_symbol(
	    u->clients, (const char *)p, n, u->tick, m->time, instr, d);
	return rc == EXCH_ERR_NOMEM || rc == EXCH_ERR_LIMIT ? nomem(m, d) : rc;
}

/* Its firm, or its session. */
static int
account_of(struct exch_ouch *u, const struct session *s,
    const struct exch_ouch_msg *m, const unsigned char *firm, uint32_t *account,
    struct exch_diag *d)
{
	const char *p = s->name;
	size_t n = s->n;
	int rc;

	for (size_t i = 0; firm != NULL && i < 4; i++) {
		if (firm[i] <= ' ' || firm[i] > '~')
			break;
		p = (const char *)firm;
		n = i + 1;
	}
	rc = exch_clients_account(u->clients, p, n, m->time, account, d);
	return rc == EXCH_ERR_NOMEM ? nomem(m, d) : rc;
}

/* ---- messages of clients ---- */

static void
add_entries(struct exch_command *c, const struct exch_ouch_ask *a,
    const struct exch_ouch_msg *m)
{
	if (a->expires != 0)
		exch_command_entry(
		    c, EXCH_EXT_EXPIRE, 0, m->time + a->expires * EXCH_SEC);
	if (a->shown != 0 && a->shown < a->qty)
		exch_command_entry(c, EXCH_EXT_DISPLAY, 0, a->shown);
	if (a->least != 0)
		exch_command_entry(c, EXCH_EXT_MIN_QTY, 0, a->least);
	if (a->peg != 0)
		exch_command_entry(
		    c, EXCH_EXT_PEG, a->peg, (uint64_t)a->offset);
	if (a->client != 0)
		exch_command_entry(c, EXCH_EXT_CLIENT, 0, a->client);
}

/* Of 5.0: is the number of one sent again? */
static bool
is_old(
    struct exch_ouch *u, struct session *s, const struct exch_ouch_token *token)
{
	uint32_t number;

	if (s->versions != EXCH_OUCH_50)
		return false;
	number = exch_be32(token->p);
	if (number > s->last) {
		s->last = number;
		return false;
	}
	u->st->duplicates++;
	return true;
}

static int
on_enter(struct exch_ouch *u, struct session *s, const struct exch_ouch_msg *m,
    const struct exch_ouch_ask *a, struct exch_diag *d)
{
	struct exch_command c = {.next = 0};
	struct exch_rec_new *n = &c.u.n;
	struct exch_client_order *o;
	uint32_t instr = 0;
	int rc;

	if (is_old(u, s, &a->token))
		return SKIP;
	rc = order_of(u, s, m, &a->token, &n->order, &o, d);
	if (rc != 0)
		return rc;
	if (o->asked != 0) {
		u->st->duplicates++;
		return SKIP;
	}
	rc = symbol_of(u, m, a->symbol, &instr, d);
	if (rc == 0)
		rc = account_of(u, s, m, a->firm, &n->account, d);
	if (rc != 0)
		return rc;
	o->asked = a->qty;
	o->instr = instr;
	o->side = a->side;
	s->firms |= a->firm != NULL && a->firm[0] > ' ';
	n->price = a->price;
	n->qty = a->qty;
	n->side = a->side;
	n->ordtype = a->ordtype;
	n->tif = a->tif;
	n->ordflags = a->ordflags;
	add_entries(&c, a, m);
	return exch_command_give(
	    u->sink, &c, EXCH_REC_NEW, sizeof(*n), instr, m->time, d);
}

/* One that came in before. */
static int
known(struct exch_ouch *u, const struct session *s,
    const struct exch_ouch_msg *m, const struct exch_ouch_token *token,
    exch_oid *id, struct exch_client_order **o, struct exch_diag *d)
{
	const struct exch_client_name name = {
	    s->name, s->n, (const char *)token->p, token->n};

	if (exch_clients_find(u->clients, &name, id, o) != 0 ||
	    (*o)->asked == 0)
		return skip(u, m, "of an order that was not seen", d);
	return 0;
}

/* What was filled of it under any of its names. */
static exch_qty *
filled(struct exch_ouch *u, const struct exch_client_order *o)
{
	return &u->clients->order[o->first].filled;
}

/* Its quantity has what was filled in it; ours is what is to be open. */
static int
on_replace(struct exch_ouch *u, struct session *s,
    const struct exch_ouch_msg *m, const struct exch_ouch_ask *a,
    struct exch_diag *d)
{
	struct exch_command c = {.next = 0};
	struct exch_rec_replace *r = &c.u.r;
	struct exch_client_order *o, *next, was;
	exch_qty before;
	int rc = known(u, s, m, &a->old, &r->order, &o, d);

	if (rc != 0)
		return rc;
	was = *o;
	before = *filled(u, o);
	if (is_old(u, s, &a->token))
		return SKIP;
	if (a->qty <= before)
		return skip(u, m, "not more than was filled", d);
	rc = order_of(u, s, m, &a->token, &r->new_order, &next, d);
	if (rc != 0)
		return rc;
	if (next->asked != 0) {
		u->st->duplicates++;
		return SKIP;
	}
	*next = was;
	next->asked = a->qty;
	next->filled = 0;
	r->price = a->price;
	r->qty = a->qty - before;
	r->tif = a->tif;
	r->ordflags = a->ordflags;
	add_entries(&c, a, m);
	return exch_command_give(
	    u->sink, &c, EXCH_REC_REPLACE, sizeof(*r), was.instr, m->time, d);
}

/* What is to be left in all: 0 is none; ours is what goes. */
static int
on_cancel(struct exch_ouch *u, struct session *s, const struct exch_ouch_msg *m,
    const struct exch_ouch_ask *a, struct exch_diag *d)
{
	struct exch_command c = {.next = 0};
	struct exch_rec_cancel *x = &c.u.x;
	struct exch_client_order *o;
	int rc = known(u, s, m, &a->token, &x->order, &o, d);

	if (rc != 0 || (a->qty != 0 && a->qty >= o->asked))
		return rc;
	x->qty = EXCH_QTY_NONE;
	if (a->qty > *filled(u, o)) {
		x->qty = o->asked - a->qty;
		o->asked = a->qty;
	}
	return exch_command_give(
	    u->sink, &c, EXCH_REC_CANCEL, sizeof(*x), o->instr, m->time, d);
}

static bool
is_blank(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != ' ' && p[i] != 0)
			return false;
	return true;
}

/* Of a firm, of a symbol, or both. */
static int
on_mass(struct exch_ouch *u, struct session *s, const struct exch_ouch_msg *m,
    const struct exch_ouch_ask *a, struct exch_diag *d)
{
	struct exch_command c = {.next = 0};
	uint32_t instr = 0;
	/* orders that named no firm are the session's */
	int rc =
	    account_of(u, s, m, s->firms ? a->firm : NULL, &c.u.m.account, d);

	if (rc == 0 && !is_blank(a->symbol, 8))
		rc = symbol_of(u, m, a->symbol, &instr, d);
	return rc != 0 ? rc
		       : exch_command_give(u->sink, &c, EXCH_REC_MASS_CANCEL,
			     sizeof(c.u.m), instr, m->time, d);
}

/* Which versions have such a message; those of the session that do stay. */
static bool
agree(struct session *s, unsigned versions)
{
	if ((s->versions & versions) == 0)
		return false;
	s->versions &= versions;
	return true;
}

int
exch_ouch_from(struct exch_ouch *u, uint32_t session,
    const struct exch_ouch_msg *m, struct exch_diag *d)
{
	struct session *s = &u->session[session];
	struct exch_ouch_ask a;
	int rc = 0;

	u->st->messages++;
	u->st->by_type[m->n > 0 ? m->p[0] : 0]++;
	if (!agree(s, exch_ouch_versions_from(m->p, m->n)))
		rc = skip(u, m, "its length is of no such message", d);
	if (rc == 0)
		exch_ouch_read(m->p, m->n, s->versions, &a);
	if (rc == 0 && a.why != NULL)
		rc = skip(u, m, a.why, d);
	if (rc != 0)
		return rc == SKIP ? 0 : rc;
	switch (m->p[0]) {
	case 'O':
		rc = on_enter(u, s, m, &a, d);
		break;
	case 'U':
		rc = on_replace(u, s, m, &a, d);
		break;
	case 'X':
	case 'M':
		rc = on_cancel(u, s, m, &a, d);
		break;
	case 'C':
		rc = on_mass(u, s, m, &a, d);
		break;
	default:
		break;
	}
	return rc == SKIP ? 0 : rc;
}

/* ---- answers ---- */

void
exch_ouch_login(
    struct exch_ouch *u, uint32_t session, const unsigned char id[10])
{
	struct session *s = &u->session[session];

	if (memcmp(s->id, id, sizeof(s->id)) != 0) {
		s->served = 0;
		s->last = 0;
	}
	memcpy(s->id, id, sizeof(s->id));
}

int
exch_ouch_to(struct exch_ouch *u, uint32_t session,
    const struct exch_ouch_msg *m, struct exch_diag *d)
{
	struct session *s = &u->session[session];
	struct exch_client_order *o;
	struct exch_ouch_fill f;
	exch_oid id;
	int rc = 0;

	if (m->number != 0 && m->number <= s->served) {
		u->st->duplicates++;
		return 0;
	}
	s->served = m->number != 0 ? m->number : s->served;
	u->st->messages++;
	u->st->by_type[m->n > 0 ? m->p[0] : 0]++;
	if (!agree(s, exch_ouch_versions_to(m->p, m->n)))
		rc = skip(u, m, "its length is of no such answer", d);
	else if (exch_ouch_read_fill(m->p, s->versions, &f) &&
		 exch_clients_find(u->clients,
		     &(struct exch_client_name){
			 s->name, s->n, (const char *)f.token.p, f.token.n},
		     &id, &o) == 0)
		*filled(u, o) += f.qty;
	return rc == SKIP ? 0 : rc;
}
