"""Questions of the app to apps below."""

import datetime as dt
from decimal import Decimal

from core.ports import Port

posting_date: Port[[str, dt.date], dt.date] = Port(
    "erp.posting_date",
    "posting_date(module, date): the date a posting of ``module`` (stock, production, sales) with this date is booked "
    "on. Takes the period's shared lock, last of all locks. Raises the provider's refusal when the period is closed.",
)

adjustment_date: Port[[str, dt.date], dt.date] = Port(
    "erp.adjustment_date",
    "adjustment_date(module, date): the day a later fact about ``date`` (a fee, a corrected cost) is booked on: that "
    "day while its period takes entries of ``module``, else the first day of the first open period after it. Takes "
    "that period's shared lock.",
)

stock_in_books: Port[[dt.date], Decimal] = Port(
    "erp.stock_in_books",
    "stock_in_books(day): what the stock accounts of the general ledger say at the end of a day, base currency.",
)

pieces_at_suppliers: Port[[int], dict[int, Decimal]] = Port(
    "erp.pieces_at_suppliers",
    "pieces_at_suppliers(work_order_id): {number of a step: pieces that purchase orders for its work (drafts included) "
    "still expect back}, stock unit of the order's item.",
)

purchase_lead_times: Port[[dt.date], dict[int, list[int]]] = Port(
    "erp.purchase_lead_times",
    "purchase_lead_times(since): {item: calendar days from the purchase order to each receipt} of what was received "
    "from ``since`` on.",
)
