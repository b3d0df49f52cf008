/*
 * The state of the general market (general.h): what orders have beyond
 * their slots, per instrument and in all.  Apart because the engine's own
 * state holds it.
 */
#ifndef EXCH_MATCH_SPECIAL_H
#define EXCH_MATCH_SPECIAL_H

#include "book/book.h"
#include "match/alloc.h"
#include "match/chain.h"
#include "match/guard.h"

enum exch_where {
	EXCH_AT_NONE = 0, /* gone, or not anywhere yet */
	EXCH_AT_BOOK,
	EXCH_AT_DARK,
	EXCH_AT_HALF,
	EXCH_AT_STOPS,
	EXCH_AT_WAIT,
	EXCH_AT_QUEUE, /* triggered, its turn is to come */
	EXCH_AT_TURN   /* it is its turn */
};

/* How an order stands to its parent: child.c. */
enum exch_child {
	EXCH_CHILD_NOT = 0, /* it has none, or has come in */
	EXCH_CHILD_WAITS,
	EXCH_CHILD_CALLED /* the parent is gone, its turn is to come */
};

/* The owner field of a slot: an account, or with this bit a special. */
#define EXCH_SPECIAL UINT32_C(0x80000000)

/*
 * What an order has beyond its slot.  Open quantity: the slot's, if it
 * stands in a book, and reserve.
 */
struct exch_special {
	exch_oid id;
	uint64_t entry; /* number of its entry; 0: free */
	exch_qty reserve;
	exch_qty peak;	 /* iceberg: what it shows; 0: everything */
	exch_qty min;	 /* quantity of each execution, or on entry */
	exch_px price;	 /* limit or cap, or none */
	exch_px stop;	 /* trigger; trailing: present one */
	exch_px extreme; /* trailing: highest or lowest price since entry */
	uint64_t trail;	 /* trailing: distance; 0: it does not */
	exch_px offset;	 /* peg */
	exch_px working; /* peg: present price, none: it waits */
	exch_ts time;	 /* of receipt */
	exch_qty came;	 /* what it had then */
	exch_ts expire;	 /* EXCH_TS_NONE: never */
	uint64_t group;	 /* of self-trade prevention, 0: the account's */
	uint64_t oco;
	uint64_t seen; /* the last look in which its group was met */
	uint64_t session;
	uint64_t request;   /* entry of the request it answers, or 0 */
	uint32_t asked;	    /* where that request stands */
	exch_oid parent;    /* of a child that waits for it */
	exch_u128 executed; /* in its life: more than fits, if it is replaced
			      * often enough */
	exch_u128 share;    /* child: what its parent had executed when it
			      * came, then what it executed since */
	exch_px discretion; /* if it is discreet */
	uint32_t instr;
	uint32_t account;
	exch_slot slot;
	uint32_t prev, next; /* of the instrument, by entry */
	struct exch_link link[EXCH_CHAINS];
	uint32_t heap_at; /* place among those that expire, from 1 */
	uint32_t refreshes;
	uint8_t where; /* enum exch_where */
	uint8_t side;  /* buy or sell */
	uint8_t type;
	uint8_t tif;
	uint8_t flags;
	uint8_t stp;
	uint8_t peg;
	uint8_t trail_kind;
	uint8_t vary;	/* percent */
	uint8_t child;	/* enum exch_child */
	bool min_total; /* `min` counts on entry only */
	bool quote;	/* its account quoted it */
	bool discreet;	/* it may trade beyond its limit */
	bool is_parent; /* orders wait, or waited, for it */
	bool sold_short;
	bool watches; /* counted in nwatch */
	bool linked;  /* others of its group are, or were, in other shards */
};

/* An instrument's share of the general market. */
struct exch_more {
	struct exch_book dark;
	struct exch_book half;
	struct exch_book stops;
	struct exch_book wait;
	uint32_t first, last; /* specials by entry */
	uint32_t npeg;
	uint32_t ntrail;
	uint32_t ndiscreet;
	uint32_t ngrouped; /* orders of groups that cancel each other */
	uint32_t nlinked;  /* of them those with others in other shards */
	/*
	 * How far they come, by exch_book_index() of their side: what is
	 * beyond concerns none of them, so that they are not walked for it.
	 * Wider than need be where some are gone; made exact by a walk.
	 */
	exch_px still[2]; /* no trailing stop moves before that price */
	exch_px reach[2]; /* no discretion ends further in the market */
	bool dirty;	  /* its pegs may have to move */
	/* In a market at the midpoint: all stand where that middle, or that
	 * there was none, has put them. */
	bool followed;
	exch_px mid;
	/* Requests that ended and may have left answers: how many, no more
	 * than 2, and the entry of the last. */
	uint8_t unasked;
	uint64_t ended;
	/* Per side: the first order that bettered the market, while it lives
	 * and nobody betters it; and what an allocation remembers. */
	exch_slot top[2];
	struct exch_alloc_state alloc[2];
	struct exch_guarded guard;
};

/* Numbers of clients that are remembered; a power of two. */
#define EXCH_CLIENTS 65536u

/* What a client called an order, and what it was told. */
struct exch_client {
	uint64_t id;
	exch_oid order;
	unsigned char digest[16]; /* of all the order said */
	uint32_t account;
	uint16_t code; /* enum exch_reject; 0: an ACK */
};

struct exch_clients {
	struct exch_client *ring; /* NULL until one comes, so is table */
	uint32_t *table;	  /* places in the ring from 1; 0: free */
	uint32_t next;		  /* place of the ring to be used next */
	bool full;
};

/* An order whose turn is to come. */
struct exch_triggered {
	uint32_t special;
	uint32_t instr;
	uint64_t entry;
	exch_px price;
	/* part.h: in whose course it was pushed, and how many before it. */
	uint32_t from;
	uint32_t gen;
};

/*
 * The command in hand: of whoever executes it, and handed on to the shard
 * of an instrument it reaches (exch_visit in engine.h).
 */
struct exch_hand {
	uint64_t entries; /* number of the last entry */
	uint32_t ndirty;  /* instruments whose pegs may have to move */
	bool elsewhere;	  /* they are being looked at */
	bool phases;	  /* the phase of all instruments is changing */
	bool by_clock;	  /* no record asked for this phase */
	/* Triggered orders, served from the front. */
	struct exch_triggered *queue;
	size_t queue_at, queue_n, queue_cap;
};

/* A shard's share of it. */
struct exch_general {
	struct exch_special *special; /* 0 is none */
	uint32_t nspecial, cap, free; /* free list through next */
	uint32_t live;		      /* specials of all instruments */
	uint32_t *heap; /* those that expire, soonest first, from 1 */
	uint32_t nheap, cap_heap;
	struct exch_chains chains[EXCH_CHAINS];
	uint64_t look;	   /* number of the present look at groups */
	uint32_t *scratch; /* specials of a round or a mass cancel */
	size_t nscratch, cap_scratch;
	uint64_t seed;
	uint8_t stp; /* the market's mode */
	struct exch_alloc_scratch scratch_alloc;
	/* Orders of the level being allocated. */
	struct exch_share {
		exch_oid id;
		exch_slot slot;
	} * share;
	struct exch_alloc_order *share_order;
	exch_qty *share_part;
	size_t cap_share;
	/* Groups that executed in the auction in hand. */
	struct exch_fired {
		uint64_t group;
		uint32_t account;
		uint32_t special;
		uint64_t entry; /* 0: it was filled */
	} * fired;
	size_t nfired, cap_fired;
	/* Executions that are broken: open addressing, a power of two. */
	struct exch_broken {
		uint64_t match; /* 0: free */
		uint32_t instr;
	} * broken;
	size_t nbroken, cap_broken;
};

#endif
