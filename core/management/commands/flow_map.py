"""Write docs/flow.md from the signals, ports, report-ups and contributions of the running program."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from core.flow import as_markdown


class Command(BaseCommand):
    """``manage.py flow_map [--check]``."""

    help = __doc__

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true", help="only compare, exit 1 when the file is out of date")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / "docs" / "flow.md"
        text = as_markdown()
        if options["check"]:
            if not path.exists() or path.read_text() != text:
                self.stderr.write("docs/flow.md is out of date: ./run manage flow_map")
                raise SystemExit(1)
            return
        path.write_text(text)
        self.stdout.write(str(path.relative_to(settings.BASE_DIR)))
