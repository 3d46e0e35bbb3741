"""Dunning and statements of account: navigation, drafts that wait, a customer's letters on his page."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.contributions import Fact, RelatedDocuments, Work, WorkItems
from finance.contributions.links import list_url
from finance.models import DunningLetter
from finance.selectors.dunning import letters_of
from finance.states import DunningState


def letters_waiting(user: Any, limit: int) -> Sequence[Work]:
    """Draft letters to be sent."""
    rows = DunningLetter.objects.filter(state=DunningState.DRAFT).select_related("partner").order_by("pk")
    return [Work(str(row), row.get_absolute_url(), str(row.partner), row.document_date) for row in rows[:limit]]


CONTRIBUTIONS = (
    Fact(_("dunning letter"), "finance", 7),
    WorkItems(
        "finance.draft_letters",
        _("Dunning letters to send"),
        "finance.send_dunningletter",
        waiting=lambda user: DunningLetter.objects.filter(state=DunningState.DRAFT),
        items=letters_waiting,
        url=list_url("finance:dunning-letter-list", "state=draft"),
        step=7,
        order=48,
    ),
    RelatedDocuments(
        "masterdata.partner",
        "finance.dunning",
        _("Dunning letters"),
        "finance.view_dunningletter",
        count=lambda partner, user: letters_of(partner.pk).count(),
        url=lambda partner: f"{reverse('finance:dunning-letter-list')}?partner={partner.pk}",
        icon="bell-ringing",
        order=75,
    ),
)
