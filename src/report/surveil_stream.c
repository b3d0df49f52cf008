/*
 * exch-report surveil as a filter (surveil.h): the stream goes on, and behind
 * it stands an ALERT record for each alert (--add), or what one alert is made
 * of (--extract): its instrument's records from the begin of the day to the
 * end of the alert, so that a matcher finds the book as it stood.
 *
 * When an alert has come to its end is known a while later: as long as it may
 * get another episode, what comes behind the last one is kept back.  That is
 * the stream of one instrument for minutes, and no more.
 */
#include <config.h>

#include <string.h>

#include "base/dec.h"
#include "report/surveil.h"

/* What stands around an alert, as in the column extract. */
#define AROUND EXCH_SEC

/* Something that people should look at; enum exch_severity has no names. */
#define WARNING 1

int
exch_surv_stream_open(struct exch_surv *s, struct exch_diag *d)
{
	struct exch_report_run *run = s->run;
	const struct exch_given *only = exch_report_given(run, "extract");
	bool add = exch_report_given(run, "add") != NULL;
	struct exch_writer_opts o = {.tool = "exch-report",
	    .options = only != NULL ? "surveil extract" : "surveil",
	    .upstream = run->o.upstream,
	    .upstream_info = run->info};

	if (!add && only == NULL)
		return EXCH_OK;
	if (add && only != NULL)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "--add and --extract exclude each other: one is the whole "
		    "stream, the other a part of it");
	if (s->scores)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "--score makes a table, and --%s a stream",
		    add ? "add" : "extract");
	s->pass.only = only != NULL ? only->value : NULL;
	return exch_writer_open(run->table.out, &o, &run->writer, d);
}

void
exch_surv_stream_free(struct exch_surv *s)
{
	exch_writer_free(s->run->writer);
	s->run->writer = NULL;
	exch_buf_free(&s->pass.back);
}

/* ---- which records ---- */

/* Does the name of the alert begin as those of this instrument do? */
static bool
names(const char *alert, const struct exch_inst *in)
{
	const char *p = strchr(alert, '-');

	return p != NULL && strncmp(p + 1, in->symbol, in->nsymbol) == 0 &&
	       p[1 + in->nsymbol] == '-';
}

/* Records of no instrument are of all: accounts, phases, mass cancels. */
static bool
wanted(struct exch_surv *s, uint32_t instr)
{
	struct exch_surv_pass *p = &s->pass;
	uint32_t place;

	if (instr == 0)
		return true;
	if (instr == p->instr)
		return p->wanted;
	place = exch_insts_known(&s->run->insts, instr);
	if (place == UINT32_MAX)
		return false; /* it may be announced yet */
	p->instr = instr;
	p->wanted = p->alert != 0 ? s->alert[p->alert - 1].place == place
				  : names(p->only, &s->run->insts.inst[place]);
	return p->wanted;
}

/* The alert as it is now: how far it reaches, and whether it is over. */
static void
look(struct exch_surv *s)
{
	struct exch_surv_pass *p = &s->pass;
	const struct exch_surv_alert *al;

	for (size_t i = 0; p->hits != s->hits && i < s->nalerts; i++) {
		exch_surv_name(s, &s->alert[i]);
		if (strcmp(s->alert[i].id, p->only) != 0)
			continue;
		p->alert = i + 1;
		p->instr = 0;
		p->until = s->alert[i].end + AROUND;
	}
	if (p->alert == 0)
		return;
	al = &s->alert[p->alert - 1];
	for (size_t i = 0; p->hits != s->hits && i < s->nalerts; i++)
		if (exch_surv_merges(al, &s->alert[i]) &&
		    s->alert[i].end + AROUND > p->until)
			p->until = s->alert[i].end + AROUND;
	p->hits = s->hits;
	p->over = s->now > p->until && s->now - p->until > al->gap;
}

static void
keep_back(struct exch_surv_pass *p, const struct exch_rec *r, uint64_t seq)
{
	exch_buf_add(&p->back, &seq, sizeof(seq));
	exch_buf_add(&p->back, r, exch_rec_len(r));
}

/* The alert has grown: what was kept back is a part of it. */
static void
give(struct exch_surv *s)
{
	struct exch_surv_pass *p = &s->pass;

	for (size_t at = 0; at < p->back.len;) {
		const struct exch_rec *r;
		uint64_t seq;

		memcpy(&seq, p->back.p + at, sizeof(seq));
		/* lengths are multiples of 8, and so is where it begins */
		r = (const void *)(p->back.p + at + sizeof(seq));
		exch_writer_copy(s->run->writer, r, seq);
		at += sizeof(seq) + exch_rec_len(r);
	}
	p->back.len = 0;
}

int
exch_surv_stream_pass(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	struct exch_surv *s = run->state;
	struct exch_surv_pass *p = &s->pass;
	/* of the directory nobody has told us the time */
	exch_ts now = r->time > s->now ? r->time : s->now;

	if (p->only == NULL || exch_rec_is_framing(r->type) ||
	    r->type < EXCH_REC_INSTRUMENT) {
		exch_writer_copy(run->writer, r, seq);
		return exch_writer_error(run->writer, d);
	}
	look(s);
	if (p->over)
		p->back.len = 0;
	if (p->over || !wanted(s, r->instr))
		return EXCH_OK;
	if (p->alert == 0 || now <= p->until) {
		give(s);
		exch_writer_copy(run->writer, r, seq);
		return exch_writer_error(run->writer, d);
	}
	keep_back(p, r, seq);
	return p->back.failed ? exch_report_nomem(d) : EXCH_OK;
}

/* ---- alerts as records ---- */

static void
put_time(struct exch_buf *b, exch_ts t)
{
	char text[EXCH_FMT_MAX];

	exch_buf_add(b, text, (size_t)(exch_ts_put(text, t) - text));
}

/* Its name, and behind a blank what the row has of it. */
static void
put_text(struct exch_buf *b, const struct exch_surv *s,
    const struct exch_surv_alert *al)
{
	char text[EXCH_SURV_ORDERS_TEXT];

	exch_buf_str(b, al->id);
	exch_buf_char(b, ' ');
	exch_buf_str(b, al->kind);
	exch_buf_str(b, " accounts ");
	exch_buf_add(b, text, exch_surv_accounts(s, al, text));
	exch_buf_str(b, " from ");
	put_time(b, al->start);
	exch_buf_str(b, " to ");
	put_time(b, al->end);
	exch_buf_fmt(b, " episodes %u records %llu to %llu orders ",
	    al->episodes, (unsigned long long)al->first_seq,
	    (unsigned long long)al->last_seq);
	exch_buf_add(b, text, exch_surv_orders(al, text));
	exch_buf_str(b, ": ");
	exch_buf_str(b, al->evidence);
}

static int
put_alert(
    struct exch_surv *s, const struct exch_surv_alert *al, struct exch_diag *d)
{
	struct exch_buf b = {0};
	struct exch_rec_alert *r;

	put_text(&b, s, al);
	if (b.failed) {
		exch_buf_free(&b);
		return exch_report_nomem(d);
	}
	/* alerts are known at the end, and time does not go back for them */
	r = exch_writer_new_text(s->run->writer, EXCH_REC_ALERT, sizeof(*r),
	    s->run->insts.inst[al->place].id, s->now, b.p, b.len);
	exch_buf_free(&b);
	r->observed = al->score > INT64_MAX ? INT64_MAX : (int64_t)al->score;
	r->account = al->account[0];
	r->severity = WARNING;
	r->rule = EXCH_RULE_NONE;
	return exch_writer_error(s->run->writer, d);
}

int
exch_surv_stream_close(struct exch_surv *s, struct exch_diag *d)
{
	struct exch_report_run *run = s->run;
	enum exch_status status = run->status;
	bool found = s->pass.only == NULL;
	int rc = EXCH_OK;

	for (size_t i = 0; rc == EXCH_OK && i < s->nalerts; i++) {
		const struct exch_surv_alert *al = &s->alert[i];

		if (!al->told ||
		    (s->pass.only != NULL && strcmp(al->id, s->pass.only) != 0))
			continue;
		found = true;
		rc = put_alert(s, al, d);
	}
	if (rc == EXCH_OK && !found)
		rc = exch_diag_set(d, EXCH_ERR_ABSENT, NULL, EXCH_POS_NONE, 0,
		    "the stream gives no alert '%.96s': exch-report surveil "
		    "without --extract tells which there are",
		    s->pass.only);
	if (rc != EXCH_OK)
		return rc;
	if (run->damaged ||
	    (status != EXCH_STATUS_COMPLETE && status != EXCH_STATUS_SIGNAL))
		status = EXCH_STATUS_UPSTREAM;
	return exch_writer_close(run->writer, status, d);
}
