/*
 * The command line: the table of common options, and what is made of it
 * and of the tool's own table (getopt_long's arguments, --help).
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/dec.h"
#include "base/version.h"
#include "common/cli.h"
#include "common/private.h"

/* Ids of the common options: below those of the tools, which begin at 256. */
enum common_id {
	ID_HELP,
	ID_VERSION,
	ID_VERBOSE,
	ID_QUIET,
	ID_OUTPUT,
	ID_FORMAT,
	ID_TYPE,
	ID_CSV_MULTI,
	ID_TRAILER,
	ID_DIGEST,
	ID_PARTIAL,
	ID_STREAM,
	ID_CHECKSUM,
	ID_ZSTD,
	ID_UNBUFFERED,
	ID_FLUSH_US,
	ID_SEED,
	ID_PROGRESS,
	ID_CPU
};

/* `groups`: a tool that has one of them has the option; 0 all tools. */
struct common {
	struct exch_opt opt;
	unsigned groups;
};

static const struct common common[] = {
    {{"help", 'h', NULL, "print this help", ID_HELP}, 0},
    {{"version", 'V', NULL, "print the version", ID_VERSION}, 0},
    {{"verbose", 'v', NULL, "say more; may be repeated", ID_VERBOSE}, 0},
    {{"quiet", 'q', NULL, "say nothing but errors", ID_QUIET}, 0},
    {{"output", 'o', "FILE", "write FILE, which appears when whole", ID_OUTPUT},
	0},
    {{"format", 'f', "bin|text|csv|json",
	 "output form (bin; text on a terminal)", ID_FORMAT},
	EXCH_CLI_FORMAT},
    {{"format", 'f', "text|csv|json", "output form (text)", ID_FORMAT},
	EXCH_CLI_VIEW},
    {{"format", 'f', "bin|text|csv|json", "output form (text)", ID_FORMAT},
	EXCH_CLI_BIN},
    {{"type", 0, "NAME", "with -f csv: the record type to write", ID_TYPE},
	EXCH_CLI_STREAM},
    {{"csv-multi", 0, NULL, "with -f csv: several types in one table",
	 ID_CSV_MULTI},
	EXCH_CLI_STREAM},
    {{"trailer", 0, NULL, "with -f csv: end with the number of rows",
	 ID_TRAILER},
	EXCH_CLI_TRAILER},
    {{"digest", 0, NULL, "print the SHA-256 of the records at the end",
	 ID_DIGEST},
	EXCH_CLI_STREAM},
    {{"partial", 0, NULL, "accept a stream without its end or beginning",
	 ID_PARTIAL},
	EXCH_CLI_PARTIAL},
    {{"stream", 0, "WHICH", "of a history with several: number, date, label",
	 ID_STREAM},
	EXCH_CLI_PARTIAL},
    {{"checksum", 0, NULL, "checksums in pipes, too", ID_CHECKSUM},
	EXCH_CLI_STREAM},
    {{"zstd", 'z', NULL, "compress the output", ID_ZSTD}, EXCH_CLI_ZSTD},
    {{"unbuffered", 'u', NULL, "write after every record", ID_UNBUFFERED},
	EXCH_CLI_STREAM},
    {{"flush-us", 0, "N", "write at least every N microseconds (10000)",
	 ID_FLUSH_US},
	EXCH_CLI_STREAM},
    {{"seed", 0, "N", "seed of what is random", ID_SEED}, EXCH_CLI_SEED},
    {{"progress", 0, "auto|always|never", "show progress (auto: on a terminal)",
	 ID_PROGRESS},
	0},
    {{"cpu", 0, "LIST", "run on these processors, such as 0,2-5", ID_CPU}, 0},
};

/* More options than any tool has; checked. */
#define MAX_OPTS 192

/* The two tables as one, and what getopt_long wants. */
struct table {
	const struct exch_opt *row[MAX_OPTS];
	size_t n;
	size_t ncommon; /* rows before are the tool's own */
	struct option longs[MAX_OPTS + 1];
	char letters[2 * MAX_OPTS + 2];
};

static void
add_row(struct table *t, const struct exch_opt *o)
{
	struct option *l = &t->longs[t->n];
	size_t k = strlen(t->letters);

	t->row[t->n] = o;
	l->name = o->name;
	l->has_arg = o->arg != NULL ? required_argument : no_argument;
	l->val = 256 + (int)t->n;
	if (o->letter != 0) {
		t->letters[k++] = o->letter;
		if (o->arg != NULL)
			t->letters[k] = ':';
	}
	t->n++;
}

/* The tool's own first, as in its manual. */
static void
make_table(const struct exch_cli *c, struct table *t)
{
	memset(t, 0, sizeof(*t));
	t->letters[0] = ':'; /* a missing argument is told apart */
	if (c->opts != NULL)
		for (const struct exch_opt *o = c->opts; o->name != NULL; o++) {
			exch_check(t->n < MAX_OPTS - EXCH_ARRAY_LEN(common));
			add_row(t, o);
		}
	t->ncommon = t->n;
	for (size_t i = 0; i < EXCH_ARRAY_LEN(common); i++)
		if (common[i].groups == 0 || (common[i].groups & c->groups))
			add_row(t, &common[i].opt);
}

static void
print_option(const struct exch_opt *o)
{
	char left[80];

	(void)snprintf(left, sizeof(left), "%c%c%s --%s%s%s",
	    o->letter != 0 ? '-' : ' ', o->letter != 0 ? o->letter : ' ',
	    o->letter != 0 ? "," : " ", o->name, o->arg != NULL ? " " : "",
	    o->arg != NULL ? o->arg : ""); /* long ones are cut */
	if (strlen(left) > 28)
		printf("  %s\n  %-28s  %s\n", left, "", o->help);
	else
		printf("  %-28s  %s\n", left, o->help);
}

/* Help and version are output: a full disk is told. */
static int
end_stdout(const struct exch_cli *c)
{
	struct exch_diag d = {0};

	if (fflush(stdout) == 0 && !ferror(stdout) && fclose(stdout) == 0)
		return EXCH_EXIT_OK;
	exch_diag_sys(&d, "standard output", errno, "cannot write");
	return exch_cli_fail(c, &d);
}

static int
print_help(const struct exch_cli *c, const struct table *t)
{
	printf("Usage: %s [OPTION]... %s\n", c->tool,
	    c->usage != NULL ? c->usage : "");
	if (c->about != NULL)
		printf("%s\n", c->about);
	printf("\n");
	for (size_t i = 0; i < t->ncommon; i++)
		print_option(t->row[i]);
	if (t->ncommon > 0)
		printf("\n");
	for (size_t i = t->ncommon; i < t->n; i++)
		print_option(t->row[i]);
	printf("\nThe manual is ");
	for (const char *p = c->tool; *p != '\0'; p++)
		putchar(*p == ' ' ? '-' : *p); /* exch-risk report */
	printf("(1); start with exch(7).\n");
	return end_stdout(c);
}

static int
bad_value(const struct exch_cli *c, const struct exch_opt *o, const char *value)
{
	return exch_cli_usage(
	    c, "--%s: '%s' is not %s", o->name, value, o->arg);
}

/* The place of `value` in a list such as "bin|text|csv|json", or -1. */
static int
choice(const char *list, const char *value)
{
	size_t n = strlen(value);

	for (int i = 0;; i++) {
		size_t k = strcspn(list, "|");

		if (k == n && memcmp(list, value, n) == 0)
			return i;
		if (list[k] == '\0')
			return -1;
		list += k + 1;
	}
}

static int
set_format(struct exch_cli *c, const struct exch_opt *o, const char *value)
{
	int i = choice(o->arg, value);

	if (i < 0)
		return bad_value(c, o, value);
	/* The other list begins with text. */
	c->format = (enum exch_format)(
	    c->groups & EXCH_CLI_VIEW ? i + EXCH_FMT_TEXT : i);
	c->format_given = true;
	return 0;
}

static int
set_number(struct exch_cli *c, const struct exch_opt *o, const char *value,
    uint64_t max, uint64_t *out)
{
	if (exch_uint_parse(value, strlen(value), out) != 0 || *out > max)
		return bad_value(c, o, value);
	return 0;
}

/* Options with an argument. */
static int
set_value(struct exch_cli *c, const struct exch_opt *o, const char *value)
{
	int i;

	switch (o->id) {
	case ID_OUTPUT:
		c->output = value;
		return *value != '\0' ? 0 : bad_value(c, o, value);
	case ID_FORMAT:
		return set_format(c, o, value);
	case ID_TYPE:
		c->csv_type = value;
		return 0;
	case ID_STREAM:
		c->stream = value;
		return 0;
	case ID_FLUSH_US:
		return set_number(
		    c, o, value, UINT64_C(1000000000), &c->flush_us);
	case ID_SEED:
		c->seed_given = true;
		return set_number(c, o, value, UINT64_MAX, &c->seed);
	case ID_PROGRESS:
		i = choice(o->arg, value);
		if (i < 0)
			return bad_value(c, o, value);
		c->progress = i == 2 ? -1 : i;
		return 0;
	case ID_CPU:
		return exch_cli_cpu(c, value);
	}
	return 0;
}

static void
set_flag(struct exch_cli *c, int id)
{
	switch (id) {
	case ID_VERBOSE:
		c->verbose++;
		return;
	case ID_QUIET:
		c->quiet = true;
		return;
	case ID_CSV_MULTI:
		c->csv_multi = true;
		return;
	case ID_TRAILER:
		c->trailer = true;
		return;
	case ID_DIGEST:
		c->digest = true;
		return;
	case ID_PARTIAL:
		c->partial = true;
		return;
	case ID_CHECKSUM:
		c->checksum = true;
		return;
	case ID_ZSTD:
		c->zstd = true;
		return;
	case ID_UNBUFFERED:
		c->unbuffered = true;
		return;
	}
}

void
exch_cli_reads(struct exch_cli *c, const char *path)
{
	if (c->nfiles < EXCH_CLI_FILES)
		c->file[c->nfiles++] = path;
}

/* The row of what getopt_long returned, or NULL. */
static const struct exch_opt *
find(const struct table *t, int got)
{
	if (got >= 256)
		return t->row[got - 256];
	for (size_t i = 0; i < t->n; i++)
		if (t->row[i]->letter != 0 && t->row[i]->letter == got)
			return t->row[i];
	return NULL;
}

static int
complain(const struct exch_cli *c, const struct table *t, int got, char **argv)
{
	const struct exch_opt *o = optopt != 0 ? find(t, optopt) : NULL;

	if (got == ':' && o != NULL && optopt >= 256)
		return exch_cli_usage(c, "--%s needs %s", o->name, o->arg);
	if (got == ':' && o != NULL)
		return exch_cli_usage(c, "-%c needs %s", optopt, o->arg);
	if (o != NULL)
		return exch_cli_usage(c, "--%s takes no argument", o->name);
	if (optopt > 0 && optopt < 256)
		return exch_cli_usage(c, "no option -%c", optopt);
	return exch_cli_usage(c, "no option %s", argv[optind - 1]);
}

/*
 * A parent may start us with descriptors closed; the next file opened
 * would then take the place of a standard stream.  Fill the holes with
 * what fails when it is used.
 */
static void
fill_standard_streams(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		if (open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			_exit(EXCH_EXIT_SYSTEM);
	}
}

static int
check_together(const struct exch_cli *c)
{
	bool csv = c->format_given && c->format == EXCH_FMT_CSV;

	if (!csv && c->csv_type != NULL)
		return exch_cli_usage(c, "--type needs -f csv");
	if (!csv && c->csv_multi)
		return exch_cli_usage(c, "--csv-multi needs -f csv");
	if (!csv && c->trailer)
		return exch_cli_usage(c, "--trailer needs -f csv");
	if (c->csv_multi && c->csv_type != NULL)
		return exch_cli_usage(
		    c, "--csv-multi and --type exclude each other");
	return -1;
}

int
exch_cli_parse(struct exch_cli *c, int argc, char **argv,
    int (*handle)(void *arg, struct exch_cli *c, int id, const char *value),
    void *arg)
{
	struct table t;
	int got;
	int code;

	fill_standard_streams();
	exch_cli_signals();
	if (c->groups == 0)
		c->groups = EXCH_CLI_FILTER;
	c->flush_us = 10000;
	make_table(c, &t);
	opterr = 0;
	while (
	    (got = getopt_long(argc, argv, t.letters, t.longs, NULL)) != -1) {
		const struct exch_opt *o = find(&t, got);

		if (got == ':' || got == '?' || o == NULL)
			return complain(c, &t, got, argv);
		if (o->id >= 256) {
			if (o->arg != NULL && strcmp(o->arg, "FILE") == 0)
				exch_cli_reads(c, optarg);
			code = handle(arg, c, o->id, optarg);
		} else if (o->id == ID_HELP)
			return print_help(c, &t);
		else if (o->id == ID_VERSION) {
			printf("%s %s\n", c->tool, EXCH_VERSION);
			return end_stdout(c);
		} else if (o->arg != NULL)
			code = set_value(c, o, optarg);
		else {
			set_flag(c, o->id);
			code = 0;
		}
		if (code != 0)
			return code;
	}
	c->operand = argv + optind;
	c->noperands = argc - optind;
	for (int i = 0; i < c->noperands; i++)
		if (c->operand[i][0] == '\0')
			return exch_cli_usage(c,
			    "operand %d is empty: give a file, or - for "
			    "standard input",
			    i + 1);
	return check_together(c);
}
