/*
 * ref/table: every kind of cell, columns in another order or left out, and
 * what is refused with line, column and what was expected.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "ref/table.h"
#include "tap.h"

struct row {
	char name[8];
	uint64_t count;
	uint32_t id;
	int64_t delta;
	exch_px price;
	exch_cash cash;
	uint32_t share;
	int64_t rate;
	uint32_t date;
	uint64_t time;
	uint8_t kind;
};

static const struct exch_cell_word kinds[] = {
    {"stock", 1}, {"option", 2}, {"future", 3}, {NULL, 0}};

#define AT(f) (uint16_t) offsetof(struct row, f)
static const struct exch_column columns[] = {
    {.name = "name", .kind = EXCH_CELL_TEXT, .off = AT(name), .size = 8},
    {.name = "count",
	.kind = EXCH_CELL_UINT,
	.off = AT(count),
	.may_lack = true,
	.lack = INT64_MAX},
    {.name = "id",
	.kind = EXCH_CELL_U32,
	.off = AT(id),
	.least = 1,
	.most = 100},
    {.name = "delta",
	.kind = EXCH_CELL_INT,
	.off = AT(delta),
	.may_lack = true,
	.lack = -7},
    {.name = "price",
	.kind = EXCH_CELL_PX,
	.off = AT(price),
	.may_lack = true,
	.lack = EXCH_PX_NONE},
    {.name = "cash", .kind = EXCH_CELL_CASH, .off = AT(cash), .may_lack = true},
    {.name = "share",
	.kind = EXCH_CELL_SHARE,
	.off = AT(share),
	.may_lack = true},
    {.name = "rate",
	.kind = EXCH_CELL_RATE,
	.off = AT(rate),
	.may_lack = true,
	.least = -EXCH_PX_ONE,
	.most = EXCH_PX_ONE},
    {.name = "date", .kind = EXCH_CELL_DATE, .off = AT(date), .may_lack = true},
    {.name = "time", .kind = EXCH_CELL_TIME, .off = AT(time), .may_lack = true},
    {.name = "kind",
	.kind = EXCH_CELL_WORD,
	.off = AT(kind),
	.may_lack = true,
	.lack = 9,
	.words = kinds},
};
static const struct exch_reftable_shape shape = {
    "a table of things", columns, EXCH_ARRAY_LEN(columns), sizeof(struct row)};

static struct exch_reftable t;
static struct exch_diag d;

static const struct row *
parse(const char *text)
{
	exch_reftable_clear(&t);
	exch_diag_clear(&d);
	if (exch_reftable_parse(text, strlen(text), "things", &shape, &t, &d) !=
	    0)
		return NULL;
	return t.row;
}

static void
whole(void)
{
	const struct row *r =
	    parse("# things\n"
		  "kind,name,count,id,delta,price,cash,share,date,time\n"
		  "option,\"A,B\",9223372036854775807,7,-3,-1.5,2.000001,12.5%,"
		  "2024-02-29,250ms\n"
		  "# more\n"
		  ",12345678,,100,,,,0.25,,\n");

	if (!tap_ok(r != NULL && t.n == 2, "two rows"))
		return;
	tap_is_str(r->name, "A,B", "a text");
	tap_is_u64(r->count, INT64_MAX, "a number");
	tap_is_u64(r->id, 7, "a small one");
	tap_is_i64(r->delta, -3, "one below 0");
	tap_is_i64(r->price, -1500000000, "a price");
	tap_is_i64(r->cash, 2000001, "cash");
	tap_is_u64(r->share, 125000, "a share in percent");
	tap_is_u64(r->date, 20240229, "a leap day");
	tap_is_u64(r->time, 250000000, "a time");
	tap_is_u64(r->kind, 2, "a word");
	tap_is_u64(t.line[0], 3, "its line");
	r++;
	tap_ok(memcmp(r->name, "12345678", 8) == 0, "a text that fills it");
	tap_is_u64(r->count, INT64_MAX, "what stands for no number");
	tap_is_i64(r->delta, -7, "for none that may be below 0");
	tap_is_i64(r->price, EXCH_PX_NONE, "for no price");
	tap_is_u64(r->share, 250000, "a share as a number");
	tap_is_u64(r->kind, 9, "for no word");
	tap_is_u64(t.line[1], 5, "its line, comments counted");
	tap_is_i64(exch_reftable_bad(&t, 1, &d, "no %s", "good"),
	    EXCH_ERR_FORMAT, "bad");
	tap_ok(d.where == 5 && strcmp(d.text, "no good") == 0, "is at it");
	r = parse("id,name,rate\n1,x,-20.47%\n2,x,0.000000001\n");
	tap_ok(r != NULL && r[0].rate == -204700000 && r[1].rate == 1,
	    "rates in percent and as numbers");
	r = parse("id,name\n1,x\n");
	tap_ok(r != NULL && r->kind == 9 && r->delta == -7,
	    "columns may be left out whole");
	r = parse("id,name\n");
	tap_ok(t.n == 0 && d.code == 0, "a table without rows");
}

static void
refused(const char *text, uint64_t line, uint64_t column, const char *why)
{
	bool good = parse(text) == NULL && t.n == 0 && d.where == line &&
		    d.column == column && strstr(d.text, why) != NULL;

	tap_ok(good, why);
	if (!good)
		printf("# %llu:%llu: %s\n", (unsigned long long)d.where,
		    (unsigned long long)d.column, d.text);
}

/* "A" and what follows would be another "A" to whoever compares names. */
static void
byte_of_0(void)
{
	static const char text[] = "id,name\n1,A\0B\n";

	exch_reftable_clear(&t);
	exch_diag_clear(&d);
	tap_is_i64(exch_reftable_parse(
		       text, sizeof(text) - 1, "things", &shape, &t, &d),
	    EXCH_ERR_FORMAT, "a byte of 0 within a name");
	tap_ok(d.where == 2 && d.column == 3 &&
		   strstr(d.text, "a byte of 0") != NULL,
	    "is told with its place");
}

static void
refusals(void)
{
#define H "name,id,price,kind,count\n"
	refused("", 0, 0, "the header of a table of things is missing");
	refused("# only\n", 0, 0, "header of a table of things is missing");
	refused("name,prise,id\n", 1, 6, "did you mean 'price'?");
	refused("name,id,name\n", 1, 9, "stands twice");
	refused("name,kind\n", 1, 0, "column 'id' is missing");
	refused(H "x,1,2\n", 2, 0, "a row of 3 fields; the header has 5");
	refused(H "x,1,2,stock,1,\n", 2, 0, "a row of 6 fields");
	refused(
	    H "\nx,1,2,bond,\n", 3, 7, "expected one of stock, option, future");
	refused(H "x,1,2.1234567891,,\n", 2, 5, "at most nine decimals");
	refused(H "x,1,1e5,,\n", 2, 5, "'1e5' is no 'price'");
	refused(H "x,101,1,,\n", 2, 3, "expected a whole number from 1 to 100");
	refused(H "x,0,1,,\n", 2, 3, "a whole number from 1 to 100");
	refused(H "x,,1,,\n", 2, 3, "'' is no 'id'");
	refused(H "123456789,1,1,,\n", 2, 1, "'123456789' is no 'name'");
	refused(H ",1,1,,\n", 2, 1, "'' is no 'name': expected a name");
	refused(H "x,1,,,9223372036854775808\n", 2, 7, "is no 'count'");
	refused(H "x,1,,,-1\n", 2, 7, "'-1' is no 'count'");
	refused("name,id,date\nx,1,2023-02-29\n", 2, 5, "a date such as");
	refused("name,id,date\nx,1,20230228\n", 2, 5, "a date such as");
	refused("name,id,share\nx,1,-0.1\n", 2, 5, "a share such as");
	refused("name,id,share\nx,1,4294.967296\n", 2, 5, "a share such as");
	refused("name,id,rate\nx,1,-101%\n", 2, 5, "such as -0.05 or -5%");
	refused("name,id,rate\nx,1,-101%\n", 2, 5, "from -1 to 1");
	refused("name,id,time\nx,1,5\n", 2, 5, "a time from 1ns to 24h");
	refused("name,id\n\"x,1\n", 2, 0, "not valid CSV");
	refused(H "123456789,1,1,,\n", 2, 1, "a name of at most 8 bytes");
	byte_of_0();
}

static unsigned long compared;

static int
by_count(const void *a, const void *b)
{
	uint64_t x = ((const struct row *)a)->count;
	uint64_t y = ((const struct row *)b)->count;

	compared++;
	return (x > y) - (x < y);
}

/* Rows among each other: none is compared with all others. */
static void
order(void)
{
	enum { ROWS = 20000 };
	struct exch_buf b = {0};
	struct exch_diag why = {0};
	struct exch_reftable big;
	size_t *at, wrong = 0;

	exch_buf_str(&b, "name,id,count,kind\n");
	for (unsigned i = 0; i < ROWS; i++)
		exch_buf_fmt(&b, "x,1,%u,stock\n", (i * 7919u) % ROWS + 1);
	tap_is_i64(exch_reftable_parse(b.p, b.len, "big", &shape, &big, &why),
	    0, "many rows");
	at = exch_reftable_order(&big, sizeof(struct row), by_count, &why);
	for (size_t i = 0; i < ROWS; i++)
		wrong += ((struct row *)big.row)[at[i]].count != i + 1;
	tap_is_u64(wrong, 0, "in order");
	exch_free(at);
	tap_is_i64(exch_reftable_once(
		       &big, sizeof(struct row), by_count, "is it", &why),
	    0, "none twice");
	tap_ok(compared < 2 * ROWS * 16, "without comparing each with all");
	((struct row *)big.row)[900].count = ((struct row *)big.row)[70].count;
	((struct row *)big.row)[500].count = ((struct row *)big.row)[70].count;
	((struct row *)big.row)[600].count = ((struct row *)big.row)[599].count;
	tap_is_i64(exch_reftable_once(
		       &big, sizeof(struct row), by_count, "is it", &why),
	    EXCH_ERR_FORMAT, "the first that is there already");
	tap_ok(why.where == 502 && strcmp(why.text, "line 72 is it") == 0,
	    "and where it was");
	exch_reftable_clear(&big);
	exch_buf_free(&b);
}

int
main(void)
{
	whole();
	order();
	refusals();
	exch_reftable_clear(&t);
	return tap_done();
}
