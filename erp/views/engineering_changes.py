"""Pages of engineering changes: list, document with before and after, form, paper."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.clock import today
from core.errors import DomainError
from core.views.base import DocumentPage, ListPage, Verb
from core.views.printing import PrintView
from erp.filters.engineering import EngineeringChangeFilter
from erp.forms.engineering_changes import ChangeLines, EngineeringChangeForm, change_lines_initial
from erp.models import EngineeringChange
from erp.selectors.change_effects import effects_of
from erp.services import engineering_changes as services
from erp.states.engineering import EngineeringChangeState
from erp.tables.engineering import EngineeringChangeTable
from erp.views.grids import GridsFormPage
from erp.views.verbs import posted_version

S = EngineeringChangeState
DRAFT = frozenset({S.DRAFT})
SEE_COST = "masterdata.view_cost"


class EngineeringChangeList(ListPage):
    """All engineering changes."""

    model = EngineeringChange
    table_class = EngineeringChangeTable
    filterset_class = EngineeringChangeFilter
    permission_required = "erp.view_engineeringchange"
    title = _("Engineering changes")
    empty_text = _("A change says what is made otherwise, why and from when; released, it writes the next revisions.")
    create_url = "erp:engineering-change-create"
    create_label = _("New engineering change")
    create_permission = "erp.add_engineeringchange"

    def base_queryset(self) -> Any:
        return super().base_queryset().select_related("owner")


class EngineeringChangePage(DocumentPage):
    """One engineering change: what it changes, what it touches."""

    model = EngineeringChange
    permission_required = "erp.view_engineeringchange"
    template_name = "erp/engineering_change/detail.html"
    list_url = "erp:engineering-change-list"
    print_url = "erp:engineering-change-print"
    main_path = (S.DRAFT, S.RELEASED)
    verbs = (
        Verb(
            pgettext_lazy("engineering change", "Release"),
            "erp:engineering-change-release",
            services.release_engineering_change,
            to=S.RELEASED,
            main=True,
            confirm=_("The next revisions are released, and open work orders follow where nothing is issued."),
            icon="check",
        ),
        Verb(
            _("Begin when used up"),
            "erp:engineering-change-use-up",
            services.begin_when_used_up,
            states=DRAFT,
            confirm=_("The change then counts from the day on which the stock does not suffice any more."),
            icon="hourglass",
        ),
        Verb(
            _("Carry out dispositions"),
            "erp:engineering-change-dispose",
            services.carry_out_dispositions,
            states=frozenset({S.RELEASED}),
            main=True,
            confirm=_("Rework orders, scrap documents and returns are drafted for free stock of old components."),
            icon="recycle",
        ),
        Verb(
            _("Edit"),
            "erp:engineering-change-edit",
            services.update_engineering_change,
            states=DRAFT,
            link=True,
            icon="edit",
        ),
        Verb(
            _("Cancel"),
            "erp:engineering-change-cancel",
            services.cancel_engineering_change,
            to=S.CANCELLED,
            danger=True,
            reason=True,
            icon="ban",
        ),
    )

    def get_object_queryset(self) -> Any:
        return super().get_object_queryset().select_related("owner")

    def extra_context_for(self, document: Any) -> dict[str, Any]:
        user = self.request.user
        context = {
            "subtitle": f"{document.get_reason_code_display()} · {_('Effective from')} {document.effective_date}",
            "sees_cost": user.has_perm(SEE_COST),
            "waits_for_release": document.state == S.DRAFT and not user.has_perm("erp.release_engineeringchange"),
        }
        try:
            return context | {"effects": effects_of(document, user)}
        except DomainError as refusal:  # the change does not fit what is valid now: the page says so
            return context | {"misfit": str(refusal), "lines": document.lines.select_related("item", "component")}


class CreateEngineeringChange(GridsFormPage):
    """Draft an engineering change."""

    service = services.create_engineering_change
    form_class = EngineeringChangeForm
    title = _("New engineering change")
    grids = (("lines", _("What is changed"), ChangeLines),)

    def get_initial(self) -> dict[str, Any]:
        return {"effective_date": today()} | super().get_initial()

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return form.cleaned_data | {"lines": formset["lines"].typed_beside(self.stored_lines())}

    def stored_lines(self) -> Any:
        """The lines that the typed ones replace."""
        return ()

    def extra_context(self) -> dict[str, Any]:
        return {"back_url": reverse("erp:engineering-change-list")}


class EditEngineeringChange(CreateEngineeringChange):
    """Change a draft."""

    service = services.update_engineering_change
    title = _("Edit engineering change")
    model = EngineeringChange

    def get_initial(self) -> dict[str, Any]:
        names = ("title", "reason_code", "effective_date", "cause", "note")
        return {name: getattr(self.document, name) for name in names}

    def grid_initial(self, prefix: str) -> list[dict[str, Any]]:
        return change_lines_initial(self.document.lines.all())

    def stored_lines(self) -> Any:
        return self.document.lines.all()

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        own = {"change_id": self.document.pk, "version": posted_version(self.request)}
        return super().arguments(form, formset) | own

    def extra_context(self) -> dict[str, Any]:
        return {}


class EngineeringChangePrint(PrintView):
    """An engineering change on paper."""

    model = EngineeringChange
    template_name = "erp/engineering_change/print.html"
    permission_required = "erp.view_engineeringchange"

    def context_for(self, document: Any) -> dict[str, Any]:
        try:
            return {"effects": effects_of(document, self.request.user)}
        except DomainError as refusal:  # as on the page
            return {"misfit": str(refusal)}
