/* The accounts that a report is about (only.h). */
#include <config.h>

#include <string.h>

#include "report/only.h"

static bool
is_account(const struct exch_report_run *run, const char *name, size_t n,
    uint32_t account)
{
	const struct exch_account *a = exch_insts_account(&run->insts, account);
	char num[EXCH_FMT_MAX];

	if (a != NULL && a->n == n && memcmp(a->name, name, n) == 0)
		return true;
	return (size_t)(exch_fmt_u64(num, account) - num) == n &&
	       memcmp(num, name, n) == 0;
}

bool
exch_report_is_account(
    const struct exch_report_run *run, const char *name, uint32_t account)
{
	return is_account(run, name, strlen(name), account);
}

int
exch_report_among(
    const struct exch_report_run *run, const char *list, uint32_t account)
{
	if (exch_report_is_account(run, list, account))
		return 0;
	for (int i = 0;; i++) {
		size_t n = strcspn(list, ",");

		if (is_account(run, list, n, account))
			return i;
		if (list[n] == '\0')
			return -1;
		list += n + 1;
	}
}

void
exch_only_open(struct exch_only *x, struct exch_report_run *run)
{
	const struct exch_given *given = exch_report_given(run, "account");

	x->run = run;
	x->list = given != NULL ? given->value : NULL;
}

bool
exch_only_has(struct exch_only *x, uint32_t account)
{
	int i = 0;

	if (x->list == NULL)
		return true;
	i = exch_report_among(x->run, x->list, account);
	if (i >= 0 && (unsigned)i < EXCH_ONLY_MOST)
		x->met |= UINT64_C(1) << i;
	return i >= 0;
}

static bool
is_known(const struct exch_only *x, const char *name, size_t n)
{
	const struct exch_insts *in = &x->run->insts;

	for (uint32_t i = 0; i < in->account_cap; i++)
		if (in->account[i].n != 0 &&
		    is_account(x->run, name, n, in->account[i].id))
			return true;
	return false;
}

void
exch_only_close(const struct exch_only *x)
{
	const char *p = x->list;

	if (p == NULL || is_known(x, p, strlen(p)))
		return;
	for (unsigned i = 0; i < EXCH_ONLY_MOST; i++) {
		size_t n = strcspn(p, ",");

		if ((x->met >> i & 1) == 0 && !is_known(x, p, n))
			exch_report_tell(x->run,
			    "--account: the stream has no account '%.*s'",
			    (int)(n < 40 ? n : 40), p);
		if (p[n] == '\0')
			return;
		p += n + 1;
	}
}
