"""Pages of inspection plans and of the defect catalogue."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.views.base import DocumentPage, FormPage, ListPage, Verb
from erp.filters.inspections import DefectCodeFilter, InspectionPlanFilter
from erp.forms.inspections import Characteristics, DefectCodeForm, PlanForm, characteristics_initial
from erp.models import DefectCode, InspectionPlan
from erp.selectors.inspection_plans import warehouses_without_place
from erp.selectors.inspections import inspection_plans as all_plans
from erp.services import defect_codes, inspection_plans
from erp.states import InspectionPlanState
from erp.tables.inspections import DefectCodeTable, InspectionPlanTable
from erp.views.verbs import posted_version

S = InspectionPlanState


class InspectionPlanList(ListPage):
    """All inspection plans."""

    model = InspectionPlan
    table_class = InspectionPlanTable
    filterset_class = InspectionPlanFilter
    permission_required = "erp.view_inspectionplan"
    title = _("Inspection plans")
    empty_text = _("A plan says what is looked at when goods come, are made or come back, and on how many pieces.")
    create_url = "erp:inspection-plan-create"
    create_label = _("New inspection plan")
    create_permission = "erp.add_inspectionplan"

    def base_queryset(self) -> Any:
        return all_plans()


class InspectionPlanPage(DocumentPage):
    """One inspection plan."""

    model = InspectionPlan
    permission_required = "erp.view_inspectionplan"
    template_name = "erp/inspection/plan.html"
    list_url = "erp:inspection-plan-list"
    main_path = (S.DRAFT, S.RELEASED)
    verbs = (
        Verb(
            pgettext_lazy("inspection plan", "Release"),
            "erp:inspection-plan-release",
            inspection_plans.release_inspection_plan,
            to=S.RELEASED,
            main=True,
            icon="check",
        ),
        Verb(
            _("Edit"),
            "erp:inspection-plan-edit",
            inspection_plans.update_inspection_plan,
            states=frozenset({S.DRAFT}),
            link=True,
            icon="edit",
        ),
        Verb(
            _("New revision"),
            "erp:inspection-plan-revise",
            inspection_plans.revise_inspection_plan,
            states=frozenset({S.RELEASED, S.OBSOLETE}),
            icon="versions",
        ),
        Verb(
            _("Retire"),
            "erp:inspection-plan-retire",
            inspection_plans.retire_inspection_plan,
            to=S.OBSOLETE,
            danger=True,
            confirm=_("Nothing new will be inspected by it."),
            icon="archive",
        ),
    )

    def get_object_queryset(self) -> Any:
        related = super().get_object_queryset().select_related("item", "category", "replaces", "owner")
        return related.prefetch_related("lines")

    def extra_context_for(self, document: Any) -> dict[str, Any]:
        return {
            "subtitle": f"{document.get_kind_display()} · {document.subject}",
            "without_place": warehouses_without_place() if document.kind != "in_process" else [],
        }


class CreateInspectionPlan(FormPage):
    """Draft an inspection plan."""

    service = inspection_plans.create_inspection_plan
    form_class = PlanForm
    formset_class = Characteristics
    template_name = "core/form.html"
    title = _("New inspection plan")

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return form.header() | {"lines": formset.typed()}

    def extra_context(self) -> dict[str, Any]:
        return {"back_url": reverse("erp:inspection-plan-list")}


class EditInspectionPlan(CreateInspectionPlan):
    """Change a draft."""

    service = inspection_plans.update_inspection_plan
    title = _("Edit inspection plan")
    model = InspectionPlan

    def get_initial(self) -> dict[str, Any]:
        return {}

    def form_kwargs(self) -> dict[str, Any]:
        return {"document": self.document}

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return characteristics_initial(self.document.lines.order_by("line_no"))

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        own = {"plan_id": self.document.pk, "version": posted_version(self.request)}
        return own | super().arguments(form, formset)

    def extra_context(self) -> dict[str, Any]:
        return {}


class DefectCodeList(ListPage):
    """The catalogue of defects."""

    model = DefectCode
    table_class = DefectCodeTable
    filterset_class = DefectCodeFilter
    permission_required = "erp.view_defectcode"
    title = _("Defect codes")
    empty_text = _("Inspectors choose from this catalogue, so that defects can be counted.")
    create_url = "erp:defect-code-create"
    create_label = _("New defect code")
    create_permission = "erp.add_defectcode"

    def base_queryset(self) -> Any:
        return DefectCode.objects.order_by("code")


class CreateDefectCode(FormPage):
    """Add a kind of defect."""

    service = defect_codes.create_defect_code
    form_class = DefectCodeForm
    template_name = "core/form.html"
    title = _("New defect code")

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return dict(form.cleaned_data)

    def extra_context(self) -> dict[str, Any]:
        return {"back_url": reverse("erp:defect-code-list")}

    def success_url(self, result: Any) -> str:
        return reverse("erp:defect-code-list")


class EditDefectCode(CreateDefectCode):
    """Change a kind of defect."""

    service = defect_codes.update_defect_code
    title = _("Change defect code")
    model = DefectCode

    def get_initial(self) -> dict[str, Any]:
        return {}

    def form_kwargs(self) -> dict[str, Any]:
        return {"document": self.document}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"code_id": self.document.pk, "version": posted_version(self.request)} | form.cleaned_data
