"""Filters of the app's lists, for pages and API alike."""

import datetime as dt
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.forms import DayInput
from masterdata.filters import FamilyFilter
from masterdata.models import Department, Item, Partner, Warehouse
from masterdata.selectors.search import items_matching, partners_matching
from scm.models import (
    GoodsReceipt,
    LandedCost,
    PurchaseOrder,
    PurchaseOrderLine,
    Requisition,
    RequisitionLine,
    SubcontractChargeBack,
    SubcontractOrder,
    SupplierReturn,
)
from scm.selectors.material_to_send import MaterialToSend, material_to_send
from scm.selectors.purchase_orders import EXPECTED, OPEN
from scm.selectors.subcontracting import SupplierBalance, supplier_balances
from scm.states import (
    ChargeBackReason,
    GoodsReceiptState,
    LandedCostState,
    PurchaseOrderState,
    RequisitionOrigin,
    RequisitionState,
    SubcontractState,
    SupplierReturnState,
)


def suppliers(_request: Any) -> QuerySet[Partner]:
    return Partner.objects.filter(is_supplier=True)


SEND_AHEAD = dt.timedelta(days=28)


class DocumentFilter(django_filters.FilterSet):
    """Number, partner (name, code, pinyin) and item in one box; dates from and to."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    date = django_filters.DateFromToRangeFilter(
        field_name="document_date",
        label=_("Date"),
        widget=django_filters.widgets.DateRangeWidget(attrs={"type": "date"}),
    )

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(Q(number__icontains=value) | Q(partner__in=partners_matching(value).values("pk")))


class RequisitionFilter(DocumentFilter):
    state = django_filters.MultipleChoiceFilter(choices=RequisitionState.choices, label=_("State"))
    origin = django_filters.ChoiceFilter(choices=RequisitionOrigin.choices, label=_("Origin"))
    department = django_filters.ModelChoiceFilter(queryset=Department.objects.all(), label=_("Department"))
    mine = django_filters.BooleanFilter(method="only_mine", label=_("Mine"))
    item = django_filters.NumberFilter(field_name="lines__item", label=_("Item"), distinct=True)

    class Meta:
        model = Requisition
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        lines = RequisitionLine.objects.filter(
            Q(description__icontains=value) | Q(item__in=items_matching(value).values("pk"))
        )
        return queryset.filter(
            Q(number__icontains=value) | Q(purpose__icontains=value) | Q(pk__in=lines.values("requisition"))
        )

    def only_mine(self, queryset: QuerySet, _name: str, value: bool) -> QuerySet:
        return queryset.filter(requester=self.request.user) if value else queryset


class PurchaseOrderFilter(DocumentFilter):
    state = django_filters.MultipleChoiceFilter(choices=PurchaseOrderState.choices, label=_("State"))
    partner = FamilyFilter(queryset=suppliers, label=_("Supplier"))
    warehouse = django_filters.ModelChoiceFilter(queryset=Warehouse.objects.all(), label=_("Warehouse"))
    item = django_filters.ModelChoiceFilter(
        queryset=Item.objects.all(), field_name="lines__item", label=_("Item"), distinct=True,
        widget=django_filters.widgets.forms.HiddenInput,
    )  # fmt: skip
    late = django_filters.BooleanFilter(method="only_late", label=_("Late"))
    expected = django_filters.DateFilter(
        method="expected_on",
        label=_("Expected on"),
        widget=django_filters.widgets.forms.DateInput(attrs={"type": "date"}),
    )

    class Meta:
        model = PurchaseOrder
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(number__icontains=value)
            | Q(supplier_reference__icontains=value)
            | Q(partner__in=partners_matching(value).values("pk"))
            | Q(pk__in=PurchaseOrderLine.objects.filter(item__in=items_matching(value).values("pk")).values("order"))
        )

    def only_late(self, queryset: QuerySet, _name: str, value: bool) -> QuerySet:
        if value is None:
            return queryset
        late = Exists(_open_lines().filter(expected__lt=today()))
        return queryset.filter(late, state=PurchaseOrderState.APPROVED) if value else queryset.exclude(late)

    def expected_on(self, queryset: QuerySet, _name: str, value: Any) -> QuerySet:
        return queryset.filter(Exists(_open_lines().filter(expected=value)), state=PurchaseOrderState.APPROVED)


def _open_lines() -> QuerySet[PurchaseOrderLine]:
    lines = PurchaseOrderLine.objects.filter(order=OuterRef("pk"), is_closed=False)
    return lines.annotate(expected=EXPECTED, open=OPEN).filter(open__gt=0)


class GoodsReceiptFilter(DocumentFilter):
    state = django_filters.MultipleChoiceFilter(choices=GoodsReceiptState.choices, label=_("State"))
    partner = FamilyFilter(queryset=suppliers, label=_("Supplier"))
    warehouse = django_filters.ModelChoiceFilter(queryset=Warehouse.objects.all(), label=_("Warehouse"))
    order = django_filters.NumberFilter(field_name="order_id", label=_("Purchase order"))

    class Meta:
        model = GoodsReceipt
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(number__icontains=value)
            | Q(delivery_note__icontains=value)
            | Q(order__number__icontains=value)
            | Q(partner__in=partners_matching(value).values("pk"))
        )


class SupplierReturnFilter(DocumentFilter):
    state = django_filters.MultipleChoiceFilter(choices=SupplierReturnState.choices, label=_("State"))
    partner = FamilyFilter(queryset=suppliers, label=_("Supplier"))
    order = django_filters.NumberFilter(field_name="order_id", label=_("Purchase order"))
    receipt = django_filters.NumberFilter(field_name="receipt_id", label=_("Goods receipt"))

    class Meta:
        model = SupplierReturn
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(number__icontains=value)
            | Q(receipt__number__icontains=value)
            | Q(order__number__icontains=value)
            | Q(partner__in=partners_matching(value).values("pk"))
        )


class LandedCostFilter(DocumentFilter):
    state = django_filters.MultipleChoiceFilter(choices=LandedCostState.choices, label=_("State"))
    partner = FamilyFilter(queryset=suppliers, label=_("Carrier or agent"))
    receipt = django_filters.NumberFilter(field_name="receipts", label=_("Goods receipt"))

    class Meta:
        model = LandedCost
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(number__icontains=value)
            | Q(reference__icontains=value)
            | Q(receipts__number__icontains=value)
            | Q(partner__in=partners_matching(value).values("pk"))
        ).distinct()


class SubcontractOrderFilter(DocumentFilter):
    state = django_filters.MultipleChoiceFilter(choices=SubcontractState.choices, label=_("State"))
    partner = FamilyFilter(queryset=suppliers, label=_("Supplier"))
    item = django_filters.NumberFilter(field_name="item_id", label=_("Item"))
    warehouse = django_filters.ModelChoiceFilter(queryset=Warehouse.objects.all(), label=_("Warehouse"))
    late = django_filters.BooleanFilter(method="only_late", label=_("Late"))

    class Meta:
        model = SubcontractOrder
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(number__icontains=value)
            | Q(purchase_order__number__icontains=value)
            | Q(item__in=items_matching(value).values("pk"))
            | Q(partner__in=partners_matching(value).values("pk"))
        )

    def only_late(self, queryset: QuerySet, _name: str, value: bool) -> QuerySet:
        late = Q(state=SubcontractState.RELEASED, due_date__lt=today())
        return queryset.filter(late) if value else queryset.exclude(late)


class ChargeBackFilter(django_filters.FilterSet):
    partner = FamilyFilter(queryset=suppliers, label=_("Supplier"))
    reason = django_filters.ChoiceFilter(choices=ChargeBackReason.choices, label=_("Reason"))
    order = django_filters.NumberFilter(field_name="order_id", label=_("Subcontract order"))
    is_open = django_filters.BooleanFilter(method="only_open", label=_("To be set off"))
    date = django_filters.DateFromToRangeFilter(
        field_name="charged_on",
        label=_("Date"),
        widget=django_filters.widgets.DateRangeWidget(attrs={"type": "date"}),
    )

    class Meta:
        model = SubcontractChargeBack
        fields: tuple[str, ...] = ()

    def only_open(self, queryset: QuerySet, _name: str, value: bool) -> QuerySet:
        waiting = Q(settled_by="", is_reversed=False)
        return queryset.filter(waiting) if value else queryset.exclude(waiting)


class SupplierBalanceFilter(django_filters.FilterSet):
    """Material at subcontractors: a span (this month unless told otherwise), a supplier, items; computes its rows."""

    q = django_filters.CharFilter(method="items_by_text", label=_("Search"))
    partner = django_filters.ModelChoiceFilter(method="keep", queryset=suppliers, label=_("Supplier"))
    start = django_filters.DateFilter(method="keep", label=_("From"), widget=DayInput())
    end = django_filters.DateFilter(method="keep", label=_("Until"), widget=DayInput())

    class Meta:
        model = Item
        fields: tuple[str, ...] = ()

    def keep(self, queryset: QuerySet, _name: str, _value: Any) -> QuerySet:
        return queryset

    def items_by_text(self, queryset: QuerySet, _name: str, value: str) -> QuerySet:
        return items_matching(value, queryset)

    @property
    def qs(self) -> list[SupplierBalance]:
        if not hasattr(self, "_rows"):
            asked = self.form.cleaned_data if self.form.is_valid() else {}
            end = asked.get("end") or today()
            partner = asked.get("partner")
            self._rows = supplier_balances(
                asked.get("start") or end.replace(day=1),
                end,
                partner_id=partner.pk if partner else None,
                items=super().qs if asked.get("q") else None,
            )
        return self._rows


class MaterialToSendFilter(django_filters.FilterSet):
    """What subcontractors need: until a day (four weeks from now unless told otherwise), a supplier; computes rows."""

    partner = django_filters.ModelChoiceFilter(method="keep", queryset=suppliers, label=_("Supplier"))
    until = django_filters.DateFilter(method="keep", label=_("Until"), widget=DayInput())

    class Meta:
        model = Item
        fields: tuple[str, ...] = ()

    def keep(self, queryset: QuerySet, _name: str, _value: Any) -> QuerySet:
        return queryset

    @property
    def qs(self) -> list[MaterialToSend]:
        if not hasattr(self, "_rows"):
            asked = self.form.cleaned_data if self.form.is_valid() else {}
            partner = asked.get("partner")
            until = asked.get("until") or today() + SEND_AHEAD
            self._rows = material_to_send(until, partner.pk if partner else None)
        return self._rows
