"""What the built-in roles may do with picking for production, operations and pieces paid."""

from core.permissions import FieldRule, Role

_PICK = ("erp.view_mergedpick", "erp.add_mergedpick", "erp.post_mergedpick", "erp.cancel_mergedpick")

_QUEUE = ("erp.view_backflushshortage", "erp.retry_backflushshortage")
LABOUR = FieldRule(view="masterdata.view_labour_rate")

MAKING_FIELD_RULES: dict[str, FieldRule] = {
    "erp.piecerate.rate": LABOUR,
    "erp.piecewage.rate": LABOUR,
    "erp.piecewage.amount": LABOUR,
}

MAKING_ROLES: list[Role] = [
    Role(
        "planner",
        "Planner",
        "计划员",
        ("erp.view_mergedpick", "erp.view_workorderoperation", "erp.dispatch_workorderoperation", *_QUEUE),
    ),
    Role("warehouse", "Warehouse", "仓库", (*_PICK, *_QUEUE)),
    Role(
        "production",
        "Production",
        "生产",
        (*_PICK, *_QUEUE, "erp.view_workorderoperation", "erp.dispatch_workorderoperation"),
    ),
    Role(
        "finance",
        "Finance",
        "财务",
        ("erp.view_backflushshortage", "erp.view_piecerate", "erp.change_piecerate", "erp.view_piecewage"),
    ),
    Role("manager", "Manager", "经理", ("erp.change_piecerate",)),
]
