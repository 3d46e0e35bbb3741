"""Preparing vouchers: the entries of a period that are in none are grouped by the company's rule (制单)."""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from core import audit
from core.documents import lock
from core.locks import LockRank, advisory_lock, lock_many
from core.operations import operation
from finance.errors import VoucherNotPrepared
from finance.models import FiscalPeriod, Voucher, VoucherEntry
from finance.selectors.vouchers import Group, groups_waiting, ledger_settings
from finance.states import EntryEvent, VoucherState

BATCH = 2000


@operation(permission="finance.prepare_voucher")
def prepare_vouchers(*, period_id: int, actor: Any, at: dt.datetime) -> list[int]:
    """Put every entry of a period that is in no voucher into one; returns the keys of the new vouchers.

    Who typed an entry prepares its voucher; of entries that book themselves it is whoever runs this.
    """
    advisory_lock("finance.vouchers", rank=LockRank.HEADER)
    period = FiscalPeriod.objects.get(pk=period_id)
    groups = groups_waiting(period, ledger_settings())
    runner = actor.pk if getattr(actor, "pk", None) else None
    vouchers = Voucher.objects.bulk_create((_voucher(group, period, runner, at) for group in groups), batch_size=BATCH)
    VoucherEntry.objects.bulk_create(
        (
            VoucherEntry(voucher=voucher, entry_id=entry)
            for voucher, group in zip(vouchers, groups, strict=True)
            for entry in group.entries
        ),
        batch_size=BATCH,
    )
    keys = [voucher.pk for voucher in vouchers]
    _write_lines(keys)
    return keys


@operation(permission="finance.prepare_voucher", document=(Voucher, "voucher_ids"))
def discard_vouchers(*, voucher_ids: Sequence[int], actor: Any, at: dt.datetime) -> list[int]:
    """Take prepared vouchers apart again: their entries wait for the next run.

    Raises:
        NotFound: one does not exist.
        VoucherNotPrepared: one is reviewed or posted.
    """
    for voucher in lock_many(Voucher, voucher_ids).values():
        if voucher.state != VoucherState.PREPARED:
            raise VoucherNotPrepared(voucher=voucher, state=str(voucher.get_state_display()))
    Voucher.objects.filter(pk__in=voucher_ids).delete()
    return sorted(voucher_ids)


@operation(permission="finance.prepare_voucher", document=(Voucher, "voucher_id"))
def set_attachments(*, voucher_id: int, count: int, version: int | None = None, actor: Any, at: dt.datetime) -> Voucher:
    """Say how many papers are attached to a prepared voucher.

    Raises:
        StaleVersion: somebody changed it since.
        VoucherNotPrepared: it is reviewed or posted.
    """
    voucher = lock(Voucher, voucher_id, version=version)
    if voucher.state != VoucherState.PREPARED:
        raise VoucherNotPrepared(voucher=voucher, state=str(voucher.get_state_display()))
    before, voucher.attachment_count = voucher.attachment_count, count
    voucher.version += 1
    voucher.save(update_fields=["attachment_count", "version"])
    audit.record(voucher, "attachments", actor=actor, at=at, attachment_count=[before, count])
    return voucher


def _voucher(group: Group, period: FiscalPeriod, runner: int | None, at: dt.datetime) -> Voucher:
    return Voucher(
        series=group.series,
        period=period,
        voucher_date=group.date,
        total=group.total,
        description=group.description[:200],
        attachment_count=group.attachment_count,
        prepared_by_id=group.typed_by or runner,
        prepared_at=at,
    )


def _write_lines(vouchers: Iterable[int]) -> None:
    """Add up the lines of the entries by account, side and dimensions: debits first, in order of the chart.

    The summary (摘要) is what was typed; of an entry that booked itself it says what happened, by which document (where
    the voucher is of one) and with whom.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO finance_voucherline (voucher_id, line_no, description, account_id, amount, currency_id,
              currency_amount, partner_id, department_id, project_id, item_category_id)
            SELECT grouped.voucher_id,
              row_number() OVER (PARTITION BY grouped.voucher_id
                ORDER BY grouped.amount < 0, account.code, grouped.partner_id, grouped.department_id,
                  grouped.project_id, grouped.item_category_id, grouped.currency_id),
              left(grouped.description, 200), grouped.account_id, grouped.amount, grouped.currency_id,
              grouped.currency_amount, grouped.partner_id, grouped.department_id, grouped.project_id,
              grouped.item_category_id
            FROM (
              SELECT link.voucher_id, line.account_id, line.currency_id, line.partner_id, line.department_id,
                line.project_id, line.item_category_id, sum(line.amount) AS amount,
                sum(line.currency_amount) AS currency_amount,
                coalesce(min(nullif(line.description, '')), min(concat_ws(' ',
                  CASE WHEN entry.source_label <> 'finance.manualentry' THEN %(words)s::jsonb ->> entry.event END,
                  CASE WHEN entry.source_label <> 'finance.manualentry' AND apart.entries = 1
                    THEN nullif(entry.source_number, '') END,
                  nullif(entry.description, ''))), '') AS description
              FROM finance_voucherentry link
              JOIN finance_journalentry entry ON entry.id = link.entry_id
              JOIN finance_journalline line ON line.entry_id = entry.id
              JOIN (SELECT voucher_id, count(*) AS entries FROM finance_voucherentry
                    WHERE voucher_id = ANY(%(vouchers)s) GROUP BY 1) apart ON apart.voucher_id = link.voucher_id
              GROUP BY link.voucher_id, line.account_id, line.currency_id, line.partner_id, line.department_id,
                line.project_id, line.item_category_id, line.amount > 0
            ) grouped JOIN finance_account account ON account.id = grouped.account_id
            """,
            {
                "vouchers": list(vouchers),
                "words": json.dumps({str(event): str(event.label) for event in EntryEvent}),
            },
        )
