/* Where a database lies (place.h). */
#include <config.h>

#include <string.h>

#include <sys/stat.h>
#include <unistd.h>

#include "store/place.h"

bool
exch_place_is(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

bool
exch_place_has(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_size > 0;
}

bool
exch_place_is_closed(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct exch_buf b = {0};
	bool closed;

	if (slash == NULL)
		exch_buf_char(&b, '.');
	else
		exch_buf_add(&b, path, (size_t)(slash - path) + 1);
	exch_buf_char(&b, '\0');
	closed = !b.failed && access(b.p, W_OK) != 0;
	exch_buf_free(&b);
	return closed;
}

/* What stands behind "file:" is read by RFC 3986: %, ? and # mean something. */
void
exch_place_immutable(struct exch_buf *b, const char *path)
{
	exch_buf_str(b, path[0] == '/' ? "file://" : "file:");
	for (; *path != '\0'; path++)
		if (strchr("%?#", *path) != NULL)
			exch_buf_fmt(b, "%%%02X", (unsigned)*path);
		else
			exch_buf_char(b, *path);
	exch_buf_str(b, "?immutable=1");
	exch_buf_char(b, '\0');
}
