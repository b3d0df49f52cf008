/*
 * Transcripts of programs behind a pipe (transcript.h).
 *
 * What a program is told may be ahead of what it has answered; in the file
 * every answer stands behind its block.  So blocks are kept until they are
 * answered, and the file is the same however far ahead the simulator was.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "rec/zio.h"
#include "sim/transcript.h"

#define TITLE "exch-transcript 1 "
/* Written and read at once; no line is longer. */
#define CHUNK 65536u

struct exch_transcript {
	char *path;
	struct exch_buf told; /* from `answered` on: not yet answered */
	size_t answered;
	uint64_t blocks; /* that were */
	/* recording */
	char *temp; /* NULL: a replay, a device or a pipe, or no such file */
	int fd;
	struct exch_out *out;
	/* replay */
	struct exch_in *in;
	size_t at; /* in text, which is what was read */
	uint64_t line;
	struct exch_buf answer;
	/* what is to be written, or was read */
	struct exch_buf text;
};

static int
nomem(const struct exch_transcript *t, struct exch_diag *d)
{
	return exch_diag_set(
	    d, EXCH_ERR_NOMEM, t->path, EXCH_POS_NONE, 0, "out of memory");
}

static int
new_transcript(const char *path, struct exch_transcript **out)
{
	struct exch_transcript *t = exch_calloc(1, sizeof(*t));

	if (t == NULL)
		return EXCH_ERR_NOMEM;
	t->fd = -1;
	t->path = exch_strdup(path);
	if (t->path == NULL) {
		exch_free(t);
		return EXCH_ERR_NOMEM;
	}
	*out = t;
	return EXCH_OK;
}

void
exch_transcript_free(struct exch_transcript *t)
{
	if (t == NULL)
		return;
	exch_out_free(t->out);
	if (t->fd >= 0)
		(void)close(t->fd); /* of a file that goes */
	if (t->temp != NULL)
		(void)unlink(t->temp); /* or it stays, under another name */
	exch_in_close(t->in);
	exch_free(t->temp);
	exch_free(t->path);
	exch_buf_free(&t->told);
	exch_buf_free(&t->text);
	exch_buf_free(&t->answer);
	exch_free(t);
}

struct exch_buf *
exch_transcript_told(struct exch_transcript *t)
{
	return &t->told;
}

/* The oldest block: n bytes from here. */
static const char *
oldest(const struct exch_transcript *t, size_t *n)
{
	const char *p = t->told.p + t->answered, *line = p, *end;
	size_t left = t->told.len - t->answered;

	*n = 0;
	while (left > 0 && (end = memchr(line, '\n', left)) != NULL) {
		size_t len = (size_t)(end - line) + 1;

		*n += len;
		left -= len;
		if (len == 2 && line[0] == '.')
			break;
		line = end + 1;
	}
	return p;
}

/* It was answered. */
static void
forget(struct exch_transcript *t, size_t n)
{
	t->answered += n;
	t->blocks++;
	if (t->answered > t->told.len / 2) {
		t->told.len -= t->answered;
		memmove(t->told.p, t->told.p + t->answered, t->told.len);
		t->answered = 0;
	}
}

/* ---- recording ---- */

static int
open_temp(struct exch_transcript *t, struct exch_diag *d)
{
	size_t n = strlen(t->path);
	mode_t mask = umask(0);

	(void)umask(mask);
	t->temp = exch_malloc(n + sizeof(".XXXXXX"));
	if (t->temp == NULL)
		return nomem(t, d);
	memcpy(t->temp, t->path, n);
	memcpy(t->temp + n, ".XXXXXX", sizeof(".XXXXXX"));
	t->fd = mkostemp(t->temp, O_CLOEXEC);
	if (t->fd < 0) {
		int sys = errno;

		exch_free(t->temp);
		t->temp = NULL;
		return exch_diag_sys(d, t->path, sys, "cannot create");
	}
	/* a file that stays private is safe, if not what was meant */
	(void)fchmod(t->fd, 0666 & ~mask);
	return EXCH_OK;
}

/* A file is made under another name first; a device or a pipe stays one. */
static int
open_record(struct exch_transcript *t, struct exch_diag *d)
{
	struct stat st;

	if (stat(t->path, &st) != 0 || S_ISREG(st.st_mode))
		return open_temp(t, d);
	t->fd = open(t->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	return t->fd >= 0 ? EXCH_OK
			  : exch_diag_sys(d, t->path, errno, "cannot open");
}

int
exch_transcript_record(const char *path, const char *agent,
    struct exch_transcript **out, struct exch_diag *d)
{
	size_t n = strlen(path);
	bool zstd = n > 4 && strcmp(path + n - 4, ".zst") == 0;
	struct exch_transcript *t;
	int err = new_transcript(path, &t);

	if (err != EXCH_OK)
		return err;
	err = open_record(t, d);
	if (err == EXCH_OK)
		err = exch_out_fd(t->fd, zstd ? EXCH_OUT_ZSTD : EXCH_OUT_PLAIN,
		    path, &t->out, d);
	if (err != EXCH_OK) {
		exch_transcript_free(t);
		return err;
	}
	exch_buf_str(&t->text, TITLE);
	exch_buf_str(&t->text, agent);
	exch_buf_char(&t->text, '\n');
	*out = t;
	return EXCH_OK;
}

/* Lines with who says them in front. */
static void
add_lines(struct exch_buf *b, char who, const char *p, size_t n)
{
	const char *end;

	while (n > 0 && (end = memchr(p, '\n', n)) != NULL) {
		size_t len = (size_t)(end - p) + 1;
		char *to = exch_buf_room(b, len + 2);

		if (to == NULL)
			return;
		to[0] = who;
		to[1] = ' ';
		memcpy(to + 2, p, len);
		b->len += len + 2;
		p += len;
		n -= len;
	}
}

static int
write_text(struct exch_transcript *t, struct exch_diag *d)
{
	int err;

	if (t->text.failed || t->told.failed)
		return nomem(t, d);
	err = exch_out_write(t->out, t->text.p, t->text.len, d);
	t->text.len = 0;
	return err;
}

int
exch_transcript_heard(
    struct exch_transcript *t, const char *p, size_t n, struct exch_diag *d)
{
	size_t len;
	const char *block = oldest(t, &len);

	add_lines(&t->text, '>', block, len);
	add_lines(&t->text, '<', p, n);
	forget(t, len);
	return t->text.len < CHUNK && !t->text.failed ? EXCH_OK
						      : write_text(t, d);
}

/* All of it is there: it gets its name. */
static int
finish(struct exch_transcript *t, struct exch_diag *d)
{
	int fd = t->fd, err = write_text(t, d);

	if (err == EXCH_OK)
		err = exch_out_finish(t->out, d);
	exch_out_free(t->out);
	t->out = NULL;
	t->fd = -1;
	if (close(fd) != 0 && err == EXCH_OK)
		err = exch_diag_sys(d, t->path, errno, "cannot write");
	if (err == EXCH_OK && t->temp != NULL && rename(t->temp, t->path) != 0)
		err = exch_diag_sys(d, t->path, errno, "cannot rename");
	if (err != EXCH_OK)
		return err;
	exch_free(t->temp);
	t->temp = NULL;
	return EXCH_OK;
}

int
exch_transcript_failed(struct exch_transcript *t, const char *p, size_t n,
    const char *sentence, struct exch_diag *d)
{
	size_t len;
	const char *block = oldest(t, &len);

	if (t->out == NULL)
		return EXCH_OK;
	add_lines(&t->text, '>', block, len);
	add_lines(&t->text, '<', p, n);
	exch_buf_str(&t->text, "! ");
	exch_buf_str(&t->text, sentence);
	exch_buf_char(&t->text, '\n');
	return finish(t, d);
}

/* ---- replay ---- */

static int
wrong(struct exch_transcript *t, enum exch_err code, const char *what,
    struct exch_diag *d)
{
	return exch_diag_set(
	    d, code, t->path, EXCH_POS_LINE, t->line, "%s", what);
}

/*
 * The next line without its end, good until the next one; its first letter
 * says who speaks.  1, 0: the file ends.
 */
static int
next(struct exch_transcript *t, const char **p, size_t *n, struct exch_diag *d)
{
	for (;;) {
		size_t left = t->text.len - t->at, got;
		const char *line = t->text.p + t->at, *end = NULL;
		char *to;
		int err;

		if (left > 0)
			end = memchr(line, '\n', left);
		if (end != NULL) {
			t->line++;
			t->at += (size_t)(end - line) + 1;
			*p = line;
			*n = (size_t)(end - line);
			return 1;
		}
		if (left >= CHUNK)
			return wrong(t, EXCH_ERR_FORMAT,
			    "a line of more than 65536 bytes", d);
		if (t->at > 0)
			memmove(t->text.p, t->text.p + t->at, left);
		t->text.len = left;
		t->at = 0;
		to = exch_buf_room(&t->text, CHUNK);
		if (to == NULL)
			return nomem(t, d);
		err = exch_in_read(t->in, to, CHUNK, &got, d);
		if (err != EXCH_OK)
			return err;
		if (got == 0)
			return 0;
		t->text.len += got;
	}
}

/* The first line, which says whose transcript it is. */
static int
title(struct exch_transcript *t, const char *agent, struct exch_diag *d)
{
	size_t n, word = sizeof("exch-transcript ") - 1;
	const char *p;
	int got = next(t, &p, &n, d);

	if (got < 0)
		return got;
	t->line += got == 0;
	if (got == 0 || n < word || memcmp(p, TITLE, word) != 0)
		return wrong(t, EXCH_ERR_FORMAT,
		    "this is no transcript: it does not begin with "
		    "exch-transcript",
		    d);
	if (n < sizeof(TITLE) - 1 || memcmp(p, TITLE, sizeof(TITLE) - 1) != 0)
		return wrong(t, EXCH_ERR_VERSION,
		    "a transcript of a newer version than 1", d);
	p += sizeof(TITLE) - 1;
	n -= sizeof(TITLE) - 1;
	if (n == strlen(agent) && memcmp(p, agent, n) == 0)
		return EXCH_OK;
	return exch_diag_set(d, EXCH_ERR_DIFFERS, t->path, EXCH_POS_LINE, 1,
	    "this is the transcript of the agent %.*s, not of %s", (int)n, p,
	    agent);
}

/* What is not there to be read is wrong input: the system has not failed. */
static int
refuse(struct exch_diag *d, const char *path, int sys)
{
	(void)exch_diag_sys(d, path, sys, "cannot open");
	if (sys == EMFILE || sys == ENFILE || sys == ENOMEM)
		return EXCH_ERR_IO;
	d->code = EXCH_ERR_ABSENT;
	return EXCH_ERR_ABSENT;
}

int
exch_transcript_replay(const char *path, const char *agent,
    struct exch_transcript **out, struct exch_diag *d)
{
	struct exch_transcript *t;
	int fd, err = new_transcript(path, &t);

	if (err != EXCH_OK)
		return err;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err = refuse(d, path, errno);
	else
		err = exch_in_fd(fd, true, path, &t->in, d);
	if (err == EXCH_OK)
		err = title(t, agent, d);
	if (err != EXCH_OK) {
		exch_transcript_free(t);
		return err;
	}
	*out = t;
	return EXCH_OK;
}

static int
differs(struct exch_transcript *t, const char *was, size_t nwas,
    const char *now, size_t nnow, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_DIFFERS, t->path, EXCH_POS_LINE,
	    t->line,
	    "the program was told \"%.*s\", and would be told "
	    "\"%.*s\" now",
	    (int)(nwas < 160 ? nwas : 160), was, (int)(nnow < 160 ? nnow : 160),
	    now);
}

/* The oldest block, line by line. */
static int
compare(struct exch_transcript *t, struct exch_diag *d)
{
	size_t left, n;
	const char *block = oldest(t, &left), *p;

	while (left > 0) {
		size_t len =
		    (size_t)((const char *)memchr(block, '\n', left) - block);
		int got = next(t, &p, &n, d);

		if (got < 0)
			return got;
		if (got == 0 || n < 2 || p[0] == '=')
			return exch_diag_set(d, EXCH_ERR_DIFFERS, t->path,
			    EXCH_POS_LINE, t->line + (got == 0),
			    "the transcript ends, and the program would be "
			    "told \"%.*s\" now",
			    (int)(len < 160 ? len : 160), block);
		if (p[0] != '>' || n - 2 != len ||
		    memcmp(p + 2, block, len) != 0)
			return differs(t, p + 2, n - 2, block, len, d);
		block += len + 1;
		left -= len + 1;
	}
	return EXCH_OK;
}

int
exch_transcript_hear(struct exch_transcript *t, const char **p, size_t *n,
    uint64_t *line, struct exch_diag *d)
{
	size_t len;
	int err;

	if (t->told.failed)
		return nomem(t, d);
	t->answer.len = 0;
	err = compare(t, d);
	*line = t->line + 1;
	while (err == EXCH_OK) {
		int got = next(t, p, n, d);

		if (got > 0 && *n >= 2 && (*p)[0] == '<') {
			exch_buf_add(&t->answer, *p + 2, *n - 2);
			exch_buf_char(&t->answer, '\n');
			if (*n == 3 && (*p)[2] == '.')
				break;
			continue;
		}
		if (got < 0)
			err = got;
		else if (got > 0 && *n >= 2 && (*p)[0] == '!')
			err = exch_diag_set(d, EXCH_ERR_CUT, t->path,
			    EXCH_POS_LINE, t->line, "%.*s",
			    (int)(*n - 2 < 480 ? *n - 2 : 480), *p + 2);
		else
			err = wrong(t, EXCH_ERR_CUT,
			    "the transcript ends before the program's answer",
			    d);
	}
	*p = t->answer.p != NULL ? t->answer.p : "";
	*n = t->answer.len;
	if (t->answer.failed)
		return nomem(t, d);
	if (err != EXCH_OK)
		return err;
	(void)oldest(t, &len);
	forget(t, len);
	return EXCH_OK;
}

/* Behind "= 57", which is the last line. */
static int
behind_last(struct exch_transcript *t, uint64_t blocks, struct exch_diag *d)
{
	const char *p;
	size_t n;
	int got;

	if (blocks != t->blocks)
		return exch_diag_set(d, EXCH_ERR_DIFFERS, t->path,
		    EXCH_POS_LINE, t->line,
		    "%" PRIu64 " blocks stand before this line, not %" PRIu64,
		    t->blocks, blocks);
	got = next(t, &p, &n, d);
	return got <= 0 ? got
			: wrong(t, EXCH_ERR_FORMAT,
			      "something stands behind the last line of the "
			      "transcript",
			      d);
}

static int
last_line(struct exch_transcript *t, struct exch_diag *d)
{
	const char *p = "";
	size_t n = 0;
	uint64_t blocks;
	int got = next(t, &p, &n, d);

	if (got < 0)
		return got;
	if (got > 0 && n > 2 && p[0] == '=' &&
	    exch_uint_parse(p + 2, n - 2, &blocks) == EXCH_OK)
		return behind_last(t, blocks, d);
	if (got == 0)
		return wrong(t, EXCH_ERR_CUT,
		    "the transcript was cut: its last line is missing", d);
	if (n > 2 && p[0] == '!')
		return exch_diag_set(d, EXCH_ERR_CUT, t->path, EXCH_POS_LINE,
		    t->line, "%.*s", (int)(n - 2 < 480 ? n - 2 : 480), p + 2);
	return exch_diag_set(d, EXCH_ERR_DIFFERS, t->path, EXCH_POS_LINE,
	    t->line, "the run ends here, and in the transcript it goes on");
}

int
exch_transcript_end(struct exch_transcript *t, struct exch_diag *d)
{
	if (t->in != NULL)
		return last_line(t, d);
	exch_buf_str(&t->text, "= ");
	exch_buf_uint(&t->text, t->blocks);
	exch_buf_char(&t->text, '\n');
	return finish(t, d);
}
