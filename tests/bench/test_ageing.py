"""Ageing of 200,000 open items, set-based: three statements whatever their number.

Run by ``./run test tests/bench/test_ageing.py -s``; prints the milliseconds and the statements.
"""

import datetime as dt
import sys
import time

from django.db import connection
from django.test.utils import CaptureQueriesContext

from finance.selectors.ageing import ageing, totals
from tests.factories import erp, masterdata
from tests.factories.finance import open_books

ITEMS, PARTNERS = 200_000, 500

FILL = """
INSERT INTO masterdata_partner (code, name, name_zh, is_active, version, short_name, is_customer, is_supplier, kind,
  country, tax_number, currency_id, phone, email, website, language, note, pinyin, name_key, name_zh_key, phone_key)
SELECT 'B' || one, 'Bench ' || one, '', true, 0, '', true, false, 'company', 'CN', '', %(currency)s, '', '', '',
  'zh-hans', '', '', '', '', '' FROM generate_series(1, %(partners)s) one;

INSERT INTO finance_invoice (number, version, document_date, created_at, note, exchange_rate, tax_included,
  rounding_level, net_amount, tax_amount, gross_amount, state, kind, is_credit, legal_number, supplier_reference,
  due_date, source, base_net_amount, base_tax_amount, base_gross_amount, settled_amount, settled_base_amount,
  discount_percent, match_state, currency_id, partner_id)
SELECT 'B' || one, 1, DATE '2026-03-01', now(), '', 1, true, 'line', one %% 997 + 1, 0, one %% 997 + 1, 'draft',
  'customer', false, '', '', DATE '2026-01-01' + one %% 120, '', one %% 997 + 1, 0, one %% 997 + 1, 0, 0, 0, '',
  %(currency)s, (SELECT id FROM masterdata_partner WHERE code = 'B' || (one %% %(partners)s + 1))
FROM generate_series(1, %(items)s) one;

INSERT INTO finance_invoiceinstalment (invoice_id, kind, partner_id, line_no, due_date, amount, settled_amount,
  open_base_amount)
SELECT id, kind, partner_id, 1, due_date, gross_amount, 0, base_gross_amount FROM finance_invoice
WHERE number LIKE 'B%%';
"""


def test_ageing_of_200000_open_items(db):
    open_books()
    erp.place()
    names = {"currency": masterdata.currency("CNY").pk, "partners": PARTNERS, "items": ITEMS}
    with connection.cursor() as cursor:
        cursor.execute(FILL, names)
        cursor.execute("ANALYZE finance_invoiceinstalment")
        cursor.execute("ANALYZE masterdata_partner")
    taken = []
    for _round in range(5):
        with CaptureQueriesContext(connection) as statements:
            start = time.perf_counter()
            rows = ageing("customer", dt.date(2026, 3, 10))
            taken.append((time.perf_counter() - start) * 1000)
    figures = f"ageing of {ITEMS:,} open items: {min(taken):.0f} ms (of {[round(one) for one in taken]})"
    sys.stdout.write(f"{figures}, {len(statements)} statements\n")
    assert len(rows) == PARTNERS
    assert sum(totals(rows)) == sum(number % 997 + 1 for number in range(1, ITEMS + 1))
    assert len(statements) <= 3
