"""The work page of invoicing: what was delivered or received and not invoiced."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.errors import DomainError, InvalidInput
from core.formats import plain
from core.operations import perform
from core.typed import is_key, number_typed
from core.views.base import Page
from finance.models import Invoice
from finance.selectors.early import purchase_lines_to_invoice_early, sales_lines_to_invoice_early
from finance.selectors.invoiceable import (
    deliveries_to_credit,
    deliveries_to_invoice,
    order_fees_to_invoice,
    receipts_to_credit,
    receipts_to_invoice,
    services_to_invoice,
)
from finance.services import invoices
from finance.states import Side
from masterdata.selectors.search import partners_matching

SHOWN = 300


def _row(*, name: str, key: int, order_line: Any, source: Any, date: Any, to_invoice: Decimal, partner: Any) -> dict:
    return {
        "name": f"{name}-{key}",
        "order": order_line.order,
        "line": order_line,
        "source": source,
        "date": date,
        "left": plain(to_invoice),
        "unit": order_line.item.uom if order_line.item_id else order_line.uom,
        "amount": order_line.gross_amount * to_invoice / order_line.stock_quantity if order_line.stock_quantity else 0,
        "partner": partner,
    }


class ToInvoice(Page):
    """Ticked rows become draft invoices, one per partner (and per order when they are not to be merged)."""

    permission_required = "finance.add_invoice"

    @property
    def kind(self) -> str:
        asked = self.request.GET.get("kind") or self.request.POST.get("kind")
        return str(Side.SUPPLIER if asked == Side.SUPPLIER else Side.CUSTOMER)

    @property
    def is_early(self) -> bool:
        return bool(self.request.GET.get("early") or self.request.POST.get("early"))

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            ticked = self._ticked()
            if self.is_early:
                service: Any = invoices.invoice_early
                arguments = {
                    "kind": self.kind,
                    "order_lines": ticked["early"],
                    "merge": bool(request.POST.get("merge")),
                    "supplier_reference": request.POST.get("supplier_reference", "").strip(),
                }
            elif self.kind == Side.CUSTOMER:
                service = invoices.invoice_deliveries
                arguments = {
                    "deliveries": ticked["delivery"],
                    "fees": ticked["fee"],
                    "merge": bool(request.POST.get("merge")),
                }
            else:
                service = invoices.invoice_receipts
                arguments = {
                    "receipts": ticked["receipt"],
                    "services": ticked["service"],
                    "supplier_reference": request.POST.get("supplier_reference", "").strip(),
                }
            made = perform(service, actor=request.user, key=request.POST.get("_key") or None, **arguments)
        except DomainError as refusal:
            return self.show(refusal)
        if len(made) == 1:
            return HttpResponseRedirect(Invoice(pk=made[0]).get_absolute_url())
        return HttpResponseRedirect(f"{reverse('finance:invoice-list')}?state=draft&kind={self.kind}")

    def _ticked(self) -> dict[str, dict[str, Decimal | None]]:
        """Return {sort: {key: typed quantity}} of the ticked rows."""
        sorts = ("delivery", "fee", "receipt", "service", "early")
        found: dict[str, dict[str, Decimal | None]] = {sort: {} for sort in sorts}
        for name in self.request.POST.getlist("rows"):
            sort, _dash, key = name.partition("-")
            if sort not in found or not is_key(key):
                continue
            found[sort][key] = _quantity(self.request.POST.get(f"quantity-{name}", ""))
        if not any(found.values()):
            raise InvalidInput(message=_("Choose at least one line."))
        return found

    def show(self, refusal: DomainError | None = None) -> HttpResponse:
        is_customer = self.kind == Side.CUSTOMER
        text = self.request.GET.get("q", "").strip()
        if self.is_early:
            rows = self._early_rows(text)
        else:
            rows = self._customer_rows(text) if is_customer else self._supplier_rows(text)
        credits = (deliveries_to_credit() if is_customer else receipts_to_credit()).order_by("partner", "pk")
        groups: dict[int, dict[str, Any]] = {}
        for row in rows[:SHOWN]:
            group = groups.setdefault(row["partner"].pk, {"partner": row["partner"], "rows": []})
            row["is_chosen"] = row["name"] in self.request.POST.getlist("rows")
            row["typed"] = self.request.POST.get(f"quantity-{row['name']}", row["left"])
            group["rows"].append(row)
        context = {
            "title": _("To invoice"),
            "kind": self.kind,
            "is_customer": is_customer,
            "is_early": self.is_early,
            "groups": list(groups.values()),
            "more": len(rows) > SHOWN,
            "shown": SHOWN,
            "q": text,
            "credits": [] if self.is_early else list(credits.select_related("partner", "item__uom")[:50]),
            "refusal": refusal,
            "tabs": [
                {
                    "label": label,
                    "url": f"{reverse('finance:to-invoice')}?kind={side}{'&early=1' if is_early else ''}",
                    "active": side == self.kind and is_early == self.is_early,
                }
                for side, is_early, label in (
                    (Side.CUSTOMER, False, _("Customers")),
                    (Side.CUSTOMER, True, _("Customers, before delivery")),
                    (Side.SUPPLIER, False, _("Suppliers")),
                    (Side.SUPPLIER, True, _("Suppliers, before receipt")),
                )
            ]
            + self._charges_tab(),
        }
        status = refusal.status if refusal else 200
        return render(self.request, "finance/to_invoice.html", context, status=status)

    def _charges_tab(self) -> list[dict[str, Any]]:
        if not self.request.user.has_perm("finance.post_invoice"):
            return []
        return [{"label": _("Charges to deduct"), "url": reverse("finance:charge-deductions"), "active": False}]

    def _early_rows(self, text: str) -> list[dict[str, Any]]:
        is_customer = self.kind == Side.CUSTOMER
        lines: Any = sales_lines_to_invoice_early() if is_customer else purchase_lines_to_invoice_early()
        lines = lines.select_related("order__partner", "order__currency", "item__uom", "uom")
        if text:
            partners = partners_matching(text).values("pk")
            lines = lines.filter(order__partner__in=partners) | lines.filter(order__number__icontains=text)
        return _by_partner(
            _row(
                name="early",
                key=line.pk,
                order_line=line,
                source=None,
                date=line.order.document_date,
                to_invoice=line.to_invoice,
                partner=line.order.partner,
            )
            for line in lines.order_by("order__partner", "order")[: SHOWN + 1]
        )

    def _customer_rows(self, text: str) -> list[dict[str, Any]]:
        related = ("sales_order_line__order__currency", "sales_order_line__item__uom", "sales_order_line__uom")
        goods = (
            deliveries_to_invoice().select_related("partner", "shipment", *related).order_by("partner", "shipped_date")
        )
        fees = (
            order_fees_to_invoice()
            .select_related("order__partner", "order__currency", "uom")
            .order_by("order__partner", "order")
        )
        if text:
            partners = partners_matching(text).values("pk")
            goods = goods.filter(partner__in=partners) | goods.filter(sales_order__number__icontains=text)
            fees = fees.filter(order__partner__in=partners) | fees.filter(order__number__icontains=text)
        return _by_partner(
            [
                *(
                    _row(
                        name="delivery",
                        key=row.shipment_line_id,
                        order_line=row.sales_order_line,
                        source=row.shipment,
                        date=row.shipped_date,
                        to_invoice=row.to_invoice,
                        partner=row.partner,
                    )
                    for row in goods[: SHOWN + 1]
                ),
                *(
                    _row(
                        name="fee",
                        key=line.pk,
                        order_line=line,
                        source=None,
                        date=line.order.confirmed_date,
                        to_invoice=line.to_invoice,
                        partner=line.order.partner,
                    )
                    for line in fees[: SHOWN + 1]
                ),
            ]
        )

    def _supplier_rows(self, text: str) -> list[dict[str, Any]]:
        related = ("purchase_order_line__order__currency", "purchase_order_line__item__uom", "purchase_order_line__uom")
        goods = (
            receipts_to_invoice().select_related("partner", "receipt", *related).order_by("partner", "received_date")
        )
        services = (
            services_to_invoice()
            .select_related("order__partner", "order__currency", "uom")
            .order_by("order__partner", "order")
        )
        if text:
            partners = partners_matching(text).values("pk")
            goods = goods.filter(partner__in=partners) | goods.filter(purchase_order__number__icontains=text)
            services = services.filter(order__partner__in=partners) | services.filter(order__number__icontains=text)
        return _by_partner(
            [
                *(
                    _row(
                        name="receipt",
                        key=row.receipt_line_id,
                        order_line=row.purchase_order_line,
                        source=row.receipt,
                        date=row.received_date,
                        to_invoice=row.to_invoice,
                        partner=row.partner,
                    )
                    for row in goods[: SHOWN + 1]
                ),
                *(
                    _row(
                        name="service",
                        key=line.pk,
                        order_line=line,
                        source=None,
                        date=line.order.document_date,
                        to_invoice=line.to_invoice,
                        partner=line.order.partner,
                    )
                    for line in services[: SHOWN + 1]
                ),
            ]
        )


def _by_partner(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (row["partner"].code, str(row["order"]), row["line"].line_no))


def _quantity(text: str) -> Decimal | None:
    """Return a typed quantity; empty is all that is left."""
    if not text.strip():
        return None
    value = number_typed(text)
    if value is None:
        raise InvalidInput(message=_("%(text)s is not a number.") % {"text": text}, field="quantity")
    return value
