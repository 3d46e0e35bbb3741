"""The rules the planner works by."""

import datetime as dt
from typing import Any

from core.locks import lock
from core.operations import operation
from erp.models import PlanningSettings
from erp.services.planning_events import request_plan
from erp.states import ForecastPeriod, PromiseRule


@operation(permission="erp.configure_planning")
def configure_planning(
    *,
    scrap_convention: str,
    reschedule_days: int,
    dampener_days: int,
    default_lead_days: int,
    increase_days: int | None = None,
    near_days: int = 28,
    forecast_period: str = ForecastPeriod.MONTH,
    net_phantoms: bool = True,
    substitute_partly: bool = True,
    joint_orders: bool = False,
    promise_rule: str = PromiseRule.CTP,
    promise_keeps_safety_stock: bool = False,
    promise_makes_orders: bool = True,
    version: int | None = None,
    actor: Any,
    at: dt.datetime,
) -> PlanningSettings:
    """Change the planning rules and have the plan made anew.

    Raises:
        StaleVersion: somebody changed them since the user saw them.
    """
    known, _created = PlanningSettings.objects.get_or_create(singleton=True)
    settings = lock(PlanningSettings, known.pk, version=version)
    settings.scrap_convention = scrap_convention
    settings.reschedule_days = reschedule_days
    settings.dampener_days = dampener_days
    settings.default_lead_days = default_lead_days
    settings.increase_days = increase_days
    settings.near_days = near_days
    settings.forecast_period = forecast_period
    settings.net_phantoms = net_phantoms
    settings.substitute_partly = substitute_partly
    settings.joint_orders = joint_orders
    settings.promise_rule = PromiseRule(promise_rule)
    settings.promise_keeps_safety_stock = promise_keeps_safety_stock
    settings.promise_makes_orders = promise_makes_orders
    settings.version += 1
    settings.save()
    request_plan(reason="settings", actor=actor, at=at)
    return settings
