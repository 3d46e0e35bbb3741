"""What a partner still lacks for a step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from masterdata.models import Partner, PartnerAddress


@dataclass(frozen=True)
class Rule:
    """``holds(partner)`` for the steps named in ``purposes``; ``label`` is what is missing when it does not."""

    code: str
    label: Any
    purposes: frozenset[str]
    holds: Callable[[Partner], bool]


def _is_chinese_company(partner: Partner) -> bool:
    return partner.country == "CN" and partner.kind == Partner.Kind.COMPANY


def _has_address(*kinds: str) -> Callable[[Partner], bool]:
    def holds(partner: Partner) -> bool:
        return any(one.is_active and one.kind in kinds for one in partner.addresses.all())

    return holds


def _can_be_reached(partner: Partner) -> bool:
    if partner.phone or partner.email:
        return True
    people = [one for one in partner.contacts.all() if one.is_active]
    places = [one for one in partner.addresses.all() if one.is_active]
    return any(one.phone or one.mobile or one.email for one in people) or bool(places)


def _rule(code: str, label: Any, purposes: str, holds: Callable[[Partner], bool]) -> Rule:
    return Rule(code, label, frozenset(purposes.split()), holds)


_KIND = PartnerAddress.Kind
RULES: Sequence[Rule] = (
    _rule("customer", _("the mark as customer"), "quote order invoice", lambda one: one.is_customer),
    _rule("supplier", _("the mark as supplier"), "purchase pay", lambda one: one.is_supplier),
    _rule("reach", _("a phone number, an e-mail or an address"), "quote order purchase", _can_be_reached),
    _rule("term", _("payment terms"), "order purchase", lambda one: one.payment_term_id is not None),
    _rule("ship_to", _("a shipping address"), "order", _has_address(_KIND.SHIPPING, _KIND.OTHER)),
    _rule(
        "tax_number",
        _("a tax number"),
        "invoice",
        lambda one: bool(one.tax_number) or not _is_chinese_company(one),
    ),
    _rule(
        "bill_to",
        _("an address"),
        "invoice",
        _has_address(_KIND.BILLING, _KIND.SHIPPING, _KIND.OTHER),
    ),
    _rule("bank", _("a bank account"), "pay", lambda one: any(row.is_active for row in one.bank_accounts.all())),
)
PURPOSES = {
    "quote": _("Quotation"),
    "order": _("Sales order"),
    "invoice": _("Invoice"),
    "purchase": _("Purchase order"),
    "pay": _("Payment"),
}


def missing_for(partner: Partner, purpose: str) -> list[str]:
    """Return what ``partner`` lacks for ``purpose`` (quote, order, invoice, purchase, pay) in the reader's words.

    Prefetch addresses, contacts and bank_accounts where many partners are asked.
    """
    return [str(rule.label) for rule in RULES if purpose in rule.purposes and not rule.holds(partner)]
