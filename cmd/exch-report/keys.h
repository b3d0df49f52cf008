/*
 * Secrets that stand in files: private keys.  Their text is never an option's
 * value, and a file that others can read keeps no secret.
 */
#ifndef EXCH_CMD_REPORT_KEYS_H
#define EXCH_CMD_REPORT_KEYS_H

#include "base/err.h"

/*
 * Open a file for its bytes as they stand there, whatever they are.
 * EXCH_ERR_ABSENT: that cannot be done.
 */
int key_open(const char *path, int *fd, struct exch_diag *d);
/*
 * The whole of the file, with a NUL behind it, freed by key_forget().
 * EXCH_ERR_NEED: others may read it, or it is no regular file, or larger than
 * a key is; EXCH_ERR_ABSENT, EXCH_ERR_IO, EXCH_ERR_NOMEM.
 */
int key_read(const char *path, char **text, size_t *n, struct exch_diag *d);
/* Wiped and freed; NULL is fine. */
void key_forget(char *text, size_t n);

#endif
