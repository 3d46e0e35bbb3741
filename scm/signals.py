"""What purchasing announces."""

from core.signals import DomainSignal

purchase_order_approved = DomainSignal("order", "actor", "at")
"""A draft order became binding for the company and is expected as supply.

order  scm.PurchaseOrder, row-locked, state approved.   actor  user.   at  aware datetime, UTC.
Sent by scm.services.purchase_orders.lifecycle.approve_purchase_order, once per order. Not sent for history taken over.
"""

purchase_order_changed = DomainSignal("order", "change", "actor", "at")
"""An approved order got its next revision: quantities, prices, dates, new or dropped lines.

order  scm.PurchaseOrder, row-locked, state approved.   change  scm.PurchaseOrderChange (revision, reason, before,
after).   actor  user.   at  aware datetime, UTC.
Sent by scm.services.purchase_orders.changes.change_purchase_order.
"""

purchase_order_cancelled = DomainSignal("order", "actor", "at")
"""An order was withdrawn before anything was received or invoiced.

order  scm.PurchaseOrder, row-locked, state cancelled (it was draft or approved).   actor  user.
at  aware datetime, UTC.
Sent by scm.services.purchase_orders.lifecycle.cancel_purchase_order.
"""

purchase_order_closed = DomainSignal("order", "actor", "at")
"""Nothing more is expected on an order: complete and invoiced, or closed short. What was received stays to be invoiced.

order  scm.PurchaseOrder, row-locked, state closed.   actor  user.   at  aware datetime, UTC.
Sent by scm.services.purchase_orders.progress.close_order.
"""

goods_receipt_posted = DomainSignal("receipt", "amounts", "date", "actor", "at")
"""Goods of an order came in; erp has posted the stock before this is sent.

receipt  scm.GoodsReceipt, row-locked, state posted.   amounts  {goods receipt line id: net amount in base currency},
lines of stocked items, and the fees of an operation of a work order (any other described service moves no stock and
accrues nothing).   date  day of the receipt.
actor  user.   at  aware datetime, UTC.
Sent by scm.services.goods_receipts.posting.post_goods_receipt.
"""

goods_receipt_reversed = DomainSignal("receipt", "amounts", "date", "actor", "at")
"""A posted receipt was undone in full; erp has posted the opposite moves before this is sent.

receipt  scm.GoodsReceipt, row-locked, state reversed.   amounts  as announced by goods_receipt_posted (positive).
date  day of the reversal.   actor  user.   at  aware datetime, UTC.
Sent by scm.services.goods_receipts.posting.reverse_goods_receipt.
"""

supplier_return_posted = DomainSignal("supplier_return", "amounts", "date", "actor", "at")
"""Received goods went back; erp has posted the stock before this is sent.

supplier_return  scm.SupplierReturn, row-locked, state posted.   amounts  {supplier return line id: the part of the
receipt line's amount in base currency that goes back with it, positive}, lines of stocked items, and the fee of pieces
of a work order.
date  day of the return.   actor  user.   at  aware datetime, UTC.
Sent by scm.services.supplier_returns.posting.post_supplier_return.
"""

supplier_return_reversed = DomainSignal("supplier_return", "amounts", "date", "actor", "at")
"""A posted return was undone in full; erp has posted the opposite moves before this is sent.

supplier_return  scm.SupplierReturn, row-locked, state reversed.   amounts  as announced by supplier_return_posted.
date  day of the reversal.   actor  user.   at  aware datetime, UTC.
Sent by scm.services.supplier_returns.posting.reverse_supplier_return.
"""

requisition_followed = DomainSignal("requisition", "actor", "at")
"""What an approved requisition still asks for has changed: approved, ordered in part, closed, cancelled.

requisition  scm.Requisition, row-locked, any state.   actor  user or None.   at  aware datetime, UTC.
Sent by scm.services.requisitions.progress.report_requisition_supply, whenever planning is told of it.
"""

purchase_order_followed = DomainSignal("order", "actor", "at")
"""What an order will still bring and cost has changed: written from requisitions, approved, received …

order  scm.PurchaseOrder, row-locked, any state.   actor  user or None.   at  aware datetime, UTC.
Sent by scm.services.purchase_orders.supply.report_order_supply, whenever planning is told of it.
"""

landed_cost_posted = DomainSignal("landed_cost", "actor", "at")
"""Charges were added to what received goods cost; erp has announced the value entries before this is sent.

landed_cost  scm.LandedCost, row-locked, state posted; its charges have their amounts in base currency.   actor  user.
at  aware datetime, UTC.
Sent by scm.services.landed_costs.posting.post_landed_cost.
"""

landed_cost_reversed = DomainSignal("landed_cost", "actor", "at")
"""Posted charges were taken off the goods again; no carrier has invoiced any of them.

landed_cost  scm.LandedCost, row-locked, state reversed.   actor  user.   at  aware datetime, UTC.
Sent by scm.services.landed_costs.posting.reverse_landed_cost.
"""
