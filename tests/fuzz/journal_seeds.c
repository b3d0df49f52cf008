/*
 * Writes the first corpora of fuzz_link and fuzz_tail below a directory:
 *
 *	journal_seeds tests/fuzz/corpus
 */
#include <config.h>

#include <stdlib.h>
#include <sys/stat.h>

#include "journal/lease.h"
#include "journal/tail.h"
#include "unit/journal_kit.h"

static const char *base;

static void
put(const char *name, const void *p, size_t n)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", base, name);
	f = fopen(path, "wb");
	if (f == NULL || fwrite(p, 1, n, f) != n || fclose(f) != 0)
		abort();
}

static size_t
frame(unsigned char *to, enum exch_link_kind kind, const void *p, size_t n)
{
	exch_link_head(to, kind, p, n);
	memcpy(to + EXCH_LINK_HEAD, p, n);
	return EXCH_LINK_HEAD + n;
}

/* A short talk of primary and standby, one after the other. */
static void
talk(void)
{
	static unsigned char out[1 << 20];
	unsigned char
	    p[EXCH_LINK_WELCOME_SIZE + EXCH_FRAME_HEAD + EXCH_HEAD_MAX];
	unsigned char head[EXCH_FRAME_HEAD + EXCH_HEAD_MAX];
	struct exch_link_hello h = {.version = EXCH_LINK_VERSION};
	struct exch_link_check c = {3, 5, 0x1234};
	struct exch_link_welcome w = {
	    .version = EXCH_LINK_VERSION, .header = head};
	struct exch_tail_block b;
	struct exch_tail *t;
	size_t n;

	exch_link_put_hello(p, &h);
	n = frame(out, EXCH_LINK_HELLO, p, EXCH_LINK_HELLO_SIZE);
	put("link/hello", out, n);
	if (exch_tail_open(kit_dir, 0, &t, NULL) != 0)
		abort();
	w.nheader = exch_frame_put_head(head, exch_tail_info(t));
	exch_link_put_welcome(p, &w);
	n = frame(
	    out, EXCH_LINK_WELCOME, p, EXCH_LINK_WELCOME_SIZE + w.nheader);
	while (exch_tail_next(t, UINT64_MAX, &b, NULL) > 0 && n < 4000)
		n += frame(out + n, EXCH_LINK_BLOCK, b.p, b.n);
	exch_tail_close(t);
	exch_link_put_check(p, &c);
	n += frame(out + n, EXCH_LINK_CHECK, p, EXCH_LINK_CHECK_SIZE);
	n += frame(out + n, EXCH_LINK_ALIVE, p, 0);
	n += frame(out + n, EXCH_LINK_NO, "because ", 8);
	put("link/talk", out, n);
}

static void
lease(void)
{
	struct exch_lease_state s = {.epoch = 1, .period = 500, .held = true};
	unsigned char p[EXCH_LEASE_SIZE];

	exch_lease_put(p, &s);
	put("link/lease", p, sizeof(p));
}

static void
segment(const char *name, bool end)
{
	static unsigned char p[1 << 20];
	char path[4096];
	FILE *f;
	size_t n;

	kit_journal("seeds", 0, end, 0);
	snprintf(path, sizeof(path), "%s/000000000000.xst", kit_dir);
	f = fopen(path, "rb");
	n = f != NULL ? fread(p, 1, sizeof(p), f) : 0;
	if (n == 0)
		abort();
	fclose(f);
	put(name, p, n);
	put("tail/cut", p, n / 2 + 1);
}

int
main(int argc, char **argv)
{
	char path[4096];

	if (argc != 2)
		return 2;
	base = argv[1];
	snprintf(path, sizeof(path), "%s/link", base);
	(void)mkdir(path, 0777);
	snprintf(path, sizeof(path), "%s/tail", base);
	(void)mkdir(path, 0777);
	segment("tail/open", false);
	segment("tail/whole", true);
	talk();
	lease();
	kit_dir_clean();
	return 0;
}
