"""What the lists and the API of stock can be filtered by."""

import datetime as dt
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.clock import today
from core.forms import DayInput
from erp.models import (
    Demand,
    Lot,
    ReturnReceipt,
    Shipment,
    StockBalance,
    StockDocument,
    StockMove,
    Supply,
    ValueEntry,
)
from erp.selectors.places import open_warehouses, storage_places
from erp.selectors.project_stock import kept_for_projects
from erp.selectors.stock_ledger import Span
from erp.selectors.stock_summary import SummaryRow, stock_summary
from erp.states import (
    DemandKind,
    EntryKind,
    MoveKind,
    ReturnReceiptState,
    ShipmentState,
    StockDocumentKind,
    StockDocumentState,
    SupplyKind,
)
from masterdata.filters import FamilyKeyFilter
from masterdata.models import Item, ItemCategory, Location, Project, StockStatus, Warehouse, Zone
from masterdata.selectors.search import items_matching, partners_matching

DAYS = django_filters.widgets.DateRangeWidget(attrs={"type": "date"})


def all_projects(_request: Any) -> QuerySet[Project]:
    """Return every project: stock of one that is closed is still there."""
    return Project.objects.order_by("code")


def all_warehouses(_request: Any) -> QuerySet[Warehouse]:
    """The warehouses that may be chosen."""
    return open_warehouses()


def all_places(_request: Any) -> QuerySet:
    """The storage places that may be chosen."""
    return storage_places()


def every_place(_request: Any) -> QuerySet:
    """The storage places and those between which goods move besides: supplier, customer, production."""
    return Location.objects.select_related("warehouse").order_by("warehouse__code", "code")


def all_zones(_request: Any) -> QuerySet:
    """The zones that may be chosen."""
    return Zone.objects.filter(is_active=True).select_related("warehouse")


def categories(_request: Any) -> QuerySet[ItemCategory]:
    """The item categories."""
    return ItemCategory.objects.order_by("code")


class _ItemSearch(django_filters.FilterSet):
    """Items by whatever people type; lot codes too."""

    def of_items(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(Q(item__in=items_matching(value).values("pk")) | Q(lot__code__icontains=value))


class StockBalanceFilter(_ItemSearch):
    """Stock by item, warehouse, place, lot."""

    q = django_filters.CharFilter(method="of_items", label=_("Search"))
    item = django_filters.NumberFilter(field_name="item_id", label=_("Item"))
    warehouse = django_filters.ModelChoiceFilter(
        field_name="location__warehouse", queryset=all_warehouses, label=_("Warehouse")
    )
    zone = django_filters.ModelChoiceFilter(field_name="location__zone", queryset=all_zones, label=_("Zone"))
    location = django_filters.ModelChoiceFilter(queryset=all_places, label=_("Place"))
    status = django_filters.ChoiceFilter(method="with_status", choices=StockStatus.choices, label=_("Status"))
    owned_by = django_filters.ChoiceFilter(
        method="belonging_to",
        choices=[("us", _("Ours")), ("others", _("Goods of others"))],
        label=_("Owner of the goods"),
    )
    category = django_filters.ModelChoiceFilter(
        field_name="item__category", queryset=categories, label=_("Item category")
    )
    reserved = django_filters.BooleanFilter(method="is_reserved", label=_("Reserved"))
    project = django_filters.ModelChoiceFilter(method="of_project", queryset=all_projects, label=_("Project"))
    expires_before = django_filters.DateFilter(
        field_name="lot__expiry_date", lookup_expr="lte", label=_("Expires until"), widget=DayInput()
    )

    class Meta:
        model = StockBalance
        fields: tuple[str, ...] = ()

    def with_status(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        held = Q(location__status=value) | Q(lot__status=value)
        if value == StockStatus.USABLE:
            held = Q(location__status=value) & (Q(lot__isnull=True) | Q(lot__status=value))
        return queryset.filter(held)

    def belonging_to(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(owner__isnull=value == "us")

    def of_project(self, queryset: QuerySet, _name: str, value: Project) -> QuerySet:
        return kept_for_projects(queryset, [value])

    def is_reserved(self, queryset: QuerySet, _name: str, value: bool) -> QuerySet:
        return queryset.filter(reserved__gt=0) if value else queryset.filter(reserved=0)


class StockMoveFilter(_ItemSearch):
    """Moves by item, kind, date, place, source."""

    q = django_filters.CharFilter(method="of_items", label=_("Search"))
    item = django_filters.NumberFilter(field_name="item_id", label=_("Item"))
    kind = django_filters.MultipleChoiceFilter(choices=MoveKind.choices, label=_("Kind"))
    date = django_filters.DateFromToRangeFilter(field_name="moved_on", label=_("Date"), widget=DAYS)
    location = django_filters.ModelChoiceFilter(method="at_place", queryset=every_place, label=_("Place"))
    source = django_filters.CharFilter(field_name="source_number", lookup_expr="iexact", label=_("Document"))
    lot = django_filters.CharFilter(field_name="lot__code", lookup_expr="iexact", label=_("Lot or serial number"))

    class Meta:
        model = StockMove
        fields: tuple[str, ...] = ()

    def at_place(self, queryset: QuerySet, _name: str, value: Any) -> QuerySet:
        return queryset.filter(Q(from_location=value) | Q(to_location=value))


class ValueEntryFilter(django_filters.FilterSet):
    """Value entries by item, kind, date, source."""

    item = django_filters.NumberFilter(field_name="item_id", label=_("Item"))
    kind = django_filters.MultipleChoiceFilter(choices=EntryKind.choices, label=_("Kind"))
    date = django_filters.DateFromToRangeFilter(field_name="booked_on", label=_("Date"), widget=DAYS)
    work_order = django_filters.NumberFilter(field_name="work_order_id", label=_("Work order"))
    source_label = django_filters.CharFilter(label=_("Source"))
    source_id = django_filters.NumberFilter(label=_("Source document"))

    class Meta:
        model = ValueEntry
        fields: tuple[str, ...] = ()


class _NeedFilter(django_filters.FilterSet):
    """Demand and supply by item, due date, source."""

    item = django_filters.NumberFilter(field_name="item_id", label=_("Item"))
    due = django_filters.DateFromToRangeFilter(field_name="due_date", label=_("Due date"), widget=DAYS)
    source_label = django_filters.CharFilter(label=_("Source"))
    source_id = django_filters.NumberFilter(label=_("Source document"))


class DemandFilter(_NeedFilter):
    """Demand rows; ``open`` leaves out what is delivered."""

    kind = django_filters.MultipleChoiceFilter(choices=DemandKind.choices, label=_("Kind"))
    open = django_filters.BooleanFilter(method="is_open", label=_("Open"))

    class Meta:
        model = Demand
        fields: tuple[str, ...] = ()

    def is_open(self, queryset: QuerySet, _name: str, value: bool) -> QuerySet:
        return queryset.filter(open_quantity__gt=0) if value else queryset.filter(open_quantity=0)


class SupplyFilter(_NeedFilter):
    """Expected supply rows."""

    kind = django_filters.MultipleChoiceFilter(choices=SupplyKind.choices, label=_("Kind"))
    firm = django_filters.BooleanFilter(field_name="is_firm", label=pgettext_lazy("supply", "Firm"))

    class Meta:
        model = Supply
        fields: tuple[str, ...] = ()


class LotFilter(django_filters.FilterSet):
    """Lots by code or item."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    expires_before = django_filters.DateFilter(
        field_name="expiry_date", lookup_expr="lte", label=_("Expires until"), widget=DayInput()
    )

    status = django_filters.ChoiceFilter(choices=StockStatus.choices, label=_("Status"))
    expires_in = django_filters.NumberFilter(method="about_to_expire", label=_("Expires within days"), min_value=0)
    on_hand = django_filters.BooleanFilter(method="lying_here", label=_("On hand"))

    class Meta:
        model = Lot
        fields: tuple[str, ...] = ()

    def about_to_expire(self, queryset: QuerySet, _name: str, value: Any) -> QuerySet:
        return queryset.filter(expiry_date__lte=today() + dt.timedelta(days=min(int(value), 36_500)))

    def lying_here(self, queryset: QuerySet, _name: str, value: bool) -> QuerySet:
        here = StockBalance.objects.filter(lot_id=OuterRef("pk"), on_hand__gt=0)
        return queryset.filter(Exists(here) if value else ~Exists(here))

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(Q(code__icontains=value) | Q(item__in=items_matching(value).values("pk")))


class StockSummaryFilter(django_filters.FilterSet):
    """Dates (this month unless told otherwise), warehouse, items; its rows are those of the summary."""

    q = django_filters.CharFilter(method="items_by_text", label=_("Search"))
    start = django_filters.DateFilter(method="keep", label=_("From"), widget=DayInput())
    end = django_filters.DateFilter(method="keep", label=_("To"), widget=DayInput())
    warehouse = django_filters.ModelChoiceFilter(method="keep_place", queryset=all_warehouses, label=_("Warehouse"))
    location = django_filters.ModelChoiceFilter(method="keep_place", queryset=all_places, label=_("Place"))
    category = django_filters.ModelChoiceFilter(queryset=categories, label=_("Item category"))
    group = django_filters.ChoiceFilter(
        method="keep",
        label=_("By"),
        empty_label=None,
        choices=[("item", _("Item")), ("warehouse", _("Warehouse")), ("lot", _("Lot or serial number"))],
    )
    kinds = django_filters.ChoiceFilter(
        method="keep",
        label=_("Kinds of moves"),
        empty_label=_("in sum"),
        choices=[("quantity", _("quantities")), ("value", _("values"))],
    )

    class Meta:
        model = Item
        fields: tuple[str, ...] = ()

    def keep(self, queryset: QuerySet, _name: str, _value: Any) -> QuerySet:
        return queryset

    def keep_place(self, queryset: QuerySet, _name: str, value: int) -> QuerySet:
        return queryset

    def items_by_text(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return items_matching(value, queryset)

    @property
    def span(self) -> Span:
        """The span asked for."""
        data = self.form.cleaned_data if self.form.is_valid() else {}
        day = today()
        place, location = data.get("warehouse"), data.get("location")
        return Span(
            data.get("start") or day.replace(day=1),
            data.get("end") or day,
            place.pk if place else None,
            location.pk if location else None,
        )

    @property
    def qs(self) -> list[SummaryRow]:
        if not hasattr(self, "_rows"):
            data = self.form.cleaned_data if self.form.is_valid() else {}
            chosen = super().qs if data.get("q") or data.get("category") else None
            self._rows = stock_summary(self.span, chosen, data.get("group") or "item")
        return self._rows


class _PartnerDocumentFilter(django_filters.FilterSet):
    """Documents by number, customer or order."""

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(number__icontains=value)
            | Q(order__number__icontains=value)
            | Q(partner__in=partners_matching(value).values("pk"))
        )


class ShipmentFilter(_PartnerDocumentFilter):
    """Shipments by number, customer, order, state, date."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(choices=ShipmentState.choices, label=_("State"))
    warehouse = django_filters.ModelChoiceFilter(queryset=all_warehouses, label=_("Warehouse"))
    order = django_filters.NumberFilter(field_name="order_id", label=_("Sales order"))
    partner = FamilyKeyFilter(field_name="partner", label=_("Customer"))
    date = django_filters.DateFromToRangeFilter(field_name="document_date", label=_("Date"), widget=DAYS)

    class Meta:
        model = Shipment
        fields: tuple[str, ...] = ()


class ReturnReceiptFilter(_PartnerDocumentFilter):
    """Return receipts by number, customer, order, state, date."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(choices=ReturnReceiptState.choices, label=_("State"))
    order = django_filters.NumberFilter(field_name="order_id", label=_("Sales order"))
    partner = FamilyKeyFilter(field_name="partner", label=_("Customer"))
    date = django_filters.DateFromToRangeFilter(field_name="document_date", label=_("Date"), widget=DAYS)

    class Meta:
        model = ReturnReceipt
        fields: tuple[str, ...] = ()


class StockDocumentFilter(django_filters.FilterSet):
    """Stock documents by number, kind, state, warehouse, date."""

    q = django_filters.CharFilter(field_name="number", lookup_expr="icontains", label=_("Search"))
    kind = django_filters.MultipleChoiceFilter(choices=StockDocumentKind.choices, label=_("Kind"))
    state = django_filters.MultipleChoiceFilter(choices=StockDocumentState.choices, label=_("State"))
    warehouse = django_filters.ModelChoiceFilter(queryset=all_warehouses, label=_("Warehouse"))
    date = django_filters.DateFromToRangeFilter(field_name="document_date", label=_("Date"), widget=DAYS)

    class Meta:
        model = StockDocument
        fields: tuple[str, ...] = ()
