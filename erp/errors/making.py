"""Refusals of picking for production, backflushing, operations, and kinds of work orders."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class NothingToPick(DomainError):
    code = "nothing_to_pick"
    sentence = _("Nothing is left to fetch for these orders: all is issued, or on another open merged pick.")


class OrdersDiffer(DomainError):
    code = "orders_differ"
    sentence = _("%(document)s is made in %(warehouse)s: a merged pick fetches from one warehouse only.")
    status = 422


class PickIsClosed(DomainError):
    code = "pick_is_closed"
    sentence = _("%(document)s is %(state)s: nothing can be posted on it.")


class FoundTooMuch(DomainError):
    code = "found_too_much"
    sentence = _("%(item)s: %(found)s is more than the %(needed)s that the orders need.")


class SeveralGoods(DomainError):
    """A scanned code lies in several places, or several lines of the pick ask for it."""

    code = "several_goods"
    sentence = _("“%(scanned)s” lies in several places (%(places)s). Say which line and place, or scan the lot.")
    status = 422


class ExtraNeedsTheRight(DomainError):
    """More than planned was asked for, and nobody can agree to it but who may issue it."""

    code = "extra_needs_the_right"
    sentence = _(
        "%(item)s: %(quantity)s beyond the plan were asked for, but no approval is set up for it. Somebody with the "
        "right to issue more than planned can issue them, or add a policy for it under Approval policies."
    )


class MaterialOnPick(DomainError):
    """Part of what is open was promised to an open merged pick."""

    code = "material_on_pick"
    sentence = _("%(item)s: %(quantity)s of %(document)s is on an open merged pick. Post or cancel that first.")


class QueueNotEmpty(DomainError):
    """What a report used up is not posted yet."""

    code = "queue_not_empty"
    sentence = _(
        "%(document)s: %(missing)s %(item)s is used up and not posted. Bring it to the line and post the error again."
    )


class PiecesWentOn(DomainError):
    """Pieces that are to go back to a supplier were worked on, or received, since they came from him."""

    code = "pieces_went_on"
    sentence = _(
        "%(document)s: only %(left)s pieces are still after operation %(step)s. Take back the reports of what "
        "followed, or report the bad pieces as scrap."
    )


class LeftAtLine(DomainError):
    """What was moved to the line for an order is neither used up nor brought back."""

    code = "left_at_line"
    sentence = _(
        "%(document)s: %(quantity)s %(item)s still lies at the line for it. Bring it back to the store, or use it up."
    )


class NotByTransfer(DomainError):
    code = "not_by_transfer"
    sentence = _("%(item)s is not backflushed by transfer: only such material is moved to the line for an order.")
    status = 422


class NoLineSide(DomainError):
    code = "no_line_side"
    sentence = _("%(item)s lies there already: add a line-side place to %(warehouse)s, or move it from another place.")


class MoreThanAtLine(DomainError):
    code = "more_than_at_line"
    sentence = _("%(item)s: %(quantity)s is more than the %(left)s that lies at the line for this order.")


class NotTheStep(DomainError):
    code = "not_the_step"
    sentence = _("This operation is not one of %(document)s.")
    status = 422


class StepBeforeMissing(DomainError):
    """A count point before it has to be reported first."""

    code = "step_before_missing"
    sentence = _("%(document)s: operation %(before)s has brought %(good)s only. Report that first.")


class LevelsInCircle(DomainError):
    code = "levels_in_circle"
    sentence = _("%(item)s cannot be skipped: it contains itself (%(path)s).")


class NoSubstitute(DomainError):
    code = "no_substitute"
    sentence = _("%(item)s has no substitute on the bill of material that may be used on %(date)s.")


class PiecesAtSupplier(DomainError):
    """The supplier of a step has an order for pieces that the work order would not have any more."""

    code = "pieces_at_supplier"
    sentence = _(
        "%(pieces)s pieces of %(document)s are on order with the supplier of operation %(step)s. Receive, change or "
        "cancel that purchase order first."
    )


class CannotSplit(DomainError):
    code = "cannot_split"
    sentence = _("%(document)s cannot be split there: between 0 and %(open)s is still to be reported.")


class CannotMerge(DomainError):
    code = "cannot_merge"
    sentence = _("%(document)s cannot be merged into %(into)s: %(why)s.")


class WorkNotDoneYet(DomainError):
    code = "work_not_done_yet"
    sentence = _("%(date)s has not come yet: work is reported on the day it was done, today or before.")
    status = 422


class NotForThisKind(DomainError):
    code = "not_for_this_kind"
    sentence = _("%(document)s is an order of the kind “%(kind)s”: this is not possible on it.")


class NothingSettled(DomainError):
    code = "nothing_settled"
    sentence = _("%(document)s: issue %(item)s first, then the parts have a value.")


class NotSoManySets(DomainError):
    code = "not_so_many_sets"
    sentence = _("%(document)s: %(sets)s sets are more than the %(possible)s that can be issued now (%(item)s).")


class LotNotIssued(DomainError):
    """Material goes back to the lot it came from."""

    code = "lot_not_issued"
    sentence = _("%(item)s: of lot %(lot)s only %(issued)s was issued to %(document)s.")


class FeeIsSettled(DomainError):
    code = "fee_is_settled"
    sentence = _("%(document)s is closed: its goods bear the supplier's fee. Have the supplier credit it instead.")


class NotForTracking(DomainError):
    code = "not_for_tracking"
    sentence = _("%(document)s makes %(item)s, which has neither serial numbers nor lots.")


class AlreadyBuiltIn(DomainError):
    code = "already_built_in"
    sentence = _("%(component)s is built in already. Take it out there first.")


class AlreadyTakenOut(DomainError):
    code = "already_taken_out"
    sentence = _("%(component)s was taken out already.")


class SkippedLevelShares(DomainError):
    """What comes out beside a skipped level comes out of the order above it, which cannot share that level's cost."""

    code = "skipped_level_shares"
    sentence = _(
        "%(output)s comes out beside %(item)s, whose level is skipped: there it takes a fixed amount per unit. Give it "
        "one on the bill of %(item)s, or do not skip the level."
    )


class SerialElsewhere(DomainError):
    """A finished serial number that left production comes out of an order again only when it went into one."""

    code = "serial_elsewhere"
    sentence = _(
        "Serial number %(lot)s of %(item)s is at %(place)s, not in process: bring it back and issue it to %(document)s "
        "first."
    )


class GroupPartlyIssued(DomainError):
    """One material for several, or several for one: the lines of the group are open to the same part."""

    code = "group_partly_issued"
    sentence = _(
        "%(item)s and %(main)s are replaced together by another number of materials: of %(item)s %(open)s is open "
        "where it should be %(usual)s. Return or issue the difference first."
    )
