"""Check what must always be true of the books."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from finance.selectors.invariants import INVARIANTS, violations


class Command(BaseCommand):
    """Runs every invariant; each violation is named with its first rows, and any makes the command fail."""

    help = "Check the invariants of the ledgers; fails naming every one that does not hold."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("codes", nargs="*", help="only these invariants")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = set(options["codes"])
        unknown = wanted - {one.code for one in INVARIANTS}
        if unknown:
            raise CommandError(f"unknown invariants: {', '.join(sorted(unknown))}")
        chosen = [one for one in INVARIANTS if not wanted or one.code in wanted]
        found = violations(chosen)
        for violation in found:
            self.stderr.write(f"{violation.invariant.code}: {violation.invariant.name}")
            for row in violation.rows:
                self.stderr.write("  " + ", ".join(f"{name}={value}" for name, value in row.items()))
        if found:
            raise CommandError(f"{len(found)} of {len(chosen)} invariants do not hold")
        self.stdout.write(f"{len(chosen)} invariants hold")
