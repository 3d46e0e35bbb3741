"""The pages every kind of master data has: list, record, form; made from one declaration per kind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.paginator import Page, Paginator
from django.db import models
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from core.clock import company
from core.errors import DomainError
from core.fields import AmountField, PercentField, QuantityField, UnitCostField, UnitPriceField
from core.formats import country, readable
from core.permissions import hidden_fields, may_change_field
from core.templatetags.figures import amount, quantity, unit_price
from core.typed import is_key
from core.views.base import DocumentPage, FormPage, ListPage, Verb
from core.views.labels import labels_action
from masterdata.filters import FILTERS
from masterdata.forms import FORMS, GRIDS, GridFormSet
from masterdata.models import Currency
from masterdata.selectors.calendars import worked_days
from masterdata.selectors.currencies import base_currency_code
from masterdata.services.records import CREATE, RECORDS, UPDATE, Grid, Record
from masterdata.tables import TABLES

FIGURES: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (UnitPriceField | UnitCostField, unit_price),
    (AmountField, amount),
    (QuantityField | PercentField, quantity),
)
WORDED: dict[str, Callable[[str], str]] = {"weekdays": worked_days, "country": country}
GRID_ROWS = 100
"""Rows of a grid on the page of its record: a price list may have thousands."""

SKIPPED_FACTS = frozenset({"code", "name", "name_zh", "is_active"})  # in the head of the page


@dataclass(frozen=True)
class Parts:
    """What the pages of one kind are made of."""

    record: Record
    create: Callable[..., Any]
    update: Callable[..., Any]
    form: Any
    grids: Sequence[Any]
    table: Any
    filterset: Any


@dataclass(frozen=True)
class Pages:
    """What the pages of one kind need besides its record, table, filter and form.

    groups  (title, field names) of the cards on record and form; what is in no group stands in the first.
    joined  foreign keys read together with the list.
    grid_titles  one for each grid of the record; none: the grids are not shown on these pages.
    labels       name of the address that prints labels of the ticked rows.
    made_of      what they are made of, where the kind is none of master data's own; namespace: of its addresses.
    """

    key: str
    title: Any
    new: Any
    empty: Any
    groups: Sequence[tuple[Any, tuple[str, ...]]] = ()
    joined: tuple[str, ...] = ()
    grid_titles: tuple[Any, ...] = ()
    detail_template: str = "masterdata/record/detail.html"
    form_template: str = "masterdata/record/form.html"
    may_create: bool = True
    verbs: tuple[Verb, ...] = ()
    context: Callable[[Any, Any], dict[str, Any]] | None = None
    labels: str = ""
    made_of: Parts | None = None
    namespace: str = "masterdata"

    @property
    def parts(self) -> Parts:
        if self.made_of is not None:
            return self.made_of
        key = self.key
        return Parts(RECORDS[key], CREATE[key], UPDATE[key], FORMS[key], GRIDS[key], TABLES.get(key), FILTERS.get(key))

    @property
    def record(self) -> Record:
        return self.parts.record

    @property
    def slug(self) -> str:
        return self.key.replace("_", "-")

    @property
    def plural(self) -> str:
        return self.record.plural

    def url(self, page: str) -> str:
        """Return the name of one of the kind's pages: list, detail, create, edit."""
        return f"{self.namespace}:{self.slug}-{page}"


class RecordList(ListPage):
    """The list of one kind."""

    pages: ClassVar[Pages]

    def base_queryset(self) -> models.QuerySet:
        return super().base_queryset().select_related(*self.pages.joined)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | labels_action(self.pages.labels)


class RecordPage(DocumentPage):
    """One record: its facts, its grids, panels of other apps, timeline."""

    pages: ClassVar[Pages]

    def get_object_queryset(self) -> models.QuerySet:
        columns = self.model._meta.concrete_fields
        joined = [one.name for one in columns if one.is_relation and one.name in self.pages.record.fields]
        return super().get_object_queryset().select_related(*joined)

    def extra_context_for(self, document: Any) -> dict[str, Any]:
        user = self.request.user
        hidden = hidden_fields(user, self.model)
        may_edit = user.has_perm(self.pages.record.permission("change"))
        context = {
            "edit_url": reverse(self.pages.url("edit"), args=[document.pk]) if may_edit else "",
            "number": document.code if hasattr(document, "code") else str(document),
            "subtitle": document.label() if hasattr(document, "label") else "",
            "closed": not getattr(document, "is_active", True),
            "survivor": getattr(document, "merged_into", None),
            "groups": fact_groups(self.pages, document, hidden),
            "grids": [
                shown_grid(grid, document, title, self.request.GET.get("page", ""))
                for grid, title in zip(self.pages.record.grids, self.pages.grid_titles, strict=False)
                if grid.name not in hidden
            ],
        }
        return context | (self.pages.context(document, user) if self.pages.context else {})


class RecordFormPage(FormPage):
    """Create or change one record with its grids."""

    pages: ClassVar[Pages]

    def get_initial(self) -> dict[str, Any]:
        fields = self.pages.record.fields
        base: dict[str, Any] = {}
        if "currency" in fields and self.pages.key != "exchange_rate":
            base["currency"] = Currency.objects.filter(code=base_currency_code()).first()
        if "country" in fields and (own := company()) is not None:
            base["country"] = own.country
        return base | {name: value for name, value in self.request.GET.items() if name in fields}

    def build(self, data: Any = None, files: Any = None) -> tuple[Any, Any]:
        form = self.form_class(
            data,
            files,
            initial=None if data is not None or self.document else self.get_initial(),
            instance=self.document,
            user=self.request.user,
        )
        grids = []
        label = self.pages.record.model._meta.label_lower
        for formset, title in zip(self.pages.parts.grids, self.pages.grid_titles, strict=False):
            if not may_change_field(self.request.user, f"{label}.{formset.grid.name}"):
                continue
            rows, page = stored_rows(formset.grid, self.document, self.request.GET.get("page", ""))
            grid = formset(data, user=self.request.user, stored=rows)
            grid.title, grid.page = title, page
            grids.append(grid)
        return form, Grids(grids) if grids else None

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        values = form.values()
        for one in formset.parts if formset else ():
            values[one.grid.name] = one.rows()
            if one.grid.paged and self.document is not None:
                values[one.grid.shown] = one.shown()
        if self.document is not None:
            values[f"{self.pages.key}_id"] = self.document.pk
            version = self.request.POST.get("version", "")
            if is_key(version) and hasattr(self.document, "version"):
                values["version"] = int(version)
        for name in self.pages.record.options:
            values[name] = bool(self.request.POST.get(name))
        return values

    def extra_context(self) -> dict[str, Any]:
        title = _("Edit %(record)s") % {"record": self.document} if self.document else self.title
        return {
            "title": title,
            "pages": self.pages,
            "back_url": self.back_url(),
            "groups": self._groups,
        }

    def back_url(self) -> str:
        """Return where the form came from."""
        return (
            reverse(self.pages.url("detail"), args=[self.document.pk])
            if self.document
            else reverse(self.pages.url("list"))
        )

    def show(self, form: Any, formset: Any, *, refusal: DomainError | None = None, status: int = 200) -> Any:
        """Mark the field that a refusal names."""
        name = refusal.params.get("field") if refusal is not None else None
        if name in form.fields:
            form.add_error(name, str(refusal))
        self._groups = field_groups(self.pages, form)
        return super().show(form, formset, refusal=refusal, status=status)

    def success_url(self, result: Any) -> str:
        url = reverse(self.pages.url("detail"), args=[result.pk])
        page = self.request.GET.get("page", "")
        return f"{url}?page={page}" if page.isdecimal() else url


class Grids:
    """The grids of one form, valid together."""

    def __init__(self, parts: Sequence[GridFormSet]) -> None:
        self.parts = parts

    def __iter__(self) -> Any:
        return iter(self.parts)

    def is_valid(self) -> bool:
        verdicts = [one.is_valid() for one in self.parts]  # every grid is checked and keeps its errors
        return all(verdicts)


def stored_rows(grid: Grid, owner: Any, number: str) -> tuple[list[Any], Page | None]:
    """Return the rows of ``grid`` with what their cells name: of a paged one, one page (and which)."""
    if owner is None or not owner.pk:
        return [], None
    rows = _rows_of(grid, owner)
    return _page_of(rows, number) if grid.paged else (list(rows), None)


def _rows_of(grid: Grid, owner: Any) -> models.QuerySet:
    joined = [name for name in grid.fields if grid.model._meta.get_field(name).is_relation]
    rows = getattr(owner, grid.name).all()
    return rows.select_related(*joined) if joined else rows


def _page_of(rows: models.QuerySet, number: str) -> tuple[list[Any], Page | None]:
    """Return the rows of one page of a grid, and the page where there are several; rows are counted only then."""
    if number in {"", "1"}:
        first = list(rows[: GRID_ROWS + 1])
        if len(first) <= GRID_ROWS:
            return first, None
    page = Paginator(rows, GRID_ROWS).get_page(number or 1)
    return list(page), page


def shown_grid(grid: Grid, owner: Any, title: Any, number: str) -> dict[str, Any]:
    """Return one page of a grid as a table: heads and cells with their kind (a figure stands right)."""
    columns: list[Any] = [grid.model._meta.get_field(name) for name in grid.fields]
    rows, page = _page_of(_rows_of(grid, owner), number)
    return {
        "page": page,
        "name": grid.name,
        "title": title,
        "heads": [(one.verbose_name, isinstance(one, models.DecimalField | models.IntegerField)) for one in columns],
        "rows": [[fact(row, one.name) for one in columns] for row in rows],
    }


def fact_groups(pages: Pages, record: Any, hidden: frozenset[str]) -> list[dict[str, Any]]:
    """Return the cards of a record's page: title and facts (label, text, address); a card without any is left out."""
    skipped = SKIPPED_FACTS - {"name_zh"} if getattr(record, "name_zh", "") else SKIPPED_FACTS
    cards = [
        (title, [fact(record, name) for name in names if name not in hidden])
        for title, names in _groups(pages, skipped)
    ]
    return [{"title": title, "facts": facts} for title, facts in cards if any(one["text"] for one in facts)]


def field_groups(pages: Pages, form: Any) -> list[dict[str, Any]]:
    """Return the cards of a form: title and bound fields."""
    return [
        {"title": title, "fields": [form[name] for name in names if name in form.fields]}
        for title, names in _groups(pages, frozenset())
    ]


def fact(record: Any, name: str) -> dict[str, Any]:
    """Return one column of a record as it is read: label, text, address of what it names, whether it is a figure."""
    column = record._meta.get_field(name)
    value = getattr(record, name)
    link = value.get_absolute_url() if column.is_relation and hasattr(value, "get_absolute_url") else ""
    return {
        "label": column.verbose_name,
        "text": _text(record, column, value),
        "url": link,
        "num": isinstance(column, models.DecimalField | models.IntegerField),
    }


def _text(record: Any, column: Any, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(column, models.BooleanField):
        return str(_("Yes") if value else _("No"))
    if column.name in WORDED:
        return WORDED[column.name](value)
    if column.choices:
        return str(getattr(record, f"get_{column.name}_display")())
    written = next((write for kind, write in FIGURES if isinstance(column, kind)), readable)
    return written(value)


def _groups(pages: Pages, skipped: frozenset[str]) -> list[tuple[Any, list[str]]]:
    grouped = {name for _title, names in pages.groups for name in names}
    first = [name for name in pages.record.fields if name not in grouped and name not in skipped]
    cards = [("", first), *((title, [n for n in names if n not in skipped]) for title, names in pages.groups)]
    return [(title, names) for title, names in cards if names]


def urls_of(pages: Pages) -> list[URLPattern]:
    """Make the pages of one kind and return their routes."""
    parts, record, slug, plural = pages.parts, pages.record, pages.slug, pages.plural
    view_right, common = record.permission("view"), {"model": record.model, "pages": pages}
    listing: Any = type(
        f"{record.model.__name__}List",
        (RecordList,),
        common
        | {
            "permission_required": view_right,
            "table_class": parts.table,
            "filterset_class": parts.filterset,
            "title": pages.title,
            "empty_text": pages.empty,
            "create_url": pages.url("create") if pages.may_create else "",
            "create_label": pages.new,
            "create_permission": record.permission("add"),
        },
    )
    edit = Verb(_("Edit"), pages.url("edit"), service=parts.update, link=True, main=True, icon="pencil")
    detail: Any = type(
        f"{record.model.__name__}Page",
        (RecordPage,),
        common
        | {
            "permission_required": view_right,
            "template_name": pages.detail_template,
            "verbs": (edit, *pages.verbs),
            "list_url": pages.url("list"),
        },
    )
    form = common | {"form_class": parts.form, "template_name": pages.form_template}
    update: Any = type(
        f"Update{record.model.__name__}",
        (RecordFormPage,),
        form | {"service": staticmethod(parts.update)},
    )
    routes = [
        path(f"{plural}/", listing.as_view(), name=f"{slug}-list"),
        path(f"{plural}/<int:pk>/", detail.as_view(), name=f"{slug}-detail"),
        path(f"{plural}/<int:pk>/edit/", update.as_view(), name=f"{slug}-edit"),
    ]
    if pages.may_create:
        create: Any = type(
            f"Create{record.model.__name__}",
            (RecordFormPage,),
            form | {"service": staticmethod(parts.create), "title": pages.new},
        )
        routes.append(path(f"{plural}/new/", create.as_view(), name=f"{slug}-create"))
    return routes
