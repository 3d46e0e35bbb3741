"""Inspection plans, inspections and defect codes made through their services."""

from decimal import Decimal
from typing import Any

from core.operations import perform
from erp.models import DefectCode, Inspection, InspectionPlan
from erp.services import defect_codes, inspection_plans, inspections
from masterdata.models import Item, Location, Warehouse
from tests.factories import masterdata

D = Decimal
LENGTH = {"name": "Length", "kind": "measured", "unit": "mm", "lower": D("9.8"), "upper": D("10.2"), "target": D(10)}
LOOK = {"name": "Surface", "kind": "attribute", "method": "by eye"}


def waiting_place(warehouse: Warehouse) -> Location:
    return masterdata.location(warehouse, "QC", status="inspection")


def plan(item: Item | None, kind: str = "receipt", *lines: dict[str, Any], **header: Any) -> InspectionPlan:
    """A released plan: a length of 10 ± 0.2 mm and the surface, every piece, unless said otherwise."""
    draft = perform(
        inspection_plans.create_inspection_plan,
        actor=None,
        kind=kind,
        item_id=item.pk if item else None,
        lines=list(lines) or [LENGTH, LOOK],
        **header,
    )
    return perform(inspection_plans.release_inspection_plan, actor=None, plan_id=draft.pk)


def defect(code: str = "SCRATCH", **values: Any) -> DefectCode:
    return perform(defect_codes.create_defect_code, actor=None, **{"code": code, "name": code.title()} | values)


def inspected(inspection: Inspection, *lengths: str, failed: int = 0, **values: Any) -> Inspection:
    """Results of the usual plan: one length per piece, so many wrong surfaces; then the verdict."""
    measured = {line.pk: [D(one) for one in lengths] for line in inspection.lines.all() if line.kind == "measured"}
    wrong = {line.pk: failed for line in inspection.lines.all() if line.kind == "attribute"}
    perform(
        inspections.enter_results,
        actor=values.pop("actor", None),
        inspection_id=inspection.pk,
        values=measured,
        failed=wrong,
        defects=values.pop("defects", None),
    )
    return perform(inspections.finish_inspection, actor=None, inspection_id=inspection.pk, **values)


def decided(inspection: Inspection, *parts: tuple[str, str], service: Any = None, actor: Any = None) -> Inspection:
    """Decide on the one goods row: parts of (disposition, quantity)."""
    goods = inspection.goods.get()
    rows = [{"goods_id": goods.pk, "disposition": one, "quantity": D(quantity)} for one, quantity in parts]
    return perform(
        service or inspections.decide_inspection, actor=actor, inspection_id=inspection.pk, dispositions=rows
    )
