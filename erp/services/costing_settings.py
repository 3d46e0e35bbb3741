"""How far orders may run over, and what happens then."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from core.locks import lock
from core.operations import operation
from erp.models import CostingSettings
from erp.states.costing import OverrunAction


@operation(permission="erp.change_costingsettings")
def update_costing_settings(
    *, overrun_percent: Decimal, overrun_action: str, actor: Any, at: dt.datetime
) -> CostingSettings:
    """Set the tolerance in percent of the planned cost, and what a posting above it does.

    Raises:
        InvalidInput: a negative tolerance, or an unknown action.
    """
    CostingSettings.objects.get_or_create(pk=1)
    settings = lock(CostingSettings, 1)
    if overrun_percent < 0 or overrun_action not in OverrunAction.values:
        raise InvalidInput(message=_("Enter a percentage from 0 up."), field="overrun_percent")
    settings.overrun_percent, settings.overrun_action = overrun_percent, overrun_action
    settings.version += 1
    settings.save()
    return settings
