"""Who may review and post a voucher: somebody else than those before, unless the company allows one person all."""

from collections.abc import Iterable
from typing import Any

from core.clock import company
from finance.errors import ReasonMissing, SamePerson
from finance.models import Voucher


def refuse_same_person(vouchers: Iterable[Voucher], actor: Any, reason: str, *, roles: tuple[str, ...]) -> None:
    """Refuse that ``actor`` acts on a voucher that he already acted on in one of ``roles`` (names of user fields).

    Raises:
        SamePerson: he did, and the company does not allow one person all steps.
        ReasonMissing: it does, and no reason was given.
    """
    if getattr(actor, "pk", None) is None:
        return
    own = [one for one in vouchers if any(getattr(one, f"{role}_id") == actor.pk for role in roles)]
    if not own:
        return
    found = company()
    if found is None or not found.allow_self_approval:
        raise SamePerson(voucher=own[0], user=str(actor))
    if not reason.strip():
        raise ReasonMissing(field="reason")
