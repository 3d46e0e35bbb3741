"""Scheduled work of the app: nudges, the work itself is rows."""

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from typing import Any

from celery import shared_task
from django.utils import timezone

from core.clock import today
from core.errors import DomainError
from core.operations import perform
from finance.models import EntryTemplate, ManualEntry
from finance.selectors.balances import periods_to_sum
from finance.selectors.invariants import INVARIANTS, Invariant, violations
from finance.selectors.manual_entries import due_reversals, due_templates
from finance.selectors.proofs import floors_before, open_breaches, settled_floors
from finance.services import balances, cash_plan, manual_entries, proofs

logger = logging.getLogger(__name__)
OVERLAP = dt.timedelta(minutes=5)
"""How far the check of each minute looks back: what jobs write some time after a posting is looked at once more."""
ROWS = 20


@shared_task
def sum_balances() -> int:
    """Bring the kept sums of every period up to date; returns how many periods were looked at."""
    periods = periods_to_sum()
    for period in periods:
        perform(balances.sum_period, actor=None, period_id=period.pk)
    return len(periods)


@shared_task
def prove_touched() -> int:
    """Check the invariants where the books were touched lately, and what is broken again in whole; returns the new."""
    broken = set(open_breaches().values_list("code", flat=True))
    return _prove(
        [one for one in INVARIANTS if one.code not in broken],
        [one for one in INVARIANTS if one.code in broken],
    )


@shared_task
def prove_all() -> int:
    """Check every invariant over the whole books; returns how many breaches are new."""
    return _prove([], INVARIANTS)


def _prove(touched: Iterable[Invariant], whole: Iterable[Invariant]) -> int:
    floors = settled_floors()
    since = floors_before(timezone.now() - OVERLAP)
    found = violations(touched, limit=ROWS, since=since) + violations(whole, limit=ROWS)
    codes = sorted(one.code for one in whole)
    return perform(proofs.record_proof, actor=None, found=found, limit=ROWS, whole=codes, floors=floors)


@shared_task
def book_scheduled_entries() -> int:
    """Make the entries of templates that are due and reverse what is due for it; returns how many came about.

    What is refused (a closed period, a closed account) stays due: the close cockpit shows it.
    """
    templates = due_templates(today()).values_list("pk", flat=True)
    reversals = due_reversals(today()).values_list("pk", flat=True)
    return _each(manual_entries.run_template, "template_id", templates, EntryTemplate) + _each(
        manual_entries.book_due_reversal, "entry_id", reversals, ManualEntry
    )


def _each(service: Callable[..., Any], argument: str, keys: Iterable[int], model: type) -> int:
    done = 0
    for key in list(keys):
        try:
            arguments: dict[str, Any] = {argument: key}
            perform(service, actor=None, **arguments)
            done += 1
        except DomainError as refusal:
            logger.warning("%s %s: %s", model.__name__, key, refusal)
    return done


@shared_task
def check_cash_plan() -> int:
    """Raise the alarm when a bank account will run short; returns how many will."""
    return int(perform(cash_plan.check_cash_plan, actor=None))
