"""Payments on others' pages: search."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.contributions import (
    Hit,
    SearchSource,
)
from finance.models import Payment


def search_payments(text: str, user: Any, limit: int) -> Sequence[Hit]:
    """Payments by number and by the bank's reference."""
    found = Payment.objects.visible_to(user).filter(Q(number__icontains=text) | Q(reference__icontains=text))
    return [
        Hit(
            title=str(row),
            url=row.get_absolute_url(),
            subtitle=f"{row.partner} {row.reference}".strip(),
            icon="cash",
            exact=text.lower() == row.number.lower(),
        )
        for row in found.select_related("partner").order_by("-pk")[:limit]
    ]


SEARCH = SearchSource("finance.payment", _("Payments"), "finance.view_payment", search_payments, 80)

CONTRIBUTIONS = (SEARCH,)
