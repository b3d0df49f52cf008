/*
 * A journal that is followed while it is written: as it grows byte by byte,
 * over segments, plain and compressed, and with damage.
 */
#include <config.h>

#include <fcntl.h>

#include "journal/tail.h"
#include "tap.h"
#include "unit/journal_kit.h"

/* More looks than a damaged block is given. */
#define LOOKS 1000

struct file {
	char path[4096];
	unsigned char *p;
	size_t n;
};

static void
load(struct file *f, uint64_t position)
{
	FILE *in;

	exch_journal_path(
	    f->path, sizeof(f->path), kit_dir, position, ".xst", NULL);
	in = fopen(f->path, "rb");
	f->p = malloc(1 << 20);
	f->n = in != NULL ? fread(f->p, 1, 1 << 20, in) : 0;
	if (in != NULL)
		fclose(in);
}

/* The file's bytes from `from` up to `to`. */
static void
put(const struct file *f, size_t from, size_t to)
{
	int fd = open(f->path, O_WRONLY | O_CREAT, 0666);

	if (fd < 0 ||
	    pwrite(fd, f->p + from, to - from, (off_t)from) !=
		(ssize_t)(to - from) ||
	    ftruncate(fd, (off_t)to) != 0)
		abort();
	close(fd);
}

/* Records that come now, and what ends them: 0, or an error. */
static int
take(struct exch_tail *t, unsigned looks)
{
	struct exch_tail_block b;
	int n;

	do {
		n = exch_tail_next(t, UINT64_MAX, &b, NULL);
	} while (n > 0 || (n == 0 && --looks > 0));
	return n;
}

static void
whole(uint64_t segment, const char *what)
{
	static const volatile int never;
	uint64_t total = kit_journal("tail", segment, true, 0);
	struct exch_tail_block b;
	struct exch_tail *t = NULL;

	for (unsigned packed = 0; packed < 2; packed++) {
		struct exch_diag d = {0};

		if (!tap_is_i64(exch_tail_open(kit_dir, 0, &t, &d), 0, what)) {
			printf("# %s: %s\n", d.name, d.text);
			return;
		}
		tap_is_i64(take(t, 1), 0, "no error");
		tap_is_u64(exch_tail_position(t), total, "all records");
		tap_ok(exch_tail_over(t), "and the end");
		exch_tail_close(t);
		if (exch_journal_pack(kit_dir, &never, NULL) != 0)
			abort();
	}
	tap_is_i64(exch_tail_open(kit_dir, total, &t, NULL), 0, "from the end");
	tap_ok(exch_tail_next(t, 1, &b, NULL) == 0,
	    "a block beyond the limit is not there");
	take(t, 1);
	tap_is_u64(exch_tail_position(t), total, "up to the end");
	exch_tail_close(t);
}

/* Byte by byte: never an error, never a record twice. */
static void
grows(void)
{
	uint64_t total = kit_journal("tail", 0, true, 0);
	struct exch_tail *t = NULL;
	struct file f;
	unsigned bad = 0;

	load(&f, 0);
	unlink(f.path);
	tap_is_i64(exch_tail_open(kit_dir, 0, &t, NULL), EXCH_ERR_ABSENT,
	    "no journal yet");
	for (size_t n = 0; n <= f.n; n++) {
		put(&f, n > 0 ? n - 1 : 0, n);
		if (t == NULL && exch_tail_open(kit_dir, 0, &t, NULL) != 0)
			t = NULL;
		bad += t != NULL && take(t, 1) != 0;
	}
	tap_is_u64(bad, 0, "no byte of a growing journal is an error");
	tap_ok(t != NULL && exch_tail_position(t) == total, "all came");
	exch_tail_close(t);
	free(f.p);
}

/* Cut back to a whole block and written anew: as after a kill. */
static void
shrinks(void)
{
	uint64_t total = kit_journal("tail", 0, true, 0);
	struct exch_tail *t = NULL;
	struct file f;
	unsigned bad = 0;

	load(&f, 0);
	for (size_t n = f.n / 2; n < f.n / 2 + 300; n++) {
		put(&f, 0, n);
		if (exch_tail_open(kit_dir, 0, &t, NULL) != 0)
			abort();
		bad += take(t, 3) != 0;
		memset(f.p + f.n, 'x', 64); /* somebody's last words */
		put(&f, 0, f.n);
		bad += take(t, 3) != 0 || exch_tail_position(t) != total;
		exch_tail_close(t);
	}
	tap_is_u64(bad, 0, "what was not whole is read again");
	free(f.p);
}

/* Every bit: noticed, or nothing comes that was not there. */
static void
damage(void)
{
	uint64_t total = kit_journal("tail", 0, true, 0);
	unsigned missed = 0, waits = 0, told = 0;
	struct file f;

	load(&f, 0);
	for (size_t i = 0; i < f.n * 8; i += 7) {
		struct exch_tail *t = NULL;
		int n;

		f.p[i / 8] ^= (unsigned char)(1u << i % 8);
		put(&f, 0, f.n);
		n = exch_tail_open(kit_dir, 0, &t, NULL);
		n = n == 0 ? take(t, LOOKS) : n;
		told += n < 0;
		waits += n == 0 && !exch_tail_over(t);
		missed += n == 0 && exch_tail_over(t) &&
			  exch_tail_position(t) != total;
		exch_tail_close(t);
		f.p[i / 8] ^= (unsigned char)(1u << i % 8);
	}
	printf("# %u told, %u wait for more\n", told, waits);
	tap_is_u64(missed, 0, "no flipped bit gives other records");
	tap_ok(told > waits, "most are told");
	free(f.p);
}

int
main(void)
{
	whole(0, "one segment");
	whole(3000, "several segments");
	grows();
	shrinks();
	damage();
	kit_dir_clean();
	return tap_done();
}
