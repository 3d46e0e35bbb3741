"""The base of every list's table: field rights and contributed columns."""

from collections.abc import Collection, Sequence
from typing import Any, ClassVar

import django_tables2 as tables
from django.db.models import QuerySet, Sum
from django.utils.functional import lazy
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.contributions import RowBadges, contributions
from core.formats import readable
from core.permissions import hidden_fields
from core.templatetags.figures import amount, quantity, unit_price

format_html_lazy = lazy(format_html, SafeString)
"""Markup around words that are translated when it is drawn, not when the module is read."""

BREAK = mark_safe("<br>")
"""Between the lines of a footer."""


class AmountColumn(tables.Column):
    """Money, right-aligned."""

    attrs = {"td": {"class": "num"}, "th": {"class": "num"}, "tf": {"class": "num"}}

    def render(self, value: Any) -> str:
        return amount(value)

    def value(self, value: Any) -> Any:
        return value


class PriceColumn(AmountColumn):
    """A unit price, right-aligned."""

    def render(self, value: Any) -> str:
        return unit_price(value)


class QuantityColumn(AmountColumn):
    """A quantity, right-aligned."""

    def render(self, value: Any) -> str:
        return quantity(value)


class RoundedColumn(QuantityColumn):
    """A share in percent with two decimals."""

    def render(self, value: Any) -> str:
        return quantity(round(value, 2))

    def value(self, value: Any) -> Any:
        return round(value, 2)


class DateColumn(tables.Column):
    """A date, by locale."""

    attrs = {"td": {"class": "text-nowrap"}}

    def render(self, value: Any) -> str:
        return readable(value)

    def value(self, value: Any) -> Any:
        return value


class StateColumn(tables.Column):
    """The state as a badge; the colour follows the code (static/css/components.css)."""

    def render(self, record: Any, bound_column: Any) -> str:
        code = getattr(record, bound_column.name)
        label = getattr(record, f"get_{bound_column.name}_display")()
        return format_html('<span class="badge state-badge" data-state="{}">{}</span>', code, label)

    def value(self, record: Any, bound_column: Any) -> str:
        return str(getattr(record, f"get_{bound_column.name}_display")())


class SelectColumn(tables.Column):
    """A box to tick the row, for what the bar under the list does with the ticked ones."""

    def __init__(self, **kwargs: Any) -> None:
        head = format_html_lazy(
            '<input type="checkbox" class="form-check-input" data-select-all aria-label="{}">', gettext_lazy("All rows")
        )
        super().__init__(verbose_name=head, empty_values=(), orderable=False, exclude_from_export=True, **kwargs)

    def render(self, record: Any) -> str:
        return format_html(
            '<input type="checkbox" class="form-check-input" data-row-select value="{}" aria-label="{}">',
            record.pk,
            record,
        )


class RowVerbsColumn(tables.Column):
    """Buttons that act on their row at once: each sends the row's key as ``ids`` with the form of its verb, which
    `c-bulk-bar` draws for the actions marked ``in_row``. A subclass says which ones a row has.
    """

    def __init__(self) -> None:
        attrs = {"td": {"class": "row-verbs"}}
        label = pgettext_lazy("buttons of a row", "Action")
        super().__init__(verbose_name=label, empty_values=(), orderable=False, exclude_from_export=True, attrs=attrs)

    def verbs_of(self, record: Any, table: Any) -> Sequence[tuple[str, Any]]:
        """Return (name of the action, label) of each button."""
        raise AssertionError("a column of buttons says which ones a row has")

    def key_of(self, record: Any) -> Any:
        """Return what is sent as the row's key."""
        return record.pk

    def render(self, record: Any, table: Any) -> str:
        key = self.key_of(record)
        return format_html_join(
            " ",
            '<button type="submit" class="btn btn-sm" form="row-{}" name="ids" value="{}">{}</button>',
            ((name, key, label) for name, label in self.verbs_of(record, table)),
        )


class _BadgeColumn(tables.Column):
    """A fact contributed by another app, filled for the rows of the page at once."""

    def __init__(self, contribution: RowBadges, user: Any) -> None:
        super().__init__(verbose_name=contribution.label, orderable=False, empty_values=())
        self.contribution = contribution
        self.user = user
        self.facts: dict[int, Any] | None = None

    def render(self, record: Any, table: Any) -> str:
        if self.facts is None:
            rows = [row.record.pk for row in table.paginated_rows]
            self.facts = self.contribution.values(rows, self.user)
        fact = self.facts.get(record.pk, "")
        if isinstance(fact, tuple):
            return format_html('<span class="badge state-badge" data-colour="{}">{}</span>', fact[1], fact[0])
        return str(fact)


class DocumentTable(tables.Table):
    """A list of one model. Rows link by ``get_absolute_url``, unless Meta.row_attrs says otherwise; hidden fields and
    foreign columns come by right.

    ``ON_WISH`` names columns that only stand in the list (and its file) when the reader chose them. ``TOTALS`` names
    money columns that are summed up under the list, over all its pages. ``TOTALS_APART`` are the paths of what is never
    added up together (a currency's code, a direction): each of their values has a total of its own.
    """

    ON_WISH: ClassVar[Collection[str]] = ()
    TOTALS: ClassVar[Sequence[str]] = ()
    TOTALS_APART: ClassVar[Sequence[str]] = ()

    def __init__(
        self, *args: Any, user: Any = None, page_key: str = "", chosen: list[str] | None = None, **kwargs: Any
    ) -> None:
        self.user = user
        model = getattr(self._meta, "model", None)
        self.denied = hidden_fields(user, model) if user is not None and model is not None else frozenset()
        if user is not None and model is not None:
            kwargs["exclude"] = tuple(kwargs.get("exclude", ())) + tuple(self.denied)
            extra = list(kwargs.get("extra_columns", ()))
            for one in contributions(RowBadges, page=page_key, user=user):
                extra.append((one.key, _BadgeColumn(one, user)))
            kwargs["extra_columns"] = extra
        if chosen:
            chosen = [name for name in self.base_columns if name == "select" and name not in chosen] + chosen
            every = [*self.base_columns, *(name for name, _column in kwargs.get("extra_columns", ()))]
            kwargs["sequence"] = [name for name in chosen if name in every] + ["..."]
        kwargs.setdefault("row_attrs", getattr(self._meta, "row_attrs", None) or {"data-href": _row_link})
        super().__init__(*args, **kwargs)
        bound = self.columns.columns
        for name in [name for name in bound if name not in chosen] if chosen else self.on_wish():
            if name in bound:
                self.columns.hide(name)

    def on_wish(self) -> Collection[str]:
        """Return the columns that nobody sees who has chosen none."""
        return self.ON_WISH

    def sum_of(self, name: str) -> Sum:
        """Return how a column of ``TOTALS`` is summed up; a list whose dead rows do not count leaves them out here."""
        return Sum(name)

    def sum_up(self, rows: QuerySet) -> None:
        """Put the sums of all ``rows`` of the list under it."""
        shown = {column.name for column in self.columns}
        names = [name for name in self.TOTALS if name in shown]
        if not names or not self.rows:
            return
        asked = {f"sum_of_{name}": self.sum_of(name) for name in names}
        found = rows.model._default_manager.filter(pk__in=rows.order_by().values("pk"))
        apart = self.TOTALS_APART
        sums = list(found.values(*apart).annotate(**asked).order_by(*apart)) if apart else [found.aggregate(**asked)]
        heads = [_("Total")] if len(sums) == 1 else [self._head_of_total(one) for one in sums]
        next(column for column in self.columns if column.name != "select").column._footer = _stacked(heads)
        for name in names:
            self.columns[name].column._footer = _stacked([amount(one[f"sum_of_{name}"] or 0) for one in sums])

    def _head_of_total(self, sums: dict[str, Any]) -> str:
        """Return what one of several totals is of: words for what has words, else the value."""
        fields = {one.name: dict(one.flatchoices) for one in self._meta.model._meta.concrete_fields}
        values = [(fields.get(path, {}), sums[path]) for path in self.TOTALS_APART]
        return " ".join([_("Total"), *(str(words.get(value, value or "")) for words, value in values)])

    class Meta:
        attrs = {"class": "table table-vcenter app-table"}


def _stacked(lines: Sequence[str]) -> str:
    """Return lines of a footer, one below the other."""
    return format_html_join(BREAK, "{}", ((line,) for line in lines))


def _row_link(record: Any) -> str:
    return record.get_absolute_url() if hasattr(record, "get_absolute_url") else ""
