"""What lies where: the page of a lot with its whole genealogy, and the page of a place."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.views.base import DocumentPage, OperationView, Verb
from erp.models import Lot, StockMove
from erp.selectors.genealogy import genealogy
from erp.selectors.stock import balances, moves
from erp.services import holds
from masterdata.models import Location, StockStatus

USABLE, INSPECTION, BLOCKED = StockStatus.USABLE, StockStatus.INSPECTION, StockStatus.BLOCKED
LATEST_MOVES = 30


def hold_verbs(prefix: str, service: Any) -> tuple[Verb, ...]:
    """Block, inspect and release, each with its reason."""
    return (
        Verb(
            _("Release"),
            f"erp:{prefix}-release",
            service,
            when=lambda one: one.status != USABLE,
            main=True,
            reason=True,
            icon="lock-open",
        ),
        Verb(
            _("To inspection"),
            f"erp:{prefix}-inspect",
            service,
            when=lambda one: one.status != INSPECTION,
            reason=True,
            icon="zoom-check",
        ),
        Verb(
            _("Block"),
            f"erp:{prefix}-block",
            service,
            when=lambda one: one.status != BLOCKED,
            reason=True,
            danger=True,
            icon="lock",
        ),
    )


class LotPage(DocumentPage):
    """One lot or serial number: where it is, where it came from, where it went."""

    model = Lot
    permission_required = "erp.view_lot"
    template_name = "erp/lot/detail.html"
    list_url = "erp:lot-list"
    verbs = (
        *hold_verbs("lot", holds.set_lot_status),
        Verb(_("Print labels"), "erp:lot-label", permission="erp.view_lot", link=True, icon="barcode"),
    )

    def get_object_queryset(self) -> Any:
        return super().get_object_queryset().select_related("item__uom", "item__second_uom")

    def extra_context_for(self, document: Any) -> dict[str, Any]:
        return {
            "subtitle": str(document.item),
            "life": genealogy(document),
            "expired": document.expiry_date is not None and document.expiry_date < today(),
            "sees_moves": self.request.user.has_perm("erp.view_stockmove"),
        }


class PlacePage(DocumentPage):
    """One place: what lies in it and what moved there last."""

    model = Location
    permission_required = "erp.view_stockbalance"
    template_name = "erp/place/detail.html"
    verbs = (
        *(
            Verb(
                one.label,
                one.url_name,
                one.service,
                when=lambda place, allowed=one.when: (
                    place.warehouse_id is not None and not place.is_default and allowed(place)
                ),
                main=one.main,
                reason=True,
                danger=one.danger,
                icon=one.icon,
            )
            for one in hold_verbs("place", holds.set_place_status)
        ),
        Verb(
            _("Print label"),
            "masterdata:location-labels",
            permission="masterdata.view_location",
            when=lambda place: place.warehouse_id is not None,
            link=True,
            icon="barcode",
        ),
    )

    def get_object_queryset(self) -> Any:
        return super().get_object_queryset().select_related("warehouse", "zone")

    def extra_context_for(self, document: Any) -> dict[str, Any]:
        sees_moves = self.request.user.has_perm("erp.view_stockmove")
        recent = StockMove.objects.filter(from_location=document) | StockMove.objects.filter(to_location=document)
        return {
            "subtitle": document.label(),
            "contents": balances().filter(location=document),
            "moves": moves().filter(pk__in=recent.order_by("-pk").values("pk")[:LATEST_MOVES]) if sees_moves else [],
        }


class _SetStatus(OperationView):
    """Give a lot or a place another status."""

    status: str = USABLE

    def arguments(self) -> dict[str, Any]:
        return {"status": self.status}


class SetLotStatus(_SetStatus):
    """Block, inspect or release a lot."""

    service = holds.set_lot_status
    page = LotPage


class SetPlaceStatus(_SetStatus):
    """Block, inspect or release a place."""

    service = holds.set_place_status
    page = PlacePage

    def success_url(self, result: Any) -> str:
        return reverse("erp:place-detail", args=[result.pk])
