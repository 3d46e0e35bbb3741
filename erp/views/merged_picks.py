"""Pages of merged picks: list, writing one, what goes to whom, posting, paper."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.views.base import DocumentPage, FormPage, ListPage, Verb, visible
from core.views.printing import PrintView
from erp.filters.making import MergedPickFilter
from erp.forms.merged_picks import FoundRows, MergedPickForm, PostPickForm, suggested_finds
from erp.models import MergedPick, PickShare
from erp.selectors.merged_picks import merged_picks as all_picks
from erp.selectors.merged_picks import pick_rows
from erp.services import merged_picks
from erp.states.making import MergedPickState
from erp.tables.making import MergedPickTable
from erp.views.overruns import AsksBeforeOverrun
from erp.views.verbs import posted_version
from masterdata.views.units import Row, StockQuantities, of_lines, stock_units

S = MergedPickState
OPEN = frozenset({S.OPEN})


class MergedPickList(ListPage):
    """All merged picks."""

    model = MergedPick
    table_class = MergedPickTable
    filterset_class = MergedPickFilter
    permission_required = "erp.view_mergedpick"
    title = _("Merged picks")
    empty_text = _("A merged pick fetches the material of many work orders in one walk and shares it out.")
    create_url = "erp:merged-pick-create"
    create_label = _("New merged pick")
    create_permission = "erp.add_mergedpick"

    def base_queryset(self) -> Any:
        return all_picks()


class MergedPickPage(DocumentPage):
    """One merged pick: what to fetch from where, and which order gets how much."""

    model = MergedPick
    permission_required = "erp.view_mergedpick"
    template_name = "erp/merged_pick/detail.html"
    list_url = "erp:merged-pick-list"
    print_url = "erp:merged-pick-print"
    main_path = (S.OPEN, S.POSTED)
    verbs = (
        Verb(
            _("Post what was found"),
            "erp:merged-pick-post",
            merged_picks.post_merged_pick,
            states=OPEN,
            link=True,
            main=True,
            icon="package-export",
        ),
        Verb(
            _("Fetch with a scanner"),
            "erp:merged-pick-scan",
            merged_picks.post_merged_pick,
            states=OPEN,
            link=True,
            icon="scan",
        ),
        Verb(
            _("Finish short"),
            "erp:merged-pick-finish",
            merged_picks.finish_merged_pick,
            states=OPEN,
            confirm=_("What is not issued is free for other picks again. Finish?"),
            icon="checks",
        ),
        Verb(
            _("Cancel"),
            "erp:merged-pick-cancel",
            merged_picks.cancel_merged_pick,
            to=S.CANCELLED,
            reason=True,
            danger=True,
            icon="x",
        ),
    )

    def get_object_queryset(self) -> Any:
        return super().get_object_queryset().select_related("warehouse", "line_side__warehouse", "owner")

    def extra_context_for(self, document: Any) -> dict[str, Any]:
        return {"subtitle": str(document.warehouse), "rows": pick_rows(document, today())}


class CreateMergedPick(FormPage):
    """Choose the orders."""

    service = merged_picks.create_merged_pick
    form_class = MergedPickForm
    template_name = "core/form.html"
    title = _("New merged pick")

    def get_initial(self) -> dict[str, Any]:
        return {"work_orders": self.request.GET.getlist("work_order")}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return form.values()


class PostMergedPick(AsksBeforeOverrun):
    """Type what was found; places and lots are suggested."""

    service = merged_picks.post_merged_pick
    form_class = PostPickForm
    formset_class = FoundRows
    template_name = "erp/merged_pick/post.html"
    title = _("Post what was found")
    model = MergedPick
    message = _("The material is issued to its orders.")

    def orders(self) -> Iterable[int]:
        return PickShare.objects.filter(line__pick=self.document).values_list("work_order", flat=True).distinct()

    def rows(self) -> Any:
        if not hasattr(self, "_rows"):
            self._rows = pick_rows(self.document, today())
        return self._rows

    def formset_kwargs(self) -> dict[str, Any]:
        return {"pick": self.document, "rows": [row for row in self.rows() if row.still_open > 0]}

    def get_lines_initial(self) -> list[dict[str, Any]]:
        return suggested_finds(self.rows())

    def extra_context(self) -> dict[str, Any]:
        answers = reverse("erp:merged-pick-quantities", args=[self.document.pk])
        return super().extra_context() | stock_units(answers) | {"short": [row for row in self.rows() if row.short > 0]}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        own = {"pick_id": self.document.pk, "found": formset.typed(), "version": posted_version(self.request)}
        return own | form.cleaned_data


class FoundQuantities(StockQuantities):
    """The stock-unit quantities of what was found while one types."""

    permission_required = "erp.post_mergedpick"

    def subjects(self, rows: Mapping[str, Row]) -> dict[str, tuple[int, int | None]]:
        pick = visible(MergedPick, self.request.user).filter(pk=self.kwargs["pk"]).first()
        return of_lines(rows, "line", pick.lines.all() if pick is not None else None)


class MergedPickPrint(PrintView):
    """The walk on paper, and the table by which the goods are shared out."""

    model = MergedPick
    permission_required = "erp.view_mergedpick"
    template_name = "erp/merged_pick/print.html"

    def get_object_queryset(self) -> Any:
        return super().get_object_queryset().select_related("warehouse", "line_side__warehouse")

    def context_for(self, document: Any) -> dict[str, Any]:
        return {"rows": pick_rows(document, today())}
