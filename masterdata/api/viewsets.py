"""REST routes of master data: list, read, create, change (PUT and PATCH change only what is given)."""

from typing import Any, ClassVar

from django.utils.translation import gettext
from rest_framework import serializers
from rest_framework.response import Response

from core.api.viewsets import DocumentViewSet, operation_action
from masterdata.api.serializers import INPUT, READ
from masterdata.filters import FILTERS
from masterdata.models import Partner
from masterdata.services.calendars import load_holidays
from masterdata.services.merging import merge_partners, unmerge_partner
from masterdata.services.records import CREATE, RECORDS, UPDATE, Record


class RecordViewSet(DocumentViewSet):
    """One kind of master data."""

    record: ClassVar[Record]

    def get_queryset(self) -> Any:
        return super().get_queryset().prefetch_related(*(grid.name for grid in self.record.grids))

    def _input(self, request: Any) -> dict[str, Any]:
        form = self.input_serializer_class(
            data=request.data, context=self.get_serializer_context(), partial=request.method != "POST"
        )
        form.is_valid(raise_exception=True)
        data = dict(form.validated_data)
        if request.method == "POST":
            data.pop("version", None)
        return data

    def partial_update(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Change what is given."""
        return self.update(request, *args, **kwargs)

    def get_serializer_class(self) -> Any:
        return (
            self.input_serializer_class
            if self.request and self.request.method == "PATCH"
            else super().get_serializer_class()
        )


class HolidayInput(serializers.Serializer):
    """Which year of which country."""

    year = serializers.IntegerField(min_value=2000, max_value=2100)
    country = serializers.CharField(max_length=2)


class MergeInput(serializers.Serializer):
    """Who is kept, and why."""

    kept_id = serializers.IntegerField()
    version = serializers.IntegerField(required=False)
    reason = serializers.CharField(required=False, allow_blank=True)

    def validate_kept_id(self, value: int) -> int:
        """Take only a partner whom the user sees."""
        if not Partner.objects.visible_to(self.context["request"].user).filter(pk=value).exists():
            raise serializers.ValidationError(gettext("There is no such partner, or you may not see it."))
        return value


def viewset_of(key: str) -> type[RecordViewSet]:
    """Make the viewset of one kind."""
    record = RECORDS[key]
    attributes: dict[str, Any] = {
        "__doc__": f"{record.model.__doc__}",
        "record": record,
        "permission_required": record.permission("view"),
        "queryset": record.model._default_manager.all(),
        "serializer_class": READ[key],
        "input_serializer_class": INPUT[key],
        "filterset_class": FILTERS[key],
        "create_service": None if key == "coding_rule" else staticmethod(CREATE[key]),
        "update_service": staticmethod(UPDATE[key]),
    }
    if key == "work_calendar":
        attributes["holidays"] = operation_action(load_holidays, name="holidays", serializer=HolidayInput)
    if key == "partner":
        attributes["merge"] = operation_action(merge_partners, name="merge", serializer=MergeInput)
        attributes["unmerge"] = operation_action(unmerge_partner, name="unmerge")
    return type(f"{record.model.__name__}ViewSet", (RecordViewSet,), attributes)
