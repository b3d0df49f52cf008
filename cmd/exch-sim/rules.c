/*
 * The rules of a simulated market: the file that the scenario names, with its
 * sessions as the timetable of the scenario's day.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/sha256.h"
#include "exch-sim/tool.h"

const char *
sim_path(struct tool *t, const char *name)
{
	const char *scenario = t->cli.noperands > 0 ? t->cli.operand[0] : NULL;
	const char *slash =
	    scenario != NULL && name[0] != '/' ? strrchr(scenario, '/') : NULL;
	size_t dir = slash != NULL ? (size_t)(slash + 1 - scenario) : 0;
	char *path;

	if (!exch_room(&t->path, t->npath, &t->cap_path, sizeof(*t->path)))
		return NULL;
	path = exch_malloc(dir + strlen(name) + 1);
	if (path == NULL)
		return NULL;
	if (dir != 0)
		memcpy(path, scenario, dir);
	memcpy(path + dir, name, strlen(name) + 1);
	t->path[t->npath++] = path;
	return path;
}

void
sim_paths_free(struct tool *t)
{
	for (size_t i = 0; i < t->npath; i++)
		exch_free(t->path[i]);
	exch_free(t->path);
}

/*
 * Times of day are those of the market's zone, else of the scenario's, as
 * exch-match takes them of the rules before the stream.
 */
static int
dated(struct tool *t, const char *path, struct exch_diag *d)
{
	struct exch_market *m = &t->market;
	const char *zone = m->zone[0] != '\0'	     ? m->zone
			   : t->plan.zone[0] != '\0' ? t->plan.zone
			   : t->tz_name != NULL	     ? t->tz_name
						     : "UTC";
	struct exch_tz *tz = NULL;
	int err;

	if (m->sessions == NULL && !exch_market_dated(m))
		return EXCH_OK;
	err = exch_cli_zone(zone, &tz, d);
	if (err == EXCH_OK && m->sessions != NULL)
		err = exch_timetable_parse(m->sessions, m->nsessions, path,
		    t->plan.date, tz, &t->timetable, d);
	if (err == EXCH_OK) {
		exch_market_date(m, t->plan.date, tz, NULL);
		err = exch_market_venues_date(
		    m, t->plan.date, tz, NULL, exch_cli_zone, &t->timetable, d);
	}
	if (t->timetable.n != 0)
		t->match.timetable = &t->timetable;
	exch_tz_free(tz);
	return err;
}

/* What the rules are read from; all of it is what they are known by. */
struct source {
	struct tool *t;
	struct exch_sha256 sum;
};

static int
slurp_rules(
    void *arg, const char *path, char **text, size_t *n, struct exch_diag *d)
{
	struct source *s = arg;
	int err = exch_cli_slurp(path, text, n, d);

	if (err != EXCH_OK)
		return err;
	exch_sha256_add(&s->sum, *text, *n);
	sim_input_text(s->t, *text, *n);
	return EXCH_OK;
}

static void
name_it(struct source *s)
{
	unsigned char sum[32];
	char hex[65];

	exch_sha256_end(&s->sum, sum);
	exch_sha256_hex(sum, hex);
	exch_buf_fmt(
	    &s->t->rules, "market=%.64s:%.16s", s->t->market.name, hex);
}

static int
read_rules(struct tool *t, struct exch_diag *d)
{
	struct source s = {.t = t};
	struct exch_market_files files = {slurp_rules, &s};
	const char *path;
	char *text = NULL;
	size_t n = 0;
	int err;

	path = sim_path(t, t->plan.market);
	if (path == NULL)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
	exch_cli_reads(&t->cli, path);
	exch_sha256_init(&s.sum);
	err = slurp_rules(&s, path, &text, &n, d);
	if (err == EXCH_OK)
		err = exch_market_read(text, n, path, &files, &t->market, d);
	if (err == EXCH_OK)
		err = dated(t, path, d);
	if (err == EXCH_OK)
		name_it(&s);
	t->match.market = &t->market;
	exch_free(text);
	return err;
}

int
sim_rules(struct tool *t, struct exch_diag *d)
{
	struct exch_diag own = {0};
	int err;

	exch_market_init(&t->market);
	t->match.phase = EXCH_PHASE_CONTINUOUS;
	t->match.ladder = exch_ladder_by_name("plain-ref");
	t->match.stop = &exch_cli_signal;
	if (t->plan.market == NULL)
		return EXCH_OK;
	err = read_rules(t, &own);
	return err == EXCH_OK ? EXCH_OK
			      : exch_place_told(d, &t->plan.at.market, &own);
}

void
sim_rules_free(struct tool *t)
{
	exch_timetable_clear(&t->timetable);
	exch_market_clear(&t->market);
}
