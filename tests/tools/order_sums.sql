-- A history (exch-schema(5)) of a day without replacements: for each order that
-- was accepted its number, and what came in, was filled, cancelled, expired and
-- is left of it.
.mode list
.separator " "
WITH fill AS (SELECT id, sum(qty) AS qty FROM
		(SELECT buy_order_id AS id, qty FROM executions
		UNION ALL SELECT sell_order_id, qty FROM executions) GROUP BY id),
	gone AS (SELECT order_id AS id,
		sum(CASE reason WHEN 10 THEN 0 ELSE qty END) AS cancelled,
		sum(CASE reason WHEN 10 THEN qty ELSE 0 END) AS expired
		FROM cancels GROUP BY order_id)
SELECT a.order_id, o.qty, ifnull(f.qty, 0), ifnull(g.cancelled, 0),
	ifnull(g.expired, 0), o.qty - ifnull(f.qty, 0) -
	ifnull(g.cancelled, 0) - ifnull(g.expired, 0)
	FROM acks a JOIN orders o ON o.order_id = a.order_id
	LEFT JOIN fill f ON f.id = a.order_id
	LEFT JOIN gone g ON g.id = a.order_id
	ORDER BY a.order_id;
