"""Reading requisitions: what waits for a decision and what waits to be ordered."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from masterdata.models import Partner, SupplierItem
from scm.models import Requisition, RequisitionLine
from scm.states import RequisitionState


def requisitions_with_progress(user: Any) -> QuerySet[Requisition]:
    """Return the requisitions ``user`` may see with ``line_count``, ``ordered_count`` and ``received_count``."""
    ordered = Q(lines__ordered_quantity__gte=F("lines__stock_quantity"))
    received = Q(lines__received_quantity__gte=F("lines__stock_quantity"))
    return (
        Requisition.objects.visible_to(user)
        .select_related("department", "requester")
        .annotate(
            line_count=Count("lines"),
            ordered_count=Count("lines", filter=ordered),
            received_count=Count("lines", filter=received),
        )
    )


def requisitions_to_approve(user: Any) -> QuerySet[Requisition]:
    """Return what is submitted by others and waits for a decision, most urgent first."""
    waiting = Requisition.objects.visible_to(user).filter(state=RequisitionState.SUBMITTED)
    return waiting.select_related("department", "requester").order_by("needed_date", "pk")


def lines_to_order(user: Any) -> QuerySet[RequisitionLine]:
    """Return the lines of approved requisitions that are not ordered in full, most urgent first."""
    return (
        RequisitionLine.objects.filter(
            requisition__in=Requisition.objects.visible_to(user).filter(state=RequisitionState.APPROVED),
            is_closed=False,
            ordered_quantity__lt=F("stock_quantity"),
        )
        .select_related("requisition__department", "requisition__requester", "item__uom")
        .select_related("uom", "supplier", "warehouse")
        .order_by("needed_date", "requisition_id", "line_no")
    )


@dataclass(frozen=True)
class Offer:
    """One supplier who can deliver an item: his price per stock unit without tax (None: not known), days, minimum."""

    partner: Partner
    price: Decimal | None = None
    currency: str = ""
    lead_time_days: int = 0
    min_order: Decimal = Decimal(0)
    is_preferred: bool = False


@dataclass
class OpenLine:
    """A requisition line to order with the suppliers to choose from, and what the buyer has chosen so far."""

    line: RequisitionLine
    offers: list[Offer] = field(default_factory=list)
    is_chosen: bool = False
    chosen_partner: int | None = None

    @property
    def proposal(self) -> Partner | None:
        """Whom to buy from unless the buyer chooses otherwise; None when several are equal or nobody is known."""
        if not self.offers:
            return None
        first = self.offers[0]
        wished = first.partner.pk == self.line.supplier_id
        return first.partner if wished or first.is_preferred or len(self.offers) == 1 else None


def with_offers(lines: Sequence[RequisitionLine]) -> list[OpenLine]:
    """Return the lines with who offers their items: wished supplier, preferred supplier, then by price."""
    by_item: dict[int, list[SupplierItem]] = defaultdict(list)
    catalogue = SupplierItem.objects.filter(
        item_id__in={line.item_id for line in lines if line.item_id},
        is_active=True,
        partner__is_active=True,
        partner__is_supplier=True,
        partner__merged_into__isnull=True,
    )
    for offer in catalogue.select_related("partner", "currency").order_by("-is_preferred", "price", "pk"):
        by_item[offer.item_id].append(offer)
    rows = []
    for line in lines:
        offers = [_offer(one) for one in by_item.get(line.item_id or 0, [])]
        if line.supplier is not None:
            wished = next((one for one in offers if one.partner.pk == line.supplier_id), Offer(line.supplier))
            offers = [wished, *(one for one in offers if one.partner.pk != line.supplier_id)]
        rows.append(OpenLine(line, offers))
    return rows


def _offer(one: SupplierItem) -> Offer:
    return Offer(one.partner, one.price or None, one.currency.code, one.lead_time_days, one.min_order, one.is_preferred)


def open_requisition_quantities(item_id: int) -> Decimal:
    """Return how much of an item approved requisitions still ask for, in its stock unit."""
    open_lines = RequisitionLine.objects.filter(
        item_id=item_id, is_closed=False, requisition__state=RequisitionState.APPROVED,
        ordered_quantity__lt=F("stock_quantity"),
    )  # fmt: skip
    return open_lines.aggregate(total=Sum(F("stock_quantity") - F("ordered_quantity")))["total"] or Decimal(0)
