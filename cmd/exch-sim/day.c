/*
 * The recorded day that a scenario names.  It is read twice: once for what it
 * announces and from when to when it lasts, and then as it is carried out.  So
 * it is a file.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "exch-sim/tool.h"

static int
open_day(struct tool *t, const char *path, struct exch_in **in,
    struct exch_reader **r, struct exch_diag *d)
{
	struct exch_reader_opts o = {0};
	int err = exch_cli_open(&t->cli, path, in, d);

	return err == EXCH_OK ? exch_reader_open(*in, &o, r, d) : err;
}

static void
look(struct tool *t, const struct exch_rec *r)
{
	uint32_t account = 0;

	sim_input_record(t, r);
	if (r->type == EXCH_REC_NEW)
		account = ((const struct exch_rec_new *)r)->account;
	else if (r->type == EXCH_REC_ACCOUNT)
		account = ((const struct exch_rec_account *)r)->id;
	if (account > t->last_account)
		t->last_account = account;
	if (r->type >= EXCH_REC_NEW && t->day_begin == EXCH_TS_NONE)
		t->day_begin = r->time;
}

/* The line "zone=NAME" of a header. */
static void
zone_of(const char *text, char *zone, size_t room)
{
	const char *p = strstr(text, "zone=");
	size_t n = p != NULL ? strcspn(p + 5, "\n") : 0;

	if (n == 0 || n >= room || (p != text && p[-1] != '\n'))
		return;
	memcpy(zone, p + 5, n);
	zone[n] = '\0';
}

/* Everything that it announces, and the largest number of an account. */
int
sim_day_survey(
    void *arg, const char *name, struct exch_plan_day *k, struct exch_diag *d)
{
	struct tool *t = arg;
	const struct exch_rec *r;
	const char *path = sim_path(t, name);
	int n, err;

	if (path == NULL)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
	t->day_begin = EXCH_TS_NONE;
	err = open_day(t, path, &t->survey_in, &t->survey, d);
	if (err != EXCH_OK)
		return err;
	while ((n = exch_reader_next(t->survey, &r, d)) > 0)
		look(t, r);
	k->dir = exch_reader_dir(t->survey);
	k->account = t->last_account + 1;
	k->date = exch_reader_info(t->survey)->date;
	zone_of(exch_reader_info(t->survey)->text, k->zone, sizeof(k->zone));
	/* Its zone and its date stand in the header alone. */
	if (n == 0)
		sim_input_text(t, k->zone, strlen(k->zone));
	if (n == 0)
		sim_input_text(t, (const char *)&k->date, sizeof(k->date));
	return n;
}

int
sim_day_open(struct tool *t, struct exch_diag *d)
{
	const char *path;
	int err;

	exch_reader_close(t->survey);
	exch_in_close(t->survey_in);
	t->survey = NULL;
	t->survey_in = NULL;
	if (t->plan.day == NULL)
		return EXCH_OK;
	path = sim_path(t, t->plan.day);
	if (path == NULL)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
	err = open_day(t, path, &t->day_in, &t->day, d);
	return err;
}

int
sim_day_add(struct tool *t, struct exch_diag *d)
{
	struct exch_sim_day_opts o = {.in = t->day,
	    .name = t->plan.day,
	    .resync = t->plan.resync,
	    .after = t->plan.after};

	return t->day != NULL ? exch_sim_add_day(t->sim, &o, d) : EXCH_OK;
}

bool
sim_day_expects(const struct tool *t)
{
	return strstr(exch_reader_info(t->day)->text, "expect=yes\n") != NULL;
}

void
sim_day_close(struct tool *t)
{
	exch_reader_close(t->survey);
	exch_in_close(t->survey_in);
	exch_reader_close(t->day);
	exch_in_close(t->day_in);
}

void
sim_day_tell(const struct tool *t)
{
	const struct exch_drift *f = exch_sim_drift(t->sim);
	uint64_t all;
	char at[30];

	if (f == NULL)
		return;
	all = f->same + f->only_h;
	if (f->first == EXCH_TS_NONE) {
		exch_cli_note(&t->cli,
		    "no drift: %llu records of the day, all as recorded",
		    (unsigned long long)f->records);
		return;
	}
	(void)exch_ts_put(at, f->first);
	exch_cli_note(&t->cli,
	    "drift: since %.30s (record %llu of the day) %llu commands "
	    "met orders that were gone; of %llu units executed that day %llu "
	    "were not, and %llu others were; the middle was %.3f ticks away on "
	    "the whole, %.1f at most; %llu orders moved in %llu resyncs",
	    at, (unsigned long long)f->first_record,
	    (unsigned long long)f->orphans, (unsigned long long)all,
	    (unsigned long long)f->only_h, (unsigned long long)f->only_s,
	    f->watched > 0 ? f->apart / f->watched : 0.0, f->most,
	    (unsigned long long)f->moved, (unsigned long long)f->resyncs);
}
