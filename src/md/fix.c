/* FIX 4.4 as it is written (fix.h). */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "md/fix.h"
#include "report/fmt.h"
#include "report/report.h"

#define SOH '\001'

void
exch_fix_free(struct exch_fix *f)
{
	exch_buf_free(&f->body);
}

static void
tag_of(struct exch_fix *f, unsigned tag)
{
	exch_buf_uint(&f->body, tag);
	exch_buf_char(&f->body, '=');
}

static void
end_field(struct exch_fix *f)
{
	exch_buf_char(&f->body, SOH);
}

void
exch_fix_text(struct exch_fix *f, unsigned tag, const char *s, size_t n)
{
	tag_of(f, tag);
	for (size_t i = 0; i < n; i++)
		exch_buf_char(&f->body,
		    (unsigned char)s[i] >= ' ' && s[i] != 127 ? s[i] : '?');
	if (n == 0)
		exch_buf_char(&f->body, '?');
	end_field(f);
}

void
exch_fix_word(struct exch_fix *f, unsigned tag, const char *s)
{
	exch_fix_text(f, tag, s, strlen(s));
}

void
exch_fix_char(struct exch_fix *f, unsigned tag, char c)
{
	exch_fix_text(f, tag, &c, 1);
}

void
exch_fix_u64(struct exch_fix *f, unsigned tag, uint64_t v)
{
	tag_of(f, tag);
	exch_buf_uint(&f->body, v);
	end_field(f);
}

void
exch_fix_px(struct exch_fix *f, unsigned tag, exch_px px, unsigned show)
{
	char text[EXCH_FMT_MAX];

	if (px == EXCH_PX_NONE)
		return;
	tag_of(f, tag);
	exch_buf_add(&f->body, text,
	    (size_t)(exch_fmt_px(text, px, show & ~EXCH_SHOW_32NDS) - text));
	end_field(f);
}

void
exch_fix_qty(struct exch_fix *f, unsigned tag, exch_qty qty, unsigned scale)
{
	char text[EXCH_FMT_MAX];

	tag_of(f, tag);
	exch_buf_add(
	    &f->body, text, (size_t)(exch_fmt_qty(text, qty, scale) - text));
	end_field(f);
}

/* HH:MM:SS.sss */
static void
add_tod(struct exch_fix *f, exch_ts t)
{
	char tod[24];

	(void)exch_tod_put(tod, t % (UINT64_C(86400) * EXCH_SEC));
	exch_buf_add(&f->body, tod, 12);
}

void
exch_fix_time(struct exch_fix *f, unsigned tag, exch_ts t)
{
	tag_of(f, tag);
	exch_buf_uint(&f->body, exch_ts_date(t));
	exch_buf_char(&f->body, '-');
	add_tod(f, t);
	end_field(f);
}

void
exch_fix_day_time(struct exch_fix *f, unsigned date, unsigned tod, exch_ts t)
{
	exch_fix_u64(f, date, exch_ts_date(t));
	tag_of(f, tod);
	add_tod(f, t);
	end_field(f);
}

void
exch_fix_symbol(struct exch_fix *f, const struct exch_inst *in)
{
	exch_fix_text(f, 55, in->symbol, in->nsymbol);
}

void
exch_fix_begin(struct exch_fix *f, char type, exch_ts time)
{
	f->body.len = 0;
	f->type = type;
	f->seq++;
	exch_fix_char(f, 35, type);
	exch_fix_word(f, 49, "EXCH");
	exch_fix_word(f, 56, "CLIENT");
	exch_fix_u64(f, 34, f->seq);
	exch_fix_time(f, 52, time);
}

static unsigned
sum(const char *p, size_t n)
{
	unsigned v = 0;

	for (size_t i = 0; i < n; i++)
		v += (unsigned char)p[i];
	return v;
}

int
exch_fix_end(struct exch_fix *f, struct exch_table *out, struct exch_diag *d)
{
	char head[48], tail[16];
	int nhead, ntail;

	if (f->body.failed)
		return exch_report_nomem(d);
	nhead = snprintf(
	    head, sizeof(head), "8=FIX.4.4%c9=%zu%c", SOH, f->body.len, SOH);
	ntail = snprintf(tail, sizeof(tail), "10=%03u%c",
	    (sum(head, (size_t)nhead) + sum(f->body.p, f->body.len)) % 256,
	    SOH);
	exch_table_raw(out, head, (size_t)nhead);
	exch_table_raw(out, f->body.p, f->body.len);
	exch_table_raw(out, tail, (size_t)ntail);
	return EXCH_OK;
}
