/*
 * Two engines that differ: what they were given is kept in a temporary file
 * without a name, what they made of a command is told in words, and what is
 * needed for that is written for whoever looks into it.
 */
#include <config.h>

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "exch-match/tool.h"
#include "rec/view.h"

/* Results of each engine that are told. */
#define TOLD 12

/* ---- what was given to them ---- */

void
match_spool_open(const struct run *r, struct match_spool *s)
{
	s->f = tmpfile();
	if (s->f == NULL)
		exch_cli_warn(&r->cli,
		    "no temporary file for the commands (%s): a difference "
		    "would be told and not written",
		    strerror(errno));
}

void
match_spool_close(struct match_spool *s)
{
	if (s->f != NULL)
		(void)fclose(s->f); /* nobody has it */
	s->f = NULL;
}

void
match_spool_add(struct run *r, struct match_spool *s,
    const struct exch_rec *rec, uint64_t seq)
{
	uint64_t head[2] = {exch_rec_len(rec), seq};

	s->n++;
	if (s->f == NULL || (fwrite(head, sizeof(head), 1, s->f) == 1 &&
				fwrite(rec, head[0], 1, s->f) == 1))
		return;
	exch_cli_warn(&r->cli,
	    "no room to keep the commands: a difference would be told and not "
	    "written");
	match_spool_close(s);
}

/* The next record of the spool behind its number; false: there is none. */
static bool
read_one(FILE *f, uint64_t space[1 + EXCH_REC_MAX / 8])
{
	uint64_t n;

	return fread(&n, sizeof(n), 1, f) == 1 && n <= EXCH_REC_MAX &&
	       fread(space, sizeof(*space) + n, 1, f) == 1;
}

/* The first n, or of them those of one instrument and of none. */
static bool
read_flow(const struct match_spool *s, uint64_t n, uint32_t instr,
    struct match_flow *f)
{
	uint64_t space[1 + EXCH_REC_MAX / 8];
	const struct exch_rec *rec = (const void *)&space[1];
	size_t at;

	if (s->f == NULL || n > UINT32_MAX || fflush(s->f) != 0 ||
	    fseek(s->f, 0, SEEK_SET) != 0)
		return false;
	for (uint64_t i = 0; i < n; i++) {
		if (!read_one(s->f, space))
			return false;
		if (instr != 0 && rec->instr != 0 && rec->instr != instr)
			continue;
		at = f->bytes.len + 8;
		exch_buf_add(&f->at, &at, sizeof(at));
		exch_buf_add(&f->bytes, space, 8 + exch_rec_len(rec));
		f->n++;
	}
	if (f->at.failed || f->bytes.failed)
		return false;
	f->in = exch_calloc(f->n, sizeof(*f->in));
	for (f->nin = 0; f->in != NULL && f->nin < f->n; f->nin++)
		f->in[f->nin] = (uint32_t)f->nin;
	return f->in != NULL;
}

static void
free_flow(struct match_flow *f)
{
	exch_buf_free(&f->bytes);
	exch_buf_free(&f->at);
	exch_free(f->in);
	*f = (struct match_flow){.end = f->end};
}

/* ---- in words ---- */

static void
tell_lines(const struct run *r, const char *who, const char *p, size_t n,
    unsigned most)
{
	const char *end = p + n;
	unsigned k = 0, left = 0;

	for (const char *nl; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (nl == NULL)
			nl = end;
		/* The form for people says a new day, too. */
		if (strncmp(p, "day ", 4) == 0)
			continue;
		if (k++ < most)
			exch_cli_warn(
			    &r->cli, "%s %.*s", who, (int)(nl - p), p);
		else
			left++;
	}
	if (left > 0)
		exch_cli_warn(&r->cli, "%s and %u more", who, left);
}

static void
tell_records(const struct run *r, struct exch_view *v, const char *who,
    const struct match_results *x)
{
	struct exch_buf *b = exch_view_text(v);

	b->len = 0;
	for (size_t at = 0; at < x->n;) {
		const struct exch_rec *rec = (const void *)(x->p + at);

		if (exch_view_record(v, rec, 0) != 0)
			return;
		at += exch_rec_len(rec);
	}
	if (x->n == 0)
		exch_cli_warn(&r->cli, "%s nothing", who);
	tell_lines(r, who, b->p, b->len, TOLD);
}

/* What the names and prices of a text need, of all that was given. */
static void
note_all(const struct match_spool *s, uint64_t n, struct exch_view *v)
{
	uint64_t space[1 + EXCH_REC_MAX / 8];
	const struct exch_rec *rec = (const void *)&space[1];

	if (s->f == NULL || fflush(s->f) != 0 || fseek(s->f, 0, SEEK_SET) != 0)
		return;
	while (n-- > 0 && read_one(s->f, space))
		if (match_flow_needs(rec) && exch_view_note(v, rec) != 0)
			return;
}

static void
tell(const struct run *r, const struct match_spool *s,
    const struct match_differs *x)
{
	struct exch_writer_opts o = {.format = EXCH_FMT_TEXT};
	struct match_results command = {.p = (const void *)x->rec};
	struct exch_view *v = NULL;

	if (exch_view_new(&o, &s->info, &v) != 0)
		return;
	note_all(s, x->n, v);
	if (x->rec != NULL) {
		command.n = exch_rec_len(x->rec);
		exch_cli_warn(&r->cli,
		    "record %llu of source %u:", (unsigned long long)x->seq,
		    x->rec->source);
		tell_records(r, v, "given:", &command);
	} else {
		exch_cli_warn(&r->cli, "the end of the stream:");
	}
	tell_records(r, v, "soft:", &x->soft);
	if (x->why != NULL)
		exch_cli_warn(&r->cli, "fpga: %s", x->why);
	else
		tell_records(r, v, "fpga:", &x->card);
	exch_view_free(v);
}

/* ---- what is needed for it ---- */

static int
write_flow(const struct match_flow *f, const struct exch_stream_info *of,
    struct exch_out *out, struct exch_diag *d)
{
	struct exch_stream_info info = *of;
	struct exch_writer_opts o = {.copy_of = &info, .checksum = true};
	struct exch_writer *w = NULL;
	int err;

	info.position = 0; /* it is a whole stream of its own */
	err = exch_writer_open(out, &o, &w, d);
	for (size_t i = 0; err == 0 && i < f->nin; i++) {
		const struct exch_rec *rec = match_flow_rec(f, f->in[i]);
		uint64_t seq;

		memcpy(&seq, (const unsigned char *)rec - 8, sizeof(seq));
		exch_writer_copy(w, rec, seq);
	}
	if (err == 0)
		err = exch_writer_close(w, EXCH_STATUS_COMPLETE, d);
	exch_writer_free(w);
	return err;
}

static int
write_file(struct run *r, const struct match_flow *f,
    const struct match_spool *s, const char *path, struct exch_diag *d)
{
	struct exch_cli_out *o = NULL;
	int err = exch_cli_out_beside(&r->cli, path, &o, d);

	if (err != 0)
		return err;
	err = write_flow(f, &s->info, exch_cli_out_stream(o), d);
	if (err == 0)
		return exch_cli_out_commit(o, d);
	exch_cli_out_abort(o);
	return err;
}

/* Is that what was read? */
static bool
is_input(const struct run *r, const char *path)
{
	const char *in = r->cli.noperands > 0 ? r->cli.operand[0] : "-";
	struct stat x, y;
	int err = strcmp(in, "-") == 0 ? fstat(STDIN_FILENO, &x) : stat(in, &x);

	return err == 0 && stat(path, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

static void
leave(struct run *r, const struct match_flow *f, const struct match_spool *s,
    uint64_t of, const char *again)
{
	const char *path =
	    r->card.difference != NULL ? r->card.difference : "difference.xst";
	struct exch_diag d = {0};
	size_t commands = 0;

	if (is_input(r, path)) {
		exch_cli_warn(&r->cli,
		    "%s: it is what was read, and stays as it is: --difference "
		    "names another file",
		    path);
		return;
	}
	if (write_file(r, f, s, path, &d) != 0) {
		exch_cli_report(&r->cli, &d);
		return;
	}
	for (size_t i = 0; i < f->nin; i++)
		commands += !match_flow_needs(match_flow_rec(f, f->in[i]));
	exch_cli_warn(&r->cli, "%s: %zu of %llu records, and announcements: %s",
	    path, commands, (unsigned long long)of, again);
	exch_cli_warn(&r->cli,
	    "try it again: exch-match --engine both%s%s %s, and the other "
	    "options as they were",
	    r->card.name != NULL ? " --card " : "",
	    r->card.name != NULL ? r->card.name : "", path);
}

/* The instrument it is about; 0: of several, or none. */
static uint32_t
instrument_of(const struct match_differs *x)
{
	const struct match_results *s = x->card.n != 0 ? &x->card : &x->soft;

	if (x->rec != NULL && x->rec->instr != 0)
		return x->rec->instr;
	return s->n != 0 ? ((const struct exch_rec *)(const void *)s->p)->instr
			 : 0;
}

void
match_differ(struct run *r, const struct match_spool *s,
    const struct match_differs *x, const struct exch_writer *of)
{
	struct match_flow f = {.end = x->rec == NULL};
	uint32_t instr = instrument_of(x);
	char again[200] = "the engines differ there, too";
	struct exch_diag d = {0};
	int got = 0;

	tell(r, s, x);
	/* It may be that there is one card, for one program. */
	exch_match_card_close(r->engine);
	if (read_flow(s, x->n, instr, &f))
		got = match_flow_differs(r, &f, of, &d);
	if (got == 0 && instr != 0) {
		/* Others have a part in it. */
		free_flow(&f);
		if (read_flow(s, x->n, 0, &f))
			got = match_flow_differs(r, &f, of, &d);
	}
	if (got == 1)
		match_flow_shrink(r, &f, of);
	else if (got == 0)
		(void)snprintf(again, sizeof(again),
		    "tried again, the engines did not differ"); /* it fits */
	else
		(void)snprintf(again, sizeof(again), "not tried again: %.150s",
		    d.text); /* cut */
	if (f.in != NULL)
		leave(r, &f, s, x->n, again);
	free_flow(&f);
}
