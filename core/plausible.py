"""What arrives at the door of the operations: values no row can hold are refused, and so are keys of rows that are not
there, wherever the service finds out."""

import datetime as dt
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal, DecimalException
from typing import Any

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db import DataError, IntegrityError, models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.errors import DomainError, InvalidInput
from core.typed import FIRST_DAY, LAST_DAY

log = logging.getLogger(__name__)

FOR_EVER = frozenset({"valid_to"})
"""Names of days that say "for ever" by the last day there is."""

LARGEST_KEY = 2**63 - 1
LARGEST_NUMBER = Decimal(10) ** 18
OUT_OF_RANGE, TOO_LONG, NO_SUCH_ROW = "22003", "22001", "23503"
ABSENT = re.compile(r"^Key \((?P<column>\w+)\)=\((?P<key>-?\d+)\) is not present in table")


def require_plausible(arguments: Mapping[str, Any]) -> None:
    """Refuse arguments of an operation that nothing of ours can be.

    Raises:
        InvalidInput: a day outside of 1900 to 2199, a number that is none or has too many digits, a text with a zero
            byte; names the field.
    """
    for field, value in _values(arguments):
        if isinstance(value, dt.date):
            day = value.date() if isinstance(value, dt.datetime) else value
            is_for_ever = field.rpartition(".")[2] in FOR_EVER and day > LAST_DAY
            if not FIRST_DAY <= day <= LAST_DAY and not is_for_ever:
                raise InvalidInput(
                    message=_("The day must be between %(first)s and %(last)s.")
                    % {"first": FIRST_DAY.isoformat(), "last": LAST_DAY.isoformat()},
                    field=field,
                )
        elif isinstance(value, Decimal):
            if not value.is_finite() or abs(value) >= LARGEST_NUMBER:
                raise _too_large(field)
        elif isinstance(value, int):
            if abs(value) > LARGEST_KEY:
                raise _too_large(field)
        elif isinstance(value, str) and "\0" in value:
            raise InvalidInput(message=_("The text contains a character that cannot be stored."), field=field)


def refusal_of(error: Exception, arguments: Mapping[str, Any]) -> DomainError | None:
    """Return what an error of a service says of its arguments, or None: then it is a defect.

    A number or text that no column takes, or the key of a row that is not there (where one of the arguments is no key
    of that table). It is logged as well, since a service is expected to refuse such a key by itself.
    """
    refusal = _refusal(error, arguments)
    if refusal is not None:
        log.warning("refused at the door: %s", refusal, exc_info=error)
    return refusal


def unreadable(error: DataError) -> DomainError | None:
    """Return what the database's error at a question of a page says of what was typed or scanned, or None."""
    if "NUL (0x00)" in str(error):
        refusal: DomainError = InvalidInput(message=_("The text contains a character that cannot be stored."))
    elif getattr(error.__cause__, "sqlstate", None) == OUT_OF_RANGE:
        refusal = _too_large(None)
    else:
        return None
    log.warning("refused at the door: %s", refusal, exc_info=error)
    return refusal


def _refusal(error: Exception, arguments: Mapping[str, Any]) -> DomainError | None:
    if isinstance(error, ObjectDoesNotExist):
        return _no_such(error, arguments)
    if isinstance(error, DecimalException):
        return _too_large(None) if _has_giant(arguments) else None
    state = getattr(error.__cause__, "sqlstate", None)
    if isinstance(error, DataError) and state == OUT_OF_RANGE:
        return _too_large(None)
    if isinstance(error, DataError) and state == TOO_LONG:
        return InvalidInput(message=_("A text is longer than it may be."))
    if isinstance(error, IntegrityError) and state == NO_SUCH_ROW:
        found = ABSENT.match(error.__cause__.diag.message_detail or "")  # type: ignore[union-attr]
        if found is not None and int(found["key"]) in _keys(arguments):
            return InvalidInput(message=_("A record that was named is not there (any more)."), field=found["column"])
    return None


def _no_such(error: ObjectDoesNotExist, arguments: Mapping[str, Any]) -> DomainError | None:
    model = next((one for one in apps.get_models() if getattr(one, "DoesNotExist", None) is type(error)), None)
    if model is None:
        return None
    keys = _keys(arguments)
    there = set(model._default_manager.filter(pk__in=keys).values_list("pk", flat=True))
    if keys <= there:
        return None
    name = capfirst(str(model._meta.verbose_name))
    return InvalidInput(message=_("%(name)s: there is no such record (any more).") % {"name": name})


def _too_large(field: str | None) -> InvalidInput:
    message = _("A number is too large, or is none.")
    return InvalidInput(message=message) if field is None else InvalidInput(message=message, field=field)


def _has_giant(arguments: Mapping[str, Any]) -> bool:
    return any(isinstance(value, Decimal) and abs(value) >= 10**9 for _field, value in _values(arguments))


def _keys(arguments: Mapping[str, Any]) -> set[int]:
    return {value for _field, value in _values(arguments) if isinstance(value, int) and not isinstance(value, bool)}


def _values(value: Any, field: str = "") -> Iterator[tuple[str, Any]]:
    """Every single value in arguments, with the name it stands under: ``lines.0.quantity``."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from _values(one, _within(field, str(name)))
    elif isinstance(value, AbstractSet):
        for one in value:
            yield from _values(one, field)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for place, one in enumerate(value):
            yield from _values(one, _within(field, str(place)))
    elif hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
        for name in value.__dataclass_fields__:
            yield from _values(getattr(value, name), _within(field, name))
    elif not isinstance(value, models.Model):
        yield field, value


def _within(field: str, name: str) -> str:
    return f"{field}.{name}" if field else name
