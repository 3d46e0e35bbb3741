"""Write docs/flow.md, docs/states.md and docs/openapi.yaml as the running program says them."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from core import flow, statecharts
from core.api import schema

PAGES = {
    "docs/flow.md": flow.as_markdown,
    "docs/states.md": statecharts.as_markdown,
    "docs/openapi.yaml": schema.as_yaml,
}


class Command(BaseCommand):
    """``manage.py flow_map [--check]``."""

    help = __doc__

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true", help="only compare, exit 1 when a file is out of date")

    def handle(self, *args: Any, **options: Any) -> None:
        root = Path(settings.BASE_DIR)
        stale = []
        for name, text in PAGES.items():
            path, wanted = root / name, text()
            if path.exists() and path.read_text(encoding="utf-8") == wanted:
                continue
            stale.append(name)
            if not options["check"]:
                path.write_text(wanted, encoding="utf-8")
        if stale and options["check"]:
            self.stderr.write(f"out of date: {', '.join(stale)}. ./run manage flow_map writes them.")
            raise SystemExit(1)
        self.stdout.write("\n".join(stale or ["nothing to change"]))
