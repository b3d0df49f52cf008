/*
 * Streams of released versions read for ever: the records of the file in
 * tests/golden are those of its JSON beside it, byte for byte.
 *
 * `stream_golden make` writes both anew (for a new version of the format,
 * never for an old one).
 */
#include <config.h>

#include <fcntl.h>
#include <stdlib.h>

#include "stream_kit.h"
#include "tap.h"

static const char *const versions[] = {"1.0"};

static struct exch_out *
load(const char *version, const char *suffix)
{
	const char *src = getenv("srcdir");
	struct exch_out *o;
	char path[1024];
	static unsigned char buf[1 << 20];
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/golden/stream-%s.%s",
	    src != NULL ? src : ".", version, suffix);
	f = fopen(path, "rb");
	if (f == NULL || exch_out_mem(&o) != 0)
		return NULL;
	exch_out_write(o, buf, fread(buf, 1, sizeof(buf), f), NULL);
	fclose(f);
	return o;
}

static void
compare(const char *version)
{
	struct exch_out *bin = load(version, "xst.zst");
	struct exch_out *json = load(version, "json");
	struct exch_out *a, *b;
	char da[96] = "", db[96] = "";
	const unsigned char *p, *q;
	struct exch_diag d;
	size_t n, m;
	int end;

	if (!tap_ok(bin != NULL && json != NULL, version))
		return;
	a = kit_convert(bin, EXCH_FMT_JSON, da, &end, &d);
	tap_is_i64(end, 0, "the stream reads");
	b = kit_convert(json, EXCH_FMT_JSON, db, &end, &d);
	tap_is_i64(end, 0, "its JSON reads");
	tap_is_str(da, db, "with the same digest");
	p = exch_out_mem_bytes(a, &n);
	q = exch_out_mem_bytes(b, &m);
	tap_ok(n == m && memcmp(p, q, n) == 0, "and the same text");
	exch_out_free(bin);
	exch_out_free(json);
	exch_out_free(a);
	exch_out_free(b);
}

static void
make(enum exch_format format, bool zstd, const char *name)
{
	struct exch_out *o = kit_sample(format, zstd, 1, NULL);
	const unsigned char *p;
	FILE *f = fopen(name, "wb");
	size_t n;

	p = exch_out_mem_bytes(o, &n);
	if (f == NULL || fwrite(p, 1, n, f) != n || fclose(f) != 0)
		exit(1);
	exch_out_free(o);
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "make") == 0) {
		make(EXCH_FMT_BIN, true, "stream.xst.zst");
		make(EXCH_FMT_JSON, false, "stream.json");
		return 0;
	}
	for (size_t i = 0; i < EXCH_ARRAY_LEN(versions); i++)
		compare(versions[i]);
	return tap_done();
}
