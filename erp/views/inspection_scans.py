"""Inspecting with a phone, a hand scanner or a gauge: find the inspection, take findings, decide."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from core.errors import InvalidInput
from core.formats import readable
from core.typed import is_key
from core.views.base import DocumentPage, OperationView
from erp.errors.quality import NoOpenInspection
from erp.models import DefectCode, Inspection, InspectionLine
from erp.selectors.inspections import inspections_by_scan, with_results
from erp.services import inspections
from erp.services.inspections.scanning import number_of, waits_for_results
from erp.states import CharacteristicKind, Disposition, InspectionState, Verdict
from erp.views.scanning import ScannerPage

WAYS = (
    (Disposition.ACCEPT, "check", "primary"),
    (Disposition.SORT, "filter", ""),
    (Disposition.REWORK, "tool", ""),
    (Disposition.RETURN, "truck-return", ""),
    (Disposition.SCRAP, "trash", "danger"),
)
SHOWN_DEFECTS = 12


class FindInspection(ScannerPage):
    """Scan an inspection, a receipt, a work order, a lot or an item: its open inspection opens."""

    permission_required = "erp.view_inspection"
    template_name = "erp/inspection/find.html"

    def after_scan(self, code: str) -> str:
        found = inspections_by_scan(code, self.request.user)
        if not found:
            raise NoOpenInspection(scanned=code)
        if len(found) == 1:
            return reverse("erp:inspection-scan", args=[found[0].pk])
        return f"{reverse('erp:inspection-find')}?code={code}"

    def context(self) -> dict[str, Any]:
        code = self.request.GET.get("code", "")
        return {"code": code, "choices": inspections_by_scan(code, self.request.user) if code else []}


class InspectionScanPage(DocumentPage):
    """One inspection on a phone: the next characteristic, defects, then the decision."""

    model = Inspection
    permission_required = "erp.view_inspection"
    template_name = "erp/inspection/scan.html"

    def get_object_queryset(self) -> Any:
        return with_results(super().get_object_queryset())

    def extra_context_for(self, document: Any) -> dict[str, Any]:
        return scan_context(document, self.request)


def chosen_line(request: HttpRequest) -> int | None:
    """Return the characteristic somebody chose; None: the next one."""
    text = request.GET.get("line", "")
    return int(text) if is_key(text) else None


def scan_context(inspection: Inspection, request: HttpRequest) -> dict[str, Any]:
    """Return what the screen shows: results so far, what is measured next, what can be decided."""
    user, lines = request.user, list(inspection.lines.all())
    chosen = chosen_line(request)
    is_open = inspection.state == InspectionState.DRAFT and user.has_perm("erp.inspect_inspection")
    line = next((one for one in lines if (one.pk == chosen if chosen else waits_for_results(one))), None)
    is_failed = inspection.verdict == Verdict.FAILED
    to_decide = inspection.state == InspectionState.INSPECTED and user.has_perm("erp.decide_inspection")
    return {
        "inspection": inspection,
        "line": line if is_open else None,
        "done": len(line.values.all()) if line is not None else 0,
        "lines": lines,
        "is_open": is_open,
        "is_complete": not any(waits_for_results(one) for one in lines),
        "defect_codes": DefectCode.objects.filter(is_active=True).order_by("code")[:SHOWN_DEFECTS] if is_open else [],
        "ways": [
            (way, icon, variant)
            for way, icon, variant in WAYS
            if to_decide and _makes_sense(way, inspection, is_failed=is_failed)
        ],
    }


def _makes_sense(way: Disposition, inspection: Inspection, *, is_failed: bool) -> bool:
    """What is offered at once; every other way is on the page of the inspection."""
    if way == Disposition.ACCEPT:
        return not is_failed
    if way == Disposition.RETURN:
        return inspection.source_label == "scm.goodsreceipt"
    return True


class _ScanAnswer(OperationView):
    """The screen after a scan, with a word for the scanner."""

    page = InspectionScanPage

    def said(self, inspection: Inspection) -> tuple[bool, str]:
        raise AssertionError("a scan answers something")

    def done(self, result: Any) -> HttpResponse:
        if not self.request.headers.get("HX-Request"):
            return super().done(result)
        inspection = with_results(Inspection.objects.filter(pk=self.kwargs["pk"])).get()
        ok, text = self.said(inspection)
        response = render(self.request, "erp/inspection/_scanned.html", scan_context(inspection, self.request))
        return trigger_client_event(response, "scan", {"ok": ok, "text": text})

    def success_url(self, result: Any) -> str:
        return scan_url(self.kwargs["pk"], chosen_line(self.request))


def scan_url(pk: int, line_id: int | None = None) -> str:
    """Return the scanner page of an inspection."""
    url = reverse("erp:inspection-scan", args=[pk])
    return f"{url}?line={line_id}" if line_id else url


class ScanFinding(_ScanAnswer):
    """One value or defect; a value outside its limits sounds wrong."""

    service = inspections.scan_finding

    def arguments(self) -> dict[str, Any]:
        return {"code": self.request.POST.get("code", ""), "line_id": chosen_line(self.request)}

    def said(self, inspection: Inspection) -> tuple[bool, str]:
        code = self.request.POST.get("code", "").strip()
        values = [one for line in inspection.lines.all() for one in line.values.all()]
        last = max(values, key=lambda one: one.pk, default=None)
        if last is None or last.value != number_of(code):
            return True, gettext("%(code)s is noted.") % {"code": code}
        line = next(one for one in inspection.lines.all() if one.pk == last.line_id)
        words = {"name": line.name, "value": readable(last.value), "unit": line.unit, "limits": limits_of(line)}
        if last.passes:
            return True, gettext("%(name)s %(value)s %(unit)s") % words
        return False, gettext("%(name)s %(value)s %(unit)s is outside of %(limits)s") % words


def limits_of(line: InspectionLine) -> str:
    """Return the limits of a measured characteristic as they are read."""
    if line.kind != CharacteristicKind.MEASURED:
        return ""
    lower, upper = ("" if one is None else readable(one) for one in (line.lower, line.upper))
    return f"{lower} – {upper}"


class UndoFinding(_ScanAnswer):
    """Take the last result back."""

    service = inspections.undo_finding

    def arguments(self) -> dict[str, Any]:
        return {"line_id": chosen_line(self.request)}

    def said(self, inspection: Inspection) -> tuple[bool, str]:
        return True, gettext("The last scan is taken back.")


class UndoDefect(_ScanAnswer):
    """Take one piece of a defect back."""

    service = inspections.undo_defect

    def arguments(self) -> dict[str, Any]:
        return {"defect_id": self.kwargs["defect"]}

    def said(self, inspection: Inspection) -> tuple[bool, str]:
        return True, gettext("The last scan is taken back.")


class _ScanVerb(OperationView):
    """A big button of the screen; the screen is drawn anew."""

    page = InspectionScanPage

    def done(self, result: Any) -> HttpResponse:
        target = scan_url(self.kwargs["pk"])
        return HttpResponseClientRedirect(target) if self.request.headers.get("HX-Request") else super().done(result)

    def success_url(self, result: Any) -> str:
        return scan_url(self.kwargs["pk"])


class FinishByScan(_ScanVerb):
    """End the inspecting."""

    service = inspections.finish_inspection
    message = _("The inspection is finished.")


class DecideByScan(_ScanVerb):
    """The same for all goods of the inspection."""

    service = inspections.decide_on_all
    message = _("The goods are where they belong.")

    def arguments(self) -> dict[str, Any]:
        way = self.request.POST.get("disposition", "")
        if way not in Disposition.values:
            raise InvalidInput(message=gettext("Choose what becomes of the goods."), field="disposition")
        version = self.request.POST.get("version", "")
        return {"disposition": way, "version": int(version) if is_key(version) else None}
