/*
 * The stylised facts of one instrument in a matched stream, and whether they
 * lie where those of markets do: exch-models(7), STYLISED FACTS.
 *
 *	rc = exch_realism_new(symbol, &x, d);
 *	while ((rc = exch_reader_next(in, &r, d)) > 0)
 *		rc = exch_realism_record(x, r, d);
 *	rc = exch_realism_finish(x, d);
 *	exch_realism_facts(x, reference, seed, &list);
 *
 * Memory follows the orders that live and does not grow with the stream:
 * moments and autocorrelations are sums, quantiles are read from classes that
 * are a sixteenth wide, distributions from classes that are an eighth wide
 * (report/facts.h): 60 MB for a day of 24 hours that has all of them.
 */
#ifndef EXCH_REPORT_REALISM_H
#define EXCH_REPORT_REALISM_H

#include "base/err.h"
#include "rec/rec.h"

struct exch_realism;

enum exch_fact_verdict {
	EXCH_FACT_PASS,
	EXCH_FACT_FAIL,
	EXCH_FACT_NONE /* not applicable: `why` says it */
};

#define EXCH_FACT_WHY 64

/* One statistic. */
struct exch_fact {
	const char *fact;      /* "returns" */
	const char *statistic; /* "kurtosis-1s" */
	const char *unit;      /* "s", "ticks", "" */
	bool has_reference, has_value;
	double reference, value;
	/* the band it passes in, ends included */
	bool has_least, has_most;
	double least, most;
	/* what 95 of 100 drawings give, of distances */
	bool sure;
	double low, high;
	enum exch_fact_verdict verdict;
	char why[EXCH_FACT_WHY]; /* or "" */
};

#define EXCH_FACTS_MAX 128

struct exch_facts {
	struct exch_fact fact[EXCH_FACTS_MAX];
	unsigned n;
	unsigned passed, failed;
};

/* `symbol` NULL: the stream has one instrument that something happens in. */
int exch_realism_new(
    const char *symbol, struct exch_realism **out, struct exch_diag *d);
void exch_realism_free(struct exch_realism *x);

/*
 * Any record.  EXCH_ERR_NEED: a second instrument, and no symbol says which;
 * EXCH_ERR_FORMAT: its content is bad, one may go on without it.
 */
int exch_realism_record(
    struct exch_realism *x, const struct exch_rec *r, struct exch_diag *d);
/* EXCH_ERR_ABSENT: the stream has no such instrument, or nobody matched it. */
int exch_realism_finish(struct exch_realism *x, struct exch_diag *d);

/* The name of the instrument; NUL-terminated. */
const char *exch_realism_symbol(const struct exch_realism *x);

/* Answers about orders that the stream does not hold. */
uint64_t exch_realism_unknown(const struct exch_realism *x);

/*
 * The statistics of a day, in a fixed order; with `reference` (or NULL) those
 * of another beside them, and how far both are apart.  Drawings of blocks go
 * by the seed.
 */
void exch_realism_facts(struct exch_realism *x, struct exch_realism *reference,
    uint64_t seed, struct exch_facts *list);

/* "pass", "fail", "not-applicable" */
const char *exch_fact_verdict_name(enum exch_fact_verdict v);

#endif
