"""Corrective actions: reported, analysed, carried out, verified, closed."""

import datetime as dt
from typing import Any, TypedDict, Unpack

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.clock import business_date
from core.documents import lock, next_number, transition
from core.errors import InvalidInput
from core.models import User
from core.notifications.services import notify
from core.operations import operation
from erp.errors import NotDraft, StepIncomplete
from erp.models import CorrectiveAction, Inspection, ReturnReceipt
from erp.services.guards import require_edge
from erp.states import CorrectiveActionState

S = CorrectiveActionState
OVER = frozenset({S.CLOSED, S.CANCELLED})
ASSIGNED = gettext_noop("%(number)s is yours: %(title)s")
TO_VERIFY = gettext_noop("%(number)s waits for your verification: %(title)s")


class ActionInput(TypedDict, total=False):
    """What is written on a corrective action."""

    title: str
    description: str
    item_id: int | None
    partner_id: int | None
    defect_id: int | None
    responsible_id: int | None
    due_date: dt.date | None
    containment: str
    cause: str
    action: str
    prevention: str
    note: str


@operation(permission="erp.add_correctiveaction")
def create_corrective_action(
    *,
    inspection_id: int | None = None,
    return_receipt_id: int | None = None,
    actor: Any,
    at: dt.datetime,
    **values: Unpack[ActionInput],
) -> CorrectiveAction:
    """Report a problem, by itself or found by an inspection or a customer return; whoever is to solve it is told.

    Raises:
        InvalidInput: the problem has no title, or the source or the responsible person does not exist.
    """
    action = CorrectiveAction(
        number=next_number(CorrectiveAction, at),
        document_date=business_date(at),
        created_at=at,
        owner=actor if getattr(actor, "pk", None) else None,
    )
    _take_source(action, inspection_id, return_receipt_id)
    return _save(action, values, before=None, actor=actor, at=at)


def _take_source(action: CorrectiveAction, inspection_id: int | None, return_receipt_id: int | None) -> None:
    if inspection_id is not None:
        found = Inspection.objects.filter(pk=inspection_id).first()
        if found is None:
            raise InvalidInput(message=str(inspection_id), field="inspection")
        worst = found.defects.order_by("-quantity").first()
        action.inspection, action.item_id, action.partner_id = found, found.item_id, found.partner_id
        action.defect_id = worst.code_id if worst else None
    if return_receipt_id is not None:
        receipt = ReturnReceipt.objects.filter(pk=return_receipt_id).first()
        if receipt is None:
            raise InvalidInput(message=str(return_receipt_id), field="return_receipt")
        action.return_receipt, action.partner_id = receipt, receipt.partner_id
        items = set(receipt.lines.values_list("item_id", flat=True))
        action.item_id = items.pop() if len(items) == 1 else action.item_id


@operation(permission="erp.change_correctiveaction", document=(CorrectiveAction, "action_id"))
def update_corrective_action(
    *, action_id: int, version: int | None = None, actor: Any, at: dt.datetime, **values: Unpack[ActionInput]
) -> CorrectiveAction:
    """Write down what is known by now; values by name.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        NotDraft: it is closed or cancelled.
        InvalidInput: as in create_corrective_action.
    """
    action = lock(CorrectiveAction, action_id, version=version)
    if action.state in OVER:
        raise NotDraft(document=action, state=action.get_state_display(), state_code=action.state)
    before = action.responsible_id
    action.version += 1
    return _save(action, values, before=before, actor=actor, at=at)


def _save(
    action: CorrectiveAction, values: ActionInput, *, before: int | None, actor: Any, at: dt.datetime
) -> CorrectiveAction:
    for name, value in values.items():
        setattr(action, name, value.strip() if isinstance(value, str) else value)
    if not action.title:
        raise InvalidInput(message=_("Say what the problem is."), field="title")
    responsible = User.objects.filter(pk=action.responsible_id, is_active=True).first()
    if action.responsible_id is not None and responsible is None:
        raise InvalidInput(message=_("Choose somebody who works here."), field="responsible")
    action.save()
    if responsible is not None and responsible.pk not in {before, getattr(actor, "pk", None)}:
        _tell(action, responsible, ASSIGNED, at)
    return action


def _tell(action: CorrectiveAction, who: User, message: str, at: dt.datetime) -> None:
    params = {"number": action.number, "title": action.title}
    notify(users=[who], message=message, url=action.get_absolute_url(), at=at, params=params)


@operation(permission="erp.advance_correctiveaction", document=(CorrectiveAction, "action_id"))
def start_analysis(*, action_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> CorrectiveAction:
    """Take a problem on: somebody is responsible and there is a day it is to be solved by.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is not just reported.
        StepIncomplete: nobody is responsible, or no day is set.
    """
    action = lock(CorrectiveAction, action_id, version=version)
    require_edge(action, S.ANALYSIS)
    _require(action, "responsible", "due_date")
    transition(action, S.ANALYSIS, actor=actor, at=at)
    return action


@operation(permission="erp.advance_correctiveaction", document=(CorrectiveAction, "action_id"))
def start_action(*, action_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> CorrectiveAction:
    """The cause is known: do something about it.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: the cause is not being looked for.
        StepIncomplete: no cause is written down.
    """
    action = lock(CorrectiveAction, action_id, version=version)
    require_edge(action, S.ACTION)
    _require(action, "cause")
    transition(action, S.ACTION, actor=actor, at=at)
    return action


@operation(permission="erp.advance_correctiveaction", document=(CorrectiveAction, "action_id"))
def complete_action(*, action_id: int, version: int | None = None, actor: Any, at: dt.datetime) -> CorrectiveAction:
    """The action is taken: whoever reported the problem is asked whether it worked.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: no action is under way.
        StepIncomplete: no action is written down.
    """
    action = lock(CorrectiveAction, action_id, version=version)
    require_edge(action, S.VERIFICATION)
    _require(action, "action")
    transition(action, S.VERIFICATION, actor=actor, at=at)
    if action.owner is not None and action.owner != actor:
        _tell(action, action.owner, TO_VERIFY, at)
    return action


@operation(permission="erp.verify_correctiveaction", document=(CorrectiveAction, "action_id"))
def verify_action(
    *, action_id: int, verification: str, worked: bool, version: int | None = None, actor: Any, at: dt.datetime
) -> CorrectiveAction:
    """Say whether the action worked, and how that is known: it is closed, or analysed again.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it does not wait for verification.
        StepIncomplete: nothing says how it is known.
    """
    action = lock(CorrectiveAction, action_id, version=version)
    require_edge(action, S.CLOSED)
    action.verification = verification.strip()
    _require(action, "verification")
    action.verified_by = actor if getattr(actor, "pk", None) else None
    action.closed_on = business_date(at) if worked else None
    fields = ["verification", "verified_by", "closed_on"]
    if worked:
        transition(action, S.CLOSED, actor=actor, at=at, reason=action.verification, fields=fields)
    else:
        transition(action, S.ANALYSIS, actor=actor, at=at, reason=action.verification, fields=fields)
    return action


def _require(action: CorrectiveAction, *names: str) -> None:
    for name in names:
        if not getattr(action, name):
            raise StepIncomplete(document=action, field=action._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


@operation(permission="erp.cancel_correctiveaction", document=(CorrectiveAction, "action_id"))
def cancel_corrective_action(
    *, action_id: int, version: int | None = None, actor: Any, at: dt.datetime, reason: str = ""
) -> CorrectiveAction:
    """Give a problem up.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidTransition: it is being verified, closed or cancelled.
    """
    action = lock(CorrectiveAction, action_id, version=version)
    transition(action, S.CANCELLED, actor=actor, at=at, reason=reason)
    return action
