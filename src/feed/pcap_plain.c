/*
 * Plain pcap files, read by hand: the form that large captures have.
 * libpcap takes two calls of stdio for every packet, which cost more than
 * all of the decoding; here packets are taken where they lie in a buffer.
 * Everything else (pcapng, modified pcap) is left to libpcap.
 */
#include <config.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "feed/capture.h"
#include "feed/lane.h"

#define BUFFER (512u << 10)
/* Asked for at a time: what stays in the second cache with all else. */
#define READ (64u << 10)
#define PACKET_HEADER 16

_Static_assert(BUFFER >= PACKET_HEADER + EXCH_FRAME_MAX,
    "the longest packet fits into the buffer");

struct plain {
	struct exch_in *in;
	struct exch_packets *k;
	bool big;  /* integers are big-endian */
	bool nano; /* fractions are nanoseconds */
	unsigned char *buf;
	size_t pos;
	size_t end;
};

static inline uint32_t
get32(bool big, const unsigned char *p)
{
	return big ? exch_be32(p) : exch_le32(p);
}

/* By the magic number in the first four bytes. */
static bool
parse_magic(const unsigned char *p, bool *big, bool *nano)
{
	uint32_t le = exch_le32(p), be = exch_be32(p);

	*big = be == 0xa1b2c3d4 || be == 0xa1b23c4d;
	*nano = le == 0xa1b23c4d || be == 0xa1b23c4d;
	return *big || *nano || le == 0xa1b2c3d4;
}

bool
exch_pcap_is_plain(const unsigned char *p, size_t n)
{
	bool big, nano;

	if (n < EXCH_PCAP_HEADER || !parse_magic(p, &big, &nano))
		return false;
	/* Versions before 2.3 swap the two lengths; libpcap knows them. */
	return big ? exch_be16(p + 4) == 2 && exch_be16(p + 6) == 4
		   : exch_le16(p + 4) == 2 && exch_le16(p + 6) == 4;
}

static int
refill(struct plain *f, size_t n, struct exch_diag *d)
{
	while (f->end - f->pos < n) {
		size_t got, room;
		int err = exch_packets_flush(f->k, d);

		if (err != 0)
			return err;
		if (f->pos > 0) {
			f->end -= f->pos;
			memmove(f->buf, f->buf + f->pos, f->end);
			f->pos = 0;
		}
		room = BUFFER - f->end;
		err = exch_in_read(
		    f->in, f->buf + f->end, room < READ ? room : READ, &got, d);
		if (err != 0)
			return err;
		if (got == 0)
			return 0;
		f->end += got;
	}
	return 1;
}

/*
 * At least n bytes at buf[pos]: 1; 0 when the input ends before; negative
 * when reading fails.
 */
static inline int
need(struct plain *f, size_t n, struct exch_diag *d)
{
	return __builtin_expect(f->end - f->pos >= n, 1) ? 1 : refill(f, n, d);
}

static int
cut(const struct plain *f, size_t want, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_CUT, exch_in_name(f->in),
	    EXCH_POS_PACKET, exch_packets_number(f->k) + 1,
	    "the capture ends inside this packet, after %zu of %zu bytes",
	    f->end - f->pos, want);
}

static int
too_long(const struct plain *f, size_t n, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_FORMAT, exch_in_name(f->in),
	    EXCH_POS_PACKET, exch_packets_number(f->k) + 1,
	    "the capture is damaged here: a packet of %zu bytes", n);
}

/* One packet: 1; 0 at the end of the file. */
static inline __attribute__((always_inline)) int
one_packet(struct plain *f, bool big, uint64_t unit, struct exch_diag *d)
{
	const unsigned char *h;
	struct exch_frame frame;
	int r;

	r = need(f, PACKET_HEADER, d);
	if (__builtin_expect(r <= 0, 0))
		return r < 0 || f->end == f->pos ? r : cut(f, PACKET_HEADER, d);
	h = f->buf + f->pos;
	frame.n = get32(big, h + 8);
	frame.sent = get32(big, h + 12);
	if (__builtin_expect(frame.n > EXCH_FRAME_MAX, 0))
		return too_long(f, frame.n, d);
	r = need(f, PACKET_HEADER + frame.n, d);
	if (__builtin_expect(r <= 0, 0))
		return r < 0 ? r : cut(f, PACKET_HEADER + frame.n, d);
	h = f->buf + f->pos; /* reading may have moved it */
	frame.time = get32(big, h) * EXCH_SEC + get32(big, h + 4) * unit;
	frame.p = h + PACKET_HEADER;
	f->pos += PACKET_HEADER + frame.n;
	r = exch_lane_take(f->k, &frame, d);
	return r != 0 ? r : 1;
}

/* One loop for each order of bytes: it is not asked per number. */
static int
read_packets(struct plain *f, struct exch_diag *d)
{
	uint64_t unit = f->nano ? 1 : 1000;
	int r;

	if (f->big)
		while ((r = one_packet(f, true, unit, d)) == 1)
			;
	else
		while ((r = one_packet(f, false, unit, d)) == 1)
			;
	return r;
}

static int
read_file(struct plain *f, struct exch_diag *d)
{
	int r = need(f, EXCH_PCAP_HEADER, d);
	uint32_t link;

	if (r <= 0)
		return r < 0 ? r : cut(f, EXCH_PCAP_HEADER, d);
	(void)parse_magic(f->buf, &f->big, &f->nano); /* known to be one */
	/* The upper bits describe a checksum behind each packet. */
	link = get32(f->big, f->buf + 20) & 0xffff;
	f->pos = EXCH_PCAP_HEADER;
	r = exch_packets_link(f->k, (int)link, exch_in_name(f->in), d);
	return r != 0 ? r : read_packets(f, d);
}

int
exch_pcap_plain(struct exch_in *in, struct exch_packets *k, struct exch_diag *d)
{
	struct plain f = {.in = in, .k = k, .buf = exch_malloc(BUFFER)};
	int err;

	if (f.buf == NULL)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory to read a capture");
	err = read_file(&f, d);
	exch_free(f.buf);
	return err;
}
