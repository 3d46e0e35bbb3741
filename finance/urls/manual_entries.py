"""Pages of typed entries and their templates."""

from django.urls import path

from finance.views import manual_entries as views

urlpatterns = [
    path("typed-entries/", views.ManualEntryList.as_view(), name="manual-entry-list"),
    path("typed-entries/new/", views.ManualEntryCreate.as_view(), name="manual-entry-create"),
    path("typed-entries/<int:pk>/", views.ManualEntryDetail.as_view(), name="manual-entry-detail"),
    path("typed-entries/<int:pk>/edit/", views.ManualEntryEdit.as_view(), name="manual-entry-edit"),
    path("typed-entries/<int:pk>/post/", views.PostManualEntry.as_view(), name="manual-entry-post"),
    path("typed-entries/<int:pk>/reverse/", views.ReverseManualEntry.as_view(), name="manual-entry-reverse"),
    path("typed-entries/<int:pk>/cancel/", views.CancelManualEntry.as_view(), name="manual-entry-cancel"),
    path("entry-templates/", views.EntryTemplateList.as_view(), name="entry-template-list"),
    path("entry-templates/new/", views.EntryTemplateCreate.as_view(), name="entry-template-create"),
    path("entry-templates/<int:pk>/", views.EntryTemplateDetail.as_view(), name="entry-template-detail"),
    path("entry-templates/<int:pk>/edit/", views.EntryTemplateEdit.as_view(), name="entry-template-edit"),
    path("entry-templates/<int:pk>/use/", views.UseEntryTemplate.as_view(), name="entry-template-use"),
]
