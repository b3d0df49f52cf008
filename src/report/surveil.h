/*
 * Surveillance: what the detectors of exch-report surveil share.  The method
 * is exch-surveillance(7)'s.
 *
 *	surveil.c	the report: records become events of actors
 *	surveil_rules.c	parameters, links between accounts, cases
 *	surveil_bait.c	spoofing, layering
 *	surveil_wash.c	wash trades
 *	surveil_probe.c	smoking, pinging
 *	surveil_move.c	momentum ignition, ramping, pump and dump
 *	surveil_time.c	stuffing, marking the close, front running
 *	surveil_alert.c	alerts: episodes, rows, the score
 *	surveil_stream.c the stream goes on, with alerts, or as evidence of one
 *
 * An actor is a group of linked accounts in one instrument.  Memory grows with
 * live orders, actors, alerts, and the trades of the longest window.
 */
#ifndef EXCH_REPORT_SURVEIL_H
#define EXCH_REPORT_SURVEIL_H

#include "base/buf.h"
#include "base/keyed.h"
#include "report/cases.h"
#include "report/parties.h"
#include "report/quotes.h"
#include "report/track.h"

enum exch_surv_pattern {
	EXCH_SURV_SPOOFING,
	EXCH_SURV_LAYERING,
	EXCH_SURV_WASH,
	EXCH_SURV_CLOSE,
	EXCH_SURV_FRONT,
	EXCH_SURV_STUFFING,
	EXCH_SURV_MOMENTUM,
	EXCH_SURV_RAMPING,
	EXCH_SURV_PUMP,
	EXCH_SURV_SMOKING,
	EXCH_SURV_PINGING,
	EXCH_SURV_PATTERNS
};

/* X(pattern, name): the rows of the table of parameters, all of them. */
#define EXCH_SURV_RULES(X)                                                     \
	X(spoofing, ratio)                                                     \
	X(spoofing, cancelled)                                                 \
	X(spoofing, before)                                                    \
	X(spoofing, after)                                                     \
	X(spoofing, joined)                                                    \
	X(spoofing, quoted)                                                    \
	X(spoofing, levels)                                                    \
	X(spoofing, share)                                                     \
	X(spoofing, episodes)                                                  \
	X(spoofing, gap)                                                       \
	X(layering, orders)                                                    \
	X(layering, prices)                                                    \
	X(layering, episodes)                                                  \
	X(wash, window)                                                        \
	X(wash, net)                                                           \
	X(wash, share)                                                         \
	X(wash, deviations)                                                    \
	X(wash, pair_share)                                                    \
	X(wash, episodes)                                                      \
	X(close, window)                                                       \
	X(close, middle)                                                       \
	X(close, short)                                                        \
	X(close, share)                                                        \
	X(close, move)                                                         \
	X(close, own)                                                          \
	X(close, trades)                                                       \
	X(close, usual)                                                        \
	X(front, before)                                                       \
	X(front, block)                                                        \
	X(front, trades)                                                       \
	X(front, least)                                                        \
	X(front, most)                                                         \
	X(front, after)                                                        \
	X(front, reversed)                                                     \
	X(front, usual)                                                        \
	X(stuffing, messages)                                                  \
	X(stuffing, deviations)                                                \
	X(stuffing, cancelled)                                                 \
	X(stuffing, filled)                                                    \
	X(stuffing, seconds)                                                   \
	X(momentum, burst)                                                     \
	X(momentum, share)                                                     \
	X(momentum, trades)                                                    \
	X(momentum, move)                                                      \
	X(momentum, unwind)                                                    \
	X(momentum, unwound)                                                   \
	X(ramping, trades)                                                     \
	X(ramping, share)                                                      \
	X(ramping, pause)                                                      \
	X(ramping, size)                                                       \
	X(ramping, steps)                                                      \
	X(pump, rise)                                                          \
	X(pump, days)                                                          \
	X(pump, volume)                                                        \
	X(pump, kept)                                                          \
	X(pump, sold)                                                          \
	X(pump, after)                                                         \
	X(smoking, show)                                                       \
	X(smoking, after)                                                      \
	X(smoking, taken)                                                      \
	X(smoking, share)                                                      \
	X(smoking, episodes)                                                   \
	X(smoking, gap)                                                        \
	X(pinging, window)                                                     \
	X(pinging, size)                                                       \
	X(pinging, probes)                                                     \
	X(pinging, large)                                                      \
	X(pinging, after)                                                      \
	X(pinging, episodes)                                                   \
	X(pinging, gap)

#define EXCH_SURV_ENUM(p, n) EXCH_SURV_##p##_##n,
enum exch_surv_rule { EXCH_SURV_RULES(EXCH_SURV_ENUM) EXCH_SURV_NRULES };

#define EXCH_SURV_IDS 32

struct exch_surv_order {
	struct exch_key key;
	uint32_t actor; /* slots */
	uint32_t prev, next;
	uint32_t mark; /* the candidate it is part of */
	exch_px price;
	exch_qty open;
	exch_ts entered; /* at this price */
	uint8_t side;	 /* 0 buys */
};

/* Orders that may be bait, while the other side has traded. */
struct exch_surv_bait {
	exch_ts filled_at;
	exch_qty resting, real, cancelled;
	uint64_t seq;
	uint32_t mark;			/* 0: none */
	uint32_t orders, prices, share; /* share of the depth, percent */
	exch_oid id[EXCH_SURV_IDS];
};

struct exch_surv_improve {
	exch_px price;
	exch_ts time; /* 0: none */
	exch_oid id;
	exch_qty qty;
	bool withdrawn;
};

/* An order inside the spread that went a moment later. */
struct exch_surv_smoke {
	exch_ts time; /* when it went; 0: none */
	exch_px price;
	exch_oid id;
	exch_qty qty;
};

/* Small orders of a side that live for a moment, one after the other. */
struct exch_surv_probes {
	exch_ts first, last;
	uint64_t seq; /* of the first */
	uint32_t n;
	uint8_t side;
	exch_qty qty;	/* of all */
	exch_oid found; /* the hidden order that one of them met; 0: none */
	exch_ts found_at;
	exch_oid id[EXCH_SURV_IDS]; /* the latest */
};

struct exch_surv_actor {
	struct exch_key key; /* instrument and group */
	uint32_t account;    /* the last one that acted */
	uint32_t head[2];
	uint32_t marks;
	exch_qty open[2];
	/* the most that was open lately: who quotes both sides has much */
	exch_qty most[2];
	exch_ts most_at[2];
	exch_ts since; /* it acted first */
	struct exch_surv_bait bait[2];
	struct exch_surv_improve improve[2];
	struct exch_surv_smoke smoke[2];
	exch_qty smoked; /* of what it has traded */
	struct exch_surv_probes probes;
	/* wash */
	exch_qty self, traded; /* in the episode */
	exch_u128 selfed;      /* of the day */
	uint64_t nself, ntraded;
	exch_ts self_at;
	/* volume of the day */
	exch_qty volume[2], taken;
	/* stuffing: the second at hand */
	uint64_t second;
	uint32_t messages, cancels, fills;
	/* momentum */
	exch_ts burst_at, moved_at, moved_until;
	exch_px burst_from, moved_from;
	uint8_t burst_side, moved_side;
	exch_qty burst, moved, unwound;
	/* ramping */
	exch_ts run_at, run_last;
	exch_px run_px;
	exch_oid run_order;
	uint8_t run_side;
	uint32_t run, run_steps;
	exch_qty run_qty;
	exch_u128 run_total; /* of the instrument when it began */
	/* pump */
	int64_t position, peak;
	exch_ts flat_at, peak_at;
	exch_px flat_px, high_px;
	exch_qty bought, dumped;
	exch_u128 flat_total;
	/* front running: what the house has done lately */
	exch_ts ahead_at;
	uint8_t ahead_side;
	bool ahead_mixed; /* and the other side as well */
	exch_qty ahead;
	exch_ts run_until; /* a block was seen: until then it may turn */
	exch_qty turned, before;
	uint8_t before_side;
	exch_qty block;
	exch_ts before_at;
	/* a client's block */
	exch_ts block_at, block_last;
	uint8_t block_side;
	bool block_told;
	exch_qty block_qty;
	uint8_t role; /* enum exch_role */
	char member[16];
};

/* A trade of the last minutes. */
struct exch_surv_trade {
	exch_ts time;
	exch_px price, before;
	exch_qty qty;
	uint32_t taker; /* slot; 0: nobody's */
	uint8_t side;
};

struct exch_surv_inst {
	exch_px last;
	exch_u128 total;
	exch_u128 trades;
	struct exch_surv_trade *ring; /* `n` from `first` on */
	size_t first, n, cap;
	uint64_t seconds; /* of actors, with their messages */
	exch_u128 sum, squares;
	uint8_t phase;
	bool judged;	 /* its close */
	exch_ts shut_at; /* it has closed, for good or not; 0: it has not */
	uint64_t shut_seq;
};

struct exch_surv_alert {
	char id[96];
	enum exch_surv_pattern pattern;
	const char *kind;
	uint32_t place;
	uint64_t group;
	uint32_t account[4];
	exch_ts start, end;
	exch_ts named; /* the start that its name has */
	exch_ts gap;   /* after the end: it can have no more episodes */
	uint64_t first_seq, last_seq;
	uint32_t episodes, norders;
	exch_oid order[EXCH_SURV_IDS];
	char evidence[256];
	char merged[256]; /* names of those that it has become one with */
	uint64_t score;
	bool told; /* it has enough episodes */
};

struct exch_surv_label {
	char pattern[12];
	char accounts[48];
	char start[32], end[32];
	char orders[4200];
	uint32_t instrument;
	bool found;
};

/* What goes on of the stream, of a run that writes one. */
struct exch_surv_pass {
	const char
	    *only;     /* the evidence of this alert; NULL: all, and ALERTs */
	uint64_t hits; /* the alert was looked for after so many */
	size_t alert;  /* number + 1 of it; 0: it is not there yet */
	exch_ts until; /* what comes later is kept back */
	bool over;     /* it can grow no more */
	struct exch_buf back; /* records, each behind its number */
	uint32_t instr;	      /* the last one looked at, */
	bool wanted;	      /* and what that gave */
};

struct exch_surv {
	struct exch_report_run *run;
	struct exch_track *track;
	struct exch_quotes quotes;
	struct exch_parties parties;
	struct exch_reftable rules, labels;
	struct exch_cases cases;
	int64_t rule[EXCH_SURV_NRULES];
	bool ruled, scores;
	uint8_t matcher;
	struct exch_keyed orders, actors, pairs;
	struct exch_surv_inst *inst;
	uint32_t ninst;
	struct exch_surv_alert *alert;
	size_t nalerts, capalerts;
	uint64_t hits;
	struct exch_surv_pass pass;
	uint64_t seq;
	exch_ts now;
};

/* What somebody did. */
struct exch_surv_fill {
	struct exch_surv_actor *a, *contra;
	const struct exch_life *o, *with;
	uint32_t place;
	uint8_t side; /* 0 buys */
	bool taker;
	exch_px price;
	exch_qty qty;
	exch_px before; /* the trade before this one */
};

#define EXCH_SURV_RULE(s, p, n) ((s)->rule[EXCH_SURV_##p##_##n])

static inline struct exch_surv_actor *
exch_surv_at(const struct exch_surv *s, uint32_t slot)
{
	return exch_keyed_at(&s->actors, slot);
}

static inline exch_ts
exch_surv_ns(int64_t ms)
{
	return (exch_ts)ms * 1000000;
}

/* bp that `to` is above `from`, with the sign of the side. */
static inline int64_t
exch_surv_bp(exch_px from, exch_px to, unsigned side)
{
	exch_i128 bp = from != 0 ? (exch_i128)(to - from) * 10000 / from : 0;

	return (int64_t)(side == 0 ? bp : -bp);
}

/* The most that was open on a side, lately or now. */
static inline exch_qty
exch_surv_most(
    const struct exch_surv *s, const struct exch_surv_actor *a, unsigned side)
{
	exch_ts t = exch_surv_ns(EXCH_SURV_RULE(s, spoofing, quoted));

	return a->most_at[side] + t >= s->now && a->most[side] > a->open[side]
		   ? a->most[side]
		   : a->open[side];
}

/* ---- surveil_rules.c ---- */
int exch_surv_rules_read(struct exch_surv *s, struct exch_diag *d);
/* Of the day: what holds then. */
int exch_surv_rules_of(struct exch_surv *s, uint32_t date, struct exch_diag *d);
/* The group of an account: accounts that are linked have one. */
uint64_t exch_surv_group(const struct exch_surv *s, uint32_t account);

/* ---- surveil_alert.c ---- */
extern const char *const exch_surv_words[EXCH_SURV_PATTERNS];
struct exch_surv_hit {
	enum exch_surv_pattern pattern;
	const char *kind;
	const struct exch_surv_actor *a;
	uint32_t other; /* account, or 0 */
	exch_ts start;
	uint64_t seq; /* of its first record that is known */
	const exch_oid *id;
	uint32_t nids;
	int64_t need; /* so many make an alert */
	exch_ts gap;  /* after that long it is another one */
	uint64_t score;
};
/*
 * Of a pattern whose first episode is an alert already: it has come to its
 * end with the execution at hand, of an order that is named.
 */
struct exch_surv_hit exch_surv_once(const struct exch_surv *s,
    enum exch_surv_pattern pattern, const char *kind,
    const struct exch_surv_fill *f, exch_ts start);
/* One more episode; `evidence` is of the last one. */
int exch_surv_hit(struct exch_surv *s, const struct exch_surv_hit *h,
    struct exch_diag *d, const char *evidence, ...)
    __attribute__((format(printf, 4, 5)));
int exch_surv_columns(struct exch_report_run *run, struct exch_diag *d);
void exch_surv_put(struct exch_surv *s);
/* At the end, before anything is written: in order, each once. */
void exch_surv_settle(struct exch_surv *s);
/* Its name, into al->id: the same on every run, at any time of it. */
void exch_surv_name(const struct exch_surv *s, struct exch_surv_alert *al);
/* Are they of one actor, and do they become one? */
bool exch_surv_merges(
    const struct exch_surv_alert *strong, const struct exch_surv_alert *weak);
/* Its accounts, or orders, with blanks between them: how many bytes. */
#define EXCH_SURV_ACCOUNTS_TEXT 160
#define EXCH_SURV_ORDERS_TEXT (EXCH_SURV_IDS * 21 + 24)
size_t exch_surv_accounts(const struct exch_surv *s,
    const struct exch_surv_alert *al, char text[EXCH_SURV_ACCOUNTS_TEXT]);
size_t exch_surv_orders(
    const struct exch_surv_alert *al, char text[EXCH_SURV_ORDERS_TEXT]);

/* ---- surveil_stream.c ---- */
/* Of the parameters add and extract: it opens run->writer. */
int exch_surv_stream_open(struct exch_surv *s, struct exch_diag *d);
int exch_surv_stream_pass(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d);
/* EXCH_ERR_ABSENT: the day has no such alert. */
int exch_surv_stream_close(struct exch_surv *s, struct exch_diag *d);
void exch_surv_stream_free(struct exch_surv *s);

/* ---- detectors ---- */
void exch_surv_bait_enter(struct exch_surv *s, struct exch_surv_actor *a,
    const struct exch_surv_order *o);
int exch_surv_bait_fill(
    struct exch_surv *s, const struct exch_surv_fill *f, struct exch_diag *d);
int exch_surv_bait_gone(struct exch_surv *s, struct exch_surv_actor *a,
    const struct exch_surv_order *o, exch_qty qty, struct exch_diag *d);
/* surveil_probe.c; before surveil_bait.c looks at the same order. */
void exch_surv_smoke_gone(struct exch_surv *s, struct exch_surv_actor *a,
    const struct exch_surv_order *o);
int exch_surv_smoke_fill(
    struct exch_surv *s, const struct exch_surv_fill *f, struct exch_diag *d);
void exch_surv_probe_enter(struct exch_surv *s, struct exch_surv_actor *a,
    const struct exch_life *l, uint32_t place);
int exch_surv_probe_fill(
    struct exch_surv *s, const struct exch_surv_fill *f, struct exch_diag *d);
/* Once for each execution, f being the buyer's. */
int exch_surv_wash(
    struct exch_surv *s, const struct exch_surv_fill *f, struct exch_diag *d);
int exch_surv_move(
    struct exch_surv *s, const struct exch_surv_fill *f, struct exch_diag *d);
int exch_surv_front(
    struct exch_surv *s, const struct exch_surv_fill *f, struct exch_diag *d);
int exch_surv_message(struct exch_surv *s, struct exch_surv_actor *a,
    uint32_t place, bool cancel, bool fill, struct exch_diag *d);
/*
 * It has closed: by a closing call, or because no more comes.  A pause at noon
 * looks like a close until trading goes on: `shut` and `opens` are told of it.
 */
int exch_surv_close(struct exch_surv *s, uint32_t place, struct exch_diag *d);
void exch_surv_shut(struct exch_surv *s, uint32_t place);
void exch_surv_opens(struct exch_surv *s, uint32_t place);
/* A trade is put where the windows look. */
int exch_surv_remember(
    struct exch_surv *s, const struct exch_surv_fill *f, struct exch_diag *d);

#endif
