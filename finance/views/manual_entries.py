"""Pages of typed entries and their templates."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.fields import ZERO
from core.formats import plain
from core.operations import may_perform
from core.views.base import DocumentPage, FormPage, ListPage, OperationView, Page, Verb, visible
from core.widgets import show_choice
from finance.filters.vouchers import EntryTemplateFilter, ManualEntryFilter
from finance.forms.entries import (
    NAMED,
    EntryTemplateForm,
    ManualEntryForm,
    ManualEntryLineFormSet,
    TemplateLineFormSet,
    typed_rows,
)
from finance.forms.fields import key_choices
from finance.models import EntryTemplate, ManualEntry
from finance.selectors.accounts import postable_accounts, typed_accounts
from finance.selectors.ledger import entries_of
from finance.services import manual_entries
from finance.states import ManualEntryKind, ManualEntryState
from finance.tables.vouchers import EntryTemplateTable, ManualEntryTable
from finance.views.shared import VersionedOperation, posted_version
from masterdata.models import Currency, Department, ItemCategory, Project
from masterdata.selectors.currencies import base_currency

S = ManualEntryState
LINES = ("account", "currency", "partner", "department", "project", "item_category", "sales_order")


def line_choices(*, with_control: bool) -> dict[str, Any]:
    """Return the choices of the selects of a grid, each read once."""
    accounts = key_choices(postable_accounts() if with_control else typed_accounts())
    return {
        "account": accounts,
        "basis_account": key_choices(postable_accounts()),
        "department": key_choices(Department.objects.filter(is_active=True)),
        "project": key_choices(Project.objects.filter(is_active=True)),
        "item_category": key_choices(ItemCategory.objects.filter(is_active=True)),
        "currency": key_choices(Currency.objects.filter(is_active=True)),
    }


class ManualEntryList(ListPage):
    model = ManualEntry
    table_class = ManualEntryTable
    filterset_class = ManualEntryFilter
    permission_required = "finance.view_manualentry"
    title = _("Typed entries")
    create_url = "finance:manual-entry-create"
    create_label = _("New entry")
    create_permission = "finance.add_manualentry"
    empty_text = _("Accruals, corrections and opening balances: entries that no document books by itself.")

    def base_queryset(self) -> Any:
        total = Sum("lines__amount", filter=Q(lines__amount__gt=0))
        rows = visible(ManualEntry, self.request.user).select_related("template").annotate(total=total)
        return rows.order_by("-document_date", "-pk")


class ManualEntryDetail(DocumentPage):
    model = ManualEntry
    permission_required = "finance.view_manualentry"
    template_name = "finance/manual_entry/detail.html"
    list_url = "finance:manual-entry-list"
    main_path = (S.DRAFT, S.POSTED)
    verbs = (
        Verb(
            _("Post"),
            "finance:manual-entry-post",
            manual_entries.post_manual_entry,
            to=S.POSTED,
            main=True,
            icon="check",
        ),
        Verb(
            _("Edit"),
            "finance:manual-entry-edit",
            permission="finance.change_manualentry",
            states=frozenset({S.DRAFT}),
            link=True,
            icon="edit",
        ),
        Verb(
            _("Reverse"),
            "finance:manual-entry-reverse",
            manual_entries.reverse_manual_entry,
            to=S.REVERSED,
            reason=True,
        ),
        Verb(
            _("Cancel"),
            "finance:manual-entry-cancel",
            manual_entries.cancel_manual_entry,
            to=S.CANCELLED,
            danger=True,
            reason=True,
        ),
    )

    def get_object_queryset(self) -> Any:
        return visible(ManualEntry, self.request.user).select_related("template", "owner", "ledger_journal")

    def extra_context_for(self, document: ManualEntry) -> dict[str, Any]:
        lines = list(document.lines.select_related(*LINES).order_by("line_no"))
        return {
            "lines": lines,
            "debit": sum(line.amount for line in lines if line.amount > 0),
            "credit": -sum(line.amount for line in lines if line.amount < 0),
            "entries": list(entries_of("finance.manualentry", document.pk)),
            "subtitle": document.description,
        }


class ManualEntryOperation(VersionedOperation):
    """A verb on the page of a typed entry."""

    page = ManualEntryDetail


class PostManualEntry(ManualEntryOperation):
    service = manual_entries.post_manual_entry
    message = _("The entry is posted.")


class ReverseManualEntry(ManualEntryOperation):
    service = manual_entries.reverse_manual_entry


class CancelManualEntry(ManualEntryOperation):
    service = manual_entries.cancel_manual_entry


def _typed_line(line: Any) -> dict[str, Any]:
    """Return a stored line as its row of the grid shows it."""
    row = {name: getattr(line, f"{name}_id") for name in NAMED}
    return row | {"account": line.account_id, "description": line.description}


class GridPage(FormPage):
    """A form over lines whose partners show their names without a query each."""

    model: Any = None
    with_control = True

    def formset_kwargs(self) -> dict[str, Any]:
        return {"form_kwargs": {"choices": line_choices(with_control=self.with_control)}}

    def stored_lines(self) -> list[Any]:
        if self.document is None:
            return []
        return list(self.document.lines.select_related("partner").order_by("line_no"))

    def build(self, data: Any = None, files: Any = None) -> tuple[Any, Any]:
        form, formset = super().build(data, files)
        if data is None:
            for row, line in zip(formset.forms, self.stored_lines(), strict=False):
                show_choice(row, "partner", line.partner)
        return form, formset

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return [self.typed(line) for line in self.stored_lines()]

    def typed(self, line: Any) -> dict[str, Any]:
        """Return one stored line as the grid shows it."""
        return _typed_line(line)


class ManualEntryFormPage(GridPage):
    form_class = ManualEntryForm
    formset_class = ManualEntryLineFormSet
    template_name = "finance/manual_entry/form.html"
    model = ManualEntry

    def form_kwargs(self) -> dict[str, Any]:
        return {"is_new": self.document is None}

    def formset_kwargs(self) -> dict[str, Any]:
        """Only an opening voucher has open items; the page of a new entry shows their fields as its kind is chosen."""
        kwargs = super().formset_kwargs()
        kwargs["form_kwargs"]["has_open_items"] = self.document is None or self.document.kind == ManualEntryKind.OPENING
        return kwargs

    def typed(self, line: Any) -> dict[str, Any]:
        debit, credit = line.sides
        figures = {
            "debit": plain(debit) if debit else "",
            "credit": plain(credit) if credit else "",
            "currency": line.currency_id,
            "currency_amount": plain(abs(line.currency_amount)) if line.currency_id else "",
            "rate": plain(line.rate) if line.currency_id else "",
            "reference": line.reference,
            "due_date": line.due_date,
        }
        return _typed_line(line) | figures

    def arguments(self, form: ManualEntryForm, formset: Any) -> dict[str, Any]:
        return form.arguments() | {"lines": typed_rows(formset)}

    def extra_context(self) -> dict[str, Any]:
        stored = [(line.sides[0] or ZERO, line.sides[1] or ZERO) for line in self.stored_lines()]
        return {
            "back_url": "" if self.document else reverse("finance:manual-entry-list"),
            "totals": side_totals(stored),
        }


def side_totals(sides: Iterable[tuple[Decimal, Decimal]]) -> dict[str, Any]:
    """Return the sums of debit and credit, the difference, and on which side it lacks."""
    rows = list(sides)
    debit, credit = (sum((row[place] for row in rows), ZERO) for place in range(2))
    return {
        "debit": debit,
        "credit": credit,
        "difference": abs(debit - credit),
        "lacks": _("Lacks in credit") if debit > credit else _("Lacks in debit"),
        "decimals": base_currency().decimals,
    }


class ManualEntryCreate(ManualEntryFormPage):
    service = manual_entries.create_manual_entry
    title = _("New entry")

    def get_initial(self) -> dict[str, Any]:
        defaults = {"document_date": today(), "kind": ManualEntryKind.GENERAL, "attachment_count": 0}
        return defaults | super().get_initial()

    def arguments(self, form: ManualEntryForm, formset: Any) -> dict[str, Any]:
        values = super().arguments(form, formset)
        if values["kind"] != ManualEntryKind.OPENING:  # typed before the kind was changed, and out of sight since
            values["lines"] = [line | {"reference": "", "due_date": None} for line in values["lines"]]
        return values


class ManualEntryEdit(ManualEntryFormPage):
    service = manual_entries.update_manual_entry
    title = _("Edit entry")

    def get_initial(self) -> dict[str, Any]:
        names = ("document_date", "description", "ledger_journal", "attachment_count", "reversal_date", "note")
        return {name: getattr(self.document, name) for name in names}

    def arguments(self, form: ManualEntryForm, formset: Any) -> dict[str, Any]:
        own = {"entry_id": self.document.pk, "version": posted_version(self.request)}
        return super().arguments(form, formset) | own


class EntryTemplateList(ListPage):
    model = EntryTemplate
    table_class = EntryTemplateTable
    filterset_class = EntryTemplateFilter
    permission_required = "finance.view_entrytemplate"
    title = _("Entry templates")
    create_url = "finance:entry-template-create"
    create_label = _("New template")
    create_permission = "finance.change_entrytemplate"
    empty_text = _("Rent, depreciation, accruals: entries that come again, by hand or by themselves.")

    def base_queryset(self) -> Any:
        return EntryTemplate.objects.order_by("code")


class EntryTemplateDetail(Page):
    """One template: its lines, its schedule, and the entries made from it."""

    permission_required = "finance.view_entrytemplate"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        template = EntryTemplate.objects.select_related("ledger_journal").filter(pk=pk).first()
        if template is None:
            raise Http404
        context = {
            "title": str(template),
            "template": template,
            "lines": list(template.lines.select_related("account", "basis_account", *NAMED).order_by("line_no")),
            "made": ManualEntry.objects.filter(template=template).order_by("-document_date", "-pk")[:20],
            "may_change": request.user.has_perm("finance.change_entrytemplate"),
            "may_use": may_perform(manual_entries.entry_from_template, request.user),
        }
        return render(request, "finance/entry_template/detail.html", context)


class UseEntryTemplate(OperationView):
    service = manual_entries.entry_from_template
    pk_argument = "template_id"


class EntryTemplateFormPage(GridPage):
    service = manual_entries.save_template
    form_class = EntryTemplateForm
    formset_class = TemplateLineFormSet
    template_name = "core/form.html"
    model = EntryTemplate
    with_control = False

    def typed(self, line: Any) -> dict[str, Any]:
        own = {
            "side": line.side,
            "rule": line.rule,
            "amount": plain(line.amount) if line.amount else "",
            "percent": plain(line.percent),
            "basis_account": line.basis_account_id,
        }
        return _typed_line(line) | own

    def arguments(self, form: EntryTemplateForm, formset: Any) -> dict[str, Any]:
        own = {"template_id": self.document.pk, "version": posted_version(self.request)} if self.document else {}
        return form.arguments() | {"lines": typed_rows(formset)} | own


class EntryTemplateCreate(EntryTemplateFormPage):
    title = _("New template")

    def get_initial(self) -> dict[str, Any]:
        return {"is_active": True}


class EntryTemplateEdit(EntryTemplateFormPage):
    title = _("Edit template")

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.document, name) for name in EntryTemplateForm.base_fields}
