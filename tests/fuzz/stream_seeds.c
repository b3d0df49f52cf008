/*
 * Writes the first corpora of fuzz_stream, fuzz_json and fuzz_csv:
 *
 *	stream_seeds DIR	makes DIR/stream/..., DIR/json/..., DIR/csv/...
 */
#include <config.h>

#include <stdio.h>

#include "base/bytes.h"
#include "unit/stream_kit.h"

static void
save(const char *dir, const char *name, const char *mark, const void *p,
    size_t n)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "wb");
	if (f == NULL || fwrite(mark, 1, strlen(mark), f) != strlen(mark) ||
	    fwrite(p, 1, n, f) != n || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
}

static void
orders(struct exch_writer *w)
{
	struct exch_rec_new *n;
	struct exch_rec_exec *e;

	kit_instrument(w, 1, "ABC", 2, 0, 10000000);
	n = exch_writer_new(w, EXCH_REC_NEW, sizeof(*n), 1, 1000);
	n->order = 1;
	n->price = 10 * EXCH_PX_ONE;
	n->qty = 100;
	n->side = EXCH_BUY;
	n->ordtype = EXCH_ORD_LIMIT;
	e = exch_writer_new(w, EXCH_REC_EXEC, sizeof(*e), 1, 1001);
	e->match = 1;
	e->qty = 100;
	e->h.flags = EXCH_F_LAST;
	(void)exch_writer_ext(w, EXCH_EXT_CAUSE, 4, 0);
}

static void
make(const char *dir, const char *name, void (*fill)(struct exch_writer *))
{
	static const char *const forms[] = {"stream", NULL, "csv", "json"};
	struct exch_writer_opts o = {.tool = "seed",
	    .options = "",
	    .csv_multi = true,
	    .trailer = true,
	    .date = 20230207};
	char path[512];

	for (int f = 0; f < 4; f++) {
		struct exch_out *out;
		struct exch_writer *w;
		const unsigned char *p;
		size_t n;

		if (forms[f] == NULL)
			continue;
		o.format = (enum exch_format)f;
		exch_out_mem(&out);
		exch_writer_open(out, &o, &w, NULL);
		fill(w);
		exch_writer_close(w, EXCH_STATUS_COMPLETE, NULL);
		exch_writer_free(w);
		p = exch_out_mem_bytes(out, &n);
		snprintf(path, sizeof(path), "%s/%s", dir, forms[f]);
		save(path, name, "", p, n);
		/* The first data block's body alone as well. */
		if (f == 0) {
			size_t front = 80 + 40 + 16u * exch_le16(p + 86);
			char body[64];

			snprintf(body, sizeof(body), "%s-body", name);
			save(path, body, "B", p + front, exch_le32(p + 88));
		}
		exch_out_free(out);
	}
}

static void
unknown(struct exch_writer *w)
{
	kit_unknown(w);
}

int
main(int argc, char **argv)
{
	struct exch_out *z;
	const unsigned char *p;
	char path[512];
	size_t n;

	if (argc != 2)
		return 2;
	make(argv[1], "orders", orders);
	make(argv[1], "texts", kit_texts);
	make(argv[1], "odd", kit_odd);
	make(argv[1], "unknown", unknown);
	z = kit_sample(EXCH_FMT_BIN, true, 1, NULL);
	p = exch_out_mem_bytes(z, &n);
	snprintf(path, sizeof(path), "%s/stream", argv[1]);
	save(path, "filter.zst", "", p, n);
	exch_out_free(z);
	return 0;
}
