"""Refusals of the app: first the stock half, then the make half."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, InvalidInput
from erp.errors.kitting import NothingToReserve as NothingToReserve
from erp.errors.plan_changes import ChangeHasNoStock as ChangeHasNoStock
from erp.errors.plan_changes import ChangeIsDecided as ChangeIsDecided
from erp.errors.plan_changes import NoReasonGiven as NoReasonGiven
from erp.errors.quality import (
    CertificateMissing,
    DispositionIncomplete,
    GoodsHaveLeft,
    NeedsConcession,
    NotBeingInspected,
    NotFromSupplier,
    NothingToInspect,
    NothingToWithdraw,
    PlanIsEmpty,
    PlanOverlaps,
    ResultsIncomplete,
    StepIncomplete,
    TooManyDefects,
    UnknownCharacteristic,
)

# --- stock -----------------------------------------------------------------------------------------------------------


class ShortStock(DomainError):
    """Less is available (on hand and not reserved for others) than the posting wants to take."""

    code = "short_stock"
    sentence = _("%(item)s: only %(available)s available in %(location)s, %(wanted)s wanted.")


class ShortStockWithinDay(DomainError):
    """A backdated issue takes what was issued later, before more came in on that day."""

    code = "short_stock_within_day"
    sentence = _("%(item)s: with this, what was issued on %(date)s would have been issued before its goods came.")


class ShortStockLater(DomainError):
    """A backdated issue would make the stock of a later day negative."""

    code = "short_stock_later"
    sentence = _(
        "%(item)s in %(location)s would have been %(balance)s on %(date)s: dated %(moved_on)s this is too much."
    )


class NotUsable(DomainError):
    """In inspection, blocked or expired."""

    code = "not_usable"
    sentence = _("%(item)s cannot be used: %(why)s.")


class StatusUnchanged(DomainError):
    code = "status_unchanged"
    sentence = _("%(subject)s is %(status)s already.")


class SecondQuantityMissing(DomainError):
    code = "second_quantity_missing"
    sentence = _("%(item)s is also counted in %(uom)s: enter that quantity too.")
    status = 422


class NoSecondUnit(DomainError):
    code = "no_second_unit"
    sentence = _("%(item)s is kept in one unit only: leave its second quantity empty, or give the item a second unit.")
    status = 422


class SecondQuantityTooMuch(DomainError):
    code = "second_quantity_too_much"
    sentence = _("%(item)s: only %(available)s %(uom)s there, %(wanted)s wanted.")


class ReversalBeforeOriginal(InvalidInput):
    code = "reversal_before_original"
    sentence = _("%(item)s: the posting to be taken back is of %(date)s; take it back on that day or later.")


class RevaluedSince(DomainError):
    """A backdated posting would change what a revaluation found in stock."""

    code = "revalued_since"
    sentence = _("%(item)s was brought to another cost on %(date)s; post it on that day or later.")


class RevaluationFollowed(DomainError):
    """A revaluation is undone only while the goods stand as it left them."""

    code = "revaluation_followed"
    sentence = _(
        "%(item)s moved or changed its value by %(follower)s on %(date)s, after %(document)s: reverse that first, or "
        "post another revaluation."
    )


class MovedSince(DomainError):
    """A revaluation looks at the stock of its own day."""

    code = "moved_since"
    sentence = _("%(item)s moved or changed its value on %(date)s; date the revaluation on that day or later.")


class ReversalBeforeCount(InvalidInput):
    code = "reversal_before_count"
    sentence = _("The differences were posted on %(date)s; take them back on that day or later.")


class FuturePosting(DomainError):
    code = "future_posting"
    sentence = _("%(date)s has not come yet: stock moves are posted today or before.")


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


class NotDraft(DomainError):
    code = "not_draft"
    sentence = _("%(document)s is %(state)s and can no longer be changed.")


class NothingToPost(DomainError):
    code = "nothing_to_post"
    sentence = _("%(document)s has no quantity to post.")


class SendFirst(DomainError):
    code = "send_first"
    sentence = _("%(document)s goes with transit: send it first, then receive it.")


class ReceivedTooMuch(DomainError):
    code = "received_too_much"
    sentence = _("%(item)s: %(received)s is more than the %(open)s that is on the way.")


class NothingToRevalue(DomainError):
    code = "nothing_to_revalue"
    sentence = _("Enter at least one item with its new unit cost.")
    status = 422


class RevaluationReasonMissing(DomainError):
    code = "revaluation_reason_missing"
    sentence = _("Say why the stock is worth another cost: the reason stands on its entries.")
    status = 422


class NothingPicked(DomainError):
    code = "nothing_picked"
    sentence = _("%(document)s: nothing is picked yet.")


class UnknownCode(DomainError):
    """A scanned code is no item and no lot of this document."""

    code = "unknown_code"
    sentence = _("%(scanned)s is not on %(document)s.")
    status = 422


class NotPacking(DomainError):
    code = "not_packing"
    sentence = _("%(document)s is %(state)s: goods are packed when picking is finished and before they leave.")


class NothingToPack(DomainError):
    code = "nothing_to_pack"
    sentence = _("%(what)s: nothing of it is loose.")


class PackedTooMuch(DomainError):
    code = "packed_too_much"
    sentence = _("%(item)s: %(wanted)s is more than the %(loose)s that is loose.")


class UnitNotEmpty(DomainError):
    code = "unit_not_empty"
    sentence = _("Boxes stand on %(unit)s: take them down first.")


class UnknownScan(DomainError):
    """A scanned code is no place, item, lot or package."""

    code = "unknown_scan"
    sentence = _("“%(scanned)s” is no place, item, lot or package that we know.")
    status = 422


class NotBeingPicked(DomainError):
    code = "not_being_picked"
    sentence = _("%(document)s is %(state)s: picking is over.")


class NothingToUndo(DomainError):
    code = "nothing_to_undo"
    sentence = _("%(document)s: nothing is picked that could be put back.")


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


class DifferentItem(DomainError):
    code = "different_item"
    sentence = _("A reservation can only be moved to a demand for the same item.")


class BinIsCounted(DomainError):
    """A count is under way there: nothing moves in or out, and no second count begins."""

    code = "bin_is_counted"
    sentence = _("%(location)s is being counted by %(stocktake)s. Wait until that count is posted or cancelled.")


class NothingToCount(DomainError):
    code = "nothing_to_count"
    sentence = _("%(document)s: the books know no stock there that is to be counted.")


class NotBeingCounted(DomainError):
    code = "not_being_counted"
    sentence = _("%(document)s is %(state)s: nothing can be counted on it.")


class NotInReview(DomainError):
    code = "not_in_review"
    sentence = _("%(document)s is %(state)s: it is reviewed when the counting is finished.")


class NotYourSheet(DomainError):
    code = "not_your_sheet"
    sentence = _("%(item)s in %(location)s is on the sheet of %(counter)s.")


class NotOnTheList(DomainError):
    """A counted line belongs to another count, or is not to be counted again."""

    code = "not_on_the_list"
    sentence = _("%(item)s in %(location)s is not to be counted now.")
    status = 422


class OutsideTheCount(DomainError):
    code = "outside_the_count"
    sentence = _("%(location)s is not counted by %(document)s.")
    status = 422


class CountIncomplete(DomainError):
    code = "count_incomplete"
    sentence = _("%(document)s: %(lines)s lines are not counted yet, first %(item)s in %(location)s.")


class DifferenceReasonMissing(DomainError):
    code = "difference_reason_missing"
    sentence = _("%(document)s: say why %(item)s in %(location)s differs by %(difference)s.")
    status = 422


class NothingToRecount(DomainError):
    code = "nothing_to_recount"
    sentence = _("%(document)s: no difference is beyond the tolerance. Choose the lines to be counted again.")


class HoldNotPossible(DomainError):
    code = "hold_not_possible"
    sentence = _("%(document)s is %(state)s: stock is held for quotations that are sent and not decided.")


class HoldDateWrong(DomainError):
    code = "hold_date_wrong"
    sentence = _("Stock is held until a day between today and %(last)s, the end of the quotation's validity.")
    status = 422


class NothingToHold(DomainError):
    code = "nothing_to_hold"
    sentence = _("%(document)s: nothing of its items is free.")


class NothingIsHeld(DomainError):
    code = "nothing_is_held"
    sentence = _("Nothing is held for %(document)s.")


class NotRunningLow(DomainError):
    code = "not_running_low"
    sentence = _("%(item)s does not run low in %(warehouse)s: %(projected)s is on hand or expected.")


class NotBought(DomainError):
    """Goods that are made here are planned, not asked for."""

    code = "not_bought"
    sentence = _("%(item)s is made here: raise its safety stock, and the plan makes it.")


# --- make ------------------------------------------------------------------------------------------------------------


class BomIsEmpty(DomainError):
    code = "bom_is_empty"
    sentence = _("%(document)s has no components.")


class BomContainsItself(DomainError):
    """Releasing it would make an item its own component."""

    code = "bom_contains_itself"
    sentence = _("%(document)s cannot be released: an item would contain itself (%(path)s).")


class BomOverlaps(DomainError):
    code = "bom_overlaps"
    sentence = _("%(item)s has a released bill of material already that is valid then: %(other)s.")


class BomIsReleased(DomainError):
    code = "bom_is_released"
    sentence = _("%(document)s is released and cannot be changed. Copy it to a new revision.")


class RevisionTaken(DomainError):
    code = "revision_taken"
    sentence = _("%(item)s has a revision %(revision)s already.")


class NoBom(DomainError):
    code = "no_bom"
    sentence = _("%(item)s has no released bill of material that is valid on %(date)s.")


class PlannedOrderGone(DomainError):
    """It was firmed by somebody else or is not part of the present plan."""

    code = "planned_order_gone"
    sentence = _("The planned order of %(item)s due %(date)s is no longer part of the plan. Reload the list.")


class PlanIsBehind(DomainError):
    """An order of the item was firmed after the plan's inputs were read."""

    code = "plan_is_behind"
    sentence = _("%(item)s is just being planned anew. Reload the list in a moment.")


class NoWarehouse(DomainError):
    code = "no_warehouse"
    sentence = _("There is no warehouse yet to make goods for.")


class OverIssue(DomainError):
    code = "over_issue"
    sentence = _("%(item)s: %(quantity)s is more than the %(open)s still to be issued.")


class OverReturn(DomainError):
    code = "over_return"
    sentence = _("%(item)s: %(quantity)s is more than the %(issued)s that was issued.")


class OverReport(DomainError):
    code = "over_report"
    sentence = _("%(document)s: %(quantity)s is more than the %(open)s still to be reported.")


class OverReceipt(DomainError):
    code = "over_receipt"
    sentence = _("%(document)s: %(quantity)s is more than the %(open)s still to be received.")


class NotInProduction(DomainError):
    """Material, work and goods are booked on released orders and orders in progress only."""

    code = "not_in_production"
    sentence = _("%(document)s is %(state)s: nothing can be booked on it.")


class WorkOrderIsStarted(DomainError):
    code = "work_order_is_started"
    sentence = _("Material or work is already booked on %(document)s.")


class AlreadyReversed(DomainError):
    code = "already_reversed"
    sentence = _("This was reversed already.")


class UnknownBadge(DomainError):
    code = "unknown_badge"
    sentence = _("No employee has the badge %(badge)s.")
    status = 422


class UnknownWorkOrder(DomainError):
    code = "unknown_work_order"
    sentence = _("There is no work order %(number)s.")
    status = 422


class AtWorkElsewhere(DomainError):
    code = "at_work_elsewhere"
    sentence = _("%(employee)s is at work on %(document)s. Finish that first.")


class NotAtWork(DomainError):
    code = "not_at_work"
    sentence = _("%(employee)s has not started on %(document)s.")


class TraceTooDeep(DomainError):
    code = "trace_too_deep"
    sentence = _("The goods went through more than 50 work orders one after the other: their cost cannot be followed.")


class NoMonthAverage(DomainError):
    code = "no_month_average"
    sentence = _("No issue of %(month)s waits for a month-end average.")


class MonthClosedForAverage(DomainError):
    code = "month_closed_for_average"
    sentence = _("%(month)s is closed for postings: reopen its period before its average is run again.")
