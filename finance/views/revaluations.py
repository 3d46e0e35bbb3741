"""Pages of currency revaluations."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.views.base import DocumentPage, FormPage, ListPage, Verb, visible
from finance.filters.revaluations import RevaluationFilter
from finance.forms.write_offs import ProvisionForm
from finance.models import Revaluation
from finance.selectors.ledger import entries_of
from finance.services import revaluations
from finance.states import RevaluationState
from finance.tables.revaluations import RevaluationTable
from finance.views.shared import VersionedOperation
from finance.views.write_offs import last_day_of_month

R = RevaluationState


class RevaluationList(ListPage):
    model = Revaluation
    table_class = RevaluationTable
    filterset_class = RevaluationFilter
    permission_required = "finance.view_revaluation"
    title = _("Currency revaluation")
    create_url = "finance:revaluation-create"
    create_label = _("New revaluation")
    create_permission = "finance.add_revaluation"
    empty_text = _("Open items and bank balances in foreign currency at the rates of the last day of the month.")

    def base_queryset(self) -> Any:
        return visible(Revaluation, self.request.user).select_related("owner")


class RevaluationDetail(DocumentPage):
    model = Revaluation
    permission_required = "finance.view_revaluation"
    template_name = "finance/revaluation/detail.html"
    list_url = "finance:revaluation-list"
    main_path = (R.DRAFT, R.POSTED)
    verbs = (
        Verb(
            _("Post"), "finance:revaluation-post", revaluations.post_revaluation, to=R.POSTED, main=True, icon="check"
        ),
        Verb(
            _("Undo"),
            "finance:revaluation-reverse",
            revaluations.reverse_revaluation,
            to=R.REVERSED,
            danger=True,
            reason=True,
        ),
        Verb(
            _("Cancel"),
            "finance:revaluation-cancel",
            revaluations.cancel_revaluation,
            to=R.CANCELLED,
            danger=True,
            reason=True,
        ),
    )

    def extra_context_for(self, document: Revaluation) -> dict[str, Any]:
        sees_books = self.request.user.has_perm("finance.view_journalentry")
        return {
            "lines": list(document.lines.select_related("account", "partner", "currency")),
            "entries": list(entries_of("finance.revaluation", document.pk)) if sees_books else [],
        }


class RevaluationOperation(VersionedOperation):
    """A verb on the page of a revaluation."""

    page = RevaluationDetail


class PostRevaluation(RevaluationOperation):
    service = revaluations.post_revaluation
    message = _("The revaluation is posted and taken back on the day after.")


class ReverseRevaluation(RevaluationOperation):
    service = revaluations.reverse_revaluation


class CancelRevaluation(RevaluationOperation):
    service = revaluations.cancel_revaluation


class RevaluationCreate(FormPage):
    service = revaluations.create_revaluation
    form_class = ProvisionForm
    template_name = "core/form.html"
    title = _("New revaluation")

    def get_initial(self) -> dict[str, Any]:
        return {"document_date": last_day_of_month(today())} | super().get_initial()

    def arguments(self, form: ProvisionForm, formset: Any) -> dict[str, Any]:
        return dict(form.cleaned_data)
