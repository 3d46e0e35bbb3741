"""Load the bicycle maker's files into an empty company and compare control totals with them."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from core.errors import DomainError
from finance.takeover import loading
from finance.takeover.controls import controls
from finance.takeover.source import Source


class Command(BaseCommand):
    """``manage.py import_adventureworks DIR``: refuses a company made otherwise; a second run changes nothing."""

    help = __doc__

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("folder", type=Path, help="where the CSV files lie")

    def handle(self, *args: Any, **options: Any) -> None:
        source = Source(options["folder"])
        if loading.is_foreign():
            raise CommandError("This database holds another company; the files are loaded into an empty one.")
        if loading.is_done():
            self.stdout.write("The files are loaded already; nothing was changed.")
            return
        call_command("sync_roles", quiet=True)
        try:
            loading.load(source, self.stdout.write)
            self._compare(source)
        except DomainError as error:
            raise CommandError(str(error)) from error
        loading.finish()
        for code in source.make_items_without_bom():
            self.stdout.write(f"Made here, but without a bill of material: {code}")

    def _compare(self, source: Source) -> None:
        """Print every control total.

        Raises:
            CommandError: the company says something else than the files.
        """
        wrong = []
        for one in controls(source):
            mark = "=" if one.agrees else "≠"
            self.stdout.write(f"  {one.name:<36} {one.files:>20,} {mark} {one.company:,}")
            if not one.agrees:
                wrong.append(one.name)
        if wrong:
            raise CommandError(f"Control totals differ from the files: {', '.join(wrong)}")
