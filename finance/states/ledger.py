"""Kinds of accounts, entries, journals and periods."""

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
    BANK = "bank", pgettext_lazy("account", "Bank")
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
    SUBCONTRACT = "subcontract", _("Subcontracted processing")
    LABOUR_ABSORBED = "labour_absorbed", _("Labour absorbed by production")
    MACHINE_ABSORBED = "machine_absorbed", _("Machine cost absorbed by production")
    OVERHEAD_ABSORBED = "overhead_absorbed", _("Overhead absorbed by production")
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
    ABSORBED = "absorbed", _("Machine cost and overhead")
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


TYPED_JOURNALS = frozenset({Journal.GENERAL, Journal.SALES, Journal.PURCHASE, Journal.BANK})
"""Kinds of journals that typed entries may be written in; the others are the program's alone."""


JOURNAL_OF_EVENT: dict[str, Journal] = {
    EntryEvent.STOCK: Journal.STOCK,
    EntryEvent.LABOUR: Journal.PRODUCTION,
    EntryEvent.ABSORBED: Journal.PRODUCTION,
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
        AccountRole.LANDED_COST,
        AccountRole.ADVANCE_PAID,
        AccountRole.EARLY_INVOICED,
        AccountRole.NOT_RECEIVED,
        AccountRole.BILLS_RECEIVABLE,
        AccountRole.BILLS_PAYABLE,
        AccountRole.PROVISION,
        AccountRole.STOCK,
        AccountRole.DISPATCHED,
        AccountRole.WIP,
        AccountRole.SUBCONTRACT,
    }
)
"""Roles whose accounts are the totals of sub-ledgers, or only passed through by postings: control accounts."""


class PeriodState(models.TextChoices):
    OPEN = "open", pgettext_lazy("fiscal period", "Open")
    HELD = "held", pgettext_lazy("fiscal period", "Held")
    CLOSED = "closed", pgettext_lazy("fiscal period", "Closed")


PERIOD_TRANSITIONS: Transitions = {
    PeriodState.OPEN: frozenset({PeriodState.HELD, PeriodState.CLOSED}),
    PeriodState.HELD: frozenset({PeriodState.OPEN, PeriodState.CLOSED}),
    PeriodState.CLOSED: frozenset({PeriodState.OPEN}),
}
