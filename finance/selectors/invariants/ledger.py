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
        _("Every posted invoice, payment and typed entry has its one live entry"),
        """
        SELECT document.label AS document, document.id AS id, count(entry.id) AS entries
        FROM (
          SELECT 'finance.invoice' AS label, 'invoice' AS event, id, state = 'posted' AND gross_amount <> 0 AS booked
          FROM finance_invoice
          UNION ALL
          SELECT 'finance.payment', 'payment', id, state = 'posted' FROM finance_payment
          UNION ALL
          SELECT 'finance.manualentry', CASE kind WHEN 'opening' THEN 'opening' ELSE 'manual' END, id, state = 'posted'
          FROM finance_manualentry
        ) document
        LEFT JOIN finance_journalentry entry ON entry.source_label = document.label AND entry.source_id = document.id
          AND entry.event = document.event AND entry.reverses_id IS NULL
          AND NOT EXISTS (SELECT 1 FROM finance_journalentry undone WHERE undone.reverses_id = entry.id)
        GROUP BY document.label, document.id, document.booked
        HAVING count(entry.id) <> CASE WHEN document.booked THEN 1 ELSE 0 END
        """,
    ),
    Invariant(
        "kept_sums",
        _("Kept sums of accounts and periods are the sums of their lines up to their mark"),
        """
        SELECT coalesce(kept.period_id, counted.period_id) AS period,
          coalesce(kept.account_id, counted.account_id) AS account,
          kept.debit - kept.credit AS kept, counted.debit - counted.credit AS counted
        FROM (
          SELECT period_id, account_id, currency_id, journal, sum(debit) AS debit, sum(credit) AS credit
          FROM finance_accountbalance GROUP BY 1, 2, 3, 4
        ) kept FULL JOIN (
          SELECT entry.period_id, line.account_id, line.currency_id, entry.journal,
            coalesce(sum(line.amount) FILTER (WHERE line.amount > 0), 0) AS debit,
            coalesce(-sum(line.amount) FILTER (WHERE line.amount < 0), 0) AS credit
          FROM finance_summedperiod mark
          JOIN finance_journalentry entry ON entry.period_id = mark.period_id AND entry.id <= mark.last_entry_id
          JOIN finance_journalline line ON line.entry_id = entry.id
          GROUP BY 1, 2, 3, 4
        ) counted ON counted.period_id = kept.period_id AND counted.account_id = kept.account_id
          AND counted.currency_id = kept.currency_id AND counted.journal = kept.journal
        WHERE kept.debit IS DISTINCT FROM counted.debit OR kept.credit IS DISTINCT FROM counted.credit
        """,
    ),
    Invariant(
        "closed_stays_closed",
        _("No entry was posted in a module of a period while it was closed"),
        """
        SELECT entry.id AS entry, entry.posted_at AS posted_at
        FROM finance_periodevent closing
        JOIN finance_journalentry entry ON entry.period_id = closing.period_id
          AND entry.posted_at > closing.happened_at AND closing.module = CASE
            WHEN entry.journal IN ('stock', 'production') THEN entry.journal
            WHEN entry.journal IN ('sales', 'purchase', 'bank') THEN 'receivables' ELSE 'ledger' END
        WHERE closing.became = 'closed' AND NOT EXISTS (
          SELECT 1 FROM finance_periodevent reopening
          WHERE reopening.period_id = closing.period_id AND reopening.module = closing.module
            AND reopening.id > closing.id AND reopening.happened_at < entry.posted_at
        )
        """,
    ),
    Invariant(
        "closing_balances",
        _("What stood on the accounts of a closed period still stands on them"),
        """
        SELECT closing.id AS event, account.id AS account, coalesce(kept.balance, 0) AS at_close,
          coalesce(counted.balance, 0) AS now
        FROM (
          SELECT DISTINCT ON (event.period_id) event.id, period.d1
          FROM finance_periodevent event JOIN finance_fiscalperiod period ON period.id = event.period_id
          WHERE event.module = 'ledger' AND event.became = 'closed' AND period.state = 'closed'
          ORDER BY event.period_id, event.id DESC
        ) closing
        CROSS JOIN finance_account account
        LEFT JOIN finance_closingbalance kept ON kept.event_id = closing.id AND kept.account_id = account.id
        LEFT JOIN LATERAL (
          SELECT sum(line.amount) AS balance FROM finance_journalline line
          JOIN finance_journalentry entry ON entry.id = line.entry_id
          WHERE line.account_id = account.id AND entry.entry_date <= closing.d1
        ) counted ON true
        WHERE coalesce(kept.balance, 0) <> coalesce(counted.balance, 0)
        """,
    ),
    Invariant(
        "control_accounts",
        _("No typed line is on the account of a sub-ledger"),
        """
        SELECT line.entry_id AS entry, line.line_no AS line, line.account_id AS account
        FROM finance_journalline line
        JOIN finance_journalentry entry ON entry.id = line.entry_id AND entry.event IN ('manual', 'opening')
        JOIN finance_accountmapping mapping ON mapping.account_id = line.account_id
          AND mapping.role IN ('receivable', 'unbilled', 'advance_received', 'payable', 'grni', 'advance_paid',
            'stock', 'dispatched', 'wip')
        """,
    ),
    Invariant(
        "voucher_numbers",
        _("Voucher numbers have no gap and no twin within series and month"),
        """
        SELECT coalesce(numbers.series, sequence.series) AS series, coalesce(numbers.month, sequence.period) AS month,
          numbers.used AS used, sequence.last_number AS last_number
        FROM (
          SELECT 'finance.voucher.' || voucher.series AS series,
            period.year::text || lpad(period.month::text, 2, '0') AS month, count(*) AS used, min(number) AS first,
            max(number) AS last
          FROM finance_voucher voucher JOIN finance_fiscalperiod period ON period.id = voucher.period_id
          WHERE voucher.state = 'posted' OR voucher.number IS NOT NULL GROUP BY 1, 2
        ) numbers FULL JOIN (
          SELECT series, period, last_number FROM core_legalsequence
          WHERE starts_with(series, 'finance.voucher.') AND series <> 'finance.voucher.chain'
        ) sequence ON sequence.series = numbers.series AND sequence.period = numbers.month
        WHERE numbers.used IS DISTINCT FROM sequence.last_number OR numbers.first <> 1
          OR numbers.last IS DISTINCT FROM sequence.last_number
        """,
    ),
    Invariant(
        "voucher_seals",
        _("The seal of every posted voucher is what its rows say, and follows the one before"),
        """
        SELECT voucher.id AS voucher, chain.position AS place
        FROM finance_voucher voucher LEFT JOIN (
          SELECT seal.*, coalesce(lag(seal.hash) OVER (PARTITION BY series ORDER BY position), '') AS before,
            row_number() OVER (PARTITION BY series ORDER BY position) AS expected
          FROM finance_voucherseal seal
        ) chain ON chain.voucher_id = voucher.id
        WHERE voucher.state = 'posted' AND (chain.id IS NULL OR chain.position <> chain.expected
          OR chain.previous_hash <> chain.before
          OR chain.hash <> finance_voucher_hash(voucher.id, chain.previous_hash))
        """,
    ),
    Invariant(
        "voucher_lines",
        _("The lines of a voucher are those of its entries, by account"),
        """
        SELECT coalesce(written.voucher_id, booked.voucher_id) AS voucher,
          coalesce(written.account_id, booked.account_id) AS account, written.amount AS voucher_amount,
          booked.amount AS entries
        FROM (SELECT voucher_id, account_id, sum(amount) AS amount FROM finance_voucherline GROUP BY 1, 2) written
        FULL JOIN (
          SELECT link.voucher_id, line.account_id, sum(line.amount) AS amount FROM finance_voucherentry link
          JOIN finance_journalline line ON line.entry_id = link.entry_id GROUP BY 1, 2
        ) booked ON booked.voucher_id = written.voucher_id AND booked.account_id = written.account_id
        WHERE coalesce(written.amount, 0) <> coalesce(booked.amount, 0)
        """,
    ),
)
