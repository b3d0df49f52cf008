/*
 * Reassembly of IP fragments.  Bounded in number and in age by capture
 * time; a datagram with holes waits until it is too old or its slot is
 * needed.  Fragments that overlap with different bytes give the whole
 * datagram up (RFC 5722, applied to IPv4 as well): there is no telling
 * which copy the receiver saw.
 */
#include <config.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "feed/net.h"

#define DATAGRAM_MAX 65535
#define UNITS ((DATAGRAM_MAX + 7) / 8)

/*
 * A datagram in the making.  `have` marks the 8-byte units that are there;
 * only the last unit of a datagram may be shorter.
 */
struct datagram {
	bool used;
	bool dead; /* given up; kept so that its later pieces are dropped */
	uint8_t family;
	uint8_t proto;
	uint32_t id;
	unsigned char addr[32]; /* source, destination */
	exch_ts first;		/* capture time of its first piece */
	size_t total;		/* 0 until the last piece is there */
	size_t units;		/* marked */
	unsigned char *bytes;	/* DATAGRAM_MAX of them */
	uint64_t have[(UNITS + 63) / 64];
};

struct exch_frag {
	uint64_t lost;
	struct datagram slot[EXCH_FRAG_SLOTS];
};

struct exch_frag *
exch_frag_new(void)
{
	return exch_calloc(1, sizeof(struct exch_frag));
}

void
exch_frag_free(struct exch_frag *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < EXCH_FRAG_SLOTS; i++)
		exch_free(f->slot[i].bytes);
	exch_free(f);
}

uint64_t
exch_frag_lost(const struct exch_frag *f)
{
	return f->lost;
}

static void
release(struct exch_frag *f, struct datagram *g, bool lost)
{
	if (lost && !g->dead)
		f->lost++;
	g->used = false;
}

void
exch_frag_expire(struct exch_frag *f, exch_ts now, bool all)
{
	for (size_t i = 0; i < EXCH_FRAG_SLOTS; i++) {
		struct datagram *g = &f->slot[i];

		if (g->used &&
		    (all || (now > g->first && now - g->first > EXCH_FRAG_AGE)))
			release(f, g, true);
	}
}

static bool
same(const struct datagram *g, const struct exch_net_ip *ip)
{
	size_t n = ip->family == 4 ? 4 : 16;

	return g->used && g->family == ip->family && g->proto == ip->proto &&
	       g->id == ip->id && memcmp(g->addr, ip->src, n) == 0 &&
	       memcmp(g->addr + 16, ip->dst, n) == 0;
}

/* Its slot, or a free one, or the oldest one. */
static struct datagram *
find(struct exch_frag *f, const struct exch_net_ip *ip, exch_ts now)
{
	struct datagram *best = &f->slot[0];
	size_t n = ip->family == 4 ? 4 : 16;

	for (size_t i = 0; i < EXCH_FRAG_SLOTS; i++) {
		struct datagram *g = &f->slot[i];

		if (same(g, ip))
			return g;
		if (best->used && (!g->used || g->first < best->first))
			best = g;
	}
	if (best->used)
		release(f, best, true);
	if (best->bytes == NULL) {
		best->bytes = exch_malloc(DATAGRAM_MAX);
		if (best->bytes == NULL)
			return NULL;
	}
	best->used = true;
	best->dead = false;
	best->family = ip->family;
	best->proto = ip->proto;
	best->id = ip->id;
	best->first = now;
	best->total = 0;
	best->units = 0;
	memset(best->have, 0, sizeof(best->have));
	memcpy(best->addr, ip->src, n);
	memcpy(best->addr + 16, ip->dst, n);
	return best;
}

/* Give up a datagram; it stays as a memory until it is old. */
static void
kill_datagram(struct exch_frag *f, struct datagram *g)
{
	if (!g->dead)
		f->lost++;
	g->dead = true;
}

/* Copy a piece in; false when it contradicts what is there. */
static bool
put(struct datagram *g, size_t at, const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i += 8) {
		size_t u = (at + i) / 8;
		size_t len = n - i < 8 ? n - i : 8;
		uint64_t bit = UINT64_C(1) << (u % 64);

		if ((g->have[u / 64] & bit) != 0) {
			if (memcmp(g->bytes + at + i, p + i, len) != 0)
				return false;
		} else {
			memcpy(g->bytes + at + i, p + i, len);
			g->have[u / 64] |= bit;
			g->units++;
		}
	}
	return true;
}

/* Can this piece belong to the datagram as far as it is known? */
static bool
fits(const struct datagram *g, const struct exch_net_ip *ip)
{
	size_t end = ip->offset + ip->n;

	if (ip->cut || ip->n == 0 || end > DATAGRAM_MAX)
		return false;
	if (ip->more)
		return ip->n % 8 == 0 && (g->total == 0 || end <= g->total);
	if (g->total != 0)
		return g->total == end;
	/* No piece may lie behind the end that is announced now. */
	for (size_t u = (end + 7) / 8; u < UNITS; u++) {
		if ((g->have[u / 64] >> (u % 64) & 1) != 0)
			return false;
	}
	return true;
}

int
exch_frag_take(struct exch_frag *f, const struct exch_net_ip *ip, exch_ts now,
    const unsigned char **p, size_t *n)
{
	struct datagram *g;

	exch_frag_expire(f, now, false);
	g = find(f, ip, now);
	if (g == NULL)
		return EXCH_ERR_NOMEM;
	if (g->dead)
		return 0;
	if (!fits(g, ip) || !put(g, ip->offset, ip->p, ip->n)) {
		kill_datagram(f, g);
		return 0;
	}
	if (!ip->more)
		g->total = ip->offset + ip->n;
	if (g->total == 0 || g->units < (g->total + 7) / 8)
		return 0;
	*p = g->bytes;
	*n = g->total;
	release(f, g, false);
	return 1;
}
