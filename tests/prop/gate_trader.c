/* The rule of day traders by a walk over all trades (gate.c). */
#include <config.h>

#include "prop/gate_walk.h"

/* The old rule of day traders, whose days are in day_trade_text. */
bool
gate_trades_by_day(uint32_t a, __int128 equity, __int128 gross)
{
	const struct exch_day_trader *r = &gate_trading.rule;
	uint64_t back = 0, all = 0;
	__int128 most = account[a].opening > 0 ? account[a].opening : 0;

	if (!whole_limits || a == 14 ||
	    (!is_of(a, "M2") && a != 16 && a != 21 && a != 26))
		return false;
	if (a == 16)
		back = 3, all = 40;
	if (a == 21)
		back = 1, all = 92;
	for (uint32_t i = 1; i <= INSTRS; i++) {
		const uint32_t *n = account[a].trades[i];

		back += n[0] < n[1] ? n[0] : n[1];
		all += n[0] + n[1];
	}
	if (back < r->trades || back * 1000000 <= all * r->share)
		return false;
	if (equity < r->equity)
		return no(EXCH_RULE_DAY_TRADER_EQUITY, r->equity, equity);
	most *= r->power;
	return gross > most &&
	       no(EXCH_RULE_DAY_TRADER_POWER, (int64_t)most, gross);
}
