/*
 * The exchange's ten-level snapshots against the events of exch-match.
 *
 *	depth10 SNAPSHOTS.csv < events
 *
 * For each snapshot there must be an event boundary, not before that of the
 * snapshot before, with its count of trades, volume and turnover, at which
 * all twenty levels agree.  Snapshot columns: time, trades, volume,
 * turnover in 10^-5, four prices that are not looked at, then price and
 * quantity of ten bids and ten offers.
 */
#include <config.h>

#include "follow.h"

#define LEVELS 10
#define FIELDS (8 + 4 * LEVELS)

struct snapshot {
	char text[2048];
	char *time;
	uint64_t trades, volume, turnover;
	int64_t level[4 * LEVELS]; /* price in 10^-4, quantity, ... */
};

/* Digits with at most four decimals, as 10^-4. */
static int64_t
price(const char *s)
{
	int64_t v = 0;
	int frac = -1;

	for (; *s >= '0' && *s <= '9'; s++)
		v = v * 10 + (*s - '0');
	if (*s == '.')
		for (frac = 0, s++; frac < 4 && *s >= '0' && *s <= '9';
		     s++, frac++)
			v = v * 10 + (*s - '0');
	for (frac = frac < 0 ? 0 : frac; frac < 4; frac++)
		v *= 10;
	return v;
}

static int
snapshot_next(FILE *in, struct snapshot *s)
{
	char *p = s->text, *field[FIELDS];

	if (fgets(s->text, sizeof(s->text), in) == NULL)
		return 0;
	for (int i = 0; i < FIELDS; i++) {
		field[i] = p;
		p += strcspn(p, ",\n");
		if ((*p == ',') != (i + 1 < FIELDS))
			follow_die("a snapshot has not 48 columns");
		*p++ = '\0';
	}
	s->time = field[0];
	s->trades = strtoull(field[1], NULL, 10);
	s->volume = strtoull(field[2], NULL, 10);
	s->turnover = strtoull(field[3], NULL, 10);
	for (int i = 0; i < 4 * LEVELS; i++)
		s->level[i] = i % 2 == 0
				  ? price(field[8 + i])
				  : (int64_t)strtoull(field[8 + i], NULL, 10);
	return 1;
}

static bool
levels_agree(const struct follow *f, const struct snapshot *s)
{
	static const uint8_t side[2] = {EXCH_BUY, EXCH_SELL};

	for (int k = 0; k < 2; k++) {
		exch_slot l = exch_book_top(&f->b, side[k]);

		for (int i = 0; i < LEVELS; i++) {
			const int64_t *want = &s->level[2 * (k * LEVELS + i)];
			const struct exch_slot_data *v;

			if (l == EXCH_SLOT_NONE) {
				if (want[1] != 0)
					return false;
				continue;
			}
			v = &exch_book_slots(f->s)[l];
			if (v->qty != (exch_qty)want[1] ||
			    v->tick * f->tick != want[0] * 100000)
				return false;
			l = exch_book_worse(f->s, &f->b, l);
		}
	}
	return true;
}

static uint64_t
trades(const struct follow *f)
{
	return f->execs + f->cross_fills / 2;
}

static bool
agrees(const struct follow *f, const struct snapshot *s)
{
	return trades(f) == s->trades && f->volume == s->volume &&
	       f->turnover == (exch_i128)s->turnover * 10000 &&
	       levels_agree(f, s);
}

int
main(int argc, char **argv)
{
	static struct snapshot s;
	struct exch_diag d = {.code = EXCH_OK};
	FILE *in = argc == 2 ? fopen(argv[1], "r") : NULL;
	struct exch_reader *r;
	const struct exch_rec *h;
	struct follow f;
	uint64_t equal = 0, lost = 0;
	struct exch_in *input = NULL;
	int more, n;

	if (in == NULL)
		follow_die("usage: depth10 SNAPSHOTS.csv < events");
	follow_open(&f);
	if (fgets(s.text, sizeof(s.text), in) == NULL) /* header */
		follow_die("no snapshots");
	more = snapshot_next(in, &s);
	r = follow_input(&input, &d);
	while ((n = exch_reader_next(r, &h, &d)) > 0) {
		follow_record(&f, h);
		if (!f.boundary)
			continue;
		while (more && (agrees(&f, &s) || trades(&f) > s.trades)) {
			if (agrees(&f, &s)) {
				equal++;
			} else {
				lost++;
				printf("no boundary for %s %" PRIu64 "\n",
				    s.time, s.trades);
			}
			more = snapshot_next(in, &s);
		}
	}
	if (n < 0)
		follow_die(d.text);
	for (; more; more = snapshot_next(in, &s))
		lost++;
	printf("%" PRIu64 " snapshots equal, %" PRIu64 " not\n", equal, lost);
	exch_reader_close(r);
	exch_in_close(input);
	exch_book_store_free(f.s);
	fclose(in);
	return lost != 0;
}
