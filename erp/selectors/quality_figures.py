"""Figures of quality: which defects weigh most, how much passes, how a characteristic runs."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth

from erp.engines.control_charts import Control, control_of
from erp.models import DefectCode, Inspection, InspectionDefect, InspectionLine, InspectionValue, WorkCenter
from erp.states import CharacteristicKind, InspectionState, Verdict
from masterdata.models import Item, Partner

HUNDRED = Decimal(100)
MILLION = 1_000_000
JUDGED = (InspectionState.INSPECTED, InspectionState.DECIDED)
VALUES = 500
GROUPS = ("supplier", "item", "work_center", "month")


@dataclass(frozen=True)
class DefectShare:
    """How often a kind of defect was found; ``cumulative`` with all that were found more often."""

    code: DefectCode
    pieces: int
    inspections: int
    share: Decimal
    cumulative: Decimal


@dataclass(frozen=True)
class PassRate:
    """How many inspections of a group conformed; ``ppm`` is defective pieces per million inspected."""

    group: Any
    inspections: int
    passed: int
    failed: int
    rate: Decimal
    sample: int
    defective: int
    ppm: int


@dataclass(frozen=True)
class Measured:
    """One measured value; ``is_out`` of the specification, ``is_signal``: beyond the control limits."""

    inspection: Inspection
    day: dt.date
    sample_no: int
    value: Decimal
    lower: Decimal | None
    upper: Decimal | None
    is_out: bool
    is_signal: bool


@dataclass(frozen=True)
class Run:
    """The values of one characteristic of one item as they were measured, oldest first."""

    rows: list[Measured]
    control: Control | None
    unit: str = ""


def judged(start: dt.date, end: dt.date, **conditions: Any) -> QuerySet[Inspection]:
    """Return the finished inspections of some days (both included); conditions with a value narrow them."""
    narrowed = {name: value for name, value in conditions.items() if value not in {None, ""}}
    return Inspection.objects.filter(
        state__in=JUDGED, document_date__gte=start, document_date__lte=end, **narrowed
    ).order_by()


def defect_shares(inspections: QuerySet[Inspection]) -> list[DefectShare]:
    """Return the kinds of defects that were found, the most frequent first (Pareto). Two statements."""
    sums = list(
        InspectionDefect.objects.filter(inspection__in=inspections)
        .order_by()
        .values_list("code_id")
        .annotate(pieces=Sum("quantity"), times=Count("inspection", distinct=True))
        .order_by("-pieces", "code_id")
    )
    codes = DefectCode.objects.in_bulk([code_id for code_id, _pieces, _times in sums])
    total = sum(pieces for _code, pieces, _times in sums)
    rows, running = [], 0
    for code_id, pieces, times in sums:
        running += pieces
        rows.append(DefectShare(codes[code_id], pieces, times, pieces * HUNDRED / total, running * HUNDRED / total))
    return rows


def pass_rates(inspections: QuerySet[Inspection], group: str) -> list[PassRate]:
    """Return how much passes by supplier, item, work centre or month; the worst first, months in order.

    Inspections that have no supplier or work centre are left out of those groups. Two statements.
    """
    by = {"supplier": "partner_id", "item": "item_id", "work_center": "work_center_id", "month": "month"}[group]
    rows = inspections.annotate(month=TruncMonth("document_date")).filter(**{f"{by}__isnull": False})
    sums = list(
        rows.values_list(by).annotate(
            times=Count("pk"),
            good=Count("pk", filter=Q(verdict=Verdict.PASSED)),
            bad=Count("pk", filter=Q(verdict=Verdict.FAILED)),
            looked_at=Sum("sample_size"),
            wrong=Sum(Coalesce(F("defective"), 0)),
        )
    )
    named = _named(group, [row[0] for row in sums])
    found = [
        PassRate(
            group=named.get(key, key),
            inspections=times,
            passed=good,
            failed=bad,
            rate=good * HUNDRED / times,
            sample=looked_at,
            defective=wrong,
            ppm=wrong * MILLION // looked_at,
        )
        for key, times, good, bad, looked_at, wrong in sums
    ]
    return sorted(found, key=(lambda row: row.group) if group == "month" else (lambda row: (row.rate, -row.failed)))


def _named(group: str, keys: list[Any]) -> dict[Any, Any]:
    model = {"supplier": Partner, "item": Item, "work_center": WorkCenter}.get(group)
    return dict(model._default_manager.in_bulk(keys)) if model is not None else {}


def run_of(inspections: QuerySet[Inspection], characteristic: str) -> Run:
    """Return the latest measured values of a characteristic, with control limits from all of them. Two statements."""
    values = InspectionValue.objects.filter(line__inspection__in=inspections, line__name=characteristic)
    latest = list(
        values.select_related("line__inspection").order_by(
            "-line__inspection__document_date", "-line_id", "-sample_no"
        )[:VALUES]
    )[::-1]
    last = latest[-1].line if latest else None
    control = control_of([one.value for one in latest], last.lower, last.upper) if last is not None else None
    rows = [
        Measured(
            inspection=one.line.inspection,
            day=one.line.inspection.document_date,
            sample_no=one.sample_no,
            value=one.value,
            lower=one.line.lower,
            upper=one.line.upper,
            is_out=not one.passes,
            is_signal=control is not None and not control.lower <= one.value <= control.upper,
        )
        for one in latest
    ]
    return Run(rows, control, last.unit if last is not None else "")


def measured_characteristics() -> list[str]:
    """Return the names of all characteristics that were ever measured, in order."""
    rows = InspectionLine.objects.filter(kind=CharacteristicKind.MEASURED).order_by("name")
    return list(rows.values_list("name", flat=True).distinct()[:VALUES])
