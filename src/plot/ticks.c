/* Ticks of numbers (ticks.h). */
#include <config.h>

#include <string.h>

#include "base/dec.h"
#include "plot/ticks.h"

/* How many multiples of step lie in lo..hi; *first is the least of them. */
static uint64_t
multiples(int64_t lo, int64_t hi, uint64_t step, int64_t *first)
{
	exch_i128 s = (exch_i128)step;
	exch_i128 a = lo / s;
	exch_i128 b = hi / s;
	exch_i128 n;

	if (a * s < lo)
		a++;
	if (b * s > hi)
		b--;
	*first = a > b ? lo : (int64_t)(a * s);
	n = a > b ? 0 : b - a + 1;
	return n > (exch_i128)UINT64_MAX ? UINT64_MAX : (uint64_t)n;
}

/* Zeros at the end of a step, which is 1, 2 or 5 times a power of ten. */
static int
zeros(uint64_t step)
{
	int n = 0;

	for (; step % 10 == 0; step /= 10)
		n++;
	return n;
}

/*
 * Large numbers count in thousands and so on, where that does not cost them
 * more than one digit behind the point.
 */
static void
choose_unit(struct exch_ticks *t, int64_t lo, int64_t hi)
{
	uint64_t a = lo < 0 ? 0 - (uint64_t)lo : (uint64_t)lo;
	uint64_t b = hi < 0 ? 0 - (uint64_t)hi : (uint64_t)hi;
	uint64_t most = a > b ? a : b;
	int power = zeros(t->step) - t->scale;

	t->unit = 0;
	for (int unit = 3; unit <= 18; unit += 3) {
		int at = t->scale + (unit < 5 ? 5 : unit);

		if (at > 19 || at < 0 || most < exch_pow10[at] ||
		    power < unit - 1)
			break;
		t->unit = unit;
	}
	t->decimals = t->unit - power > 0 ? t->unit - power : 0;
}

void
exch_ticks_of(
    int64_t lo, int64_t hi, int scale, unsigned most, struct exch_ticks *t)
{
	static const unsigned part[] = {1, 2, 5};
	uint64_t power = 1;
	uint64_t n = 0;

	*t =
	    (struct exch_ticks){.first = lo, .step = 1, .n = 1, .scale = scale};
	if (lo == hi) {
		/* one value: as many digits as it has */
		while (lo != 0 && lo % (int64_t)(t->step * 10) == 0)
			t->step *= 10;
		if (lo == 0)
			t->step = exch_pow10[scale];
		choose_unit(t, lo, hi);
		return;
	}
	for (unsigned i = 0;; i++) {
		t->step = power * part[i % 3];
		n = multiples(lo, hi, t->step, &t->first);
		if (n <= most || power == exch_pow10[19])
			break;
		if (i % 3 == 2)
			power *= 10;
	}
	t->n = (unsigned)n;
	choose_unit(t, lo, hi);
}

void
exch_ticks_label(
    const struct exch_ticks *t, int64_t v, char label[EXCH_TICK_LABEL])
{
	static const char *const name[] = {
	    "", "k", "M", "bn", "tn", "e15", "e18"};
	/* what is behind the last digit of a label is zeros at every tick */
	int drop = t->scale + t->unit - t->decimals;
	int64_t units = v;
	char *p;

	for (int i = 0; i < drop; i++)
		units /= 10;
	p = exch_dec_put(label, units, t->decimals, t->decimals);
	if (units != 0)
		for (const char *s = name[t->unit / 3]; *s != '\0'; s++)
			*p++ = *s;
	*p = '\0';
}
