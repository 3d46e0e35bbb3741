"""Pages of the journals of the general ledger."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.views.base import DocumentPage, FormPage, ListPage, Verb
from finance.filters.journals import JournalFilter
from finance.forms.journals import JournalForm
from finance.models import LedgerJournal
from finance.selectors.journals import all_journals, entries_in
from finance.services import journals
from finance.tables.journals import JournalTable
from finance.views.shared import posted_version

LATEST = 20


class JournalList(ListPage):
    model = LedgerJournal
    table_class = JournalTable
    filterset_class = JournalFilter
    permission_required = "finance.view_ledgerjournal"
    title = _("Journals")
    create_url = "finance:journal-create"
    create_label = _("New journal")
    create_permission = "finance.change_ledgerjournal"
    empty_text = _("The books that entries are written in: the program's own, and those you add for typed entries.")

    def base_queryset(self) -> Any:
        return all_journals()


class JournalDetail(DocumentPage):
    """One journal: what it is for, its latest entries, and who changed it."""

    model = LedgerJournal
    permission_required = "finance.view_ledgerjournal"
    template_name = "finance/journal/detail.html"
    list_url = "finance:journal-list"
    verbs = (
        Verb(_("Edit"), "finance:journal-edit", permission="finance.change_ledgerjournal", link=True, icon="edit"),
    )

    def get_object_queryset(self) -> Any:
        return all_journals()

    def extra_context_for(self, document: LedgerJournal) -> dict[str, Any]:
        return {
            "number": document.code,
            "subtitle": document.label(),
            "latest": list(entries_in(document).order_by("-entry_date", "-pk")[:LATEST]),
            "entries_url": f"{reverse('finance:entry-list')}?ledger_journal={document.pk}",
        }


class JournalFormPage(FormPage):
    service = journals.save_journal
    form_class = JournalForm
    template_name = "core/form.html"
    model = LedgerJournal

    def form_kwargs(self) -> dict[str, Any]:
        return {"is_standard": self.document is not None and self.document.is_standard}

    def arguments(self, form: JournalForm, formset: Any) -> dict[str, Any]:
        own = {"journal_id": self.document.pk, "version": posted_version(self.request)} if self.document else {}
        if self.document is not None and self.document.is_standard:
            own |= {"kind": self.document.kind, "is_active": True}
        return form.arguments() | own


class JournalCreate(JournalFormPage):
    title = _("New journal")

    def extra_context(self) -> dict[str, Any]:
        return {"back_url": reverse("finance:journal-list")}


class JournalEdit(JournalFormPage):
    title = _("Edit journal")

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.document, name) for name in JournalForm.base_fields}
