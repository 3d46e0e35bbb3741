"""What open purchase documents are committed for, straight from the documents: the query that fills `Commitment`.

A requisition counts for what is not ordered of it, at its estimated price (those of the plan do not: the plan may ask
for what it needs). An order counts for what has not come in; a draft written from requisitions for what it took off
them (at their estimate until it has a price). Goods are in the books with their receipt; a service stands as received
until its invoice is posted.
"""

STOCK_ACCOUNT = """
coalesce((WITH RECURSIVE up AS (
    SELECT c.id, c.parent_id, 0 AS depth FROM masterdata_itemcategory c WHERE c.id = t.category_id
    UNION ALL SELECT c.id, c.parent_id, up.depth + 1 FROM up JOIN masterdata_itemcategory c ON c.id = up.parent_id)
  SELECT m.account_id FROM up JOIN finance_accountmapping m ON m.category_id = up.id AND m.role = 'stock'
  ORDER BY up.depth LIMIT 1),
  (SELECT account_id FROM finance_accountmapping WHERE role = 'stock' AND category_id IS NULL))"""
SERVICE_ACCOUNT = (
    "(SELECT account_id FROM finance_accountmapping WHERE role = 'purchase_expense' AND category_id IS NULL)"
)
ACCOUNT = f"CASE WHEN l.item_id IS NULL THEN {SERVICE_ACCOUNT} ELSE {STOCK_ACCOUNT} END"
DECIMALS = "(SELECT coalesce(max(base_decimals), 2)::int FROM core_company)"

REQUISITIONS = f"""
SELECT 'scm.requisition' AS source_label, r.id AS source_id, r.number AS source_number, l.id AS line_id,
  'requisition' AS stage, {ACCOUNT} AS account_id, r.department_id, r.project_id, l.needed_date AS due_date,
  l.stock_quantity - l.ordered_quantity AS quantity,
  round(l.estimated_price * l.quantity * (l.stock_quantity - l.ordered_quantity) / l.stock_quantity,
    {DECIMALS}) AS amount
FROM scm_requisitionline l JOIN scm_requisition r ON r.id = l.requisition_id
  LEFT JOIN masterdata_item t ON t.id = l.item_id
WHERE r.state = 'approved' AND r.origin = 'typed' AND NOT l.is_closed AND l.ordered_quantity < l.stock_quantity
  AND l.estimated_price > 0"""

ORDER_LINES = f"""
SELECT o.id AS source_id, o.number AS source_number, l.id AS line_id,
  CASE WHEN o.work_order_id IS NULL THEN {ACCOUNT} ELSE {STOCK_ACCOUNT} END AS account_id,
  coalesce(q.department_id, o.department_id) AS department_id, o.project_id, l.due_date, l.item_id, l.stock_quantity,
  CASE WHEN o.state = 'draft' AND l.net_amount = 0
    THEN coalesce(s.estimated_price * s.quantity * l.stock_quantity / s.stock_quantity, 0)
    ELSE l.net_amount * o.exchange_rate END AS base,
  CASE WHEN o.state = 'approved' THEN 'order' ELSE 'requisition' END AS stage,
  CASE WHEN l.is_closed OR o.state NOT IN ('approved', 'draft') THEN 0
    ELSE greatest(l.stock_quantity - l.received_quantity + l.to_replace_quantity, 0) END AS coming,
  CASE WHEN l.item_id IS NULL AND o.work_order_id IS NULL AND o.state IN ('approved', 'closed')
    THEN greatest(l.received_quantity - l.returned_quantity - l.invoiced_quantity, 0) ELSE 0 END AS received
FROM scm_purchaseorderline l JOIN scm_purchaseorder o ON o.id = l.order_id
  LEFT JOIN masterdata_item t ON t.id = l.item_id
  LEFT JOIN scm_requisitionline s ON s.id = l.requisition_line_id
  LEFT JOIN scm_requisition q ON q.id = s.requisition_id
WHERE o.state IN ('approved', 'closed')
  OR (o.state = 'draft' AND (l.requisition_line_id IS NOT NULL OR o.approved_at IS NOT NULL))"""

ORDERS = f"""
SELECT 'scm.purchaseorder' AS source_label, source_id, source_number, line_id, part.stage, account_id, department_id,
  project_id, due_date, part.quantity, round(base * part.quantity / stock_quantity, {DECIMALS}) AS amount
FROM ({ORDER_LINES}) o
  CROSS JOIN LATERAL (VALUES (o.stage, o.coming), ('receipt', o.received)) AS part(stage, quantity)
WHERE part.quantity > 0 AND base > 0"""

COLUMNS = (
    "source_label, source_id, source_number, line_id, stage, account_id, department_id, project_id, due_date,"
    " quantity, amount"
)
OPEN_DOCUMENTS = f"""
SELECT {COLUMNS} FROM ({REQUISITIONS}) r WHERE account_id IS NOT NULL AND amount <> 0
UNION ALL SELECT {COLUMNS} FROM ({ORDERS}) p WHERE account_id IS NOT NULL AND amount <> 0"""
