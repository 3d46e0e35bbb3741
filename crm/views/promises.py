"""When the goods of a quotation's lines can be there, why, and in which parts they could be offered."""

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView

from core.errors import InvalidInput
from core.formats import readable
from core.operations import may_perform
from core.typed import is_key
from core.views.base import OperationView, Page, visible
from crm.models import Quotation
from crm.ports import PromiseStep
from crm.selectors.promises import promises_of
from crm.services.quotation_splits import split_quotation_line
from crm.states import QuotationState

WAITED_FOR = frozenset({"supply", "buy", "make", "resource"})


def waits_for(step: PromiseStep | None) -> str:
    """Return in a few words what a promise waits for; empty when it waits for nothing."""
    if step is None:
        return ""
    if step.cause in WAITED_FOR and step.spoken > 0:
        spoken = _("%(quantity)s in stock are spoken for") % {"quantity": readable(step.spoken)}
        return f"{_cause(step)}; {spoken}"
    return _cause(step)


def _cause(step: PromiseStep) -> str:
    named = {"item": step.item_code, "resource": step.resource, "days": step.days, "date": readable(step.date)}
    match step.cause:
        case "supply":
            return _("%(item)s is expected on %(date)s") % named
        case "buy":
            text = ngettext("%(item)s is bought in %(days)s day", "%(item)s is bought in %(days)s days", step.days)
        case "make":
            text = ngettext("%(item)s is made in %(days)s day", "%(item)s is made in %(days)s days", step.days)
        case "resource" if step.date is None:
            text = _("%(resource)s has no free time for %(item)s")
        case "resource":
            text = ngettext(
                "%(item)s takes %(days)s day on %(resource)s", "%(item)s takes %(days)s days on %(resource)s", step.days
            )
        case "substitute":
            text = _("a substitute of %(item)s is in stock")
        case "no_source":
            text = _("%(item)s has no source")
        case _:
            text = _("%(item)s is in stock")
    return text % named


class PromisePage(Page, TemplateView):
    """One line of a quotation: when, why, and the split that could be offered."""

    permission_required = "crm.view_quotation"
    template_name = "crm/quotation/promise.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        quotation = visible(Quotation, user).filter(pk=self.kwargs["pk"]).select_related("partner").first()
        lines = list(quotation.lines.select_related("item__uom", "uom").order_by("line_no")) if quotation else []
        answer = promises_of(quotation, lines, parts_of=self.kwargs["line_pk"]).get(self.kwargs["line_pk"])
        if quotation is None or answer is None:
            raise Http404
        is_draft = quotation.state == QuotationState.DRAFT
        return super().get_context_data(**kwargs) | {
            "quotation": quotation,
            "line": answer.line,
            "answer": answer,
            "steps": [(step, waits_for(step)) for step in answer.promise.why],
            "may_split": is_draft and answer.can_be_split and may_perform(split_quotation_line, user),
        }


class SplitLine(OperationView):
    """Offer the line in parts; the posted ones, not what could be promised by now."""

    service = split_quotation_line
    message = gettext_lazy("The line is offered in parts.")

    def arguments(self) -> dict[str, Any]:
        posted = self.request.POST
        try:
            parts = [
                {"quantity": Decimal(quantity), "ship_date": dt.date.fromisoformat(date)}
                for quantity, date in zip(posted.getlist("quantity"), posted.getlist("ship_date"), strict=True)
            ]
        except (InvalidOperation, ValueError) as error:
            raise InvalidInput(message=_("A part needs a quantity and a day."), field="parts") from error
        version = posted.get("version", "")
        return {
            "line_id": self.kwargs["line_pk"],
            "parts": parts,
            "version": int(version) if is_key(version) else None,
        }
