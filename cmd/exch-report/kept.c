/* The manifest beside a table, and its signature (front.h). */
#include <config.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "exch-report/kept.h"
#include "exch-report/keys.h"
#include "report/manifest.h"
#include "report/redact.h"
#include "report/sign.h"

/* What --manifest and --sign said; one run, one of them. */
static struct {
	const char *manifest;
	char *sig; /* its name */
	const char *key_path;
	char *key;
	size_t nkey;
	char *secret; /* of --redact */
	size_t nsecret;
} kept;

char *
kept_sig_name(const char *manifest)
{
	size_t n = strlen(manifest) + sizeof(".sig");
	char *name = exch_malloc(n);

	if (name != NULL)
		(void)snprintf(name, n, "%s.sig", manifest); /* it fits */
	return name;
}

/* The folder that a file is in, or will be, and its name there. */
static const char *
place(const char *path, struct stat *folder)
{
	const char *slash = strrchr(path, '/');
	char dir[4096];

	if (slash == NULL)
		return stat(".", folder) == 0 ? path : NULL;
	if ((size_t)(slash - path) + 2 > sizeof(dir))
		return NULL;
	(void)snprintf(dir, sizeof(dir), "%.*s", (int)(slash - path) + 1, path);
	return stat(dir, folder) == 0 ? slash + 1 : NULL;
}

/* One file by two names, whether it is there or not. */
static bool
is_same_file(const char *a, const char *b)
{
	struct stat x, y;
	const char *m, *n;

	if (stat(a, &x) == 0 && stat(b, &y) == 0)
		return S_ISREG(x.st_mode) && x.st_dev == y.st_dev &&
		       x.st_ino == y.st_ino;
	m = place(a, &x);
	n = place(b, &y);
	return m != NULL && n != NULL && strcmp(m, n) == 0 &&
	       x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int
kept_settle(struct exch_cli *c, const char *manifest, const char *key)
{
	struct exch_diag d = {0};
	int err;

	kept.manifest = manifest;
	if (strcmp(manifest, "-") == 0)
		return exch_cli_usage(c,
		    "a manifest is a file beside the table, and not standard "
		    "output");
	if (c->output != NULL && is_same_file(c->output, manifest))
		return exch_cli_usage(c,
		    "--manifest and --output name the same file: the manifest "
		    "stands beside the table");
	if (exch_cli_spares(c, manifest, &d) != EXCH_OK)
		return exch_cli_fail(c, &d);
	kept.sig = kept_sig_name(manifest);
	if (kept.sig == NULL)
		return exch_cli_fail(
		    c, &(struct exch_diag){
			   .code = EXCH_ERR_NOMEM, .text = "out of memory"});
	if (key == NULL && access(kept.sig, F_OK) == 0)
		return exch_cli_usage(c,
		    "an older signature, %s, would stand beside this manifest "
		    "and is not of it: remove it, or sign",
		    kept.sig);
	if (key == NULL)
		return -1;
	kept.key_path = key;
	err = exch_sign_can() ? key_read(key, &kept.key, &kept.nkey, &d)
			      : EXCH_OK;
	if (err == EXCH_OK)
		err = exch_sign_key_check(kept.key, kept.nkey, true, key, &d);
	if (err != EXCH_OK)
		return exch_cli_fail(c, &d);
	if (c->output != NULL && is_same_file(c->output, kept.sig))
		return exch_cli_usage(c,
		    "--output names the file of the signature, %s", kept.sig);
	if (exch_cli_spares(c, kept.sig, &d) != EXCH_OK)
		return exch_cli_fail(c, &d);
	return -1;
}

static int
kept_secret(
    const struct exch_cli *c, const char *path, const char **text, size_t *n)
{
	struct exch_diag d = {0};
	int err = key_read(path, &kept.secret, &kept.nsecret, &d);

	if (err == EXCH_OK && kept.nsecret < EXCH_REDACT_KEY_LEAST)
		err = exch_diag_set(&d, EXCH_ERR_FORMAT, path, EXCH_POS_NONE, 0,
		    "the key has %zu bytes, and fewer than %d can be tried "
		    "out: openssl rand -hex -out KEY 32",
		    kept.nsecret, EXCH_REDACT_KEY_LEAST);
	if (err != EXCH_OK)
		return exch_cli_fail(c, &d);
	*text = kept.secret;
	*n = kept.nsecret;
	return -1;
}

/* What stands in the file that was compressed: it is there under its name. */
static int
hash_packed(const char *path, struct exch_manifest_file *f, struct exch_diag *d)
{
	struct exch_sha256 sha;
	static char buf[1 << 16];
	int fd;
	int err = key_open(path, &fd, d);

	if (err != EXCH_OK)
		return err;
	exch_sha256_init(&sha);
	for (;;) {
		ssize_t got = read(fd, buf, sizeof(buf));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			err =
			    exch_diag_sys(d, path, errno, "cannot read again");
		if (got <= 0)
			break;
		exch_sha256_add(&sha, buf, (size_t)got);
		f->packed_bytes += (uint64_t)got;
	}
	(void)close(fd); /* was only read */
	exch_sha256_end(&sha, f->packed_sha256);
	f->packed = true;
	return err;
}

/* One of the files that appear together. */
static int
begin_file(struct exch_cli *c, const char *path, const void *p, size_t n,
    struct exch_cli_out **out, struct exch_diag *d)
{
	int err = exch_cli_out_beside(c, path, out, d);

	return err == EXCH_OK
		   ? exch_out_write(exch_cli_out_stream(*out), p, n, d)
		   : err;
}

static int
commit_file(struct exch_cli_out **out, struct exch_diag *d)
{
	struct exch_cli_out *o = *out;

	*out = NULL;
	return exch_cli_out_commit(o, d);
}

/* The one of before is of a table that is gone. */
static int
drop_older(struct exch_diag *d)
{
	struct stat st;

	if (lstat(kept.manifest, &st) != 0 || !S_ISREG(st.st_mode) ||
	    unlink(kept.manifest) == 0 || errno == ENOENT)
		return EXCH_OK;
	return exch_diag_sys(d, kept.manifest, errno, "cannot replace");
}

/*
 * Both are written before one of them has its name, and the signature has its
 * own first: under its name a manifest never stands without its signature, nor
 * with another one's.
 */
static int
put_files(struct exch_cli *c, const char *text, size_t n,
    const unsigned char *sig, struct exch_diag *d)
{
	struct exch_cli_out *manifest = NULL, *beside = NULL;
	int err = begin_file(c, kept.manifest, text, n, &manifest, d);

	if (err == EXCH_OK && sig != NULL)
		err = begin_file(c, kept.sig, sig, EXCH_SIGN_BYTES, &beside, d);
	if (err == EXCH_OK && sig != NULL)
		err = drop_older(d);
	if (err == EXCH_OK && sig != NULL)
		err = commit_file(&beside, d);
	if (err == EXCH_OK)
		err = commit_file(&manifest, d);
	exch_cli_out_abort(beside);
	exch_cli_out_abort(manifest);
	return err;
}

static int
kept_write(struct exch_cli *c, struct exch_report_run *run, const char *options,
    struct exch_diag *d)
{
	const char *slash = c->output != NULL ? strrchr(c->output, '/') : NULL;
	struct exch_manifest_file f = {
	    .name = slash != NULL ? slash + 1 : c->output, .options = options};
	unsigned char sig[EXCH_SIGN_BYTES];
	char *text = NULL;
	size_t n = 0;
	int err = EXCH_OK;

	if (f.name != NULL && strcmp(f.name, "-") == 0)
		f.name = NULL;
	if (f.name != NULL && c->zstd)
		err = hash_packed(c->output, &f, d);
	if (err == EXCH_OK)
		err = exch_manifest_make(run, &f, &text, &n, d);
	if (err == EXCH_OK && kept.key != NULL)
		err = exch_sign_make(
		    kept.key, kept.nkey, kept.key_path, text, n, sig, d);
	if (err == EXCH_OK)
		err = put_files(c, text, n, kept.key != NULL ? sig : NULL, d);
	exch_free(text);
	return err;
}

static void
kept_free(void)
{
	key_forget(kept.key, kept.nkey);
	key_forget(kept.secret, kept.nsecret);
	kept.secret = NULL;
	exch_free(kept.sig);
	kept.key = NULL;
	kept.sig = NULL;
}

const struct front_kept kept_files = {.settle = kept_settle,
    .secret = kept_secret,
    .write = kept_write,
    .free = kept_free};
