/*
 * Fuzzing of link layers, IP, UDP and fragments.  The first byte chooses
 * the link type; then frames, each behind its length in two bytes.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/err.h"
#include "feed/net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every byte of what was found must lie in bytes that may be read. */
static void
touch(const unsigned char *p, size_t n)
{
	volatile unsigned char sum = 0;

	for (size_t i = 0; i < n; i++)
		sum = (unsigned char)(sum + p[i]);
}

static void
one_frame(struct exch_frag *f, int link, const unsigned char *p, size_t n,
    exch_ts now)
{
	struct exch_net_ip ip;
	struct exch_net_udp udp;
	const unsigned char *whole;
	size_t len;

	if (exch_net_ip(link, p, n, &ip) != EXCH_NET_OK)
		return;
	exch_check(ip.family == 4 || ip.family == 6);
	exch_check(ip.n <= ip.full && ip.cut == (ip.n < ip.full));
	touch(ip.p, ip.n);
	touch(ip.src, ip.family == 4 ? 4 : 16);
	touch(ip.dst, ip.family == 4 ? 4 : 16);
	whole = ip.p;
	len = ip.n;
	if (ip.fragment && exch_frag_take(f, &ip, now, &whole, &len) != 1)
		return;
	touch(whole, len);
	if (exch_net_udp(whole, len, ip.cut, &udp) == EXCH_NET_OK)
		touch(udp.p, udp.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int links[] = {
	    0, 1, 12, 14, 101, 108, 113, 228, 229, 276, 147};
	struct exch_frag *f = exch_frag_new();
	exch_ts now = 0;
	int link;

	if (f == NULL || size == 0) {
		exch_frag_free(f);
		return 0;
	}
	link = links[*data % EXCH_ARRAY_LEN(links)];
	data++;
	size--;
	while (size >= 2) {
		size_t n = exch_be16(data);
		unsigned char *exact;

		data += 2;
		size -= 2;
		if (n > size)
			n = size;
		/* A copy of its own, so that reading past it shows. */
		exact = malloc(n != 0 ? n : 1);
		if (exact == NULL)
			break;
		memcpy(exact, data, n);
		now += n * (EXCH_SEC / 100);
		one_frame(f, link, exact, n, now);
		free(exact);
		data += n;
		size -= n;
	}
	exch_frag_expire(f, 0, true);
	exch_frag_free(f);
	return 0;
}
