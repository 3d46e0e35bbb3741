"""Leads: somebody who may become a customer."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document
from core.history import History
from crm.states import LEAD_TRANSITIONS, LeadSource, LeadState, LostReason


class Lead(Document):
    """One person or company that showed interest, before it is known as a partner."""

    LOCK_PLACE = 8
    TRANSITIONS = LEAD_TRANSITIONS

    state = models.CharField(_("state"), max_length=12, choices=LeadState, default=LeadState.NEW, editable=False)
    company_name = models.CharField(_("company"), max_length=160)
    contact_name = models.CharField(_("contact"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    interest = models.CharField(_("interested in"), max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=12, choices=LeadSource, default=LeadSource.OTHER)
    campaign = models.ForeignKey(
        "crm.Campaign", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("campaign")
    )
    next_contact_date = models.DateField(_("next contact"), null=True, blank=True)
    partner = models.ForeignKey(
        "masterdata.Partner", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("customer")
    )
    lost_reason = models.CharField(_("lost because of"), max_length=12, choices=LostReason, blank=True)
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        permissions = [
            ("qualify_lead", _("Can qualify leads")),
            ("lose_lead", _("Can mark leads as lost")),
        ]
        indexes = [models.Index(fields=["state", "next_contact_date"], name="crm_lead_state_next")]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=LeadState.values), name="crm_lead_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state=LeadState.QUALIFIED) | models.Q(partner__isnull=False),
                name="crm_lead_qualified_has_partner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.company_name}"

    def get_absolute_url(self) -> str:
        return reverse("crm:lead-detail", args=[self.pk])
