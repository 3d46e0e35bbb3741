"""What planning asks of purchasing: put on the timeline of the order, and told to whom it belongs."""

import datetime as dt
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_noop

from core import audit
from core.notifications.services import notify
from core.operations import operation

MESSAGES = {
    "expedite": gettext_noop("Planning asks to pull %(order)s in: %(item)s is needed on %(date)s."),
    "defer": gettext_noop("Planning asks to put %(order)s off: %(item)s is needed on %(date)s only."),
    "increase": gettext_noop("Planning asks to raise %(order)s: %(quantity)s more of %(item)s are needed."),
    "decrease": gettext_noop("Planning asks to reduce %(order)s: %(quantity)s of %(item)s are not needed."),
    "cancel": gettext_noop("Planning asks to cancel %(item)s in %(order)s: %(quantity)s are not needed any more."),
}
WITHDRAWN = gettext_noop("Planning no longer asks for a change of %(order)s: %(item)s may stay as it is.")


@operation(permission=None)
def record_change_request(*, change: Any, actor: Any, at: dt.datetime) -> None:
    """Write down that planning wants an order changed (change: erp.PlanChange) and tell its owner.

    Whether and how the order changes is decided there, with the supplier.
    """
    _write(change, "change_asked", MESSAGES[change.kind], actor=actor, at=at)


@operation(permission=None)
def withdraw_change_request(*, change: Any, actor: Any, at: dt.datetime) -> None:
    """Write down that planning no longer wants what it had asked for, and tell the owner of the order."""
    _write(change, "change_withdrawn", WITHDRAWN, actor=actor, at=at)


def _write(change: Any, verb: str, message: str, *, actor: Any, at: dt.datetime) -> None:
    document = apps.get_model(change.source_label)._base_manager.filter(pk=change.source_id).first()
    if document is None:
        return
    params = {
        "order": change.source_number,
        "item": str(change.item),
        "date": str(change.new_date or ""),
        "quantity": f"{change.quantity.normalize():f}",
    }
    audit.record(document, verb, actor=actor, at=at, reason=change.note, change=change.kind, **params)
    people = [getattr(document, "owner", None), getattr(document, "requester", None)]
    notify(
        users=[one for one in people if one is not None],
        message=message,
        params=params,
        url=document.get_absolute_url(),
        at=at,
    )
