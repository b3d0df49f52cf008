/*
 * A file of events of the Consolidated Audit Trail, line by line: CSV or
 * JSON, as its first byte says.  What is wrong with the form of a line is told
 * to `fn`; what stands in it is in `line`, as CSV has it.  Lines longer than
 * they may be are passed over, so that memory does not grow with them.
 */
#ifndef EXCH_REPORT_CAT_PARSE_H
#define EXCH_REPORT_CAT_PARSE_H

#include "rec/zio.h"
#include "report/cat.h"

/* A fault: in `field` (or ""), with what stands there. */
typedef void exch_cat_fault_fn(void *arg, const char *field, unsigned code,
    const char *value, size_t n, const char *why);

/* A name and what stands behind it in a JSON object. */
struct exch_cat_member {
	const char *name, *p;
	size_t nname, n;
	char kind; /* '"', '0', 't', '{', '[' */
};

struct exch_cat_reader {
	struct exch_in *in;
	struct exch_cat_spec *spec;
	exch_cat_fault_fn *fn;
	void *arg;
	uint64_t number; /* of the line, from 1 */
	bool json, begun;
	bool long_line, end;
	size_t at, have; /* in buf */
	char buf[1 << 16];
	char raw[EXCH_CAT_LINE + 4]; /* the line */
	size_t nraw;
	/* the event */
	const struct exch_cat_event *event; /* NULL: not known */
	struct exch_cat_line line;
	struct exch_cat_member member[EXCH_CAT_FIELDS];
	unsigned nmembers;
};

/* 1: a line, 0: the end, or an error of the input. */
int exch_cat_next(struct exch_cat_reader *r, struct exch_diag *d);

#endif
