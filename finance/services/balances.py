"""Summing journal lines up per period and account, so that reports need not read them all."""

import datetime as dt
from typing import Any

from django.db import connection
from django.db.models import Max

from core.locks import try_advisory_lock
from core.operations import operation
from finance.models import FiscalPeriod, JournalEntry, SummedPeriod
from finance.models.periods import lock_name


@operation(permission=None)
def sum_period(*, period_id: int, actor: Any, at: dt.datetime) -> int:
    """Add the lines of a period's newer entries to its kept sums; returns up to which entry they stand then.

    Needs a moment in which nobody is posting in the period (else entries of lower keys could still come): when there
    is none, the sums stay as they are until the next run. Postings wait for nothing.
    """
    period = FiscalPeriod.objects.get(pk=period_id)
    mark, _created = SummedPeriod.objects.get_or_create(period=period)
    if not try_advisory_lock(lock_name(period.d0)):
        return mark.last_entry_id
    mark.refresh_from_db()
    last = JournalEntry.objects.filter(period=period).aggregate(last=Max("pk"))["last"] or 0
    if last <= mark.last_entry_id:
        return mark.last_entry_id
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO finance_accountbalance AS kept (period_id, account_id, currency_id, journal, partner_id,
              department_id, project_id, item_category_id, debit, credit, currency_amount)
            SELECT entry.period_id, line.account_id, line.currency_id, entry.journal, line.partner_id,
              line.department_id, line.project_id, line.item_category_id,
              coalesce(sum(line.amount) FILTER (WHERE line.amount > 0), 0),
              coalesce(-sum(line.amount) FILTER (WHERE line.amount < 0), 0), sum(line.currency_amount)
            FROM finance_journalentry entry JOIN finance_journalline line ON line.entry_id = entry.id
            WHERE entry.period_id = %(period)s AND entry.id > %(mark)s AND entry.id <= %(last)s
            GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
            ON CONFLICT ON CONSTRAINT finance_accountbalance_key DO UPDATE SET debit = kept.debit + excluded.debit,
              credit = kept.credit + excluded.credit,
              currency_amount = kept.currency_amount + excluded.currency_amount
            """,
            {"period": period.pk, "mark": mark.last_entry_id, "last": last},
        )
    SummedPeriod.objects.filter(pk=mark.pk).update(last_entry_id=last)
    return int(last)
