/*
 * The beginning of a stream: who writes it, its header, and where it goes on
 * with what is there.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/version.h"
#include "rec/schema.h"
#include "rec/writer_priv.h"

/* First 16 bytes of a SHA-256: known before the first record. */
static void
make_id(struct exch_writer *w, const struct exch_stream_info *up)
{
	const char *options = w->opts.options != NULL ? w->opts.options : "";
	unsigned char sum[32];
	unsigned char when[12];
	struct exch_sha256 s;

	exch_sha256_init(&s);
	exch_sha256_add(&s, w->opts.tool, strlen(w->opts.tool) + 1);
	exch_sha256_add(&s, options, strlen(options) + 1);
	if (up != NULL) {
		exch_sha256_add(&s, up->id, sizeof(up->id));
	} else {
		exch_put_le64(when, w->info.start);
		exch_put_le32(when + 8, w->info.date);
		exch_sha256_add(&s, when, sizeof(when));
	}
	exch_sha256_end(&s, sum);
	memcpy(w->info.id, sum, sizeof(w->info.id));
}

/* Lines of upstream, then our own. */
static int
make_text(struct exch_writer *w, const char *up, struct exch_diag *d)
{
	const char *own = w->opts.text != NULL ? w->opts.text : "";
	size_t a = strlen(up);
	size_t b = strlen(own);

	if (a + b >= sizeof(w->info.text))
		return exch_diag_set(d, EXCH_ERR_LIMIT, NULL, EXCH_POS_NONE, 0,
		    "text of the stream header is too long");
	memcpy(w->info.text, up, a);
	memcpy(w->info.text + a, own, b);
	return 0;
}

static int
make_info(struct exch_writer *w, struct exch_diag *d)
{
	const struct exch_stream_info *up = w->opts.upstream_info;

	if (w->opts.upstream != NULL)
		up = exch_reader_info(w->opts.upstream);
	if (w->opts.copy_of != NULL) {
		w->info = *w->opts.copy_of;
		return make_text(w, w->opts.copy_of->text, d);
	}
	w->info.major = EXCH_STREAM_MAJOR;
	w->info.minor = EXCH_STREAM_MINOR;
	w->info.start = up != NULL ? up->start : w->opts.start;
	w->info.date = up != NULL ? up->date : w->opts.date;
	if (up != NULL && up->source == UINT8_MAX)
		return exch_diag_set(d, EXCH_ERR_LIMIT, NULL, EXCH_POS_NONE, 0,
		    "no source id is left: 255 tools wrote this stream");
	w->info.source = up != NULL ? (uint8_t)(up->source + 1) : 1;
	w->hot.source = w->info.source;
	if (w->opts.guest != NULL && w->info.source == UINT8_MAX)
		return exch_diag_set(d, EXCH_ERR_LIMIT, NULL, EXCH_POS_NONE, 0,
		    "no source id is left: 255 tools wrote this stream");
	if (w->opts.guest != NULL)
		w->info.source++;
	w->hot.head = (uint64_t)w->hot.source << 24;
	make_id(w, up);
	return make_text(w, up != NULL ? up->text : "", d);
}

void
exch_writer_point(struct exch_writer *w)
{
	const struct exch_stream_point *at = w->opts.at;
	const struct exch_stream_point *have = w->opts.have;

	w->skip = w->held.limit != 0 ? UINT64_MAX : w->opts.from;
	if (at != NULL) {
		w->position = at->position;
		memcpy(w->after, at->next, sizeof(w->after));
	}
	if (have != NULL)
		w->skip = have->position;
	w->owed = have == NULL && w->skip != 0;
	if (have == NULL)
		have = at;
	if (have == NULL)
		return;
	w->blocks = have->blocks;
	w->chain = have->chain;
	for (unsigned i = 0; i < 256; i++)
		w->written[i] = have->next[i] != 0;
}

/* Built aside: of a writer that held, the block in hand has begun. */
int
exch_writer_put_header(struct exch_writer *w, struct exch_diag *d)
{
	unsigned char head[EXCH_FRAME_HEAD + EXCH_HEAD_MAX];
	struct exch_held_block b = {.body = head + EXCH_FRAME_HEAD};
	int err;

	if (w->view != NULL) {
		exch_view_begin(w->view);
		return 0;
	}
	if (w->blocks != 0 || w->held.limit != 0)
		return 0; /* it has one, or will get it later */
	b.n = exch_head_put(b.body, &w->info);
	b.position = w->position;
	if (w->opts.at == NULL || w->position < w->skip)
		b.position = w->skip; /* held records may be before it */
	exch_writer_swap_block(w, &b);
	err = exch_writer_put_block(
	    w, 'H', w->body, (size_t)(w->hot.cur - w->body), d);
	exch_writer_swap_block(w, &b);
	return err;
}

/* Who a tool is, for people and for audits. */
static void
put_source(
    struct exch_writer *w, uint8_t id, const char *tool, const char *options)
{
	struct exch_rec_source *r;
	struct exch_sha256 s;
	unsigned char sum[32];
	char text[512];
	int n;

	if (options == NULL)
		options = "";
	n = snprintf(text, sizeof(text), "%s %s%s%s", tool, EXCH_VERSION,
	    options[0] != 0 ? " " : "", options);
	if (n < 0)
		n = 0;
	if ((size_t)n >= sizeof(text))
		n = sizeof(text) - 1;
	exch_sha256_init(&s);
	exch_sha256_add(&s, options, strlen(options));
	exch_sha256_end(&s, sum);
	r = exch_writer_new_text(
	    w, EXCH_REC_SOURCE, sizeof(*r), 0, w->info.start, text, (size_t)n);
	r->id = id;
	r->config = exch_le64(sum);
}

int
exch_writer_allocate(struct exch_writer *w)
{
	size_t room = (EXCH_FRAME_FRONT_MAX + 63) & ~(size_t)63;

	w->buf = exch_malloc(room + EXCH_WRITER_BODY_CAP);
	w->scratch = exch_malloc(EXCH_REC_MAX);
	if (w->buf == NULL || w->scratch == NULL)
		return EXCH_ERR_NOMEM;
	w->body = w->buf + room;
	w->hot.cur = w->body;
	w->hot.soft = w->body + EXCH_BLOCK_BODY;
	return 0;
}

int
exch_writer_open(struct exch_out *out, const struct exch_writer_opts *o,
    struct exch_writer **res, struct exch_diag *d)
{
	struct exch_writer *w = exch_calloc(1, sizeof(*w));
	int err = EXCH_ERR_NOMEM;

	if (w == NULL)
		goto fail;
	w->out = out;
	w->opts = *o;
	w->digest = o->digest;
	w->checksum = o->checksum || (out != NULL && exch_out_is_file(out));
	exch_held_init(&w->held, o->hold);
	exch_sha256_init(&w->sha);
	err = exch_writer_allocate(w);
	if (err == 0)
		err = make_info(w, d);
	if (err == 0 && o->format != EXCH_FMT_BIN)
		err = exch_view_new(&w->opts, &w->info, &w->view);
	exch_writer_point(w);
	if (err == 0)
		err = exch_writer_put_header(w, d);
	if (err != 0)
		goto fail;
	w->time =
	    o->at != NULL && o->at->blocks != 0 ? o->at->time : w->info.start;
	if (o->copy_of == NULL)
		put_source(w, w->hot.source, o->tool, o->options);
	if (o->guest != NULL)
		put_source(w, w->info.source, o->guest, o->guest_options);
	if (exch_writer_error(w, d) != 0) {
		err = w->err;
		goto fail;
	}
	*res = w;
	return 0;
fail:
	exch_writer_free(w);
	return exch_diag_set(d, (enum exch_err)err, NULL, EXCH_POS_NONE, 0,
	    "out of memory for the writer");
}
