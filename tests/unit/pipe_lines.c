/*
 * sim/pipe: what a program is told, byte for byte, and what its lines mean or
 * why they mean nothing.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "../tap.h"
#include "base/rng.h"
#include "rec/schema.h"
#include "sim/pipe.h"

#define BEGIN (1000 * EXCH_SEC)
#define PX(x) ((exch_px)((x)*10000) * 100000)

static struct exch_rec_instrument instr[2] = {{.h.instr = 7,
						  .symbol = "ABC",
						  .px_decimals = 2,
						  .tick = PX(0.01),
						  .lot = 100,
						  .min_qty = 100,
						  .max_qty = EXCH_QTY_NONE,
						  .reference = PX(10)},
    {.h.instr = 9,
	.symbol = "BTC-USD",
	.px_decimals = 1,
	.qty_exponent = -5,
	.tick = PX(0.5),
	.lot = 100,
	.min_qty = 1,
	.max_qty = 1000000,
	.reference = EXCH_PX_NONE}};

/* The second is where other fees are. */
static const struct exch_agent_access access_to[] = {
    {.maker_fee = -20000, .taker_fee = 300000},
    {.maker_fee = 10000, .taker_fee = 300000}};

static struct exch_agent agent = {.name = "mm",
    .seed = UINT64_MAX,
    .instr = instr,
    .ninstr = 2,
    .access = access_to,
    .maker_fee = -20000,
    .taker_fee = 300000,
    .begin = BEGIN,
    .end = BEGIN + 5 * EXCH_SEC,
    .least_latency = 50000};

static struct exch_pipe_words two, one;

/* ---- what it is told ---- */

static void
hello(void)
{
	struct exch_buf b = {0};

	exch_pipe_say_hello(&two, &agent, &b);
	exch_buf_char(&b, '\0');
	tap_is_str(b.p,
	    "exch 1\nagent mm\nseed 9007199254740991\n"
	    "begin 1970-01-01T00:16:40.000000000Z\nend 5000000000\n"
	    "latency 50000\nfees maker -0.00002 taker 0.0003\n"
	    "instrument ABC tick 0.01 lot 100 unit 1 decimals 2 "
	    "reference 10.00 min 100 max -\n"
	    "instrument BTC-USD tick 0.5 lot 0.001 unit 0.00001 decimals 1 "
	    "reference - min 0.00001 max 10 maker 0.00001 "
	    "taker 0.0003\n.\n",
	    "hello");
	exch_buf_free(&b);
}

static const struct {
	const char *line;
	struct exch_agent_msg m;
} told[] = {{"bbo 1 ABC 9.99 300 10.01 200\n", {.what = EXCH_TOLD_TOP,
						   .instr = 7,
						   .price = PX(9.99),
						   .qty = 300,
						   .price2 = PX(10.01),
						   .qty2 = 200}},
    {"bbo 1 BTC-USD - 0 91000.5 0.25\n", {.what = EXCH_TOLD_TOP,
					     .instr = 9,
					     .price = EXCH_PX_NONE,
					     .qty = 5,
					     .price2 = PX(91000.5),
					     .qty2 = 25000}},
    {"level 1 ABC buy -0.25 0\n",
	{.what = EXCH_TOLD_LEVEL, .instr = 7, .side = 1, .price = -PX(0.25)}},
    {"trade 1 ABC sell 10.005 1\n", {.what = EXCH_TOLD_TRADE,
					.instr = 7,
					.side = 2,
					.price = PX(10.005),
					.qty = 1}},
    {"trade 1 ABC - 10.00 1\n",
	{.what = EXCH_TOLD_TRADE, .instr = 7, .price = PX(10), .qty = 1}},
    {"add 1 ABC 18446744073709551615 sell 10.00 1\n", {.what = EXCH_TOLD_ADD,
							  .instr = 7,
							  .side = EXCH_SHORT,
							  .order = UINT64_MAX,
							  .price = PX(10),
							  .qty = 1}},
    {"left 1 ABC 12 40\n",
	{.what = EXCH_TOLD_LEFT, .instr = 7, .order = 12, .qty = 40}},
    {"phase 1 ABC pre-open\n",
	{.what = EXCH_TOLD_PHASE, .instr = 7, .reason = EXCH_PHASE_PRE_OPEN}},
    {"accepted 1 ABC 3 12\n",
	{.what = EXCH_TOLD_ACCEPTED, .instr = 7, .tag = 3, .order = 12}},
    {"rejected 1 - 99 unknown-order\n", {.what = EXCH_TOLD_REJECTED,
					    .tag = 99,
					    .reason = EXCH_REJ_UNKNOWN_ORDER}},
    {"filled 1 ABC 3 buy 10.00 40 60 maker\n", {.what = EXCH_TOLD_FILLED,
						   .instr = 7,
						   .tag = 3,
						   .side = 1,
						   .price = PX(10),
						   .qty = 40,
						   .qty2 = 60,
						   .maker = true}},
    {"cancelled 1 BTC-USD 3 0.001 user\n", {.what = EXCH_TOLD_CANCELED,
					       .instr = 9,
					       .tag = 3,
					       .qty = 100,
					       .reason = EXCH_WHY_USER}},
    {"replaced 1 ABC 3 10.02 50\n", {.what = EXCH_TOLD_REPLACED,
					.instr = 7,
					.tag = 3,
					.price = PX(10.02),
					.qty = 50}},
    {"timer 1\n", {.what = EXCH_TOLD_TIMER}},
    {"end 1\n", {.what = EXCH_TOLD_END}}};

static void
turns(void)
{
	struct exch_agent_msg m = {.what = EXCH_TOLD_TIMER, .time = BEGIN - 3};
	struct exch_buf b = {0};
	char want[256], what[128];

	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		struct exch_agent_msg x = told[i].m;

		x.time = BEGIN + 1;
		b.len = 0;
		exch_pipe_say_turn(&two, 12, BEGIN + 34, &x, 1, &b);
		exch_buf_char(&b, '\0');
		snprintf(want, sizeof(want), "turn 12 34\n%s.\n", told[i].line);
		snprintf(what, sizeof(what), "%.*s",
		    (int)strcspn(told[i].line, "\n"), told[i].line);
		tap_is_str(b.p, want, what);
	}
	b.len = 0;
	exch_pipe_say_turn(&two, 1, BEGIN, &m, 1, &b);
	exch_buf_char(&b, '\0');
	tap_is_str(b.p, "turn 1 0\ntimer -3\n.\n", "before the beginning");
	exch_buf_free(&b);
}

/* Prices of one slot of the cache take each other's place. */
static void
prices(void)
{
	struct exch_buf b = {0};
	char want[256];
	unsigned wrong = 0;
	struct exch_rng rng;

	exch_rng_seed(&rng, 1);
	for (unsigned i = 0; i < 20000; i++) {
		int64_t v = (int64_t)exch_rng_below(&rng, 2000) - 1000;
		struct exch_agent_msg m = {.what = EXCH_TOLD_TRADE,
		    .time = BEGIN,
		    .instr = i % 2 == 0 ? 7 : 9,
		    .side = 1,
		    .price = v * 10000000,
		    .qty = 1};

		b.len = 0;
		exch_pipe_say_turn(&two, 1, BEGIN, &m, 1, &b);
		exch_buf_char(&b, '\0');
		if (i % 2 == 0)
			snprintf(want, sizeof(want),
			    "turn 1 0\ntrade 0 ABC buy %s%lld.%02lld 1\n.\n",
			    v < 0 ? "-" : "", llabs(v) / 100, llabs(v) % 100);
		else
			snprintf(want, sizeof(want),
			    "turn 1 0\ntrade 0 BTC-USD buy %s%lld.%.*lld "
			    "0.00001\n.\n",
			    v < 0 ? "-" : "", llabs(v) / 100,
			    v % 10 == 0 ? 1 : 2,
			    v % 10 == 0 ? llabs(v) % 100 / 10 : llabs(v) % 100);
		wrong += strcmp(b.p, want) != 0;
	}
	tap_is_u64(wrong, 0, "prices, written anew or again");
	exch_buf_free(&b);
}

/* ---- what it says ---- */

/* A command in words: other code than that which reads it. */
static void
show(const struct exch_agent_cmd *c, uint64_t busy, char *to, size_t room)
{
	static const char *const what[] = {
	    "new", "cancel", "replace", "cancel-all", "wake"};
	int n = snprintf(to, room, "%s %u %llu", what[c->what], c->instr,
	    (unsigned long long)c->tag);

	if (c->what == EXCH_AGENT_NEW)
		n += snprintf(to + n, room - (size_t)n, " %s %s %s %s",
		    exch_word_of(exch_words_side, c->side),
		    exch_word_of(exch_words_ordtype, c->ordtype),
		    exch_word_of(exch_words_tif, c->tif),
		    exch_word_of(exch_words_ordflags, c->ordflags));
	if (c->qty != 0)
		n += snprintf(to + n, room - (size_t)n, " q%llu",
		    (unsigned long long)c->qty);
	if (c->price != EXCH_PX_NONE)
		n += snprintf(
		    to + n, room - (size_t)n, " p%lld", (long long)c->price);
	if (c->stop != EXCH_PX_NONE)
		n += snprintf(
		    to + n, room - (size_t)n, " s%lld", (long long)c->stop);
	if (c->display != 0)
		n += snprintf(to + n, room - (size_t)n, " d%llu",
		    (unsigned long long)c->display);
	if (c->what == EXCH_AGENT_WAKE)
		n += snprintf(to + n, room - (size_t)n, " @%llu",
		    (unsigned long long)(c->at - BEGIN));
	if (busy != 0)
		snprintf(to + n, room - (size_t)n, " b%llu",
		    (unsigned long long)busy);
}

/* The line, or a sentence with its column. */
static void
read_line(
    const struct exch_pipe_words *w, const char *line, char *to, size_t room)
{
	struct exch_agent_cmd c;
	struct exch_diag d = {0};
	uint64_t busy = 0;
	int got = exch_pipe_command(
	    w, BEGIN + 1000, line, strlen(line), &c, &busy, &d);

	if (got == 1)
		show(&c, busy, to, room);
	else if (got == 0)
		snprintf(to, room, "nothing %llu", (unsigned long long)busy);
	else
		snprintf(to, room, "%d:%llu: %s", got,
		    (unsigned long long)d.column, d.text);
}

#define WANT_OPTION                                                            \
	"expected ioc, fok, day, gtc, post-only, slide, hidden, aon, ato, "    \
	"atc, gfa, imbalance-only, sweep, show, stop, touched or as"
static const struct {
	const char *line, *means;
} commands[] = {{"buy 100 ABC @ 10.01 as 1", "new 7 1 buy limit day none q100 "
					     "p10010000000"},
    {"  sell\t100 ABC @10.01 ioc as 18446744073709551615 \r",
	"new 7 18446744073709551615 sell limit ioc none q100 p10010000000"},
    {"buy 0.25 BTC-USD@91000.5 gtc post-only hidden as 2",
	"new 9 2 buy limit gtc hidden+post-only q25000 p91000500000000"},
    {"short 1 ABC @ market fok as 3", "new 7 3 short market fok none q1"},
    {"sell 500 ABC @ -0.25 show 100 as 4",
	"new 7 4 sell limit day none q500 p-250000000 d100"},
    {"buy 1 ABC @ 10 stop 9.5 as 5",
	"new 7 5 buy stop-limit day none q1 p10000000000 s9500000000"},
    {"buy 1 ABC @ market touched 9.5 as 5",
	"new 7 5 buy mit day none q1 s9500000000"},
    {"buy 1 ABC @ 10 slide as 5",
	"new 7 5 buy limit day slide q1 p10000000000"},
    {"cancel 5", "cancel 0 5"}, {"cancel all", "cancel-all 0 0"},
    {"cancel all BTC-USD", "cancel-all 9 0"},
    {"replace 5 with 50 ABC @ 10.5", "replace 0 5 q50 p10500000000"},
    {"replace 5 with 0.5 BTC-USD", "replace 0 5 q50000"},
    {"wake +10ms", "wake 0 0 @10001000"}, {"wake 5000", "wake 0 0 @5000"},
    {"busy 20us", "nothing 20000"}, {"", "nothing 0"},
    {"  # buy 1", "nothing 0"},
    {"quote", "-3:1: expected buy, sell, short, short-exempt, cancel, "
	      "replace, wake, busy or a full stop, not \"quote\""},
    {"byu 1 ABC @ 1 as 1", "-3:1: expected buy, not \"byu\""},
    {"BUY 1 ABC @ 1 as 1", "-3:1: expected buy, not \"BUY\""},
    {"buy", "-3:0: expected a quantity at the end of the line"},
    {"buy 1 XYZ @ 1 as 1",
	"-3:7: expected the symbol of an instrument, not \"XYZ\""},
    {"buy 1 @ 1 as 1", "-3:7: expected the symbol of an instrument, not \"@\""},
    {"buy 0 ABC @ 1 as 1", "-3:5: expected a quantity above 0, not \"0\""},
    {"buy 1.5 ABC @ 1 as 1", "-5:5: expected a whole quantity, not \"1.5\""},
    {"buy 0.000001 BTC-USD @ 1 as 1",
	"-5:5: expected a quantity in the instrument's unit, not "
	"\"0.000001\""},
    {"buy 99999999999999999999 ABC @ 1 as 1",
	"-5:5: expected a whole quantity, not \"99999999999999999999\""},
    {"buy 1 ABC 10.01 as 1", "-3:11: expected @ and a price, not \"10.01\""},
    {"buy 1 ABC @ nan as 1", "-3:13: expected a price, not \"nan\""},
    {"buy 1 ABC @ 1e3 as 1", "-3:13: expected a price, not \"1e3\""},
    {"buy 1 ABC @ 10.0000000001 as 1",
	"-5:13: expected a price of at most nine decimals, not "
	"\"10.0000000001\""},
    {"buy 1 ABC @ 10", "-3:0: expected \"as\" and a number of its own for "
		       "the order at the end of the line"},
    {"buy 1 ABC @ 10 as 0", "-3:19: expected a number of its own for the "
			    "order, 1 or more, not \"0\""},
    {"buy 1 ABC @ 10 ioc fok as 1",
	"-3:20: expected one of ioc, fok, day, gtc, ato, atc and gfa, not "
	"\"fok\""},
    {"buy 1 ABC @ 10 postonly as 1",
	"-3:16: " WANT_OPTION ", not \"postonly\""},
    {"cancel", "-3:0: expected a number of its own for the order, 1 or more "
	       "at the end of the line"},
    {"cancel 5 6", "-3:10: expected nothing more, not \"6\""},
    {"cancel all XYZ",
	"-3:12: expected the symbol of an instrument, not \"XYZ\""},
    {"replace 5 50", "-3:11: expected \"with\" and the quantity that shall be "
		     "open, not \"50\""},
    {"replace 5 with 50",
	"-3:0: expected the symbol: quantities have several units at the end "
	"of the line"},
    {"wake", "-3:0: expected a time such as 50us or 10ms, or nanoseconds at "
	     "the end of the line"},
    {"wake 10 ms", "-3:9: expected nothing more, not \"ms\""},
    {"wake +-1ms", "-3:6: expected a time such as 50us or 10ms, or "
		   "nanoseconds, not \"+-1ms\""}};

static void
says(void)
{
	char got[640];
	char many[200] = "";

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		read_line(&two, commands[i].line, got, sizeof(got));
		tap_is_str(got, commands[i].means,
		    commands[i].line[0] == ' ' ? "blanks before it"
					       : commands[i].line);
	}
	read_line(&one, "buy 1 @ 10 as 1", got, sizeof(got));
	tap_is_str(got, "new 7 1 buy limit day none q1 p10000000000",
	    "one instrument needs no symbol");
	read_line(&one, "replace 1 with 50 @ 10", got, sizeof(got));
	tap_is_str(got, "replace 0 1 q50 p10000000000", "nor does a replace");
	for (unsigned i = 0; i < 40; i++)
		strcat(many, "a ");
	read_line(&one, many, got, sizeof(got));
	tap_is_str(got, "-9:0: more than 32 words in a line", "many words");
}

/* ---- ready ---- */

static const struct {
	const char *line, *means;
} readies[] = {{"ready protocol=1", "1 0 0 1fff"},
    {"ready protocol=1 name=x sub=l2,trades,l3 wake=own\r", "10 1 1 1f80"},
    {"ready wake=bbo,timer sub=bbo protocol=1", "1 0 0 1001"},
    {"ready protocol=1 sub=none wake=timer", "0 0 0 1000"},
    {"ready protocol=1 sub=l2:5 wake=l2,phase", "5 0 0 1062"},
    {"ready protocol=2", "-6 it speaks version 2 of the protocol, and this is "
			 "version 1 of exch-agent(7): a newer program needs a "
			 "newer simulator"},
    {"ready protocol=2 magic=7",
	"-6 it speaks version 2 of the protocol, and this is version 1 of "
	"exch-agent(7): a newer program needs a newer simulator"},
    {"ready", "-3 expected protocol=1 behind \"ready\""},
    {"ready protocol=1 magic=7",
	"-3 expected protocol=, name=, sub= or wake=, not \"magic=7\""},
    {"ready protocol=1 sub=l1",
	"-3 expected bbo, l2, l2:2 to l2:255, l3, trades or none behind sub=, "
	"not \"l1\""},
    {"ready protocol=1 sub=l2:1",
	"-3 expected bbo, l2, l2:2 to l2:255, l3, trades or none behind sub=, "
	"not \"l2:1\""},
    {"ready protocol=1 sub=bbo,l2",
	"-3 sub has one of bbo and l2, which has the best prices, too"},
    {"ready protocol=1 sub=bbo wake=trades", "-3 wake=trades needs sub=trades"},
    {"ready protocol=1 wake=never",
	"-3 expected all, bbo, l2, l3, trades, own, phase or timer behind "
	"wake=, not \"never\""},
    {"exch 1", "-3 expected \"ready protocol=1 ...\", not \"exch\""},
    {"# hm", "nothing"}, {"", "nothing"}};

static void
is_ready(void)
{
	char got[640];

	for (size_t i = 0; i < sizeof(readies) / sizeof(readies[0]); i++) {
		struct exch_agent_wants w;
		struct exch_diag d = {0};
		int err = exch_pipe_ready(
		    readies[i].line, strlen(readies[i].line), &w, &d);

		if (err == 1)
			snprintf(got, sizeof(got), "%u %d %d %x", w.levels,
			    w.orders, w.trades, w.wakes);
		else if (err == 0)
			snprintf(got, sizeof(got), "nothing");
		else
			snprintf(got, sizeof(got), "%d %s", err, d.text);
		tap_is_str(got, readies[i].means, "ready");
	}
}

/* Any bytes are read or refused. */
static void
noise(void)
{
	static const char *const word[] = {"buy", "sell", "cancel", "all",
	    "replace", "with", "@", "ABC", "BTC-USD", "1", "0.5", "as", "ioc",
	    "show", "stop", "wake", "+1ms", "busy", "market", "-", "#", "ready",
	    "protocol=1", "sub=", "wake=", "=", ",", "l2:", "\1", "\200"};
	struct exch_agent_wants w;
	struct exch_agent_cmd c;
	struct exch_rng rng;
	unsigned good = 0, silent = 0;

	exch_rng_seed(&rng, 2);
	for (unsigned i = 0; i < 100000; i++) {
		char line[256], *copy;
		struct exch_diag d = {0};
		uint64_t busy = 0;
		size_t n = 0;
		int err;

		for (uint64_t k = exch_rng_below(&rng, 10); k > 0; k--)
			n += (size_t)snprintf(line + n, sizeof(line) - n,
			    "%s%s", word[exch_rng_below(&rng, 30)],
			    exch_rng_chance(&rng, 9, 10) ? " " : "");
		/* a sanitizer sees who reads behind the end */
		copy = malloc(n > 0 ? n : 1);
		memcpy(copy, line, n);
		err = exch_pipe_command(&two, BEGIN, copy, n, &c, &busy, &d);
		good += err == 1;
		silent += err < 0 && (d.text[0] == 0 || d.code != err);
		exch_diag_clear(&d);
		err = exch_pipe_ready(copy, n, &w, &d);
		good += err == 1;
		silent += err < 0 && (d.text[0] == 0 || d.code != err);
		free(copy);
	}
	tap_ok(good > 5, "some of the noise means something");
	tap_is_u64(silent, 0, "the rest is refused with a sentence");
}

int
main(void)
{
	struct exch_diag d = {0};

	tap_ok(exch_pipe_words_init(&two, &agent, &d) == EXCH_OK, "two");
	agent.ninstr = 1;
	tap_ok(exch_pipe_words_init(&one, &agent, &d) == EXCH_OK, "one");
	agent.ninstr = 2;
	hello();
	turns();
	prices();
	says();
	is_ready();
	noise();
	exch_pipe_words_clear(&one);
	memcpy(instr[1].symbol, "A B", 4);
	tap_ok(exch_pipe_words_init(&one, &agent, &d) == EXCH_ERR_FORMAT,
	    "a symbol with a blank");
	tap_is_str(d.text,
	    "\"A B\" is no symbol that a program can be told: it has blanks, "
	    "or a @, in it",
	    "and why");
	exch_pipe_words_clear(&two);
	return tap_done();
}
