/*
 * An input that can be given at a pace: in small blocks, so that its records
 * can be read as soon as they have come.
 */
#ifndef EXCH_TESTS_PACED_H
#define EXCH_TESTS_PACED_H

#include "lives.h"

/* Fills in the bytes; returns how many records they are. */
uint64_t paced_read(struct feed *f, const char *path);

#endif
