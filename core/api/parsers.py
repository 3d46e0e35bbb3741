"""JSON in: decimals as Decimal, no NaN, no Infinity."""

import json
from decimal import Decimal
from typing import Any

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


class StrictJSONParser(JSONParser):
    """Parse JSON with ``parse_float=Decimal``; anything unreadable is a 400."""

    renderer_class = JSONRenderer

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        encoding = (parser_context or {}).get("encoding", settings.DEFAULT_CHARSET)
        try:
            text = stream.read().decode(encoding)
            return json.loads(text, parse_float=Decimal, parse_constant=_refuse) if text else {}
        except (ValueError, RecursionError) as error:
            raise ParseError(str(error)) from error
