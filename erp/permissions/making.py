"""What the built-in roles may do with picking for production, operations and pieces paid."""

from core.permissions import FieldRule, Role

_PICK = ("erp.view_mergedpick", "erp.add_mergedpick", "erp.post_mergedpick", "erp.cancel_mergedpick")

MAKING_FIELD_RULES: dict[str, FieldRule] = {}

MAKING_ROLES: list[Role] = [
    Role("planner", "Planner", "计划员", ("erp.view_mergedpick",)),
    Role("warehouse", "Warehouse", "仓库", _PICK),
    Role("production", "Production", "生产", _PICK),
]
