/*
 * The table of an order's life (life.h).
 */
#include <config.h>

#include "base/err.h"
#include "rec/life.h"

/* What a cell can say besides the number of the next state; 0 is "no". */
enum {
	NO = 0,
	STAY = 32,
	BACK = 33 /* into the market: new, or partially filled */
};

#define ASKS                                                                   \
	[EXCH_LIFE_ASK_CANCEL] = STAY, [EXCH_LIFE_ASK_REPLACE] = STAY,         \
	[EXCH_LIFE_REFUSE_CANCEL] = STAY, [EXCH_LIFE_REFUSE_REPLACE] = STAY,   \
	[EXCH_LIFE_DAY_END] = STAY, [EXCH_LIFE_DAY_BEGIN] = STAY
#define ENDS                                                                   \
	[EXCH_LIFE_CANCEL_PART] = STAY,                                        \
	[EXCH_LIFE_CANCEL] = EXCH_LIFE_CANCELLED,                              \
	[EXCH_LIFE_EXPIRE] = EXCH_LIFE_EXPIRED, [EXCH_LIFE_CHANGE] = STAY,     \
	[EXCH_LIFE_REPLACE] = EXCH_LIFE_REPLACED
#define FILLS(PART)                                                            \
	[EXCH_LIFE_FILL_PART] = (PART), [EXCH_LIFE_FILL] = EXCH_LIFE_FILLED
/* In the market: it may trade, be restated, and leave. */
#define IN_MARKET                                                              \
	ASKS, ENDS,                                                            \
	    FILLS(EXCH_LIFE_PARTIAL), [EXCH_LIFE_RESTATE] = STAY,              \
				      [EXCH_LIFE_LEAVE] = EXCH_LIFE_SUSPENDED

/* The ends have no row: nothing happens to an order that is gone. */
static const uint8_t table[EXCH_LIFE_STATES][EXCH_LIFE_EVENTS] = {
    [EXCH_LIFE_NONE] = {[EXCH_LIFE_ASK] = EXCH_LIFE_PENDING_NEW,
	[EXCH_LIFE_INHERIT] = EXCH_LIFE_NEW},
    [EXCH_LIFE_PENDING_NEW] = {ASKS, [EXCH_LIFE_ACCEPT] = EXCH_LIFE_NEW,
	[EXCH_LIFE_PARK] = EXCH_LIFE_INACTIVE,
	[EXCH_LIFE_REJECT] = EXCH_LIFE_REJECTED},
    [EXCH_LIFE_NEW] = {IN_MARKET},
    [EXCH_LIFE_PARTIAL] = {IN_MARKET},
    [EXCH_LIFE_TRIGGERED] = {IN_MARKET},
    /*
     * Imbalance-only orders trade while they wait: they never join the
     * book.  That makes them no less inactive.
     */
    [EXCH_LIFE_INACTIVE] = {ASKS, ENDS, FILLS(STAY), [EXCH_LIFE_RESTATE] = STAY,
	[EXCH_LIFE_ENTER] = BACK, [EXCH_LIFE_TRIGGER] = EXCH_LIFE_TRIGGERED},
    [EXCH_LIFE_SUSPENDED] = {ASKS,
	ENDS, [EXCH_LIFE_RESTATE] = STAY, [EXCH_LIFE_ENTER] = BACK},
};

/* The conditions: what they allow, and what becomes of them. */
static int
condition(struct exch_stage *s, enum exch_life_event e)
{
	switch (e) {
	case EXCH_LIFE_ASK_CANCEL:
		if (s->cancels < UINT16_MAX)
			s->cancels++;
		break;
	case EXCH_LIFE_ASK_REPLACE:
		if (s->replaces < UINT16_MAX)
			s->replaces++;
		break;
	case EXCH_LIFE_REFUSE_CANCEL:
		if (s->cancels == 0)
			return EXCH_ERR_FORMAT;
		s->cancels--;
		break;
	case EXCH_LIFE_REFUSE_REPLACE:
	case EXCH_LIFE_CHANGE:
	case EXCH_LIFE_REPLACE:
		if (s->replaces == 0)
			return EXCH_ERR_FORMAT;
		s->replaces--;
		break;
	case EXCH_LIFE_FILL_PART:
	case EXCH_LIFE_FILL:
		if (s->over)
			return EXCH_ERR_FORMAT;
		s->filled = true;
		break;
	case EXCH_LIFE_DAY_END:
		s->over = true;
		break;
	case EXCH_LIFE_DAY_BEGIN:
		s->over = false;
		break;
	default:
		break;
	}
	return EXCH_OK;
}

int
exch_life_step(struct exch_stage *s, enum exch_life_event e)
{
	uint8_t next = s->state < EXCH_LIFE_STATES && e < EXCH_LIFE_EVENTS
			   ? table[s->state][e]
			   : (uint8_t)NO;
	int rc = next == NO ? EXCH_ERR_FORMAT : condition(s, e);

	if (rc != EXCH_OK)
		return rc;
	if (next == BACK)
		s->state = s->filled ? EXCH_LIFE_PARTIAL : EXCH_LIFE_NEW;
	else if (next != STAY)
		s->state = next;
	return EXCH_OK;
}

enum exch_life_state
exch_life_shown(const struct exch_stage *s)
{
	if (exch_life_is_end(s->state) || s->state == EXCH_LIFE_PENDING_NEW)
		return (enum exch_life_state)s->state;
	if (s->cancels > 0)
		return EXCH_LIFE_PENDING_CANCEL;
	if (s->replaces > 0)
		return EXCH_LIFE_PENDING_REPLACE;
	if (s->over)
		return EXCH_LIFE_DONE_FOR_DAY;
	return (enum exch_life_state)s->state;
}

/* One row per reason: did time or the order's own terms end it, or who? */
enum { CLIENT, VENUE, TIME };
static const uint8_t ended_by[] = {
    [EXCH_WHY_NONE] = VENUE,
    [EXCH_WHY_USER] = CLIENT,
    [EXCH_WHY_IOC] = TIME,
    [EXCH_WHY_FOK] = TIME,
    [EXCH_WHY_NO_LIQUIDITY] = TIME,
    [EXCH_WHY_UNCROSSED] = TIME,
    [EXCH_WHY_IMPOSED] = VENUE,
    [EXCH_WHY_CAPACITY] = VENUE,
    [EXCH_WHY_MIN_QTY] = TIME,
    [EXCH_WHY_SELF_TRADE] = VENUE,
    [EXCH_WHY_EXPIRED] = TIME,
    [EXCH_WHY_MASS] = CLIENT,
    [EXCH_WHY_KILL] = CLIENT,
    [EXCH_WHY_DISCONNECT] = VENUE,
    [EXCH_WHY_OCO] = VENUE,
    [EXCH_WHY_PARENT] = VENUE,
    [EXCH_WHY_POST_ONLY] = VENUE,
    [EXCH_WHY_QUOTE] = CLIENT,
    [EXCH_WHY_REQUEST] = VENUE,
    [EXCH_WHY_BAND] = VENUE,
    [EXCH_WHY_COLLAR] = VENUE,
};

static uint8_t
by(uint16_t reason)
{
	return reason < EXCH_ARRAY_LEN(ended_by) ? ended_by[reason]
						 : (uint8_t)VENUE;
}

enum exch_life_event
exch_life_cancel(uint16_t reason)
{
	return by(reason) == TIME ? EXCH_LIFE_EXPIRE : EXCH_LIFE_CANCEL;
}

bool
exch_life_by_client(uint16_t reason)
{
	return by(reason) == CLIENT;
}

const char *
exch_life_word(uint8_t state)
{
	static const char *const words[EXCH_LIFE_SHOWN] = {
	    [EXCH_LIFE_NONE] = "none",
	    [EXCH_LIFE_PENDING_NEW] = "pending-new",
	    [EXCH_LIFE_NEW] = "new",
	    [EXCH_LIFE_PARTIAL] = "partially-filled",
	    [EXCH_LIFE_INACTIVE] = "inactive",
	    [EXCH_LIFE_TRIGGERED] = "triggered",
	    [EXCH_LIFE_SUSPENDED] = "suspended",
	    [EXCH_LIFE_FILLED] = "filled",
	    [EXCH_LIFE_CANCELLED] = "cancelled",
	    [EXCH_LIFE_REPLACED] = "replaced",
	    [EXCH_LIFE_REJECTED] = "rejected",
	    [EXCH_LIFE_EXPIRED] = "expired",
	    [EXCH_LIFE_DONE_FOR_DAY] = "done-for-day",
	    [EXCH_LIFE_PENDING_REPLACE] = "pending-replace",
	    [EXCH_LIFE_PENDING_CANCEL] = "pending-cancel",
	};

	return state < EXCH_LIFE_SHOWN ? words[state] : NULL;
}

const char *
exch_life_verb(enum exch_life_event e)
{
	static const char *const verbs[EXCH_LIFE_EVENTS] = {
	    [EXCH_LIFE_ASK] = "asked for",
	    [EXCH_LIFE_ASK_CANCEL] = "asked to be cancelled",
	    [EXCH_LIFE_ASK_REPLACE] = "asked to be replaced",
	    [EXCH_LIFE_ACCEPT] = "accepted",
	    [EXCH_LIFE_PARK] = "put apart",
	    [EXCH_LIFE_REJECT] = "rejected",
	    [EXCH_LIFE_REFUSE_CANCEL] = "refused a cancel",
	    [EXCH_LIFE_REFUSE_REPLACE] = "refused a replacement",
	    [EXCH_LIFE_FILL_PART] = "executed in part",
	    [EXCH_LIFE_FILL] = "executed",
	    [EXCH_LIFE_CANCEL_PART] = "cancelled in part",
	    [EXCH_LIFE_CANCEL] = "cancelled",
	    [EXCH_LIFE_EXPIRE] = "expired",
	    [EXCH_LIFE_CHANGE] = "changed",
	    [EXCH_LIFE_REPLACE] = "replaced",
	    [EXCH_LIFE_INHERIT] = "made by a replacement",
	    [EXCH_LIFE_RESTATE] = "restated",
	    [EXCH_LIFE_LEAVE] = "put apart from the book",
	    [EXCH_LIFE_ENTER] = "let into the book",
	    [EXCH_LIFE_TRIGGER] = "triggered",
	    [EXCH_LIFE_DAY_END] = "done for the day",
	    [EXCH_LIFE_DAY_BEGIN] = "taken up again",
	};

	return e < EXCH_LIFE_EVENTS ? verbs[e] : NULL;
}

char
exch_life_fix(uint8_t state)
{
	/*
	 * FIX has no status of its own for parked and triggered orders: they
	 * are New, and the trigger is an ExecType.
	 */
	static const char codes[EXCH_LIFE_SHOWN] = {
	    [EXCH_LIFE_PENDING_NEW] = 'A',
	    [EXCH_LIFE_NEW] = '0',
	    [EXCH_LIFE_PARTIAL] = '1',
	    [EXCH_LIFE_INACTIVE] = '0',
	    [EXCH_LIFE_TRIGGERED] = '0',
	    [EXCH_LIFE_SUSPENDED] = '9',
	    [EXCH_LIFE_FILLED] = '2',
	    [EXCH_LIFE_CANCELLED] = '4',
	    [EXCH_LIFE_REPLACED] = '5',
	    [EXCH_LIFE_REJECTED] = '8',
	    [EXCH_LIFE_EXPIRED] = 'C',
	    [EXCH_LIFE_DONE_FOR_DAY] = '3',
	    [EXCH_LIFE_PENDING_REPLACE] = 'E',
	    [EXCH_LIFE_PENDING_CANCEL] = '6',
	};

	return state < EXCH_LIFE_SHOWN ? codes[state] : '\0';
}
