/*
 * Decoders: outside bytes in, records out.  A decoder knows its format and
 * nothing else; what the records mean for a market is decided by those who
 * take them.  A new feed is one file plus a row in table.c.
 */
#ifndef EXCH_FEED_FEED_H
#define EXCH_FEED_FEED_H

#include "base/err.h"
#include "rec/rec.h"
#include "rec/zio.h"

struct exch_dir;
struct exch_names;
struct exch_scn_more; /* feed/scenario.h */
struct exch_tz;

/* Where a decoded message stood, for reports of trouble. */
struct exch_feed_at {
	enum exch_pos kind;
	uint64_t where;	 /* packet, line or byte */
	uint64_t offset; /* inside the packet */
};

/*
 * Who takes what a decoder finds.  A non-zero return ends the decoding and
 * is passed up (EXCH_ERR_STOP: enough).  Records are good during the call
 * and have source 0: the taker's writer numbers them.
 */
struct exch_feed_sink {
	void *arg;
	int (*record)(void *arg, const struct exch_rec *r, struct exch_diag *d);
	/*
	 * The same for n bytes of whole records at a time, one behind the
	 * other; NULL: one by one.  Decoders of large inputs then run ahead
	 * of the taker, but never while they wait for input.
	 */
	int (*run)(
	    void *arg, const struct exch_rec *r, size_t n, struct exch_diag *d);
	/*
	 * Malformed input that was skipped: reported and counted, the run goes
	 * on unless the taker says otherwise.
	 */
	int (*trouble)(void *arg, const struct exch_feed_at *at,
	    const char *text, struct exch_diag *d);
	/* The input names the zone of its times; NULL: of no interest. */
	void (*zone)(void *arg, const char *name);
	/*
	 * Order ids of the input do not tell which came first, whatever
	 * ids_ascend says of its kind: told before its records.  NULL: of no
	 * interest.
	 */
	void (*by_arrival)(void *arg);
	/*
	 * The input makes commands, whatever `book` says of its kind: told
	 * before the first of them.  NULL: of no interest.
	 */
	void (*commands)(void *arg);
};

/* What the input cannot tell, from options. */
struct exch_feed_opts {
	uint32_t date;		  /* YYYYMMDD, 0 unknown */
	const struct exch_tz *tz; /* NULL unknown (ITCH: US/Eastern needed) */
	const char *symbol;	  /* for inputs that name none, or NULL */
	exch_px tick;		  /* 0 unknown */
	const char *as;		  /* feed forced by --as, or NULL */
	const char *columns;	  /* order CSV column map, or NULL */
	bool capture_time;
	/*
	 * Instruments that earlier inputs announced, or NULL: text inputs use
	 * their ids and need no tick for them.
	 */
	const struct exch_dir *known;
	/* Account names of all inputs of a run (feed/names.h), or NULL. */
	struct exch_names *accounts;
	/* Number for the first order that has none of its own; 0: 1. */
	exch_oid first_order;
	/* The same for the first account; 0: 1. */
	uint32_t first_account;
	/*
	 * Finds a zone that the input names ("Asia/Shanghai"), NULL: only
	 * fixed offsets are understood.  The zone is the caller's afterwards.
	 */
	int (*zone)(const char *name, struct exch_tz **tz, struct exch_diag *d);
	/* What a scenario may say beyond orders, or NULL. */
	const struct exch_scn_more *more;
};

/*
 * A line of a capture: numbered packets that go to one address and port.  Two
 * lines of a feed carry the same messages.
 */
struct exch_feed_line {
	uint8_t family; /* 4 or 6 */
	uint16_t port;
	unsigned char addr[16]; /* 4 of them for family 4 */
	unsigned char key[10];	/* of its session (feed/seq.h) */
	uint64_t next;		/* its own next number; 0: nothing came */
	uint64_t packets;
	uint64_t messages;
	uint64_t first;	   /* messages that nobody had brought before */
	uint64_t gaps;	   /* times that it jumped ahead */
	uint64_t passed;   /* messages that it jumped over */
	uint64_t back;	   /* packets that came behind later ones of it ... */
	uint64_t depth;	   /* ... by so many messages at most */
	uint64_t sessions; /* that it began, or began again */
};
#define EXCH_FEED_LINES 64

/* What was seen; decoders add to it. */
struct exch_feed_stats {
	uint64_t bytes;
	uint64_t packets;
	uint64_t packets_other; /* not for the feed: other protocol or port */
	uint64_t packets_cut;	/* captured shorter than sent */
	uint64_t packets_bad;
	uint64_t fragments;	 /* IP fragments seen */
	uint64_t fragments_lost; /* datagrams never completed */
	uint64_t messages;
	uint64_t messages_bad;
	uint64_t messages_unknown; /* type not in the specification */
	uint64_t by_type[256];	   /* per message type byte */
	uint64_t by_code[256];	   /* the same, of types that are no letters */
	uint64_t lines;
	/* MoldUDP64, over all sessions */
	uint64_t sessions;
	uint64_t heartbeats;
	uint64_t ends; /* end-of-session packets */
	uint64_t gaps;
	uint64_t gap_messages;
	uint64_t duplicates; /* messages seen before */
	uint64_t reordered;  /* packets that came late and were put in place */
	uint64_t late;	     /* messages too late for their place: left out */
	uint64_t conflicts;  /* messages whose two copies differ */
	/* those that came first, if there are more */
	unsigned nlines;
	struct exch_feed_line line[EXCH_FEED_LINES];
};

/* How a decoder describes itself. */
struct exch_feed {
	const char *name; /* for --as and messages: "itch50", "lobster" */
	const char *what; /* one line for --help */
	/*
	 * True when the first bytes look like this feed (may be NULL: only
	 * by --as).  Up to 4096 bytes are given.
	 */
	bool (*match)(const unsigned char *p, size_t n);
	/* Decode the whole input.  EXCH_ERR_NEED asks for an option. */
	int (*run)(struct exch_in *in, const struct exch_feed_opts *o,
	    const struct exch_feed_sink *sink, struct exch_feed_stats *st,
	    struct exch_diag *d);
	/*
	 * True when it makes BOOK_* records that need aggressors put back;
	 * false when it makes commands.
	 */
	bool book;
	/*
	 * Its order ids follow the time at which orders came in, within an
	 * instrument: one displayed behind a higher one was only hidden before.
	 */
	bool ids_ascend;
};

/* The feeds, one per file. */
extern const struct exch_feed exch_feed_pcap;
extern const struct exch_feed exch_feed_itchfile;
extern const struct exch_feed exch_feed_iextp;
extern const struct exch_feed exch_feed_pitchbin;
extern const struct exch_feed exch_feed_tcp;
extern const struct exch_feed exch_feed_pitch;
extern const struct exch_feed exch_feed_sselog;
extern const struct exch_feed exch_feed_bitstamp;
extern const struct exch_feed exch_feed_dbn;
extern const struct exch_feed exch_feed_fix;
extern const struct exch_feed exch_feed_lobster;
extern const struct exch_feed exch_feed_orders;
extern const struct exch_feed exch_feed_scenario;
/* The day of a scenario that tells none: exch-scenario(5). */
#define EXCH_SCENARIO_DATE 20000103

/*
 * As many first bytes as it takes to know the kind of an input and no
 * more, for a live one may not have more for long: four of a capture or
 * a record stream, a line of text, 4096 of anything else.
 */
int exch_feed_peek(struct exch_in *in, const unsigned char **p, size_t *n,
    struct exch_diag *d);
/* The table of feeds in order of recognition; *n receives how many. */
const struct exch_feed *const *exch_feed_all(unsigned *n);
/*
 * Recognise by content, or by o->as, which names what is inside: with
 * "itch50" a capture is still read as a capture.  EXCH_ERR_FORMAT with a
 * diagnosis that names the kinds known; EXCH_ERR_ABSENT: no feed has the
 * name in o->as.
 */
int exch_feed_recognise(struct exch_in *in, const struct exch_feed_opts *o,
    const struct exch_feed **feed, struct exch_diag *d);

/* ---- pieces that feeds share ---- */

/* An ITCH 5.0 decoder's memory: instruments announced, date base. */
struct exch_itch;
struct exch_run; /* feed/run.h */
int exch_itch_new(const struct exch_feed_opts *o, struct exch_run *run,
    struct exch_feed_stats *st, struct exch_itch **out, struct exch_diag *d);
void exch_itch_free(struct exch_itch *it);
/* Decode one message of n bytes. */
int exch_itch_message(struct exch_itch *it, const unsigned char *p, size_t n,
    const struct exch_feed_at *at, struct exch_diag *d);

#endif
