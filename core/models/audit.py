"""The timeline of documents: append-only events, attachments and follow-ups."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class AuditEvent(models.Model):
    """One thing that happened to one object: an operation, a state change, a comment, an approval. Append-only."""

    object_label = models.CharField(_("kind of document"), max_length=80)
    object_id = models.CharField(_("key"), max_length=40)
    verb = models.CharField(_("what happened"), max_length=120)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("business moment"))
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now())
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    detail = models.JSONField(_("detail"), default=dict)

    class Meta:
        verbose_name = _("timeline event")
        verbose_name_plural = _("timeline events")
        indexes = [
            models.Index(fields=["object_label", "object_id", "id"], name="core_audit_object"),
            models.Index(fields=["actor", "-id"], name="core_audit_actor"),
        ]
        permissions = [("view_audit_log", _("Can read the audit log"))]

    def __str__(self) -> str:
        return self.verb


class Attachment(models.Model):
    """A file kept with a document; served only through an authorising view."""

    object_label = models.CharField(max_length=80)
    object_id = models.CharField(max_length=40)
    file = models.FileField(upload_to="attachments/%Y/%m/")
    name = models.CharField(_("file name"), max_length=200)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(db_default=Now())
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        indexes = [models.Index(fields=["object_label", "object_id"], name="core_attachment_object")]

    def __str__(self) -> str:
        return self.name


class FollowUp(models.Model):
    """Something a person promised to do about a document by a date."""

    object_label = models.CharField(max_length=80)
    object_id = models.CharField(max_length=40)
    summary = models.CharField(_("what to do"), max_length=200)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("assigned to")
    )
    due_date = models.DateField(_("due date"))
    done_at = models.DateTimeField(_("done at"), null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        indexes = [
            models.Index(fields=["object_label", "object_id"], name="core_followup_object"),
            models.Index(
                fields=["assignee", "due_date"], name="core_followup_open", condition=models.Q(done_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.summary
