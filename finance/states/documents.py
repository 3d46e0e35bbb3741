"""States and kinds of vouchers, typed entries, budgets and the cash plan."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.documents import Transitions

CLOSING_EVENTS = frozenset({"carry_over", "year_end"})
"""Events of entries that only move the profit into equity (结转损益): no revenue or cost of their days."""


class VoucherSeries(models.TextChoices):
    """The word before a voucher's number (凭证字)."""

    GENERAL = "general", pgettext_lazy("voucher series", "GV")
    RECEIPT = "receipt", pgettext_lazy("voucher series", "RV")
    PAYMENT = "payment", pgettext_lazy("voucher series", "PV")
    TRANSFER = "transfer", pgettext_lazy("voucher series", "TV")


class VoucherNaming(models.TextChoices):
    SINGLE = "single", _("One series for all")
    THREE = "three", _("Receipts, payments and transfers apart")


class VoucherGrouping(models.TextChoices):
    """Which entries share a voucher; entries of different series never do."""

    DOCUMENT = "document", _("Each document and day")
    JOURNAL = "journal", _("Each journal and day")
    DAY = "day", _("Each day")


class VoucherState(models.TextChoices):
    PREPARED = "prepared", pgettext_lazy("voucher", "Prepared")
    REVIEWED = "reviewed", pgettext_lazy("voucher", "Reviewed")
    POSTED = "posted", pgettext_lazy("voucher", "Posted")


VOUCHER_TRANSITIONS: Transitions = {
    VoucherState.PREPARED: frozenset({VoucherState.REVIEWED}),
    VoucherState.REVIEWED: frozenset({VoucherState.PREPARED, VoucherState.POSTED}),
}


class ManualEntryKind(models.TextChoices):
    GENERAL = "general", _("Typed entry")
    OPENING = "opening", _("Opening balances")


class ManualEntryState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    POSTED = "posted", _("Posted")
    REVERSED = "reversed", _("Reversed")
    CANCELLED = "cancelled", _("Cancelled")


MANUAL_ENTRY_TRANSITIONS: Transitions = {
    ManualEntryState.DRAFT: frozenset({ManualEntryState.POSTED, ManualEntryState.CANCELLED}),
    ManualEntryState.POSTED: frozenset({ManualEntryState.REVERSED}),
}


class Schedule(models.TextChoices):
    NONE = "none", _("By hand only")
    MONTHLY = "monthly", _("Every month")
    QUARTERLY = "quarterly", _("Every quarter")
    YEARLY = "yearly", _("Every year")


class AmountRule(models.TextChoices):
    """How the amount of a template's line is found (自动转账)."""

    FIXED = "fixed", _("The amount typed here")
    BALANCE = "balance", _("A share of what stands on an account")
    MOVEMENT = "movement", _("A share of what moved over an account in the period")
    REST = "rest", _("What is left to balance the entry")


class BudgetState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ACTIVE = "active", pgettext_lazy("budget", "In force")
    REPLACED = "replaced", pgettext_lazy("budget", "Replaced")


BUDGET_TRANSITIONS: Transitions = {
    BudgetState.DRAFT: frozenset({BudgetState.ACTIVE}),
    BudgetState.ACTIVE: frozenset({BudgetState.REPLACED}),
}


class CommitmentStage(models.TextChoices):
    """How far the money is on its way to the books."""

    REQUISITION = "requisition", _("Requisition")
    ORDER = "order", _("Purchase order")
    RECEIPT = "receipt", _("Received, not invoiced")


class AlertLevel(models.TextChoices):
    WARNING = "warning", pgettext_lazy("budget", "Warning level")
    STOP = "stop", pgettext_lazy("budget", "Over the stop level")


class CashStep(models.TextChoices):
    """How often recurring money comes or goes."""

    WEEK = "week", _("Week")
    MONTH = "month", pgettext_lazy("period", "Month")
    QUARTER = "quarter", pgettext_lazy("period", "Quarter")
    YEAR = "year", _("Year")
