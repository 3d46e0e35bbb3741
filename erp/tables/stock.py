"""The lists of stock, shipments, returns."""

from typing import Any, ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import ZERO
from core.permissions import may_view_field
from core.tables import AmountColumn, DateColumn, DocumentTable, QuantityColumn, SelectColumn, StateColumn
from core.templatetags.figures import amount, quantity
from erp.models import Lot, ReturnReceipt, Shipment, StockBalance, StockDocument, StockMove
from erp.selectors.sources import url_of
from masterdata.models import StockStatus
from masterdata.selectors.units import has_second_units

LINKED: dict[str, Any] = {"linkify": True, "attrs": {"td": {"class": "text-nowrap"}}}


WRAPPED: dict[str, Any] = {"td": {"class": "wrap"}}
"""Of a column whose words may take several lines, so that the figures beside them stay in sight."""


class ItemColumn(tables.Column):
    """The item by code and name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(verbose_name=kwargs.pop("verbose_name", _("Item")), order_by="item__code", **kwargs)


class UnitColumn(tables.Column):
    """The item's stock unit."""

    def __init__(self) -> None:
        super().__init__(verbose_name=_("Unit"), accessor="item__uom", orderable=False)


class SecondQuantityColumn(QuantityColumn):
    """A quantity in the item's second unit; empty for goods of one unit: a nought would say that none is there."""

    def render(self, value: Any, record: Any) -> str:  # type: ignore[override]
        return quantity(value) if record.item.second_uom_id else ""

    def value(self, value: Any, record: Any) -> Any:  # type: ignore[override]
        return value if record.item.second_uom_id else None


class ValuedTable(DocumentTable):
    """A list with value columns, which only those who may see costs get."""

    VALUES: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        denied = self.VALUES if user is not None and not may_view_field(user, "erp.itemcost.value") else frozenset()
        kwargs["exclude"] = (*kwargs.get("exclude", ()), *denied)
        super().__init__(*args, user=user, **kwargs)
        self.denied |= denied


class SecondUnitTable(DocumentTable):
    """A list whose columns of the second unit stand in it where the company has goods of two units."""

    SECOND: ClassVar[tuple[str, ...]] = ()

    def on_wish(self) -> tuple[str, ...]:
        """Hide the second unit where nothing has one."""
        return tuple(self.ON_WISH) if has_second_units() else (*self.ON_WISH, *self.SECOND)


class StockBalanceTable(SecondUnitTable):
    """Stock by item, place, lot."""

    ON_WISH = ("owner", "category")
    SECOND = ("second_on_hand", "second_unit")

    item = ItemColumn()
    on_hand = QuantityColumn()
    reserved = QuantityColumn()
    free = QuantityColumn(verbose_name=_("Free"))
    unit = UnitColumn()
    warehouse = tables.Column(accessor="location__warehouse", verbose_name=_("Warehouse"))
    location = tables.Column(
        accessor="location__code",
        verbose_name=_("Place"),
        linkify=lambda record: reverse("erp:place-detail", args=[record.location_id]),
    )
    lot = tables.Column(verbose_name=_("Lot or serial number"), linkify=True)
    status = tables.Column(accessor="pk", verbose_name=_("Status"), orderable=False)
    expires = DateColumn(accessor="lot__expiry_date", verbose_name=_("Expires on"))
    specification = tables.Column(accessor="item__specification", verbose_name=_("Specification"))
    category = tables.Column(accessor="item__category", verbose_name=_("Category"))
    second_on_hand = SecondQuantityColumn()
    second_unit = tables.Column(accessor="item__second_uom", verbose_name=_("Second unit"), orderable=False)
    owner = tables.Column()

    def render_status(self, record: Any) -> str:
        """Of place and lot, the stricter one; usable goods say nothing."""
        return held_as(record)

    def value_status(self, record: Any) -> str:
        """The same in files."""
        return held_as(record)

    class Meta(DocumentTable.Meta):
        model = StockBalance
        fields: tuple[str, ...] = ()
        row_attrs = {"data-href": lambda record: reverse("erp:item-availability", args=[record.item_id])}


def held_as(balance: StockBalance) -> str:
    """Return the status of goods that may not be used, as the reader calls it; empty when they may."""
    found = {balance.location.status, balance.lot.status if balance.lot else StockStatus.USABLE}
    for status in (StockStatus.BLOCKED, StockStatus.INSPECTION):
        if status in found:
            return str(status.label)
    return ""


class StockMoveTable(SecondUnitTable):
    """Moves, newest first."""

    ON_WISH = ("owner", "entered_quantity", "typed_unit")
    SECOND = ("second_quantity",)

    moved_on = DateColumn()
    kind = tables.Column(accessor="get_kind_display", verbose_name=_("Kind"), order_by="kind")
    source_number = tables.Column(verbose_name=_("Document"))
    item = ItemColumn()
    lot = tables.Column(verbose_name=_("Lot or serial number"))
    from_location = tables.Column(verbose_name=_("From"))
    to_location = tables.Column(verbose_name=_("To"))
    quantity = QuantityColumn()
    unit = UnitColumn()
    entered_quantity = QuantityColumn(verbose_name=_("As typed"), orderable=False)
    typed_unit = tables.Column(accessor="uom__code", verbose_name=_("Unit typed in"), orderable=False)
    second_quantity = QuantityColumn()
    owner = tables.Column()
    actor = tables.Column()

    class Meta(DocumentTable.Meta):
        model = StockMove
        fields: tuple[str, ...] = ()
        row_attrs = {"data-href": lambda record: url_of(record.source_label, record.source_id)}


class LotTable(DocumentTable):
    """Lots and serial numbers."""

    select = SelectColumn()
    code = tables.Column(**LINKED)
    item = ItemColumn()
    supplier_lot = tables.Column()
    expiry_date = DateColumn()
    status = StateColumn()
    on_hand = QuantityColumn(verbose_name=_("On hand"))
    unit = UnitColumn()
    second_on_hand = SecondQuantityColumn(verbose_name=_("On hand in second unit"), orderable=False)
    second_unit = tables.Column(accessor="item__second_uom", verbose_name=_("Second unit"), orderable=False)

    class Meta(DocumentTable.Meta):
        model = Lot
        fields: tuple[str, ...] = ()
        row_attrs = {"data-href": lambda record: record.get_absolute_url()}


KIND_LABELS = {
    "in_purchase": _("Purchased"),
    "in_made": _("Produced"),
    "in_transfer": _("Transferred in"),
    "in_other": _("Other in"),
    "out_sales": _("Sold"),
    "out_material": _("Issued to production"),
    "out_transfer": _("Transferred out"),
    "out_other": _("Other out"),
}
VALUED_KINDS = ("in_purchase", "in_made", "in_other", "out_sales", "out_material", "out_other")
KINDS = (*KIND_LABELS, *(f"{name}_value" for name in VALUED_KINDS))


class KindColumn(QuantityColumn):
    """The quantity of one kind of moves; kinds without a column of their own count as other."""

    figure = ""

    def __init__(self, name: str) -> None:
        side, self.kind = name.split("_", 1)
        self.sums = ("came" if side == "in" else "went") + self.figure
        self.apart = {one.split("_", 1)[1] for one in KIND_LABELS if one.startswith(f"{side}_")} - {"other"}
        super().__init__(accessor=self.sums, verbose_name=KIND_LABELS[name], orderable=False, empty_values=())

    def _figure(self, record: Any) -> Any:
        sums = getattr(record, self.sums)
        if self.kind != "other":
            return sums.get(self.kind, ZERO)
        return sum((figure for one, figure in sums.items() if one not in self.apart), ZERO)

    def render(self, record: Any) -> str:
        return quantity(self._figure(record))

    def value(self, record: Any) -> Any:
        return self._figure(record)


class KindValueColumn(KindColumn):
    """The value of one kind of moves, base currency."""

    figure = "_value"

    def render(self, record: Any) -> str:
        return amount(self._figure(record))


class StockSummaryTable(ValuedTable):
    """收发存汇总表: opening, in and out (by kind), closing, in quantity and value."""

    VALUES = frozenset(
        {"opening_value", "received_value", "issued_value", "closing_value"}
        | {f"{name}_value" for name in VALUED_KINDS}
    )

    code = tables.Column(accessor="item__code", verbose_name=_("Item"))
    name = tables.Column(accessor="item__label", verbose_name=_("Name"), order_by="item__name")
    specification = tables.Column(accessor="item__specification", verbose_name=_("Specification"))
    warehouse = tables.Column(verbose_name=_("Warehouse"))
    lot = tables.Column(verbose_name=_("Lot or serial number"))
    unit = UnitColumn()
    opening = QuantityColumn(verbose_name=_("Opening"))
    opening_value = AmountColumn(verbose_name=_("Opening value"))
    received = QuantityColumn(verbose_name=_("In"))
    received_value = AmountColumn(verbose_name=_("Value in"))
    issued = QuantityColumn(verbose_name=_("Out"))
    issued_value = AmountColumn(verbose_name=_("Value out"))
    closing = QuantityColumn(verbose_name=_("Closing"))
    closing_value = AmountColumn(verbose_name=_("Closing value"))

    in_purchase = KindColumn("in_purchase")
    in_made = KindColumn("in_made")
    in_transfer = KindColumn("in_transfer")
    in_other = KindColumn("in_other")
    out_sales = KindColumn("out_sales")
    out_material = KindColumn("out_material")
    out_transfer = KindColumn("out_transfer")
    out_other = KindColumn("out_other")
    in_purchase_value = KindValueColumn("in_purchase")
    in_made_value = KindValueColumn("in_made")
    in_other_value = KindValueColumn("in_other")
    out_sales_value = KindValueColumn("out_sales")
    out_material_value = KindValueColumn("out_material")
    out_other_value = KindValueColumn("out_other")

    class Meta(DocumentTable.Meta):
        pass


class ShipmentTable(DocumentTable):
    """Shipments."""

    number = tables.Column(**LINKED)
    planned_date = DateColumn()
    partner = tables.Column(verbose_name=_("Customer"))
    order = tables.Column(linkify=True)
    warehouse = tables.Column()
    state = StateColumn()
    shipped_date = DateColumn()
    signed_date = DateColumn()
    carrier = tables.Column()
    tracking_number = tables.Column()

    class Meta(DocumentTable.Meta):
        model = Shipment
        fields: tuple[str, ...] = ()


class ReturnReceiptTable(DocumentTable):
    """Return receipts."""

    number = tables.Column(**LINKED)
    document_date = DateColumn()
    partner = tables.Column(verbose_name=_("Customer"))
    order = tables.Column(linkify=True)
    return_request = tables.Column(linkify=True)
    state = StateColumn()
    received_date = DateColumn()

    class Meta(DocumentTable.Meta):
        model = ReturnReceipt
        fields: tuple[str, ...] = ()


class StockDocumentTable(DocumentTable):
    """Stock documents."""

    number = tables.Column(**LINKED)
    document_date = DateColumn()
    kind = tables.Column(accessor="get_kind_display", verbose_name=_("Kind"), order_by="kind")
    warehouse = tables.Column()
    reason = tables.Column(accessor="get_reason_code_display", verbose_name=_("Reason"), order_by="reason_code")
    state = StateColumn()
    posting_date = DateColumn()
    note = tables.Column()

    class Meta(DocumentTable.Meta):
        model = StockDocument
        fields: tuple[str, ...] = ()
