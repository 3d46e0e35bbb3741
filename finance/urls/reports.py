"""Pages of the reports: statements and their layouts."""

from django.urls import path

from finance.views import budgets, cash_plan, layouts, order_profit, reports, statements

urlpatterns = [
    path("reports/", reports.ReportIndex.as_view(), name="reports"),
    path("statements/<int:pk>/", statements.StatementDetail.as_view(), name="statement"),
    path("statements/<int:pk>/print/", statements.StatementPrint.as_view(), name="statement-print"),
    path("statements/<int:pk>/rows/<slug:code>/", statements.StatementFigure.as_view(), name="statement-figure"),
    path("statements/<int:pk>/unclassified/", statements.UnclassifiedCash.as_view(), name="statement-unclassified"),
    path("statements/<int:pk>/classify/", statements.ClassifyCash.as_view(), name="cash-classify"),
    path("order-profit/", order_profit.OrderProfit.as_view(), name="order-profit"),
    path("order-profit/lines/", order_profit.OrderProfitLines.as_view(), name="order-profit-lines"),
    path("order-profit/orders/lookup/", order_profit.OrderLookup.as_view(), name="order-lookup"),
    path("order-expenses/", order_profit.ExpenseLines.as_view(), name="order-expense-list"),
    path("order-expenses/<int:pk>/assign/", order_profit.AssignExpense.as_view(), name="order-expense-assign"),
    path("order-expenses/<int:pk>/remove/", order_profit.RemoveExpense.as_view(), name="order-expense-remove"),
    path("budgets/", budgets.BudgetList.as_view(), name="budget-list"),
    path("budgets/new/", budgets.BudgetCreate.as_view(), name="budget-create"),
    path("budgets/alerts/", budgets.AlertList.as_view(), name="budget-alerts"),
    path("budgets/alerts/<int:pk>/close/", budgets.CloseAlert.as_view(), name="budget-alert-close"),
    path("budgets/<int:pk>/", budgets.BudgetDetail.as_view(), name="budget-detail"),
    path("budgets/<int:pk>/lines/new/", budgets.BudgetLineCreate.as_view(), name="budget-line-create"),
    path("budgets/<int:pk>/lines/remove/", budgets.RemoveBudgetLine.as_view(), name="budget-line-remove"),
    path("budgets/<int:pk>/activate/", budgets.ActivateBudget.as_view(), name="budget-activate"),
    path("budgets/<int:pk>/copy/", budgets.CopyBudget.as_view(), name="budget-copy"),
    path("budgets/<int:pk>/carry/", budgets.CarryCommitments.as_view(), name="budget-carry"),
    path("budgets/<int:pk>/carry/undo/", budgets.UndoCarry.as_view(), name="budget-carry-undo"),
    path("budget-lines/<int:pk>/", budgets.BudgetLinePage.as_view(), name="budget-line"),
    path("budget-lines/<int:pk>/release/", budgets.ReleaseCreate.as_view(), name="budget-release"),
    path("cash-plan/", cash_plan.CashPlanPage.as_view(), name="cash-plan"),
    path("cash-plan/lines/", cash_plan.CashPlanLines.as_view(), name="cash-plan-lines"),
    path("cash-plan/accounts/<int:pk>/", cash_plan.CashPlanAccountEdit.as_view(), name="cash-plan-account"),
    path("recurring-payments/", cash_plan.RecurringCashList.as_view(), name="recurring-cash-list"),
    path("recurring-payments/new/", cash_plan.RecurringCashCreate.as_view(), name="recurring-cash-create"),
    path("recurring-payments/<int:pk>/", cash_plan.RecurringCashEdit.as_view(), name="recurring-cash-edit"),
    path("statement-layouts/", layouts.LayoutList.as_view(), name="layout-list"),
    path("statement-layouts/load/", statements.LoadLayouts.as_view(), name="layouts-load"),
    path("statement-layouts/new/", layouts.LayoutCreate.as_view(), name="layout-create"),
    path("statement-layouts/<int:pk>/edit/", layouts.LayoutEdit.as_view(), name="layout-edit"),
    path("statement-layouts/<int:pk>/copy/", layouts.CopyLayout.as_view(), name="layout-copy"),
]
