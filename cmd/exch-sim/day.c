/*
 * The recorded day that a scenario names.  It is read twice: once for what it
 * announces and from when to when it lasts, and then as it is carried out.  So
 * it is a file.
 */
#include <config.h>

#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/plural.h"
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
behind(struct tool *t, exch_oid order)
{
	if (order > t->last_order)
		t->last_order = order;
}

/* Numbers that are taken. */
static void
look(struct tool *t, const struct exch_rec *r)
{
	const struct exch_rec_new *n = (const void *)r;
	const struct exch_rec_quote *q = (const void *)r;
	uint32_t account = 0;

	switch (r->type) {
	case EXCH_REC_NEW:
		account = n->account;
		behind(t, n->order);
		break;
	case EXCH_REC_REPLACE:
		behind(t, ((const struct exch_rec_replace *)r)->new_order);
		break;
	case EXCH_REC_QUOTE:
		account = q->account;
		behind(t, q->bid_order);
		behind(t, q->ask_order);
		break;
	case EXCH_REC_BLOCK:
		behind(t, ((const struct exch_rec_block *)r)->report);
		break;
	case EXCH_REC_ACCOUNT:
		account = ((const struct exch_rec_account *)r)->id;
		break;
	default:
		break;
	}
	if (account > t->last_account)
		t->last_account = account;
}

/* Agents live through a pause, be it one of years by a damaged time. */
#define PAUSE_DAYS 14u
#define PAUSE_MOST (PAUSE_DAYS * 86400 * EXCH_SEC)

static int
too_late(const struct tool *t, const struct exch_rec *r, const char *name,
    struct exch_diag *d)
{
	char at[30], before[30];

	(void)exch_ts_put(at, r->time);
	(void)exch_ts_put(before, t->day_clock);
	return exch_diag_set(d, EXCH_ERR_RANGE, name, EXCH_POS_NONE, 0,
	    "record %llu is of %.30s, more than %u days after %.30s, the "
	    "latest time before it, and all who trade would wait for it: cut "
	    "the day there (exch-replay --to), or mend the time",
	    (unsigned long long)exch_reader_seq(t->survey), at, PAUSE_DAYS,
	    before);
}

/*
 * Its clock, which does not go back where times do.  The day begins with the
 * first command; what is before that, announcements and a snapshot of orders
 * that may be months old, was there already.
 */
static int
go_on(struct tool *t, const struct exch_rec *r, const char *name,
    struct exch_diag *d)
{
	bool runs = t->day_begin != EXCH_TS_NONE;

	if (r->time > t->day_clock) {
		if (runs && r->time - t->day_clock > PAUSE_MOST)
			return too_late(t, r, name, d);
		t->day_clock = r->time;
	}
	if (!runs && r->type >= EXCH_REC_NEW &&
	    (r->flags & EXCH_F_SNAPSHOT) == 0)
		t->day_begin = t->day_clock;
	return EXCH_OK;
}

/* Numbers of orders and of accounts that a day leaves to others. */
#define ORDERS_LEFT (UINT64_C(1) << 40)
#define ACCOUNTS_LEFT (UINT32_C(1) << 24)

/* Its numbers leave room for others. */
static int
has_room(const struct tool *t, struct exch_plan_day *k, struct exch_diag *d)
{
	if (t->last_account > UINT32_MAX - ACCOUNTS_LEFT ||
	    t->last_order > UINT64_MAX - ORDERS_LEFT)
		return exch_diag_set(d, EXCH_ERR_LIMIT, NULL, EXCH_POS_NONE, 0,
		    "its orders or accounts have the largest numbers there "
		    "are: nobody else gets one");
	k->account = t->last_account + 1;
	k->order =
	    t->last_order < EXCH_SIM_OWN ? EXCH_SIM_OWN : t->last_order + 1;
	return EXCH_OK;
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
	struct stat st;
	int n, err;

	if (path == NULL)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
	t->day_begin = EXCH_TS_NONE;
	t->day_clock = 0;
	/* It is read twice. */
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
		    "%s is no regular file, and a day is read twice: put it "
		    "into a file",
		    name);
	err = open_day(t, path, &t->survey_in, &t->survey, d);
	if (err != EXCH_OK)
		return err;
	while ((n = exch_reader_next(t->survey, &r, d)) > 0) {
		look(t, r);
		err = go_on(t, r, name, d);
		if (err != EXCH_OK)
			return err;
	}
	if (t->day_begin == EXCH_TS_NONE)
		t->day_begin = t->day_clock;
	k->dir = exch_reader_dir(t->survey);
	k->date = exch_reader_info(t->survey)->date;
	zone_of(exch_reader_info(t->survey)->text, k->zone, sizeof(k->zone));
	/* Its zone and its date stand in the header alone. */
	if (n == 0)
		sim_input_text(t, k->zone, strlen(k->zone));
	if (n == 0)
		sim_input_text(t, (const char *)&k->date, sizeof(k->date));
	return n == 0 ? has_room(t, k, d) : n;
}

/* It begins long before the first command. */
static int
too_early(const struct tool *t, struct exch_diag *d)
{
	char at[30], begin[30];

	(void)exch_ts_put(at, t->day_begin);
	(void)exch_ts_put(begin, t->plan.begin);
	return exch_place_fail(d, EXCH_ERR_RANGE, &t->plan.at.begin,
	    "the scenario begins at %.30s, more than %u days before the day "
	    "%s, whose first command is of %.30s: mend its lines \"date\" and "
	    "\"begin\"",
	    begin, PAUSE_DAYS, t->plan.day, at);
}

/* It goes on long after `last`, the end of the day or a later begin. */
static int
too_long(const struct tool *t, exch_ts last, struct exch_diag *d)
{
	char at[30], end[30];

	(void)exch_ts_put(at, last);
	(void)exch_ts_put(end, t->plan.end);
	return exch_place_fail(d, EXCH_ERR_RANGE, &t->plan.at.end,
	    "the scenario ends at %.30s, more than %u days after %.30s, from "
	    "when on there is nothing of the day %s: mend its lines \"date\" "
	    "and \"end\"",
	    end, PAUSE_DAYS, at, t->plan.day);
}

int
sim_day_fits(const struct tool *t, struct exch_diag *d)
{
	const struct exch_plan *p = &t->plan;
	exch_ts last = p->begin > t->day_clock ? p->begin : t->day_clock;

	if (p->day == NULL)
		return EXCH_OK;
	if (t->day_begin > p->begin && t->day_begin - p->begin > PAUSE_MOST)
		return too_early(t, d);
	if (p->at.end.file != NULL && p->end > last &&
	    p->end - last > PAUSE_MOST)
		return too_long(t, last, d);
	return EXCH_OK;
}

int
sim_day_open(struct tool *t, struct exch_diag *d)
{
	struct exch_diag own = {0};
	const char *path;

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
	if (open_day(t, path, &t->day_in, &t->day, &own) != EXCH_OK)
		return exch_place_told(d, &t->plan.at.day, &own);
	return EXCH_OK;
}

int
sim_day_add(struct tool *t, struct exch_diag *d)
{
	struct exch_sim_day_opts o = {.in = t->day,
	    .name = t->plan.day,
	    .resync = t->plan.resync,
	    .after = t->plan.after,
	    .at = t->plan.at.day};

	return t->day != NULL ? exch_sim_add_day(t->sim, &o, d) : EXCH_OK;
}

bool
sim_day_is_whole(const struct tool *t)
{
	enum exch_status up =
	    t->day != NULL ? exch_reader_status(t->day) : EXCH_STATUS_COMPLETE;

	/* Not read to its end, as the scenario ends before. */
	if (up == EXCH_STATUS_UNKNOWN)
		return true;
	return exch_cli_upstream(&t->cli, t->day_in, up);
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
		    "no drift: %llu record%s of the day, all as recorded",
		    (unsigned long long)f->records, exch_plural(f->records));
		return;
	}
	(void)exch_ts_put(at, f->first);
	exch_cli_note(&t->cli,
	    "drift: since %.30s (record %llu of the day) %llu command%s "
	    "met orders that were gone; of %llu unit%s executed that day %llu "
	    "were not, and %llu others were; the middle was %.3f ticks away on "
	    "the whole, %.1f at most; %llu order%s moved in %llu resync%s",
	    at, (unsigned long long)f->first_record,
	    (unsigned long long)f->orphans, exch_plural(f->orphans),
	    (unsigned long long)all, exch_plural(all),
	    (unsigned long long)f->only_h, (unsigned long long)f->only_s,
	    f->watched > 0 ? f->apart / f->watched : 0.0, f->most,
	    (unsigned long long)f->moved, exch_plural(f->moved),
	    (unsigned long long)f->resyncs, exch_plural(f->resyncs));
}
