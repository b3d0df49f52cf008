/*
 * The ladder's clock and keys (ladder.h).  The stream is followed record by
 * record; before its time grows, and after each event of the instrument that
 * is shown, there is a moment to wait, to draw and to hear what is asked.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "exch-feed/ladder.h"
#include "rec/schema.h"
#include "report/follow.h"
#include "report/tape.h"

/* Between two looks at the terminal while nothing has to wait. */
#define FRAME (EXCH_SEC / 20)
#define WAIT_MS 200
/* Records that pass between two looks at the clock. */
#define GLANCE 256

struct ladder {
	struct exch_follow follow;
	struct exch_tape tape;
	struct ladder_tape *prints; /* by place */
	uint32_t nprints;
	struct exch_rec_auction *auction; /* by place; h.len8 0: none */
	uint32_t nauction;
	uint32_t place;	  /* that is shown; UINT32_MAX: not announced */
	exch_ts time;	  /* of the books */
	exch_ts target;	  /* that is gone to; EXCH_TS_NONE: none */
	uint64_t speed;	  /* 10^-9 seconds a second; 0: as it comes */
	exch_ts from;	  /* speed counts from here, */
	uint64_t from_at; /* when it was so late */
	uint64_t frame;	  /* when the screen was drawn */
	unsigned glance;
	bool paused;
	bool step; /* to the next event of what is shown */
	bool draw; /* something has changed */
	bool quit;
	bool over;   /* the stream is */
	bool asking; /* for a time to go to */
	char typed[20];
	const char *said;
	char state[32];
	struct ladder_view view;
};

static uint64_t
now(void)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_MONOTONIC, &ts) != 0)
		return 0;
	return (uint64_t)ts.tv_sec * EXCH_SEC + (uint64_t)ts.tv_nsec;
}

/* ---- what is shown ---- */

static unsigned
levels(const struct ladder *s, unsigned side, struct ladder_level *out,
    unsigned most)
{
	const struct exch_books *b = &s->follow.books;
	exch_slot level = exch_books_top(b, s->place, side);
	unsigned n = 0;

	while (level != EXCH_SLOT_NONE && n < most && n < LADDER_LEVELS) {
		out[n].price = exch_books_px(b, s->place, level);
		out[n++].qty = b->tally.level[level].qty;
		level = exch_tally_worse(&b->tally, level);
	}
	return n;
}

static void
view_state(struct ladder *s)
{
	char speed[24] = "as it comes";

	if (s->speed % EXCH_SEC == 0 && s->speed != 0)
		(void)snprintf(speed, sizeof(speed), "%llux",
		    (unsigned long long)(s->speed / EXCH_SEC));
	else if (s->speed != 0)
		(void)snprintf(speed, sizeof(speed), "%.3gx",
		    (double)s->speed / (double)EXCH_SEC);
	(void)snprintf(s->state, sizeof(s->state), "%s",
	    s->over			? "end of the stream"
	    : s->target != EXCH_TS_NONE ? "going there"
	    : s->paused			? "paused"
					: speed);
	s->view.state = s->state;
}

/* What an auction would give is of interest until it has been held. */
static void
view_auction(struct ladder *s)
{
	const struct exch_books *b = &s->follow.books;
	const struct exch_rec_auction *a;

	s->view.auctions = s->place < s->nauction && s->place < b->n &&
			   b->inst[s->place].phase == EXCH_PHASE_CALL &&
			   s->auction[s->place].h.len8 != 0;
	if (!s->view.auctions)
		return;
	a = &s->auction[s->place];
	s->view.auction = a->price;
	s->view.paired = a->paired;
	s->view.imbalance = a->imbalance;
	s->view.imbalance_side = a->side;
}

static void
view_book(struct exch_report_run *run)
{
	struct ladder *s = run->state;
	struct ladder_view *v = &s->view;
	unsigned rows = ladder_screen_rows();
	const struct exch_word *phases = exch_words_phase;

	v->in = &run->insts.inst[s->place];
	v->symbol = v->in->symbol;
	v->nbids = v->nasks = 0;
	v->phase = NULL;
	if (s->place < s->follow.books.n) {
		v->nbids = levels(s, 0, v->bid, rows);
		v->nasks = levels(s, 1, v->ask, rows);
		v->phase =
		    exch_word_of(phases, s->follow.books.inst[s->place].phase);
	}
	v->tape = s->place < s->nprints ? &s->prints[s->place] : NULL;
	v->trades = 0;
	v->volume = 0;
	v->last = v->vwap = EXCH_PX_NONE;
	if (s->place < s->tape.n) {
		const struct exch_tape_sum *sum = &s->tape.sum[s->place];

		v->trades = sum->trades;
		v->volume = sum->volume;
		v->last = sum->last;
		v->vwap = exch_tape_vwap(sum, v->in);
	}
	view_auction(s);
}

static void
show(struct exch_report_run *run)
{
	struct ladder *s = run->state;
	char ask[48];

	s->view.tz = run->o.tz;
	s->view.time = s->time;
	s->view.symbol = run->o.watch;
	if (s->place != UINT32_MAX)
		view_book(run);
	view_state(s);
	s->view.said = s->said;
	if (s->asking) {
		(void)snprintf(
		    ask, sizeof(ask), "go to (such as 14:57): %s", s->typed);
		s->view.said = ask;
	}
	ladder_screen_show(&s->view);
	s->draw = false;
	s->frame = now();
}

/* ---- keys ---- */

/* What time it is, between records: not before the last of them. */
static exch_ts
clock_of(const struct ladder *s)
{
	exch_u128 passed = 0;
	exch_ts t = s->from;

	if (t == EXCH_TS_NONE)
		return s->time;
	if (!s->paused && s->speed != 0)
		passed = (exch_u128)(now() - s->from_at) * s->speed / EXCH_SEC;
	t = passed < EXCH_TS_NONE - t ? t + (exch_ts)passed : t;
	return s->time != EXCH_TS_NONE && s->time > t ? s->time : t;
}

/* Speed counts from here: to be told before it is another one. */
static void
begin_here(struct ladder *s)
{
	s->from = clock_of(s);
	s->from_at = now();
}

/* A time of the day of the stream, or of the day of t. */
static exch_ts
local_time(const struct exch_report_run *run, exch_ts t, uint64_t tod)
{
	int64_t off = (int64_t)exch_tz_offset(run->o.tz, t) * (int64_t)EXCH_SEC;
	uint32_t date = run->info->date;

	if (date == 0)
		date = exch_ts_date(t + (exch_ts)off);
	return exch_tz_local(run->o.tz, date, tod);
}

static void
go_to(struct exch_report_run *run)
{
	struct ladder *s = run->state;
	uint64_t tod;

	s->asking = false;
	if (s->typed[0] == '\0' || s->time == EXCH_TS_NONE)
		return;
	if (exch_tod_parse(s->typed, strlen(s->typed), &tod) != 0) {
		s->said = "that is no time of day, such as 14:57 or 09:30:00.5";
		return;
	}
	s->target = local_time(run, s->time, tod);
	if (s->target >= s->time)
		return;
	s->target = EXCH_TS_NONE;
	s->said = "that is over: begin again with --from";
}

static void
type(struct exch_report_run *run, int key)
{
	struct ladder *s = run->state;
	size_t n = strlen(s->typed);

	if (key == '\n' || key == '\r') {
		go_to(run);
	} else if (key == 27) {
		s->asking = false;
	} else if (key == 127 || key == 8) {
		if (n > 0)
			s->typed[n - 1] = '\0';
	} else if (key >= ' ' && key < 127 && n < sizeof(s->typed) - 1) {
		s->typed[n] = (char)key;
		s->typed[n + 1] = '\0';
	}
}

static void
change_speed(struct ladder *s, bool faster)
{
	begin_here(s);
	if (s->speed == 0)
		s->speed = EXCH_SEC;
	else if (faster && s->speed < EXCH_SEC * 1000000)
		s->speed *= 2;
	else if (!faster && s->speed > EXCH_SEC / 1000)
		s->speed /= 2;
}

/* The next one that is announced. */
static void
next_symbol(struct exch_report_run *run)
{
	struct ladder *s = run->state;
	uint32_t n = run->insts.n;
	uint32_t at = s->place == UINT32_MAX ? n - 1 : s->place;

	for (uint32_t i = 0; i < n; i++) {
		at = (at + 1) % n;
		if (run->insts.inst[at].id != 0)
			break;
	}
	if (n != 0)
		s->place = at;
}

static void
press(struct exch_report_run *run, int key)
{
	struct ladder *s = run->state;

	if (key == LADDER_KEY_NONE)
		return;
	s->draw = true;
	if (s->asking && key >= 0) {
		type(run, key);
		return;
	}
	if (key >= 0)
		s->said = NULL;
	switch (key) {
	case LADDER_KEY_GONE:
	case 'q':
		s->quit = true;
		break;
	case ' ':
		begin_here(s);
		s->paused = !s->paused;
		s->target = EXCH_TS_NONE;
		break;
	case 'n':
		begin_here(s);
		s->paused = true;
		s->step = true;
		break;
	case '+':
	case '-':
		change_speed(s, key == '+');
		break;
	case 'm':
		s->speed = 0;
		s->paused = false;
		break;
	case '\t':
		next_symbol(run);
		break;
	case 'g':
		s->asking = true;
		s->typed[0] = '\0';
		break;
	default:
		break;
	}
}

/* ---- the clock ---- */

/* How long until it is t, in ns. */
static uint64_t
until(const struct ladder *s, exch_ts t)
{
	exch_u128 wait;
	uint64_t past = now() - s->from_at;

	if (s->speed == 0 || s->from == EXCH_TS_NONE || t <= s->from)
		return 0;
	wait = (exch_u128)(t - s->from) * EXCH_SEC / s->speed;
	if (wait > INT64_MAX)
		return INT64_MAX;
	return (uint64_t)wait > past ? (uint64_t)wait - past : 0;
}

/* A look at the terminal, for so long. */
static int
look(struct exch_report_run *run, int ms)
{
	struct ladder *s = run->state;

	if (s->draw)
		show(run);
	press(run, ladder_screen_key(ms));
	return s->quit || exch_report_stopped(run) ? EXCH_ERR_STOP : EXCH_OK;
}

/* The terminal is looked at now and then while nothing waits. */
static int
glance(struct exch_report_run *run)
{
	struct ladder *s = run->state;

	if (++s->glance < GLANCE)
		return EXCH_OK;
	s->glance = 0;
	if (now() - s->frame < FRAME)
		return EXCH_OK;
	s->draw = true;
	return look(run, 0);
}

/* Until t is due, whoever holds it up. */
static int
hold(struct exch_report_run *run, exch_ts t)
{
	struct ladder *s = run->state;
	int rc = EXCH_OK;

	while (rc == EXCH_OK && !s->step && s->target == EXCH_TS_NONE) {
		uint64_t wait = s->paused ? INT64_MAX : until(s, t);

		if (wait == 0)
			break;
		wait = wait / 1000000 + 1;
		rc = look(run, wait < WAIT_MS ? (int)wait : WAIT_MS);
	}
	return rc;
}

/* It is as late as was asked for: there it waits. */
static void
stand(struct ladder *s)
{
	s->time = s->from = s->target;
	s->target = EXCH_TS_NONE;
	s->paused = true;
	s->draw = true;
}

/* The day begins, by --from, at this time of it. */
static void
begin(struct exch_report_run *run, exch_ts t)
{
	struct ladder *s = run->state;

	s->target = local_time(run, t, run->o.begin);
	if (s->target < t)
		stand(s);
}

/* The stream's time is about to grow to t. */
static int
pass(void *arg, exch_ts t, struct exch_diag *d)
{
	struct exch_report_run *run = arg;
	struct ladder *s = run->state;
	int rc = EXCH_OK;

	(void)d;
	if (s->from == EXCH_TS_NONE) {
		s->from = t;
		s->from_at = now();
		if (run->o.begin != EXCH_TS_NONE)
			begin(run, t);
	}
	if (s->draw && s->speed != 0 && s->target == EXCH_TS_NONE)
		rc = look(run, 0);
	/* another time may be asked for while it waits */
	while (rc == EXCH_OK) {
		if (s->target != EXCH_TS_NONE && t > s->target)
			stand(s);
		rc = hold(run, t);
		if (s->target == EXCH_TS_NONE || t <= s->target)
			break;
	}
	if (rc == EXCH_OK)
		rc = glance(run);
	s->time = t;
	return rc;
}

/* ---- the stream ---- */

static int
take_print(struct exch_report_run *run, uint32_t place,
    const struct exch_rec *r, const struct exch_tape_print *p,
    struct exch_diag *d)
{
	struct ladder *s = run->state;
	const struct exch_rec_exec *e = EXCH_REC_AS(r, exch_rec_exec);
	struct ladder_tape *t;
	int rc = exch_report_grow(
	    &s->prints, &s->nprints, place + 1, sizeof(*s->prints), d);

	if (rc != EXCH_OK || e == NULL)
		return rc;
	t = &s->prints[place];
	t->print[t->n++ % LADDER_TAPE] = (struct ladder_print){.time = r->time,
	    .price = p->price,
	    .qty = p->qty,
	    .side = e->aggressor};
	return EXCH_OK;
}

static int
trade(void *arg, uint32_t place, const struct exch_rec *r, struct exch_diag *d)
{
	struct exch_report_run *run = arg;
	struct ladder *s = run->state;
	struct exch_tape_print print;
	int rc;

	if (r->type != EXCH_REC_EXEC && r->type != EXCH_REC_TRADE)
		return exch_tape_note(
		    &s->tape, &run->insts, place, r, run->matcher, d);
	rc = exch_tape_trade(&s->tape, &run->insts, place, r, &print, d);
	return rc == EXCH_OK ? take_print(run, place, r, &print, d) : rc;
}

static int
event(void *arg, uint32_t place, exch_ts t, struct exch_diag *d)
{
	struct exch_report_run *run = arg;
	struct ladder *s = run->state;

	(void)d;
	if (place != s->place)
		return EXCH_OK;
	s->draw = true;
	s->time = t;
	if (!s->step)
		return EXCH_OK;
	s->step = false;
	return hold(run, t);
}

static int
note_auction(
    struct exch_report_run *run, const struct exch_rec *r, struct exch_diag *d)
{
	struct ladder *s = run->state;
	const struct exch_rec_auction *a = EXCH_REC_AS(r, exch_rec_auction);
	uint32_t place;
	int rc = exch_insts_place(&run->insts, r->instr, &place, d);

	if (rc == EXCH_OK)
		rc = exch_report_grow(&s->auction, &s->nauction, place + 1,
		    sizeof(*s->auction), d);
	if (rc != EXCH_OK || a == NULL)
		return rc;
	s->auction[place] = *a;
	s->draw = true;
	return EXCH_OK;
}

/* The instrument that is asked for may have been announced. */
static void
find_place(struct exch_report_run *run)
{
	struct ladder *s = run->state;

	for (uint32_t i = 0; i < run->insts.n; i++)
		if (run->insts.inst[i].announced &&
		    exch_report_watched(run, i)) {
			s->place = i;
			s->draw = true;
			return;
		}
}

static int
record_ladder(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	struct ladder *s = run->state;
	int rc = EXCH_OK;

	(void)seq;
	if (r->type == EXCH_REC_INSTRUMENT && s->place == UINT32_MAX)
		find_place(run);
	if (r->type == EXCH_REC_AUCTION)
		rc = note_auction(run, r, d);
	return rc == EXCH_OK ? exch_follow_record(&s->follow, run, r, d) : rc;
}

static int
wait_ladder(struct exch_report_run *run, struct exch_diag *d)
{
	struct ladder *s = run->state;

	(void)d;
	if (s->place == UINT32_MAX)
		find_place(run);
	s->draw = true;
	return look(run, 0);
}

/* ---- begin and end ---- */

static int
open_ladder(struct exch_report_run *run, struct exch_diag *d)
{
	const struct exch_follow_watch watch = {
	    .arg = run, .time = pass, .trade = trade, .event = event};
	struct ladder *s;
	int rc = exch_report_state(run, sizeof(*s), d);

	if (rc != EXCH_OK)
		return rc;
	s = run->state;
	s->place = UINT32_MAX;
	s->time = s->from = s->target = EXCH_TS_NONE;
	s->speed = run->o.speed;
	s->draw = true;
	rc = exch_follow_init(&s->follow, run, &watch, d);
	return rc == EXCH_OK ? ladder_screen_open(d) : rc;
}

static int
close_ladder(struct exch_report_run *run, struct exch_diag *d)
{
	struct ladder *s = run->state;
	bool stay = !s->quit && !exch_report_stopped(run);
	int rc = exch_follow_finish(&s->follow, d);

	s->over = true;
	s->paused = true;
	s->draw = true;
	s->target = EXCH_TS_NONE;
	while (stay && rc == EXCH_OK && !s->quit && !exch_report_stopped(run))
		(void)look(run, WAIT_MS);
	ladder_screen_close();
	return rc;
}

static void
free_ladder(struct exch_report_run *run)
{
	struct ladder *s = run->state;

	ladder_screen_close();
	exch_follow_clear(&s->follow);
	exch_tape_clear(&s->tape);
	exch_free(s->prints);
	exch_free(s->auction);
}

const struct exch_report feed_ladder = {
    .name = "ladder",
    .what = "the book of one instrument in the terminal, while time passes",
    .takes = EXCH_TAKES_SYMBOL | EXCH_TAKES_PACE,
    .needs = EXCH_NEEDS_BOOK,
    .screen = true,
    .open = open_ladder,
    .record = record_ladder,
    .wait = wait_ladder,
    .close = close_ladder,
    .free = free_ladder,
};
