/* Frames and fields of FIX (fixmsg.h). */
#include <config.h>

#include <string.h>

#include "feed/fixmsg.h"

#define SOH '\001'

/* Field 8 and its value, as short as it can be: "8=FIX.4.2". */
#define HEAD 9

size_t
exch_fix_find(const char *p, size_t n)
{
	for (size_t i = 0; i + 5 <= n; i++) {
		const char *at = memchr(p + i, '8', n - i - 4);

		if (at == NULL)
			break;
		i = (size_t)(at - p);
		if (memcmp(at, "8=FIX", 5) == 0)
			return i;
	}
	return n;
}

/* What ends its fields; 0: nothing that could. */
static char
separator(const char *p, size_t n)
{
	for (size_t i = HEAD - 2; i < n && i < 16; i++)
		if (p[i] == SOH || p[i] == '|')
			return p[i];
	return 0;
}

/* Field 9 at *at, which moves behind it. */
static bool
body_length(const char *p, size_t n, char sep, size_t *at, size_t *len)
{
	size_t i = *at;

	if (i + 2 > n || p[i] != '9' || p[i + 1] != '=')
		return false;
	*len = 0;
	for (i += 2; i < n && p[i] >= '0' && p[i] <= '9'; i++) {
		*len = *len * 10 + (size_t)(p[i] - '0');
		if (*len > EXCH_FIX_MAX)
			return false;
	}
	if (i >= n || p[i] != sep)
		return false;
	*at = i + 1;
	return true;
}

/* The sum of bytes, separators counted as SOH. */
static unsigned
sum(const char *p, size_t n, char sep)
{
	unsigned v = 0;

	for (size_t i = 0; i < n; i++)
		v += p[i] == sep ? 1u : (unsigned char)p[i];
	return v % 256;
}

static bool
sum_is(const char *p, unsigned v)
{
	return p[0] == (char)('0' + v / 100) &&
	       p[1] == (char)('0' + v / 10 % 10) &&
	       p[2] == (char)('0' + v % 10);
}

/* The fields of a data field hold anything: its length is in the one before. */
static bool
is_data(uint32_t tag)
{
	static const uint16_t tags[] = {91, 96, 213, 349, 351, 353, 355, 357,
	    359, 361, 363, 365, 446, 619, 622};

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(tags); i++)
		if (tags[i] == tag)
			return true;
	return false;
}

static size_t
number_of(const struct exch_fix_field *f)
{
	size_t v = 0;

	for (uint32_t i = 0; i < f->n; i++) {
		if (f->p[i] < '0' || f->p[i] > '9' || v > EXCH_FIX_MAX)
			return SIZE_MAX;
		v = v * 10 + (size_t)(f->p[i] - '0');
	}
	return v;
}

/* One field; what is wrong with it, or NULL. */
static const char *
take_field(struct exch_fix_msg *m, const char **p, const char *end, char sep)
{
	struct exch_fix_field *f = &m->field[m->n];
	const char *q = *p;
	const char *stop;

	if (m->n == EXCH_FIX_FIELDS)
		return "it has more than 512 fields";
	f->tag = 0;
	while (q < end && *q >= '0' && *q <= '9' && f->tag < 10000000)
		f->tag = f->tag * 10 + (uint32_t)(*q++ - '0');
	if (f->tag == 0 || q == end || *q != '=')
		return "a field is not TAG=VALUE";
	f->p = ++q;
	if (is_data(f->tag) && m->n > 0) {
		size_t n = number_of(&m->field[m->n - 1]);

		if (n >= (size_t)(end - q) || q[n] != sep)
			return "a field of data is not as long as is said";
		stop = q + n;
	} else {
		stop = memchr(q, sep, (size_t)(end - q));
	}
	if (stop == NULL || stop == q)
		return "a field has no value";
	f->n = (uint32_t)(stop - q);
	m->n++;
	*p = stop + 1;
	return NULL;
}

static enum exch_fix_read
bad(const char **why, const char *text)
{
	*why = text;
	return EXCH_FIX_BAD;
}

enum exch_fix_read
exch_fix_read(const char *p, size_t n, struct exch_fix_msg *m, const char **why)
{
	char sep = separator(p, n);
	const char *at, *end;
	size_t head, len;

	m->n = 0;
	if (sep == 0)
		return n < 16 ? EXCH_FIX_MORE
			      : bad(why, "BeginString (8) has no end");
	head = (size_t)((const char *)memchr(p, sep, n) - p) + 1;
	if (!body_length(p, n, sep, &head, &len))
		return n < head + 8 ? EXCH_FIX_MORE
				    : bad(why, "BodyLength (9) is no length");
	if (n < head + len + 7)
		return EXCH_FIX_MORE;
	end = p + head + len;
	m->size = head + len + 7;
	if (memcmp(end, "10=", 3) != 0 || end[6] != sep)
		return bad(why, "CheckSum (10) is not where BodyLength (9) "
				"has it");
	if (!sum_is(end + 3, sum(p, head + len, sep)))
		return bad(why, "CheckSum (10) is not that of its bytes");
	at = p + head;
	while (at < end) {
		*why = take_field(m, &at, end, sep);
		if (*why != NULL)
			return EXCH_FIX_BAD;
	}
	return m->n > 0 && m->field[0].tag == 35
		   ? EXCH_FIX_OK
		   : bad(why, "MsgType (35) is not its third field");
}

const struct exch_fix_field *
exch_fix_get(const struct exch_fix_msg *m, uint32_t tag)
{
	for (unsigned i = 0; i < m->n; i++)
		if (m->field[i].tag == tag)
			return &m->field[i];
	return NULL;
}

char
exch_fix_letter(const struct exch_fix_msg *m, uint32_t tag)
{
	const struct exch_fix_field *f = exch_fix_get(m, tag);

	return f != NULL && f->n == 1 ? *f->p : '\0';
}
