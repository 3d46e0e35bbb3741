"""Pages of dunning: who is due a letter, letters with their print, levels, blocks."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.clock import today
from core.errors import DomainError, InvalidInput
from core.exchange.export import export_table
from core.operations import perform
from core.typed import is_key
from core.views.base import DocumentPage, FormPage, ListPage, OperationView, Page, Verb, visible
from core.views.printing import PrintView
from finance.filters.dunning import LetterFilter, LevelFilter
from finance.forms.dunning import BlockForm, LevelForm
from finance.models import DunningBlock, DunningLetter, DunningLevel
from finance.selectors.dunning import active_blocks, due_letters, totals_by_currency
from finance.services import dunning
from finance.states import DunningState
from finance.tables.dunning import DueLetterTable, LetterTable, LevelTable
from finance.views.shared import VersionedOperation, posted_version
from masterdata.models import Partner

D = DunningState
WHY = {
    "blocked": _("blocked"),
    "drafted": _("a draft waits to be sent"),
    "recent": _("the last letter is too fresh"),
    "early": _("not late enough for the next level"),
}


def dunning_tabs(here: str) -> list[dict[str, Any]]:
    """Return the tabs over the pages of dunning."""
    pages = (
        ("dunning", pgettext_lazy("dunning", "Due")),
        ("dunning-letter-list", _("Letters")),
        ("dunning-level-list", _("Dunning levels")),
    )
    return [{"label": label, "url": reverse(f"finance:{name}"), "active": name == here} for name, label in pages]


class DueLetters(Page):
    """Overdue customers with the level they have reached; ticked ones get a letter."""

    permission_required = "finance.view_dunningletter"

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.GET.get("export") and request.user.has_perm("core.export_data"):
            rows = due_letters(today(), request.user)
            table = DueLetterTable(rows)
            return export_table(table, name="dunning", kind=request.GET["export"], title=_text("Dunning"))
        return self.show()

    def post(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("finance.add_dunningletter"):
            raise PermissionDenied("finance.add_dunningletter")
        chosen = [int(key) for key in request.POST.getlist("partners") if is_key(key)]
        try:
            if not chosen:
                raise InvalidInput(message=_text("Choose at least one customer."))
            made = perform(
                dunning.write_letters,
                actor=request.user,
                key=request.POST.get("_key") or None,
                partner_ids=chosen,
            )
        except DomainError as refusal:
            return self.show(refusal)
        messages.success(request, _text("%(count)s letters were drafted.") % {"count": len(made)})
        if len(made) == 1:
            return HttpResponseRedirect(reverse("finance:dunning-letter-detail", args=made))
        return HttpResponseRedirect(f"{reverse('finance:dunning-letter-list')}?state=draft")

    def show(self, refusal: DomainError | None = None) -> HttpResponse:
        day = today()
        context = {
            "title": _text("Dunning"),
            "rows": [{"due": one, "why": WHY.get(one.why, "")} for one in due_letters(day, self.request.user)],
            "blocks": list(active_blocks(day)),
            "tabs": dunning_tabs("dunning"),
            "has_levels": DunningLevel.objects.exists(),
            "may_write": self.request.user.has_perm("finance.add_dunningletter"),
            "may_block": self.request.user.has_perm("finance.block_dunning"),
            "may_export": self.request.user.has_perm("core.export_data"),
            "receivable_url": reverse("finance:receivable-list"),
            "refusal": refusal,
        }
        return render(self.request, "finance/dunning/due.html", context, status=refusal.status if refusal else 200)


class LetterList(ListPage):
    model = DunningLetter
    table_class = LetterTable
    filterset_class = LetterFilter
    permission_required = "finance.view_dunningletter"
    template_name = "finance/tabbed_list.html"
    title = _("Dunning letters")
    empty_text = _("Letters are written from the list of overdue customers.")

    def base_queryset(self) -> Any:
        rows = visible(DunningLetter, self.request.user).select_related("partner", "level", "owner")
        return rows.order_by("-document_date", "-pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"tabs": dunning_tabs("dunning-letter-list")}


class LetterDetail(DocumentPage):
    model = DunningLetter
    permission_required = "finance.view_dunningletter"
    template_name = "finance/dunning/letter.html"
    list_url = "finance:dunning-letter-list"
    print_url = "finance:dunning-letter-print"
    main_path = (D.DRAFT, D.SENT)
    verbs = (
        Verb(_("Mark as sent"), "finance:dunning-letter-send", dunning.send_letter, to=D.SENT, main=True, icon="send"),
        Verb(
            _("Cancel"),
            "finance:dunning-letter-cancel",
            dunning.cancel_letter,
            to=D.CANCELLED,
            danger=True,
            reason=True,
        ),
    )

    def get_object_queryset(self) -> Any:
        return visible(DunningLetter, self.request.user).select_related("partner", "level", "owner")

    def extra_context_for(self, document: DunningLetter) -> dict[str, Any]:
        return {"lines": lines_of(document), "subtitle": str(document.partner)}


def lines_of(letter: DunningLetter) -> list[Any]:
    """Return the lines of a letter with their invoices."""
    return list(letter.lines.select_related("instalment__invoice__currency").order_by("due_date", "pk"))


class LetterOperation(VersionedOperation):
    """A verb on the page of a letter."""

    page = LetterDetail


class SendLetter(LetterOperation):
    service = dunning.send_letter
    message = _("The letter is marked as sent.")


class CancelLetter(LetterOperation):
    service = dunning.cancel_letter


class LetterPrint(PrintView):
    """The letter on paper, in the customer's language."""

    model = DunningLetter
    template_name = "finance/dunning/print.html"
    permission_required = "finance.view_dunningletter"

    def get_object_queryset(self) -> Any:
        return super().get_object_queryset().select_related("partner", "level")

    def context_for(self, document: DunningLetter) -> dict[str, Any]:
        is_chinese = self.language_for(document).startswith("zh")
        level, addresses = document.level, document.partner.addresses.filter(is_active=True)
        return {
            "lines": lines_of(document),
            "totals": totals_by_currency(document),
            "address": addresses.filter(kind="billing").first() or addresses.first(),
            "letter_title": level.title_zh if is_chinese else level.title,
            "letter_text": level.text_zh if is_chinese else level.text,
        }


class LevelList(ListPage):
    model = DunningLevel
    table_class = LevelTable
    permission_required = "finance.view_dunninglevel"
    template_name = "finance/tabbed_list.html"
    filterset_class = LevelFilter
    title = _("Dunning levels")
    create_url = "finance:dunning-level-create"
    create_label = _("New level")
    create_permission = "finance.configure_receivables"
    empty_text = _("A level says from how many days on which letter is written.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"tabs": dunning_tabs("dunning-level-list")}


class LevelCreate(FormPage):
    service = dunning.save_level
    form_class = LevelForm
    template_name = "core/form.html"
    title = _("New level")

    def arguments(self, form: LevelForm, formset: Any) -> dict[str, Any]:
        return dict(form.cleaned_data)

    def success_url(self, result: Any) -> str:
        return reverse("finance:dunning-level-list")


class LevelEdit(LevelCreate):
    model = DunningLevel
    title = _("Edit level")

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.document, name) for name in LevelForm.base_fields}

    def arguments(self, form: LevelForm, formset: Any) -> dict[str, Any]:
        return super().arguments(form, formset) | {
            "level_id": self.document.pk,
            "version": posted_version(self.request),
        }


class BlockCreate(FormPage):
    service = dunning.block_dunning
    form_class = BlockForm
    template_name = "core/form.html"
    title = _("Block dunning")

    def build(self, data: Any = None, files: Any = None) -> tuple[Any, Any]:
        form, formset = super().build(data, files)
        asked = self.request.GET.get("partner", "")
        if data is None and is_key(asked):
            form.fields["partner"].widget.label = str(Partner.objects.filter(pk=asked).first() or "")
        return form, formset

    def arguments(self, form: BlockForm, formset: Any) -> dict[str, Any]:
        data = form.cleaned_data
        return {"partner_id": data["partner"].pk, "until": data["until"], "reason_text": data["reason_text"]}

    def success_url(self, result: Any) -> str:
        return reverse("finance:dunning")


class LiftBlock(OperationView):
    service = dunning.lift_block

    def success_url(self, result: DunningBlock) -> str:
        return reverse("finance:dunning")
