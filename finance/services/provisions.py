"""Provision for bad debts (坏账准备): proposed by age, booked as the difference to what stands."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.clock import business_date
from core.documents import lock, next_number, transition
from core.fields import ZERO
from core.locks import LockRank, advisory_lock
from core.operations import operation
from finance.errors import PercentOutOfRange
from finance.models import ProvisionBand, ProvisionLine, ProvisionRun
from finance.selectors.accounts import account_book
from finance.selectors.provisions import needed_provision, standing_provision
from finance.services.posting import Line, post_entry
from finance.states import AccountRole, AgeBucket, EntryEvent, ProvisionState


@operation(permission="finance.add_provisionrun")
def create_provision(
    *, document_date: dt.date | None = None, note: str = "", actor: Any, at: dt.datetime
) -> ProvisionRun:
    """Draft the provision of a day from what customers owe and how late it is.

    Raises:
        BooksNotOpen: no chart of accounts is loaded.
    """
    day = document_date or business_date(at)
    needed = needed_provision(day, account_book().decimals)
    run = ProvisionRun(
        number=next_number(ProvisionRun, at),
        document_date=day,
        needed_amount=sum((one.amount for one in needed), ZERO),
        standing_amount=standing_provision(),
        note=note,
        owner=actor if getattr(actor, "pk", None) else None,
        created_at=at,
    )
    run.save()
    ProvisionLine.objects.bulk_create(
        ProvisionLine(
            run=run,
            partner=one.partner,
            bucket=one.bucket,
            open_amount=one.open_amount,
            percent=one.percent,
            amount=one.amount,
        )
        for one in needed
    )
    run.refresh_from_db(fields=["difference"])
    return run


@operation(permission="finance.post_provisionrun", document=(ProvisionRun, "run_id"))
def post_provision(*, run_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> ProvisionRun:
    """Book the difference between the draft's need and what stands now.

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: it is posted or cancelled.
        PeriodClosed, NoFiscalPeriod: its date takes no entry.
    """
    advisory_lock("finance.provision", rank=LockRank.HEADER)
    run = lock(ProvisionRun, run_id, version=version)
    transition(run, ProvisionState.POSTED, actor=actor, at=at)
    run.standing_amount = standing_provision()
    run.save(update_fields=["standing_amount"])
    run.refresh_from_db(fields=["difference"])
    book = account_book()
    post_entry(
        source=run,
        event=EntryEvent.PROVISION,
        lines=[
            Line(account_id=book.account(AccountRole.BAD_DEBT), amount=run.difference),
            Line(account_id=book.account(AccountRole.PROVISION), amount=-run.difference),
        ],
        date=run.document_date,
        book=book,
        actor=actor,
        at=at,
    )
    return run


@operation(permission="finance.cancel_provisionrun", document=(ProvisionRun, "run_id"))
def cancel_provision(*, run_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> ProvisionRun:
    """Cancel a draft.

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: it is posted or cancelled.
    """
    run = lock(ProvisionRun, run_id, version=version)
    transition(run, ProvisionState.CANCELLED, actor=actor, at=at)
    return run


@operation(permission="finance.configure_receivables")
def save_provision_bands(*, percents: Mapping[str, Decimal], actor: Any, at: dt.datetime) -> list[ProvisionBand]:
    """Say how much of each band of age is provided for: {band: percent}; the next run follows it.

    Raises:
        PercentOutOfRange: a percentage below 0 or above 100.
    """
    advisory_lock("finance.provision", rank=LockRank.HEADER)
    bands = {band.bucket: band for band in ProvisionBand.objects.all()}
    for code, percent in percents.items():
        if not 0 <= percent <= 100:
            raise PercentOutOfRange(field=code)
        band = bands.setdefault(code, ProvisionBand(bucket=AgeBucket(code)))
        band.percent = percent
        band.version += 1 if band.pk else 0
        band.save()
    return list(bands.values())
