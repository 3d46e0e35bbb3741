"""Rights of the app: field rules, and what the built-in roles may do; first the stock half, then the make half."""

from core.permissions import FieldRule, Role
from erp.permissions.costing import COSTING_FIELD_RULES, COSTING_ROLES
from erp.permissions.demand import DEMAND_FIELD_RULES, DEMAND_ROLES
from erp.permissions.making import MAKING_FIELD_RULES, MAKING_ROLES
from erp.permissions.quality import QUALITY_ROLES
from erp.permissions.questions import QUESTION_ROLES

COST = FieldRule(view="masterdata.view_cost", change="masterdata.change_cost")

# --- stock -----------------------------------------------------------------------------------------------------------

STOCK_FIELD_RULES: dict[str, FieldRule] = {
    "erp.itemcost.value": COST,
    "erp.stockrevaluation.difference": COST,
    "erp.stockrevaluationline.unit_cost": COST,
    "erp.stockrevaluationline.old_value": COST,
    "erp.stockrevaluationline.old_standard_cost": COST,
    "erp.stockrevaluationline.new_value": COST,
    "erp.valueentry.amount": COST,
    "erp.costlayer.remaining_value": COST,
    "erp.layeruse.amount": COST,
    "erp.averagerunline.opening_value": COST,
    "erp.averagerunline.received_value": COST,
    "erp.averagerunline.average": COST,
    "erp.averagerunline.booked_value": COST,
    "erp.averagerunline.final_value": COST,
    "erp.shipmentline.cost": COST,
    "erp.returnreceiptline.cost": COST,
    "erp.stockdocumentline.unit_cost": COST,
    "erp.stockdocumentline.amount": COST,
    "erp.stocktakeline.amount": COST,
    "erp.itemclass.consumption": COST,
}

_DECIDE = (
    "erp.approve_stockdocument",
    "erp.block_lot",
    "erp.review_stocktake",
    "erp.post_stocktake",
    "erp.reverse_stocktake",
    "erp.cancel_stocktake",
)

_REVALUE = (
    "erp.view_stockrevaluation",
    "erp.add_stockrevaluation",
    "erp.change_stockrevaluation",
    "erp.cancel_stockrevaluation",
)

_HOLD = ("erp.view_reservation", "erp.hold_stock")
_CONTROL = ("erp.view_stocklimit", "erp.replenish_stocklimit", "erp.view_itemclass")

STOCK_ROLES: list[Role] = [
    Role(
        "sales",
        "Sales",
        "销售",
        ("erp.view_stockbalance", "erp.view_shipment", "erp.view_returnreceipt", "erp.hold_stock"),
    ),
    Role(
        "sales_manager",
        "Sales manager",
        "销售经理",
        (
            "erp.view_stockbalance",
            "erp.view_shipment",
            "erp.view_returnreceipt",
            "erp.reassign_reservation",
            "erp.view_projectstock",
            *_HOLD,
        ),
    ),
    Role(
        "planner",
        "Planner",
        "计划员",
        (
            "erp.view_stockbalance",
            "erp.view_stockmove",
            "erp.view_demand",
            "erp.view_supply",
            "erp.view_reservation",
            "erp.reassign_reservation",
            "erp.view_projectstock",
            "erp.move_projectstock",
            "erp.view_shipment",
            "erp.view_stockdocument",
            "erp.view_lot",
            *_CONTROL,
            "erp.add_stocklimit",
            "erp.change_stocklimit",
            "erp.delete_stocklimit",
            "erp.classify_items",
        ),
    ),
    Role(
        "buyer",
        "Buyer",
        "采购员",
        (
            "erp.view_stockbalance",
            "erp.view_stockmove",
            "erp.view_demand",
            "erp.view_supply",
            "erp.view_lot",
            "erp.view_projectstock",
            *_CONTROL,
        ),
    ),
    Role(
        "warehouse",
        "Warehouse",
        "仓库",
        (
            "erp.view_lot",
            "erp.block_lot",
            "erp.view_stockbalance",
            "erp.view_stockmove",
            "erp.view_demand",
            "erp.view_supply",
            "erp.view_reservation",
            "erp.view_projectstock",
            "erp.view_shipment",
            "erp.pick_shipment",
            "erp.pack_shipment",
            "erp.ship_shipment",
            "erp.sign_off_shipment",
            "erp.reverse_shipment",
            "erp.cancel_shipment",
            "erp.add_shipment",
            "erp.view_stockdocument",
            "erp.add_stockdocument",
            "erp.change_stockdocument",
            "erp.post_stockdocument",
            "erp.receive_stockdocument",
            "erp.reverse_stockdocument",
            "erp.cancel_stockdocument",
            "erp.view_stocktake",
            "erp.add_stocktake",
            "erp.change_stocktake",
            "erp.start_stocktake",
            "erp.count_stocktake",
            "erp.cancel_stocktake",
            "erp.view_stocklimit",
            "erp.view_itemclass",
            "erp.view_returnreceipt",
            "erp.receive_returnreceipt",
            "erp.cancel_returnreceipt",
        ),
    ),
    Role("production", "Production", "生产", ("erp.view_stockbalance", "erp.view_lot")),
    Role(
        "finance",
        "Finance",
        "财务",
        (
            "erp.view_stockbalance",
            "erp.view_stockmove",
            "erp.view_valueentry",
            "erp.view_itemcost",
            "erp.view_costlayer",
            "erp.view_averagerun",
            "erp.run_averagerun",
            *_REVALUE,
            "erp.backdate_stock",
            "erp.view_shipment",
            "erp.view_stockdocument",
            "erp.view_stocktake",
            "erp.review_stocktake",
            "erp.post_stocktake",
            "erp.reverse_stocktake",
            "erp.view_returnreceipt",
            "erp.view_lot",
        ),
    ),
    Role(
        "finance_manager",
        "Finance manager",
        "财务经理",
        (
            "erp.view_*",
            "erp.post_opening_stock",
            "erp.run_averagerun",
            "erp.backdate_stock",
            *_REVALUE,
            "erp.post_stockrevaluation",
            "erp.reverse_stockrevaluation",
            *_DECIDE,
        ),
    ),
    Role("manager", "Manager", "经理", ("erp.view_*", *_DECIDE)),
    Role(
        "administrator",
        "Administrator",
        "管理员",
        ("erp.view_*", "erp.post_opening_stock", "erp.add_stockdocument", "erp.configure_stock"),
    ),
]

# --- make ------------------------------------------------------------------------------------------------------------

MAKE_FIELD_RULES: dict[str, FieldRule] = {
    "erp.bomline.fixed_amount": COST,
    "erp.engineeringchangeline.fixed_amount": COST,
    "erp.workcenter.rates": COST,
    "erp.workcenterrate.labour_rate": COST,
    "erp.workcenterrate.machine_rate": COST,
    "erp.workcenterrate.overhead_rate": COST,
    "erp.routingoperation.unit_price": COST,
    "erp.workorder.material_cost": COST,
    "erp.workorder.labour_cost": COST,
    "erp.workorder.received_cost": COST,
    "erp.workorder.variance": COST,
    "erp.productionreceipt.amount": COST,
    "erp.productionreport.labour_rate": FieldRule(view="masterdata.view_labour_rate"),
    "erp.productionreport.labour_amount": FieldRule(view="masterdata.view_labour_rate"),
}

_SEE_PRODUCTION = (
    "erp.view_bom",
    "erp.view_engineeringchange",
    "erp.view_routing",
    "erp.view_workcenter",
    "erp.view_workorder",
    "erp.view_planverdict",
    "erp.view_plannedorder",
)

MAKE_ROLES: list[Role] = [
    Role("sales", "Sales", "销售", ("erp.view_planverdict", "erp.view_workorder")),
    Role("sales_manager", "Sales manager", "销售经理", ("erp.view_planverdict", "erp.view_workorder")),
    Role(
        "planner",
        "Planner",
        "计划员",
        (
            *_SEE_PRODUCTION,
            "erp.view_supplyadvice",
            "erp.view_planrun",
            "erp.firm_plannedorder",
            "erp.run_plan",
            "erp.configure_planning",
            "erp.add_bom",
            "erp.change_bom",
            "erp.release_bom",
            "erp.retire_bom",
            "erp.add_routing",
            "erp.change_routing",
            "erp.release_routing",
            "erp.retire_routing",
            "erp.add_workcenter",
            "erp.change_workcenter",
            "erp.add_engineeringchange",
            "erp.change_engineeringchange",
            "erp.cancel_engineeringchange",
            "erp.add_workorder",
            "erp.change_workorder",
            "erp.release_workorder",
            "erp.complete_workorder",
            "erp.close_workorder",
            "erp.cancel_workorder",
        ),
    ),
    Role("buyer", "Buyer", "采购员", (*_SEE_PRODUCTION, "erp.view_supplyadvice", "erp.firm_plannedorder")),
    Role("warehouse", "Warehouse", "仓库", ("erp.view_bom", "erp.view_workorder", "erp.issue_workorder")),
    Role(
        "production",
        "Production",
        "生产",
        (
            "erp.view_bom",
            "erp.view_routing",
            "erp.view_engineeringchange",
            "erp.view_workcenter",
            "erp.view_workorder",
            "erp.release_workorder",
            "erp.issue_workorder",
            "erp.report_workorder",
            "erp.backdate_workorder",
            "erp.receive_workorder",
            "erp.complete_workorder",
        ),
    ),
    Role(
        "finance",
        "Finance",
        "财务",
        (
            "erp.view_bom",
            "erp.view_routing",
            "erp.view_workcenter",
            "erp.change_workcenter",
            "erp.view_workorder",
            "erp.close_workorder",
        ),
    ),
    Role(
        "manager",
        "Manager",
        "经理",
        (
            "erp.over_issue_workorder",
            "erp.release_bom",
            "erp.release_routing",
            "erp.release_engineeringchange",
            "erp.firm_plannedorder",
            "erp.run_plan",
        ),
    ),
    Role(
        "administrator",
        "Administrator",
        "管理员",
        (
            "erp.add_bom",
            "erp.release_bom",
            "erp.add_routing",
            "erp.release_routing",
            "erp.add_workcenter",
            "erp.configure_planning",
            "erp.record_closed_workorder",
        ),
    ),
]

# --- both ------------------------------------------------------------------------------------------------------------

FIELD_RULES: dict[str, FieldRule] = (
    STOCK_FIELD_RULES | DEMAND_FIELD_RULES | MAKE_FIELD_RULES | MAKING_FIELD_RULES | COSTING_FIELD_RULES
)
ROLES: list[Role] = (
    STOCK_ROLES + DEMAND_ROLES + MAKE_ROLES + MAKING_ROLES + QUALITY_ROLES + QUESTION_ROLES + COSTING_ROLES
)
