"""Editing the layouts of the statements."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.views.base import FormPage, ListPage, OperationView
from finance.filters.statements import LayoutFilter
from finance.forms.statements import ROW_FIELDS, LayoutForm, LayoutRowFormSet, row_initial
from finance.models import StatementLayout
from finance.services import statements
from finance.tables.statements import LayoutTable
from finance.views.shared import posted_version


class LayoutList(ListPage):
    model = StatementLayout
    table_class = LayoutTable
    filterset_class = LayoutFilter
    permission_required = "finance.change_statementlayout"
    title = _("Statement layouts")
    create_url = "finance:layout-create"
    create_label = _("New layout")
    create_permission = "finance.change_statementlayout"
    template_name = "finance/statement/layouts.html"
    empty_text = _("A layout says which accounts each row of a statement sums up.")

    def base_queryset(self) -> Any:
        return StatementLayout.objects.order_by("code")


class LayoutFormPage(FormPage):
    service = statements.save_layout
    form_class = LayoutForm
    formset_class = LayoutRowFormSet
    template_name = "core/form.html"
    model = StatementLayout

    def arguments(self, form: LayoutForm, formset: Any) -> dict[str, Any]:
        own = {"layout_id": self.document.pk, "version": posted_version(self.request)} if self.document else {}
        rows = [
            {name: row.cleaned_data[name] for name in ROW_FIELDS}
            for row in formset.forms
            if row.cleaned_data and not row.cleaned_data.get("DELETE")
        ]
        return dict(form.cleaned_data) | own | {"rows": rows}

    def extra_context(self) -> dict[str, Any]:
        return {"back_url": reverse("finance:layout-list")}


class LayoutCreate(LayoutFormPage):
    title = _("New layout")


class LayoutEdit(LayoutFormPage):
    title = _("Edit layout")

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.document, name) for name in LayoutForm.base_fields}

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return row_initial(self.document)


class CopyLayout(OperationView):
    """POST: an own layout with the same rows."""

    service = statements.copy_layout
    pk_argument = "layout_id"
    message = _("The copy is yours to change.")

    def success_url(self, result: Any) -> str:
        return reverse("finance:layout-edit", args=[result.pk])
