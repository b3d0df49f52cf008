/*
 * Text forms of records, made from finished blocks when the writer flushes
 * them: writing a record costs the same whatever the form.
 *
 * "A new form is a new file and a row in view.c's table."
 */
#ifndef EXCH_REC_VIEW_H
#define EXCH_REC_VIEW_H

#include "base/buf.h"
#include "rec/dir.h"
#include "rec/known.h"
#include "rec/stream.h"

struct exch_view;

/* `o` and `info` live as long as the view; `source` is the writer's. */
int exch_view_new(const struct exch_writer_opts *o,
    const struct exch_stream_info *info, struct exch_view **out);
void exch_view_free(struct exch_view *v);

/* Append to the text; seq is 0 for framing records. */
void exch_view_begin(struct exch_view *v);
int exch_view_record(
    struct exch_view *v, const struct exch_rec *r, uint64_t seq);
/* A record that is not shown; later ones may need what it says. */
int exch_view_note(struct exch_view *v, const struct exch_rec *r);
/*
 * What a record says in words, as the line of -f text has it behind its time,
 * symbol and type; into a buffer of the caller's, whatever the view's form.
 */
int exch_view_said(
    struct exch_view *v, const struct exch_rec *r, struct exch_buf *b);
void exch_view_end(
    struct exch_view *v, uint64_t records, enum exch_status status);

/* What there is to write; the caller empties it. */
struct exch_buf *exch_view_text(struct exch_view *v);

#endif
