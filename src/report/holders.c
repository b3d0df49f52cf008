/* Whose accounts are whose (holders.h). */
#include <config.h>

#include <string.h>

#include "base/alloc.h"
#include "report/holders.h"

struct known {
	struct exch_key key; /* the account */
	uint64_t holder;
};

int
exch_holders_open(
    struct exch_holders *h, struct exch_report_run *run, struct exch_diag *d)
{
	if (exch_keyed_init(&h->known, sizeof(struct known)) != EXCH_OK)
		return exch_report_nomem(d);
	return exch_parties_read(
	    &h->parties, exch_report_given(run, "parties"), d);
}

void
exch_holders_clear(struct exch_holders *h)
{
	exch_parties_clear(&h->parties);
	exch_keyed_clear(&h->known);
	exch_free(h->holder);
	*h = (struct exch_holders){0};
}

/* The one with the name of a group, or a new one. */
static int
find(struct exch_holders *h, const char *group, uint32_t account,
    uint32_t *holder, struct exch_diag *d)
{
	for (size_t i = 0; group[0] != '\0' && i < h->n; i++)
		if (strncmp(h->holder[i].group, group,
			sizeof(h->holder[i].group)) == 0) {
			*holder = (uint32_t)i;
			h->holder[i].accounts++;
			return EXCH_OK;
		}
	if (!exch_room(&h->holder, h->n, &h->cap, sizeof(*h->holder)))
		return exch_report_nomem(d);
	*holder = (uint32_t)h->n;
	h->holder[h->n] =
	    (struct exch_holder){.account = account, .accounts = 1};
	memcpy(h->holder[h->n].group, group, sizeof(h->holder->group));
	h->n++;
	return EXCH_OK;
}

int
exch_holder_of(struct exch_holders *h, struct exch_report_run *run,
    uint32_t account, uint32_t *holder, struct exch_diag *d)
{
	static const char alone[32];
	struct known *k = exch_keyed_find(&h->known, 0, account);
	const struct exch_party *p;
	int rc;

	if (k != NULL) {
		*holder = (uint32_t)k->holder;
		return EXCH_OK;
	}
	p = exch_parties_of(&h->parties, &run->insts, account);
	rc = find(h, p != NULL ? p->group : alone, account, holder, d);
	if (rc == EXCH_OK && exch_keyed_add(&h->known, 0, account, &k) != 0)
		rc = exch_report_nomem(d);
	if (rc == EXCH_OK)
		k->holder = *holder;
	return rc;
}

void
exch_report_holder(
    struct exch_report_run *run, const struct exch_holders *h, uint32_t holder)
{
	const struct exch_holder *x = &h->holder[holder];

	if (x->group[0] != '\0')
		exch_report_chars(run, x->group, sizeof(x->group));
	else
		exch_report_account(run, x->account);
}
