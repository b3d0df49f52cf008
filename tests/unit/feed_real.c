/*
 * Real captures and files: the counts that were taken from their bytes by
 * other programs (the README beside the data).  Skipped without the data.
 */
#include <config.h>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "feed_kit.h"

static char root[512];

static bool
have(const char *path)
{
	char full[1024];

	snprintf(full, sizeof(full), "%s/%s", root, path);
	return access(full, R_OK) == 0;
}

static bool
find_data(void)
{
	const char *dir = getenv("EXCH_TESTDATA");
	const char *src = getenv("srcdir");

	if (dir != NULL)
		snprintf(root, sizeof(root), "%s", dir);
	else
		snprintf(root, sizeof(root), "%s/../shared/data",
		    src != NULL ? src : ".");
	return have("README.md");
}

/* A sink that counts and hashes: FNV-1a over all records. */
struct count {
	uint64_t hash;
	uint64_t by_type[256];
	uint64_t troubles;
	uint64_t named; /* instruments announced by their symbol */
	uint64_t instruments;
	uint64_t added;
	unsigned char seen[65536]; /* 1 announced, 2 with an order */
	uint64_t shares[256];	   /* by type of record */
	struct exch_feed_stats st;
	struct exch_diag d;
	int err;
};

static int
count_record(void *arg, const struct exch_rec *r, struct exch_diag *d)
{
	struct count *c = arg;
	const unsigned char *p = (const unsigned char *)r;
	size_t n = exch_rec_len(r);

	(void)d;
	for (size_t i = 0; i < n; i++)
		c->hash = (c->hash ^ p[i]) * UINT64_C(0x100000001b3);
	c->by_type[r->type]++;
	if (r->type == EXCH_REC_INSTRUMENT) {
		const struct exch_rec_instrument *in = (const void *)r;

		c->instruments += !c->seen[r->instr % 65536];
		c->seen[r->instr % 65536] |= 1;
		c->named += in->symbol[0] != '#';
	}
	if (r->type == EXCH_REC_BOOK_ADD) {
		c->added += (c->seen[r->instr % 65536] & 2) == 0;
		c->seen[r->instr % 65536] |= 2;
	}
	if (r->type == EXCH_REC_BOOK_EXEC)
		c->shares[r->type] +=
		    ((const struct exch_rec_book_exec *)(const void *)r)
				->price == EXCH_PX_NONE
			? ((const struct exch_rec_book_exec *)(const void *)r)
			      ->qty
			: 0;
	if (r->type == EXCH_REC_BOOK_PRINT)
		c->shares[r->type] +=
		    ((const struct exch_rec_book_print *)(const void *)r)->qty;
	return 0;
}

static int
count_trouble(void *arg, const struct exch_feed_at *at, const char *text,
    struct exch_diag *d)
{
	struct count *c = arg;

	(void)d;
	printf("# trouble at %" PRIu64 ": %s\n", at->where, text);
	c->troubles++;
	return 0;
}

static void
count_in(struct exch_in *in, struct exch_feed_opts o, struct count *c)
{
	struct exch_feed_sink sink = {
	    .arg = c, .record = count_record, .trouble = count_trouble};
	const struct exch_feed *f = &exch_feed_pcap;
	const unsigned char *p;
	size_t n;

	memset(c, 0, sizeof(*c));
	if (exch_in_peek(in, &p, 4096, &n, &c->d) != 0)
		abort();
	if (exch_feed_itchfile.match(p, n))
		f = &exch_feed_itchfile;
	else if (exch_feed_lobster.match(p, n))
		f = &exch_feed_lobster;
	c->err = f->run(in, &o, &sink, &c->st, &c->d);
	exch_in_close(in);
}

static struct count *
count_file(const char *path, struct exch_feed_opts o)
{
	static struct count c;
	struct exch_in *in;
	char full[1024];
	int fd;

	snprintf(full, sizeof(full), "%s/%s", root, path);
	fd = open(full, O_RDONLY);
	if (fd < 0 || exch_in_fd(fd, true, path, &in, &c.d) != 0)
		abort();
	count_in(in, o, &c);
	if (c.err != 0)
		printf("# %s: %s\n", path, c.d.text);
	return &c;
}

/* "A31612 C1092 ..." as the README counts. */
static const char *
types(const struct count *c)
{
	static char s[512];
	size_t n = 0;

	s[0] = 0;
	for (int i = 0; i < 256; i++) {
		if (c->st.by_type[i] != 0)
			n += (size_t)snprintf(s + n, sizeof(s) - n,
			    "%s%c%" PRIu64, n > 0 ? " " : "", i,
			    c->st.by_type[i]);
	}
	return s;
}

static struct exch_feed_opts
shanghai(void)
{
	struct exch_feed_opts o = kit_opts();
	static struct exch_tz *tz;

	if (tz == NULL && exch_tz_fixed(8 * 3600, &tz) != 0)
		abort();
	o.tz = tz;
	return o;
}

#define SSE "derived/sse600519_20230207"
#define SSE_TYPES "A31612 C1092 D14152 E18139 Q2 R1 S6"

/* ---- the same day in other wrappings ---- */

static unsigned char *out;
static size_t out_n;

static void
put(uint64_t v, int n)
{
	for (int i = 0; i < n; i++)
		out[out_n++] = i > 7 ? 0 : (unsigned char)(v >> 8 * i);
}

static void
put_bytes(const void *p, size_t n)
{
	memcpy(out + out_n, p, n);
	out_n += n;
}

enum wrap { WRAP_VLAN, WRAP_NG, WRAP_RAW, WRAP_FRAGMENTS, WRAP_TWICE };

static void
put_packet(uint32_t sec, uint32_t nsec, const void *a, size_t na, const void *b,
    size_t nb)
{
	put(sec, 4);
	put(nsec, 4);
	put(na + nb, 4);
	put(na + nb, 4);
	put_bytes(a, na);
	put_bytes(b, nb);
}

static void
put_ng(uint32_t sec, uint32_t nsec, const unsigned char *p, size_t n)
{
	uint64_t t = sec * UINT64_C(1000000000) + nsec;
	size_t pad = (4 - n % 4) % 4;

	put(6, 4);
	put(32 + n + pad, 4);
	put(0, 4);
	put(t >> 32, 4);
	put(t & 0xffffffff, 4);
	put(n, 4);
	put(n, 4);
	put_bytes(p, n);
	put(0, (int)pad);
	put(32 + n + pad, 4);
}

/* Two IPv4 fragments of an Ethernet frame. */
static void
put_fragments(
    uint32_t sec, uint32_t nsec, const unsigned char *p, size_t n, unsigned id)
{
	unsigned char head[34];
	size_t body = n - 34, first = 24;

	memcpy(head, p, 34);
	head[18] = (unsigned char)(id >> 8);
	head[19] = (unsigned char)id;
	head[16] = 0;
	head[17] = (unsigned char)(20 + first);
	head[20] = 0x20;
	head[21] = 0;
	put_packet(sec, nsec, head, 34, p + 34, first);
	head[16] = (unsigned char)((20 + body - first) >> 8);
	head[17] = (unsigned char)(20 + body - first);
	head[20] = 0;
	head[21] = (unsigned char)(first / 8);
	put_packet(sec, nsec, head, 34, p + 34 + first, body - first);
}

static void
put_header(enum wrap w)
{
	out_n = 0;
	if (w == WRAP_NG) {
		put(0x0a0d0d0a, 4);
		put(28, 4);
		put(0x1a2b3c4d, 4);
		put(1, 4);
		put(UINT64_MAX, 8);
		put(28, 4);
		put(1, 4);
		put(32, 4);
		put(1, 4);
		put(0, 4);
		put(0x00010009, 4);
		put(9, 4);
		put(0, 4);
		put(32, 4);
		return;
	}
	put(0xa1b23c4d, 4);
	put(0x00040002, 4);
	put(0, 8);
	put(65535, 4);
	put(w == WRAP_RAW ? 101 : 1, 4);
}

static uint32_t
le32(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

/* Wrap the whole capture again; false when it is not as expected. */
static bool
wrap_again(const unsigned char *p, size_t n, enum wrap w)
{
	unsigned id = 0;

	put_header(w);
	for (size_t i = 24; i + 16 <= n;) {
		uint32_t sec = le32(p + i), nsec = le32(p + i + 4);
		size_t len = le32(p + i + 8);
		const unsigned char *f = p + i + 16;

		if (i + 16 + len > n || len < 60)
			return false;
		if (w == WRAP_NG) {
			put_ng(sec, nsec, f, len);
		} else if (w == WRAP_RAW) {
			put_packet(sec, nsec, f + 14, len - 14, f, 0);
		} else if (w == WRAP_FRAGMENTS) {
			put_fragments(sec, nsec, f, len, id++);
		} else if (w == WRAP_VLAN) {
			unsigned char h[20];

			memcpy(h, f, 12);
			memcpy(h + 12, "\x88\xa8\x00\x05\x81\x00\x00\x06", 8);
			put_packet(sec, nsec, h, 20, f + 12, len - 12);
		} else {
			put_packet(sec, nsec, f, len, f, 0);
			put_packet(sec, nsec, f, len, f, 0);
		}
		i += 16 + len;
	}
	return true;
}

static void
test_wrappings(uint64_t hash)
{
	static const char *const names[] = {"two VLAN tags", "pcapng", "raw IP",
	    "every packet in fragments", "every packet twice"};
	unsigned char *p = malloc(16 << 20);
	static struct count c;
	char full[1024];
	size_t n;
	FILE *f;

	snprintf(full, sizeof(full), "%s/" SSE ".moldudp64.pcap", root);
	f = fopen(full, "rb");
	out = malloc(32 << 20);
	if (f == NULL || p == NULL || out == NULL)
		abort();
	n = fread(p, 1, 16 << 20, f);
	fclose(f);
	for (int w = WRAP_VLAN; w <= WRAP_TWICE; w++) {
		struct exch_in *in;

		if (!wrap_again(p, n, (enum wrap)w))
			abort();
		if (exch_in_mem(out, out_n, "again", &in, &c.d) != 0)
			abort();
		count_in(in, shanghai(), &c);
		tap_ok(
		    c.err == 0 && c.troubles == 0 && c.hash == hash, names[w]);
	}
	tap_is_u64(c.st.duplicates, 65004, "each message came twice");
	tap_is_u64(c.st.conflicts, 0, "with the same bytes");
	free(p);
	free(out);
}

static void
test_sse(void)
{
	struct count *c = count_file(SSE ".itch50.zst", shanghai());
	uint64_t hash = c->hash;

	tap_is_u64(c->st.messages, 65004, "sse itch50: messages");
	tap_is_str(types(c), SSE_TYPES, "sse itch50: types");
	tap_is_u64(c->troubles, 0, "sse itch50: no trouble");
	tap_is_u64(c->shares[EXCH_REC_BOOK_EXEC], 2349250, "sse: E shares");
	tap_is_u64(c->shares[EXCH_REC_BOOK_PRINT], 82921, "sse: Q shares");
	c = count_file(SSE ".moldudp64.pcap", shanghai());
	tap_is_u64(c->st.packets, 48762, "sse pcap: packets");
	tap_is_u64(c->st.messages, 65004, "sse pcap: messages");
	tap_is_str(types(c), SSE_TYPES, "sse pcap: types");
	tap_is_u64(c->st.gaps + c->st.duplicates + c->st.reordered +
		       c->st.packets_other + c->troubles,
	    0, "sse pcap: in order, complete");
	tap_ok(c->hash == hash, "sse: the same records from both");
	test_wrappings(hash);
}

static void
test_snippet(void)
{
	struct count *c =
	    count_file("nasdaq/12302019_SNIPPET.NASDAQ_ITCH50", kit_opts());

	tap_is_u64(c->st.messages, 1000, "snippet: messages");
	tap_is_str(types(c), "A367 C1 D167 E28 F193 I4 P4 Q4 S1 U225 X6",
	    "snippet: types");
	tap_is_u64(c->troubles, 0, "snippet: no trouble");
	/* 322 locates with the 0 of the system event. */
	tap_is_u64(c->instruments, 321, "snippet: instruments");
	tap_is_u64(c->added, 185, "snippet: of them with an order by name");
	tap_is_u64(c->named, 190, "snippet: and with trades and auctions");
}

static int
no_dots(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

/* Every file of a folder; the sum of packets and of types. */
static void
folder(const char *name, const char *as, uint64_t files, uint64_t packets,
    const char *want)
{
	static struct count sum;
	struct exch_feed_opts o = kit_opts();
	struct dirent **list;
	uint64_t bad = 0;
	char path[1024], what[128];
	int n;

	memset(&sum, 0, sizeof(sum));
	o.as = as;
	o.date = 20230822;
	snprintf(path, sizeof(path), "%s/pcap-omi/%s", root, name);
	n = scandir(path, &list, no_dots, alphasort);
	for (int i = 0; i < n; i++) {
		struct count *c;

		snprintf(path, sizeof(path), "pcap-omi/%s/%s", name,
		    list[i]->d_name);
		c = count_file(path, o);
		bad +=
		    c->err != 0 || c->troubles != 0 || c->st.packets_other != 0;
		sum.st.packets += c->st.packets;
		for (int t = 0; t < 256; t++)
			sum.st.by_type[t] += c->st.by_type[t];
		free(list[i]);
	}
	free(list);
	snprintf(what, sizeof(what), "%s: files", name);
	tap_is_u64((uint64_t)n, files, what);
	snprintf(what, sizeof(what), "%s: packets", name);
	tap_is_u64(sum.st.packets, packets, what);
	snprintf(what, sizeof(what), "%s: types", name);
	tap_is_str(types(&sum), want, what);
	snprintf(what, sizeof(what), "%s: files with trouble", name);
	tap_is_u64(bad, 0, what);
}

/* Captures of other feeds are refused, blank ones ask for --as. */
static void
test_refused(void)
{
	static const char *const other[] = {
	    "Ntp.Itch.v1.05/AddOrderMessage.pcap",
	    "JnxEquities.Pts.Itch.v1.6/OrderExecutedMessage.pcap",
	    "JnxEquities.Pts.Itch.v1.6/OrderReplacedMessage.pcap",
	    "JnxEquities.Pts.Itch.v1.6/OrderDeletedMessage.pcap",
	    "JnxEquities.Pts.Ouch.v1.11/EnterOrderMessage.pcap",
	    "IntegratedFeed.Pillar.v2.5/AddOrderMessage.pcap",
	};
	char path[256];

	for (size_t i = 0; i < EXCH_ARRAY_LEN(other); i++) {
		snprintf(path, sizeof(path), "pcap-omi/%s", other[i]);
		tap_is_i64(count_file(path, kit_opts())->err, EXCH_ERR_FORMAT,
		    other[i]);
	}
	tap_is_i64(
	    count_file("pcap-omi/Nasdaq.Equities.TotalView.Itch.v5.0.20230822/"
		       "CrossTrade.pcap",
		kit_opts())
		->err,
	    EXCH_ERR_NEED, "a blank capture asks for --as");
}

static void
test_lobster(void)
{
	struct exch_feed_opts o = kit_opts();
	struct count *c;

	o.symbol = "AAPL";
	o.date = 20120621;
	c = count_file("lobster/AAPL_2012-06-21_first999_message_10.csv", o);
	tap_is_str(types(c), "1471 3369 498 561", "lobster 999: types");
	tap_is_u64(c->err == 0 ? c->st.lines : 0, 999, "lobster 999: rows");
	c = count_file("lobster/"
		       "AAPL_2012-06-21_34200000_37800000_message_50.csv.zst",
	    o);
	tap_is_str(
	    types(c), "144256 2469 341004 44067 52201", "lobster hour: types");
	tap_is_u64(c->err == 0 ? c->st.lines : 0, 91997, "lobster hour: rows");
	tap_is_u64(c->troubles, 0, "lobster hour: no trouble");
}

int
main(void)
{
	if (!find_data()) {
		tap_skip("real captures", "no data (EXCH_TESTDATA)");
		return tap_done();
	}
	test_sse();
	test_snippet();
	folder("Nasdaq.Equities.TotalView.Itch.v5.0.20230822", "itch50", 15, 71,
	    "A5 C5 D5 E5 F5 H5 I5 J5 L5 P5 Q5 S1 U5 X5 Y5");
	folder("Nasdaq.Equities.TotalView.Itch.v5.0", NULL, 8, 9,
	    "A37 D2 E1 F2 H1 I1 L1 U1");
	folder("Bx.Equities.TotalView.Itch.v5.0.20230822", "itch50", 12, 56,
	    "A5 C5 D5 E5 F5 H5 N5 P5 S1 U5 X5 Y5");
	folder("Bx.Equities.TotalView.Itch.v5.0", NULL, 3, 3, "A1 D1 U1");
	test_refused();
	test_lobster();
	return tap_done();
}
