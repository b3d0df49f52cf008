/*
 * Where a database lies, and what may be put beside it: a log and what its
 * readers share, which SQLite makes there also for those who only read.
 */
#ifndef EXCH_STORE_PLACE_H
#define EXCH_STORE_PLACE_H

#include <stdbool.h>

#include "base/buf.h"

/* Is the file there; and has it anything in it? */
bool exch_place_is(const char *path);
bool exch_place_has(const char *path);

/* May we not make files in the directory of `path`? */
bool exch_place_is_closed(const char *path);

/*
 * The path as a URI by which SQLite opens it for good: nobody writes it, so
 * nothing is locked, and nothing is put beside it.  NUL at the end.
 */
void exch_place_immutable(struct exch_buf *b, const char *path);

#endif
