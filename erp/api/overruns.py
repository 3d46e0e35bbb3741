"""A posting over the API that would bring a work order above its budget is asked about before it is done."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _

from core.api.viewsets import operation_action
from core.permissions import may_view_field
from core.templatetags.figures import amount, quantity
from erp.errors.costing import OverrunNotAccepted
from erp.models import CostOverrun, PickShare
from erp.services.overruns import would_run_over


def of_work_order(arguments: dict[str, Any]) -> Iterable[int]:
    """The order that is posted to."""
    return [arguments["work_order_id"]]


def of_pick(arguments: dict[str, Any]) -> Iterable[int]:
    """The orders that a merged pick fetches for."""
    return PickShare.objects.filter(line__pick=arguments["pick_id"]).values_list("work_order", flat=True).distinct()


def asking_action(service: Callable[..., Any], *, orders: Callable[..., Iterable[int]], **own: Any) -> Any:
    """Make an `operation_action` that answers 409 when it would bring one of ``orders`` above its budget.

    The serializer of the action is an `AcceptsOverrun`; ``accept_overrun`` posts without being asked.
    """

    def ask(service: Any, arguments: dict[str, Any], *, actor: Any, key: str, reason: str) -> None:
        if arguments.pop("accept_overrun", False):
            return
        found = would_run_over(service, arguments, orders=orders(arguments), actor=actor, reason=reason, key=key)
        if found:
            sees_cost = may_view_field(actor, "erp.workorder.material_cost")
            raise OverrunNotAccepted(
                orders=[_said(one, sees_cost) for one in found], overruns=[_figures(one, sees_cost) for one in found]
            )

    return operation_action(service, before=ask, **own)


def _said(overrun: CostOverrun, sees_cost: bool) -> str:
    said = {
        "order": overrun.work_order,
        "percent": quantity(overrun.percent),
        "projected": amount(overrun.projected),
        "planned": amount(overrun.planned),
    }
    if sees_cost:
        return _("%(order)s (%(projected)s instead of %(planned)s, %(percent)s %% more)") % said
    return _("%(order)s (%(percent)s %% more than planned)") % said


def _figures(overrun: CostOverrun, sees_cost: bool) -> dict[str, Any]:
    """What a program reads of it; money for those who may see it."""
    figures = {"work_order": overrun.work_order_id, "number": overrun.work_order.number, "percent": overrun.percent}
    if sees_cost:
        over = overrun.projected - overrun.planned
        figures |= {"budget": overrun.planned, "projected": overrun.projected, "over": over}
    return figures
