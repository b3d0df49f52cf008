#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rec/stream.h"
#include "undisturbed.h"

void
die(const char *what)
{
	perror(what);
	exit(4);
}

uint64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * EXCH_SEC + (uint64_t)t.tv_nsec;
}

unsigned char *
slurp(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	long size = 0;
	unsigned char *p;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0)
		die(path);
	rewind(f);
	p = malloc((size_t)size + 1);
	*n = fread(p, 1, (size_t)size, f);
	fclose(f);
	return p;
}

void
undisturbed_read(struct undisturbed *u, const char *path)
{
	const struct exch_rec *rec;
	struct exch_diag d = {0};
	struct exch_reader *r;
	struct exch_in *in;
	size_t len = 0;

	u->p = slurp(path, &u->len);
	u->rec = malloc(u->len * 2);
	u->at = malloc((u->len / 16 + 1) * sizeof(size_t));
	exch_in_mem(u->p, u->len, path, &in, &d);
	if (exch_reader_open(in, NULL, &r, &d) != 0)
		die(path);
	while (exch_reader_next(r, &rec, &d) > 0) {
		uint64_t seq = exch_reader_seq(r);

		if (seq == 0)
			continue;
		u->at[u->n++] = len;
		memcpy(u->rec + len, &seq, 8);
		memcpy(u->rec + len + 8, rec, exch_rec_len(rec));
		len += 8 + exch_rec_len(rec);
	}
	exch_reader_close(r);
	exch_in_close(in);
}

bool
undisturbed_has(const struct undisturbed *u, const void *p, size_t n,
    uint64_t *from, uint64_t *to)
{
	struct exch_reader_opts ro = {.partial = true};
	const struct exch_rec *rec;
	struct exch_diag d = {0};
	struct exch_reader *r;
	struct exch_in *in;
	bool same = true;
	uint64_t i;

	*from = *to = UNDISTURBED_NOTHING;
	if (n == 0)
		return true;
	exch_in_mem(p, n, "output", &in, &d);
	if (exch_reader_open(in, &ro, &r, &d) != 0) {
		exch_in_close(in);
		return d.code == EXCH_ERR_CUT;
	}
	*from = i = exch_reader_info(r)->position;
	while (same && exch_reader_next(r, &rec, &d) > 0) {
		uint64_t seq = exch_reader_seq(r);

		if (seq == 0)
			continue;
		same =
		    i < u->n && memcmp(&seq, u->rec + u->at[i], 8) == 0 &&
		    memcmp(rec, u->rec + u->at[i] + 8, exch_rec_len(rec)) == 0;
		i++;
	}
	*to = i;
	exch_reader_close(r);
	exch_in_close(in);
	return same;
}

bool
undisturbed_goes_on(
    const struct undisturbed *u, const void *p, size_t n, uint64_t *have)
{
	uint64_t from, to;

	if (!undisturbed_has(u, p, n, &from, &to))
		return false;
	if (from == UNDISTURBED_NOTHING)
		return true;
	if (from > *have) {
		printf("# begins at %llu, had %llu\n", (unsigned long long)from,
		    (unsigned long long)*have);
		return false;
	}
	if (to > *have)
		*have = to;
	return true;
}

static int
by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void
sort_times(uint64_t *t, size_t n)
{
	if (n > 0) /* of none there may be no array */
		qsort(t, n, sizeof(*t), by_size);
}

uint64_t
time_at(const uint64_t *sorted, size_t n, unsigned percent)
{
	return n == 0 ? 0 : sorted[(n - 1) * percent / 100];
}
