/*
 * Sessions of SoupBinTCP as a capture has them: every client has a connection
 * to the server, logs in, sends messages and is sent numbered ones, until the
 * session ends.  Heartbeats are left out: they would be most of it.
 */
#ifndef EXCH_MD_SOUP_OUT_H
#define EXCH_MD_SOUP_OUT_H

#include "base/buf.h"
#include "base/err.h"

struct exch_soup_client {
	char user[6]; /* with blanks behind it */
	bool open;
	uint32_t sent[2]; /* TCP's numbers: of the client, of the server */
	uint64_t next;	  /* number of the server's next message */
};

struct exch_soup_out {
	char session[10]; /* with blanks before it */
	struct exch_soup_client *client;
	uint32_t n, cap;
	struct exch_buf out; /* what the caller takes away */
};

/* The head of the file; `session` is copied. */
void exch_soup_open(struct exch_soup_out *s, const char session[10]);
/*
 * A client by a number from 0, of whom nothing was asked before if he is new;
 * NULL: no memory.
 */
struct exch_soup_client *exch_soup_client(struct exch_soup_out *s, uint32_t n);
/* A message of at most 80 bytes to the server, or from it.  Opens a session. */
void exch_soup_ask(struct exch_soup_out *s, uint32_t n, exch_ts time,
    const unsigned char *p, size_t len);
void exch_soup_answer(struct exch_soup_out *s, uint32_t n, exch_ts time,
    const unsigned char *p, size_t len);
/* All sessions end. */
void exch_soup_close(struct exch_soup_out *s, exch_ts time);
void exch_soup_free(struct exch_soup_out *s);

#endif
