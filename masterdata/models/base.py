"""The shape shared by all master data: code, two names, active or not."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.locks import LockRank


def in_chinese() -> bool:
    """Return whether the reader's language is Chinese."""
    return (get_language() or "").startswith("zh")


class MasterRecord(models.Model):
    """A coded record with a name in two languages. Records are closed (``is_active``), never deleted."""

    LOCK_RANK: int = LockRank.HEADER
    LOCK_PLACE: int = 5

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)
    name_zh = models.CharField(_("Chinese name"), max_length=200, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    version = models.PositiveIntegerField(_("version"), default=0, editable=False)

    class Meta:
        abstract = True
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.label()}"

    def label(self) -> str:
        """Return the name in the reader's language."""
        return self.name_zh if self.name_zh and in_chinese() else self.name
