"""States and kinds of invoices, payments, bills, bank and tax."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.documents import Transitions


class Side(models.TextChoices):
    """Which sub-ledger a document belongs to; a partner may be on both sides."""

    CUSTOMER = "customer", _("Customer")
    SUPPLIER = "supplier", _("Supplier")


class InvoiceState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    POSTED = "posted", _("Posted")
    CANCELLED = "cancelled", _("Cancelled")
    REVERSED = "reversed", _("Reversed")


INVOICE_TRANSITIONS: Transitions = {
    InvoiceState.DRAFT: frozenset({InvoiceState.POSTED, InvoiceState.CANCELLED}),
    InvoiceState.POSTED: frozenset({InvoiceState.REVERSED}),
}
"""Only an opening item is reversed; an invoice is corrected by a credit note."""

GONE_INVOICES = (InvoiceState.CANCELLED, InvoiceState.REVERSED)
"""Their numbers may be entered again."""


class MatchState(models.TextChoices):
    """Whether a posted supplier invoice agrees with order and receipt."""

    NONE = "", _("Not checked")
    MATCHED = "matched", _("Agrees")
    BLOCKED = "blocked", _("Blocked for payment")
    RELEASED = "released", pgettext_lazy("supplier invoice", "Released")


class DifferenceKind(models.TextChoices):
    QUANTITY = "quantity", _("Quantity above what was received")
    PRICE = "price", _("Price above the order")
    TOTAL = "total", _("Total above the order")


class Direction(models.TextChoices):
    IN = "in", _("Money in")
    OUT = "out", _("Money out")


class StatementState(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


STATEMENT_TRANSITIONS: Transitions = {StatementState.OPEN: frozenset({StatementState.CLOSED})}


class MovementState(models.TextChoices):
    OPEN = "open", _("Open")
    MATCHED = "matched", _("Explained")


class DunningState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Sent")
    CANCELLED = "cancelled", _("Cancelled")


DUNNING_TRANSITIONS: Transitions = {
    DunningState.DRAFT: frozenset({DunningState.SENT, DunningState.CANCELLED}),
}


class RevaluationState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    POSTED = "posted", _("Posted")
    REVERSED = "reversed", _("Undone")
    CANCELLED = "cancelled", _("Cancelled")


REVALUATION_TRANSITIONS: Transitions = {
    RevaluationState.DRAFT: frozenset({RevaluationState.POSTED, RevaluationState.CANCELLED}),
    RevaluationState.POSTED: frozenset({RevaluationState.REVERSED}),
}


class TaxInvoiceKind(models.TextChoices):
    SPECIAL = "special", _("Special VAT invoice")
    ORDINARY = "ordinary", _("Ordinary VAT invoice")


class TaxInvoiceStatus(models.TextChoices):
    PREPARED = "prepared", _("Prepared")
    EXPORTED = "exported", _("Exported")
    ISSUED = "issued", pgettext_lazy("electronic invoice", "Issued")
    REFUSED = "refused", _("Refused")


class BillSide(models.TextChoices):
    RECEIVED = "received", _("Bill receivable")
    ISSUED = "issued", _("Bill payable")


class BillKind(models.TextChoices):
    BANK = "bank_acceptance", _("Bank acceptance bill")
    COMMERCIAL = "commercial", _("Commercial acceptance bill")
    CHEQUE = "cheque", _("Cheque")


class BillState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    HELD = "held", _("Outstanding")
    ENDORSED = "endorsed", _("Endorsed")
    DISCOUNTED = "discounted", _("Discounted")
    SETTLED = "settled", _("Paid at maturity")
    SPLIT = "split", _("Split up")
    DISHONOURED = "dishonoured", _("Dishonoured")
    CANCELLED = "cancelled", _("Cancelled")


BILL_TRANSITIONS: Transitions = {
    BillState.DRAFT: frozenset({BillState.HELD, BillState.CANCELLED}),
    BillState.HELD: frozenset(
        {
            BillState.ENDORSED,
            BillState.DISCOUNTED,
            BillState.SETTLED,
            BillState.SPLIT,
            BillState.DISHONOURED,
            BillState.CANCELLED,
        }
    ),
    BillState.ENDORSED: frozenset({BillState.DISHONOURED, BillState.CANCELLED}),
    BillState.DISCOUNTED: frozenset({BillState.DISHONOURED, BillState.CANCELLED}),
}
"""Only a bill that is older than the books is cancelled after it was registered: its opening is taken back."""

OPENING_BILLS = (BillState.HELD, BillState.ENDORSED, BillState.DISCOUNTED)
"""What a bill may be when the books begin."""


class WriteOffKind(models.TextChoices):
    BAD_DEBT = "bad_debt", _("Bad debt")
    GRNI = "grni", _("Receipts without invoice")


class WriteOffState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    POSTED = "posted", _("Posted")
    REVERSED = "reversed", _("Undone")
    CANCELLED = "cancelled", _("Cancelled")


WRITE_OFF_TRANSITIONS: Transitions = {
    WriteOffState.DRAFT: frozenset({WriteOffState.POSTED, WriteOffState.CANCELLED}),
    WriteOffState.POSTED: frozenset({WriteOffState.REVERSED}),
}


class ProvisionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    POSTED = "posted", _("Posted")
    CANCELLED = "cancelled", _("Cancelled")


PROVISION_TRANSITIONS: Transitions = {
    ProvisionState.DRAFT: frozenset({ProvisionState.POSTED, ProvisionState.CANCELLED}),
}


class AgeBucket(models.TextChoices):
    """Days after the due date."""

    NOT_DUE = "not_due", _("Not due")
    D30 = "d30", _("1–30 days")
    D60 = "d60", _("31–60 days")
    D90 = "d90", _("61–90 days")
    OLDER = "older", _("Over 90 days")


class AllocationKind(models.TextChoices):
    """How an invoice was settled: by the money (or credit note) itself, by cash discount, or by a small write-off."""

    SETTLED = "settled", _("Settled")
    DISCOUNT = "discount", _("Cash discount")
    DIFFERENCE = "difference", pgettext_lazy("allocation", "Written off")


class PaymentState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    POSTED = "posted", _("Posted")
    REVERSED = "reversed", _("Reversed")
    CANCELLED = "cancelled", _("Cancelled")


PAYMENT_TRANSITIONS: Transitions = {
    PaymentState.DRAFT: frozenset({PaymentState.POSTED, PaymentState.CANCELLED}),
    PaymentState.POSTED: frozenset({PaymentState.REVERSED}),
}
