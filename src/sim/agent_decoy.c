/*
 * Spoofer and layerer: who shows orders that he does not want executed, so that
 * others trade with the one that he wants.  For lessons in surveillance; both
 * are forbidden (FINRA rule 5210.03; Commodity Exchange Act 4c(a)(5)(C)).
 *
 * An episode: large orders are shown on one side, `show` lots at each of
 * `layers` prices from `distance` ticks behind the best on, and what is wanted
 * is bought or sold on the other: with `trade join` by a small order that rests
 * at the best price in the meantime, with `trade take` by a market order after
 * `hold`.  Then everything is withdrawn: when the small order is executed, when
 * a large one is touched, or after `hold` (United States v. Coscia, 866 F.3d
 * 782, 7th Cir. 2017: large orders went after some hundred milliseconds, or at
 * once when one was touched; taking through the decoys' price: CFTC v. Oystacher,
 * 15-cv-9196).  The layerer shows five, away from the touch (CFTC v. Sarao,
 * 15-cv-3398: five layers, a tick apart, from three or four levels on).  With
 * `sides alternate` every other episode is the other way round, so that what was
 * bought is sold again.
 */
#include <config.h>

#include "sim/agent_view.h"

#define LAYERS_MOST 50u

enum {
	P_SIDE,
	P_QTY,
	P_SHOW,
	P_LAYERS,
	P_DISTANCE,
	P_TRADE,
	P_HOLD,
	P_START,
	P_EVERY,
	P_TIMES,
	P_SIDES
};

static const char *const trades[] = {"join", "take", NULL};
enum { JOIN, TAKE };
static const char *const turns[] = {"alternate", "same", NULL};
enum { ALTERNATE, SAME };

/* clang-format off */
#define DECOY_PARAMS(show_def, layers_def, distance_def, hold_def)             \
	[P_SIDE] = {.name = "side", .kind = EXCH_PARAM_WORD,                   \
	    .what = "of what it wants: buy or sell",                           \
	    .words = exch_agent_sides},                                        \
	[P_QTY] = {.name = "quantity", .unit = "lots",                         \
	    .what = "that it wants in an episode",                             \
	    .def = 1, .min = 1, .max = 1e9},                                   \
	[P_SHOW] = {.name = "show", .unit = "lots",                            \
	    .what = "of each order on the other side",                         \
	    .def = show_def, .min = 1, .max = 1e9},                            \
	[P_LAYERS] = {.name = "layers", .unit = "",                            \
	    .what = "of such orders, a tick apart",                            \
	    .def = layers_def, .min = 1, .max = LAYERS_MOST},                  \
	[P_DISTANCE] = {.name = "distance", .unit = "ticks",                   \
	    .what = "of the first from the best of its side",                  \
	    .def = distance_def, .max = 1e6},                                  \
	[P_TRADE] = {.name = "trade", .kind = EXCH_PARAM_WORD,                 \
	    .what = "join the queue, or take at the end",                      \
	    .words = trades},                                                  \
	[P_HOLD] = {.name = "hold", .kind = EXCH_PARAM_TIME,                   \
	    .what = "how long they stand at most",                             \
	    .def = hold_def, .min = 1, .max = 1e15},                           \
	[P_START] = {.name = "start", .kind = EXCH_PARAM_TIME,                 \
	    .what = "of the first episode, from the beginning on",             \
	    .def = 60e9, .max = 1e15},                                         \
	[P_EVERY] = {.name = "every", .kind = EXCH_PARAM_TIME,                 \
	    .what = "from one episode to the next",                            \
	    .def = 60e9, .min = 1e3, .max = 1e15},                             \
	[P_TIMES] = {.name = "times", .unit = "",                              \
	    .what = "how many episodes", .def = 10, .min = 1, .max = 1e6},     \
	[P_SIDES] = {.name = "sides", .kind = EXCH_PARAM_WORD,                 \
	    .what = "of episodes: alternate, or same",                         \
	    .words = turns}
/* clang-format on */

static const struct exch_param spoofer_params[] = {
    DECOY_PARAMS(20, 1, 0, 300e6)};
static const struct exch_param layerer_params[] = {DECOY_PARAMS(10, 5, 3, 5e9)};

struct decoy {
	struct exch_agent_view view;
	uint64_t episodes; /* that were begun */
	exch_ts next;	   /* the next one begins */
	exch_ts until;	   /* the present one ends at the latest; 0: none */
	uint8_t side;	   /* of what it wants now */
	uint64_t tag;
	uint64_t wanted;	     /* tag of the small order; 0: none */
	uint64_t shown[LAYERS_MOST]; /* tags of the large ones */
};

static int
open_decoy(struct exch_agent *a, struct exch_diag *d)
{
	struct decoy *k = a->state;
	int err = exch_agent_one(a, d);

	if (err != EXCH_OK)
		return err;
	exch_agent_view_init(&k->view);
	k->next = exch_agent_when(a, P_START);
	a->wants.levels = 1;
	a->wants.wakes = EXCH_WAKES(EXCH_TOLD_FILLED) |
			 EXCH_WAKES(EXCH_TOLD_CANCELED) |
			 EXCH_WAKES(EXCH_TOLD_REJECTED);
	return EXCH_OK;
}

/* ---- an episode ---- */

static int
show(struct exch_agent *a, struct exch_agent_out *o)
{
	struct decoy *k = a->state;
	const struct exch_rec_instrument *in = &a->instr[0];
	uint8_t side = exch_agent_other(k->side);
	exch_px tick = in->tick;
	exch_px from = exch_agent_better(exch_agent_best(&k->view, side),
	    -(int64_t)exch_agent_whole(a, P_DISTANCE), tick, side);
	unsigned n = (unsigned)exch_agent_whole(a, P_LAYERS);
	int err = EXCH_OK;

	for (unsigned i = 0; i < n && err == EXCH_OK; i++) {
		exch_px price =
		    exch_agent_better(from, -(int64_t)i, tick, side);

		if (price <= 0)
			break;
		k->shown[i] = ++k->tag;
		err = exch_agent_limit(o, in->h.instr, side, price,
		    exch_agent_whole(a, P_SHOW) * in->lot, k->tag);
	}
	return err;
}

static int
begin(struct exch_agent *a, exch_ts now, struct exch_agent_out *o)
{
	struct decoy *k = a->state;
	const struct exch_rec_instrument *in = &a->instr[0];
	bool turned =
	    exch_agent_whole(a, P_SIDES) == ALTERNATE && k->episodes % 2 == 1;
	int err;

	k->side = exch_agent_side(a, P_SIDE);
	if (turned)
		k->side = exch_agent_other(k->side);
	k->episodes++;
	k->next = now + exch_agent_whole(a, P_EVERY);
	if (!k->view.open || exch_agent_mid2(&k->view) == EXCH_PX_NONE)
		return EXCH_OK;
	k->until = now + exch_agent_whole(a, P_HOLD);
	err = show(a, o);
	if (err != EXCH_OK || exch_agent_whole(a, P_TRADE) != JOIN)
		return err;
	k->wanted = ++k->tag;
	return exch_agent_limit(o, in->h.instr, k->side,
	    exch_agent_best(&k->view, k->side),
	    exch_agent_whole(a, P_QTY) * in->lot, k->wanted);
}

/* Everything goes. */
static int
withdraw(struct decoy *k, struct exch_agent_out *o)
{
	int err = EXCH_OK;

	k->until = 0;
	for (unsigned i = 0; i < LAYERS_MOST && err == EXCH_OK; i++) {
		if (k->shown[i] != 0)
			err = exch_agent_cancel(o, k->shown[i]);
		k->shown[i] = 0;
	}
	if (err == EXCH_OK && k->wanted != 0)
		err = exch_agent_cancel(o, k->wanted);
	k->wanted = 0;
	return err;
}

/* It is time: who has not traded so far does it now, in front of the crowd. */
static int
finish(struct exch_agent *a, struct exch_agent_out *o)
{
	struct decoy *k = a->state;
	const struct exch_rec_instrument *in = &a->instr[0];

	if (exch_agent_whole(a, P_TRADE) == JOIN || k->wanted != 0)
		return withdraw(k, o);
	k->wanted = ++k->tag;
	return exch_agent_market(o, in->h.instr, k->side,
	    exch_agent_whole(a, P_QTY) * in->lot, k->wanted);
}

/* Has it got what it wanted, or what it did not want? */
static bool
is_over(struct exch_agent *a, const struct exch_agent_msg *m)
{
	struct decoy *k = a->state;
	bool over = false;

	if (k->until == 0)
		return false;
	if (m->tag == k->wanted && m->tag != 0 && exch_agent_gone(m)) {
		k->wanted = 0;
		return true;
	}
	for (unsigned i = 0; i < LAYERS_MOST; i++) {
		if (k->shown[i] == 0 || k->shown[i] != m->tag)
			continue;
		if (exch_agent_gone(m))
			k->shown[i] = 0;
		over = over || m->what == EXCH_TOLD_FILLED;
	}
	return over;
}

/* When there is something to do; what was taken at the end is answered first. */
static int
wait(struct exch_agent *a, exch_ts now, struct exch_agent_out *o)
{
	struct decoy *k = a->state;

	if (k->until != 0)
		return k->until > now ? exch_agent_wake(o, k->until) : EXCH_OK;
	if (k->episodes == exch_agent_whole(a, P_TIMES))
		return EXCH_OK;
	return exch_agent_wake(o, k->next > now ? k->next : now + 1);
}

static int
turn(struct exch_agent *a, exch_ts now, const struct exch_agent_msg *m,
    size_t n, struct exch_agent_out *o, struct exch_diag *d)
{
	struct decoy *k = a->state;
	bool over = false;
	int err = EXCH_OK;

	for (size_t i = 0; i < n; i++) {
		exch_agent_see(&k->view, &a->instr[0], &m[i]);
		over = is_over(a, &m[i]) || over;
	}
	if (over)
		err = withdraw(k, o);
	else if (k->until != 0 && now >= k->until)
		err = finish(a, o);
	else if (k->until == 0 && now >= k->next &&
		 k->episodes < exch_agent_whole(a, P_TIMES))
		err = begin(a, now, o);
	if (err == EXCH_OK)
		err = wait(a, now, o);
	return err == EXCH_OK ? EXCH_OK : exch_agent_no_memory(a, d);
}

const struct exch_agent_kind exch_agent_spoofer = {
    .name = "spoofer",
    .what = "shows a large order to trade a small one",
    .param = spoofer_params,
    .nparam = EXCH_ARRAY_LEN(spoofer_params),
    .size = sizeof(struct decoy),
    .open = open_decoy,
    .turn = turn,
};

const struct exch_agent_kind exch_agent_layerer = {
    .name = "layerer",
    .what = "shows layers of orders to trade a small one",
    .param = layerer_params,
    .nparam = EXCH_ARRAY_LEN(layerer_params),
    .size = sizeof(struct decoy),
    .open = open_decoy,
    .turn = turn,
};
