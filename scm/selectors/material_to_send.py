"""委外发料计划: what subcontractors need, by day, what of it lies there already, and what is to be sent."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from core.clock import today
from core.fields import ZERO
from erp.engines import mrp
from erp.models import Bom, BomLine, Demand, PlannedOrder
from erp.selectors.boms import line_requirement, yield_scrap
from erp.selectors.outlook_sources import usable_stock
from erp.selectors.plan import current_run, listed_orders
from erp.selectors.plan_reading import columns
from erp.selectors.plan_sources import AT_SUPPLIERS
from erp.selectors.sources import url_of
from erp.states import BomState, DemandKind, PlannedSupply
from erp.states.engineering import BomLineKind
from masterdata.models import Item, Partner
from scm.selectors.supplier_items import preferred_suppliers


@dataclass
class MaterialToSend:
    """What one order needs of one material at one supplier; stock unit.

    there  part of the need that lies there and no other order waits for.   in_stock  usable in our own places.
    """

    partner: Partner
    item: Item
    needed_date: dt.date
    source: str
    url: str
    is_planned: bool
    needed: Decimal
    there: Decimal = ZERO
    in_stock: Decimal = ZERO

    @property
    def to_send(self) -> Decimal:
        """What is to be sent from here."""
        return self.needed - self.there

    def get_absolute_url(self) -> str:
        """Return the order, open or planned, that needs it."""
        return self.url


def material_to_send(until: dt.date, partner_id: int | None = None) -> list[MaterialToSend]:
    """Return what open and planned subcontract orders need until a day, as the planner covers it: what lies at the
    supplier and is not spoken for serves his needs by date, open orders first on one day.
    """
    rows = [one for one in (*_of_orders(until), *_of_plan(until)) if partner_id in {None, one.partner.pk}]
    rows.sort(key=lambda one: (one.partner.code, one.item.code, one.needed_date, one.is_planned, one.source))
    stock = columns(AT_SUPPLIERS, today=today())
    free: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for item_id, supplier_id, micro in zip(*(column.tolist() for column in stock), strict=True):
        free[item_id, supplier_id] = Decimal(micro) / mrp.MICRO
    here = usable_stock({one.item.pk for one in rows}, today())
    for row in rows:
        row.there = min(row.needed, free[row.item.pk, row.partner.pk])
        free[row.item.pk, row.partner.pk] -= row.there
        row.in_stock = here.get(row.item.pk, ZERO)
    return rows


def _of_orders(until: dt.date) -> Iterator[MaterialToSend]:
    open_demands = Demand.objects.filter(kind=DemandKind.SUBCONTRACT, open_quantity__gt=0, due_date__lte=until)
    for one in open_demands.filter(partner__isnull=False).select_related("partner", "item__uom"):
        assert one.partner is not None  # asked for
        yield MaterialToSend(
            one.partner,
            one.item,
            one.due_date,
            one.source_number,
            url_of(one.source_label, one.source_id),
            is_planned=False,
            needed=one.open_quantity,
        )


def _of_plan(until: dt.date) -> Iterator[MaterialToSend]:
    run = current_run()
    if run is None:
        return
    orders = list(listed_orders(run, until).filter(supply_type=PlannedSupply.SUBCONTRACT))
    keys = {one.item_id for one in orders}
    makers = preferred_suppliers(keys)
    partners = Partner.objects.in_bulk(set(makers.values()))
    boms = _boms(keys)
    by_yield = yield_scrap()
    for order in orders:
        maker = partners.get(makers.get(order.item_id, 0))
        for line, bom in _lines(order, boms.get(order.item_id, [])) if maker else ():
            assert maker is not None  # asked for
            yield MaterialToSend(
                maker,
                line.component,
                order.start_date,
                _("planned: %(item)s") % {"item": order.item.code},
                reverse("erp:planned-order", args=[order.identity]),
                is_planned=True,
                needed=line_requirement(line, bom, order.quantity, by_yield=by_yield),
            )


def _boms(item_ids: set[int]) -> dict[int, list[Bom]]:
    found: dict[int, list[Bom]] = defaultdict(list)
    valid = Q(valid_to__isnull=True) | Q(valid_to__gt=today())
    rows = Bom.objects.filter(valid, item_id__in=item_ids, state=BomState.RELEASED).order_by("pk")
    for bom in rows.prefetch_related("lines__component__uom"):
        found[bom.item_id].append(bom)
    return found


def _lines(order: PlannedOrder, boms: list[Bom]) -> Iterator[tuple[BomLine, Bom]]:
    day = max(order.start_date, today())
    for bom in (one for one in boms if _is_valid(one, day)):
        for line in bom.lines.all():
            if line.line_kind == BomLineKind.COMPONENT and _is_valid(line, day):
                yield line, bom
        return


def _is_valid(row: Bom | BomLine, day: dt.date) -> bool:
    return (row.valid_from is None or row.valid_from <= day) and (row.valid_to is None or day < row.valid_to)
