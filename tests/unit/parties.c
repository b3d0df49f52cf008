/* Who is behind accounts: the tables that reports for authorities share. */
#include <config.h>

#include "report/parties.h"
#include "tap.h"

static struct exch_insts insts;

static void
account(uint32_t id, const char *name)
{
	struct {
		struct exch_rec_account a;
		char text[32];
	} r = {
	    .a = {
		.h = {.type = EXCH_REC_ACCOUNT}, .bytes = sizeof(r), .id = id}};
	struct exch_diag d = {0};

	r.a.ntext = (uint16_t)strlen(name);
	memcpy(r.text, name, r.a.ntext);
	tap_is_u64(
	    (uint64_t)exch_insts_note(&insts, &r.a.h, &d), 0, "an account");
}

static int
read_text(struct exch_parties *p, const char *text, struct exch_diag *d)
{
	struct exch_given g = {
	    .value = "parties.csv", .text = text, .n = strlen(text)};

	*d = (struct exch_diag){0};
	return exch_parties_read(p, &g, d);
}

static void
test_parties(void)
{
	struct exch_parties p;
	struct exch_diag d;
	const struct exch_party *x;

	tap_is_u64((uint64_t)read_text(&p,
		       "account,lei,capacity,role,born\n"
		       "ZULU,9845EXCHSIMFIRM00160,riskless,maker,1980-01-13\n"
		       "\"A,B\",,agency,,\n"
		       "17,,principal,house,\n",
		       &d),
	    0, "three parties");
	account(1, "ZULU");
	account(2, "A,B");
	account(3, "17");
	account(17, "ALPHA");
	x = exch_parties_of(&p, &insts, 1);
	tap_ok(x != NULL && x->capacity == EXCH_CAPACITY_RISKLESS &&
		   x->role == EXCH_ROLE_MAKER && x->born == 19800113 &&
		   memcmp(x->lei, "9845EXCHSIMFIRM00160", 20) == 0,
	    "by the name that the stream gave it");
	x = exch_parties_of(&p, &insts, 2);
	tap_ok(x != NULL && x->capacity == EXCH_CAPACITY_AGENCY &&
		   x->role == EXCH_ROLE_NONE && x->lei[0] == '\0',
	    "a name with a comma, and cells that say nothing");
	x = exch_parties_of(&p, &insts, 3);
	tap_ok(x != NULL && x->role == EXCH_ROLE_HOUSE, "a name of digits");
	tap_ok(exch_parties_of(&p, &insts, 17) == x,
	    "by its number, as the table has no such name");
	tap_ok(exch_parties_of(&p, &insts, 4) == NULL, "one it does not have");
	tap_ok(exch_parties_of(&p, &insts, 0) == NULL, "no account");
	exch_parties_clear(&p);
	tap_is_u64((uint64_t)exch_parties_read(&p, NULL, &d), 0, "no table");
	tap_ok(exch_parties_of(&p, &insts, 1) == NULL, "knows nobody");
	exch_parties_clear(&p);
}

static void
test_refused(void)
{
	struct exch_parties p;
	struct exch_diag d;

	tap_ok(read_text(&p, "account\nA\nB\nA\n", &d) != 0 && d.where == 4 &&
		   strstr(d.text, "line 2") != NULL,
	    "the same account twice");
	tap_ok(read_text(&p, "account,capacity\nA,agent\n", &d) != 0 &&
		   strstr(d.text, "agent") != NULL,
	    "a capacity that is none");
	tap_ok(read_text(&p, "member\nA\n", &d) != 0, "no accounts");
}

static void
test_products(void)
{
	static const char text[] = "symbol,isin,close_before\n"
				   "XYZ,DE0007164600,50\nABC,US0378331005,\n";
	struct exch_given g = {
	    .value = "products.csv", .text = text, .n = sizeof(text) - 1};
	struct exch_inst in = {.nsymbol = 3, .symbol = "XYZ"};
	struct exch_products p;
	struct exch_diag d = {0};
	const struct exch_product *x;

	tap_is_u64((uint64_t)exch_products_read(&p, &g, &d), 0, "two products");
	x = exch_products_of(&p, &in);
	tap_ok(x != NULL && memcmp(x->isin, "DE0007164600", 12) == 0 &&
		   x->close_before == INT64_C(50000000000),
	    "by its symbol");
	memcpy(in.symbol, "ABC", 3);
	x = exch_products_of(&p, &in);
	tap_ok(x != NULL && x->close_before == EXCH_PX_NONE,
	    "a price that nobody told");
	in.nsymbol = 2;
	memcpy(in.symbol, "AB\0", 3);
	tap_ok(exch_products_of(&p, &in) == NULL, "one it does not have");
	exch_products_clear(&p);
}

int
main(void)
{
	test_parties();
	test_refused();
	test_products();
	exch_insts_clear(&insts);
	return tap_done();
}
