/*
 * risk/market, risk/history: tables of markets as they are asked, returns of
 * the days that all symbols have, and what is refused.
 */
#include <config.h>

#include <math.h>

#include "rec/rec.h"
#include "risk/history.h"
#include "risk/rulebook.h"
#include "risk/var.h"
#include "tap.h"

static struct exch_reftable t;
static struct exch_diag d;

/* Symbols as tables keep them: padded. */
static const char ABC[EXCH_SYMBOL] = "ABC";
static const char DEF[EXCH_SYMBOL] = "DEF";
static const char NIL[EXCH_SYMBOL] = "NIL";

static void
rates(void)
{
	static const char text[] = "date,days,rate\n"
				   "2026-01-05,30,4%\n2026-01-05,90,0.05\n"
				   "2026-01-07,,3%\n";
	double r = 0;

	tap_is_i64(
	    exch_rates_parse(text, strlen(text), "rates", &t, &d), 0, "rates");
	(void)exch_rate_at(&t, 20260105, 60, &r, &d);
	tap_near(r, 0.045, 1e-12, "between two tenors");
	(void)exch_rate_at(&t, 20260106, 1, &r, &d);
	tap_near(r, 0.04, 1e-12, "before the first, of the last day");
	(void)exch_rate_at(&t, 20260106, 900, &r, &d);
	tap_near(r, 0.05, 1e-12, "behind the last");
	(void)exch_rate_at(&t, 20260107, 900, &r, &d);
	tap_near(r, 0.03, 1e-12, "a flat one of a later day");
	tap_is_i64(exch_rate_at(&t, 20260104, 1, &r, &d), EXCH_ERR_ABSENT,
	    "none before");
	exch_reftable_clear(&t);
}

static void
vols(void)
{
	static const char text[] =
	    "date,symbol,vol,yield,class,scan\n"
	    "2026-01-05,,20%,,,\n2026-01-01,ABC,30%,1%,broad-index,2.50\n"
	    "2026-01-06,ABC,35%,,,\n2026-01-06,,,,,\n";
	const struct exch_vol_row *r;

	tap_is_i64(
	    exch_vols_parse(text, strlen(text), "vols", &t, &d), 0, "vols");
	r = exch_vol_at(&t, 20260105, ABC);
	tap_ok(r != NULL && r->vol == 300000000 && r->yield == 10000000 &&
		   r->class == EXCH_TIMS_BROAD_INDEX &&
		   r->scan == INT64_C(2500000000),
	    "its own, though that of all is younger");
	r = exch_vol_at(&t, 20260106, ABC);
	tap_ok(r != NULL && r->vol == 350000000 && r->scan == EXCH_PX_NONE,
	    "the last of its own");
	r = exch_vol_at(&t, 20260105, DEF);
	tap_ok(r != NULL && r->vol == 200000000, "that of all");
	r = exch_vol_at(&t, 20260106, DEF);
	tap_ok(r != NULL && r->vol == -1, "which need not tell one");
	tap_ok(exch_vol_at(&t, 20251231, ABC) == NULL, "none before");
	exch_reftable_clear(&t);
}

static void
scenarios(void)
{
	static const char text[] = "name,symbol,kind,shock,vol\n"
				   "crash,,,-20%,50%\ncrash,,bond,2%,\n"
				   "crash,ABC,,-60%,1\nup,,equity,10%,\n";
	double shock = 9, vol = 9;

	tap_is_i64(exch_scenarios_parse(text, strlen(text), "s", &t, &d), 0,
	    "scenarios");
	exch_scenario_move(&t, 0, DEF, EXCH_KIND_EQUITY, &shock, &vol);
	tap_ok(shock == -0.2 && vol == 0.5, "everything");
	exch_scenario_move(&t, 0, DEF, EXCH_KIND_BOND, &shock, &vol);
	tap_ok(fabs(shock - 0.02) < 1e-15 && vol == 0, "but bonds");
	exch_scenario_move(&t, 0, ABC, EXCH_KIND_BOND, &shock, &vol);
	tap_ok(fabs(shock + 0.6) < 1e-15 && vol == 1, "but ABC");
	tap_is_u64(exch_scenario_next(&t, 0), 3, "another one");
	exch_scenario_move(&t, 3, DEF, EXCH_KIND_BOND, &shock, &vol);
	tap_ok(shock == 0 && vol == 0, "what it does not name stays");
	tap_is_u64(exch_scenario_next(&t, 3), 4, "the end");
	exch_reftable_clear(&t);
}

/* ---- histories ---- */

static const char closes[] = "date,symbol,close\n"
			     "2026-01-07,ABC,121\n2026-01-05,ABC,100\n"
			     "2026-01-06,ABC,110\n2026-01-09,ABC,108.9\n"
			     "2026-01-05,DEF,10\n2026-01-07,DEF,11\n"
			     "2026-01-08,DEF,12\n2026-01-09,DEF,9.9\n";

static void
returns(void)
{
	const char *const both[] = {ABC, DEF};
	const char *const lacking[] = {ABC, NIL};
	struct exch_prices p;
	struct exch_returns r;
	double sd[2], corr[4];

	tap_is_i64(exch_prices_parse(closes, strlen(closes), "closes", &p, &d),
	    0, "closing prices in any order");
	tap_is_i64(
	    exch_returns_of(&p, both, 2, 20260109, 500, &r, &d), 0, "returns");
	tap_ok(r.ndays == 2 && r.date[0] == 20260107 && r.date[1] == 20260109,
	    "of the days that both have");
	tap_near(r.r[0], 0.21, 1e-12, "over two days");
	tap_near(r.r[1], 0.1, 1e-12, "and of the other");
	tap_near(r.r[2], -0.1, 1e-12, "then down");
	tap_near(r.r[3], -0.1, 1e-12, "both");
	exch_returns_sd(&r, sd);
	exch_returns_corr(&r, corr);
	tap_near(sd[0], 0.31 / sqrt(2), 1e-12, "deviation over n - 1");
	tap_near(corr[1], 1, 1e-12, "two points are on a line");
	tap_ok(corr[0] == 1 && corr[3] == 1 && corr[1] == corr[2], "a matrix");
	exch_returns_clear(&r);
	(void)exch_returns_of(&p, both, 1, 20260108, 1, &r, &d);
	tap_ok(r.ndays == 1 && r.date[0] == 20260107,
	    "the last one of one, before a day");
	exch_returns_clear(&r);
	exch_diag_clear(&d);
	tap_is_i64(exch_returns_of(&p, lacking, 2, 20260109, 500, &r, &d),
	    EXCH_ERR_ABSENT, "a symbol without prices");
	tap_is_str(d.text, "there are no prices of 'NIL'", "is named");
	tap_is_i64(exch_returns_of(&p, both, 2, 20260105, 500, &r, &d),
	    EXCH_ERR_ABSENT, "one day is no history");
	exch_prices_clear(&p);
}

static void
correlations(void)
{
	static const char text[] =
	    "a,b,correlation\nABC,DEF,0.9\nDEF,NIL,90%\nABC,NIL,-0.9\n";
	const char *const three[] = {ABC, DEF, NIL};
	double c[9], l[9];

	tap_is_i64(exch_correlations_parse(text, strlen(text), "c", &t, &d), 0,
	    "correlations");
	tap_is_i64(exch_correlations_of(&t, three, 3, c, &d), 0, "as a matrix");
	tap_ok(c[0] == 1 && c[1] == c[3] && fabs(c[2] + 0.9) < 1e-12, "is one");
	exch_diag_clear(&d);
	tap_is_i64(exch_cholesky(c, 3, l, &d), EXCH_ERR_RANGE,
	    "that contradicts itself");
	tap_ok(strstr(d.text, "row 3") != NULL &&
		   strstr(d.text, "(pivot -15.2") != NULL,
	    "and how much");
	exch_reftable_clear(&t);
}

/* ---- what is refused ---- */

typedef int parse_fn(const char *text, size_t n, const char *name,
    struct exch_reftable *out, struct exch_diag *diag);

static int
prices_parse(const char *text, size_t n, const char *name,
    struct exch_reftable *out, struct exch_diag *diag)
{
	struct exch_prices p;
	int err = exch_prices_parse(text, n, name, &p, diag);

	(void)out;
	exch_prices_clear(&p);
	return err;
}

static void
refusals(void)
{
	static const struct {
		parse_fn *parse;
		const char *text;
		uint64_t line;
		const char *why;
	} bad[] = {
	    {prices_parse, "date,symbol,close\n2026-01-05,A,0\n", 2, "'close'"},
	    {prices_parse, "date,symbol,close\n2026-01-05,A,-1\n", 2,
		"'close'"},
	    {prices_parse, "date,symbol,close\n2026-01-05,A,\n", 2, "'close'"},
	    {prices_parse,
		"date,symbol,close\n2026-01-05,A,1\n2026-01-05,A,1\n", 3,
		"line 2 has a price"},
	    {exch_rates_parse, "date,days,rate\n2026-01-05,1,-101%\n", 2,
		"'rate'"},
	    {exch_rates_parse,
		"date,days,rate\n2026-01-05,1,1%\n2026-01-05,1,2%\n", 3,
		"line 2 is about"},
	    {exch_vols_parse, "date,vol\n2026-01-05,-1%\n", 2, "'vol'"},
	    {exch_vols_parse, "date,class\n2026-01-05,bonds\n", 2, "'class'"},
	    {exch_liquidity_parse, "symbol,volume\nA,0\n", 2, "'volume'"},
	    {exch_liquidity_parse, "symbol,haircut\nA,101%\n", 2, "'haircut'"},
	    {exch_scenarios_parse, "name,shock\nx,-101%\n", 2, "'shock'"},
	    {exch_scenarios_parse, "name,shock\nx,1%\nx,2%\n", 3, "line 2"},
	    {exch_scenarios_parse,
		"name,symbol,shock\nx,A,1%\ny,A,2%\nx,B,1%\n", 4,
		"began in line 2"},
	    {exch_scenarios_parse, "name,symbol,kind,shock\nx,A,fx,1%\n", 2,
		"a symbol and a kind"},
	    {exch_correlations_parse, "a,b,correlation\nA,B,1.1\n", 2,
		"'correlation'"},
	    {exch_correlations_parse, "a,b,correlation\nA,A,1\n", 2,
		"and itself"},
	    {exch_correlations_parse, "a,b,correlation\nA,B,0\nB,A,0\n", 3,
		"line 2 has this pair"},
	    {exch_pl_parse, "date,pl,var\n2026-01-05,1,1\n2026-01-05,1,1\n", 3,
		"not after the one before"},
	};

	for (size_t i = 0; i < EXCH_ARRAY_LEN(bad); i++) {
		bool good;

		exch_diag_clear(&d);
		good = bad[i].parse(bad[i].text, strlen(bad[i].text), "bad", &t,
			   &d) == EXCH_ERR_FORMAT &&
		       d.where == bad[i].line &&
		       strstr(d.text, bad[i].why) != NULL;
		if (!tap_ok(good, bad[i].why))
			printf("# %llu: %s\n", (unsigned long long)d.where,
			    d.text);
	}
}

int
main(void)
{
	rates();
	vols();
	scenarios();
	returns();
	correlations();
	refusals();
	return tap_done();
}
