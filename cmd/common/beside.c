/*
 * Files of the package by where the program lies (cli.h), so that they are
 * found before it is installed, and wherever it is moved with them.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/cli.h"

bool
exch_cli_beside(const char *const *place, size_t n, const char *name,
    char *path, size_t size)
{
	char self[2048];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	self[len > 0 ? len : 0] = '\0';
	slash = strrchr(self, '/');
	for (size_t i = 0; slash != NULL && i < n; i++) {
		int used = snprintf(path, size, "%.*s/%s/%s",
		    (int)(slash - self), self, place[i], name);

		if (used > 0 && (size_t)used < size && access(path, R_OK) == 0)
			return true;
	}
	return false;
}

const char *
exch_cli_tables(const char *kind, const char *installed)
{
	/* a build in or below the sources; a prefix */
	static const char *const place[] = {"data", "../data", "../share/exch"};
	static char path[4096];

	return exch_cli_beside(
		   place, EXCH_ARRAY_LEN(place), kind, path, sizeof(path))
		   ? path
		   : installed;
}
