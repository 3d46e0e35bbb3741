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
