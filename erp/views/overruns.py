"""A posting that would bring a work order above its budget is asked about before it is done."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.errors import DomainError
from core.operations import rehearse
from core.permissions import may_view_field
from core.templatetags.figures import amount, quantity
from core.typed import number_typed
from core.views.base import FormPage
from erp.models import CostOverrun
from erp.selectors.order_costs import newest_overrun


@dataclass(frozen=True)
class Question:
    """What a form asks before it posts; ``key`` comes back as ``_sure`` when the button is pressed again."""

    sentence: str
    key: str


class AsksBeforeOverrun(FormPage):
    """A form that tries its posting first: what would run over the order's budget needs a second click."""

    asked: Question | None = None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form, formset = self.build(request.POST, request.FILES)
        if form.is_valid() and (formset is None or formset.is_valid()):
            arguments = self.arguments(form, formset)
            arguments.pop("reason", None)
            self.asked = self.question(arguments)
            if self.asked is not None:
                return self.show(form, formset)
        return super().post(request, *args, **kwargs)

    def extra_context(self) -> dict[str, Any]:
        return super().extra_context() | {"question": self.asked}

    def question(self, arguments: dict[str, Any]) -> Question | None:
        found = self._run_over(arguments)
        if found is None or found.percent <= (number_typed(self.request.POST.get("_sure", "")) or Decimal(-1)):
            return None
        sentence = _("With this %(order)s is projected to cost %(percent)s %% more than planned.")
        if may_view_field(self.request.user, "erp.workorder.material_cost"):
            sentence = _(
                "With this %(order)s is projected to cost %(projected)s instead of %(planned)s, %(percent)s %% more."
            )
        values = {
            "order": self.document,
            "percent": quantity(found.percent),
            "projected": amount(found.projected),
            "planned": amount(found.planned),
        }
        again = _("Press the button again to post it all the same; those responsible are told.")
        return Question(f"{sentence % values} {again}", str(found.percent))

    def _run_over(self, arguments: dict[str, Any]) -> CostOverrun | None:
        """Return the overrun that the posting would cause; what is refused anyway is said by the posting itself."""
        before = newest_overrun(self.document.pk)
        with rehearse(actor=self.request.user) as attempt:
            try:
                attempt(type(self).service, lambda: dict(arguments))
            except DomainError:
                return None
            after = newest_overrun(self.document.pk)
        return after if after is not None and after != before else None
