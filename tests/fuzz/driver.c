/*
 * A fuzz harness as a test: its corpus, and small changes of every file in
 * it, through LLVMFuzzerTestOneInput.  The harness fuzz_NAME finds its
 * corpus in tests/fuzz/corpus/NAME of the source tree; files named as
 * arguments are run instead.  With --enable-fuzzer libFuzzer takes this
 * file's place.
 */
#include <config.h>

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tap.h"

/* Changed copies of every file, few enough for make check. */
#define CHANGES 300

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t state;

static uint64_t
next(void)
{
	state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return state >> 33;
}

static uint8_t *
slurp(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	uint8_t *p = NULL;

	*n = 0;
	if (f == NULL || fstat(fileno(f), &st) != 0 || !S_ISREG(st.st_mode))
		goto out;
	p = malloc((size_t)st.st_size + 1);
	if (p != NULL)
		*n = fread(p, 1, (size_t)st.st_size, f);
out:
	if (f != NULL)
		fclose(f);
	return p;
}

/* Each run gets memory of its exact size, so that ASan sees a step beyond. */
static void
run(const uint8_t *p, size_t n)
{
	uint8_t *copy = malloc(n != 0 ? n : 1);

	if (copy == NULL)
		abort();
	memcpy(copy, p, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

/* Bits turned, bytes set to telling values, pieces cut out, the end cut. */
static void
change(uint8_t *p, size_t *n)
{
	static const uint8_t telling[] = {
	    0, 1, 0x7f, 0x80, 0xff, '\n', ',', '"', '#', '0', '9', '-', ' '};
	size_t at, len;

	for (unsigned k = (unsigned)(next() % 4); *n > 0; k--) {
		at = next() % *n;
		switch (next() % 4) {
		case 0:
			p[at] ^= (uint8_t)(1u << next() % 8);
			break;
		case 1:
			p[at] = telling[next() % sizeof(telling)];
			break;
		case 2:
			len = next() % (*n - at) % 16 + 1;
			memmove(p + at, p + at + len, *n - at - len);
			*n -= len;
			break;
		default:
			if (next() % 4 == 0)
				*n = at;
			break;
		}
		if (k == 0)
			break;
	}
}

static bool
one_file(const char *path)
{
	size_t n, m;
	uint8_t *p = slurp(path, &n), *q;

	if (p == NULL)
		return false;
	run(p, n);
	q = malloc(n + 1);
	state = n;
	for (int i = 0; i < CHANGES && q != NULL; i++) {
		memcpy(q, p, n);
		m = n;
		change(q, &m);
		run(q, m);
	}
	free(q);
	free(p);
	return true;
}

static void
corpus(const char *program)
{
	const char *src = getenv("top_srcdir");
	const char *base = strrchr(program, '/');
	char dir[1024], path[2048];
	struct dirent **list;
	int n;

	base = base != NULL ? base + 1 : program;
	if (strncmp(base, "fuzz_", 5) == 0)
		base += 5;
	snprintf(dir, sizeof(dir), "%s/tests/fuzz/corpus/%s",
	    src != NULL ? src : ".", base);
	n = scandir(dir, &list, NULL, alphasort);
	if (!tap_ok(n > 2, "there is a corpus"))
		return;
	for (int i = 0; i < n; i++) {
		if (list[i]->d_name[0] != '.') {
			snprintf(
			    path, sizeof(path), "%s/%s", dir, list[i]->d_name);
			tap_ok(one_file(path), list[i]->d_name);
		}
		free(list[i]);
	}
	free(list);
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		tap_ok(one_file(argv[i]), argv[i]);
	if (argc == 1)
		corpus(argv[0]);
	return tap_done();
}
