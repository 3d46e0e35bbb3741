"""Packing a shipment: the scanner page, packing list, labels."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_htmx.http import trigger_client_event

from core.barcodes import barcode_picture, gs1_picture
from core.clock import company
from core.printing import pdf_available, render_document, render_pdf
from core.typed import is_key
from core.views.base import DocumentPage, OperationView, Page, visible
from core.views.printing import PrintView
from erp.engines import gs1
from erp.forms.packing import WeightForm
from erp.models import HandlingUnit, Shipment
from erp.selectors.packing import loose_goods, packed_units
from erp.services import packing
from erp.states import HandlingUnitKind, ShipmentState


class PackPage(DocumentPage):
    """Pack with a scanner or a phone: the open box, what is loose, what is packed."""

    model = Shipment
    permission_required = "erp.pack_shipment"
    template_name = "erp/packing/scan.html"

    def get_object_queryset(self) -> Any:
        return super().get_object_queryset().select_related("partner", "order", "warehouse")

    def extra_context_for(self, document: Any) -> dict[str, Any]:
        return pack_context(document, _number(self.request.GET.get("unit")))


def pack_context(shipment: Shipment, unit_id: int | None) -> dict[str, Any]:
    """Return the packages, the one that is being filled (the last one unless chosen), and what is loose."""
    units = packed_units(shipment)
    flat = [one for top in units for one in (top, *top.children)]
    chosen = next((one for one in flat if one.unit.pk == unit_id), None)
    newest = max(flat, key=lambda one: one.unit.pk, default=None)
    return {
        "shipment": shipment,
        "units": units,
        "pallets": [one.unit for one in flat if one.unit.kind == HandlingUnitKind.PALLET],
        "current": chosen or newest,
        "loose": loose_goods(shipment),
        "kinds": HandlingUnitKind.choices,
        "is_open": shipment.state == ShipmentState.PICKED,
        "weight_form": WeightForm(),
    }


class _PackAnswer(OperationView):
    """The packing page after a step, with a word for the scanner."""

    page = PackPage
    said: Any = _("Done.")

    def unit_id(self) -> int:
        return _number(self.request.POST.get("unit_id")) or 0

    def done(self, result: Any) -> HttpResponse:
        if not self.request.headers.get("HX-Request"):
            return super().done(result)
        context = pack_context(result, self.unit_id())
        response = render(self.request, "erp/packing/_packed.html", context)
        return trigger_client_event(response, "scan", {"ok": True, "text": self.spoken(context)})

    def spoken(self, context: dict[str, Any]) -> str:
        if not context["loose"]:
            return gettext("Everything is packed.")
        return str(self.said)

    def success_url(self, result: Any) -> str:
        return f"{reverse('erp:shipment-pack', args=[result.pk])}?unit={self.unit_id() or ''}"


class ScanIntoUnit(_PackAnswer):
    """One scan: a package is chosen, or goods go into the chosen one."""

    service = packing.scan_into_unit
    said = _("Packed.")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        code = request.POST.get("code", "").strip()
        shipment = visible(Shipment, request.user).filter(pk=kwargs["pk"]).first()
        if shipment is None:
            raise Http404
        unit = (
            shipment.units.filter(number__iexact=code).first()
            or shipment.units.filter(sscc=gs1.scanned_sscc(code) or "-").first()
        )
        if unit is None:
            return super().post(request, *args, **kwargs)
        context = pack_context(shipment, unit.pk)
        if not request.headers.get("HX-Request"):
            return render(request, "erp/packing/scan.html", context | {"document": shipment})
        response = render(request, "erp/packing/_packed.html", context)
        return trigger_client_event(response, "scan", {"ok": True, "text": unit.number})

    def arguments(self) -> dict[str, Any]:
        return {"unit_id": self.unit_id(), "code": self.request.POST.get("code", "")}


class OpenUnit(_PackAnswer):
    """A new box or pallet."""

    service = packing.open_unit
    said = _("A new package is open.")

    def arguments(self) -> dict[str, Any]:
        return {"kind": self.request.POST.get("kind", HandlingUnitKind.CARTON)}


class PackLoose(_PackAnswer):
    """Put one loose row, or everything, into the open package."""

    service = packing.pack_goods
    said = _("Packed.")

    def arguments(self) -> dict[str, Any]:
        posted = self.request.POST
        return {
            "unit_id": self.unit_id(),
            "line_id": _number(posted.get("line_id")),
            "lot_id": _number(posted.get("lot_id")),
        }


class PlaceOn(_PackAnswer):
    """Put a box onto a pallet, or take it down."""

    service = packing.place_on

    def arguments(self) -> dict[str, Any]:
        return {"unit_id": self.unit_id(), "parent_id": _number(self.request.POST.get("parent_id"))}


class Weigh(_PackAnswer):
    """Note the weight of a package."""

    service = packing.weigh_unit

    def arguments(self) -> dict[str, Any]:
        form = WeightForm(self.request.POST)
        weight = form.cleaned_data["gross_weight"] if form.is_valid() else None
        return {"unit_id": self.unit_id(), "gross_weight": weight}


class Unpack(_PackAnswer):
    """Take everything out again."""

    service = packing.unpack_unit
    said = _("It is empty again.")

    def arguments(self) -> dict[str, Any]:
        return {"unit_id": self.unit_id(), "drop": bool(self.request.POST.get("drop"))}


class PackingList(PrintView):
    """装箱单: what is in which package."""

    model = Shipment
    template_name = "erp/packing/print.html"
    permission_required = "erp.view_shipment"

    def get_object_queryset(self) -> Any:
        return super().get_object_queryset().select_related("partner", "order", "ship_to", "warehouse")

    def context_for(self, document: Any) -> dict[str, Any]:
        return {"units": packed_units(document), "loose": loose_goods(document)}


class UnitLabels(Page):
    """Labels of the packages of a shipment (of one of them with ``?unit=``), each with its barcode."""

    permission_required = "erp.view_shipment"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = visible(Shipment, request.user).select_related("partner", "ship_to", "order")
        shipment = rows.filter(pk=pk).first()
        flat = [one for top in packed_units(shipment) for one in (top, *top.children)] if shipment else []
        chosen = _number(request.GET.get("unit"))
        labels = [{"packed": one, "picture": _barcode_of(one.unit)} for one in flat if chosen in {None, one.unit.pk}]
        if not labels:
            raise Http404
        as_pdf = request.GET.get("format", "pdf") == "pdf" and pdf_available()
        context = {"labels": labels, "document": shipment, "company": company(), "pdf": as_pdf}
        html = render_document("erp/packing/labels.html", context, request.user.language)
        if not as_pdf:
            return HttpResponse(html)
        response = HttpResponse(render_pdf(html), content_type="application/pdf")
        response.headers["Content-Disposition"] = f'inline; filename="{shipment}-labels.pdf"'
        return response


def unit_of_code(code: str) -> HandlingUnit | None:
    """Return the package that answers to a scanned number or SSCC."""
    rows = HandlingUnit.objects.select_related("shipment")
    return rows.filter(number__iexact=code).first() or (
        rows.filter(sscc=gs1.scanned_sscc(code)).first() if code else None
    )


def _number(text: Any) -> int | None:
    return int(text) if isinstance(text, str) and is_key(text) else None


def _barcode_of(unit: HandlingUnit) -> str:
    """A GS1 barcode of the SSCC, of the number where it has none."""
    return gs1_picture(f"{gs1.APPLICATION}{unit.sscc}") if unit.sscc else barcode_picture(unit.number)
