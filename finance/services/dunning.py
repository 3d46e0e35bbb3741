"""Dunning: letters drafted for overdue customers, sent or cancelled; levels and blocks."""

import datetime as dt
from typing import Any

from core.clock import business_date
from core.documents import lock, next_number, transition
from core.fields import ZERO
from core.operations import operation
from finance.errors import LevelInUse, LevelsMissing, NotDue, ReasonMissing
from finance.models import DunningBlock, DunningLetter, DunningLevel, DunningLine
from finance.selectors.dunning import due_letters, overdue_instalments
from finance.states import DunningState
from masterdata.models import Partner

DAYS_TO_PAY = 7


@operation(permission="finance.add_dunningletter")
def write_letters(
    *, partner_ids: list[int], document_date: dt.date | None = None, actor: Any, at: dt.datetime
) -> list[int]:
    """Draft one letter per customer at the level he has reached; returns their keys.

    Raises:
        LevelsMissing: no dunning level is set up.
        NotDue: one of them is blocked, has a fresh letter, or nothing late enough.
    """
    day = document_date or business_date(at)
    if not DunningLevel.objects.exists():
        raise LevelsMissing()
    due = {one.partner.pk: one for one in due_letters(day)}
    made = []
    for partner_id in sorted(set(partner_ids)):
        one = due.get(partner_id)
        if one is None or one.level is None:
            raise NotDue(partner=one.partner if one else Partner.objects.get(pk=partner_id))
        instalments = list(overdue_instalments(day, partner_id=partner_id).order_by("due_date", "pk"))
        letter = DunningLetter(
            number=next_number(DunningLetter, at),
            partner=one.partner,
            level=one.level,
            document_date=day,
            pay_until=day + dt.timedelta(days=DAYS_TO_PAY),
            amount=sum((row.open_base_amount for row in instalments), ZERO),
            owner=actor if getattr(actor, "pk", None) else None,
            created_at=at,
        )
        letter.save()
        DunningLine.objects.bulk_create(
            DunningLine(
                letter=letter,
                instalment=row,
                due_date=row.due_date,
                days_overdue=(day - row.due_date).days,
                amount=row.open_amount,
            )
            for row in instalments
        )
        made.append(letter.pk)
    return made


@operation(permission="finance.send_dunningletter", document=(DunningLetter, "letter_id"))
def send_letter(*, letter_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> DunningLetter:
    """Note that a letter went out: the next one is a level sharper, after the interval.

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: it is sent or cancelled.
    """
    letter = lock(DunningLetter, letter_id, version=version)
    transition(letter, DunningState.SENT, actor=actor, at=at)
    return letter


@operation(permission="finance.cancel_dunningletter", document=(DunningLetter, "letter_id"))
def cancel_letter(*, letter_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> DunningLetter:
    """Cancel a draft letter.

    Raises:
        StaleVersion: somebody changed it since.
        InvalidTransition: it is sent or cancelled.
    """
    letter = lock(DunningLetter, letter_id, version=version)
    transition(letter, DunningState.CANCELLED, actor=actor, at=at)
    return letter


@operation(permission="finance.configure_receivables")
def save_level(
    *,
    level_id: int | None = None,
    version: int | None = None,
    level: int,
    days_overdue: int,
    title: str,
    title_zh: str,
    text: str,
    text_zh: str,
    actor: Any,
    at: dt.datetime,
) -> DunningLevel:
    """Create or change a dunning level; letters that were sent keep their level.

    Raises:
        StaleVersion: somebody changed it since.
        LevelInUse: another level has the number.
    """
    if DunningLevel.objects.filter(level=level).exclude(pk=level_id).exists():
        raise LevelInUse(level=level, field="level")
    found = lock(DunningLevel, level_id, version=version) if level_id else DunningLevel()
    found.level, found.days_overdue = level, days_overdue
    found.title, found.title_zh, found.text, found.text_zh = title, title_zh, text, text_zh
    found.version += 1 if found.pk else 0
    found.save()
    return found


@operation(permission="finance.block_dunning")
def block_dunning(
    *, partner_id: int, until: dt.date | None = None, reason_text: str, actor: Any, at: dt.datetime
) -> DunningBlock:
    """Write no letters to a customer until a day (None: until the block is lifted).

    Raises:
        ReasonMissing: no reason is given.
    """
    if not reason_text.strip():
        raise ReasonMissing(field="reason_text")
    before = DunningBlock.objects.filter(partner=partner_id).first()
    block = lock(DunningBlock, before.pk) if before else DunningBlock(partner=Partner.objects.get(pk=partner_id))
    block.until, block.reason = until, reason_text.strip()
    block.version += 1 if block.pk else 0
    block.save()
    return block


@operation(permission="finance.block_dunning", document=(DunningBlock, "block_id"))
def lift_block(*, block_id: int, actor: Any, at: dt.datetime) -> DunningBlock:
    """Write letters to a customer again from today.

    Raises:
        NotFound: there is no such block.
    """
    block = lock(DunningBlock, block_id)
    block.until = business_date(at) - dt.timedelta(days=1)
    block.version += 1
    block.save(update_fields=["until", "version"])
    return block
