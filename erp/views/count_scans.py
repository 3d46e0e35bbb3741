"""Counting with a phone or a hand scanner: one bin per screen."""

import re
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from core.formats import readable
from core.typed import is_key
from core.views.base import DocumentPage, OperationView
from erp.models import Stocktake
from erp.selectors.stocktakes import hides_book, last_scan, place_by_code, places_to_count, sheet_lines
from erp.services import stocktakes
from masterdata.models import Location

TIMES = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*[*×xX]\s*(\S.*)$")


class CountScanPage(DocumentPage):
    """One bin: scan what lies there."""

    model = Stocktake
    permission_required = "erp.count_stocktake"
    template_name = "erp/stocktake/scan.html"

    def get_object_queryset(self) -> Any:
        return super().get_object_queryset().select_related("warehouse")

    def extra_context_for(self, document: Any) -> dict[str, Any]:
        return scan_context(document, self.request.user, chosen_place(self.request))


def chosen_place(request: Any) -> int | None:
    """Return the bin the counter stands at."""
    text = request.GET.get("place", "")
    return int(text) if is_key(text) else None


def scan_context(stocktake: Stocktake, user: Any, place_id: int | None) -> dict[str, Any]:
    """Return the lines of the bin, or the bins to choose from."""
    place = Location.objects.filter(pk=place_id).first() if place_id else None
    return {
        "stocktake": stocktake,
        "place": place,
        "places": [] if place else places_to_count(stocktake, user),
        "lines": list(sheet_lines(stocktake, user, place_id)) if place else [],
        "sees_book": not hides_book(stocktake, user),
        "is_open": stocktake.state == "counting",
    }


def scan_url(stocktake: Stocktake, place_id: int | None) -> str:
    """Return the scanner page of one bin."""
    url = reverse("erp:stocktake-scan", args=[stocktake.pk])
    return f"{url}?place={place_id}" if place_id else url


class _CountScanAnswer(OperationView):
    """The bin after a scan, with a word for the scanner."""

    page = CountScanPage

    def said(self, stocktake: Stocktake) -> str:
        raise AssertionError("a scan answers something")

    def done(self, result: Any) -> HttpResponse:
        if not self.request.headers.get("HX-Request"):
            return super().done(result)
        context = scan_context(result, self.request.user, chosen_place(self.request))
        response = render(self.request, "erp/stocktake/_scanned.html", context)
        return trigger_client_event(response, "scan", {"ok": True, "text": self.said(result)})

    def success_url(self, result: Any) -> str:
        return scan_url(result, chosen_place(self.request))


class CountScan(_CountScanAnswer):
    """One scan: a bin leads to its screen, goods are counted; ``5*CODE`` counts five."""

    service = stocktakes.scan_count

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        code = request.POST.get("code", "").strip()
        stocktake = Stocktake.objects.visible_to(request.user).filter(pk=self.kwargs["pk"]).first()
        place = place_by_code(stocktake, code) if stocktake else None
        if stocktake is not None and place is not None:
            return HttpResponseClientRedirect(scan_url(stocktake, place.pk))
        return super().post(request, *args, **kwargs)

    def arguments(self) -> dict[str, Any]:
        code = self.request.POST.get("code", "")
        several = TIMES.match(code)
        return {
            "code": several[2] if several else code,
            "quantity": Decimal(several[1]) if several else None,
            "location_id": chosen_place(self.request) or 0,
        }

    def said(self, stocktake: Stocktake) -> str:
        scan = last_scan(stocktake, self.request.user)
        if scan is None:
            return ""
        return gettext("%(quantity)s × %(item)s, now %(counted)s") % {
            "quantity": readable(scan.quantity),
            "item": scan.line.lot or scan.line.item.code,
            "counted": readable(scan.line.counted_quantity),
        }


class UndoCountScan(_CountScanAnswer):
    """Take the last scan back."""

    service = stocktakes.undo_count_scan

    def said(self, stocktake: Stocktake) -> str:
        return gettext("The last scan is taken back.")
