"""Pages of inspection and quality."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from erp.services import corrective_actions, inspection_plans, inspections
from erp.views import corrective_actions as action_pages
from erp.views import dossier, quality_figures, tracking
from erp.views import inspection_plans as plan_pages
from erp.views import inspection_scans as scans
from erp.views import inspections as pages
from erp.views.verbs import verb_view

PAGE, PLAN = pages.InspectionPage, plan_pages.InspectionPlanPage
ACTION = action_pages.CorrectiveActionPage

urlpatterns = [
    path("inspection-plans/", plan_pages.InspectionPlanList.as_view(), name="inspection-plan-list"),
    path("inspection-plans/new/", plan_pages.CreateInspectionPlan.as_view(), name="inspection-plan-create"),
    path("inspection-plans/<int:pk>/", PLAN.as_view(), name="inspection-plan-detail"),
    path("inspection-plans/<int:pk>/edit/", plan_pages.EditInspectionPlan.as_view(), name="inspection-plan-edit"),
    path(
        "inspection-plans/<int:pk>/release/",
        verb_view(inspection_plans.release_inspection_plan, PLAN, _("Released.")),
        name="inspection-plan-release",
    ),
    path(
        "inspection-plans/<int:pk>/revise/",
        verb_view(inspection_plans.revise_inspection_plan, PLAN, _("This is the draft of the next revision.")),
        name="inspection-plan-revise",
    ),
    path(
        "inspection-plans/<int:pk>/retire/",
        verb_view(inspection_plans.retire_inspection_plan, PLAN, _("Retired.")),
        name="inspection-plan-retire",
    ),
    path("defect-codes/", plan_pages.DefectCodeList.as_view(), name="defect-code-list"),
    path("defect-codes/new/", plan_pages.CreateDefectCode.as_view(), name="defect-code-create"),
    path("defect-codes/<int:pk>/edit/", plan_pages.EditDefectCode.as_view(), name="defect-code-edit"),
    path("inspections/", pages.InspectionList.as_view(), name="inspection-list"),
    path("inspections/new/", pages.CreateInspection.as_view(), name="inspection-create"),
    path("inspections/scan/", scans.FindInspection.as_view(), name="inspection-find"),
    path("inspections/<int:pk>/scan/", scans.InspectionScanPage.as_view(), name="inspection-scan"),
    path("inspections/<int:pk>/scan/code/", scans.ScanFinding.as_view(), name="inspection-scan-code"),
    path("inspections/<int:pk>/scan/undo/", scans.UndoFinding.as_view(), name="inspection-scan-undo"),
    path(
        "inspections/<int:pk>/scan/defects/<int:defect>/undo/",
        scans.UndoDefect.as_view(),
        name="inspection-scan-undo-defect",
    ),
    path("inspections/<int:pk>/scan/finish/", scans.FinishByScan.as_view(), name="inspection-scan-finish"),
    path("inspections/<int:pk>/scan/decide/", scans.DecideByScan.as_view(), name="inspection-scan-decide"),
    path("work-orders/<int:pk>/inspect/", pages.InspectWorkOrder.as_view(), name="work-order-inspect"),
    path("inspections/<int:pk>/", PAGE.as_view(), name="inspection-detail"),
    path("inspections/<int:pk>/results/", pages.EnterResults.as_view(), name="inspection-results"),
    path("inspections/<int:pk>/results/finish/", pages.FinishWithResults.as_view(), name="inspection-results-finish"),
    path(
        "inspections/<int:pk>/finish/",
        verb_view(inspections.finish_inspection, PAGE, _("The inspection is finished.")),
        name="inspection-finish",
    ),
    path(
        "inspections/<int:pk>/reopen/",
        verb_view(inspections.reopen_inspection, PAGE, _("Go on inspecting.")),
        name="inspection-reopen",
    ),
    path("inspections/<int:pk>/decide/", pages.Decide.as_view(), name="inspection-decide"),
    path("inspections/<int:pk>/concede/", pages.DecideWithConcession.as_view(), name="inspection-concede"),
    path(
        "inspections/<int:pk>/cancel/",
        verb_view(inspections.cancel_inspection, PAGE, _("Cancelled.")),
        name="inspection-cancel",
    ),
    path("inspections/<int:pk>/print/", pages.PrintInspection.as_view(), name="inspection-print"),
    path(
        "inspections/<int:pk>/corrective-action/",
        action_pages.CreateForInspection.as_view(),
        name="inspection-corrective-action",
    ),
    path(
        "stock/returns/<int:pk>/corrective-action/",
        action_pages.CreateForReturn.as_view(),
        name="return-receipt-corrective-action",
    ),
    path("corrective-actions/", action_pages.CorrectiveActionList.as_view(), name="corrective-action-list"),
    path("corrective-actions/new/", action_pages.CreateCorrectiveAction.as_view(), name="corrective-action-create"),
    path("corrective-actions/<int:pk>/", ACTION.as_view(), name="corrective-action-detail"),
    path(
        "corrective-actions/<int:pk>/edit/", action_pages.EditCorrectiveAction.as_view(), name="corrective-action-edit"
    ),
    path(
        "corrective-actions/<int:pk>/analyse/",
        verb_view(corrective_actions.start_analysis, ACTION, _("Find the cause.")),
        name="corrective-action-analyse",
    ),
    path(
        "corrective-actions/<int:pk>/act/",
        verb_view(corrective_actions.start_action, ACTION, _("Take action.")),
        name="corrective-action-act",
    ),
    path(
        "corrective-actions/<int:pk>/complete/",
        verb_view(corrective_actions.complete_action, ACTION, _("It waits for verification now.")),
        name="corrective-action-complete",
    ),
    path(
        "corrective-actions/<int:pk>/verify/",
        action_pages.VerifyCorrectiveAction.as_view(),
        name="corrective-action-verify",
    ),
    path(
        "corrective-actions/<int:pk>/cancel/",
        verb_view(corrective_actions.cancel_corrective_action, ACTION, _("Cancelled.")),
        name="corrective-action-cancel",
    ),
    path(
        "corrective-actions/<int:pk>/print/",
        action_pages.PrintCorrectiveAction.as_view(),
        name="corrective-action-print",
    ),
    path("quality/defects/", quality_figures.DefectPareto.as_view(), name="quality-defects"),
    path("quality/pass-rates/", quality_figures.PassRates.as_view(), name="quality-rates"),
    path("quality/run-chart/", quality_figures.RunChart.as_view(), name="quality-run"),
    path("tracking/", tracking.TrackingPage.as_view(), name="tracking"),
    path("tracking/wall/", tracking.TrackingWall.as_view(), name="tracking-wall"),
    path("tracking/check/", tracking.CheckProduction.as_view(), name="tracking-check"),
    path("tracking/settings/edit/", tracking.TrackingSettingsPage.as_view(), name="tracking-settings"),
    path("dossier/", dossier.DossierPage.as_view(), name="dossier"),
    path("dossier/<str:key>/print/", dossier.PrintDossier.as_view(), name="dossier-print"),
]
