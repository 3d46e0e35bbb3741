"""The financial statements on screen and on paper, and what is behind each figure."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from core.clock import company, today
from core.exchange.export import as_csv, as_xlsx, safe_cell
from core.printing import pdf_available, render_document, render_pdf
from core.typed import is_key
from core.views.base import OperationView, Page
from core.views.printing import LANGUAGES
from finance.models import StatementLayout, StatementRow
from finance.selectors.layouts import GROUPS, layouts
from finance.selectors.statements.columns import VIEWS, add_months
from finance.selectors.statements.drill import Question, behind, unclassified_lines
from finance.selectors.statements.figures import Dimension
from finance.selectors.statements.report import Report, statement
from finance.services import statements
from finance.states import RowKind, StatementKind
from finance.views.shared import asked_day
from masterdata.models import Department, Project

RIGHT = "finance.view_statements"
INDENT = ("", "ps-3", "ps-4", "ps-5")


class StatementPage(Page):
    """What the pages of one statement share: which layout, which day, which columns, which part of the company."""

    permission_required = RIGHT

    @property
    def layout(self) -> StatementLayout:
        found = StatementLayout.objects.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    @property
    def day(self) -> dt.date:
        return asked_day(self.request, "date", today())

    @property
    def view_name(self) -> str:
        asked = self.request.GET.get("view", "")
        return asked if asked in dict(VIEWS) else "statutory"

    @property
    def dimension(self) -> Dimension:
        return Dimension(self._key("department"), self._key("project"))

    def _key(self, name: str) -> int | None:
        value = self.request.GET.get(name, "")
        return int(value) if is_key(value) else None

    @property
    def question(self) -> Question:
        return Question(self.day, self.view_name, self._key("column") or 0, self.dimension)

    @property
    def query(self) -> str:
        return f"date={self.day}&view={self.view_name}{self.dimension.query}"


def shown_rows(report: Report) -> list[dict[str, Any]]:
    """Return the rows as the templates draw them: indentation, figures with their column."""
    return [
        {
            "row": one.row,
            "label": one.row.label(),
            "number": "" if one.row.kind == RowKind.HEADING else one.row.code,
            "indent": INDENT[min(one.row.level, len(INDENT) - 1)],
            "figures": None if one.figures is None else list(enumerate(one.figures)),
            "is_total": one.is_total,
            "is_heading": one.row.kind == RowKind.HEADING,
        }
        for one in report.rows
    ]


def two_sides(report: Report) -> list[list[dict[str, Any]]]:
    """Return the rows in one block, or those of a balance sheet in two: assets, and what they are owed to."""
    rows = shown_rows(report)
    if report.layout.kind != StatementKind.BALANCE_SHEET or len(report.columns) > 3:
        return [rows]
    first = next((place for place, one in enumerate(rows) if one["row"].side == "credit" and one["is_heading"]), 0)
    return [rows[:first], rows[first:]] if first else [rows]


class StatementDetail(StatementPage):
    """One statement; every figure opens what it is made of. ``export=xlsx|csv`` gives it as a file."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        layout = self.layout
        report = statement(layout, self.day, self.view_name, self.dimension)
        if request.GET.get("export") in {"xlsx", "csv"} and request.user.has_perm("core.export_data"):
            return self.export(report, request.GET["export"])
        whole = self.dimension.is_whole
        context = {
            "title": layout.label(),
            "layout": layout,
            "report": report,
            "blocks": two_sides(report),
            "tabs": _tabs(layout, self.query),
            "day": self.day,
            "views": VIEWS,
            "view_name": self.view_name,
            "query": self.query,
            "dimension": self.dimension,
            "departments": Department.objects.filter(is_active=True),
            "projects": Project.objects.filter(is_active=True),
            "is_whole": whole,
            "wrong": [one for one in report.uncovered if one.has_figures],
            "unused": [one for one in report.uncovered if not one.has_figures],
            "is_cash_flow": layout.kind == StatementKind.CASH_FLOW,
            "may_export": request.user.has_perm("core.export_data"),
            "may_change": request.user.has_perm("finance.change_statementlayout"),
            "prints": self.print_links(layout),
        }
        return render(request, "finance/statement/detail.html", context)

    def print_links(self, layout: StatementLayout) -> list[dict[str, Any]]:
        """Return the print menu: both languages as PDF, or as a printable page where PDF is not available."""
        url = reverse("finance:statement-print", args=[layout.pk])
        kind = "pdf" if pdf_available() else "html"
        return [
            {"label": label, "url": f"{url}?{self.query}&language={code}&format={kind}", "icon": "printer"}
            for code, label in (("zh", "中文"), ("en", "English"))
        ]

    def export(self, report: Report, kind: str) -> Any:
        """Give the statement as a file, in the asked language."""
        language = LANGUAGES.get(self.request.GET.get("language", ""), translation.get_language() or "en")
        with translation.override(language):
            rows = [[safe_cell(cell) for cell in row] for row in _cells(report)]
            title = report.layout.label()
        name = f"{report.layout.code}-{self.day}"
        return as_csv(rows, name) if kind == "csv" else as_xlsx(rows, name, title)


def _cells(report: Report) -> Iterator[list[Any]]:
    yield [str(_("Row")), report.layout.label(), *(f"{column.label} {column.last}" for column in report.columns)]
    for one in report.rows:
        number = "" if one.row.kind == RowKind.HEADING else one.row.code
        yield [number, "　" * one.row.level + one.row.label(), *(one.figures or [""] * len(report.columns))]


def _tabs(layout: StatementLayout, query: str) -> list[dict[str, Any]]:
    return [
        {"label": one.label(), "url": f"{one.get_absolute_url()}?{query}", "active": one.pk == layout.pk}
        for one in layouts()
        if one.standard == layout.standard
    ]


class StatementPrint(StatementPage):
    """GET …/print/?language=zh|en&format=pdf|html: the statement on paper."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        layout = self.layout
        report = statement(layout, self.day, self.view_name, self.dimension)
        wants_pdf = request.GET.get("format", "pdf") == "pdf"
        as_pdf = wants_pdf and pdf_available()
        language = LANGUAGES.get(request.GET.get("language", "")) or request.user.language
        with translation.override(language):
            blocks = two_sides(report)
            context = {
                "document": layout,
                "title": layout.label(),
                "report": report,
                "company": company(),
                "day": self.day,
                "printed_at": timezone.now(),
                "pdf": as_pdf,
                "pdf_missing": wants_pdf and not as_pdf,
                "lines": list(_side_by_side(blocks)) if len(blocks) == 2 else None,
                "rows": blocks[0],
                "width": range(len(report.columns)),
            }
        html = render_document("finance/statement/form.html", context, language)
        if not as_pdf:
            return HttpResponse(html)
        response = HttpResponse(render_pdf(html), content_type="application/pdf")
        response.headers["Content-Disposition"] = f'inline; filename="{layout.code}-{self.day}.pdf"'
        return response


def _side_by_side(blocks: list[list[dict[str, Any]]]) -> Iterator[list[dict[str, Any] | None]]:
    """Pair the rows of the two sides, the totals at the foot of both."""
    left, right = (list(block) for block in blocks)
    for short, long in ((left, right), (right, left)):
        missing: list[Any] = [None] * (len(long) - len(short))
        short[-1:-1] = missing
    yield from ([one, other] for one, other in zip(left, right, strict=True))


class StatementFigure(StatementPage):
    """What one figure is made of: rows, accounts, or the cash lines, which can be put in another row here."""

    def get(self, request: HttpRequest, pk: int, code: str) -> HttpResponse:
        layout = self.layout
        row = layout.rows.filter(code=code).exclude(kind=RowKind.HEADING).first()
        if row is None:
            raise Http404
        found = behind(layout, row, self.question)
        last = found.column.last
        is_balance = layout.kind == StatementKind.BALANCE_SHEET
        first = add_months(last, -12) + dt.timedelta(days=1) if is_balance else found.column.first
        context = {
            "title": f"{row.label()}",
            "layout": layout,
            "row": row,
            "behind": found,
            "lines": self.page_of(found.lines),
            "back": f"{layout.get_absolute_url()}?{self.query}",
            "query": f"{self.query}&column={self._key('column') or 0}",
            "span": f"date_min={first}&date_max={last}{self.dimension.query}",
            "choices": _row_choices(layout),
            "may_change": request.user.has_perm("finance.change_statementlayout"),
        }
        return render(request, "finance/statement/figure.html", context)

    def page_of(self, lines: Any) -> Any:
        """Return one page of the cash lines."""
        return Paginator(lines, 100).get_page(self.request.GET.get("page")) if lines is not None else None


class UnclassifiedCash(StatementFigure):
    """The cash lines that no row of a cash flow statement takes, to be put in one."""

    def get(self, request: HttpRequest, pk: int, code: str = "") -> HttpResponse:
        layout = self.layout
        if layout.kind != StatementKind.CASH_FLOW:
            raise Http404
        lines = unclassified_lines(layout, self.question)
        context = {
            "title": _("Cash lines without a row"),
            "layout": layout,
            "lines": self.page_of(lines),
            "back": f"{layout.get_absolute_url()}?{self.query}",
            "query": f"{self.query}&column={self._key('column') or 0}",
            "choices": _row_choices(layout),
            "may_change": request.user.has_perm("finance.change_statementlayout"),
        }
        return render(request, "finance/statement/figure.html", context)


def _row_choices(layout: StatementLayout) -> list[StatementRow]:
    return list(layout.rows.filter(kind=RowKind.ACCOUNTS, is_memo=False).order_by("position"))


class ClassifyCash(OperationView):
    """POST: put the cash lines of an entry against an account in a row."""

    service = statements.classify_cash_line

    def arguments(self) -> dict[str, Any]:
        def key(name: str) -> int:
            value = self.request.POST.get(name, "")
            return int(value) if is_key(value) else 0

        return {
            "layout_id": self.kwargs["pk"],
            "entry_id": key("entry"),
            "account_id": key("account"),
            "row_code": self.request.POST.get("row", ""),
        }

    def key_arguments(self) -> dict[str, Any]:
        return {}


class LoadLayouts(OperationView):
    """POST: write the standard layouts anew."""

    service = statements.load_standard_layouts
    message = _("The layouts of the standards are loaded.")

    def success_url(self, result: Any) -> str:
        return reverse("finance:reports")


def statement_groups() -> list[dict[str, Any]]:
    """Return the layouts by standard, for the page of all reports."""
    found = layouts()
    groups = [{"label": label, "layouts": [one for one in found if one.standard == code]} for code, label in GROUPS]
    return [group for group in groups if group["layouts"]]
