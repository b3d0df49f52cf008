/*
 * Alerts: episodes of one actor and pattern that follow each other are one.
 * They are kept until the end, since more episodes may come, and written by
 * their time; or they are held against labels, and what is written is how
 * many of those were found.
 */
#include <config.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "report/surveil.h"

const char *const exch_surv_words[EXCH_SURV_PATTERNS] = {
    [EXCH_SURV_SPOOFING] = "spoofing",
    [EXCH_SURV_LAYERING] = "layering",
    [EXCH_SURV_WASH] = "wash",
    [EXCH_SURV_CLOSE] = "close",
    [EXCH_SURV_FRONT] = "front",
    [EXCH_SURV_STUFFING] = "stuffing",
    [EXCH_SURV_MOMENTUM] = "momentum",
    [EXCH_SURV_RAMPING] = "ramping",
    [EXCH_SURV_PUMP] = "pump",
    [EXCH_SURV_SMOKING] = "smoking",
    [EXCH_SURV_PINGING] = "pinging",
};

static const struct exch_col cols[] = {
    {"alert", EXCH_COL_TEXT, 24},
    {"pattern", EXCH_COL_TEXT, 9},
    {"kind", EXCH_COL_TEXT, 8},
    {"symbol", EXCH_COL_TEXT, 8},
    {"accounts", EXCH_COL_TEXT, 8},
    {"start", EXCH_COL_TIME, 18},
    {"end", EXCH_COL_TIME, 18},
    {"episodes", EXCH_COL_NUM, 8},
    {"score", EXCH_COL_NUM, 6},
    {"first_seq", EXCH_COL_ID, 10},
    {"last_seq", EXCH_COL_ID, 10},
    {"orders", EXCH_COL_TEXT, 12},
    {"evidence", EXCH_COL_TEXT, 40},
    {"extract", EXCH_COL_TEXT, 30},
    {"status", EXCH_COL_TEXT, 8},
    {"by", EXCH_COL_TEXT, 8},
    {"when", EXCH_COL_TEXT, 10},
    {"note", EXCH_COL_TEXT, 8},
    {"merged", EXCH_COL_TEXT, 8},
};

static const struct exch_col score_cols[] = {
    {"pattern", EXCH_COL_TEXT, 9},
    {"labels", EXCH_COL_NUM, 6},
    {"alerts", EXCH_COL_NUM, 6},
    {"found", EXCH_COL_NUM, 6},
    {"true", EXCH_COL_NUM, 6},
    {"false", EXCH_COL_NUM, 6},
    {"missed", EXCH_COL_NUM, 6},
    {"precision", EXCH_COL_NUM, 9},
    {"recall", EXCH_COL_NUM, 9},
    {"f1", EXCH_COL_NUM, 9},
};

int
exch_surv_columns(struct exch_report_run *run, struct exch_diag *d)
{
	if (exch_report_given(run, "score") != NULL)
		return exch_table_columns(&run->table, score_cols,
		    EXCH_ARRAY_LEN(score_cols), true, d);
	return exch_table_columns(
	    &run->table, cols, EXCH_ARRAY_LEN(cols), true, d);
}

/* ---- hits ---- */

static void
add_account(struct exch_surv_alert *al, uint32_t account)
{
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(al->account); i++) {
		if (al->account[i] == account)
			return;
		if (al->account[i] == 0) {
			al->account[i] = account;
			return;
		}
	}
}

static void
add_order(struct exch_surv_alert *al, exch_oid id)
{
	for (uint32_t i = 0; i < al->norders && i < EXCH_SURV_IDS; i++)
		if (al->order[i] == id)
			return;
	if (al->norders < EXCH_SURV_IDS)
		al->order[al->norders] = id;
	al->norders++;
}

static struct exch_surv_alert *
alert_of(struct exch_surv *s, const struct exch_surv_hit *h)
{
	for (size_t i = s->nalerts; i-- > 0;) {
		struct exch_surv_alert *al = &s->alert[i];

		if (al->pattern == h->pattern && al->place == h->a->key.place &&
		    al->group == h->a->key.id)
			return al->end + h->gap >= s->now ? al : NULL;
	}
	return NULL;
}

struct exch_surv_hit
exch_surv_once(const struct exch_surv *s, enum exch_surv_pattern pattern,
    const char *kind, const struct exch_surv_fill *f, exch_ts start)
{
	return (struct exch_surv_hit){.pattern = pattern,
	    .kind = kind,
	    .a = f->a,
	    .start = start,
	    .seq = s->seq,
	    .id = &f->o->key.id,
	    .nids = 1,
	    .need = 1,
	    .gap = 600 * EXCH_SEC,
	    .score = 100};
}

int
exch_surv_hit(struct exch_surv *s, const struct exch_surv_hit *h,
    struct exch_diag *d, const char *evidence, ...)
{
	struct exch_surv_alert *al = alert_of(s, h);
	va_list ap;

	if (al == NULL) {
		if (!exch_room(
			&s->alert, s->nalerts, &s->capalerts, sizeof(*al)))
			return exch_report_nomem(d);
		al = &s->alert[s->nalerts++];
		*al = (struct exch_surv_alert){.pattern = h->pattern,
		    .kind = h->kind,
		    .place = h->a->key.place,
		    .group = h->a->key.id,
		    .start = h->start,
		    .first_seq = h->seq};
	}
	s->hits++;
	add_account(al, h->a->account);
	if (h->other != 0)
		add_account(al, h->other);
	for (uint32_t i = 0; i < h->nids; i++)
		add_order(al, h->id[i]);
	if (h->start < al->start)
		al->start = h->start;
	al->named = al->start;
	al->end = s->now;
	al->gap = h->gap;
	al->last_seq = s->seq;
	al->episodes++;
	al->told = al->told || al->episodes >= h->need;
	if (h->score > al->score)
		al->score = h->score;
	va_start(ap, evidence);
	(void)vsnprintf(al->evidence, sizeof(al->evidence), evidence, ap);
	va_end(ap);
	return EXCH_OK;
}

/* ---- rows ---- */

static size_t
put_name(const struct exch_surv *s, uint32_t account, char *p, size_t n)
{
	const struct exch_account *a =
	    exch_insts_account(&s->run->insts, account);
	int k;

	if (a != NULL)
		k = snprintf(p, n, "%.*s", (int)a->n, a->name);
	else
		k = snprintf(p, n, "%u", account);
	return (size_t)k < n ? (size_t)k : n;
}

size_t
exch_surv_accounts(const struct exch_surv *s, const struct exch_surv_alert *al,
    char text[EXCH_SURV_ACCOUNTS_TEXT])
{
	size_t n = 0;

	for (unsigned i = 0; i < 4 && al->account[i] != 0; i++) {
		if (i > 0)
			text[n++] = ' ';
		n += put_name(s, al->account[i], text + n, 32);
	}
	return n;
}

size_t
exch_surv_orders(
    const struct exch_surv_alert *al, char text[EXCH_SURV_ORDERS_TEXT])
{
	char *p = text;

	for (uint32_t i = 0; i < al->norders && i < EXCH_SURV_IDS; i++) {
		if (i > 0)
			*p++ = ' ';
		p = exch_uint_put(p, al->order[i]);
	}
	if (al->norders > EXCH_SURV_IDS) {
		memcpy(p, " and ", 5);
		p = exch_uint_put(p + 5, al->norders - EXCH_SURV_IDS);
		memcpy(p, " more", 5);
		p += 5;
	}
	return (size_t)(p - text);
}

/* The window of exch-replay(1) that holds it, with a second around it. */
static void
cell_extract(struct exch_table *t, const struct exch_surv_alert *al)
{
	char text[96], *p = text;

	memcpy(p, "--from ", 7);
	p = exch_ts_put(p + 7, al->start > EXCH_SEC ? al->start - EXCH_SEC : 0);
	memcpy(p, " --to ", 6);
	p = exch_ts_put(p + 6, al->end + EXCH_SEC);
	exch_table_text(t, text, (size_t)(p - text));
}

/* Pattern, instrument, account and second: the same on every run. */
void
exch_surv_name(const struct exch_surv *s, struct exch_surv_alert *al)
{
	const struct exch_inst *in = &s->run->insts.inst[al->place];
	char who[32] = "";

	who[put_name(s, al->account[0], who, sizeof(who) - 1)] = '\0';
	(void)snprintf(al->id, sizeof(al->id), "%s-%.*s-%s-%llu",
	    exch_surv_words[al->pattern], (int)in->nsymbol, in->symbol, who,
	    (unsigned long long)(al->named / EXCH_SEC));
}

static void
put_case(struct exch_table *t, const struct exch_case *c)
{
	if (c == NULL) {
		exch_table_word(t, "open");
		exch_table_none(t);
		exch_table_none(t);
		exch_table_none(t);
		return;
	}
	exch_table_word(t, c->status);
	exch_table_text(t, c->by, strnlen(c->by, sizeof(c->by)));
	exch_table_text(t, c->when, strnlen(c->when, sizeof(c->when)));
	exch_table_text(t, c->note, strnlen(c->note, sizeof(c->note)));
}

static void
put_alert(struct exch_surv *s, struct exch_surv_alert *al)
{
	struct exch_table *t = &s->run->table;
	char accounts[EXCH_SURV_ACCOUNTS_TEXT], orders[EXCH_SURV_ORDERS_TEXT];

	exch_table_row(t);
	exch_table_text(t, al->id, strlen(al->id));
	exch_table_word(t, exch_surv_words[al->pattern]);
	exch_table_word(t, al->kind);
	exch_report_symbol(s->run, al->place);
	exch_table_text(t, accounts, exch_surv_accounts(s, al, accounts));
	exch_table_time(t, al->start);
	exch_table_time(t, al->end);
	exch_table_u64(t, al->episodes);
	exch_table_u64(t, al->score);
	exch_table_id(t, al->first_seq);
	exch_table_id(t, al->last_seq);
	exch_table_text(t, orders, exch_surv_orders(al, orders));
	exch_table_text(t, al->evidence, strlen(al->evidence));
	cell_extract(t, al);
	put_case(t, exch_cases_of(&s->cases, al->id));
	exch_table_text(t, al->merged, strlen(al->merged));
	exch_table_end(t);
}

/* ---- the score ---- */

/* Does the list of accounts name one of the alert's? */
static bool
names_one(const struct exch_surv *s, const char *list,
    const struct exch_surv_alert *al)
{
	while (*list != '\0') {
		size_t n = strcspn(list, " ");

		for (unsigned i = 0; i < 4 && al->account[i] != 0; i++) {
			char who[40];
			size_t k =
			    put_name(s, al->account[i], who, sizeof(who));

			if (k == n && memcmp(who, list, n) == 0)
				return true;
		}
		list += n;
		list += *list == ' ';
	}
	return false;
}

/* Pattern, instrument, an account, and times that meet within a minute. */
static bool
matches(const struct exch_surv *s, const struct exch_surv_label *l,
    const struct exch_surv_alert *al)
{
	exch_ts start, end;

	if (strcmp(l->pattern, exch_surv_words[al->pattern]) != 0 ||
	    l->instrument != s->run->insts.inst[al->place].id ||
	    exch_ts_parse(l->start, strlen(l->start), &start) != 0 ||
	    exch_ts_parse(l->end, strlen(l->end), &end) != 0)
		return false;
	return al->start <= end + 60 * EXCH_SEC &&
	       al->end + 60 * EXCH_SEC >= start &&
	       names_one(s, l->accounts, al);
}

static void
put_ratio(struct exch_table *t, uint64_t part, uint64_t of)
{
	if (of == 0)
		exch_table_none(t);
	else
		exch_table_dec(t, (exch_i128)(part * 10000 / of), 4, 2);
}

static void
put_score(struct exch_surv *s, unsigned p)
{
	struct exch_surv_label *l = s->labels.row;
	struct exch_table *t = &s->run->table;
	uint64_t labels = 0, alerts = 0, right = 0, found = 0;

	for (size_t k = 0; k < s->labels.n; k++)
		labels += strcmp(l[k].pattern, exch_surv_words[p]) == 0;
	for (size_t i = 0; i < s->nalerts; i++) {
		bool good = false;

		if (!s->alert[i].told || s->alert[i].pattern != p)
			continue;
		alerts++;
		for (size_t k = 0; k < s->labels.n; k++) {
			if (!matches(s, &l[k], &s->alert[i]))
				continue;
			good = true;
			found += !l[k].found;
			l[k].found = true;
		}
		right += good;
	}
	exch_table_row(t);
	exch_table_word(t, exch_surv_words[p]);
	exch_table_u64(t, labels);
	exch_table_u64(t, alerts);
	exch_table_u64(t, found);
	exch_table_u64(t, right);
	exch_table_u64(t, alerts - right);
	exch_table_u64(t, labels - found);
	put_ratio(t, right, alerts);
	put_ratio(t, found, labels);
	/* 2 P R / (P + R), of right/alerts and found/labels */
	put_ratio(t, 2 * right * found, right * labels + found * alerts);
	exch_table_end(t);
}

static int
by_time(const void *x, const void *y)
{
	const struct exch_surv_alert *a = x, *b = y;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->first_seq != b->first_seq)
		return a->first_seq < b->first_seq ? -1 : 1;
	if (a->pattern != b->pattern)
		return a->pattern < b->pattern ? -1 : 1;
	return a->group < b->group ? -1 : a->group > b->group;
}

/* ---- two of one ---- */

/*
 * Layering is spoofing with more orders at more prices.  Who does both in one
 * stretch of time is told of once, as what is the stricter.
 */
bool
exch_surv_merges(
    const struct exch_surv_alert *strong, const struct exch_surv_alert *weak)
{
	return strong->pattern == EXCH_SURV_LAYERING &&
	       weak->pattern == EXCH_SURV_SPOOFING && strong->told &&
	       weak->told && strong->place == weak->place &&
	       strong->group == weak->group && strong->start <= weak->end &&
	       weak->start <= strong->end;
}

static void
merge(struct exch_surv_alert *to, struct exch_surv_alert *al)
{
	size_t n = strlen(to->merged);

	(void)snprintf(to->merged + n, sizeof(to->merged) - n, "%s%s",
	    n > 0 ? " " : "", al->id);
	for (unsigned i = 0; i < 4 && al->account[i] != 0; i++)
		add_account(to, al->account[i]);
	for (uint32_t i = 0; i < al->norders && i < EXCH_SURV_IDS; i++)
		add_order(to, al->order[i]);
	if (al->norders > EXCH_SURV_IDS)
		to->norders += al->norders - EXCH_SURV_IDS;
	if (al->start < to->start)
		to->start = al->start;
	if (al->end > to->end)
		to->end = al->end;
	if (al->first_seq < to->first_seq)
		to->first_seq = al->first_seq;
	if (al->last_seq > to->last_seq)
		to->last_seq = al->last_seq;
	if (al->score > to->score)
		to->score = al->score;
	to->episodes += al->episodes;
	al->told = false;
}

void
exch_surv_settle(struct exch_surv *s)
{
	for (size_t i = 0; i < s->nalerts; i++)
		exch_surv_name(s, &s->alert[i]);
	if (s->nalerts > 0)
		qsort(s->alert, s->nalerts, sizeof(*s->alert), by_time);
	for (size_t i = 0; i < s->nalerts; i++)
		for (size_t k = 0; k < s->nalerts; k++)
			if (exch_surv_merges(&s->alert[i], &s->alert[k]))
				merge(&s->alert[i], &s->alert[k]);
}

void
exch_surv_put(struct exch_surv *s)
{
	if (s->scores) {
		for (unsigned p = 0; p < EXCH_SURV_PATTERNS; p++)
			put_score(s, p);
		return;
	}
	for (size_t i = 0; i < s->nalerts; i++)
		if (s->alert[i].told)
			put_alert(s, &s->alert[i]);
}
