/*
 * What a primary and its standby say to each other over a connection, as
 * frames (exch-journal(5), LINKS).  Encoding and decoding only: any bytes may
 * come in, and nothing here reads or writes.
 */
#ifndef EXCH_JOURNAL_LINK_H
#define EXCH_JOURNAL_LINK_H

#include "base/err.h"
#include "rec/frame.h"

#define EXCH_LINK_VERSION 1u
#define EXCH_LINK_HEAD 16u
/*
 * The longest payload: a block with its front, and a little.  All are
 * multiples of 8, so that records keep their alignment.
 */
#define EXCH_LINK_MAX (EXCH_FRAME_FRONT_MAX + EXCH_BLOCK_MAX + 64u)

enum exch_link_kind {
	EXCH_LINK_HELLO = 'H',	 /* standby: who I am, what I have */
	EXCH_LINK_WELCOME = 'W', /* primary: what will come */
	EXCH_LINK_BLOCK = 'B',	 /* primary: a block of the journal */
	EXCH_LINK_ACK = 'A',	 /* standby: durable up to here */
	EXCH_LINK_CHECK = 'C',	 /* primary: the state at a position */
	EXCH_LINK_OVER = 'O',	 /* primary: the input had its end */
	EXCH_LINK_ALIVE = 'L',	 /* either: still here */
	EXCH_LINK_NO = 'N'	 /* either: why it ends */
};

/* A name for the place where a journal is kept; all zeros: none. */
struct exch_node {
	uint8_t id[16];
};

struct exch_link_hello {
	uint32_t version;
	bool begun; /* it has a journal: stream and mark count */
	uint8_t stream[16];
	struct exch_node node;
	uint64_t position; /* records it has, durable */
	uint32_t mark;	   /* checksum in the header of its last block */
};

struct exch_link_welcome {
	uint32_t version;
	bool sync;	    /* results wait for acks */
	uint64_t position;  /* where the blocks begin */
	const void *header; /* the H block of the journal, inside the frame */
	size_t nheader;
};

struct exch_link_check {
	uint64_t position; /* records of input */
	uint64_t output;   /* records of output behind them */
	uint64_t hash;	   /* of the engine's state there */
};

struct exch_link_frame {
	enum exch_link_kind kind;
	const unsigned char *p; /* the payload */
	size_t n;
};

/*
 * The frame at p, of which n bytes are there: its length, 0 when more are
 * needed, or -1 with what is wrong.
 */
long exch_link_get(const unsigned char *p, size_t n, struct exch_link_frame *f,
    const char **why);
/* The head of a frame whose payload follows; 16 bytes. */
void exch_link_head(unsigned char *head, enum exch_link_kind kind,
    const void *payload, size_t n);

#define EXCH_LINK_HELLO_SIZE 56u
#define EXCH_LINK_WELCOME_SIZE 16u /* without the header block */
#define EXCH_LINK_CHECK_SIZE 24u

void exch_link_put_hello(unsigned char *p, const struct exch_link_hello *hello);
void exch_link_put_welcome(unsigned char *p, const struct exch_link_welcome *w);
void exch_link_put_check(unsigned char *p, const struct exch_link_check *c);
/* False when the payload is none of these. */
bool exch_link_get_hello(
    const struct exch_link_frame *f, struct exch_link_hello *hello);
bool exch_link_get_welcome(
    const struct exch_link_frame *f, struct exch_link_welcome *w);
bool exch_link_get_check(
    const struct exch_link_frame *f, struct exch_link_check *c);
/* The position of an ack or of the end. */
bool exch_link_get_position(
    const struct exch_link_frame *f, uint64_t *position);

bool exch_node_same(const struct exch_node *a, const struct exch_node *b);
bool exch_node_none(const struct exch_node *a);

#endif
