/*
 * The engine in a program of your own, with what "make install" installs and
 * nothing else: one book, orders from memory, and what they cost.
 *
 *	cc -O2 embed.c $(pkg-config --cflags --libs exch) -o embed
 *	./embed			nanoseconds per message
 *	./embed FILE		commands and events as they come, into FILE
 *	valgrind --tool=callgrind --toggle-collect=drive ./embed
 *				"Collected" / messages: instructions
 */
#include <exch/engine.h>
#include <stdio.h>
#include <time.h>

#define N 1000000u

static union message {
	struct exch_rec h;
	struct exch_rec_instrument instrument;
	struct exch_rec_new order;
	struct exch_rec_cancel cancel;
} in[N];

#define HEAD(TYPE, part, time) exch_embed_head(TYPE, sizeof(part), 1, time)

/* One instrument in cents; then orders, and cancels of one of the last 1000. */
static void
make(void)
{
	const int64_t cent = EXCH_PX_ONE / 100;
	uint64_t x = 1, id = 0;

	in[0].instrument = (struct exch_rec_instrument){
	    .h = HEAD(EXCH_REC_INSTRUMENT, in->instrument, 0),
	    .symbol = "DEMO",
	    .px_decimals = 2,
	    .tick = cent,
	    .lot = 1,
	    .max_qty = EXCH_QTY_NONE,
	    .reference = EXCH_PX_NONE,
	    .strike = EXCH_PX_NONE,
	    .multiplier = EXCH_PX_ONE};
	for (unsigned i = 1; i < N; i++) {
		int64_t low = (x >> 63) != 0 ? 9960 : 9990;

		x = x * 6364136223846793005u + 1442695040888963407u;
		if (i % 2 == 0 && id > 1000)
			in[i].cancel = (struct exch_rec_cancel){
			    .h = HEAD(EXCH_REC_CANCEL, in->cancel, i),
			    .order = id - (x >> 33) % 1000,
			    .qty = EXCH_QTY_NONE};
		else
			in[i].order = (struct exch_rec_new){
			    .h = HEAD(EXCH_REC_NEW, in->order, i),
			    .order = ++id,
			    .qty = 1 + (x >> 40) % 100,
			    .side = low == 9960 ? EXCH_BUY : EXCH_SELL,
			    .price = cent * (low + (int64_t)(x >> 34) % 50),
			    .ordtype = EXCH_ORD_LIMIT,
			    .tif = EXCH_TIF_DAY};
	}
}

/* What is measured: messages in, events out. */
__attribute__((noinline)) int drive(
    struct exch_embed *e, FILE *to, unsigned long *events);

int
drive(struct exch_embed *e, FILE *to, unsigned long *events)
{
	const struct exch_rec *r;

	for (unsigned i = 0; i < N; i++) {
		if (exch_embed_submit(e, &in[i].h, NULL) != 0)
			return 1;
		if (to != NULL)
			fwrite(&in[i], exch_rec_len(&in[i].h), 1, to);
		for (; (r = exch_embed_next(e)) != NULL; ++*events)
			if (to != NULL)
				fwrite(r, exch_rec_len(r), 1, to);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	FILE *to = argc > 1 ? fopen(argv[1], "wb") : NULL;
	unsigned long events = 0;
	struct exch_embed *e;
	struct timespec a, b;

	make();
	if (argc > 1 && to == NULL)
		return perror(argv[1]), 1;
	if (exch_embed_new(NULL, &e, NULL) != 0)
		return 1;
	clock_gettime(CLOCK_MONOTONIC, &a);
	if (drive(e, to, &events) != 0)
		return 1;
	clock_gettime(CLOCK_MONOTONIC, &b);
	printf("messages,events,ns_per_message,state\n%u,%lu,%.1f,%016llx\n", N,
	    events,
	    ((double)(b.tv_sec - a.tv_sec) * 1e9 +
		(double)(b.tv_nsec - a.tv_nsec)) /
		N,
	    (unsigned long long)exch_embed_hash(e));
	exch_embed_free(e);
	return to != NULL && fclose(to) != 0;
}
