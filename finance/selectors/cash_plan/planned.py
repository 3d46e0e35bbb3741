"""Everything that is expected to move money, as one query: amounts in base currency, money in positive.

receivable, payable  what is open of posted invoices, by instalment.
order                payment plans of confirmed orders, less what is invoiced or paid in advance (the earliest
                     instalments first); ``unplanned``: confirmed orders, or their parts, without a plan.
purchase             what approved purchase orders still have to be invoiced, with tax, by their payment terms, less
                     what was paid in advance for them; ``requisition``: approved and not ordered, at the estimate.
recurring            see RecurringCash.
bill                 bills of exchange outstanding, on their due date: received ones come in, our own go out.
template             scheduled entry templates that book on a bank or cash account: fixed amounts, and what balances an
                     entry of fixed amounts only.
With ``late`` customers pay as late as they did on average over the last year, weighted by amount.
"""

PLANNED = """
WITH delay AS (
  SELECT i.partner_id, greatest(round(sum((a.allocated_on - i.due_date) * a.base_amount) / sum(a.base_amount)), 0)::int
    * %(late)s AS days
  FROM finance_allocation a JOIN finance_invoice i ON i.id = a.invoice_id
  WHERE %(late)s = 1 AND a.payment_id IS NOT NULL AND i.kind = 'customer' AND NOT i.is_credit
    AND a.allocated_on > %(today)s - 365
  GROUP BY 1 HAVING sum(a.base_amount) > 0
), covered AS (
  SELECT order_id, sum(amount) AS amount FROM (
    SELECT s.order_id, l.gross_amount AS amount
    FROM finance_invoiceline l JOIN finance_invoice i ON i.id = l.invoice_id
      JOIN crm_salesorderline s ON s.id = l.sales_order_line_id WHERE i.state = 'posted'
    UNION ALL
    SELECT sales_order_id, CASE direction WHEN 'in' THEN open_amount ELSE -open_amount END
    FROM finance_payment WHERE state = 'posted' AND sales_order_id IS NOT NULL) c GROUP BY 1
), plan AS (
  SELECT order_id, due_date, amount, sum(amount) OVER (PARTITION BY order_id ORDER BY seq) AS until,
    sum(amount) OVER (PARTITION BY order_id) AS whole
  FROM crm_paymentplanline
), terms AS (
  SELECT term_id, percent, basis, days, end_of_month FROM masterdata_paymenttermline
), found AS (
  SELECT CASE i.kind WHEN 'customer' THEN 'receivable' ELSE 'payable' END AS source, 'finance.invoice' AS label, i.id,
    coalesce(nullif(i.legal_number, ''), i.number) AS number, i.partner_id, i.currency_id, NULL::bigint AS bank_id,
    n.due_date + CASE i.kind WHEN 'customer' THEN coalesce(d.days, 0) ELSE 0 END AS due_date,
    n.open_amount * i.open_base_amount / nullif(i.open_amount, 0) * CASE i.kind WHEN 'customer' THEN 1 ELSE -1 END
      AS amount
  FROM finance_invoiceinstalment n JOIN finance_invoice i ON i.id = n.invoice_id
    LEFT JOIN delay d ON d.partner_id = i.partner_id
  WHERE i.state = 'posted' AND n.open_amount <> 0
  UNION ALL
  SELECT 'order', 'crm.salesorder', o.id, o.number, o.partner_id, o.currency_id, NULL,
    p.due_date + coalesce(d.days, 0),
    least(p.amount, greatest(p.until - coalesce(c.amount, 0), 0)) * o.exchange_rate
  FROM plan p JOIN crm_salesorder o ON o.id = p.order_id AND o.state = 'confirmed'
    LEFT JOIN covered c ON c.order_id = o.id LEFT JOIN delay d ON d.partner_id = o.partner_id
  UNION ALL
  SELECT 'unplanned', 'crm.salesorder', o.id, o.number, o.partner_id, o.currency_id, NULL,
    coalesce(o.requested_date, o.document_date) + coalesce(d.days, 0),
    greatest(o.gross_amount - greatest(coalesce(w.whole, 0), coalesce(c.amount, 0)), 0) * o.exchange_rate
  FROM crm_salesorder o LEFT JOIN (SELECT DISTINCT order_id, whole FROM plan) w ON w.order_id = o.id
    LEFT JOIN covered c ON c.order_id = o.id LEFT JOIN delay d ON d.partner_id = o.partner_id
  WHERE o.state = 'confirmed'
  UNION ALL
  SELECT 'purchase', 'scm.purchaseorder', o.id, o.number, o.partner_id, o.currency_id, NULL,
    day.base + coalesce(t.days, 0),
    -l.gross_amount * rest.quantity / l.stock_quantity * o.exchange_rate * coalesce(t.percent, 100) / 100
  FROM scm_purchaseorderline l JOIN scm_purchaseorder o ON o.id = l.order_id AND o.state IN ('approved', 'closed')
    LEFT JOIN terms t ON t.term_id = o.payment_term_id
    CROSS JOIN LATERAL (SELECT CASE WHEN l.is_closed OR o.state = 'closed'
      THEN l.received_quantity - l.returned_quantity - l.invoiced_quantity
      ELSE l.stock_quantity - l.returned_quantity + l.to_replace_quantity - l.invoiced_quantity END AS quantity) rest
    CROSS JOIN LATERAL (SELECT CASE WHEN t.basis = 'order' THEN o.document_date
      ELSE coalesce(l.confirmed_date, l.due_date) END AS plain) start
    CROSS JOIN LATERAL (SELECT CASE WHEN t.end_of_month
      THEN (date_trunc('month', start.plain) + interval '1 month - 1 day')::date ELSE start.plain END AS base) day
  WHERE rest.quantity > 0
  UNION ALL
  SELECT 'purchase', 'finance.payment', p.id, p.number, p.partner_id, p.currency_id, NULL,
    (SELECT coalesce(min(l.due_date), p.document_date) FROM scm_purchaseorderline l
      WHERE l.order_id = p.purchase_order_id),
    CASE p.direction WHEN 'out' THEN p.open_base_amount ELSE -p.open_base_amount END
  FROM finance_payment p WHERE p.state = 'posted' AND p.purchase_order_id IS NOT NULL AND p.open_amount <> 0
  UNION ALL
  SELECT 'requisition', 'scm.requisition', r.id, r.number, l.supplier_id, NULL, NULL, l.needed_date,
    -coalesce(l.estimated_price * l.quantity / l.stock_quantity, k.value / nullif(k.quantity, 0), 0)
      * (l.stock_quantity - l.ordered_quantity)
  FROM scm_requisitionline l JOIN scm_requisition r ON r.id = l.requisition_id
    LEFT JOIN erp_itemcost k ON k.item_id = l.item_id
  WHERE r.state = 'approved' AND NOT l.is_closed AND l.ordered_quantity < l.stock_quantity
  UNION ALL
  SELECT 'recurring', 'finance.recurringcash', r.id, r.name, NULL, NULL, r.bank_account_id, day.due,
    CASE r.direction WHEN 'in' THEN r.amount ELSE -r.amount END
  FROM finance_recurringcash r CROSS JOIN generate_series(0, 200) n
    CROSS JOIN LATERAL (SELECT (r.first_date + n * CASE r.step WHEN 'week' THEN interval '1 week'
      WHEN 'month' THEN interval '1 month' WHEN 'quarter' THEN interval '3 months' ELSE interval '1 year' END)::date
      AS due) day
  WHERE r.is_active AND day.due BETWEEN %(today)s AND least(coalesce(r.last_date, %(horizon)s), %(horizon)s)
  UNION ALL
  SELECT 'bill', 'finance.bill', b.id, b.bill_number, b.partner_id, b.currency_id, NULL, b.due_date,
    CASE b.side WHEN 'received' THEN b.base_amount ELSE -b.base_amount END
  FROM finance_bill b WHERE b.state = 'held'
  UNION ALL
  SELECT 'template', 'finance.entrytemplate', t.id, t.code, l.partner_id, b.currency_id, b.id, day.due,
    CASE WHEN l.rule = 'rest' THEN -typed.amount WHEN l.side = 'debit' THEN l.amount ELSE -l.amount END
  FROM finance_entrytemplate t JOIN finance_entrytemplateline l ON l.template_id = t.id
    JOIN finance_bankaccount b ON b.account_id = l.account_id AND b.is_active
    CROSS JOIN LATERAL (SELECT coalesce(sum(CASE o.side WHEN 'debit' THEN o.amount ELSE -o.amount END), 0) AS amount,
        bool_and(o.rule = 'fixed') AS is_known
      FROM finance_entrytemplateline o WHERE o.template_id = t.id AND o.rule <> 'rest') typed
    CROSS JOIN generate_series(0, 60) n
    CROSS JOIN LATERAL (SELECT (t.next_date + n * CASE t.schedule WHEN 'monthly' THEN interval '1 month'
      WHEN 'quarterly' THEN interval '3 months' ELSE interval '1 year' END)::date AS plain,
      date_part('day', t.next_date + 1) = 1 AS is_last) turn
    CROSS JOIN LATERAL (SELECT CASE WHEN turn.is_last
      THEN (date_trunc('month', turn.plain) + interval '1 month - 1 day')::date ELSE turn.plain END AS due) day
  WHERE t.is_active AND t.schedule <> 'none' AND t.next_date IS NOT NULL AND NOT t.reverses_next_period
    AND (l.rule = 'fixed' OR (l.rule = 'rest' AND typed.is_known))
    AND day.due <= least(coalesce(t.until, %(horizon)s), %(horizon)s)
), planned AS (
  SELECT source, label, id, number, partner_id, due_date, round(amount, %(decimals)s) AS amount,
    coalesce(bank_id, (SELECT b.bank_id
      FROM unnest(%(currencies)s::bigint[], %(banks)s::bigint[]) b(currency_id, bank_id)
      WHERE b.currency_id = found.currency_id), %(default_bank)s) AS bank_id,
    date_trunc('week', greatest(due_date, %(today)s))::date AS week
  FROM found WHERE due_date <= %(horizon)s AND round(amount, %(decimals)s) <> 0
)
"""
"""Late items are expected this week. The bank account is the one of the currency, else that of the base currency."""
