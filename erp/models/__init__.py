"""Tables of the app: first the stock half, then the make half."""

from erp.models.demand import Demand, Supply
from erp.models.reservations import Reservation
from erp.models.returns import ReturnReceipt, ReturnReceiptLine
from erp.models.shipments import Shipment, ShipmentLine, ShipmentPick
from erp.models.stock import Lot, StockBalance, StockMove
from erp.models.stock_documents import StockDocument, StockDocumentLine
from erp.models.valuation import ItemCost, ValueEntry

__all__ = [
    "Demand",
    "ItemCost",
    "Lot",
    "Reservation",
    "ReturnReceipt",
    "ReturnReceiptLine",
    "Shipment",
    "ShipmentLine",
    "ShipmentPick",
    "StockBalance",
    "StockDocument",
    "StockDocumentLine",
    "StockMove",
    "Supply",
    "ValueEntry",
]
