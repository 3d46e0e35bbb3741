"""Vouchers and typed entries on others' pages: waiting work and search."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.contributions import Hit, SearchSource, Work, WorkItems
from finance.contributions.links import list_url
from finance.models import ManualEntry, Voucher
from finance.states import ManualEntryState, VoucherState


def vouchers_waiting(state: str, user: Any, limit: int) -> Sequence[Work]:
    """Vouchers in one state that somebody else than those before has to act on, the oldest first."""
    rows = waiting(state, user).select_related("period").order_by("voucher_date", "pk")
    return [Work(str(row), row.get_absolute_url(), row.description, row.voucher_date) for row in rows[:limit]]


def waiting(state: str, user: Any) -> Any:
    """Return the vouchers in ``state`` that are not the user's own work."""
    found = Voucher.objects.filter(state=state).exclude(prepared_by=user)
    return found.exclude(reviewed_by=user) if state == VoucherState.REVIEWED else found


def drafts_waiting(user: Any, limit: int) -> Sequence[Work]:
    """Typed entries that wait to be posted."""
    rows = ManualEntry.objects.filter(state=ManualEntryState.DRAFT).order_by("document_date", "pk")
    return [Work(str(row), row.get_absolute_url(), row.description, row.document_date) for row in rows[:limit]]


WORK = (
    WorkItems(
        "finance.vouchers_to_review",
        _("Vouchers to review"),
        "finance.review_voucher",
        waiting=lambda user: waiting(VoucherState.PREPARED, user),
        items=lambda user, limit: vouchers_waiting(VoucherState.PREPARED, user, limit),
        url=list_url("finance:voucher-list", "state=prepared"),
        step=8,
        order=44,
    ),
    WorkItems(
        "finance.vouchers_to_post",
        _("Vouchers to post"),
        "finance.post_voucher",
        waiting=lambda user: waiting(VoucherState.REVIEWED, user),
        items=lambda user, limit: vouchers_waiting(VoucherState.REVIEWED, user, limit),
        url=list_url("finance:voucher-list", "state=reviewed"),
        step=8,
        order=45,
    ),
    WorkItems(
        "finance.draft_entries",
        _("Draft entries"),
        "finance.post_manualentry",
        waiting=lambda user: ManualEntry.objects.filter(state=ManualEntryState.DRAFT),
        items=drafts_waiting,
        url=list_url("finance:manual-entry-list", "state=draft"),
        step=8,
        order=46,
    ),
)


def search_entries(text: str, user: Any, limit: int) -> Sequence[Hit]:
    """Typed entries by number and summary."""
    found = ManualEntry.objects.visible_to(user).filter(Q(number__icontains=text) | Q(description__icontains=text))
    return [
        Hit(str(row), row.get_absolute_url(), row.description, "pencil", exact=text.lower() == row.number.lower())
        for row in found.order_by("-pk")[:limit]
    ]


SEARCH = SearchSource("finance.manualentry", _("Typed entries"), "finance.view_manualentry", search_entries, 85)

CONTRIBUTIONS = (*WORK, SEARCH)
