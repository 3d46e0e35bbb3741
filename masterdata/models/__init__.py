"""Tables of the app."""

from masterdata.models.calendars import CalendarDay, WorkCalendar
from masterdata.models.currencies import Currency, ExchangeRate
from masterdata.models.items import Item, ItemAlias, ItemBarcode, ItemCategory, ItemUnit
from masterdata.models.partners import (
    CustomerClass,
    Partner,
    PartnerAddress,
    PartnerBankAccount,
    PartnerContact,
    Territory,
)
from masterdata.models.people import Department, Employee, Project
from masterdata.models.priced import PricedDocument, PricedLine
from masterdata.models.prices import PriceList, PriceListLine, SupplierItem
from masterdata.models.taxes import PaymentTerm, PaymentTermLine, Tax
from masterdata.models.units import UnitOfMeasure
from masterdata.models.warehouses import Location, PickRule, StockStatus, Warehouse, Zone

__all__ = [
    "CalendarDay",
    "Currency",
    "CustomerClass",
    "Department",
    "Employee",
    "ExchangeRate",
    "Item",
    "ItemAlias",
    "ItemBarcode",
    "ItemCategory",
    "ItemUnit",
    "Location",
    "Partner",
    "PartnerAddress",
    "PartnerBankAccount",
    "PartnerContact",
    "PaymentTerm",
    "PaymentTermLine",
    "PickRule",
    "PriceList",
    "PriceListLine",
    "PricedDocument",
    "PricedLine",
    "Project",
    "StockStatus",
    "SupplierItem",
    "Tax",
    "Territory",
    "UnitOfMeasure",
    "Warehouse",
    "WorkCalendar",
    "Zone",
]
