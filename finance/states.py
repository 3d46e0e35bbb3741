"""States, kinds and account roles of the app, and the transition tables."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.documents import Transitions


class AccountKind(models.TextChoices):
    ASSET = "asset", _("Asset")
    LIABILITY = "liability", _("Liability")
    EQUITY = "equity", _("Equity")
    COST = "cost", _("Cost")
    REVENUE = "revenue", _("Revenue")
    EXPENSE = "expense", _("Expense")


DEBIT_KINDS = frozenset({AccountKind.ASSET, AccountKind.COST, AccountKind.EXPENSE})
"""Kinds whose balance stands on the debit side as a rule."""

PROFIT_AND_LOSS_KINDS = frozenset({AccountKind.REVENUE, AccountKind.EXPENSE})


class BalanceSide(models.TextChoices):
    """On which side the balance of an account stands (余额方向)."""

    DEBIT = "debit", _("Debit")
    CREDIT = "credit", _("Credit")


class Dimension(models.TextChoices):
    """What the lines of an account are told apart by (辅助核算)."""

    PARTNER = "partner", _("Partner")
    DEPARTMENT = "department", _("Department")
    PROJECT = "project", _("Project")
    ITEM_GROUP = "item_group", _("Item group")
    ORDER = "order", _("Order")


class AccountRole(models.TextChoices):
    """What an account is used for by automatic entries; the mapping says which account plays the role."""

    CASH = "cash", _("Cash")
    BANK = "bank", _("Bank")
    RECEIVABLE = "receivable", _("Receivables")
    UNBILLED = "unbilled", _("Unbilled receivables")
    ADVANCE_RECEIVED = "advance_received", _("Advances from customers")
    PAYABLE = "payable", _("Payables")
    GRNI = "grni", _("Goods received, not invoiced")
    LANDED_COST = "landed_cost", _("Freight and charges accrued")
    ADVANCE_PAID = "advance_paid", _("Advances to suppliers")
    EARLY_INVOICED = "early_invoiced", _("Invoiced before delivery")
    NOT_RECEIVED = "not_received", _("Invoiced, not received")
    BILLS_RECEIVABLE = "bills_receivable", _("Bills receivable")
    BILLS_PAYABLE = "bills_payable", _("Bills payable")
    PROVISION = "provision", _("Provision for bad debts")
    OUTPUT_TAX = "output_tax", _("Output tax")
    INPUT_TAX = "input_tax", _("Input tax")
    STOCK = "stock", _("Stock")
    DISPATCHED = "dispatched", _("Goods dispatched")
    WIP = "wip", _("Work in progress")
    LABOUR_ABSORBED = "labour_absorbed", _("Labour absorbed by production")
    REVENUE = "revenue", _("Revenue")
    COST_OF_SALES = "cost_of_sales", _("Cost of sales")
    PRODUCTION_VARIANCE = "production_variance", _("Production variance")
    PRICE_DIFFERENCE = "price_difference", _("Purchase price difference")
    STOCK_ADJUSTMENT = "stock_adjustment", _("Stock valuation difference")
    PURCHASE_EXPENSE = "purchase_expense", _("Services and other purchases")
    TRANSIT_LOSS = "transit_loss", _("Goods lost or damaged on the way")
    COUNT_GAIN = "count_gain", _("Count surplus")
    COUNT_LOSS = "count_loss", _("Count shortage")
    MISC_GAIN = "misc_gain", _("Miscellaneous receipts")
    MISC_LOSS = "misc_loss", _("Miscellaneous issues")
    SCRAP_LOSS = "scrap_loss", _("Scrapped goods")
    OPENING = "opening", _("Opening balances")
    EXCHANGE = "exchange", _("Exchange gain and loss")
    UNREALISED_EXCHANGE = "unrealised_exchange", _("Exchange gain and loss not realised")
    CASH_DISCOUNT = "cash_discount", _("Cash discount")
    BILL_INTEREST = "bill_interest", _("Interest on discounted bills")
    SMALL_DIFFERENCE = "small_difference", _("Small differences written off")
    BAD_DEBT = "bad_debt", _("Bad debts")
    GRNI_CLEARED = "grni_cleared", _("Receipts never invoiced, written off")
    ROUNDING = "rounding", _("Rounding")
    CURRENT_PROFIT = "current_profit", _("Profit of the year")
    RETAINED = "retained", _("Retained earnings")


class EntryEvent(models.TextChoices):
    """What happened to the source document that an entry books."""

    STOCK = "stock", _("Stock movement")
    SHIPPED = "shipped", _("Shipment")
    SIGNED = "signed", _("Sign-off")
    REVERSED = "reversed", _("Reversal")
    RETURNED = "returned", _("Return")
    RECEIVED = "received", _("Goods receipt")
    LABOUR = "labour", _("Labour")
    CLOSED = "closed", pgettext_lazy("fiscal period", "Close")
    INVOICE = "invoice", _("Invoice")
    PAYMENT = "payment", _("Payment")
    ALLOCATION = "allocation", _("Allocation")
    MATCHED = "matched", _("Goods for an early invoice")
    WRITTEN_OFF = "written_off", _("Write-off")
    DISCOUNTED = "discounted", _("Discount of a bill")
    SETTLED = "settled", _("Bill paid at maturity")
    BANK = "bank", _("Bank movement")
    REVALUED = "revalued", _("Currency revaluation")
    PROVISION = "provision", _("Provision for bad debts")
    MANUAL = "manual", _("Typed entry")
    OPENING = "opening", _("Opening balances")
    CARRY_OVER = "carry_over", _("Carry-over of profit and loss")
    YEAR_END = "year_end", _("Year end")


class Journal(models.TextChoices):
    """The book an entry is written in (日记账)."""

    GENERAL = "general", _("General journal")
    STOCK = "stock", _("Stock journal")
    PRODUCTION = "production", _("Production journal")
    SALES = "sales", _("Sales journal")
    PURCHASE = "purchase", _("Purchase journal")
    BANK = "bank", _("Bank and cash journal")
    OPENING = "opening", _("Opening balances")
    CLOSING = "closing", _("Closing entries")


JOURNAL_OF_EVENT: dict[str, Journal] = {
    EntryEvent.STOCK: Journal.STOCK,
    EntryEvent.LABOUR: Journal.PRODUCTION,
    EntryEvent.CLOSED: Journal.PRODUCTION,
    EntryEvent.PAYMENT: Journal.BANK,
    EntryEvent.DISCOUNTED: Journal.BANK,
    EntryEvent.SETTLED: Journal.BANK,
    EntryEvent.BANK: Journal.BANK,
    EntryEvent.PROVISION: Journal.GENERAL,
    EntryEvent.REVALUED: Journal.GENERAL,
    EntryEvent.MANUAL: Journal.GENERAL,
    EntryEvent.OPENING: Journal.OPENING,
    EntryEvent.CARRY_OVER: Journal.CLOSING,
    EntryEvent.YEAR_END: Journal.CLOSING,
}
"""Events that are always written in one journal; the others go to sales or purchases by their document."""


class PeriodModule(models.TextChoices):
    """Parts of the books that are closed one after the other, in this order."""

    STOCK = "stock", _("Stock")
    PRODUCTION = "production", _("Production")
    RECEIVABLES = "receivables", _("Receivables and payables")
    LEDGER = "ledger", _("General ledger")


CLOSING_ORDER: tuple[PeriodModule, ...] = tuple(PeriodModule)

MODULE_OF_JOURNAL: dict[str, PeriodModule] = {
    Journal.STOCK: PeriodModule.STOCK,
    Journal.PRODUCTION: PeriodModule.PRODUCTION,
    Journal.SALES: PeriodModule.RECEIVABLES,
    Journal.PURCHASE: PeriodModule.RECEIVABLES,
    Journal.BANK: PeriodModule.RECEIVABLES,
}
"""Which part of the books an entry belongs to; the rest is the general ledger's own."""

MODULE_NAMES: dict[str, PeriodModule] = {
    **{str(module): module for module in PeriodModule},
    "sales": PeriodModule.RECEIVABLES,
    "purchase": PeriodModule.RECEIVABLES,
}
"""Names that apps above may ask ``posting_date`` with."""


SUBLEDGER_ROLES = frozenset(
    {
        AccountRole.RECEIVABLE,
        AccountRole.UNBILLED,
        AccountRole.ADVANCE_RECEIVED,
        AccountRole.PAYABLE,
        AccountRole.GRNI,
        AccountRole.ADVANCE_PAID,
        AccountRole.EARLY_INVOICED,
        AccountRole.NOT_RECEIVED,
        AccountRole.BILLS_RECEIVABLE,
        AccountRole.BILLS_PAYABLE,
        AccountRole.PROVISION,
        AccountRole.STOCK,
        AccountRole.DISPATCHED,
        AccountRole.WIP,
    }
)
"""Roles whose accounts are the totals of sub-ledgers: control accounts."""


class PeriodState(models.TextChoices):
    OPEN = "open", pgettext_lazy("fiscal period", "Open")
    HELD = "held", pgettext_lazy("fiscal period", "Held")
    CLOSED = "closed", pgettext_lazy("fiscal period", "Closed")


PERIOD_TRANSITIONS: Transitions = {
    PeriodState.OPEN: frozenset({PeriodState.HELD, PeriodState.CLOSED}),
    PeriodState.HELD: frozenset({PeriodState.OPEN, PeriodState.CLOSED}),
    PeriodState.CLOSED: frozenset({PeriodState.OPEN}),
}


class Side(models.TextChoices):
    """Which sub-ledger a document belongs to; a partner may be on both sides."""

    CUSTOMER = "customer", _("Customer")
    SUPPLIER = "supplier", _("Supplier")


class InvoiceState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    POSTED = "posted", _("Posted")
    CANCELLED = "cancelled", _("Cancelled")


INVOICE_TRANSITIONS: Transitions = {
    InvoiceState.DRAFT: frozenset({InvoiceState.POSTED, InvoiceState.CANCELLED}),
}


class MatchState(models.TextChoices):
    """Whether a posted supplier invoice agrees with order and receipt."""

    NONE = "", _("Not checked")
    MATCHED = "matched", _("Agrees")
    BLOCKED = "blocked", _("Blocked for payment")
    RELEASED = "released", _("Released")


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
    ISSUED = "issued", _("Issued")
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
    DISHONOURED = "dishonoured", _("Dishonoured")
    CANCELLED = "cancelled", _("Cancelled")


BILL_TRANSITIONS: Transitions = {
    BillState.DRAFT: frozenset({BillState.HELD, BillState.CANCELLED}),
    BillState.HELD: frozenset({BillState.ENDORSED, BillState.DISCOUNTED, BillState.SETTLED, BillState.DISHONOURED}),
    BillState.ENDORSED: frozenset({BillState.DISHONOURED}),
    BillState.DISCOUNTED: frozenset({BillState.DISHONOURED}),
}


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
    DIFFERENCE = "difference", _("Written off")


class PaymentState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    POSTED = "posted", _("Posted")
    REVERSED = "reversed", _("Reversed")
    CANCELLED = "cancelled", _("Cancelled")


PAYMENT_TRANSITIONS: Transitions = {
    PaymentState.DRAFT: frozenset({PaymentState.POSTED, PaymentState.CANCELLED}),
    PaymentState.POSTED: frozenset({PaymentState.REVERSED}),
}


class StatementKind(models.TextChoices):
    BALANCE_SHEET = "balance_sheet", _("Balance sheet")
    PROFIT_LOSS = "profit_loss", _("Profit and loss")
    CASH_FLOW = "cash_flow", _("Cash flow statement")


class StatementStandard(models.TextChoices):
    """Where a layout comes from; a company's own ones are never overwritten."""

    CN_SMALL = "cn", _("China: small enterprises")
    IFRS = "ifrs", _("IFRS style")
    OWN = "own", _("Own layout")


class RowKind(models.TextChoices):
    HEADING = "heading", _("Heading")
    ACCOUNTS = "accounts", _("Accounts")
    FORMULA = "formula", _("Sum of rows")
    OPENING = "opening", _("Opening cash")


class RowSide(models.TextChoices):
    DEBIT = "debit", _("Debit")
    CREDIT = "credit", _("Credit")
    IN = "in", _("Money in")
    OUT = "out", _("Money out")


class CashDirection(models.TextChoices):
    IN = "in", _("Money in only")
    OUT = "out", _("Money out only")


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
    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter")
    YEAR = "year", _("Year")
