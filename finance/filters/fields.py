"""Filters that the lists of finance share."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from masterdata.filters import FamilyFilter
from masterdata.models import Partner

DAYS = django_filters.widgets.DateRangeWidget(attrs={"type": "date"})


def partners(_request: Any) -> QuerySet[Partner]:
    return Partner.objects.all()


class PartnerChoice(FamilyFilter):
    """A partner by key (and who was merged into him): a link from another page, not a select over all of them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=partners, label=_("Partner"), widget=forms.HiddenInput, **kwargs)
