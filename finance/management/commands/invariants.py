"""Check what must always be true of the books."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from finance.selectors.invariants import INVARIANTS, violations
from finance.selectors.proofs import floors_before


class Command(BaseCommand):
    """Runs every invariant; each violation is named with its first rows, and any makes the command fail."""

    help = "Check the invariants of the ledgers; fails naming every one that does not hold."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("codes", nargs="*", help="only these invariants")
        parser.add_argument(
            "--since",
            metavar="TIME|MINUTES",
            help="the big ledgers only where they were touched since then: 2026-03-31T18:00, or minutes back from now",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = set(options["codes"])
        unknown = wanted - {one.code for one in INVARIANTS}
        if unknown:
            raise CommandError(f"unknown invariants: {', '.join(sorted(unknown))}")
        chosen = [one for one in INVARIANTS if not wanted or one.code in wanted]
        since = None if options["since"] is None else floors_before(moment_of(options["since"]))
        if since == {}:
            self.stdout.write("no check went so far back: everything counts as touched since")
        found = violations(chosen, since=since)
        for violation in found:
            self.stderr.write(f"{violation.invariant.code}: {violation.invariant.name}")
            for row in violation.rows:
                self.stderr.write("  " + ", ".join(f"{name}={value}" for name, value in row.items()))
        if found:
            raise CommandError(f"{len(found)} of {len(chosen)} invariants do not hold")
        self.stdout.write(f"{len(chosen)} invariants hold")


def moment_of(text: str) -> dt.datetime:
    """Return the moment that ``--since`` names: a time (UTC unless it says otherwise), or minutes back from now."""
    if text.isdigit():
        return timezone.now() - dt.timedelta(minutes=int(text))
    found = parse_datetime(text)
    if found is None:
        raise CommandError(f"{text}: neither a time (2026-03-31T18:00) nor minutes")
    return found if timezone.is_aware(found) else found.replace(tzinfo=dt.UTC)
