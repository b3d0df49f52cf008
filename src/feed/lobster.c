/*
 * LOBSTER message files: six columns without a header, one row per event
 * within the first levels of one stock's book.
 *
 * Two passes.  The whole file is read into memory first (40 bytes per row),
 * because orders that rested before it begins, or came outside its levels,
 * are known only by what is taken from them later.  They are put back as
 * SYNTHETIC adds when the ids of the file have come as far as theirs:
 * exchange ids ascend, so that is when they were made, and to put all of
 * them at the beginning would give them places in queues they never had.
 * A replaced order is a delete and an add at one time, as in the file.
 */
#include <config.h>

#include "base/alloc.h"
#include "base/time.h"
#include "feed/feed.h"
#include "feed/lobster.h"
#include "feed/rows.h"
#include "rec/dir.h"

/* 10^-4 to 10^-9. */
#define PRICE_UNIT 100000

struct lobster {
	struct exch_in *in;
	const struct exch_feed_opts *o;
	const struct exch_feed_sink *sink;
	struct exch_feed_stats *st;
	exch_ts midnight;
	uint32_t instr;
	struct exch_lob_row *row;
	size_t nrows;
	size_t cap;
	struct exch_lob_seed *seed;
	size_t nseeds;
	size_t next_seed;
	uint64_t max_id;
};

/* ---- recognition ---- */

/* One line of the file at p: its length with the line end, 0 if it is not. */
static size_t
match_line(const unsigned char *p, size_t n)
{
	struct exch_field_at f[6];
	struct exch_lob_row r;
	unsigned nf = 0, bad_field;
	size_t begin = 0;

	for (size_t i = 0; i <= n && nf < 6; i++) {
		bool end = i == n || p[i] == '\n' ||
			   (p[i] == '\r' && i + 1 < n && p[i + 1] == '\n');

		if (!end && p[i] != ',')
			continue;
		f[nf++] = (struct exch_field_at){
		    .p = (const char *)p + begin,
		    .n = (uint32_t)(i - begin),
		};
		if (end) {
			if (exch_lob_parse(f, nf, &r, &bad_field) != NULL)
				return 0;
			i += i < n && p[i] == '\r';
			return i < n ? i + 1 : i;
		}
		begin = i + 1;
	}
	return 0;
}

static bool
match(const unsigned char *p, size_t n)
{
	size_t first = match_line(p, n);

	/* A second line, if it is there to its end, must be one too. */
	return first > 0 && (memchr(p + first, '\n', n - first) == NULL ||
				match_line(p + first, n - first) > 0);
}

/* ---- first pass ---- */

static int
keep(struct lobster *l, const struct exch_lob_row *r, struct exch_diag *d)
{
	if (!exch_room(&l->row, l->nrows, &l->cap, sizeof(*r)))
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory for the rows of a LOBSTER file");
	l->row[l->nrows++] = *r;
	return 0;
}

static int
trouble(struct lobster *l, uint64_t line, uint64_t column, const char *text,
    struct exch_diag *d)
{
	struct exch_feed_at at = {EXCH_POS_LINE, line, column};

	l->st->messages_bad++;
	return l->sink->trouble(l->sink->arg, &at, text, d);
}

/*
 * All rows.  A malformed one is reported when the next one shows that it
 * was not merely the end of a cut file.
 */
static int
read_rows(struct lobster *l, struct exch_rows *rows, struct exch_diag *d)
{
	const char *wrong = NULL;
	uint64_t line = 0, column = 0;
	int rc, err = 0;

	while (err == 0 && (rc = exch_rows_next(rows, d)) > 0) {
		struct exch_lob_row r;
		unsigned field = 0;

		if (wrong != NULL)
			err = trouble(l, line, column, wrong, d);
		line = rows->line;
		l->st->lines++;
		wrong = rows->bad;
		column = rows->bad_column;
		if (wrong == NULL) {
			wrong = exch_lob_parse(
			    rows->field, rows->nfields, &r, &field);
			column = field > 0 ? rows->field[field - 1].column : 0;
		}
		if (wrong == NULL && err == 0) {
			r.line = (uint32_t)line;
			err = keep(l, &r, d);
		}
	}
	if (err != 0 || rc < 0)
		return err != 0 ? err : rc;
	if (wrong != NULL)
		return exch_diag_set(d, EXCH_ERR_CUT, exch_in_name(l->in),
		    EXCH_POS_LINE, line, "the input ends with half a row: %s",
		    wrong);
	return 0;
}

/* ---- second pass ---- */

#define HEAD(kind, T, l, t)                                                    \
	{                                                                      \
		.type = (kind), .len8 = sizeof(struct T) / 8,                  \
		.instr = (l)->instr, .time = (t)                               \
	}

static int
emit(struct lobster *l, const struct exch_rec *r, struct exch_diag *d)
{
	return l->sink->record(l->sink->arg, r, d);
}

static uint8_t
side_of(int8_t side)
{
	return side > 0 ? EXCH_BUY : side < 0 ? EXCH_SELL : EXCH_SIDE_NONE;
}

static int
put_add(struct lobster *l, const struct exch_lob_row *r, exch_ts t,
    struct exch_diag *d)
{
	struct exch_rec_book_add a = {
	    .h = HEAD(EXCH_REC_BOOK_ADD, exch_rec_book_add, l, t),
	    .order = r->id,
	    .price = r->price * PRICE_UNIT,
	    .qty = r->size,
	    .side = side_of(r->side),
	};

	return emit(l, &a.h, d);
}

/* Put back the orders that are older than the ids reached by now. */
static int
put_seeds(struct lobster *l, exch_ts t, struct exch_diag *d)
{
	while (
	    l->next_seed < l->nseeds && l->seed[l->next_seed].id <= l->max_id) {
		const struct exch_lob_seed *s = &l->seed[l->next_seed++];
		struct exch_rec_book_add a = {
		    .h = HEAD(EXCH_REC_BOOK_ADD, exch_rec_book_add, l, t),
		    .order = s->id,
		    .price = s->price * PRICE_UNIT,
		    .qty = s->size,
		    .side = side_of(s->side),
		};
		int err;

		a.h.flags = EXCH_F_SYNTHETIC;
		err = emit(l, &a.h, d);
		if (err != 0)
			return err;
	}
	return 0;
}

static int
put_reduce(struct lobster *l, const struct exch_lob_row *r, exch_ts t,
    struct exch_diag *d)
{
	struct exch_rec_book_reduce x = {
	    .h = HEAD(EXCH_REC_BOOK_REDUCE, exch_rec_book_reduce, l, t),
	    .order = r->id,
	    .qty = r->size,
	};

	return emit(l, &x.h, d);
}

static int
put_delete(struct lobster *l, const struct exch_lob_row *r, exch_ts t,
    struct exch_diag *d)
{
	struct exch_rec_book_delete x = {
	    .h = HEAD(EXCH_REC_BOOK_DELETE, exch_rec_book_delete, l, t),
	    .order = r->id,
	};

	return emit(l, &x.h, d);
}

/* The file numbers no executions: the line serves as the venue's number. */
static int
put_exec(struct lobster *l, const struct exch_lob_row *r, exch_ts t,
    struct exch_diag *d)
{
	struct exch_rec_book_exec x = {
	    .h = HEAD(EXCH_REC_BOOK_EXEC, exch_rec_book_exec, l, t),
	    .order = r->id,
	    .qty = r->size,
	    .match = r->line,
	    .price = EXCH_PX_NONE,
	    .printable = 1,
	};

	return emit(l, &x.h, d);
}

static int
put_print(struct lobster *l, const struct exch_lob_row *r, exch_ts t,
    struct exch_diag *d)
{
	bool hidden = r->type == EXCH_LOB_HIDDEN;
	struct exch_rec_book_print x = {
	    .h = HEAD(EXCH_REC_BOOK_PRINT, exch_rec_book_print, l, t),
	    .match = r->line,
	    .price = r->price * PRICE_UNIT,
	    .qty = r->size,
	    .order = hidden ? r->id : 0,
	    .side = hidden ? side_of(r->side) : EXCH_SIDE_NONE,
	    .kind = hidden ? EXCH_PRINT_HIDDEN : EXCH_PRINT_CROSS,
	};

	return emit(l, &x.h, d);
}

/* Price -1: halted; 0: quotes are taken again; 1: trading goes on. */
static int
put_phase(struct lobster *l, const struct exch_lob_row *r, exch_ts t,
    struct exch_diag *d)
{
	struct exch_rec_phase x = {
	    .h = HEAD(EXCH_REC_PHASE, exch_rec_phase, l, t),
	    .phase = r->price < 0    ? EXCH_PHASE_HALT
		     : r->price == 0 ? EXCH_PHASE_PRE_OPEN
				     : EXCH_PHASE_CONTINUOUS,
	    .reference = EXCH_PX_NONE,
	};

	return emit(l, &x.h, d);
}

static int
put_row(struct lobster *l, const struct exch_lob_row *r, struct exch_diag *d)
{
	exch_ts t = l->midnight + r->ns;
	int err;

	l->st->messages++;
	l->st->by_type['0' + r->type]++;
	if (r->type <= EXCH_LOB_EXEC && r->id > l->max_id)
		l->max_id = r->id;
	err = put_seeds(l, t, d);
	if (err != 0)
		return err;
	switch (r->type) {
	case EXCH_LOB_ADD:
		return put_add(l, r, t, d);
	case EXCH_LOB_REDUCE:
		return put_reduce(l, r, t, d);
	case EXCH_LOB_DELETE:
		return put_delete(l, r, t, d);
	case EXCH_LOB_EXEC:
		return put_exec(l, r, t, d);
	case EXCH_LOB_HALT:
		return put_phase(l, r, t, d);
	default:
		return put_print(l, r, t, d);
	}
}

/* The file's only instrument, unless an earlier input announced it. */
static int
announce(struct lobster *l, struct exch_diag *d)
{
	const struct exch_dir *known = l->o->known;
	size_t n = strlen(l->o->symbol);
	exch_px tick = l->o->tick > 0 ? l->o->tick : EXCH_PX_ONE / 100;
	exch_ts t = l->midnight + (l->nrows > 0 ? l->row[0].ns : 0);
	struct exch_rec_instrument r;

	if (known != NULL)
		l->instr = exch_dir_symbol(known, l->o->symbol, n);
	if (l->instr != 0)
		return 0;
	l->instr = known != NULL ? exch_dir_max(known) + 1 : 1;
	r = (struct exch_rec_instrument){
	    .h = HEAD(EXCH_REC_INSTRUMENT, exch_rec_instrument, l, t),
	    .px_decimals = 9,
	    .tick = tick,
	    .lot = 1,
	    .min_qty = 1,
	    .max_qty = EXCH_QTY_NONE,
	    .reference = EXCH_PX_NONE,
	    .strike = EXCH_PX_NONE,
	    .multiplier = EXCH_PX_ONE,
	};
	while (r.px_decimals > 0 && tick % 10 == 0) {
		tick /= 10;
		r.px_decimals--;
	}
	memcpy(r.symbol, l->o->symbol, n < 24 ? n : 24);
	return emit(l, &r.h, d);
}

static int
put_all(struct lobster *l, struct exch_diag *d)
{
	int err = exch_lob_seeds(l->row, l->nrows, &l->seed, &l->nseeds, d);

	if (err == 0)
		err = announce(l, d);
	for (size_t i = 0; i < l->nrows && err == 0; i++)
		err = put_row(l, &l->row[i], d);
	return err;
}

/* What the file cannot tell, all in one message. */
static int
need(const struct exch_feed_opts *o, const char *name, struct exch_diag *d)
{
	if (o->date != 0 && o->tz != NULL && o->symbol != NULL)
		return 0;
	return exch_diag_set(d, EXCH_ERR_NEED, name, EXCH_POS_NONE, 0,
	    "a LOBSTER file does not tell everything: add%s%s%s",
	    o->date == 0 ? " --date YYYY-MM-DD" : "",
	    o->tz == NULL ? " --tz America/New_York" : "",
	    o->symbol == NULL ? " --symbol NAME" : "");
}

static int
run(struct exch_in *in, const struct exch_feed_opts *o,
    const struct exch_feed_sink *sink, struct exch_feed_stats *st,
    struct exch_diag *d)
{
	struct lobster l = {.in = in, .o = o, .sink = sink, .st = st};
	uint64_t start = exch_in_offset(in);
	struct exch_rows rows;
	int err = need(o, exch_in_name(in), d);
	int last;

	if (err != 0)
		return err;
	/* From noon, right on days when the clocks change in the night. */
	l.midnight = exch_tz_local(o->tz, o->date, EXCH_SEC * 3600 * 12) -
		     EXCH_SEC * 3600 * 12;
	if (exch_rows_open(&rows, in) != 0)
		return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
		    "no memory to read rows");
	err = read_rows(&l, &rows, d);
	exch_rows_close(&rows);
	/* What was whole is delivered, whatever came after it. */
	if (err == 0 || err == EXCH_ERR_CUT || err == EXCH_ERR_FORMAT ||
	    err == EXCH_ERR_IO) {
		last = put_all(&l, err == 0 ? d : NULL);
		err = err == 0 ? last : err;
	}
	st->bytes += exch_in_offset(in) - start;
	exch_free(l.seed);
	exch_free(l.row);
	return err;
}

const struct exch_feed exch_feed_lobster = {
    .name = "lobster",
    .what = "LOBSTER message file",
    .match = match,
    .run = run,
    .book = true,
    .ids_ascend = true,
};
