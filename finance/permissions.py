"""Who may do what in finance."""

from core.permissions import Role, register_field_rules, register_roles

FIELD_RULES: dict = {}

_SEE = (
    "finance.view_account",
    "finance.view_accountmapping",
    "finance.view_bankaccount",
    "finance.view_fiscalperiod",
    "finance.view_journalentry",
    "finance.view_voucher",
    "finance.view_manualentry",
    "finance.view_entrytemplate",
    "finance.view_invoice",
    "finance.view_payment",
    "finance.view_receivables",
    "finance.view_payables",
    "finance.view_statements",
    "finance.view_statementlayout",
    "finance.view_bill",
    "finance.view_writeoff",
    "finance.view_provisionrun",
    "finance.view_matchtolerance",
)
_WORK = (
    *_SEE,
    "finance.add_invoice",
    "finance.change_invoice",
    "finance.post_invoice",
    "finance.cancel_invoice",
    "finance.add_payment",
    "finance.change_payment",
    "finance.post_payment",
    "finance.cancel_payment",
    "finance.allocate_payment",
    "finance.prepare_voucher",
    "finance.add_manualentry",
    "finance.change_manualentry",
    "finance.cancel_manualentry",
    "finance.post_manualentry",
    "finance.change_entrytemplate",
    "finance.add_bill",
    "finance.register_bill",
    "finance.cancel_bill",
    "finance.settle_bill",
    "finance.add_writeoff",
    "finance.cancel_writeoff",
    "finance.add_provisionrun",
    "finance.cancel_provisionrun",
)
_LEAD = (
    *_WORK,
    "finance.credit_invoice",
    "finance.release_invoice",
    "finance.endorse_bill",
    "finance.discount_bill",
    "finance.dishonour_bill",
    "finance.post_writeoff",
    "finance.reverse_writeoff",
    "finance.approve_writeoff",
    "finance.post_provisionrun",
    "finance.reverse_payment",
    "finance.add_journalentry",
    "finance.change_account",
    "finance.change_accountmapping",
    "finance.change_bankaccount",
    "finance.configure_receivables",
    "finance.load_chart",
    "finance.add_fiscalperiod",
    "finance.close_fiscalperiod",
    "finance.reopen_fiscalperiod",
    "finance.change_statementlayout",
    "finance.review_voucher",
    "finance.post_voucher",
    "finance.reverse_manualentry",
    "finance.change_ledgersettings",
    "finance.hold_fiscalperiod",
    "finance.post_in_held_period",
    "finance.carry_over_fiscalperiod",
)

ROLES = [
    Role("finance", "Finance", "财务", _WORK, "Invoices, payments and the books."),
    Role("finance_manager", "Finance manager", "财务经理", _LEAD, "Everything in finance, with periods and accounts."),
    Role("sales_manager", "Sales manager", "销售经理", ("finance.view_receivables", "finance.view_invoice"), ""),
    Role("sales", "Sales", "销售", ("finance.view_receivables",), ""),
    Role("buyer", "Buyer", "采购员", ("finance.view_payables",), ""),
    Role("manager", "Manager", "总经理", _SEE, ""),
    Role("administrator", "Administrator", "系统管理员", ("finance.*",), ""),
]


def register() -> None:
    """Add the app's rules and rights to the platform's."""
    register_field_rules(FIELD_RULES)
    register_roles(ROLES)
