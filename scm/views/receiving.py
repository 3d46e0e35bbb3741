"""The receiving door: choose the order by scan, scan an item, say how much, post. Made for a phone."""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from core.clock import today
from core.errors import DomainError
from core.formats import plain, readable
from core.operations import perform
from core.typed import is_key
from core.views.base import OperationView, Page, visible
from masterdata.models import Item
from scm.forms.fields import storage_choices
from scm.forms.goods_receipts import CountForm
from scm.models import GoodsReceipt, PurchaseOrder, PurchaseOrderLine
from scm.selectors.purchase_orders import open_lines
from scm.selectors.scanning import line_of_code, open_in_own_unit, order_of_code
from scm.services import goods_receipts
from scm.states import GoodsReceiptState, PurchaseOrderState

COUNTED = ("item__second_uom", "uom", "order_line", "location")


def said(response: HttpResponse, text: str, *, ok: bool = True) -> HttpResponse:
    """Let the scanner page say ``text`` with the sound of right or wrong."""
    response.headers["HX-Trigger"] = json.dumps({"scan": {"ok": ok, "text": text}})
    return response


class Receiving(Page):
    """Scan or search the order that is at the door."""

    permission_required = "scm.add_goodsreceipt"
    SHOWN = 50
    READ = 2000

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()

    def post(self, request: HttpRequest) -> HttpResponse:
        code = request.POST.get("code", "").strip()
        try:
            order = order_of_code(code, request.user)
        except DomainError as refusal:
            if request.headers.get("HX-Request"):
                return said(HttpResponse(""), str(refusal), ok=False)
            return self.show(refusal)
        url = reverse("scm:receiving-order", args=[order.pk])
        if order.number.lower() != code.lower():
            url += f"?code={code}"
        return HttpResponseClientRedirect(url) if request.headers.get("HX-Request") else HttpResponseRedirect(url)

    def show(self, refusal: DomainError | None = None) -> HttpResponse:
        text = self.request.GET.get("q", "").strip()
        lines = open_lines(self.request.user)
        if text:
            lines = lines.filter(order__number__icontains=text) | lines.filter(order__partner__name__icontains=text)
        first: dict[int, PurchaseOrderLine] = {}
        for line in lines[: self.READ]:
            line.is_late = line.expected < today()
            first.setdefault(line.order_id, line)
        context = {
            "title": _("Receive goods"),
            "lines": list(first.values())[: self.SHOWN],
            "q": text,
            "refusal": refusal,
        }
        return render(self.request, "scm/receiving/start.html", context, status=refusal.status if refusal else 200)


class ReceivingOrder(Page):
    """Count what is at the door against one order."""

    permission_required = "scm.add_goodsreceipt"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.order: PurchaseOrder | None = None

    def load(self) -> PurchaseOrder:
        orders = visible(PurchaseOrder, self.request.user).select_related("partner", "warehouse")
        order = orders.filter(pk=self.kwargs["pk"]).first()
        if order is None:
            raise Http404
        return order

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = self.load()
        if order.state != PurchaseOrderState.APPROVED:
            return HttpResponseRedirect(order.get_absolute_url())
        context = counted_context(order, request.user)
        code = request.GET.get("code", "")
        if code:
            context |= self.scanned(order, code)
        return render(request, "scm/receiving/order.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A scan: show the line it means with its quantity to confirm."""
        order = self.load()
        code = request.POST.get("code", "").strip()
        found = self.scanned(order, code)
        context = counted_context(order, request.user) | found
        if not request.headers.get("HX-Request"):
            status = found["refusal"].status if "refusal" in found else 200
            return render(request, "scm/receiving/order.html", context, status=status)
        response = render(request, "scm/receiving/_counting.html", context)
        if "refusal" in found:
            return said(response, str(found["refusal"]), ok=False)
        line = found["line"]
        return said(response, f"{line.what}: {readable(open_in_own_unit(line))} {line.uom or ''}".strip())

    def scanned(self, order: PurchaseOrder, code: str) -> dict[str, Any]:
        try:
            found = line_of_code(order, code, self.request.user)
        except DomainError as refusal:
            return {"refusal": refusal}
        return {"line": found.line, "form": count_form(order, found.line, plain(found.proposed))}


def count_form(order: PurchaseOrder, line: PurchaseOrderLine, quantity: Any, data: Any = None) -> CountForm:
    """Return the small form under a scan."""
    tracked = line.item is not None and line.item.tracking != Item.Tracking.NONE
    return CountForm(
        data,
        initial={"order_line_id": line.pk, "quantity": quantity},
        choices={"location_id": storage_choices(order.warehouse_id)},
        tracked=tracked,
        second_uom=line.item.second_uom if line.item is not None else None,
    )


def counted_context(order: PurchaseOrder, user: Any) -> dict[str, Any]:
    """Return the order, what is still expected, and what the user has counted so far."""
    lines = list(open_lines(user).filter(order=order))
    drafts = GoodsReceipt.objects.filter(order=order, owner=user, state=GoodsReceiptState.DRAFT)
    receipt = drafts.order_by("-pk").first()
    counted = list(receipt.lines.select_related(*COUNTED)) if receipt else []
    for line in lines:
        line.own_open = open_in_own_unit(line)
        line.counted = sum(one.quantity for one in counted if one.order_line_id == line.pk)
    return {"order": order, "open_lines": lines, "receipt": receipt, "counted": counted, "title": order.number}


class CountGoods(OperationView):
    """POST of a quantity under a scan."""

    service = goods_receipts.count_goods

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lines = PurchaseOrderLine.objects.filter(order_id=kwargs["pk"]).select_related(
            "item__second_uom", "uom", "order"
        )
        wanted = request.POST.get("order_line_id", "")
        line = lines.filter(pk=wanted if is_key(wanted) else None).first()
        if line is None:
            raise Http404
        form = count_form(line.order, line, None, request.POST)
        refusal: DomainError | None = None
        if form.is_valid():
            try:
                perform(
                    goods_receipts.count_goods,
                    actor=request.user,
                    key=request.POST.get("_key") or None,
                    order_id=line.order_id,
                    **form.cleaned_data,
                )
            except DomainError as refused:
                refusal = refused
        return self.answer(line, form, refusal)

    def answer(self, line: PurchaseOrderLine, form: CountForm, refusal: DomainError | None) -> HttpResponse:
        request = self.request
        if refusal is None and form.is_valid():
            if not request.headers.get("HX-Request"):
                return HttpResponseRedirect(reverse("scm:receiving-order", args=[line.order_id]))
            response = render(request, "scm/receiving/_counting.html", counted_context(line.order, request.user))
            text = f"✓ {line.what}: {readable(form.cleaned_data['quantity'])} {line.uom or ''}"
            return said(response, text.strip())
        context = counted_context(line.order, request.user) | {"line": line, "form": form, "refusal": refusal}
        sentence = str(refusal) if refusal else _("Some fields need your attention; they are marked below.")
        if request.headers.get("HX-Request"):
            return said(render(request, "scm/receiving/_counting.html", context), sentence, ok=False)
        return render(request, "scm/receiving/order.html", context, status=refusal.status if refusal else 422)


class UncountGoods(OperationView):
    """POST: take one count back, or the last one."""

    service = goods_receipts.uncount_goods

    def arguments(self) -> dict[str, Any]:
        wanted = self.request.POST.get("line_id", "")
        return {"line_id": int(wanted)} if is_key(wanted) else {}

    def done(self, result: GoodsReceipt) -> HttpResponse:
        if self.request.headers.get("HX-Request"):
            context = counted_context(result.order, self.request.user)
            return said(render(self.request, "scm/receiving/_counting.html", context), _("Taken back."))
        return HttpResponseRedirect(reverse("scm:receiving-order", args=[result.order_id]))


class PostCounted(OperationView):
    """POST: take what was counted into stock."""

    service = goods_receipts.post_goods_receipt

    def done(self, result: GoodsReceipt) -> HttpResponse:
        messages.success(self.request, _("%(receipt)s is in stock.") % {"receipt": result.number})
        url = reverse("scm:receiving")
        return HttpResponseClientRedirect(url) if self.request.headers.get("HX-Request") else HttpResponseRedirect(url)
