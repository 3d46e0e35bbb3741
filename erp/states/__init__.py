"""States and kinds of the app's documents and rows: first the stock half, then the make half."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.documents import Transitions
from erp.states.kitting import KitMode as KitMode
from erp.states.kitting import KitPolicy as KitPolicy
from erp.states.kitting import KitStatus as KitStatus
from erp.states.kitting import PromiseRule as PromiseRule
from erp.states.quality import (
    CORRECTIVE_ACTION_TRANSITIONS,
    INSPECTION_PLAN_TRANSITIONS,
    INSPECTION_TRANSITIONS,
    CharacteristicKind,
    CorrectiveActionState,
    DefectSeverity,
    Disposition,
    InspectionKind,
    InspectionLevel,
    InspectionPlanState,
    InspectionState,
    SamplingMethod,
    TrackingKind,
    Verdict,
)

# --- stock -----------------------------------------------------------------------------------------------------------


class MoveKind(models.TextChoices):
    """Why goods moved; a reversal keeps the kind of what it reverses, its legs swapped."""

    RECEIPT = "receipt", _("Purchase receipt")
    SUPPLIER_RETURN = "supplier_return", _("Return to supplier")
    SHIPMENT = "shipment", _("Shipment")
    CUSTOMER_RETURN = "customer_return", _("Return from customer")
    ISSUE = "issue", _("Issue to production")
    ISSUE_RETURN = "issue_return", _("Return from production")
    PRODUCTION = "production", _("Production receipt")
    MISC_RECEIPT = "misc_receipt", _("Miscellaneous receipt")
    MISC_ISSUE = "misc_issue", _("Miscellaneous issue")
    TRANSFER = "transfer", _("Transfer")
    COUNT = "count", _("Count difference")
    SCRAP = "scrap", _("Scrap")
    OPENING = "opening", _("Opening stock")
    OWNER_RECEIPT = "owner_receipt", _("Goods of others received")
    OWNER_RETURN = "owner_return", _("Goods of others returned")
    SUBCONTRACT_USE = "subcontract_use", _("Consumed by subcontractor")
    SUBCONTRACT = "subcontract", _("Subcontract receipt")


class EntryKind(models.TextChoices):
    """What a value entry is for: the kind of its move, or a change of value without goods."""

    RECEIPT = "receipt", _("Purchase receipt")
    SUPPLIER_RETURN = "supplier_return", _("Return to supplier")
    SHIPMENT = "shipment", _("Shipment")
    CUSTOMER_RETURN = "customer_return", _("Return from customer")
    ISSUE = "issue", _("Issue to production")
    ISSUE_RETURN = "issue_return", _("Return from production")
    PRODUCTION = "production", _("Production receipt")
    MISC_RECEIPT = "misc_receipt", _("Miscellaneous receipt")
    MISC_ISSUE = "misc_issue", _("Miscellaneous issue")
    COUNT = "count", _("Count difference")
    SCRAP = "scrap", _("Scrap")
    OPENING = "opening", _("Opening stock")
    SUBCONTRACT_USE = "subcontract_use", _("Consumed by subcontractor")
    SUBCONTRACT = "subcontract", _("Subcontract receipt")
    ADJUSTMENT = "adjustment", _("Value adjustment")
    VARIANCE = "variance", _("Difference to the standard cost")
    LATE_COST = "late_cost", _("Late cost")
    PRICE_CORRECTION = "price_correction", _("Price correction")
    REVALUATION = "revaluation", _("Revaluation")
    SETTLEMENT = "settlement", _("Order settled at actual cost")
    BACKDATING = "backdating", _("Correction by a backdated posting")
    MONTH_AVERAGE = "month_average", _("Month-end average")


SIDE_KINDS = frozenset({EntryKind.VARIANCE, EntryKind.ADJUSTMENT})
"""Kinds that are no part of what goods cost where they went: what the method or a rounding leaves over."""


class ValueCounter(models.TextChoices):
    """Where the other side of a value entry goes when the kind of its move does not say it: a role of an account."""

    GRNI = "grni", _("Goods received, not invoiced")
    LANDED_COST = "landed_cost", _("Freight and charges accrued")
    WIP = "wip", _("Work in progress")
    SUBCONTRACT = "subcontract", _("Subcontracted processing")
    DISPATCHED = "dispatched", _("Goods dispatched, then cost of sales")
    COST_OF_SALES = "cost_of_sales", _("Cost of sales")
    PRICE_DIFFERENCE = "price_difference", _("Purchase price difference")
    PRODUCTION_VARIANCE = "production_variance", _("Production variance")
    STOCK_ADJUSTMENT = "stock_adjustment", _("Stock valuation difference")
    COUNT_GAIN = "count_gain", _("Count surplus")
    COUNT_LOSS = "count_loss", _("Count shortage")
    MISC_GAIN = "misc_gain", _("Miscellaneous receipts")
    MISC_LOSS = "misc_loss", _("Miscellaneous issues")
    SCRAP_LOSS = "scrap_loss", _("Scrapped goods")
    OPENING = "opening", _("Opening balances")


class DemandKind(models.TextChoices):
    """Who needs the goods."""

    SALES = "sales", _("Sales order")
    WORK_ORDER = "work_order", _("Work order")
    FORECAST = "forecast", _("Forecast")
    MASTER = "master", _("Master schedule")
    HOLD = "hold", _("Hold for a quotation")
    SUBCONTRACT = "subcontract", _("Subcontract order")
    PROJECT = "project", _("Stock of a project")


class SupplyKind(models.TextChoices):
    """Where expected goods come from."""

    WORK_ORDER = "work_order", _("Work order")
    PURCHASE = "purchase", _("Purchase order")
    REQUISITION = "requisition", _("Requisition")


class ShipmentState(models.TextChoices):
    DRAFT = "draft", _("To pick")
    PICKED = "picked", _("Picked")
    SHIPPED = "shipped", _("Shipped")
    SIGNED = "signed", _("Signed")
    REVERSED = "reversed", _("Reversed")
    CANCELLED = "cancelled", _("Cancelled")


SHIPMENT_TRANSITIONS: Transitions = {
    ShipmentState.DRAFT: frozenset({ShipmentState.PICKED, ShipmentState.CANCELLED}),
    ShipmentState.PICKED: frozenset({ShipmentState.DRAFT, ShipmentState.SHIPPED, ShipmentState.CANCELLED}),
    ShipmentState.SHIPPED: frozenset({ShipmentState.SIGNED, ShipmentState.REVERSED}),
}


class HandlingUnitKind(models.TextChoices):
    CARTON = "carton", _("Box")
    PALLET = "pallet", _("Pallet")


class StockDocumentKind(models.TextChoices):
    MISC_RECEIPT = "misc_receipt", _("Miscellaneous receipt")
    MISC_ISSUE = "misc_issue", _("Miscellaneous issue")
    TRANSFER = "transfer", _("Transfer")
    COUNT = "count", _("Stock count")
    OPENING = "opening", _("Opening stock")
    OWNER_RECEIPT = "owner_receipt", _("Goods of others received")
    OWNER_RETURN = "owner_return", _("Goods of others returned")


class StockReason(models.TextChoices):
    """Why goods came or went outside of trade and production."""

    FOUND = "found", _("Found")
    GIFT = "gift", _("Gift or free sample received")
    INTERNAL_USE = "internal_use", _("Internal use")
    SAMPLE = "sample", _("Sample given away")
    SCRAP = "scrap", _("Scrapped")
    LOST = "lost", _("Lost or broken")
    CORRECTION = "correction", _("Correction of an error")
    OTHER = "other", _("Other")


class StockDocumentState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_TRANSIT = "in_transit", _("On the way")
    POSTED = "posted", _("Posted")
    REVERSED = "reversed", _("Reversed")
    CANCELLED = "cancelled", _("Cancelled")


STOCK_DOCUMENT_TRANSITIONS: Transitions = {
    StockDocumentState.DRAFT: frozenset(
        {StockDocumentState.IN_TRANSIT, StockDocumentState.POSTED, StockDocumentState.CANCELLED}
    ),
    StockDocumentState.IN_TRANSIT: frozenset({StockDocumentState.POSTED, StockDocumentState.REVERSED}),
    StockDocumentState.POSTED: frozenset({StockDocumentState.REVERSED}),
}


class StocktakeKind(models.TextChoices):
    CYCLE = "cycle", _("Cycle count")
    FULL = "full", _("Full stocktake")


class StocktakeState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    COUNTING = "counting", _("Counting")
    REVIEW = "review", _("In review")
    POSTED = "posted", _("Posted")
    REVERSED = "reversed", _("Reversed")
    CANCELLED = "cancelled", _("Cancelled")


STOCKTAKE_TRANSITIONS: Transitions = {
    StocktakeState.DRAFT: frozenset({StocktakeState.COUNTING, StocktakeState.CANCELLED}),
    StocktakeState.COUNTING: frozenset({StocktakeState.REVIEW, StocktakeState.CANCELLED}),
    StocktakeState.REVIEW: frozenset({StocktakeState.COUNTING, StocktakeState.POSTED, StocktakeState.CANCELLED}),
    StocktakeState.POSTED: frozenset({StocktakeState.REVERSED}),
}


class DifferenceReason(models.TextChoices):
    """Why the books and the shelf differ."""

    UNPOSTED = "unposted", _("Posting missing or made twice")
    MISPICK = "mispick", _("Wrong item or quantity issued")
    MISRECEIPT = "misreceipt", _("Wrong item or quantity received")
    MISPLACED = "misplaced", _("Lay in another place")
    DAMAGE = "damage", _("Damaged or perished")
    SHRINKAGE = "shrinkage", _("Natural loss or gain in weight")
    LOST = "lost", _("Lost")
    OTHER = "other", _("Other")


class AbcClass(models.TextChoices):
    """How much an item weighs in the value of consumption."""

    A = "A", "A"
    B = "B", "B"
    C = "C", "C"


class RevaluationState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    POSTED = "posted", _("Posted")
    REVERSED = "reversed", _("Undone")
    CANCELLED = "cancelled", _("Cancelled")


REVALUATION_TRANSITIONS: Transitions = {
    RevaluationState.DRAFT: frozenset({RevaluationState.POSTED, RevaluationState.CANCELLED}),
    RevaluationState.POSTED: frozenset({RevaluationState.REVERSED}),
}
"""What is posted is undone while nothing came after it, else corrected by the next revaluation."""


class ReturnReceiptState(models.TextChoices):
    DRAFT = "draft", _("Expected")
    RECEIVED = "received", _("Received")
    CANCELLED = "cancelled", _("Cancelled")


RETURN_RECEIPT_TRANSITIONS: Transitions = {
    ReturnReceiptState.DRAFT: frozenset({ReturnReceiptState.RECEIVED, ReturnReceiptState.CANCELLED}),
}

# --- make ------------------------------------------------------------------------------------------------------------


class BomState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RELEASED = "released", pgettext_lazy("bill of material", "Released")
    OBSOLETE = "obsolete", _("Obsolete")


BOM_TRANSITIONS: Transitions = {
    BomState.DRAFT: frozenset({BomState.RELEASED}),
    BomState.RELEASED: frozenset({BomState.OBSOLETE}),
}


class MaterialKind(models.TextChoices):
    """Main material makes the product, auxiliary material (paint, grease, packing) helps to make it."""

    MAIN = "main", _("Main material")
    AUXILIARY = "auxiliary", _("Auxiliary material")


class WorkOrderState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RELEASED = "released", _("Released")
    IN_PROGRESS = "in_progress", _("In progress")
    COMPLETED = "completed", _("Completed")
    CLOSED = "closed", pgettext_lazy("work order", "Closed")
    CANCELLED = "cancelled", _("Cancelled")


WORK_ORDER_TRANSITIONS: Transitions = {
    WorkOrderState.DRAFT: frozenset({WorkOrderState.RELEASED, WorkOrderState.CANCELLED}),
    WorkOrderState.RELEASED: frozenset({WorkOrderState.IN_PROGRESS, WorkOrderState.CANCELLED}),
    WorkOrderState.IN_PROGRESS: frozenset({WorkOrderState.COMPLETED}),
    WorkOrderState.COMPLETED: frozenset({WorkOrderState.IN_PROGRESS, WorkOrderState.CLOSED}),  # back: receipt reversed
}


class ScrapConvention(models.TextChoices):
    """What 5 % scrap means for 100 pieces: 105.00 by usage, 105.26 by yield."""

    USAGE = "usage", _("Added to the usage")
    YIELD = "yield", _("Share of the yield")


class ForecastPeriod(models.TextChoices):
    """How long one period of a forecast is."""

    WEEK = "week", _("Week")
    MONTH = "month", _("Month")


class PlannedSupply(models.TextChoices):
    """What a planned order becomes when it is firmed (codes of the item's supply type)."""

    MAKE = "make", _("Make")
    BUY = "buy", _("Buy")
    SUBCONTRACT = "subcontract", _("Subcontract")


class AdviceKind(models.TextChoices):
    """What the planner proposes for supply that exists already."""

    EXPEDITE = "expedite", _("Pull in")
    DEFER = "defer", _("Put off")
    INCREASE = "increase", _("Raise the quantity")
    DECREASE = "decrease", _("Reduce")
    CANCEL = "cancel", _("Cancel")


class LateReason(models.TextChoices):
    """Why a sales order line cannot be met earlier."""

    ON_TIME = "on_time", _("On time")
    OVERDUE = "overdue", _("The date has passed, the goods are there")
    LEAD_TIME = "lead_time", _("Too little time to buy or make it")
    LATE_SUPPLY = "late_supply", _("Expected supply comes late")
    FENCE = "fence", _("No new order is made so soon (frozen days)")
