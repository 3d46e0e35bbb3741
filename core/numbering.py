"""The one coding-rule engine: business numbers from PostgreSQL sequences, legal numbers from a locked row."""

import datetime as dt
import json

from django.conf import settings
from django.db import connection

from core.failpoints import failpoint
from core.history import bulk_create
from core.locks import note_lock, rank_of
from core.models.numbering import CodingRule, LegalSequence

DEFAULT_RULES: dict[str, tuple[str, str, int]] = {}


def register_rule(target: str, prefix: str, *, date_part: str = "%y%m", digits: int = 4) -> None:
    """Declare the rule that ``target`` (``app.model``, lower case) is numbered by until somebody changes it."""
    DEFAULT_RULES[target] = (prefix, date_part, digits)


def rule_for(target: str) -> CodingRule:
    """Return the stored rule of ``target``, creating it from its declared default the first time."""
    rule = CodingRule.objects.filter(target=target).first()
    if rule is not None:
        return rule
    prefix, date_part, digits = DEFAULT_RULES[target]
    rule, _created = CodingRule.objects.get_or_create(
        target=target, defaults={"prefix": prefix, "date_part": date_part, "digits": digits}
    )
    return rule


def ensure_rules() -> None:
    """Store the declared default of every target that has no rule yet."""
    known = set(CodingRule.objects.values_list("target", flat=True))
    missing = [
        CodingRule(target=target, prefix=prefix, date_part=date_part, digits=digits)
        for target, (prefix, date_part, digits) in DEFAULT_RULES.items()
        if target not in known
    ]
    bulk_create(missing, CodingRule)


def luhn_digit(digits: str) -> str:
    """Return the Luhn check digit (ISO/IEC 7812-1 annex B) over the decimal digits of ``digits``."""
    total = 0
    for place, char in enumerate(reversed([c for c in digits if c.isdigit()])):
        value = int(char) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def format_code(rule: CodingRule, date: dt.date, sequence: int) -> str:
    """Assemble prefix, date part, zero-padded sequence and check digit."""
    head = rule.prefix + (date.strftime(rule.date_part) if rule.date_part else "")
    code = f"{head}{rule.separator if head else ''}{sequence:0{rule.digits}d}"
    return code + luhn_digit(code) if rule.check_digit == CodingRule.CheckDigit.LUHN else code


def next_code(target: str, date: dt.date) -> str:
    """Take the next business number of ``target``; holds no lock, may leave gaps."""
    rule = _numbered(target, date)
    if rule is None:
        rule_for(target)
        rule = _numbered(target, date)
        assert rule is not None
    return format_code(rule, date, rule.sequence)  # type: ignore[attr-defined]


def _numbered(target: str, date: dt.date) -> CodingRule | None:
    """Return the rule of ``target`` with the next number of its sequence, in one statement; None without a rule."""
    periods = {part: date.strftime(part) for part in CodingRule.DatePart.values if part}
    found = CodingRule.objects.raw(
        "SELECT rule.*, core_next_number(rule.target, coalesce(%s::jsonb ->> rule.date_part, '')) AS sequence"
        " FROM core_codingrule rule WHERE rule.target = %s",
        [json.dumps(periods), target],
    )
    return next(iter(found), None)


def next_legal_number(series: str, period: str) -> int:
    """Take the next gap-free number of ``series`` in ``period`` (``2026`` or ``202611``); the row stays locked."""
    return next_legal_numbers(series, period, 1)


def next_legal_numbers(series: str, period: str, count: int) -> int:
    """Take the next ``count`` gap-free numbers and return the first of them; the row stays locked."""
    if settings.LOCKS_OFF:
        return _numbers_without_lock(series, period, count)
    note_lock(rank_of(LegalSequence), [(LegalSequence._meta.label, f"{series}/{period}")])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_legalsequence AS own (series, period, last_number) VALUES (%s, %s, %s) ON CONFLICT "
            "(series, period) DO UPDATE SET last_number = own.last_number + excluded.last_number RETURNING last_number",
            [series, period, count],
        )
        first = int(cursor.fetchone()[0]) - count + 1
    failpoint("number.taken")
    return first


def _numbers_without_lock(series: str, period: str, count: int) -> int:
    """Read, then write: what the controls of the race tests show to be wrong."""
    row, _created = LegalSequence.objects.get_or_create(series=series, period=period)
    LegalSequence.objects.filter(pk=row.pk).update(last_number=row.last_number + count)
    return row.last_number + 1
