-- What orders and executions of one instrument cost, by the definitions of
-- exch-tca(7), out of what other reports say of the same stream: audit.csv,
-- depth.csv (one level, after every event) and tca.csv, whose rows by side
-- are compared.  Prices are in cents here, and midpoints twice; bounds of
-- what is summed are far below 2^63.
.mode csv
.import audit.csv audit
.import depth.csv depth
.import tca.csv tca
.mode list

-- Nanoseconds of the day.
CREATE TABLE shown AS SELECT rowid AS n,
	CAST(substr(time, 12, 2) AS INT) * 3600000000000
	+ CAST(substr(time, 15, 2) AS INT) * 60000000000
	+ CAST(substr(time, 18, 2) AS INT) * 1000000000
	+ CAST(substr(time, 21, 9) AS INT) AS at,
	CASE WHEN bid_px_0 != '' AND ask_px_0 != ''
		AND CAST(bid_px_0 AS REAL) <= CAST(ask_px_0 AS REAL) THEN
		CAST(round(bid_px_0 * 100) + round(ask_px_0 * 100) AS INT) END
		AS mid FROM depth;
CREATE INDEX shown_at ON shown (at, n);
CREATE TABLE act AS SELECT CAST(seq AS INT) AS seq, event,
	CAST("order" AS INT) AS id, side, CAST(qty AS INT) AS qty,
	CAST(leaves AS INT) AS leaves,
	CAST(round(price * 100) AS INT) AS price, liquidity,
	CAST(substr(time, 12, 2) AS INT) * 3600000000000
	+ CAST(substr(time, 15, 2) AS INT) * 60000000000
	+ CAST(substr(time, 18, 2) AS INT) * 1000000000
	+ CAST(substr(time, 21, 9) AS INT) AS at,
	CASE WHEN bid != '' AND ask != ''
		AND CAST(bid AS REAL) <= CAST(ask AS REAL) THEN
		CAST(round(bid * 100) + round(ask * 100) AS INT) END AS mid,
	CAST(round(ask * 100) - round(bid * 100) AS INT) AS width,
	CASE side WHEN 'B' THEN 1 ELSE -1 END AS sign
	FROM audit WHERE "order" != '';
CREATE INDEX act_id ON act (id, event);
CREATE TABLE came AS SELECT id, side, sign, seq, at, mid FROM act
	WHERE event = 'accepted';
CREATE UNIQUE INDEX came_id ON came (id);
-- The first of an order: how long it waited.
CREATE TABLE done AS SELECT x.*, c.mid AS arrival, x.at - c.at AS waited
	FROM act x JOIN came c ON c.id = x.id WHERE x.event = 'executed';
CREATE INDEX done_id ON done (id, seq);
-- What was executed until then, twice its value and how much.
CREATE TABLE tape AS SELECT seq, sum(qty) OVER w AS volume,
	sum(2 * price * qty) OVER w AS base FROM done WHERE side = 'B'
	WINDOW w AS (ORDER BY seq, rowid);
CREATE INDEX tape_seq ON tape (seq);
CREATE TABLE horizon (name, ns);
INSERT INTO horizon VALUES ('1ms', 1000000), ('10ms', 10000000),
	('100ms', 100000000), ('1s', 1000000000), ('10s', 10000000000),
	('1m', 60000000000), ('5m', 300000000000);
CREATE TABLE mark AS SELECT d.side, d.sign, d.liquidity, d.qty, d.price,
	d.mid, h.name, (SELECT mid FROM shown s WHERE s.at <= d.at + h.ns
		ORDER BY s.at DESC, s.n DESC LIMIT 1) AS later
	FROM done d, horizon h
	WHERE d.at + h.ns <= (SELECT max(at) FROM act);
DELETE FROM mark WHERE later IS NULL;

-- The end of an order: what it had left, and the market then.
CREATE TABLE ended AS SELECT c.*,
	(SELECT sum(qty) FROM done d WHERE d.id = c.id) AS filled,
	(SELECT sum(2 * price * qty) FROM done d WHERE d.id = c.id) AS base,
	coalesce((SELECT sum(qty) FROM act x WHERE x.id = c.id
		AND x.event IN ('cancelled', 'expired')), 0) AS cancelled,
	(SELECT leaves FROM act x WHERE x.id = c.id
		ORDER BY seq DESC, rowid DESC LIMIT 1) AS leaves,
	(SELECT max(seq) FROM act x WHERE x.id = c.id) AS last FROM came c;
CREATE TABLE over AS SELECT e.*, e.cancelled + e.leaves AS unfilled,
	CASE WHEN e.leaves > 0 THEN
		(SELECT mid FROM shown ORDER BY n DESC LIMIT 1) ELSE
		(SELECT mid FROM act x WHERE x.id = e.id AND x.seq = e.last)
		END AS gone,
	(SELECT volume FROM tape t WHERE t.seq <= CASE WHEN e.leaves > 0
		THEN 1 << 60 ELSE e.last END ORDER BY seq DESC, rowid DESC
		LIMIT 1) - coalesce((SELECT volume FROM tape t
		WHERE t.seq < e.seq ORDER BY seq DESC, rowid DESC LIMIT 1), 0)
		AS volume,
	(SELECT base FROM tape t WHERE t.seq <= CASE WHEN e.leaves > 0
		THEN 1 << 60 ELSE e.last END ORDER BY seq DESC, rowid DESC
		LIMIT 1) - coalesce((SELECT base FROM tape t
		WHERE t.seq < e.seq ORDER BY seq DESC, rowid DESC LIMIT 1), 0)
		AS traded FROM ended e;

-- Name, what the report says, what it should say.
CREATE TABLE fact AS
SELECT side || ' orders' AS name, orders AS got,
	(SELECT count(*) FROM came c WHERE c.side = t.side) AS want FROM tca t
UNION ALL SELECT side || ' qty', qty, (SELECT
	sum(coalesce(filled, 0) + unfilled) FROM over o WHERE o.side = t.side)
	FROM tca t
UNION ALL SELECT side || ' filled', filled,
	(SELECT sum(qty) FROM done d WHERE d.side = t.side) FROM tca t
UNION ALL SELECT side || ' arrival_cost', round(arrival_cost, 2), (SELECT
	round(sum(sign * (2 * price - arrival) * qty) / 200.0, 2) FROM done d
	WHERE d.side = t.side AND arrival IS NOT NULL) FROM tca t
UNION ALL SELECT side || ' opportunity_cost', round(opportunity_cost, 2),
	(SELECT round(sum(sign * (gone - mid) * unfilled) / 200.0, 2)
	FROM over o WHERE o.side = t.side AND mid IS NOT NULL
	AND gone IS NOT NULL AND unfilled > 0) FROM tca t
UNION ALL SELECT side || ' shortfall_bp', shortfall_bp, (SELECT
	printf('%.4f', 1e4 * (a.cost + o.cost) / (a.base + o.base)) FROM
	(SELECT sum(sign * (2 * price - arrival) * qty) AS cost,
	sum(arrival * qty) AS base FROM done d WHERE d.side = t.side) a,
	(SELECT sum(sign * (gone - mid) * unfilled) AS cost,
	sum(CASE WHEN gone IS NOT NULL THEN mid * unfilled END) AS base
	FROM over o WHERE o.side = t.side) o) FROM tca t
UNION ALL SELECT side || ' vwap_cost', printf('%.2f', vwap_cost), (SELECT
	printf('%.2f', sum(sign * (base - 1.0 * filled * traded / volume)) / 200)
	FROM over o WHERE o.side = t.side AND filled > 0) FROM tca t
UNION ALL SELECT side || ' effective', effective, (SELECT printf('%.6f',
	sum(sign * (2 * price - mid) * qty) / 100.0 / sum(qty)) FROM done d
	WHERE d.side = t.side AND liquidity = 'taker' AND mid IS NOT NULL)
	FROM tca t
UNION ALL SELECT side || ' quoted', quoted, (SELECT printf('%.6f',
	sum(width * qty) / 100.0 / sum(qty)) FROM done d
	WHERE d.side = t.side AND liquidity = 'taker' AND mid IS NOT NULL)
	FROM tca t
UNION ALL SELECT side || ' realised', realised, (SELECT printf('%.6f',
	sum(sign * (2 * price - later) * qty) / 100.0 / sum(qty)) FROM mark d
	WHERE d.side = t.side AND liquidity = 'taker' AND name = '1s')
	FROM tca t
UNION ALL SELECT side || ' impact', impact, (SELECT printf('%.6f',
	sum(sign * (later - mid) * qty) / 100.0 / sum(qty)) FROM mark d
	WHERE d.side = t.side AND liquidity = 'taker' AND name = '1s'
	AND mid IS NOT NULL) FROM tca t
UNION ALL SELECT side || ' earned_bp', earned_bp, (SELECT printf('%.4f',
	-1e4 * sum(sign * (2 * price - mid) * qty) / sum(price * qty))
	FROM done d WHERE d.side = t.side AND liquidity = 'maker'
	AND mid IS NOT NULL) FROM tca t
UNION ALL SELECT side || ' adverse_bp', adverse_bp, (SELECT printf('%.4f',
	-1e4 * sum(sign * (later - mid) * qty) / sum(price * qty))
	FROM mark d WHERE d.side = t.side AND liquidity = 'maker'
	AND mid IS NOT NULL AND name = '1s') FROM tca t
UNION ALL SELECT side || ' auction_qty', auction_qty, (SELECT sum(qty)
	FROM done d WHERE d.side = t.side AND liquidity = 'auction') FROM tca t
UNION ALL SELECT side || ' first_fills', first_fills, (SELECT
	count(DISTINCT id) FROM done d WHERE d.side = t.side) FROM tca t
UNION ALL SELECT side || ' first_mean', printf('%.6f', first_mean), (SELECT
	printf('%.6f', avg(waited) / 1e9) FROM (SELECT id, min(waited) AS waited
	FROM done d WHERE d.side = t.side GROUP BY id)) FROM tca t
UNION ALL SELECT side || ' unquoted', unquoted, (SELECT count(*) FROM came c
	WHERE c.side = t.side AND mid IS NULL) FROM tca t;

CREATE TABLE marked (name, side, qty, bp, maker_bp);
INSERT INTO marked SELECT '1ms', side, marked_1ms, markout_bp_1ms,
	maker_bp_1ms FROM tca
UNION ALL SELECT '10ms', side, marked_10ms, markout_bp_10ms, maker_bp_10ms FROM tca
UNION ALL SELECT '100ms', side, marked_100ms, markout_bp_100ms, maker_bp_100ms FROM tca
UNION ALL SELECT '1s', side, marked_1s, markout_bp_1s, maker_bp_1s FROM tca
UNION ALL SELECT '10s', side, marked_10s, markout_bp_10s, maker_bp_10s FROM tca
UNION ALL SELECT '1m', side, marked_1m, markout_bp_1m, maker_bp_1m FROM tca
UNION ALL SELECT '5m', side, marked_5m, markout_bp_5m, maker_bp_5m FROM tca;
INSERT INTO fact SELECT side || ' marked_' || name, qty, (SELECT sum(qty)
	FROM mark m WHERE m.side = x.side AND m.name = x.name) FROM marked x;
INSERT INTO fact SELECT side || ' markout_bp_' || name, bp, (SELECT
	printf('%.4f', 1e4 * sum(sign * (later - 2 * price) * qty)
	/ sum(2 * price * qty)) FROM mark m
	WHERE m.side = x.side AND m.name = x.name) FROM marked x;
INSERT INTO fact SELECT side || ' maker_bp_' || name, maker_bp, (SELECT
	printf('%.4f', 1e4 * sum(sign * (later - 2 * price) * qty)
	/ sum(2 * price * qty)) FROM mark m WHERE m.side = x.side
	AND m.name = x.name AND m.liquidity = 'maker') FROM marked x;
SELECT name, got, want, CASE WHEN CAST(got AS REAL) = CAST(want AS REAL)
	THEN 'same' ELSE 'DIFFERS' END FROM fact;
