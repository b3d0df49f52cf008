/*
 * What all runs share: counting, sources, digest, finishing.  What a report shows is its own file's business.
 */
#include <config.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "rec/schema.h"
#include "report/report.h"

int
exch_report_nomem(struct exch_diag *d)
{
	return exch_diag_set(
	    d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0, "out of memory");
}

int
exch_report_short(const struct exch_rec *r, struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_FORMAT, NULL, EXCH_POS_NONE, 0,
	    "record of type 0x%02x with %zu bytes is shorter than its fields",
	    r->type, exch_rec_len(r));
}

int
exch_report_state(struct exch_report_run *run, size_t size, struct exch_diag *d)
{
	run->state = exch_calloc(1, size);
	return run->state != NULL ? EXCH_OK : exch_report_nomem(d);
}

int
exch_report_grow(
    void *array, uint32_t *cap, uint32_t n, size_t size, struct exch_diag *d)
{
	uint32_t want = *cap == 0 ? 64 : *cap;
	char *p;

	if (n <= *cap)
		return EXCH_OK;
	while (want < n)
		want *= 2;
	memcpy(&p, array, sizeof(p));
	p = exch_realloc(p, want, size);
	if (p == NULL)
		return exch_report_nomem(d);
	memset(p + *cap * size, 0, (want - *cap) * size);
	memcpy(array, &p, sizeof(p));
	*cap = want;
	return EXCH_OK;
}

const struct exch_given *
exch_report_given(const struct exch_report_run *run, const char *name)
{
	const struct exch_report_param *p = run->report->params;

	for (unsigned i = 0; run->o.given != NULL && p[i].name != NULL; i++)
		if (strcmp(p[i].name, name) == 0)
			return run->o.given[i].value != NULL ? &run->o.given[i]
							     : NULL;
	return NULL;
}

void
exch_report_tell(struct exch_report_run *run, const char *fmt, ...)
{
	struct exch_report_notes *x = &run->notes;
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	for (char *p = line; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	if (x->n < EXCH_REPORT_NOTES_MAX &&
	    (x->text[x->n] = exch_strdup(line)) != NULL)
		x->n++;
	else
		x->more++;
}

int
exch_report_take_file(struct exch_report_run *run, enum exch_report_file how,
    struct exch_in *in, struct exch_diag *d)
{
	int rc = run->report->file(run, how, in, d);

	return rc == EXCH_OK ? exch_table_flush(&run->table, d) : rc;
}

int
exch_report_new(const struct exch_report *report,
    const struct exch_report_opts *o, const struct exch_stream_info *info,
    struct exch_out *out, struct exch_report_run **run, struct exch_diag *d)
{
	struct exch_report_run *r = exch_calloc(1, sizeof(*r));
	const struct exch_schema *s;
	unsigned n;
	int rc;

	if (r == NULL)
		return exch_report_nomem(d);
	s = exch_schema_all(&n);
	memset(r->how, EXCH_HOW_LOOK, sizeof(r->how));
	for (unsigned i = 0; i < n; i++)
		r->known[s[i].type] = s[i].type < 0x80;
	r->report = report;
	r->o = *o;
	r->info = info;
	r->first_time = EXCH_TS_NONE;
	r->status = EXCH_STATUS_UNKNOWN;
	exch_sha256_init(&r->sha);
	exch_labels_make(&r->labels);
	rc = exch_table_init(&r->table, out, o->format, o->tz, d);
	if (rc == EXCH_OK) {
		r->table.hash = o->hash;
		r->table.bare = o->bare || report->bare;
		rc = report->open(r, d);
	}
	if (rc != EXCH_OK) {
		exch_report_free(r);
		return rc;
	}
	*run = r;
	return EXCH_OK;
}

void
exch_report_free(struct exch_report_run *run)
{
	if (run == NULL)
		return;
	if (run->state != NULL)
		run->report->free(run);
	exch_free(run->state);
	for (unsigned i = 0; i < 256; i++)
		exch_free(run->source[i].text);
	for (unsigned i = 0; i < run->notes.n; i++)
		exch_free(run->notes.text[i]);
	exch_insts_clear(&run->insts);
	exch_free(run->watched);
	exch_table_clear(&run->table);
	exch_free(run);
}

static int
note_source(struct exch_report_run *run, const struct exch_rec_source *r,
    struct exch_diag *d)
{
	struct exch_report_source *s = &run->source[r->id];
	size_t room = exch_rec_len(&r->h) - sizeof(*r);
	size_t n = r->ntext < room ? r->ntext : room;
	char *text = exch_malloc(n + 1);

	if (text == NULL)
		return exch_report_nomem(d);
	memcpy(text, r + 1, n);
	text[n] = '\0';
	exch_free(s->text);
	s->text = text;
	s->config = r->config;
	return EXCH_OK;
}

static int
note_directory(
    struct exch_report_run *run, const struct exch_rec *r, struct exch_diag *d)
{
	const struct exch_rec_source *s;

	if (r->type == EXCH_REC_INSTRUMENT || r->type == EXCH_REC_ACCOUNT ||
	    (r->type == EXCH_REC_ERROR && r->source == run->matcher)) {
		/* it may have another name now */
		if (run->nwatched > 0)
			memset(run->watched, 0, run->nwatched);
		return exch_insts_note(&run->insts, r, d);
	}
	if (r->type == EXCH_REC_SOURCE &&
	    (s = EXCH_REC_AS_LONG(r, exch_rec_source)) != NULL)
		return note_source(run, s, d);
	return EXCH_OK;
}

/* Kept out of the path of every record, whose registers it would cost. */
__attribute__((noinline, cold)) static void
add_digest(struct exch_report_run *run, const struct exch_rec *r, uint64_t seq)
{
	exch_sha256_add(&run->sha, &seq, sizeof(seq));
	exch_sha256_add(&run->sha, r, exch_rec_len(r));
}

/* A trade that a matcher has taken on the word of its parties. */
static bool
is_block(const struct exch_rec *r)
{
	const struct exch_rec_trade *t = EXCH_REC_AS(r, exch_rec_trade);

	return r->type == EXCH_REC_TRADE && t != NULL &&
	       t->kind == EXCH_PRINT_BLOCK;
}

/*
 * From the first record of the market on its ordinary types need no look;
 * those of the directory always do, blocks among trades, and all for the
 * digest.  What a later version adds is counted and hashed, and no more.
 */
static void
begin(struct exch_report_run *run, exch_ts time)
{
	run->first_time = time;
	if (run->o.digest || time == EXCH_TS_NONE)
		return;
	for (unsigned i = EXCH_REC_NEW; i < 256; i++)
		if (run->known[i] && i != EXCH_REC_TRADE)
			run->how[i] =
			    i >= EXCH_REC_ACK && i <= EXCH_REC_REPLACED
				? EXCH_HOW_ANSWER
				: EXCH_HOW_NOTHING;
}

/* What asks for more than counting; *seen: the report sees the record. */
__attribute__((noinline)) static int
look(struct exch_report_run *run, const struct exch_rec *r, uint64_t seq,
    bool *seen, struct exch_diag *d)
{
	uint8_t type = r->type;
	int rc;

	*seen = false;
	if (type < EXCH_REC_NEW) {
		rc = note_directory(run, r, d);
		if (rc != EXCH_OK || exch_rec_is_framing(type))
			return rc;
	} else {
		if (run->first_time == EXCH_TS_NONE)
			begin(run, r->time);
		if (r->time > run->last_time)
			run->last_time = r->time;
		if ((type >= EXCH_REC_ACK && type <= EXCH_REC_REPLACED) ||
		    is_block(r))
			run->matcher = r->source;
	}
	if (run->o.digest)
		add_digest(run, r, seq);
	*seen = run->known[type];
	return EXCH_OK;
}

/* What stands for every record, before the report sees it. */
static inline int
take(struct exch_report_run *run, const struct exch_rec *r, uint64_t seq,
    struct exch_diag *d)
{
	uint8_t how = run->how[r->type];

	run->count[r->type]++;
	if (how == EXCH_HOW_ANSWER)
		run->matcher = r->source;
	if (__builtin_expect(how == EXCH_HOW_LOOK, 0)) {
		bool seen;
		int rc = look(run, r, seq, &seen, d);

		if (rc != EXCH_OK || !seen)
			return rc;
	} else if (r->time > run->last_time) {
		run->last_time = r->time;
	}
	return run->report->record(run, r, seq, d);
}

int
exch_report_record(struct exch_report_run *run, const struct exch_rec *r,
    uint64_t seq, struct exch_diag *d)
{
	return take(run, r, seq, d);
}

/* The same of a filter: what the report could not take goes on all the same. */
static int
read_and_pass(struct exch_report_run *run, struct exch_reader *in,
    uint32_t most, const struct exch_rec **bad, struct exch_diag *d)
{
	const struct exch_rec *r;

	for (uint32_t i = 0; i < most; i++) {
		struct exch_diag other = {.code = EXCH_OK};
		uint64_t seq;
		int more, rc, passed;

		more = exch_reader_next(in, &r, d);
		if (more <= 0)
			return more;
		seq = exch_reader_seq(in);
		rc = take(run, r, seq, d);
		passed =
		    run->report->pass(run, r, seq, rc == EXCH_OK ? d : &other);
		if (rc != EXCH_OK)
			*bad = r;
		if (rc != EXCH_OK || passed != EXCH_OK)
			return rc != EXCH_OK ? rc : passed;
	}
	return 1;
}

int
exch_report_read(struct exch_report_run *run, struct exch_reader *in,
    uint32_t most, const struct exch_rec **bad, struct exch_diag *d)
{
	const struct exch_report *report = run->report;
	const struct exch_rec *r;
	int rc;

	*bad = NULL;
	if (run->writer != NULL)
		return read_and_pass(run, in, most, bad, d);
	for (uint32_t i = 0; i < most; i++) {
		if (report->ahead != NULL)
			report->ahead(run, in);
		rc = exch_reader_next(in, &r, d);
		if (__builtin_expect(rc <= 0, 0))
			return rc;
		rc = take(run, r, exch_reader_seq(in), d);
		if (__builtin_expect(rc != EXCH_OK, 0)) {
			*bad = r;
			return rc;
		}
	}
	return 1;
}

/* Records with a number: all that are not framing. */
static uint64_t
numbered(const struct exch_report_run *run)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < 256; i++)
		if (!exch_rec_is_framing((uint8_t)i))
			n += run->count[i];
	return n;
}

static void
end_digest(struct exch_report_run *run)
{
	unsigned char sum[32];
	char *p = run->digest;

	exch_sha256_end(&run->sha, sum);
	memcpy(p, "sha256:", 7);
	exch_sha256_hex(sum, p + 7);
	p += 7 + 64;
	*p++ = ' ';
	p = exch_fmt_u64(p, run->numbered);
	*p = '\0';
}

int
exch_report_finish(struct exch_report_run *run, enum exch_status status,
    bool damaged, struct exch_diag *d)
{
	int rc;

	run->status = status;
	run->damaged = damaged;
	run->numbered = numbered(run);
	if (run->o.digest)
		end_digest(run);
	rc = run->report->close(run, d);
	if (rc != EXCH_OK)
		return rc;
	return exch_table_flush(&run->table, d);
}

/* Is the symbol one of a list with commas? */
static bool
named(const char *list, const struct exch_inst *in)
{
	for (;;) {
		size_t n = strcspn(list, ",");

		if (n == in->nsymbol && memcmp(list, in->symbol, n) == 0)
			return true;
		if (list[n] == '\0')
			return false;
		list += n + 1;
	}
}

bool
exch_report_watch_find(struct exch_report_run *run, uint32_t place)
{
	bool yes = named(run->o.watch, &run->insts.inst[place]);
	struct exch_diag d = {.code = EXCH_OK};

	/* without the memory for it the next time asks again */
	if (exch_report_grow(&run->watched, &run->nwatched, place + 1,
		sizeof(*run->watched), &d) == EXCH_OK)
		run->watched[place] = yes ? 1 : 2;
	return yes;
}

static bool
has_symbol(const struct exch_report_run *run, const char *p, size_t n)
{
	for (uint32_t i = 0; i < run->insts.n; i++)
		if (run->insts.inst[i].nsymbol == n &&
		    memcmp(run->insts.inst[i].symbol, p, n) == 0)
			return true;
	return false;
}

size_t
exch_report_unwatched(
    const struct exch_report_run *run, const char **name, size_t *all)
{
	const char *p = run->o.watch;
	size_t first = 0;

	*all = 0;
	while (p != NULL && *p != '\0') {
		size_t n = strcspn(p, ",");

		if (n > 0 && !has_symbol(run, p, n) && (*all)++ == 0) {
			*name = p;
			first = n;
		}
		p += n + (p[n] == ',');
	}
	return first;
}

bool
exch_report_stopped(const struct exch_report_run *run)
{
	return run->o.stop != NULL && *run->o.stop != 0;
}

static bool
any_of(const struct exch_report_run *run, unsigned first, unsigned last)
{
	for (unsigned i = first; i <= last; i++)
		if (run->count[i] != 0)
			return true;
	return false;
}

/* A line of the stream's header text. */
static bool
has_line(const char *text, const char *line)
{
	size_t n = strlen(line);

	for (; text != NULL && *text != '\0'; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (strncmp(text, line, n) == 0 &&
		    (text[n] == '\n' || text[n] == '\0'))
			return true;
	}
	return false;
}

bool
exch_report_compared(const struct exch_report_run *run)
{
	const char *matcher = run->source[run->matcher].text;

	if (run->matcher == 0)
		return false;
	/* exch-match(1): compared if the header asks, or by --rematch */
	return has_line(run->info->text, "expect=yes") ||
	       (matcher != NULL && strstr(matcher, " rematch") != NULL);
}

uint8_t
exch_report_phase(const struct exch_report_run *run)
{
	const char *text = run->source[run->matcher].text;
	const char *p = text != NULL ? strstr(text, " phase=") : NULL;
	uint16_t code;

	if (p == NULL)
		return EXCH_PHASE_CONTINUOUS;
	p += strlen(" phase=");
	if (exch_word_code(exch_words_phase, p, strcspn(p, " "), &code) !=
	    EXCH_OK)
		return EXCH_PHASE_CONTINUOUS;
	return (uint8_t)code;
}

unsigned
exch_report_lacks(const struct exch_report_run *run)
{
	unsigned lacks = 0;
	bool asked = any_of(run, EXCH_REC_NEW, EXCH_REC_BREAK) ||
		     any_of(run, EXCH_REC_BOOK_ADD, EXCH_REC_BOOK_REPLACE);

	/* an empty day lacks nothing: commands without an answer do */
	if ((run->report->needs & EXCH_NEEDS_MATCH) != 0 && asked &&
	    run->matcher == 0)
		lacks |= EXCH_NEEDS_MATCH;
	if ((run->report->needs & EXCH_NEEDS_BOOK) != 0 && run->matcher == 0 &&
	    any_of(run, EXCH_REC_NEW, EXCH_REC_BREAK) &&
	    !has_line(run->info->text, "expect=yes"))
		lacks |= EXCH_NEEDS_BOOK;
	if ((run->report->needs & EXCH_NEEDS_EXPECT) != 0 &&
	    (run->count[EXCH_REC_EXPECT] == 0 || !exch_report_compared(run)))
		lacks |= EXCH_NEEDS_EXPECT;
	return lacks;
}

const char *
exch_report_status_word(const struct exch_report_run *run)
{
	if (run->damaged)
		return "cut or damaged";
	switch (run->status) {
	case EXCH_STATUS_COMPLETE:
		return "complete";
	case EXCH_STATUS_UPSTREAM:
		return "upstream incomplete";
	case EXCH_STATUS_ERROR:
		return "stopped on an error";
	case EXCH_STATUS_SIGNAL:
		return "stopped by a signal";
	case EXCH_STATUS_CONTINUED:
		return "goes on in another part";
	default:
		return "unknown";
	}
}
