"""Merging duplicate partners: the duplicate is closed and points to the one kept; what is posted stays as it is."""

import datetime as dt
from typing import Any

from core.errors import NotFound, StaleVersion
from core.locks import lock, lock_rows
from core.operations import operation
from masterdata.errors import DifferentTaxNumbers, DuplicateTaxNumber, MergeIntoItself, NotMerged
from masterdata.models import Partner
from masterdata.selectors.merging import are_two_taxpayers
from masterdata.services.entry import require_open, require_own_record

ROLES = ("is_customer", "is_supplier")


@operation(permission="masterdata.merge_partner", document=(Partner, "partner_id"))
def merge_partners(
    *, partner_id: int, kept_id: int, version: int | None = None, actor: Any, at: dt.datetime, reason: str = ""
) -> Partner:
    """Close a duplicate for entry and let ``kept_id`` stand for it; those merged into it before follow.

    The one kept becomes customer or supplier where the duplicate was; a tax number that one has both have. No row of a
    document or ledger changes: what was begun with the duplicate is delivered, invoiced and paid to its end, while
    exposure, ageing, statement, open invoices and lists of the one kept count both.

    Raises:
        NotFound: one of them does not exist.
        StaleVersion: somebody changed the duplicate since.
        MergeIntoItself: both are the same.
        MergedAway: one of them was merged into another before.
        ClosedForEntry: the one kept is closed.
        DifferentTaxNumbers: they are two taxpayers.
    """
    if partner_id == kept_id:
        raise MergeIntoItself(field="kept")
    duplicate, kept = _lock_both(partner_id, kept_id, version)
    require_own_record(duplicate)
    require_open(kept)
    if are_two_taxpayers(duplicate, kept):
        raise DifferentTaxNumbers(record=duplicate, kept=kept)
    for earlier in lock_rows(Partner.objects.filter(merged_into=duplicate)):
        _point(earlier, kept)
    duplicate.tax_number = duplicate.tax_number or kept.tax_number
    _point(duplicate, kept)
    _complete(kept, duplicate)
    return duplicate


@operation(permission="masterdata.merge_partner", document=(Partner, "partner_id"))
def unmerge_partner(
    *, partner_id: int, version: int | None = None, actor: Any, at: dt.datetime, reason: str = ""
) -> Partner:
    """Let a merged partner stand for itself again, open for entry; what was settled across both stays settled.

    A tax number that both have stays with the one kept.

    Raises:
        StaleVersion: somebody changed it since.
        NotMerged: it was not merged.
        DuplicateTaxNumber: a third partner has its tax number by now.
    """
    duplicate = lock(Partner, partner_id, version=version)
    if duplicate.merged_into is None:
        raise NotMerged(record=duplicate)
    if duplicate.tax_number == duplicate.merged_into.tax_number:
        duplicate.tax_number = ""  # one taxpayer, one partner: the one kept has it
    if duplicate.tax_number:
        twins = Partner.objects.filter(tax_number=duplicate.tax_number, merged_into__isnull=True)
        if (twin := twins.first()) is not None:
            raise DuplicateTaxNumber(partner=twin, tax_number=duplicate.tax_number, field="tax_number")
    duplicate.merged_into = None
    duplicate.is_active = True
    duplicate.version += 1
    duplicate.save()
    return duplicate


def _lock_both(partner_id: int, kept_id: int, version: int | None) -> tuple[Partner, Partner]:
    rows = {row.pk: row for row in lock_rows(Partner.objects.filter(pk__in=[partner_id, kept_id]))}
    for key in (partner_id, kept_id):
        if key not in rows:
            raise NotFound(model=str(Partner._meta.verbose_name), pk=key)
    if version is not None and rows[partner_id].version != version:
        raise StaleVersion(document=rows[partner_id])
    return rows[partner_id], rows[kept_id]


def _complete(kept: Partner, duplicate: Partner) -> None:
    """Give the one kept the roles and the tax number that only the duplicate had."""
    taken = {role: True for role in ROLES if getattr(duplicate, role) and not getattr(kept, role)}
    named = {"tax_number": duplicate.tax_number} if duplicate.tax_number != kept.tax_number else {}
    if not taken and not named:
        return
    for name, value in (taken | named).items():
        setattr(kept, name, value)
    kept.version += 1
    kept.save()


def _point(duplicate: Partner, kept: Partner) -> None:
    duplicate.merged_into = kept
    duplicate.is_active = False
    duplicate.version += 1
    duplicate.save()
