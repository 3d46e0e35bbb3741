"""Fields of the API's inputs."""

import datetime as dt
from typing import Any

from rest_framework import serializers


class MomentField(serializers.DateTimeField):
    """A moment; one at the end of the calendars, where no zone can move it, is refused like any other nonsense."""

    def enforce_timezone(self, value: dt.datetime) -> Any:
        try:
            return super().enforce_timezone(value)
        except OverflowError:
            self.fail("overflow")
