"""Inspection plans: written, released from a day on, revised by a successor, retired."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db.models import Max
from django.utils.translation import gettext as _

from core.clock import business_date
from core.documents import lock, next_number, transition
from core.errors import InvalidInput
from core.locks import LockRank, advisory_lock
from core.operations import operation
from erp.engines.sampling import AQLS
from erp.errors import NotDraft, PlanIsEmpty, PlanOverlaps
from erp.models import InspectionPlan, PlanCharacteristic
from erp.services.guards import require_edge
from erp.states import CharacteristicKind, InspectionKind, InspectionLevel, InspectionPlanState, SamplingMethod

Rows = Sequence[Mapping[str, Any]]
RELEASES = "erp.inspection_plan.releases"
"""Releases wait for each other: two of them together could be valid on the same day."""

SUBJECT = ("kind", "item_id", "category_id", "operation_no")
HEADER = (*SUBJECT, "sampling", "sample_number", "sample_percent", "aql", "level", "needs_certificate", "note")
LINE = (
    "name",
    "kind",
    "unit",
    "target",
    "lower",
    "upper",
    "sample_number",
    "is_critical",
    "method",
    "instrument",
)


class PlanInput(TypedDict, total=False):
    """The header of an inspection plan."""

    kind: str
    item_id: int | None
    category_id: int | None
    operation_no: int | None
    valid_from: dt.date | None
    valid_to: dt.date | None
    sampling: str
    sample_number: int | None
    sample_percent: Decimal | None
    aql: str
    level: str
    needs_certificate: bool
    note: str


@operation(permission="erp.add_inspectionplan")
def create_inspection_plan(*, lines: Rows, actor: Any, at: dt.datetime, **header: Unpack[PlanInput]) -> InspectionPlan:
    """Draft how goods of an item, or of a category, are inspected on one occasion.

    lines  rows of name, kind (measured or attribute), unit, target, lower, upper (limits are within), sample_number
           (only so many pieces of the sample; None: all), is_critical, method, instrument.

    Raises:
        InvalidInput: neither an item nor a category is named (or both), the sampling lacks its figure, a measured
            characteristic has no limit, or its limits cross.
    """
    plan = InspectionPlan(
        number=next_number(InspectionPlan, at),
        document_date=business_date(at),
        created_at=at,
        owner=actor if getattr(actor, "pk", None) else None,
        valid_from=business_date(at),
    )
    return _save(plan, header, lines)


@operation(permission="erp.change_inspectionplan", document=(InspectionPlan, "plan_id"))
def update_inspection_plan(
    *,
    plan_id: int,
    lines: Rows | None = None,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
    **header: Unpack[PlanInput],
) -> InspectionPlan:
    """Change a draft: header values by name; ``lines`` replace the characteristics.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        NotDraft: it is released or obsolete: revise it instead.
        InvalidInput: as in create_inspection_plan.
    """
    plan = lock(InspectionPlan, plan_id, version=version)
    if plan.state != InspectionPlanState.DRAFT:
        raise NotDraft(document=plan, state=plan.get_state_display(), state_code=plan.state)
    plan.version += 1
    return _save(plan, header, lines)


def _save(plan: InspectionPlan, header: PlanInput, lines: Rows | None) -> InspectionPlan:
    for name, value in header.items():
        if name != "valid_from" or value is not None:
            setattr(plan, name, value)
    _require_sound(plan)
    plan.save()
    if lines is not None:
        written = [_line(plan, row, number) for number, row in enumerate(lines, start=1)]
        plan.lines.all().delete()
        PlanCharacteristic.objects.bulk_create(written)
    return plan


def _require_sound(plan: InspectionPlan) -> None:
    if plan.kind not in InspectionKind.values:
        raise InvalidInput(message=_("Say when goods are inspected by this plan."), field="kind")
    if (plan.item_id is None) == (plan.category_id is None):
        raise InvalidInput(message=_("Choose either an item or a category."), field="item")
    if plan.kind != InspectionKind.IN_PROCESS:
        plan.operation_no = None
    if plan.valid_to is not None and plan.valid_to < plan.valid_from:
        raise InvalidInput(message=_("The last day is before the first."), field="valid_to")
    if plan.sampling not in SamplingMethod.values or plan.level not in InspectionLevel.values:
        raise InvalidInput(message=_("Choose how the sample is taken."), field="sampling")
    if plan.sampling == SamplingMethod.FIXED and not plan.sample_number:
        raise InvalidInput(message=_("Enter how many pieces are inspected."), field="sample_number")
    if plan.sampling == SamplingMethod.PERCENT and not 0 < (plan.sample_percent or 0) <= 100:
        raise InvalidInput(message=_("Enter a percentage up to 100."), field="sample_percent")
    if plan.sampling == SamplingMethod.AQL and plan.aql not in AQLS:
        raise InvalidInput(message=_("Choose an AQL."), field="aql")


def _line(plan: InspectionPlan, row: Mapping[str, Any], number: int) -> PlanCharacteristic:
    values = {name: row[name] for name in LINE if row.get(name) is not None}
    line = PlanCharacteristic(plan=plan, line_no=number, **values)
    line.name = line.name.strip()[:120]
    if not line.name or line.kind not in CharacteristicKind.values:
        raise InvalidInput(message=_("Line %(line)s: name what is inspected.") % {"line": number}, field="lines")
    if line.kind == CharacteristicKind.ATTRIBUTE:
        line.target = line.lower = line.upper = None
    elif line.lower is None and line.upper is None:
        raise InvalidInput(
            message=_("Line %(line)s: enter a lower or an upper limit.") % {"line": number}, field="lines"
        )
    elif line.lower is not None and line.upper is not None and line.lower > line.upper:
        raise InvalidInput(message=_("Line %(line)s: the limits cross.") % {"line": number}, field="lines")
    return line


@operation(permission="erp.release_inspectionplan", document=(InspectionPlan, "plan_id"))
def release_inspection_plan(*, plan_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> InspectionPlan:
    """Inspect by a plan from its first day on; the released plan for the same goods and occasion ends that day.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is no draft.
        PlanIsEmpty: it has no characteristics.
        PlanOverlaps: another released plan for the same begins on the same day or later.
    """
    advisory_lock(RELEASES, rank=LockRank.HEADER)
    plan = lock(InspectionPlan, plan_id, version=version)
    require_edge(plan, InspectionPlanState.RELEASED)
    if not plan.lines.exists():
        raise PlanIsEmpty(document=plan)
    same = InspectionPlan.objects.filter(
        **{name: getattr(plan, name) for name in SUBJECT}, state=InspectionPlanState.RELEASED
    )
    later = same.filter(valid_from__gte=plan.valid_from).order_by("valid_from").first()
    if later is not None and (plan.valid_to is None or later.valid_from < plan.valid_to):
        raise PlanOverlaps(other=later, date=later.valid_from)
    for pk in same.filter(valid_from__lt=plan.valid_from).order_by("pk").values_list("pk", flat=True):
        earlier = lock(InspectionPlan, pk)
        if earlier.valid_to is None or earlier.valid_to > plan.valid_from:
            earlier.valid_to = plan.valid_from
            earlier.version += 1
            earlier.save()
    transition(plan, InspectionPlanState.RELEASED, actor=actor, at=at)
    return plan


@operation(permission="erp.release_inspectionplan", document=(InspectionPlan, "plan_id"))
def retire_inspection_plan(*, plan_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> InspectionPlan:
    """Inspect nothing new by a plan.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is obsolete already.
    """
    plan = lock(InspectionPlan, plan_id, version=version)
    transition(plan, InspectionPlanState.OBSOLETE, actor=actor, at=at)
    return plan


@operation(permission="erp.add_inspectionplan", document=(InspectionPlan, "plan_id"))
def revise_inspection_plan(*, plan_id: int, actor: Any, at: dt.datetime) -> InspectionPlan:
    """Draft the next revision of a plan, the same to begin with; it begins when it is released."""
    old = lock(InspectionPlan, plan_id)
    same = InspectionPlan.objects.filter(**{name: getattr(old, name) for name in SUBJECT})
    plan = InspectionPlan(
        **{name: getattr(old, name) for name in HEADER},
        number=next_number(InspectionPlan, at),
        document_date=business_date(at),
        created_at=at,
        owner=actor if getattr(actor, "pk", None) else None,
        valid_from=business_date(at),
        revision=(same.aggregate(last=Max("revision"))["last"] or 0) + 1,
        replaces=old,
    )
    plan.save()
    PlanCharacteristic.objects.bulk_create(
        PlanCharacteristic(plan=plan, line_no=line.line_no, **{name: getattr(line, name) for name in LINE})
        for line in old.lines.order_by("line_no")
    )
    return plan
