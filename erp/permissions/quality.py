"""Rights of inspection, corrective action and the watch over production."""

from core.permissions import Role

_SEE = (
    "erp.view_inspection",
    "erp.view_inspectionplan",
    "erp.view_defectcode",
    "erp.view_correctiveaction",
    "erp.add_correctiveaction",
    "erp.view_dossier",
)
_SOLVE = ("erp.change_correctiveaction", "erp.advance_correctiveaction")
_TRACK = ("erp.view_trackingwarning", "erp.check_trackingwarning")
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
            *_SOLVE,
            "erp.verify_correctiveaction",
            "erp.cancel_correctiveaction",
            "erp.view_trackingwarning",
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
    Role("production", "Production", "生产", (*_SEE, *_INSPECT, *_SOLVE, *_TRACK)),
    Role("planner", "Planner", "计划员", (*_SEE, *_SOLVE, *_TRACK, "erp.configure_tracking")),
    Role("buyer", "Buyer", "采购员", (*_SEE, *_SOLVE)),
    Role("sales", "Sales", "销售", ("erp.view_trackingwarning", "erp.add_correctiveaction", "erp.view_dossier")),
    Role(
        "sales_manager",
        "Sales manager",
        "销售经理",
        (
            "erp.view_inspection",
            "erp.view_trackingwarning",
            "erp.view_correctiveaction",
            "erp.add_correctiveaction",
            "erp.view_dossier",
        ),
    ),
    Role(
        "manager",
        "Manager",
        "经理",
        (
            *_DECIDE,
            *_SOLVE,
            "erp.release_inspectionplan",
            "erp.verify_correctiveaction",
            "erp.cancel_correctiveaction",
            "erp.check_trackingwarning",
        ),
    ),
    Role("administrator", "Administrator", "管理员", (*_PLAN, "erp.configure_tracking")),
]
