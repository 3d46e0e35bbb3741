"""Inspecting with a scanner or a gauge: one finding a scan, a measured value or a defect."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from core.documents import lock
from core.operations import operation
from erp.errors import NotBeingInspected, TooManyDefects, UnknownCharacteristic
from erp.errors.quality import NothingToUndo, UnknownFinding
from erp.models import DefectCode, Inspection, InspectionDefect, InspectionLine, InspectionValue
from erp.selectors.inspections import still_there
from erp.services.inspections.deciding import decide_inspection
from erp.states import CharacteristicKind, Disposition, InspectionState

MEASURED = CharacteristicKind.MEASURED


@operation(permission="erp.inspect_inspection", document=(Inspection, "inspection_id"))
def scan_finding(
    *, inspection_id: int, code: str, line_id: int | None = None, actor: Any, at: dt.datetime
) -> Inspection:
    """Take one finding: a number is the next value of a characteristic, anything else a code of a defect on one piece.

    line_id  the characteristic; None: the first that still lacks results. Of an attribute the number says how many
             pieces are wrong.

    Raises:
        NotBeingInspected: it is finished, decided or cancelled.
        UnknownFinding: it is neither a number nor the code of a defect.
        UnknownCharacteristic: the characteristic is of another inspection, or all of them have their results.
        TooManyDefects: more wrong pieces than are inspected.
    """
    inspection = _lock_draft(inspection_id)
    lines = list(inspection.lines.prefetch_related("values"))
    number = number_of(code)
    if number is None:
        _count_defect(inspection, code)
    else:
        line = _line(lines, line_id)
        if line.kind == MEASURED:
            _add_value(line, number)
        else:
            _set_failed(line, number)
    _touch(inspection, actor)
    return inspection


@operation(permission="erp.inspect_inspection", document=(Inspection, "inspection_id"))
def undo_finding(*, inspection_id: int, line_id: int | None = None, actor: Any, at: dt.datetime) -> Inspection:
    """Take the last result of a characteristic back (None: of the one that got the latest).

    Raises:
        NotBeingInspected: it is finished, decided or cancelled.
        NothingToUndo: there is none.
    """
    inspection = _lock_draft(inspection_id)
    lines = inspection.lines.filter(pk=line_id) if line_id else inspection.lines.all()
    last = InspectionValue.objects.filter(line__in=lines).order_by("-pk").first()
    attribute = lines.filter(failed__isnull=False).order_by("-line_no").first()
    if last is not None:
        last.delete()
    elif attribute is not None:
        attribute.failed = None
        attribute.save(update_fields=["failed"])
    else:
        raise NothingToUndo(document=inspection)
    _touch(inspection, actor)
    return inspection


@operation(permission="erp.inspect_inspection", document=(Inspection, "inspection_id"))
def undo_defect(*, inspection_id: int, defect_id: int, actor: Any, at: dt.datetime) -> Inspection:
    """Take one piece of a defect back.

    Raises:
        NotBeingInspected: it is finished, decided or cancelled.
        NothingToUndo: the defect is not there.
    """
    inspection = _lock_draft(inspection_id)
    defect = inspection.defects.filter(pk=defect_id).first()
    if defect is None:
        raise NothingToUndo(document=inspection)
    if defect.quantity > 1:
        defect.quantity -= 1
        defect.save(update_fields=["quantity"])
    else:
        defect.delete()
    _touch(inspection, actor)
    return inspection


@operation(permission="erp.decide_inspection", document=(Inspection, "inspection_id"))
def decide_on_all(
    *, inspection_id: int, disposition: str, version: int | None = None, actor: Any, at: dt.datetime
) -> Inspection:
    """Decide the same for all goods of an inspection still there; refusals are those of `decide_inspection`."""
    inspection = lock(Inspection, inspection_id, version=version)
    there = still_there(inspection, inspection.goods.all())
    rows = [
        {"goods_id": pk, "disposition": Disposition(disposition), "quantity": quantity}
        for pk, quantity in there.items()
    ]
    decided: Inspection = decide_inspection(inspection_id=inspection_id, dispositions=rows, actor=actor, at=at)
    return decided


def waits_for_results(line: InspectionLine) -> bool:
    """Return whether a characteristic (values read along) still lacks results."""
    return len(line.values.all()) < line.sample_size if line.kind == MEASURED else line.failed is None


def _lock_draft(inspection_id: int) -> Inspection:
    inspection: Inspection = lock(Inspection, inspection_id)
    if inspection.state != InspectionState.DRAFT:
        raise NotBeingInspected(document=inspection, state=inspection.get_state_display(), state_code=inspection.state)
    return inspection


def number_of(code: str) -> Decimal | None:
    """Return the number a scan says; None when it is none."""
    try:
        number = Decimal(code.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _line(lines: Sequence[InspectionLine], line_id: int | None) -> InspectionLine:
    wanted = [line for line in lines if (line.pk == line_id if line_id else waits_for_results(line))]
    if not wanted:
        raise UnknownCharacteristic()
    return wanted[0]


def _add_value(line: InspectionLine, number: Decimal) -> None:
    taken = {one.sample_no for one in line.values.all()}
    free = [place for place in range(1, line.sample_size + 1) if place not in taken]
    if not free:
        raise UnknownCharacteristic()
    InspectionValue.objects.create(line=line, sample_no=free[0], value=number, passes=line.passes(number))


def _set_failed(line: InspectionLine, number: Decimal) -> None:
    if number != int(number) or not 0 <= number <= line.sample_size:
        raise TooManyDefects(defective=number, sample=line.sample_size)
    line.failed = int(number)
    line.save(update_fields=["failed"])


def _count_defect(inspection: Inspection, code: str) -> None:
    kind = DefectCode.objects.filter(code__iexact=code.strip(), is_active=True).first()
    if kind is None:
        raise UnknownFinding(scanned=code)
    defect, is_new = InspectionDefect.objects.get_or_create(inspection=inspection, code=kind, defaults={"quantity": 1})
    if not is_new:
        defect.quantity += 1
        defect.save(update_fields=["quantity"])


def _touch(inspection: Inspection, actor: Any) -> None:
    inspection.inspector = actor if getattr(actor, "pk", None) else None
    inspection.version += 1
    inspection.save(update_fields=["inspector", "version"])
