/*
 * For the tests of what reads a journal: one in a directory of its own, made
 * of the sample stream.
 */
#ifndef EXCH_TESTS_JOURNAL_KIT_H
#define EXCH_TESTS_JOURNAL_KIT_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "journal/journal.h"
#include "unit/stream_kit.h"

static char kit_dir[64];

static inline void
kit_dir_clean(void)
{
	char cmd[128];

	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", kit_dir);
	if (system(cmd) != 0)
		abort();
}

/*
 * Blocks of a few records, segments of so many bytes (0: one), with the end
 * of the input or without; its last record `more` times again.  How many
 * records are numbered.
 */
static inline uint64_t
kit_journal(const char *name, uint64_t segment, bool end, unsigned more)
{
	struct exch_journal_opts o = {.dir = kit_dir,
	    .segment = segment,
	    .lazy = true,
	    .run = "journal-run=test\n"};
	uint64_t last[1024] = {0}, seq = 0;
	struct exch_out *sample = kit_sample(EXCH_FMT_BIN, false, 9, NULL);
	const struct exch_rec *rec;
	struct exch_journal *j = NULL;
	struct exch_reader *r = NULL;
	struct exch_in *in = NULL;
	struct exch_diag d = {0};
	uint64_t position;
	size_t len, i = 0;
	const unsigned char *p = exch_out_mem_bytes(sample, &len);

	snprintf(
	    kit_dir, sizeof(kit_dir), "/tmp/exch-%s-%ld", name, (long)getpid());
	kit_dir_clean();
	if (exch_in_mem(p, len, "sample", &in, &d) != 0 ||
	    exch_reader_open(in, NULL, &r, &d) != 0 ||
	    exch_journal_open(&o, exch_reader_info(r), &j, &d) != 0)
		abort();
	while (exch_reader_next(r, &rec, &d) > 0) {
		exch_journal_append(j, rec, exch_reader_seq(r));
		if (exch_reader_seq(r) != 0 &&
		    exch_rec_len(rec) <= sizeof(last)) {
			seq = exch_reader_seq(r);
			memcpy(last, rec, exch_rec_len(rec));
		}
		if (++i % 11 == 0 && exch_journal_sync(j, NULL, &d) != 0)
			abort();
	}
	while (more-- > 0)
		exch_journal_append(j, (const void *)last, ++seq);
	if ((end ? exch_journal_end(j, &d) : exch_journal_sync(j, NULL, &d)) !=
	    0)
		abort();
	position = exch_journal_position(j);
	exch_journal_close(j);
	exch_reader_close(r);
	exch_in_close(in);
	exch_out_free(sample);
	return position;
}

#endif
