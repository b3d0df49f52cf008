/*
 * How far a file holds a whole stream: for whoever goes on with one that
 * was left unfinished, a journal's segment or an output.
 */
#ifndef EXCH_REC_SCAN_H
#define EXCH_REC_SCAN_H

#include "rec/stream.h"

struct exch_scan {
	struct exch_stream_info info;  /* when end.blocks > 0 */
	struct exch_stream_point end;  /* behind the last whole data block */
	struct exch_stream_point last; /* before that block */
	exch_ts time;		       /* the latest in the file */
	enum exch_status status;       /* of its end block, UNKNOWN without */
	uint64_t size;		       /* of the file */
	/*
	 * Of `size`, bytes at the end that were never written whole.  What
	 * this calls torn is what an interrupted write leaves: a block that
	 * the file ends in, or sectors of zeros that a file system had made
	 * room with.
	 */
	uint64_t torn;
};

/*
 * Read all blocks of a plain file and check them as a reader does, against
 * their checksums and each other.  A file that is empty or torn in its
 * first block has end.blocks 0.  EXCH_ERR_FORMAT with name and offset for
 * any other damage, EXCH_ERR_VERSION, EXCH_ERR_IO, EXCH_ERR_NOMEM.
 */
int exch_scan_fd(
    int fd, const char *name, struct exch_scan *s, struct exch_diag *d);

#endif
