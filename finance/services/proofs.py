"""Keeping what the running proof of the books found: a breach is written down, and told, once."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import structlog
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext_noop

from core.locks import advisory_lock
from core.notifications.services import notify
from core.operations import operation
from finance.models import Breach, ProofMark
from finance.selectors.invariants import Violation
from finance.selectors.proofs import invariant_name, people_to_tell, subject_of

log = structlog.get_logger(__name__)
MARKS_KEPT = dt.timedelta(days=3)
BROKEN = gettext_noop("The books are not right: %(name)s (%(subject)s). See what is wrong before a period is closed.")


@operation(permission=None)
def record_proof(
    *,
    found: Sequence[Violation],
    limit: int,
    whole: Collection[str],
    floors: Mapping[str, int] | None,
    actor: Any,
    at: dt.datetime,
) -> int:
    """Write down what a check found and tell finance managers and administrators of what is new; returns how many.

    found   what is broken, at most ``limit`` rows of each invariant.
    whole   codes that were checked over the whole books: a breach of theirs that was not found again is gone.
    floors  settled keys from before the check: the next one begins there. None: it begins where this one did.
    """
    advisory_lock("finance.proofs")
    seen = {
        (one.invariant.code, subject_of(one, row)): ", ".join(f"{name}={value}" for name, value in row.items())[:500]
        for one in found
        for row in one.rows
    }
    known = {(one.code, one.subject): one for one in Breach.objects.filter(gone_at__isnull=True)}
    cut_off = {one.invariant.code for one in found if len(one.rows) >= limit}
    gone = [one.pk for key, one in known.items() if key not in seen and one.code in whole and one.code not in cut_off]
    Breach.objects.filter(pk__in=gone).update(gone_at=Now())
    new = [
        Breach(code=code, subject=subject, evidence=evidence)
        for (code, subject), evidence in seen.items()
        if (code, subject) not in known
    ]
    Breach.objects.bulk_create(new)
    _tell(new, at)
    if floors is not None:
        ProofMark.objects.create(floors=dict(floors))
        ProofMark.objects.filter(taken_at__lt=Now() - MARKS_KEPT).delete()
    return len(new)


def _tell(new: Sequence[Breach], at: dt.datetime) -> None:
    """Send one message per invariant: a hundred rows of one kind are one alarm."""
    first: dict[str, Breach] = {}
    for one in new:
        log.error("invariant_broken", code=one.code, evidence=one.evidence)
        first.setdefault(one.code, one)
    people = people_to_tell() if first else []
    for language in sorted({person.language for person in people}):
        readers = [person for person in people if person.language == language]
        for one in first.values():
            with translation.override(language):
                params = {"name": invariant_name(one.code), "subject": one.subject or one.code}
            notify(users=readers, message=BROKEN, url=one.get_absolute_url(), at=at, params=params)
