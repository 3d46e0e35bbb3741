"""Routes of vouchers, typed entries and templates."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from core.api.viewsets import DocumentViewSet, idempotency_key, operation_action
from core.operations import perform
from finance.api.serializers import vouchers as shapes
from finance.api.viewsets.base import ChangingViewSet
from finance.api.viewsets.receivable_settings import SavedViewSet
from finance.filters.vouchers import EntryTemplateFilter, ManualEntryFilter, VoucherFilter
from finance.models import EntryTemplate, ManualEntry, Voucher
from finance.services import manual_entries, vouchers


class VoucherViewSet(DocumentViewSet):
    queryset = Voucher.objects.select_related("seal").prefetch_related("lines").order_by("-pk")
    serializer_class = shapes.VoucherSerializer
    filterset_class = VoucherFilter
    permission_required = "finance.view_voucher"

    def _many(self, request: Any, service: Any, form: Any, **arguments: Any) -> Response:
        form.is_valid(raise_exception=True)
        keys = perform(
            service,
            actor=request.user,
            key=idempotency_key(request),
            reason=form.validated_data.pop("reason", ""),
            **form.validated_data,
        )
        shown = self.get_queryset().filter(pk__in=keys)
        return Response(self.get_serializer(shown, many=True).data, status=status.HTTP_200_OK)

    @extend_schema(request=shapes.PrepareInput, responses=shapes.VoucherSerializer(many=True))
    @action(detail=False, methods=["post"])
    def prepare(self, request: Any) -> Response:
        """Put every entry of a period that is in no voucher into one."""
        return self._many(request, vouchers.prepare_vouchers, shapes.PrepareInput(data=request.data))

    @extend_schema(request=shapes.VouchersInput, responses=shapes.VoucherSerializer(many=True))
    @action(detail=False, methods=["post"])
    def review(self, request: Any) -> Response:
        """Review prepared vouchers; not by who prepared them."""
        return self._many(request, vouchers.review_vouchers, shapes.VouchersInput(data=request.data))

    @extend_schema(request=shapes.VouchersInput, responses=shapes.VoucherSerializer(many=True))
    @action(detail=False, methods=["post"], url_path="return", url_name="return")
    def give_back(self, request: Any) -> Response:
        """Give reviewed vouchers back; a reason is needed."""
        return self._many(request, vouchers.return_vouchers, shapes.VouchersInput(data=request.data))

    @extend_schema(request=shapes.VouchersInput, responses=shapes.VoucherSerializer(many=True))
    @action(detail=False, methods=["post"], url_path="post", url_name="post")
    def post_many(self, request: Any) -> Response:
        """Post reviewed vouchers: they get their numbers and seals."""
        return self._many(request, vouchers.post_vouchers, shapes.VouchersInput(data=request.data))


class ManualEntryViewSet(ChangingViewSet):
    queryset = ManualEntry.objects.prefetch_related("lines").order_by("-pk")
    serializer_class = shapes.ManualEntrySerializer
    input_serializer_class = shapes.ManualEntryInput
    update_serializer_class = shapes.ManualEntryChange
    filterset_class = ManualEntryFilter
    permission_required = "finance.view_manualentry"
    create_service = manual_entries.create_manual_entry
    update_service = manual_entries.update_manual_entry

    post_document = operation_action(manual_entries.post_manual_entry, name="post")
    cancel = operation_action(manual_entries.cancel_manual_entry, name="cancel")
    reverse = operation_action(manual_entries.reverse_manual_entry, name="reverse")


class EntryTemplateViewSet(SavedViewSet):
    queryset = EntryTemplate.objects.prefetch_related("lines").order_by("code")
    serializer_class = shapes.EntryTemplateSerializer
    input_serializer_class = shapes.EntryTemplateInput
    create_service = manual_entries.save_template
    saved_key = "template_id"
    filterset_class = EntryTemplateFilter
    permission_required = "finance.view_entrytemplate"
