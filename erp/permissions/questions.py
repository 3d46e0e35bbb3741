"""What the built-in roles may do with the answers of the planner: kit check, decisions on changes."""

from core.permissions import Role

QUESTION_ROLES: list[Role] = [
    Role("planner", "Planner", "计划员", ("erp.reserve_kit", "erp.view_planchange", "erp.decide_planchange")),
    Role("buyer", "Buyer", "采购员", ("erp.view_planchange",)),
    Role("production", "Production", "生产", ("erp.reserve_kit",)),
    Role("manager", "Manager", "经理", ("erp.reserve_kit", "erp.decide_planchange")),
]
