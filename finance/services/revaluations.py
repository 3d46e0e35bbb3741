"""Currency revaluation (期末调汇): previewed, booked at the end of a period, taken back on the day after."""

import datetime as dt
from typing import Any

from core.clock import business_date
from core.documents import lock, next_number, transition
from core.fields import ZERO
from core.locks import LockRank, advisory_lock
from core.operations import operation
from finance.errors import NothingToRevalue, RevaluedAlready
from finance.models import JournalEntry, Revaluation, RevaluationLine
from finance.selectors.accounts import AccountBook, account_book
from finance.selectors.revaluation import Valued, foreign_balances
from finance.services.posting import Line, post_entry, reverse_entry
from finance.states import AccountRole, EntryEvent, RevaluationState


@operation(permission="finance.add_revaluation")
def create_revaluation(
    *, document_date: dt.date | None = None, note: str = "", actor: Any, at: dt.datetime
) -> Revaluation:
    """Draft the revaluation of a day: a preview that books nothing.

    Raises:
        NothingToRevalue: no balance differs.
        RevaluedAlready: the day has a posted revaluation.
        NoExchangeRate: a currency has no rate on the day.
    """
    day = document_date or business_date(at)
    _refuse_twin(day)
    balances = foreign_balances(day)
    if not balances:
        raise NothingToRevalue(date=day)
    revaluation = Revaluation(
        number=next_number(Revaluation, at),
        document_date=day,
        note=note,
        owner=actor if getattr(actor, "pk", None) else None,
        created_at=at,
    )
    _write(revaluation, balances)
    return revaluation


@operation(permission="finance.post_revaluation", document=(Revaluation, "revaluation_id"))
def post_revaluation(*, revaluation_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> Revaluation:
    """Book the unrealised differences as they are now, and their reversal on the day after.

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: it is posted, undone or cancelled.
        RevaluedAlready: the day has a posted revaluation.
        NothingToRevalue: no balance differs any more.
        PeriodClosed, NoFiscalPeriod: the day or the day after takes no entry.
    """
    advisory_lock("finance.revaluation", rank=LockRank.HEADER)
    revaluation = lock(Revaluation, revaluation_id, version=version)
    if revaluation.state == RevaluationState.DRAFT:
        _refuse_twin(revaluation.document_date)
    transition(revaluation, RevaluationState.POSTED, actor=actor, at=at)
    balances = foreign_balances(revaluation.document_date)
    if not balances:
        raise NothingToRevalue(date=revaluation.document_date)
    revaluation.lines.all().delete()
    _write(revaluation, balances)
    book = account_book()
    entry = post_entry(
        source=revaluation,
        event=EntryEvent.REVALUED,
        lines=_lines(balances, book),
        date=revaluation.document_date,
        book=book,
        actor=actor,
        at=at,
    )
    if entry is not None:
        reverse_entry(entry=entry, date=revaluation.document_date + dt.timedelta(days=1), actor=actor, at=at)
    return revaluation


@operation(permission="finance.reverse_revaluation", document=(Revaluation, "revaluation_id"))
def reverse_revaluation(
    *, revaluation_id: int, version: int | None = None, actor: Any, at: dt.datetime, reason: str = ""
) -> Revaluation:
    """Undo a posted revaluation (a rate was wrong) by the negative of both of its entries, each on its own day.

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: it is not posted.
        PeriodClosed, NoFiscalPeriod: one of the days takes no entry.
    """
    advisory_lock("finance.revaluation", rank=LockRank.HEADER)
    revaluation = lock(Revaluation, revaluation_id, version=version)
    transition(revaluation, RevaluationState.REVERSED, actor=actor, at=at, reason=reason)
    entry = JournalEntry.objects.get(
        source_label="finance.revaluation", source_id=revaluation.pk, event=EntryEvent.REVALUED, reverses__isnull=True
    )
    mirrored = [
        Line(
            account_id=line.account_id,
            amount=-line.amount,
            currency_id=line.currency_id if line.is_exchange_difference else None,
            is_exchange_difference=line.is_exchange_difference,
            partner_id=line.partner_id,
        )
        for line in entry.lines.order_by("line_no")
    ]
    undone = post_entry(
        source=revaluation,
        event=EntryEvent.REVERSED,
        lines=mirrored,
        date=revaluation.document_date,
        description=reason,
        actor=actor,
        at=at,
    )
    if undone is not None:
        day_after = revaluation.document_date + dt.timedelta(days=1)
        reverse_entry(entry=undone, date=day_after, description=reason, actor=actor, at=at)
    return revaluation


@operation(permission="finance.cancel_revaluation", document=(Revaluation, "revaluation_id"))
def cancel_revaluation(*, revaluation_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> Revaluation:
    """Cancel a draft.

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: it is posted, undone or cancelled.
    """
    revaluation = lock(Revaluation, revaluation_id, version=version)
    transition(revaluation, RevaluationState.CANCELLED, actor=actor, at=at)
    return revaluation


def _refuse_twin(day: dt.date) -> None:
    twin = Revaluation.objects.filter(document_date=day, state=RevaluationState.POSTED).first()
    if twin is not None:
        raise RevaluedAlready(date=day, document=twin)


def _write(revaluation: Revaluation, balances: list[Valued]) -> None:
    revaluation.difference = sum((one.difference for one in balances), ZERO)
    revaluation.save()
    RevaluationLine.objects.bulk_create(
        RevaluationLine(
            revaluation=revaluation,
            account=one.account,
            partner=one.partner,
            currency=one.currency,
            currency_amount=one.currency_amount,
            booked_amount=one.booked,
            rate=one.rate,
            valued_amount=one.valued,
        )
        for one in balances
    )


def _lines(balances: list[Valued], book: AccountBook) -> list[Line]:
    lines = [
        Line(
            account_id=one.account.pk,
            amount=one.difference,
            currency_id=one.currency.pk,
            is_exchange_difference=True,
            partner_id=one.partner.pk if one.partner else None,
        )
        for one in balances
    ]
    total = sum((one.difference for one in balances), ZERO)
    return [*lines, Line(account_id=book.account(AccountRole.UNREALISED_EXCHANGE), amount=-total)]
