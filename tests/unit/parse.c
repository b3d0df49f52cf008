/*
 * Text that people or other programs wrote: what is accepted, and what is
 * refused with the line and a sentence that says why.
 */
#include <config.h>

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stream_kit.h"
#include "tap.h"

#define HEADER                                                                 \
	"{\"t\":\"header\",\"major\":1,\"minor\":0,"                           \
	"\"start\":\"2023-02-07T00:00:00Z\","                                  \
	"\"id\":\"000102030405060708090a0b0c0d0e0f\",\"date\":20230207,"       \
	"\"source\":1,\"text\":\"\"}\n"
#define TIME "\"time\":\"2023-02-07T09:30:00.5Z\""
#define ACK(seq)                                                               \
	"{\"t\":\"ack\",\"source\":1,\"seq\":\"" seq "\"," TIME                \
	",\"instr\":1,\"order\":\"7\"}\n"
#define END(n) "{\"t\":\"end\",\"records\":\"" n "\",\"status\":\"complete\"}\n"

static void
refuse(const char *text, int code, uint64_t line, const char *why)
{
	struct kit_got g;

	kit_read(text, strlen(text), &g);
	if (!tap_ok(g.end == code && g.d.where == line &&
			strstr(g.d.text, why) != NULL,
		why))
		printf(
		    "# got %d, line %d: %s\n", g.end, (int)g.d.where, g.d.text);
	kit_free(&g);
}

static void
accept(const char *text, size_t records, const char *what)
{
	struct kit_got g;

	kit_read(text, strlen(text), &g);
	if (!tap_ok(g.end == 0 && g.records == records, what))
		printf("# got %d, %zu records, line %d: %s\n", g.end, g.records,
		    (int)g.d.where, g.d.text);
	kit_free(&g);
}

static void
json(void)
{
	const int bad = EXCH_ERR_FORMAT;

	accept(HEADER ACK("1") ACK("2") END("2"), 2, "a small stream");
	accept(HEADER "\n" ACK("1") "\r\n" END("1"), 1, "empty lines");
	accept(HEADER "{ \"instr\" : 1 , \"seq\": 4, \"order\":7, " TIME
		      ", \"t\":\"ack\", \"source\":\"1\" }\n" END("1"),
	    1, "any order, blanks, numbers as they are");
	refuse(ACK("1"), bad, 1, "not the header line");
	refuse(HEADER ACK("1"), EXCH_ERR_CUT, 3, "without its end line");
	refuse(HEADER ACK("1") "{\"t\":\"e", EXCH_ERR_CUT, 3, "ends early");
	refuse(HEADER ACK("1") END("2"), EXCH_ERR_CUT, 3,
	    "counts 2 records, but 1 came");
	refuse(
	    HEADER ACK("1") END("1") ACK("2"), bad, 4, "follow the end line");
	refuse(HEADER ACK("2") ACK("2"), bad, 3, "numbers go back");
	refuse(HEADER "[1]\n", bad, 2, "not a JSON object");
	refuse(HEADER "{\"t\":\"ack\"\n", bad, 2, "closing brace");
	refuse(HEADER "{\"t\":\"ack\"} x\n", bad, 2, "after the object");
	refuse(HEADER "{\"t\":{}}\n", bad, 2, "neither a string");
	refuse(HEADER "{\"t\":true}\n", bad, 2, "neither a string");
	refuse(HEADER "{\"t\":\"a\\x\"}\n", bad, 2, "unknown escape");
	refuse(HEADER "{\"t\":\"\\ud800\"}\n", bad, 2, "unknown escape");
	refuse(HEADER "{\"t\":\"a\tb\"}\n", bad, 2, "control character");
	refuse(HEADER "{\"t\":\"ack}\n", bad, 2, "without an end");
	refuse(HEADER "{\"t\":\"acks\"}\n", bad, 2, "'t' cannot be 'acks'");
	refuse(HEADER "{\"source\":1}\n", bad, 2, "'t' is missing");
	refuse(HEADER "{\"t\":\"ack\",\"source\":256}\n", bad, 2,
	    "'source' cannot be '256'");
	refuse(HEADER "{\"t\":\"ack\",\"source\":1,\"seq\":\"0\"}\n", bad, 2,
	    "numbers go back");
	refuse(HEADER "{\"t\":\"ack\",\"source\":1,\"seq\":\"1\","
		      "\"time\":\"noon\"}\n",
	    bad, 2, "'time' cannot be 'noon'");
	refuse(HEADER "{\"t\":\"ack\",\"source\":1,\"seq\":\"1\"," TIME
		      ",\"symbol\":\"ABC\",\"order\":\"7\"}\n",
	    bad, 2, "'symbol' cannot be 'ABC'");
	refuse(HEADER "{\"t\":\"ack\",\"source\":1,\"seq\":\"1\"," TIME "}\n",
	    bad, 2, "'order' is missing");
	refuse(HEADER "{\"t\":\"ack\",\"source\":1,\"seq\":\"1\"," TIME
		      ",\"order\":null}\n",
	    bad, 2, "'order' has no value");
	refuse(HEADER "{\"t\":\"ack\",\"source\":1,\"seq\":\"1\"," TIME
		      ",\"order\":7,\"ordr\":8}\n",
	    bad, 2, "unknown or repeated key 'ordr'");
	refuse(HEADER "{\"t\":\"ack\",\"source\":1,\"seq\":\"1\"," TIME
		      ",\"order\":7,\"order\":7}\n",
	    bad, 2, "unknown or repeated key 'order'");
	refuse(HEADER "{\"t\":\"ack\",\"source\":1,\"seq\":\"1\"," TIME
		      ",\"order\":7,\"flags\":\"first\"}\n",
	    bad, 2, "'flags' cannot be 'first'");
	refuse(HEADER "{\"t\":\"ack\",\"source\":1,\"seq\":\"1\"," TIME
		      ",\"order\":7,\"ext\":\"cause:x:1\"}\n",
	    bad, 2, "'ext' cannot be");
	refuse(HEADER "{\"t\":\"ack\",\"source\":1,\"seq\":\"1\"," TIME
		      ",\"raw\":\"0102\"}\n",
	    bad, 2, "bytes of the record");
	refuse(HEADER "{\"t\":\"seq\",\"source\":1," TIME ",\"next\":7}\n", bad,
	    2, "no place in text");
	refuse("{\"t\":\"header\",\"major\":2,\"minor\":0}\n", EXCH_ERR_VERSION,
	    1, "format version 2");
}

/* A price or quantity alone, as it would stand in JSON. */
static int64_t
number(const char *price, const char *qty, int64_t *got_qty)
{
	char text[2048];
	struct kit_got g;
	int64_t px = -1;

	snprintf(text, sizeof(text),
	    HEADER "{\"t\":\"book-add\",\"source\":1,\"seq\":1," TIME
		   ",\"order\":1,\"price\":%s,\"qty\":%s,\"side\":\"buy\","
		   "\"mpid\":\"\"}\n" END("1"),
	    price, qty);
	kit_read(text, strlen(text), &g);
	if (g.end == 0) {
		const struct exch_rec_book_add *a = (const void *)(g.p + 8);

		px = a->price;
		*got_qty = (int64_t)a->qty;
	}
	kit_free(&g);
	return px;
}

static void
numbers(void)
{
	int64_t qty = 0;

	tap_is_i64(number("10.01", "5", &qty), 10010000000, "10.01");
	tap_is_i64(qty, 5, "five");
	tap_is_i64(number("-0.000000001", "0.25", &qty), -1, "one unit");
	tap_is_i64(qty, 25, "decimals without an instrument");
	tap_is_i64(number("null", "null", &qty), EXCH_PX_NONE, "none");
	tap_is_i64(qty, -1, "none");
	tap_is_i64(number("9223372036.854775806", "18446744073709551614", &qty),
	    INT64_MAX - 1, "the largest");
	tap_is_i64(qty, -2, "the largest");
	tap_is_i64(number("9223372036.854775807", "1", &qty), -1,
	    "what means none is no price");
	tap_is_i64(number("1e2", "1", &qty), -1, "no exponents");
	tap_is_i64(number("0.0000000001", "1", &qty), -1, "too fine");
	tap_is_i64(number("1", "-1", &qty), -1, "less than nothing");
	tap_is_i64(number("1", "18446744073709551615", &qty), -1, "too many");
}

#define HEAD "type,source,seq,time,symbol,instr,flags,order,ext\n"

static void
csv(void)
{
	const int bad = EXCH_ERR_FORMAT;

	accept(HEAD "ack,1,1,2023-02-07T09:30:00Z,,1,,7,\n", 1, "a row");
	accept("type,order,time,seq,source\r\n"
	       "ack,7,2023-02-07T09:30:00Z,1,1\r\n",
	    1, "any order of columns, CRLF, no empty columns");
	accept(HEAD "ack,1,1,1675762200000000000,,1,,7,\n\n"
		    "type,source,seq,time,order,qty\n"
		    "book-reduce,1,2,1675762200000000000,7,10\n",
	    2, "two tables");
	accept(HEAD "ack,1,1,5,,1,,7,\nend,,1,,complete,,,,\n", 1,
	    "with an end row");
	refuse(HEAD "ack,1,1,5,,1,,7,\nend,,2,,complete,,,,\n", EXCH_ERR_CUT, 3,
	    "counts 2 rows, but 1 came");
	refuse(HEAD "end,,0,,complete,,,,\nack,1,1,5,,1,,7,\n", bad, 3,
	    "rows follow the end row");
	refuse(HEAD "ack,1,1,5,,1,,7,\nack,1,2,5,,1,,7", EXCH_ERR_CUT, 3,
	    "row ends early");
	refuse(HEAD "ack,1,1,5,,1,,7\n", bad, 2,
	    "row has 8 fields, its heading 9");
	refuse(HEAD "ack,1,1,5,,1,,,\n", bad, 2, "'order' has no value");
	refuse(HEAD "\n\nack,1,1,5,,1,,x,\n", bad, 4, "'order' cannot be 'x'");
	refuse(HEAD "ack,1,1,5,,1,,\"7,\n", EXCH_ERR_CUT, 2, "row ends early");
	refuse(HEAD "ack,1,1,5,,1,,7\"x\",\n", bad, 2, "quotes");
	refuse(HEAD "ack,200,1,5,,1,,7,\nack,201,1,5,,1,,7,\n", bad, 3,
	    "'source' cannot be '201'");
	refuse(
	    "type,source,seq,time\nack,1,1,5\n", bad, 2, "'order' is missing");
	refuse("type,source,seq,time,order,qty\nack,1,1,5,7,1\n", bad, 2,
	    "unknown or repeated key 'qty'");
	accept("type,source,seq,time,order,qty\nack,1,1,5,7,\n", 1,
	    "empty cells of other types");
}

/* One type alone: its records come back, quantities in their unit. */
static void
single(void)
{
	struct exch_writer_opts o = {.tool = "t",
	    .options = "",
	    .format = EXCH_FMT_CSV,
	    .csv_type = EXCH_REC_NEW};
	struct exch_writer *w;
	struct exch_out *out;
	struct exch_rec_new *n;
	struct kit_got g;
	const unsigned char *p;
	char *copy;
	size_t len;

	exch_out_mem(&out);
	exch_writer_open(out, &o, &w, NULL);
	kit_instrument(w, 2, "BTC/USD", 2, -8, 1);
	n = exch_writer_new(w, EXCH_REC_NEW, sizeof(*n), 2, 9);
	n->price = 12345;
	n->qty = 250000000;
	(void)exch_writer_new(w, EXCH_REC_ACK, 24, 2, 9);
	exch_writer_close(w, EXCH_STATUS_COMPLETE, NULL);
	exch_writer_free(w);
	p = exch_out_mem_bytes(out, &len);
	copy = calloc(1, len + 1);
	memcpy(copy, p, len);
	tap_is_str(copy,
	    "type,source,seq,time,symbol,instr,flags,order,price,qty,account,"
	    "side,ordtype,tif,ordflags,ext\n"
	    "new,1,2,1970-01-01T00:00:00.000000009Z,BTC/USD,2,,0,0.000012345,"
	    "2.50000000,0,none,0,day,none,\n",
	    "a table of one type");
	free(copy);
	kit_read(p, len, &g);
	n = (void *)(g.p + 8);
	tap_ok(g.end == 0 && g.records == 1, "it reads");
	tap_is_u64(n->qty, 250000000, "the quantity has its unit");
	kit_free(&g);
	exch_out_free(out);
}

/* What jq makes of a line: other spacing, sorted keys, numbers respelt. */
static void
through_jq(void)
{
	char digest[96], back[96];
	struct exch_out *out, *text, *bin;
	struct exch_diag d;
	const unsigned char *p;
	size_t n;
	FILE *f;
	int end;

	if (system("jq --version >/dev/null 2>&1") != 0) {
		tap_skip("through jq", "no jq");
		return;
	}
	exch_out_mem(&out);
	{
		struct exch_writer_opts o = {.tool = "t",
		    .options = "",
		    .format = EXCH_FMT_JSON,
		    .digest = true};
		struct exch_writer *w;

		exch_writer_open(out, &o, &w, NULL);
		kit_instrument(w, 1, "ABC", 2, 0, 10000000);
		for (uint64_t i = 0; i < 100; i++) {
			struct exch_rec_exec *e = exch_writer_new(w,
			    EXCH_REC_EXEC, sizeof(*e), 1, 1700000000000000123u);

			e->buy = UINT64_MAX - i;
			e->price = (exch_px)(i * 10000000);
			e->qty = i * i * 100;
		}
		kit_texts(w);
		exch_writer_close(w, EXCH_STATUS_COMPLETE, NULL);
		exch_writer_digest(w, digest);
		exch_writer_free(w);
	}
	p = exch_out_mem_bytes(out, &n);
	f = fopen("parse.tmp.json", "wb");
	if (f == NULL || fwrite(p, 1, n, f) != n || fclose(f) != 0)
		exit(1);
	/* jq replaces lone surrogates: lines with bytes are left out. */
	if (system("grep -v udc parse.tmp.json | jq -cS . >parse.tmp.jq"))
		exit(1);
	exch_out_mem(&text);
	f = fopen("parse.tmp.jq", "rb");
	for (int c; f != NULL && (c = getc(f)) != EOF;) {
		unsigned char b = (unsigned char)c;

		exch_out_write(text, &b, 1, NULL);
	}
	if (f != NULL)
		fclose(f);
	(void)unlink("parse.tmp.json");
	(void)unlink("parse.tmp.jq");
	bin = kit_convert(text, EXCH_FMT_BIN, back, &end, &d);
	/* One notice is missing, and the end line tells. */
	tap_is_i64(end, EXCH_ERR_CUT, "a line that is missing is noticed");
	tap_ok(strstr(d.text, "counts 111 records, but 110 came") != NULL,
	    "the others were understood");
	tap_ok(strcmp(digest, back) != 0, "and the digest tells");
	exch_out_free(out);
	exch_out_free(text);
	exch_out_free(bin);
}

int
main(void)
{
	json();
	numbers();
	csv();
	single();
	through_jq();
	return tap_done();
}
