/*
 * The lines of a scenario that set what holds from there on: date, zone,
 * instruments, accounts.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "feed/scenario.h"
#include "rec/dir.h"
#include "rec/schema.h"

/* ---- date and zone ---- */

static int
set_date(struct scn *s)
{
	const struct scn_word *w = s->at < s->nwords ? &s->word[s->at] : NULL;
	uint32_t date;

	if (w == NULL || exch_date_parse(w->p, w->n, &date) != 0)
		return exch_scn_expected(s, "a date such as 2026-01-05");
	s->at++;
	s->dated = true;
	exch_when_init(&s->when, date, s->when.tz, s->when.utc);
	return exch_scn_end(s);
}

/* A name of the tz database, "UTC", or an offset; never a path. */
static bool
zone_letters(const struct scn_word *w)
{
	for (size_t i = 0; i < w->n; i++) {
		unsigned char c = (unsigned char)w->p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && strchr("/_-+:", c) == NULL)
			return false;
	}
	return w->n < 64 && w->p[0] != '/';
}

static int
set_zone(struct scn *s)
{
	const struct scn_word *w = exch_scn_next(s);
	struct exch_tz *tz = NULL;
	struct exch_diag d = {0};
	char name[64];
	int seconds = 0, rc;

	if (w == NULL || !zone_letters(w)) {
		s->at = 1;
		return exch_scn_expected(
		    s, "a zone such as UTC, +01:00 or America/New_York");
	}
	memcpy(name, w->p, w->n);
	name[w->n] = '\0';
	if (strcmp(name, "UTC") == 0 ||
	    exch_tz_offset_parse(name, &seconds) == 0)
		rc = exch_tz_fixed(seconds, &tz);
	else if (s->o->zone != NULL)
		rc = s->o->zone(name, &tz, &d);
	else
		rc = exch_diag_set(&d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "zone %s is not known here: give it as +01:00", name);
	if (rc == EXCH_ERR_NOMEM)
		return exch_scn_nomem(s);
	if (rc != 0)
		return exch_scn_fail(s, w, EXCH_ERR_FORMAT, "%s", d.text);
	exch_tz_free(s->own_tz);
	s->own_tz = tz;
	exch_when_init(&s->when, s->when.date, tz, false);
	if (s->sink->zone != NULL)
		s->sink->zone(s->sink->arg, name);
	if (s->o->more != NULL) {
		rc = s->o->more->zone(s->o->more->arg, s, name);
		if (rc != 0)
			return rc;
	}
	return exch_scn_end(s);
}

/* ---- instruments ---- */

static int
remember(struct scn *s, const char *p, size_t n,
    const struct exch_rec_instrument *r, uint32_t *number)
{
	int rc = exch_names_add(s->symbols, p, n, number);

	if (rc != 0)
		return exch_scn_nomem(s);
	if (!exch_room(&s->instr, *number, &s->instr_cap, sizeof(*r)))
		return exch_scn_nomem(s);
	s->instr[*number] = *r;
	return 0;
}

/* Before the first time, instruments are announced at midnight. */
static exch_ts
setting_time(struct scn *s)
{
	return s->timed ? s->now : exch_tz_local(s->when.tz, s->when.date, 0);
}

static int
announce(struct scn *s, struct exch_rec_instrument *r)
{
	r->h.time = setting_time(s);
	return s->sink->record(s->sink->arg, &r->h, s->d);
}

/* An instrument that an earlier input announced, or that --tick makes. */
static int
adopt(struct scn *s, const char *p, size_t n, uint32_t *number)
{
	struct exch_rec_instrument r;
	uint32_t id =
	    s->o->known != NULL ? exch_dir_symbol(s->o->known, p, n) : 0;
	int rc;

	if (id != 0) {
		r = *exch_dir_instrument(s->o->known, id);
		return remember(s, p, n, &r, number);
	}
	if (s->o->tick <= 0 || n > sizeof(r.symbol))
		return EXCH_ERR_ABSENT;
	exch_text_instrument(&r, s->next_instr++, p, n, s->o->tick, 0);
	rc = remember(s, p, n, &r, number);
	return rc == 0 ? announce(s, &s->instr[*number]) : rc;
}

/* 0, or EXCH_ERR_ABSENT without a word. */
static int
find(struct scn *s, const struct scn_word *w, uint32_t *number)
{
	if (exch_names_find(s->symbols, w->p, w->n, number) == 0)
		return 0;
	return adopt(s, w->p, w->n, number);
}

int
exch_scn_instrument_or(struct scn *s, const struct scn_word *w,
    const char *others, uint32_t *number)
{
	int rc = find(s, w, number);

	if (rc != EXCH_ERR_ABSENT)
		return rc;
	return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
	    "no instrument \"%.*s\" yet, and neither %s",
	    w->n < 24 ? (int)w->n : 24, w->p, others);
}

int
exch_scn_instrument(struct scn *s, const struct scn_word *w, uint32_t *number)
{
	int rc = find(s, w, number);

	if (rc != EXCH_ERR_ABSENT)
		return rc;
	return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
	    "no instrument \"%.*s\" yet: announce it with a line \"instrument "
	    "%.*s tick 0.01\"",
	    w->n < 24 ? (int)w->n : 24, w->p, w->n < 24 ? (int)w->n : 24, w->p);
}

int
exch_scn_only_instrument(struct scn *s, uint32_t *number)
{
	uint32_t n = exch_names_count(s->symbols);
	const char *named = s->o->symbol;

	if (n == 1) {
		*number = 0;
		return 0;
	}
	if (named != NULL) {
		struct scn_word w = {named, strlen(named), 0, NULL};

		if (exch_names_find(s->symbols, w.p, w.n, number) == 0 ||
		    adopt(s, w.p, w.n, number) == 0)
			return 0;
	}
	if (n == 0)
		return exch_scn_fail(s, NULL, EXCH_ERR_FORMAT,
		    "no instrument yet: announce one with a line "
		    "\"instrument ABC tick 0.01\"");
	return exch_scn_expected(
	    s, "a symbol, as there is more than one instrument");
}

/* ---- the words of an instrument line ---- */

static int
take_text(struct scn *s, const char *what, char *out, size_t room)
{
	const struct scn_word *w = s->at < s->nwords ? &s->word[s->at] : NULL;

	if (w == NULL || w->n > room)
		return exch_scn_expected(s, what);
	s->at++;
	memset(out, 0, room);
	memcpy(out, w->p, w->n);
	return 0;
}

static bool
is_in32(const struct exch_rec_instrument *r)
{
	return (r->iflags & EXCH_INSTR_32NDS) != 0;
}

static int
above_zero(struct scn *s, const struct scn_word *w, const char *what, exch_px v)
{
	if (v <= 0)
		return exch_scn_fail(
		    s, w, EXCH_ERR_FORMAT, "%s must be above zero", what);
	return 0;
}

static int
take_tick(struct scn *s, struct exch_rec_instrument *r)
{
	const struct scn_word *w = s->at < s->nwords ? &s->word[s->at] : NULL;
	int rc = exch_scn_price(s, is_in32(r), &r->tick);

	if (rc != 0)
		return rc;
	r->px_decimals = exch_text_decimals(r->tick);
	return above_zero(s, w, "the tick", r->tick);
}

static int
take_multiplier(struct scn *s, struct exch_rec_instrument *r)
{
	const struct scn_word *w = s->at < s->nwords ? &s->word[s->at] : NULL;
	int rc = exch_scn_number(s, "a multiplier such as 50", &r->multiplier);

	return rc == 0 ? above_zero(s, w, "the multiplier", r->multiplier) : rc;
}

/* How people write the prices, in this line from here on as well. */
static int
take_form(struct scn *s, struct exch_rec_instrument *r)
{
	if (exch_scn_accept(s, "32nds"))
		r->iflags |= EXCH_INSTR_32NDS;
	else if (exch_scn_accept(s, "decimal"))
		r->iflags &= (uint8_t)~EXCH_INSTR_32NDS;
	else
		return exch_scn_expected(s, "32nds or decimal");
	return 0;
}

/* What an option gives the right to. */
static int
take_right(struct scn *s, struct exch_rec_instrument *r)
{
	if (exch_scn_accept(s, "put"))
		r->iflags |= EXCH_INSTR_PUT;
	else if (exch_scn_accept(s, "call"))
		r->iflags &= (uint8_t)~EXCH_INSTR_PUT;
	else
		return exch_scn_expected(s, "call or put");
	return 0;
}

/* What it derives from: another instrument, and one that is there. */
static int
take_underlying(struct scn *s, struct exch_rec_instrument *r)
{
	const struct scn_word *w;
	uint32_t number, id = 0;
	int rc = exch_scn_name(s, "the symbol of the underlying", &w);

	if (rc != 0)
		return rc;
	if (exch_names_find(s->symbols, w->p, w->n, &number) == 0)
		id = s->instr[number].h.instr;
	else if (s->o->known != NULL)
		id = exch_dir_symbol(s->o->known, w->p, w->n);
	if (id == 0 || id == r->h.instr)
		return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
		    "the underlying \"%.*s\" has to be another instrument, "
		    "announced before",
		    w->n < 24 ? (int)w->n : 24, w->p);
	r->underlying = id;
	return 0;
}

static int
take_expiry(struct scn *s, struct exch_rec_instrument *r)
{
	const struct scn_word *w = s->at < s->nwords ? &s->word[s->at] : NULL;

	if (w == NULL || exch_date_parse(w->p, w->n, &r->expiry) != 0)
		return exch_scn_expected(s, "a date such as 2026-03-20");
	s->at++;
	return 0;
}

/* The smallest part of a quantity: 1, 0.1, ... 0.000000001. */
static int
take_unit(struct scn *s, struct exch_rec_instrument *r)
{
	const struct scn_word *w = s->at < s->nwords ? &s->word[s->at] : NULL;
	exch_px v;
	int rc = exch_scn_number(s, "a part such as 0.01", &v);

	if (rc != 0)
		return rc;
	for (int e = 0; e <= 9; e++) {
		if (v == (exch_px)exch_pow10[9 - e]) {
			r->qty_exponent = (int8_t)-e;
			return 0;
		}
	}
	return exch_scn_fail(
	    s, w, EXCH_ERR_FORMAT, "unit is one of 1, 0.1, 0.01 and so on");
}

static const char *const keys[] = {"tick", "lot", "reference", "kind", "min",
    "max", "unit", "decimals", "currency", "isin", "mic", "multiplier",
    "strike", "expiry", "settle", "price", "underlying", "right"};

static int
take_key(struct scn *s, struct exch_rec_instrument *r)
{
	uint64_t v;
	int rc;

	if (exch_scn_accept(s, "tick"))
		return take_tick(s, r);
	if (exch_scn_accept(s, "price"))
		return take_form(s, r);
	if (exch_scn_accept(s, "underlying"))
		return take_underlying(s, r);
	if (exch_scn_accept(s, "right"))
		return take_right(s, r);
	if (exch_scn_accept(s, "lot"))
		return exch_scn_qty(s, r->qty_exponent, &r->lot);
	if (exch_scn_accept(s, "min"))
		return exch_scn_qty(s, r->qty_exponent, &r->min_qty);
	if (exch_scn_accept(s, "max"))
		return exch_scn_qty(s, r->qty_exponent, &r->max_qty);
	if (exch_scn_accept(s, "unit"))
		return take_unit(s, r);
	if (exch_scn_accept(s, "reference"))
		return exch_scn_price(s, is_in32(r), &r->reference);
	if (exch_scn_accept(s, "strike"))
		return exch_scn_price(s, is_in32(r), &r->strike);
	if (exch_scn_accept(s, "multiplier"))
		return take_multiplier(s, r);
	if (exch_scn_accept(s, "kind"))
		return exch_scn_code(s, exch_words_kind, "a kind", &r->kind);
	if (exch_scn_accept(s, "currency"))
		return take_text(s, "a currency such as EUR", r->currency, 4);
	if (exch_scn_accept(s, "isin"))
		return take_text(s, "an ISIN", r->isin, 12);
	if (exch_scn_accept(s, "mic"))
		return take_text(s, "a MIC such as XPAR", r->mic, 4);
	if (exch_scn_accept(s, "expiry"))
		return take_expiry(s, r);
	if (exch_scn_accept(s, "decimals")) {
		rc = exch_scn_whole(s, "0 to 9 decimals", 9, &v);
		r->px_decimals = (uint8_t)v;
		return rc;
	}
	if (exch_scn_accept(s, "settle")) {
		rc = exch_scn_whole(s, "days until settlement", 255, &v);
		r->settle_days = (uint8_t)v;
		return rc;
	}
	return 1;
}

static int
bad_key(struct scn *s)
{
	const struct scn_word *w = &s->word[s->at];
	const char *near = exch_scn_nearest(w, keys, EXCH_ARRAY_LEN(keys));

	if (near == NULL)
		return exch_scn_expected(s,
		    "tick, lot, reference, kind, min, max, unit or another "
		    "word of exch-scenario(5)");
	return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
	    "\"%.*s\" is no property of an instrument (did you mean \"%s\"?)",
	    (int)(w->n < 32 ? w->n : 32), w->p, near);
}

/*
 * In many markets symbols are numbers; no number of anything else stands where
 * a symbol does.
 */
static int
symbol(struct scn *s, const struct scn_word **w)
{
	const struct scn_word *c = s->at < s->nwords ? &s->word[s->at] : NULL;

	if (c == NULL || (unsigned char)(c->p[0] - '0') > 9)
		return exch_scn_name(s, "a symbol", w);
	*w = exch_scn_next(s);
	return 0;
}

static int
set_instrument(struct scn *s)
{
	const struct scn_word *w;
	struct exch_rec_instrument r;
	uint32_t number;
	bool again;
	int rc = symbol(s, &w);

	if (rc != 0)
		return rc;
	if (w->n > sizeof(r.symbol))
		return exch_scn_fail(
		    s, w, EXCH_ERR_RANGE, "a symbol has at most 24 bytes");
	again = exch_names_find(s->symbols, w->p, w->n, &number) == 0;
	if (again)
		r = s->instr[number];
	else
		exch_text_instrument(
		    &r, s->next_instr, w->p, w->n, s->o->tick, 0);
	while (s->at < s->nwords) {
		rc = take_key(s, &r);
		if (rc == 1)
			return bad_key(s);
		if (rc != 0)
			return rc;
	}
	if (r.tick <= 0)
		return exch_scn_expected(
		    s, "tick and the price step, as tick 0.01");
	if (r.lot == 0)
		return exch_scn_fail(
		    s, NULL, EXCH_ERR_FORMAT, "the lot must be above zero");
	if (again)
		s->instr[number] = r;
	else
		rc = remember(s, w->p, w->n, &r, &number);
	s->next_instr += !again;
	return rc == 0 ? announce(s, &s->instr[number]) : rc;
}

/* ---- accounts ---- */

static uint32_t
account_id(const struct scn *s, uint32_t number)
{
	return number + (s->o->first_account != 0 ? s->o->first_account : 1);
}

/* The account, announced if it is new, as of a member if there is one. */
static int
account_of(struct scn *s, const struct scn_word *w,
    const struct scn_word *member, uint32_t *id)
{
	uint32_t number;
	int rc;

	if (exch_names_find(s->accounts, w->p, w->n, &number) != 0) {
		rc = exch_names_add(s->accounts, w->p, w->n, &number);
		if (rc != 0)
			return exch_scn_nomem(s);
	} else if (member == NULL) {
		*id = account_id(s, number);
		return 0;
	}
	*id = account_id(s, number);
	return exch_text_account(s->sink, *id, w->p, w->n,
	    member != NULL ? member->p : "", member != NULL ? member->n : 0,
	    setting_time(s), s->d);
}

int
exch_scn_account(struct scn *s, const struct scn_word *w, uint32_t *id)
{
	return account_of(s, w, NULL, id);
}

static int
set_account(struct scn *s)
{
	const struct scn_word *w, *member = NULL;
	uint32_t id;
	int rc = exch_scn_name(s, "the name of an account", &w);

	if (rc == 0 && exch_scn_accept(s, "member")) {
		rc = exch_scn_name(s, "the name of a member", &member);
		if (rc == 0 && member->n > EXCH_TEXT_MEMBER)
			rc = exch_scn_fail(s, member, EXCH_ERR_FORMAT,
			    "a member's name has at most %u letters",
			    EXCH_TEXT_MEMBER);
	}
	if (rc == 0)
		rc = account_of(s, w, member, &id);
	return rc == 0 ? exch_scn_end(s) : rc;
}

int
exch_scn_setting(struct scn *s)
{
	if (exch_scn_accept(s, "date"))
		return set_date(s);
	if (exch_scn_accept(s, "zone"))
		return set_zone(s);
	if (exch_scn_accept(s, "instrument"))
		return set_instrument(s);
	if (exch_scn_accept(s, "account"))
		return set_account(s);
	return 1;
}
