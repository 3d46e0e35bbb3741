"""What lists and the API can be filtered by, one declaration per kind."""

from collections.abc import Callable
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from masterdata.models import Item, Partner
from masterdata.selectors.merging import keys_of_family
from masterdata.selectors.search import items_matching, partners_matching
from masterdata.services.records import RECORDS

Search = Callable[[str, Any], QuerySet]


class FamilyFilter(django_filters.ModelChoiceFilter):
    """A partner, and with him those who were merged into him."""

    def filter(self, qs: QuerySet, value: Partner | None) -> QuerySet:
        return qs if value is None else qs.filter(**{f"{self.field_name}__in": keys_of_family(value.pk)})


class FamilyKeyFilter(django_filters.NumberFilter):
    """A partner by key, and with him those who were merged into him."""

    def filter(self, qs: QuerySet, value: Any) -> QuerySet:
        return qs if value is None else qs.filter(**{f"{self.field_name}__in": keys_of_family(int(value))})


def _by_names(*columns: str) -> Search:
    def search(text: str, queryset: QuerySet) -> QuerySet:
        for word in text.split():
            condition = Q()
            for column in columns:
                condition |= Q(**{f"{column}__icontains": word})
            queryset = queryset.filter(condition)
        return queryset

    return search


def _by_item_and_partner(text: str, queryset: QuerySet) -> QuerySet:
    for word in text.split():
        queryset = queryset.filter(
            Q(supplier_code__icontains=word)
            | Q(item__in=items_matching(word).values("pk"))
            | Q(partner__in=partners_matching(word).values("pk"))
        )
    return queryset


_NAMES = _by_names("code", "name", "name_zh")


class RecordFilter(django_filters.FilterSet):
    """Search in ``q`` plus the declared columns."""

    search: Search = staticmethod(_NAMES)
    q = django_filters.CharFilter(method="find", label=_("Search"))

    def find(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return type(self).search(value, queryset)


def _filter(key: str, *fields: str, search: Search = _NAMES, **extra: Any) -> type[RecordFilter]:
    model = RECORDS[key].model
    meta = type("Meta", (), {"model": model, "fields": list(fields)})
    attributes = {"Meta": meta, "search": staticmethod(search)} | extra
    return type(f"{model.__name__}Filter", (RecordFilter,), attributes)


def _no_select(queryset: QuerySet) -> django_filters.ModelChoiceFilter:
    """A filter by key over a table too long for a select: shown only when it stands in the address."""
    return django_filters.ModelChoiceFilter(queryset=queryset, widget=forms.HiddenInput)


FILTERS: dict[str, type[RecordFilter]] = {
    "item": _filter(
        "item",
        "category",
        "supply_type",
        "tracking",
        "is_sold",
        "is_purchased",
        "is_active",
        search=items_matching,
    ),
    "partner": _filter(
        "partner",
        "is_customer",
        "is_supplier",
        "kind",
        "customer_class",
        "territory",
        "owner",
        "is_active",
        search=partners_matching,
    ),
    "price_list": _filter("price_list", "kind", "currency", "customer_class", "is_active"),
    "supplier_item": _filter(
        "supplier_item",
        "is_preferred",
        "is_active",
        search=_by_item_and_partner,
        item=_no_select(Item.objects.all()),
    ),
    "warehouse": _filter("warehouse", "is_active"),
    "zone": _filter("zone", "warehouse", "is_active"),
    "location": _filter("location", "warehouse", "zone", "kind", "status", "is_active"),
    "unit": _filter("unit", "is_active"),
    "item_category": _filter("item_category", "parent", "valuation_method", "is_active"),
    "currency": _filter("currency", "is_active"),
    "exchange_rate": _filter(
        "exchange_rate",
        "currency",
        search=_by_names("currency__code", "currency__name"),
        date=django_filters.DateFromToRangeFilter(label=_("Date")),
    ),
    "tax": _filter("tax", "is_active"),
    "payment_term": _filter("payment_term", "is_active"),
    "work_calendar": _filter("work_calendar", "is_active"),
    "department": _filter("department", "parent", "is_active"),
    "employee": _filter("employee", "department", "is_active", search=_by_names("code", "name", "name_zh", "badge")),
    "project": _filter("project", "is_active"),
    "territory": _filter("territory", "parent", "is_active"),
    "customer_class": _filter("customer_class", "is_active"),
    "coding_rule": _filter("coding_rule", search=_by_names("target", "prefix")),
    "partner_address": _filter("partner_address", "kind", "is_active", search=_by_names("city", "street")),
    "partner_contact": _filter("partner_contact", "is_active", search=_by_names("name", "phone", "mobile", "email")),
    "partner_bank_account": _filter(
        "partner_bank_account", "is_active", search=_by_names("bank_name", "account_number")
    ),
}
