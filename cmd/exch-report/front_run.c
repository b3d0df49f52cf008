/* A run: the stream is read, what is made of it is written (front_run.h). */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "exch-report/front_run.h"
#include "report/redact.h"

/* Records with bad content that are told one by one. */
#define BAD_TOLD 5

/* Before a wait: whoever reads us sees what there is. */
static int
on_wait(void *arg, struct exch_diag *d)
{
	struct front_run *t = arg;

	if (exch_cli_signal != 0)
		return EXCH_ERR_STOP;
	exch_cli_progress(&t->cli, t->in, exch_reader_position(t->reader));
	if (t->report->wait != NULL && t->run != NULL) {
		int err = t->report->wait(t->run, d);

		if (err != 0)
			return err;
	}
	return exch_table_flush(&t->run->table, d);
}

/* What is known of one that is not read. */
static const struct exch_stream_info no_stream = {.text = ""};

/*
 * The zone that the stream's header names.  Where the machine does not know
 * it, times are of UTC: nobody asked for it.
 */
static void
zone_of_stream(struct front_run *t)
{
	const char *zone = front_header(t, "zone=");
	struct exch_diag unused = {0};
	char name[64];
	size_t n = zone != NULL ? strcspn(zone, "\n") : 0;

	if (n == 0 || n >= sizeof(name))
		return;
	memcpy(name, zone, n);
	name[n] = '\0';
	if (exch_cli_zone(name, &t->tz, &unused) != 0) {
		t->tz = NULL;
		exch_cli_note(&t->cli,
		    "there is no zone '%s' here: times are of UTC", name);
	}
}

static int
open_all(struct front_run *t, struct exch_diag *d)
{
	struct exch_reader_opts ro = {.partial = t->cli.partial};
	struct exch_out *out;
	int err = 0;

	if (t->report->zone != NULL)
		t->zone = t->report->zone;
	if (t->zone != NULL)
		err = exch_cli_zone(t->zone, &t->tz, d);
	if (err == 0 && t->front->own != NULL)
		err = t->front->own->open(t->front->own->arg, d);
	if (err == 0)
		err = exch_cli_open(&t->cli, t->input, &t->in, d);
	if (err == 0)
		err = params_open(&t->params, &t->cli, t->report, d);
	if (err == 0 && !t->o.file)
		err = exch_reader_open(t->in, &ro, &t->reader, d);
	if (err == 0 && !t->o.file && t->report->local && t->zone == NULL)
		zone_of_stream(t);
	if (err == 0)
		err = exch_cli_out_open(&t->cli, &t->out, d);
	if (err != 0)
		return err;
	t->o.format = t->cli.format;
	t->o.tz = t->tz;
	t->o.stop = &exch_cli_signal;
	t->o.upstream = t->reader;
	out = exch_cli_out_stream(t->out);
	if (t->front->own != NULL && t->front->own->through != NULL)
		err =
		    t->front->own->through(t->front->own->arg, &t->o, &out, d);
	if (err != 0)
		return err;
	err = exch_report_new(t->report, &t->o,
	    t->o.file ? &no_stream : exch_reader_info(t->reader), out, &t->run,
	    d);
	if (err == 0 && !t->o.file)
		exch_in_on_wait(t->in, on_wait, t);
	return err;
}

/* A record with bad content is told and left out unless --strict. */
static int
leave_out(struct front_run *t, const struct exch_rec *rec, struct exch_diag *d)
{
	if (t->bad++ < BAD_TOLD)
		exch_cli_note(&t->cli, "source %u, record %llu: %s",
		    rec->source, (unsigned long long)exch_reader_seq(t->reader),
		    d->text);
	exch_diag_clear(d);
	return 1;
}

/* Records taken between two looks at signals and the clock. */
#define AT_A_TIME 4096

/* Every record.  0, EXCH_ERR_STOP, or the error of the report. */
static int
read_all(struct front_run *t, bool *damaged, struct exch_diag *d)
{
	const struct exch_rec *bad;
	int err;

	exch_check(t->reader != NULL);
	for (;;) {
		err = exch_report_read(t->run, t->reader, AT_A_TIME, &bad, d);
		if (err == EXCH_ERR_FORMAT && bad != NULL && !t->strict)
			err = leave_out(t, bad, d);
		else if (err < 0 && bad != NULL)
			return err;
		if (err <= 0)
			break;
		if (exch_cli_signal != 0)
			return EXCH_ERR_STOP;
		exch_cli_progress(
		    &t->cli, t->in, exch_reader_position(t->reader));
	}
	if (err == 0)
		return 0;
	if (err == EXCH_ERR_STOP || exch_cli_signal != 0)
		return EXCH_ERR_STOP;
	/* the stream broke off: the report is made of what was whole */
	*damaged = true;
	front_code(t, exch_cli_fail(&t->cli, d));
	exch_diag_clear(d);
	return 0;
}

/* Which key made the pseudonyms: a pseudonym, too. */
static void
put_key(struct exch_buf *b, const char *key, size_t n)
{
	char id[EXCH_REDACT_TEXT];
	struct exch_redact x;

	exch_redact_init(&x, key, n);
	exch_redact_text(&x, "key", "", 0, id);
	exch_buf_str(b, b->len > 0 ? " redact=" : "redact=");
	exch_buf_add(b, id, sizeof(id));
}

/* What of the command line changes the report, as words. */
static int
write_manifest(struct front_run *t, struct exch_diag *d)
{
	struct exch_buf b = {0};
	int err;

	if (t->zone != NULL)
		exch_buf_fmt(&b, "tz=%s", t->zone);
	params_words(&t->params, t->report, &b);
	if (t->o.secret != NULL)
		put_key(&b, t->o.secret, t->o.nsecret);
	exch_buf_char(&b, '\0');
	err = b.failed ? exch_report_nomem(d)
		       : t->front->kept->write(&t->cli, t->run, b.p, d);
	exch_buf_free(&b);
	return err;
}

/* All was read, or as much as there was: finish and commit. */
static int
finish(struct front_run *t, bool damaged, struct exch_diag *d)
{
	enum exch_status status = exch_reader_status(t->reader);
	struct exch_cli_out *out = t->out;
	int err;

	if (t->stopped)
		status = EXCH_STATUS_SIGNAL;
	err = exch_report_finish(t->run, status, damaged, d);
	if (err == 0 && t->front->own != NULL)
		err = t->front->own->close(
		    t->front->own->arg, t->stopped || exch_cli_signal != 0, d);
	if (err == EXCH_ERR_STOP) {
		t->stopped = true;
		err = 0;
	}
	if (err != 0)
		return err;
	t->stopped = t->stopped || exch_cli_signal != 0;
	/* half a file under its final name would pass for a whole */
	if (t->stopped && t->cli.output != NULL)
		return 0;
	t->out = NULL;
	err = exch_cli_out_commit(out, d);
	if (err == 0 && t->manifest != NULL && !t->stopped)
		err = write_manifest(t, d);
	if (err != 0)
		return err;
	if (t->o.digest && t->run->digest[0] != '\0')
		fprintf(stderr, "%s\n", t->run->digest);
	if (!t->stopped) {
		front_tell(t);
	}
	return 0;
}

/*
 * A record ends the run: rows that were made before it are whole.  Not of a
 * file, which would pass for all of it, nor of half a zstd frame.
 */
static void
keep_rows(struct front_run *t)
{
	struct exch_diag d = {0};

	if (t->cli.output == NULL && !t->cli.zstd)
		(void)exch_table_flush(&t->run->table, &d); /* it failed */
}

/* A file of the report's form: what is found in it, and commit. */
static int
take_file(struct front_run *t, struct exch_diag *d)
{
	struct exch_cli_out *out = t->out;
	int err = exch_report_take_file(t->run, t->how, t->in, d);

	if (err != 0)
		return err;
	t->out = NULL;
	if (t->run->faults != 0)
		front_code(t, EXCH_EXIT_NO);
	return exch_cli_out_commit(out, d);
}

void
front_go(struct front_run *t)
{
	struct exch_diag d = {0};
	bool damaged = false;
	int err = open_all(t, &d);

	if (err == 0 && t->o.file) {
		err = take_file(t, &d);
	} else if (err == 0) {
		err = read_all(t, &damaged, &d);
		exch_cli_progress_end();
		exch_in_on_wait(t->in, NULL, NULL);
		if (err == EXCH_ERR_STOP) {
			t->stopped = true;
			exch_diag_clear(&d);
			err = 0;
		} else if (err != 0) {
			keep_rows(t);
		}
	}
	if (err == 0 && !t->o.file)
		err = finish(t, damaged, &d);
	if (err != 0 && exch_cli_signal == 0) {
		if (d.code == EXCH_OK)
			exch_diag_set(&d, (enum exch_err)err, NULL,
			    EXCH_POS_NONE, 0, "%s",
			    exch_err_text((enum exch_err)err));
		front_code(t, exch_cli_fail(&t->cli, &d));
	}
	if (t->front->own != NULL)
		t->front->own->free(t->front->own->arg);
	exch_report_free(t->run);
	exch_cli_out_abort(t->out);
	exch_reader_close(t->reader);
	exch_in_close(t->in);
	exch_tz_free(t->tz);
	params_free(&t->params);
	if (t->front->kept != NULL)
		t->front->kept->free();
}
