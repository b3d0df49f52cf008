/*
 * Frames.  Every frame carries a checksum of all of it, so that damage on
 * the way, or somebody who speaks something else, is told from a frame at
 * once; the blocks inside have their own besides.
 */
#include <config.h>

#include <string.h>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "journal/link.h"

static const char magic[4] = {'X', 'J', 'L', '1'};

static uint32_t
sum(const unsigned char *head, const void *payload, size_t n)
{
	static const unsigned char zero[4];
	uint32_t crc = exch_crc32c(0, head, 12);

	crc = exch_crc32c(crc, zero, 4);
	return n > 0 ? exch_crc32c(crc, payload, n) : crc;
}

static bool
known(uint8_t kind)
{
	return kind != 0 && strchr("HWBACOLN", kind) != NULL;
}

long
exch_link_get(const unsigned char *p, size_t n, struct exch_link_frame *f,
    const char **why)
{
	uint32_t len;

	*why = NULL;
	if (memcmp(p, magic, n < 4 ? n : 4) != 0)
		*why = "not the link of a journal";
	else if (n >= 8 &&
		 (!known(p[4]) || p[5] != 0 || p[6] != 0 || p[7] != 0))
		*why = "unknown kind of frame";
	if (*why != NULL)
		return -1;
	if (n < EXCH_LINK_HEAD)
		return 0;
	len = exch_le32(p + 8);
	if (len > EXCH_LINK_MAX || len % 8 != 0) {
		*why = "frame is too long, or no multiple of 8";
		return -1;
	}
	if (n - EXCH_LINK_HEAD < len)
		return 0;
	if (sum(p, p + EXCH_LINK_HEAD, len) != exch_le32(p + 12)) {
		*why = "checksum of a frame is wrong";
		return -1;
	}
	f->kind = (enum exch_link_kind)p[4];
	f->p = p + EXCH_LINK_HEAD;
	f->n = len;
	return (long)(EXCH_LINK_HEAD + len);
}

void
exch_link_head(unsigned char *head, enum exch_link_kind kind,
    const void *payload, size_t n)
{
	memset(head, 0, EXCH_LINK_HEAD);
	memcpy(head, magic, sizeof(magic));
	head[4] = (uint8_t)kind;
	exch_put_le32(head + 8, (uint32_t)n);
	exch_put_le32(head + 12, sum(head, payload, n));
}

/* ---- payloads ---- */

void
exch_link_put_hello(unsigned char *p, const struct exch_link_hello *h)
{
	memset(p, 0, EXCH_LINK_HELLO_SIZE);
	exch_put_le32(p, h->version);
	exch_put_le32(p + 4, h->begun);
	memcpy(p + 8, h->stream, 16);
	memcpy(p + 24, h->node.id, 16);
	exch_put_le64(p + 40, h->position);
	exch_put_le32(p + 48, h->mark);
}

bool
exch_link_get_hello(const struct exch_link_frame *f, struct exch_link_hello *h)
{
	if (f->kind != EXCH_LINK_HELLO || f->n != EXCH_LINK_HELLO_SIZE)
		return false;
	h->version = exch_le32(f->p);
	h->begun = (exch_le32(f->p + 4) & 1) != 0;
	memcpy(h->stream, f->p + 8, 16);
	memcpy(h->node.id, f->p + 24, 16);
	h->position = exch_le64(f->p + 40);
	h->mark = exch_le32(f->p + 48);
	return true;
}

void
exch_link_put_welcome(unsigned char *p, const struct exch_link_welcome *w)
{
	exch_put_le32(p, w->version);
	exch_put_le32(p + 4, w->sync);
	exch_put_le64(p + 8, w->position);
	memcpy(p + EXCH_LINK_WELCOME_SIZE, w->header, w->nheader);
}

bool
exch_link_get_welcome(
    const struct exch_link_frame *f, struct exch_link_welcome *w)
{
	if (f->kind != EXCH_LINK_WELCOME || f->n < EXCH_LINK_WELCOME_SIZE)
		return false;
	w->version = exch_le32(f->p);
	w->sync = (exch_le32(f->p + 4) & 1) != 0;
	w->position = exch_le64(f->p + 8);
	w->header = f->p + EXCH_LINK_WELCOME_SIZE;
	w->nheader = f->n - EXCH_LINK_WELCOME_SIZE;
	return true;
}

void
exch_link_put_check(unsigned char *p, const struct exch_link_check *c)
{
	exch_put_le64(p, c->position);
	exch_put_le64(p + 8, c->output);
	exch_put_le64(p + 16, c->hash);
}

bool
exch_link_get_check(const struct exch_link_frame *f, struct exch_link_check *c)
{
	if (f->kind != EXCH_LINK_CHECK || f->n != EXCH_LINK_CHECK_SIZE)
		return false;
	c->position = exch_le64(f->p);
	c->output = exch_le64(f->p + 8);
	c->hash = exch_le64(f->p + 16);
	return true;
}

bool
exch_link_get_position(const struct exch_link_frame *f, uint64_t *position)
{
	if ((f->kind != EXCH_LINK_ACK && f->kind != EXCH_LINK_OVER) ||
	    f->n != 8)
		return false;
	*position = exch_le64(f->p);
	return true;
}

bool
exch_node_same(const struct exch_node *a, const struct exch_node *b)
{
	return memcmp(a->id, b->id, sizeof(a->id)) == 0;
}

bool
exch_node_none(const struct exch_node *a)
{
	static const struct exch_node none;

	return exch_node_same(a, &none);
}
