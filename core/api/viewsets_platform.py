"""API of the platform: who am I, tokens, approvals, notifications, timeline."""

import datetime as dt
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from knox.models import AuthToken
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from core import timeline
from core.api.viewsets import ConcordSerializer, DocumentViewSet, idempotency_key, operation_action
from core.approvals import services as approval_services
from core.approvals.models import ApprovalRequest
from core.models.users import User
from core.notifications import services as notification_services
from core.notifications.models import Notification
from core.operations import perform
from core.services import conversations, people

SIGNED_IN = "signed-in"


class MeSerializer(serializers.ModelSerializer):
    """The signed-in user."""

    roles = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ["id", "username", "first_name", "last_name", "name_zh", "language", "time_zone", "scope", "roles"]

    def get_roles(self, user: User) -> list[str]:
        return [group.role.code for group in user.groups.select_related("role") if hasattr(group, "role")]


class Me(APIView):
    """Who the token or session belongs to."""

    permission_required = SIGNED_IN

    @extend_schema(responses=MeSerializer)
    def get(self, request: Any) -> Response:
        """Return the signed-in user."""
        return Response(MeSerializer(request.user).data)


class TokenInput(serializers.Serializer):
    """How long the token lives, in days (1 to 365)."""

    days = serializers.IntegerField(min_value=1, max_value=365, default=90)


class TokenSerializer(serializers.Serializer):
    """A token without its secret; the secret is shown once, when it is made."""

    id = serializers.CharField(source="token_key")
    created = serializers.DateTimeField()
    expiry = serializers.DateTimeField()
    token = serializers.CharField(required=False)


@extend_schema_view(list=extend_schema(responses=TokenSerializer(many=True)))
class TokenViewSet(GenericViewSet):
    """The user's own API tokens: hashed, expiring, with no more rights than the user has."""

    permission_required = SIGNED_IN
    needs_key = False
    serializer_class = TokenSerializer
    queryset = AuthToken.objects.none()
    filter_backends: list[Any] = []
    pagination_class = None
    lookup_value_regex = "[0-9a-zA-Z]+"

    def list(self, request: Any) -> Response:
        """Return the user's tokens."""
        rows = AuthToken.objects.filter(user=request.user).order_by("created")
        return Response(TokenSerializer(rows, many=True).data)

    @extend_schema(request=TokenInput, responses={201: TokenSerializer})
    def create(self, request: Any) -> Response:
        """Make a token; its secret is in this answer only."""
        form = TokenInput(data=request.data)
        form.is_valid(raise_exception=True)
        expiry = dt.timedelta(days=form.validated_data["days"])
        row, secret = AuthToken.objects.create(user=request.user, expiry=expiry)
        row.token = secret
        return Response(TokenSerializer(row).data, status=status.HTTP_201_CREATED)

    def destroy(self, request: Any, pk: str) -> Response:
        """Revoke a token at once."""
        AuthToken.objects.filter(user=request.user, token_key=pk).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


class ApprovalSerializer(ConcordSerializer):
    """An approval request."""

    class Meta:
        model = ApprovalRequest
        fields = [
            "id",
            "policy",
            "document_label",
            "document_id",
            "document_number",
            "fact_value",
            "reason",
            "requested_by",
            "requested_at",
            "state",
            "decided_by",
            "decided_at",
            "comment",
        ]
        read_only_fields = fields


class ApprovalInput(serializers.Serializer):
    """Ask for the approvals a document needs."""

    document_label = serializers.CharField(max_length=80)
    document_id = serializers.IntegerField(min_value=1)
    explanation = serializers.CharField(max_length=500)


class DecisionInput(serializers.Serializer):
    """The answer of an approver."""

    approve = serializers.BooleanField()
    comment = serializers.CharField(max_length=500, allow_blank=True, default="")


class ApprovalViewSet(DocumentViewSet):
    """Approval requests: those the user asked, decided, or may decide."""

    permission_required = "approvals.view_approvalrequest"
    serializer_class = ApprovalSerializer
    queryset = ApprovalRequest.objects.all()
    filterset_fields = ["state", "document_label", "document_id"]
    decide = operation_action(approval_services.decide_approval, name="decide", serializer=DecisionInput)

    def get_queryset(self) -> Any:
        user = self.request.user
        rows = super().get_queryset()
        if user.is_superuser:
            return rows
        asked = rows.filter(requested_by=user)
        decides = rows.filter(policy__approver_role__in=user.groups.all())
        managed = rows.filter(policy__by_manager=True, requested_by__manager=user)
        return (asked | decides | managed | rows.filter(decided_by=user)).distinct()

    @extend_schema(request=ApprovalInput, responses={201: None})
    def create(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Ask for approval of a document."""
        form = ApprovalInput(data=request.data)
        form.is_valid(raise_exception=True)
        perform(
            approval_services.request_approval,
            actor=request.user,
            key=idempotency_key(request),
            **form.validated_data,
        )
        return Response(status=status.HTTP_201_CREATED)


class NotificationSerializer(serializers.ModelSerializer):
    """A message in the reader's language."""

    text = serializers.CharField(source="__str__", read_only=True)

    class Meta:
        model = Notification
        fields = ["id", "text", "url", "created_at", "read_at"]


class NotificationViewSet(mixins.ListModelMixin, GenericViewSet):
    """The user's own notifications."""

    permission_required = "core.read_own_notifications"
    serializer_class = NotificationSerializer
    queryset = Notification.objects.all()

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(user=self.request.user)

    @extend_schema(request=None, responses={204: None})
    @action(detail=False, methods=["post"], url_path="mark-read")
    def mark_read(self, request: Any) -> Response:
        """Mark all as read."""
        perform(
            notification_services.mark_read, actor=request.user, key=idempotency_key(request), notification_ids=None
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class EntrySerializer(serializers.Serializer):
    """One line of a timeline."""

    kind = serializers.CharField()
    title = serializers.CharField()
    actor = serializers.CharField()
    at = serializers.DateTimeField()
    text = serializers.CharField()
    changes = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))


class CommentInput(serializers.Serializer):
    """A comment; @username notifies."""

    text = serializers.CharField(max_length=4000)


class Timeline(APIView):
    """The timeline of any document the user may see; POST adds a comment."""

    permission_required = "core.comment_document"

    @extend_schema(responses=EntrySerializer(many=True))
    def get(self, request: Any, label: str, pk: int) -> Response:
        """Return the newest entries."""
        document = conversations.find_document(label, pk, request.user)
        return Response(EntrySerializer(timeline.entries(document, request.user), many=True).data)

    @extend_schema(request=CommentInput, responses={201: None})
    def post(self, request: Any, label: str, pk: int) -> Response:
        """Add a comment."""
        form = CommentInput(data=request.data)
        form.is_valid(raise_exception=True)
        perform(
            conversations.comment_document,
            actor=request.user,
            key=idempotency_key(request),
            label=label,
            document_id=pk,
            **form.validated_data,
        )
        return Response(status=status.HTTP_201_CREATED)


class PersonSerializer(serializers.ModelSerializer):
    """An account, for those who manage people."""

    class Meta:
        model = User
        fields = [
            "id",
            "username",
            "first_name",
            "last_name",
            "name_zh",
            "email",
            "language",
            "scope",
            "team",
            "manager",
            "is_active",
            "groups",
        ]
        read_only_fields = fields


class ActiveInput(serializers.Serializer):
    """Whether the account may sign in."""

    active = serializers.BooleanField()


class PersonViewSet(DocumentViewSet):
    """People: list, read, activate and deactivate."""

    permission_required = "core.manage_people"
    serializer_class = PersonSerializer
    queryset = User.objects.filter(kind=User.Kind.STAFF).prefetch_related("groups")
    filterset_fields = ["is_active", "team", "username"]
    set_active = operation_action(people.set_person_active, name="set-active", serializer=ActiveInput)
