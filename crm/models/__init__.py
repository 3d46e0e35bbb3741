"""Tables of the app."""

from crm.models.campaigns import Campaign
from crm.models.deliveries import DeliveryRequest, DeliveryRequestLine
from crm.models.leads import Lead
from crm.models.opportunities import Opportunity, OpportunityLine, OpportunityStage
from crm.models.quotations import Quotation, QuotationLine
from crm.models.returns import ReturnRequest, ReturnRequestLine
from crm.models.sales_orders import OrderChange, PaymentPlanLine, SalesOrder, SalesOrderLine

__all__ = [
    "Campaign",
    "DeliveryRequest",
    "DeliveryRequestLine",
    "Lead",
    "Opportunity",
    "OpportunityLine",
    "OpportunityStage",
    "OrderChange",
    "PaymentPlanLine",
    "Quotation",
    "QuotationLine",
    "ReturnRequest",
    "ReturnRequestLine",
    "SalesOrder",
    "SalesOrderLine",
]
