/*
 * exch-store's parts:
 *
 *	main.c    options and commands
 *	load.c    loading, with and without the stream on standard output
 *	show.c    list, and what all commands write
 *	check.c   verify
 *	ask.c     query
 *	keep.c    backup, restore, archive, erase, rebuild, migrate,
 *	          rollup
 *	retain.c  purge, hold, release
 */
#ifndef EXCH_CMD_STORE_TOOL_H
#define EXCH_CMD_STORE_TOOL_H

#include "base/buf.h"
#include "common/cli.h"
#include "store/store.h"

struct tool {
	struct exch_cli cli;
	const char *path; /* of the database */
	char **rest;	  /* operands behind it */
	int nrest;
	const char *label;
	bool pass;	    /* the stream goes to standard output, too */
	bool no_index;	    /* indexes are left to a later load */
	bool digest;	    /* print it */
	const char *policy; /* file of years to keep */
	uint32_t on;	    /* the day of a purge */
	bool apply;	    /* it is done, and not only told */
	uint32_t account;   /* of a hold, or asked about */
	uint32_t date;	    /* that is asked about */
	uint64_t order;
	bool has_order;
	const char *instr;
	const char *tip; /* that was noted */
	const char *who, *why;
	uint64_t hold; /* its link: that is to be released; or 0 */
};

/* Write to standard output, or -o, and free the text. */
int tool_put(struct tool *t, struct exch_buf *b, struct exch_diag *d);

/* A value as RFC 4180 has it: in quotes where it is needed. */
void tool_put_csv(struct exch_buf *b, const char *s, size_t n);

/* Each returns an exit code. */
int tool_load(struct tool *t);
int tool_list(struct tool *t);
int tool_query(struct tool *t);
int tool_verify(struct tool *t);
int tool_backup(struct tool *t);
int tool_restore(struct tool *t);
int tool_archive(struct tool *t);
int tool_erase(struct tool *t);
/* Tell that the log still has what went, and the exit status for it. */
int tool_stays(struct tool *t);
int tool_rebuild(struct tool *t);
int tool_rollup(struct tool *t);
int tool_migrate(struct tool *t);
int tool_purge(struct tool *t);
int tool_hold(struct tool *t);
int tool_release(struct tool *t);

#endif
