"""Labels of items and of places."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from core.labels import Label
from core.views.labels import LabelsPage
from masterdata.filters import FILTERS
from masterdata.models import Item, ItemBarcode, Location


class ItemLabels(LabelsPage):
    """Labels of items: the barcode of its stock unit, else its code."""

    model = Item
    filterset_class = FILTERS["item"]
    permission_required = "masterdata.view_item"

    def rows(self) -> QuerySet:
        own = ItemBarcode.objects.filter(item=OuterRef("pk")).filter(Q(uom=None) | Q(uom=F("item__uom")))
        rows = Item.objects.select_related("uom").order_by("code")
        return rows.annotate(barcode=Subquery(own.order_by("pk").values("barcode")[:1]))

    def labels(self, rows: Sequence[Any]) -> list[Label]:
        return [
            Label(
                head=item.code,
                code=item.barcode or item.code,
                name=item.label(),
                facts=tuple(filter(None, (item.specification, item.drawing_number, item.barcode or ""))),
            )
            for item in rows
        ]


class PlaceLabels(LabelsPage):
    """Labels of places: warehouse and place, as scanners read them."""

    model = Location
    filterset_class = FILTERS["location"]
    permission_required = "masterdata.view_location"

    def rows(self) -> QuerySet:
        rows = Location.objects.filter(warehouse__isnull=False).select_related("warehouse", "zone")
        return rows.order_by("warehouse__code", "pick_order", "code")

    def labels(self, rows: Sequence[Any]) -> list[Label]:
        return [
            Label(
                head=place.code,
                code=f"{place.warehouse.code}/{place.code}",
                name=str(place.warehouse),
                facts=(place.zone.label(),) if place.zone else (),
            )
            for place in rows
        ]
