"""Partners that may be the one being entered."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from masterdata.engines.naming import name_key, phone_key
from masterdata.models import Partner


@dataclass(frozen=True)
class Duplicate:
    """A partner that looks like the one being entered, and why; ``is_certain`` = same tax number."""

    partner: Partner
    reasons: tuple[str, ...]
    is_certain: bool


def similar_partners(
    *,
    name: str = "",
    name_zh: str = "",
    tax_number: str = "",
    phone: str = "",
    country: str = "CN",
    exclude: int | None = None,
) -> list[Duplicate]:
    """Return partners with the same tax number, phone or name (legal form, punctuation and case aside)."""
    names = {key for key in (name_key(name), name_key(name_zh)) if key}
    number = phone_key(phone, country)
    tax_number = tax_number.strip().upper()
    condition = Q(name_key__in=names) | Q(name_zh_key__in=names)
    if number:
        condition |= Q(phone_key=number)
    if tax_number:
        condition |= Q(tax_number=tax_number)
    rows = Partner.objects.filter(condition, merged_into__isnull=True).exclude(pk=exclude).order_by("code")[:10]
    return [_why(row, names, number, tax_number) for row in rows]


def _why(row: Partner, names: set[str], number: str, tax_number: str) -> Duplicate:
    same_tax = bool(tax_number) and row.tax_number == tax_number
    reasons = [
        text
        for text, holds in (
            (_("same tax number"), same_tax),
            (_("same phone"), bool(number) and row.phone_key == number),
            (_("same name"), bool(names & {row.name_key, row.name_zh_key})),
        )
        if holds
    ]
    return Duplicate(row, tuple(reasons), same_tax)
