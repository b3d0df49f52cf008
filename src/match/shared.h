/*
 * An engine is one or several shards (struct exch_match, engine.h): each
 * owns the books, orders and scratch memory of its instruments.  Here is
 * what they have in common.
 *
 * Commands that concern one instrument and nothing else are local: shards
 * may execute those of their own instruments at the same time, each on its
 * thread (crew.h).  Everything else is executed alone, while the others
 * rest, and may reach into every shard.
 *
 *	of a shard      books, specials with their buckets, heap and lists,
 *	                executions not compared or broken, alarms, scratch,
 *	                statistics, and for the time of a command its hand
 *	of an instrument  in struct exch_instr, touched by its shard
 *	read at any time, changed by who is alone
 *	                the directory, phases by default, options, the market,
 *	                accounts announced and shut out, the breaker's state,
 *	                when bands double, the next row of the timetable
 *	used by who is alone
 *	                clients' numbers, the throttle, what a speed bump
 *	                holds, the horizon of the clock
 *
 * What makes a command reach further:
 *
 *	any record but NEW, CANCEL, REPLACE, QUOTE, ACCEPT, BLOCK, BREAK,
 *	EXPECT; the clock; an order of a one-cancels-other group; a client's
 *	number; a throttle or speed bump; everything in an instrument that
 *	is `wide`: one of its orders has others of its group in another
 *	shard, or it is the index of a market-wide breaker.  And where there
 *	are such groups at all, REPLACE: it may give an order to another
 *	account, and so to another group.
 */
#ifndef EXCH_MATCH_SHARED_H
#define EXCH_MATCH_SHARED_H

#include "match/guard.h"
#include "match/match.h"
#include "match/special.h"

/* The directory has pages, made when an instrument of theirs is announced. */
#define EXCH_INSTR_PAGE 256u
#define EXCH_INSTR_PAGES ((EXCH_INSTR_MAX + 1) / EXCH_INSTR_PAGE)

struct exch_shared {
	struct exch_match *shard[EXCH_SHARDS_MAX];
	uint32_t nshards;
	struct exch_part *part; /* part.h; NULL: all instruments are ours */
	/* Shards execute commands of their own at this moment. */
	bool apart;
	/* Several shards: what the next one to execute alone goes on from. */
	exch_ts now;
	uint64_t entries;
	struct exch_writer *out;
	uint32_t dealt; /* instruments that have their shards */
	struct exch_match_stats sum;

	/* Pages of the directory that have instruments, a bit each. */
	uint64_t used[EXCH_INSTR_PAGES / 64];
	size_t next_row;  /* of the timetable */
	uint32_t *killed; /* accounts, ascending: one look per order */
	size_t nkilled, cap_killed;
	bool killed_all;
	struct exch_clients clients;
	/* Accounts announced: open addressing, a power of two; 0 is free. */
	struct exch_announced {
		uint32_t id;
		char member[16];
	} * account;
	size_t naccount, cap_account;
	bool asked;	 /* the rules of some shard look them up */
	bool midpoints;	 /* some shard's market is at the midpoint: mid.c */
	exch_ts horizon; /* the clock is on its way to there */
	exch_ts doubles; /* when bands do, EXCH_TS_NONE: never again */
	struct exch_breaker breaker;
	struct exch_rate *rate; /* open addressing, a power of two */
	size_t nrate, cap_rate;
	/* Held commands: the time of each and its bytes, one after another. */
	unsigned char *held;
	size_t held_at, held_n, held_cap;
	exch_ts held_last; /* of the last of them */
};

#endif
