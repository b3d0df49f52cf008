/*
 * The manifest beside a table: what it holds and the hash by which one may
 * know it, as key=value lines, of which the last is a hash over all others.
 * Nothing in it depends on when or where it was made.
 *
 *	manifest=1
 *	software=exch-report 0.1.0
 *	...
 *	check=HEX
 *
 * exch-audit(7) has every key.
 */
#ifndef EXCH_REPORT_MANIFEST_H
#define EXCH_REPORT_MANIFEST_H

#include "report/report.h"

/* What is known besides the run; zeros: nothing. */
struct exch_manifest_file {
	const char *name;    /* of the table's file, without directories */
	const char *options; /* those that change the table */
	bool packed;	     /* the file is compressed, and is this: */
	uint64_t packed_bytes;
	unsigned char packed_sha256[32];
};

/* Into *text (exch_free).  Needs opts.hash. */
int exch_manifest_make(struct exch_report_run *run,
    const struct exch_manifest_file *f, char **text, size_t *n,
    struct exch_diag *d);

/* What a manifest says of its table; hashes as 64 digits. */
struct exch_manifest {
	char file[256]; /* "": it does not say */
	char sha256[65];
	uint64_t bytes;
	uint64_t rows;
	char stream[40]; /* "": it does not say */
	bool packed;
	char packed_sha256[65];
	uint64_t packed_bytes;
	bool whole; /* its own check holds */
};

/* What it says of a stream that was there to its end. */
#define EXCH_MANIFEST_STREAM_WHOLE "complete"

/*
 * The manifest of n bytes, under `name`.  EXCH_ERR_FORMAT: it is none, with
 * the line.
 */
int exch_manifest_read(struct exch_manifest *m, const char *text, size_t n,
    const char *name, struct exch_diag *d);

/*
 * What is counted of a table's bytes as they come: rows of CSV, so that line
 * ends within quotes are none.
 */
struct exch_manifest_count {
	struct exch_sha256 sha;
	uint64_t bytes;
	uint64_t lines;
	bool quoted;
};

void exch_manifest_count_begin(struct exch_manifest_count *c);
void exch_manifest_count_add(
    struct exch_manifest_count *c, const void *p, size_t n);
/* `rows` are without the header. */
void exch_manifest_count_end(
    struct exch_manifest_count *c, char sha256[65], uint64_t *rows);

#endif
