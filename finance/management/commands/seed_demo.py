"""Load the demo company once: its people, master data and the months of history before today."""

import datetime as dt
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core import audit
from core.clock import forget_company, on_day
from core.models import Company
from finance.demo import facts
from finance.demo.building import build
from finance.demo.story import Story
from masterdata.selectors.calendars import add_working_days

LOADED = "core.company.demo_loaded"


class Command(BaseCommand):
    """``manage.py seed_demo``: does nothing when the demo company is there, refuses in a real company."""

    help = __doc__

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--today",
            type=dt.date.fromisoformat,
            help="the day the story ends, which stays the company's today (default: today, and time goes on)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        own = Company.objects.first()
        if own is not None:
            if not own.is_demo:
                raise CommandError("This database holds a real company; the demo company is loaded into an empty one.")
            if not audit.timeline(own).filter(verb=LOADED).exists():
                raise CommandError("Loading the demo company was interrupted. Start afresh: ./run reset")
            self.stdout.write("The demo company is there already.")
            return
        call_command("sync_roles", quiet=True)
        end = options["today"] or timezone.localdate()
        start = (end - dt.timedelta(days=96)).replace(day=1)
        with on_day(start):
            build(start)
        first = add_working_days(end, -facts.WORKING_DAYS)
        Story(max(first, start), end, self.stdout.write).tell()
        own = Company.objects.get()
        if options["today"]:
            own.pinned_date = end
            own.save(update_fields=["pinned_date"])
            forget_company()
        audit.record(own, LOADED, actor=None, at=timezone.now())
        self.stdout.write("Demo company loaded.")
