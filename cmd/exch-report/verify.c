/*
 * exch-report verify: is a table the one that its manifest tells of, and is
 * the manifest what somebody signed?  A row for each thing that was looked at.
 */
#include <config.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "exch-report/kept.h"
#include "exch-report/keys.h"
#include "report/manifest.h"
#include "report/sign.h"

enum opt_id { OPT_KEY = 256, OPT_SIGNATURE };

static const struct exch_opt opts[] = {
    {"key", 'k', "FILE", "public key: verify the signature, too", OPT_KEY},
    {"signature", 0, "FILE", "the signature (MANIFEST.sig)", OPT_SIGNATURE},
    {0},
};

static const struct exch_col cols[] = {{"what", EXCH_COL_TEXT, 12},
    {"state", EXCH_COL_TEXT, 11}, {"name", EXCH_COL_TEXT, 12},
    {"wanted", EXCH_COL_TEXT, 12}, {"found", EXCH_COL_TEXT, 12}};

/* One whole file that is small, or that has to be there at once. */
struct bytes {
	char *p;
	size_t n;
};

struct tool {
	struct exch_cli cli;
	const char *key_path, *sig_path;
	const char *manifest, *file;
	char *made; /* a name that was put together */
	char *sig_name;
	struct bytes text, key, sig;
	struct exch_manifest m;
	struct exch_cli_out *to;
	struct exch_table out;
	bool differs;
	bool broke_off; /* the stream that the table is of */
};

static int
option(void *arg, struct exch_cli *c, int id, const char *v)
{
	struct tool *t = arg;

	(void)c;
	if (id == OPT_KEY)
		t->key_path = v;
	else
		t->sig_path = v;
	return 0;
}

/* ---- rows ---- */

static void
cell(struct exch_table *o, const char *s)
{
	exch_table_text(o, s, s != NULL ? strlen(s) : 0);
}

static void
row(struct tool *t, const char *what, const char *state, const char *name,
    const char *wanted, const char *found)
{
	struct exch_table *o = &t->out;

	exch_table_row(o);
	exch_table_word(o, what);
	exch_table_word(o, state);
	cell(o, name);
	cell(o, wanted);
	cell(o, found);
	exch_table_end(o);
}

static void
compare(struct tool *t, const char *what, const char *name, const char *wanted,
    const char *found)
{
	bool good = strcmp(wanted, found) == 0;

	t->differs = t->differs || !good;
	row(t, what, good ? "good" : "differs", name, wanted, found);
}

static void
compare_counts(struct tool *t, const char *what, const char *name,
    uint64_t wanted, uint64_t found)
{
	char a[24], b[24];

	*exch_uint_put(a, wanted) = '\0';
	*exch_uint_put(b, found) = '\0';
	compare(t, what, name, a, b);
}

/*
 * A table of a stream that broke off may be the one that was made, and yet it
 * is not the day's.
 */
static void
row_of_stream(struct tool *t)
{
	static const char whole[] = EXCH_MANIFEST_STREAM_WHOLE;

	if (t->m.stream[0] == '\0') {
		row(t, "stream", "not-told", NULL, whole, NULL);
		return;
	}
	t->broke_off = strcmp(t->m.stream, whole) != 0;
	row(t, "stream", t->broke_off ? "incomplete" : "good", NULL, whole,
	    t->m.stream);
}

/* ---- the table ---- */

/* "dir/audit.txt" and "audit.csv" give "dir/audit.csv". */
static int
name_file(struct tool *t, struct exch_diag *d)
{
	const char *slash = strrchr(t->manifest, '/');
	size_t dir = slash != NULL ? (size_t)(slash - t->manifest) + 1 : 0;
	size_t size = dir + sizeof(t->m.file);

	if (t->file != NULL)
		return EXCH_OK;
	if (t->m.file[0] == '\0')
		return exch_diag_set(d, EXCH_ERR_NEED, t->manifest,
		    EXCH_POS_NONE, 0,
		    "it does not name the file of its table: exch-report "
		    "verify MANIFEST FILE");
	t->made = exch_malloc(size);
	if (t->made == NULL)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
	(void)snprintf(
	    t->made, size, "%.*s%s", (int)dir, t->manifest, t->m.file);
	t->file = t->made;
	return EXCH_OK;
}

/* The bytes as they stand in the file. */
static int
count_raw(const char *path, struct exch_manifest_count *c, struct exch_diag *d)
{
	static char buf[1 << 16];
	bool in = strcmp(path, "-") == 0;
	int fd = STDIN_FILENO;
	int err = in ? EXCH_OK : key_open(path, &fd, d);

	if (err != EXCH_OK)
		return err;
	for (;;) {
		ssize_t got = read(fd, buf, sizeof(buf));

		if (exch_cli_signal != 0)
			err = EXCH_ERR_STOP;
		else if (got < 0 && errno == EINTR)
			continue;
		else if (got < 0)
			err = exch_diag_sys(d, path, errno, "cannot read");
		if (got <= 0 || err != EXCH_OK)
			break;
		exch_manifest_count_add(c, buf, (size_t)got);
	}
	if (!in)
		(void)close(fd); /* was only read */
	return err;
}

/* The table within a compressed file. */
static int
count_unpacked(
    struct tool *t, struct exch_manifest_count *c, struct exch_diag *d)
{
	static char buf[1 << 16];
	struct exch_in *in = NULL;
	size_t got = 0;
	int err = exch_cli_open(&t->cli, t->file, &in, d);

	while (err == EXCH_OK) {
		err = exch_in_read(in, buf, sizeof(buf), &got, d);
		if (err != EXCH_OK || got == 0)
			break;
		exch_manifest_count_add(c, buf, got);
	}
	exch_in_close(in);
	return err;
}

static int
verify_table(struct tool *t, struct exch_diag *d)
{
	struct exch_manifest_count c;
	char hex[65];
	uint64_t rows;
	int err;

	exch_manifest_count_begin(&c);
	err = count_raw(t->file, &c, d);
	if (err != EXCH_OK)
		return err;
	exch_manifest_count_end(&c, hex, &rows);
	if (t->m.packed) {
		compare_counts(
		    t, "packed-bytes", t->file, t->m.packed_bytes, c.bytes);
		compare(t, "packed-sha256", t->file, t->m.packed_sha256, hex);
		if (t->differs)
			return EXCH_OK; /* what is in it means nothing */
		exch_manifest_count_begin(&c);
		err = count_unpacked(t, &c, d);
		if (err != EXCH_OK)
			return err;
		exch_manifest_count_end(&c, hex, &rows);
	}
	compare_counts(t, "rows", t->file, t->m.rows, rows);
	compare_counts(t, "bytes", t->file, t->m.bytes, c.bytes);
	compare(t, "sha256", t->file, t->m.sha256, hex);
	return EXCH_OK;
}

/* ---- the manifest and its signature ---- */

static int
read_signature(struct tool *t, struct exch_diag *d)
{
	if (t->sig_path == NULL)
		t->sig_path = t->sig_name = kept_sig_name(t->manifest);
	if (t->sig_path == NULL)
		return exch_diag_set(
		    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
	return exch_cli_slurp(t->sig_path, &t->sig.p, &t->sig.n, d);
}

static int
verify_signature(struct tool *t, struct exch_diag *d)
{
	bool good = false;
	char n[24];
	int err;

	if (t->key_path == NULL) {
		row(t, "signature", "not-checked", NULL, NULL, NULL);
		return EXCH_OK;
	}
	err = read_signature(t, d);
	if (err != EXCH_OK)
		return err;
	if (t->sig.n == EXCH_SIGN_BYTES)
		err = exch_sign_verify(t->key.p, t->key.n, t->key_path,
		    t->text.p, t->text.n, (unsigned char *)t->sig.p, &good, d);
	if (err != EXCH_OK)
		return err;
	t->differs = t->differs || !good;
	*exch_uint_put(n, t->sig.n) = '\0';
	if (t->sig.n == EXCH_SIGN_BYTES)
		row(t, "signature", good ? "good" : "differs", t->sig_path,
		    NULL, NULL);
	else
		row(t, "signature", "differs", t->sig_path, "64", n);
	return EXCH_OK;
}

static int
verify(struct tool *t, struct exch_diag *d)
{
	int err = EXCH_OK;

	if (t->key_path != NULL) {
		err = exch_cli_slurp(t->key_path, &t->key.p, &t->key.n, d);
		if (err == EXCH_OK)
			err = exch_sign_key_check(
			    t->key.p, t->key.n, false, t->key_path, d);
	}
	if (err == EXCH_OK)
		err = exch_cli_slurp(t->manifest, &t->text.p, &t->text.n, d);
	if (err == EXCH_OK)
		err = exch_manifest_read(
		    &t->m, t->text.p, t->text.n, t->manifest, d);
	if (err == EXCH_OK)
		err = name_file(t, d);
	if (err == EXCH_OK && t->m.packed && strcmp(t->file, "-") == 0)
		err = exch_diag_set(d, EXCH_ERR_NEED, t->manifest,
		    EXCH_POS_NONE, 0,
		    "its table is compressed and is read twice, which a pipe "
		    "cannot be: exch-report verify MANIFEST FILE");
	if (err != EXCH_OK)
		return err;
	exch_cli_reads(&t->cli, t->manifest);
	exch_cli_reads(&t->cli, t->file);
	err = exch_cli_out_open(&t->cli, &t->to, d);
	if (err == EXCH_OK)
		err = exch_table_init(&t->out, exch_cli_out_stream(t->to),
		    t->cli.format, NULL, d);
	if (err == EXCH_OK)
		err = exch_table_columns(
		    &t->out, cols, EXCH_ARRAY_LEN(cols), true, d);
	if (err != EXCH_OK)
		return err;
	row(t, "manifest", t->m.whole ? "good" : "differs", t->manifest, NULL,
	    NULL);
	t->differs = !t->m.whole;
	err = verify_signature(t, d);
	if (err == EXCH_OK)
		row_of_stream(t);
	/* a table that differs is told, and so is the rest of it */
	if (err == EXCH_OK)
		err = verify_table(t, d);
	if (err == EXCH_OK)
		err = exch_table_flush(&t->out, d);
	return err;
}

static int
run(struct tool *t)
{
	struct exch_diag d = {0};
	struct exch_cli_out *to;
	int err = verify(t, &d);

	to = t->to;
	if (err == EXCH_OK) {
		t->to = NULL;
		err = exch_cli_out_commit(to, &d);
	}
	if (err != EXCH_OK)
		return exch_cli_signal != 0 ? EXCH_EXIT_INPUT
					    : exch_cli_fail(&t->cli, &d);
	if (t->differs)
		exch_cli_note(&t->cli,
		    "%s: something was changed, or it is another file",
		    t->manifest);
	if (t->broke_off)
		exch_cli_note(&t->cli,
		    "%s: the table is of a stream that was not whole: %s",
		    t->manifest, t->m.stream);
	return t->differs || t->broke_off ? EXCH_EXIT_NO : EXCH_EXIT_OK;
}

int
verify_main(int argc, char **argv)
{
	struct tool t = {.cli = {.tool = "exch-report verify",
			     .opts = opts,
			     .groups = EXCH_CLI_VIEW,
			     .usage = "MANIFEST [FILE]",
			     .about = "verify a table by its manifest, and the "
				      "manifest by its signature"}};
	struct exch_cli *c = &t.cli;
	int code = exch_cli_parse(c, argc, argv, option, &t);

	if (code >= 0)
		return code;
	if (c->noperands < 1 || c->noperands > 2)
		return exch_cli_usage(c,
		    c->noperands == 0
			? "which manifest? exch-report verify MANIFEST [FILE]"
			: "a manifest and the file of its table, '%s' is too "
			  "many",
		    c->noperands > 2 ? c->operand[2] : "");
	if (t.sig_path != NULL && t.key_path == NULL)
		return exch_cli_usage(
		    c, "a signature is verified by a key: add --key FILE");
	t.manifest = c->operand[0];
	t.file = c->noperands == 2 ? c->operand[1] : NULL;
	code = run(&t);
	exch_cli_out_abort(t.to);
	exch_table_clear(&t.out);
	exch_free(t.made);
	exch_free(t.sig_name);
	exch_free(t.text.p);
	exch_free(t.key.p);
	exch_free(t.sig.p);
	exch_cli_reraise();
	return code;
}
