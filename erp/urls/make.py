"""Pages of engineering, planning and production."""

from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from erp.services import boms, work_orders
from erp.views import boms as bom_views
from erp.views import costs, plan_changes, planning, production, shop_floor, substitutes
from erp.views import work_orders as order_views
from erp.views.verbs import verb_view

BOM = bom_views.BomPage
ORDER = order_views.WorkOrderPage

engineering = [
    path("boms/", bom_views.BomList.as_view(), name="bom-list"),
    path("boms/new/", bom_views.CreateBom.as_view(), name="bom-create"),
    path("boms/<int:pk>/", BOM.as_view(), name="bom-detail"),
    path("boms/export/", bom_views.ExportBoms.as_view(), name="bom-export"),
    path("boms/<int:pk>/export/", bom_views.ExportBoms.as_view(), name="bom-export-one"),
    path("boms/<int:pk>/compare/", bom_views.CompareBoms.as_view(), name="bom-compare"),
    path("boms/<int:pk>/edit/", bom_views.EditBom.as_view(), name="bom-edit"),
    path(
        "boms/<int:pk>/release/",
        verb_view(boms.release_bom, BOM, pgettext_lazy("bill of material", "Released.")),
        name="bom-release",
    ),
    path("boms/<int:pk>/copy/", verb_view(boms.copy_bom, BOM, _("This is the copy.")), name="bom-copy"),
    path("boms/<int:pk>/retire/", verb_view(boms.retire_bom, BOM, _("Retired.")), name="bom-retire"),
    path("substitutes/", substitutes.SubstituteList.as_view(), name="substitute-list"),
    path("items/<int:pk>/structure/", bom_views.ItemStructure.as_view(), name="item-structure"),
    path("items/<int:pk>/structure/<str:part>/file/", bom_views.StructureFile.as_view(), name="item-structure-file"),
    path("items/<int:pk>/cost/", costs.ItemCostPage.as_view(), name="item-cost"),
    path("items/<int:pk>/cost/propose/", costs.ProposeStandardCosts.as_view(), name="item-cost-propose"),
]

plan = [
    path("plan/", planning.PlanList.as_view(), name="plan"),
    path("plan/firm/", planning.FirmOrders.as_view(), name="plan-firm"),
    path("plan/run/", planning.AskForPlan.as_view(), name="plan-run"),
    path("plan/orders/<str:identity>/", planning.PlannedOrderPage.as_view(), name="planned-order"),
    path("plan/shortages/", planning.ShortageList.as_view(), name="shortages"),
    path("plan/shortages/request/", planning.RequestShortages.as_view(), name="shortages-request"),
    path("plan/late/", planning.LateLineList.as_view(), name="late-lines"),
    path("plan/advice/", plan_changes.AdviceList.as_view(), name="advice"),
    path("plan/runs/", planning.RunList.as_view(), name="plan-runs"),
    path("plan/settings/", planning.SettingsPage.as_view(), name="planning-settings"),
]

orders = [
    path("work-orders/", order_views.WorkOrderList.as_view(), name="work-order-list"),
    path("work-orders/new/", order_views.CreateWorkOrder.as_view(), name="work-order-create"),
    path("work-orders/<int:pk>/", ORDER.as_view(), name="work-order-detail"),
    path("work-orders/<int:pk>/edit/", order_views.EditWorkOrder.as_view(), name="work-order-edit"),
    path("work-orders/<int:pk>/reschedule/", order_views.RescheduleWorkOrder.as_view(), name="work-order-reschedule"),
    path("work-orders/<int:pk>/print/", order_views.WorkOrderPrint.as_view(), name="work-order-print"),
    path(
        "work-orders/<int:pk>/release/",
        verb_view(work_orders.release_work_order, ORDER, _("Released.")),
        name="work-order-release",
    ),
    path("work-orders/<int:pk>/issue/", production.IssueMaterials.as_view(), name="work-order-issue"),
    path(
        "work-orders/<int:pk>/material-quantities/",
        production.MaterialQuantities.as_view(),
        name="work-order-material-quantities",
    ),
    path("work-orders/<int:pk>/issue-extra/", production.IssueExtraMaterials.as_view(), name="work-order-issue-extra"),
    path("work-orders/<int:pk>/return/", production.ReturnMaterials.as_view(), name="work-order-return"),
    path("work-orders/<int:pk>/stage/", production.StageMaterials.as_view(), name="work-order-stage"),
    path("work-orders/<int:pk>/bring-back/", production.BringBackMaterials.as_view(), name="work-order-bring-back"),
    path(
        "work-orders/<int:pk>/use-up/",
        verb_view(work_orders.use_up_materials, ORDER, _("Used up.")),
        name="work-order-use-up",
    ),
    path("work-orders/<int:pk>/report/", production.ReportWork.as_view(), name="work-order-report"),
    path("work-orders/<int:pk>/receive/", production.ReceiveProduction.as_view(), name="work-order-receive"),
    path(
        "work-orders/<int:pk>/complete/",
        verb_view(work_orders.complete_work_order, ORDER, _("Completed.")),
        name="work-order-complete",
    ),
    path(
        "work-orders/<int:pk>/close/",
        verb_view(work_orders.close_work_order, ORDER, pgettext_lazy("work order", "Closed.")),
        name="work-order-close",
    ),
    path(
        "work-orders/<int:pk>/cancel/",
        verb_view(work_orders.cancel_work_order, ORDER, _("Cancelled.")),
        name="work-order-cancel",
    ),
    path("production-reports/<int:pk>/reverse/", production.ReverseReport.as_view(), name="report-reverse"),
    path("production-receipts/<int:pk>/reverse/", production.ReverseReceipt.as_view(), name="receipt-reverse"),
]

floor = [
    path("shop-floor/", shop_floor.BadgePage.as_view(), name="shop-floor"),
    path("shop-floor/<int:employee_pk>/", shop_floor.EmployeePage.as_view(), name="shop-floor-employee"),
    path("shop-floor/<int:employee_pk>/<int:pk>/", shop_floor.OrderPage.as_view(), name="shop-floor-order"),
    path(
        "shop-floor/<int:employee_pk>/<int:pk>/<int:step_pk>/",
        shop_floor.OrderPage.as_view(),
        name="shop-floor-step",
    ),
]

urlpatterns = [*engineering, *plan, *orders, *floor]
