"""What the built-in roles may do with forecasts, stocking advice and plans of capacity."""

from core.permissions import FieldRule, Role

_COST = FieldRule(view="masterdata.view_cost", change="masterdata.change_cost")
_SEE = ("erp.view_forecast", "erp.view_stockingadvice")

_PLAN = (
    "erp.view_scheduleplan",
    "erp.add_scheduleplan",
    "erp.move_scheduleplan",
    "erp.accept_scheduleplan",
    "erp.discard_scheduleplan",
)

DEMAND_FIELD_RULES: dict[str, FieldRule] = {
    "erp.stockingadvice.unit_cost": _COST,
    "erp.stockingadvice.value_effect": _COST,
    "erp.stockingadvice.cost_effect": _COST,
}

DEMAND_ROLES: list[Role] = [
    Role("sales", "Sales", "销售", ("erp.view_forecast",)),
    Role("sales_manager", "Sales manager", "销售经理", ("erp.view_forecast", "erp.adjust_forecast")),
    Role(
        "planner",
        "Planner",
        "计划员",
        (
            *_SEE,
            "erp.add_forecast",
            "erp.change_forecast",
            "erp.calculate_forecast",
            "erp.adjust_forecast",
            "erp.release_forecast",
            "erp.close_forecast",
            "erp.run_stockingadvice",
            "erp.accept_stockingadvice",
            "erp.configure_demand",
            "erp.set_masterplan",
            *_PLAN,
        ),
    ),
    Role("buyer", "Buyer", "采购员", _SEE),
    Role("production", "Production", "生产", ("erp.view_scheduleplan",)),
    Role("manager", "Manager", "经理", ("erp.release_forecast", "erp.accept_stockingadvice")),
    Role("administrator", "Administrator", "管理员", ("erp.configure_demand",)),
]
