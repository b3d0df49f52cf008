/*
 * One flow through the engine and the naive engine; see lockstep.h.  The
 * engine writes into memory through the ordinary writer, and its events
 * are read back through the ordinary reader, so that what is compared is
 * what a file would hold.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "match/general.h"
#include "prop/derive.h"
#include "prop/invariants.h"
#include "prop/lockstep.h"
#include "prop/watch.h"
#include "rec/stream.h"
#include "ref/timetable.h"
#include "rec/zio.h"

const char coverage_clock[8][5] = {
    "", "VOLA", "EXT", "RND", "LUDP", "MWC1", "MWC5", "MWCQ"};

void
events_clear(struct events *e)
{
	free(e->bytes);
	free(e->off);
	memset(e, 0, sizeof(*e));
}

static void *
grow(void *p, size_t *cap, size_t need, size_t size)
{
	if (need <= *cap)
		return p;
	*cap = need * 2;
	p = realloc(p, *cap * size);
	if (p == NULL)
		abort();
	return p;
}

static void
add_bytes(struct events *e, const void *bytes, size_t nbytes)
{
	if (nbytes == 0)
		return;
	e->bytes = grow(e->bytes, &e->cap, e->len + nbytes, 1);
	memcpy(e->bytes + e->len, bytes, nbytes);
	e->len += nbytes;
}

/* The events added from now on are those of the next command. */
static void
begin(struct events *e)
{
	e->off = grow(e->off, &e->cap_off, e->n + 2, sizeof(*e->off));
	e->off[e->n++] = e->len;
	e->off[e->n] = e->len;
}

void
events_add(struct events *e, const void *bytes, size_t nbytes)
{
	begin(e);
	add_bytes(e, bytes, nbytes);
	e->off[e->n] = e->len;
}

static void
fail(struct lockstep *l, size_t at, const char *what)
{
	if (l->differ && l->at <= at)
		return;
	l->differ = true;
	l->at = at;
	snprintf(l->what, sizeof(l->what), "%s", what);
}

/* ---- books ---- */

static bool
same_order(const struct exch_match *m, const struct exch_instr *ei,
    const struct naive_order *want, const struct exch_walk *w)
{
	const struct exch_slot_data *v = &exch_book_slots(m->store)[w->o];
	const struct exch_special *s = exch_special_of(m, w->o);

	return want->id == v->id && want->qty == v->qty &&
	       want->reserve == (s != NULL ? s->reserve : 0) &&
	       want->account == (s != NULL ? s->account : v->owner) &&
	       want->hidden == (w->b != 0) &&
	       want->price == exch_spot_price(ei, w->p);
}

/* Market orders, then everything that rests, in priority. */
static bool
same_side(const struct exch_match *m, const struct exch_instr *ei,
    const struct naive_instr *in, uint8_t side)
{
	const struct exch_slot_data *slot = exch_book_slots(m->store);
	exch_slot l = ei->book.side[exch_book_index(side)].market;
	size_t n, k = 0;
	size_t *v = naive_sorted(in, side, &n);
	struct exch_walk w;
	bool same = true;

	if (l != EXCH_SLOT_NONE)
		for (exch_slot o = exch_book_first(m->store, l);
		     o != EXCH_SLOT_NONE; o = exch_book_after(m->store, o)) {
			same = same && k < n &&
			       in->order[v[k]].id == slot[o].id &&
			       in->order[v[k]].qty == slot[o].qty &&
			       in->order[v[k]].price == EXCH_PX_NONE;
			k++;
		}
	exch_walk_first(m, ei, side, &w);
	for (; w.o != EXCH_SLOT_NONE; exch_walk_next(m, ei, &w)) {
		same = same && k < n && same_order(m, ei, &in->order[v[k]], &w);
		k++;
	}
	free(v);
	return same && k == n;
}

/* The books of a shard: whether they are what books have to be. */
static void
audit(const struct exch_match *h)
{
	const struct exch_book *book[40];
	struct exch_instr *ei = NULL;
	size_t n = 0;

	while ((ei = exch_engine_after(h, ei)) != NULL) {
		if (ei->shard != h->no)
			continue;
		if (n + 5 > EXCH_ARRAY_LEN(book))
			abort();
		book[n++] = &ei->book;
		if (ei->more == NULL)
			continue;
		book[n++] = &ei->more->dark;
		book[n++] = &ei->more->half;
		book[n++] = &ei->more->stops;
		book[n++] = &ei->more->wait;
	}
	exch_book_audit(h->store, book, n);
}

static size_t
live_orders(const struct exch_match *m)
{
	const struct exch_match *h = NULL;
	size_t live = 0;

	while ((h = exch_shard_after(m, h)) != NULL)
		live += exch_book_live(h->store);
	return live;
}

/* Whole books of both engines, and the engine's own structure. */
static bool
same_books(const struct exch_match *m, const struct naive *n)
{
	const struct exch_match *h = NULL;
	size_t live = 0;

	for (size_t i = 0; i < n->ninstr; i++) {
		const struct naive_instr *in = &n->instr[i];
		struct exch_instr *ei = exch_engine_instr(m, in->def.h.instr);

		if (ei == NULL || ei->phase != in->phase)
			return false;
		h = m->all->shard[ei->shard];
		if (!same_side(h, ei, in, EXCH_BUY) ||
		    !same_side(h, ei, in, EXCH_SELL))
			return false;
		live += in->n + in->napart;
	}
	for (h = NULL; (h = exch_shard_after(m, h)) != NULL;)
		audit(h);
	return live == live_orders(m);
}

/* ---- running ---- */

struct run {
	struct flow *f;
	const struct lockstep_opts *o;
	struct lockstep *l;
	struct coverage *c;
	struct naive naive;
	struct exch_out *out;
	struct exch_writer *w;
	struct exch_match *m;
	struct exch_market market;
	struct exch_match_opts mo;
	struct exch_timetable table;
	struct exch_timetable_row row[128];
	struct derive *derive;
};

/* The bits of what a rule leaves, or of what it names. */
static void
set_bits(uint64_t set[4], const bool named[256], bool leaves)
{
	for (unsigned i = 0; i < 256; i++) {
		uint64_t bit = UINT64_C(1) << i % 64;

		set[i / 64] &= ~bit;
		if (named[i] != leaves)
			set[i / 64] |= bit;
	}
}

/* Rules by the phase and the clock; both engines have the same timetable. */
static void
make_day(struct run *r)
{
	const struct naive_rules *n = &r->f->rules;
	struct exch_market_day *d = &r->market.day;

	for (unsigned i = 0; i < EXCH_MARKET_PHASES; i++) {
		set_bits(d->types[i], n->no_type_in[i], true);
		set_bits(d->tifs[i], n->no_tif_in[i], true);
	}
	for (unsigned i = 0; i < EXCH_MARKET_CROSSES; i++) {
		d->random_end[i] = n->random_end[i];
		d->calls = d->calls || n->random_end[i] != 0;
	}
	d->nfreeze = (unsigned)n->nfreezes;
	d->calls = d->calls || n->nfreezes != 0;
	for (size_t i = 0; i < n->nfreezes; i++) {
		const struct naive_freeze *f = &n->freeze[i];
		struct exch_market_freeze *x = &d->freeze[i];

		x->before = f->part;
		x->cross = f->cross;
		x->what =
		    (f->command[EXCH_REC_NEW] ? EXCH_FREEZE_NEW : 0) |
		    (f->command[EXCH_REC_CANCEL] ? EXCH_FREEZE_CANCEL : 0) |
		    (f->command[EXCH_REC_REPLACE] ? EXCH_FREEZE_REPLACE : 0);
		set_bits(x->types, f->type, false);
		set_bits(x->tifs, f->tif, false);
	}
	r->table.row = r->row;
	r->table.n = n->nrows;
	for (size_t i = 0; i < n->nrows; i++) {
		r->row[i].time = n->row[i].time;
		r->row[i].phase = n->row[i].phase;
		r->row[i].cross = n->row[i].cross;
		memcpy(r->row[i].symbol, n->row[i].symbol,
		    sizeof(r->row[i].symbol));
	}
}

static bool
has_band(const struct flow *f)
{
	bool band = exch_ladder_by_name(f->ladder)->band != EXCH_BAND_NONE;

	for (unsigned i = 0; i < EXCH_MARKET_CROSSES; i++)
		if (f->rules.ladder[i][0] != '\0')
			band |= exch_ladder_by_name(f->rules.ladder[i])->band !=
				EXCH_BAND_NONE;
	return band;
}

/*
 * The market as the engine reads its file, with as many days of its
 * timetable as the flow's rules have.
 */
static bool
read_market(struct run *r, struct exch_diag *d)
{
	const struct flow *f = r->f;
	struct exch_timetable day = {.n = 0};
	struct exch_tz *utc = NULL;
	int rc = exch_market_parse(
	    f->market, strlen(f->market), f->market_path, &r->market, d);

	if (rc == 0) {
		exch_market_date(&r->market, FLOW_VENUE_DATE, NULL, NULL);
		rc = exch_tz_fixed(0, &utc);
	}
	r->table.row = r->row;
	for (uint32_t date = FLOW_VENUE_DATE;
	     rc == 0 && r->table.n < f->rules.nrows; date++) {
		rc = exch_timetable_parse(r->market.sessions,
		    r->market.nsessions, f->market_path, date, utc, &day, d);
		if (rc != 0 || r->table.n + day.n > EXCH_ARRAY_LEN(r->row))
			break;
		memcpy(r->row + r->table.n, day.row, day.n * sizeof(*day.row));
		r->table.n += day.n;
		exch_timetable_clear(&day);
	}
	exch_tz_free(utc);
	return rc == 0 && r->table.n == f->rules.nrows;
}

/* The flow's rules in the form of a market file's. */
static void
make_market(struct run *r)
{
	const struct naive_rules *n = &r->f->rules;
	struct exch_market *k = &r->market;

	exch_market_init(k);
	k->block_min = n->block_min;
	k->block_band = n->block_band;
	k->band.still = n->still;
	k->band.dynamic = n->dynamic;
	k->nticks = (unsigned)n->nticks;
	for (size_t i = 0; i < n->nticks; i++)
		k->tick[i] = (struct exch_market_tick){n->from[i], n->step[i]};
	for (unsigned i = 0; i < 256; i++) {
		if (n->no_type[i])
			k->types[i / 64] &= ~(UINT64_C(1) << i % 64);
		if (n->no_tif[i])
			k->tifs[i / 64] &= ~(UINT64_C(1) << i % 64);
	}
	for (size_t i = 0; i < EXCH_ARRAY_LEN(n->maker); i++)
		if (n->maker_percent[i] != 0)
			k->maker[k->nmakers++] = (struct exch_market_maker){
			    n->maker[i], n->maker_percent[i]};
	k->announced = n->announced;
	k->guard.collar = n->collar;
	k->guard.short_sale = n->short_sale;
	k->guard.throttle = n->throttle;
	k->guard.window = n->window;
	k->guard.bump = n->bump;
	k->guard.interrupt.still = n->stop_still;
	k->guard.still_time = n->stop_still_time;
	k->guard.interrupt.dynamic = n->stop_dynamic;
	k->guard.dynamic_time = n->stop_dynamic_time;
	k->guard.monitor = n->monitor;
	k->guard.monitor_time = n->monitor_time;
	k->guard.indicative = n->indicative;
	k->guard.odd_lots = n->odd_take	 ? EXCH_ODD_TAKE
			    : n->odd_now ? EXCH_ODD_NOW
					 : EXCH_ODD_REFUSE;
	for (size_t i = 0; i < n->nluld; i++)
		k->luld.band[i] =
		    (struct exch_market_luld_band){.at = n->luld[i].at,
			.share = n->luld[i].share,
			.most = n->luld[i].most,
			.doubles = n->luld[i].twice,
			.rel = n->luld[i].rel > 0    ? EXCH_LULD_ABOVE
			       : n->luld[i].rel == 0 ? EXCH_LULD_FROM
						     : EXCH_LULD_BELOW};
	k->luld.nbands = (unsigned)n->nluld;
	k->luld.window = n->luld_window;
	k->luld.change = n->luld_change;
	k->luld.hold = n->luld_hold;
	k->luld.limit = n->luld_limit;
	k->luld.pause = n->luld_pause;
	k->luld.reject = n->luld_reject;
	k->luld.doubles.on = n->luld_twice;
	memcpy(k->breaker.symbol, n->index, sizeof(n->index));
	for (size_t i = 0; i < n->nfalls; i++)
		k->breaker.fall[i] = (struct exch_market_fall){
		    n->fall[i].share, n->fall[i].halt};
	k->breaker.n = (unsigned)n->nfalls;
	k->breaker.until.on = n->fall_until;
	k->stp_member = n->by_member;
	for (unsigned i = 0; i < EXCH_MARKET_CROSSES; i++)
		k->ladder[i] = n->ladder[i][0] == '\0'
				   ? NULL
				   : exch_ladder_by_name(n->ladder[i]);
	k->any = n->nluld != 0 || n->still != 0 || n->dynamic != 0 ||
		 n->nticks != 0 || n->no_type[EXCH_ORD_MARKET] ||
		 n->no_tif[EXCH_TIF_FOK] || n->announced || n->by_member ||
		 n->day;
	make_day(r);
}

static bool
open_engine(struct run *r)
{
	struct exch_diag d = {.code = EXCH_OK};
	bool file = r->f->market != NULL;
	struct exch_match_opts mo = {
	    .ladder = exch_ladder_by_name(r->f->ladder),
	    .phase = r->f->phase,
	    .expect = r->f->expect,
	    /* A file has its own. */
	    .alloc = r->f->alloc == NULL || file
			 ? NULL
			 : exch_alloc_by_name(r->f->alloc),
	    .stp = file ? 0 : r->f->stp,
	    .seed = 7,
	    .market = &r->market,
	    .shards = r->o->shards,
	};
	struct exch_writer_opts wo = {
	    .format = EXCH_FMT_BIN,
	    .checksum = true,
	    .tool = "diff_match",
	    .options = "",
	};

	if (file && !read_market(r, &d)) {
		fail(r->l, 0, d.code != 0 ? d.text : "another timetable");
		return false;
	}
	mo.timetable = r->table.n > 0 ? &r->table : NULL;
	r->mo = mo;
	if (exch_out_mem(&r->out) != EXCH_OK ||
	    exch_writer_open(r->out, &wo, &r->w, &d) != EXCH_OK ||
	    exch_match_new(&mo, r->w, &r->m, &d) != EXCH_OK) {
		fail(r->l, 0, d.text);
		return false;
	}
	return true;
}

/* The input's record goes into the output before its events. */
static void
copy_command(struct exch_writer *w, const union flow_cmd *c)
{
	size_t n = exch_rec_len(&c->h);
	struct exch_rec *r =
	    exch_writer_new(w, c->h.type, n, c->h.instr, c->h.time);

	r->flags = c->h.flags;
	memcpy(r + 1, &c->h + 1, n - sizeof(*r));
}

/* What is only looked at must not change. */
static void
look_ahead(const struct run *r, size_t k)
{
	const struct exch_rec *rec[EXCH_MATCH_AHEAD];
	size_t n = 0;

	for (; n < EXCH_MATCH_AHEAD && k + n < r->f->n; n++)
		rec[n] = &r->f->cmd[k + n].h;
	exch_match_ahead(r->m, rec, n);
}

static void
step(struct run *r, size_t k)
{
	const union flow_cmd *c = &r->f->cmd[k];
	struct exch_diag d = {.code = EXCH_OK};
	const struct naive *n = &r->naive;

	if (k % EXCH_MATCH_AHEAD == 0)
		look_ahead(r, k);
	/* What the clock does comes before the record, behind the last one. */
	naive_clock(&r->naive, c->h.time);
	derive_events(r->derive, n->out, n->nout);
	if (k > 0) {
		add_bytes(&r->l->want, n->out, n->nout);
		r->l->want.off[r->l->want.n] = r->l->want.len;
	}
	if (exch_match_advance(r->m, c->h.time, &d) != EXCH_OK)
		fail(r->l, k, d.text);
	naive_apply(&r->naive, &c->h);
	events_add(&r->l->want, n->out, n->nout);
	derive_record(r->derive, &c->h);
	derive_events(r->derive, n->out, n->nout);
	derive_look(r->derive, n);
	copy_command(r->w, c);
	if (exch_match_apply(r->m, &c->h, &d) != EXCH_OK)
		fail(r->l, k, d.text);
	if (r->o->look_every != 0 && (k + 1) % r->o->look_every == 0) {
		r->c->books++;
		if (!same_books(r->m, n))
			fail(r->l, k, "the books differ");
	}
	if ((k + 1) % 61 == 0)
		derive_compare(r->derive, n);
	if (derive_wrong(r->derive) != NULL)
		fail(r->l, k, derive_wrong(r->derive));
	for (size_t i = 0; i < n->ninstr; i++)
		if (n->instr[i].n > r->c->deepest)
			r->c->deepest = n->instr[i].n;
}

static union flow_cmd *
room(struct flow *f)
{
	/* Grown in steps of doubling; f->n says how many are used. */
	if ((f->n & (f->n - 1)) == 0) {
		size_t cap = f->n == 0 ? 1 : f->n * 2;

		f->cmd = realloc(f->cmd, cap * sizeof(*f->cmd));
		if (f->cmd == NULL)
			abort();
	}
	return &f->cmd[f->n];
}

static void
make_and_step(struct run *r, struct flow_gen *g)
{
	for (size_t k = 0; k < r->o->commands; k++) {
		flow_next(g, &r->naive, room(r->f));
		r->f->n++;
		step(r, k);
	}
	for (unsigned s = 0; flow_drain(g, &r->naive, s, room(r->f)); s++) {
		r->f->n++;
		step(r, r->f->n - 1);
	}
}

/* ---- reading back ---- */

static bool
is_input(const struct exch_rec *rec)
{
	const struct exch_rec_trade *t = (const void *)rec;
	uint8_t type = rec->type;

	/* The engine's own trades are blocks and corrections. */
	if (type == EXCH_REC_TRADE)
		return t->kind == EXCH_PRINT_NONE;
	return (type >= EXCH_REC_NEW && type <= EXCH_REC_BREAK) ||
	       type == EXCH_REC_PHASE || type == EXCH_REC_INSTRUMENT ||
	       type == EXCH_REC_EXPECT || type == EXCH_REC_ACCOUNT;
}

static void
cover(struct coverage *c, const struct exch_rec *r)
{
	c->events++;
	c->type[r->type]++;
	if (r->type == EXCH_REC_REJECT)
		c->reject[((const struct exch_rec_reject *)(const void *)r)
			      ->code &
			  63]++;
	else if (r->type == EXCH_REC_CANCELLED)
		c->reason[((const struct exch_rec_cancelled *)(const void *)r)
			      ->reason &
			  63]++;
	else if (r->type == EXCH_REC_RESTATED)
		c->restate[((const struct exch_rec_restated *)(const void *)r)
			       ->reason &
			   15]++;
	else if (r->type == EXCH_REC_MISS)
		c->cause[((const struct exch_rec_miss *)(const void *)r)
			     ->cause &
			 15]++;
	else if (r->type == EXCH_REC_EXEC)
		c->cross[((const struct exch_rec_exec *)(const void *)r)
			     ->cross &
			 7]++;
	else if (r->type == EXCH_REC_TRADE)
		c->print[((const struct exch_rec_trade *)(const void *)r)
			     ->kind &
			 7]++;
	else if (r->type == EXCH_REC_REPLACED)
		c->kept[((const struct exch_rec_replaced *)(const void *)r)
			    ->kept &
			1]++;
}

/* What is refused because of the phase: in which, and which command. */
static void
cover_phase(struct coverage *c, uint8_t phase, const struct exch_rec_reject *e)
{
	if (e->code != EXCH_REJ_PHASE)
		return;
	c->phase[phase & 7]++;
	if (phase == EXCH_PHASE_CALL)
		c->frozen[e->command]++;
}

static void
cover_clock(struct coverage *c, const struct exch_rec_phase *p)
{
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(c->clock); i++)
		if (memcmp(p->reason, coverage_clock[i], 4) == 0)
			c->clock[i]++;
}

/* A phase is an event where the flow has no such command now. */
static bool
is_event(const struct run *r, const struct exch_rec *rec, size_t k)
{
	if (!is_input(rec))
		return true;
	/* The engine's own have not the bytes of the command that is due. */
	return rec->type == EXCH_REC_PHASE &&
	       (k >= r->f->n ||
		   memcmp((const char *)rec + sizeof(*rec),
		       (const char *)&r->f->cmd[k] + sizeof(*rec),
		       exch_rec_len(&r->f->cmd[k].h) - sizeof(*rec)) != 0 ||
		   r->f->cmd[k].h.type != EXCH_REC_PHASE);
}

/* One record of the engine's stream; *k counts commands met. */
static void
take(struct run *r, struct inv *v, struct watch *s, const struct exch_rec *rec,
    size_t *k)
{
	struct events *got = &r->l->got;
	const union flow_cmd *c = &r->f->cmd[*k];

	if (exch_rec_is_framing(rec->type))
		return;
	watch_record(s, rec);
	if (rec->type == EXCH_REC_REJECT)
		cover_phase(
		    r->c, watch_phase(s, rec->instr), (const void *)rec);
	if (watch_wrong(s) != NULL)
		fail(r->l, *k > 0 ? *k - 1 : 0, watch_wrong(s));
	if (is_event(r, rec, *k)) {
		cover(r->c, rec);
		if (rec->type == EXCH_REC_PHASE)
			cover_clock(r->c, (const void *)rec);
		add_bytes(got, rec, exch_rec_len(rec));
		if (got->n > 0)
			got->off[got->n] = got->len;
		if (*k > 0 && *k <= r->f->n && !r->f->general)
			inv_event(v, rec);
		return;
	}
	if (*k > 0 && !r->f->general)
		inv_done(v);
	if (inv_wrong(v) != NULL)
		fail(r->l, *k - 1, inv_wrong(v));
	if (*k >= r->f->n || memcmp((const char *)rec + sizeof(*rec),
				 (const char *)c + sizeof(*rec),
				 exch_rec_len(&c->h) - sizeof(*rec)) != 0) {
		fail(r->l, *k, "the command was not copied");
		return;
	}
	r->c->commands++;
	begin(got);
	if (!r->f->general)
		inv_command(v, &c->h);
	(*k)++;
}

static void
read_back(struct run *r)
{
	struct exch_diag d = {.code = EXCH_OK};
	struct exch_in *in = NULL;
	struct exch_reader *rd = NULL;
	struct inv *v = inv_new(r->f->phase);
	const struct exch_rec *rec;
	size_t nbytes;
	const unsigned char *p = exch_out_mem_bytes(r->out, &nbytes);
	struct watch *s = watch_new(&r->f->rules, r->f->phase);
	size_t k = 0;
	int err = exch_in_mem(p, nbytes, "engine", &in, &d);

	if (has_band(r->f))
		inv_banded(v);
	if (err == EXCH_OK)
		err = exch_reader_open(in, NULL, &rd, &d);
	while (err >= 0 && (err = exch_reader_next(rd, &rec, &d)) > 0)
		take(r, v, s, rec, &k);
	if (err < 0 || k != r->f->n)
		fail(r->l, k, err < 0 ? d.text : "commands are missing");
	if (k > 0 && !r->f->general)
		inv_done(v);
	if (inv_wrong(v) != NULL)
		fail(r->l, k - 1, inv_wrong(v));
	if (!r->f->general && inv_live(v) != live_orders(r->m))
		fail(r->l, k, "live orders are not those of the events");
	if (err >= 0 && !r->l->differ) {
		watch_end(s);
		if (watch_wrong(s) != NULL)
			fail(r->l, k, watch_wrong(s));
	}
	watch_free(s);
	inv_free(v);
	exch_reader_close(rd);
	exch_in_close(in);
}

/* ---- comparing ---- */

/* Everything but who made the record; an ERROR's words are free. */
static bool
same_event(const struct exch_rec *a, const struct exch_rec *b)
{
	if (a->type != b->type || a->flags != b->flags ||
	    a->instr != b->instr || a->time != b->time)
		return false;
	if (a->type == EXCH_REC_ERROR)
		return true;
	return a->len8 == b->len8 &&
	       memcmp(a + 1, b + 1, exch_rec_len(a) - sizeof(*a)) == 0;
}

static bool
same_events(const struct events *a, const struct events *b, size_t k)
{
	size_t i = a->off[k];
	size_t j = b->off[k];

	while (i < a->off[k + 1] && j < b->off[k + 1]) {
		const struct exch_rec *x = (const void *)(a->bytes + i);
		const struct exch_rec *y = (const void *)(b->bytes + j);

		if (!same_event(x, y))
			return false;
		i += exch_rec_len(x);
		j += exch_rec_len(y);
	}
	return i == a->off[k + 1] && j == b->off[k + 1];
}

static void
compare(struct run *r)
{
	const struct events *w = &r->l->want;
	const struct events *g = &r->l->got;

	for (size_t k = 0; k < w->n && k < g->n; k++) {
		if (!same_events(w, g, k)) {
			fail(r->l, k, "the events differ");
			return;
		}
	}
}

void
lockstep_clear(struct lockstep *l)
{
	events_clear(&l->want);
	events_clear(&l->got);
	memset(l, 0, sizeof(*l));
}

void
lockstep_run(struct flow *f, struct flow_gen *g, const struct lockstep_opts *o,
    struct lockstep *l, struct coverage *c)
{
	struct run r = {.f = f, .o = o, .l = l, .c = c};
	struct exch_diag d = {.code = EXCH_OK};

	memset(l, 0, sizeof(*l));
	naive_init(&r.naive, f->ladder, f->phase);
	r.naive.fault = o->fault;
	r.naive.expect = f->expect;
	r.naive.rules = &f->rules;
	if (f->market == NULL)
		make_market(&r);
	r.naive.alloc = f->alloc;
	r.naive.stp = f->stp;
	r.naive.seed = 7;
	r.derive = derive_new(f->phase, f->alloc == NULL, &f->rules);
	/*
	 * NEEDSWORK: reports tell commands that are held by the order's id
	 * alone, and the flows use ids more than once.
	 */
	if (f->rules.bump != 0)
		derive_blind(r.derive);
	if (has_band(f))
		derive_banded(r.derive);
	if (!open_engine(&r))
		goto out;
	if (g != NULL)
		make_and_step(&r, g);
	for (size_t k = 0; g == NULL && k < f->n; k++)
		step(&r, k);
	r.c->books++;
	if (!same_books(r.m, &r.naive))
		fail(l, f->n, "the books differ at the end");
	derive_compare(r.derive, &r.naive);
	if (derive_wrong(r.derive) != NULL)
		fail(l, f->n, derive_wrong(r.derive));
	/* What a speed bump holds happens before the end. */
	if (exch_match_advance(r.m, EXCH_TS_NONE, &d) != EXCH_OK)
		fail(l, f->n, d.text);
	naive_finish(&r.naive);
	if (!same_books(r.m, &r.naive))
		fail(l, f->n, "the books differ behind the end");
	/* What comes at the end is put to the last command. */
	add_bytes(&l->want, r.naive.out, r.naive.nout);
	if (l->want.n > 0)
		l->want.off[l->want.n] = l->want.len;
	if (exch_match_finish(r.m, &d) != EXCH_OK ||
	    exch_writer_close(r.w, EXCH_STATUS_COMPLETE, &d) != EXCH_OK) {
		fail(l, f->n, d.text);
		goto out;
	}
	read_back(&r);
	compare(&r);
	if (o->apart && !l->differ) {
		const char *what = apart_differs(f, &r.mo, &c->threads);

		if (what != NULL)
			fail(l, f->n, what);
	}
out:
	exch_match_free(r.m);
	exch_writer_free(r.w);
	exch_out_free(r.out);
	derive_free(r.derive);
	naive_clear(&r.naive);
	exch_market_clear(&r.market);
}
