/* What the files of cmd/common share among themselves. */
#ifndef EXCH_CMD_COMMON_PRIVATE_H
#define EXCH_CMD_COMMON_PRIVATE_H

#include "base/types.h"
#include "common/cli.h"

/*
 * The temporary file that a second signal removes before it kills; NULL
 * for none.  The string must outlive its registration.
 */
void exch_cli_signal_unlink(const char *path);
/* Take note of SIGUSR1: true once per signal. */
bool exch_cli_usr1(void);

/* Monotonic time in ns: the only clock there is, and only for pacing. */
uint64_t exch_cli_now(void);

/* Larger pipe buffers, where fd is a pipe and the system allows. */
void exch_cli_widen_pipe(int fd);

#endif
