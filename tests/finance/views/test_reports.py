"""The pages of the reports: rights, what they show, what can be done on them."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.contributions import ImportTarget, contributions
from core.errors import InvalidInput
from core.operations import perform
from crm.models import SalesOrder
from finance.models import (
    Budget,
    BudgetAlert,
    CashClassification,
    InvoiceLine,
    OrderExpense,
    RecurringCash,
    StatementLayout,
)
from finance.services import budgets, cash_plan, statements
from tests.factories import crm, erp, masterdata
from tests.factories.core import make_user, superuser
from tests.factories.finance import account, bank, free_invoice, paid, post

D = Decimal


def signed_in(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def told(books) -> dict[str, StatementLayout]:
    """Standard layouts, an invoice paid in part."""
    erp.place()
    perform(statements.load_standard_layouts, actor=None)
    customer = masterdata.customer("ACME")
    invoice = post(free_invoice(customer, "250"))
    paid(customer, "100", (invoice, "60"))
    return {one.code: one for one in StatementLayout.objects.all()}


def pages(told) -> dict[str, str]:
    see, change = "finance.view_statements", "finance.change_statementlayout"
    sheet, flow = told["CN-BS"].pk, told["CN-CF"].pk
    return {
        reverse("finance:reports"): see,
        reverse("finance:statement", args=[sheet]): see,
        reverse("finance:statement-print", args=[sheet]) + "?format=html": see,
        reverse("finance:statement-figure", args=[sheet, "1"]): see,
        reverse("finance:statement-unclassified", args=[flow]): see,
        reverse("finance:layout-list"): change,
        reverse("finance:layout-create"): change,
        reverse("finance:layout-edit", args=[sheet]): change,
    }


def test_pages_are_open_to_those_with_the_right_only(client, told):
    stranger = make_user("stranger")
    for place, (url, right) in enumerate(pages(told).items()):
        client.logout()
        assert client.get(url).status_code == 302, url
        assert signed_in(client, stranger).get(url).status_code == 403, url
        clerk = make_user(f"clerk-{place}", rights=[right])
        assert signed_in(client, clerk).get(url).status_code == 200, url


def test_a_statement_shows_its_figures_and_leads_to_the_entries(client, told):
    page = signed_in(client, superuser())
    flow = told["CN-CF"]
    shown = page.get(flow.get_absolute_url()).content.decode()
    url = reverse("finance:statement-figure", args=[flow.pk, "1"])
    assert url in shown
    behind = page.get(url)
    line = behind.context["lines"][0]
    codes = sorted(one.account.code for one in behind.context["lines"])
    assert (behind.context["behind"].total, codes) == (100, ["112201", "2203"])
    answer = page.post(
        reverse("finance:cash-classify", args=[flow.pk]),
        {"entry": line.entry_id, "account": line.account_id, "row": "2", "next": url},
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, url)
    assert CashClassification.objects.get().row_code == "2"
    refused = page.post(reverse("finance:cash-classify", args=[flow.pk]), {"entry": "x", "account": "", "row": "2"})
    assert refused.status_code == 409
    for kind in ("xlsx", "csv"):
        file = page.get(flow.get_absolute_url() + f"?export={kind}&language=zh")
        assert "CN-CF-" in file.headers["Content-Disposition"]
    printed = page.get(reverse("finance:statement-print", args=[told["CN-BS"].pk]) + "?format=html&language=zh")
    assert "会小企01表" in printed.content.decode()


def test_a_layout_is_edited_on_its_page(client, told):
    page = signed_in(client, superuser())
    layout = told["CN-PL"]
    answer = page.post(reverse("finance:layout-copy", args=[layout.pk]))
    own = StatementLayout.objects.get(standard="own")
    assert answer.headers["Location"] == reverse("finance:layout-edit", args=[own.pk])
    form = {
        "version": own.version, "code": "OWN", "kind": "profit_loss", "name": "Own", "name_zh": "", "form_code": "",
        "is_active": "on", "lines-TOTAL_FORMS": "2", "lines-INITIAL_FORMS": "0",
        "lines-0-code": "1", "lines-0-name": "Revenue", "lines-0-kind": "accounts", "lines-0-level": "0",
        "lines-0-side": "credit", "lines-0-accounts": "5001", "lines-1-code": "2", "lines-1-name": "Sum",
        "lines-1-kind": "formula", "lines-1-level": "0", "lines-1-side": "credit", "lines-1-formula": "9",
    }  # fmt: skip
    url = reverse("finance:layout-edit", args=[own.pk])
    assert page.post(url, form).status_code == 422
    saved = page.post(url, form | {"lines-1-formula": "1"})
    assert saved.status_code == 302
    assert list(own.rows.values_list("code", "formula")) == [("1", ""), ("2", "1")]
    assert page.post(reverse("finance:layouts-load")).status_code == 302


@pytest.fixture
def planned(told) -> dict[str, str]:
    """A budget in force with an alert, a cost of a supplier, an order shipped, a recurring payment; {page: right}."""
    item = masterdata.item("GRINDER")
    erp.opening(item, "50", "10")
    line = crm.line(item, "10", "100", ship_date=erp.TODAY)
    order = crm.confirmed_order(masterdata.customer("BUYS"), line, warehouse_id=erp.place().pk, tax_included=False)
    erp.signed(order)
    made = perform(budgets.create_budget, actor=None, year=2026, name="Plan")
    limit = perform(
        budgets.save_budget_line, actor=None, budget_id=made.pk, account_id=account("5602").pk, amount=D(100)
    )
    perform(budgets.activate_budget, actor=None, budget_id=made.pk)
    bill = post(free_invoice(masterdata.supplier("CARRIER"), "95", kind="supplier"))
    rent = perform(
        cash_plan.save_recurring_cash,
        actor=None,
        name="Rent",
        bank_account_id=bank().pk,
        direction="out",
        amount=D(70),
        step="month",
        first_date=erp.TODAY,
    )
    cost = bill.lines.get().pk
    profit, budget, cash = "finance.view_orderprofit", "finance.view_budget", "finance.view_cashplan"
    return {
        reverse("finance:order-profit"): profit,
        reverse("finance:order-profit-lines") + f"?order={order.pk}": profit,
        reverse("finance:order-expense-list"): "finance.view_orderexpense",
        reverse("finance:order-expense-assign", args=[cost]): "finance.assign_orderexpense",
        reverse("finance:order-lookup") + "?q=SO": "finance.assign_orderexpense",
        reverse("finance:budget-list"): budget,
        reverse("finance:budget-detail", args=[made.pk]): budget,
        reverse("finance:budget-line", args=[limit.pk]): budget,
        reverse("finance:budget-alerts"): "finance.view_budgetalert",
        reverse("finance:budget-create"): "finance.change_budget",
        reverse("finance:budget-line-create", args=[made.pk]): "finance.change_budget",
        reverse("finance:budget-release", args=[limit.pk]): "finance.release_budget",
        reverse("finance:cash-plan"): cash,
        reverse("finance:cash-plan-lines") + "?source=recurring": cash,
        reverse("finance:cash-plan-account", args=[bank().pk]): "finance.change_recurringcash",
        reverse("finance:recurring-cash-list"): cash,
        reverse("finance:recurring-cash-create"): "finance.change_recurringcash",
        reverse("finance:recurring-cash-edit", args=[rent.pk]): "finance.change_recurringcash",
        order.get_absolute_url(): "crm.view_salesorder",
    }


def test_plans_and_profits_are_open_to_those_with_the_right_only(client, planned):
    stranger, every = make_user("stranger"), superuser()
    for place, (url, right) in enumerate(planned.items()):
        client.logout()
        assert client.get(url).status_code == 302, url
        assert signed_in(client, stranger).get(url).status_code == 403, url
        clerk = make_user(f"clerk-{place}", rights=[right])
        assert signed_in(client, clerk).get(url).status_code == 200, url
        assert signed_in(client, every).get(url).status_code == 200, url
    seller = make_user("seller", rights=["finance.view_orderprofit", "core.export_data"])
    page = signed_in(client, seller).get(reverse("finance:order-profit"))
    assert (page.context["sees_cost"], page.context["chart"]) == (False, None)
    file = b"".join(client.get(reverse("finance:order-profit") + "?export=csv").streaming_content).decode()
    assert "1000" in file
    assert "Margin" not in file


def test_costs_budgets_and_recurring_payments_are_worked_on_their_pages(client, planned):
    page = signed_in(client, superuser())
    urls = list(planned)
    order, line = SalesOrder.objects.get(), InvoiceLine.objects.get(base_net_amount=95)
    answer = page.post(
        reverse("finance:order-expense-assign", args=[line.pk]), {"sales_order": order.pk, "amount": "95"}
    )
    assert answer.status_code == 302
    shown = page.get(answer.headers["Location"])
    assert shown.context["total"].margin == 1000 - 100 - 95
    expense = OrderExpense.objects.get()
    removed = page.post(
        reverse("finance:order-expense-remove", args=[expense.pk]),
        {"invoice": line.invoice_id, "next": "/finance/order-profit/"},
    )
    assert (removed.headers["Location"], OrderExpense.objects.count()) == ("/finance/order-profit/", 0)
    alert = BudgetAlert.objects.get()
    assert page.post(reverse("finance:budget-alert-close", args=[alert.pk])).status_code == 302
    budget = Budget.objects.get()
    copied = page.post(reverse("finance:budget-copy", args=[budget.pk]))
    draft = Budget.objects.get(state="draft")
    assert copied.headers["Location"] == draft.get_absolute_url()
    typed = {"account": account("5601").pk, "amount": "30", "month": "4", "warn_percent": "80", "stop_percent": ""}
    assert page.post(reverse("finance:budget-line-create", args=[draft.pk]), typed).status_code == 302
    added = draft.lines.get(account__code="5601")
    assert (added.month, added.stop_percent, str(added.first)) == (4, None, "2026-04-01")
    assert page.post(reverse("finance:budget-line-remove", args=[draft.pk]), {"line": added.pk}).status_code == 302
    assert page.post(reverse("finance:budget-activate", args=[draft.pk]), {"version": "0"}).status_code == 302
    rent = [url for url in urls if "recurring-payments/" in url][-1]
    form = {"version": "0", "name": "Rent", "bank_account": bank().pk, "direction": "out", "amount": "75",
            "step": "month", "first_date": "2026-03-10", "last_date": "", "is_active": "on"}  # fmt: skip
    assert page.post(rent, form).status_code == 302
    assert RecurringCash.objects.get().amount == 75
    for url in (reverse("finance:cash-plan"), draft.get_absolute_url(), reverse("finance:order-profit-lines")):
        assert page.get(url + "?export=xlsx").headers["Content-Type"].startswith("application/vnd"), url


def test_budget_lines_are_imported(client, planned):
    admin = superuser()
    perform(budgets.create_budget, actor=None, year=2026, name="Next")
    target = next(one for one in contributions(ImportTarget, user=admin) if one.key == "finance.budgetline")
    row = {"budget": "2026-V2", "account": "5601", "department": None, "month": 5, "amount": D(12)}
    line = perform(target.service, actor=admin, **target.arguments(row, admin))
    assert (line.account.code, line.month, line.amount, line.warn_percent) == ("5601", 5, 12, 90)
    with pytest.raises(InvalidInput):
        target.arguments(row | {"department": "NOBODY"}, admin)
