"""Pages of corrective actions."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.views.base import DocumentPage, FormPage, ListPage, Verb, visible
from core.views.printing import PrintView
from erp.filters.corrective_actions import CorrectiveActionFilter
from erp.forms.corrective_actions import CorrectiveActionForm, SourcedActionForm, VerificationForm
from erp.models import CorrectiveAction, Inspection, ReturnReceipt
from erp.selectors.corrective_actions import corrective_actions as all_actions
from erp.services import corrective_actions
from erp.states import CorrectiveActionState
from erp.tables.corrective_actions import CorrectiveActionTable
from erp.views.verbs import posted_version

S = CorrectiveActionState
WRITABLE = frozenset({S.DRAFT, S.ANALYSIS, S.ACTION, S.VERIFICATION})


class CorrectiveActionList(ListPage):
    """All corrective actions."""

    model = CorrectiveAction
    table_class = CorrectiveActionTable
    filterset_class = CorrectiveActionFilter
    permission_required = "erp.view_correctiveaction"
    title = _("Corrective actions")
    empty_text = _("A corrective action follows one problem from its cause to the proof that it is gone.")
    create_url = "erp:corrective-action-create"
    create_label = _("Report a problem")
    create_permission = "erp.add_correctiveaction"

    def base_queryset(self) -> Any:
        return all_actions()


class CorrectiveActionPage(DocumentPage):
    """One corrective action."""

    model = CorrectiveAction
    permission_required = "erp.view_correctiveaction"
    template_name = "erp/corrective_action/detail.html"
    list_url = "erp:corrective-action-list"
    print_url = "erp:corrective-action-print"
    main_path = (S.DRAFT, S.ANALYSIS, S.ACTION, S.VERIFICATION, S.CLOSED)
    verbs = (
        Verb(
            _("Look for the cause"),
            "erp:corrective-action-analyse",
            corrective_actions.start_analysis,
            states=frozenset({S.DRAFT}),
            main=True,
            icon="zoom-question",
        ),
        Verb(
            _("Take action"),
            "erp:corrective-action-act",
            corrective_actions.start_action,
            to=S.ACTION,
            main=True,
            icon="hammer",
        ),
        Verb(
            _("Action is taken"),
            "erp:corrective-action-complete",
            corrective_actions.complete_action,
            to=S.VERIFICATION,
            main=True,
            icon="check",
        ),
        Verb(
            _("Verify"),
            "erp:corrective-action-verify",
            corrective_actions.verify_action,
            to=S.CLOSED,
            link=True,
            main=True,
            icon="checks",
        ),
        Verb(
            _("Edit"),
            "erp:corrective-action-edit",
            corrective_actions.update_corrective_action,
            states=WRITABLE,
            link=True,
            icon="edit",
        ),
        Verb(
            pgettext_lazy("corrective action", "Cancel"),
            "erp:corrective-action-cancel",
            corrective_actions.cancel_corrective_action,
            to=S.CANCELLED,
            reason=True,
            danger=True,
            icon="x",
        ),
    )

    def get_object_queryset(self) -> Any:
        related = ("inspection", "return_receipt", "item", "partner", "defect", "responsible", "verified_by", "owner")
        return super().get_object_queryset().select_related(*related)

    def extra_context_for(self, document: Any) -> dict[str, Any]:
        names = ("description", "containment", "cause", "action", "prevention", "verification")
        labels = {name: document._meta.get_field(name).verbose_name for name in names}
        return {
            "subtitle": document.title,
            "texts": [(labels[name], getattr(document, name)) for name in names],
        }


class CreateCorrectiveAction(FormPage):
    """Report a problem."""

    service = corrective_actions.create_corrective_action
    form_class: Any = CorrectiveActionForm
    template_name = "core/form.html"
    title = _("Report a problem")

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return dict(form.typed())

    def extra_context(self) -> dict[str, Any]:
        return {"back_url": reverse("erp:corrective-action-list")}


class CreateForInspection(CreateCorrectiveAction):
    """Report a problem that an inspection found."""

    form_class = SourcedActionForm
    source: type[Any] = Inspection
    argument = "inspection_id"

    def get_source(self) -> Any:
        found = visible(self.source, self.request.user).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def get_document(self) -> Any:
        return None

    def get_initial(self) -> dict[str, Any]:
        return {"title": str(_("Found by %(document)s") % {"document": self.get_source()})}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return super().arguments(form, formset) | {self.argument: self.get_source().pk}

    def extra_context(self) -> dict[str, Any]:
        return {"back_url": self.get_source().get_absolute_url()}


class CreateForReturn(CreateForInspection):
    """Report a problem for which a customer sent goods back."""

    source = ReturnReceipt
    argument = "return_receipt_id"


class EditCorrectiveAction(CreateCorrectiveAction):
    """Write down what is known by now."""

    service = corrective_actions.update_corrective_action
    title = _("Edit corrective action")
    model = CorrectiveAction

    def get_initial(self) -> dict[str, Any]:
        return {}

    def form_kwargs(self) -> dict[str, Any]:
        return {"document": self.document}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return super().arguments(form, formset) | {
            "action_id": self.document.pk,
            "version": posted_version(self.request),
        }

    def extra_context(self) -> dict[str, Any]:
        return {}


class VerifyCorrectiveAction(FormPage):
    """Say whether it worked."""

    service = corrective_actions.verify_action
    form_class = VerificationForm
    template_name = "core/form.html"
    title = _("Verify")
    model = CorrectiveAction

    def get_initial(self) -> dict[str, Any]:
        return {}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        own = {"action_id": self.document.pk, "version": posted_version(self.request)}
        return own | form.cleaned_data


class PrintCorrectiveAction(PrintView):
    """纠正措施报告: the report for the customer or the supplier."""

    model = CorrectiveAction
    template_name = "erp/corrective_action/print.html"
    permission_required = "erp.view_correctiveaction"

    def context_for(self, document: Any) -> dict[str, Any]:
        names = ("description", "containment", "cause", "action", "prevention", "verification")
        return {"texts": [(document._meta.get_field(name).verbose_name, getattr(document, name)) for name in names]}
