"""The page that says what differs between two revisions."""

from typing import Any, ClassVar

from django.http import Http404
from django.views.generic import TemplateView

from core.typed import is_key
from core.views.base import Page
from erp.selectors.comparing import SAME


class ComparePage(Page, TemplateView):
    """``…/ID/compare/?other=ID``: of one item the earlier revision is the one before, else the other one.

    A subclass sets model, compare (before, after, user), permission_required, template_name.
    """

    model: ClassVar[Any]
    compare: ClassVar[Any]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        other = self.request.GET.get("other", "")
        keys = {self.kwargs["pk"], int(other) if is_key(other) else 0}
        found = sorted(
            self.model.objects.visible_to(self.request.user).select_related("item__uom").filter(pk__in=keys),
            key=lambda one: (one.pk == self.kwargs["pk"], one.pk),
        )
        if len(found) < 2:
            raise Http404
        before, after = found
        if before.item_id == after.item_id:
            before, after = sorted(found, key=lambda one: (one.valid_from, one.pk))
        differences = self.compare(before, after, self.request.user)
        return super().get_context_data(**kwargs) | {
            "before": before,
            "after": after,
            "differences": [one for one in differences if one.kind != SAME],
            "same": sum(1 for one in differences if one.kind == SAME),
        }
