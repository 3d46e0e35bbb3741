"""The planner process: plans whenever something changed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from erp.services.planning.process import PlannerProcess


class Command(BaseCommand):
    help = "Plans whenever demand, supply, stock or engineering data changed, until it is stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Make one plan and end.")

    def handle(self, *args: Any, **options: Any) -> None:
        process = PlannerProcess()
        if options["once"]:
            process.plan()
            return
        process.serve()
