"""What the sales documents announce."""

from core.signals import DomainSignal

quotation_sent = DomainSignal("quotation", "actor", "at")
"""A quotation went to the customer; its quantities may be held for him until it expires.

quotation  crm.Quotation, row-locked, state sent, with valid_until.   actor  user.   at  aware datetime, UTC.
Sent by crm.services.quotations.send_quotation, once per quotation.
"""

quotation_withdrawn = DomainSignal("quotation", "actor", "at")
"""A sent quotation is no longer on offer: accepted, lost, cancelled or replaced by a revision; holds end.

quotation  crm.Quotation, row-locked, state accepted, lost or cancelled.   actor  user.   at  aware datetime, UTC.
Sent by crm.services.quotations.accept_quotation, lose_quotation, cancel_quotation and revise_quotation,
only for quotations that were sent before.
"""

sales_order_confirmed = DomainSignal("order", "actor", "at")
"""A draft order became binding: credit checked, prices frozen, payment plan drawn up, lines closed to edits.

order  crm.SalesOrder, row-locked, state confirmed.   actor  user.   at  aware datetime, UTC.
Sent by crm.services.sales_orders.confirm_sales_order, once per order. Not sent by record_closed_sales_orders.
"""

sales_order_changed = DomainSignal("order", "change", "actor", "at")
"""A confirmed order was changed: quantities, dates, prices, added or dropped lines; the payment plan is redrawn.

order   crm.SalesOrder, row-locked, state confirmed; its lines hold the new figures (a dropped line has is_closed).
change  crm.OrderChange: revision, reason, before and after.   actor  user.   at  aware datetime, UTC.
Sent by crm.services.order_changes.change_sales_order, once per revision.
"""

sales_order_cancelled = DomainSignal("order", "actor", "at")
"""A confirmed order of which nothing was delivered or invoiced was cancelled; its demand ends.

order  crm.SalesOrder, row-locked, state cancelled.   actor  user.   at  aware datetime, UTC.
Sent by crm.services.sales_orders.cancel_sales_order; not for a draft, which nobody was told of.
"""

sales_order_closed = DomainSignal("order", "actor", "at")
"""An order is finished: all lines delivered, signed and invoiced, or the rest given up by a person.

order  crm.SalesOrder, row-locked, state closed; lines given up have is_closed.   actor  user or None.
at  aware datetime, UTC.
Sent by crm.services.sales_orders.close_sales_order and by the progress reports that complete an order.
"""

delivery_request_released = DomainSignal("request", "actor", "at")
"""The warehouse may pick and ship what a delivery request names (prepayment and credit allow it).

request  crm.DeliveryRequest, row-locked, state released; line quantities in stock units.   actor  user.
at  aware datetime, UTC.
Sent by crm.services.deliveries.release_delivery_request, once per request.
"""

delivery_request_cancelled = DomainSignal("request", "actor", "at")
"""A released delivery request of which nothing was shipped was withdrawn.

request  crm.DeliveryRequest, row-locked, state cancelled.   actor  user.   at  aware datetime, UTC.
Sent by crm.services.deliveries.cancel_delivery_request; not for a draft.
"""

delivery_request_closed = DomainSignal("request", "actor", "at")
"""The rest of a partly shipped delivery request was given up; open pick lists of it end.

request  crm.DeliveryRequest, row-locked, state closed.   actor  user.   at  aware datetime, UTC.
Sent by crm.services.deliveries.close_delivery_request.
"""

return_request_approved = DomainSignal("request", "actor", "at")
"""A customer may send goods back.

request  crm.ReturnRequest, row-locked, state approved; line quantities in stock units, shipment_line_id names the
shipment line (erp) whose cost the goods come back at.   actor  user.   at  aware datetime, UTC.
Sent by crm.services.returns.approve_return_request, once per request.
"""

return_request_cancelled = DomainSignal("request", "actor", "at")
"""An approved return of which nothing was received was withdrawn.

request  crm.ReturnRequest, row-locked, state cancelled.   actor  user.   at  aware datetime, UTC.
Sent by crm.services.returns.cancel_return_request; not for a draft.
"""
