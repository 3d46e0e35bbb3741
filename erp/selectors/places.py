"""Warehouses and places that may be chosen."""

from django.db.models import QuerySet

from masterdata.models import Location, Warehouse


def open_warehouses() -> QuerySet[Warehouse]:
    """Return the warehouses that may be chosen, by code."""
    return Warehouse.objects.filter(is_active=True).order_by("code")


def storage_places(warehouse_id: int | None = None, *, line_side: bool = False) -> QuerySet[Location]:
    """Return the storage locations (with those at the line) that may be chosen, the usual one of each first."""
    kinds = [Location.Kind.STORAGE, Location.Kind.LINE_SIDE] if line_side else [Location.Kind.STORAGE]
    rows = Location.objects.filter(kind__in=kinds, is_active=True).select_related("warehouse")
    rows = rows.filter(warehouse_id=warehouse_id) if warehouse_id else rows
    return rows.order_by("warehouse__code", "-is_default", "code")
