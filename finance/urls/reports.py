"""Pages of the reports: statements and their layouts."""

from django.urls import path

from finance.views import layouts, reports, statements

urlpatterns = [
    path("reports/", reports.ReportIndex.as_view(), name="reports"),
    path("statements/<int:pk>/", statements.StatementDetail.as_view(), name="statement"),
    path("statements/<int:pk>/print/", statements.StatementPrint.as_view(), name="statement-print"),
    path("statements/<int:pk>/rows/<slug:code>/", statements.StatementFigure.as_view(), name="statement-figure"),
    path("statements/<int:pk>/unclassified/", statements.UnclassifiedCash.as_view(), name="statement-unclassified"),
    path("statements/<int:pk>/classify/", statements.ClassifyCash.as_view(), name="cash-classify"),
    path("statement-layouts/", layouts.LayoutList.as_view(), name="layout-list"),
    path("statement-layouts/load/", statements.LoadLayouts.as_view(), name="layouts-load"),
    path("statement-layouts/new/", layouts.LayoutCreate.as_view(), name="layout-create"),
    path("statement-layouts/<int:pk>/edit/", layouts.LayoutEdit.as_view(), name="layout-edit"),
    path("statement-layouts/<int:pk>/copy/", layouts.CopyLayout.as_view(), name="layout-copy"),
]
