"""The import wizard: choose, upload, map, check, import."""

import io
from typing import Any

import xlsxwriter
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.contributions import ImportTarget, contributions
from core.errors import DomainError, InvalidInput
from core.exchange import services
from core.exchange.export import XLSX, as_xlsx
from core.exchange.models import ImportRun
from core.operations import perform
from core.typed import is_key
from core.views.base import Page

RIGHT = "core.import_data"


class ImportStart(Page):
    """What can be imported, with a template file for each; POST uploads one."""

    permission_required = RIGHT

    def get(self, request: HttpRequest, refusal: DomainError | None = None) -> HttpResponse:
        context = {
            "targets": contributions(ImportTarget, user=request.user),
            "runs": ImportRun.objects.filter(created_by=request.user)[:20],
            "refusal": refusal,
            "chosen": request.POST.get("target", ""),
        }
        return render(request, "core/imports.html", context, status=refusal.status if refusal else 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        upload = request.FILES.get("file")
        try:
            if upload is None:
                raise InvalidInput(message=_("Choose a file first."), field="file")
            run = perform(
                services.upload_file, actor=request.user, target=request.POST.get("target", ""), upload=upload
            )
        except DomainError as refusal:
            return self.get(request, refusal)
        return HttpResponseRedirect(reverse("core:import-run", args=[run.pk]))


class ImportTemplate(Page):
    """A workbook with the headings of one kind and a sheet that explains them."""

    permission_required = RIGHT

    def get(self, request: HttpRequest, key: str) -> FileResponse:
        kind = services.target_of(key, request.user)
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer, {"in_memory": True})
        bold = book.add_format({"bold": True, "bottom": 1})
        sheet = book.add_worksheet(_("Rows")[:31])
        help_sheet = book.add_worksheet(_("Columns")[:31])
        for column, heading in enumerate((_("Column"), _("Required"), _("Explanation"))):
            help_sheet.write_string(0, column, heading, bold)
        for index, column in enumerate(kind.columns):
            label = str(column.label) + (" *" if column.required else "")
            sheet.write_string(0, index, label, bold)
            help_sheet.write_string(index + 1, 0, str(column.label))
            help_sheet.write_string(index + 1, 1, _("yes") if column.required else "")
            help_sheet.write_string(index + 1, 2, str(column.help))
        sheet.set_column(0, max(len(kind.columns) - 1, 0), 18)
        sheet.freeze_panes(1, 0)
        book.close()
        buffer.seek(0)
        return FileResponse(buffer, as_attachment=True, filename=f"{key}.xlsx", content_type=XLSX)


class ImportPage(Page):
    """One file: the mapping, the errors, the import. POST step=map|check|commit."""

    permission_required = RIGHT

    def run(self) -> ImportRun:
        found = ImportRun.objects.filter(pk=self.kwargs["pk"], created_by=self.request.user).first()
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, pk: int, refusal: DomainError | None = None) -> HttpResponse:
        run = self.run()
        kind = services.target_of(run.target, request.user)
        context = {
            "run": run,
            "kind": kind,
            "columns": [{"column": column, "chosen": run.mapping.get(column.name)} for column in kind.columns],
            "headings": list(enumerate(run.headings)),
            "refusal": refusal,
            "errors": run.errors[:100],
        }
        return render(request, "core/import_run.html", context, status=refusal.status if refusal else 200)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self.run()
        try:
            self.step(run, request.POST.get("step", ""))
        except DomainError as refusal:
            return self.get(request, pk, refusal)
        return HttpResponseRedirect(reverse("core:import-run", args=[pk]))

    def step(self, run: ImportRun, step: str) -> None:
        actor = self.request.user
        if step == "check":
            kind = services.target_of(run.target, actor)
            chosen = {column.name: self.request.POST.get(f"column-{column.name}", "") for column in kind.columns}
            mapping = {name: int(index) for name, index in chosen.items() if is_key(index)}
            run = perform(services.map_columns, actor=actor, run_id=run.pk, mapping=mapping)
            services.check(run, actor)
        elif step == "commit":
            services.commit(run, actor)
        else:
            raise InvalidInput(message=_("Unknown step."), field="step")


class ImportErrors(ImportPage):
    """The refused rows with their sentences as a workbook."""

    def get(self, request: HttpRequest, pk: int, refusal: Any = None) -> HttpResponse:
        run = self.run()
        rows: list[list[Any]] = [[_("Row"), _("Error")]]
        rows += [[error["row"], error["message"]] for error in run.errors]
        return as_xlsx(rows, f"errors-{run.pk}", _("Errors"))
