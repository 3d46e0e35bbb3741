"""The loop of the planner process: wait for an event, a new day or a silent change of inputs, then plan."""

import select
import signal
import sys
import time
from collections.abc import Callable
from importlib import import_module
from types import FrameType
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from core.clock import business_date, moment
from core.errors import Busy, DomainError
from erp.models import CurrentRun, PlanningEvent
from erp.selectors.plan_inputs import read_snapshot
from erp.services.planning.fence import firm_inside_fence
from erp.services.planning.running import Kept, run_plan
from erp.services.planning.slots import COMPILED
from erp.services.planning_events import CHANNEL

log = structlog.get_logger(__name__)

POLL_SECONDS = 5.0
"""A notice may be lost with its connection: events are looked for this often anyway."""

REVIEW_SECONDS = 60.0
"""How often inputs that raise no event (an item's lead time, a calendar) are compared with those of the last run."""

GATHER_SECONDS = 0.3
"""Events come in bursts: wait a little, then plan once for all of them."""


class PlannerProcess:
    """Plans when there is a reason to. SIGTERM and SIGINT end it between two runs."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.stopping = False
        self.now = now
        self.reviewed = 0.0
        self.resting_until = 0.0
        self.pause = 0.0
        self.kept = Kept()
        self.is_ready = False

    def plan(self) -> bool:
        """Make one plan and firm what lies inside the fence; return whether a plan came about."""
        try:
            run_plan(kept=self.kept)
            firm_inside_fence()
        except Busy:  # a reader without a slot holds the oldest slot: soon again
            return False
        except DomainError as refusal:  # bills of material in a circle: the current run stays until they are mended
            log.error("plan_refused", code=refusal.code, reason=str(refusal))
            self.resting_until = self.now() + REVIEW_SECONDS
            return False
        self.reviewed = self.now()
        return True

    def make_ready(self) -> None:
        """Have all that later plans go through compiled, once the first one is there and before one is waited for."""
        if self.is_ready or COMPILED not in sys.modules:
            return
        started = self.now()
        import_module(f"{COMPILED}.warming").warm()
        self.is_ready = True
        log.info("planner_compiled", seconds=round(self.now() - started, 1))

    def has_reason(self) -> bool:
        """Return whether anything changed since the current run read its inputs."""
        if self.now() < self.resting_until:
            return False
        if PlanningEvent.objects.exists():
            return True
        current = CurrentRun.objects.select_related("run").first()
        today = business_date(moment())
        if current is None or current.run.as_of_date != today:
            return True
        if self.now() - self.reviewed < REVIEW_SECONDS:
            return False
        self.reviewed = self.now()
        return read_snapshot(today, self.kept.sources).digest != current.run.input_digest

    def serve(self) -> None:
        """Plan until a signal says stop; a lost database connection is waited out."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        log.info("planner_started")
        while not self.stopping:
            try:
                self._turn()
                self.pause = 0.0
            except (OperationalError, InterfaceError) as error:
                self.pause = min(max(1.0, self.pause * 2), 30.0)
                log.warning("planner_waits_for_database", error=str(error).strip(), seconds=self.pause)
                close_old_connections()
                connection.close()
                self.kept = Kept()  # it may be another database that comes back
                self._sleep(self.pause)
        log.info("planner_stopped")

    def _turn(self) -> None:
        self._listen()
        if self.has_reason():
            self._sleep(GATHER_SECONDS)
            if self.stopping:
                return
            if self.plan():
                self.make_ready()
            else:
                self._sleep(1.0)
            return
        self._wait(POLL_SECONDS)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    @staticmethod
    def _listen() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")

    def _wait(self, seconds: float) -> None:
        """Wait for a notice (delivered on this connection) or until ``seconds`` have passed or a signal comes."""
        connection.ensure_connection()
        own: Any = connection.connection
        until = self.now() + seconds
        while not self.stopping and (left := until - self.now()) > 0:
            if any(True for _notice in own.notifies(timeout=0, stop_after=1)):
                return
            select.select([own.fileno()], [], [], min(left, 0.5))

    def _sleep(self, seconds: float) -> None:
        until = self.now() + seconds
        while not self.stopping and (left := until - self.now()) > 0:
            time.sleep(min(left, 0.2))
