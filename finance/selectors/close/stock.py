"""Checks before the stock of a period is closed."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from erp.models import ItemCost, StockDocument, ValuationMethod
from erp.selectors.month_average import items_to_average
from erp.states import StockDocumentState
from finance.models import FiscalPeriod
from finance.selectors.accounts import account_book
from finance.selectors.close.base import LIMIT, Check, Found, Offence, documents, holds
from finance.selectors.invariants import GOODS, LAYERS, STOCK
from finance.states import PeriodModule
from scm.models import GoodsReceipt, SupplierReturn
from scm.states import GoodsReceiptState, SupplierReturnState

VALUE = (*(one for one in GOODS if one.code in {"stock", "value_entries_booked"}), *LAYERS)


def _averages_due(period: FiscalPeriod) -> Found:
    """The items whose issues of the period have still to be brought to the average of their month."""
    rows = [
        Offence(
            str(item),
            f"{reverse('erp:item-ledger', args=[item.pk])}?start={period.d0.isoformat()}&end={period.d1.isoformat()}",
            date=period.d0,
        )
        for item in items_to_average(period.d0, account_book().decimals)
    ]
    return Found(len(rows), rows[:LIMIT])


CHECKS = (
    Check(
        "month_average",
        PeriodModule.STOCK,
        _("The month-end average is run"),
        "finance",
        _averages_due,
        lambda period: reverse("erp:average-run-list"),
        _("Run the month-end average"),
        applies=lambda: ItemCost.objects.filter(method=ValuationMethod.MONTH_AVERAGE).exists(),
    ),
    Check(
        "stock_drafts",
        PeriodModule.STOCK,
        _("No draft stock document"),
        "warehouse",
        documents(
            lambda period: StockDocument.objects.filter(state=StockDocumentState.DRAFT, document_date__lte=period.d1)
        ),
        lambda period: f"{reverse('erp:stock-document-list')}?state=draft",
        _("Post or cancel the drafts"),
    ),
    Check(
        "receipt_drafts",
        PeriodModule.STOCK,
        _("No draft goods receipt"),
        "warehouse",
        documents(
            lambda period: GoodsReceipt.objects.filter(state=GoodsReceiptState.DRAFT, document_date__lte=period.d1)
        ),
        lambda period: f"{reverse('scm:goods-receipt-list')}?state=draft",
        _("Post or cancel the receipts"),
    ),
    Check(
        "supplier_return_drafts",
        PeriodModule.STOCK,
        _("No draft return to a supplier"),
        "warehouse",
        documents(
            lambda period: SupplierReturn.objects.filter(state=SupplierReturnState.DRAFT, document_date__lte=period.d1)
        ),
        lambda period: f"{reverse('scm:supplier-return-list')}?state=draft",
        _("Post or cancel the returns"),
    ),
    Check(
        "stock_quantities",
        PeriodModule.STOCK,
        _("Quantities equal the sums of their moves"),
        "administrator",
        holds(*(one for one in STOCK if one.closes)),
        lambda period: reverse("erp:stock-move-list"),
        _("Look at the stock moves"),
    ),
    Check(
        "stock_value",
        PeriodModule.STOCK,
        _("Stock value equals the general ledger"),
        "administrator",
        holds(*VALUE),
        lambda period: reverse("finance:trial-balance"),
        _("Look at the stock accounts"),
    ),
)
