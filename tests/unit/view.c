/*
 * The text forms: what they look like, and that JSON and CSV give the
 * records back bit by bit, odd and unknown ones included.
 */
#include <config.h>

#include "rec/view.h"
#include "stream_kit.h"
#include "tap.h"

static void
round_trip(enum exch_format format, const char *name, uint64_t seed)
{
	char made[96] = "", text[96] = "", back[96] = "", what[128];
	struct exch_out *bin = kit_sample(EXCH_FMT_BIN, false, seed, made);
	struct exch_out *t, *again;
	struct kit_got a, b;
	struct exch_diag d;
	const unsigned char *p;
	size_t n;
	int end;

	t = kit_convert(bin, format, text, &end, &d);
	again = kit_convert(t, EXCH_FMT_BIN, back, &end, &d);
	snprintf(what, sizeof(what), "%s %d: reads back", name, (int)seed);
	if (!tap_ok(end == 0, what))
		printf("# %d line %d: %s\n", end, (int)d.where, d.text);
	p = exch_out_mem_bytes(bin, &n);
	kit_read(p, n, &a);
	p = exch_out_mem_bytes(again, &n);
	kit_read(p, n, &b);
	tap_ok(a.end == 0 && b.end == 0, "both streams are whole");
	/* The third tool's own SOURCE record and its schema come first. */
	tap_ok(b.len > a.len && memcmp(b.p + (b.len - a.len), a.p, a.len) == 0,
	    "the records are the same, bit by bit");
	tap_is_str(text, made, "digest of the text's records");
	tap_is_str(back, made, "digest of what was read back");
	kit_free(&a);
	kit_free(&b);
	exch_out_free(bin);
	exch_out_free(t);
	exch_out_free(again);
}

/* An instrument and a trade of it, in a form, found there or not. */
static void
shows(enum exch_format format, uint8_t iflags, exch_px price, const char *want)
{
	struct exch_rec_instrument in = {.h.type = EXCH_REC_INSTRUMENT,
	    .h.len8 = sizeof(in) / 8,
	    .h.instr = 1,
	    .symbol = "UST",
	    .kind = EXCH_KIND_BOND,
	    .px_decimals = 6,
	    .iflags = iflags,
	    .tick = 15625000,
	    .lot = 1,
	    .max_qty = EXCH_QTY_NONE,
	    .reference = EXCH_PX_NONE,
	    .strike = EXCH_PX_NONE,
	    .multiplier = EXCH_PX_ONE};
	struct exch_rec_exec ex = {.h.type = EXCH_REC_EXEC,
	    .h.len8 = sizeof(ex) / 8,
	    .h.instr = 1,
	    .match = 1,
	    .buy = 1,
	    .sell = 2,
	    .price = price,
	    .qty = 5};
	struct exch_writer_opts o = {.format = format};
	struct exch_stream_info info = {0};
	struct exch_view *v;
	struct exch_buf *b;

	if (exch_view_new(&o, &info, &v) != 0 ||
	    exch_view_record(v, &in.h, 1) != 0 ||
	    exch_view_record(v, &ex.h, 2) != 0) {
		tap_ok(false, want);
		return;
	}
	b = exch_view_text(v);
	exch_buf_char(b, '\0');
	if (!tap_ok(!b->failed && strstr(b->p, want) != NULL, want))
		printf("# %s\n", b->p);
	exch_view_free(v);
}

static void
in_32nds(void)
{
	const exch_px px = INT64_C(99515625000);

	shows(EXCH_FMT_TEXT, EXCH_INSTR_32NDS, px, " 5 @ 99-16+ buy 1");
	shows(EXCH_FMT_TEXT, EXCH_INSTR_32NDS, px, "bond tick 0-00+ lot 1");
	shows(EXCH_FMT_TEXT, EXCH_INSTR_32NDS, -px, " 5 @ -99-16+ buy 1");
	shows(EXCH_FMT_TEXT, EXCH_INSTR_32NDS, px + 1, " 5 @ 99.515625001 buy");
	shows(EXCH_FMT_TEXT, 0, px, " 5 @ 99.515625 buy 1");
	shows(EXCH_FMT_TEXT, 2, px, " 5 @ 99.515625 buy 1");
	shows(EXCH_FMT_JSON, EXCH_INSTR_32NDS, px, "\"price\":99.515625");
	shows(EXCH_FMT_JSON, EXCH_INSTR_32NDS, px, "\"tick\":0.015625");
	shows(EXCH_FMT_CSV, EXCH_INSTR_32NDS, px, "99.515625");
}

int
main(void)
{
	for (uint64_t seed = 1; seed <= 20; seed++) {
		round_trip(EXCH_FMT_JSON, "json", seed);
		round_trip(EXCH_FMT_CSV, "csv", seed);
	}
	in_32nds();
	return tap_done();
}
