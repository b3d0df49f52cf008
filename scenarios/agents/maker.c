/* A market maker, the same as maker.awk, which says what it does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define IS(i, word) (strcmp(f[i], word) == 0)
static char symbol[25], line[512], *f[20];
static double tick;
static int digits, bid, offer, held, orders, tag[2], price[2];

static void keep(int side, int at, int wanted)
{
	if (tag[side] && (!wanted || price[side] != at))
		printf("cancel %d\n", tag[side]), tag[side] = 0;
	if (!tag[side] && wanted)
		tag[side] = ++orders, price[side] = at,
		printf("%s 100 %s @ %.*f post-only as %d\n", side ? "sell" : "buy", symbol, digits, at * tick, orders);
}

int main(void)
{
	while (fgets(line, sizeof(line), stdin) != NULL) {
		for (int i = 0; i < 20; i++)
			f[i] = strtok(i == 0 ? line : NULL, " \n");
		if (IS(0, "exch"))
			puts("ready protocol=1 name=maker sub=bbo wake=bbo,own");
		else if (IS(0, "instrument") && !symbol[0])
			strncpy(symbol, f[1], 24), tick = atof(f[3]), digits = atoi(f[9]);
		else if (IS(0, "bbo") && IS(2, symbol) && !IS(3, "-") && !IS(5, "-"))
			bid = (int)(atof(f[3]) / tick + 0.5), offer = (int)(atof(f[5]) / tick + 0.5);
		if (IS(0, "filled"))
			held += IS(4, "buy") ? atoi(f[6]) : -atoi(f[6]);
		if (IS(0, "cancelled") || IS(0, "rejected") || (IS(0, "filled") && IS(7, "0")))
			tag[0] *= tag[0] != atoi(f[3]), tag[1] *= tag[1] != atoi(f[3]);
		if (IS(0, ".") && bid)
			keep(0, bid - (held >= 300), held < 500), keep(1, offer + (held <= -300), held > -500);
		if (IS(0, "."))
			puts("."), fflush(stdout);
	}
}
