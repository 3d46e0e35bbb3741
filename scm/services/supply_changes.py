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


@operation(permission=None)
def record_change_request(*, change: Any, actor: Any, at: dt.datetime) -> None:
    """Write down that planning wants an order changed (change: erp.PlanChange) and tell its owner.

    Whether and how the order changes is decided there, with the supplier.
    """
    document = apps.get_model(change.source_label)._base_manager.filter(pk=change.source_id).first()
    if document is None:
        return
    params = {
        "order": change.source_number,
        "item": str(change.item),
        "date": str(change.new_date or ""),
        "quantity": f"{change.quantity.normalize():f}",
    }
    audit.record(document, "change_asked", actor=actor, at=at, reason=change.note, change=change.kind, **params)
    people = [getattr(document, "owner", None), getattr(document, "requester", None)]
    notify(
        users=[one for one in people if one is not None],
        message=MESSAGES[change.kind],
        params=params,
        url=document.get_absolute_url(),
        at=at,
    )
