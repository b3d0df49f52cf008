/*
 * Lines of the Consolidated Audit Trail go to the output, or into files under
 * the names that a submission has (6.1.1 of the specification):
 *
 *	SUBID_MYID_20170101_FileGroup1_OrderEvents_000123.csv.bz2
 *
 * one after the other for each trading day, and another one when a file holds
 * as many events as it may.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "rec/whole.h"
#include "report/cat_make.h"

#define FILES_MOST 999999

struct exch_cat_files {
	struct exch_whole *whole;
	const char *submitter;
	uint64_t first;
	uint64_t split; /* 0: no matter how many */
	uint64_t number;
	uint64_t events; /* in the file */
	uint32_t day;	 /* 0: none was begun */
};

static int
take_number(struct exch_cat *s, const char *option, uint64_t most, uint64_t *v,
    struct exch_diag *d)
{
	const struct exch_given *g = exch_report_given(s->run, option);

	if (g == NULL)
		return EXCH_OK;
	if (exch_uint_parse(g->value, strlen(g->value), v) == 0 && *v > 0 &&
	    *v <= most)
		return EXCH_OK;
	return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
	    "--%s needs a number from 1 to %llu", option,
	    (unsigned long long)most);
}

/* What says how files are called says nothing without them. */
static int
need_into(struct exch_cat *s, struct exch_diag *d)
{
	static const char *const names[] = {"submitter", "first", "split"};

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(names); i++)
		if (exch_report_given(s->run, names[i]) != NULL)
			return exch_diag_set(d, EXCH_ERR_NEED, NULL,
			    EXCH_POS_NONE, 0, "--%s is for files: --into DIR",
			    names[i]);
	return EXCH_OK;
}

int
exch_cat_files_open(struct exch_cat *s, struct exch_diag *d)
{
	const struct exch_given *into = exch_report_given(s->run, "into");
	const struct exch_given *who = exch_report_given(s->run, "submitter");
	struct exch_cat_files *f;
	int rc;

	if (into == NULL)
		return need_into(s, d);
	if (s->run->o.format == EXCH_FMT_TEXT)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "files are submitted as CSV or JSON: add -f csv or "
		    "-f json");
	f = exch_calloc(1, sizeof(*f));
	if (f == NULL)
		return exch_report_nomem(d);
	s->files = f;
	f->submitter = who != NULL ? who->value : s->imid;
	f->first = 1;
	if (f->submitter[strspn(f->submitter,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789-")] != '\0' ||
	    f->submitter[0] == '\0' || strlen(f->submitter) > 20)
		return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
		    "--submitter needs 1 to 20 letters, digits and hyphens");
	rc = take_number(s, "first", FILES_MOST, &f->first, d);
	if (rc == EXCH_OK)
		rc = take_number(s, "split", UINT64_MAX, &f->split, d);
	return rc == EXCH_OK ? exch_whole_new(into->value, &f->whole, d) : rc;
}

static int
begin_file(struct exch_cat *s, uint32_t day, struct exch_diag *d)
{
	struct exch_cat_files *f = s->files;
	struct exch_buf name = {0};
	int rc;

	f->number = f->day == day ? f->number + 1 : f->first;
	f->day = day;
	f->events = 0;
	if (f->number > FILES_MOST)
		return exch_diag_set(d, EXCH_ERR_LIMIT, NULL, EXCH_POS_NONE, 0,
		    "file names number up to %d: --split more, or --group",
		    FILES_MOST);
	exch_buf_fmt(&name, "%s_%s_%08u_%s%sOrderEvents_%06u.%s.bz2",
	    f->submitter, s->imid, day, s->group != NULL ? s->group : "",
	    s->group != NULL ? "_" : "", (unsigned)f->number,
	    s->run->o.format == EXCH_FMT_CSV ? "csv" : "json");
	exch_buf_char(&name, '\0');
	if (name.failed) {
		exch_buf_free(&name);
		return exch_report_nomem(d);
	}
	rc = exch_whole_begin(f->whole, name.p, EXCH_OUT_BZIP2, d);
	exch_buf_free(&name);
	return rc;
}

static int
put_line(struct exch_cat *s, struct exch_diag *d)
{
	struct exch_cat_files *f = s->files;
	int rc = EXCH_OK;

	if (f == NULL) {
		exch_table_raw(&s->run->table, s->text.p, s->text.len);
		return EXCH_OK;
	}
	/* a time that goes back to a day before stays in the day's file */
	if (f->day == 0 || s->trading > f->day)
		rc = begin_file(s, s->trading, d);
	else if (f->split != 0 && f->events == f->split)
		rc = begin_file(s, f->day, d);
	f->events++;
	return rc != EXCH_OK
		   ? rc
		   : exch_out_write(f->whole->out, s->text.p, s->text.len, d);
}

int
exch_cat_write(struct exch_cat *s, struct exch_diag *d)
{
	int rc = EXCH_OK;

	s->text.len = 0;
	if (s->line.bad) {
		s->left[EXCH_CAT_LEFT_NUMBER]++;
		return EXCH_OK;
	}
	if (s->run->o.format == EXCH_FMT_TEXT)
		exch_cat_page(s->event, &s->line, s->told + 1, &s->text);
	else if (s->run->o.format == EXCH_FMT_CSV)
		rc = exch_cat_csv(s->event, &s->line, &s->text);
	else
		rc = exch_cat_json(&s->spec, s->event, &s->line, &s->text);
	if (rc == EXCH_ERR_RANGE) {
		s->left[EXCH_CAT_LEFT_NUMBER]++;
		return EXCH_OK;
	}
	if (s->text.failed)
		return exch_report_nomem(d);
	s->told++;
	return put_line(s, d);
}

int
exch_cat_files_close(struct exch_cat *s, struct exch_diag *d)
{
	struct exch_cat_files *f = s->files;
	uint32_t date;
	int rc = EXCH_OK;

	/* half a day under a name of submission would pass for a whole */
	if (f == NULL || s->run->status == EXCH_STATUS_SIGNAL)
		return EXCH_OK;
	/* a day without events has a file, too: an empty one (6.1) */
	if (f->day == 0 && s->run->last_time != EXCH_TS_NONE &&
	    s->run->last_time != 0) {
		rc = begin_file(
		    s, exch_cat_trading_day(s, s->run->last_time, &date), d);
	}
	return rc == EXCH_OK ? exch_whole_commit(f->whole, d) : rc;
}

void
exch_cat_files_free(struct exch_cat *s)
{
	if (s->files == NULL)
		return;
	exch_whole_free(s->files->whole);
	exch_free(s->files);
}
