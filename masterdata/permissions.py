"""Rights of master data: field rules, and what the built-in roles may do."""

from core.permissions import FieldRule, Role

VIEW_COST, CHANGE_COST = "masterdata.view_cost", "masterdata.change_cost"

FIELD_RULES = {
    "masterdata.item.standard_cost": FieldRule(view=VIEW_COST, change=CHANGE_COST),
    "masterdata.partner.credit_limit": FieldRule(
        view="masterdata.view_credit_terms", change="masterdata.change_credit_terms"
    ),
    "masterdata.partner.payment_term": FieldRule(change="masterdata.change_credit_terms"),
    "masterdata.partner.bank_accounts": FieldRule(
        view="masterdata.view_partnerbankaccount", change="masterdata.change_partnerbankaccount"
    ),
    "masterdata.supplieritem.price": FieldRule(
        view="masterdata.view_purchase_price", change="masterdata.view_purchase_price"
    ),
    "masterdata.employee.labour_rate": FieldRule(
        view="masterdata.view_labour_rate", change="masterdata.view_labour_rate"
    ),
}

# what everybody who works with documents needs to read
READ = (
    "masterdata.view_item",
    "masterdata.view_itemcategory",
    "masterdata.view_unitofmeasure",
    "masterdata.view_partner",
    "masterdata.view_territory",
    "masterdata.view_customerclass",
    "masterdata.view_currency",
    "masterdata.view_tax",
    "masterdata.view_paymentterm",
    "masterdata.view_warehouse",
    "masterdata.view_zone",
    "masterdata.view_location",
    "masterdata.view_workcalendar",
    "masterdata.view_department",
    "masterdata.view_employee",
    "masterdata.view_project",
)
SALES = (*READ, "masterdata.view_pricelist", "masterdata.add_partner", "masterdata.change_partner")
ITEMS = (
    "masterdata.add_item",
    "masterdata.change_item",
    "masterdata.add_itemcategory",
    "masterdata.change_itemcategory",
)
PRICES = ("masterdata.add_pricelist", "masterdata.change_pricelist", "masterdata.view_pricelist")
PURCHASING = (
    "masterdata.add_partner",
    "masterdata.change_partner",
    "masterdata.view_supplieritem",
    "masterdata.add_supplieritem",
    "masterdata.change_supplieritem",
    "masterdata.view_purchase_price",
    *PRICES,
)
MONEY = (
    "masterdata.view_cost",
    "masterdata.change_cost",
    "masterdata.view_purchase_price",
    "masterdata.view_credit_terms",
    "masterdata.change_credit_terms",
    "masterdata.view_labour_rate",
    "masterdata.view_supplieritem",
    "masterdata.view_partnerbankaccount",
    "masterdata.add_partnerbankaccount",
    "masterdata.change_partnerbankaccount",
    "masterdata.add_partner",
    "masterdata.change_partner",
    "masterdata.add_currency",
    "masterdata.change_currency",
    "masterdata.view_exchangerate",
    "masterdata.add_exchangerate",
    "masterdata.change_exchangerate",
    "masterdata.add_tax",
    "masterdata.change_tax",
    "masterdata.add_paymentterm",
    "masterdata.change_paymentterm",
    "masterdata.view_pricelist",
)

ROLES = (
    Role("sales", "Sales", "销售", (*SALES, "masterdata.view_credit_terms")),
    Role(
        "sales_manager",
        "Sales manager",
        "销售经理",
        (
            *SALES,
            *PRICES,
            "masterdata.view_cost",
            "masterdata.view_credit_terms",
            "masterdata.change_credit_terms",
            "masterdata.merge_partner",
            "masterdata.add_territory",
            "masterdata.change_territory",
            "masterdata.add_customerclass",
            "masterdata.change_customerclass",
            "masterdata.add_project",
            "masterdata.change_project",
        ),
    ),
    Role(
        "planner",
        "Planner",
        "计划员",
        (*READ, *ITEMS, "masterdata.view_supplieritem", "masterdata.change_workcalendar"),
    ),
    Role("buyer", "Buyer", "采购员", (*READ, *PURCHASING)),
    Role(
        "warehouse",
        "Warehouse clerk",
        "仓库管理员",
        (
            *READ,
            "masterdata.add_zone",
            "masterdata.change_zone",
            "masterdata.add_location",
            "masterdata.change_location",
        ),
    ),
    Role("production", "Production", "生产", READ),
    Role("finance", "Accountant", "会计", (*READ, *MONEY)),
    Role("finance_manager", "Finance manager", "财务经理", (*READ, *MONEY, "masterdata.merge_partner")),
    Role("manager", "Manager", "经理", ("masterdata.view_*", *ITEMS, *PRICES)),
    Role(
        "administrator",
        "Administrator",
        "管理员",
        ("masterdata.*", "core.view_codingrule", "core.add_codingrule", "core.change_codingrule"),
    ),
)
