/*
 * Flows for people: printing a difference, and writing a flow as a stream
 * that exch-match reads.
 */
#include <config.h>

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "prop/lockstep.h"
#include "rec/schema.h"
#include "rec/stream.h"
#include "rec/zio.h"

/* A field's bytes as a number, whatever its kind. */
static uint64_t
number(const struct exch_rec *r, const struct exch_field *f)
{
	const unsigned char *p = (const unsigned char *)r + f->off;
	uint64_t v = 0;
	size_t n = 8;

	if (f->kind == EXCH_K_U8 || f->kind == EXCH_K_I8 ||
	    f->kind == EXCH_K_CODE8)
		n = 1;
	else if (f->kind == EXCH_K_U16 || f->kind == EXCH_K_CODE16)
		n = 2;
	else if (f->kind == EXCH_K_U32 || f->kind == EXCH_K_DATE ||
		 f->kind == EXCH_K_C4)
		n = 4;
	memcpy(&v, p, n);
	return v;
}

static void
show(const char *who, const struct exch_rec *r)
{
	const struct exch_schema *s = exch_schema_of(r->type);

	printf("# %s%s", who, s == NULL ? "?" : s->name);
	printf(" instr=%" PRIu32 " time=%" PRIu64 " flags=%u", r->instr,
	    r->time, r->flags);
	for (unsigned i = 0; s != NULL && i < s->nfields; i++) {
		const struct exch_field *f = &s->field[i];
		uint64_t v = number(r, f);
		const char *word = NULL;

		if (f->off < sizeof(*r))
			continue;
		if (f->words != NULL)
			word = exch_word_of(f->words, (uint16_t)v);
		if (word != NULL)
			printf(" %s=%s", f->name, word);
		else if (f->kind == EXCH_K_PX && (exch_px)v == EXCH_PX_NONE)
			printf(" %s=none", f->name);
		else if (f->kind == EXCH_K_PX || f->kind == EXCH_K_I64)
			printf(" %s=%" PRId64, f->name, (int64_t)v);
		else
			printf(" %s=%" PRIu64, f->name, v);
	}
	printf("\n");
}

static void
show_events(const char *who, const struct events *e, size_t k)
{
	if (k >= e->n)
		return;
	for (size_t i = e->off[k]; i < e->off[k + 1];) {
		const struct exch_rec *r = (const void *)(e->bytes + i);

		show(who, r);
		i += exch_rec_len(r);
	}
}

void
lockstep_print(const struct flow *f, const struct lockstep *l)
{
	if (l->at < f->n)
		show("command ", &f->cmd[l->at].h);
	show_events("naive   ", &l->want, l->at);
	show_events("engine  ", &l->got, l->at);
}

static int
write_all(const struct flow *f, struct exch_out *out, struct exch_diag *d)
{
	struct exch_writer_opts wo = {
	    .format = EXCH_FMT_JSON,
	    .tool = "diff_match",
	    .options = "",
	    .text = f->expect ? "expect=yes\n" : NULL,
	};
	struct exch_writer *w = NULL;
	int err = exch_writer_open(out, &wo, &w, d);

	if (err != EXCH_OK)
		return err;
	for (size_t k = 0; k < f->n; k++) {
		const union flow_cmd *c = &f->cmd[k];
		size_t n = exch_rec_len(&c->h);
		struct exch_rec *r =
		    exch_writer_new(w, c->h.type, n, c->h.instr, c->h.time);

		r->flags = c->h.flags;
		memcpy(r + 1, &c->h + 1, n - sizeof(*r));
	}
	err = exch_writer_close(w, EXCH_STATUS_COMPLETE, d);
	exch_writer_free(w);
	return err;
}

int
flow_write(const struct flow *f, const char *path)
{
	struct exch_diag d = {.code = EXCH_OK};
	struct exch_out *out = NULL;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	int err;

	if (fd == -1) {
		perror(path);
		return -1;
	}
	err = exch_out_fd(fd, EXCH_OUT_PLAIN, path, &out, &d);
	if (err == EXCH_OK)
		err = write_all(f, out, &d);
	if (err == EXCH_OK)
		err = exch_out_finish(out, &d);
	exch_out_free(out);
	if (close(fd) != 0 || err != EXCH_OK) {
		fprintf(stderr, "diff_match: %s: %s\n", path, d.text);
		return -1;
	}
	return 0;
}
