"""Locations that services ask for by what they are."""

from collections.abc import Iterable

from django.db.models import Q

from masterdata.errors import NoSuchPlace
from masterdata.models import Location, Warehouse


def virtual_location(kind: str) -> Location:
    """Return the one location of ``kind`` without a warehouse (supplier, customer, production, scrap, count, transit).

    Raises:
        NoSuchPlace: the basic set-up has not run.
    """
    found = Location.objects.filter(warehouse__isnull=True, kind=kind, is_active=True).order_by("pk").first()
    if found is None:
        raise NoSuchPlace(kind=Location.Kind(kind).label)
    return found


def places_and_virtual(pks: Iterable[int], kind: str) -> dict[int | None, Location]:
    """Return locations by key with their warehouses, and the virtual one of ``kind`` under None; one statement.

    Raises:
        NoSuchPlace: the basic set-up has not run.
    """
    virtual = Q(warehouse__isnull=True, kind=kind, is_active=True)
    rows = list(Location.objects.select_related("warehouse").filter(virtual | Q(pk__in=set(pks))).order_by("pk"))
    found: dict[int | None, Location] = {row.pk: row for row in rows}
    own = next((row for row in rows if row.warehouse_id is None and row.kind == kind and row.is_active), None)
    if own is None:
        raise NoSuchPlace(kind=Location.Kind(kind).label)
    found[None] = own
    return found


def transit_location(warehouse_id: int | None) -> Location:
    """Return the place goods on their way to a warehouse are in: one of its own, else that of the company.

    Raises:
        NoSuchPlace: the basic set-up has not run.
    """
    own = Location.objects.filter(warehouse_id=warehouse_id, kind=Location.Kind.TRANSIT, is_active=True)
    return (own.order_by("pk").first() if warehouse_id else None) or virtual_location(Location.Kind.TRANSIT)


def default_location(warehouse: Warehouse) -> Location:
    """Return the location goods of ``warehouse`` lie in when nobody says otherwise.

    Raises:
        NoSuchPlace: the warehouse has no storage location.
    """
    storage = Location.objects.filter(warehouse=warehouse, kind=Location.Kind.STORAGE, is_active=True)
    found = storage.order_by("-is_default", "code").first()
    if found is None:
        raise NoSuchPlace(kind=Location.Kind.STORAGE.label)
    return found


def default_warehouse() -> Warehouse | None:
    """Return the first active warehouse by code."""
    return Warehouse.objects.filter(is_active=True).order_by("code").first()
