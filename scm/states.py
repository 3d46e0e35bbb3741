"""States of the purchasing documents and the ways between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.documents import Transitions


class RequisitionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


REQUISITION_TRANSITIONS: Transitions = {
    RequisitionState.DRAFT: frozenset(
        {RequisitionState.SUBMITTED, RequisitionState.APPROVED, RequisitionState.CANCELLED}
    ),
    RequisitionState.SUBMITTED: frozenset(
        {RequisitionState.APPROVED, RequisitionState.REJECTED, RequisitionState.DRAFT, RequisitionState.CANCELLED}
    ),
    RequisitionState.REJECTED: frozenset({RequisitionState.DRAFT, RequisitionState.CANCELLED}),
    RequisitionState.APPROVED: frozenset({RequisitionState.CLOSED, RequisitionState.CANCELLED}),
    RequisitionState.CLOSED: frozenset({RequisitionState.APPROVED}),
}
"""Draft to approved at once: written by the plan. Closed to approved: a purchase that had filled it was undone."""


class RequisitionOrigin(models.TextChoices):
    PLAN = "plan", _("Plan")
    TYPED = "typed", _("Typed")


class RequisitionProgress(models.TextChoices):
    """How far one line is; derived, shown to whoever asked for it."""

    REQUESTED = "requested", _("Requested")
    PARTLY_ORDERED = "partly_ordered", _("Partly ordered")
    ORDERED = "ordered", _("Ordered")
    PARTLY_RECEIVED = "partly_received", _("Partly received")
    RECEIVED = "received", _("Received")
    CLOSED = "closed", _("Not bought")


class PurchaseOrderState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


PURCHASE_ORDER_TRANSITIONS: Transitions = {
    PurchaseOrderState.DRAFT: frozenset({PurchaseOrderState.APPROVED, PurchaseOrderState.CANCELLED}),
    PurchaseOrderState.APPROVED: frozenset(
        {PurchaseOrderState.CLOSED, PurchaseOrderState.CANCELLED, PurchaseOrderState.DRAFT}
    ),
    PurchaseOrderState.CLOSED: frozenset({PurchaseOrderState.APPROVED}),
}
"""Approved to draft: reopened to be approved anew, while nothing is received.
Closed to approved: a receipt was reversed or goods went back to be replaced, so something is expected again."""


class GoodsReceiptState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    POSTED = "posted", _("Posted")
    REVERSED = "reversed", _("Reversed")
    CANCELLED = "cancelled", _("Cancelled")


class SupplierReturnState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    POSTED = "posted", _("Posted")
    REVERSED = "reversed", _("Reversed")
    CANCELLED = "cancelled", _("Cancelled")


class Settlement(models.TextChoices):
    REPLACE = "replace", _("Supplier delivers again")
    CREDIT = "credit", _("Supplier credits the goods")


class LandedCostState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    POSTED = "posted", _("Posted")
    REVERSED = "reversed", _("Reversed")
    CANCELLED = "cancelled", _("Cancelled")


class ChargeKind(models.TextChoices):
    FREIGHT = "freight", _("Freight")
    DUTY = "duty", _("Customs duty")
    INSURANCE = "insurance", _("Insurance")
    HANDLING = "handling", _("Handling and storage")
    OTHER = "other", _("Other charge")


class SpreadBasis(models.TextChoices):
    """By what a charge is spread over the received goods."""

    VALUE = "value", _("By value")
    QUANTITY = "quantity", _("By quantity")
    WEIGHT = "weight", _("By weight")
    VOLUME = "volume", _("By volume")


class SubcontractState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RELEASED = "released", pgettext_lazy("subcontract order", "Released")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


SUBCONTRACT_TRANSITIONS: Transitions = {
    SubcontractState.DRAFT: frozenset({SubcontractState.RELEASED, SubcontractState.CANCELLED}),
    SubcontractState.RELEASED: frozenset({SubcontractState.CLOSED, SubcontractState.CANCELLED}),
    SubcontractState.CLOSED: frozenset({SubcontractState.RELEASED}),
}
"""They follow the order of the fee: approved, closed (received and invoiced, or short), expecting again, cancelled."""


class MaterialSource(models.TextChoices):
    """Who provides a material of a subcontract order."""

    SENT = "sent", _("We send it")
    SUPPLIER = "supplier", _("Supplier's own, part of the fee")


class ChargeBackReason(models.TextChoices):
    """Why a subcontractor pays for material."""

    OVER_USE = "over_use", _("Used beyond the allowance")
    REJECTED = "rejected", _("Went into rejected pieces")


POSTING_TRANSITIONS: Transitions = {
    "draft": frozenset({"posted", "cancelled"}),
    "posted": frozenset({"reversed"}),
}
"""Of goods receipts, supplier returns and landed costs: what is posted is corrected by its reversal only."""
