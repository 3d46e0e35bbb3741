"""Places of a warehouse made in bulk: rows × columns × levels."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from core import audit, history
from core.errors import InvalidInput
from core.locks import lock
from core.operations import operation
from masterdata.engines.bins import Rack
from masterdata.models import Location, StockStatus, Warehouse, Zone
from masterdata.services.rows import saved_kindly

MOST = 5_000
STEP = 10
LONGEST = 40


@operation(permission="masterdata.add_location", document=(Warehouse, "warehouse_id"))
def generate_locations(
    *,
    warehouse_id: int,
    rows: int,
    columns: int,
    levels: int = 1,
    prefix: str = "",
    lettered: bool = True,
    snake: bool = True,
    zone_id: int | None = None,
    kind: str = Location.Kind.STORAGE,
    status: str = StockStatus.USABLE,
    capacity: Decimal | None = None,
    actor: Any,
    at: dt.datetime,
) -> Warehouse:
    """Make the places of racks; those that exist already stay as they are.

    Pick and put-away order follow the walk (10, 20, …), after the places that are there.

    Raises:
        InvalidInput: too many or none at once, all exist already, or zone and kind do not fit.
    """
    warehouse = lock(Warehouse, warehouse_id)
    rack = Rack(prefix.strip(), rows, columns, levels, lettered, snake)
    if not 0 < rack.size <= MOST or min(rows, columns, levels) < 1:
        raise InvalidInput(message=_("Make between 1 and %(most)s places at once.") % {"most": MOST}, field="rows")
    if zone_id is not None and not Zone.objects.filter(pk=zone_id, warehouse=warehouse).exists():
        raise InvalidInput(message=_("The zone is in another warehouse."), field="zone")
    if kind not in {Location.Kind.STORAGE, Location.Kind.LINE_SIDE}:
        raise InvalidInput(message=_("Only storage and line-side places stand in racks."), field="kind")
    known = set(Location.objects.filter(warehouse=warehouse).values_list("code", flat=True))
    fresh = [code for code in rack.codes() if code not in known]
    if not fresh:
        raise InvalidInput(message=_("All these places exist already."), field="rows")
    if len(max(fresh, key=len)) > LONGEST:
        raise InvalidInput(message=_("The codes would be too long."), field="prefix")
    last = Location.objects.filter(warehouse=warehouse).aggregate(last=Max("pick_order"))["last"] or 0
    with saved_kindly(Location):
        history.bulk_create(
            [
                Location(
                    warehouse=warehouse,
                    zone_id=zone_id,
                    code=code,
                    name=code,
                    kind=kind,
                    status=status,
                    capacity=capacity,
                    pick_order=last + number * STEP,
                    put_away_order=last + number * STEP,
                )
                for number, code in enumerate(fresh, start=1)
            ],
            Location,
        )
    audit.record(warehouse, "places_made", actor=actor, at=at, places=len(fresh), first=fresh[0], last=fresh[-1])
    return warehouse
