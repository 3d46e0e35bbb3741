"""Entries made from templates: on demand, and on the template's schedule."""

import calendar
import datetime as dt
from decimal import Decimal
from typing import Any

from core.clock import business_date, company
from core.documents import lock
from core.fields import ZERO
from core.money import round_amount
from core.operations import operation
from finance.errors import NothingToPost, NotScheduled
from finance.models import EntryTemplate, EntryTemplateLine, FiscalPeriod, ManualEntry
from finance.selectors.balances import balance_on, movement_between
from finance.selectors.manual_entries import due_templates
from finance.services.manual_entries.drafts import NAMED, create_manual_entry
from finance.services.manual_entries.posting import post_manual_entry
from finance.states import AmountRule, BalanceSide, ManualEntryState, Schedule

MONTHS = {Schedule.MONTHLY: 1, Schedule.QUARTERLY: 3, Schedule.YEARLY: 12}


@operation(permission="finance.add_manualentry")
def entry_from_template(
    *, template_id: int, document_date: dt.date | None = None, actor: Any, at: dt.datetime
) -> ManualEntry:
    """Draft an entry from a template, its amounts as of ``document_date`` (today).

    Raises:
        NothingToPost: every amount is zero.
    """
    template = EntryTemplate.objects.get(pk=template_id)
    return _draft(template, document_date or business_date(at), actor=actor, at=at)


@operation(permission=None)
def run_template(*, template_id: int, actor: Any, at: dt.datetime) -> ManualEntry | None:
    """Make the entry a scheduled template is due for, post it if it says so, and move the schedule on.

    Returns None when every amount is zero: the turn passes without an entry.

    Raises:
        NotScheduled: it has no schedule, is closed, or is not due yet.
        whatever `post_manual_entry` refuses.
    """
    template = lock(EntryTemplate, template_id)
    due = template.next_date
    if due is None or not due_templates(business_date(at)).filter(pk=template.pk).exists():
        raise NotScheduled(template=str(template))
    template.next_date = _following(due, MONTHS[Schedule(template.schedule)])
    template.version += 1
    template.save(update_fields=["next_date", "version"])
    known = ManualEntry.objects.filter(template=template, scheduled_for=due).exclude(state=ManualEntryState.CANCELLED)
    if known.exists() or not _amounts(template, due):
        return None
    entry = _draft(template, due, actor=actor, at=at)
    entry.scheduled_for = due
    entry.save(update_fields=["scheduled_for"])
    if template.is_posted:
        entry = post_manual_entry(entry_id=entry.pk, actor=actor, at=at)
    return entry


def _draft(template: EntryTemplate, date: dt.date, *, actor: Any, at: dt.datetime) -> ManualEntry:
    amounts = _amounts(template, date)
    if not amounts:
        raise NothingToPost(document=template)
    rows = [
        {
            "account_id": line.account_id,
            "description": line.description or template.description,
            "debit" if amount > 0 else "credit": abs(amount),
            **{name: getattr(line, name) for name in NAMED},
        }
        for line, amount in amounts
    ]
    entry = create_manual_entry(
        lines=rows,
        document_date=date,
        description=template.description or template.label(),
        reversal_date=_first_of_next(date) if template.reverses_next_period else None,
        ledger_journal_id=template.ledger_journal_id,
        actor=actor,
        at=at,
    )
    entry.template = template
    entry.save(update_fields=["template"])
    return entry


def _amounts(template: EntryTemplate, date: dt.date) -> list[tuple[EntryTemplateLine, Decimal]]:
    """Return the lines that have an amount on ``date``, debit positive; the rest balances the others."""
    own = company()
    decimals = own.base_decimals if own else 2
    lines = list(template.lines.select_related("account", "basis_account").order_by("line_no"))
    found = {line.pk: _amount(line, date, decimals) for line in lines if line.rule != AmountRule.REST}
    rest = -sum(found.values(), ZERO)
    for line in lines:
        if line.rule == AmountRule.REST:
            found[line.pk], rest = rest, ZERO
    return [(line, found[line.pk]) for line in lines if found[line.pk]]


def _amount(line: EntryTemplateLine, date: dt.date, decimals: int) -> Decimal:
    """Return the amount of a line, debit positive: a share of an account counts in that account's own direction."""
    side = 1 if line.side == BalanceSide.DEBIT else -1
    if line.rule == AmountRule.FIXED:
        return line.amount * side
    basis = line.basis_account
    assert basis is not None
    if line.rule == AmountRule.BALANCE:
        figure = balance_on(basis, date)
    else:
        period = FiscalPeriod.objects.filter(d0__lte=date, d1__gte=date).first()
        figure = movement_between(basis, period.d0 if period else date.replace(day=1), date)
    in_its_direction = figure if basis.direction == BalanceSide.DEBIT else -figure
    return round_amount(in_its_direction * line.percent / 100, decimals) * side


def _following(date: dt.date, months: int) -> dt.date:
    """Return the same day some months later; the last day of a month stays the last day."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    is_last = date.day == calendar.monthrange(date.year, date.month)[1]
    return dt.date(year, month + 1, last if is_last else min(date.day, last))


def _first_of_next(date: dt.date) -> dt.date:
    return (date.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
