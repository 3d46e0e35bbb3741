"""The built-in roles, with the rights every one of them has on the platform; apps add theirs."""

from core.permissions import Role

EVERYBODY = (
    "core.comment_document",
    "core.read_own_notifications",
    "core.export_data",
    "core.view_dashboard",
    "approvals.add_approvalrequest",
    "approvals.view_approvalrequest",
)
DECIDES = (*EVERYBODY, "approvals.decide_approvalrequest", "core.view_audit_log")

ROLES = [
    Role("sales", "Sales", "销售", EVERYBODY),
    Role("sales_manager", "Sales manager", "销售经理", DECIDES),
    Role("planner", "Planner", "计划员", EVERYBODY),
    Role("buyer", "Buyer", "采购员", EVERYBODY),
    Role("warehouse", "Warehouse clerk", "仓库管理员", EVERYBODY),
    Role("production", "Production", "生产", EVERYBODY),
    Role("quality", "Quality", "质量", EVERYBODY),
    Role("finance", "Finance", "财务", EVERYBODY),
    Role("finance_manager", "Finance manager", "财务经理", DECIDES),
    Role("manager", "Manager", "总经理", DECIDES),
    Role(
        "administrator",
        "Administrator",
        "系统管理员",
        (
            *DECIDES,
            "core.*",
            "approvals.view_approvalpolicy",
            "approvals.add_approvalpolicy",
            "approvals.change_approvalpolicy",
        ),
    ),
]
