"""Refusals of engineering: outputs and substitutes of bills of material, work centres, routings."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class SharesAboveWhole(DomainError):
    """The fixed percentages of co-products leave nothing for the main product."""

    code = "shares_above_whole"
    sentence = _("The co-products take %(percent)s %% of the cost; together they may take 100 %% at most.")
    status = 422


class MixedShares(DomainError):
    code = "mixed_shares"
    sentence = _("Co-products share the cost by weight or by percentage, not both: choose one for all of them.")
    status = 422


class SubstituteExpired(DomainError):
    code = "substitute_expired"
    sentence = _("%(item)s was a substitute until %(date)s only. Leave it out or give it a later end.")
    status = 422


class GroupNotReplaced(DomainError):
    code = "group_not_replaced"
    sentence = _(
        "The lines of substitute group %(group)s are replaced together: at least one of them needs a substitute."
    )
    status = 422


class NotMade(DomainError):
    """Its level cannot be skipped: it has no components."""

    code = "not_made"
    sentence = _("%(item)s is bought: only what is made can be skipped.")
    status = 422


class RoutingIsEmpty(DomainError):
    code = "routing_is_empty"
    sentence = _("%(document)s has no operations.")
    status = 422


class WorkCenterMissing(DomainError):
    code = "work_center_missing"
    sentence = _("Operation %(operation)s %(name)s is done here: choose its work centre, or mark it as subcontracted.")
    status = 422


class RoutingIsReleased(DomainError):
    code = "routing_is_released"
    sentence = _("%(document)s is released and cannot be changed. Copy it to a new revision.")


class RoutingIsRetired(DomainError):
    code = "routing_is_retired"
    sentence = _(
        "%(document)s is retired: nothing is made by it any more. Attach the file to the routing that is used."
    )


class FilesOfReleased(DomainError):
    """Whoever may write drafts only would change what is made tomorrow."""

    code = "files_of_released"
    sentence = _(
        "%(document)s is released: its files are changed only by those who may release routings. Copy it to a new "
        "revision and change the files there."
    )


class FileReasonMissing(DomainError):
    code = "file_reason_missing"
    sentence = _("%(document)s is released and things are made by it: say why its files change.")
    status = 422


class FileRevisionTaken(DomainError):
    code = "file_revision_taken"
    sentence = _(
        "%(file)s was at operation %(operation)s in revision %(revision)s with other content: give it another revision."
    )


class RoutingOverlaps(DomainError):
    code = "routing_overlaps"
    sentence = _("%(item)s has a released routing already that is valid then: %(other)s.")


class MoreDownThanThere(DomainError):
    code = "more_down_than_there"
    sentence = _("%(center)s has %(machines)s machines, so %(down)s of them cannot be down.")
    status = 422


class CostUnknown(DomainError):
    code = "cost_unknown"
    sentence = _("The cost of %(item)s cannot be rolled up: nothing is known of the cost of %(missing)s.")


class NothingToPropose(DomainError):
    code = "nothing_to_propose"
    sentence = _("Neither %(item)s nor anything made below it is valued at a standard cost that would change.")


class ChangeIsEmpty(DomainError):
    code = "change_is_empty"
    sentence = _("%(document)s changes nothing: enter at least one line.")
    status = 422


class ChangeNotDraft(DomainError):
    code = "change_not_draft"
    sentence = _("%(document)s is %(state)s and cannot be changed any more.")


class ChangeNotReleased(DomainError):
    code = "change_not_released"
    sentence = _("%(document)s is not released: old stock is disposed of when the change is decided.")


class StillNeeded(DomainError):
    code = "still_needed"
    sentence = _("%(document)s counts from %(date)s on; until then the old stock is still needed.")


class NothingToCarryOut(DomainError):
    code = "nothing_to_carry_out"
    sentence = _(
        "%(document)s leaves nothing to carry out: no free stock of the old components is left to be reworked, "
        "scrapped or returned, or drafts were made already."
    )


class NothingToUseUp(DomainError):
    code = "nothing_to_use_up"
    sentence = _("%(document)s does not say of any component that goes that its stock is to be used up.")


class StockStays(DomainError):
    code = "stock_stays"
    sentence = _(
        "Nothing that is known uses up the stock of %(item)s. Choose what else becomes of it, or type the day."
    )


class NothingToChangeThere(DomainError):
    """A line names something that the valid bill or routing does not hold (or holds already)."""

    code = "nothing_to_change_there"
    sentence = _("Line %(line)s of the change does not fit %(document)s: what it names is not there, or there already.")


class NothingValidToChange(DomainError):
    code = "nothing_valid_to_change"
    sentence = _("%(item)s has no released %(kind)s that is valid on %(date)s: there is nothing to change.")


class ChangeTooLate(DomainError):
    code = "change_too_late"
    sentence = _("%(date)s is over: a change counts from today on at the earliest.")


class LaterRevisionThere(DomainError):
    code = "later_revision_there"
    sentence = _("%(document)s begins after %(date)s already: change that revision, or retire it first.")
