"""One row per sales order line with what it earned, as a query: the figures of every report of order profit.

revenue   what is recognised of its deliveries, the price differences of their invoices, and its fees as invoiced.
shipped   minus the value entries of its moves (shipments and their reversals, returns), with all later corrections.
cost      ``shipped`` without what still stands in goods dispatched (发出商品): the cost of what was recognised or lost.
expense   suppliers' costs assigned to its order (to the line itself, else by net amount), and expenses that were typed
          with the order as dimension.
is_provisional  an issue of its month waits for the average that the month-end run brings (until the period is closed).
All in base currency; the rounded shares of an expense sum to it (each is the difference of two rounded running sums).
"""

FACTS = """
WITH delivered AS (
  SELECT sales_order_line_id AS line_id, sum(recognised_amount) AS recognised, sum(dispatched_cost) AS dispatched
  FROM finance_unbilledline GROUP BY 1
), billed AS (
  SELECT l.sales_order_line_id AS line_id, sum(CASE WHEN l.shipment_line_id IS NULL THEN l.base_net_amount
    ELSE l.base_net_amount - round(l.cleared_currency_amount * i.exchange_rate, %(decimals)s) END) AS amount
  FROM finance_invoiceline l JOIN finance_invoice i ON i.id = l.invoice_id
  WHERE i.state = 'posted' AND i.kind = 'customer' AND l.sales_order_line_id IS NOT NULL
    AND (l.item_id IS NULL OR l.shipment_line_id IS NOT NULL) GROUP BY 1
), moved AS (
  SELECT s.order_line_id AS line_id, v.amount, v.is_provisional, v.booked_on
  FROM erp_valueentry v JOIN erp_stockmove m ON m.id = v.move_id JOIN erp_shipmentline s ON s.id = m.source_line_id
  WHERE m.source_label = 'erp.shipment'
  UNION ALL
  SELECT r.order_line_id, v.amount, v.is_provisional, v.booked_on
  FROM erp_valueentry v JOIN erp_stockmove m ON m.id = v.move_id JOIN erp_returnreceiptline r ON r.id = m.source_line_id
  WHERE m.source_label = 'erp.returnreceipt'
), shipped AS (
  SELECT line_id, -sum(amount) AS amount, bool_or(is_provisional AND EXISTS (SELECT 1 FROM finance_fiscalperiod p
    WHERE booked_on BETWEEN p.d0 AND p.d1 AND p.state <> 'closed')) AS is_provisional
  FROM moved GROUP BY 1
), typed AS (
  SELECT j.sales_order_id AS order_id, sum(j.amount) AS amount
  FROM finance_journalline j JOIN finance_account a ON a.id = j.account_id
    JOIN finance_journalentry e ON e.id = j.entry_id
  WHERE j.sales_order_id IS NOT NULL AND a.kind = 'expense' AND e.event NOT IN ('carry_over', 'year_end')
    AND e.source_label NOT IN ('erp.shipment', 'erp.returnreceipt', 'finance.invoice')
    AND NOT EXISTS (SELECT 1 FROM finance_accountmapping p WHERE p.account_id = j.account_id
      AND p.role IN ('cost_of_sales', 'transit_loss'))
  GROUP BY 1
), assigned AS (
  SELECT sales_order_id AS order_id, sales_order_line_id AS line_id, sum(amount) AS amount
  FROM finance_orderexpense GROUP BY 1, 2
), shared AS (
  SELECT order_id, sum(amount) AS amount FROM (
    SELECT order_id, amount FROM typed UNION ALL SELECT order_id, amount FROM assigned WHERE line_id IS NULL) s
  GROUP BY 1
), weighed AS (
  SELECT l.id AS line_id, l.order_id,
    sum(greatest(l.net_amount, 0)) OVER (PARTITION BY l.order_id ORDER BY l.line_no, l.id) AS until,
    sum(greatest(l.net_amount, 0)) OVER (PARTITION BY l.order_id) AS whole, greatest(l.net_amount, 0) AS own,
    row_number() OVER (PARTITION BY l.order_id ORDER BY l.line_no, l.id) AS place
  FROM crm_salesorderline l
), facts AS (
  SELECT l.id AS line_id, l.order_id, l.item_id, l.line_no, l.stock_quantity,
    l.delivered_quantity - l.returned_quantity AS delivered,
    CASE WHEN l.is_closed OR o.state = 'closed' THEN 0
      ELSE greatest(l.stock_quantity - l.delivered_quantity, 0) END AS remaining,
    round(l.net_amount * o.exchange_rate, %(decimals)s) AS ordered,
    coalesce(d.recognised, 0) + coalesce(b.amount, 0) AS revenue,
    coalesce(s.amount, 0) AS shipped,
    coalesce(d.dispatched, 0) AS dispatched,
    coalesce(s.amount, 0) - coalesce(d.dispatched, 0) AS cost,
    coalesce(x.amount, 0) + CASE WHEN h.amount IS NULL THEN 0
      WHEN w.whole = 0 THEN CASE WHEN w.place = 1 THEN h.amount ELSE 0 END
      ELSE round(h.amount * w.until / w.whole, %(decimals)s)
        - round(h.amount * (w.until - w.own) / w.whole, %(decimals)s) END AS expense,
    coalesce(s.is_provisional, false) AS is_provisional,
    o.document_date, o.owner_id, o.campaign_id, o.project_id, o.number,
    coalesce(p.merged_into_id, p.id) AS partner_id, p.territory_id, t.category_id
  FROM crm_salesorderline l
    JOIN crm_salesorder o ON o.id = l.order_id AND o.state IN ('confirmed', 'closed')
    JOIN masterdata_partner p ON p.id = o.partner_id
    JOIN weighed w ON w.line_id = l.id
    LEFT JOIN masterdata_item t ON t.id = l.item_id
    LEFT JOIN delivered d ON d.line_id = l.id
    LEFT JOIN billed b ON b.line_id = l.id
    LEFT JOIN shipped s ON s.line_id = l.id
    LEFT JOIN assigned x ON x.line_id = l.id
    LEFT JOIN shared h ON h.order_id = l.order_id
)
"""
