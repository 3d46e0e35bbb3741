"""What finance announces."""

from core.signals import DomainSignal

invoice_posted = DomainSignal("invoice", "actor", "at")
"""An invoice or credit note of either side was entered in the books.

invoice  finance.Invoice, row-locked, state posted.   actor  user or None.   at  aware datetime, UTC.
Sent by finance.services.invoices.posting.post_invoice, once per invoice.
"""

payment_posted = DomainSignal("payment", "actor", "at")
"""Money came in or went out.

payment  finance.Payment, row-locked, state posted.   actor  user or None.   at  aware datetime, UTC.
Sent by finance.services.payments.posting.post_payment, once per payment.
"""

payment_reversed = DomainSignal("payment", "actor", "at")
"""A posted payment and its allocations were undone by an exact negative.

payment  finance.Payment, row-locked, state reversed.   actor  user or None.   at  aware datetime, UTC.
Sent by finance.services.payments.posting.reverse_payment, once per payment.
"""

period_closed = DomainSignal("period", "actor", "at")
"""No entry is dated in this period any more.

period  finance.FiscalPeriod, state closed.   actor  user or None.   at  aware datetime, UTC.
Sent by finance.services.periods.closing, once the general ledger is closed.
"""

period_reopened = DomainSignal("period", "actor", "at")
"""The last closed period takes entries again.

period  finance.FiscalPeriod, state open.   actor  user or None.   at  aware datetime, UTC.
Sent by finance.services.periods.reopening, once the general ledger is open.
"""
