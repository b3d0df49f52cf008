/* Streams and tables in a directory (gate_write.h). */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prop/gate_write.h"
#include "rec/schema.h"
#include "rec/stream.h"
#include "rec/zio.h"

static struct {
	const char *dir; /* NULL: nothing is written */
	struct exch_out *out;
	struct exch_writer *w;
	FILE *said;
} written;

static FILE *
create(const char *name)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", written.dir, name);
	f = fopen(path, "w");
	if (f == NULL) {
		perror(path);
		exit(1);
	}
	return f;
}

void
gate_write_to(const char *dir)
{
	written.dir = dir;
}

void
gate_write_table(const char *name, const char *text, size_t n)
{
	FILE *f;

	if (written.dir == NULL)
		return;
	f = create(name);
	fwrite(text, 1, n, f);
	fclose(f);
}

void
gate_write_open(exch_ts begin)
{
	struct exch_writer_opts o = {.tool = "gate", .start = begin};
	struct exch_diag d = {0};
	FILE *f;

	if (written.dir == NULL)
		return;
	f = create("orders.xst"); /* stays open to the end */
	written.said = create("verdicts");
	if (exch_out_fd(fileno(f), EXCH_OUT_PLAIN, "orders.xst", &written.out,
		&d) != 0 ||
	    exch_writer_open(written.out, &o, &written.w, &d) != 0) {
		printf("# %s\n", d.text);
		exit(1);
	}
}

void
gate_write_record(const struct exch_rec *r)
{
	size_t n = exch_rec_len(r), head = sizeof(*r);
	struct exch_rec *p;

	if (written.w == NULL)
		return;
	p = exch_writer_put(written.w, r->type, n, r->instr, r->time);
	p->flags |= r->flags;
	p->len8 = r->len8; /* or the body tells the length */
	memcpy((char *)p + head, (const char *)r + head, n - head);
}

void
gate_write_verdict(
    const struct exch_judged *who, const struct exch_judged *want)
{
	if (written.said != NULL && want->rule != EXCH_RULE_NONE)
		fprintf(written.said, "%llu,%u,%s,%lld,%lld\n",
		    (unsigned long long)who->order, who->account,
		    exch_word_of(exch_words_rule, (uint16_t)want->rule),
		    (long long)want->limit, (long long)want->observed);
}

void
gate_write_close(void)
{
	struct exch_diag d = {0};

	if (written.w == NULL)
		return;
	if (exch_writer_close(written.w, EXCH_STATUS_COMPLETE, &d) != 0 ||
	    fclose(written.said) != 0) {
		printf("# %s\n", d.text);
		exit(1);
	}
	exch_writer_free(written.w);
	exch_out_free(written.out);
	written.w = NULL;
	written.said = NULL;
}
