"""Pages of work orders: list, document, forms of planning."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.clock import today
from core.permissions import may_view_field
from core.views.base import DocumentPage, FormPage, ListPage, Verb
from core.views.printing import PrintView
from erp.filters.make import WorkOrderFilter
from erp.forms.work_orders import RescheduleForm, WorkOrderForm
from erp.models import WorkOrder
from erp.selectors.backflushing import left_at_line, open_shortages
from erp.selectors.floor import steps_with_progress
from erp.selectors.kits import kit_of, replaceable
from erp.selectors.operation_files import with_files
from erp.selectors.work_orders import material_supply, receipts_of, reports_of
from erp.services import inspections, work_orders
from erp.states import WorkOrderState
from erp.states.engineering import IssueMethod
from erp.states.making import WorkOrderKind
from erp.tables.make import WorkOrderTable
from erp.views.verbs import posted_version
from masterdata.models import Item
from masterdata.selectors.places import default_warehouse

S = WorkOrderState
DRAFT = frozenset({S.DRAFT})
ON_THE_FLOOR = frozenset({S.RELEASED, S.IN_PROGRESS})
OPEN = DRAFT | ON_THE_FLOOR


class WorkOrderList(ListPage):
    """All work orders."""

    model = WorkOrder
    table_class = WorkOrderTable
    filterset_class = WorkOrderFilter
    permission_required = "erp.view_workorder"
    title = _("Work orders")
    empty_text = _("What is to be made. Firm planned orders on the plan, or write one here.")
    create_url = "erp:work-order-create"
    create_label = _("New work order")
    create_permission = "erp.add_workorder"

    def base_queryset(self) -> Any:
        return super().base_queryset().select_related("item__uom", "sales_order_line__order")


def _something_issued(order: WorkOrder) -> bool:
    return order.materials.filter(issued_quantity__gt=0).exists()


def _is_tracked(order: WorkOrder) -> bool:
    return order.item.tracking != Item.Tracking.NONE


def _something_planned(order: WorkOrder) -> bool:
    return order.materials.exists()


def _is_taken_apart(order: WorkOrder) -> bool:
    return order.kind == WorkOrderKind.DISASSEMBLY


def _is_made(order: WorkOrder) -> bool:
    return not _is_taken_apart(order)


def _by_transfer(order: WorkOrder) -> bool:
    return order.materials.filter(issue_method=IssueMethod.TRANSFER).exists()


def _lies_at_line(order: WorkOrder) -> bool:
    return left_at_line(order).exists()


def _queue_waits(order: WorkOrder) -> bool:
    return open_shortages().filter(work_order=order).exists()


class WorkOrderPage(DocumentPage):
    """One work order: material, work, goods, cost."""

    model = WorkOrder
    permission_required = "erp.view_workorder"
    template_name = "erp/work_order/detail.html"
    list_url = "erp:work-order-list"
    main_path = (S.DRAFT, S.RELEASED, S.IN_PROGRESS, S.COMPLETED, S.CLOSED)
    verbs = (
        Verb(
            _("Release"),
            "erp:work-order-release",
            work_orders.release_work_order,
            to=S.RELEASED,
            main=True,
            icon="player-play",
        ),
        Verb(
            _("Issue material"),
            "erp:work-order-issue",
            work_orders.issue_materials,
            states=ON_THE_FLOOR,
            when=_something_planned,
            main=True,
            link=True,
            icon="package-export",
        ),
        Verb(
            _("Issue sets"),
            "erp:work-order-issue-sets",
            work_orders.issue_kits,
            states=ON_THE_FLOOR,
            when=_something_planned,
            link=True,
            icon="packages",
        ),
        Verb(
            _("Report work"),
            "erp:work-order-report",
            work_orders.report_operation,
            states=ON_THE_FLOOR,
            link=True,
            icon="clipboard-check",
        ),
        Verb(
            pgettext_lazy("production", "Receive"),
            "erp:work-order-receive",
            work_orders.receive_production,
            states=ON_THE_FLOOR,
            when=_is_made,
            link=True,
            icon="package-import",
        ),
        Verb(
            _("Receive parts"),
            "erp:work-order-take-apart",
            work_orders.take_apart,
            states=ON_THE_FLOOR,
            when=_is_taken_apart,
            main=True,
            link=True,
            icon="package-import",
        ),
        Verb(
            _("Inspect"),
            "erp:work-order-inspect",
            inspections.create_inspection,
            states=ON_THE_FLOOR,
            link=True,
            icon="microscope",
        ),
        Verb(
            _("Split"),
            "erp:work-order-split",
            work_orders.split_work_order,
            states=OPEN,
            link=True,
            icon="arrows-split",
        ),
        Verb(
            _("Merge"),
            "erp:work-order-merge",
            work_orders.merge_work_orders,
            states=OPEN,
            link=True,
            icon="arrows-join",
        ),
        Verb(_("Edit"), "erp:work-order-edit", work_orders.update_work_order, states=DRAFT, link=True, icon="edit"),
        Verb(
            _("Reschedule"),
            "erp:work-order-reschedule",
            work_orders.reschedule_work_order,
            states=OPEN,
            link=True,
            icon="calendar-time",
        ),
        Verb(
            _("Issue more than planned"),
            "erp:work-order-issue-extra",
            work_orders.issue_extra_materials,
            states=ON_THE_FLOOR,
            link=True,
            icon="package-export",
        ),
        Verb(
            _("Ask for more than planned"),
            "erp:work-order-request-extra",
            work_orders.request_extra_material,
            states=ON_THE_FLOOR,
            when=_something_planned,
            link=True,
            icon="message-question",
        ),
        Verb(
            _("Return material"),
            "erp:work-order-return",
            work_orders.return_materials,
            states=ON_THE_FLOOR | {S.COMPLETED},
            when=_something_issued,
            link=True,
            icon="package-import",
        ),
        Verb(
            _("Move to the line"),
            "erp:work-order-stage",
            work_orders.stage_materials,
            states=ON_THE_FLOOR,
            when=_by_transfer,
            link=True,
            icon="transfer-in",
        ),
        Verb(
            _("Bring back from the line"),
            "erp:work-order-bring-back",
            work_orders.bring_back_materials,
            states=frozenset({S.IN_PROGRESS, S.COMPLETED}),
            when=_lies_at_line,
            link=True,
            icon="transfer-out",
        ),
        Verb(
            _("Use up what is at the line"),
            "erp:work-order-use-up",
            work_orders.use_up_materials,
            states=frozenset({S.COMPLETED}),
            when=_lies_at_line,
            confirm=_("All that was moved to the line for the order is posted as used up. Post it?"),
            icon="flame",
        ),
        Verb(
            _("As built"),
            "erp:work-order-as-built",
            work_orders.record_as_built,
            states=ON_THE_FLOOR | {S.COMPLETED},
            when=_is_tracked,
            link=True,
            icon="list-search",
        ),
        Verb(
            _("Post backflush errors again"),
            "erp:work-order-retry-backflush",
            work_orders.retry_backflush,
            states=frozenset({S.IN_PROGRESS, S.COMPLETED}),
            when=_queue_waits,
            icon="refresh",
        ),
        Verb(
            _("Complete short"),
            "erp:work-order-complete",
            work_orders.complete_work_order,
            to=S.COMPLETED,
            reason=True,
            icon="circle-check",
        ),
        Verb(
            pgettext_lazy("page", "What is short"),
            "erp:work-order-shortages",
            permission="erp.view_plannedorder",
            states=OPEN,
            when=_something_planned,
            link=True,
            icon="alert-triangle",
        ),
        Verb(
            _("What it is for"),
            "erp:work-order-uses",
            permission="erp.view_plannedorder",
            states=OPEN,
            link=True,
            icon="arrow-up-right",
        ),
        Verb(
            pgettext_lazy("work order", "Close"),
            "erp:work-order-close",
            work_orders.close_work_order,
            to=S.CLOSED,
            main=True,
            icon="lock",
        ),
        Verb(
            _("Cancel"),
            "erp:work-order-cancel",
            work_orders.cancel_work_order,
            to=S.CANCELLED,
            reason=True,
            danger=True,
            icon="x",
        ),
    )

    def get_object_queryset(self) -> Any:
        related = ("item__uom", "uom", "warehouse", "bom", "sales_order_line__order", "origin", "owner", "project")
        return super().get_object_queryset().select_related(*related)

    def extra_context_for(self, document: Any) -> dict[str, Any]:
        user = self.request.user
        url = reverse("erp:work-order-print", args=[document.pk])
        supplies = material_supply(document, today())
        can_replace = document.state in OPEN and user.has_perm("erp.change_workorder")
        short = [one.line for one in supplies if one.short > 0]
        return {
            "subtitle": str(document.item),
            "materials": supplies,
            "replaceable": replaceable(short, today()) if can_replace and short else set(),
            "kit": kit_of(document, supplies) if document.state in ON_THE_FLOOR else None,
            "is_open": document.state in OPEN,
            "steps_to_do": with_files(steps_with_progress(document), user),
            "parts": list(document.parts.select_related("item__uom")) if _is_taken_apart(document) else [],
            "shortages": open_shortages().filter(work_order=document),
            "reports": reports_of(document),
            "receipts": receipts_of(document),
            "sees_cost": may_view_field(user, "erp.workorder.material_cost"),
            "sees_labour": may_view_field(user, "erp.productionreport.labour_amount"),
            "may_report": user.has_perm("erp.report_workorder"),
            "may_receive": user.has_perm("erp.receive_workorder"),
            "is_late": document.state in OPEN and document.due_date < today(),
            "prints": [
                {"label": _("Work order (Chinese)"), "url": f"{url}?language=zh", "icon": "printer"},
                {"label": _("Work order (English)"), "url": f"{url}?language=en", "icon": "printer"},
            ],
        }


class CreateWorkOrder(FormPage):
    """Write a work order."""

    service = work_orders.create_work_order
    form_class = WorkOrderForm
    template_name = "core/form.html"
    title = _("New work order")

    def get_initial(self) -> dict[str, Any]:
        return {"warehouse": getattr(default_warehouse(), "pk", None)} | super().get_initial()

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return form.values()

    def extra_context(self) -> dict[str, Any]:
        return {"back_url": reverse("erp:work-order-list")}


class EditWorkOrder(FormPage):
    """Change a draft."""

    service = work_orders.update_work_order
    form_class = WorkOrderForm
    template_name = "core/form.html"
    title = _("Edit work order")
    model = WorkOrder

    def form_kwargs(self) -> dict[str, Any]:
        return {"order": self.document}

    def get_initial(self) -> dict[str, Any]:
        order = self.document
        names = ("start_date", "due_date", "priority", "note")
        typed = {"quantity": order.entered_quantity or order.quantity, "uom": order.uom_id}
        kept = {"warehouse": order.warehouse_id, "bom": order.bom_id, "project": order.project_id}
        return {name: getattr(order, name) for name in names} | typed | kept

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        own = {
            "work_order_id": self.document.pk,
            "version": posted_version(self.request),
            "sales_order_line_id": self.document.sales_order_line_id,
        }
        return own | form.values()


class RescheduleWorkOrder(FormPage):
    """Move an open order in time."""

    service = work_orders.reschedule_work_order
    form_class = RescheduleForm
    template_name = "core/form.html"
    title = _("Reschedule work order")
    model = WorkOrder

    def form_kwargs(self) -> dict[str, Any]:
        return {"item": self.document.item, "may_change_quantity": self.document.state != S.IN_PROGRESS}

    def get_initial(self) -> dict[str, Any]:
        order = self.document
        typed = {"quantity": order.entered_quantity or order.quantity, "uom": order.uom_id}
        return {name: getattr(order, name) for name in ("start_date", "due_date", "priority")} | typed

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        own = {"work_order_id": self.document.pk, "version": posted_version(self.request)}
        return own | form.values()


class WorkOrderPrint(PrintView):
    """The order on paper: what to make, what to fetch from where, room to report; its number as a barcode."""

    model = WorkOrder
    permission_required = "erp.view_workorder"
    template_name = "erp/work_order/print.html"

    def get_object_queryset(self) -> Any:
        related = ("item__uom", "warehouse", "bom", "sales_order_line__order__partner")
        return super().get_object_queryset().select_related(*related)

    def context_for(self, document: Any) -> dict[str, Any]:
        import segno  # noqa: PLC0415 - only prints need it

        code = segno.make(document.number, micro=False)
        steps = list(document.operations.select_related("work_center", "supplier", "responsible"))
        return {
            "materials": material_supply(document, today()),
            "steps": with_files(steps, self.request.user),
            "code": code.svg_data_uri(scale=3, border=1),
        }
