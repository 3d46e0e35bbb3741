"""Pages of inspection and quality."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from erp.services import inspection_plans, inspections
from erp.views import inspection_plans as plan_pages
from erp.views import inspections as pages
from erp.views.verbs import verb_view

PAGE, PLAN = pages.InspectionPage, plan_pages.InspectionPlanPage

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
]
