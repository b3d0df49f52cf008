/* What is asked of the costs: rows, horizons, parties (tca.h). */
#include <config.h>

#include <string.h>

#include "base/time.h"
#include "report/tca.h"

const char *const exch_tca_by_name[EXCH_TCA_BYS] = {
    [EXCH_TCA_ACCOUNT] = "account",
    [EXCH_TCA_SYMBOL] = "symbol",
    [EXCH_TCA_SIDE] = "side",
    [EXCH_TCA_TYPE] = "type",
    [EXCH_TCA_TIF] = "tif",
    [EXCH_TCA_STRATEGY] = "strategy",
    [EXCH_TCA_GROUP] = "group",
    [EXCH_TCA_MEMBER] = "member",
};

const struct exch_report_param exch_tca_params[] = {
    {.name = "by",
	.arg = "WHAT,...",
	.what = "a row for each account, symbol, ... (tca, latency, ...)"},
    {.name = "horizons",
	.arg = "TIME,...",
	.what = "tca: times after execution (1ms,10ms,100ms,1s,10s,1m,5m)"},
    {.name = "horizon",
	.arg = "TIME",
	.what = "tca: that of realised spreads (1s)"},
    EXCH_PARAM_ACCOUNT,
    EXCH_PARAM_PARTIES,
    {0},
};

static int
bad_by(const char *p, size_t n, const char *why, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
	    "--by: '%.*s' %s", (int)(n < 40 ? n : 40), p, why);
}

static int
add_by(struct exch_tca *s, const char *p, size_t n, struct exch_diag *d)
{
	unsigned i = 0;

	while (i < EXCH_TCA_BYS && (strlen(exch_tca_by_name[i]) != n ||
				       memcmp(exch_tca_by_name[i], p, n) != 0))
		i++;
	if (i == EXCH_TCA_BYS)
		return bad_by(p, n,
		    "is none of account, symbol, side, type, tif, strategy, "
		    "group, member, or all",
		    d);
	if ((s->by >> i & 1) != 0)
		return bad_by(p, n, "comes twice", d);
	s->by |= 1u << i;
	s->row_of[s->nrow_of++] = (uint8_t)i;
	return EXCH_OK;
}

static int
set_by(struct exch_tca *s, const char *p, struct exch_diag *d)
{
	int rc = EXCH_OK;

	if (strcmp(p, "all") == 0)
		return EXCH_OK;
	while (rc == EXCH_OK) {
		size_t n = strcspn(p, ",");

		rc = add_by(s, p, n, d);
		if (p[n] == '\0')
			break;
		p += n + 1;
	}
	return rc;
}

static int
set_horizon(struct exch_tca *s, const char *p, size_t n, struct exch_diag *d)
{
	unsigned i = s->nhorizons;

	if (i == EXCH_TCA_HORIZONS)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "--horizons takes %d times", EXCH_TCA_HORIZONS);
	/* its text is part of the names of columns */
	if (n > 8 || exch_duration_parse(p, n, &s->horizon[i]) != EXCH_OK ||
	    (i > 0 && s->horizon[i] <= s->horizon[i - 1]))
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "--horizons: '%.*s' is no time up to 24h, such as 10ms, "
		    "1s or 5m, that is longer than the one before it",
		    (int)(n < 40 ? n : 40), p);
	memcpy(s->horizon_name[i], p, n);
	s->nhorizons++;
	return EXCH_OK;
}

static int
set_horizons(struct exch_tca *s, const char *p, struct exch_diag *d)
{
	int rc = EXCH_OK;

	while (rc == EXCH_OK) {
		size_t n = strcspn(p, ",");

		rc = set_horizon(s, p, n, d);
		if (p[n] == '\0')
			break;
		p += n + 1;
	}
	return rc;
}

/* The one of the horizons at which realised spreads are taken. */
static int
set_spread(struct exch_tca *s, const char *p, struct exch_diag *d)
{
	uint64_t ns;

	if (exch_duration_parse(p, strlen(p), &ns) == EXCH_OK)
		for (unsigned h = 0; h < s->nhorizons; h++)
			if (s->horizon[h] == ns) {
				s->spread_at = h;
				return EXCH_OK;
			}
	return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
	    "--horizon: '%.40s' is none of --horizons", p);
}

int
exch_tca_asked(struct exch_tca *s, struct exch_diag *d)
{
	const struct exch_given *by = exch_report_given(s->run, "by");
	const struct exch_given *all = exch_report_given(s->run, "horizons");
	const struct exch_given *one = exch_report_given(s->run, "horizon");
	int rc = set_by(s, by != NULL ? by->value : "account,symbol", d);

	if (rc == EXCH_OK)
		rc = set_horizons(s,
		    all != NULL ? all->value : "1ms,10ms,100ms,1s,10s,1m,5m",
		    d);
	if (rc == EXCH_OK && one != NULL)
		rc = set_spread(s, one->value, d);
	else if (rc == EXCH_OK && all == NULL)
		rc = set_spread(s, "1s", d);
	else if (rc == EXCH_OK)
		s->spread_at = s->nhorizons - 1;
	if (rc != EXCH_OK)
		return rc;
	return exch_parties_read(
	    &s->parties, exch_report_given(s->run, "parties"), d);
}
