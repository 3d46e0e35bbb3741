"""Pages of the platform."""

from typing import Any

from django.urls import path

from core.views import approvals, conversations, home, imports, people, saved_views, settings, work
from core.views import help as help_pages

app_name = "core"

urlpatterns: list[Any] = [
    path("", home.Home.as_view(), name="home"),
    path("health/", home.health, name="health"),
    path("dashboard/", home.Dashboard.as_view(), name="dashboard"),
    path("my-work/", work.MyWork.as_view(), name="my-work"),
    path("search/", work.Search.as_view(), name="search"),
    path("notifications/", work.Notifications.as_view(), name="notifications"),
    path("open/<str:label>/<int:pk>/", work.OpenObject.as_view(), name="object"),
    path("help/", help_pages.HowWeWork.as_view(), name="help"),
    path("help/flow/", help_pages.FlowPage.as_view(), name="flow"),
    path("help/tour/", help_pages.Tour.as_view(), name="tour"),
    path("help/procedures/<int:step>/", help_pages.EditProcedure.as_view(), name="procedure"),
    path("language/", settings.switch_language, name="set_language"),
    path("demo-login/", people.demo_login, name="demo-login"),
    path("set-password/<uidb64>/<token>/", settings.SetPassword.as_view(), name="set-password"),
    path("timeline/<str:label>/<int:pk>/comment/", conversations.Comment.as_view(), name="comment"),
    path("timeline/<str:label>/<int:pk>/attach/", conversations.Attach.as_view(), name="attach"),
    path("timeline/<str:label>/<int:pk>/follow-up/", conversations.FollowUpAdd.as_view(), name="follow-up"),
    path("follow-ups/<int:pk>/done/", conversations.FollowUpDone.as_view(), name="follow-up-done"),
    path("attachments/<int:pk>/", conversations.Download.as_view(), name="attachment"),
    path("views/<str:page>/save/", saved_views.SaveView.as_view(), name="saved-view-save"),
    path("views/<int:pk>/delete/", saved_views.DeleteView.as_view(), name="saved-view-delete"),
    path("views/<str:page>/columns/", saved_views.SaveColumns.as_view(), name="columns-save"),
    path("approvals/", approvals.Inbox.as_view(), name="approvals"),
    path("approvals/<str:label>/<int:pk>/request/", approvals.AskApproval.as_view(), name="approval-request"),
    path("approvals/<int:pk>/decide/", approvals.DecideApproval.as_view(), name="approval-decide"),
    path("imports/", imports.ImportStart.as_view(), name="imports"),
    path("imports/<int:pk>/", imports.ImportPage.as_view(), name="import-run"),
    path("imports/<int:pk>/errors/", imports.ImportErrors.as_view(), name="import-errors"),
    path("imports/templates/<str:key>/", imports.ImportTemplate.as_view(), name="import-template"),
    path("settings/policies/", approvals.Policies.as_view(), name="policies"),
    path("settings/policies/new/", approvals.PolicyEdit.as_view(), name="policy-create"),
    path("settings/policies/<int:pk>/", approvals.PolicyEdit.as_view(), name="policy"),
    path("settings/company/", settings.CompanySettings.as_view(), name="company"),
    path("settings/people/", people.People.as_view(), name="people"),
    path("settings/people/new/", people.PersonEdit.as_view(), name="person-create"),
    path("settings/people/<int:pk>/", people.PersonEdit.as_view(), name="person"),
    path("settings/people/<int:pk>/active/", people.PersonActive.as_view(), name="person-active"),
    path("settings/people/<int:pk>/link/", people.OneTimeLink.as_view(), name="person-link"),
    path("settings/roles/new/", people.RoleEdit.as_view(), name="role-create"),
    path("settings/roles/<int:pk>/", people.RoleEdit.as_view(), name="role"),
    path("settings/roles/<int:pk>/preview/", people.PreviewRole.as_view(), name="role-preview"),
    path("settings/preview/end/", people.end_preview, name="preview-end"),
    path("settings/teams/new/", people.TeamEdit.as_view(), name="team-create"),
    path("settings/teams/<int:pk>/", people.TeamEdit.as_view(), name="team"),
]
