/*
 * Fuzz target: the last segment of a journal, as a standby follows it and as
 * a recovery reads it.  Neither may crash or hang, and where both come to an
 * end without a word they have seen the same records.
 */
#include <config.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "journal/tail.h"

/* More looks than a damaged block is given. */
#define LOOKS 600

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[64], path[96];

static void
clean(void)
{
	(void)unlink(path);
	(void)rmdir(dir);
}

static void
put(const uint8_t *data, size_t size)
{
	int fd;

	if (dir[0] == '\0') {
		snprintf(dir, sizeof(dir), "/tmp/exch-fuzz-tail.XXXXXX");
		if (mkdtemp(dir) == NULL)
			abort();
		snprintf(path, sizeof(path), "%s/000000000000.xst", dir);
		atexit(clean);
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	close(fd);
}

static int
follow(uint64_t *records)
{
	struct exch_tail_block b;
	struct exch_tail *t;
	unsigned looks = 0;
	int n = exch_tail_open(dir, 0, &t, NULL);

	*records = 0;
	if (n != 0)
		return n;
	do {
		n = exch_tail_next(t, UINT64_MAX, &b, NULL);
	} while (n > 0 || (n == 0 && ++looks < LOOKS));
	*records = exch_tail_position(t);
	exch_tail_close(t);
	return n;
}

static int
recover(uint64_t *records)
{
	const struct exch_rec *rec;
	struct exch_journal_in *in;
	uint64_t seq;
	int n = exch_journal_in_open(dir, 0, &in, NULL);

	*records = 0;
	if (n != 0)
		return n;
	while ((n = exch_journal_in_next(in, &rec, &seq, NULL)) > 0)
		;
	*records = exch_journal_in_position(in);
	exch_journal_in_close(in);
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t a, b;

	put(data, size);
	if (follow(&a) == 0 && recover(&b) == 0 && a != b)
		abort();
	return 0;
}
