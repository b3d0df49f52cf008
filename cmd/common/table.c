/* Tables that options name (cli.h). */
#include <config.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/sha256.h"
#include "common/cli.h"

/* What a table says is one of the options that change the result. */
static void
add_word(const char *name, const char *text, size_t n, char *words, size_t room)
{
	size_t used = strlen(words);
	unsigned char sum[32];
	char hex[65];
	struct exch_sha256 s;

	exch_sha256_init(&s);
	exch_sha256_add(&s, text, n);
	exch_sha256_end(&s, sum);
	exch_sha256_hex(sum, hex);
	(void)snprintf(words + used, room - used, "%s%s=%.16s",
	    used > 0 ? " " : "", name, hex); /* the caller has room */
}

/* Writing over what was just read would lose it. */
static bool
is_output(const struct exch_cli *c, const char *path)
{
	struct stat x, y;

	return c->output != NULL && stat(path, &x) == 0 && S_ISREG(x.st_mode) &&
	       stat(c->output, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

int
exch_cli_table(const struct exch_cli *c, const char *name, const char *path,
    char *words, size_t room, char **text, size_t *n)
{
	struct exch_diag d = {0};

	if (is_output(c, path))
		return exch_cli_usage(c,
		    "%s is the table of %s and would be replaced: --output "
		    "needs another name",
		    path, name);
	if (exch_cli_slurp(path, text, n, &d) != 0)
		return exch_cli_fail(c, &d);
	add_word(name, *text, *n, words, room);
	return -1;
}
