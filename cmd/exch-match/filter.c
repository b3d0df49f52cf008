/*
 * The path of a record through exch-match: copied to the output, given to
 * the engine, whose events stand behind it.  What an earlier matcher said
 * is refused or compared; bad content is told and survived.
 */
#include <config.h>

#include <string.h>

#include "base/plural.h"
#include "exch-match/tool.h"
#include "rec/schema.h"

/* How many records of bad content are told one by one. */
#define BAD_TOLD 5

int
match_start(struct run *r, const struct exch_stream_info *info,
    struct exch_writer *out, struct exch_diag *d)
{
	char yes[8];
	int err = match_dates(r, info, d);

	if (err != 0)
		return err;
	if (r->timetable_path != NULL || r->timetable.n != 0)
		r->match.timetable = &r->timetable;
	r->match.expect = r->rematch || (match_header_value(info, "expect", yes,
					     sizeof(yes)) &&
					    strcmp(yes, "yes") == 0);
	r->match.seed = r->cli.seed;
	r->match.stop = &exch_cli_signal;
	err = match_shards_plan(r, d);
	if (err == 0 && r->gate.tables.path[RISK_LIMITS] != NULL)
		err = match_gate_start(
		    r, r->date != 0 ? r->date : info->date, out, d);
	if (err == 0 && r->card.on)
		err = match_aside_start(r, info, out, d);
	else if (err == 0)
		err = exch_match_new(&r->match,
		    r->gate.gate != NULL ? r->gate.draft : out, &r->engine, d);
	if (err == 0)
		err = match_shards_start(r, out, d);
	r->apart = r->crew != NULL || r->aside != NULL || r->gate.gate != NULL;
	return err;
}

int
match_begin(void *arg, struct exch_reader *in, struct exch_writer *out,
    struct exch_diag *d)
{
	return match_start(arg, exch_reader_info(in), out, d);
}

/* An old execution becomes what the new one is compared with. */
static int
expect_again(struct run *r, const struct exch_rec *rec, struct exch_writer *out,
    struct exch_diag *d)
{
	const struct exch_rec_exec *old = EXCH_REC_AS(rec, exch_rec_exec);
	struct exch_rec_expect e = {0}, *p;

	if (old == NULL)
		return 0;
	p = exch_writer_new(
	    out, EXCH_REC_EXPECT, sizeof(*p), rec->instr, rec->time);
	p->match = old->match;
	p->buy = old->buy;
	p->sell = old->sell;
	p->price = p->print = old->price;
	p->qty = old->qty;
	p->aggressor = old->aggressor;
	p->cross = old->cross;
	e = *p;
	return r->aside != NULL ? match_aside_apply(r, &e.h, d)
				: exch_match_apply(r->engine, &e.h, d);
}

/* Trades that a matcher makes itself; others are of the venue. */
static bool
is_own_trade(const struct exch_rec *rec)
{
	const struct exch_rec_trade *t = EXCH_REC_AS(rec, exch_rec_trade);

	return t != NULL &&
	       (t->kind == EXCH_PRINT_BLOCK || t->kind == EXCH_PRINT_CORRECTED);
}

bool
match_is_answer(const struct run *r, const struct exch_rec *rec)
{
	switch (rec->type) {
	case EXCH_REC_RESTATED:
	case EXCH_REC_TRIGGERED:
	case EXCH_REC_MASS_DONE:
		return true;
	case EXCH_REC_TRADE:
		return is_own_trade(rec);
	case EXCH_REC_BUST:
		/* A matcher has broken what it told before. */
		return rec->source == r->old_source;
	default:
		return rec->type >= EXCH_REC_ACK &&
		       rec->type <= EXCH_REC_REPLACED;
	}
}

/*
 * With --rematch, what an earlier matcher found out is left out: its answers,
 * what it was compared with, and its auctions' results.
 */
static bool
is_old(const struct exch_rec *rec)
{
	const struct exch_rec_auction *a;

	if (rec->type == EXCH_REC_EXPECT || rec->type == EXCH_REC_MISS)
		return true;
	a = rec->type == EXCH_REC_AUCTION ? EXCH_REC_AS(rec, exch_rec_auction)
					  : NULL;
	return a != NULL && a->final != 0;
}

bool
match_is_passed(const struct run *r, const struct exch_rec *rec)
{
	return match_is_answer(r, rec) || (r->rematch && is_old(rec));
}

int
match_bad_content(struct run *r, const struct exch_rec *rec, uint64_t seq,
    struct exch_writer *out, struct exch_diag *d)
{
	struct exch_rec_error *e;

	if (r->strict || d->code != EXCH_ERR_FORMAT)
		return d->code;
	e = exch_writer_new_text(out, EXCH_REC_ERROR, sizeof(*e), rec->instr,
	    rec->time, d->text, strlen(d->text));
	e->code = -EXCH_ERR_FORMAT;
	e->severity = 2;
	e->ref_source = rec->source;
	e->ref_seq = seq;
	if (r->bad++ < BAD_TOLD)
		exch_cli_note(&r->cli, "source %u, record %llu: %s",
		    rec->source, (unsigned long long)seq, d->text);
	exch_diag_clear(d);
	return 0;
}

/* "TOOL 0.1.0 ...", but none of its subcommands: the text, with a NUL. */
static bool
is_of(const struct exch_rec *rec, const char *tool, char text[1024])
{
	const struct exch_rec_source *s =
	    EXCH_REC_AS_LONG(rec, exch_rec_source);
	size_t n = strlen(tool);

	if (s == NULL || s->ntext > exch_rec_len(rec) - sizeof(*s) ||
	    s->ntext >= 1024)
		return false;
	memcpy(text, s + 1, s->ntext);
	text[s->ntext] = '\0';
	return strncmp(text, tool, n) == 0 && text[n] >= '0' && text[n] <= '9';
}

/* Of the options of a matcher the market: "NAME:HASH", or "none". */
static void
market_of(const char *options, char market[MATCH_MARKET_WORD])
{
	const char *p = strstr(options, " market=");
	const char *word = p != NULL ? p + strlen(" market=") : "none";
	size_t n = strcspn(word, " ");

	n = n < MATCH_MARKET_WORD ? n : MATCH_MARKET_WORD - 1;
	memcpy(market, word, n);
	market[n] = '\0';
}

static void
note_source(struct run *r, const struct exch_rec *rec)
{
	char text[1024];

	r->in_front = r->in_front || is_of(rec, "exch-risk ", text);
	if (is_of(rec, "exch-match ", text))
		market_of(text,
		    r->old_market[EXCH_REC_AS_LONG(rec, exch_rec_source)->id]);
}

/* Other rules make other executions: whoever did not mean to has to know. */
static void
tell_market(const struct run *r, uint8_t source)
{
	const char *old = r->old_market[source];
	char now[MATCH_MARKET_WORD];

	market_of(r->options, now);
	if (old[0] != '\0' && strcmp(old, now) != 0)
		exch_cli_note(&r->cli,
		    "the stream was matched with market=%s, and now with "
		    "market=%s: executions differ where the rules do",
		    old, now);
}

void
match_note_other(struct run *r, const struct exch_rec *rec)
{
	switch (rec->type) {
	case EXCH_REC_SOURCE:
		note_source(r, rec);
		break;
	case EXCH_REC_RISK:
		r->in_front = true;
		break;
	case EXCH_REC_LIMIT:
	case EXCH_REC_KILL:
	case EXCH_REC_DECISION:
		r->undecided += r->gate.gate == NULL && !r->in_front;
		break;
	default:
		r->displayed += rec->type >= EXCH_REC_BOOK_ADD &&
				rec->type <= EXCH_REC_BOOK_REPLACE;
	}
}

__attribute__((noinline)) bool
match_take_old(struct run *r, const struct exch_rec *rec,
    struct exch_writer *out, struct exch_diag *d, int *err)
{
	if (match_is_answer(r, rec)) {
		if (r->rematch && r->old_source == 0)
			tell_market(r, rec->source);
		r->old_source = rec->source;
		*err =
		    !r->rematch
			? (int)exch_diag_set(d, EXCH_ERR_NEED, NULL,
			      EXCH_POS_NONE, 0,
			      "the stream was matched already: add --rematch")
		    : rec->type == EXCH_REC_EXEC ? expect_again(r, rec, out, d)
						 : 0;
		return true;
	}
	match_note_other(r, rec);
	*err = 0;
	return r->rematch && is_old(rec);
}

/* A record of the directory, which the engine has. */
static __attribute__((noinline)) int
directory(struct run *r, const struct exch_rec *rec, uint64_t seq,
    struct exch_diag *d)
{
	match_note_other(r, rec);
	return rec->type == EXCH_REC_INSTRUMENT &&
		       exch_match_stats(r->engine)->refused != r->refused
		   ? match_instrument_refused(r, rec, seq, d)
		   : 0;
}

__attribute__((noinline)) int
match_instrument_refused(struct run *r, const struct exch_rec *rec,
    uint64_t seq, struct exch_diag *d)
{
	r->refused = exch_match_stats(r->engine)->refused;
	if (r->bad++ < BAD_TOLD)
		exch_cli_note(&r->cli,
		    "source %u, record %llu: instrument refused: the ERROR "
		    "record behind it says why",
		    rec->source, (unsigned long long)seq);
	if (!r->strict)
		return 0;
	return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
	    "an instrument was refused: the ERROR record behind it says why");
}

size_t
match_ahead(void *arg, const struct exch_reader *in)
{
	const struct run *r = arg;
	const struct exch_rec *rec[EXCH_MATCH_AHEAD];
	bool far, gate;
	size_t n;

	/* While all of it is near, ask again when it may have grown. */
	if (r->crew != NULL || r->aside != NULL)
		return 1024;
	far = exch_match_is_far(r->engine);
	gate = r->gate.gate != NULL && exch_risk_gate_is_far(r->gate.gate);
	if (!far && !gate)
		return 1024;
	_Static_assert(EXCH_MATCH_AHEAD <= EXCH_RISK_AHEAD, "all are seen");
	n = exch_reader_ahead(in, rec, EXCH_MATCH_AHEAD);
	if (gate)
		exch_risk_gate_ahead(r->gate.gate, rec, n);
	if (far)
		exch_match_ahead(r->engine, rec, n);
	return n;
}

static inline __attribute__((always_inline)) int
take(void *arg, const struct exch_rec *rec, uint64_t seq,
    struct exch_writer *out, struct exch_diag *d)
{
	struct run *r = arg;
	int err;

	if (__builtin_expect(r->apart, 0)) {
		if (r->aside != NULL)
			return match_aside_record(r, rec, seq, d);
		if (r->gate.gate != NULL)
			return match_gated_record(r, rec, seq, out, d);
		err = match_offer(r, rec, seq, d);
		if (err <= 0)
			return err;
	}
	err = exch_match_advance(r->engine, rec->time, d);
	if (__builtin_expect(err != 0, 0))
		return err;
	/*
	 * What is no command may be a matcher's.  The venue's executions are
	 * not, and by far the most of the rest.
	 */
	if (rec->type >= EXCH_REC_ACK &&
	    (rec->type != EXCH_REC_EXPECT || r->rematch) &&
	    match_take_old(r, rec, out, d, &err))
		return err;
	exch_writer_copy(out, rec, seq);
	err = exch_match_apply(r->engine, rec, d);
	if (__builtin_expect(err != 0, 0))
		return match_bad_content(r, rec, seq, out, d);
	return __builtin_expect(rec->type <= EXCH_REC_ACCOUNT, 0)
		   ? directory(r, rec, seq, d)
		   : 0;
}

int
match_record(void *arg, const struct exch_rec *rec, uint64_t seq,
    struct exch_writer *out, struct exch_diag *d)
{
	return take(arg, rec, seq, out, d);
}

int
match_loop(struct exch_cli_loop *l, struct exch_diag *d)
{
	return exch_cli_loop(l, match_ahead, take, d);
}

/*
 * Exact executions of all that the venue had, imposed ones included, in
 * hundredths of a percent, never rounded up.
 */
static void
tell_fidelity(const struct run *r, const struct exch_match_stats *s)
{
	uint64_t n = s->expected + s->imposed;
	uint64_t part =
	    n == 0 ? 0 : (uint64_t)((exch_u128)s->exact * 10000 / n);

	if (part == 10000 && s->missed != 0)
		part = 9999;
	if (!r->match.expect || n + s->missed == 0)
		return;
	exch_cli_note(&r->cli,
	    "fidelity %llu.%02llu %%: %llu of %llu executions exact, "
	    "%llu missed, %llu imposed",
	    (unsigned long long)(part / 100), (unsigned long long)(part % 100),
	    (unsigned long long)s->exact, (unsigned long long)n,
	    (unsigned long long)s->missed, (unsigned long long)s->imposed);
}

static void
tell(const struct run *r)
{
	const struct exch_match_stats *s = exch_match_stats(r->engine);

	if (s->commands == 0 && r->displayed != 0)
		exch_cli_note(&r->cli,
		    "no orders to match: the stream shows what a feed "
		    "displayed; leave out --raw of exch-replay");
	if (r->bad != 0)
		exch_cli_note(&r->cli,
		    "%llu record%s had bad content and could not be matched",
		    (unsigned long long)r->bad, exch_plural(r->bad));
	if (s->rows_idle != 0)
		exch_cli_note(&r->cli,
		    "%llu lines of the timetable were passed over: the stream "
		    "did not know their instruments by then",
		    (unsigned long long)s->rows_idle);
	if (r->undecided != 0)
		exch_cli_note(&r->cli,
		    "%llu LIMIT, KILL or DECISION records had no effect: only "
		    "a gate acts upon them; add --risk FILE, exch-match(1), "
		    "GATE",
		    (unsigned long long)r->undecided);
	match_card_tell(r);
	if (r->cli.verbose == 0)
		return;
	exch_cli_note(&r->cli,
	    "%llu commands, %llu accepted, %llu rejected, %llu executions, "
	    "%llu cancelled, %llu replaced, %llu auctions",
	    (unsigned long long)s->commands, (unsigned long long)s->acks,
	    (unsigned long long)s->rejects, (unsigned long long)s->execs,
	    (unsigned long long)s->cancels, (unsigned long long)s->replaces,
	    (unsigned long long)s->auctions);
	if (r->crew != NULL)
		exch_cli_note(&r->cli,
		    "%u threads executed %llu of them; %llu records waited for "
		    "all before",
		    r->jobs,
		    (unsigned long long)exch_crew_stats(r->crew)->apart,
		    (unsigned long long)exch_crew_stats(r->crew)->alone);
	tell_fidelity(r, s);
}

/*
 * The rest of the day happens only where the day is known to be over: of
 * an input that was cut, what is written is the beginning of what the
 * whole input gives.
 */
int
match_finish(
    void *arg, bool whole, struct exch_writer *out, struct exch_diag *d)
{
	struct run *r = arg;
	int err = 0;

	if (r->engine == NULL)
		return 0;
	err = match_settle(r, d);
	if (err == 0 && whole && r->aside != NULL) {
		err = match_aside_finish(r, d);
	} else if (err == 0 && whole && r->gate.gate != NULL) {
		err = match_gated_finish(r, out, d);
	} else if (err == 0 && whole) {
		err = exch_match_advance(r->engine, EXCH_TS_NONE, d);
		if (err == 0)
			err = exch_match_finish(r->engine, d);
	}
	if (err != 0)
		return err;
	if (!whole && exch_match_stats(r->engine)->held != 0)
		exch_cli_note(&r->cli,
		    "%llu commands were still held by the speed bump: the "
		    "output has them without their events",
		    (unsigned long long)exch_match_stats(r->engine)->held);
	tell(r);
	match_gate_tell(r, whole);
	return r->bad != 0 ? EXCH_EXIT_NO : 0;
}
