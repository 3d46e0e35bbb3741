"""Who may do what in sales."""

from core.permissions import FieldRule, Role

MARGIN = "crm.view_margin"

FIELD_RULES = {
    "crm.quotationline.unit_cost": FieldRule(view=MARGIN),
    "crm.quotationline.margin": FieldRule(view=MARGIN),
    "crm.salesorderline.unit_cost": FieldRule(view=MARGIN),
    "crm.salesorderline.margin": FieldRule(view=MARGIN),
    "crm.campaign.budget": FieldRule(view="crm.change_campaign", change="crm.change_campaign"),
}

_SEE = (
    "crm.view_campaign",
    "crm.view_lead",
    "crm.view_opportunity",
    "crm.view_opportunitystage",
    "crm.view_quotation",
    "crm.view_salesorder",
    "crm.view_deliveryrequest",
    "crm.view_returnrequest",
)
_SELL = (
    *_SEE,
    "crm.add_lead",
    "crm.change_lead",
    "crm.qualify_lead",
    "crm.lose_lead",
    "crm.add_opportunity",
    "crm.change_opportunity",
    "crm.win_opportunity",
    "crm.lose_opportunity",
    "crm.add_quotation",
    "crm.change_quotation",
    "crm.send_quotation",
    "crm.revise_quotation",
    "crm.accept_quotation",
    "crm.lose_quotation",
    "crm.cancel_quotation",
    "crm.add_salesorder",
    "crm.change_salesorder",
    "crm.confirm_salesorder",
    "crm.revise_salesorder",
    "crm.add_deliveryrequest",
    "crm.change_deliveryrequest",
    "crm.release_deliveryrequest",
    "crm.cancel_deliveryrequest",
    "crm.add_returnrequest",
    "crm.change_returnrequest",
    "crm.cancel_returnrequest",
)
_LEAD_SALES = (
    *_SELL,
    MARGIN,
    "crm.add_campaign",
    "crm.change_campaign",
    "crm.add_opportunitystage",
    "crm.change_opportunitystage",
    "crm.close_salesorder",
    "crm.cancel_salesorder",
    "crm.close_deliveryrequest",
    "crm.approve_returnrequest",
)

ROLES = [
    Role("sales", "Sales", "销售", _SELL, "Leads, quotations, orders and deliveries of one's own customers."),
    Role("sales_manager", "Sales manager", "销售经理", _LEAD_SALES, "Everything in sales, with margins."),
    Role("planner", "Planner", "计划员", ("crm.view_salesorder", "crm.view_deliveryrequest"), ""),
    Role(
        "warehouse",
        "Warehouse",
        "仓管员",
        ("crm.view_salesorder", "crm.view_deliveryrequest", "crm.view_returnrequest"),
        "",
    ),
    Role("finance", "Finance", "财务", (*_SEE,), ""),
    Role("finance_manager", "Finance manager", "财务经理", (*_SEE, MARGIN), ""),
    Role("manager", "Manager", "总经理", (*_SEE, MARGIN), ""),
    Role("administrator", "Administrator", "系统管理员", ("crm.*",), ""),
]
