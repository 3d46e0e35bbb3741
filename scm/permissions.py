"""Who may do what in purchasing."""

from core.permissions import FieldRule, Role

_PRICE = FieldRule(view="masterdata.view_purchase_price")

FIELD_RULES = {
    f"scm.{name}": _PRICE
    for name in (
        "purchaseorder.net_amount",
        "purchaseorder.tax_amount",
        "purchaseorder.gross_amount",
        "purchaseorderline.price",
        "purchaseorderline.discount_percent",
        "purchaseorderline.net_amount",
        "purchaseorderline.tax_amount",
        "purchaseorderline.gross_amount",
        "purchaseorderchange.before",
        "purchaseorderchange.after",
        "goodsreceipt.exchange_rate",
        "goodsreceiptline.net_amount",
        "goodsreceiptline.amount",
        "supplierreturnline.net_amount",
        "supplierreturnline.amount",
        "landedcost.total_amount",
        "landedcost.exchange_rate",
        "landedcostcharge.amount",
        "landedcostcharge.base_amount",
        "landedcostshare.amount",
        "subcontractorder.fee",
    )
} | {"scm.subcontractchargeback.amount": FieldRule(view="masterdata.view_cost")}

_OWN_REQUISITIONS = (
    "scm.view_requisition",
    "scm.add_requisition",
    "scm.change_requisition",
    "scm.submit_requisition",
    "scm.cancel_requisition",
)
"""Every employee may ask for something and follow it."""

_ORDERS = (
    "scm.view_purchaseorder",
    "scm.add_purchaseorder",
    "scm.change_purchaseorder",
    "scm.cancel_purchaseorder",
    "scm.close_purchaseorder",
    "scm.revise_purchaseorder",
    "scm.confirm_purchaseorder_dates",
    "masterdata.view_purchase_price",
    "scm.approve_purchaseorder",
)

_RECEIPTS = (
    "scm.view_goodsreceipt",
    "scm.add_goodsreceipt",
    "scm.change_goodsreceipt",
    "scm.post_goodsreceipt",
    "scm.cancel_goodsreceipt",
)

_RETURNS = (
    "scm.view_supplierreturn",
    "scm.add_supplierreturn",
    "scm.change_supplierreturn",
    "scm.post_supplierreturn",
    "scm.cancel_supplierreturn",
)

_LANDED_COSTS = (
    "scm.view_landedcost",
    "scm.add_landedcost",
    "scm.change_landedcost",
    "scm.cancel_landedcost",
)

_LANDED_COST_POSTING = (*_LANDED_COSTS, "scm.post_landedcost", "scm.reverse_landedcost")

_SUBCONTRACTS = (
    "scm.view_subcontractorder",
    "scm.add_subcontractorder",
    "scm.change_subcontractorder",
    "scm.release_subcontractorder",
    "scm.cancel_subcontractorder",
)

_SUBCONTRACT_GOODS = (
    "scm.view_subcontractorder",
    "scm.send_subcontractorder",
    "scm.receive_subcontractorder",
    "scm.count_subcontractorder",
)

_READING = ("scm.view_purchaseorder", "scm.view_goodsreceipt", "scm.view_supplierreturn", "scm.view_subcontractorder")

ROLES = [
    Role("sales", "Sales", "销售", _OWN_REQUISITIONS),
    Role("sales_manager", "Sales manager", "销售经理", _OWN_REQUISITIONS),
    Role("production", "Production", "生产", (*_OWN_REQUISITIONS,)),
    Role("planner", "Planner", "计划员", (*_OWN_REQUISITIONS, *_READING, "scm.approve_requisition")),
    Role(
        "buyer",
        "Buyer",
        "采购员",
        (
            *_OWN_REQUISITIONS,
            "scm.approve_requisition",
            "scm.close_requisition",
            *_ORDERS,
            *_LANDED_COSTS,
            *_SUBCONTRACTS,
            "scm.view_goodsreceipt",
            "scm.add_supplierreturn",
            "scm.view_supplierreturn",
            "scm.change_supplierreturn",
            "scm.cancel_supplierreturn",
        ),
    ),
    Role(
        "warehouse",
        "Warehouse",
        "仓库",
        (
            *_OWN_REQUISITIONS,
            "scm.view_purchaseorder",
            *_RECEIPTS,
            "scm.reverse_goodsreceipt",
            *_RETURNS,
            "scm.reverse_supplierreturn",
            *_SUBCONTRACT_GOODS,
        ),
    ),
    Role(
        "finance",
        "Finance",
        "财务",
        (*_OWN_REQUISITIONS, *_READING, *_LANDED_COST_POSTING, "masterdata.view_purchase_price"),
    ),
    Role(
        "finance_manager",
        "Finance manager",
        "财务经理",
        (*_OWN_REQUISITIONS, *_READING, *_LANDED_COST_POSTING, "masterdata.view_purchase_price"),
    ),
    Role(
        "manager",
        "Manager",
        "经理",
        (
            *_OWN_REQUISITIONS,
            "scm.approve_requisition",
            *_READING,
            "masterdata.view_purchase_price",
            "scm.approve_purchaseorder",
        ),
    ),
    Role("administrator", "Administrator", "管理员", ("scm.*",)),
]
