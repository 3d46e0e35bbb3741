"""Pages of shipments: list, document, picking by list and by scan, shipping, sign-off, delivery note."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_htmx.http import trigger_client_event

from core.clock import today
from core.errors import InvalidInput
from core.formats import plain, readable
from core.permissions import may_view_field
from core.views.base import DocumentPage, FormPage, ListPage, OperationView, Verb, visible
from core.views.printing import PrintView
from erp.filters.stock import ShipmentFilter
from erp.forms.shipments import NoHeader, Picks, ShipForm, SignedLines, SignOffForm, WeighForm, picks_initial
from erp.models import Shipment, ShipmentPick
from erp.selectors.packing import packed_units
from erp.selectors.picking import pick_suggestions
from erp.selectors.shipments import delivery_note_lines, pick_progress
from erp.services import packing, shipments
from erp.states import ShipmentState
from erp.tables.stock import ShipmentTable
from erp.views.verbs import DocumentVerb, posted_version
from masterdata.views.units import Row, StockQuantities, of_lines, stock_units

DRAFT = frozenset({ShipmentState.DRAFT})
S = ShipmentState


class ShipmentList(ListPage):
    """All shipments, those to pick first to be found by state."""

    model = Shipment
    table_class = ShipmentTable
    filterset_class = ShipmentFilter
    permission_required = "erp.view_shipment"
    title = _("Shipments")
    empty_text = _("A pick list appears here when sales releases a delivery.")

    def base_queryset(self) -> Any:
        return super().base_queryset().select_related("partner", "order", "warehouse")


class ShipmentPage(DocumentPage):
    """One shipment."""

    model = Shipment
    permission_required = "erp.view_shipment"
    template_name = "erp/shipment/detail.html"
    list_url = "erp:shipment-list"
    print_url = "erp:shipment-print"
    main_path = (S.DRAFT, S.PICKED, S.SHIPPED, S.SIGNED)
    verbs = (
        Verb(_("Pick"), "erp:shipment-scan", shipments.scan_pick, states=DRAFT, link=True, main=True, icon="scan"),
        Verb(
            _("Pick by list"), "erp:shipment-pick", shipments.pick_shipment, states=DRAFT, link=True, icon="list-check"
        ),
        Verb(
            _("Pack"),
            "erp:shipment-pack",
            packing.open_unit,
            states=frozenset({S.PICKED}),
            link=True,
            icon="package",
        ),
        Verb(_("Ship"), "erp:shipment-ship", shipments.ship_shipment, to=S.SHIPPED, link=True, main=True, icon="truck"),
        Verb(
            _("Sign off"),
            "erp:shipment-sign-off",
            shipments.sign_off_shipment,
            to=S.SIGNED,
            link=True,
            main=True,
            icon="signature",
        ),
        Verb(
            _("Back to picking"),
            "erp:shipment-reopen",
            shipments.reopen_picking,
            states=frozenset({S.PICKED}),
            icon="arrow-back",
        ),
        Verb(
            _("Reverse"),
            "erp:shipment-reverse",
            shipments.reverse_shipment,
            to=S.REVERSED,
            reason=True,
            danger=True,
            icon="arrow-back-up",
        ),
        Verb(
            _("Cancel"),
            "erp:shipment-cancel",
            shipments.cancel_shipment,
            to=S.CANCELLED,
            reason=True,
            danger=True,
            icon="x",
        ),
        Verb(
            _("New pick list"),
            "erp:shipment-again",
            shipments.create_shipment,
            states=frozenset({S.CANCELLED}),
            icon="list-check",
        ),
    )

    def get_object_queryset(self) -> Any:
        related = ("partner", "order", "delivery_request", "warehouse", "ship_to", "owner")
        return super().get_object_queryset().select_related(*related)

    def extra_context_for(self, document: Any) -> dict[str, Any]:
        return {
            "subtitle": str(document.partner),
            "lines": pick_progress(document),
            "suggestions": pick_suggestions(document, today()) if document.state == S.DRAFT else [],
            "sees_cost": may_view_field(self.request.user, "erp.shipmentline.cost")
            and document.state in {S.SHIPPED, S.SIGNED},
            "is_signed": document.state == S.SIGNED,
            "units": packed_units(document),
        }


class PickAgain(OperationView):
    """A new pick list for the delivery request of a cancelled one."""

    service = shipments.create_shipment
    page = ShipmentPage

    def key_arguments(self) -> dict[str, Any]:
        shipment = visible(Shipment, self.request.user).filter(pk=self.kwargs["pk"]).first()
        return {"request_id": shipment.delivery_request_id if shipment else 0}


class NewPickList(OperationView):
    """A pick list for what a delivery request has left to ship."""

    service = shipments.create_shipment

    def key_arguments(self) -> dict[str, Any]:
        return {"request_id": self.kwargs["request_pk"]}


class PickByList(FormPage):
    """Type what was picked where; the list's suggestion stands there already."""

    service = shipments.pick_shipment
    form_class = NoHeader
    formset_class = Picks
    template_name = "erp/shipment/pick.html"
    title = _("Pick by list")
    model = Shipment
    message = _("Picked.")

    def formset_kwargs(self) -> dict[str, Any]:
        return {"shipment": self.document}

    def extra_context(self) -> dict[str, Any]:
        return stock_units(reverse("erp:shipment-pick-quantities", args=[self.document.pk]))

    def get_lines_initial(self) -> list[dict[str, Any]]:
        picks = ShipmentPick.objects.filter(line__shipment=self.document).order_by("line__line_no", "pk")
        return picks_initial(list(picks), pick_suggestions(self.document, today()))

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        version = posted_version(self.request)
        return {"shipment_id": self.document.pk, "version": version, "picks": formset.typed()}


class PickQuantities(StockQuantities):
    """The stock-unit quantities of the list while one types."""

    permission_required = "erp.pick_shipment"

    def subjects(self, rows: Mapping[str, Row]) -> dict[str, tuple[int, int | None]]:
        shipment = visible(Shipment, self.request.user).filter(pk=self.kwargs["pk"]).first()
        return of_lines(rows, "line", shipment.lines.all() if shipment is not None else None)


class ScanPage(DocumentPage):
    """Pick with a scanner or a phone: one field, the list with what is missing, where it lies."""

    model = Shipment
    permission_required = "erp.pick_shipment"
    template_name = "erp/shipment/scan.html"

    def get_object_queryset(self) -> Any:
        return super().get_object_queryset().select_related("partner", "order", "warehouse")

    def extra_context_for(self, document: Any) -> dict[str, Any]:
        return scan_context(document)


def scan_context(shipment: Shipment) -> dict[str, Any]:
    """Return the lines with what is missing and where it lies, and whether everything is picked."""
    places: dict[int, list[Any]] = {}
    for one in pick_suggestions(shipment, today()):
        places.setdefault(one.line.pk, []).append(one)
    rows = [(line, places.get(line.pk, [])) for line in pick_progress(shipment)]
    return {
        "shipment": shipment,
        "rows": rows,
        "is_open": shipment.state == S.DRAFT,
        "to_weigh": [
            (line, pick, "" if pick.second_quantity is None else f"{plain(pick.second_quantity):f}")
            for line, _places in rows
            if line.item.second_uom_id
            for pick in line.picks.all()
        ],
        "is_complete": all(line.picked >= line.quantity for line, _places in rows),
    }


class _ScanAnswer(OperationView):
    """The list after a scan, with a word for the scanner."""

    page = ScanPage

    def said(self, shipment: Shipment) -> str:
        raise AssertionError("a scan answers something")

    def done(self, result: Any) -> HttpResponse:
        if not self.request.headers.get("HX-Request"):
            return super().done(result)
        response = render(self.request, "erp/shipment/_scanned.html", scan_context(result))
        return trigger_client_event(response, "scan", {"ok": True, "text": self.said(result)})

    def success_url(self, result: Any) -> str:
        return reverse("erp:shipment-scan", args=[result.pk])


class Scan(_ScanAnswer):
    """One scan."""

    service = shipments.scan_pick

    def arguments(self) -> dict[str, Any]:
        return {"code": self.request.POST.get("code", "")}

    def said(self, shipment: Shipment) -> str:
        last = (
            ShipmentPick.objects.filter(line__shipment=shipment)
            .select_related("line__item", "location__warehouse", "lot")
            .order_by("-pk")
            .first()
        )
        if last is None:
            return ""
        return gettext("%(quantity)s × %(item)s from %(place)s") % {
            "quantity": readable(last.quantity),
            "item": last.line.item.code,
            "place": last.location.code,
        }


class UndoScan(_ScanAnswer):
    """Take the last scan back."""

    service = shipments.undo_pick

    def said(self, shipment: Shipment) -> str:
        return gettext("The last scan is taken back.")


class WeighPick(_ScanAnswer):
    """What the scale says of one scan."""

    service = shipments.weigh_pick

    def arguments(self) -> dict[str, Any]:
        form = WeighForm(self.request.POST)
        if not form.is_valid():
            raise InvalidInput(message=gettext("Enter a quantity."), field="second_quantity")
        return dict(form.cleaned_data)

    def said(self, shipment: Shipment) -> str:
        return gettext("Weighed.")


class FinishPicking(DocumentVerb):
    """Picking is over; the scans count."""

    service = shipments.pick_shipment
    page = ScanPage
    message = _("Picked.")


class Ship(FormPage):
    """Post that the goods left."""

    service = shipments.ship_shipment
    form_class = ShipForm
    template_name = "core/form.html"
    title = _("Ship")
    model = Shipment
    message = _("Shipped.")

    def get_initial(self) -> dict[str, Any]:
        return {"carrier": self.document.carrier, "tracking_number": self.document.tracking_number}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"shipment_id": self.document.pk, "version": posted_version(self.request)} | form.cleaned_data


class SignOff(FormPage):
    """What the customer signed for."""

    service = shipments.sign_off_shipment
    form_class = SignOffForm
    formset_class = SignedLines
    template_name = "erp/shipment/sign_off.html"
    title = _("Sign off")
    model = Shipment
    message = _("Signed for.")

    def formset_kwargs(self) -> dict[str, Any]:
        lines = self.document.lines.filter(picked_quantity__gt=0).select_related("item__uom")
        return {"stored": list(lines.order_by("line_no"))}

    def get_lines_initial(self) -> list[dict[str, Any]]:
        lines = self.document.lines.filter(picked_quantity__gt=0).order_by("line_no")
        return [{"line": line.pk, "signed": line.picked_quantity} for line in lines]

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        keys = {"shipment_id": self.document.pk, "version": posted_version(self.request)}
        return keys | form.cleaned_data | {"lines": formset.typed()}


class DeliveryNote(PrintView):
    """送货单: what is delivered, in both languages."""

    model = Shipment
    template_name = "erp/shipment/print.html"
    permission_required = "erp.view_shipment"

    def get_object_queryset(self) -> Any:
        return super().get_object_queryset().select_related("partner", "order", "ship_to", "warehouse")

    def context_for(self, document: Any) -> dict[str, Any]:
        return {"lines": delivery_note_lines(document)}
