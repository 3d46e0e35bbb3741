"""A posting that would bring a work order above its budget is asked about before it is done."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.permissions import may_view_field
from core.templatetags.figures import amount, quantity
from core.typed import is_key, number_typed
from core.views.base import FormPage
from erp.services.overruns import would_run_over

ONE = Decimal(1)


@dataclass(frozen=True)
class Question:
    """What a form asks before it posts; ``key`` comes back as ``_sure`` when the button is pressed again."""

    sentence: str
    key: str


class AsksBeforeOverrun(FormPage):
    """A form that tries its posting first: what would run over an order's budget needs a second click."""

    asked: Question | None = None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form, formset = self.build(request.POST, request.FILES)
        if form.is_valid() and (formset is None or formset.is_valid()):
            self.asked = question_before(request, type(self).service, self.arguments(form, formset), self.orders())
            if self.asked is not None:
                return self.show(form, formset)
        return super().post(request, *args, **kwargs)

    def orders(self) -> Iterable[int]:
        """The keys of the work orders that the posting may bring above their budget."""
        return [self.document.pk]

    def extra_context(self) -> dict[str, Any]:
        return super().extra_context() | {"question": self.asked}


def question_before(
    request: HttpRequest, service: Callable[..., Any], arguments: Mapping[str, Any], orders: Iterable[int]
) -> Question | None:
    """Return what to ask before ``service`` posts; None when no order would newly run over its budget.

    What the user has agreed to (``_sure``) is not asked again before it is a whole percent more: hours by the clock go
    on while he reads.
    """
    own = dict(arguments)
    reason = own.pop("reason", None) or request.POST.get("reason", "")
    found = would_run_over(service, own, orders=orders, actor=request.user, reason=reason.strip())
    agreed = _agreed(request.POST.get("_sure", ""))
    if all(one.percent < agreed.get(one.work_order_id, -ONE) + ONE for one in found):
        return None
    sentence = _("With this %(order)s is projected to cost %(percent)s %% more than planned.")
    if may_view_field(request.user, "erp.workorder.material_cost"):
        sentence = _(
            "With this %(order)s is projected to cost %(projected)s instead of %(planned)s, %(percent)s %% more."
        )
    said = [
        sentence
        % {
            "order": one.work_order,
            "percent": quantity(one.percent),
            "projected": amount(one.projected),
            "planned": amount(one.planned),
        }
        for one in found
    ]
    again = _("Press the button again to post it all the same; those responsible are told.")
    return Question(" ".join([*said, again]), " ".join(f"{one.work_order_id}:{one.percent}" for one in found))


def _agreed(text: str) -> dict[int, Decimal]:
    """Return {work order: percent} of what was asked before; what is no such answer is left out."""
    pairs = (one.partition(":") for one in text.split())
    read = ((key, number_typed(percent)) for key, _colon, percent in pairs if is_key(key))
    return {int(key): percent for key, percent in read if percent is not None}
