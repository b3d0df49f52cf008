/*
 * The life of a filter of record streams, from opening to exit code, so
 * that every filter treats incomplete input, failing output and signals
 * alike.
 */
#include <config.h>

#include <stdio.h>

#include "common/cli.h"

/* What is open. */
struct life {
	struct exch_cli *cli;
	const struct exch_cli_filter *f;
	struct exch_in *in;
	struct exch_reader *reader;
	struct exch_cli_out *out;
	struct exch_writer *writer;
	enum exch_status status;
	int code;
};

static int
open_all(struct life *l, struct exch_diag *d)
{
	struct exch_reader_opts ro = {
	    .partial = l->cli->partial, .part = l->cli->part};
	struct exch_writer_opts wo = {
	    .options = l->f->options, .text = l->f->text};
	const char *operand = l->cli->noperands > 0 ? l->cli->operand[0] : NULL;
	int err = exch_cli_open(l->cli, operand, &l->in, d);

	if (err == 0)
		err = exch_reader_open(l->in, &ro, &l->reader, d);
	wo.upstream = l->reader;
	if (err == 0 && l->f->open != NULL)
		err = l->f->open(l->f->arg, l->reader, &wo, d);
	if (err == 0)
		err = exch_cli_out_open(l->cli, &l->out, d);
	if (err == 0) {
		err =
		    exch_cli_writer(l->cli, l->out, l->in, &wo, &l->writer, d);
	}
	return err;
}

/* The record stream failed: what does it mean for our own? */
static void
input_failed(struct life *l, int err, const struct exch_diag *d)
{
	if (err == EXCH_ERR_STOP || exch_cli_signal != 0) {
		l->status = EXCH_STATUS_SIGNAL;
		return;
	}
	l->code = exch_cli_fail(l->cli, d);
	l->status = l->code == EXCH_EXIT_INPUT ? EXCH_STATUS_UPSTREAM
					       : EXCH_STATUS_ERROR;
}

/* The filter or its output failed. */
static void
own_failed(struct life *l, int err, struct exch_diag *d)
{
	if (err == EXCH_ERR_STOP && exch_cli_signal != 0) {
		l->status = EXCH_STATUS_SIGNAL;
		return;
	}
	if (d->code == EXCH_OK)
		exch_diag_set(
		    d, err, NULL, EXCH_POS_NONE, 0, "%s", exch_err_text(err));
	l->code = exch_cli_fail(l->cli, d);
	l->status = EXCH_STATUS_ERROR;
}

/* What a filter says of a record is said of the input. */
static void
name_input(const struct life *l, struct exch_diag *d)
{
	if (d->code != EXCH_OK && d->name[0] == '\0' &&
	    exch_cli_exit_of(d->code) == EXCH_EXIT_INPUT)
		(void)snprintf(
		    d->name, sizeof(d->name), "%s", exch_in_name(l->in));
}

bool
exch_cli_upstream(
    const struct exch_cli *c, const struct exch_in *in, enum exch_status up)
{
	struct exch_diag d = {0};

	if (up == EXCH_STATUS_COMPLETE)
		return true;
	exch_diag_set(&d, EXCH_ERR_CUT, exch_in_name(in), EXCH_POS_NONE, 0,
	    "the stream is complete only up to here: the tool before this "
	    "one %s",
	    up == EXCH_STATUS_SIGNAL	  ? "was stopped by a signal"
	    : up == EXCH_STATUS_ERROR	  ? "stopped on an error"
	    : up == EXCH_STATUS_CONTINUED ? "goes on in another part"
					  : "had incomplete input");
	exch_cli_report(c, &d);
	return false;
}

static void
at_end(struct life *l)
{
	enum exch_status up = exch_reader_status(l->reader);

	if (((up == EXCH_STATUS_UNKNOWN || up == EXCH_STATUS_CONTINUED) &&
		l->cli->partial) ||
	    exch_cli_upstream(l->cli, l->in, up))
		return;
	l->status = EXCH_STATUS_UPSTREAM;
	l->code = EXCH_EXIT_INPUT;
}

static void
run(struct life *l, struct exch_diag *d)
{
	const struct exch_cli_filter *f = l->f;
	struct exch_cli_loop loop = {.f = f,
	    .reader = l->reader,
	    .writer = l->writer,
	    .out = l->out,
	    .each = l->cli->unbuffered};
	int err = f->loop != NULL
		      ? f->loop(&loop, d)
		      : exch_cli_loop(&loop, f->ahead, f->record, d);

	if (loop.own) {
		name_input(l, d);
		own_failed(l, err, d);
	} else if (err < 0) {
		input_failed(l, err, d);
	} else {
		at_end(l);
	}
}

static void
finish(struct life *l)
{
	struct exch_diag d = {0};
	int err;

	if (l->f->finish == NULL || l->status == EXCH_STATUS_ERROR)
		return;
	err = l->f->finish(
	    l->f->arg, l->status == EXCH_STATUS_COMPLETE, l->writer, &d);
	if (err < 0)
		own_failed(l, err, &d);
	else if (err > 0 && l->code == EXCH_EXIT_OK)
		l->code = err;
}

int
exch_cli_filter(struct exch_cli *c, const struct exch_cli_filter *f)
{
	struct life l = {.cli = c, .f = f};
	struct exch_diag d = {0};
	int err;

	if (c->noperands > 1)
		return exch_cli_usage(
		    c, "one input only, '%s' is too many", c->operand[1]);
	err = open_all(&l, &d);
	if (err != 0) {
		if (exch_cli_signal == 0)
			l.code = exch_cli_fail(c, &d);
		exch_writer_free(l.writer);
		exch_cli_out_abort(l.out);
	} else {
		exch_cli_out_settle(l.out, f->settle, f->arg);
		if (f->begin != NULL)
			err = f->begin(f->arg, l.reader, l.writer, &d);
		if (err != 0)
			own_failed(&l, err, &d);
		else
			run(&l, &d);
		finish(&l);
		l.code = exch_cli_end(c, l.out, l.writer, l.status, l.code);
	}
	exch_reader_close(l.reader);
	exch_in_close(l.in);
	exch_cli_reraise();
	return l.code;
}
