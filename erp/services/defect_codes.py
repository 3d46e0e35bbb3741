"""The catalogue of defects."""

import datetime as dt
from typing import Any, TypedDict, Unpack

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from core.locks import lock
from core.operations import operation
from erp.models import DefectCode
from erp.states import DefectSeverity


class DefectCodeInput(TypedDict, total=False):
    """What a defect code says."""

    code: str
    name: str
    name_zh: str
    severity: str
    is_active: bool


@operation(permission="erp.add_defectcode")
def create_defect_code(*, actor: Any, at: dt.datetime, **values: Unpack[DefectCodeInput]) -> DefectCode:
    """Add a kind of defect.

    Raises:
        InvalidInput: code or name is missing, the code is taken, or the severity is unknown.
    """
    return _save(DefectCode(), values)


@operation(permission="erp.change_defectcode", document=(DefectCode, "code_id"))
def update_defect_code(
    *, code_id: int, version: int | None = None, actor: Any, at: dt.datetime, **values: Unpack[DefectCodeInput]
) -> DefectCode:
    """Change a kind of defect, or close it for new inspections.

    Raises:
        StaleVersion: somebody changed it since the user saw it.
        InvalidInput: as in create_defect_code.
    """
    code = lock(DefectCode, code_id, version=version)
    code.version += 1
    return _save(code, values)


def _save(code: DefectCode, values: DefectCodeInput) -> DefectCode:
    for name, value in values.items():
        setattr(code, name, value.strip() if isinstance(value, str) else value)
    for name in ("code", "name"):
        if not getattr(code, name):
            raise InvalidInput(message=_("This field is required."), field=name)
    if code.severity not in DefectSeverity.values:
        raise InvalidInput(message=_("Choose how severe the defect is."), field="severity")
    if DefectCode.objects.filter(code=code.code).exclude(pk=code.pk).exists():
        raise InvalidInput(message=_("The code %(code)s is taken.") % {"code": code.code}, field="code")
    code.save()
    return code
