"""Results of an inspection: measured values, wrong pieces, defects, and the verdict they lead to."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.documents import lock, transition
from core.errors import InvalidInput
from core.operations import operation
from core.timeline import attachments_of
from erp.errors import CertificateMissing, NotBeingInspected, ResultsIncomplete, TooManyDefects, UnknownCharacteristic
from erp.models import DefectCode, Inspection, InspectionDefect, InspectionLine, InspectionValue
from erp.services.guards import require_edge
from erp.states import CharacteristicKind, InspectionState, Verdict

Measured = Sequence[Decimal | None]


@operation(permission="erp.inspect_inspection", document=(Inspection, "inspection_id"))
def enter_results(
    *,
    inspection_id: int,
    values: Mapping[int, Measured] | None = None,
    failed: Mapping[int, int | None] | None = None,
    defects: Sequence[Mapping[str, Any]] | None = None,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> Inspection:
    """Store what was found so far.

    values   {line id: one value per piece, None where there is none yet}; replaces those of the line.
    failed   {line id of an attribute: wrong pieces}; None takes it back.
    defects  rows of code_id, quantity, note; they replace all.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        NotBeingInspected: it is finished, decided or cancelled.
        UnknownCharacteristic: a result is of another inspection.
        TooManyDefects: more wrong pieces than were inspected.
        InvalidInput: there is no such defect code, or its number is not above zero.
    """
    inspection = lock(Inspection, inspection_id, version=version)
    if inspection.state != InspectionState.DRAFT:
        raise NotBeingInspected(document=inspection, state=inspection.get_state_display(), state_code=inspection.state)
    lines = {line.pk: line for line in inspection.lines.all()}
    if not {*(values or ()), *(failed or ())} <= lines.keys():
        raise UnknownCharacteristic()
    _store_values(lines, values or {})
    _store_failed(lines, failed or {})
    if defects is not None:
        _store_defects(inspection, defects)
    inspection.inspector = actor if getattr(actor, "pk", None) else None
    inspection.version += 1
    inspection.save(update_fields=["inspector", "version"])
    return inspection


def _store_values(lines: Mapping[int, InspectionLine], values: Mapping[int, Measured]) -> None:
    InspectionValue.objects.filter(line__in=list(values)).delete()
    written = []
    for pk, measured in values.items():
        line = lines[pk]
        if line.kind != CharacteristicKind.MEASURED or len(measured) > line.sample_size:
            raise UnknownCharacteristic()
        written += [
            InspectionValue(line=line, sample_no=number, value=value, passes=line.passes(value))
            for number, value in enumerate(measured, start=1)
            if value is not None
        ]
    InspectionValue.objects.bulk_create(written)


def _store_failed(lines: Mapping[int, InspectionLine], failed: Mapping[int, int | None]) -> None:
    for pk, number in failed.items():
        if lines[pk].kind != CharacteristicKind.ATTRIBUTE:
            raise UnknownCharacteristic()
        if number is not None and not 0 <= number <= lines[pk].sample_size:
            raise TooManyDefects(defective=number, sample=lines[pk].sample_size)
        lines[pk].failed = number
    InspectionLine.objects.bulk_update([lines[pk] for pk in failed], ["failed"])


def _store_defects(inspection: Inspection, defects: Sequence[Mapping[str, Any]]) -> None:
    known = set(DefectCode.objects.filter(pk__in=[row["code_id"] for row in defects]).values_list("pk", flat=True))
    for row in defects:
        if row["code_id"] not in known or row["quantity"] <= 0:
            raise InvalidInput(message=str(row["code_id"]), field="defects")
    inspection.defects.all().delete()
    InspectionDefect.objects.bulk_create(
        InspectionDefect(
            inspection=inspection,
            code_id=row["code_id"],
            quantity=row["quantity"],
            note=(row.get("note") or "").strip()[:200],
        )
        for row in defects
    )


@operation(permission="erp.inspect_inspection", document=(Inspection, "inspection_id"))
def finish_inspection(
    *,
    inspection_id: int,
    defective: int | None = None,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> Inspection:
    """End the inspecting: the verdict follows from the defective pieces of the sample and the acceptance number.

    defective  how many pieces of the sample are defective; None: as the results say (a piece with several wrong
               measured values counts once, wrong attributes are taken to be on different pieces).

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is no longer being inspected.
        ResultsIncomplete: a characteristic lacks values.
        CertificateMissing: the plan asks for a certificate and no file is attached.
        TooManyDefects: more than the sample.
    """
    inspection = lock(Inspection, inspection_id, version=version)
    require_edge(inspection, InspectionState.INSPECTED)
    lines = list(inspection.lines.prefetch_related("values"))
    for line in lines:
        entered = line.values.all()
        if line.kind == CharacteristicKind.MEASURED and len(entered) < line.sample_size:
            raise ResultsIncomplete(characteristic=line.name, entered=len(entered), wanted=line.sample_size)
        if line.kind == CharacteristicKind.ATTRIBUTE and line.failed is None:
            raise ResultsIncomplete(characteristic=line.name, entered=0, wanted=line.sample_size)
    if inspection.plan is not None and inspection.plan.needs_certificate and not attachments_of(inspection).exists():
        raise CertificateMissing(document=inspection)
    counted = counted_defective(inspection, lines) if defective is None else defective
    if not 0 <= counted <= inspection.sample_size:
        raise TooManyDefects(defective=counted, sample=inspection.sample_size)
    inspection.defective = counted
    critical = any(line.is_critical and _wrong(line) for line in lines)
    inspection.verdict = Verdict.FAILED if critical or counted >= inspection.reject_number else Verdict.PASSED
    inspection.inspector = actor if getattr(actor, "pk", None) else None
    inspection.inspected_at = at
    transition(
        inspection,
        InspectionState.INSPECTED,
        actor=actor,
        at=at,
        fields=["defective", "verdict", "inspector", "inspected_at"],
    )
    return inspection


@operation(permission="erp.inspect_inspection", document=(Inspection, "inspection_id"))
def finish_with_results(
    *,
    inspection_id: int,
    values: Mapping[int, Measured] | None = None,
    failed: Mapping[int, int | None] | None = None,
    defects: Sequence[Mapping[str, Any]] | None = None,
    defective: int | None = None,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> Inspection:
    """Store the last results and end the inspecting; arguments and refusals of enter_results and finish_inspection."""
    enter_results(
        inspection_id=inspection_id,
        values=values,
        failed=failed,
        defects=defects,
        version=version,
        actor=actor,
        at=at,
    )
    finished: Inspection = finish_inspection(inspection_id=inspection_id, defective=defective, actor=actor, at=at)
    return finished


def counted_defective(inspection: Inspection, lines: Sequence[InspectionLine]) -> int:
    """Return how many pieces of the sample the results (or, without characteristics, the defects) make defective."""
    if not lines:
        return min(inspection.sample_size, sum(row.quantity for row in inspection.defects.all()))
    pieces: dict[int, bool] = defaultdict(bool)
    attributes = 0
    for line in lines:
        attributes += line.failed or 0
        for one in line.values.all():
            pieces[one.sample_no] |= not one.passes
    return min(inspection.sample_size, sum(pieces.values()) + attributes)


def _wrong(line: InspectionLine) -> bool:
    return bool(line.failed) or any(not one.passes for one in line.values.all())


@operation(permission="erp.inspect_inspection", document=(Inspection, "inspection_id"))
def reopen_inspection(
    *, inspection_id: int, version: int | None = None, actor: Any, at: dt.datetime, reason: str = ""
) -> Inspection:
    """Take the verdict back and go on inspecting.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: nothing is finished yet, or the goods are decided on.
    """
    inspection = lock(Inspection, inspection_id, version=version)
    require_edge(inspection, InspectionState.DRAFT)
    inspection.verdict, inspection.defective = "", None
    transition(inspection, InspectionState.DRAFT, actor=actor, at=at, reason=reason, fields=["verdict", "defective"])
    return inspection
