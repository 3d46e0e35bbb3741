"""Rights of inspection, corrective action and the watch over production."""

from core.permissions import Role

_SEE = ("erp.view_inspection", "erp.view_inspectionplan", "erp.view_defectcode")
_DECIDE = ("erp.decide_inspection", "erp.concede_inspection", "erp.cancel_inspection")
_PLAN = (
    "erp.add_inspectionplan",
    "erp.change_inspectionplan",
    "erp.release_inspectionplan",
    "erp.add_defectcode",
    "erp.change_defectcode",
)
_INSPECT = ("erp.add_inspection", "erp.inspect_inspection")

QUALITY_ROLES: list[Role] = [
    Role(
        "quality",
        "Quality",
        "质量",
        (
            *_SEE,
            *_PLAN,
            *_INSPECT,
            *_DECIDE,
            "erp.view_stockbalance",
            "erp.view_stockmove",
            "erp.view_lot",
            "erp.block_lot",
            "erp.view_bom",
            "erp.view_workorder",
            "erp.view_returnreceipt",
            "erp.view_shipment",
            "erp.view_demand",
        ),
    ),
    Role("warehouse", "Warehouse", "仓库", (*_SEE, *_INSPECT)),
    Role("production", "Production", "生产", (*_SEE, *_INSPECT)),
    Role("planner", "Planner", "计划员", _SEE),
    Role("buyer", "Buyer", "采购员", _SEE),
    Role("sales_manager", "Sales manager", "销售经理", ("erp.view_inspection",)),
    Role("manager", "Manager", "经理", (*_DECIDE, "erp.release_inspectionplan")),
    Role("administrator", "Administrator", "管理员", _PLAN),
]
