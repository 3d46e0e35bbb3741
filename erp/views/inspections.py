"""Pages of inspections: list, document, results, decision, report."""

from typing import Any, ClassVar

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.typed import is_key
from core.views.base import DocumentPage, FormPage, ListPage, Verb, visible
from core.views.printing import PrintView
from erp.filters.inspections import InspectionFilter
from erp.forms.inspections import DecisionForm, Defects, InspectionForm, ResultsForm
from erp.models import Inspection, WorkOrder
from erp.selectors.inspections import goods_rows, previous_and_next, with_results
from erp.selectors.inspections import inspections as all_inspections
from erp.selectors.sources import name_of, url_of
from erp.services import corrective_actions, inspections
from erp.states import Disposition, InspectionKind, InspectionState, Verdict
from erp.tables.inspections import InspectionTable
from erp.views.verbs import posted_version

S = InspectionState
DRAFT = frozenset({S.DRAFT})
TO_DECIDE = frozenset({S.INSPECTED})
WAYS = tuple(way for way in Disposition if way != Disposition.CONCESSION)


class InspectionList(ListPage):
    """All inspections."""

    model = Inspection
    table_class = InspectionTable
    filterset_class = InspectionFilter
    permission_required = "erp.view_inspection"
    title = _("Inspections")
    empty_text = _("Goods with an inspection plan wait for their inspection here: received, finished, or come back.")
    create_url = "erp:inspection-create"
    create_label = _("New inspection")
    create_permission = "erp.add_inspection"

    def base_queryset(self) -> Any:
        return all_inspections()


class InspectionPage(DocumentPage):
    """One inspection."""

    model = Inspection
    permission_required = "erp.view_inspection"
    template_name = "erp/inspection/detail.html"
    list_url = "erp:inspection-list"
    print_url = "erp:inspection-print"
    main_path = (S.DRAFT, S.INSPECTED, S.DECIDED)
    verbs = (
        Verb(
            _("Enter results"),
            "erp:inspection-results",
            inspections.enter_results,
            states=DRAFT,
            link=True,
            main=True,
            icon="ruler-measure",
        ),
        Verb(
            _("Inspect by scan"),
            "erp:inspection-scan",
            inspections.scan_finding,
            states=DRAFT,
            link=True,
            icon="scan",
        ),
        Verb(
            _("Finish inspection"),
            "erp:inspection-finish",
            inspections.finish_inspection,
            to=S.INSPECTED,
            icon="check",
        ),
        Verb(
            _("Decide"),
            "erp:inspection-decide",
            inspections.decide_inspection,
            states=TO_DECIDE,
            link=True,
            main=True,
            icon="gavel",
        ),
        Verb(
            _("Decide with concession"),
            "erp:inspection-concede",
            inspections.decide_with_concession,
            states=TO_DECIDE,
            link=True,
            icon="scale",
        ),
        Verb(
            _("Corrective action"),
            "erp:inspection-corrective-action",
            corrective_actions.create_corrective_action,
            states=frozenset({S.INSPECTED, S.DECIDED}),
            when=lambda inspection: inspection.verdict == Verdict.FAILED,
            link=True,
            icon="first-aid-kit",
        ),
        Verb(
            _("Inspect again"),
            "erp:inspection-reopen",
            inspections.reopen_inspection,
            to=S.DRAFT,
            reason=True,
            icon="arrow-back-up",
        ),
        Verb(
            _("Cancel"),
            "erp:inspection-cancel",
            inspections.cancel_inspection,
            to=S.CANCELLED,
            reason=True,
            danger=True,
            icon="x",
        ),
    )

    def get_object_queryset(self) -> Any:
        return with_results(super().get_object_queryset())

    def extra_context_for(self, document: Any) -> dict[str, Any]:
        label, key = document.source_label, document.source_id
        return {
            "subtitle": f"{document.get_kind_display()} · {document.item}",
            "source_url": url_of(label, key) if key else "",
            "source_name": name_of(label) if key else "",
            "goods_rows": goods_rows(document),
        } | previous_and_next(document)


class CreateInspection(FormPage):
    """Open an inspection by hand."""

    service = inspections.create_inspection
    form_class = InspectionForm
    template_name = "core/form.html"
    title = _("New inspection")

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return dict(form.header())

    def extra_context(self) -> dict[str, Any]:
        return {"back_url": reverse("erp:inspection-list")}


class InspectWorkOrder(CreateInspection):
    """Open the inspection of what a work order is just making."""

    def get_initial(self) -> dict[str, Any]:
        order = visible(WorkOrder, self.request.user).filter(pk=self.kwargs["pk"]).first()
        if order is None:
            raise Http404
        step = self.request.GET.get("operation", "")
        return {
            "kind": InspectionKind.IN_PROCESS,
            "item": order.item_id,
            "quantity": order.open_quantity or order.quantity,
            "work_order": order.pk,
            "operation_no": step if is_key(step) else None,
        }

    def extra_context(self) -> dict[str, Any]:
        return {"back_url": reverse("erp:work-order-detail", args=[self.kwargs["pk"]])}


class EnterResults(FormPage):
    """Type what was found, piece by piece."""

    service = inspections.enter_results
    form_class = ResultsForm
    formset_class = Defects
    template_name = "erp/inspection/results.html"
    title = _("Enter results")
    model = Inspection
    message = _("The results are saved.")

    def get_initial(self) -> dict[str, Any]:
        return {}

    def form_kwargs(self) -> dict[str, Any]:
        return {"inspection": self.document}

    def get_lines_initial(self) -> list[dict[str, Any]]:
        rows = self.document.defects.all()
        return [{"code": row.code_id, "quantity": row.quantity, "note": row.note} for row in rows]

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {
            "inspection_id": self.document.pk,
            "version": posted_version(self.request),
            "values": form.values(),
            "failed": form.failed(),
            "defects": formset.typed(),
        }


class FinishWithResults(EnterResults):
    """Type the last results and end the inspecting in one step."""

    service = inspections.finish_with_results
    message = _("The inspection is finished.")


class Decide(FormPage):
    """What becomes of the goods."""

    service = inspections.decide_inspection
    form_class = DecisionForm
    template_name = "erp/inspection/decide.html"
    title = _("Decide")
    model = Inspection
    message = _("The goods are where they belong.")
    ways: ClassVar[tuple[Disposition, ...]] = WAYS

    def get_initial(self) -> dict[str, Any]:
        return {}

    def form_kwargs(self) -> dict[str, Any]:
        return {"inspection": self.document, "ways": self.ways}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {
            "inspection_id": self.document.pk,
            "version": posted_version(self.request),
            "dispositions": form.dispositions(),
        }

    def extra_context(self) -> dict[str, Any]:
        return {"ways": self.ways}


class DecideWithConcession(Decide):
    """What becomes of the goods, with the right to accept what does not conform."""

    service = inspections.decide_with_concession
    title = _("Decide with concession")
    ways = tuple(Disposition)


class PrintInspection(PrintView):
    """检验报告: what was inspected, found and decided."""

    model = Inspection
    template_name = "erp/inspection/print.html"
    permission_required = "erp.view_inspection"

    def get_object_queryset(self) -> Any:
        return with_results(super().get_object_queryset())

    def context_for(self, document: Any) -> dict[str, Any]:
        return {"goods_rows": goods_rows(document)}
