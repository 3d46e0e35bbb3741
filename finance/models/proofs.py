"""What the running proof of the books remembers: how far it looked, and what it found broken."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class ProofMark(models.Model):
    """How far the append-only tables reached when a check began: the next one looks at what was touched since.

    floors  highest settled key by short name of the table (see finance.selectors.invariants.touched).
    """

    taken_at = models.DateTimeField(_("at"), db_default=Now(), db_index=True)
    floors = models.JSONField()

    class Meta:
        verbose_name = _("mark of the proof")
        verbose_name_plural = _("marks of the proof")
        default_permissions = ()
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.taken_at}"


class Breach(models.Model):
    """One thing in the books that breaks an invariant, from when it was found until it was gone."""

    code = models.CharField(_("code"), max_length=60)
    subject = models.CharField(_("found on"), max_length=200, blank=True)
    evidence = models.CharField(_("what is wrong"), max_length=500)
    found_at = models.DateTimeField(_("found at"), db_default=Now())
    gone_at = models.DateTimeField(_("gone at"), null=True)

    class Meta:
        verbose_name = _("breach of an invariant")
        verbose_name_plural = _("breaches of invariants")
        default_permissions = ("view",)
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "subject"], condition=Q(gone_at__isnull=True), name="finance_breach_open"
            )
        ]

    def __str__(self) -> str:
        return gettext("%(code)s: %(subject)s") % {"code": self.code, "subject": self.subject or "-"}

    def get_absolute_url(self) -> str:
        """Return the list with this one found."""
        return f"{reverse('finance:breach-list')}?q={self.code}"
