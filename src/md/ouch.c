/*
 * exch-feed ouch: the orders of a stream as their owners would have sent them
 * to the venue, and what it answered: OUCH 4.2 in a session of SoupBinTCP for
 * every account, as a capture.
 *
 * What was asked is told when it is answered.  Orders of kinds that the
 * protocol does not have are left out, and counted.  A size that it has no room
 * for ends the run.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "md/md.h"
#include "md/ouch_out.h"
#include "md/soup_out.h"
#include "report/tracked.h"

/* An order that the client was told of. */
struct told {
	struct exch_key key; /* place, id */
	exch_qty before;     /* filled under the names it had before */
};

/* An account, and its client: slots count from 1. */
struct owner {
	struct exch_key key; /* id */
};

struct ouch {
	struct exch_tracked tracked;
	struct exch_keyed orders; /* of told */
	struct exch_keyed owners;
	struct exch_soup_out soup;
	exch_ts midnight; /* local; NONE: nothing came yet */
	exch_ts now;
	uint64_t refused; /* orders, for their names */
};

static int
no_room(const struct exch_report_run *run, uint32_t place, const char *what,
    struct exch_diag *d)
{
	const struct exch_inst *in = &run->insts.inst[place];

	return exch_diag_set(d, EXCH_ERR_LIMIT, NULL, EXCH_POS_NONE, 0,
	    "OUCH has no room for %s of %.*s", what, (int)in->nsymbol,
	    in->symbol);
}

/* ---- what an order is in the words of the protocol ---- */

/* Digits and capitals, of a fixed width. */
static void
put_36(char *to, size_t n, uint64_t v)
{
	for (; n > 0; n--, v /= 36)
		to[n - 1] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[v % 36];
}

/* Unique in a day: which one it is, and how often it was changed. */
static void
put_token(char to[EXCH_OUCH_TOKEN], const struct exch_life *o)
{
	put_36(to, 9, o->nth);
	put_36(to + 9, 5, o->changes);
}

/* Which kinds there are: FOK is all or nothing at once. */
static bool
can_tell(const struct exch_life *o)
{
	bool limit = o->ordtype == EXCH_ORD_LIMIT;
	bool market = o->ordtype == EXCH_ORD_MARKET &&
		      (o->tif == EXCH_TIF_IOC || o->tif == EXCH_TIF_FOK ||
			  o->tif == EXCH_TIF_ATO || o->tif == EXCH_TIF_ATC ||
			  o->tif == EXCH_TIF_GFA);
	bool mid = o->ordtype == EXCH_ORD_PEG && o->terms.peg == EXCH_PEG_MID &&
		   (o->terms.offset == 0 || o->terms.offset == EXCH_PX_NONE);

	return (limit || market || mid) && o->terms.display == 0 &&
	       o->terms.parent == 0 && o->terms.oco == 0 &&
	       o->terms.request == 0 && !o->terms.each &&
	       (o->ordflags & (EXCH_ORD_AON | EXCH_ORD_REQUEST)) == 0;
}

/* Seconds to live, or what stands for the day. */
static uint32_t
tif_of(const struct exch_life *o, exch_ts now)
{
	uint64_t left;

	switch (o->tif) {
	case EXCH_TIF_IOC:
	case EXCH_TIF_FOK:
		return 0;
	case EXCH_TIF_GTT:
		left = o->terms.expire > now
			   ? (o->terms.expire - now + EXCH_SEC - 1) / EXCH_SEC
			   : 1;
		return left < 86400 ? (uint32_t)left : 99999;
	default:
		return 99999;
	}
}

static char
display_of(const struct exch_life *o)
{
	return o->ordtype == EXCH_ORD_PEG		 ? 'M'
	       : (o->ordflags & EXCH_ORD_POST_ONLY) != 0 ? 'P'
	       : (o->ordflags & EXCH_ORD_IMBALANCE) != 0 ? 'I'
	       : (o->ordflags & EXCH_ORD_HIDDEN) != 0	 ? 'N'
							 : 'Y';
}

static char
cross_of(const struct exch_life *o)
{
	return o->tif == EXCH_TIF_ATO	? 'O'
	       : o->tif == EXCH_TIF_ATC ? 'C'
	       : o->tif == EXCH_TIF_GFA ? 'H'
					: 'N';
}

static int
price_of(const struct exch_report_run *run, uint32_t place, exch_px px,
    uint32_t *out, struct exch_diag *d)
{
	*out = EXCH_OUCH_MARKET;
	if (px == EXCH_PX_NONE)
		return EXCH_OK;
	if (px < 0 || px % EXCH_OUCH_PX != 0 ||
	    px / EXCH_OUCH_PX > EXCH_OUCH_PX_MAX)
		return no_room(run, place,
		    "a price that is below 0, above 199999.99 or no multiple "
		    "of 0.0001,",
		    d);
	*out = (uint32_t)(px / EXCH_OUCH_PX);
	return EXCH_OK;
}

static int
shares_of(const struct exch_report_run *run, uint32_t place, exch_qty qty,
    uint32_t *out, struct exch_diag *d)
{
	*out = 0;
	if (qty > EXCH_OUCH_SHARES || run->insts.inst[place].qty_scale != 0)
		return no_room(
		    run, place, "a quantity of 1000000 and more, or parts,", d);
	*out = (uint32_t)qty;
	return EXCH_OK;
}

/* `before`: what was filled under other names, which its shares include. */
static int
words_of(const struct exch_report_run *run, const struct exch_life *o,
    exch_qty before, struct exch_ouch_order *w, struct exch_diag *d)
{
	const struct ouch *s = run->state;
	uint32_t place = o->key.place;
	const struct exch_inst *in = &run->insts.inst[place];
	bool fok = o->tif == EXCH_TIF_FOK;
	int rc;

	memset(w, ' ', sizeof(*w));
	if (in->nsymbol > EXCH_OUCH_SYMBOL)
		return no_room(run, place, "a symbol of more than 8 bytes,", d);
	memcpy(w->symbol, in->symbol, in->nsymbol);
	put_token(w->token, o);
	w->ref = o->key.id;
	w->side = o->side == EXCH_BUY ? 'B' : 'S';
	w->display = display_of(o);
	w->cross = cross_of(o);
	w->sweep = (o->ordflags & EXCH_ORD_SWEEP) != 0 ? 'Y' : 'N';
	w->tif = tif_of(o, s->now);
	rc = price_of(run, place, o->price, &w->price, d);
	if (rc == EXCH_OK)
		rc = shares_of(
		    run, place, before + o->qty - o->cancelled, &w->shares, d);
	if (rc == EXCH_OK)
		rc = shares_of(run, place,
		    fok ? o->qty - o->cancelled : o->terms.min, &w->least, d);
	return rc;
}

/* ---- who sends ---- */

/* What a name of an account can be in a login: six of its bytes, or a number. */
static void
put_user(const struct exch_report_run *run, uint32_t account, char to[6])
{
	const struct exch_account *a = exch_insts_account(&run->insts, account);
	char number[16];
	bool fits = a != NULL && a->n <= 6;

	for (unsigned i = 0; fits && i < a->n; i++)
		fits = (a->name[i] >= 'A' && a->name[i] <= 'Z') ||
		       (a->name[i] >= '0' && a->name[i] <= '9');
	(void)snprintf(number, sizeof(number), "%06u", account % 1000000);
	memset(to, ' ', 6);
	memcpy(to, fits ? a->name : number, fits ? a->n : 6);
}

static int
client_of(struct exch_report_run *run, uint32_t account, uint32_t *n,
    struct exch_diag *d)
{
	struct ouch *s = run->state;
	struct exch_soup_client *c;
	struct owner *o;
	int rc = exch_keyed_add(&s->owners, 0, account, &o);

	if (rc != EXCH_OK && rc != EXCH_ERR_EXISTS)
		return exch_report_nomem(d);
	*n = o->key.slot - 1;
	if (rc == EXCH_ERR_EXISTS)
		return EXCH_OK;
	c = exch_soup_client(&s->soup, *n);
	if (c == NULL)
		return exch_report_nomem(d);
	put_user(run, account, c->user);
	return EXCH_OK;
}

static int
ask(struct exch_report_run *run, const struct exch_life *o,
    const unsigned char *m, size_t n, struct exch_diag *d)
{
	struct ouch *s = run->state;
	uint32_t client;
	int rc = client_of(run, o->account, &client, d);

	if (rc == EXCH_OK)
		exch_soup_ask(&s->soup, client, s->now, m, n);
	return rc;
}

static int
answer(struct exch_report_run *run, const struct exch_life *o,
    const unsigned char *m, size_t n, struct exch_diag *d)
{
	struct ouch *s = run->state;
	uint32_t client;
	int rc = client_of(run, o->account, &client, d);

	if (rc == EXCH_OK)
		exch_soup_answer(&s->soup, client, s->now, m, n);
	return rc;
}

static uint64_t
tod(const struct ouch *s)
{
	return s->now > s->midnight ? s->now - s->midnight : 0;
}

static struct told *
find_told(const struct ouch *s, const struct exch_life *o)
{
	return exch_keyed_find(&s->orders, o->key.place, o->key.id);
}

/* ---- what happens ---- */

/* It came in; or what it was before cannot be told, and it can. */
static int
entered(struct exch_report_run *run, const struct exch_life *o, exch_qty before,
    struct exch_diag *d)
{
	struct ouch *s = run->state;
	unsigned char m[EXCH_OUCH_MESSAGE];
	struct exch_ouch_order w;
	struct told *t;
	int rc;

	if (!can_tell(o)) {
		run->left_out++;
		return EXCH_OK;
	}
	rc = words_of(run, o, before, &w, d);
	if (rc == EXCH_OK &&
	    exch_keyed_add(&s->orders, o->key.place, o->key.id, &t) != 0)
		rc = exch_report_nomem(d);
	if (rc == EXCH_OK)
		rc = ask(run, o, m, exch_ouch_put_enter(m, &w), d);
	return rc != EXCH_OK ? rc
			     : answer(run, o, m,
				   exch_ouch_put_accepted(m, tod(s), &w), d);
}

static int
executed(struct exch_report_run *run, const struct exch_change *c,
    struct exch_diag *d)
{
	const struct ouch *s = run->state;
	const struct exch_rec_exec *e = EXCH_CHANGE_REC(c, exch_rec_exec);
	unsigned char m[EXCH_OUCH_MESSAGE];
	char token[EXCH_OUCH_TOKEN];
	uint32_t shares, price;
	char liquidity = e->aggressor == c->o->side ? 'R' : 'A';
	int rc = price_of(run, c->place, e->price, &price, d);

	if (e->aggressor != EXCH_BUY && e->aggressor != EXCH_SELL)
		liquidity = e->cross == EXCH_CROSS_CLOSE ? 'C' : 'O';
	if (rc == EXCH_OK)
		rc = shares_of(run, c->place, e->qty, &shares, d);
	if (rc != EXCH_OK)
		return rc;
	put_token(token, c->o);
	return answer(run, c->o, m,
	    exch_ouch_put_executed(m, tod(s), token, shares, price, liquidity,
		exch_md_match(c->place, e->match)),
	    d);
}

static char
reason_of(uint16_t reason)
{
	switch (reason) {
	case EXCH_WHY_USER:
	case EXCH_WHY_QUOTE:
		return 'U';
	case EXCH_WHY_IOC:
	case EXCH_WHY_FOK:
	case EXCH_WHY_NO_LIQUIDITY:
	case EXCH_WHY_MIN_QTY:
		return 'I';
	case EXCH_WHY_EXPIRED:
		return 'T';
	case EXCH_WHY_SELF_TRADE:
		return 'Q';
	case EXCH_WHY_UNCROSSED:
		return 'C';
	case EXCH_WHY_POST_ONLY:
		return 'F';
	case EXCH_WHY_MASS:
	case EXCH_WHY_KILL:
	case EXCH_WHY_DISCONNECT:
		return 'S';
	default:
		return 'Z';
	}
}

/* Asked for, or imposed. */
static int
cancelled(struct exch_report_run *run, const struct exch_change *c,
    const struct told *t, struct exch_diag *d)
{
	const struct ouch *s = run->state;
	const struct exch_rec_cancelled *r =
	    EXCH_CHANGE_REC(c, exch_rec_cancelled);
	unsigned char m[EXCH_OUCH_MESSAGE];
	char token[EXCH_OUCH_TOKEN];
	uint32_t shares, left = 0;
	int rc = shares_of(run, c->place, r->qty, &shares, d);

	put_token(token, c->o);
	if (rc == EXCH_OK && !c->ended)
		rc = shares_of(run, c->place,
		    t->before + c->o->qty - c->o->cancelled, &left, d);
	if (rc == EXCH_OK && r->reason == EXCH_WHY_USER)
		rc = ask(run, c->o, m, exch_ouch_put_cancel(m, token, left), d);
	return rc != EXCH_OK ? rc
			     : answer(run, c->o, m,
				   exch_ouch_put_cancelled(m, tod(s), token,
				       shares, reason_of(r->reason)),
				   d);
}

/* What it has become is of no kind that can be told: it goes. */
static int
withdrawn(
    struct exch_report_run *run, const struct exch_life *o, struct exch_diag *d)
{
	const struct ouch *s = run->state;
	unsigned char m[EXCH_OUCH_MESSAGE];
	char token[EXCH_OUCH_TOKEN];
	uint32_t shares;
	int rc = shares_of(run, o->key.place, o->open, &shares, d);

	run->left_out++;
	put_token(token, o);
	if (rc == EXCH_OK)
		rc = ask(run, o, m, exch_ouch_put_cancel(m, token, 0), d);
	return rc != EXCH_OK
		   ? rc
		   : answer(run, o, m,
			 exch_ouch_put_cancelled(m, tod(s), token, shares, 'U'),
			 d);
}

/* Its name is another one from now on, and what was filled goes with it. */
static int
replaced(struct exch_report_run *run, const struct exch_change *c,
    struct told *t, struct exch_diag *d)
{
	struct ouch *s = run->state;
	const struct exch_life *next = c->next;
	bool same = next->key.id == c->o->key.id;
	/* one that keeps its id keeps what it knows of its fills */
	exch_qty before = t->before + (same ? 0 : c->o->filled);
	unsigned char m[EXCH_OUCH_MESSAGE];
	char old[EXCH_OUCH_TOKEN];
	struct exch_ouch_order w;
	int rc;

	exch_keyed_drop(&s->orders, t);
	if (!can_tell(next))
		return withdrawn(run, c->o, d);
	put_token(old, c->o);
	rc = words_of(run, next, before, &w, d);
	if (rc == EXCH_OK &&
	    exch_keyed_add(&s->orders, next->key.place, next->key.id, &t) != 0)
		rc = exch_report_nomem(d);
	if (rc == EXCH_OK) {
		t->before = before;
		rc = ask(run, c->o, m, exch_ouch_put_replace(m, old, &w), d);
	}
	return rc != EXCH_OK
		   ? rc
		   : answer(run, c->o, m,
			 exch_ouch_put_replaced(m, tod(s), &w, old), d);
}

static char
why_rejected(uint16_t code)
{
	switch (code) {
	case EXCH_REJ_PHASE:
		return 'H';
	case EXCH_REJ_INSTRUMENT:
		return 'S';
	case EXCH_REJ_QTY:
	case EXCH_REJ_LOT:
		return 'Z';
	case EXCH_REJ_PRICE:
	case EXCH_REJ_TICK:
		return 'X';
	default:
		return 'O';
	}
}

/* An order, or what was asked of one that stands. */
static int
rejected(struct exch_report_run *run, const struct exch_change *c,
    struct exch_diag *d)
{
	struct ouch *s = run->state;
	const struct exch_rec_reject *r = EXCH_CHANGE_REC(c, exch_rec_reject);
	unsigned char m[EXCH_OUCH_MESSAGE];
	const struct exch_life *o;
	struct exch_ouch_order w;
	int rc;

	if (r->command == EXCH_REC_CANCEL) {
		o = exch_track_find(s->tracked.track, c->place, c->order);
		if (o == NULL || find_told(s, o) == NULL)
			return EXCH_OK;
		put_token(w.token, o);
		rc = ask(run, o, m, exch_ouch_put_cancel(m, w.token, 0), d);
		return rc != EXCH_OK ? rc
				     : answer(run, o, m,
					   exch_ouch_put_cancel_rejected(
					       m, tod(s), w.token),
					   d);
	}
	if (r->command != EXCH_REC_NEW || c->o == NULL)
		return EXCH_OK;
	/* the protocol would not have let it through */
	if (!can_tell(c->o) || words_of(run, c->o, 0, &w, NULL) != EXCH_OK) {
		run->left_out++;
		return EXCH_OK;
	}
	w.token[0] = 'R'; /* no accepted one comes so far */
	put_36(w.token + 1, EXCH_OUCH_TOKEN - 1, s->refused++);
	rc = ask(run, c->o, m, exch_ouch_put_enter(m, &w), d);
	return rc != EXCH_OK ? rc
			     : answer(run, c->o, m,
				   exch_ouch_put_rejected(m, tod(s), w.token,
				       why_rejected(r->code)),
				   d);
}

static int
change(void *arg, const struct exch_change *c, struct exch_diag *d)
{
	struct exch_report_run *run = arg;
	struct ouch *s = run->state;
	struct told *t;
	int rc = EXCH_OK;

	if (!exch_report_watched(run, c->place))
		return EXCH_OK;
	if (c->kind == EXCH_CHANGE_REJECTED)
		return rejected(run, c, d);
	if (c->o == NULL)
		return EXCH_OK;
	if (c->kind == EXCH_CHANGE_ACCEPTED)
		return entered(run, c->o, 0, d);
	t = find_told(s, c->o);
	if (c->kind == EXCH_CHANGE_REPLACED && c->next != NULL)
		return t != NULL ? replaced(run, c, t, d)
				 : entered(run, c->next, 0, d);
	if (t == NULL)
		return EXCH_OK;
	if (c->kind == EXCH_CHANGE_EXECUTED)
		rc = executed(run, c, d);
	else if (c->kind == EXCH_CHANGE_CANCELLED)
		rc = cancelled(run, c, t, d);
	if (c->ended)
		exch_keyed_drop(&s->orders, t);
	return rc;
}

/* ---- the run ---- */

static int
open_ouch(struct exch_report_run *run, struct exch_diag *d)
{
	struct ouch *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	s->midnight = EXCH_TS_NONE;
	run->left_why = "orders are of kinds that OUCH 4.2 does not have";
	if (exch_keyed_init(&s->orders, sizeof(struct told)) != 0 ||
	    exch_keyed_init(&s->owners, sizeof(struct owner)) != 0)
		return exch_report_nomem(d);
	return exch_tracked_open(&s->tracked, run, change, d);
}

/* The local day is that of the stream, or of the first time. */
static void
begin(struct exch_report_run *run, exch_ts t)
{
	struct ouch *s = run->state;
	uint32_t date = run->info->date;
	int64_t off = (int64_t)exch_tz_offset(run->o.tz, t);
	char session[16];
	int n;

	if (date == 0)
		date = exch_ts_date(t + (exch_ts)(off * (int64_t)EXCH_SEC));
	s->midnight = exch_tz_local(run->o.tz, date, 0);
	s->now = t;
	/* blanks stand before it, and not behind */
	for (n = 10; n > 0 && run->o.session[n - 1] == ' '; n--)
		;
	if (run->o.session[0] == '\0')
		(void)snprintf(session, sizeof(session), "EX%08u", date);
	else
		(void)snprintf(
		    session, sizeof(session), "%10.*s", n, run->o.session);
	exch_soup_open(&s->soup, session);
}

/* What is whole leaves. */
static int
send(struct exch_report_run *run, struct exch_diag *d)
{
	struct exch_buf *b = &((struct ouch *)run->state)->soup.out;

	if (b->failed)
		return exch_report_nomem(d);
	exch_table_raw(&run->table, b->p, b->len);
	b->len = 0;
	return EXCH_OK;
}

static int
record_ouch(struct exch_report_run *run, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	struct ouch *s = run->state;
	int rc;

	(void)seq;
	if (!exch_track_wants(r->type) && r->type != EXCH_REC_PHASE)
		return EXCH_OK;
	if (s->midnight == EXCH_TS_NONE)
		begin(run, r->time);
	else if (r->time > s->now)
		s->now = r->time;
	rc = exch_tracked_record(&s->tracked, run, r, d);
	return rc != EXCH_OK ? rc : send(run, d);
}

static int
close_ouch(struct exch_report_run *run, struct exch_diag *d)
{
	struct ouch *s = run->state;

	exch_tracked_close(&s->tracked, run);
	if (s->midnight == EXCH_TS_NONE)
		begin(run, run->info->start);
	exch_soup_close(&s->soup, s->now);
	return send(run, d);
}

static void
free_ouch(struct exch_report_run *run)
{
	struct ouch *s = run->state;

	exch_tracked_free(&s->tracked);
	exch_keyed_clear(&s->orders);
	exch_keyed_clear(&s->owners);
	exch_soup_free(&s->soup);
}

const struct exch_report exch_md_ouch = {
    .name = "ouch",
    .what = "OUCH 4.2: what owners of orders sent and were told, as a pcap",
    .takes = EXCH_TAKES_WATCH | EXCH_TAKES_SESSION,
    .needs = EXCH_NEEDS_MATCH,
    .binary = true,
    .open = open_ouch,
    .record = record_ouch,
    .close = close_ouch,
    .free = free_ouch,
};
