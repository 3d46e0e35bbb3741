"""Making lots and serial numbers known."""

import datetime as dt
from collections.abc import Sequence

from core.clock import business_date
from erp.models import Lot
from erp.services.stock.inputs import LotInput
from masterdata.models import Item


def ensure_lots(rows: Sequence[LotInput], at: dt.datetime) -> dict[tuple[int, str], Lot]:
    """Return the lots of ``rows`` by (item, code), making those that do not exist; a known lot stays as it is.

    A new lot without an expiry date gets one by the shelf life of its item.
    """
    wanted = {(row.item_id, row.code.strip()): row for row in rows if row.code.strip()}
    if not wanted:
        return {}
    open_ended = {item_id for (item_id, _code), row in wanted.items() if row.expiry_date is None}
    timed = Item.objects.filter(pk__in=open_ended, shelf_life_days__isnull=False)
    lives = {pk: days or 0 for pk, days in timed.values_list("pk", "shelf_life_days")}
    day = business_date(at)
    Lot.objects.bulk_create(
        [
            Lot(
                item_id=item_id,
                code=code,
                expiry_date=row.expiry_date or (day + dt.timedelta(days=lives[item_id]) if item_id in lives else None),
                supplier_lot=row.supplier_lot.strip(),
                created_at=at,
            )
            for (item_id, code), row in sorted(wanted.items())
        ],
        ignore_conflicts=True,
    )
    found = Lot.objects.filter(item_id__in={key[0] for key in wanted}, code__in={key[1] for key in wanted})
    return {(lot.item_id, lot.code): lot for lot in found if (lot.item_id, lot.code) in wanted}
