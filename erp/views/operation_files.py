"""The files of one operation of a routing: what counts, what counted before, attaching and withdrawing."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from core.errors import DomainError, InvalidInput
from core.operations import may_perform, perform
from core.typed import is_key
from core.views.base import Page
from erp.models import Routing
from erp.selectors.operation_files import operation_files
from erp.services import routings
from erp.states.engineering import RoutingState


class OperationFiles(Page):
    """GET shows the files; POST attaches one or more, or withdraws one."""

    permission_required = "erp.view_routing"

    @cached_property
    def routing(self) -> Routing:
        """The routing, or 404."""
        found = (
            Routing.objects.visible_to(self.request.user).select_related("item").filter(pk=self.kwargs["pk"]).first()
        )
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, pk: int, number: int, refusal: DomainError | None = None) -> HttpResponse:
        operation = self.routing.operations.filter(number=number).first()
        rows = list(operation_files().filter(routing=self.routing, operation_no=number))
        if operation is None and not rows:
            raise Http404
        is_released = self.routing.state == RoutingState.RELEASED
        may_release = may_perform(routings.release_routing, request.user)
        context = {
            "routing": self.routing,
            "operation": operation,
            "number": number,
            "valid": [one for one in rows if one.withdrawn_at is None],
            "earlier": [one for one in rows if one.withdrawn_at is not None],
            "may_change": operation is not None and routings.may_change_files(self.routing, request.user),
            "only_by_release": is_released and not may_release,
            "asks_reason": is_released,
            "typed": request.POST,
            "refusal": refusal,
        }
        return render(request, "erp/routing/files.html", context, status=refusal.status if refusal else 200)

    def post(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        try:
            withdrawn = request.POST.get("withdraw", "")
            if is_key(withdrawn):
                self.carry_out(routings.withdraw_operation_file, file_id=int(withdrawn))
                messages.success(request, _("Withdrawn."))
            else:
                self.attach(number)
        except DomainError as refusal:
            if refusal.status in {403, 404}:
                raise
            return self.get(request, pk, number, refusal)
        return HttpResponseRedirect(reverse("erp:routing-files", args=[pk, number]))

    def attach(self, number: int) -> None:
        uploads = self.request.FILES.getlist("files")
        if not uploads:
            raise InvalidInput(message=_("Choose a file first."), field="file")
        revision = self.request.POST.get("revision", "")
        for upload in uploads:
            self.carry_out(routings.attach_operation_file, operation_no=number, upload=upload, revision=revision)
        messages.success(self.request, _("File added"))

    def carry_out(self, service: Any, **arguments: Any) -> None:
        reason = self.request.POST.get("reason", "")
        perform(service, actor=self.request.user, routing_id=self.routing.pk, reason=reason, **arguments)
