"""What users keep for themselves and for the house: saved views and the procedures of the help pages."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.history import History
from core.models.users import Team


class SavedView(models.Model):
    """A list's filters, order and columns under a name; private, for a team, or for everybody."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    page = models.CharField(_("list"), max_length=80)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filters"), max_length=1000, blank=True)
    columns = models.JSONField(_("columns"), default=list)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team"))
    is_shared = models.BooleanField(_("for everybody"), default=False)
    is_default = models.BooleanField(_("open the list with this view"), default=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "page", "name"], name="core_savedview_name"),
            models.UniqueConstraint(
                fields=["owner", "page"], condition=models.Q(is_default=True), name="core_savedview_one_default"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Procedure(models.Model):
    """How this company works in one step of the main flow; written by the company itself."""

    step = models.PositiveSmallIntegerField(_("step"), unique=True)
    body = models.TextField(_("text"), blank=True)
    body_zh = models.TextField(_("Chinese text"), blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    history = History()

    class Meta:
        verbose_name = _("procedure")
        verbose_name_plural = _("procedures")
        ordering = ["step"]

    def __str__(self) -> str:
        return str(self.step)
