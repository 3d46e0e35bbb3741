"""One-time keys and the outbox."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class IdempotencyRecord(models.Model):
    """The reply given to one request with a one-time key; written in the transaction of its effect."""

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    operation = models.CharField(max_length=120)
    request_hash = models.CharField(max_length=64)
    result_model = models.CharField(max_length=80, blank=True)
    result_id = models.CharField(max_length=64, blank=True)
    result = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("one-time key")
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="core_idempotency_actor_key")]
        indexes = [models.Index(fields=["created_at"], name="core_idempotency_created")]

    def __str__(self) -> str:
        return self.key


class OutboxEvent(models.Model):
    """A side effect (mail, message, nudge of a job) to be carried out after the commit, at least once."""

    topic = models.CharField(max_length=80)
    payload = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())
    available_at = models.DateTimeField(db_default=Now())
    claimed_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("outbox event")
        indexes = [
            models.Index(fields=["available_at"], name="core_outbox_open", condition=models.Q(done_at__isnull=True))
        ]

    def __str__(self) -> str:
        return self.topic
