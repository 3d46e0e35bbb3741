"""Campaigns and sales stages: the plain records of sales."""

import datetime as dt
from typing import Any, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from core.errors import InvalidInput
from core.locks import lock
from core.operations import operation
from crm.models import Campaign, OpportunityStage

R = TypeVar("R", Campaign, OpportunityStage)


@operation(permission="crm.add_campaign")
def create_campaign(*, actor: Any, at: dt.datetime, **values: Any) -> Campaign:
    """Create a campaign from its fields (code, name, name_zh, start_date, end_date, budget, is_active).

    Raises:
        InvalidInput: a value is wrong; ``field`` names it.
    """
    return _save(Campaign(), values)


@operation(permission="crm.change_campaign", document=(Campaign, "campaign_id"))
def update_campaign(
    *, campaign_id: int, version: int | None = None, actor: Any, at: dt.datetime, **values: Any
) -> Campaign:
    """Change the given fields of a campaign.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidInput: a value is wrong; ``field`` names it.
    """
    return _save(lock(Campaign, campaign_id, version=version), values)


@operation(permission="crm.add_opportunitystage")
def create_stage(*, actor: Any, at: dt.datetime, **values: Any) -> OpportunityStage:
    """Create a sales stage from its fields (code, name, name_zh, sequence, probability, is_active).

    Raises:
        InvalidInput: a value is wrong; ``field`` names it.
    """
    return _save(OpportunityStage(), values)


@operation(permission="crm.change_opportunitystage", document=(OpportunityStage, "stage_id"))
def update_stage(
    *, stage_id: int, version: int | None = None, actor: Any, at: dt.datetime, **values: Any
) -> OpportunityStage:
    """Change the given fields of a sales stage.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidInput: a value is wrong; ``field`` names it.
    """
    return _save(lock(OpportunityStage, stage_id, version=version), values)


def _save(record: R, values: dict[str, Any]) -> R:
    for name, value in values.items():
        record._meta.get_field(name)
        setattr(record, name, value)
    record.version += 1
    try:
        record.full_clean()
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise InvalidInput(message=messages[0], field=None if name == NON_FIELD_ERRORS else name) from error
    record.save()
    return record
