"""Forms of purchasing: requisitions, orders, receipts, returns."""
