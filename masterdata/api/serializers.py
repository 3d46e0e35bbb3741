"""Serializers of master data, made from the records' declarations."""

from typing import Any

from rest_framework import serializers

from core.api.viewsets import ConcordSerializer
from masterdata.services.records import RECORDS, Grid, Record


def _names(record: Record) -> list[str]:
    return [name for name in ("id", *record.fields, "version") if name == "id" or _has(record, name)]


def _has(record: Record, name: str) -> bool:
    return any(column.name == name for column in record.model._meta.concrete_fields)


class ScopedInput(ConcordSerializer):
    """Input of a record: foreign keys only into the user's scope; the service validates the whole."""

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        request = self.context.get("request")
        for field in fields.values():
            queryset: Any = getattr(field, "queryset", None)
            if request is not None and hasattr(queryset, "visible_to"):
                field.queryset = queryset.visible_to(request.user)
        return fields


def _grid_serializer(grid: Grid, *, writes: bool) -> type[serializers.ModelSerializer]:
    meta = type("Meta", (), {"model": grid.model, "fields": ["id", *grid.fields], "validators": []})
    attributes: dict[str, Any] = {"Meta": meta}
    if writes:
        attributes["id"] = serializers.IntegerField(required=False)
        meta.extra_kwargs = {name: {"validators": []} for name in grid.fields if _is_unique(grid.model, name)}  # type: ignore[attr-defined]
    name = f"{grid.model.__name__}Row{'Input' if writes else ''}"
    return type(name, (ScopedInput if writes else ConcordSerializer,), attributes)


def _is_unique(model: Any, name: str) -> bool:
    return bool(model._meta.get_field(name).unique)


def read_serializer(record: Record) -> type[ConcordSerializer]:
    """Return the serializer that shows a record with its grids."""
    grids = {grid.name: _grid_serializer(grid, writes=False)(many=True, read_only=True) for grid in record.grids}
    fields = [*_names(record), *grids]
    meta = type("Meta", (), {"model": record.model, "fields": fields, "read_only_fields": fields})
    if _has(record, "merged_into"):
        fields.append("merged_into")
    return type(record.model.__name__, (ConcordSerializer,), {"Meta": meta, **grids})


def input_serializer(record: Record) -> type[ScopedInput]:
    """Return the serializer that checks the cells of a record and its grids; uniqueness is the service's business."""
    attributes: dict[str, Any] = {
        grid.name: _grid_serializer(grid, writes=True)(many=True, required=False) for grid in record.grids
    }
    attributes |= {name: serializers.BooleanField(required=False, write_only=True) for name in record.options}
    fields = [*record.fields, *attributes]
    extra: dict[str, Any] = {name: {"validators": []} for name in record.fields if _is_unique(record.model, name)}
    if record.numbered:
        extra["code"] = {"required": False, "allow_blank": True, "validators": []}
    if _has(record, "version"):
        attributes["version"] = serializers.IntegerField(required=False, write_only=True)
        fields.append("version")
    meta = {"model": record.model, "fields": fields, "extra_kwargs": extra, "validators": []}
    attributes["Meta"] = type("Meta", (), meta)
    return type(f"{record.model.__name__}Input", (ScopedInput,), attributes)


READ = {key: read_serializer(record) for key, record in RECORDS.items()}
INPUT = {key: input_serializer(record) for key, record in RECORDS.items()}
