"""Grids of rows in forms: as many rows as were sent, whatever number the page says."""

import re
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

UNSENT = 50
"""Rows at the end of which a browser sends nothing (a box that nobody ticked is not sent)."""


class Rows(forms.BaseFormSet):
    """The rows of one grid, the base of every formset of ours.

    A number of rows far above what was sent is refused at once, and the rows that were sent are shown again.
    """

    default_error_messages = forms.BaseFormSet.default_error_messages | {
        "missing_management_form": _("The lines did not arrive completely. Open the page again and type them anew."),
        "too_many_forms": _("There may be at most %(num)d lines."),
    }

    def total_form_count(self) -> int:
        return self._count if self.is_bound else super().total_form_count()

    def initial_form_count(self) -> int:
        return min(max(super().initial_form_count(), 0), self._count) if self.is_bound else super().initial_form_count()

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self._claims_too_much and not self.non_form_errors():
            self.non_form_errors().append(self.default_error_messages["missing_management_form"])

    @cached_property
    def _count(self) -> int:
        if not self.management_form.is_valid() or self._claims_too_much:
            return min(self._sent, self.absolute_max)
        return max(super().total_form_count(), 0)

    @cached_property
    def _claims_too_much(self) -> bool:
        claimed: Any = self.management_form.cleaned_data["TOTAL_FORMS"]
        return not 0 <= claimed <= self._sent + UNSENT

    @cached_property
    def _sent(self) -> int:
        """One more than the highest number under which a field was sent."""
        numbered = re.compile(rf"{re.escape(str(self.prefix))}-(\d{{1,6}})-", re.ASCII)
        found: Any = (numbered.match(name) for source in (self.data, self.files) for name in source or ())
        return max((int(one[1]) + 1 for one in found if one), default=0)
