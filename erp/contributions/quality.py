"""What quality shows on other pages."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.contributions import (
    Fact,
    Hit,
    Kpi,
    Navigation,
    RelatedDocuments,
    SearchSource,
    Work,
    WorkItems,
    contribute,
)
from erp.models import CorrectiveAction, Inspection
from erp.selectors.corrective_actions import corrective_actions, to_solve, to_verify
from erp.selectors.inspections import inspections_of, to_decide, to_inspect

LIST = "erp:inspection-list"
SEE = "erp.view_inspection"
SEE_ACTIONS = "erp.view_correctiveaction"


def register() -> None:
    """Register the contributions of quality."""
    contribute(*NAVIGATION, *WORK, *RELATED, *KPIS, *SEARCH, *FACTS)


def _listed(**query: Any) -> str:
    return f"{reverse(LIST)}?{urlencode(query, doseq=True)}"


NAVIGATION = (
    Navigation("quality", _("Inspections"), LIST, SEE, "microscope", 10),
    Navigation("quality", _("Inspect by scan"), "erp:inspection-find", SEE, "scan", 12),
    Navigation(
        "quality", _("Inspection plans"), "erp:inspection-plan-list", "erp.view_inspectionplan", "list-check", 60
    ),
    Navigation("quality", _("Corrective actions"), "erp:corrective-action-list", SEE_ACTIONS, "first-aid-kit", 20),
    Navigation("quality", _("Quality figures"), "erp:quality-defects", SEE, "chart-bar", 40),
    Navigation("quality", _("Dossier"), "erp:dossier", "erp.view_dossier", "folders", 50),
    Navigation("quality", _("Defect codes"), "erp:defect-code-list", "erp.view_defectcode", "bug", 70),
)


def _queue(
    key: str, label: Any, right: str, *, rows: Callable[[], QuerySet[Inspection]], state: str, order: int
) -> WorkItems:
    """A queue of inspections."""

    def items(user: Any, limit: int) -> Sequence[Work]:
        return [
            Work(
                f"{one.number} {one.item}",
                one.get_absolute_url(),
                f"{one.get_kind_display()} {one.source_number}",
                one.document_date,
            )
            for one in rows()[:limit]
        ]

    return WorkItems(key, label, right, lambda user: rows(), items, lambda: _listed(state=state), step=4, order=order)


def _actions(
    key: str, label: Any, right: str, *, rows: Callable[[Any], QuerySet[CorrectiveAction]], query: str, order: int
) -> WorkItems:
    """A queue of corrective actions, the most urgent first."""

    def items(user: Any, limit: int) -> Sequence[Work]:
        return [
            Work(
                f"{one.number} {one.title}",
                one.get_absolute_url(),
                one.get_state_display(),
                one.due_date,
                one.due_date is not None and one.due_date < today(),
            )
            for one in rows(user)[:limit]
        ]

    return WorkItems(
        key,
        label,
        right,
        rows,
        items,
        lambda: f"{reverse('erp:corrective-action-list')}?{query}",
        order=order,
    )


WORK = (
    _actions(
        "erp.actions_to_solve",
        _("Corrective actions to solve"),
        "erp.advance_correctiveaction",
        rows=to_solve,
        query="state=draft&state=analysis&state=action",
        order=57,
    ),
    _actions(
        "erp.actions_to_verify",
        _("Corrective actions to verify"),
        "erp.verify_correctiveaction",
        rows=lambda user: to_verify(),
        query="state=verification",
        order=58,
    ),
    _queue("erp.to_inspect", _("To inspect"), "erp.inspect_inspection", rows=to_inspect, state="draft", order=55),
    _queue(
        "erp.to_decide",
        _("Inspected goods to decide on"),
        "erp.decide_inspection",
        rows=to_decide,
        state="inspected",
        order=56,
    ),
)


def _related(page: str) -> RelatedDocuments:
    return RelatedDocuments(
        page,
        "erp.inspections",
        _("Inspections"),
        SEE,
        lambda document, user: inspections_of(page, document.pk).count(),
        lambda document: (
            _listed(work_order=document.pk) if page == "erp.workorder" else _listed(source=f"{page}:{document.pk}")
        ),
        icon="microscope",
        order=35,
    )


def _related_actions(page: str, field: str) -> RelatedDocuments:
    return RelatedDocuments(
        page,
        "erp.correctiveactions",
        _("Corrective actions"),
        SEE_ACTIONS,
        lambda document, user: CorrectiveAction.objects.filter(**{field: document.pk}).count(),
        lambda document: f"{reverse('erp:corrective-action-list')}?{field}={document.pk}",
        icon="first-aid-kit",
        order=36,
    )


RELATED = (
    _related_actions("erp.inspection", "inspection"),
    _related_actions("erp.returnreceipt", "return_receipt"),
    _related_actions("masterdata.item", "item"),
    _related_actions("masterdata.partner", "partner"),
    *(_related(page) for page in ("scm.goodsreceipt", "erp.workorder", "erp.returnreceipt")),
    RelatedDocuments(
        "masterdata.item",
        "erp.inspections",
        _("Inspections"),
        SEE,
        lambda item, user: Inspection.objects.filter(item=item).count(),
        lambda item: _listed(item=item.pk),
        icon="microscope",
        order=50,
    ),
)

KPIS = (
    Kpi(
        "erp.to_inspect",
        _("To inspect"),
        SEE,
        lambda user: to_inspect(),
        lambda: _listed(state="draft"),
        group="production",
        order=30,
    ),
)


def _find(text: str, user: Any, limit: int) -> Sequence[Hit]:
    rows = Inspection.objects.filter(number__icontains=text).select_related("item").order_by("-pk")
    return [
        Hit(
            f"{one.number} {one.item}",
            one.get_absolute_url(),
            one.get_state_display(),
            "microscope",
            one.number.lower() == text.lower(),
        )
        for one in rows[:limit]
    ]


def _find_actions(text: str, user: Any, limit: int) -> Sequence[Hit]:
    rows = corrective_actions().filter(Q(number__icontains=text) | Q(title__icontains=text))
    return [
        Hit(
            f"{one.number} {one.title}",
            one.get_absolute_url(),
            one.get_state_display(),
            "first-aid-kit",
            one.number.lower() == text.lower(),
        )
        for one in rows[:limit]
    ]


SEARCH = (
    SearchSource("erp.inspection", _("Inspections"), SEE, _find, 63),
    SearchSource("erp.correctiveaction", _("Corrective actions"), SEE_ACTIONS, _find_actions, 64),
)
FACTS = (
    Fact(_("Inspection plan, inspection, decision on inspected goods"), "erp", 4),
    Fact(_("Corrective action"), "erp"),
)
