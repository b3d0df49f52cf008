/*
 * Modules by dlopen(3): load.h.
 */
#include <config.h>

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "card/load.h"

/* Whether all that this segment has is within the file. */
static bool
is_within(const ElfW(Phdr) * p, uint64_t size)
{
	return p->p_type != PT_LOAD ||
	       (p->p_offset <= size && p->p_filesz <= size - p->p_offset);
}

/* Of what is no object of this machine dlopen() says what it is. */
static bool
are_within(int fd, uint64_t size)
{
	ElfW(Ehdr) e;
	ElfW(Phdr) p;

	if (pread(fd, &e, sizeof(e), 0) != (ssize_t)sizeof(e) ||
	    memcmp(e.e_ident, ELFMAG, SELFMAG) != 0 ||
	    e.e_phentsize != sizeof(p) || e.e_phoff > size)
		return true;
	for (unsigned i = 0; i < e.e_phnum; i++)
		if (pread(fd, &p, sizeof(p),
			(off_t)(e.e_phoff + i * sizeof(p))) !=
			(ssize_t)sizeof(p) ||
		    !is_within(&p, size))
			return false;
	return true;
}

/*
 * dlopen() maps what the file says it has; where a copy ended early that is
 * read beyond the end, and the system kills the program.
 */
static bool
is_cut(const char *path)
{
	struct stat st;
	int fd = stat(path, &st) == 0 && S_ISREG(st.st_mode)
		     ? open(path, O_RDONLY | O_CLOEXEC)
		     : -1;
	bool cut = fd >= 0 && !are_within(fd, (uint64_t)st.st_size);

	if (fd >= 0)
		(void)close(fd); /* it was read only */
	return cut;
}

int
exch_card_load(
    const char *path, const struct exch_card_ops **ops, struct exch_diag *d)
{
	const struct exch_card_ops *o;
	void *h;

	if (is_cut(path))
		return exch_diag_set(d, EXCH_ERR_FORMAT, path, EXCH_POS_NONE, 0,
		    "a module that is cut short");
	h = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (h == NULL)
		return exch_diag_set(
		    d, EXCH_ERR_IO, path, EXCH_POS_NONE, 0, "%s", dlerror());
	o = dlsym(h, EXCH_CARD_SYMBOL);
	if (o == NULL)
		return exch_diag_set(d, EXCH_ERR_FORMAT, path, EXCH_POS_NONE, 0,
		    "no module with a matcher: it has no %s", EXCH_CARD_SYMBOL);
	if (o->abi != EXCH_CARD_ABI)
		return exch_diag_set(d, EXCH_ERR_VERSION, path, EXCH_POS_NONE,
		    0,
		    "a module of interface %u, where this program has %d: "
		    "build both from the same sources",
		    o->abi, EXCH_CARD_ABI);
	*ops = o;
	return EXCH_OK;
}
