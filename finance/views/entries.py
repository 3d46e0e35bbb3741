"""Pages of journal entries."""

from typing import Any

from django.apps import apps
from django.db.models import Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch
from django.utils.translation import gettext_lazy as _

from core.views.base import ListPage, Page
from finance.filters.entries import EntryFilter
from finance.models import JournalEntry
from finance.selectors.journals import book_of
from finance.tables.entries import EntryTable


class EntryList(ListPage):
    model = JournalEntry
    table_class = EntryTable
    filterset_class = EntryFilter
    permission_required = "finance.view_journalentry"
    title = _("Journal entries")
    empty_text = _("Entries are booked by themselves: by receipts, production, shipments, invoices and payments.")

    def base_queryset(self) -> Any:
        total = Sum("lines__amount", filter=Q(lines__amount__gt=0))
        return JournalEntry.objects.select_related("actor").annotate(total=total).order_by("-entry_date", "-pk")


def source_url(entry: JournalEntry) -> str:
    """Return the page of the document an entry comes from; empty when it has none."""
    try:
        model = apps.get_model(entry.source_label)
        return str(model(pk=entry.source_id).get_absolute_url())
    except (LookupError, AttributeError, NoReverseMatch):
        return ""


class EntryDetail(Page):
    """One entry: its lines, its source, what reverses it."""

    permission_required = "finance.view_journalentry"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = JournalEntry.objects.select_related(
            "period", "actor", "reverses", "reversal", "origin", "voucher_link__voucher", "ledger_journal"
        )
        entry = found.filter(pk=pk).first()
        if entry is None:
            raise Http404
        lines = list(
            entry.lines.select_related(
                *("account", "partner", "item", "item_category", "currency", "department", "project"),
                *("sales_order", "purchase_order", "work_order"),
            )
        )
        context = {
            "title": str(entry),
            "journal": book_of(entry),
            "entry": entry,
            "lines": lines,
            "total": sum(line.amount for line in lines if line.amount > 0),
            "is_foreign": any(line.rate != 1 or line.is_exchange_difference for line in lines),
            "source_url": source_url(entry),
            "voucher": entry.voucher_link.voucher if hasattr(entry, "voucher_link") else None,
        }
        return render(request, "finance/entry/detail.html", context)
