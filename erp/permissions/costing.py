"""Who may see and steer the cost of work orders."""

from core.permissions import FieldRule, Role

_COST = FieldRule(view="masterdata.view_cost")

COSTING_FIELD_RULES = {
    f"erp.{name}": _COST
    for name in (
        "orderbaseline.price",
        "absorbedcost.machine_amount",
        "absorbedcost.overhead_amount",
        "operationfee.amount",
        "costoverrun.planned",
        "costoverrun.projected",
        "workorderoutput.received_cost",
        "workorderoutput.fixed_amount",
        "workorderoutput.capped_amount",
    )
}

_STEERING = ("erp.view_orderbaseline", "erp.view_absorbedcost", "erp.view_operationfee", "erp.view_costoverrun")

COSTING_ROLES: list[Role] = [
    Role("finance", "Finance", "财务", _STEERING),
    Role(
        "finance_manager",
        "Finance manager",
        "财务经理",
        (*_STEERING, "erp.change_costingsettings", "erp.exceed_workorder_cost"),
    ),
    Role("manager", "Manager", "经理", (*_STEERING, "erp.exceed_workorder_cost")),
    Role("planner", "Planner", "计划员", ("erp.exceed_workorder_cost",)),
]
