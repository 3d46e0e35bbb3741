"""The take-over from the empty database to the day its books begin: kind after kind, each may run again."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from core import audit
from core.clock import on_day
from core.models import Company
from core.operations import perform
from core.services.company import create_company
from finance.models import Account, FiscalPeriod
from finance.services import charts, periods, statements
from finance.takeover import goods, masters, orders
from finance.takeover.source import CUT_OVER, Source
from masterdata.models import Warehouse
from masterdata.services.company import create_warehouse
from masterdata.services.setup import ensure_basics

Say = Callable[[str], None]
BEGUN = "core.company.take_over_begun"
DONE = "core.company.take_over_done"
COMPANY: dict[str, Any] = {
    "name": "Adventure Works Cycles",
    "base_currency": "USD",
    "time_zone": "America/Los_Angeles",
    "country": "US",
    "pinned_date": CUT_OVER,
}
YEARS = 3


def is_done() -> bool:
    """Return whether the take-over has reached its end in this database."""
    return _marked(DONE)


def is_foreign() -> bool:
    """Return whether the database holds a company that another way made."""
    return Company.objects.exists() and not _marked(BEGUN)


def load(source: Source, say: Say) -> None:
    """Load every kind that the files have; what is there already stays as it is."""
    steps: tuple[tuple[str, Callable[[], None], tuple[str, ...]], ...] = (
        ("company", _open_company, ()),
        ("items", lambda: masters.load_items(source), ("units", "item_categories", "items")),
        ("bills of material", lambda: goods.load_boms(source), ("bom_lines",)),
        ("vendors", lambda: masters.load_vendors(source), ("vendors", "vendor_items")),
        ("customers", lambda: masters.load_customers(source), ("customers",)),
        ("people", lambda: masters.load_people(source), ("departments", "employees")),
        ("opening stock", lambda: goods.load_stock(source, say), ("stock",)),
        ("prices", lambda: masters.load_prices(source), ("item_price_history", "currency_rates")),
        ("open purchase orders", lambda: orders.load_open_purchases(source), ("purchase_orders",)),
        ("vendors no longer used", lambda: masters.close_vendors(source), ()),
        ("open sales orders", lambda: orders.load_open_sales(source), ("sales_orders",)),
        ("closed purchase orders", lambda: orders.load_closed_purchases(source), ("purchase_orders",)),
        ("closed sales orders", lambda: orders.load_closed_sales(source), ("sales_orders",)),
        ("work orders", lambda: orders.load_work_orders(source), ("work_orders",)),
    )
    begun = timezone.now()
    with on_day(CUT_OVER):
        for place, (name, step, files) in enumerate(steps, start=1):
            step()
            read = ", ".join(f"{file} {len(source.rows(file))}" for file in files)
            passed = (timezone.now() - begun).seconds
            say(f"[{place:>2}/{len(steps)}] {passed:>4} s  {name}" + (f" ({read})" if read else ""))


def finish() -> None:
    """Remember that everything is in and the totals agreed."""
    audit.record(Company.objects.get(), DONE, actor=None, at=timezone.now())


def _marked(verb: str) -> bool:
    own = Company.objects.first()
    return own is not None and audit.timeline(own).filter(verb=verb).exists()


def _open_company() -> None:
    if not Company.objects.exists():
        own = perform(create_company, actor=None, values=COMPANY)
        audit.record(own, BEGUN, actor=None, at=timezone.now())
    perform(ensure_basics, actor=None)
    if not Account.objects.exists():
        perform(charts.load_chart, actor=None, chart="ifrs")
        perform(statements.load_standard_layouts, actor=None, chart="ifrs")
    known = set(FiscalPeriod.objects.values_list("year", flat=True))
    for year in range(CUT_OVER.year, CUT_OVER.year + YEARS):
        if year not in known:
            first_month = CUT_OVER.month if year == CUT_OVER.year else 1
            perform(periods.create_year, actor=None, year=year, first_month=first_month)
    if not Warehouse.objects.exists():
        perform(create_warehouse, actor=None, code="MAIN", name="Main warehouse", name_zh="主仓库")
