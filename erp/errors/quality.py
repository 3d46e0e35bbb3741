"""Refusals of inspection and corrective action."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class PlanIsEmpty(DomainError):
    code = "inspection_plan_empty"
    sentence = _("%(document)s has no characteristics: add what is to be inspected.")


class PlanOverlaps(DomainError):
    code = "inspection_plan_overlaps"
    sentence = _(
        "%(other)s for the same goods begins on %(date)s: let this plan begin later, or retire that one first."
    )


class NothingToInspect(DomainError):
    code = "nothing_to_inspect"
    sentence = _("Say how much is to be inspected: the quantity must be above zero.")
    status = 422


class ResultsIncomplete(DomainError):
    code = "results_incomplete"
    sentence = _("%(characteristic)s: %(entered)s of %(wanted)s values are entered. Enter all of them first.")


class NotBeingInspected(DomainError):
    code = "not_being_inspected"
    sentence = _("%(document)s is %(state)s: results are entered while it is inspected.")


class UnknownCharacteristic(DomainError):
    code = "unknown_characteristic"
    sentence = _("A result belongs to another inspection. Open the page anew.")
    status = 422


class UnknownFinding(DomainError):
    code = "unknown_finding"
    sentence = _("“%(scanned)s” is neither a measured value nor the code of a defect.")
    status = 422


class NothingToUndo(DomainError):
    code = "nothing_to_undo"
    sentence = _("%(document)s has no such result to take back.")


class NoOpenInspection(DomainError):
    code = "no_open_inspection"
    sentence = _("There is no open inspection of “%(scanned)s”. Scan the inspection, the receipt, the lot or the item.")
    status = 422


class TooManyDefects(DomainError):
    code = "too_many_defects"
    sentence = _("%(defective)s defective of a sample of %(sample)s: there cannot be more than were inspected.")
    status = 422


class CertificateMissing(DomainError):
    code = "certificate_missing"
    sentence = _("The plan asks for a certificate: attach it to %(document)s first.")


class DispositionIncomplete(DomainError):
    code = "disposition_incomplete"
    sentence = _("%(decided)s of %(quantity)s are decided: say what becomes of the whole quantity.")
    status = 422


class GoodsHaveLeft(DomainError):
    code = "goods_have_left"
    sentence = _(
        "Of %(quantity)s only %(there)s in %(location)s are left to this inspection: the rest has left, or an older "
        "open inspection decides on it. Decide on what is there."
    )
    status = 422


class NeedsConcession(DomainError):
    code = "needs_concession"
    sentence = _("%(document)s is nonconforming: goods of it are accepted with a concession, or sorted out first.")


class NotFromSupplier(DomainError):
    code = "not_from_supplier"
    sentence = _("These goods did not come with a goods receipt: they cannot go back to a supplier.")


class NothingToWithdraw(DomainError):
    code = "nothing_to_withdraw"
    sentence = _("%(document)s has no goods in stock: nothing can be scrapped or moved.")


class StepIncomplete(DomainError):
    code = "step_incomplete"
    sentence = _("%(document)s: fill in “%(field)s” before it moves on.")
    status = 422
