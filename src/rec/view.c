/*
 * The frame around the text forms: which one, the directory and schemas
 * they need, and the buffer they fill.  Writing it out is the writer's.
 */
#include <config.h>

#include "base/alloc.h"
#include "rec/view_priv.h"

static const struct exch_view_ops *const forms[] = {
    [EXCH_FMT_TEXT] = &exch_view_people,
    [EXCH_FMT_CSV] = &exch_view_csv,
    [EXCH_FMT_JSON] = &exch_view_json,
};

int
exch_view_new(const struct exch_writer_opts *o,
    const struct exch_stream_info *info, struct exch_view **out)
{
	struct exch_view *v = exch_calloc(1, sizeof(*v));

	if (v == NULL)
		return EXCH_ERR_NOMEM;
	v->ops = forms[o->format];
	v->opts = o;
	v->info = info;
	v->dir = exch_dir_new();
	v->known = exch_known_new();
	if (v->dir == NULL || v->known == NULL) {
		exch_view_free(v);
		return EXCH_ERR_NOMEM;
	}
	*out = v;
	return 0;
}

void
exch_view_free(struct exch_view *v)
{
	if (v == NULL)
		return;
	exch_known_free(v->known);
	exch_dir_free(v->dir);
	exch_buf_free(&v->text);
	exch_free(v);
}

void
exch_view_begin(struct exch_view *v)
{
	v->ops->begin(v);
}

int
exch_view_note(struct exch_view *v, const struct exch_rec *r)
{
	int err = exch_known_note(v->known, r, NULL);

	if (err != 0)
		return err;
	/* An instrument that makes no sense is shown, and used for nothing. */
	return exch_dir_note(v->dir, r, NULL) == EXCH_ERR_NOMEM ? EXCH_ERR_NOMEM
								: 0;
}

int
exch_view_record(struct exch_view *v, const struct exch_rec *r, uint64_t seq)
{
	int err = exch_view_note(v, r);

	if (err != 0)
		return err;
	v->ops->record(v, r, seq);
	return v->text.failed ? EXCH_ERR_NOMEM : 0;
}

void
exch_view_end(struct exch_view *v, uint64_t records, enum exch_status status)
{
	v->ops->end(v, records, status);
}

struct exch_buf *
exch_view_text(struct exch_view *v)
{
	return &v->text;
}
