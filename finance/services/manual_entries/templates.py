"""Keeping entry templates."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from core.documents import lock
from core.operations import operation
from finance.errors import BasisMissing, CodeTaken, NothingToPost, ScheduleWithoutDate
from finance.models import EntryTemplate, EntryTemplateLine
from finance.services.manual_entries.journals import require_journal
from finance.states import AmountRule, ManualEntryKind, Schedule

NAMED = ("partner_id", "department_id", "project_id", "item_category_id", "sales_order_id")


@operation(permission="finance.change_entrytemplate")
def save_template(
    *,
    template_id: int | None = None,
    version: int | None = None,
    code: str,
    name: str,
    lines: Sequence[Mapping[str, Any]],
    name_zh: str = "",
    description: str = "",
    schedule: str = Schedule.NONE,
    next_date: dt.date | None = None,
    until: dt.date | None = None,
    is_posted: bool = False,
    reverses_next_period: bool = False,
    is_active: bool = True,
    ledger_journal_id: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> EntryTemplate:
    """Create or replace a template; ``lines`` of account_id, side, rule, amount, percent, basis_account_id, dimensions.

    Raises:
        StaleVersion: somebody changed it since.
        CodeTaken: another template has the code.
        ScheduleWithoutDate: a schedule needs the day it begins on.
        NothingToPost: it has no lines.
        JournalClosed, WrongJournal: its journal takes no typed entry.
        BasisMissing: a line takes a share of an account and names none.
    """
    if EntryTemplate.objects.filter(code=code).exclude(pk=template_id).exists():
        raise CodeTaken(value=code, field="code")
    if schedule != Schedule.NONE and next_date is None:
        raise ScheduleWithoutDate(field="next_date")
    if not lines:
        raise NothingToPost(document=code)
    template = lock(EntryTemplate, template_id, version=version) if template_id else EntryTemplate()
    template.version += 1 if template.pk else 0
    values = {
        "code": code,
        "name": name,
        "name_zh": name_zh,
        "description": description,
        "schedule": Schedule(schedule),
        "next_date": next_date,
        "until": until,
        "is_posted": is_posted,
        "reverses_next_period": reverses_next_period,
        "is_active": is_active,
        "ledger_journal": require_journal(ledger_journal_id, ManualEntryKind.GENERAL),
    }
    for field, value in values.items():
        setattr(template, field, value)
    template.save()
    template.lines.all().delete()
    EntryTemplateLine.objects.bulk_create(_line(template, number, row) for number, row in enumerate(lines, 1))
    return template


def _line(template: EntryTemplate, number: int, row: Mapping[str, Any]) -> EntryTemplateLine:
    rule = AmountRule(row.get("rule") or AmountRule.FIXED)
    if rule in {AmountRule.BALANCE, AmountRule.MOVEMENT} and not row.get("basis_account_id"):
        raise BasisMissing(line=str(number), field="lines")
    return EntryTemplateLine(
        template=template,
        line_no=number,
        account_id=row["account_id"],
        description=row.get("description") or "",
        side=row["side"],
        rule=rule,
        amount=row.get("amount") or 0,
        percent=row.get("percent") or 100,
        basis_account_id=row.get("basis_account_id"),
        **{name: row.get(name) for name in NAMED},
    )
