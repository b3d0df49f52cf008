/*
 * The text forms: what they look like, and that JSON and CSV give the
 * records back bit by bit, odd and unknown ones included.
 */
#include <config.h>

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

int
main(void)
{
	for (uint64_t seed = 1; seed <= 20; seed++) {
		round_trip(EXCH_FMT_JSON, "json", seed);
		round_trip(EXCH_FMT_CSV, "csv", seed);
	}
	return tap_done();
}
