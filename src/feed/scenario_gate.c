/*
 * Lines of a scenario for a gate: limits that change, its switch, and what
 * somebody decides on an order that it holds (risk/gate.h).
 */
#include <config.h>

#include <string.h>

#include "base/dec.h"
#include "base/time.h"
#include "feed/scenario.h"
#include "rec/schema.h"

/* Bytes of a reason, at most. */
#define REASON_MOST 1000

/* Whom a line is for, who says so, and why. */
struct said {
	char member[16], by[16]; /* of what is of a group, its name */
	uint32_t instr, account;
	bool of_group;
	const char *why;
	size_t nwhy;
};

/* A record with room for its reason, which follows `size` bytes. */
union rec {
	struct exch_rec h;
	struct exch_rec_limit limit;
	struct exch_rec_kill kill;
	struct exch_rec_decision decision;
	uint64_t all[(sizeof(struct exch_rec_limit) + REASON_MOST) / 8];
};

/* `by` and `ntext` are those of the record. */
static int
give(struct scn *s, union rec *u, uint8_t type, size_t size,
    const struct said *k, char by[16], uint16_t *ntext)
{
	if (k->nwhy > REASON_MOST)
		return exch_scn_fail(s, NULL, EXCH_ERR_FORMAT,
		    "a reason has at most %u bytes", (unsigned)REASON_MOST);
	memcpy(by, k->by, sizeof(k->by));
	*ntext = (uint16_t)k->nwhy;
	if (k->nwhy > 0)
		memcpy((char *)u + size, k->why, k->nwhy);
	u->limit.bytes = (size + k->nwhy + 7) / 8 * 8;
	u->h.type = type;
	u->h.instr = k->instr;
	return exch_scn_give_long(s, &u->h, 'K');
}

static int
short_name(struct scn *s, const char *what, char out[16])
{
	const struct scn_word *w;
	int rc = exch_scn_name(s, what, &w);

	if (rc == 0 && w->n > 16)
		return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
		    "\"%.*s\": %s has at most 16 bytes",
		    (int)(w->n < 32 ? w->n : 32), w->p, what);
	if (rc == 0)
		memcpy(out, w->p, w->n);
	return rc;
}

/* All the rest of the line, as it stands there. */
static int
reason(struct scn *s, struct said *k)
{
	const struct scn_word *first =
	    s->at < s->nwords ? &s->word[s->at] : NULL;
	const struct scn_word *last = &s->word[s->nwords - 1];

	if (first == NULL)
		return exch_scn_expected(s, "a reason");
	k->why = first->p;
	k->nwhy = (size_t)(last->p + last->n - first->p);
	s->at = s->nwords;
	return 0;
}

/* Words for somebody whose limit this is not; else 0. */
static int
is_of_others(struct scn *s, const struct said *k)
{
	const struct scn_word *w = &s->word[s->at];

	if (k->of_group && (exch_scn_is(w, "of") || exch_scn_is(w, "member")))
		return exch_scn_expected(
		    s, "group G, of whose accounts the limit is");
	if (!k->of_group && exch_scn_is(w, "group"))
		return exch_scn_expected(s,
		    "of ACCOUNT or member M (groups have limits of their own, "
		    "such as group-gross)");
	return 0;
}

/* "of ACCOUNT", but not "of member M". */
static int
of_account(struct scn *s, struct said *k)
{
	const struct scn_word *w;
	int rc;

	if (s->at + 1 < s->nwords && exch_scn_is(&s->word[s->at], "member") &&
	    !exch_scn_is(&s->word[s->at + 1], "by") &&
	    !exch_scn_is(&s->word[s->at + 1], "because"))
		return exch_scn_expected(s,
		    "an account behind of: for a member write member M alone");
	rc = exch_scn_name(s, "an account", &w);
	return rc == 0 ? exch_scn_account(s, w, &k->account) : rc;
}

/* "of ACCOUNT", "member M", or of a limit of groups "group G", and a symbol. */
static int
whom(struct scn *s, struct said *k)
{
	uint32_t instr;
	int rc = is_of_others(s, k);

	if (rc != 0)
		return rc;
	if (k->of_group && exch_scn_accept(s, "group"))
		return short_name(s, "a group", k->member);
	if (!k->of_group && exch_scn_accept(s, "member"))
		return short_name(s, "a member", k->member);
	if (!k->of_group && exch_scn_accept(s, "of"))
		return of_account(s, k);
	if (k->instr != 0)
		return exch_scn_expected(
		    s, k->of_group
			   ? "group G, by WHO or because REASON"
			   : "of ACCOUNT, member M, by WHO or because REASON");
	rc = exch_scn_instrument_or(s, &s->word[s->at],
	    k->of_group ? "group G, by WHO nor because REASON"
			: "of ACCOUNT, member M, by WHO nor because REASON",
	    &instr);
	if (rc == 0)
		k->instr = s->instr[instr].h.instr;
	s->at++;
	return rc;
}

/* "by WHO", "because REASON"; `for_whom`: and for whom it is. */
static int
rest(struct scn *s, bool for_whom, struct said *k)
{
	int rc = 0;

	while (rc == 0 && s->at < s->nwords) {
		if (exch_scn_accept(s, "by")) {
			rc = short_name(s, "a name", k->by);
		} else if (exch_scn_accept(s, "because")) {
			rc = reason(s, k);
		} else if (for_whom) {
			rc = whom(s, k);
		} else {
			rc = exch_scn_expected(s, "by WHO or because REASON");
		}
	}
	if (rc == 0 && k->of_group && k->member[0] == '\0')
		rc = exch_scn_expected(s, "group G");
	return rc;
}

int
exch_scn_decide(struct scn *s, uint8_t verdict)
{
	union rec u = {.decision.verdict = verdict};
	struct said k = {.instr = 0};
	struct scn_ref ref = {0};
	int rc = exch_scn_ref(s, 0, &ref);

	if (rc == 0)
		rc = rest(s, false, &k);
	if (rc != 0)
		return rc;
	u.decision.order = ref.id;
	k.instr = s->instr[ref.instr].h.instr;
	return give(s, &u, EXCH_REC_DECISION, sizeof(u.decision), &k,
	    u.decision.by, &u.decision.ntext);
}

int
exch_scn_switch(struct scn *s)
{
	union rec u = {.kill.on = 0};
	struct said k = {.instr = 0};
	int rc;

	if (exch_scn_accept(s, "off"))
		u.kill.on = 1;
	else if (!exch_scn_accept(s, "on"))
		return exch_scn_expected(s, "off or on");
	rc = rest(s, true, &k);
	if (rc != 0)
		return rc;
	u.kill.account = k.account;
	memcpy(u.kill.member, k.member, sizeof(k.member));
	return give(
	    s, &u, EXCH_REC_KILL, sizeof(u.kill), &k, u.kill.by, &u.kill.ntext);
}

/* In the unit that the record has; a share is also "5%". */
static int
value(struct scn *s, uint8_t what, int64_t *v)
{
	const struct scn_word *w = exch_scn_next(s);
	size_t n = w != NULL ? w->n : 0;
	bool percent = n > 1 && w->p[n - 1] == '%';
	static const char wanted[] =
	    "the limit: a quantity, an amount, a share or a time";
	uint64_t time = 0;
	int rc = EXCH_ERR_FORMAT;

	if (w == NULL)
		return exch_scn_expected(s, wanted);
	switch (exch_limit_unit(what)) {
	case EXCH_LIMIT_IN_SHARES:
		rc = exch_dec_parse(w->p, n - percent, percent ? 4 : 6, v);
		break;
	case EXCH_LIMIT_IN_CASH:
		rc = exch_dec_parse(w->p, n, 6, v);
		break;
	case EXCH_LIMIT_IN_TIME:
		rc = exch_duration_parse(w->p, n, &time);
		if (rc == 0 && time > INT64_MAX)
			rc = EXCH_ERR_RANGE;
		*v = (int64_t)time;
		break;
	default:
		rc = exch_dec_parse(w->p, n, 0, v);
	}
	if (rc == 0 && *v >= 0)
		return 0;
	if (rc == EXCH_ERR_RANGE || rc == 0)
		return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
		    "the limit \"%.*s\" is %s", n < 32 ? (int)n : 32, w->p,
		    rc == 0	? "below 0"
		    : time != 0 ? "longer than 24h"
				: "larger, or finer, than numbers can say");
	s->at--;
	return exch_scn_expected(s, wanted);
}

int
exch_scn_limit(struct scn *s)
{
	union rec u = {.limit.value = 0};
	struct said k = {.instr = 0};
	int rc = exch_scn_code(s, exch_words_limit, "a limit", &u.limit.what);

	if (rc == 0)
		rc = value(s, u.limit.what, &u.limit.value);
	k.of_group = exch_limit_is_of_group(u.limit.what);
	if (rc == 0)
		rc = rest(s, true, &k);
	if (rc != 0)
		return rc;
	u.limit.account = k.account;
	memcpy(u.limit.member, k.member, sizeof(k.member));
	return give(s, &u, EXCH_REC_LIMIT, sizeof(u.limit), &k, u.limit.by,
	    &u.limit.ntext);
}
