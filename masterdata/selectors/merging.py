"""Partners that were merged: the one kept stands for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from core.contributions import RelatedDocuments, contributions
from masterdata.models import Partner

Documents = Sequence[tuple[Any, int, str]]


@dataclass(frozen=True)
class Side:
    """One of two partners about to be merged: what hangs on it, as (label, how many, address)."""

    partner: Partner
    documents: Documents


def family_of(partner_id: int) -> QuerySet[Partner]:
    """Return the partner and those merged into it: what was done with any of them was done with the one kept."""
    return Partner.objects.filter(Q(pk=partner_id) | Q(merged_into=partner_id)).order_by()


def keys_of_family(partner_id: int) -> QuerySet[Partner, int]:
    """Return the keys of `family_of`, to be asked inside another query."""
    return family_of(partner_id).values_list("pk", flat=True)


def keys_with_kept(partner_id: int) -> QuerySet[Partner, int]:
    """Return the keys of `family_of` and of the one who is kept for the partner, to be asked inside another query."""
    kept = Partner.objects.filter(pk=partner_id).values("merged_into")
    found = Partner.objects.filter(Q(pk=partner_id) | Q(merged_into=partner_id) | Q(pk__in=kept))
    return found.order_by().values_list("pk", flat=True)


def is_family(one: Partner, other: Partner) -> bool:
    """Return whether two partners are one and the same by now."""
    return (one.merged_into_id or one.pk) == (other.merged_into_id or other.pk)


def are_two_taxpayers(one: Partner, other: Partner) -> bool:
    """Return whether both have tax numbers, and different ones."""
    return bool(one.tax_number and other.tax_number) and one.tax_number != other.tax_number


def side_of(partner: Partner, user: Any) -> Side:
    """Return what the user may see hanging on one partner; one statement per kind of document."""
    return Side(partner, _hanging_on(partner, user, "masterdata.partner"))


def unfinished_of(partner: Partner, user: Any) -> Documents:
    """Return the drafts, leads and opportunities in a partner's name that the user may see."""
    return _hanging_on(partner, user, "masterdata.partner.merge")


def _hanging_on(partner: Partner, user: Any, page: str) -> Documents:
    return [
        (one.label, count, one.url(partner))
        for one in contributions(RelatedDocuments, page=page, user=user)
        if (count := one.count(partner, user))
    ]
