/*
 * Blocks: the header with its checksums, and the bodies of the first and
 * the last block.  Reading of records is reader.c's business.
 */
#include <config.h>

#include <string.h>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "rec/frame.h"

static const char magic[4] = {'X', 'S', 'T', '1'};

#define ENDIAN_MARK 0x01020304u
#define PX_EXPONENT (-9)
#define CASH_EXPONENT (-6)

/* The checksum of header and table, the field itself taken as zero. */
static uint32_t
front_crc(const unsigned char *p, size_t front)
{
	static const unsigned char zero[4];
	uint32_t crc = exch_crc32c(0, p, 36);

	crc = exch_crc32c(crc, zero, sizeof(zero));
	return exch_crc32c(crc, p + EXCH_FRAME_HEAD, front - EXCH_FRAME_HEAD);
}

void
exch_frame_put(unsigned char *p, struct exch_frame *f)
{
	memcpy(p, magic, sizeof(magic));
	p[4] = f->kind;
	p[5] = f->flags;
	exch_put_le16(p + 6, f->nseq);
	exch_put_le32(p + 8, f->body);
	exch_put_le32(p + 12, f->records);
	exch_put_le64(p + 16, f->position);
	exch_put_le64(p + 24, f->time);
	exch_put_le32(p + 32, f->body_crc);
	f->head_crc = front_crc(p, exch_frame_front(f));
	exch_put_le32(p + 36, f->head_crc);
}

void
exch_frame_put_entry(unsigned char *p, uint8_t source, uint64_t seq)
{
	memset(p, 0, 8);
	p[0] = source;
	exch_put_le64(p + 8, seq);
}

const char *
exch_frame_get(const unsigned char *p, struct exch_frame *f)
{
	if (memcmp(p, magic, sizeof(magic)) != 0)
		return "block does not begin with XST1";
	f->kind = p[4];
	f->flags = p[5];
	f->nseq = exch_le16(p + 6);
	f->body = exch_le32(p + 8);
	f->records = exch_le32(p + 12);
	f->position = exch_le64(p + 16);
	f->time = exch_le64(p + 24);
	f->body_crc = exch_le32(p + 32);
	f->head_crc = exch_le32(p + 36);
	if (f->kind != 'H' && f->kind != 'D' && f->kind != 'E')
		return "unknown kind of block";
	if (f->nseq > EXCH_FRAME_SOURCES)
		return "sequence table too long";
	if (f->body > EXCH_BLOCK_MAX || f->body % 8 != 0)
		return "length of the block out of range";
	return NULL;
}

bool
exch_frame_intact(const unsigned char *p, const struct exch_frame *f)
{
	return front_crc(p, exch_frame_front(f)) == f->head_crc;
}

uint32_t
exch_frame_chain(uint32_t chain, const struct exch_frame *f)
{
	unsigned char b[4];

	exch_put_le32(b, f->head_crc);
	return exch_crc32c(chain, b, sizeof(b));
}

size_t
exch_frame_record(const unsigned char *p, size_t left, const char **why)
{
	uint64_t len;

	*why = "record reaches beyond its block";
	if (left < sizeof(struct exch_rec))
		return 0;
	len = (uint64_t)p[1] * 8;
	if (len == 0) {
		if (left < sizeof(struct exch_rec) + 8)
			return 0;
		len = exch_le64(p + 16);
		if (len < sizeof(struct exch_rec) + 8 || len % 8 != 0 ||
		    len > EXCH_REC_MAX) {
			*why = "length of a record out of range";
			return 0;
		}
	} else if (len < sizeof(struct exch_rec)) {
		*why = "length of a record out of range";
		return 0;
	}
	return len <= left ? (size_t)len : 0;
}

/* ---- header block ---- */

size_t
exch_head_put(unsigned char *p, const struct exch_stream_info *info)
{
	size_t text = strnlen(info->text, sizeof(info->text));
	size_t n = (EXCH_HEAD_FIXED + text + 7) & ~(size_t)7;

	memset(p, 0, n);
	exch_put_le16(p, info->major);
	exch_put_le16(p + 2, info->minor);
	exch_put_le32(p + 4, ENDIAN_MARK);
	exch_put_le64(p + 8, info->start);
	memcpy(p + 16, info->id, sizeof(info->id));
	exch_put_le32(p + 32, info->date);
	p[36] = (unsigned char)(signed char)PX_EXPONENT;
	p[37] = (unsigned char)(signed char)CASH_EXPONENT;
	p[38] = info->source;
	memcpy(p + EXCH_HEAD_FIXED, info->text, text);
	return n;
}

static int
bad_head(const char *name, const char *why, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_FORMAT, name, EXCH_POS_BYTE,
	    EXCH_FRAME_HEAD, "stream header: %s", why);
}

size_t
exch_frame_put_head(unsigned char *p, const struct exch_stream_info *info)
{
	struct exch_frame f = {.kind = 'H',
	    .flags = EXCH_FRAME_CHECKSUM,
	    .position = info->position};
	size_t n = exch_head_put(p + EXCH_FRAME_HEAD, info);

	f.body = (uint32_t)n;
	f.body_crc = exch_crc32c(0, p + EXCH_FRAME_HEAD, n);
	exch_frame_put(p, &f);
	return EXCH_FRAME_HEAD + n;
}

int
exch_head_get(const unsigned char *p, size_t n, struct exch_stream_info *info,
    const char *name, struct exch_diag *d)
{
	size_t text;

	if (n < EXCH_HEAD_FIXED)
		return bad_head(name, "too short", d);
	info->major = exch_le16(p);
	info->minor = exch_le16(p + 2);
	if (info->major != EXCH_STREAM_MAJOR)
		return exch_diag_set(d, EXCH_ERR_VERSION, name, EXCH_POS_BYTE,
		    EXCH_FRAME_HEAD,
		    "stream has format version %u, this program knows %u",
		    info->major, EXCH_STREAM_MAJOR);
	if (exch_le32(p + 4) != ENDIAN_MARK)
		return bad_head(name, "wrong byte order", d);
	if (p[36] != (unsigned char)(signed char)PX_EXPONENT ||
	    p[37] != (unsigned char)(signed char)CASH_EXPONENT)
		return bad_head(name, "unknown unit of price or cash", d);
	text = strnlen((const char *)p + EXCH_HEAD_FIXED, n - EXCH_HEAD_FIXED);
	if (text >= sizeof(info->text))
		return bad_head(name, "text too long", d);
	info->start = exch_le64(p + 8);
	memcpy(info->id, p + 16, sizeof(info->id));
	info->date = exch_le32(p + 32);
	info->source = p[38];
	memcpy(info->text, p + EXCH_HEAD_FIXED, text);
	info->text[text] = 0;
	return 0;
}

/* ---- end block ---- */

size_t
exch_end_put(
    unsigned char *p, const struct exch_end *e, const uint64_t next[256])
{
	size_t n = EXCH_END_FIXED;

	exch_put_le64(p, e->records);
	exch_put_le64(p + 8, e->blocks);
	exch_put_le32(p + 16, e->status);
	exch_put_le32(p + 20, e->chain);
	for (unsigned s = 1; s < 256; s++) {
		if (next[s] == 0)
			continue;
		exch_frame_put_entry(p + n, (uint8_t)s, next[s] - 1);
		n += EXCH_FRAME_ENTRY;
	}
	return n;
}

uint32_t
exch_end_status(const unsigned char *p)
{
	return exch_le32(p + 16);
}

const char *
exch_end_get(const unsigned char *p, size_t n, struct exch_end *e,
    const uint64_t next[256])
{
	unsigned sources = 0;
	size_t rest;

	if (n < EXCH_END_FIXED || (n - EXCH_END_FIXED) % EXCH_FRAME_ENTRY != 0)
		return "end block has a wrong length";
	e->records = exch_le64(p);
	e->blocks = exch_le64(p + 8);
	e->status = exch_end_status(p);
	e->chain = exch_le32(p + 20);
	rest = (n - EXCH_END_FIXED) / EXCH_FRAME_ENTRY;
	for (unsigned s = 1; s < 256; s++)
		sources += next[s] != 0;
	if (rest != sources)
		return "end block names other sources than the stream had";
	p += EXCH_END_FIXED;
	for (size_t i = 0; i < rest; i++, p += EXCH_FRAME_ENTRY)
		if (next[p[0]] == 0 || next[p[0]] - 1 != exch_le64(p + 8))
			return "end block and last sequence numbers differ";
	return NULL;
}
