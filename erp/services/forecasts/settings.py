"""The rules of forecasts, master schedule and stocking advice."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from core.locks import lock
from core.operations import operation
from erp.models import DemandSettings

RULES = (
    "demand_fence_days",
    "planning_fence_days",
    "frozen_days",
    "service_a",
    "service_b",
    "service_c",
    "holding_percent",
    "order_cost",
    "setup_cost",
    "most_days",
    "advice_months",
    "writes_limits",
)


@operation(permission="erp.configure_demand")
def configure_demand(
    *, rules: Mapping[str, Any], version: int | None = None, actor: Any, at: dt.datetime
) -> DemandSettings:
    """Change the rules by name.

    Raises:
        StaleVersion: somebody changed them since the user saw them.
        InvalidInput: a service level is not below 100 %, a cost is negative, or the fences are in the wrong order.
    """
    known, _created = DemandSettings.objects.get_or_create(singleton=True)
    settings = lock(DemandSettings, known.pk, version=version)
    for name in RULES:
        if name in rules:
            setattr(settings, name, rules[name])
    for name in ("service_a", "service_b", "service_c"):
        if not 0 <= getattr(settings, name) < 100:
            raise InvalidInput(message=_("A service level lies between 0 and 100 %, and never is 100."), field=name)
    for name in ("holding_percent", "order_cost", "setup_cost"):
        if getattr(settings, name) < 0:
            raise InvalidInput(message=_("A cost cannot be negative."), field=name)
    if not settings.frozen_days <= settings.demand_fence_days <= settings.planning_fence_days:
        raise InvalidInput(
            message=_("The frozen days end first, then the demand fence, then the planning fence."),
            field="planning_fence_days",
        )
    settings.version += 1
    settings.save()
    return settings
