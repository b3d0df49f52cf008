/*
 * A history when memory ends: the n-th allocation fails, SQLite's own too,
 * for n = 1, 2, ... until none does.  Every failure has to come out as an
 * error with a sentence, and what it leaves is whole and can be gone on with.
 */
#include <config.h>

#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "store/store.h"
#include "unit/stream_kit.h"
#include "tap.h"

static char path[] = "fault-store.XXXXXX";

static void
remove_all(void)
{
	char more[sizeof(path) + 4];

	unlink(path);
	snprintf(more, sizeof(more), "%s-wal", path);
	unlink(more);
	snprintf(more, sizeof(more), "%s-shm", path);
	unlink(more);
}

/* A stream of a few orders, accounts and names. */
static void
make(struct exch_out *out)
{
	struct exch_writer_opts o = {.tool = "fault", .options = ""};
	struct exch_diag d = {0};
	struct exch_writer *w;

	if (exch_writer_open(out, &o, &w, &d) != 0)
		abort();
	for (uint32_t i = 1; i <= 40; i++) {
		struct exch_rec_account *a = exch_writer_new_text(
		    w, EXCH_REC_ACCOUNT, sizeof(*a), 0, i, "SOMEBODY", 8);
		struct exch_rec_new *n;

		a->id = i;
		n = exch_writer_new(w, EXCH_REC_NEW, sizeof(*n), 1, i);
		n->order = UINT64_MAX - i;
		n->account = i;
		(void)exch_writer_ext(w, EXCH_EXT_CLIENT, 0, i);
	}
	if (exch_writer_close(w, EXCH_STATUS_COMPLETE, &d) != 0)
		abort();
	exch_writer_free(w);
}

static int
load(const unsigned char *p, size_t n, struct exch_diag *d)
{
	const struct exch_rec *rec;
	struct exch_store *s = NULL;
	struct exch_load *l = NULL;
	struct exch_reader *r = NULL;
	struct exch_in *in = NULL;
	int got = 0, err = exch_in_mem(p, n, "mem", &in, d);

	if (err == 0)
		err = exch_reader_open(in, NULL, &r, d);
	if (err == 0)
		err = exch_store_open(path, EXCH_STORE_CREATE, &s, d);
	if (err == 0)
		err = exch_load_begin(s, exch_reader_info(r), NULL, &l, d);
	while (err == 0 && (got = exch_reader_next(r, &rec, d)) > 0)
		err = exch_load_record(l, rec, exch_reader_seq(r), d);
	if (err == 0)
		err = got;
	if (err == 0)
		err = exch_load_end(l, exch_reader_status(r), d);
	if (err == 0)
		err = exch_load_index(l, d);
	exch_load_free(l);
	exch_store_close(s);
	exch_reader_close(r);
	exch_in_close(in);
	return err;
}

static void
tell(void *arg, const char *fault)
{
	(void)arg;
	printf("# %s\n", fault);
}

static uint64_t
faults(struct exch_diag *d)
{
	struct exch_verify_result r = {.faults = 1};
	struct exch_store *s = NULL;
	int err = exch_store_open(path, EXCH_STORE_READ, &s, d);

	if (err == 0)
		err = exch_store_verify(s, NULL, tell, NULL, &r, d);
	exch_store_close(s);
	return err != 0 ? UINT64_MAX : r.faults;
}

/* Of two, `what` fails at its n-th allocation, until it does not. */
static void
run(bool fresh, const unsigned char *p, size_t n)
{
	uint64_t at = 1, silent = 0, other = 0, failed = 0;
	struct exch_diag d;
	int err;

	do {
		if (fresh)
			remove_all();
		memset(&d, 0, sizeof(d));
		exch_alloc_fail_at(at);
		err = load(p, n, &d);
		exch_alloc_fail_at(0);
		failed += err != 0;
		silent += err != 0 && d.text[0] == '\0';
		other += err != 0 && err != EXCH_ERR_NOMEM;
		/* One by one at first, then here and there. */
		at += 1 + at / 40;
	} while (err != 0 || at < 400);
	printf("# %llu failures up to allocation %llu\n",
	    (unsigned long long)failed, (unsigned long long)at);
	tap_ok(failed > 50, "allocations fail");
	tap_is_u64(silent, 0, "each is told");
	tap_is_u64(other, 0, "as what it is");
	memset(&d, 0, sizeof(d));
	tap_is_i64(load(p, n, &d), 0, "afterwards it goes on");
	tap_is_u64(faults(&d), 0, "and everything fits");
}

int
main(void)
{
	struct exch_out *out;
	const unsigned char *p;
	size_t n;
	int fd = mkstemp(path);

	if (fd < 0 || exch_out_mem(&out) != 0)
		return 1;
	close(fd);
	make(out);
	p = exch_out_mem_bytes(out, &n);
	run(true, p, n);
	remove_all();
	run(false, p, n);
	remove_all();
	exch_out_free(out);
	return tap_done();
}
