"""Dunning (催款): levels, letters to customers, and who gets none for the time being."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.documents import Document, Transitions
from core.fields import AmountField
from core.history import History
from core.locks import LockRank
from finance.models.invoices import InvoiceInstalment
from finance.states import DUNNING_TRANSITIONS, DunningState
from masterdata.models.base import in_chinese


class DunningLevel(models.Model):
    """One step of sharpness: from how many days overdue, and what the letter says in either language."""

    LOCK_RANK: ClassVar[int] = LockRank.HEADER
    LOCK_PLACE: ClassVar[int] = 66

    level = models.PositiveSmallIntegerField(_("level"), unique=True)
    days_overdue = models.PositiveSmallIntegerField(_("from days overdue"))
    title = models.CharField(_("title"), max_length=120)
    title_zh = models.CharField(_("title in Chinese"), max_length=120)
    text = models.TextField(_("text"))
    text_zh = models.TextField(_("text in Chinese"))
    version = models.PositiveIntegerField(default=0, editable=False)
    history = History()

    class Meta:
        verbose_name = _("dunning level")
        verbose_name_plural = _("dunning levels")
        ordering = ["level"]
        constraints = [models.CheckConstraint(condition=Q(level__gte=1), name="finance_dunninglevel_level")]

    def __str__(self) -> str:
        return f"{self.level} {(in_chinese() and self.title_zh) or self.title}"

    def get_absolute_url(self) -> str:
        return reverse("finance:dunning-level-edit", args=[self.pk])


class DunningBlock(models.Model):
    """A customer who gets no letters until a day (empty: for good), and why: a dispute, an agreement."""

    LOCK_RANK: ClassVar[int] = LockRank.HEADER
    LOCK_PLACE: ClassVar[int] = 67

    partner = models.OneToOneField("masterdata.Partner", models.PROTECT, related_name="+", verbose_name=_("customer"))
    until = models.DateField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    version = models.PositiveIntegerField(default=0, editable=False)
    history = History()

    class Meta:
        verbose_name = _("dunning block")
        verbose_name_plural = _("dunning blocks")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.partner)

    def get_absolute_url(self) -> str:
        return reverse("finance:dunning")


class DunningLetter(Document):
    """A letter to one customer about what is overdue. ``amount`` is the overdue sum in base currency."""

    LOCK_PLACE: ClassVar[int] = 79
    SCOPE_OWNER: ClassVar[str | None] = None
    TRANSITIONS: ClassVar[Transitions] = DUNNING_TRANSITIONS

    state = models.CharField(_("state"), max_length=10, choices=DunningState, default=DunningState.DRAFT)
    partner = models.ForeignKey("masterdata.Partner", models.PROTECT, related_name="+", verbose_name=_("customer"))
    level = models.ForeignKey(DunningLevel, models.PROTECT, related_name="+", verbose_name=_("level"))
    pay_until = models.DateField(_("to be paid until"))
    amount = AmountField(_("overdue in base currency"), default=0, editable=False)
    history = History()

    class Meta(Document.Meta):
        verbose_name = _("dunning letter")
        verbose_name_plural = _("dunning letters")
        permissions = [
            ("send_dunningletter", _("Can mark dunning letters as sent")),
            ("cancel_dunningletter", _("Can cancel draft dunning letters")),
            ("block_dunning", _("Can block customers from dunning")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DunningState.values), name="finance_dunning_state_known")
        ]
        indexes = [models.Index(fields=["partner", "document_date"], name="finance_dunning_partner")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("finance:dunning-letter-detail", args=[self.pk])


class DunningLine(models.Model):
    """One overdue instalment as it stood when the letter was written; ``amount`` in the invoice's currency."""

    letter = models.ForeignKey(DunningLetter, models.CASCADE, related_name="lines", verbose_name=_("dunning letter"))
    instalment = models.ForeignKey(InvoiceInstalment, models.PROTECT, related_name="+", verbose_name=_("instalment"))
    due_date = models.DateField(_("due date"))
    days_overdue = models.PositiveSmallIntegerField(_("days overdue"))
    amount = AmountField(_("open"))

    class Meta:
        verbose_name = _("line of a dunning letter")
        verbose_name_plural = _("lines of dunning letters")
        ordering = ["letter_id", "due_date", "id"]
        constraints = [models.UniqueConstraint(fields=["letter", "instalment"], name="finance_dunningline_key")]

    def __str__(self) -> str:
        return f"{self.letter} {self.instalment_id}"
