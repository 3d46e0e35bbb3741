"""Reading stock: balances, moves, value."""

from decimal import Decimal

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from core.counting import Summed
from core.fields import ZERO
from core.money import round_amount
from erp.models import ItemCost, Lot, StockBalance, StockDocument, StockMove
from erp.selectors.costs import unit_costs
from erp.states import StockDocumentKind


def balances() -> QuerySet[StockBalance]:
    """Return the balances with goods in them, with what a list shows of them."""
    return (
        StockBalance.objects.filter(on_hand__gt=0)
        .select_related(
            "item__uom", "item__second_uom", "item__category", "location__warehouse", "location__zone", "lot", "owner"
        )
        .annotate(free=F("on_hand") - F("reserved"))
        .order_by("item__code", "location__warehouse__code", "location__code", "lot_id")
    )


def moves() -> QuerySet[StockMove]:
    """Return the stock moves with what a list shows of them, newest first."""
    return StockMove.objects.select_related(
        "item__uom", "uom", "lot", "from_location__warehouse", "to_location__warehouse", "owner", "actor"
    ).order_by("-id")


def lots() -> QuerySet[Lot]:
    """Return lots and serial numbers with what of each is on hand, newest first."""
    here = StockBalance.objects.filter(lot_id=OuterRef("pk")).order_by().values("lot_id")
    return (
        Lot.objects.select_related("item__uom", "item__second_uom")
        .annotate(
            on_hand=Coalesce(Subquery(here.annotate(sum=Sum("on_hand")).values("sum")), ZERO),
            second_on_hand=Coalesce(Subquery(here.annotate(sum=Sum("second_on_hand")).values("sum")), ZERO),
        )
        .order_by("-id")
    )


def stock_value() -> Summed:
    """Sum the value of all stock in base currency."""
    return Summed(ItemCost.objects.all(), "value")


def item_cost(item_id: int) -> ItemCost | None:
    """Return quantity and value of one item in all our locations."""
    return ItemCost.objects.filter(item_id=item_id).first()


def document_value(document: StockDocument) -> Decimal:
    """Return what the lines of an adjustment or scrapping are worth, base currency (estimated until it is posted)."""
    if document.kind not in {StockDocumentKind.MISC_RECEIPT, StockDocumentKind.MISC_ISSUE}:
        return ZERO
    lines = list(document.lines.filter(quantity__gt=0))
    costs = unit_costs({line.item_id for line in lines})
    total = ZERO
    for line in lines:
        cost = line.unit_cost if line.unit_cost is not None else costs.get(line.item_id, ZERO)
        total += (line.quantity or ZERO) * cost
    return round_amount(total)
