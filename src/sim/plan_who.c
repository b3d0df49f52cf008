/*
 * Lines of a scenario that say who is there: models of flow, agents that are
 * built in, programs.
 */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/near.h"
#include "sim/plan_priv.h"

#define ACCOUNTS_MOST 1000000u

/* ---- parameters ---- */

/* NAME VALUE ..., up to the end of the line or the word `until`. */
static int
parameters(const struct plan_read *r, struct scn *s, struct exch_params *p,
    const char *until)
{
	const struct scn_word *name, *value;
	const char *near;
	int rc;

	while (s->at < s->nwords) {
		struct exch_param_said said;
		struct exch_diag own = {0};

		if (until != NULL && exch_scn_is(&s->word[s->at], until))
			break;
		name = exch_scn_next(s);
		value = exch_scn_next(s);
		if (value == NULL)
			return exch_scn_expected(s, "the value of a parameter");
		said = (struct exch_param_said){name->p, name->n, value->p,
		    value->n, exch_plan_place(r, s, value)};
		rc = exch_params_set(p, &said, &near, &own);
		if (rc == EXCH_ERR_ABSENT)
			return exch_scn_fail(s, name, EXCH_ERR_FORMAT,
			    "\"%.*s\" is no parameter here%s%s%s: exch-sim "
			    "models lists them",
			    (int)(name->n < 32 ? name->n : 32), name->p,
			    near != NULL ? "; did you mean \"" : "",
			    near != NULL ? near : "", near != NULL ? "\"" : "");
		if (rc != EXCH_OK)
			return exch_plan_said(s, value, rc, &own);
	}
	if (exch_params_missing(p) != NULL)
		return exch_scn_fail(s, NULL, EXCH_ERR_FORMAT,
		    "\"%s\" has to be given", exch_params_missing(p));
	return 0;
}

/* ---- kinds ---- */

#define KINDS_MOST 64u

/*
 * The next word as one of n names; `want` is said where there is none, `is`
 * where there is another one that is like one of them.
 */
static int
kind(struct scn *s, const char *const *names, unsigned n, const char *want,
    const char *is, unsigned *which)
{
	const struct scn_word *w = exch_scn_next(s);
	const char *near;

	for (unsigned i = 0; w != NULL && i < n; i++) {
		if (strlen(names[i]) == w->n &&
		    memcmp(names[i], w->p, w->n) == 0) {
			*which = i;
			return 0;
		}
	}
	near = w != NULL ? exch_nearest(w->p, w->n, names, n) : NULL;
	s->at = w != NULL ? s->at - 1 : s->at;
	if (near == NULL)
		return exch_scn_expected(s, want);
	return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
	    "\"%.*s\" is %s; did you mean \"%s\"", (int)(w->n < 32 ? w->n : 32),
	    w->p, is, near);
}

/* ---- flows ---- */

static const struct exch_flow_kind *
flow_kind(struct scn *s, int *rc)
{
	unsigned n, which = 0;
	const struct exch_flow_kind *const *all = exch_flow_all(&n);
	const char *names[KINDS_MOST];

	exch_check(n <= KINDS_MOST);
	for (unsigned i = 0; i < n; i++)
		names[i] = all[i]->name;
	*rc = kind(s, names, n,
	    "a model, such as zero (exch-sim models lists them)", "no model",
	    &which);
	return *rc == 0 ? all[which] : NULL;
}

/* Somebody trades, for the first time perhaps. */
static void
first(struct exch_plan *p, const struct exch_place *at)
{
	if (p->nflow + p->nagent == 0)
		p->at.first = *at;
}

/* One account of that name, or n of them: NAME-1 to NAME-n. */
static int
accounts(struct scn *s, const char *name, uint64_t n, uint32_t *first)
{
	char text[96];
	struct scn_word w = {text, 0, 1, NULL};
	uint32_t id;
	int rc = 0;

	for (uint64_t i = 1; i <= n && rc == 0; i++) {
		struct exch_buf b = {0};

		exch_buf_fmt(
		    &b, n == 1 ? "%s" : "%s-%llu", name, (unsigned long long)i);
		if (b.failed || b.len > EXCH_TEXT_NAME) {
			bool failed = b.failed;

			exch_buf_free(&b);
			if (failed)
				return exch_scn_nomem(s);
			return exch_scn_fail(s, NULL, EXCH_ERR_FORMAT,
			    "the names of its accounts have more than %u "
			    "bytes: add \"as NAME\"",
			    EXCH_TEXT_NAME);
		}
		memcpy(text, b.p, b.len);
		w.n = b.len;
		exch_buf_free(&b);
		rc = exch_scn_account(s, &w, &id);
		if (i == 1)
			*first = id;
		else if (rc == 0 && id != *first + i - 1)
			rc = exch_scn_fail(s, NULL, EXCH_ERR_FORMAT,
			    "account %.*s was announced before: accounts of a "
			    "flow are its own",
			    (int)w.n, text);
	}
	return rc;
}

static bool
taken(const struct exch_plan *p, const char *name)
{
	for (size_t i = 0; i < p->nflow; i++) {
		if (strcmp(p->flow[i].name, name) == 0)
			return true;
	}
	for (size_t i = 0; i < p->nagent; i++) {
		if (strcmp(p->agent[i].name, name) == 0)
			return true;
	}
	return false;
}

/* "zero-ABC", or what the line says. */
static int
flow_name(struct plan_read *r, struct scn *s, const struct exch_flow_kind *k,
    const struct scn_word *symbol, char **name)
{
	const struct scn_word *w = symbol;
	struct exch_buf b = {0};

	if (exch_scn_accept(s, "as")) {
		w = exch_scn_next(s);
		if (w == NULL)
			return exch_scn_expected(s, "its name");
		*name = exch_plan_word(w);
	} else {
		exch_buf_fmt(&b, "%s-%.*s", k->name, (int)symbol->n, symbol->p);
		exch_buf_char(&b, '\0');
		*name = b.failed ? NULL : exch_strdup(b.p);
		exch_buf_free(&b);
	}
	if (*name == NULL)
		return exch_scn_nomem(s);
	if (taken(r->p, *name))
		return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
		    "there is a %s already: add \"as NAME\" with another name",
		    *name);
	return 0;
}

/* What stands in front of the parameters. */
static int
flow_words(struct plan_read *r, struct scn *s, struct exch_plan_flow *f,
    const struct scn_word *symbol)
{
	uint64_t n = 1;
	int rc = flow_name(r, s, f->o.kind, symbol, &f->name);

	f->o.name = f->name;
	if (rc == 0 && exch_scn_accept(s, "accounts"))
		rc = exch_scn_whole(
		    s, "the number of its accounts", ACCOUNTS_MOST, &n);
	if (rc == 0 && n == 0)
		rc = exch_scn_fail(s, &s->word[s->at - 1], EXCH_ERR_FORMAT,
		    "a flow has one account at least");
	if (rc == 0)
		rc = accounts(s, f->name, n, &f->o.account);
	f->o.accounts = (uint32_t)n;
	return rc;
}

/* flow KIND SYMBOL [as NAME] [accounts N] [PARAMETER VALUE]... */
int
exch_plan_flow_line(struct plan_read *r, struct scn *s)
{
	struct exch_plan *p = r->p;
	struct exch_plan_flow *f;
	const struct scn_word *symbol;
	struct exch_place at;
	uint32_t number;
	int rc;

	if (!exch_room(&p->flow, p->nflow, &p->cap_flow, sizeof(*f)))
		return exch_scn_nomem(s);
	f = &p->flow[p->nflow];
	*f = (struct exch_plan_flow){0};
	f->o.kind = flow_kind(s, &rc);
	if (f->o.kind == NULL)
		return rc;
	symbol = exch_scn_next(s);
	if (symbol == NULL)
		return exch_scn_expected(s, "the symbol of an instrument");
	rc = exch_scn_instrument(s, symbol, &number);
	if (rc != 0)
		return rc;
	f->o.instr = s->instr[number].h.instr;
	f->o.at = exch_plan_place(r, s, symbol);
	at = exch_plan_place(r, s, symbol - 1);
	first(p, &at);
	if (exch_params_new(
		f->o.kind->param, f->o.kind->nparam, &at, &f->o.p) != EXCH_OK)
		return exch_scn_nomem(s);
	rc = flow_words(r, s, f, symbol);
	p->nflow++; /* its own name was none that is taken */
	return rc == 0 ? parameters(r, s, f->o.p, NULL) : rc;
}

/* ---- agents ---- */

static const struct exch_agent_kind *
agent_kind(struct scn *s, int *rc)
{
	unsigned n, which = 0;
	const struct exch_agent_kind *const *all = exch_agent_all(&n);
	const char *names[KINDS_MOST];

	exch_check(n <= KINDS_MOST);
	for (unsigned i = 0; i < n; i++)
		names[i] = all[i]->name;
	*rc = kind(s, names, n,
	    "what it does, such as maker (exch-sim models lists it)",
	    "nothing that an agent does", &which);
	return *rc == 0 ? all[which] : NULL;
}

/* on SYMBOL[,SYMBOL]... */
static int
on_symbols(const struct plan_read *r, struct scn *s, struct exch_plan_agent *a)
{
	const struct scn_word *w;
	const char *p, *comma;
	size_t left;

	if (!exch_scn_accept(s, "on"))
		return 0;
	w = exch_scn_next(s);
	if (w == NULL)
		return exch_scn_expected(s, "symbols, such as ABC,DEF");
	a->instr = exch_calloc(w->n, sizeof(*a->instr));
	if (a->instr == NULL)
		return exch_scn_nomem(s);
	for (p = w->p, left = w->n;; p = comma + 1) {
		struct scn_word one = *w;
		uint32_t number;
		int rc;

		comma = memchr(p, ',', left);
		one.p = p;
		one.n = comma != NULL ? (size_t)(comma - p) : left;
		rc = exch_scn_instrument(s, &one, &number);
		if (rc != 0)
			return rc;
		for (unsigned i = 0; i < a->o.ninstr; i++)
			if (a->instr[i] == s->instr[number].h.instr)
				return exch_scn_fail(s, w, EXCH_ERR_FORMAT,
				    "%.*s is named twice", (int)one.n, p);
		a->instr[a->o.ninstr++] = s->instr[number].h.instr;
		if (comma == NULL)
			break;
		left -= one.n + 1;
	}
	a->o.instr = a->instr;
	a->o.on = exch_plan_place(r, s, w);
	return 0;
}

/* Its name, which is its account's too. */
static int
agent_name(struct plan_read *r, struct scn *s, struct exch_plan_agent *a)
{
	const struct scn_word *w;
	int rc = exch_scn_name(s, "the name of an agent", &w);

	if (rc != 0)
		return rc;
	a->name = exch_plan_word(w);
	a->o.name = a->name;
	if (a->name == NULL)
		return exch_scn_nomem(s);
	a->o.at = a->o.on = exch_plan_place(r, s, w);
	first(r->p, &a->o.at);
	if (taken(r->p, a->name))
		return exch_scn_fail(
		    s, w, EXCH_ERR_FORMAT, "there is a %s already", a->name);
	return exch_scn_account(s, w, &a->o.account);
}

/* Room for one more, which counts when it has a name. */
static int
begin_agent(struct plan_read *r, struct scn *s, struct exch_plan_agent **a)
{
	struct exch_plan *p = r->p;
	int rc;

	if (!exch_room(&p->agent, p->nagent, &p->cap_agent, sizeof(**a)))
		return exch_scn_nomem(s);
	*a = &p->agent[p->nagent];
	**a = (struct exch_plan_agent){0};
	rc = agent_name(r, s, *a);
	p->nagent++;
	return rc;
}

/* agent NAME KIND [on SYMBOL,...] [PARAMETER VALUE]... */
int
exch_plan_agent_line(struct plan_read *r, struct scn *s)
{
	struct exch_plan_agent *a;
	int rc = begin_agent(r, s, &a);

	if (rc != 0)
		return rc;
	a->o.kind = agent_kind(s, &rc);
	if (a->o.kind == NULL)
		return rc;
	rc = on_symbols(r, s, a);
	if (rc != 0)
		return rc;
	if (exch_params_new(a->o.kind->param, a->o.kind->nparam, &a->o.at,
		&a->o.p) != EXCH_OK)
		return exch_scn_nomem(s);
	return parameters(r, s, a->o.p, NULL);
}

/* The rest of the line as it was written, but for runs of blanks. */
static int
command_line(
    const struct plan_read *r, struct scn *s, struct exch_plan_agent *a)
{
	struct exch_param_said said = {.name = "command", .nname = 7};
	struct exch_buf b = {0};
	struct exch_diag own = {0};
	const char *near;
	uint32_t end = 0;
	int rc;

	if (s->at < s->nwords)
		said.at = exch_plan_place(r, s, &s->word[s->at]);
	while (s->at < s->nwords) {
		const struct scn_word *w = exch_scn_next(s);

		if (b.len > 0 && w->column != end)
			exch_buf_char(&b, ' ');
		exch_buf_add(&b, w->p, w->n);
		end = w->column + (uint32_t)w->n;
	}
	if (b.failed) {
		exch_buf_free(&b);
		return exch_scn_nomem(s);
	}
	if (b.len == 0)
		return exch_scn_expected(s, "a command, such as python3 mm.py");
	said.value = b.p;
	said.nvalue = b.len;
	rc = exch_params_set(a->o.p, &said, &near, &own);
	exch_buf_free(&b);
	return exch_plan_said(s, NULL, rc, &own);
}

/* A transcript answers for the program, which is not needed then. */
static bool
is_replay(const struct scn *s)
{
	for (unsigned i = 0; i + 1 < s->nwords; i++) {
		if (exch_scn_is(&s->word[i], "replay"))
			return true;
	}
	return false;
}

/* strategy NAME [on SYMBOL,...] [PARAMETER VALUE]... [run COMMAND] */
int
exch_plan_strategy_line(struct plan_read *r, struct scn *s)
{
	const struct exch_agent_kind *k = &exch_agent_program;
	struct exch_plan_agent *a;
	unsigned back;
	int rc = begin_agent(r, s, &a);

	if (rc != 0)
		return rc;
	a->o.kind = k;
	rc = on_symbols(r, s, a);
	if (rc != 0)
		return rc;
	if (exch_params_new(k->param, k->nparam, &a->o.at, &a->o.p) != EXCH_OK)
		return exch_scn_nomem(s);
	/* The command stands last, and is taken first. */
	back = s->at;
	while (s->at < s->nwords && !exch_scn_is(&s->word[s->at], "run"))
		s->at++;
	if (exch_scn_accept(s, "run"))
		rc = command_line(r, s, a);
	else if (!is_replay(s))
		return exch_scn_expected(s, "\"run\" and a command");
	s->at = back;
	return rc == 0 ? parameters(r, s, a->o.p, "run") : rc;
}
