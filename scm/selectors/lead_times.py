"""How long suppliers really took."""

import datetime as dt
from collections import defaultdict

from django.db import connection

TAKEN = """
SELECT l.item_id, r.document_date - COALESCE(
    (o.approved_at AT TIME ZONE (SELECT time_zone FROM core_company))::date, o.document_date)
FROM scm_goodsreceiptline l
JOIN scm_goodsreceipt r ON r.id = l.receipt_id
JOIN scm_purchaseorder o ON o.id = r.order_id
WHERE r.state = 'posted' AND r.document_date >= %(since)s AND NOT o.is_imported AND l.item_id IS NOT NULL
ORDER BY l.item_id, r.document_date, l.id
"""


def purchase_lead_times(since: dt.date) -> dict[int, list[int]]:
    """Return {item: calendar days from the approved order to each posted receipt since a day}, one at the least.

    Orders taken over from another system do not count: their dates are those of the import.
    """
    found: dict[int, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(TAKEN, {"since": since})
        for item_id, days in cursor.fetchall():
            found[item_id].append(max(1, days))
    return dict(found)
