"""Pages of stocktakes: planning, counting on paper or by scan, review, result."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.permissions import may_view_field
from core.typed import is_key
from core.views.base import DocumentPage, FormPage, ListPage, Verb
from core.views.printing import PrintView
from erp.filters.counts import CountPlanFilter, StocktakeFilter, StocktakeLineFilter
from erp.forms.counts import CountSheetForm, ReasonsForm, ReverseStocktakeForm, StocktakeForm
from erp.forms.stock_documents import PostOnDayForm, StockLines
from erp.models import Stocktake, StocktakeLine
from erp.selectors.stocktakes import (
    beyond_tolerance,
    hides_book,
    lines_of,
    places_of,
    progress_of,
    result_of,
    sheet_lines,
)
from erp.selectors.stocktakes import (
    stocktakes as all_stocktakes,
)
from erp.services import stocktakes
from erp.states import StockDocumentKind, StocktakeState
from erp.tables.counts import CountPlanTable, StocktakeLineTable, StocktakeTable
from erp.views.verbs import DocumentVerb, posted_version
from masterdata.models import Item

S = StocktakeState
SHOWN = 200
COUNTS = frozenset({S.COUNTING})
REVIEW = frozenset({S.REVIEW})
DECIDED = frozenset({S.REVIEW, S.POSTED, S.REVERSED})
BOOKS = frozenset({"book_quantity", "difference", "amount"})


class StocktakeList(ListPage):
    """All stocktakes."""

    model = Stocktake
    table_class = StocktakeTable
    filterset_class = StocktakeFilter
    permission_required = "erp.view_stocktake"
    title = _("Stocktakes")
    empty_text = _("A stocktake compares what lies in the bins with the books and posts the differences.")
    create_url = "erp:stocktake-create"
    create_label = _("New stocktake")
    create_permission = "erp.add_stocktake"

    def base_queryset(self) -> Any:
        return all_stocktakes()


class StocktakePage(DocumentPage):
    """One stocktake."""

    model = Stocktake
    permission_required = "erp.view_stocktake"
    template_name = "erp/stocktake/detail.html"
    list_url = "erp:stocktake-list"
    print_url = "erp:stocktake-print"
    main_path = (S.DRAFT, S.COUNTING, S.REVIEW, S.POSTED)
    verbs = (
        Verb(
            _("Start counting"),
            "erp:stocktake-start",
            stocktakes.start_stocktake,
            states=frozenset({S.DRAFT}),
            main=True,
            icon="player-play",
        ),
        Verb(_("Scan"), "erp:stocktake-scan", stocktakes.scan_count, states=COUNTS, link=True, main=True, icon="scan"),
        Verb(
            _("Type counts"),
            "erp:stocktake-count",
            stocktakes.enter_counted,
            states=COUNTS,
            link=True,
            icon="clipboard-list",
        ),
        Verb(_("Finish counting"), "erp:stocktake-finish", stocktakes.finish_counting, states=COUNTS, icon="check"),
        Verb(
            _("Finish, the rest is not there"),
            "erp:stocktake-finish-empty",
            stocktakes.finish_counting,
            states=COUNTS,
            confirm=_("Everything that is not counted yet is taken as zero. Finish?"),
            icon="checks",
        ),
        Verb(
            _("Explain differences"),
            "erp:stocktake-review",
            stocktakes.explain_differences,
            states=REVIEW,
            link=True,
            icon="message-2",
        ),
        Verb(
            _("Post differences"), "erp:stocktake-post", stocktakes.post_stocktake, to=S.POSTED, main=True, icon="check"
        ),
        Verb(
            _("Post on another day"),
            "erp:stocktake-post-on-day",
            stocktakes.post_stocktake,
            permission="erp.backdate_stock",
            states=REVIEW,
            link=True,
            icon="calendar-event",
        ),
        Verb(_("Recount"), "erp:stocktake-recount", stocktakes.request_recount, states=REVIEW, icon="refresh"),
        Verb(
            _("Edit"),
            "erp:stocktake-edit",
            stocktakes.update_stocktake,
            states=frozenset({S.DRAFT}),
            link=True,
            icon="edit",
        ),
        Verb(
            _("Reverse"),
            "erp:stocktake-reverse",
            stocktakes.reverse_stocktake,
            to=S.REVERSED,
            link=True,
            danger=True,
            icon="arrow-back-up",
        ),
        Verb(
            _("Cancel"),
            "erp:stocktake-cancel",
            stocktakes.cancel_stocktake,
            to=S.CANCELLED,
            reason=True,
            danger=True,
            icon="x",
        ),
    )

    def get_object_queryset(self) -> Any:
        return (
            super()
            .get_object_queryset()
            .select_related("warehouse", "zone__warehouse", "location__warehouse", "category", "owner")
        )

    def extra_context_for(self, document: Any) -> dict[str, Any]:
        decided = document.state in DECIDED
        result = result_of(document) if decided else None
        differing = result.differing if result else []
        return {
            "subtitle": f"{document.get_kind_display()} · {document.warehouse}",
            "progress": progress_of(document),
            "result": result,
            "differing": differing[:SHOWN],
            "more": max(0, len(differing) - SHOWN),
            "to_recount": len(beyond_tolerance(document)) if document.state == S.REVIEW else 0,
            "sees_value": may_view_field(self.request.user, "erp.stocktakeline.amount"),
            "lines_url": reverse("erp:stocktake-lines", args=[document.pk]),
        }

    def print_links(self, document: Any) -> list[dict[str, Any]]:
        sheets = [link | {"label": f"{_('Count sheet')} · {link['label']}"} for link in super().print_links(document)]
        if document.state not in DECIDED:
            return sheets
        base = reverse("erp:stocktake-print-result", args=[document.pk])
        result = _("Result of the count")
        results = [
            link | {"label": f"{result} · {link['label']}", "url": f"{base}?{link['url'].split('?')[1]}"}
            for link in super().print_links(document)
        ]
        return sheets + results


class StocktakeLines(ListPage):
    """Every line of one stocktake."""

    model = StocktakeLine
    table_class = StocktakeLineTable
    filterset_class = StocktakeLineFilter
    permission_required = "erp.view_stocktake"
    title = _("Lines of the count")
    empty_text = _("The lines are written when the count starts.")

    @property
    def stocktake(self) -> Stocktake:
        found: Stocktake | None = Stocktake.objects.visible_to(self.request.user).filter(pk=self.kwargs["pk"]).first()
        return found or Stocktake()

    def base_queryset(self) -> Any:
        return lines_of(self.stocktake) if self.stocktake.pk else StocktakeLine.objects.none()

    def get_table_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_table_kwargs()
        if hides_book(self.stocktake, self.request.user):
            kwargs["exclude"] = tuple(BOOKS)
        return kwargs


class CountPlan(ListPage):
    """What is due to be counted, by ABC class."""

    model = Item
    table_class = CountPlanTable
    filterset_class = CountPlanFilter
    permission_required = "erp.view_stocktake"
    title = _("Counting plan")
    empty_text = _("Nothing is due: every class is counted as often as the stock settings ask.")
    create_url = "erp:stocktake-create-due"
    create_label = _("Count what is due")
    create_permission = "erp.add_stocktake"
    page_key = "erp.countplan"

    def base_queryset(self) -> Any:
        return Item.objects.all()


class CreateStocktake(FormPage):
    """Plan a count."""

    service = stocktakes.create_stocktake
    form_class = StocktakeForm
    template_name = "core/form.html"
    title = _("New stocktake")
    only_due = False

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | ({"only_due": True} if self.only_due else {})

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return dict(form.header())

    def extra_context(self) -> dict[str, Any]:
        return {"back_url": reverse("erp:stocktake-list")}


class EditStocktake(CreateStocktake):
    """Change the plan of a count."""

    service = stocktakes.update_stocktake
    title = _("Edit stocktake")
    model = Stocktake

    def get_initial(self) -> dict[str, Any]:
        return {}

    def form_kwargs(self) -> dict[str, Any]:
        return {"document": self.document}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        keys = {"stocktake_id": self.document.pk, "version": posted_version(self.request)}
        return keys | form.header()

    def extra_context(self) -> dict[str, Any]:
        return {}


class PostStocktakeOnDay(FormPage):
    """Post the differences on a day that has passed: with the right to backdate, and a reason."""

    service = stocktakes.post_stocktake
    form_class = PostOnDayForm
    template_name = "core/form.html"
    title = _("Post on another day")
    model = Stocktake
    message = _("The differences are posted.")

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"stocktake_id": self.document.pk, "version": posted_version(self.request)} | form.cleaned_data


class ReverseStocktake(FormPage):
    """Take the posted differences back: on which day, and why."""

    service = stocktakes.reverse_stocktake
    form_class = ReverseStocktakeForm
    template_name = "core/form.html"
    title = _("Take the differences back")
    model = Stocktake
    message = _("The differences are taken back.")

    def get_initial(self) -> dict[str, Any]:
        return {"date": today()}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        return {"stocktake_id": self.document.pk, "version": posted_version(self.request)} | form.cleaned_data


class CountSheet(FormPage):
    """Type what was counted, place by place."""

    service = stocktakes.enter_counted
    form_class = CountSheetForm
    formset_class = StockLines
    template_name = "erp/stocktake/counts.html"
    title = _("Type counts")
    model = Stocktake
    message = _("The counted quantities are saved.")

    @property
    def place_id(self) -> int | None:
        text = self.request.GET.get("place", "")
        return int(text) if is_key(text) else None

    def get_initial(self) -> dict[str, Any]:
        return {}

    def form_kwargs(self) -> dict[str, Any]:
        lines = sheet_lines(self.document, self.request.user, self.place_id)
        return {"lines": lines.order_by("counted_at", "line_no")[:SHOWN] if not self.place_id else lines}

    def formset_kwargs(self) -> dict[str, Any]:
        return {"kind": StockDocumentKind.COUNT, "is_sheet": True}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        place = places_of(self.document.warehouse_id).values_list("pk", flat=True).first()
        usual = self.place_id or self.document.location_id or place
        found = [row | {"location_id": row["location_id"] or usual} for row in formset.typed()]
        keys = {"stocktake_id": self.document.pk}
        return keys | {"counts": form.counts(), "units": form.typed_units(), "found": found}

    def extra_context(self) -> dict[str, Any]:
        return {"sees_book": not hides_book(self.document, self.request.user)}


class ReviewStocktake(FormPage):
    """Why the lines differ."""

    service = stocktakes.explain_differences
    form_class = ReasonsForm
    template_name = "erp/stocktake/review.html"
    title = _("Explain differences")
    model = Stocktake
    message = _("Saved.")

    def form_kwargs(self) -> dict[str, Any]:
        return {"rows": result_of(self.document).differing}

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        version = posted_version(self.request)
        return {"stocktake_id": self.document.pk, "version": version, "reasons": form.reasons()}

    def extra_context(self) -> dict[str, Any]:
        return {"sees_value": may_view_field(self.request.user, "erp.stocktakeline.amount")}


class FinishEmpty(DocumentVerb):
    """Finish; what is not counted is not there."""

    service = stocktakes.finish_counting
    page = StocktakePage
    message = _("Counting is finished.")

    def arguments(self) -> dict[str, Any]:
        return super().arguments() | {"uncounted_as_zero": True}


class Recount(DocumentVerb):
    """Have the ticked lines (none: those beyond the tolerance) counted again."""

    service = stocktakes.request_recount
    page = StocktakePage
    message = _("These lines are counted again.")

    def arguments(self) -> dict[str, Any]:
        ticked = [int(pk) for pk in self.request.POST.getlist("again") if is_key(pk)]
        return super().arguments() | {"line_ids": ticked}


class PrintSheets(PrintView):
    """盘点表: what to count where, one sheet per counter; book quantities only when the count is not blind."""

    model = Stocktake
    template_name = "erp/stocktake/print.html"
    permission_required = "erp.view_stocktake"

    def context_for(self, document: Any) -> dict[str, Any]:
        lines = list(lines_of(document).filter(to_count=True))
        sheets = [
            (one.sheet, [line for line in lines if line.sheet_id == one.sheet.pk]) for one in progress_of(document)
        ]
        return {"sheets": sheets, "sees_book": not document.is_blind}


class PrintResult(PrintView):
    """盘盈盘亏表: what was gained and lost."""

    model = Stocktake
    template_name = "erp/stocktake/print_result.html"
    permission_required = "erp.view_stocktake"

    def context_for(self, document: Any) -> dict[str, Any]:
        hidden = hides_book(document, self.request.user)
        result = result_of(document)
        return {
            "result": result,
            "rows": [] if hidden else result.differing,
            "sees_value": may_view_field(self.request.user, "erp.stocktakeline.amount"),
        }
