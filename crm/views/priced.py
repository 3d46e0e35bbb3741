"""What the pages of quotations and orders share: the form with its grid, and its recalculation while typing."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.clock import moment
from core.errors import DomainError
from core.fields import ZERO
from core.templatetags.concord import day
from core.templatetags.figures import amount, quantity, unit_price
from core.typed import is_key
from core.views.base import FormPage, Page, visible
from crm.forms.documents import header_initial
from crm.forms.lines import initial_of
from crm.permissions import MARGIN
from crm.selectors.line_facts import LineFacts, line_facts
from crm.selectors.line_prices import LineInput, LinePrice, understand_lines
from crm.services.headers import change_header, new_header
from crm.services.lines import line_inputs, price_context, write_line
from crm.views.promises import waits_for
from masterdata.selectors.price_reasons import reason_text
from masterdata.services.pricing import fill_amounts

COMPUTED = (("amount", gettext_lazy("Amount")),)
FACTS = (("prices", gettext_lazy("Prices")), ("stock", gettext_lazy("Stock")))
OF_MARGIN = (("margin", gettext_lazy("Margin")),)


def line_facts_shown(user: Any) -> list[tuple[str, Any]]:
    """Return the facts this user may see under each line of the grid."""
    return [*FACTS, *(OF_MARGIN if user.has_perm(MARGIN) else ())]


def shown(facts: LineFacts, line: Any, document: Any, user: Any) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the texts of the computed columns of one line, and what there is to warn about."""
    worth = line.gross_amount if document.tax_included else line.net_amount
    priced, last = facts.priced, facts.last
    promised = _("not foreseeable") if facts.is_late and not facts.promise_date else day(facts.promise_date)
    values = [
        ("amount", amount(worth, document.currency.decimals)),
        (
            "prices",
            _named(
                (_("List"), unit_price(priced.list_price), reason_text(priced.reason)),
                (_("Last"), unit_price(last.price) if last else "", f"{last.number} {day(last.date)}" if last else ""),
                (_("Floor"), unit_price(priced.floor_price), ""),
            ),
        ),
        (
            "stock",
            _named(
                (_("On hand"), quantity(facts.on_hand), ""),
                (_("Available"), quantity(facts.available), ""),
                (_("There on"), promised, waits_for(facts.bottleneck) if facts.is_late else ""),
            ),
        ),
    ]
    if user.has_perm(MARGIN):
        margin = "" if facts.margin is None else f"{quantity(facts.margin)} %"
        values.append(("margin", _named((_("Cost"), unit_price(facts.unit_cost), ""), (_("Margin"), margin, ""))))
    return values, _warnings(facts)


def _named(*rows: tuple[str, str, str]) -> str:
    """Known figures side by side, each with its name and, as third text, its reason."""
    return format_html_join(
        "",
        '<span class="line-fact"><small>{}</small> {} <small>{}</small></span>',
        ((name, text, why) for name, text, why in rows if text),
    )


def _warnings(facts: LineFacts) -> list[str]:
    said = []
    if facts.is_below_floor:
        said.append(_("Below the floor price: needs approval."))
    if facts.short_quantity > 0:
        said.append(_("%(quantity)s short on the wanted day.") % {"quantity": quantity(facts.short_quantity)})
    if facts.priced.price is None:
        said.append(_("No list names a price; enter one."))
    return said


class Calculation:
    """A header and lines that need not be saved, with amounts and figures; for showing, never for saving."""

    def __init__(self, document: Any, lines: Sequence[Any], facts: Sequence[LineFacts]) -> None:
        self.document = document
        self.lines = lines
        self.facts = facts

    @property
    def margin(self) -> Decimal | None:
        """Return the margin over the lines with a known cost, in percent."""
        known = [(line, one) for line, one in zip(self.lines, self.facts, strict=True) if one.unit_cost is not None]
        net = sum((line.net_amount for line, _one in known), ZERO)
        cost = sum((one.unit_cost * line.quantity for line, one in known), ZERO)
        return None if net <= 0 else ((net - cost) / net * 100).quantize(Decimal("0.01"))


def calculate(document: Any, line_model: type[models.Model], understood: Sequence[LinePrice]) -> Calculation:
    """Price ``understood`` lines for a header that is not saved."""
    lines = []
    for one in understood:
        line: Any = line_model()
        write_line(line, one)
        lines.append(line)
    fill_amounts(document, lines)
    key = "exclude_order_id" if hasattr(document, "customer_po") else "exclude_quotation_id"
    facts = line_facts(document, understood, [line.net_amount for line in lines], exclude={key: document.pk})
    return Calculation(document, lines, facts)


class PricedFormPage(FormPage):
    """The form of a quotation or an order; GET of a stored one shows the computed columns at once."""

    model: ClassVar[Any]
    line_model: ClassVar[Any]
    recalculate_url: ClassVar[str]
    template_name = "crm/_priced_form.html"
    promised: ClassVar[bool] = False

    def form_kwargs(self) -> dict[str, Any]:
        return {"user": self.request.user, "document": self.document}

    def get_initial(self) -> dict[str, Any]:
        return header_initial(self.document) if self.document is not None else super().get_initial()

    def get_lines_initial(self) -> list[dict[str, Any]]:
        if self.document is None:
            return []
        return initial_of(self.stored_lines(), promised=self.promised)

    def stored_lines(self) -> Any:
        """Return the lines of the document that the grid shows."""
        return self.document.lines.order_by("line_no")

    def arguments(self, form: Any, formset: Any) -> dict[str, Any]:
        if self.document is None:
            header = form.header(only_given=True)
            return {"partner_id": form.cleaned_data["partner"].pk, "lines": formset.typed()} | header
        header = form.header()
        if header["ship_to_id"] is None:
            header.pop("ship_to_id")
        version = self.request.POST.get("version", "")
        key = type(self).service.operation.document[1]  # type: ignore[attr-defined]
        known = {"version": int(version)} if is_key(version) else {}
        return {key: self.document.pk, "lines": formset.typed()} | known | header

    def show(self, form: Any, formset: Any, *, refusal: DomainError | None = None, status: int = 200) -> HttpResponse:
        self.calculation = None
        if self.document is not None and not formset.is_bound:
            self._compute_stored(formset)
        return super().show(form, formset, refusal=refusal, status=status)

    def _compute_stored(self, formset: Any) -> None:
        understood = understand_lines([_stored(line) for line in self.stored_lines()], price_context(self.document))
        self.calculation = calculate(self.document, self.line_model, understood)
        pairs = zip(formset.forms, self.calculation.facts, self.calculation.lines, strict=False)
        for form, facts, line in pairs:
            form.computed_values, notes = shown(facts, line, self.document, self.request.user)
            form.note = " ".join(notes)

    def extra_context(self) -> dict[str, Any]:
        url = reverse(self.recalculate_url)
        return {
            "computed": COMPUTED,
            "facts": line_facts_shown(self.request.user),
            "recalc_url": f"{url}?document={self.document.pk}" if self.document is not None else url,
            "calculation": self.calculation,
            "shows_margin": self.request.user.has_perm(MARGIN),
        }


def _stored(line: Any) -> LineInput:
    return LineInput(
        item_id=line.item_id,
        quantity=line.quantity,
        uom_id=line.uom_id,
        price=line.price,
        discount_percent=line.discount_percent,
        tax_id=line.tax_id,
        description=line.description,
        ship_date=line.ship_date,
    )


class RecalculatePage(Page):
    """POST the whole form: each line's figures and the totals as elements that htmx swaps by id; saves nothing."""

    http_method_names: ClassVar = ["post"]
    model: ClassVar[Any]
    line_model: ClassVar[Any]
    form_class: ClassVar[Any]
    formset_class: ClassVar[Any]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        stored = self._stored()
        form = self.form_class(request.POST, user=request.user, document=stored)
        formset = self.formset_class(request.POST, prefix="lines")
        form.is_valid()
        formset.is_valid()
        partner = form.partner(form.cleaned_data)
        if partner is None:
            return HttpResponse(status=204)
        try:
            document = self._header(form, stored, partner)
            rows, notes = self._understood(formset, document)
            calculation = calculate(document, self.line_model, [one for _form, one in rows])
        except DomainError as refusal:
            return render(request, "crm/_recalculated.html", {"refusal": refusal})
        shown_rows = self._shown_rows(formset, rows, calculation, notes)
        context = {
            "rows": shown_rows,
            "calculation": calculation,
            "shows_margin": request.user.has_perm(MARGIN),
        }
        return render(request, "crm/_recalculated.html", context)

    def _stored(self) -> Any:
        key = self.request.GET.get("document", "")
        return visible(self.model, self.request.user).filter(pk=key).first() if is_key(key) else None

    def _header(self, form: Any, stored: Any, partner: Any) -> Any:
        given = form.header(only_given=True)
        if stored is None:
            return new_header(self.model, partner, given, actor=self.request.user, at=moment())
        change_header(stored, given)
        return stored

    def _understood(self, formset: Any, document: Any) -> tuple[list[tuple[Any, LinePrice]], dict[str, str]]:
        """Lines that can be read so far; what is wrong with the others is said in their notes."""
        context = price_context(document)
        typed = [(form, _readable(form)) for form in formset.live_forms()]
        typed = [(form, line) for form, line in typed if line is not None]
        try:
            understood = understand_lines([line for _form, line in typed], context)
            return list(zip([form for form, _line in typed], understood, strict=True)), {}
        except DomainError:
            rows, notes = [], {}
            for form, line in typed:
                try:
                    rows.append((form, understand_lines([line], context)[0]))
                except DomainError as refusal:
                    notes[form.prefix] = str(refusal)
            return rows, notes

    def _shown_rows(
        self, formset: Any, rows: list[tuple[Any, LinePrice]], calculation: Calculation, notes: dict[str, str]
    ) -> list[dict[str, Any]]:
        found = {}
        for (form, _one), facts, line in zip(rows, calculation.facts, calculation.lines, strict=True):
            values, said = shown(facts, line, calculation.document, self.request.user)
            found[form.prefix] = {"values": values, "note": " ".join(said), "is_warning": facts.is_below_floor}
        columns = [name for name, _label in (*COMPUTED, *line_facts_shown(self.request.user))]
        empty = [(name, "") for name in columns]
        return [
            {"prefix": form.prefix, "values": empty, "note": notes.get(form.prefix, "")} | found.get(form.prefix, {})
            for form in formset.forms
        ]


def _readable(form: Any) -> LineInput | None:
    """The line as far as its cells can be read; None without item or quantity."""
    data = getattr(form, "cleaned_data", {})
    if not data.get("quantity") or not (data.get("item") or data.get("price") is not None):
        return None
    typed = {
        "item_id": data.get("item"),
        "quantity": data["quantity"],
        "uom_id": data.get("uom"),
        "price": data.get("price"),
        "discount_percent": data.get("discount_percent"),
        "tax_id": data.get("tax"),
        "ship_date": data.get("ship_date"),
    }
    [line] = line_inputs([typed])
    return line
