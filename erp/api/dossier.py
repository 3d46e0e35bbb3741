"""GET /api/v1/erp/dossier/?q=…: the dossier of a number, as far as the caller may see it."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.views import APIView

from erp.selectors.dossier import Dossier, Subject, dossier_of, find_subjects


class DossierShape(serializers.Serializer):
    """``choices`` when several things bear the number, else its parts; a part without the right is absent."""

    subject = serializers.DictField()
    parts = serializers.DictField(child=serializers.ListField())
    choices = serializers.ListField()


class DossierView(APIView):
    """Everything about an order, a document, a lot or a serial number."""

    permission_required = "erp.view_dossier"

    @extend_schema(responses=DossierShape, parameters=[OpenApiParameter("q", str, required=True)])
    def get(self, request: Any) -> Response:
        """Return the dossier of the number ``q`` (or of a key such as ``erp.workorder:17``)."""
        subjects = find_subjects(request.query_params.get("q", ""), request.user)
        if not subjects:
            raise NotFound
        if len(subjects) > 1:
            return Response({"subject": {}, "parts": {}, "choices": [_named(one) for one in subjects]})
        dossier = dossier_of(subjects[0], request.user)
        return Response({"subject": _named(subjects[0]), "parts": _parts(dossier), "choices": []})


def _named(subject: Subject) -> dict[str, Any]:
    return {"key": subject.key, "kind": subject.kind, "title": subject.title, "url": subject.url}


def _parts(dossier: Dossier) -> dict[str, list[dict[str, Any]]]:
    return {name: [SHAPES[name](row) for row in rows] for name, rows in dossier.parts.items()}


def _inspection(row: Any) -> dict[str, Any]:
    return {
        "number": row.number,
        "kind": row.kind,
        "state": row.state,
        "verdict": row.verdict,
        "quantity": str(row.quantity),
        "inspector": str(row.inspector or ""),
        "values": {line.name: [str(one.value) for one in line.values.all()] for line in row.lines.all()},
        "defects": {one.code.code: one.quantity for one in row.defects.all()},
        "lots": [str(one.lot) for one in row.goods.all() if one.lot],
    }


SHAPES: dict[str, Any] = {
    "work_orders": lambda row: {
        "number": row.number,
        "item": row.item.code,
        "state": row.state,
        "quantity": str(row.quantity),
        "completed": str(row.completed_quantity),
    },
    "people": lambda row: {
        "work_order": str(row.work_order),
        "employee": str(row.employee),
        "date": row.report_date.isoformat(),
        "good": str(row.good_quantity),
        "scrap": str(row.scrap_quantity),
        "hours": str(row.hours),
    },
    "machines": lambda row: {
        "work_order": str(row.work_order),
        "operation": row.number,
        "name": row.name,
        "work_center": str(row.work_center or ""),
        "state": row.state,
        "good": str(row.good_quantity),
        "scrap": str(row.scrap_quantity),
    },
    "materials": lambda row: {
        "work_order": str(row.work_order),
        "item": row.item.code,
        "lot": str(row.lot or ""),
        "quantity": str(row.quantity),
        "supplier": str(row.supplier or ""),
        "receipt": row.receipt,
    },
    "built": lambda row: {
        "product": row.product.code,
        "item": row.component.item.code,
        "component": row.component.code,
        "quantity": str(row.quantity),
        "work_order": str(row.work_order),
    },
    "missing": lambda row: {
        "work_order": str(row.work_order),
        "item": row.item.code,
        "missing": str(row.open_quantity),
    },
    "warnings": lambda row: {"work_order": str(row.work_order), "kind": row.kind, "since": row.raised_at.isoformat()},
    "inspections": _inspection,
    "actions": lambda row: {"number": row.number, "title": row.title, "state": row.state},
    "papers": lambda row: {"subject": row.subject, "name": row.name},
    "changes": lambda row: {
        "at": row.at.isoformat(),
        "document": row.number,
        "what": row.title,
        "actor": row.actor,
        "reason": row.reason,
    },
    "went": lambda row: {
        "number": row.number,
        "partner": str(row.partner or ""),
        "item": row.item.code,
        "lot": str(row.lot or ""),
        "quantity": str(row.quantity),
        "date": row.day.isoformat(),
    },
    "balances": lambda row: {
        "item": row.item.code,
        "lot": str(row.lot or ""),
        "place": str(row.location),
        "on_hand": str(row.on_hand),
    },
    "orders": lambda row: {"number": row.number, "partner": str(row.partner), "owner": str(row.owner or "")},
}
