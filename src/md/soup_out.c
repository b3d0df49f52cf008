/* SoupBinTCP as it is written (soup_out.h). */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "md/soup_out.h"
#include "md/wire.h"

#define HEADS (EXCH_WIRE_ETHERNET + EXCH_WIRE_IPV4 + EXCH_WIRE_TCP)
/* Of SoupBinTCP: length and type; the longest packet is a login. */
#define HEAD 3u
#define MOST 80u

/* Ports of one address of 198.51.100.0 (RFC 5737). */
#define FIRST_PORT 10000u
#define PORTS 50000u

enum { CLIENT, SERVER };

void
exch_soup_open(struct exch_soup_out *s, const char session[10])
{
	*s = (struct exch_soup_out){.n = 0};
	memcpy(s->session, session, sizeof(s->session));
	exch_wire_file(&s->out);
}

struct exch_soup_client *
exch_soup_client(struct exch_soup_out *s, uint32_t n)
{
	uint32_t cap = s->cap == 0 ? 64 : s->cap;
	struct exch_soup_client *p;

	while (cap <= n)
		cap *= 2;
	if (cap != s->cap) {
		p = exch_realloc(s->client, cap, sizeof(*p));
		if (p == NULL)
			return NULL;
		memset(p + s->cap, 0, (cap - s->cap) * sizeof(*p));
		s->client = p;
		s->cap = cap;
	}
	s->n = n < s->n ? s->n : n + 1;
	return &s->client[n];
}

/* A segment of one side. */
static void
put_segment(struct exch_soup_out *s, uint32_t n, unsigned from, exch_ts time,
    uint8_t flags, const unsigned char *p, size_t len)
{
	struct exch_soup_client *c = &s->client[n];
	unsigned char client[4] = {
	    198, 51, 100, (unsigned char)(1 + n / PORTS % 254)};
	unsigned port = FIRST_PORT + n % PORTS;
	struct exch_wire_ip ip = {from == CLIENT ? client : exch_wire_host,
	    from == CLIENT ? exch_wire_host : client, 6, 64};
	struct exch_wire_tcp tcp = {from == CLIENT ? port : EXCH_WIRE_PORT,
	    from == CLIENT ? EXCH_WIRE_PORT : port, c->sent[from],
	    (flags & EXCH_WIRE_ACK) != 0 ? c->sent[!from] : 0, flags};
	unsigned char *to;

	exch_wire_record(&s->out, time, HEADS + len);
	to = (void *)exch_buf_room(&s->out, HEADS + len);
	if (to == NULL)
		return;
	if (len != 0)
		memcpy(to + HEADS, p, len);
	exch_wire_ip(to, &ip, EXCH_WIRE_TCP + len);
	exch_wire_tcp(to + EXCH_WIRE_ETHERNET + EXCH_WIRE_IPV4, &ip, &tcp,
	    EXCH_WIRE_TCP + len);
	s->out.len += HEADS + len;
	c->sent[from] += (uint32_t)len;
	c->sent[from] += (flags & (EXCH_WIRE_SYN | EXCH_WIRE_FIN)) != 0;
}

static void
put_packet(struct exch_soup_out *s, uint32_t n, unsigned from, exch_ts time,
    char type, const void *p, size_t len)
{
	unsigned char m[HEAD + MOST];

	exch_put_be16(m, (uint16_t)(1 + len));
	m[2] = (unsigned char)type;
	if (len != 0)
		memcpy(m + HEAD, p, len);
	put_segment(
	    s, n, from, time, EXCH_WIRE_PSH | EXCH_WIRE_ACK, m, HEAD + len);
}

/* Three segments, a login of any session from 1 on, and its acceptance. */
static void
open_session(struct exch_soup_out *s, uint32_t n, exch_ts time)
{
	struct exch_soup_client *c = &s->client[n];
	char m[MOST];

	if (c->open)
		return;
	c->open = true;
	c->next = 1;
	put_segment(s, n, CLIENT, time, EXCH_WIRE_SYN, NULL, 0);
	put_segment(s, n, SERVER, time, EXCH_WIRE_SYN | EXCH_WIRE_ACK, NULL, 0);
	put_segment(s, n, CLIENT, time, EXCH_WIRE_ACK, NULL, 0);
	(void)snprintf(m, sizeof(m), "%.6s%10s%10s%20d", c->user, "", "", 1);
	put_packet(s, n, CLIENT, time, 'L', m, 46);
	(void)snprintf(m, sizeof(m), "%.10s%20d", s->session, 1);
	put_packet(s, n, SERVER, time, 'A', m, 30);
}

void
exch_soup_ask(struct exch_soup_out *s, uint32_t n, exch_ts time,
    const unsigned char *p, size_t len)
{
	open_session(s, n, time);
	put_packet(s, n, CLIENT, time, 'U', p, len);
}

void
exch_soup_answer(struct exch_soup_out *s, uint32_t n, exch_ts time,
    const unsigned char *p, size_t len)
{
	open_session(s, n, time);
	put_packet(s, n, SERVER, time, 'S', p, len);
	s->client[n].next++;
}

void
exch_soup_close(struct exch_soup_out *s, exch_ts time)
{
	for (uint32_t n = 0; n < s->n; n++) {
		if (!s->client[n].open)
			continue;
		put_packet(s, n, SERVER, time, 'Z', NULL, 0);
		put_segment(
		    s, n, SERVER, time, EXCH_WIRE_FIN | EXCH_WIRE_ACK, NULL, 0);
		put_segment(
		    s, n, CLIENT, time, EXCH_WIRE_FIN | EXCH_WIRE_ACK, NULL, 0);
		put_segment(s, n, SERVER, time, EXCH_WIRE_ACK, NULL, 0);
	}
}

void
exch_soup_free(struct exch_soup_out *s)
{
	exch_free(s->client);
	exch_buf_free(&s->out);
}
