"""The planner process: plans whenever something changed."""

from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.memory import hold_memory
from erp.services.planning.process import PlannerProcess
from erp.services.planning.slots import COMPILED


class Command(BaseCommand):
    help = "Plans whenever demand, supply, stock or engineering data changed, until it is stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Make one plan and end.")
        parser.add_argument(
            "--compile", action="store_true", help="Compile the planner of large plans and end, after an upgrade."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["compile"]:
            import_module(f"{COMPILED}.warming").warm()
            return
        process = PlannerProcess()
        if options["once"]:
            process.plan()
            return
        hold_memory()
        process.serve()
