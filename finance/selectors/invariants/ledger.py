"""What must always be true of entries, periods and posted documents."""

from django.utils.translation import gettext_lazy as _

from finance.selectors.invariants.base import Invariant

LEDGER = (
    Invariant(
        "entry_balanced",
        _("Every journal entry balances and has at least two lines"),
        """
        SELECT entry.id AS entry, coalesce(sum(line.amount), 0) AS difference, count(line.id) AS lines
        FROM finance_journalentry entry LEFT JOIN finance_journalline line ON line.entry_id = entry.id
        GROUP BY entry.id HAVING coalesce(sum(line.amount), 0) <> 0 OR count(line.id) < 2
        """,
    ),
    Invariant(
        "line_at_rate",
        _("Every line is its currency amount at its rate"),
        """
        SELECT line.entry_id AS entry, line.line_no AS line, line.amount AS amount
        FROM finance_journalline line, core_company company
        WHERE NOT line.is_exchange_difference
          AND line.amount <> round(line.currency_amount * line.rate, company.base_decimals)
        """,
    ),
    Invariant(
        "reversal_is_negative",
        _("Every reversal is the exact negative of its entry"),
        """
        SELECT reversal.id AS reversal, line.account_id AS account
        FROM finance_journalentry reversal
        JOIN finance_journalline line ON line.entry_id IN (reversal.id, reversal.reverses_id)
        WHERE reversal.reverses_id IS NOT NULL
        GROUP BY reversal.id, line.account_id, line.partner_id, line.item_id, line.item_category_id,
          line.department_id, line.project_id, line.sales_order_id, line.purchase_order_id,
          line.work_order_id, line.currency_id
        HAVING sum(line.amount) <> 0 OR sum(line.currency_amount) <> 0
        """,
    ),
    Invariant(
        "entry_in_period",
        _("Every entry is dated inside its period"),
        """
        SELECT entry.id AS entry, entry.entry_date AS date
        FROM finance_journalentry entry JOIN finance_fiscalperiod period ON period.id = entry.period_id
        WHERE entry.entry_date NOT BETWEEN period.d0 AND period.d1
        """,
    ),
    Invariant(
        "periods_without_holes",
        _("Fiscal periods follow each other without holes"),
        """
        SELECT period.d1 AS after FROM finance_fiscalperiod period
        WHERE period.d1 <> (SELECT max(d1) FROM finance_fiscalperiod)
          AND NOT EXISTS (SELECT 1 FROM finance_fiscalperiod following WHERE following.d0 = period.d1 + 1)
        """,
    ),
    Invariant(
        "posted_documents_booked",
        _("Every posted invoice and payment has its one live entry"),
        """
        SELECT document.label AS document, document.id AS id, count(entry.id) AS entries
        FROM (
          SELECT 'finance.invoice' AS label, 'invoice' AS event, id, state = 'posted' AND gross_amount <> 0 AS booked
          FROM finance_invoice
          UNION ALL
          SELECT 'finance.payment', 'payment', id, state = 'posted' FROM finance_payment
        ) document
        LEFT JOIN finance_journalentry entry ON entry.source_label = document.label AND entry.source_id = document.id
          AND entry.event = document.event AND entry.reverses_id IS NULL
          AND NOT EXISTS (SELECT 1 FROM finance_journalentry undone WHERE undone.reverses_id = entry.id)
        GROUP BY document.label, document.id, document.booked
        HAVING count(entry.id) <> CASE WHEN document.booked THEN 1 ELSE 0 END
        """,
    ),
)
