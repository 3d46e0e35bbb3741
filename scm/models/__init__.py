"""Tables of the app."""

from scm.models.goods_receipts import GoodsReceipt, GoodsReceiptLine
from scm.models.landed_costs import LandedCost, LandedCostCharge, LandedCostShare
from scm.models.purchase_orders import PurchaseOrder, PurchaseOrderChange, PurchaseOrderLine
from scm.models.requisitions import Requisition, RequisitionLine
from scm.models.subcontract_orders import (
    SubcontractChargeBack,
    SubcontractConsumption,
    SubcontractMaterial,
    SubcontractOrder,
)
from scm.models.supplier_returns import SupplierReturn, SupplierReturnLine

__all__ = [
    "GoodsReceipt",
    "GoodsReceiptLine",
    "LandedCost",
    "LandedCostCharge",
    "LandedCostShare",
    "PurchaseOrder",
    "PurchaseOrderChange",
    "PurchaseOrderLine",
    "Requisition",
    "RequisitionLine",
    "SubcontractChargeBack",
    "SubcontractConsumption",
    "SubcontractMaterial",
    "SubcontractOrder",
    "SupplierReturn",
    "SupplierReturnLine",
]
