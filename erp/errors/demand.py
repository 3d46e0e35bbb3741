"""Refusals of forecasts, the master schedule and plans of capacity."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class NothingToForecast(DomainError):
    code = "nothing_to_forecast"
    sentence = _(
        "No item has history from %(start)s on. Choose more buckets of history, the other basis, or another category."
    )


class ForecastIsEmpty(DomainError):
    code = "forecast_is_empty"
    sentence = _("%(document)s has no quantities yet: calculate it first.")


class ForecastOverlaps(DomainError):
    """Two released forecasts would plan the same item twice."""

    code = "forecast_overlaps"
    sentence = _("%(item)s is in the released forecast %(other)s already. Close that one or leave the item out here.")


class ReasonForOverride(DomainError):
    code = "reason_for_override"
    sentence = _("Say why the forecast is changed by hand.")
    status = 422


class ForecastIsClosed(DomainError):
    code = "forecast_is_closed"
    sentence = _("%(document)s is closed; make a new forecast.")


class InsideFrozenFence(DomainError):
    code = "inside_frozen_fence"
    sentence = _("%(item)s: the week of %(date)s is frozen until %(fence)s. Firm a later week, or shorten the fence.")


class NotMasterScheduled(DomainError):
    code = "not_master_scheduled"
    sentence = _(
        "%(item)s is not in the master schedule: its forecast is its demand. "
        "Mark the item “in the master schedule” first."
    )


class NothingToPlan(DomainError):
    code = "nothing_to_plan"
    sentence = _("No open work order has operations left. Release a routing for the items you make first.")


class PlanIsOver(DomainError):
    code = "plan_is_over"
    sentence = _("%(document)s is %(state)s; make a new plan.")


class OperationsOverlap(DomainError):
    code = "operations_overlap"
    sentence = _("%(order)s: operation %(operation)s would begin before operation %(before)s ends (%(ends)s).")


class OperationIsRunning(DomainError):
    code = "operation_is_running"
    sentence = _("%(order)s: operation %(operation)s has begun and is not moved any more.")


class OutsideTheCalendar(DomainError):
    code = "outside_the_calendar"
    sentence = _("There are not enough working hours in %(center)s after this moment.")


class OptimiserIsMissing(DomainError):
    code = "optimiser_is_missing"
    sentence = _(
        "The optimiser is not installed on this machine. Stop the program and start it once with "
        "CONCORD_EXTRAS=scheduling ./run serve (with uv: uv sync --extra scheduling), or take the built-in rules."
    )


class PlanIsOutdated(DomainError):
    code = "plan_is_outdated"
    sentence = _("%(count)s operations of %(document)s were begun, done or changed meanwhile. Plan again, then accept.")


class MachineIsTaken(DomainError):
    code = "machine_is_taken"
    sentence = _("Begun or pinned operations keep all machines of %(center)s busy then. Choose another time.")
