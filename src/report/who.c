/* Firms, clients and instruments of European reports (who.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "report/forms.h"
#include "report/who.h"

int
exch_whos_init(
    struct exch_whos *w, struct exch_report_run *run, struct exch_diag *d)
{
	const struct exch_given *given = exch_report_given(run, "parties");
	int rc = exch_parties_read(&w->parties, given, d);

	w->given = given != NULL;
	if (rc == EXCH_OK &&
	    exch_keyed_init(&w->known, sizeof(struct exch_who)) != EXCH_OK)
		rc = exch_report_nomem(d);
	return rc;
}

void
exch_whos_clear(struct exch_whos *w)
{
	exch_parties_clear(&w->parties);
	exch_keyed_clear(&w->known);
}

void
exch_who_name(const struct exch_report_run *run, uint32_t account, char out[40])
{
	const struct exch_account *a = exch_insts_account(&run->insts, account);
	char *p = out;

	if (a != NULL)
		p = exch_fmt_copy(p, a->name, a->n);
	else
		p = exch_fmt_u64(p, account);
	*p = '\0';
}

/* A text of a row, which has a NUL only if it does not fill its field. */
#define CELL(row, m) (row)->m, strnlen((row)->m, sizeof((row)->m))

/* Whether an identifier can be one; else it is told. */
static void
check(struct exch_report_run *run, uint32_t account, const char *what,
    enum exch_ident kind, const char *s, size_t n)
{
	const char *fault = n > 0 ? exch_ident_fault(kind, s, n) : NULL;
	char name[40];

	if (fault == NULL)
		return;
	exch_who_name(run, account, name);
	exch_report_tell(run, "account %s: %s%s '%.*s' %s", name, what,
	    exch_ident_name(kind), (int)n, s, fault);
}

static void
text(char *out, const char *s, size_t n)
{
	memcpy(out, s, n);
	out[n] = '\0';
}

/* The number of a person: a national one, or made of name and birth. */
static void
set_person(struct exch_report_run *run, struct exch_who *who)
{
	const struct exch_party *p = who->party;
	char country[3];
	char first[sizeof(p->first_names) + 1];
	char surname[sizeof(p->surname) + 1];
	size_t n = strnlen(p->person, sizeof(p->person));
	char name[40];

	who->person = true;
	if (n > 0) {
		text(who->behind, p->person, n);
		who->concat = exch_ident_is(EXCH_IDENT_CONCAT, p->person, n);
		check(run, (uint32_t)who->key.id, "the client's ",
		    EXCH_IDENT_NATIONAL, p->person, n);
		return;
	}
	text(country, CELL(p, country));
	text(first, CELL(p, first_names));
	text(surname, CELL(p, surname));
	if (exch_ident_concat(country, p->born, first, surname, who->behind) ==
	    EXCH_OK) {
		who->concat = true;
		return;
	}
	who->behind[0] = '\0';
	exch_who_name(run, (uint32_t)who->key.id, name);
	exch_report_tell(run,
	    "account %s: the client has neither a LEI nor a number, and none "
	    "can be made of country, day of birth and names",
	    name);
}

static void
set_client(struct exch_report_run *run, struct exch_who *who)
{
	const struct exch_party *p = who->party;
	size_t n = strnlen(p->lei, sizeof(p->lei));

	if (n == 0) {
		set_person(run, who);
		return;
	}
	text(who->behind, p->lei, n);
	check(run, (uint32_t)who->key.id, "the client's ", EXCH_IDENT_LEI,
	    p->lei, n);
}

/* The first look at an account. */
static void
resolve(struct exch_whos *w, struct exch_report_run *run, struct exch_who *who)
{
	uint32_t account = (uint32_t)who->key.id;
	const struct exch_party *p =
	    exch_parties_of(&w->parties, &run->insts, account);
	const struct exch_party *firm;
	char name[40];

	exch_who_name(run, account, name);
	if (p == NULL) {
		if (w->given && account != 0)
			exch_report_tell(
			    run, "account %s: no row of --parties", name);
		return;
	}
	who->party = p;
	who->client =
	    p->role == EXCH_ROLE_CLIENT ||
	    (p->role == EXCH_ROLE_NONE && p->capacity == EXCH_CAPACITY_AGENCY);
	firm = exch_parties_named(&w->parties, CELL(p, member));
	if (firm == NULL && !who->client)
		firm = p;
	if (firm != NULL && firm->lei[0] != '\0') {
		who->member = firm;
		text(who->firm, CELL(firm, lei));
		check(run, account, "the member's ", EXCH_IDENT_LEI,
		    CELL(firm, lei));
	} else {
		exch_report_tell(run,
		    "account %s: no LEI of its member stands in --parties",
		    name);
	}
	if (who->client)
		set_client(run, who);
}

int
exch_who_of(struct exch_whos *w, struct exch_report_run *run, uint32_t account,
    struct exch_who *out, struct exch_diag *d)
{
	struct exch_who *who = exch_keyed_find(&w->known, 0, account);
	int rc = EXCH_OK;

	if (who == NULL) {
		rc = exch_keyed_add(&w->known, 0, account, &who);
		if (rc != EXCH_OK)
			return exch_report_nomem(d);
		resolve(w, run, who);
	}
	*out = *who;
	return rc;
}

void
exch_who_reports(
    struct exch_whos *w, struct exch_report_run *run, uint32_t account)
{
	struct exch_who *who = exch_keyed_find(&w->known, 0, account);
	const struct exch_party *p = who != NULL ? who->party : NULL;
	char name[40];

	if (p == NULL || who->told)
		return;
	who->told = true;
	exch_who_name(run, account, name);
	if (p->capacity == EXCH_CAPACITY_NONE)
		exch_report_tell(run, "account %s: no capacity", name);
	if (!who->client && p->decision[0] == '\0')
		exch_report_tell(
		    run, "account %s: no decision within the firm", name);
	if (!who->client && p->execution[0] == '\0')
		exch_report_tell(
		    run, "account %s: no execution within the firm", name);
}

const char *
exch_who_capacity(const struct exch_who *who)
{
	static const char *const word[] = {NULL, "AOTC", "DEAL", "MTCH"};

	return who->party != NULL ? word[who->party->capacity & 3] : NULL;
}

/* ---- instruments ---- */

int
exch_whats_init(
    struct exch_whats *w, struct exch_report_run *run, struct exch_diag *d)
{
	return exch_products_read(
	    &w->products, exch_report_given(run, "products"), d);
}

void
exch_whats_clear(struct exch_whats *w)
{
	exch_products_clear(&w->products);
	exch_free(w->what);
	w->what = NULL;
	w->n = 0;
}

void
exch_whats_note(struct exch_whats *w, const struct exch_report_run *run,
    const struct exch_rec *r)
{
	uint32_t place = exch_insts_known(&run->insts, r->instr);

	if (r->type == EXCH_REC_INSTRUMENT && place < w->n)
		w->what[place].seen = false;
}

int
exch_who_what_init(struct exch_whos *who, struct exch_whats *what,
    struct exch_report_run *run, struct exch_diag *d)
{
	int rc = exch_whos_init(who, run, d);

	what->tells = true;
	return rc == EXCH_OK ? exch_whats_init(what, run, d) : rc;
}

static void
choose(char *out, const char *product, const char *record, size_t n)
{
	memcpy(
	    out, product != NULL && product[0] != '\0' ? product : record, n);
}

/* Told of an instrument that has been announced. */
static void
check_what(struct exch_report_run *run, const struct exch_inst *in,
    enum exch_ident kind, const char *s, size_t n)
{
	const char *fault = n > 0 ? exch_ident_fault(kind, s, n) : NULL;

	if (fault != NULL)
		exch_report_tell(run, "instrument %.*s: the %s '%.*s' %s",
		    (int)in->nsymbol, in->symbol, exch_ident_name(kind), (int)n,
		    s, fault);
}

int
exch_what_of(struct exch_whats *w, struct exch_report_run *run, uint32_t place,
    const struct exch_what **out, struct exch_diag *d)
{
	const struct exch_inst *in = &run->insts.inst[place];
	const struct exch_product *p;
	struct exch_what *x;
	int rc =
	    exch_report_grow(&w->what, &w->n, place + 1, sizeof(*w->what), d);

	if (rc != EXCH_OK)
		return rc;
	x = &w->what[place];
	*out = x;
	if (x->seen)
		return EXCH_OK;
	p = exch_products_of(&w->products, in);
	x->seen = true;
	x->product = p;
	choose(x->isin, p != NULL ? p->isin : NULL, in->isin, sizeof(x->isin));
	choose(x->mic, p != NULL ? p->mic : NULL, in->mic, sizeof(x->mic));
	choose(x->currency, p != NULL ? p->currency : NULL, in->currency,
	    sizeof(x->currency));
	x->nsymbol = (uint8_t)(exch_form_alnum(x->symbol, in->symbol,
				   in->nsymbol, sizeof(x->symbol)) -
			       x->symbol);
	check_what(run, in, EXCH_IDENT_ISIN, CELL(x, isin));
	check_what(run, in, EXCH_IDENT_MIC, CELL(x, mic));
	check_what(run, in, EXCH_IDENT_CURRENCY, CELL(x, currency));
	if (!w->tells)
		return EXCH_OK;
	if (x->isin[0] == '\0' || x->mic[0] == '\0' || x->currency[0] == '\0')
		exch_report_tell(run, "instrument %.*s has no %s%s%s",
		    (int)in->nsymbol, in->symbol,
		    x->isin[0] == '\0' ? "ISIN " : "",
		    x->mic[0] == '\0' ? "MIC " : "",
		    x->currency[0] == '\0' ? "currency" : "");
	return EXCH_OK;
}

char *
exch_tvtic(char *p, uint32_t instr, uint64_t match)
{
	char number[24];
	size_t n = (size_t)(exch_fmt_u64(number, match) - number);

	p = exch_fmt_copy(p, "TV", 2);
	for (size_t i = n; i < 6; i++)
		*p++ = '0';
	p = exch_fmt_copy(p, number, n);
	if (instr != 1) {
		*p++ = 'I';
		p = exch_fmt_u64(p, instr);
	}
	return p;
}
