"""Pages of vouchers: list with its bulk verbs, detail, print, the run that prepares them, settings."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.operations import may_perform
from core.typed import is_key
from core.views.base import DocumentPage, FormPage, ListPage, OperationView, Page, Verb
from core.views.printing import PrintView
from finance.filters.vouchers import VoucherFilter
from finance.forms.entries import AttachmentsForm, LedgerSettingsForm
from finance.models import LedgerSettings, Voucher
from finance.selectors.vouchers import broken_seals, ledger_settings, periods_without_vouchers
from finance.services import vouchers
from finance.states import VoucherState
from finance.tables.vouchers import VoucherTable
from finance.views.shared import posted_version

S = VoucherState
AT_ONCE = 500
PEOPLE = ("prepared_by", "reviewed_by", "posted_by")


class VoucherList(ListPage):
    model = Voucher
    table_class = VoucherTable
    filterset_class = VoucherFilter
    permission_required = "finance.view_voucher"
    title = _("Vouchers")
    create_url = "finance:voucher-prepare"
    create_label = _("Prepare vouchers")
    create_permission = "finance.prepare_voucher"
    empty_text = _("Entries of a month are put on vouchers, reviewed and posted by different people.")

    def base_queryset(self) -> Any:
        return Voucher.objects.select_related("period", *PEOPLE).order_by("-voucher_date", "-pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known = (
            ("review", _("Review"), vouchers.review_vouchers, "eye-check", False),
            ("post", _("Post"), vouchers.post_vouchers, "check", False),
            ("return", _("Give back"), vouchers.return_vouchers, "arrow-back-up", True),
            ("discard", _("Take apart"), vouchers.discard_vouchers, "trash", False),
        )
        return super().get_context_data(**kwargs) | {
            "bulk_actions": [
                {
                    "name": name,
                    "label": label,
                    "url": reverse(f"finance:vouchers-{name}"),
                    "icon": icon,
                    "needs_reason": needs_reason,
                }
                for name, label, service, icon, needs_reason in known
                if may_perform(service, self.request.user)
            ]
        }


class VoucherDetail(DocumentPage):
    model = Voucher
    permission_required = "finance.view_voucher"
    template_name = "finance/voucher/detail.html"
    list_url = "finance:voucher-list"
    print_url = "finance:voucher-print"
    main_path = (S.PREPARED, S.REVIEWED, S.POSTED)
    verbs = (
        Verb(
            _("Review"), "finance:voucher-review", vouchers.review_vouchers, to=S.REVIEWED, main=True, icon="eye-check"
        ),
        Verb(_("Post"), "finance:voucher-post", vouchers.post_vouchers, to=S.POSTED, main=True, icon="check"),
        Verb(
            _("Attachments"),
            "finance:voucher-attachments",
            vouchers.set_attachments,
            states=frozenset({S.PREPARED}),
            link=True,
            icon="paperclip",
        ),
        Verb(_("Give back"), "finance:voucher-return", vouchers.return_vouchers, to=S.PREPARED, reason=True),
        Verb(
            _("Take apart"),
            "finance:voucher-discard",
            vouchers.discard_vouchers,
            states=frozenset({S.PREPARED}),
            danger=True,
            confirm=_("Its entries wait for the next run."),
        ),
    )

    def get_object_queryset(self) -> Any:
        return Voucher.objects.select_related("period", "seal", *PEOPLE)

    def extra_context_for(self, document: Voucher) -> dict[str, Any]:
        return lines_of(document) | {
            "seal": getattr(document, "seal", None),
            "entries": [link.entry for link in document.entries.select_related("entry").order_by("entry_id")],
            "subtitle": document.description,
        }


def lines_of(voucher: Voucher) -> dict[str, Any]:
    """Return the lines of a voucher for its page and its print."""
    lines = list(
        voucher.lines.select_related("account", "currency", "partner", "department", "project", "item_category")
    )
    return {"lines": lines, "blank_rows": range(max(0, 5 - len(lines)))}


class OneVoucher(OperationView):
    """A verb on the page of one voucher; the service takes several."""

    page = VoucherDetail

    def key_arguments(self) -> dict[str, Any]:
        return {"voucher_ids": [self.kwargs["pk"]]}

    def success_url(self, result: Any) -> str:
        return reverse("finance:voucher-detail", args=[self.kwargs["pk"]])


class ReviewVoucher(OneVoucher):
    service = vouchers.review_vouchers


class PostVoucher(OneVoucher):
    service = vouchers.post_vouchers
    message = _("The voucher is posted and sealed.")


class ReturnVoucher(OneVoucher):
    service = vouchers.return_vouchers


class DiscardVoucher(OneVoucher):
    service = vouchers.discard_vouchers

    def success_url(self, result: Any) -> str:
        return reverse("finance:voucher-list")


class ManyVouchers(OperationView):
    """A verb on the chosen rows of the list, or on all that match its filter (the oldest first)."""

    needs: frozenset[str] = frozenset()

    def arguments(self) -> dict[str, Any]:
        if self.request.POST.get("all"):
            rows = VoucherFilter(self.request.GET, queryset=Voucher.objects.all()).qs.filter(state__in=self.needs)
            return {"voucher_ids": list(rows.order_by("voucher_date", "pk").values_list("pk", flat=True)[:AT_ONCE])}
        return {"voucher_ids": [int(pk) for pk in self.request.POST.getlist("ids") if is_key(pk)]}

    def done(self, result: Any) -> HttpResponse:
        count = len(result)
        messages.success(
            self.request, ngettext("%(count)s voucher done.", "%(count)s vouchers done.", count) % {"count": count}
        )
        return super().done(result)

    def success_url(self, result: Any) -> str:
        query = self.request.GET.urlencode()
        return reverse("finance:voucher-list") + (f"?{query}" if query else "")


class ReviewVouchers(ManyVouchers):
    service = vouchers.review_vouchers
    needs = frozenset({S.PREPARED})


class PostVouchers(ManyVouchers):
    service = vouchers.post_vouchers
    needs = frozenset({S.REVIEWED})


class ReturnVouchers(ManyVouchers):
    service = vouchers.return_vouchers
    needs = frozenset({S.REVIEWED})


class DiscardVouchers(ManyVouchers):
    service = vouchers.discard_vouchers
    needs = frozenset({S.PREPARED})


class PrepareVouchers(Page):
    """The open months with entries that are in no voucher; one button makes the vouchers of a month."""

    permission_required = "finance.prepare_voucher"

    def get(self, request: HttpRequest) -> HttpResponse:
        waiting = [{"period": period, "count": period.waiting} for period in periods_without_vouchers()]
        context = {"title": _("Prepare vouchers"), "waiting": waiting, "rules": ledger_settings()}
        return render(request, "finance/voucher/prepare.html", context)


class PrepareOfPeriod(OperationView):
    service = vouchers.prepare_vouchers
    pk_argument = "period_id"

    def done(self, result: Any) -> HttpResponse:
        count = len(result)
        messages.success(
            self.request,
            ngettext("%(count)s voucher prepared.", "%(count)s vouchers prepared.", count) % {"count": count},
        )
        return super().done(result)

    def success_url(self, result: Any) -> str:
        return f"{reverse('finance:voucher-list')}?period={self.kwargs['pk']}&state=prepared"


class SetAttachments(FormPage):
    service = vouchers.set_attachments
    form_class = AttachmentsForm
    template_name = "core/form.html"
    title = _("Attachments")
    model = Voucher

    def get_initial(self) -> dict[str, Any]:
        return {"count": self.document.attachment_count}

    def arguments(self, form: AttachmentsForm, formset: Any) -> dict[str, Any]:
        return {
            "voucher_id": self.document.pk,
            "version": posted_version(self.request),
            "count": form.cleaned_data["count"],
        }


class VoucherPrint(PrintView):
    """The voucher in the Chinese form (金额记账凭证)."""

    model = Voucher
    template_name = "finance/voucher/print.html"
    permission_required = "finance.view_voucher"

    def get_object_queryset(self) -> Any:
        return Voucher.objects.select_related("period", "seal", *PEOPLE)

    def context_for(self, document: Voucher) -> dict[str, Any]:
        return lines_of(document)


class VerifySeals(Page):
    """The chain of seals recomputed from the first voucher on: what differs is named."""

    permission_required = "finance.view_voucher"

    def get(self, request: HttpRequest) -> HttpResponse:
        sealed = Voucher.objects.filter(state=S.POSTED).count()
        context = {"title": _("Seals of the vouchers"), "broken": broken_seals(), "sealed": sealed}
        return render(request, "finance/voucher/seals.html", context)


class EditLedgerSettings(FormPage):
    service = vouchers.save_ledger_settings
    form_class = LedgerSettingsForm
    template_name = "core/form.html"
    title = _("Ledger settings")
    model = LedgerSettings

    def get_document(self) -> Any:
        return ledger_settings()

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.document, name) for name in LedgerSettingsForm.Meta.fields}

    def arguments(self, form: LedgerSettingsForm, formset: Any) -> dict[str, Any]:
        return dict(form.cleaned_data) | {"version": posted_version(self.request)}
