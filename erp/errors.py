"""Refusals of the app: first the stock half, then the make half."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError

# --- stock -----------------------------------------------------------------------------------------------------------


class ShortStock(DomainError):
    """Less is available (on hand and not reserved for others) than the posting wants to take."""

    code = "short_stock"
    sentence = _("%(item)s: only %(available)s available in %(location)s, %(wanted)s wanted.")


class ShortStockLater(DomainError):
    """A backdated issue would make the stock of a later day negative."""

    code = "short_stock_later"
    sentence = _(
        "%(item)s in %(location)s would have been %(balance)s on %(date)s: dated %(moved_on)s this is too much."
    )


class LotRequired(DomainError):
    code = "lot_required"
    sentence = _("%(item)s is tracked by lot or serial number: name the one that moves.")
    status = 422


class LotMismatch(DomainError):
    code = "lot_mismatch"
    sentence = _("Lot %(lot)s does not belong to %(item)s.")
    status = 422


class SerialNotSingle(DomainError):
    code = "serial_not_single"
    sentence = _("Serial number %(lot)s of %(item)s stands for one piece, in one place only.")


class QuantityNotPositive(DomainError):
    code = "quantity_not_positive"
    sentence = _("Line %(line)s: the quantity must be above zero.")
    status = 422


class QuantityTooFine(DomainError):
    code = "quantity_too_fine"
    sentence = _("%(item)s is counted in %(uom)s with %(decimals)s decimals; %(quantity)s has more.")
    status = 422


class SameLocation(DomainError):
    code = "same_location"
    sentence = _("%(item)s: source and destination are the same place.")
    status = 422


class ReversedTooMuch(DomainError):
    """More would come back than went out and has not come back yet."""

    code = "reversed_too_much"
    sentence = _("%(item)s: %(wanted)s is more than the %(remaining)s that is left of the original posting.")


class NothingToPost(DomainError):
    code = "nothing_to_post"
    sentence = _("%(document)s has no quantity to post.")


class NothingPicked(DomainError):
    code = "nothing_picked"
    sentence = _("%(document)s: nothing is picked yet.")


class PickedTooMuch(DomainError):
    code = "picked_too_much"
    sentence = _("%(item)s: %(picked)s is more than the %(quantity)s to ship.")


class SignOffMismatch(DomainError):
    """Signed, damaged and missing quantities do not add up to what was shipped."""

    code = "sign_off_mismatch"
    sentence = _("%(item)s: signed, damaged and missing must add up to the %(shipped)s that was shipped.")


class ReturnedTooMuch(DomainError):
    code = "returned_too_much"
    sentence = _("%(item)s: %(received)s is more than the %(expected)s of the approved return.")


class NothingLeftToShip(DomainError):
    code = "nothing_left_to_ship"
    sentence = _("Everything of %(document)s is shipped or already on a pick list.")


class ReservationUnavailable(DomainError):
    code = "reservation_unavailable"
    sentence = _("%(item)s: only %(available)s can be moved to the other order.")


class CostMissing(DomainError):
    code = "cost_missing"
    sentence = _("%(item)s has no cost yet: enter its unit cost.")
    status = 422


class UnknownLocation(DomainError):
    code = "unknown_location"
    sentence = _("There is no storage location in %(warehouse)s.")


# --- make ------------------------------------------------------------------------------------------------------------
