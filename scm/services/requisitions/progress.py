"""How far requisitions are: ordered and received, derived from purchase orders; the rest is expected supply."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Case, ExpressionWrapper, F, OuterRef, Q, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop

from core.documents import transition
from core.fields import QuantityField
from core.locks import lock_many
from core.notifications.services import notify
from erp.selectors.project_stock import project_for
from erp.services.supply import ExpectedSupply, set_expected
from scm.models import PurchaseOrderLine, Requisition, RequisitionLine
from scm.signals import requisition_followed
from scm.states import PurchaseOrderState, RequisitionState

_KEPT = ExpressionWrapper(F("received_quantity") - F("returned_quantity"), output_field=QuantityField())


def lock_requisitions_of(order_lines: Iterable[int]) -> dict[int, Requisition]:
    """Lock the requisitions that order lines (by key) were made from; call before the order is locked."""
    pks = RequisitionLine.objects.filter(order_lines__in=list(order_lines)).values_list("requisition_id", flat=True)
    return lock_many(Requisition, set(pks))


def recompute_requisition_lines(line_ids: Iterable[int], *, actor: Any, at: dt.datetime) -> None:
    """Derive ordered and received of these lines anew, close or reopen their requisitions, report what is expected.

    The caller holds the locks of their requisitions.
    """
    pks = set(line_ids)
    if not pks:
        return
    lines = RequisitionLine.objects.filter(pk__in=pks)
    lines.update(ordered_quantity=_summed(_ordered()), received_quantity=_summed(_KEPT))
    for requisition in lock_many(Requisition, set(lines.values_list("requisition_id", flat=True))).values():
        _follow(requisition, actor=actor, at=at)
        report_requisition_supply(requisition, actor=actor, at=at)


def _ordered() -> Case:
    """A line closed short counts for what was kept of it, so that the rest waits to be ordered again."""
    return Case(When(is_closed=True, then=_KEPT), default=F("stock_quantity"), output_field=QuantityField())


def _summed(expression: Any) -> Coalesce:
    sums = (
        PurchaseOrderLine.objects.filter(requisition_line=OuterRef("pk"))
        .exclude(order__state=PurchaseOrderState.CANCELLED)
        .order_by()
        .values("requisition_line")
        .annotate(total=Sum(expression, output_field=QuantityField()))
        .values("total")
    )
    return Coalesce(Subquery(sums, output_field=QuantityField()), 0, output_field=QuantityField())


def _follow(requisition: Requisition, *, actor: Any, at: dt.datetime) -> None:
    waiting = requisition.lines.filter(is_closed=False, received_quantity__lt=F("stock_quantity")).exists()
    if requisition.state == RequisitionState.APPROVED and not waiting:
        transition(requisition, RequisitionState.CLOSED, actor=actor, at=at)
        if requisition.requester is not None:
            notify(
                users=[requisition.requester],
                message=gettext_noop("All you asked for with %(document)s has come in."),
                params={"document": requisition.number},
                url=requisition.get_absolute_url(),
                at=at,
            )
    elif requisition.state == RequisitionState.CLOSED and waiting:
        transition(requisition, RequisitionState.APPROVED, actor=actor, at=at)


def report_requisition_supply(requisition: Requisition, *, actor: Any, at: dt.datetime) -> None:
    """Tell planning, and whoever listens, what an approved requisition will bring that is not ordered yet."""
    rows = []
    if requisition.state == RequisitionState.APPROVED:
        waiting = requisition.lines.filter(
            Q(item__isnull=False), Q(is_closed=False), Q(ordered_quantity__lt=F("stock_quantity"))
        ).select_related("item", "sales_order_line__order")
        rows = [
            ExpectedSupply(
                source_line_id=line.pk,
                item_id=line.item.pk,
                open_quantity=line.open_quantity,
                due_date=line.needed_date,
                is_firm=False,
                warehouse_id=line.warehouse_id,
                order_line_id=line.sales_order_line_id,
                project_id=project_for(line.item, line.sales_order_line, requisition.project_id),
            )
            for line in waiting
            if line.item is not None
        ]
    set_expected(
        source_label="scm.requisition", source_id=requisition.pk, kind="requisition", rows=rows, actor=actor, at=at
    )
    requisition_followed.send(sender=Requisition, requisition=requisition, actor=actor, at=at)
