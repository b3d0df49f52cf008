/* What the files of cmd/common share among themselves. */
#ifndef EXCH_CMD_COMMON_PRIVATE_H
#define EXCH_CMD_COMMON_PRIVATE_H

#include "base/types.h"
#include "common/cli.h"
#include "rec/scan.h"

/*
 * A temporary file that a second signal removes before it kills, one of two
 * at most; and one that it does not remove any more.  The string must outlive
 * its registration.
 */
void exch_cli_signal_unlink(const char *path);
void exch_cli_signal_keep(const char *path);
/* Take note of SIGUSR1: true once per signal. */
bool exch_cli_usr1(void);

/*
 * left.c: an output file that a run before has left unfinished.  Open it,
 * or make it, and see how far it is whole; *s is freed with exch_free.
 */
int exch_cli_left_open(
    const char *path, int *fd, struct exch_scan **s, struct exch_diag *d);
/* Where to go on, or NULL: it holds nothing. */
const struct exch_stream_point *exch_cli_left_point(const struct exch_scan *s);
/*
 * Cut off what is behind that place, if the file has the header of the
 * stream that is to go on in it; else EXCH_ERR_NEED.
 */
int exch_cli_left_cut(int fd, const char *path, const struct exch_scan *s,
    const struct exch_stream_info *now, struct exch_diag *d);

/* Larger pipe buffers, where fd is a pipe and the system allows. */
void exch_cli_widen_pipe(int fd);

/* cpu.c: run on these processors only.  0, or complains: an exit code. */
int exch_cli_cpu(const struct exch_cli *c, const char *list);

#endif
