/*
 * The frames of a link and the bytes of a lease: what was put comes back,
 * and no cut and no flipped bit is taken for it.
 */
#include <config.h>

#include "base/bytes.h"
#include "journal/lease.h"
#include "tap.h"

static unsigned char frame[EXCH_LINK_HEAD + 4096];
static size_t len;

static void
make(enum exch_link_kind kind, size_t n)
{
	exch_link_head(frame, kind, frame + EXCH_LINK_HEAD, n);
	len = EXCH_LINK_HEAD + n;
}

/* Whole, cut at every byte, with every bit flipped. */
static void
attack(enum exch_link_kind kind, size_t n, const char *what)
{
	struct exch_link_frame f;
	const char *why;
	unsigned bad = 0;

	make(kind, n);
	tap_is_i64(exch_link_get(frame, len, &f, &why), (int64_t)len, what);
	tap_ok(f.kind == kind && f.n == n && f.p == frame + EXCH_LINK_HEAD,
	    "kind and payload");
	for (size_t i = 0; i < len; i++)
		bad += exch_link_get(frame, i, &f, &why) != 0;
	tap_is_u64(bad, 0, "of a cut frame more is wanted");
	for (size_t i = 0; i < len * 8; i++) {
		frame[i / 8] ^= (unsigned char)(1u << i % 8);
		bad += exch_link_get(frame, len, &f, &why) > 0;
		frame[i / 8] ^= (unsigned char)(1u << i % 8);
	}
	tap_is_u64(bad, 0, "no flipped bit passes");
}

static void
payloads(void)
{
	struct exch_link_hello h = {.version = 1,
	    .begun = true,
	    .stream = {1, 2, 3},
	    .node = {{4, 5}},
	    .position = UINT64_C(0x123456789abcdef),
	    .mark = 0xdeadbeef};
	struct exch_link_check c = {7, 8, UINT64_MAX};
	struct exch_link_welcome w = {.version = 1,
	    .sync = true,
	    .position = 11,
	    .header = "header..",
	    .nheader = 8};
	struct exch_link_hello h2 = {0};
	struct exch_link_check c2 = {0};
	struct exch_link_welcome w2 = {0};
	struct exch_link_frame f = {.p = frame + EXCH_LINK_HEAD};
	unsigned char *p = frame + EXCH_LINK_HEAD;
	uint64_t at;

	exch_link_put_hello(p, &h);
	attack(EXCH_LINK_HELLO, EXCH_LINK_HELLO_SIZE, "HELLO");
	f.kind = EXCH_LINK_HELLO;
	f.n = EXCH_LINK_HELLO_SIZE;
	tap_ok(exch_link_get_hello(&f, &h2) &&
		   memcmp(h.stream, h2.stream, 16) == 0 &&
		   exch_node_same(&h.node, &h2.node) &&
		   h.position == h2.position && h.mark == h2.mark && h2.begun,
	    "HELLO comes back");
	tap_ok(!exch_link_get_check(&f, &c2) &&
		   !exch_link_get_welcome(&f, &w2) &&
		   !exch_link_get_position(&f, &at),
	    "and is nothing else");
	f.n -= 8;
	tap_ok(!exch_link_get_hello(&f, &h2), "one that is too short");

	exch_link_put_check(p, &c);
	attack(EXCH_LINK_CHECK, EXCH_LINK_CHECK_SIZE, "CHECK");
	f.kind = EXCH_LINK_CHECK;
	f.n = EXCH_LINK_CHECK_SIZE;
	tap_ok(exch_link_get_check(&f, &c2) && c2.position == 7 &&
		   c2.output == 8 && c2.hash == UINT64_MAX,
	    "CHECK comes back");

	exch_link_put_welcome(p, &w);
	attack(EXCH_LINK_WELCOME, EXCH_LINK_WELCOME_SIZE + 8, "WELCOME");
	f.kind = EXCH_LINK_WELCOME;
	f.n = EXCH_LINK_WELCOME_SIZE + 8;
	tap_ok(exch_link_get_welcome(&f, &w2) && w2.sync && w2.position == 11 &&
		   w2.nheader == 8 && memcmp(w2.header, "header..", 8) == 0,
	    "WELCOME comes back");
	f.n = EXCH_LINK_WELCOME_SIZE - 8;
	tap_ok(!exch_link_get_welcome(&f, &w2), "one that is too short");

	exch_put_le64(p, 42);
	attack(EXCH_LINK_ACK, 8, "ACK");
	attack(EXCH_LINK_ALIVE, 0, "ALIVE");
}

static void
too_long(void)
{
	struct exch_link_frame f;
	const char *why;

	make(EXCH_LINK_BLOCK, 8);
	exch_put_le32(frame + 8, EXCH_LINK_MAX + 8);
	tap_is_i64(exch_link_get(frame, EXCH_LINK_HEAD, &f, &why), -1,
	    "a frame that is too long is not waited for");
	exch_put_le32(frame + 8, 12);
	tap_is_i64(exch_link_get(frame, EXCH_LINK_HEAD, &f, &why), -1,
	    "nor one that is no multiple of 8");
}

static void
lease(void)
{
	struct exch_lease_state s = {.epoch = 3,
	    .counter = UINT64_MAX,
	    .period = 500,
	    .held = true,
	    .holder = {{1}},
	    .partner = {{2}}};
	struct exch_lease_state t;
	unsigned char p[EXCH_LEASE_SIZE + 1] = {0};
	unsigned bad = 0;

	exch_lease_put(p, &s);
	tap_ok(exch_lease_get(p, EXCH_LEASE_SIZE, &t) == NULL && t.epoch == 3 &&
		   t.counter == UINT64_MAX && t.period == 500 && t.held &&
		   exch_node_same(&t.holder, &s.holder) &&
		   exch_node_same(&t.partner, &s.partner),
	    "a lease comes back");
	for (size_t i = 0; i < EXCH_LEASE_SIZE; i++)
		bad += exch_lease_get(p, i, &t) == NULL;
	bad += exch_lease_get(p, EXCH_LEASE_SIZE + 1, &t) == NULL;
	tap_is_u64(bad, 0, "not one of another length");
	for (size_t i = 0; i < (size_t)EXCH_LEASE_SIZE * 8; i++) {
		p[i / 8] ^= (unsigned char)(1u << i % 8);
		bad += exch_lease_get(p, EXCH_LEASE_SIZE, &t) == NULL;
		p[i / 8] ^= (unsigned char)(1u << i % 8);
	}
	tap_is_u64(bad, 0, "nor one with a flipped bit");
}

int
main(void)
{
	payloads();
	too_long();
	lease();
	return tap_done();
}
