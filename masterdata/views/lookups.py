"""Search-as-you-type endpoints for items and partners, and the warning about duplicates."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext

from core.typed import is_key
from core.views.base import Page
from masterdata.models import Item, Partner
from masterdata.selectors.duplicates import similar_partners
from masterdata.selectors.search import find_items, find_partners

LIMIT = 20


def _number(text: str | None) -> int | None:
    return int(text) if text and is_key(text) else None


class ItemLookup(Page):
    """GET ``q`` (+ ``partner``: whose codes count first; ``for`` = sold or purchased)."""

    permission_required = "masterdata.view_item"

    def get(self, request: HttpRequest) -> JsonResponse:
        rows = Item.objects.all()
        wanted = request.GET.get("for", "")
        if wanted in {"sold", "purchased"}:
            rows = rows.filter(**{f"is_{wanted}": True})
        partner_id = _number(request.GET.get("partner"))
        found = find_items(request.GET.get("q", ""), partner_id, LIMIT, queryset=rows)
        return JsonResponse({"results": [_item(one) for one in found]})


def _item(item: Any) -> dict[str, Any]:
    uom_id = item.matched_uom_id or item.uom_id
    hint = " · ".join(filter(None, [item.specification, item.drawing_number, getattr(item, "partner_code", "")]))
    return {
        "id": item.pk,
        "text": str(item),
        "hint": hint,
        "code": item.code,
        "label": item.label(),
        "uom_id": uom_id,
        "uom": str(item.uom),
        "exact": item.rank == 0,
        "fill": {"uom": uom_id},
    }


class PartnerLookup(Page):
    """GET ``q`` (+ ``kind`` = customer or supplier; ``closed``: also who takes no new order), in the row scope."""

    permission_required = "masterdata.view_partner"

    def get(self, request: HttpRequest) -> JsonResponse:
        kind = request.GET.get("kind", "")
        kind = kind if kind in {"customer", "supplier"} else ""
        with_closed = "closed" in request.GET
        found = find_partners(
            request.GET.get("q", ""), user=request.user, kind=kind, limit=LIMIT, include_closed=with_closed
        )
        return JsonResponse({"results": [_partner(one) for one in found]})


def _partner(partner: Any) -> dict[str, Any]:
    hint = partner.label() if partner.short_name else partner.phone
    return {
        "id": partner.pk,
        "text": str(partner),
        "hint": hint if partner.is_active else " · ".join(filter(None, [hint, gettext("closed")])),
        "code": partner.code,
        "label": partner.label(),
        "exact": partner.rank == 0,
        "fill": {"currency": partner.currency_id, "payment_term": partner.payment_term_id or ""},
    }


class PartnerDuplicates(Page):
    """GET the typed name, tax number and phone: partners that may be the same, as a fragment."""

    permission_required = "masterdata.view_partner"

    def get(self, request: HttpRequest) -> HttpResponse:
        typed = {name: request.GET.get(name, "") for name in ("name", "name_zh", "tax_number", "phone")}
        country = request.GET.get("country") or "CN"
        exclude = _number(request.GET.get("exclude"))
        found = similar_partners(**typed, country=country, exclude=exclude) if any(typed.values()) else []
        keys = [one.partner.pk for one in found]
        visible = set(Partner.objects.visible_to(request.user).filter(pk__in=keys).values_list("pk", flat=True))
        context = {"duplicates": [(one, one.partner.pk in visible) for one in found]}
        return render(request, "masterdata/partner/_duplicates.html", context)
