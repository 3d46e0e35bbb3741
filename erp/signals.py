"""Announcements of the app: first the stock half, then the make half."""

from core.signals import DomainSignal

# --- stock -----------------------------------------------------------------------------------------------------------

stock_posted = DomainSignal("moves", "entries", "source", "kind", "date", "actor", "at")
"""Goods moved and stock value changed; balances, moves and value entries are written.

moves    list[erp.StockMove], in posting order, their places loaded.   entries  list[erp.ValueEntry]: book by
``entry.kind`` and the sign of ``entry.amount`` (base currency, change of our stock value; a reversal has the kind of
its original and the other sign; ``adjustment`` is what rounding or a reversal at original cost left over); moves inside
our own locations have none.   source   the document that moved them.   kind  MoveKind of the posting.
date  posting date (open period, shared lock held).   actor  user or None.   at  aware datetime, UTC.
Sent by erp.services.stock.posting.post_moves, once per posting.
"""

stock_value_adjusted = DomainSignal("entries", "settled", "source", "actor", "at")
"""The value of goods that moved before has changed: late cost, price correction, revaluation, backdating, month-end.

entries  list[erp.ValueEntry], saved, ``move`` loaded (None: an adjustment): each is booked on the stock account with
its ``amount`` on its ``booked_on`` (open period, shared lock held) against the account of its ``counter``.
settled  list[erp.services.valuation.inputs.Settled]: what closed work orders cost more since, to go from work in
process to the production variance.   source  the document that is the reason.   actor  user or None.
at  aware datetime, UTC.
Sent by erp.services.valuation.appending.append_value, once per call.
"""

shipment_shipped = DomainSignal("shipment", "costs", "date", "actor", "at")
"""Goods of an order left for the customer; crm has been told the delivered quantities.

shipment  erp.Shipment, row-locked, state shipped.   costs  dict[shipment line id, Decimal]: cost of the goods of each
line, base currency.   date  shipping date.   actor  user.   at  aware datetime, UTC.
Sent by erp.services.shipments.shipping.ship_shipment, after stock_posted.
"""

shipment_signed = DomainSignal("shipment", "quantities", "losses", "date", "actor", "at")
"""The customer signed for a shipment; crm has been told the accepted quantities.

shipment    erp.Shipment, row-locked, state signed.   quantities  dict[shipment line id, Decimal]: accepted quantity in
the stock unit.   losses  dict[shipment line id, Decimal]: cost (base currency) of what was damaged or missing, to be
taken out of goods dispatched as a loss; lines without loss are absent.   date  date of the signature.
actor  user.   at  aware datetime, UTC.
Sent by erp.services.shipments.sign_off.sign_off_shipment.
"""

shipment_reversed = DomainSignal("shipment", "date", "actor", "at")
"""A shipment not yet signed came back whole: stock and cost are as before it, crm's delivered quantities too.

shipment  erp.Shipment, row-locked, state reversed.   date  posting date of the reversal.   actor  user.   at  aware
datetime, UTC.
Sent by erp.services.shipments.shipping.reverse_shipment, after stock_posted.
"""

return_received = DomainSignal("receipt", "date", "actor", "at")
"""Goods came back from a customer at the cost they left with; crm has been told the returned quantities.

receipt  erp.ReturnReceipt, row-locked, state received; each line has received_quantity and cost (base currency).
date  posting date.   actor  user.   at  aware datetime, UTC.
Sent by erp.services.returns.receive_return, after stock_posted.
"""

goods_rejected = DomainSignal("inspection", "rows", "actor", "at")
"""Inspected goods of a goods receipt are to go back to the supplier; they lie blocked until they are fetched.

inspection  erp.Inspection, row-locked, about to be decided; its ``source_id`` is the scm.GoodsReceipt.
rows  list of (line of the goods receipt, quantity in the stock unit, place the goods will lie in).   actor  user.
at  aware datetime, UTC.
Sent by erp.services.inspections.deciding.decide_inspection and decide_with_concession, before stock is locked.
"""

goods_wanted = DomainSignal("limit", "quantity", "actor", "at")
"""An item runs low in a warehouse and somebody asks for more: it is to be requisitioned.

limit  erp.StockLimit, row-locked: item, warehouse.   quantity  Decimal, stock unit.   actor  user.   at  aware
datetime, UTC.
Sent by erp.services.stock_control.ask_for_goods.
"""

component_to_return = DomainSignal("line", "rows", "cause", "actor", "at")
"""Stock of a component that an engineering change takes out of use is to go back to its suppliers.

line  erp.EngineeringChangeLine; its change is row-locked.   rows  list of (place, quantity in the stock unit).
cause  sentence for the supplier.   actor  user.   at  aware datetime, UTC.
Sent by erp.services.engineering_changes.disposing.carry_out_dispositions, once per line.
"""

# --- make ------------------------------------------------------------------------------------------------------------

planned_order_firmed = DomainSignal("order", "actor", "at")
"""A planned order to buy or subcontract was firmed: somebody has to order it. (One to make becomes a work order here.)

order  erp.services.planning.firming.FirmedOrder: item_id, quantity (stock unit), due_date, start_date, supply_type
(buy or subcontract), demand_ids (of the demands it is for, earliest first), reference (stable text),
sales_order_line_id (the line that alone it is for, of items made to order).
actor  user, or None for the automatic fence.   at  aware datetime, UTC.
Sent by erp.services.planning.firming.firm_planned_orders, once per order, after it left the plan, and by
erp.services.planning.scheduling_master.firm_master_schedule for an order the plan did not have.
"""

supply_change_proposed = DomainSignal("change", "actor", "at")
"""Planning asks for another date or quantity of supply that somebody else orders, or for its end.

change  erp.PlanChange, row-locked, advice on a supply that is no work order: source_label and source_id name the order,
kind what is asked, old_date and new_date, old_quantity and quantity (of it not needed).   actor  user.
at  aware datetime, UTC.
Sent by erp.services.planning.deciding.carry_out_changes, once per change.
"""

supply_change_withdrawn = DomainSignal("change", "actor", "at")
"""Planning no longer asks for what it had put to those who order the supply.

change  erp.PlanChange as it was proposed, row-locked.   actor  user.   at  aware datetime, UTC.
Sent by erp.services.planning.deciding.dismiss_changes and erp.services.planning.reopening.reopen_changes, once per
change.
"""

work_order_released = DomainSignal("work_order", "actor", "at")
"""A work order may be worked on: its material list is frozen.

work_order  erp.WorkOrder, row-locked, state released.   actor  user.   at  aware datetime, UTC.
Sent by erp.services.work_orders.planning.release_work_order.
"""

labour_reported = DomainSignal("work_order", "amount", "date", "actor", "at")
"""Hours were reported on a work order: their cost is in process now (negative: a report was reversed).

work_order  erp.WorkOrder, row-locked.   amount  Decimal, base currency.   date  posting date (open period, shared lock
held).   actor  user.   at  aware datetime, UTC.
Sent by erp.services.work_orders.reporting.report_operation and reverse_report.
"""

work_order_closed = DomainSignal("work_order", "variance", "date", "actor", "at")
"""A work order was settled: what was left in process is its variance.

work_order  erp.WorkOrder, row-locked, state closed.   variance  Decimal, base currency: what is taken out of work in
process (positive: it cost more than went into stock; negative: less).   date  posting date (open period, shared lock
held).   actor  user.   at  aware datetime, UTC.
Sent by erp.services.work_orders.closing.close_work_order.
"""

overhead_absorbed = DomainSignal("work_order", "absorbed", "date", "actor", "at")
"""Hours reported at a work centre brought its machine cost and overhead into process (negative: a report was reversed).

work_order  erp.WorkOrder, row-locked.   absorbed  erp.AbsorbedCost, saved.   date  posting date (open period, shared
lock held).   actor  user.   at  aware datetime, UTC.
Sent by erp.services.work_orders.absorbing.absorb.
"""
