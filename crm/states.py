"""States of the sales documents, the edges between them, and the choices their columns share."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.documents import Transitions


class LeadState(models.TextChoices):
    NEW = "new", _("New")
    QUALIFIED = "qualified", _("Qualified")
    LOST = "lost", _("Lost")


class OpportunityState(models.TextChoices):
    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


class QuotationState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    LOST = "lost", _("Lost")
    CANCELLED = "cancelled", _("Cancelled")


class SalesOrderState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    CONFIRMED = "confirmed", _("Confirmed")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


class DeliveryRequestState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RELEASED = "released", _("Released")
    SHIPPED = "shipped", _("Shipped")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


class ReturnRequestState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved")
    RECEIVED = "received", _("Received")
    CANCELLED = "cancelled", _("Cancelled")


LEAD_TRANSITIONS: Transitions = {
    LeadState.NEW: frozenset({LeadState.QUALIFIED, LeadState.LOST}),
}
OPPORTUNITY_TRANSITIONS: Transitions = {
    OpportunityState.OPEN: frozenset({OpportunityState.WON, OpportunityState.LOST}),
}
QUOTATION_TRANSITIONS: Transitions = {
    QuotationState.DRAFT: frozenset({QuotationState.SENT, QuotationState.ACCEPTED, QuotationState.CANCELLED}),
    QuotationState.SENT: frozenset({QuotationState.ACCEPTED, QuotationState.LOST, QuotationState.CANCELLED}),
}
SALES_ORDER_TRANSITIONS: Transitions = {
    SalesOrderState.DRAFT: frozenset({SalesOrderState.CONFIRMED, SalesOrderState.CANCELLED}),
    SalesOrderState.CONFIRMED: frozenset({SalesOrderState.CLOSED, SalesOrderState.CANCELLED}),
    SalesOrderState.CLOSED: frozenset({SalesOrderState.CONFIRMED}),  # only when a delivery or invoice is reversed
}
DELIVERY_REQUEST_TRANSITIONS: Transitions = {
    DeliveryRequestState.DRAFT: frozenset({DeliveryRequestState.RELEASED, DeliveryRequestState.CANCELLED}),
    DeliveryRequestState.RELEASED: frozenset(
        {DeliveryRequestState.SHIPPED, DeliveryRequestState.CLOSED, DeliveryRequestState.CANCELLED}
    ),
    DeliveryRequestState.SHIPPED: frozenset({DeliveryRequestState.CLOSED, DeliveryRequestState.RELEASED}),
    DeliveryRequestState.CLOSED: frozenset({DeliveryRequestState.RELEASED}),  # only when a shipment is reversed
}
RETURN_REQUEST_TRANSITIONS: Transitions = {
    ReturnRequestState.DRAFT: frozenset({ReturnRequestState.APPROVED, ReturnRequestState.CANCELLED}),
    ReturnRequestState.APPROVED: frozenset({ReturnRequestState.RECEIVED, ReturnRequestState.CANCELLED}),
    ReturnRequestState.RECEIVED: frozenset({ReturnRequestState.APPROVED}),  # only when a receipt is reversed
}


class LeadSource(models.TextChoices):
    """Where a customer's interest came from; it travels from the lead to the invoice."""

    WEBSITE = "website", _("Website")
    REFERRAL = "referral", _("Referral")
    EXHIBITION = "exhibition", _("Exhibition")
    PHONE = "phone", _("Phone call")
    MAIL = "mail", _("Mail")
    SOCIAL = "social", _("Social media")
    MARKETPLACE = "marketplace", _("Marketplace")
    PARTNER = "partner", _("Sales partner")
    EXISTING = "existing", _("Existing customer")
    OTHER = "other", _("Other")


class LostReason(models.TextChoices):
    PRICE = "price", _("Price")
    DELIVERY = "delivery", _("Delivery time")
    PRODUCT = "product", _("Product does not fit")
    COMPETITOR = "competitor", _("Bought elsewhere")
    BUDGET = "budget", _("No budget")
    NO_ANSWER = "no_answer", _("No answer")
    DUPLICATE = "duplicate", _("Duplicate")
    OTHER = "other", _("Other")


class PaymentBasis(models.TextChoices):
    """The event from which an instalment's days count (same codes as the lines of a payment term)."""

    ORDER = "order", _("Order")
    SHIPMENT = "shipment", _("Shipment")
    INVOICE = "invoice", _("Invoice")


class Fulfilment(models.TextChoices):
    """How far the goods of a confirmed order have come; derived, never stored."""

    WAITING = "waiting", _("To be shipped")
    PARTIAL = "partial", _("Partly shipped")
    SHIPPED = "shipped", _("Shipped")
    SIGNED = "signed", _("Signed for")
