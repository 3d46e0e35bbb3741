"""Scanner pages of the warehouse, made for a phone: what is this, move goods, put them away."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from core.errors import DomainError
from core.formats import plain
from core.operations import perform
from core.typed import is_key
from core.views.base import Page
from erp.errors import UnknownScan
from erp.forms.units import units_by_item
from erp.models import Lot, StockBalance
from erp.selectors.put_away import Placing, put_away_places
from erp.selectors.scanning import balances_of_code, page_of_code, place_of_code, unit_of_code
from erp.selectors.stock import balances
from erp.services.stock_documents import move_goods
from masterdata.models import Item, ItemUnit, Location
from masterdata.selectors.search import find_items
from masterdata.selectors.units import in_stock_unit


class ScannerPage(Page):
    """A page of one scan field; a scan leads to an address or is refused with a sentence."""

    template_name = ""

    def after_scan(self, code: str) -> str:
        """Return where a scan leads.

        Raises:
            DomainError: it means nothing here.
        """
        raise AssertionError("a scanner page says where a scan leads")

    def context(self) -> dict[str, Any]:
        return {}

    def get(self, request: HttpRequest, **keys: Any) -> HttpResponse:
        return render(request, self.template_name, self.context())

    def post(self, request: HttpRequest, **keys: Any) -> HttpResponse:
        is_htmx = bool(request.headers.get("HX-Request"))
        try:
            target = self.after_scan(request.POST.get("code", "").strip())
        except DomainError as refusal:
            if is_htmx:
                return trigger_client_event(HttpResponse(""), "scan", {"ok": False, "text": str(refusal)})
            context = self.context() | {"refusal": refusal}
            return render(request, self.template_name, context, status=refusal.status)
        return HttpResponseClientRedirect(target) if is_htmx else HttpResponseRedirect(target)


class StockLookup(ScannerPage):
    """Scan a place, an item, a lot, a package: its page opens."""

    permission_required = "erp.view_stockbalance"
    template_name = "erp/scanning/lookup.html"

    def after_scan(self, code: str) -> str:
        place = place_of_code(code)
        if place is not None:
            return reverse("erp:place-detail", args=[place.pk])
        lot = Lot.objects.filter(code=code).order_by("-pk").first() if code else None
        if lot is not None and self.request.user.has_perm("erp.view_lot"):
            return lot.get_absolute_url()
        found: list[Any] = find_items(code, limit=1, include_closed=True) if code else []
        if found and found[0].rank <= 1:
            return reverse("erp:item-availability", args=[found[0].pk])
        page = page_of_code(code, self.request.user)
        if not page:
            raise UnknownScan(scanned=code)
        return page


class MoveByScan(ScannerPage):
    """Scan a place or goods, then goods, then where they go; the transfer is posted on the spot."""

    permission_required = "erp.post_stockdocument"
    template_name = "erp/scanning/move.html"

    def after_scan(self, code: str) -> str:
        balance = self.chosen()
        if balance is not None:
            place = place_of_code(code) or self.named_place()
            if place is None:
                raise UnknownScan(scanned=code)
            return self.moved(balance, place)
        here = self.start()
        goods = balances_of_code(code, here.pk if here else None)
        if len(goods) == 1:
            return self.address(balance=goods[0].pk, uom=unit_of_code(code))
        if goods:
            return self.address(place=here.pk if here else None, code=code)
        place = place_of_code(code)
        if place is None:
            raise UnknownScan(scanned=code)
        return self.address(place=place.pk)

    def moved(self, balance: StockBalance, place: Location) -> str:
        quantity = self.quantity()
        document = perform(
            move_goods,
            actor=self.request.user,
            key=self.request.POST.get("_key") or None,
            balance_id=balance.pk,
            to_location_id=place.pk,
            quantity=quantity,
            uom_id=self.unit(balance.item),
        )
        said = _("%(item)s is in %(place)s now (%(document)s).")
        messages.success(
            self.request, said % {"item": balance.item.code, "place": place.code, "document": document.number}
        )
        return self.address(place=balance.location_id)

    def context(self) -> dict[str, Any]:
        balance, place = self.chosen(), self.start()
        code = self.request.GET.get("code", "")
        found: dict[str, Any] = {"place": place, "balance": balance, "suggestions": [], "choices": []}
        if balance is not None:
            unit, typed = self.unit(balance.item), self.quantity()
            wanted = balance.available if typed is None else in_stock_unit(balance.item, unit, typed).quantity
            [places] = put_away_places(balance.location.warehouse, [Placing(balance.item, wanted)])
            found |= {
                "quantity": "" if typed is None else f"{plain(typed):f}",
                "unit": str(unit or ""),
                "units": units_by_item([balance.item_id]).get(balance.item_id),
            }
            found["suggestions"] = [one for one in places if one.location.pk != balance.location_id]
        elif code:
            found["choices"] = balances_of_code(code, place.pk if place else None)
        elif place is not None:
            found["choices"] = list(balances().filter(location=place))
        return found

    def chosen(self) -> StockBalance | None:
        key = _number(self.given("balance"))
        rows = StockBalance.objects.select_related("item__uom", "location__warehouse", "lot", "owner")
        return rows.filter(pk=key, on_hand__gt=0, location__warehouse__isnull=False).first() if key else None

    def start(self) -> Location | None:
        key = _number(self.given("place"))
        return Location.objects.select_related("warehouse").filter(pk=key).first() if key else None

    def named_place(self) -> Location | None:
        key = _number(self.request.POST.get("to", ""))
        return Location.objects.filter(pk=key).first() if key else None

    def quantity(self) -> Decimal | None:
        """What is to move in the stock unit; nothing readable: all of it."""
        try:
            typed = Decimal(self.given("quantity") or "0")
        except InvalidOperation:
            return None
        return typed if typed.is_finite() and typed > 0 else None

    def unit(self, item: Item) -> int | None:
        """The unit the quantity is in; None: the stock unit, also where the item has no such unit."""
        key = _number(self.given("uom"))
        return key if key and ItemUnit.objects.filter(item=item, uom=key).exists() else None

    def given(self, name: str) -> str:
        return self.request.POST.get(name) or self.request.GET.get(name) or ""

    def address(self, **keys: Any) -> str:
        chosen = {name: value for name, value in keys.items() if value}
        return f"{reverse('erp:scan-move')}?{urlencode(chosen)}" if chosen else reverse("erp:scan-move")


def _number(text: str) -> int | None:
    return int(text) if is_key(text) else None
