/*
 * What is kept for how long: purge, hold and release.
 */
#include <config.h>

#include <time.h>

#include "base/alloc.h"
#include "base/time.h"
#include "exch-store/tool.h"

/*
 * Today, by the clock: the one place that asks it, and only to refuse a day
 * that has not come.
 */
static uint32_t
today(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_REALTIME, &now) != 0 || now.tv_sec < 0)
		return 0;
	return exch_ts_date((exch_ts)now.tv_sec * 1000000000u);
}

/* ---- purge ---- */

struct purging {
	struct tool *t;
	struct exch_cli_out *out;
	struct exch_buf b;
	unsigned refused;
};

static void
put_date(struct exch_buf *b, uint32_t date)
{
	if (date != 0)
		exch_buf_fmt(b, "%04lu-%02lu-%02lu",
		    (unsigned long)date / 10000,
		    (unsigned long)date / 100 % 100, (unsigned long)date % 100);
}

static int
item(void *arg, const struct exch_purge_item *i, struct exch_diag *d)
{
	static const char *const states[] = {
	    "due", "early", "held", "undated", "gone"};
	struct purging *p = arg;
	const char *kind = exch_kept_words[i->kind].word;

	(void)d;
	exch_buf_fmt(&p->b, "%lu,", (unsigned long)i->stream);
	put_date(&p->b, i->date);
	exch_buf_fmt(&p->b, ",%s,", kind);
	put_date(&p->b, i->until);
	exch_buf_fmt(&p->b, ",%s,%llu,%llu\n",
	    i->done ? "purged" : states[i->state], (unsigned long long)i->rows,
	    (unsigned long long)i->bytes);
	if (!p->t->apply || p->t->cli.stream == NULL)
		return 0;
	/* Asked for by name: it is told why it stays. */
	if (i->state == EXCH_PURGE_EARLY)
		exch_cli_warn(&p->t->cli,
		    "stream %lu: %s of %lu are kept for %u years: they may go "
		    "from %04lu-%02lu-%02lu on",
		    (unsigned long)i->stream, kind, (unsigned long)i->last,
		    i->years, (unsigned long)i->until / 10000,
		    (unsigned long)i->until / 100 % 100,
		    (unsigned long)i->until % 100);
	else if (i->state == EXCH_PURGE_HELD)
		exch_cli_warn(&p->t->cli,
		    "stream %lu: %s are held: view holds tells by whom",
		    (unsigned long)i->stream, kind);
	else if (i->state == EXCH_PURGE_UNDATED)
		exch_cli_warn(&p->t->cli,
		    "stream %lu: it has no date, and %s stay",
		    (unsigned long)i->stream, kind);
	p->refused += i->state == EXCH_PURGE_EARLY ||
		      i->state == EXCH_PURGE_HELD ||
		      i->state == EXCH_PURGE_UNDATED;
	return 0;
}

/* What cannot be told does not go. */
static int
tell(void *arg, struct exch_diag *d)
{
	struct purging *p = arg;
	int err;

	if (p->b.failed)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "out of memory for the output");
	err = exch_out_write(exch_cli_out_stream(p->out), p->b.p, p->b.len, d);
	return err != 0 ? err : exch_cli_out_sync(p->out, d);
}

static int
purge(struct purging *p, struct exch_store *s, struct exch_diag *d)
{
	struct exch_reftable policy = {0};
	struct exch_purge_opts o = {.policy = &policy,
	    .on = p->t->on,
	    .apply = p->t->apply,
	    .ready = tell};
	struct exch_store_stream st;
	char *text = NULL;
	size_t n;
	int err = exch_cli_slurp(p->t->policy, &text, &n, d);

	if (err == 0)
		err = exch_retention_parse(text, n, p->t->policy, &policy, d);
	if (err == 0 && p->t->cli.stream != NULL) {
		err = exch_store_find(s, p->t->cli.stream, &st, d);
		o.stream = st.number;
	}
	exch_buf_str(&p->b, "stream,date,kind,from,state,rows,bytes\n");
	if (err == 0)
		err = exch_store_purge(s, &o, item, p, d);
	exch_reftable_clear(&policy);
	exch_free(text);
	return err;
}

int
tool_purge(struct tool *t)
{
	bool stays;
	struct purging p = {.t = t};
	struct exch_store *s = NULL;
	struct exch_diag d = {0};
	int err;

	if (t->policy == NULL || t->on == 0)
		return exch_cli_usage(&t->cli,
		    "purge needs --policy FILE, how long to keep what, and "
		    "--on DATE, the day of today");
	if (t->on > today())
		return exch_cli_usage(
		    &t->cli, "--on: that day has not come yet");
	err = exch_cli_out_open(&t->cli, &p.out, &d);
	if (err == 0)
		err = exch_store_open(t->path,
		    t->apply ? EXCH_STORE_WRITE : EXCH_STORE_READ, &s, &d);
	if (err == 0)
		err = purge(&p, s, &d);
	stays = err == 0 && exch_store_stays(s);
	exch_store_close(s);
	if (err == 0)
		err = exch_cli_out_commit(p.out, &d);
	else
		exch_cli_out_abort(p.out);
	exch_buf_free(&p.b);
	if (err != 0)
		return exch_cli_fail(&t->cli, &d);
	if (stays)
		return tool_stays(t);
	return p.refused != 0 ? EXCH_EXIT_NO : EXCH_EXIT_OK;
}

/* ---- holds ---- */

static int
hold(struct tool *t, bool on)
{
	struct exch_hold h = {.account = t->account,
	    .link = t->hold,
	    .who = t->who,
	    .why = t->why};
	struct exch_store *s = NULL;
	struct exch_store_stream st;
	struct exch_diag d = {0};
	int err;

	if (t->account != 0 && t->cli.stream != NULL)
		return exch_cli_usage(
		    &t->cli, "a stream or an account, not both");
	if (t->account == 0 && t->cli.stream == NULL && t->hold == 0)
		return exch_cli_usage(
		    &t->cli, "what? --stream WHICH or --account NUMBER");
	if (t->who == NULL || t->why == NULL)
		return exch_cli_usage(&t->cli, "--who says so, and --why?");
	err = exch_store_open(t->path, EXCH_STORE_WRITE, &s, &d);
	if (err == 0 && t->cli.stream != NULL) {
		err = exch_store_find(s, t->cli.stream, &st, &d);
		h.stream = st.number;
	}
	if (err == 0)
		err = exch_store_hold(s, &h, on, &d);
	exch_store_close(s);
	if (err == EXCH_ERR_ABSENT && s != NULL) {
		exch_cli_warn(&t->cli, "%s", d.text);
		return EXCH_EXIT_NO;
	}
	return err != 0 ? exch_cli_fail(&t->cli, &d) : EXCH_EXIT_OK;
}

int
tool_hold(struct tool *t)
{
	return hold(t, true);
}

int
tool_release(struct tool *t)
{
	return hold(t, false);
}
